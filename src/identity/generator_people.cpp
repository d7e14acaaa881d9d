#include "identity/generator_people.hpp"

#include <algorithm>

namespace emptor::detail::generator {

namespace {

// Of households with 1 to 5 people; 81 % of all people do not live alone.
constexpr double sizes[] = {0.4, 0.3, 0.15, 0.1, 0.05};
constexpr double share_not_alone = 0.81;

std::size_t draw_size(RandomStream& random) {
  double left = random.uniform();
  for (std::size_t i = 0; i < std::size(sizes); ++i) {
    left -= sizes[i];
    if (left < 0) return i + 1;
  }
  return std::size(sizes);
}

Land draw_land(RandomStream& random, double chinese) {
  if (chance(random, chinese)) return Land::cn;
  const double at = random.uniform();
  return at < 0.45 ? Land::us : at < 0.7 ? Land::gb : at < 0.87 ? Land::de : Land::fr;
}

std::int32_t days_of_year(std::int32_t year) {
  return static_cast<std::int32_t>((year - 1970) * 365.2425);
}

/// ASCII letters of a name in lower case, without marks, blanks and apostrophes.
void append_plain(std::string& out, std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte == 0xc3 && i + 1 < name.size()) {  // U+00C0 to U+00FF by their second byte
      static constexpr std::string_view plain =
          "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo*ouuuuypy";
      out += plain[static_cast<unsigned char>(name[++i]) & 63];
    } else if (byte >= 'A' && byte <= 'Z') {
      out += static_cast<char>(byte - 'A' + 'a');
    } else if (byte >= 'a' && byte <= 'z') {
      out += static_cast<char>(byte);
    }
  }
}

}  // namespace

void PeopleBlock::draw(std::size_t block) {
  RandomStream random(options_->seed ^ household_salt, block);
  const auto first = static_cast<std::uint32_t>(block * people_a_block);
  for (std::size_t at = 0; at < people_a_block;) {
    const std::size_t size = std::min(draw_size(random), people_a_block - at);
    draw_household(random, at, size, first + static_cast<std::uint32_t>(at));
    at += size;
  }
  for (std::size_t i = 0; i < people_a_block; ++i) {
    const auto number = first + static_cast<std::uint32_t>(i);
    RandomStream own(options_->seed ^ person_salt, number);
    draw_life(own, people_[i], number);
  }
  recycle(block);
}

void PeopleBlock::draw_household(RandomStream& random, std::size_t begin, std::size_t size,
                                 std::uint32_t first_person) {
  const Land land = draw_land(random, options_->chinese);
  const double at = random.uniform();
  const Kind kind = size == 1   ? Kind::family
                    : size == 2 ? (at < 0.6   ? Kind::family
                                   : at < 0.8 ? Kind::parent
                                   : at < 0.9 ? Kind::siblings
                                              : Kind::flatmates)
                                : (at < 0.85 ? Kind::family : Kind::flatmates);
  Changing<GeneratedAddress> home;
  home.values[0] = draw_address(random, land);
  home.values[1] = draw_address(random, land);
  if (chance(random, options_->moves)) home.change = draw_moment(random);
  const bool phone = size > 1 && chance(random, options_->shared_phones / share_not_alone);
  const bool device = size > 1 && chance(random, options_->shared_devices / share_not_alone);
  const std::uint64_t number = draw_phone(random, land);
  const std::uint64_t device_id = random.bits64();
  GeneratedName family;
  draw_family(random, land, family);
  for (std::size_t i = 0; i < size; ++i) {
    Person& person = people_[begin + i];
    person.household = first_person;
    person.land = land;
    const bool partner = kind == Kind::family && i == 1;
    person.child = i > 0 && !partner && (kind == Kind::family || kind == Kind::parent);
    person.female = partner ? chance(random, 0.95) != people_[begin].female : chance(random, 0.5);
    draw_birth(random, begin, i, kind, size);
    person.address = home;
    if (home.change == never && i > 0 && chance(random, options_->moves / 2)) {
      person.address.values[1] = draw_address(random, land);
      person.address.change = draw_moment(random);
    }
    // A Chinese wife keeps her name, and so do some others.
    const bool own_family =
        kind == Kind::flatmates || (partner && (land == Land::cn || chance(random, 0.3)));
    if (own_family && i > 0) {
      draw_family(random, land, person.family.values[0]);
    } else {
      person.family.values[0] = family;
    }
    person.family.change = never;
    draw_given(random, person);
    const Person& first = people_[begin];
    if (person.child && !person.female && !first.female && land != Land::cn &&
        chance(random, 0.04)) {  // a son called after his father
      person.given = first.given;
      person.forms = first.forms;
    }
    person.shares_phone = phone;
    person.shares_device = device;
    person.phone.values = {number, number};
    person.device = device_id;
  }
}

