#pragma once
// Sums of losses, gradients and curvatures over the rows of a linear problem. A design matrix is
// never kept: rows are encoded a few at a time.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "score/linear_solver.hpp"

namespace emptor::detail {

/// Sums over all rows at one point.
struct LinearSums {
  double loss = 0;
  std::vector<double> gradient;   // p + 1
  std::vector<double> curvature;  // (p + 1)^2, upper triangle; or empty
  double least_one = std::numeric_limits<double>::infinity();  // predictor of a target 1
  double most_zero = -std::numeric_limits<double>::infinity();
};

class LinearPasses {
 public:
  LinearPasses(const LinearProblem& problem, const LinearDesign& design, const Context& context)
      : problem_(problem), design_(design), context_(context), p1_(design.columns().size() + 1) {}

  /// Over every `every`-th step of rows; `single`: curvature is summed in single precision.
  [[nodiscard]] LinearSums at(std::span<const double> b, bool curvature, bool single,
                              std::size_t every) const {
    return single ? run<float>(b, curvature, every) : run<double>(b, curvature, every);
  }

 private:
  template <class T>
  [[nodiscard]] LinearSums run(std::span<const double> b, bool curvature, std::size_t every) const;
  template <class T>
  [[nodiscard]] LinearSums part(std::span<const double> b, bool curvature, std::size_t every,
                                std::size_t begin, std::size_t end) const;
  template <class T>
  double row(const T* x, const double* b, std::size_t r, LinearSums& out) const;

  const LinearProblem& problem_;
  const LinearDesign& design_;
  const Context& context_;
  std::size_t p1_;
};

}  // namespace emptor::detail
