#pragma once
// What the three fits of trees share: checks of their input, rows dealt into folds, the table of
// how columns were used.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/score/score_table.hpp"
#include "emptor/score/tree_result.hpp"
#include "score/tree_grower.hpp"

namespace emptor::detail {

struct FitInput {
  double weight = 0;  ///< of all rows
  double mean = 0;    ///< of the target
  bool constant = false;
};

/// Throws `invalid_shape` or `invalid_value`.
[[nodiscard]] FitInput check_fit(const ScoreTable& table, std::span<const double> target,
                                 std::span<const double> weights, TreeLoss loss,
                                 std::string_view where);

[[nodiscard]] inline double weight_of(std::span<const double> weights, std::size_t row) noexcept {
  return weights.empty() ? 1 : weights[row];
}

/// A fold for each row, even in number and, of logistic loss, in classes.
[[nodiscard]] std::vector<std::uint8_t> deal_folds(std::span<const double> target, TreeLoss loss,
                                                   std::size_t folds, std::uint64_t seed);

/// The model of a target that is one value everywhere.
[[nodiscard]] FlatTreesParts constant_trees(const ScoreTable& table, const FitInput& input,
                                            TreeLoss loss);

class ColumnUses {
 public:
  explicit ColumnUses(const ScoreSchema& schema);
  void add(const GrownTree& tree);
  [[nodiscard]] std::vector<TreeColumnUse> take();

 private:
  std::vector<TreeColumnUse> uses_;
};

/// All columns of a table.
[[nodiscard]] std::vector<std::uint32_t> all_columns(std::size_t count);

}  // namespace emptor::detail