void PeopleBlock::draw_birth(RandomStream& random, std::size_t begin, std::size_t i, Kind kind,
                             std::size_t size) {
  Person& person = people_[begin + i];
  const Person& first = people_[begin];
  const auto days = [&](std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(high - low)));
  };
  const bool parents = kind == Kind::parent || (kind == Kind::family && size > 2);
  if (i == 0) {
    person.born = parents ? days(days_of_year(1948), days_of_year(1984))
                          : days(days_of_year(1940), days_of_year(2005));
  } else if (person.child) {
    const Person& before = people_[begin + i - 1];
    if (before.child && chance(random, 0.05)) {  // twins
      person.born = before.born;
      return;
    }
    const std::int32_t low = first.born + 20 * 365;
    person.born = days(low, std::min(low + 18 * 365, days_of_year(2010)));
  } else if (kind == Kind::siblings && chance(random, 0.1)) {
    person.born = first.born;
  } else {
    const auto apart = static_cast<std::int32_t>(random.normal(0, 4 * 365));
    person.born = std::clamp(first.born + apart, days_of_year(1930), days_of_year(2005));
  }
}

void PeopleBlock::draw_given(RandomStream& random, Person& person) const {
  GeneratedName& name = person.given;
  name.latin.clear();
  person.forms = nullptr;
  if (person.land != Land::cn) {
    const GivenNames& names = words_->given(person.land, person.female);
    person.forms = &names.names[names.draw(random)];
    name.own = person.forms->formal;
    return;
  }
  name.own.clear();
  const ChineseWords& words = words_->chinese_given(person.female);
  const int characters = chance(random, 0.15) ? 1 : 2;
  for (int i = 0; i < characters; ++i) {
    const ChineseWord& word = words.words[words.draw(random)];
    name.own += word.characters;
    name.latin += word.pinyin;
  }
  name.latin[0] = static_cast<char>(name.latin[0] - 'a' + 'A');
}

void PeopleBlock::draw_family(RandomStream& random, Land land, GeneratedName& out) const {
  out.latin.clear();
  if (land != Land::cn) {
    words_->family(random, land, out.own);
    return;
  }
  const ChineseWords& words = words_->chinese_families();
  const ChineseWord& word = words.words[words.draw(random)];
  out.own = word.characters;
  out.latin = word.pinyin;
  out.latin[0] = static_cast<char>(out.latin[0] - 'a' + 'A');
}

void PeopleBlock::draw_life(RandomStream& random, Person& person, std::uint32_t number) {
  const IdentityGeneratorOptions& o = *options_;
  person.family.values[1] = person.family.values[0];
  if (person.land != Land::cn && !person.child && chance(random, o.marriages)) {
    // Whose name the household has now, that one had another before.
    const bool before = number != person.household;
    draw_family(random, person.land, person.family.values[before ? 0 : 1]);
    person.family.change = draw_moment(random);
  }
  person.phone.change = never;
  person.recycled_before = 0;
  person.recycled_after = never;
  if (!person.shares_phone) {
    person.phone.values[0] = draw_phone(random, person.land);
    person.phone.values[1] = draw_phone(random, person.land);
    if (chance(random, o.changed_phones)) person.phone.change = draw_moment(random);
  }
  const std::uint64_t device = random.bits64();
  if (!person.shares_device) person.device = device;
  draw_email(random, person, person.family.values[0], person.email.values[0]);
  person.email.change = never;
  if (chance(random, o.changed_emails)) {
    person.email.change = draw_moment(random);
    draw_email(random, person, person.family.at(person.email.change), person.email.values[1]);
  }
  person.account = chance(random, o.accounts) ? mixed(o.seed ^ person_salt, number) | 1 : 0;
}

