#pragma once
// Linear regression on score tables: least squares, ridge, lasso, elastic net. Columns, penalties,
// sources and costs as in score/logistic.hpp; the loss of a row is half its squared residual.

#include <cstddef>
#include <span>
#include <vector>

#include "emptor/score/logistic.hpp"

namespace emptor {

struct LinearOptions {
  double l1 = 0;                  ///< penalty of absolute standardised coefficients, >= 0
  double l2 = penalty_by_rows;    ///< of half their squares, >= 0, or penalty_by_rows
  std::size_t iterations = 50;    ///< at most, >= 1
  double tolerance = 1e-12;       ///< stop when a step promises less of the variance; > 0
  std::size_t most_levels = 255;  ///< as LogisticOptions
};

class LinearModel {
 public:
  explicit LinearModel(LinearPredictor predictor) : predictor_(std::move(predictor)) {}
  [[nodiscard]] const ScoreSchema& schema() const noexcept { return predictor_.schema(); }
  [[nodiscard]] const LinearPredictor& predictor() const noexcept { return predictor_; }
  /// The expected value. The row must be as long as the schema.
  [[nodiscard]] double score(std::span<const float> row) const noexcept {
    return predictor_.value(row);
  }
  void score(const ScoreTable& table, std::span<double> out, const Context& context = {}) const {
    predictor_.values(table, out, context);
  }
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<LinearModel> load(std::span<const std::byte> bytes);

 private:
  LinearPredictor predictor_;
};

struct LinearFit {
  LinearModel model;
  LinearReport report;
};

/// `target`: a row, at most 1e100 in size. Throws as `fit_logistic`.
[[nodiscard]] EMPTOR_API LinearFit fit_linear(const ScoreTable& table,
                                              std::span<const double> target,
                                              const LinearOptions& options = {},
                                              std::span<const double> weights = {},
                                              const Context& context = {});

}  // namespace emptor
