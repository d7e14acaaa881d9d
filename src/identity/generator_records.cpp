#include "identity/generator_records.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "identity/generator_typos.hpp"

namespace emptor::detail::generator {

namespace {

// What each channel asks for, as a share of its records: web, app, shop, social, call.
constexpr double channel_shares[] = {0.3, 0.25, 0.2, 0.1, 0.15};
constexpr double asks_email[] = {1, 0.75, 0.6, 0.8, 0.6};
constexpr double asks_phone[] = {0.75, 1, 0.95, 0.6, 1};
constexpr double asks_birth[] = {0.6, 0.6, 0.7, 0.6, 0.7};
constexpr double asks_gender[] = {0.2, 0.6, 0.1, 0.8, 0};
constexpr double asks_street[] = {0.9, 0.3, 0.5, 0, 0.8};
constexpr double asks_town[] = {0.95, 0.6, 0.8, 0.6, 0.9};

void append_hex(std::string& out, std::uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i) out += "0123456789abcdef"[value >> (4 * i) & 15];
}

void append_base36(std::string& out, std::uint64_t value, int digits) {
  for (int i = 0; i < digits; ++i) {
    out += "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
    value = value / 36 + (value << 55);
  }
}

void append_time(std::string& out, std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto left = static_cast<std::uint64_t>((time - day).count());
  append_padded_number(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_padded_number(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded_number(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_padded_number(out, left / 3600, 2);
  out += ':';
  append_padded_number(out, left / 60 % 60, 2);
  out += ':';
  append_padded_number(out, left % 60, 2);
  out += 'Z';
}

}  // namespace

RecordWriter::RecordWriter(const IdentityGeneratorOptions& options, const GeneratorWords& words)
    : options_(&options), words_(&words) {
  const double more = options.records_per_person - 1;
  log_more_ = std::log(more / (1 + more));  // -inf: never more than one
}

void RecordWriter::write(const Person& person, std::uint32_t number, BlockRows& out) {
  random_ = RandomStream(options_->seed, number);
  person_ = &person;
  number_ = number;
  const auto count = 1 + static_cast<std::size_t>(std::log1p(-random_.uniform()) / log_more_);
  times_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    times_.push_back(generator_begin +
                     random_.below(static_cast<std::uint32_t>(options_->days)) * day_seconds +
                     random_.below(static_cast<std::uint32_t>(day_seconds)));
  }
  std::sort(times_.begin(), times_.end());
  for (std::size_t i = 0; i < count; ++i) {
    write_record(times_[i], std::uint64_t{number} << 24 | i);
    BlockRows::Row& row = out.rows.emplace_back();
    row.begin = static_cast<std::uint32_t>(out.bytes.size());
    row.person = number;
    row.household = person.household;
    row.channel = channel_;
    row.marks = marks_;
    row.time = times_[i];
    for (std::size_t f = 0; f < field_count; ++f) {
      row.sizes[f] = static_cast<std::uint8_t>(fields_[f].size());
      out.bytes += fields_[f];
    }
  }
}

void RecordWriter::write_record(std::int64_t time, std::uint64_t key) {
  time_ = time;
  marks_ = 0;
  double left = random_.uniform();
  std::size_t channel = 0;
  while (channel < 4 && (left -= channel_shares[channel]) >= 0) ++channel;
  channel_ = static_cast<IdentityChannel>(channel);
  for (std::string& value : fields_) value.clear();
  append_hex(field(Field::record_key), mixed(options_->seed ^ 0x7265636f7264U, key), 16);
  field(Field::source) = name(channel_);
  append_time(field(Field::time), time);
  write_name();
  if (chance(random_, asks_gender[channel]) && asked(1)) {
    const bool female = person_->female;
    field(Field::gender) =
        channel_ == IdentityChannel::app ? (female ? "female" : "male") : (female ? "F" : "M");
  }
  if (asked(asks_birth[channel])) write_birth();
  if (asked(asks_email[channel])) write_email();
  if (asked(asks_phone[channel])) write_phone();
  if (person_->land == Land::cn) {
    write_chinese_address(person_->address.at(time), asks_street[channel], asks_town[channel]);
  } else {
    write_address(asks_street[channel], asks_town[channel]);
  }
  if (time >= person_->address.change) marks_ |= mark_moved;
  if (field(Field::email).empty() && field(Field::phone).empty() &&
      field(Field::address).empty()) {  // nobody keeps whom nobody can reach
    if (chance(random_, 0.5)) {
      write_email();
    } else {
      write_phone();
    }
  }
  write_ids();
  if (chance(random_, options_->typos)) add_typos();
  if (chance(random_, options_->junk)) add_junk();
}

/// Whether a field is asked for and given.
bool RecordWriter::asked(double share) {
  if (!chance(random_, share)) return false;
  if (!chance(random_, options_->missing)) return true;
  marks_ |= mark_missing;
  return false;
}

void RecordWriter::write_name() {
  const bool one_field = channel_ == IdentityChannel::app || channel_ == IdentityChannel::social;
  if (time_ >= person_->family.change) marks_ |= mark_married;
  if (person_->land == Land::cn) {
    write_chinese_name(one_field);
  } else {
    write_western_name(one_field);
  }
  if (one_field) {
    if (!asked(1)) field(Field::full_name).clear();
  } else {
    if (!asked(1)) field(Field::given_name).clear();
    if (!asked(1)) field(Field::family_name).clear();
  }
}

void RecordWriter::write_western_name(bool one_field) {
  std::string& given = field(Field::given_name);
  std::string& family = field(Field::family_name);
  given = person_->given.own;
  family = person_->family.at(time_).own;
  const auto& nicknames = person_->forms->nicknames;
  if (!nicknames.empty() && chance(random_, options_->nicknames)) {
    given = nicknames[random_.below(static_cast<std::uint32_t>(nicknames.size()))];
    marks_ |= mark_nickname;
  }
  // Clerks and old forms know no marks.
  const bool typed = channel_ == IdentityChannel::shop || channel_ == IdentityChannel::call;
  if (chance(random_, typed ? 0.5 : 0.1)) {
    const bool german = person_->land == Land::de && chance(random_, 0.6);
    strip_marks(given, german);
    strip_marks(family, german);
  }
  const bool swapped = chance(random_, options_->swapped_names);
  if (swapped) marks_ |= mark_swapped_name;
  if (one_field) {
    std::string& full = field(Field::full_name);
    full = swapped ? family : given;
    full += swapped && chance(random_, 0.5) ? ", " : " ";
    full += swapped ? given : family;
    if (channel_ == IdentityChannel::social && chance(random_, 0.2)) make_lower(full);
    given.clear();
    family.clear();
    return;
  }
  if (swapped) std::swap(given, family);
  if (channel_ == IdentityChannel::shop && chance(random_, 0.3)) {
    make_upper(given);
    make_upper(family);
  } else if (chance(random_, 0.05)) {
    make_lower(given);
    make_lower(family);
  }
}

void RecordWriter::write_chinese_name(bool one_field) {
  const GeneratedName& family_name = person_->family.at(time_);
  std::string& given = field(Field::given_name);
  std::string& family = field(Field::family_name);
  // Latin letters: mostly in what foreign systems and call centres write.
  const double share = channel_ == IdentityChannel::call     ? 0.5
                       : channel_ == IdentityChannel::web    ? 0.2
                       : channel_ == IdentityChannel::social ? 0.15
                                                             : 0.05;
  const bool latin = chance(random_, share);
  if (latin) marks_ |= mark_pinyin;
  given = latin ? person_->given.latin : person_->given.own;
  family = latin ? family_name.latin : family_name.own;
  const bool swapped = chance(random_, options_->swapped_names);
  if (swapped) marks_ |= mark_swapped_name;
  if (latin && channel_ == IdentityChannel::call && chance(random_, 0.3)) {
    make_upper(given);
    make_upper(family);
  }
  if (!one_field) {
    if (swapped) std::swap(given, family);
    return;
  }
  std::string& full = field(Field::full_name);
  // In Latin letters either order is right; in characters the family name stands first.
  const bool family_first = latin ? chance(random_, 0.5) != swapped : !swapped;
  full = family_first ? family : given;
  if (latin) full += ' ';
  full += family_first ? given : family;
  given.clear();
  family.clear();
}

void RecordWriter::write_ids() {
  const bool web = channel_ == IdentityChannel::web;
  const bool app = channel_ == IdentityChannel::app;
  const bool social = channel_ == IdentityChannel::social;
  if (web || app) {
    std::string& out = field(Field::device);
    // Cookies are thrown away, devices stay.
    const bool thrown = web && chance(random_, 0.4);
    const std::uint64_t id = thrown ? random_.bits64() : mixed(person_->device, web ? 1 : 2);
    out = web ? "ck-" : "dv-";
    append_hex(out, id, 16);
    if (!thrown && person_->shares_device) marks_ |= mark_shared_device;
    if (person_->account != 0 && chance(random_, 0.6)) {
      field(Field::user_id).assign(1, 'u');
      append_base36(field(Field::user_id), person_->account, 10);
    }
  }
  if (social || (app && person_->land == Land::cn && chance(random_, 0.5))) {
    // One id an application, and one that a platform's applications share.
    std::string& openid = field(Field::openid);
    openid.assign(1, 'o');
    openid += social ? 'S' : 'A';
    const std::uint64_t own = mixed(options_->seed ^ number_, social ? 3 : 4);
    append_base36(openid, own, 12);
    append_base36(openid, mixed(own), 12);
    if (person_->land == Land::cn && chance(random_, 0.6)) {
      field(Field::unionid) = "un";
      append_base36(field(Field::unionid), mixed(options_->seed ^ number_, 5), 13);
    }
  }
}

void RecordWriter::add_junk() {
  static constexpr std::string_view emails[] = {"test@test.com", "noemail@none.com", "a@a.com",
                                                "unknown@unknown.com", "n/a"};
  static constexpr std::string_view phones[] = {"00000000", "0000000000", "1234567890", "99999999",
                                                "13800000000"};
  static constexpr std::string_view dates[] = {"1970-01-01", "1900-01-01", "01/01/1900",
                                               "0000-00-00", "1111-11-11"};
  marks_ |= mark_junk;
  const std::uint32_t which = random_.below(5);
  switch (random_.below(3)) {
    case 0:
      field(Field::email) = emails[which];
      marks_ &= static_cast<std::uint16_t>(~mark_changed_email);
      break;
    case 1:
      field(Field::phone) = phones[which];
      marks_ &=
          static_cast<std::uint16_t>(~(mark_shared_phone | mark_recycled | mark_changed_phone));
      break;
    default:
      field(Field::birth_date) = dates[which];
      marks_ &= static_cast<std::uint16_t>(~mark_swapped_date);
  }
}

void RecordWriter::add_typos() {
  struct Typed {
    Field field;
    double weight;
  };
  static constexpr Typed typed[] = {{Field::given_name, 20}, {Field::family_name, 22},
                                    {Field::full_name, 42},  {Field::address, 22},
                                    {Field::email, 14},      {Field::phone, 8},
                                    {Field::city, 8},        {Field::birth_date, 6}};
  const int count = chance(random_, 0.2) ? 2 : 1;
  for (int i = 0; i < count; ++i) {
    double sum = 0;
    for (const Typed& one : typed) sum += field(one.field).empty() ? 0 : one.weight;
    if (sum == 0) return;
    double left = random_.uniform() * sum;
    const Typed* chosen = nullptr;
    for (const Typed& one : typed) {
      if (field(one.field).empty()) continue;
      chosen = &one;
      left -= one.weight;
      if (left < 0) break;
    }
    std::string& value = field(chosen->field);
    if (chosen->field == Field::phone || chosen->field == Field::birth_date) {
      add_digit_typo(value, random_);
    } else {
      add_typo(value, channel_ == IdentityChannel::shop, *words_, random_);
    }
    marks_ |= mark_typo;
  }
}

}  // namespace emptor::detail::generator
