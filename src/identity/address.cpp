#include "emptor/identity/address.hpp"

#include <array>
#include <cstddef>
#include <string>

#include "address_words.hpp"
#include "address_work.hpp"
#include "folded_text.hpp"

namespace emptor {

namespace detail {

void AddressWork::finish() {
  std::string& all = out_.text;
  while (!all.empty() && all.back() == ' ') all.pop_back();
  const std::array<std::string*, 12> parts{&out_.house_number, &out_.unit,      &out_.street,
                                           &out_.street_type,  &out_.direction, &out_.building,
                                           &out_.district,     &out_.city,      &out_.region,
                                           &out_.postcode,     &out_.country,   &out_.street};
  const auto bit = [](AddressPart part) { return 1U << static_cast<unsigned>(part); };
  unsigned fields = 0;  // what a column says goes before what was found in a line
  for (std::size_t i = 0; i < count_; ++i) {
    if (tokens_[i].field) fields |= bit(tokens_[i].part);
  }
  fields &= bit(AddressPart::city) | bit(AddressPart::region) | bit(AddressPart::postcode) |
            bit(AddressPart::country);
  for (std::size_t i = 0; i < count_; ++i) {
    const WorkToken& token = tokens_[i];
    if (token.size == 0) continue;
    const AddressPart part = token.part;
    out_.tokens.push_back({token.begin, token.size, part});
    if ((fields & bit(part)) != 0 && !token.field) continue;
    std::string_view word = text(token);
    if (part == AddressPart::unit && is(i, kind_unit) && word == "apt") continue;
    if (part == AddressPart::region || part == AddressPart::country) {
      const AddressWord* found = find_address_word(word);
      if (found != nullptr && (found->kinds & (kind_region | kind_country)) != 0) {
        word = found->spelt;
      }
    }
    std::string& to = *parts[static_cast<std::size_t>(part)];
    if (!to.empty() && part != AddressPart::postcode) to.push_back(' ');
    to.append(word);
  }
  spell_postcode(out_.postcode);
  const auto code = [](std::string& name) {
    if (name.find(' ') == std::string::npos) return;
    for (const RegionName& region : region_names) {
      const std::size_t first = region.first.size(), second = region.second.size();
      if (!name.starts_with(region.first) || name.size() < first + 1 + second) continue;
      std::string_view rest = std::string_view(name).substr(first);
      const auto eat = [&](std::string_view word) {
        if (rest.size() < word.size() + 1 || rest[0] != ' ' || !rest.substr(1).starts_with(word)) {
          return false;
        }
        rest.remove_prefix(word.size() + 1);
        return true;
      };
      if (eat(region.second) && (region.third.empty() || eat(region.third)) && rest.empty()) {
        name.assign(region.code);
        return;
      }
    }
  };
  code(out_.region);
  code(out_.country);
  if (out_.district == out_.city) out_.district.clear();
  if (city_state_ && out_.city.empty()) {
    out_.city.assign(out_.country == "sg" ? "singapore" : "hong kong");
  }
}

}  // namespace detail

void PostalAddress::clear() noexcept {
  text.clear();
  tokens.clear();
  for (std::string* part : {&house_number, &unit, &street, &street_type, &direction, &building,
                            &district, &city, &region, &postcode, &country}) {
    part->clear();
  }
}

namespace {

/// Whether the text as a whole stands for nothing; `scratch` is left empty.
bool stands_for_nothing(std::string_view raw, std::string& scratch, const AddressOptions& options) {
  if (raw.size() > 64) return false;
  detail::fold_text(raw, scratch, false);
  const bool nothing = options.placeholders != nullptr ? options.placeholders->contains(scratch)
                                                       : is_placeholder(scratch);
  scratch.clear();
  return nothing;
}

FieldState state_of(PostalAddress& out, const AddressOptions& options) {
  if (out.text.empty()) return FieldState::missing;
  if (options.placeholders != nullptr ? options.placeholders->contains(out.text)
                                      : is_placeholder(out.text)) {
    return FieldState::placeholder;
  }
  if (out.country.empty()) {
    for (const char c : options.default_country) {
      out.country.push_back(detail::folded_ascii[static_cast<unsigned char>(c)]);
    }
  }
  const bool place =
      !out.street.empty() || !out.city.empty() || !out.postcode.empty() || !out.building.empty();
  return place ? FieldState::usable : FieldState::malformed;
}

bool is_blank(std::string_view raw) noexcept {
  for (std::size_t at = 0; at < raw.size();) {
    const FoldedCharacter c = detail::next_folded(raw, at, true);
    if (c.first != ' ' && c.first != 0) return false;
  }
  return true;
}

}  // namespace

FieldState normalise_address(std::string_view raw, PostalAddress& out,
                             const AddressOptions& options) {
  out.clear();
  if (stands_for_nothing(raw, out.text, options)) return FieldState::placeholder;
  if (detail::has_han(raw)) {
    detail::read_han_address(raw, out);
    return state_of(out, options);
  }
  detail::AddressWork work(out);
  work.tokenise(raw);
  work.analyse(0);
  work.finish();
  if (out.text.empty() && !is_blank(raw)) return FieldState::placeholder;  // "-", "?"
  return state_of(out, options);
}

FieldState normalise_address(const AddressFields& raw, PostalAddress& out,
                             const AddressOptions& options) {
  out.clear();
  bool han = false;
  for (const std::string_view field : {raw.line1, raw.line2, raw.city, raw.region}) {
    han = han || detail::has_han(field);
  }
  if (han) {
    std::string all;
    for (const std::string_view field :
         {raw.country, raw.region, raw.city, raw.line1, raw.house_number, raw.line2}) {
      all.append(field);
      all.push_back(' ');
    }
    detail::read_han_address(all, out);
    if (!raw.postcode.empty()) normalise_postcode(raw.postcode, out.postcode);
    return state_of(out, options);
  }
  detail::AddressWork work(out);
  work.take(raw.house_number, AddressPart::house_number);
  const std::size_t begin = work.count();
  work.tokenise(raw.line1);
  const std::size_t second = work.count();
  work.tokenise(raw.line2);
  if (begin < second && second < work.count()) work.expect_no_city();
  work.take(raw.city, AddressPart::city);
  work.take(raw.region, AddressPart::region);
  work.take(raw.postcode, AddressPart::postcode);
  work.take(raw.country, AddressPart::country);
  work.analyse(begin);
  work.finish();
  return state_of(out, options);
}

FieldState normalise_postcode(std::string_view raw, std::string& out) {
  detail::fold_text(raw, out, true);
  if (out.empty()) return FieldState::missing;
  if (is_placeholder(out) && out.size() != 5 && out.size() != 6) return FieldState::placeholder;
  std::erase_if(out, [](char c) { return c == ' ' || c == '-' || c == '.'; });
  detail::spell_postcode(out);
  const bool digit = out.find_first_of("0123456789") != std::string::npos;
  if (!digit || out.size() > 10) return FieldState::malformed;
  return out.find_first_not_of("0") == std::string::npos ? FieldState::placeholder
                                                         : FieldState::usable;
}

}  // namespace emptor
