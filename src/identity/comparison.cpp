#include "emptor/identity/comparison.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "emptor/identity/date.hpp"
#include "emptor/text/phonetic.hpp"
#include "emptor/text/similarity.hpp"
#include "identity/pair_comparer.hpp"
#include "identity/value_text.hpp"

namespace emptor {

namespace {

constexpr std::string_view names_levels[] = {
    "exact", "alike", "similar", "in another name", "of another generation", "different"};
constexpr std::string_view date_levels[] = {"exact",     "slip or swapped", "near or rounded",
                                            "same year", "two slips",       "different"};
constexpr std::string_view email_levels[] = {"exact", "same local part", "alike",
                                             "similar local part", "different"};
constexpr std::string_view phone_levels[] = {"exact", "same last digits", "typing error",
                                             "different"};
constexpr std::string_view address_levels[] = {"exact", "same number, street alike",
                                               "shares most words", "different"};
constexpr std::string_view postcode_levels[] = {"exact", "typing error", "same district",
                                                "different"};
constexpr std::string_view alike_levels[] = {"exact", "alike", "different"};
constexpr std::string_view equal_levels[] = {"exact", "different"};
constexpr std::string_view id_levels[] = {"exact", "typing error", "different"};
constexpr std::string_view number_levels[] = {"exact", "within 1 %", "within 10 %", "different"};
constexpr std::string_view location_levels[] = {"within 100 m", "within 1 km", "within 10 km",
                                                "farther"};
constexpr std::string_view list_levels[] = {"shares values", "different"};

/// Whether the name begins with a Latin letter, plain or accented.
bool is_latin(std::string_view name) noexcept {
  constexpr unsigned char greek = 0xCD;  // first byte
  return !name.empty() && static_cast<unsigned char>(name.front()) < greek;
}

std::uint8_t compare_spellings(std::string_view a, std::string_view b) {
  constexpr std::uint8_t different = 6;
  const std::string_view x = detail::before_tab(a), y = detail::before_tab(b);
  if (x == y) {
    const std::string_view written_a = detail::written_name(a), written_b = detail::written_name(b);
    return written_a.empty() || written_b.empty() || written_a == written_b ? 1 : 2;
  }
  if (is_latin(x) != is_latin(y)) return missing_level;
  const double similarity = jaro_winkler_similarity(x, y);
  if (similarity >= .92) return 2;
  const bool initial = (x.size() == 1 || y.size() == 1) && x.substr(0, 1) == y.substr(0, 1);
  if (similarity >= .82 || initial) return 3;
  constexpr std::size_t long_enough = 5;
  if (std::min(x.size(), y.size()) >= long_enough && detail::within_one_edit(x, y)) return 3;
  const std::string sound = double_metaphone(x).primary;
  return sound.size() > 1 && sound == double_metaphone(y).primary ? 3 : different;
}

std::uint8_t compare_names(std::string_view a, std::string_view b) {
  const std::uint8_t level = compare_spellings(a, b);
  const char elder = detail::generation(a), younger = detail::generation(b);
  const bool apart = elder != 0 && younger != 0 && elder != younger;
  return apart && level != missing_level && level < crossed_level ? generation_level : level;
}

std::uint8_t compare_birth_dates(std::string_view a, std::string_view b) {
  return detail::birth_date_level(compare_dates(detail::packed_date(a), detail::packed_date(b)));
}

std::uint8_t compare_emails(std::string_view a, std::string_view b) {
  const std::string_view x = a.substr(0, a.find('@')), y = b.substr(0, b.find('@'));
  if (x == y) return 2;
  if (jaro_winkler_similarity(a, b) >= .9) return 3;
  return jaro_winkler_similarity(x, y) >= .88 ? 4 : 5;
}

std::uint8_t compare_phones(std::string_view a, std::string_view b) {
  constexpr std::size_t tail = 8;
  if (a.size() >= tail && b.size() >= tail &&
      a.substr(a.size() - tail) == b.substr(b.size() - tail)) {
    return 2;
  }
  return detail::within_one_edit(a, b) ? 3 : 4;
}

/// Words in both, over the words of the one that has fewer; words come ascending.
double shared_words(std::string_view a, std::string_view b) {
  std::size_t shared = 0, in_a = 0, in_b = 0;
  detail::for_each_word(a, [&](std::string_view word) {
    ++in_a;
    detail::for_each_word(b, [&](std::string_view other) { shared += word == other ? 1 : 0; });
  });
  detail::for_each_word(b, [&](std::string_view) { ++in_b; });
  const std::size_t fewer = std::min(in_a, in_b);
  return fewer == 0 ? 0 : static_cast<double>(std::min(shared, fewer)) / static_cast<double>(fewer);
}

/// Of "number street words": the number stands first if there is one.
std::uint8_t compare_addresses(std::string_view a, std::string_view b) {
  const std::string_view x = detail::house_number(a), y = detail::house_number(b);
  const std::string_view street_a = detail::after_number(a), street_b = detail::after_number(b);
  const double similarity = jaro_winkler_similarity(street_a, street_b);
  const double shared = shared_words(street_a, street_b);
  const bool same_number = x == y || x.empty() || y.empty();
  if (same_number && (similarity >= .88 || shared >= .75)) return 2;
  return similarity >= .9 || shared >= .6 ? 3 : 4;
}

std::uint8_t compare_postcodes(std::string_view a, std::string_view b) {
  if (detail::within_one_edit(a, b)) return 2;
  return detail::postcode_district(a) == detail::postcode_district(b) ? 3 : 4;
}

std::uint8_t compare_numbers(std::string_view a, std::string_view b) {
  double x = 0, y = 0;
  if (std::from_chars(a.data(), a.data() + a.size(), x).ec != std::errc{} ||
      std::from_chars(b.data(), b.data() + b.size(), y).ec != std::errc{}) {
    return 4;
  }
  const double difference = std::abs(x - y), size = std::max(std::abs(x), std::abs(y));
  if (difference == 0) return 1;
  return difference <= .01 * size ? 2 : difference <= .1 * size ? 3 : 4;
}

std::uint8_t compare_locations(std::string_view a, std::string_view b) {
  const double metres = detail::metres_between(a, b);
  return metres <= 100 ? 1 : metres <= 1000 ? 2 : metres <= 10000 ? 3 : 4;
}

}  // namespace

std::uint8_t detail::birth_date_level(DateAgreement agreement) noexcept {
  switch (agreement) {
    case DateAgreement::missing:
    case DateAgreement::same:
      return 1;
    case DateAgreement::compatible:
    case DateAgreement::slip:
    case DateAgreement::swapped:
      return 2;
    case DateAgreement::near:
    case DateAgreement::year_only:
    case DateAgreement::same_month:
      return 3;
    case DateAgreement::same_year:
      return 4;
    case DateAgreement::anniversary:
    case DateAgreement::two_digits:
      return 5;
    case DateAgreement::different:
      break;
  }
  return 6;
}

std::span<const std::string_view> level_names(ComparisonKind kind) noexcept {
  switch (kind) {
    case ComparisonKind::given_name:
    case ComparisonKind::family_name:
      return names_levels;
    case ComparisonKind::birth_date:
      return date_levels;
    case ComparisonKind::email:
      return email_levels;
    case ComparisonKind::phone:
      return phone_levels;
    case ComparisonKind::address:
      return address_levels;
    case ComparisonKind::postcode:
      return postcode_levels;
    case ComparisonKind::place:
    case ComparisonKind::text:
      return alike_levels;
    case ComparisonKind::typed_id:
      return id_levels;
    case ComparisonKind::number:
      return number_levels;
    case ComparisonKind::location:
      return location_levels;
    case ComparisonKind::list:
      return list_levels;
    case ComparisonKind::category:
    case ComparisonKind::key:
      return equal_levels;
  }
  return equal_levels;
}

std::uint8_t last_level(ComparisonKind kind) noexcept {
  return static_cast<std::uint8_t>(level_names(kind).size());
}

std::uint8_t compare_values(ComparisonKind kind, std::string_view a, std::string_view b) {
  if (a == b) return exact_level;
  switch (kind) {
    case ComparisonKind::given_name:
    case ComparisonKind::family_name:
      return compare_names(a, b);
    case ComparisonKind::birth_date:
      return compare_birth_dates(a, b);
    case ComparisonKind::email:
      return compare_emails(a, b);
    case ComparisonKind::phone:
      return compare_phones(a, b);
    case ComparisonKind::address:
      return compare_addresses(a, b);
    case ComparisonKind::postcode:
      return compare_postcodes(a, b);
    case ComparisonKind::text:
      return jaro_winkler_similarity(a, b) >= .88 || shared_words(a, b) >= .5 ? 2 : 3;
    case ComparisonKind::place:
      return jaro_winkler_similarity(a, b) >= .88 ? 2 : 3;
    case ComparisonKind::typed_id:
      return detail::within_one_edit(a, b) ? 2 : 3;
    case ComparisonKind::number:
      return compare_numbers(a, b);
    case ComparisonKind::location:
      return compare_locations(a, b);
    case ComparisonKind::list:
      return shared_words(a, b) > 0 ? 1 : 2;
    case ComparisonKind::category:
    case ComparisonKind::key:
      break;
  }
  return 2;
}

}  // namespace emptor
