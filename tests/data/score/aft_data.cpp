// Telco churn: the accelerated failure time models that R's survival computes.

#include "emptor/score/aft.hpp"

#include <cmath>
#include <map>
#include <string>

#include "support/telco_survival.hpp"

using namespace emptor;

namespace {

struct Expected {
  AftDistribution distribution;
  double null_likelihood, likelihood, intercept, scale, scale_error;
  std::map<std::string, std::pair<double, double>> coefficients;
};

}  // namespace

TEST_CASE("telco: accelerated failure times are survreg's") {
  // R 4.2.2, survival 3.5-3: survreg(Surv(tenure, Churn == "Yes") ~ Contract + …, dist = d,
  // rel.tolerance = 1e-14), the columns of the Cox regression.
  const Expected all[] = {{AftDistribution::weibull,
                           -10576.28659505,
                           -9054.48464362,
                           3.8871244965992,
                           1.15480019385,
                           0.0190800716371,
                           {{"Contract=One year", {1.8705583995990, 0.1003430336060}},
                            {"Contract=Two year", {3.2844128376859, 0.1831999023302}},
                            {"InternetService=Fiber optic", {-0.2084745565854, 0.0673084561884}},
                            {"InternetService=No", {0.8676553283916, 0.1326534948941}},
                            {"PaymentMethod=Mailed check", {-0.7969364254579, 0.1011597080949}},
                            {"SeniorCitizen", {0.1374303858496, 0.0646606298111}},
                            {"Dependents=Yes", {0.1019785760437, 0.0788476009391}},
                            {"TechSupport=Yes", {0.5708062113114, 0.0750373981528}}}},
                          {AftDistribution::exponential,
                           -10847.48581032,
                           -9084.83664934,
                           3.7695713079543,
                           1,
                           0,
                           {{"Contract=Two year", {2.9518566820804, 0.1534434286760}},
                            {"Partner=Yes", {0.5904344371832, 0.0533380498379}}}},
                          {AftDistribution::log_normal,
                           -10518.56450802,
                           -8966.90975784,
                           3.3044803605022,
                           1.6592560665,
                           0.0172899371656,
                           {{"Contract=Two year", {3.0479868548436, 0.1274663955871}},
                            {"PaperlessBilling=Yes", {-0.0884923068330, 0.0657664527509}}}},
                          {AftDistribution::log_logistic,
                           -10567.95460485,
                           -9025.71211029,
                           3.2952927065665,
                           0.950880210159,
                           0.0189800549757,
                           {{"Contract=Two year", {3.0918356488436, 0.1559492063378}},
                            {"OnlineSecurity=Yes", {0.8245720153039, 0.0776107857782}}}}};
  const test::TelcoLifetimes telco = test::telco_lifetimes();
  for (const Expected& expected : all) {
    const AftFit fit = fit_aft(telco.table, telco.view(), {.distribution = expected.distribution});
    const AftReport& report = fit.report;
    CHECK(report.converged);
    CHECK_FALSE((report.separated || report.no_spread));
    CHECK(std::abs(report.log_likelihood_null - expected.null_likelihood) < 1e-6);
    CHECK(std::abs(report.log_likelihood - expected.likelihood) < 1e-6);
    CHECK(std::abs(report.intercept.value - expected.intercept) < 1e-6);
    CHECK(std::abs(report.scale - expected.scale) < 1e-6);
    CHECK(std::abs(report.log_scale.error - expected.scale_error) < 1e-6);
    std::size_t found = 0;
    for (const SurvivalCoefficient& coefficient : report.coefficients) {
      const auto at = expected.coefficients.find(coefficient.name);
      if (at == expected.coefficients.end()) continue;
      INFO(coefficient.name);
      ++found;
      CHECK(std::abs(coefficient.value - at->second.first) < 1e-6);
      CHECK(std::abs(coefficient.error - at->second.second) < 1e-6);
    }
    CHECK(found == expected.coefficients.size());
    CHECK(report.coefficients[11].dropped);  // no internet service: known before
    CHECK(report.coefficients[13].dropped);
  }
}
