#pragma once

/// @file
/// Imported models against XGBoost's own predictions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "emptor/score/xgboost_model.hpp"
#include "support/catch.hpp"
#include "xgboost/oracle.hpp"

namespace emptor::test {

inline TreeModel imported(const XgboostBooster& booster, const XgboostOptions& options = {}) {
  Result<TreeModel> model = load_xgboost(booster.json(), options);
  INFO((model ? "" : model.error().to_string()));
  REQUIRE(model.has_value());
  return *std::move(model);
}

/// With the table's own schema, so that the tables fit.
inline XgboostOptions of(const ScoreTable& table) {
  XgboostOptions options;
  options.schema = table.schema();
  return options;
}

inline double greatest_difference(const TreeModel& model, const ScoreTable& table,
                                  std::span<const float> expected) {
  REQUIRE(expected.size() == table.rows());
  std::vector<double> scores(table.rows());
  model.score(table, scores);
  const bool exponential = model.trees().parts().link == TreeLink::exponential;
  double worst = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    // XGBoost has single precision: what is beyond 1 is relative, and so is a margin in exp.
    const double theirs = double{expected[i]};
    double scale = std::max(1.0, std::abs(theirs));
    if (exponential) scale *= std::max(1.0, std::abs(std::log(theirs)));
    worst = std::max(worst, std::abs(scores[i] - theirs) / scale);
  }
  return worst;
}

/// The margins must be XGBoost's to the bit when leaves are summed as it sums them.
inline void check_bits(const TreeModel& model, const ScoreTable& table,
                       std::span<const float> margins) {
  const FlatTreesParts& parts = model.trees().parts();
  const std::size_t rows = std::min<std::size_t>(table.rows(), 5000);
  std::size_t other = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    auto sum = static_cast<float>(parts.base);
    for (std::size_t t = 0; t < model.trees().trees(); ++t) {
      sum += parts.nodes[model.trees().leaf(t, table.row(i))].value;
    }
    other += sum == margins[i] ? 0U : 1U;
  }
  CHECK(other == 0);
}

}  // namespace emptor::test
