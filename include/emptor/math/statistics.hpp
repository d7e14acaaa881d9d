#pragma once
// Order statistics, ranks, moments and concentration of plain spans of numbers.
//
// Quantiles: definitions 1 and 7 of Rob J. Hyndman, Yanan Fan, "Sample quantiles in statistical
// packages", The American Statistician 50(4), 1996, doi:10.1080/00031305.1996.10473566.
// Variance: two passes with the correction of Tony F. Chan, Gene H. Golub, Randall J. LeVeque,
// "Algorithms for computing the sample variance", The American Statistician 37(3), 1983,
// doi:10.1080/00031305.1983.10483115. Gini index: Corrado Gini, 1912, in its ordered-sum form.
// n is the number of values. NaN is not allowed in any of them. Thread safety: pure functions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/money.hpp"

namespace emptor {

/// The arithmetic mean, with a second pass that takes up what the first one rounded away; NaN of no
/// values. O(n).
template <class T>
[[nodiscard]] double mean(std::span<const T> values) noexcept {
  const double n = static_cast<double>(values.size());
  double sum = 0;
  for (const T value : values) sum += static_cast<double>(value);
  const double first = sum / n;
  if (!std::isfinite(first)) return first;
  double rest = 0;
  for (const T value : values) rest += static_cast<double>(value) - first;
  return first + rest / n;
}

/// The unbiased sample variance (divisor n - 1); NaN of fewer than two values. O(n).
template <class T>
[[nodiscard]] double sample_variance(std::span<const T> values) noexcept {
  if (values.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const double center = mean(values);
  double squares = 0;
  double drift = 0;
  for (const T value : values) {
    const double deviation = static_cast<double>(value) - center;
    squares += deviation * deviation;
    drift += deviation;
  }
  const double n = static_cast<double>(values.size());
  return std::max(0.0, squares - drift * drift / n) / (n - 1);
}

template <class T>
[[nodiscard]] double sample_deviation(std::span<const T> values) noexcept {
  return std::sqrt(sample_variance(values));
}

/// Puts the elements of the given places (ascending, each < n) of the sorted sequence at those
/// places, and smaller ones before, larger ones after: several std::nth_element in one.
/// Expected O(n log(places + 1)).
template <class T, class Less = std::less<>>
void select_places(std::span<T> values, std::span<const std::size_t> places, Less less = {}) {
  if (places.empty()) return;
  const std::size_t middle = places.size() / 2;
  const std::size_t place = places[middle];
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place),
                   values.end(), less);
  std::size_t left = middle;
  while (left > 0 && places[left - 1] == place) --left;
  select_places(values.first(place), places.first(left), less);
  std::vector<std::size_t> shifted;
  for (const std::size_t later : places.subspan(middle + 1)) {
    if (later > place) shifted.push_back(later - place - 1);
  }
  select_places(values.subspan(place + 1), std::span<const std::size_t>(shifted), less);
}

/// Where a quantile falls between two order statistics.
enum class QuantileRule : std::uint8_t {
  linear,  ///< definition 7, interpolated: R's and NumPy's default
  lower,   ///< definition 1: the smallest value with at least the share p at or below it
};

/// The quantile of values that are sorted ascending; `p` in [0, 1]. O(1).
/// Throws `invalid_value` for no values or `p` outside of [0, 1].
template <class T>
[[nodiscard]] double quantile_of_sorted(std::span<const T> sorted, double p,
                                        QuantileRule rule = QuantileRule::linear) {
  if (sorted.empty() || !(p >= 0 && p <= 1)) {
    throw Exception(ErrorCode::invalid_value, "a quantile needs values and p in [0, 1]",
                    "quantile");
  }
  const double n = static_cast<double>(sorted.size());
  if (rule == QuantileRule::lower) {
    const double rank = std::ceil(n * p);
    return static_cast<double>(sorted[rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1]);
  }
  const double at = (n - 1) * p;
  const std::size_t below = static_cast<std::size_t>(at);
  const double low = static_cast<double>(sorted[below]);
  if (below + 1 >= sorted.size()) return low;
  return low + (at - static_cast<double>(below)) * (static_cast<double>(sorted[below + 1]) - low);
}

/// The quantile of values in any order, which are copied and sorted. O(n log n).
/// Throws as `quantile_of_sorted`.
template <class T>
[[nodiscard]] double quantile(std::span<const T> values, double p,
                              QuantileRule rule = QuantileRule::linear) {
  std::vector<T> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return quantile_of_sorted(std::span<const T>(sorted), p, rule);
}

template <class T>
[[nodiscard]] double median(std::span<const T> values) {
  return quantile(values, 0.5);
}

