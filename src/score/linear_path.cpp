#include "score/linear_path.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "score/tree_fit.hpp"

namespace emptor::detail {

namespace {

double softly(double value, double threshold) noexcept {
  const double rest = std::fabs(value) - threshold;
  return rest > 0 ? std::copysign(rest, value) : 0;
}

/// One run of coordinate descent: the predictor of all rows, the quadratic of a Newton step and
/// what is left of the gradient under it. The intercept follows every step, so that columns act as
/// if centred by the weights of the quadratic.
class Descent {
 public:
  Descent(const StoredDesign& design, std::span<const double> target,
          std::span<const double> weights, LinearLoss loss, const Context& context)
      : design_(design),
        target_(target),
        weights_(weights),
        loss_(loss),
        kernels_(linear_algebra_kernels<float>(context.kernels)),
        n_(design.rows()),
        b_(design.size(), 0),
        first_(design.size()),
        second_(design.size()),
        ready_(design.size(), 0),
        margins_(n_, 0),
        h_(n_),
        u_(Matrix<float>::padded(n_), 0) {
    double sum = 0;
    for (std::size_t r = 0; r < n_; ++r) {
      weight_ += weights[r];
      sum += weights[r] * target[r];
    }
    const double mean = sum / weight_;
    intercept_ = loss == LinearLoss::squared ? mean : std::log(mean / (1 - mean));
    tangent();
    null_loss_ = loss_now_;
  }

  [[nodiscard]] const std::vector<double>& b() const noexcept { return b_; }
  [[nodiscard]] double weight() const noexcept { return weight_; }
  [[nodiscard]] double loss() const noexcept { return loss_now_ / weight_; }
  [[nodiscard]] double null_loss() const noexcept { return null_loss_ / weight_; }

  /// Sum of weighted gradients of column j, under the quadratic.
  [[nodiscard]] double gradient(std::size_t j) const {
    const StoredDesign::Column& column = design_[j];
    if (!column.values.empty()) {
      float dot = 0;
      kernels_.dot_rows(column.values.data(), u_.data(), u_.size(), 1, u_.size(), &dot);
      return double{dot} - shift_ * first_[j];
    }
    double sum = 0;
    for (const std::uint32_t r : column.rows) sum += double{u_[r]};
    return sum * double{column.one} - shift_ * first_[j];
  }

  /// Moves coefficient j to where the quadratic is least; returns the gain in loss.
  double visit(std::size_t j, Penalty penalty) {
    curvature(j);
    const double bend = second_[j] - first_[j] * first_[j] / total_;
    if (!(bend > 1e-12 * second_[j])) return 0;
    const double pull = bend * b_[j] + gradient(j);
    const double next = softly(pull, penalty.l1) / (bend + penalty.l2);
    const double step = next - b_[j];
    if (step == 0) return 0;
    b_[j] = next;
    const StoredDesign::Column& column = design_[j];
    const auto by = static_cast<float>(step);
    if (!column.values.empty()) {
      const float* const x = column.values.data();
      const float* const h = h_.data();
      float* const u = u_.data();
      for (std::size_t r = 0; r < n_; ++r) u[r] -= by * h[r] * x[r];
    } else {
      for (const std::uint32_t r : column.rows) u_[r] -= by * column.one * h_[r];
    }
    shift_ -= step * first_[j] / total_;
    return step * step * (bend + penalty.l2) / 2;
  }

  /// The quadratic at the coefficients as they are; the intercept is set right first.
  void tangent() {
    std::fill(margins_.begin(), margins_.end(), 0.F);
    for (std::size_t j = 0; j < b_.size(); ++j) {
      if (b_[j] == 0) continue;
      const StoredDesign::Column& column = design_[j];
      const auto by = static_cast<float>(b_[j]);
      if (!column.values.empty()) {
        const float* const x = column.values.data();
        float* const to = margins_.data();
        for (std::size_t r = 0; r < n_; ++r) to[r] += by * x[r];
      } else {
        for (const std::uint32_t r : column.rows) margins_[r] += by * column.one;
      }
    }
    for (int turn = 0; turn < 30; ++turn) {
      double slope = 0;
      total_ = 0;
      loss_now_ = 0;
      for (std::size_t r = 0; r < n_; ++r) {
        if (weights_[r] == 0) continue;
        const Row row = of(r);
        loss_now_ += weights_[r] * row.loss;
        const double h = weights_[r] * row.bend;
        const double u = weights_[r] * row.slope;
        h_[r] = static_cast<float>(h);
        u_[r] = static_cast<float>(u);
        total_ += h;
        slope += u;
      }
      const double step = std::clamp(slope / total_, -4.0, 4.0);
      if (std::fabs(step) < 1e-6 * (1 + std::fabs(intercept_))) break;
      intercept_ += step;
    }
    shift_ = 0;
    std::fill(ready_.begin(), ready_.end(), char{0});
  }

