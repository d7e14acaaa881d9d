#include "score/hazard_newton.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "score/survival_newton.hpp"

namespace emptor::detail {

namespace {

/// A symmetric positive definite matrix with two diagonals beside the main one, as L D L'.
class Pentadiagonal {
 public:
  /// A diagonal plus `smoothing` times the squared second differences. Diagonals are raised a
  /// little where the matrix would be singular.
  Pentadiagonal(std::vector<double> diagonal, double smoothing)
      : d_(std::move(diagonal)), one_(d_.size(), 0.0), two_(d_.size(), 0.0) {
    const std::size_t n = d_.size();
    for (std::size_t i = 0; i + 2 < n && smoothing > 0; ++i) {
      d_[i] += smoothing;
      d_[i + 1] += 4 * smoothing;
      d_[i + 2] += smoothing;
      one_[i] -= 2 * smoothing;
      one_[i + 1] -= 2 * smoothing;
      two_[i] += smoothing;
    }
    for (std::size_t i = 0; i < n; ++i) {  // one_[i] becomes L(i + 1, i), two_[i] L(i + 2, i)
      d_[i] = std::max(d_[i], 1e-12);
      const double first = one_[i] / d_[i];
      const double second = two_[i] / d_[i];
      if (i + 1 < n) {
        d_[i + 1] -= first * one_[i];
        one_[i + 1] -= first * two_[i];
      }
      if (i + 2 < n) d_[i + 2] -= second * two_[i];
      one_[i] = first;
      two_[i] = second;
    }
  }
  /// Of n rows of `width` numbers each.
  void solve(std::vector<double>& b, std::size_t width) const {
    const std::size_t n = d_.size();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t c = 0; c < width; ++c) {
        if (i >= 1) b[i * width + c] -= one_[i - 1] * b[(i - 1) * width + c];
        if (i >= 2) b[i * width + c] -= two_[i - 2] * b[(i - 2) * width + c];
      }
    }
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t c = 0; c < width; ++c) {
        double& value = b[i * width + c];
        value /= d_[i];
        if (i + 1 < n) value -= one_[i] * b[(i + 1) * width + c];
        if (i + 2 < n) value -= two_[i] * b[(i + 2) * width + c];
      }
    }
  }
  /// The inverse's diagonal, from the end (Takahashi's recurrence).
  [[nodiscard]] std::vector<double> inverse_diagonal() const {
    const std::size_t n = d_.size();
    std::vector<double> own(n), next(n, 0.0), after(n, 0.0);  // Z(i, i), Z(i, i + 1), Z(i, i + 2)
    for (std::size_t i = n; i-- > 0;) {
      if (i + 2 < n) after[i] = -one_[i] * next[i + 1] - two_[i] * own[i + 2];
      if (i + 1 < n) {
        next[i] = -one_[i] * own[i + 1] - (i + 2 < n ? two_[i] * next[i + 1] : 0);
      }
      own[i] = 1 / d_[i] - one_[i] * next[i] - two_[i] * after[i];
    }
    return own;
  }

 private:
  std::vector<double> d_, one_, two_;
};

double squares(std::span<const double> values) {
  return dot_of(values, values);
}

double roughness(std::span<const double> baseline) {
  double sum = 0;
  for (std::size_t i = 0; i + 2 < baseline.size(); ++i) {
    const double bend = baseline[i] - 2 * baseline[i + 1] + baseline[i + 2];
    sum += bend * bend;
  }
  return sum;
}

/// One step, with what of the curvature is of use later.
struct Step {
  std::vector<double> baseline, beta, inverse, curvature, through;
  double promise = 0;
  bool damped = false;
};

Step newton_step(const HazardSums& sums, std::span<const double> baseline,
                 std::span<const double> beta, const DiscreteHazardOptions& options) {
  const std::size_t g = baseline.size();
  const std::size_t q = beta.size();
  Step out;
  std::vector<double> up = sums.baseline;
  for (std::size_t i = 0; i + 2 < g && options.smoothing > 0; ++i) {
    const double bend = options.smoothing * (baseline[i] - 2 * baseline[i + 1] + baseline[i + 2]);
    up[i] -= bend;
    up[i + 1] += 2 * bend;
    up[i + 2] -= bend;
  }
  std::vector<double> slope = sums.gradient;
  for (std::size_t j = 0; j < q; ++j) slope[j] -= options.ridge * beta[j];
  const std::vector<double> all_up = up;
  const std::vector<double> all_slope = slope;

  const Pentadiagonal band(sums.diagonal, options.smoothing);
  out.through = sums.cross;
  band.solve(out.through, q);
  out.curvature = sums.information;
  for (std::size_t i = 0; i < g; ++i) {
    const double* cross = sums.cross.data() + i * q;
    const double* through = out.through.data() + i * q;
    for (std::size_t j = 0; j < q; ++j) {
      slope[j] -= through[j] * up[i];
      for (std::size_t k = 0; k < q; ++k) out.curvature[j * q + k] -= cross[j] * through[k];
    }
  }
  for (std::size_t j = 0; j < q; ++j) out.curvature[j * q + j] += options.ridge;
  out.inverse = damped_inverse(out.curvature, q, out.damped);
  out.beta.assign(q, 0.0);
  for (std::size_t j = 0; j < q && !out.inverse.empty(); ++j) {
    out.beta[j] = dot_of(std::span(out.inverse).subspan(j * q, q), slope);
  }
  band.solve(up, 1);
  for (std::size_t i = 0; i < g; ++i) {
    up[i] -= dot_of(std::span(out.through).subspan(i * q, q), out.beta);
  }
  out.baseline = std::move(up);
  out.promise = (dot_of(out.baseline, all_up) + dot_of(out.beta, all_slope)) / 2;
  return out;
}

}  // namespace

