#pragma once
// Groups with few answers borrow from all: empirical Bayes estimates of many means at once.
//
// y_g ~ N(theta_g, D_g), theta_g ~ N(mu, A). A solves sum (y_g - mu)^2 / (D_g + A) = k - 1 (or is
// 0), mu being the mean by 1 / (D_g + A): Robert E. Fay, Roger A. Herriot, "Estimates of income for
// small places", J. Am. Stat. Assoc. 74, 1979, doi:10.1080/01621459.1979.10482505. Shrinkage, which
// allows for A not being known, and standard errors: Carl N. Morris, "Parametric empirical Bayes
// inference", J. Am. Stat. Assoc. 78, 1983, doi:10.1080/01621459.1983.10477920, section 5. With
// equal D it is the estimator of James and Stein about the mean.
//
// Fewer than four groups tell too little of A: nothing is shrunk. Time O(100 k). Thread safety:
// pure.

#include <span>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

struct ShrunkMean {
  double estimate = 0;   ///< (1 - shrinkage) y + shrinkage mu
  double error = 0;      ///< standard error, for A and mu being estimated too
  double shrinkage = 0;  ///< in [0, 1]
};

struct GroupShrinkage {
  std::vector<ShrunkMean> groups{};  ///< in the order that came in
  double mean = 0;                   ///< mu
  double spread = 0;                 ///< square root of A
  bool applied = false;              ///< false below four known groups
};

/// `values`: NaN of a group of which nothing is known, which gets mu. `variances`: of the values
/// (squared standard errors), in [0, 1e200]; values in [-1e100, 1e100]. Throws `invalid_shape`,
/// `invalid_value`.
[[nodiscard]] EMPTOR_API GroupShrinkage shrink_groups(std::span<const double> values,
                                                      std::span<const double> variances);

}  // namespace emptor