  void restore(const std::vector<double>& b, double share) {
    for (std::size_t j = 0; j < b_.size(); ++j) b_[j] = b[j] + share * (b_[j] - b[j]);
    tangent();
  }

  [[nodiscard]] double held_out(std::span<const double> weights) const {
    double sum = 0, weight = 0;
    for (std::size_t r = 0; r < n_; ++r) {
      if (weights[r] == 0) continue;
      weight += weights[r];
      sum += weights[r] * of(r).loss;
    }
    return sum / weight;
  }

 private:
  struct Row {
    double loss, slope, bend;
  };
  [[nodiscard]] Row of(std::size_t r) const noexcept {
    const double eta = double{margins_[r]} + intercept_;
    if (loss_ == LinearLoss::squared) {
      const double off = target_[r] - eta;
      return {off * off / 2, off, 1};
    }
    const double small = std::exp(-std::fabs(eta));
    const double rest = 1 / (1 + small);
    const double likely = eta >= 0 ? rest : small * rest;
    const double towards = target_[r] > 0 ? -eta : eta;
    const double bend = std::max(small * rest * rest, 1e-5);
    return {std::max(towards, 0.0) + std::log1p(small), target_[r] - likely, bend};
  }

  void curvature(std::size_t j) {
    if (ready_[j] != 0) return;
    ready_[j] = 1;
    const StoredDesign::Column& column = design_[j];
    double first = 0, second = 0;
    if (!column.values.empty()) {
      for (std::size_t r = 0; r < n_; ++r) {
        const double x = double{column.values[r]};
        const double hx = double{h_[r]} * x;
        first += hx;
        second += hx * x;
      }
    } else {
      for (const std::uint32_t r : column.rows) first += double{h_[r]};
      first *= double{column.one};
      second = first * double{column.one};
    }
    first_[j] = first;
    second_[j] = second;
  }

