#include "score/linear_solver.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/math/kernels_portable.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t step_rows = 256;

/// Sums over all rows at one point.
struct Sums {
  double loss = 0;
  std::vector<double> gradient;   // p + 1
  std::vector<double> curvature;  // (p + 1)^2, upper triangle; or empty
  double least_one = std::numeric_limits<double>::infinity();  // predictor of a target 1
  double most_zero = -std::numeric_limits<double>::infinity();
};

class Passes {
 public:
  Passes(const LinearProblem& problem, const LinearDesign& design, const Context& context)
      : problem_(problem), design_(design), context_(context), p1_(design.columns().size() + 1) {}

  /// Over every `every`-th step of rows.
  [[nodiscard]] Sums at(std::span<const double> b, bool curvature, bool single,
                        std::size_t every) const {
    return single ? run<float>(b, curvature, every) : run<double>(b, curvature, every);
  }

 private:
  template <class T>
  [[nodiscard]] Sums run(std::span<const double> b, bool curvature, std::size_t every) const {
    const std::size_t n = problem_.table.rows();
    const std::size_t steps = (n + step_rows - 1) / step_rows;
    const std::size_t bytes = curvature ? p1_ * p1_ * sizeof(double) : p1_ * sizeof(double);
    const std::size_t most = std::clamp<std::size_t>((std::size_t{1} << 26U) / bytes, 1, 64);
    const std::size_t grain = std::max<std::size_t>(16, (steps + most - 1) / most);
    std::vector<Sums> parts((steps + grain - 1) / grain);
    parallel_chunks(context_, steps, grain, [&](std::size_t begin, std::size_t end) {
      parts[begin / grain] = block<T>(b, curvature, every, begin, end);
    });
    Sums out = std::move(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i) {
      out.loss += parts[i].loss;
      out.least_one = std::min(out.least_one, parts[i].least_one);
      out.most_zero = std::max(out.most_zero, parts[i].most_zero);
      for (std::size_t j = 0; j < p1_; ++j) out.gradient[j] += parts[i].gradient[j];
      for (std::size_t j = 0; j < out.curvature.size(); ++j) {
        out.curvature[j] += parts[i].curvature[j];
      }
    }
    return out;
  }

  template <class T>
  [[nodiscard]] Sums block(std::span<const double> b, bool curvature, std::size_t every,
                           std::size_t begin, std::size_t end) const {
    const auto& kernels = linear_algebra_kernels<T>(context_.kernels);
    Sums out;
    out.gradient.assign(p1_, 0);
    if (curvature) out.curvature.assign(p1_ * p1_, 0);
    Matrix<T> rows(step_rows, p1_);
    Matrix<T> sums(curvature ? p1_ : 0, p1_);
    std::vector<double> weights(b.begin(), b.end());
    std::size_t waiting = 0;
    const auto flush = [&] {
      for (std::size_t i = 0; i < sums.rows(); ++i) {
        for (std::size_t j = i; j < p1_; ++j) {
          out.curvature[i * p1_ + j] += double{sums(i, j)};
          sums(i, j) = T{0};
        }
      }
      waiting = 0;
    };
    for (std::size_t step = begin; step < end; ++step) {
      if (step % every != 0) continue;
      const std::size_t first = step * step_rows;
      const std::size_t last = std::min(first + step_rows, problem_.table.rows());
      for (std::size_t r = first; r < last; ++r) {
        T* x = rows.row(r - first).data();
        design_.encode(problem_.table.row(r), x);
        x[p1_ - 1] = T{1};
        const double h = row(x, weights.data(), r, out);
        if (!curvature) continue;
        const T root = static_cast<T>(std::sqrt(h));
        for (std::size_t j = 0; j < p1_; ++j) x[j] *= root;
      }
      if (!curvature) continue;
      kernels.syrk_upper(rows.data(), rows.stride(), last - first, p1_, sums.data(), sums.stride());
      if (++waiting == 16) flush();
    }
    if (curvature) flush();
    return out;
  }

