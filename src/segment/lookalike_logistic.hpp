#pragma once
// A small logistic regression with a ridge penalty, for lookalikes. Internal to the room.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"

namespace emptor::detail {

struct RidgeLogistic {
  std::vector<double> coefficients;  ///< intercept first, which is not penalised
  std::size_t iterations = 0;
  bool converged = false;
};

/// Rows of `points` named by `rows`, each with a label of 0 or 1 and a weight > 0. With `squares`
/// the squares of all columns are columns, too. Newton's method with halved steps: O(rows d^2) and
/// d^3 a step.
RidgeLogistic fit_ridge_logistic(const Matrix<double>& points, std::span<const std::uint32_t> rows,
                                 std::span<const std::uint8_t> labels,
                                 std::span<const double> weights, bool squares, double ridge,
                                 std::size_t iterations, const Context& context);

/// The linear predictor of a row of d columns.
[[nodiscard]] double logistic_predictor(std::span<const double> coefficients, const double* row,
                                        std::size_t d) noexcept;

}  // namespace emptor::detail