  const StoredDesign& design_;
  std::span<const double> target_, weights_;
  LinearLoss loss_;
  const LinearAlgebraKernels<float>& kernels_;
  std::size_t n_;
  std::vector<double> b_, first_, second_;
  std::vector<char> ready_;
  std::vector<float> margins_, h_, u_;
  double weight_ = 0, total_ = 0, shift_ = 0, intercept_ = 0, loss_now_ = 0, null_loss_ = 0;
};

double penalised(const Descent& descent, Penalty penalty) {
  double sum = descent.loss() * descent.weight();
  for (const double b : descent.b()) sum += penalty.l1 * std::fabs(b) + penalty.l2 * b * b / 2;
  return sum;
}

/// Coordinate descent on the quadratic, over the columns `in`.
void settle(Descent& descent, const std::vector<std::uint32_t>& in, Penalty penalty,
            double enough) {
  std::vector<std::uint32_t> active;
  for (int round = 0; round < 200; ++round) {
    double gain = 0;
    active.clear();
    for (const std::uint32_t j : in) {
      gain += descent.visit(j, penalty);
      if (descent.b()[j] != 0) active.push_back(j);
    }
    if (gain < enough) return;
    for (int sweep = 0; sweep < 100; ++sweep) {
      double now = 0;
      for (const std::uint32_t j : active) now += descent.visit(j, penalty);
      if (now < enough) break;
    }
  }
}

}  // namespace

StoredDesign::StoredDesign(const ScoreTable& table, const LinearDesign& design)
    : rows_(table.rows()), columns_(design.columns().size()) {
  const std::size_t p = columns_.size();
  std::vector<float> one(p);
  for (std::size_t j = 0; j < p; ++j) {
    const DesignColumn& column = design.columns()[j];
    one[j] = static_cast<float>(column.at(1));
    columns_[j].one = static_cast<float>(1 / column.deviation);
    if (!column.indicator) columns_[j].values.resize(Matrix<float>::padded(rows_), 0);
  }
  std::vector<float> row(p);
  for (std::size_t r = 0; r < rows_; ++r) {
    design.encode(table.row(r), row.data());
    for (std::size_t j = 0; j < p; ++j) {
      Column& column = columns_[j];
      if (!column.values.empty()) {
        column.values[r] = row[j];
      } else if (row[j] == one[j]) {
        column.rows.push_back(static_cast<std::uint32_t>(r));
      }
    }
  }
}

double PathSolver::steepest(std::span<const double> weights) const {
  Descent descent(design_, target_, weights, loss_, context_);
  double most = 0;
  for (std::size_t j = 0; j < design_.size(); ++j) {
    most = std::max(most, std::fabs(descent.gradient(j)));
  }
  return most;
}

std::vector<PathFit> PathSolver::run(std::span<const double> weights,
                                     std::span<const double> held_out,
                                     std::span<const Penalty> penalties, double tolerance) const {
  const std::size_t p = design_.size();
  Descent descent(design_, target_, weights, loss_, context_);
  const double enough = tolerance * descent.null_loss() * descent.weight();
  std::vector<PathFit> out;
  std::vector<char> inside(p);
  std::vector<std::uint32_t> in;
  std::vector<double> before;
  double last_l1 = std::numeric_limits<double>::infinity();
  for (const Penalty penalty : penalties) {
    // The strong rule: columns whose gradient would have to change by more than the penalty does.
    in.clear();
    const double bar = 2 * penalty.l1 - std::min(last_l1, 2 * penalty.l1);
    for (std::uint32_t j = 0; j < p; ++j) {
      inside[j] = penalty.l1 == 0 || descent.b()[j] != 0 || std::fabs(descent.gradient(j)) >= bar;
      if (inside[j] != 0) in.push_back(j);
    }
    double last = penalised(descent, penalty);
    for (int newton = 0; newton < 30; ++newton) {
      before = descent.b();
      while (true) {
        settle(descent, in, penalty, enough);
        bool more = false;
        for (std::uint32_t j = 0; j < p && penalty.l1 > 0; ++j) {
          if (inside[j] != 0 || std::fabs(descent.gradient(j)) <= penalty.l1) continue;
          inside[j] = 1;
          in.push_back(j);
          more = true;
        }
        if (!more) break;
      }
      descent.tangent();
      double now = penalised(descent, penalty);
      for (int half = 0; half < 8 && now > last + enough; ++half) {
        descent.restore(before, 0.5);
        now = penalised(descent, penalty);
      }
      const bool done = loss_ == LinearLoss::squared || !(last - now > enough);
      last = now;
      if (done) break;
    }
    last_l1 = penalty.l1;
    PathFit& fit = out.emplace_back();
    fit.b = descent.b();
    fit.loss = descent.loss();
    fit.held_out =
        held_out.empty() ? std::numeric_limits<double>::quiet_NaN() : descent.held_out(held_out);
  }
  return out;
}

std::vector<HeldOutLoss> cross_validate_penalties(const StoredDesign& design,
                                                  std::span<const double> target,
                                                  std::span<const double> weights, LinearLoss loss,
                                                  std::span<const Penalty> penalties,
                                                  const FoldRuns& runs, const Context& context) {
  const std::size_t n = target.size();
  std::size_t rows[2] = {0, 0};
  for (std::size_t r = 0; r < n; ++r) {
    if (!(weight_of(weights, r) > 0)) continue;
    ++rows[loss == LinearLoss::logistic && target[r] > 0 ? 1 : 0];
  }
  const std::size_t few = loss == LinearLoss::logistic ? std::min(rows[0], rows[1]) : rows[0] / 2;
  const std::size_t folds = std::min(runs.folds, few);
  if (folds < 2) return {};
  const std::vector<std::uint8_t> fold =
      deal_folds(target, loss == LinearLoss::logistic ? TreeLoss::logistic : TreeLoss::squared,
                 folds, runs.seed);
  const PathSolver solver(design, target, loss, context);
  std::vector<std::vector<PathFit>> fits(folds);
  parallel_chunks(context, folds, 1, [&](std::size_t f, std::size_t) {
    std::vector<double> train(n), test(n);
    double sums[2] = {0, 0}, ones = 0;
    for (std::size_t r = 0; r < n; ++r) {
      (fold[r] == f ? test : train)[r] = weight_of(weights, r);
      sums[fold[r] == f ? 1 : 0] += weight_of(weights, r);
      if (fold[r] != f) ones += weight_of(weights, r) * target[r];
    }
    const bool one_class = loss == LinearLoss::logistic && !(ones > 0 && ones < sums[0]);
    if (sums[0] > 0 && sums[1] > 0 && !one_class)
      fits[f] = solver.run(train, test, penalties, runs.tolerance);
  });
  std::vector<HeldOutLoss> out(penalties.size());
  double used = 0;
  for (const std::vector<PathFit>& fit : fits) used += fit.empty() ? 0 : 1;
  if (used < 2) return {};
  for (std::size_t k = 0; k < penalties.size(); ++k) {
    double squares = 0;
    for (const std::vector<PathFit>& fit : fits) {
      if (!fit.empty()) out[k].mean += fit[k].held_out / used;
    }
    for (const std::vector<PathFit>& fit : fits) {
      if (fit.empty()) continue;
      squares += (fit[k].held_out - out[k].mean) * (fit[k].held_out - out[k].mean);
    }
    out[k].error = std::sqrt(squares / (used - 1) / used);
    out[k].folds = static_cast<std::size_t>(used);
  }
  return out;
}

}  // namespace emptor::detail
