// Telco churn: the curve that R's survival computes.

#include "emptor/score/kaplan_meier.hpp"

#include <cmath>

#include "support/telco_survival.hpp"

using namespace emptor;

TEST_CASE("telco: the Kaplan-Meier curve and its errors are R's") {
  const test::TelcoLifetimes telco = test::telco_lifetimes();
  const SurvivalCurve curve = kaplan_meier(telco.view());
  CHECK(curve.customers == 7032);
  CHECK(curve.events == 1869);
  const auto expected = test::telco_rows("expected_km.csv");
  REQUIRE(curve.points.size() + 1 == expected.size());
  for (std::size_t i = 1; i < expected.size(); ++i) {
    const SurvivalPoint& point = curve.points[i - 1];
    CHECK(point.time == test::telco_number(expected[i][0]));
    CHECK(point.at_risk == test::telco_number(expected[i][1]));
    CHECK(point.events == test::telco_number(expected[i][2]));
    CHECK(std::abs(point.survival - test::telco_number(expected[i][3])) < 1e-12);
    CHECK(std::abs(point.log_error - test::telco_number(expected[i][4])) < 1e-12);
  }
}
