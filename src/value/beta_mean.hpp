#pragma once
// Means over a beta-distributed chance p of leaving, p ~ Beta(a, b): what the models that let
// customers leave at purchases only are made of.
//
// Where Gauss's series is quick and keeps its digits it is summed after Euler's transformation
// (DLMF 15.8.1), in which the number of purchases stands in no exponent. Elsewhere the mean is an
// integral over v = ln(p / (1 - p)) by the trapezoidal rule, which converges geometrically for
// integrands that are analytic and fall off at both ends: Lloyd N. Trefethen, J. A. C. Weideman,
// "The exponentially convergent trapezoidal rule", SIAM Review 56(3), 2014, doi:10.1137/130932132.
//
// k > 0 is the shape of the gamma-distributed rate of purchases, w a time in units of its inverse
// scale; a, b > 0. Relative error about 1e-13. Thread safety: pure functions.

namespace emptor::detail {

/// E[(1 + p w)^-k], w >= 0: the chance to be there still.
[[nodiscard]] double mean_stay(double k, double a, double b, double w) noexcept;

/// E[(1 - (1 + p w)^-k) / p], w > 0: purchases until then; infinite w: E[1 / p].
[[nodiscard]] double mean_purchases(double k, double a, double b, double w) noexcept;

/// E[λ / (δ + λ p)] with λ ~ Gamma(k, 1) and δ = c > 0: purchases, each discounted at δ.
[[nodiscard]] double mean_discounted(double k, double a, double b, double c) noexcept;

}  // namespace emptor::detail
