#pragma once
// Customers with covariates, equal ones collapsed.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/value/purchase_covariates.hpp"

namespace emptor::detail {

/// Distinct rows of m rows of numbers, in the order of first sight, and whose is which.
struct DistinctRows {
  std::vector<std::uint32_t> first;   ///< the first of the m rows that is this one
  std::vector<std::uint32_t> row_of;  ///< one of the distinct a row
};

/// Both kinds of columns side by side; checks shapes and numbers. Throws `invalid_shape`,
/// `invalid_value`.
[[nodiscard]] DistinctRows distinct_covariates(const PurchaseCovariates& covariates, std::size_t m);

/// The values of one customer.
[[nodiscard]] inline std::span<const double> covariate_row(const CovariateColumns& columns,
                                                           std::size_t customer) noexcept {
  const std::size_t width = columns.names.size();
  return std::span(columns.values).subspan(customer * width, width);
}

}  // namespace emptor::detail
