#pragma once
// Distances by single edits, 64 rows of the dynamic program in the bits of a word.
// Levenshtein: G. Myers, "A fast bit-vector algorithm for approximate string matching based on
// dynamic programming", J. ACM 46(3), 1999, doi:10.1145/316542.316550, in the form of H. Hyyrö, "A
// bit-vector algorithm for computing Levenshtein and Damerau edit distances", Nordic Journal of
// Computing 10(1), 2003, which also has the transpositions. Above 64 units the rows are cut into
// blocks of 64 (Myers 1999, section 4), one block after the other over all columns, so that memory
// stays linear. Common subsequence: H. Hyyrö, "Bit-parallel LCS-length computation revisited",
// AWOCA 2004.
// Time O(ceil(m / 64) n) after equal beginnings and ends are cut off; with a cutoff k, only the
// diagonals -k - 1 … k + 1. Memory O(n) above 64 units, else the stack. Units: see
// similarity_units.hpp. Thread safety: pure functions.

#include <limits>

#include "emptor/text/similarity_units.hpp"

namespace emptor {

inline constexpr std::size_t no_cutoff = std::numeric_limits<std::size_t>::max();

namespace detail {

/// The vertical differences of up to 64 rows in one column, and what the next column needs.
template <bool transpositions>
class EditRows {
 public:
  /// To the next column, whose positions of its symbol are `equal`. `above` is the horizontal
  /// difference of the row above, `crossed` whether the row above leaves a transposition to be
  /// finished here.
  void step(std::uint64_t equal, int above, std::uint64_t crossed = 0) noexcept {
    const std::uint64_t less_above = above < 0 ? 1 : 0;
    std::uint64_t open = 0;
    if constexpr (transpositions) {
      crossing_ = ~diagonal_ & equal;
      open = (crossing_ << 1 | crossed) & last_equal_;
      last_equal_ = equal;
    }
    const std::uint64_t x = equal | less_above;
    diagonal_ = (((x & more_) + more_) ^ more_) | x | less_ | open;
    right_more_ = less_ | ~(diagonal_ | more_);
    right_less_ = diagonal_ & more_;
    const std::uint64_t down_more = right_more_ << 1 | (above > 0 ? 1U : 0U);
    const std::uint64_t down_less = right_less_ << 1 | less_above;
    more_ = down_less | ~(diagonal_ | down_more);
    less_ = down_more & diagonal_;
  }

  /// The horizontal difference at a row, given as a bit.
  [[nodiscard]] int right(std::uint64_t row) const noexcept {
    return ((right_more_ & row) != 0 ? 1 : 0) - ((right_less_ & row) != 0 ? 1 : 0);
  }
  [[nodiscard]] std::uint64_t crossed() const noexcept { return crossing_ >> 63; }

 private:
  std::uint64_t more_ = ~std::uint64_t{0};  // cell is 1 more than the one above
  std::uint64_t less_ = 0;
  std::uint64_t right_more_ = 0;  // cell is 1 more than the one on its left
  std::uint64_t right_less_ = 0;
  std::uint64_t diagonal_ = ~std::uint64_t{0};  // cell equals the one above on the left
  std::uint64_t last_equal_ = 0;
  std::uint64_t crossing_ = 0;
};

/// `masks` of a text of 1 to 64 units.
template <bool transpositions, class Masks, class Unit>
std::size_t edit_distance_word(const Masks& masks, std::size_t size_a, std::span<const Unit> b,
                               std::size_t cutoff) noexcept {
  EditRows<transpositions> rows;
  const std::uint64_t last = std::uint64_t{1} << (size_a - 1);
  std::size_t distance = size_a, left = b.size();
  for (const Unit c : b) {
    rows.step(masks.mask(c), 1);
    distance = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(distance) + rows.right(last));
    --left;
    if (distance > left && distance - left > cutoff) return cutoff + 1;
  }
  return distance;
}

/// a.size() <= b.size() <= a.size() + cutoff. Cells outside the band are replaced by upper bounds:
/// a way through them costs more than the cutoff.
template <bool transpositions, class Unit>
std::size_t edit_distance_blocks(std::span<const Unit> a, std::span<const Unit> b,
                                 std::size_t cutoff) {
  struct Border {  // of a column, between two blocks
    std::int8_t right = 1;
    std::uint8_t crossed = 0;
  };
  std::vector<Border> borders(b.size());
  const std::size_t reach = std::min(cutoff, b.size()) + 1;
  std::size_t corner = 0;  // the cell above the block and on the left of its first column
  for (std::size_t top = 0; top < a.size(); top += word_units) {
    const std::size_t height = std::min(word_units, a.size() - top);
    const std::size_t first = top > reach ? top - reach : 0;
    const std::size_t end = std::min(b.size(), top + height + reach);
    const std::size_t next_top = top + word_units;
    const std::size_t next_first = next_top > reach ? next_top - reach : 0;
    const SymbolMasks<Unit> masks(a.subspan(top, height));
    EditRows<transpositions> rows;
    const std::uint64_t last = std::uint64_t{1} << (height - 1);
    std::size_t distance = corner + height;
    corner = distance;  // if the next block begins at this one's first column
    for (std::size_t j = first; j < end; ++j) {
      Border& border = borders[j];
      rows.step(masks.mask(b[j]), border.right, border.crossed);
      border.right = static_cast<std::int8_t>(rows.right(last));
      if constexpr (transpositions) border.crossed = static_cast<std::uint8_t>(rows.crossed());
      distance = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(distance) + border.right);
      if (j + 1 == next_first) corner = distance;
    }
    if (next_top >= a.size()) return distance > cutoff ? cutoff + 1 : distance;
  }
  return 0;  // not reached: a is not empty
}

