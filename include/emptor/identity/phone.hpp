#pragma once
// Telephone numbers as ITU-T E.164 writes them: +, calling code, national number.
//
// A table says of each country its calling code, trunk prefix, lengths and mobile prefixes (from
// the national numbering plans as ITU-T publishes them, Operational Bulletin; E.164 gives codes and
// the limit of 15 digits); countries without a row of their own keep code and lengths. Read: "+44
// (0)20 7946 0000", "0044…", "011…", "8613800138000", extensions ("ext. 12", "x12", "转8001",
// "分机"), full-width digits and any punctuation. Numbers set apart for films (555-0100 to 0199)
// are usable: nothing distinguishes them in real files.
//
// Without a country a national number stays as it is dialled: compare such numbers by phone_tail.
//
// Cost: linear, about 50 ns; nothing is allocated once the strings of `out` have their room.
// Thread safety: pure functions.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/placeholder.hpp"

namespace emptor {

struct PhoneOptions {
  std::string_view default_country{};  ///< of numbers without +, ISO 3166 such as "CN"; "": unknown
  const Placeholders* placeholders = nullptr;  ///< null: the standard ones
};

struct PhoneNumber {
  std::string digits;             ///< "+442079460000"; without + as far as the country is unknown
  std::string national;           ///< without calling code and trunk prefix
  std::string extension;          ///< digits, without leading zeros being dropped
  std::array<char, 3> country{};  ///< ISO 3166, upper case, e.g. "GB"; "" if unknown
  bool possible = false;          ///< country known and its lengths kept
  bool mobile = false;            ///< known to be: one person's rather than a household's

  [[nodiscard]] std::string_view country_code() const noexcept { return country.data(); }
  EMPTOR_API void clear() noexcept;
  friend bool operator==(const PhoneNumber&, const PhoneNumber&) = default;
};

/// Malformed: fewer than 5 or more than 15 digits, lengths that the country has not, letters.
/// Placeholder: numbers that nobody was given (is_placeholder_number of the national number).
/// Throws `invalid_option` for a default country that is not in the table.
EMPTOR_API FieldState normalise_phone(std::string_view raw, PhoneNumber& out,
                                      const PhoneOptions& options = {});

/// The last digits, by which numbers in different notations are compared; all of a shorter number.
[[nodiscard]] inline std::string_view phone_tail(const PhoneNumber& phone,
                                                 std::size_t digits = 8) noexcept {
  std::string_view tail = phone.digits;
  if (!tail.empty() && tail.front() == '+') tail.remove_prefix(1);
  return tail.size() <= digits ? tail : tail.substr(tail.size() - digits);
}

/// Whether the table knows the country (ISO 3166, upper case).
[[nodiscard]] EMPTOR_API bool is_phone_country(std::string_view country) noexcept;

}  // namespace emptor
