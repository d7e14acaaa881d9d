#pragma once
// Logarithms of rising factorials, ln a(a+1)…(a+k-1), and their derivatives by a, for k = 0, 1, …
// They stand for differences of ln gamma at whole distances, without its cancellation.

#include <cmath>
#include <cstddef>
#include <vector>

namespace emptor::detail {

class RisingFactorials {
 public:
  RisingFactorials() = default;
  RisingFactorials(double a, std::size_t most) { fill(a, most); }

  /// For k <= most.
  void fill(double a, std::size_t most) {
    log_.resize(most + 1);
    slope_.resize(most + 1);
    log_[0] = slope_[0] = 0;
    for (std::size_t k = 0; k < most; ++k) {
      const double factor = a + static_cast<double>(k);
      log_[k + 1] = log_[k] + std::log(factor);
      slope_[k + 1] = slope_[k] + 1 / factor;
    }
  }
  [[nodiscard]] double log(std::size_t k) const noexcept { return log_[k]; }
  [[nodiscard]] double slope(std::size_t k) const noexcept { return slope_[k]; }

 private:
  std::vector<double> log_;
  std::vector<double> slope_;
};

/// 2F1(1, b; c; z) = sum over k of b(b+1)…(b+k-1) / (c(c+1)…(c+k-1)) z^k for c >= b > 0 and
/// 0 <= z < 1, by Gauss's continued fraction (DLMF 15.7); some 18 / sqrt(1 - z) steps.
[[nodiscard]] inline double geometric_hypergeometric(double b, double c, double z) noexcept {
  constexpr int most_steps = 10'000'000;
  // Modified Lentz (Thompson & Barnett 1986) on 1 / (1 - e1 z / (1 - e2 z / …)).
  double value = 1;
  double upper = 1;
  double lower = 0;
  for (int step = 1; step < most_steps; ++step) {
    const double k = step / 2;
    // The brackets keep small b and c whole.
    const double e =
        step % 2 == 1 ? (b + k) * (step == 1 ? 1 : (c + (k - 1)) / (c + (2 * k - 1))) / (c + 2 * k)
                      : k * ((c - b) + (k - 1)) / ((c + (2 * k - 2)) * (c + (2 * k - 1)));
    lower = 1 / (1 - e * z * lower);
    upper = 1 - e * z / upper;
    const double change = upper * lower;
    value *= change;
    if (std::abs(change - 1) < 1e-16) break;
  }
  return 1 / value;
}

}  // namespace emptor::detail
