#pragma once
// The minimum of a smooth function of a few parameters from its gradient, and the curvature there:
// what a fit by maximum likelihood needs for its parameters and their standard errors.
//
// BFGS with the inverse Hessian kept dense: Jorge Nocedal, Stephen J. Wright, "Numerical
// Optimization", 2nd ed., Springer 2006, algorithms 3.5, 3.6 and 6.1,
// doi:10.1007/978-0-387-40065-5. A step satisfies the strong Wolfe conditions or, where values
// differ by rounding only, the approximate ones of William W. Hager, Hongchao Zhang, "A new
// conjugate gradient method with guaranteed descent and an efficient line search", SIAM J. Optim.
// 16(1), 2005, doi:10.1137/030601880. A trial at which the function is not finite counts as too
// far.
//
// Time an evaluation O(n^2) beside the function's own; memory O(n^2) for n parameters. Nothing is
// allocated after the start. Thread safety: pure but for the function.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"

namespace emptor {

struct MinimiseOptions {
  int max_iterations = 500;  ///< at least 1
  /// Done when |g_i| max(1, |x_i|) <= this max(1, |f|) for each parameter; > 0.
  double gradient_tolerance = 1e-10;
  /// No parameter is tried farther than this from where an iteration begins; > 0. A few units keep
  /// logarithms in sight when the function falls for ever, ever more slowly.
  double largest_step = std::numeric_limits<double>::infinity();
};

struct Minimum {
  std::vector<double> at;
  std::vector<double> gradient;
  double value = 0;
  int iterations = 0;
  int evaluations = 0;  ///< of the function and its gradient
  /// The tolerance was met, or the values could not be told apart any more within 1e4 times it.
  bool converged = false;
  bool stopped = false;  ///< by the context's progress callback
};

namespace detail {

inline double dot_of(std::span<const double> a, std::span<const double> b) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Where a function is along a line: f(x + step d) and its slope d'g.
struct LinePoint {
  double step = 0;
  double value = 0;
  double slope = 0;
  [[nodiscard]] bool finite() const noexcept {
    return std::isfinite(value) && std::isfinite(slope);
  }
};

/// The minimum of the cubic through two points and their slopes (Nocedal & Wright, 3.59), or the
/// middle where it has none inside; kept a tenth of the width away from both.
inline double cubic_step(const LinePoint& a, const LinePoint& b) noexcept {
  const double width = b.step - a.step;
  const double middle = a.step + 0.5 * width;
  if (!a.finite() || !b.finite()) return a.step + 0.2 * width;
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
  const double square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return middle;
  const double d2 = std::copysign(std::sqrt(square), width);
  const double at = b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  const double low = std::min(a.step, b.step) + 0.1 * std::abs(width);
  const double high = std::max(a.step, b.step) - 0.1 * std::abs(width);
  return std::isfinite(at) ? std::clamp(at, low, high) : middle;
}

/// A step along a direction of descent from `start` (step 0); `at(step)` gives the LinePoint.
/// `last_step` is the largest that may be tried. The step of what is returned is 0 when nothing
/// better was found.
template <class At>
LinePoint wolfe_step(At&& at, const LinePoint& start, double first_step, double last_step) {
  constexpr double decrease = 1e-4;
  constexpr double curvature = 0.9;
  constexpr int most_trials = 60;
  const double noise = 1e-12 * std::abs(start.value);
  LinePoint low = start;
  LinePoint high{std::numeric_limits<double>::infinity(), 0, 0};
  double step = std::min(first_step, last_step);
  for (int trial = 0; trial < most_trials; ++trial) {
    const LinePoint point = at(step);
    const bool flat = point.finite() && std::abs(point.value - start.value) <= noise;
    const bool lower =
        point.finite() && (flat || (point.value <= start.value + decrease * step * start.slope &&
                                    (point.value < low.value || low.step == 0)));
    if (lower && std::abs(point.slope) <= -curvature * start.slope) return point;
    if (!lower) {
      high = point;
    } else {
      const bool turned =
          std::isfinite(high.step) ? point.slope * (high.step - low.step) >= 0 : point.slope >= 0;
      if (turned) high = low;
      low = point;
    }
    if (!std::isfinite(high.step)) {
      if (step >= last_step) break;
      step = std::min(4 * step, last_step);
      continue;
    }
    if (std::abs(high.step - low.step) <= 1e-14 * std::max(high.step, low.step)) break;
    step = cubic_step(low, high);
  }
  return low;
}

inline double scaled_gradient(std::span<const double> at, std::span<const double> gradient,
                              double value) noexcept {
  double most = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    most = std::max(most, std::abs(gradient[i]) * std::max(1.0, std::abs(at[i])));
  }
  return most / std::max(1.0, std::abs(value));
}

}  // namespace detail

