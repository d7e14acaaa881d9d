#pragma once
// R² of a regression cut into parts, from correlations alone.

#include <cstddef>
#include <vector>

namespace emptor::detail {

/// `r`: (p + 1)^2, the target last; rows and columns of constant columns are 0. Both add up to R².
[[nodiscard]] std::vector<double> shapley_shares(const std::vector<double>& r, std::size_t p);
[[nodiscard]] std::vector<double> relative_weights(const std::vector<double>& r, std::size_t p);

}  // namespace emptor::detail
