#pragma once
// Characters of UTF-8 text, whatever its bytes are. Well-formed sequences are those of The Unicode
// Standard 15.0, table 3-7; anything else is stepped over in maximal invalid parts (section 3.9),
// so that one bad byte never swallows a good character. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace emptor {

struct Utf8Character {
  char32_t value = 0xFFFD;  ///< U+FFFD when the bytes are no character
  std::uint32_t bytes = 1;  ///< to step over, at least 1
  bool valid = false;
};

/// The character that starts at byte `at` < bytes.size().
[[nodiscard]] inline Utf8Character utf8_character(std::string_view bytes, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  const std::uint32_t lead = byte(at);
  if (lead < 0x80) return {static_cast<char32_t>(lead), 1, true};
  std::uint32_t more = 0, low = 0x80, high = 0xBF, value = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    more = 1;
    value = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2;
    value = lead & 0x0FU;
    if (lead == 0xE0) low = 0xA0;   // shorter forms exist
    if (lead == 0xED) high = 0x9F;  // surrogates
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3;
    value = lead & 0x07U;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;  // beyond U+10FFFF
  } else {
    return {};
  }
  for (std::uint32_t i = 1; i <= more; ++i) {
    if (at + i >= bytes.size() || byte(at + i) < low || byte(at + i) > high) {
      return {0xFFFD, i, false};
    }
    value = value << 6 | (byte(at + i) & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {static_cast<char32_t>(value), more + 1, true};
}

/// Appends the character; what is none (surrogates, beyond U+10FFFF) becomes U+FFFD.
inline void append_utf8(std::string& to, char32_t character) {
  auto value = static_cast<std::uint32_t>(character);
  if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) value = 0xFFFD;
  const auto put = [&](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xC0 | value >> 6);
  } else {
    if (value < 0x10000) {
      put(0xE0 | value >> 12);
    } else {
      put(0xF0 | value >> 18);
      put(0x80 | (value >> 12 & 0x3F));
    }
    put(0x80 | (value >> 6 & 0x3F));
  }
  put(0x80 | (value & 0x3F));
}

}  // namespace emptor