/// Goes down from `start`, n >= 1 parameters. `f(at, gradient)` returns the value and fills the n
/// gradients; what is not finite (in the value or in a gradient) is taken for a place outside of
/// the function's domain. The progress callback is told "minimise" at each iteration. Throws
/// `invalid_option`, and `invalid_value` when the function is not finite at the start.
template <class F>
[[nodiscard]] Minimum minimise(F&& f, std::span<const double> start,
                               const MinimiseOptions& options = {}, const Context& context = {}) {
  require_option(options.max_iterations >= 1, "max_iterations", ">= 1", options.max_iterations);
  require_option(options.gradient_tolerance > 0, "gradient_tolerance", "> 0",
                 options.gradient_tolerance);
  require_option(options.largest_step > 0, "largest_step", "> 0", options.largest_step);
  const std::size_t n = start.size();
  Minimum out;
  out.at.assign(start.begin(), start.end());
  out.gradient.resize(n);
  out.value = f(std::span<const double>(out.at), std::span<double>(out.gradient));
  out.evaluations = 1;
  if (!std::isfinite(out.value) || !std::isfinite(detail::dot_of(out.gradient, out.gradient))) {
    throw Exception(ErrorCode::invalid_value, "the function is not finite at the start",
                    "minimise");
  }

  std::vector<double> inverse(n * n, 0.0);
  const auto reset = [&](double scale) {
    std::fill(inverse.begin(), inverse.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) inverse[i * n + i] = scale;
  };
  reset(1);
  bool fresh = true;  // `inverse` knows nothing of the curvature yet
  std::vector<double> direction(n), at(n), gradient(n), moved(n), change(n), image(n);

  const auto measure = [&](double step) {
    for (std::size_t i = 0; i < n; ++i) at[i] = out.at[i] + step * direction[i];
    ++out.evaluations;
    const double value = f(std::span<const double>(at), std::span<double>(gradient));
    return detail::LinePoint{step, value, detail::dot_of(direction, gradient)};
  };

  int still = 0;  // iterations since the value last changed by more than its rounding
  while (true) {
    const double scaled = detail::scaled_gradient(out.at, out.gradient, out.value);
    out.converged = scaled <= options.gradient_tolerance;
    if (out.converged || out.iterations >= options.max_iterations) break;
    if (still == 5) {
      out.converged = scaled <= 1e4 * options.gradient_tolerance;
      break;
    }
    if (context.report({"minimise", static_cast<std::size_t>(out.iterations),
                        static_cast<std::size_t>(options.max_iterations)}) == Go::stop) {
      out.stopped = true;
      break;
    }
    ++out.iterations;
    for (std::size_t i = 0; i < n; ++i) {
      direction[i] = -detail::dot_of(std::span(inverse).subspan(i * n, n), out.gradient);
    }
    double slope = detail::dot_of(direction, out.gradient);
    if (!(slope < 0)) {
      reset(1);
      fresh = true;
      for (std::size_t i = 0; i < n; ++i) direction[i] = -out.gradient[i];
      slope = detail::dot_of(direction, out.gradient);
    }
    double length = 0;
    double farthest = 0;
    for (const double part : direction) {
      length += std::abs(part);
      farthest = std::max(farthest, std::abs(part));
    }
    const detail::LinePoint origin{0, out.value, slope};
    double last_step = -1;
    const auto at_step = [&](double step) {
      last_step = step;
      return measure(step);
    };
    const detail::LinePoint point = detail::wolfe_step(
        at_step, origin, fresh ? std::min(1.0, 1 / length) : 1.0,
        std::min(options.largest_step / farthest, std::numeric_limits<double>::max()));
    if (point.step == 0) {
      if (!fresh) {  // once more, straight down
        reset(1);
        fresh = true;
        continue;
      }
      out.converged = scaled <= 1e4 * options.gradient_tolerance;
      break;
    }
    if (last_step != point.step) static_cast<void>(measure(point.step));

    for (std::size_t i = 0; i < n; ++i) {
      moved[i] = at[i] - out.at[i];
      change[i] = gradient[i] - out.gradient[i];
    }
    out.at.swap(at);
    out.gradient.swap(gradient);
    still = out.value - point.value <= 1e-13 * std::abs(out.value) ? still + 1 : 0;
    out.value = point.value;
    const double along = detail::dot_of(moved, change);
    const double squared = detail::dot_of(change, change);
    if (!(along > 1e-14 * std::sqrt(squared * detail::dot_of(moved, moved)))) continue;
    if (fresh) reset(along / squared);  // Nocedal & Wright, 6.20
    fresh = false;
    for (std::size_t i = 0; i < n; ++i) {
      image[i] = detail::dot_of(std::span(inverse).subspan(i * n, n), change);
    }
    const double weight = (1 + detail::dot_of(change, image) / along) / along;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        inverse[i * n + j] +=
            weight * moved[i] * moved[j] - (image[i] * moved[j] + moved[i] * image[j]) / along;
      }
    }
  }
  return out;
}

