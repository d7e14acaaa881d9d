#pragma once
// P(alive) and expected purchases by frequency and recency, as plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emptor {

struct PurchaseMatrixOptions {
  double age = 0;                   ///< T of the customers shown, in the model's units, > 0
  double horizon = 0;               ///< t that purchases are expected in, > 0 and finite
  std::uint32_t most_repeats = 12;  ///< rows 0 to this, at most 499
  std::uint32_t steps = 12;         ///< columns, in [1, 499]
};

/// Rows x = 0, 1, … repeat purchases; column j: the last of them at age (j + 1) / steps T. Without
/// a repeat purchase there is no last one: row 0 says the same in every column.
struct PurchaseMatrix {
  PurchaseMatrixOptions options;
  std::string model;                       ///< its name
  std::vector<double> last;                ///< t_x of the columns
  std::vector<double> alive;               ///< rows x columns, row by row: P(alive)
  std::vector<double> expected_purchases;  ///< rows x columns

  [[nodiscard]] std::size_t rows() const noexcept { return std::size_t{options.most_repeats} + 1; }
  [[nodiscard]] std::size_t columns() const noexcept { return last.size(); }
};

}  // namespace emptor
