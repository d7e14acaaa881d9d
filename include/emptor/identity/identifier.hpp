#pragma once
// Numbers and keys that were given to one person, account or device.
//
// Numbers that people type (passports, licences, national and tax numbers) are compared without
// case, blanks and punctuation; keys that machines made (user, cookie, openid, unionid) to the
// byte; device keys without case and dashes. Check digits: Chinese resident identity numbers (GB
// 11643-1999, ISO 7064 MOD 11-2), payment cards (Luhn, ISO/IEC 7812-1), IBAN (ISO 13616, MOD
// 97-10); US social security numbers by the areas, groups and serials that are never given (SSA,
// POMS RM 10201.035). A number that fails is malformed, and may be a slip of the pen from another
// one.
//
// Cost: linear, about 60 ns; nothing is allocated once the strings of `out` have their room (the
// masks excepted). Thread safety: pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/identity/date.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/placeholder.hpp"

namespace emptor {

enum class IdentifierKind : std::uint8_t {
  number,        ///< typed by people, of any shape: passports, licences, memberships
  national_id,   ///< as number; Chinese and US numbers are recognised by their shape
  payment_card,  ///< Luhn; only its mask is kept
  iban,          ///< MOD 97-10
  device,        ///< advertising and device keys, IMEI, MAC: hexadecimal in any spelling
  key,           ///< opaque: user ids, cookies, openid, unionid
};

enum class IdentifierShape : std::uint8_t { plain, chinese_resident, us_social_security };

struct IdentifierOptions {
  IdentifierKind kind = IdentifierKind::number;
  const Placeholders* placeholders = nullptr;  ///< null: the standard ones
};

struct NormalisedIdentifier {
  std::string value;  ///< letters lower-case (a key as it came); of a payment card the mask
  IdentifierShape shape = IdentifierShape::plain;
  PartialDate birth;     ///< that the number tells
  bool checked = false;  ///< it has a check digit, and that holds

  EMPTOR_API void clear() noexcept;
  friend bool operator==(const NormalisedIdentifier&, const NormalisedIdentifier&) = default;
};

/// A Chinese number of the old form (15 digits) becomes the one of 18. Placeholder: numbers that
/// nobody was given, device keys of nobody (all zero, 02:00:00:00:00:00), "guest", and texts that
/// is_placeholder knows.
EMPTOR_API FieldState normalise_identifier(std::string_view raw, NormalisedIdentifier& out,
                                           const IdentifierOptions& options = {});

/// For reports and errors: "110***********1234". Of 12 characters and more the first three and the
/// last four stay, of 8 and more the last two, of shorter ones none. The length shows.
[[nodiscard]] EMPTOR_API std::string mask_identifier(std::string_view value);

/// "j***@gmail.com"; what has no @ as mask_identifier.
[[nodiscard]] EMPTOR_API std::string mask_email(std::string_view address);

/// Whether the digits (blanks and dashes between them allowed; at least 2) end on their Luhn digit.
[[nodiscard]] EMPTOR_API bool luhn_holds(std::string_view digits) noexcept;

/// Whether the letters and digits, without blanks, are an IBAN with its check digits; any case.
[[nodiscard]] EMPTOR_API bool iban_holds(std::string_view iban) noexcept;

/// The last character of the 18 ('0' to '9' or 'x') to the first 17 digits; 0 if those are none.
[[nodiscard]] EMPTOR_API char chinese_resident_check(std::string_view digits) noexcept;

}  // namespace emptor
