#pragma once
// Checks of what linear models are fitted to, and the penalty that is chosen when none is given.

#include <cstddef>
#include <cstdint>
#include <span>

#include "emptor/core/context.hpp"
#include "score/linear_design.hpp"
#include "score/linear_path.hpp"
#include "score/linear_solver.hpp"

namespace emptor::detail {

struct LinearTarget {
  double weight = 0;  // of all rows
  double ones = 0;    // of classes: their weights
  double zeros = 0;
  double mean = 0;
  double null_loss = 0;  // of the best constant, a unit of weight
  bool constant = false;
};

/// Of targets 0 and 1. Throws `invalid_shape` or `invalid_value`.
[[nodiscard]] LinearTarget check_classes(const ScoreTable& table, std::span<const double> target,
                                         std::span<const double> weights, const char* where);
/// Of finite targets.
[[nodiscard]] LinearTarget check_values(const ScoreTable& table, std::span<const double> target,
                                        std::span<const double> weights, const char* where);

/// By five folds, of ridges and lassos; an l2 of 1 when the rows are too few to be parted, or so
/// many that no penalty matters.
[[nodiscard]] Penalty penalty_of_rows(const ScoreTable& table, const LinearDesign& design,
                                      std::span<const double> target,
                                      std::span<const double> weights, LinearLoss loss,
                                      const Context& context);

}  // namespace emptor::detail
