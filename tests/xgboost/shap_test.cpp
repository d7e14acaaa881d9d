// Contributions (pred_contribs) of XGBoost against our Shapley values of the same model.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "emptor/score/tree_shap.hpp"
#include "support/catch.hpp"
#include "xgboost/comparison.hpp"
#include "xgboost/oracle.hpp"
#include "xgboost/sample.hpp"

using namespace emptor;
using test::XgboostBooster;
using test::XgboostRows;

TEST_CASE("xgboost oracle: contributions are our Shapley values", "[score][xgboost]") {
  const test::XgboostSample sample = test::make_sample(8, 5'000);
  XgboostRows rows(sample.table);
  std::vector<double> target;
  for (const double s : sample.signal) target.push_back(s > 0 ? 1 : 0);
  rows.set("label", target);
  const XgboostBooster booster(
      rows, {{"objective", "binary:logistic"}, {"tree_method", "hist"}, {"base_score", "0.4"}}, 40);
  const TreeModel model = test::imported(booster, test::of(sample.table));
  const TreeShap shap(model);
  const std::size_t d = sample.table.columns();
  const std::span<const float> expected = booster.predict(rows, XgboostBooster::Kind::parts);
  REQUIRE(expected.size() == sample.table.rows() * (d + 1));
  std::vector<double> parts(d);
  double worst = 0;
  for (std::size_t i = 0; i < sample.table.rows(); ++i) {
    shap.explain(sample.table.row(i), parts);
    double sum = shap.expected();
    for (std::size_t c = 0; c < d; ++c) {
      worst = std::max(worst, std::abs(parts[c] - double{expected[i * (d + 1) + c]}));
      sum += parts[c];
    }
    worst = std::max(worst, std::abs(shap.expected() - double{expected[i * (d + 1) + d]}));
    REQUIRE(sum == Approx(model.trees().margin(sample.table.row(i))).epsilon(1e-9).margin(1e-9));
  }
  CHECK(worst < 1e-5);  // of XGBoost's single precision
}