  /// Adds one row's loss and gradient; its curvature.
  template <class T>
  double row(const T* x, const double* b, std::size_t r, Sums& out) const {
    double dots[4] = {};
    std::size_t j = 0;
    for (; j + 4 <= p1_; j += 4) {
      for (std::size_t t = 0; t < 4; ++t) dots[t] += b[j + t] * double{x[j + t]};
    }
    for (; j < p1_; ++j) dots[0] += b[j] * double{x[j]};
    const double eta = (dots[0] + dots[1]) + (dots[2] + dots[3]);
    const double w = problem_.weights.empty() ? 1 : problem_.weights[r];
    const double y = problem_.target[r];
    double residual = 0, h = w;
    if (problem_.loss == LinearLoss::squared) {
      residual = eta - y;
      out.loss += w * residual * residual / 2;
    } else {
      const double small = std::exp(-std::fabs(eta));
      const double rest = 1 / (1 + small);
      const double p = eta >= 0 ? rest : small * rest;
      const double towards = y > 0 ? -eta : eta;  // the loss is log(1 + e^towards)
      out.loss += w * (std::max(towards, 0.0) + std::log1p(small));
      residual = y > 0 ? -(eta >= 0 ? small * rest : rest) : p;
      h = w * small * rest * rest;
      if (w > 0 && y > 0) out.least_one = std::min(out.least_one, eta);
      if (w > 0 && !(y > 0)) out.most_zero = std::max(out.most_zero, eta);
    }
    const double factor = w * residual;
    double* gradient = out.gradient.data();
    for (std::size_t k = 0; k < p1_; ++k) gradient[k] += factor * double{x[k]};
    return h;
  }

  const LinearProblem& problem_;
  const LinearDesign& design_;
  const Context& context_;
  std::size_t p1_;
};

/// The quadratic of a Newton step.
class Quadratic {
 public:
  Quadratic(std::size_t p1, double l1, double l2) : p1_(p1), l1_(l1), l2_(l2), dropped_(p1, 0) {}

  void set(std::vector<double> curvature) {
    h_ = std::move(curvature);
    for (std::size_t i = 0; i < p1_; ++i) {
      for (std::size_t j = 0; j < i; ++j) h_[i * p1_ + j] = h_[j * p1_ + i];
    }
  }
  void scale(double factor) {
    for (double& value : h_) value *= factor;
  }
  [[nodiscard]] bool empty() const noexcept { return h_.empty(); }
  [[nodiscard]] const std::vector<char>& dropped() const noexcept { return dropped_; }

  /// What is left of each column's curvature beside the intercept and the columns before it, and
  /// without those that are a sum of them if `drop`.
  std::vector<double> pivots(bool drop) {
    std::vector<std::size_t> order(p1_);
    for (std::size_t i = 0; i < p1_; ++i) order[i] = i == 0 ? p1_ - 1 : i - 1;
    std::vector<double> u(p1_ * p1_, 0), out(p1_, 0);
    for (std::size_t a = 0; a < p1_; ++a) {
      const std::size_t i = order[a];
      if (dropped_[i] != 0) continue;
      double pivot = h_[i * p1_ + i];
      for (std::size_t k = 0; k < a; ++k) pivot -= u[k * p1_ + a] * u[k * p1_ + a];
      if (drop && i != p1_ - 1 && !(pivot > 1e-9 * h_[i * p1_ + i])) {
        dropped_[i] = 1;
        continue;
      }
      out[i] = pivot;
      if (!(pivot > 0)) continue;
      const double root = std::sqrt(pivot);
      for (std::size_t c = a + 1; c < p1_; ++c) {
        double sum = h_[i * p1_ + order[c]];
        for (std::size_t k = 0; k < a; ++k) sum -= u[k * p1_ + a] * u[k * p1_ + c];
        u[a * p1_ + c] = sum / root;
      }
      u[a * p1_ + a] = root;
    }
    return out;
  }

