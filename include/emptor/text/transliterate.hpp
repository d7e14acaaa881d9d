#pragma once
// Han characters as Latin letters and as simplified characters, so that 張偉, 张伟 and "Zhang Wei"
// can meet.
//
// Readings and simplified forms come from the Unihan database (Unicode Standard Annex 38, Unicode
// Han Database, 2022) and are turned into tables of about 106 KB when the library is built: 26,873
// characters, those of the first plane and, beyond it, those in use today. Family names that are
// read otherwise than the character alone (单 Shan, 曾 Zeng, 尉迟 Yuchi) have a table of their own.
//
// Cost: a reading is three look-ups, a simplified form a binary search in 2,751 characters; nothing
// is allocated but what `out` needs to grow. Thread safety: pure functions.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "emptor/core/export.hpp"

namespace emptor {

/// The readings of one character in pinyin without tones, the usual one first; ü is v.
struct PinyinReadings {
  std::array<std::string_view, 4> syllables{};
  std::size_t count = 0;
  [[nodiscard]] const std::string_view* begin() const noexcept { return syllables.data(); }
  [[nodiscard]] const std::string_view* end() const noexcept { return syllables.data() + count; }
};

struct PinyinOptions {
  bool surname = false;      ///< the text begins with a family name, of one character or two
  bool umlaut_as_v = false;  ///< 吕 is "lv", as typed on keyboards, instead of "lu"
  char between = '\0';       ///< stands between syllables; none if '\0'
};

/// None for what is no Han character.
[[nodiscard]] EMPTOR_API PinyinReadings pinyin_readings(char32_t c) noexcept;

/// Appends the usual reading of each character of `text` (simplified or traditional); characters
/// without one are copied as they are. Bytes that are no UTF-8 are left out.
EMPTOR_API void append_pinyin(std::string_view text, std::string& out,
                              const PinyinOptions& options = {});
EMPTOR_API void append_pinyin(std::u32string_view text, std::string& out,
                              const PinyinOptions& options = {});

/// The simplified form of a traditional character; any other character as it is. A character that
/// serves as both (乾, 著) stays.
[[nodiscard]] EMPTOR_API char32_t simplified(char32_t c) noexcept;

/// Bytes that are no UTF-8 are left out.
EMPTOR_API void append_simplified(std::string_view text, std::string& out);

/// The family name a Chinese name in simplified characters begins with.
struct ChineseSurname {
  std::size_t characters = 0;  ///< 2: one of the compound surnames; 1: any other Han character
  std::string_view pinyin;     ///< as a family name; ü is v
};
[[nodiscard]] EMPTOR_API ChineseSurname chinese_surname(std::u32string_view name) noexcept;

/// Into how few syllables of pinyin a lower-case word falls apart ("xiaoming": 2, "fangan": 2); 0
/// if it does not, or has more than 24 letters.
[[nodiscard]] EMPTOR_API std::size_t pinyin_syllables(std::string_view word) noexcept;

}  // namespace emptor
