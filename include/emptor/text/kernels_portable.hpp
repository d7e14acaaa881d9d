#pragma once
// The kernels of text similarity that run everywhere, one pair after the other, and the choice of a
// context's table. Formulas and sources: similarity_edit.hpp, similarity_jaro.hpp. Time O(n) a
// pair. Thread safety: pure functions.

#include "emptor/text/kernels.hpp"
#include "emptor/text/similarity_edit.hpp"
#include "emptor/text/similarity_jaro.hpp"

namespace emptor {
namespace detail {

/// The places of symbols, as SymbolMasks, of one pattern after the other.
class PackedMasks {
 public:
  void set(ByteUnits pattern) noexcept {
    std::uint64_t bit = 1;
    for (const unsigned char c : pattern) {
      masks_[c] |= bit;
      bit <<= 1;
    }
  }
  void clear(ByteUnits pattern) noexcept {
    for (const unsigned char c : pattern) masks_[c] = 0;
  }
  [[nodiscard]] std::uint64_t mask(unsigned char c) const noexcept { return masks_[c]; }

 private:
  std::uint64_t masks_[256] = {};
};

[[nodiscard]] inline ByteUnits packed_units(const PackedTextView& texts,
                                            std::uint32_t text) noexcept {
  const std::size_t length = texts.lengths[text];
  return length <= packed_head_units
             ? ByteUnits(texts.heads + std::size_t{text} * packed_head_units, length)
             : ByteUnits(texts.blocks + std::size_t{texts.places[text]} * packed_block_units,
                         length);
}

/// out[i] = measure(masks of a[i], a[i], b[i]) of non-empty texts, of_empty(units of both) if one
/// is empty.
template <class Out, class Measure, class OfEmpty>
std::size_t compare_packed(const PackedTextView& texts, const std::uint32_t* a,
                           const std::uint32_t* b, std::size_t count, Out* out, std::uint32_t* rest,
                           Measure&& measure, OfEmpty&& of_empty) {
  PackedMasks masks;
  std::size_t left = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (texts.lengths[a[i]] == loose_text || texts.lengths[b[i]] == loose_text) {
      rest[left++] = static_cast<std::uint32_t>(i);
      continue;
    }
    const ByteUnits x = packed_units(texts, a[i]), y = packed_units(texts, b[i]);
    if (x.empty() || y.empty()) {
      out[i] = of_empty(x.size() + y.size());
      continue;
    }
    masks.set(x);
    out[i] = measure(masks, x, y);
    masks.clear(x);
  }
  return left;
}

inline std::size_t jaro_winkler_portable(const PackedTextView& texts, const std::uint32_t* a,
                                         const std::uint32_t* b, std::size_t count, float* out,
                                         std::uint32_t* rest) {
  return compare_packed(
      texts, a, b, count, out, rest,
      [](const PackedMasks& masks, ByteUnits x, ByteUnits y) {
        return static_cast<float>(
            winkler(jaro_quotient(jaro_counts_word(masks, x, y), x.size(), y.size()), x, y, {}));
      },
      [](std::size_t units) { return units == 0 ? 1.0F : 0.0F; });
}

inline std::size_t levenshtein_portable(const PackedTextView& texts, const std::uint32_t* a,
                                        const std::uint32_t* b, std::size_t count,
                                        std::uint8_t* out, std::uint32_t* rest) {
  return compare_packed(
      texts, a, b, count, out, rest,
      [](const PackedMasks& masks, ByteUnits x, ByteUnits y) {
        return static_cast<std::uint8_t>(edit_distance_word<false>(masks, x.size(), y, no_cutoff));
      },
      [](std::size_t units) { return static_cast<std::uint8_t>(units); });
}

inline constexpr TextKernels portable_text_kernels = {jaro_winkler_portable, levenshtein_portable};

}  // namespace detail

/// The context's table, the portable one without.
[[nodiscard]] inline const TextKernels& text_kernels(const Kernels* kernels) noexcept {
  return kernels != nullptr && kernels->text != nullptr ? *kernels->text
                                                        : detail::portable_text_kernels;
}

}  // namespace emptor
