#include "score/linear_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/error.hpp"
#include "score/linear_passes.hpp"
#include "score/linear_quadratic.hpp"

namespace emptor::detail {

LinearSolution solve_linear(const LinearProblem& problem, const LinearDesign& design, double weight,
                            double start, const Context& context) {
  const std::size_t n = problem.table.rows();
  const std::size_t p = design.columns().size();
  const std::size_t p1 = p + 1;
  const bool free = problem.l1 == 0 && problem.l2 == 0;
  const double work = static_cast<double>(n) * static_cast<double>(p1) * static_cast<double>(p1);
  const bool large = !free && work > 0x1p28;
  const LinearPasses passes(problem, design, context);
  LinearQuadratic quadratic(p1, problem.l1, problem.l2);
  LinearSolution out;
  out.b.assign(p1, 0);
  out.b.back() = start;
  std::vector<double> d, first_pivots, last_b = out.b;

  const auto penalised = [&](const LinearSums& sums, std::span<const double> b) {
    double total = sums.loss;
    for (std::size_t j = 0; j < p; ++j) total += quadratic.penalty(b[j]);
    return total;
  };
  // Of many rows first a sample of them, whose curvature serves for the first full step.
  std::size_t every = 1;
  while (large && n / (2 * every) >= 32'768) every *= 2;
  double last = std::numeric_limits<double>::infinity();
  bool fresh = true;
  for (std::size_t iteration = 0;; ++iteration) {
    const bool sample = every > 1;
    const LinearSums sums = passes.at(out.b, sample || fresh, large, every);
    out.iterations = iteration + 1;
    const double now = penalised(sums, out.b);
    if (!sample && now > last * (1 + 1e-12) + 1e-12 && iteration < problem.iterations) {
      bool moved = false;  // too far: half the way back
      for (std::size_t j = 0; j < p1; ++j) {
        const double middle = last_b[j] + (out.b[j] - last_b[j]) / 2;
        moved = moved || middle != out.b[j];
        out.b[j] = middle;
      }
      fresh = true;
      if (moved) continue;
    }
    if (sample || fresh) {
      quadratic.set(sums.curvature);
      if (free && !sample) {
        const std::vector<double> pivots = quadratic.pivots(first_pivots.empty());
        if (first_pivots.empty()) first_pivots = pivots;
        for (std::size_t j = 0; j < p1 && problem.loss == LinearLoss::logistic; ++j) {
          out.separated = out.separated || pivots[j] < 1e-6 * first_pivots[j];
        }
      }
      if (problem.l1 == 0 && !quadratic.factor()) {
        if (!sample) out.separated = true;
        every = 1;
        out.b = last_b;  // of a sample of one class, say: back to the start, without a sample
        fresh = true;
        if (sample) continue;
        break;
      }
    }
    out.loss = sums.loss;
    if (!sample && problem.loss == LinearLoss::logistic && sums.least_one > sums.most_zero) {
      out.separated = true;
    }
    if (free && out.separated) break;
    if (!sample) {
      last = now;
      last_b = out.b;
    }
    const double gain = quadratic.step(sums.gradient, out.b, d);
    double reach = 0;  // the most that the step changes the predictor of one column's usual range
    for (std::size_t j = 0; j < p1; ++j) {
      out.b[j] += d[j];
      if (j == p) continue;
      const DesignColumn& column = design.columns()[j];
      reach = std::max(reach, std::fabs(d[j]) * (column.indicator ? 1 / column.deviation : 3));
    }
    if (sample) {
      if (gain > 1e-4 * weight / static_cast<double>(every) && iteration < 20) continue;
      const LinearSums all = passes.at(out.b, true, large, every);  // the curvature where it ends
      quadratic.set(all.curvature);
      quadratic.scale(static_cast<double>(every));
      if (problem.l1 == 0 && !quadratic.factor())
        quadratic = LinearQuadratic(p1, problem.l1, problem.l2);
      fresh = quadratic.empty();
      every = 1;
      continue;
    }
    const double limit = problem.tolerance * weight;
    // A step on curvature of this very point squares the rest of the error.
    const bool settled = gain <= limit || (large && fresh && gain <= 1e-6 * weight &&
                                           problem.loss == LinearLoss::logistic);
    if (settled && (!free || problem.loss == LinearLoss::squared || reach < 1e-3)) {
      out.converged = true;
      double change = 0;  // of the penalty, which the gain holds as well
      for (std::size_t j = 0; j < p; ++j) {
        change += quadratic.penalty(out.b[j]) - quadratic.penalty(last_b[j]);
      }
      out.loss = std::max(0.0, out.loss - gain - change);
      if (problem.loss == LinearLoss::logistic && work <= 0x1p28) {
        LinearSums end = passes.at(out.b, true, false, 1);  // standard errors of the very optimum
        out.loss = end.loss;
        quadratic.set(std::move(end.curvature));
      }
      break;
    }
    if (iteration >= problem.iterations) break;
    fresh = problem.loss == LinearLoss::logistic || quadratic.empty();
    if (context.report({"linear fit", iteration + 1, problem.iterations}) == Go::stop) {
      throw Exception(ErrorCode::stopped, "stopped by the progress callback", "linear fit");
    }
  }
  out.dropped = quadratic.dropped();
  out.parameters = 1;
  for (std::size_t j = 0; j < p; ++j) out.parameters += out.b[j] != 0 ? 1 : 0;
  if (problem.l1 == 0 && !(free && out.separated) && quadratic.factor()) {
    out.covariance = quadratic.covariance(out.parameters);
  }
  return out;
}

}  // namespace emptor::detail
