#include "score/linear_input.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "emptor/core/error.hpp"

namespace emptor::detail {

namespace {

constexpr double largest_target = 1e100;
/// With more rows than this a coefficient the best penalty changes the loss by a thousandth or so.
constexpr double rows_a_coefficient = 100;

/// Of the ridge's loss: a lasso has no standard errors, and is chosen when it is worth that.
constexpr double clearly_better = 0.98;

double checked_weight(const ScoreTable& table, std::span<const double> target,
                      std::span<const double> weights, const char* where) {
  if (table.rows() == 0 || target.size() != table.rows() ||
      (!weights.empty() && weights.size() != table.rows())) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a target, and a weight or none, for each of some rows, got ",
                         target.size(), " and ", weights.size(), " of ", table.rows(), " rows"),
                    where);
  }
  if (weights.empty()) return static_cast<double>(table.rows());
  double sum = 0;
  for (std::size_t r = 0; r < weights.size(); ++r) {
    if (!(weights[r] >= 0 && weights[r] <= largest_target)) {
      throw Exception(ErrorCode::invalid_value,
                      text("the weight of row ", r, " must be >= 0 and at most 1e100"), where);
    }
    sum += weights[r];
  }
  if (!(sum > 0)) {
    throw Exception(ErrorCode::invalid_value, "some weight must be positive", where);
  }
  return sum;
}

}  // namespace

LinearTarget check_classes(const ScoreTable& table, std::span<const double> target,
                           std::span<const double> weights, const char* where) {
  LinearTarget out;
  out.weight = checked_weight(table, target, weights, where);
  for (std::size_t r = 0; r < target.size(); ++r) {
    if (target[r] != 0 && target[r] != 1) {
      throw Exception(ErrorCode::invalid_value, text("the target of row ", r, " must be 0 or 1"),
                      where);
    }
    (target[r] == 1 ? out.ones : out.zeros) += weights.empty() ? 1 : weights[r];
  }
  out.constant = !(out.ones > 0) || !(out.zeros > 0);
  out.mean = out.ones / out.weight;
  if (!out.constant) {
    out.null_loss = -(out.ones * std::log(out.ones / out.weight) +
                      out.zeros * std::log(out.zeros / out.weight)) /
                    out.weight;
  }
  return out;
}

LinearTarget check_values(const ScoreTable& table, std::span<const double> target,
                          std::span<const double> weights, const char* where) {
  LinearTarget out;
  out.weight = checked_weight(table, target, weights, where);
  double sum = 0, squares = 0;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (std::size_t r = 0; r < target.size(); ++r) {
    if (!(std::fabs(target[r]) <= largest_target)) {
      throw Exception(ErrorCode::invalid_value,
                      text("the target of row ", r, " must be finite, at most 1e100"), where);
    }
    const double w = weights.empty() ? 1 : weights[r];
    sum += target[r] * w;
    if (!(w > 0)) continue;
    low = std::min(low, target[r]);
    high = std::max(high, target[r]);
  }
  out.mean = sum / out.weight;
  for (std::size_t r = 0; r < target.size(); ++r) {
    squares += (target[r] - out.mean) * (target[r] - out.mean) * (weights.empty() ? 1 : weights[r]);
  }
  out.null_loss = squares / out.weight / 2;
  out.constant = low == high;
  return out;
}

Penalty penalty_of_rows(const ScoreTable& table, const LinearDesign& design,
                        std::span<const double> target, std::span<const double> weights,
                        LinearLoss loss, const Context& context) {
  Penalty best{0, 1};
  const auto p = static_cast<double>(design.columns().size());
  const auto n = static_cast<double>(table.rows());
  if (p == 0 || n > rows_a_coefficient * p || n * p > 0x1p30) return best;
  const StoredDesign stored(table, design);
  std::vector<double> every(weights.begin(), weights.end());
  if (weights.empty()) every.assign(table.rows(), 1);
  double weight = 0;
  for (const double w : every) weight += w;
  double least = std::numeric_limits<double>::infinity();
  const auto consider = [&](const std::vector<Penalty>& penalties, double share) {
    const double before = least;
    const std::vector<HeldOutLoss> losses =
        cross_validate_penalties(stored, target, weights, loss, penalties,
                                 {.folds = 5, .seed = 1, .tolerance = 1e-5}, context);
    for (std::size_t k = 0; k < losses.size(); ++k) {
      if (!(losses[k].mean < least && losses[k].mean < share * before)) continue;
      least = losses[k].mean;
      best = penalties[k];
    }
  };
  const double unit = weight / n;
  std::vector<Penalty> ridges;
  double largest = 1;
  while (largest * 2 < n) largest *= 2;
  for (double share = largest; share >= 0.25; share /= 2) ridges.push_back({0, share * unit});
  consider(ridges, 1);
  std::vector<Penalty> lassos;
  const double steepest = PathSolver(stored, target, loss, context).steepest(every);
  for (int k = 0; k < 30; ++k) lassos.push_back({steepest * std::pow(0.8, k), 0.1 * unit});
  consider(lassos, clearly_better);
  return best;
}

}  // namespace emptor::detail
