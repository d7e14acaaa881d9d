#pragma once
// Raw field values as folded text: what every normaliser begins with. Internal.
//
// Lower case, full-width forms as ASCII, runs of blanks (of any script) as one blank, none at the
// ends, bytes that are no UTF-8 as a blank; see text/fold.hpp. Linear; allocates only where `out`
// has not the room yet. Thread safety: pure functions.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"

namespace emptor::detail {

[[nodiscard]] inline bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
[[nodiscard]] inline bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

/// Blanks outside ASCII.
[[nodiscard]] constexpr bool is_wide_blank(char32_t c) noexcept {
  return c == 0x00A0 || c == 0x0085 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// Bytes of ASCII folded; 0 for a byte that is not ASCII.
inline constexpr std::array<char, 256> folded_ascii = [] {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < 128; ++i) {
    table[i] = i <= ' ' || i == 127 ? ' ' : static_cast<char>(i >= 'A' && i <= 'Z' ? i + 32 : i);
  }
  return table;
}();

/// Steps over the character at `at`; its folded form, {' '} for blanks and bad bytes.
[[nodiscard]] inline FoldedCharacter next_folded(std::string_view raw, std::size_t& at,
                                                 bool strip_accents) noexcept {
  const Utf8Character character = utf8_character(raw, at);
  at += character.bytes;
  if (!character.valid || character.value <= ' ' || is_wide_blank(character.value)) return {' ', 0};
  return fold_character(character.value, strip_accents);
}

/// Writes a character that is valid and not ASCII.
inline char* put_utf8(char* to, char32_t c) noexcept {
  const auto put = [&](char32_t byte) { *to++ = static_cast<char>(byte); };
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
  return to;
}

/// `raw` folded into `out`; `strip_accents`: whether accents are removed.
inline void fold_text(std::string_view raw, std::string& out, bool strip_accents) {
  out.resize(raw.size());  // folding never lengthens
  char* to = out.data();
  bool blank = true;
  for (std::size_t at = 0; at < raw.size();) {
    const char c = folded_ascii[static_cast<unsigned char>(raw[at])];
    if (c != 0) {
      ++at;
      if (c == ' ' && blank) continue;
      blank = c == ' ';
      *to++ = c;
      continue;
    }
    const FoldedCharacter folded = next_folded(raw, at, strip_accents);
    if (folded.first == 0 || (folded.first == ' ' && blank)) continue;
    blank = folded.first == ' ';
    if (folded.first < 0x80) {
      *to++ = static_cast<char>(folded.first);
      if (folded.second != 0) *to++ = static_cast<char>(folded.second);
    } else {
      to = put_utf8(to, folded.first);
    }
  }
  if (to != out.data() && to[-1] == ' ') --to;
  out.resize(static_cast<std::size_t>(to - out.data()));
}

}  // namespace emptor::detail
