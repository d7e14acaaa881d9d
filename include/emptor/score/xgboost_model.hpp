#pragma once
// Models that XGBoost trained, scored by the runtime of trees: import of its JSON files.
//
//     Result<TreeModel> model = load_xgboost(text_of_file);   // of booster.save_model("m.json")
//     double p = model->score(row);                           // what XGBoost's predict says
//
// Read are the boosters gbtree and dart, forests (num_parallel_tree), categorical splits, missing
// values and the formats of XGBoost 1.3 to 3.4, as its source writes them: Tianqi Chen, Carlos
// Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016, doi:10.1145/2939672.2939785, and
// src/learner.cc, src/gbm/gbtree_model.cc, src/tree/tree_model.cc of github.com/dmlc/xgboost. Not
// read: UBJSON and the old binary format (save the model as .json), trees with vectors as leaves
// (multi_strategy), objectives of one's own unless as margins.
//
// The scores are XGBoost's: leaves are summed in double here and in float there, so they differ by
// its rounding, some 1e-7 of the margin. Two things are said by nobody in the file:
// - Rows must have the columns' order of training, categories their codes. Without `schema`, names
//   come from the file, else they are f0, f1, …; categories are named as the file of XGBoost 3
//   names them, else by their codes, of which there are as many as any split asks about. A code
//   beyond is missing, as everywhere in `score`, whereas XGBoost sends it left.
// - After early stopping, XGBoost's C API and Booster.predict use all rounds, its scikit-learn
//   interface those up to the best one: `rounds`, `to_best_round`.
//
// Untrusted files: any bytes give a model or an error whose `where` is a JSON pointer
// ("/learner/…"), or line:column where the text is no JSON. Memory: up to 50 bytes a byte of the
// file while reading (numbers: 8 each), thereafter FlatTrees'. Thread safety: pure.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/flat_trees.hpp"
#include "emptor/score/linear_predictor.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/tree_model.hpp"

namespace emptor {

/// What a file may ask for: columns and categories of all outputs together, words of 32 categories
/// of all categorical splits.
inline constexpr std::size_t max_xgboost_schema = std::size_t{1} << 22U;
inline constexpr std::size_t max_xgboost_words = std::size_t{1} << 26U;

struct XgboostOptions {
  std::size_t rounds = 0;      ///< of boosting to use, from the first; 0: all
  bool to_best_round = false;  ///< use the rounds up to the file's best_iteration; not with rounds
  /// Scores are margins, of whatever objective: also binary:hinge and one's own.
  bool margins = false;
  /// The columns in the order of training, with their categories by code.
  std::optional<ScoreSchema> schema{};
};

/// A model of one output. `score` is a probability (binary:logistic, reg:logistic), exp(margin)
/// (count:poisson, reg:gamma, reg:tweedie, survival:cox, survival:aft), or the margin (reg:…,
/// rank:…, binary:logitraw). Errors: `corrupt`, `unsupported`; `invalid_option`, `invalid_shape`
/// for options that do not fit the file. O(bytes).
[[nodiscard]] EMPTOR_API Result<TreeModel> load_xgboost(std::string_view json,
                                                        const XgboostOptions& options = {});

/// One model an output: classes of multi:softprob and multi:softmax, as margins for
/// `softmax_scores`; several targets. Of one output a list of one.
[[nodiscard]] EMPTOR_API Result<std::vector<TreeModel>> load_xgboost_outputs(
    std::string_view json, const XgboostOptions& options = {});

/// A row's probabilities by class from models whose scores are margins: k classes, k
/// probabilities that add up to 1. No allocation.
EMPTOR_API void softmax_scores(std::span<const TreeModel> classes, std::span<const float> row,
                               std::span<double> out) noexcept;

/// The booster gblinear: a missing value counts as 0.
struct XgboostLinear {
  LinearPredictor predictor;  ///< of the margin; parts are 0 at 0, not at the mean
  TreeLink link = TreeLink::identity;

  [[nodiscard]] EMPTOR_API double score(std::span<const float> row) const noexcept;
};
/// `rounds` and `to_best_round` do not apply.
[[nodiscard]] EMPTOR_API Result<XgboostLinear> load_xgboost_linear(
    std::string_view json, const XgboostOptions& options = {});

}  // namespace emptor
