#pragma once
// What two texts are compared by: their bytes if both are ASCII, else the code points of both, as
// decided once a pair; and the positions of each symbol in up to 64 units as bits of a word, which
// is what the bit-parallel measures work on. Bytes that are no UTF-8 count as U+FFFD, one unit a
// maximal invalid part. Texts up to 64 units allocate nothing.
// Thread safety: pure functions.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/text/utf8.hpp"

namespace emptor {

/// Units of a text that take part in a comparison; what comes after them is as if it were not
/// there, so that texts of a megabyte cost milliseconds. Up to this length all measures are exact.
inline constexpr std::size_t longest_compared_text = 16384;

namespace detail {

inline constexpr std::size_t word_units = 64;

[[nodiscard]] inline bool is_ascii(std::string_view text) noexcept {
  const char* p = text.data();
  std::size_t left = text.size();
  std::uint64_t seen = 0;
  for (; left >= 8; left -= 8, p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    seen |= word;
  }
  for (; left > 0; --left, ++p) seen |= static_cast<unsigned char>(*p);
  return (seen & 0x8080808080808080U) == 0;
}

/// The first `longest_compared_text` code points of a text.
class CodePoints {
 public:
  explicit CodePoints(std::string_view text) {
    char32_t* to = few_;
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size() && count < longest_compared_text; ++count) {
      if (count == word_units) {
        many_.resize(std::min(count + text.size() - at, longest_compared_text));
        to = std::copy_n(few_, count, many_.data()) - count;
      }
      const Utf8Character c = utf8_character(text, at);
      to[count] = c.value;
      at += c.bytes;
    }
    units_ = {to, count};
  }
  CodePoints(const CodePoints&) = delete;
  CodePoints& operator=(const CodePoints&) = delete;

  [[nodiscard]] std::span<const char32_t> units() const noexcept { return units_; }

 private:
  char32_t few_[word_units];
  std::vector<char32_t> many_;
  std::span<const char32_t> units_;
};

using ByteUnits = std::span<const unsigned char>;

/// measure(units of a, units of b), both as bytes or both as code points.
template <class Measure>
auto with_units(std::string_view a, std::string_view b, Measure&& measure) {
  const std::string_view first = a.substr(0, longest_compared_text);
  const std::string_view second = b.substr(0, longest_compared_text);
  if (is_ascii(first) && is_ascii(second)) {
    return measure(ByteUnits(reinterpret_cast<const unsigned char*>(first.data()), first.size()),
                   ByteUnits(reinterpret_cast<const unsigned char*>(second.data()), second.size()));
  }
  const CodePoints wide_a(a), wide_b(b);
  return measure(wide_a.units(), wide_b.units());
}

/// Bit i of mask(c): unit i of the pattern is c. For patterns of up to 64 units.
template <class Unit>
class SymbolMasks;

template <>
class SymbolMasks<unsigned char> {  // below 128
 public:
  explicit SymbolMasks(ByteUnits pattern) noexcept {
    std::fill_n(masks_, 128, 0);
    set(pattern);
  }
  /// To be asked for symbols of `text` alone.
  SymbolMasks(ByteUnits pattern, ByteUnits text) noexcept {
    if (pattern.size() + text.size() > word_units) {
      std::fill_n(masks_, 128, 0);
    } else {
      for (const unsigned char c : text) masks_[c] = 0;
      for (const unsigned char c : pattern) masks_[c] = 0;
    }
    set(pattern);
  }
  [[nodiscard]] std::uint64_t mask(unsigned char c) const noexcept { return masks_[c]; }

 private:
  void set(ByteUnits pattern) noexcept {
    std::uint64_t bit = 1;
    for (const unsigned char c : pattern) {
      masks_[c] |= bit;
      bit <<= 1;
    }
  }

  std::uint64_t masks_[128];
};

template <>
class SymbolMasks<char32_t> {
 public:
  explicit SymbolMasks(std::span<const char32_t> pattern) noexcept {
    std::uint64_t bit = 1;
    for (const char32_t c : pattern) {
      const std::size_t at = slot(c);
      symbols_[at] = c;
      masks_[at] |= bit;
      bit <<= 1;
    }
  }
  SymbolMasks(std::span<const char32_t> pattern, std::span<const char32_t>) noexcept
      : SymbolMasks(pattern) {}
  [[nodiscard]] std::uint64_t mask(char32_t c) const noexcept { return masks_[slot(c)]; }

 private:
  static constexpr std::size_t slots = 128;  // never more than half full

  [[nodiscard]] std::size_t slot(char32_t c) const noexcept {
    std::size_t at = (static_cast<std::uint32_t>(c) * 0x9E3779B1U) >> 25;
    while (masks_[at] != 0 && symbols_[at] != c) at = (at + 1) % slots;
    return at;
  }

  char32_t symbols_[slots];
  std::uint64_t masks_[slots] = {};
};

/// Without the units that both begin with, then without those that both end with.
template <class Unit>
void strip_common(std::span<const Unit>& a, std::span<const Unit>& b) noexcept {
  const std::size_t least = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < least && a[same] == b[same]) ++same;
  a = a.subspan(same);
  b = b.subspan(same);
  while (!a.empty() && !b.empty() && a.back() == b.back()) {
    a = a.first(a.size() - 1);
    b = b.first(b.size() - 1);
  }
}

}  // namespace detail
}  // namespace emptor
