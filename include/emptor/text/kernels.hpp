#pragma once
// Inner loops of text similarity over many pairs of a dictionary, as a table of functions on raw
// pointers: pairs side by side in the lanes of a register.
// All tables give the same bits: distances are integers, and the arithmetic of Jaro-Winkler is one
// division of two integers below 2^24 (see similarity_jaro.hpp). Thread safety: functions are pure
// but for their outputs.

#include <cstddef>
#include <cstdint>

#include "emptor/core/kernels.hpp"

namespace emptor {

/// Texts up to this many units can be packed.
inline constexpr std::size_t longest_packed_text = 64;
inline constexpr std::size_t packed_head_units = 16;
inline constexpr std::size_t packed_block_units = 32;
/// Length of a text that is not packed.
inline constexpr std::uint8_t loose_text = 255;

/// Texts of 8-bit symbols, 0 being none. `packed_texts.hpp` makes them.
struct PackedTextView {
  const unsigned char* heads = nullptr;   ///< the first 16 symbols a text, then zeros
  const std::uint8_t* lengths = nullptr;  ///< 0 to 64, or loose_text
  /// Of texts of 17 to 64 symbols: where they stand in `blocks`, in blocks of 32 symbols.
  const std::uint32_t* places = nullptr;
  const unsigned char* blocks = nullptr;  ///< all symbols, then zeros to the end of the block
};

/// Call through text_kernels(context.kernels), from text/kernels_portable.hpp. Both compare texts
/// a[i] and b[i] of `texts` for i < count, and put those i they leave alone, at least all with a
/// loose text, into `rest`, which has room for `count`; they return the number of these.
struct TextKernels {
  /// Jaro-Winkler similarities, weight 0.1, bonus above 0.7.
  std::size_t (*jaro_winkler)(const PackedTextView& texts, const std::uint32_t* a,
                              const std::uint32_t* b, std::size_t count, float* out,
                              std::uint32_t* rest);
  /// Levenshtein distances.
  std::size_t (*levenshtein)(const PackedTextView& texts, const std::uint32_t* a,
                             const std::uint32_t* b, std::size_t count, std::uint8_t* out,
                             std::uint32_t* rest);
};

}  // namespace emptor