/// The n x n second derivatives at a place, row-major and symmetric, by central differences of the
/// gradients that `f` fills (as for minimise): 2 n evaluations, right to about 1e-9 of the scale of
/// f's curvature.
template <class F>
[[nodiscard]] std::vector<double> hessian_of(F&& f, std::span<const double> at) {
  const std::size_t n = at.size();
  std::vector<double> place(at.begin(), at.end()), above(n), below(n), hessian(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    const double step = 6e-6 * std::max(1.0, std::abs(at[i]));
    place[i] = at[i] + step;
    const double high = place[i];
    static_cast<void>(f(std::span<const double>(place), std::span<double>(above)));
    place[i] = at[i] - step;
    static_cast<void>(f(std::span<const double>(place), std::span<double>(below)));
    for (std::size_t j = 0; j < n; ++j) {
      hessian[i * n + j] = (above[j] - below[j]) / (high - place[i]);
    }
    place[i] = at[i];
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      hessian[i * n + j] = hessian[j * n + i] = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
    }
  }
  return hessian;
}

/// The lower triangle L (row-major n x n, 0 above) of a = L L' of a small symmetric matrix, or
/// nothing when it is not positive definite (or not finite). O(n^3 / 3).
[[nodiscard]] inline std::vector<double> small_cholesky(std::span<const double> a, std::size_t n) {
  std::vector<double> lower(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= lower[i * n + k] * lower[j * n + k];
      if (i == j) {
        if (!(sum > 1e-14 * std::abs(a[i * n + i])) || !std::isfinite(sum)) return {};
        lower[i * n + i] = std::sqrt(sum);
      } else {
        lower[i * n + j] = sum / lower[j * n + j];
      }
    }
  }
  return lower;
}

/// The inverse of a small symmetric positive definite matrix, row-major n x n, which is the
/// covariance of estimates if `a` is the Hessian of a negative log-likelihood; nothing when `a` is
/// not positive definite. O(n^3).
[[nodiscard]] inline std::vector<double> small_inverse(std::span<const double> a, std::size_t n) {
  const std::vector<double> lower = small_cholesky(a, n);
  if (lower.empty()) return {};
  std::vector<double> inverse(n * n, 0.0);
  for (std::size_t column = 0; column < n; ++column) {
    for (std::size_t i = 0; i < n; ++i) {
      double sum = i == column ? 1 : 0;
      for (std::size_t k = 0; k < i; ++k) sum -= lower[i * n + k] * inverse[k * n + column];
      inverse[i * n + column] = sum / lower[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
      double sum = inverse[i * n + column];
      for (std::size_t k = i + 1; k < n; ++k) sum -= lower[k * n + i] * inverse[k * n + column];
      inverse[i * n + column] = sum / lower[i * n + i];
    }
  }
  return inverse;
}

}  // namespace emptor
