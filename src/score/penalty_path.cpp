#include "emptor/score/penalty_path.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/error.hpp"
#include "score/linear_input.hpp"
#include "score/linear_path.hpp"

namespace emptor {

namespace {

void check_options(const PenaltyPathOptions& o) {
  require_option(o.l1_share >= 0 && o.l1_share <= 1, "l1_share", "in [0, 1]", o.l1_share);
  require_option(o.points >= 2 && o.points <= 10'000, "points", "in [2, 10000]", o.points);
  require_option(o.smallest > 0 && o.smallest < 1, "smallest", "in (0, 1)", o.smallest);
  require_option(o.folds != 1 && o.folds <= 50, "folds", "0 or in [2, 50]", o.folds);
  require_option(o.tolerance > 0, "tolerance", "> 0", o.tolerance);
  require_option(o.most_levels >= 1, "most_levels", ">= 1", o.most_levels);
  for (std::size_t i = 0; i < o.penalties.size(); ++i) {
    const double now = o.penalties[i];
    const bool falls = i == 0 || now < o.penalties[i - 1];
    require_option(now >= 0 && std::isfinite(now) && falls, "penalties", ">= 0 and falling", now);
  }
}

std::vector<detail::Penalty> penalties_of(const PenaltyPathOptions& options, double steepest) {
  std::vector<double> sizes = options.penalties;
  if (sizes.empty()) {
    const double largest = steepest / std::max(options.l1_share, 1e-3);
    const auto last = static_cast<double>(options.points - 1);
    for (std::size_t k = 0; k < options.points; ++k) {
      sizes.push_back(largest * std::pow(options.smallest, static_cast<double>(k) / last));
    }
  }
  std::vector<detail::Penalty> out;
  for (const double t : sizes) out.push_back({options.l1_share * t, (1 - options.l1_share) * t});
  return out;
}

PenaltyPath path_of(const ScoreTable& table, std::span<const double> target,
                    const PenaltyPathOptions& options, std::span<const double> weights,
                    detail::LinearLoss loss, const detail::LinearTarget& about,
                    const Context& context) {
  const detail::LinearDesign design(table, weights, options.most_levels, false, context);
  PenaltyPath out;
  for (const detail::DesignColumn& column : design.columns()) {
    std::string name = table.schema()[column.source].name;
    if (!column.level.empty()) name.append(":").append(column.level);
    out.columns.push_back(std::move(name));
  }
  if (about.constant || design.columns().empty()) return out;
  const detail::StoredDesign stored(table, design);
  std::vector<double> every(weights.begin(), weights.end());
  if (weights.empty()) every.assign(table.rows(), 1);
  const detail::PathSolver solver(stored, target, loss, context);
  const std::vector<detail::Penalty> penalties = penalties_of(options, solver.steepest(every));
  const std::vector<detail::PathFit> fits = solver.run(every, {}, penalties, options.tolerance);
  std::vector<detail::HeldOutLoss> held_out;
  if (options.folds > 0) {
    const detail::FoldRuns runs{options.folds, options.seed, options.tolerance};
    held_out =
        detail::cross_validate_penalties(stored, target, weights, loss, penalties, runs, context);
  }
  if (!held_out.empty()) out.folds = held_out.front().folds;
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t k = 0; k < penalties.size(); ++k) {
    PenaltyPathPoint& point = out.points.emplace_back();
    point.l1 = penalties[k].l1;
    point.l2 = penalties[k].l2;
    point.explained = 1 - fits[k].loss / about.null_loss;
    point.standardised = fits[k].b;
    for (const double b : fits[k].b) point.nonzero += b != 0 ? 1 : 0;
    point.held_out = held_out.empty() ? unknown : held_out[k].mean;
    point.held_out_error = held_out.empty() ? unknown : held_out[k].error;
    if (point.held_out < out.points[out.best].held_out) out.best = k;
  }
  if (held_out.empty()) {
    out.best = out.one_standard_error = out.points.size() - 1;
    return out;
  }
  const PenaltyPathPoint& best = out.points[out.best];
  while (out.points[out.one_standard_error].held_out > best.held_out + best.held_out_error) {
    ++out.one_standard_error;
  }
  return out;
}

}  // namespace

PenaltyPath logistic_penalty_path(const ScoreTable& table, std::span<const double> target,
                                  const PenaltyPathOptions& options,
                                  std::span<const double> weights, const Context& context) {
  check_options(options);
  return path_of(table, target, options, weights, detail::LinearLoss::logistic,
                 detail::check_classes(table, target, weights, "logistic_penalty_path"), context);
}

PenaltyPath linear_penalty_path(const ScoreTable& table, std::span<const double> target,
                                const PenaltyPathOptions& options, std::span<const double> weights,
                                const Context& context) {
  check_options(options);
  return path_of(table, target, options, weights, detail::LinearLoss::squared,
                 detail::check_values(table, target, weights, "linear_penalty_path"), context);
}

}  // namespace emptor