void PeopleBlock::draw_email(RandomStream& random, const Person& person,
                             const GeneratedName& family, std::string& out) const {
  out.clear();
  const bool chinese = person.land == Land::cn;
  const std::string& family_text = chinese ? family.latin : family.own;
  const std::string& given_text = chinese ? person.given.latin : person.given.own;
  const std::int32_t year = 1970 + static_cast<std::int32_t>(person.born / 365.2425);
  const double kind = random.uniform();
  if (chinese && kind < 0.3) {  // the number of an account with a messenger
    append_text(out, 100000000 + random.bits64() % 2900000000U);
    out += "@qq.com";
    return;
  }
  std::string given, last;
  append_plain(given, given_text);
  append_plain(last, family_text);
  bool common = true;
  if (kind < 0.45) {
    out = given + "." + last;
  } else if (kind < 0.6) {
    out = given.substr(0, 1) + last;
  } else if (kind < 0.7) {
    out = given + last;
  } else if (kind < 0.76) {
    out = last + "." + given;
  } else if (kind < 0.84 && person.forms != nullptr && !person.forms->nicknames.empty()) {
    append_plain(out, person.forms->nicknames[0]);
    out += "_" + last;
  } else {
    append_syllables(out, random.bits64(), 3);
    common = false;
  }
  if (chance(random, 0.06)) {  // a domain of one's own, or of the employer
    out += '@';
    append_syllables(out, random.bits64(), 3);
    out += person.land == Land::cn ? ".cn" : person.land == Land::de ? ".de" : ".com";
    return;
  }
  // Nobody can have what another one has: common names come with numbers.
  if (common || chance(random, 0.4)) {
    if (chance(random, 0.35)) {
      append_text(out, static_cast<std::uint64_t>(year) % 100);
      append_text(out, random.below(chinese ? 1000 : 100));
    } else {
      append_text(out, random.below(chinese ? 1000000 : 10000));
    }
  }
  out += '@';
  out += words_->provider(random, person.land);
}

void PeopleBlock::recycle(std::size_t block) {
  RandomStream random(options_->seed ^ recycling_salt, block);
  for (Person& person : people_) {
    if (!chance(random, options_->recycled_numbers)) continue;
    for (int tries = 0; tries < 64; ++tries) {
      Person& other = people_[random.below(people_a_block)];
      if (other.land != person.land || other.household == person.household) continue;
      if (other.shares_phone || person.shares_phone || other.recycled_before != 0) continue;
      if (other.recycled_after != never || person.recycled_before != 0) continue;
      if (person.recycled_after != never) continue;
      // The other one gave the number up; it was free for three months at least.
      const std::int64_t end =
          generator_begin + static_cast<std::int64_t>(options_->days) * day_seconds;
      if (other.phone.change == never) other.phone.change = draw_moment(random);
      const std::int64_t free = other.phone.change + 90 * day_seconds;
      person.phone.values[1] = other.phone.values[0];
      person.phone.change = std::min(free, end);
      other.recycled_before = other.phone.change;
      person.recycled_after = person.phone.change;
      break;
    }
  }
}

GeneratedAddress PeopleBlock::draw_address(RandomStream& random, Land land) const {
  GeneratedAddress out;
  out.city = words_->draw_city(random, land);
  const double u = random.uniform();
  out.street = static_cast<std::uint32_t>(400 * u * u);
  out.house = static_cast<std::uint16_t>(1 + random.below(land == Land::us ? 2400 : 160));
  if (chance(random, land == Land::cn ? 0.9 : 0.35)) {
    out.unit = static_cast<std::uint16_t>(1 + random.below(land == Land::cn ? 2400 : 60));
  }
  return out;
}

std::uint64_t PeopleBlock::draw_phone(RandomStream& random, Land land) {
  static constexpr std::uint64_t areas[] = {212, 213, 310, 312, 415, 617, 702, 206, 305, 404,
                                            512, 713, 818, 917, 202, 214, 303, 602, 503, 615};
  static constexpr std::uint64_t german[] = {151, 152, 157, 159, 160, 162, 170, 171,
                                             172, 173, 174, 175, 176, 177, 178, 179};
  static constexpr std::uint64_t chinese[] = {130, 131, 132, 133, 135, 136, 137, 138, 139,
                                              150, 151, 152, 155, 156, 158, 159, 177, 180,
                                              182, 183, 185, 186, 187, 188, 189, 199};
  const auto any = [&](std::span<const std::uint64_t> of) {
    return of[random.below(static_cast<std::uint32_t>(of.size()))];
  };
  switch (land) {
    case Land::us:
      return any(areas) * 10000000 + (200 + random.below(800)) * std::uint64_t{10000} +
             random.below(10000);
    case Land::gb:
      return 7400000000U + random.below(599999999);
    case Land::de:
      return any(german) * 100000000 + random.below(100000000);
    case Land::fr:
      return 600000000U + random.below(190000000);
    case Land::cn:
      break;
  }
  return any(chinese) * 100000000 + random.below(100000000);
}

}  // namespace emptor::detail::generator
