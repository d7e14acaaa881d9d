#pragma once
// The quadratic that stands for a penalised loss in one Newton step.

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace emptor::detail {

class LinearQuadratic {
 public:
  LinearQuadratic(std::size_t p1, double l1, double l2)
      : p1_(p1), l1_(l1), l2_(l2), dropped_(p1, 0) {}

  void set(std::vector<double> curvature);
  void scale(double factor) {
    for (double& value : h_) value *= factor;
  }
  [[nodiscard]] bool empty() const noexcept { return h_.empty(); }
  [[nodiscard]] const std::vector<char>& dropped() const noexcept { return dropped_; }

  /// What is left of each column's curvature beside the intercept and the columns before it, and
  /// without those that are a sum of them if `drop`.
  std::vector<double> pivots(bool drop);

  /// The lower Cholesky factor of curvature and l2; false when it has none.
  bool factor();
  void solve(std::vector<double>& y) const;

  /// The step from b that minimises the quadratic, and by how much it does.
  double step(std::span<const double> gradient, std::span<const double> b, std::vector<double>& d);
  [[nodiscard]] double penalty(double b) const noexcept {
    return l1_ * std::fabs(b) + l2_ * b * b / 2;
  }

  /// Inverse of curvature and l2, of what is not dropped, and the effective parameters.
  std::vector<double> covariance(double& parameters);

 private:
  [[nodiscard]] double at(std::size_t i, std::size_t j) const noexcept {
    if (dropped_[i] != 0 || dropped_[j] != 0) return i == j ? 1 : 0;
    return h_[i * p1_ + j] + (i == j && i + 1 < p1_ ? l2_ : 0);
  }

  std::size_t p1_;
  double l1_, l2_;
  std::vector<char> dropped_;
  std::vector<double> h_, l_;
};

}  // namespace emptor::detail
