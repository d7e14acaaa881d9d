#pragma once
// Names that people choose for their codes, "ANNA20", and the rules for them.
//
// A name is letters A-Z and digits; case does not matter, hyphens and blanks are passed over, O is
// 0 and I and L are 1 as in every code, so that who reads it aloud is understood. Names that look
// like another one's (S and 5, B and 8, Z and 2, G and 6, U and V, O and Q, RN and M, VV and W) are
// confusable, in the sense of Unicode Technical Standard 39, Unicode Security Mechanisms, section
// 4, restricted to what a code may hold: two texts are confusable when their skeletons are equal.
//
// A name that some generated code becomes by one wrong character, one exchange or one twin error is
// refused: a code mistyped may never lead to somebody. Without a prefix that is nearly every name
// of a code's length; a prefix of three characters or more leaves nearly all of them free.
//
// Cost: O(length), no allocation. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/referral/code.hpp"

namespace emptor {

/// Why a code is not issued.
enum class CodeRefusal : std::uint8_t {
  none,
  request_reused,   ///< the request's id was used with other content
  nobody,           ///< a code must belong to somebody
  empty_window,     ///< it would never be valid
  exhausted,        ///< no serial numbers or ids are left
  alphabet,         ///< a name with other characters than letters A-Z, digits, hyphens and blanks
  too_short,        ///< a name of fewer characters than allowed
  too_long,         ///< a name of more characters than allowed
  bad_word,         ///< it spells, or reads like, a blocked word
  looks_generated,  ///< a generated code, mistyped, would be it
  taken,            ///< the very name was given away, for ever
  confusable,       ///< it looks like a name that was given away
};

/// The refusal's name as written above.
[[nodiscard]] EMPTOR_API std::string_view name(CodeRefusal refusal) noexcept;

/// Characters of the longest name that any options allow.
inline constexpr std::size_t longest_vanity = 32;

struct VanityOptions {
  std::size_t min_length = 4;   ///< characters of a name, hyphens and blanks not counted; 3 to 32
  std::size_t max_length = 20;  ///< min_length to 32
};

/// A name's forms.
struct VanityForms {
  ReferralCodeText shown;     ///< upper case, without hyphens and blanks
  ReferralCodeText key;       ///< the same for whatever is read as this name
  ReferralCodeText skeleton;  ///< the same for whatever looks like it
};

/// Whether the text could be a name at all, and its forms, whole unless it is too_long or alphabet.
/// Refusals: alphabet, too_short, too_long, bad_word, looks_generated, in this order.
[[nodiscard]] EMPTOR_API CodeRefusal vanity_forms(std::string_view text,
                                                  const VanityOptions& options,
                                                  const ReferralCodec& codec, VanityForms& out);

}  // namespace emptor