template <bool transpositions, class Unit>
std::size_t edit_distance(std::span<const Unit> a, std::span<const Unit> b, std::size_t cutoff) {
  strip_common(a, b);
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > cutoff) return cutoff + 1;
  if (a.empty()) return b.size();
  if (a.size() <= word_units) {
    return edit_distance_word<transpositions>(SymbolMasks<Unit>(a, b), a.size(), b, cutoff);
  }
  return edit_distance_blocks<transpositions>(a, b, cutoff);
}

template <class Unit>
std::size_t common_subsequence(std::span<const Unit> a, std::span<const Unit> b) {
  const auto units = a.size();
  strip_common(a, b);
  const std::size_t stripped = units - a.size();
  if (a.size() > b.size()) std::swap(a, b);
  std::vector<std::uint8_t> carries(a.size() > word_units ? b.size() : 0);
  std::size_t length = stripped;
  for (std::size_t top = 0; top < a.size(); top += word_units) {
    const std::size_t height = std::min(word_units, a.size() - top);
    const SymbolMasks<Unit> masks(a.subspan(top, height));
    std::uint64_t same = ~std::uint64_t{0};  // cell equals the one above
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::uint64_t hit = same & masks.mask(b[j]);
      std::uint64_t sum = same + hit;
      if (!carries.empty()) {
        const std::uint64_t with_carry = sum + carries[j];
        carries[j] = sum < same || with_carry < sum ? 1 : 0;
        sum = with_carry;
      }
      same = sum | (same - hit);
    }
    for (std::uint64_t more = ~same; more != 0; more &= more - 1) ++length;
  }
  return length;
}

}  // namespace detail

/// The fewest insertions, deletions and replacements of one unit that make b of a; `cutoff` + 1
/// where there are more than `cutoff`, found faster.
[[nodiscard]] inline std::size_t levenshtein_distance(std::string_view a, std::string_view b,
                                                      std::size_t cutoff = no_cutoff) {
  return detail::with_units(
      a, b, [&](auto x, auto y) { return detail::edit_distance<false>(x, y, cutoff); });
}

/// As levenshtein_distance, an exchange of two neighbours being one edit; no unit takes part in two
/// edits ("optimal string alignment"), so the triangle inequality does not hold.
[[nodiscard]] inline std::size_t damerau_levenshtein_distance(std::string_view a,
                                                              std::string_view b,
                                                              std::size_t cutoff = no_cutoff) {
  return detail::with_units(
      a, b, [&](auto x, auto y) { return detail::edit_distance<true>(x, y, cutoff); });
}

/// 1 - distance / units of the longer text, 1 where both are empty; in [0, 1].
[[nodiscard]] inline double levenshtein_similarity(std::string_view a, std::string_view b) {
  return detail::with_units(a, b, [](auto x, auto y) {
    const std::size_t most = std::max(x.size(), y.size());
    if (most == 0) return 1.0;
    const std::size_t distance = detail::edit_distance<false>(x, y, no_cutoff);
    return static_cast<double>(most - distance) / static_cast<double>(most);
  });
}

/// Units of the longest text that both become by deletions alone.
[[nodiscard]] inline std::size_t common_subsequence_length(std::string_view a, std::string_view b) {
  return detail::with_units(a, b, [](auto x, auto y) { return detail::common_subsequence(x, y); });
}

/// 2 common_subsequence_length / units of both, 1 where both are empty; in [0, 1].
[[nodiscard]] inline double common_subsequence_similarity(std::string_view a, std::string_view b) {
  return detail::with_units(a, b, [](auto x, auto y) {
    const std::size_t units = x.size() + y.size();
    if (units == 0) return 1.0;
    return static_cast<double>(2 * detail::common_subsequence(x, y)) / static_cast<double>(units);
  });
}

}  // namespace emptor