  /// The lower Cholesky factor of curvature and l2; false when it has none.
  bool factor() {
    l_.assign(p1_ * p1_, 0);
    for (std::size_t i = 0; i < p1_; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = at(i, j);
        for (std::size_t k = 0; k < j; ++k) sum -= l_[i * p1_ + k] * l_[j * p1_ + k];
        if (i == j) {
          if (!(sum > 0)) return false;
          l_[i * p1_ + i] = std::sqrt(sum);
        } else {
          l_[i * p1_ + j] = sum / l_[j * p1_ + j];
        }
      }
    }
    return true;
  }
  void solve(std::vector<double>& y) const {
    for (std::size_t i = 0; i < p1_; ++i) {
      for (std::size_t k = 0; k < i; ++k) y[i] -= l_[i * p1_ + k] * y[k];
      y[i] /= l_[i * p1_ + i];
    }
    for (std::size_t i = p1_; i-- > 0;) {
      for (std::size_t k = i + 1; k < p1_; ++k) y[i] -= l_[k * p1_ + i] * y[k];
      y[i] /= l_[i * p1_ + i];
    }
  }

  /// The step from b that minimises the quadratic, and by how much it does.
  double step(std::span<const double> gradient, std::span<const double> b, std::vector<double>& d) {
    d.assign(p1_, 0);
    if (l1_ == 0) {
      std::vector<double> slope(p1_);
      for (std::size_t j = 0; j < p1_; ++j) {
        slope[j] = dropped_[j] != 0 ? 0 : gradient[j] + (j + 1 < p1_ ? l2_ * b[j] : 0);
        d[j] = -slope[j];
      }
      solve(d);
      double gain = 0;
      for (std::size_t j = 0; j < p1_; ++j) gain -= slope[j] * d[j] / 2;
      return gain;
    }
    std::vector<double> q(gradient.begin(), gradient.end());  // gradient + H d
    for (int sweep = 0; sweep < 20'000; ++sweep) {
      double worst = 0;
      for (std::size_t i = 0; i < p1_; ++i) {
        const std::size_t j = i == 0 ? p1_ - 1 : i - 1;
        const double hjj = h_[j * p1_ + j];
        if (!(hjj > 0)) continue;
        const double now = b[j] + d[j];
        double next = now - q[j] / hjj;
        if (j + 1 < p1_) {
          const double pull = hjj * now - q[j];
          const double rest = std::max(std::fabs(pull) - l1_, 0.0);
          next = std::copysign(rest, pull) / (hjj + l2_);
          if (rest == 0) next = 0;
        }
        const double change = next - now;
        if (change == 0) continue;
        worst = std::max(worst, change * change * hjj);
        d[j] = next - b[j];
        const double* row = h_.data() + j * p1_;
        for (std::size_t k = 0; k < p1_; ++k) q[k] += row[k] * change;
      }
      if (worst < 1e-18 * (1 + h_[p1_ * p1_ - 1])) break;
    }
    double gain = 0;
    for (std::size_t j = 0; j < p1_; ++j) {
      gain -= d[j] * (gradient[j] + q[j]) / 2;
      if (j + 1 < p1_) gain -= penalty(b[j] + d[j]) - penalty(b[j]);
    }
    return gain;
  }
  [[nodiscard]] double penalty(double b) const noexcept {
    return l1_ * std::fabs(b) + l2_ * b * b / 2;
  }

  /// Inverse of curvature and l2, of what is not dropped, and the effective parameters.
  std::vector<double> covariance(double& parameters) {
    std::vector<double> out(p1_ * p1_, 0);
    parameters = 0;
    for (std::size_t j = 0; j < p1_; ++j) {
      if (dropped_[j] != 0) continue;
      std::vector<double> unit(p1_, 0);
      unit[j] = 1;
      solve(unit);
      for (std::size_t k = 0; k < p1_; ++k) {
        if (dropped_[k] != 0) continue;
        out[j * p1_ + k] = unit[k];
        parameters += unit[k] * h_[j * p1_ + k];
      }
    }
    return out;
  }

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

}  // namespace

LinearSolution solve_linear(const LinearProblem& problem, const LinearDesign& design, double weight,
                            double start, const Context& context) {
  const std::size_t n = problem.table.rows();
  const std::size_t p = design.columns().size();
  const std::size_t p1 = p + 1;
  const bool free = problem.l1 == 0 && problem.l2 == 0;
  const double work = static_cast<double>(n) * static_cast<double>(p1) * static_cast<double>(p1);
  const bool large = !free && work > 0x1p28;
  const Passes passes(problem, design, context);
  Quadratic quadratic(p1, problem.l1, problem.l2);
  LinearSolution out;
  out.b.assign(p1, 0);
  out.b.back() = start;
  std::vector<double> d, first_pivots, last_b = out.b;

  const auto penalised = [&](const Sums& sums, std::span<const double> b) {
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
    const Sums sums = passes.at(out.b, sample || fresh, large, every);
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
      const Sums all = passes.at(out.b, true, large, every);  // the curvature where it ends
      quadratic.set(all.curvature);
      quadratic.scale(static_cast<double>(every));
      if (problem.l1 == 0 && !quadratic.factor()) quadratic = Quadratic(p1, problem.l1, problem.l2);
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
        Sums end = passes.at(out.b, true, false, 1);  // standard errors of the very optimum
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
