#pragma once
// Minimises a penalised sum of losses over the columns of a design.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "score/linear_design.hpp"

namespace emptor::detail {

enum class LinearLoss : std::uint8_t { logistic, squared };

struct LinearProblem {
  const ScoreTable& table;
  std::span<const double> target;
  std::span<const double> weights;  // or empty
  LinearLoss loss;
  double l1, l2;
  std::size_t iterations;
  double tolerance;  // in units of loss a unit of weight
};

struct LinearSolution {
  std::vector<double> b;           // a design column each, then the intercept
  std::vector<char> dropped;       // collinear ones
  std::vector<double> covariance;  // (p + 1)^2, of b; empty with l1
  double loss = 0;                 // unpenalised sum
  double parameters = 0;
  std::size_t iterations = 0;
  bool converged = false;
  bool separated = false;
};

/// `start`: p zeros and the best constant.
[[nodiscard]] LinearSolution solve_linear(const LinearProblem& problem, const LinearDesign& design,
                                          double weight, double start, const Context& context);

}  // namespace emptor::detail