std::vector<double> hazard_curvature(HazardLikelihood& likelihood,
                                     const std::vector<double>& baseline, double smoothing) {
  const std::size_t q = likelihood.sums().gradient.size();
  const std::vector<double> zero(q, 0.0);
  static_cast<void>(likelihood.at(baseline, zero));
  DiscreteHazardOptions options;
  options.smoothing = smoothing;
  return newton_step(likelihood.sums(), baseline, zero, options).curvature;
}

HazardNewton maximise_hazard(HazardLikelihood& likelihood, std::vector<double> baseline,
                             std::vector<double> beta, const DiscreteHazardOptions& options,
                             const Context& context) {
  HazardNewton out;
  out.baseline = std::move(baseline);
  out.beta = std::move(beta);
  const std::size_t g = out.baseline.size();
  const std::size_t q = out.beta.size();
  const auto penalty = [&](std::span<const double> a, std::span<const double> b) {
    return (options.smoothing * roughness(a) + options.ridge * squares(b)) / 2;
  };
  std::vector<double> trial_baseline(g), trial_beta(q);
  out.value = likelihood.at(out.baseline, out.beta);
  while (true) {
    const Step step = newton_step(likelihood.sums(), out.baseline, out.beta, options);
    out.step = step.beta;
    out.promise = step.promise;
    const bool last =
        !step.damped && !(step.promise > options.tolerance * std::max(1.0, std::abs(out.value)));
    if (!last && out.iterations >= options.max_iterations) break;
    if (context.report({"discrete hazard", static_cast<std::size_t>(out.iterations),
                        static_cast<std::size_t>(options.max_iterations)}) == Go::stop) {
      throw Exception(ErrorCode::stopped, "the progress callback asked to stop",
                      "fit_discrete_hazard");
    }
    ++out.iterations;
    const double before = out.value - penalty(out.baseline, out.beta);
    double length = 1;
    double value = 0;
    bool better = false;
    for (int halving = 0; halving < 40 && !better; ++halving, length /= 2) {
      for (std::size_t i = 0; i < g; ++i) {
        trial_baseline[i] = out.baseline[i] + length * step.baseline[i];
      }
      for (std::size_t j = 0; j < q; ++j) trial_beta[j] = out.beta[j] + length * step.beta[j];
      value = likelihood.at(trial_baseline, trial_beta);
      better = std::isfinite(value) &&
               value - penalty(trial_baseline, trial_beta) >= before - 1e-14 * std::abs(before);
    }
    if (!better) {
      out.value = likelihood.at(out.baseline, out.beta);
      out.converged = out.promise <= 1e-8 * std::max(1.0, std::abs(out.value));
      break;
    }
    out.value = value;
    out.baseline = trial_baseline;
    out.beta = trial_beta;
    out.converged = last;
    if (last) break;
  }
  Step end = newton_step(likelihood.sums(), out.baseline, out.beta, options);
  if (end.damped || end.inverse.size() != q * q) end.inverse.assign(q * q, 0.0);
  out.baseline_error =
      Pentadiagonal(likelihood.sums().diagonal, options.smoothing).inverse_diagonal();
  for (std::size_t i = 0; i < g; ++i) {
    const std::span<const double> through = std::span(end.through).subspan(i * q, q);
    for (std::size_t j = 0; j < q; ++j) {
      out.baseline_error[i] +=
          through[j] * dot_of(std::span(end.inverse).subspan(j * q, q), through);
    }
    out.baseline_error[i] = std::sqrt(std::max(0.0, out.baseline_error[i]));
  }
  out.covariance = std::move(end.inverse);
  return out;
}

}  // namespace emptor::detail
