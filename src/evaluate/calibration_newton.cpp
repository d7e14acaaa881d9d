#include "evaluate/calibration_newton.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "emptor/math/special_functions.hpp"
#include "evaluate/binary_rows.hpp"

namespace emptor::detail {

namespace {

using Three = std::array<double, 3>;  // slopes, intercept

/// Centred and scaled columns of which `used` take part.
struct Problem {
  const SigmoidRows& rows;
  std::array<bool, 2> used;
  double penalty;  ///< of a squared slope of the columns as given
  Three centre{};
  Three scale{1, 1, 1};

  [[nodiscard]] std::span<const double> column(std::size_t i) const {
    return i == 0 ? rows.first : rows.second;
  }
  [[nodiscard]] Three at(std::size_t row) const {
    Three x{0, 0, 1};
    for (std::size_t i = 0; i < 2; ++i) {
      if (used[i]) x[i] = (column(i)[row] - centre[i]) / scale[i];
    }
    return x;
  }
  [[nodiscard]] double loss(const Three& theta) const {
    double sum = 0;
    for (std::size_t row = 0; row < rows.target.size(); ++row) {
      const Three x = at(row);
      const double eta = theta[0] * x[0] + theta[1] * x[1] + theta[2];
      sum += rows.weight[row] * (softplus(eta) - rows.target[row] * eta);
    }
    for (std::size_t i = 0; i < 2; ++i) {
      sum += penalty / 2 * (theta[i] / scale[i]) * (theta[i] / scale[i]);
    }
    return sum;
  }
};

/// Solves the symmetric positive definite H x = g in place of g, for unknowns that take part.
void solve(std::array<Three, 3> h, Three& g) {
  for (std::size_t k = 0; k < 3; ++k) {
    for (std::size_t i = k + 1; i < 3; ++i) {
      const double factor = h[i][k] / h[k][k];
      for (std::size_t j = k; j < 3; ++j) h[i][j] -= factor * h[k][j];
      g[i] -= factor * g[k];
    }
  }
  for (std::size_t k = 3; k-- > 0;) {
    for (std::size_t j = k + 1; j < 3; ++j) g[k] -= h[k][j] * g[j];
    g[k] /= h[k][k];
  }
}

/// Newton's steps, halved until the loss falls as Armijo's rule wants.
SigmoidFit newton(Problem problem) {
  const SigmoidRows& rows = problem.rows;
  const auto n = static_cast<double>(rows.target.size());
  for (std::size_t i = 0; i < 2; ++i) {
    if (!problem.used[i]) continue;
    double largest = 0;
    for (const double value : problem.column(i)) largest = std::max(largest, std::abs(value));
    if (largest == 0) largest = 1;
    double sum = 0;
    for (const double value : problem.column(i)) sum += value / largest;
    const double centre = sum / n;
    double squares = 0;
    for (const double value : problem.column(i)) {
      squares += (value / largest - centre) * (value / largest - centre);
    }
    problem.centre[i] = centre * largest;
    problem.scale[i] = std::sqrt(squares / n) * largest;
    // No spread beyond rounding, or none that a double holds the inverse of: nothing to learn from.
    if (!(squares / n > 1e-28) || !std::isfinite(1 / problem.scale[i])) problem.used[i] = false;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (!problem.used[i]) problem.scale[i] = 1;
  }
  double base = 0;
  for (std::size_t row = 0; row < rows.target.size(); ++row) {
    base += rows.weight[row] * rows.target[row];
  }
  Three theta{0, 0, std::log(base) - std::log(n - base)};
  SigmoidFit out;
  out.converged = false;
  out.loss = problem.loss(theta);
  for (; out.iterations < 100 && !out.converged; ++out.iterations) {
    Three gradient{};
    std::array<Three, 3> h{};
    for (std::size_t row = 0; row < rows.target.size(); ++row) {
      const Three x = problem.at(row);
      const double p = logistic(theta[0] * x[0] + theta[1] * x[1] + theta[2]);
      const double error = rows.weight[row] * (p - rows.target[row]);
      const double curve = rows.weight[row] * p * (1 - p);
      for (std::size_t i = 0; i < 3; ++i) {
        gradient[i] += error * x[i];
        for (std::size_t j = 0; j < 3; ++j) h[i][j] += curve * x[i] * x[j];
      }
    }
    for (std::size_t i = 0; i < 2; ++i) {
      const double squared = problem.penalty / (problem.scale[i] * problem.scale[i]);
      gradient[i] += squared * theta[i];
      h[i][i] += squared;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      h[i][i] += 1e-12 * n;
      if (i < 2 && !problem.used[i]) h[i][i] = 1;
    }
    Three step = gradient;
    solve(h, step);
    double slope = 0;
    for (std::size_t i = 0; i < 3; ++i) slope += gradient[i] * step[i];
    // The loss to be gained is half of this; the step below, taken once more, squares what is left.
    out.converged = slope <= 1e-12 * out.loss + 1e-20 * n;
    const double before = out.loss;
    double length = 1;
    for (int halving = 0; halving < 40; ++halving, length /= 2) {
      Three next = theta;
      for (std::size_t i = 0; i < 3; ++i) next[i] -= length * step[i];
      const double loss = problem.loss(next);
      // Near the end losses differ by rounding alone.
      if (loss <= out.loss - 1e-4 * length * slope + 1e-14 * std::abs(out.loss)) {
        theta = next;
        out.loss = loss;
        break;
      }
    }
    out.converged =
        out.converged || (slope <= 1e-9 * before && before - out.loss <= 1e-13 * before);
  }
  out.intercept = theta[2];
  for (std::size_t i = 0; i < 2; ++i) {
    out.slope[i] = problem.used[i] ? theta[i] / problem.scale[i] : 0;
    out.intercept -= out.slope[i] * problem.centre[i];
  }
  return out;
}

}  // namespace

SigmoidFit fit_platt(SigmoidRows& rows) {
  double sums[2] = {0, 0};
  for (std::size_t row = 0; row < rows.target.size(); ++row) {
    sums[rows.target[row] == 1] += rows.weight[row];
  }
  for (double& target : rows.target) {
    target = target == 1 ? (sums[1] + 1) / (sums[1] + 2) : 1 / (sums[0] + 2);
  }
  SigmoidFit out = newton({rows, {true, false}, 0});
  if (out.slope[0] < 0) out = newton({rows, {false, false}, 0});
  return out;
}

SigmoidFit fit_beta(const SigmoidRows& rows) {
  constexpr double penalty = 1e-6;
  SigmoidFit out = newton({rows, {true, true}, penalty});
  if (out.slope[0] >= 0 && out.slope[1] >= 0) return out;
  // The loss is convex: the best with a slope at its bound is the best there is.
  out = newton({rows, {false, false}, penalty});
  for (const std::array<bool, 2> used : {std::array{true, false}, std::array{false, true}}) {
    const SigmoidFit one = newton({rows, used, penalty});
    if (one.slope[0] >= 0 && one.slope[1] >= 0 && one.loss < out.loss) out = one;
  }
  return out;
}

void pool_adjacent_violators(const BinaryScores& rows, std::vector<double>& scores,
                             std::vector<double>& probabilities) {
  struct Block {
    double low;
    double high;
    double positive;
    double weight;
    [[nodiscard]] double share() const { return std::min(1.0, positive / weight); }
  };
  std::vector<Block> blocks;  // scores descend, and so must shares
  const std::vector<RankedRow> ranked = rank_rows(rows);
  for_each_tie(rows, ranked, [&](const TieGroup& group) {
    blocks.push_back(
        {group.score + 0.0, group.score + 0.0, group.positive, group.positive + group.negative});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].share() <= blocks.back().share()) {
      const Block last = blocks.back();
      blocks.pop_back();
      blocks.back().low = last.low;
      blocks.back().positive += last.positive;
      blocks.back().weight += last.weight;
    }
  });
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    scores.push_back(block->low);
    probabilities.push_back(block->share());
    if (block->high > block->low) {
      scores.push_back(block->high);
      probabilities.push_back(block->share());
    }
  }
}

}  // namespace emptor::detail
