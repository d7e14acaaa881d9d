// XGBoost on the telco churn table, and our import of its model.

#include "support/telco_data.hpp"
#include "support/catch.hpp"
#include "xgboost/comparison.hpp"
#include "xgboost/oracle.hpp"

using namespace emptor;
using test::XgboostBooster;
using test::XgboostRows;

TEST_CASE("telco: an imported model of XGBoost predicts the same", "[score][xgboost]") {
  const test::Telco telco = test::load_telco();
  XgboostRows rows(telco.table);
  rows.set("label", telco.churn);
  const XgboostBooster booster(rows,
                               {{"objective", "binary:logistic"},
                                {"tree_method", "hist"},
                                {"max_depth", "3"},
                                {"eta", "0.1"}},
                               100);
  const TreeModel model = test::imported(booster, test::of(telco.table));
  CHECK(test::greatest_difference(model, telco.table, booster.predict(rows)) < 1e-6);
  test::check_bits(model, telco.table, booster.predict(rows, XgboostBooster::Kind::margin));
}
