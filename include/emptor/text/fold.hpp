#pragma once
// Folding: what different spellings of one letter have in common, and what kind of character one
// is. Upper case becomes lower case (Latin, Greek, Cyrillic, Armenian), full-width forms become
// ASCII, half-width katakana become katakana, and Latin, Greek and Cyrillic letters lose their
// accents if asked to. Simple one-to-one tables in the manner of The Unicode Standard 15.0,
// CaseFolding.txt and UnicodeData.txt; no normalisation: combining marks are dropped with the
// accents and kept without. Thread safety: pure functions.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace emptor {

enum class CharacterKind : std::uint8_t {
  separator,   ///< spaces, punctuation, symbols, what is no character
  letter,      ///< of scripts that set words apart
  digit,       ///< 0 to 9
  ideographic  ///< of scripts without spaces between words: Han, kana, Hangul, Thai, Lao, Khmer …
};

namespace detail {

struct CharacterRange {
  char32_t first;
  char32_t last;
};

template <std::size_t size>
[[nodiscard]] constexpr bool in_ranges(const CharacterRange (&ranges)[size], char32_t c) noexcept {
  const auto* after =
      std::upper_bound(std::begin(ranges), std::end(ranges), c,
                       [](char32_t x, const auto& range) { return x < range.first; });
  return after != std::begin(ranges) && c <= after[-1].last;
}

/// Letters that become another one at a fixed distance, either each of the range or, with step 2,
/// every second one from the first on.
struct CaseRange {
  char32_t first;
  char32_t last;
  std::int32_t distance;
  std::uint32_t step;
};
inline constexpr CaseRange upper_case[] = {
    {0x0041, 0x005A, 32, 1}, {0x00C0, 0x00D6, 32, 1},   {0x00D8, 0x00DE, 32, 1},
    {0x0100, 0x012E, 1, 2},  {0x0130, 0x0130, -199, 1}, {0x0132, 0x0136, 1, 2},
    {0x0139, 0x0147, 1, 2},  {0x014A, 0x0176, 1, 2},    {0x0178, 0x0178, -121, 1},
    {0x0179, 0x017D, 1, 2},  {0x017F, 0x017F, -268, 1}, {0x01A0, 0x01A4, 1, 2},
    {0x01AF, 0x01AF, 1, 1},  {0x01CD, 0x01DB, 1, 2},    {0x01DE, 0x01EE, 1, 2},
    {0x01F8, 0x021E, 1, 2},  {0x0222, 0x0232, 1, 2},    {0x0386, 0x0386, 38, 1},
    {0x0388, 0x038A, 37, 1}, {0x038C, 0x038C, 64, 1},   {0x038E, 0x038F, 63, 1},
    {0x0391, 0x03A1, 32, 1}, {0x03A3, 0x03AB, 32, 1},   {0x03C2, 0x03C2, 1, 1},
    {0x0400, 0x040F, 80, 1}, {0x0410, 0x042F, 32, 1},   {0x0460, 0x0480, 1, 2},
    {0x048A, 0x04BE, 1, 2},  {0x04C0, 0x04C0, 15, 1},   {0x04C1, 0x04CD, 1, 2},
    {0x04D0, 0x052E, 1, 2},  {0x0531, 0x0556, 48, 1},   {0x1E00, 0x1E94, 1, 2},
    {0x1EA0, 0x1EFE, 1, 2},  {0xFF21, 0xFF3A, 32, 1}};

/// Lower-case letters and the one or two letters they are without their accents.
struct AccentRange {
  char32_t first;
  char32_t last;
  char32_t to;
  char32_t then;
};
inline constexpr AccentRange accents[] = {
    {0x00DF, 0x00DF, 's', 's'},  {0x00E0, 0x00E5, 'a', 0},    {0x00E6, 0x00E6, 'a', 'e'},
    {0x00E7, 0x00E7, 'c', 0},    {0x00E8, 0x00EB, 'e', 0},    {0x00EC, 0x00EF, 'i', 0},
    {0x00F0, 0x00F0, 'd', 0},    {0x00F1, 0x00F1, 'n', 0},    {0x00F2, 0x00F6, 'o', 0},
    {0x00F8, 0x00F8, 'o', 0},    {0x00F9, 0x00FC, 'u', 0},    {0x00FD, 0x00FD, 'y', 0},
    {0x00FE, 0x00FE, 't', 'h'},  {0x00FF, 0x00FF, 'y', 0},    {0x0100, 0x0105, 'a', 0},
    {0x0106, 0x010D, 'c', 0},    {0x010E, 0x0111, 'd', 0},    {0x0112, 0x011B, 'e', 0},
    {0x011C, 0x0123, 'g', 0},    {0x0124, 0x0127, 'h', 0},    {0x0128, 0x0131, 'i', 0},
    {0x0132, 0x0133, 'i', 'j'},  {0x0134, 0x0135, 'j', 0},    {0x0136, 0x0138, 'k', 0},
    {0x0139, 0x0142, 'l', 0},    {0x0143, 0x014B, 'n', 0},    {0x014C, 0x0151, 'o', 0},
    {0x0152, 0x0153, 'o', 'e'},  {0x0154, 0x0159, 'r', 0},    {0x015A, 0x0161, 's', 0},
    {0x0162, 0x0167, 't', 0},    {0x0168, 0x0173, 'u', 0},    {0x0174, 0x0175, 'w', 0},
    {0x0176, 0x0178, 'y', 0},    {0x0179, 0x017E, 'z', 0},    {0x01A0, 0x01A1, 'o', 0},
    {0x01AF, 0x01B0, 'u', 0},    {0x01CD, 0x01CE, 'a', 0},    {0x01CF, 0x01D0, 'i', 0},
    {0x01D1, 0x01D2, 'o', 0},    {0x01D3, 0x01DC, 'u', 0},    {0x0218, 0x0219, 's', 0},
    {0x021A, 0x021B, 't', 0},    {0x0390, 0x0390, 0x03B9, 0}, {0x03AC, 0x03AC, 0x03B1, 0},
    {0x03AD, 0x03AD, 0x03B5, 0}, {0x03AE, 0x03AE, 0x03B7, 0}, {0x03AF, 0x03AF, 0x03B9, 0},
    {0x03B0, 0x03B0, 0x03C5, 0}, {0x03CA, 0x03CA, 0x03B9, 0}, {0x03CB, 0x03CB, 0x03C5, 0},
    {0x03CC, 0x03CC, 0x03BF, 0}, {0x03CD, 0x03CD, 0x03C5, 0}, {0x03CE, 0x03CE, 0x03C9, 0},
    {0x0450, 0x0451, 0x0435, 0}, {0x1EA0, 0x1EB7, 'a', 0},    {0x1EB8, 0x1EC7, 'e', 0},
    {0x1EC8, 0x1ECB, 'i', 0},    {0x1ECC, 0x1EE3, 'o', 0},    {0x1EE4, 0x1EF1, 'u', 0},
    {0x1EF2, 0x1EF9, 'y', 0}};

/// U+FF66 to U+FF9F, half-width katakana, as full-width ones.
inline constexpr char32_t katakana[] = {
    0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2,
    0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9,
    0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE,
    0x30CF, 0x30D2, 0x30D5, 0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6,
    0x30E8, 0x30E9, 0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x3099, 0x309A};

inline constexpr CharacterRange no_letters[] = {
    {0x0080, 0x00A9},   {0x00AB, 0x00B4}, {0x00B6, 0x00B9}, {0x00BB, 0x00BF},   {0x00D7, 0x00D7},
    {0x00F7, 0x00F7},   {0x02C2, 0x02DF}, {0x037E, 0x037E}, {0x0387, 0x0387},   {0x055A, 0x055F},
    {0x0589, 0x058F},   {0x05BE, 0x05BE}, {0x05C0, 0x05C0}, {0x05C3, 0x05C3},   {0x05F3, 0x05F4},
    {0x0600, 0x060F},   {0x061B, 0x061F}, {0x066A, 0x066D}, {0x06D4, 0x06D4},   {0x0964, 0x0965},
    {0x2000, 0x2BFF},   {0x2E00, 0x2E7F}, {0x2FF0, 0x3004}, {0x3008, 0x3030},   {0x3036, 0x303A},
    {0x303D, 0x3040},   {0x30A0, 0x30A0}, {0x30FB, 0x30FB}, {0x3200, 0x33FF},   {0x4DC0, 0x4DFF},
    {0xD800, 0xF8FF},   {0xFD3E, 0xFD4F}, {0xFE00, 0xFE6F}, {0xFEFF, 0xFF0F},   {0xFF1A, 0xFF20},
    {0xFF3B, 0xFF40},   {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1D000, 0x1D3FF}, {0x1F000, 0x1FFFF},
    {0xE0000, 0x10FFFF}};

inline constexpr CharacterRange ideographs[] = {
    {0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1100, 0x11FF},   {0x1780, 0x17FF},  {0x2E80, 0x2FDF},
    {0x3005, 0x3007}, {0x3031, 0x3035}, {0x303B, 0x303C},   {0x3041, 0x309F},  {0x30A1, 0x30FA},
    {0x30FC, 0x31FF}, {0x3400, 0x4DBF}, {0x4E00, 0xA4CF},   {0xA960, 0xA97F},  {0xAC00, 0xD7FF},
    {0xF900, 0xFAFF}, {0xFF66, 0xFFDC}, {0x1B000, 0x1B16F}, {0x20000, 0x3FFFF}};

}  // namespace detail

