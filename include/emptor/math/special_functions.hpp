#pragma once
// Gamma, beta and exponential integrals for likelihoods, in logarithms and without global state
// (std::lgamma writes a global sign).
//
// Formulas: "NIST Digital Library of Mathematical Functions", https://dlmf.nist.gov, chapters 5, 8
// and 25; continued fractions by the method of W. J. Lentz, "Generating Bessel functions in Mie
// scattering calculations using continued fractions", Applied Optics 15(3), 1976,
// doi:10.1364/AO.15.000668. Arguments outside of the stated range give NaN.
// Cost: tens of nanoseconds; the incomplete beta and the exponential integral up to a few
// microseconds. Thread safety: pure functions.

#include <span>

#include "emptor/core/export.hpp"

namespace emptor {

/// ln Γ(z), z > 0; relative error a few 1e-16 everywhere, about its zeros at 1 and 2 too.
[[nodiscard]] EMPTOR_API double log_gamma(double z) noexcept;

/// ln Γ(z + n) - ln Γ(z), z > 0, n >= 0 (not only whole), without the cancellation that the
/// difference has when z is large.
[[nodiscard]] EMPTOR_API double log_rising(double z, double n) noexcept;

/// ψ(z) = d ln Γ(z) / dz, z > 0; absolute error a few 1e-16 max(1, |ψ|).
[[nodiscard]] EMPTOR_API double digamma(double z) noexcept;

/// ψ'(z), z > 0.
[[nodiscard]] EMPTOR_API double trigamma(double z) noexcept;

/// ln B(a, b), a and b > 0.
[[nodiscard]] EMPTOR_API double log_beta(double a, double b) noexcept;

/// ln Σ exp(values_i); -inf of no values, and when all are -inf.
[[nodiscard]] EMPTOR_API double log_sum_exp(std::span<const double> values) noexcept;

/// ln(e^a + e^b).
[[nodiscard]] EMPTOR_API double log_add_exp(double a, double b) noexcept;

/// ln(1 + e^a): log_add_exp(0, a).
[[nodiscard]] EMPTOR_API double softplus(double a) noexcept;

/// 1 / (1 + e^-a), which keeps its digits in both tails.
[[nodiscard]] EMPTOR_API double logistic(double a) noexcept;

/// ln(1 - e^-a), a > 0.
[[nodiscard]] EMPTOR_API double log1m_exp(double a) noexcept;

/// The regularised incomplete beta function I_x(a, b), a and b > 0, x in [0, 1]: the share of a
/// beta distribution below x. Relative error about 1e-15 max(1, a + b), in the small tail
/// (below a / (a + b)) too.
[[nodiscard]] EMPTOR_API double incomplete_beta(double a, double b, double x) noexcept;

/// e^z E_s(z) = ∫_1^∞ e^(z - z u) u^-s du for any order s >= 0 and z >= 0: between 1 / (z + s) and
/// 1 / (z + s - 1). At z = 0 it is 1 / (s - 1), or infinite for s <= 1.
[[nodiscard]] EMPTOR_API double scaled_exponential_integral(double s, double z) noexcept;

}  // namespace emptor
