#pragma once
// Similarities by n-grams: runs of n units, each as often as it occurs, without padding at the
// ends. A text of 1 to n - 1 units is its only n-gram. For long texts in which words change places.
// L. R. Dice, "Measures of the amount of ecologic association between species", Ecology 26(3),
// 1945, doi:10.2307/1932409; P. Jaccard, "The distribution of the flora in the alpine zone", New
// Phytologist 11(2), 1912, doi:10.1111/j.1469-8137.1912.tb05611.x; on bags instead of sets.
// Time O(m log m + n log n); no allocation up to 64 units. Thread safety: pure functions.

#include "emptor/core/error.hpp"
#include "emptor/text/similarity_units.hpp"

namespace emptor {
namespace detail {

/// The sorted n-grams of a text; n <= 3 code points of 21 bits fit a word.
class SortedGrams {
 public:
  template <class Unit>
  SortedGrams(std::span<const Unit> text, std::size_t n) {
    const std::size_t width = std::min(n, text.size());
    if (width == 0) return;
    const std::size_t count = text.size() - width + 1;
    std::uint64_t* to = few_;
    if (count > word_units) {
      many_.resize(count);
      to = many_.data();
    }
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t gram = 0;
      for (std::size_t k = 0; k < width; ++k) {
        gram = gram << 21 | (static_cast<std::uint64_t>(text[i + k]) + 1);
      }
      to[i] = gram;
    }
    std::sort(to, to + count);
    grams_ = {to, count};
  }
  SortedGrams(const SortedGrams&) = delete;
  SortedGrams& operator=(const SortedGrams&) = delete;

  [[nodiscard]] std::span<const std::uint64_t> grams() const noexcept { return grams_; }

 private:
  std::uint64_t few_[word_units];
  std::vector<std::uint64_t> many_;
  std::span<const std::uint64_t> grams_;
};

struct GramCounts {
  std::size_t both = 0;
  std::size_t sum = 0;
};

inline GramCounts count_grams(std::string_view a, std::string_view b, std::size_t n) {
  require_option(n >= 1 && n <= 3, "n", "in [1, 3]", n);
  return with_units(a, b, [&](auto x, auto y) {
    const SortedGrams of_a(x, n), of_b(y, n);
    const auto p = of_a.grams(), q = of_b.grams();
    GramCounts counts{0, p.size() + q.size()};
    for (std::size_t i = 0, j = 0; i < p.size() && j < q.size();) {
      counts.both += p[i] == q[j] ? 1 : 0;
      const bool next_i = p[i] <= q[j], next_j = q[j] <= p[i];
      i += next_i ? 1 : 0;
      j += next_j ? 1 : 0;
    }
    return counts;
  });
}

}  // namespace detail

/// 2 |A and B| / (|A| + |B|) of the bags of n-grams, n of 1 to 3; in [0, 1], 1 where both texts are
/// empty.
[[nodiscard]] inline double dice_ngram_similarity(std::string_view a, std::string_view b,
                                                  std::size_t n = 2) {
  const detail::GramCounts counts = detail::count_grams(a, b, n);
  if (counts.sum == 0) return 1;
  return static_cast<double>(2 * counts.both) / static_cast<double>(counts.sum);
}

/// |A and B| / |A or B| of the bags of n-grams, n of 1 to 3; in [0, 1], 1 where both texts are
/// empty.
[[nodiscard]] inline double jaccard_ngram_similarity(std::string_view a, std::string_view b,
                                                     std::size_t n = 2) {
  const detail::GramCounts counts = detail::count_grams(a, b, n);
  if (counts.sum == 0) return 1;
  return static_cast<double>(counts.both) / static_cast<double>(counts.sum - counts.both);
}

}  // namespace emptor