/// What a character stands for: one character, or two, or none (first == 0).
struct FoldedCharacter {
  char32_t first = 0;
  char32_t second = 0;  ///< 0: none
  friend bool operator==(const FoldedCharacter&, const FoldedCharacter&) = default;
};

/// U+0000 is a blank. "Ä" is "ä", and "a" without accents; "ß" is "ss" without; "Ａ" is "a", "ｱ" is
/// "ア".
[[nodiscard]] inline FoldedCharacter fold_character(char32_t c, bool fold_accents) noexcept {
  if (c == 0) return {' ', 0};
  if (c < 0x80) return {c >= 'A' && c <= 'Z' ? c + 32 : c, 0};
  if (c >= 0x4E00 && c <= 0xD7FF) return {c, 0};
  if (c == 0x00AD || (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F)) {
    return {};  // soft hyphens, invisible marks, variation selectors
  }
  if (c == 0x1E9E) c = 0x00DF;
  if (c >= 0xFF66 && c <= 0xFF9F) return {detail::katakana[c - 0xFF66], 0};
  const auto* after =
      std::upper_bound(std::begin(detail::upper_case), std::end(detail::upper_case), c,
                       [](char32_t x, const auto& range) { return x < range.first; });
  const auto& range = after[-1];  // every c here is above the first range's first
  if (c <= range.last && (c - range.first) % range.step == 0) {
    c = static_cast<char32_t>(static_cast<std::int32_t>(c) + range.distance);
  }
  if (c >= 0xFF01 && c <= 0xFF5E) return {c - 0xFEE0, 0};
  if (!fold_accents) return {c, 0};
  if (c >= 0x0300 && c <= 0x036F) return {};
  const auto* accent = std::upper_bound(std::begin(detail::accents), std::end(detail::accents), c,
                                        [](char32_t x, const auto& row) { return x < row.first; });
  if (accent != std::begin(detail::accents) && c <= accent[-1].last) {
    return {accent[-1].to, accent[-1].then};
  }
  return {c, 0};
}

/// Of a character that is folded already.
[[nodiscard]] inline CharacterKind character_kind(char32_t c) noexcept {
  if (c < 0x80) {
    if (c >= '0' && c <= '9') return CharacterKind::digit;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? CharacterKind::letter
                                                            : CharacterKind::separator;
  }
  if (detail::in_ranges(detail::ideographs, c)) return CharacterKind::ideographic;
  return detail::in_ranges(detail::no_letters, c) ? CharacterKind::separator
                                                  : CharacterKind::letter;
}

}  // namespace emptor
