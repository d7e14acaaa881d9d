#pragma once
// Keys by sound: names that are said alike have equal keys, whatever their spelling.
// Soundex: R. C. Russell, US patents 1,261,167 (1918) and 1,435,663 (1922), with the rules of the
// US National Archives, in which h and w do not part letters of one code.
// Double Metaphone: L. Philips, "The double metaphone search algorithm", C/C++ Users Journal 18(6),
// 2000. It knows the spellings of English, German, Dutch, Slavic, Italian, French and Spanish
// names, and gives a second key where two ways to say a name are likely ("Schmidt": XMT, SMT;
// "Smith": SM0, XMT), so that families which changed their spelling meet in one of the keys; that
// is why it, and no key for one language, stands here.
// Both fold case and accents themselves (text/fold.hpp; so ç is c, where Philips has s) and read
// the first 64 letters; other scripts have no sound here: transliterate before. Time O(letters).
// Thread safety: pure functions.

#include <cstddef>
#include <string>
#include <string_view>

#include "emptor/core/export.hpp"

namespace emptor {

/// A letter and three digits, such as R163; empty for a text without Latin letters.
[[nodiscard]] EMPTOR_API std::string soundex(std::string_view text);

struct MetaphoneKeys {
  std::string primary;
  std::string secondary;  ///< equal to `primary` where there is one way to say the name

  /// Whether one key of the one is a key of the other, and not empty.
  [[nodiscard]] bool meets(const MetaphoneKeys& other) const noexcept {
    const auto same = [](const std::string& a, const std::string& b) {
      return !a.empty() && a == b;
    };
    return same(primary, other.primary) || same(primary, other.secondary) ||
           same(secondary, other.primary) || same(secondary, other.secondary);
  }
  friend bool operator==(const MetaphoneKeys&, const MetaphoneKeys&) = default;
};

/// Keys of at most `longest` characters of A F H J K L M N P R S T X 0 (0 is "th", X is "sh"; a
/// vowel counts at the start alone, as A). 4 is Philips' length.
[[nodiscard]] EMPTOR_API MetaphoneKeys double_metaphone(std::string_view text,
                                                        std::size_t longest = 4);

}  // namespace emptor
