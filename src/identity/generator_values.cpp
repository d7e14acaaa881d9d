#include <algorithm>
#include <chrono>

#include "identity/generator_records.hpp"
#include "identity/generator_typos.hpp"

namespace emptor::detail::generator {

namespace {

constexpr std::string_view calling_codes[] = {"1", "44", "49", "33", "86"};
constexpr std::string_view country_codes[] = {"US", "GB", "DE", "FR", "CN"};
constexpr std::string_view country_names[] = {"United States", "United Kingdom", "Germany",
                                              "France", "China"};

/// Digits in groups of these sizes.
void append_groups(std::string& out, std::string_view digits,
                   std::initializer_list<std::size_t> sizes, char between) {
  std::size_t begin = 0;
  for (const std::size_t size : sizes) {
    if (begin > 0) out += between;
    out += digits.substr(begin, size);
    begin += size;
  }
  out += digits.substr(std::min(begin, digits.size()));
}

}  // namespace

void RecordWriter::write_birth() {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{person_->born}}};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  auto month = static_cast<unsigned>(date.month());
  auto day = static_cast<unsigned>(date.day());
  if (day <= 12 && day != month && chance(random_, options_->swapped_dates)) {
    std::swap(day, month);
    marks_ |= mark_swapped_date;
  }
  std::string& out = field(Field::birth_date);
  const Land land = person_->land;
  const auto put = [&](unsigned a, unsigned b, unsigned c, std::string_view between) {
    append_padded_number(out, a, 2);
    out += between;
    append_padded_number(out, b, 2);
    out += between;
    append_padded_number(out, c, 2);
  };
  switch (channel_) {
    case IdentityChannel::web:
    case IdentityChannel::social:
      put(year, month, day, "-");
      break;
    case IdentityChannel::app:
      put(year, month, day, "");
      break;
    case IdentityChannel::shop:
      if (land == Land::cn) {
        append_text(out, year);
        out += "年";
        append_text(out, month);
        out += "月";
        append_text(out, day);
        out += "日";
      } else if (land == Land::us) {
        put(month, day, year, "/");
      } else {
        put(day, month, year, land == Land::de ? "." : "/");
      }
      break;
    case IdentityChannel::call: {
      static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
      if (land == Land::cn) {
        put(year, month, day, "/");
      } else if (land == Land::us) {
        out = months[month - 1];
        out += ' ';
        append_text(out, day);
        out += ", ";
        append_text(out, year);
      } else {
        append_text(out, day);
        out += ' ';
        out += months[month - 1];
        out += ' ';
        append_text(out, year);
      }
    }
  }
}

void RecordWriter::write_email() {
  std::string& out = field(Field::email);
  out = person_->email.at(time_);
  if (time_ >= person_->email.change) marks_ |= mark_changed_email;
  const double at = random_.uniform();
  if (at < 0.03 && out.ends_with("@gmail.com")) {  // the same box to its provider
    out.insert(out.size() - 10, at < 0.015 ? "+shop" : "+news");
  } else if (at < 0.06) {
    out[0] = static_cast<char>(out[0] >= 'a' && out[0] <= 'z' ? out[0] - 'a' + 'A' : out[0]);
  } else if (at < 0.09 && channel_ == IdentityChannel::shop) {
    make_upper(out);
  }
}

void RecordWriter::write_phone() {
  const std::uint64_t number = person_->phone.at(time_);
  if (person_->shares_phone) marks_ |= mark_shared_phone;
  if (time_ >= person_->phone.change) marks_ |= mark_changed_phone;
  if (time_ < person_->recycled_before || time_ >= person_->recycled_after) marks_ |= mark_recycled;
  scratch_.clear();
  append_text(scratch_, number);
  const std::string_view digits = scratch_;
  const Land land = person_->land;
  const std::string_view code = calling_codes[static_cast<std::size_t>(land)];
  const bool trunk = land != Land::us && land != Land::cn;
  std::string& out = field(Field::phone);
  const double kind = random_.uniform();
  const auto national = [&](char between) {
    if (trunk) out += '0';
    switch (land) {
      case Land::us:
        return append_groups(out, digits, {3, 3, 4}, between);
      case Land::gb:
        return append_groups(out, digits, {4}, between);
      case Land::de:
        return append_groups(out, digits, {3}, between);
      case Land::fr:
        return append_groups(out, digits, {1, 2, 2, 2, 2}, between);
      case Land::cn:
        return append_groups(out, digits, {3, 4, 4}, between);
    }
  };
  if (channel_ == IdentityChannel::app || (channel_ == IdentityChannel::web && kind < 0.3)) {
    out = '+';
    out += code;
    out += digits;
  } else if (kind < 0.5) {
    if (trunk) out += '0';
    out += digits;
  } else if (land == Land::us && kind < 0.7) {
    out = '(';
    out += digits.substr(0, 3);
    out += ") ";
    append_groups(out, digits.substr(3), {3, 4}, '-');
  } else if (kind < 0.85) {
    national(kind < 0.75 ? ' ' : '-');
  } else {
    out.assign(std::string_view(kind < 0.95 || land == Land::us ? "+" : "00"));
    out += code;
    out += kind < 0.9 ? ' ' : '-';
    out += digits;
  }
}