/// What equal values get as their rank.
enum class RankTies : std::uint8_t {
  average,  ///< the mean of the ranks they cover: 1, 2.5, 2.5, 4
  lowest,   ///< 1, 2, 2, 4
  highest,  ///< 1, 3, 3, 4
  dense,    ///< 1, 2, 2, 3
  first,    ///< by their place in the input: 1, 2, 3, 4
};

/// The rank of each value, 1 for the smallest. O(n log n).
template <class T>
[[nodiscard]] std::vector<double> ranks(std::span<const T> values,
                                        RankTies ties = RankTies::average) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (values[a] < values[b]) return true;
    return !(values[b] < values[a]) && a < b;
  });
  std::vector<double> out(values.size());
  std::size_t distinct = 0;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && !(values[order[begin]] < values[order[end]])) ++end;
    ++distinct;
    for (std::size_t i = begin; i < end; ++i) {
      double rank = static_cast<double>(i + 1);
      if (ties == RankTies::average) rank = static_cast<double>(begin + 1 + end) / 2;
      if (ties == RankTies::lowest) rank = static_cast<double>(begin + 1);
      if (ties == RankTies::highest) rank = static_cast<double>(end);
      if (ties == RankTies::dense) rank = static_cast<double>(distinct);
      out[order[i]] = rank;
    }
  }
  return out;
}

/// A point of a Lorenz curve: the poorest `population` share holds the `value` share.
struct LorenzPoint {
  double population = 0;
  double value = 0;
  friend bool operator==(const LorenzPoint&, const LorenzPoint&) = default;
};

/// Sums of non-negative values in ascending order, from which every measure of concentration
/// follows. Integers are summed exactly. Memory: 16 n bytes for integers, 8 n for floats.
template <class T>
class LorenzCurve {
  using Sum = std::conditional_t<std::is_integral_v<T>, detail::int128, double>;

 public:
  /// From values in any order. O(n log n). Throws `invalid_value` for a negative value or NaN.
  explicit LorenzCurve(std::span<const T> values) {
    std::vector<T> sorted(values.begin(), values.end());
    for (const T value : sorted) {
      if (!(value >= 0)) {
        throw Exception(ErrorCode::invalid_value, text("values must be >= 0, got ", value),
                        "LorenzCurve");
      }
    }
    std::sort(sorted.begin(), sorted.end());
    sums_.reserve(sorted.size() + 1);
    sums_.push_back(0);
    for (const T value : sorted) sums_.push_back(sums_.back() + static_cast<Sum>(value));
  }

  [[nodiscard]] std::size_t size() const noexcept { return sums_.size() - 1; }
  [[nodiscard]] double total() const noexcept { return static_cast<double>(sums_.back()); }

  /// (n + 1 - 2 Σ_{i=1..n} S_i / S_n) / n with S_i the sum of the i smallest: 0 when all are equal,
  /// (n - 1) / n when one has all; 0 when there is nothing to share. O(n).
  [[nodiscard]] double gini() const noexcept {
    if (sums_.back() <= 0) return 0;
    double below = 0;
    for (std::size_t i = 1; i < sums_.size(); ++i) below += share(i);
    const double n = static_cast<double>(size());
    return std::max(0.0, (n + 1 - 2 * below) / n);
  }

  /// What the ceil(fraction n) largest hold of the total; `fraction` in [0, 1]; 0 of nothing. O(1).
  [[nodiscard]] double top_share(double fraction) const noexcept {
    const double n = static_cast<double>(size());
    // A fraction such as 0.2 of 10 must be 2 and not 3, whatever its last bit.
    const double wanted = std::ceil(fraction * n * (1 - 1e-12));
    const std::size_t top = wanted < 0 ? 0 : static_cast<std::size_t>(std::min(wanted, n));
    return sums_.back() <= 0 ? 0 : 1 - share(size() - top);
  }

  /// From (0, 0) to (1, 1) in at most `segments` + 1 points at even steps; `segments` >= 1.
  [[nodiscard]] std::vector<LorenzPoint> points(std::size_t segments = 100) const {
    std::vector<LorenzPoint> out{{0, 0}};
    const std::size_t steps = std::min(segments, size());
    for (std::size_t step = 1; step <= steps; ++step) {
      const std::size_t i = static_cast<std::size_t>(
          static_cast<std::uint64_t>(static_cast<detail::int128>(size()) * step / steps));
      const double population = static_cast<double>(i) / static_cast<double>(size());
      out.push_back({population, sums_.back() > 0 ? share(i) : population});
    }
    if (steps == 0) out.push_back({1, 1});
    return out;
  }

 private:
  [[nodiscard]] double share(std::size_t smallest) const noexcept {
    return static_cast<double>(sums_[smallest]) / static_cast<double>(sums_.back());
  }
  std::vector<Sum> sums_;
};

}  // namespace emptor
