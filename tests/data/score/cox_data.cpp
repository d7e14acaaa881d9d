// Telco churn: the Cox regression that R's survival computes.

#include "emptor/score/cox.hpp"

#include <cmath>

#include "support/telco_survival.hpp"

using namespace emptor;

TEST_CASE("telco: Cox coefficients, errors, likelihood and concordance are R's") {
  const test::TelcoLifetimes telco = test::telco_lifetimes();
  const FittedCox fit = fit_cox(telco.table, telco.view());
  const CoxReport& report = fit.report;
  const auto expected = test::telco_rows("expected_cox.csv");
  REQUIRE(report.coefficients.size() + 1 == expected.size());
  for (std::size_t i = 1; i < expected.size(); ++i) {
    const SurvivalCoefficient& coefficient = report.coefficients[i - 1];
    INFO(coefficient.name);
    CHECK(coefficient.dropped == (expected[i][1] == "NA"));
    if (coefficient.dropped) {
      CHECK(coefficient.value == 0);
      continue;
    }
    // R ends at a relative gain of 1e-9, this fit at 1e-12: the largest difference is 2.1e-5.
    CHECK(std::abs(coefficient.value - test::telco_number(expected[i][1])) < 1e-4);
    CHECK(std::abs(coefficient.error - test::telco_number(expected[i][3])) < 1e-4);
    CHECK(std::abs(coefficient.z - test::telco_number(expected[i][4])) < 1e-3);
    CHECK(std::abs(coefficient.p_value / test::telco_number(expected[i][5]) - 1) < 1e-2);
  }
  CHECK(std::abs(report.log_likelihood + 14040.43) < .005);
  CHECK(std::abs(report.concordance.concordance - .8484) < 5e-5);
  CHECK(report.converged);
  CHECK_FALSE(report.separated);
}