void RecordWriter::write_address(double street, double town) {
  const GeneratedAddress& home = person_->address.at(time_);
  const Land land = person_->land;
  const auto land_at = static_cast<std::size_t>(land);
  const std::uint64_t key = mixed(home.city * std::uint64_t{1000} + home.street, land_at + 31);
  if (asked(street)) {
    std::string& out = field(Field::address);
    const bool brief = chance(random_, 0.4);
    const bool unit = home.unit != 0 && !chance(random_, 0.15);
    if (land == Land::de) {
      static constexpr std::string_view full[] = {"straße", "weg", "platz", "straße", "allee"};
      static constexpr std::string_view cut[] = {"str.", "weg", "pl.", "strasse", "allee"};
      words_->street(land, key, out);
      out += (brief ? cut : full)[key >> 40 & 3];
      out += ' ';
      append_text(out, home.house);
      if (unit) out += static_cast<char>('a' + home.unit % 4);
    } else if (land == Land::fr) {
      static constexpr std::string_view full[] = {" rue ", " avenue ", " rue ", " boulevard "};
      static constexpr std::string_view cut[] = {" r. ", " av. ", " rue ", " bd "};
      append_text(out, home.house);
      if (unit && home.unit % 3 == 0) out += " bis";
      out += (brief ? cut : full)[key >> 40 & 3];
      words_->street(land, key, out);
    } else {
      static constexpr std::string_view full[] = {" Street", " Road",  " Avenue", " Lane",
                                                  " Drive",  " Court", " Close",  " Way"};
      static constexpr std::string_view cut[] = {" St", " Rd", " Ave", " Ln",
                                                 " Dr", " Ct", " Cl",  " Way"};
      if (unit && land == Land::gb) {
        out += "Flat ";
        append_text(out, home.unit);
        out += ", ";
      }
      append_text(out, home.house);
      out += ' ';
      words_->street(land, key, out);
      out += (brief ? cut : full)[key >> 40 & 7];
      if (unit && land == Land::us) {
        out += chance(random_, 0.6) ? " Apt " : " #";
        append_text(out, home.unit);
      }
    }
    if (channel_ == IdentityChannel::call && chance(random_, 0.2)) make_lower(out);
  }
  if (asked(town)) field(Field::city) = words_->city(land, home.city);
  if (asked(town)) {
    std::string& out = field(Field::postcode);
    const std::uint64_t city = mixed(home.city, land_at + 51);
    if (land == Land::gb) {
      out += static_cast<char>('A' + city % 23);
      out += static_cast<char>('A' + city / 23 % 23);
      append_text(out, 1 + city / 529 % 29);
      if (!chance(random_, 0.2)) out += ' ';
      append_text(out, key % 9 + 1);
      out += static_cast<char>('A' + key / 16 % 23);
      out += static_cast<char>('A' + (key / 1024 + home.house / 10) % 23);
    } else {
      append_padded_number(out, 10 + city % 890, 3);
      append_padded_number(out, key % 40, 2);
    }
  }
  if (chance(random_, town)) {
    field(Field::country) = (chance(random_, 0.7) ? country_codes : country_names)[land_at];
  }
}

void RecordWriter::write_chinese_address(const GeneratedAddress& home, double street, double town) {
  const ChineseCity& city = words_->chinese_city(home.city);
  const std::uint64_t district = mixed(home.city * std::uint64_t{8} + home.street % 8, 71);
  if (asked(street)) {
    std::string& out = field(Field::address);
    const bool brief = chance(random_, 0.5);
    if (!brief) {
      out += city.province;
      out += city.city;
      out += "市";
    }
    words_->street(Land::cn, district, out);
    out += "区";
    const std::uint64_t key = mixed(district, home.street);
    words_->street(Land::cn, key, out);
    static constexpr std::string_view roads[] = {"路", "街", "大道", "路", "巷", "路", "街", "路"};
    out += roads[key >> 40 & 7];
    append_text(out, home.house);
    out += "号";
    if (home.unit != 0 && !chance(random_, 0.1)) {
      static constexpr std::string_view buildings[] = {"幢", "栋", "号楼", "-"};
      const std::string_view building = buildings[random_.below(4)];
      append_text(out, 1 + home.unit % 20u);
      out += building;
      append_text(out, (1 + home.unit / 100u) * 100u + 1 + home.unit % 4u);
      if (building != "-") out += "室";
    }
  }
  if (asked(town)) {
    std::string& out = field(Field::city);
    if ((marks_ & mark_pinyin) != 0) {
      out = city.pinyin;
      out[0] = static_cast<char>(out[0] - 'a' + 'A');
    } else {
      out = city.city;
      if (chance(random_, 0.6)) out += "市";
    }
  }
  if (asked(town * 0.5)) {
    append_padded_number(field(Field::postcode), 1000 + mixed(home.city, 91) % 8000, 4);
    append_padded_number(field(Field::postcode), home.street % 8, 2);
  }
  if (chance(random_, town)) field(Field::country) = chance(random_, 0.6) ? "CN" : "中国";
}

}  // namespace emptor::detail::generator
