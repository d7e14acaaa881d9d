#include "golden_rules.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "emptor/identity/address.hpp"
#include "emptor/identity/date.hpp"
#include "emptor/identity/email.hpp"
#include "emptor/identity/name.hpp"
#include "emptor/identity/phone.hpp"
#include "emptor/text/fold.hpp"
#include "emptor/text/transliterate.hpp"
#include "emptor/text/utf8.hpp"

namespace storefront {
namespace {

using emptor::FieldState;
using emptor::FieldType;
using emptor::SurvivorRule;

/// Letters and digits alone, in lower case and without accents.
void fold(std::string_view value, std::string& key) {
  for (std::size_t at = 0; at < value.size();) {
    const emptor::Utf8Character c = emptor::utf8_character(value, at);
    at += c.bytes;
    const emptor::FoldedCharacter folded = emptor::fold_character(c.value, true);
    if (emptor::character_kind(folded.first) == emptor::CharacterKind::separator) continue;
    emptor::append_utf8(key, folded.first);
    if (folded.second != 0) emptor::append_utf8(key, folded.second);
  }
}

FieldState judge_text(std::string_view value, std::string& key) {
  fold(value, key);
  const bool says_nothing =
      key.empty() || emptor::is_placeholder(value) || emptor::is_placeholder(key);
  return says_nothing ? FieldState::placeholder : FieldState::usable;
}

emptor::SurvivorNormaliser judge_name(emptor::NamePart part) {
  return [part, name = emptor::PersonName{}](std::string_view value, std::string& key) mutable {
    const FieldState state = emptor::normalise_name(value, name, {.part = part});
    key = emptor::text(name.given_key(), ' ', name.family_key());
    return state;
  };
}

FieldState judge_date(std::string_view value, std::string& key) {
  emptor::PartialDate date;
  const FieldState state = emptor::normalise_date(value, date);
  key = emptor::text(emptor::pack_date(date));
  return state;
}

FieldState judge_email(std::string_view value, std::string& key) {
  emptor::EmailAddress email;
  const FieldState state = emptor::normalise_email(value, email);
  key = email.address;
  return state;
}

FieldState judge_phone(std::string_view value, std::string& key) {
  emptor::PhoneNumber phone;
  const FieldState state = emptor::normalise_phone(value, phone);
  key = emptor::phone_tail(phone, 9);
  return state;
}

FieldState judge_country(std::string_view value, std::string& key) {
  emptor::PostalAddress address;
  emptor::normalise_address({.country = value}, address);
  key = address.country;
  return key.empty() ? judge_text(value, key) : FieldState::usable;
}

/// Han characters as pinyin, without what says that it is a city.
FieldState judge_city(std::string_view value, std::string& key) {
  const FieldState state = judge_text(value, key);
  const std::string_view city = "市";
  if (key.size() > city.size() && key.ends_with(city)) key.resize(key.size() - city.size());
  std::string latin;
  emptor::append_pinyin(std::string_view(key), latin);
  key = std::move(latin);
  return state;
}

FieldState judge_gender(std::string_view value, std::string& key) {
  const FieldState state = judge_text(value, key);
  if (key.starts_with('f') || key.starts_with('m')) key.resize(1);
  return state;
}

emptor::SurvivorField rule_of(const emptor::LinkField& field) {
  emptor::SurvivorField out{.column = field.column};
  switch (field.type) {
    case FieldType::given_name:
      out.rule = SurvivorRule::most_frequent;
      out.normalise = judge_name(emptor::NamePart::given);
      break;
    case FieldType::family_name:
      out.rule = SurvivorRule::most_frequent;
      out.normalise = judge_name(emptor::NamePart::family);
      break;
    case FieldType::full_name:
      out.rule = SurvivorRule::most_frequent;
      out.normalise = judge_name(emptor::NamePart::full);
      break;
    case FieldType::birth_date:
      out.rule = SurvivorRule::most_frequent;
      out.normalise = judge_date;
      break;
    case FieldType::email:
      out.normalise = judge_email;
      break;
    case FieldType::phone:
      out.normalise = judge_phone;
      break;
    case FieldType::city:
      out.normalise = judge_city;
      break;
    case FieldType::country:
      out.rule = SurvivorRule::most_frequent;
      out.normalise = judge_country;
      break;
    case FieldType::gender:
      out.rule = SurvivorRule::most_frequent;
      out.normalise = judge_gender;
      break;
    default:
      out.normalise = judge_text;
      break;
  }
  return out;
}

}  // namespace

emptor::SurvivorshipOptions golden_rules(const PeopleFile& file) {
  emptor::SurvivorshipOptions rules;
  for (const emptor::LinkField& field : file.schema.fields) {
    if (field.type != FieldType::device) rules.fields.push_back(rule_of(field));
  }
  for (emptor::SurvivorField& field : rules.fields) {
    if (field.column == "city" && file.records.find_column("postcode")) {
      field.infer_from = "postcode";
    }
  }
  if (rules.fields.empty()) {  // devices alone
    rules.fields.push_back({.column = file.schema.fields.front().column});
  }
  return rules;
}

}  // namespace storefront
