// Telco churn: the discrete-time hazards that R's glm finds in the table of 227,990 months.

#include "emptor/score/discrete_hazard.hpp"

#include <cmath>
#include <map>
#include <string>

#include "support/telco_survival.hpp"

using namespace emptor;

TEST_CASE("telco: a hazard a month is glm's of the expanded table") {
  // R 4.2.2: glm(y ~ 0 + factor(month) + Contract + …, binomial(link), epsilon = 1e-12), a row a
  // customer and month, the columns of the Cox regression. 9.8 and 9.5 s.
  const std::map<std::string, std::pair<double, double>> expected{
      {"Contract=One year", {-1.78106525735385, -1.7592410567991}},
      {"Contract=Two year", {-3.43152963571781, -3.3820648356401}},
      {"InternetService=Fiber optic", {0.18979682763009, 0.1828291680189}},
      {"InternetService=No", {-0.76183252077492, -0.7469044311904}},
      {"PaymentMethod=Credit card (automatic)", {-0.07015158088021, -0.0697960022064}},
      {"PaymentMethod=Electronic check", {0.58885817046033, 0.5803525767048}},
      {"PaymentMethod=Mailed check", {0.69188049242157, 0.6830668447186}},
      {"PaperlessBilling=Yes", {0.10332294154387, 0.1009029394721}},
      {"SeniorCitizen", {-0.13663670623432, -0.1339697849864}},
      {"Partner=Yes", {-0.59823048186442, -0.5900671439093}},
      {"Dependents=Yes", {-0.05860549264951, -0.0541440475390}},
      {"OnlineSecurity=Yes", {-0.68901677085197, -0.6801787964534}},
      {"TechSupport=Yes", {-0.48333409112676, -0.4783835201456}}};
  const test::TelcoLifetimes telco = test::telco_lifetimes();
  for (const HazardLink link : {HazardLink::logit, HazardLink::cloglog}) {
    const bool logit = link == HazardLink::logit;
    DiscreteHazardOptions options;
    options.link = link;
    options.least_events = 1;
    const DiscreteHazardFit fit = fit_discrete_hazard(telco.table, telco.view(), options);
    const DiscreteHazardReport& report = fit.report;
    CHECK(report.converged);
    CHECK_FALSE(report.separated);
    CHECK(report.person_periods == 227990);
    CHECK(report.events == 1869);
    CHECK(report.groups == 72);
    CHECK(std::abs(report.log_likelihood - (logit ? -8614.283257986 : -8614.025628626)) < 1e-6);
    std::size_t found = 0;
    for (const SurvivalCoefficient& coefficient : report.coefficients) {
      const auto at = expected.find(coefficient.name);
      CHECK(coefficient.dropped == (at == expected.end()));
      if (at == expected.end()) continue;
      ++found;
      INFO(coefficient.name);
      CHECK(std::abs(coefficient.value - (logit ? at->second.first : at->second.second)) < 1e-7);
    }
    CHECK(found == expected.size());
    if (logit) {
      CHECK(std::abs(report.coefficients[0].error - 0.0875000384570) < 1e-7);
      CHECK(std::abs(report.coefficients[1].error - 0.1662000373265) < 1e-7);
    }
    // Of a customer at every reference: DSL, monthly, bank transfer, nothing else.
    std::vector<float> row = telco.table.schema().row();
    const auto set = [&](const char* column, const char* category) {
      telco.table.schema().set(row, column, category);
    };
    set("Contract", "Month-to-month");
    set("InternetService", "DSL");
    set("PaymentMethod", "Bank transfer (automatic)");
    telco.table.schema().set(row, "SeniorCitizen", 0.0);
    for (const char* column :
         {"PaperlessBilling", "Partner", "Dependents", "OnlineSecurity", "TechSupport"}) {
      set(column, "No");
    }
    const double first = logit ? -2.44836393351788 : -2.4959008352282;
    CHECK(std::abs(fit.model.hazard(row, 0) -
                   (logit ? 1 / (1 + std::exp(-first)) : 1 - std::exp(-std::exp(first)))) < 1e-8);
    CHECK(report.concordance.concordance > .84);
  }
}
