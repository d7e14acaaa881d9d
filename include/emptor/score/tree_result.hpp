#pragma once
// What is told about a fit of trees. Plain data; thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emptor {

/// Of squared loss a number is fitted, of logistic loss the probability of 1.
enum class TreeLoss : std::uint8_t { logistic, squared };

/// What a column does in the trees, most gain first.
struct TreeColumnUse {
  std::string column;
  double gain = 0;   ///< loss that its splits took away, in units of weight
  double cover = 0;  ///< weight of the rows that its splits divided
  std::size_t splits = 0;
};

struct BoostingRound {
  double train_loss = 0;
  double validation_loss = 0;  ///< NaN without validation
};

struct BoostingReport {
  std::size_t rows = 0;
  double weight = 0;
  /// Mean log loss or mean squared error after each round; of the search for the number of rounds
  /// when there was one (then train and validation are means over its folds), else of the fit.
  std::vector<BoostingRound> rounds{};
  std::size_t trees = 0;         ///< of the model
  std::size_t max_depth = 0;     ///< that was allowed, or chosen
  std::size_t folds = 0;         ///< that chose the number of rounds; 0: none did
  bool constant_target = false;  ///< one class only, or one value: the model is a constant
  bool stopped = false;          ///< by the caller's progress callback
  std::vector<TreeColumnUse> columns{};
};

struct RandomForestReport {
  std::size_t rows = 0;
  double weight = 0;
  std::size_t trees = 0;
  double min_leaf_weight = 0;  ///< that was used
  std::size_t out_of_bag_rows = 0;
  double out_of_bag_squared_error = 0;  ///< of classification: the Brier score; NaN: no such rows
  double out_of_bag_log_loss = 0;       ///< NaN for regression; probabilities kept off 0 and 1
  bool constant_target = false;
  bool stopped = false;
  std::vector<TreeColumnUse> columns{};
};

/// One of the nested subtrees of cost-complexity pruning.
struct PrunedSize {
  double complexity = 0;  ///< the least penalty a leaf that leads to this tree
  std::size_t leaves = 0;
  double train_error = 0;       ///< mean squared error
  double validation_error = 0;  ///< mean over the folds; NaN without
};

struct DecisionTreeReport {
  std::size_t rows = 0;
  double weight = 0;
  std::size_t leaves = 0;
  std::size_t depth = 0;
  double complexity = 0;              ///< penalty a leaf that was used
  std::vector<PrunedSize> pruning{};  ///< from the whole tree to its root
  bool constant_target = false;
  std::vector<TreeColumnUse> columns{};
};

}  // namespace emptor
