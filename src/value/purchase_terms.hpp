#pragma once
// The log-likelihood of one history at a time and its derivatives, for customers who each have
// parameters of their own.

#include <array>
#include <cstddef>
#include <span>

#include "emptor/value/kernels.hpp"
#include "emptor/value/purchase_covariates.hpp"

namespace emptor::detail {

/// r, alpha, then a and b or s and beta.
using FourParameters = std::array<double, 4>;

struct PurchaseTerms {
  double log_likelihood = 0;
  FourParameters slope{};  ///< by the parameters' logarithms
};

/// Three spans of one length, at most `most_purchase_terms`.
inline constexpr std::size_t most_purchase_terms = 64;
void purchase_terms(PurchaseFamily family, std::span<const PurchasePattern> patterns,
                    std::span<const FourParameters> parameters, std::span<PurchaseTerms> out,
                    const PurchaseKernels& kernels) noexcept;

}  // namespace emptor::detail
