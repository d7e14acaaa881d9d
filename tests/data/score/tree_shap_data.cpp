// Parts of the churn scores of the IBM telco table add up to the margins, and name the columns that
// the churn of telephone customers is known for.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/tree_shap.hpp"
#include "support/catch.hpp"
#include "support/telco_data.hpp"

namespace {

using namespace emptor;

TEST_CASE("parts of telco churn scores add up to the margins") {
  const test::Telco data = test::load_telco();
  BoostingOptions options;
  options.rounds = 200;
  options.patience = 0;
  options.max_depth = 5;
  const TreeModel model = fit_boosting(data.table, data.churn, options).model;
  const TreeShap shap(model);
  const std::size_t d = shap.columns();
  Context context;
  context.kernels = &native_kernels();
  Matrix<double> parts(data.table.rows(), d);
  shap.explain(data.table, parts, context);
  std::vector<double> alone(d);
  double worst = 0;
  double apart = 0;
  for (std::size_t r = 0; r < data.table.rows(); ++r) {
    const std::span<const double> row = std::as_const(parts).row(r);
    const double sum = std::accumulate(row.begin(), row.end(), shap.expected());
    worst = std::max(worst, std::abs(sum - model.trees().margin(data.table.row(r))));
    if (r % 10 != 0) continue;
    shap.explain(data.table.row(r), alone);
    for (std::size_t c = 0; c < d; ++c) apart = std::max(apart, std::abs(alone[c] - row[c]));
  }
  CHECK(worst < 1e-12);
  CHECK(apart < 1e-13);
  const ShapImportance importance = shap.importance(data.table, context);
  CHECK(importance.columns.front().column == "Contract");
  CHECK(importance.columns.front().importance > 0.3);
  CHECK(importance.columns.back().importance < 0.05);
}

}  // namespace
