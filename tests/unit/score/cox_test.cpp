// Cox regressions with published coefficients, and awkward input.

#include "emptor/score/cox.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "emptor/score/aft.hpp"
#include "emptor/score/credit_card.hpp"
#include "emptor/score/discrete_hazard.hpp"
#include "support/catch.hpp"
#include "support/survival_data.hpp"

using namespace emptor;

namespace {

ScoreTable group_table(const test::Lifetimes& data) {
  std::vector<double> group(data.group.begin(), data.group.end());
  ScoreTableBuilder builder;
  builder.number("x", group);
  return builder.finish();
}

}  // namespace

TEST_CASE("Cox of aml: coefficient and tests as R prints them") {
  // coxph(Surv(time, status) ~ x, aml): coef .9155, se .5119, z 1.788, p .0737; likelihood ratio
  // 3.38 (p .06581), Wald 3.2 (.0737), score 3.42 (.06454).
  const test::Lifetimes data = test::aml();
  const FittedCox fit = fit_cox(group_table(data), data.view());
  REQUIRE(fit.report.coefficients.size() == 1);
  const SurvivalCoefficient& x = fit.report.coefficients[0];
  CHECK(x.value == Approx(.9155).margin(5e-5));
  CHECK(x.error == Approx(.5119).margin(5e-5));
  CHECK(x.z == Approx(1.788).margin(5e-4));
  CHECK(x.p_value == Approx(.0737).margin(5e-5));
  CHECK(fit.report.likelihood_ratio.p_value == Approx(.06581).margin(5e-6));
  CHECK(fit.report.wald.p_value == Approx(.0737).margin(5e-5));
  CHECK(fit.report.score.p_value == Approx(.06454).margin(5e-6));
  CHECK(fit.report.converged);
  CHECK_FALSE(fit.report.separated);
}

TEST_CASE("Cox of Freireich's remissions: Efron's and Breslow's ties") {
  // Efron 1.5721 (.4124), Breslow 1.5092 (.4096): R and SAS; log-likelihoods of Breslow -93.985 and
  // -86.380.
  const test::Lifetimes data = test::freireich();
  const ScoreTable table = group_table(data);
  const FittedCox efron = fit_cox(table, data.view());
  CHECK(efron.report.coefficients[0].value == Approx(-1.5721).margin(5e-5));
  CHECK(efron.report.coefficients[0].error == Approx(.4124).margin(5e-5));
  const FittedCox breslow = fit_cox(table, data.view(), {.ties = CoxTies::breslow});
  CHECK(breslow.report.coefficients[0].value == Approx(-1.5092).margin(5e-5));
  CHECK(breslow.report.coefficients[0].error == Approx(.4096).margin(5e-5));
  CHECK(breslow.report.log_likelihood_null == Approx(-93.985).margin(5e-4));
  CHECK(breslow.report.log_likelihood == Approx(-86.380).margin(5e-4));
}

TEST_CASE("Cox of ovarian: do hazards stay proportional") {
  // cox.zph(coxph(Surv(futime, fustat) ~ age + ecog.ps, ovarian)) of Grambsch and Therneau's
  // original form: .856 (p .355), 2.545 (.111), global 3.195 (.202).
  const test::Ovarian data;
  ScoreTableBuilder builder;
  builder.number("age", data.age).number("ecog", data.ecog);
  const FittedCox fit = fit_cox(builder.finish(), {.time = data.time, .event = data.event});
  REQUIRE(fit.report.drift.size() == 3);
  CHECK(fit.report.drift[0].test.chi_square == Approx(.856).margin(6e-4));
  CHECK(fit.report.drift[1].test.chi_square == Approx(2.545).margin(6e-4));
  CHECK(fit.report.drift[2].test.chi_square == Approx(3.195).margin(6e-4));
  CHECK(fit.report.drift[2].test.p_value == Approx(.202).margin(6e-4));
}

TEST_CASE("Cox: without covariates the baseline is Nelson and Aalen's") {
  const std::vector<double> time{1, 2, 2, 3, 4};
  const std::vector<std::uint8_t> event{1, 1, 1, 0, 1};
  ScoreTableBuilder builder;
  builder.number("same", {7, 7, 7, 7, 7});
  const ScoreTable table = builder.finish();
  const FittedCox efron = fit_cox(table, {.time = time, .event = event});
  CHECK(efron.report.coefficients[0].dropped);
  CHECK(efron.model.cumulative_hazard(2) == Approx(1. / 5 + 1. / 4 + 1. / 3).epsilon(1e-14));
  const FittedCox breslow =
      fit_cox(table, {.time = time, .event = event}, {.ties = CoxTies::breslow});
  CHECK(breslow.model.cumulative_hazard(2) == Approx(1. / 5 + 2. / 4).epsilon(1e-14));
  CHECK(breslow.model.cumulative_hazard(.9) == 0);
  CHECK(breslow.model.cumulative_hazard(99) == Approx(1. / 5 + 2. / 4 + 1).epsilon(1e-14));
  const std::vector<float> row{7};
  CHECK(breslow.model.survival(row, 2) == Approx(std::exp(-.7)).epsilon(1e-14));
  CHECK(breslow.model.loss_within(row, 1, 1) == Approx(1 - std::exp(-.5)).epsilon(1e-14));
  CHECK(breslow.model.survival(row, 2, 5) == 1);  // no such stratum
}

TEST_CASE("Cox: separation is flagged and finite, a ridge keeps it small") {
  std::vector<double> time, x;
  std::vector<std::uint8_t> event;
  for (int i = 0; i < 20; ++i) {
    time.push_back(1 + i);
    event.push_back(1);
    x.push_back(i < 10 ? 1 : 0);
  }
  ScoreTableBuilder builder;
  builder.number("x", x);
  const ScoreTable table = builder.finish();
  const SurvivalTimes times{.time = time, .event = event};
  const FittedCox fit = fit_cox(table, times);
  CHECK(fit.report.separated);
  CHECK(fit.report.coefficients[0].unbounded);
  CHECK(std::isfinite(fit.report.coefficients[0].value));
  CHECK(fit.report.coefficients[0].value > 10);
  CHECK(std::isfinite(fit.report.log_likelihood));
  CHECK(std::isfinite(fit.model.survival(table.row(0), 5)));
  const FittedCox ridge = fit_cox(table, times, {.ridge = 1});
  CHECK_FALSE(ridge.report.separated);
  CHECK(ridge.report.coefficients[0].value < 6);
}

TEST_CASE("Cox: nobody lost, one loss, nobody at all, all lost at once") {
  const std::vector<double> time{1, 2, 3, 4};
  ScoreTableBuilder builder;
  builder.number("x", {1, 5, 2, 7}).category("c", {"a", "b", "a", "b"});
  const ScoreTable table = builder.finish();
  const std::vector<std::uint8_t> none{0, 0, 0, 0}, one{0, 1, 0, 0}, all{1, 1, 1, 1};
  const FittedCox stayed = fit_cox(table, {.time = time, .event = none});
  CHECK(stayed.report.no_events);
  CHECK(stayed.report.converged);
  CHECK(stayed.model.score(table.row(1)) == 0);
  CHECK(stayed.model.survival(table.row(1), 10) == 1);
  CHECK(stayed.report.concordance.concordance == .5);
  for (const auto& events : {one, all}) {
    const std::vector<double> same{3, 3, 3, 3};
    for (const auto& when : {time, same}) {
      const FittedCox fit = fit_cox(table, {.time = when, .event = events});
      for (const SurvivalCoefficient& coefficient : fit.report.coefficients) {
        CHECK(std::isfinite(coefficient.value));
        CHECK(std::isfinite(coefficient.error));
      }
      CHECK(std::isfinite(fit.report.log_likelihood));
    }
  }
  const FittedCox nobody = fit_cox(ScoreTable{}, {});
  CHECK(nobody.report.customers == 0);
  CHECK(nobody.report.no_events);
}

TEST_CASE("Cox: a column without any value is dropped and leaves the others as they are") {
  const test::Lifetimes data = test::aml();
  const std::vector<double> x(data.group.begin(), data.group.end());
  ScoreTableBuilder alone, with;
  alone.number("x", x);
  with.number("x", x)
      .number("none", std::vector<double>(x.size(), missing_value))
      .category("nothing", std::vector<std::string>(x.size()));
  const FittedCox expected = fit_cox(alone.finish(), data.view());
  const ScoreTable table = with.finish();
  const FittedCox fit = fit_cox(table, data.view());
  CHECK(fit.report.incomplete == 0);
  REQUIRE(fit.report.coefficients.size() == 2);
  CHECK(fit.report.coefficients[0].value == expected.report.coefficients[0].value);
  CHECK(fit.report.coefficients[1].dropped);
  const std::vector<float> row{1, 7, missing_value};
  CHECK(fit.model.score(row) == expected.model.score(std::vector<float>{1}));
}

TEST_CASE("models refuse a table whose categories have other codes") {
  ScoreTableBuilder fitted, other;
  const std::vector<double> time{1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<std::uint8_t> event{1, 1, 0, 1, 1, 0, 1, 1};
  fitted.category("c", {"a", "b", "a", "b", "a", "b", "b", "a"});
  other.category("c", {"b", "a"});
  const ScoreTable table = fitted.finish();
  const ScoreTable later = other.finish();
  const SurvivalTimes times{.time = time, .event = event};
  const std::vector<double> bad(event.begin(), event.end());
  std::vector<double> out(2);
  const auto refuses = [&](const auto& model) {
    CHECK_THROWS_AS(model.score(later, out), Exception);
    CHECK_NOTHROW(model.score(map_rows(later, model.schema()).table, out));
    CHECK(out[0] == model.score(table.row(1)));
  };
  refuses(fit_cox(table, times).model);
  refuses(fit_aft(table, times).model);
  refuses(fit_discrete_hazard(table, times).model);
  refuses(fit_credit_card(table, bad).model);
}

TEST_CASE("survival regressions refuse categories of a thousand levels and name the column") {
  std::vector<std::string> ids;
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  for (std::size_t i = 0; i < max_survival_coefficients + 2; ++i) {
    ids.push_back(std::to_string(i));
    time.push_back(static_cast<double>(1 + i % 9));
    event.push_back(static_cast<std::uint8_t>(i % 2));
  }
  ScoreTableBuilder builder;
  builder.number("x", time).category("id", ids);
  const ScoreTable table = builder.finish();
  try {
    static_cast<void>(fit_cox(table, {.time = time, .event = event}));
    FAIL("not refused");
  } catch (const Exception& error) {
    CHECK(error.code() == ErrorCode::invalid_shape);
    CHECK(error.error().message.find("'id' has 1002 categories") != std::string::npos);
  }
}

TEST_CASE("Cox: missing values are left out of the fit and average in scoring; parts add up") {
  const test::Lifetimes data = test::aml();
  std::vector<double> x(data.group.begin(), data.group.end());
  std::vector<std::string> c;
  for (std::size_t i = 0; i < x.size(); ++i) c.emplace_back(i % 3 == 0 ? "b" : "a");
  x[4] = std::numeric_limits<double>::quiet_NaN();
  ScoreTableBuilder builder;
  builder.number("x", x).category("c", c);
  const ScoreTable table = builder.finish();
  const FittedCox fit = fit_cox(table, data.view());
  CHECK(fit.report.incomplete == 1);
  CHECK(fit.report.customers == 22);
  CHECK(fit.report.coefficients[1].name == "c=b");
  CHECK(fit.model.score(table.schema().row()) == 0);
  std::vector<double> parts(2), scores(table.rows());
  fit.model.score(table, scores);
  for (std::size_t r = 0; r < table.rows(); ++r) {
    fit.model.parts(table.row(r), parts);
    CHECK(parts[0] + parts[1] == scores[r]);
  }
  const std::vector<float> unseen{1, 9};
  const std::vector<float> unknown{1, missing_value};
  CHECK(fit.model.score(unseen) == fit.model.score(unknown));

  const Result<CoxModel> loaded = CoxModel::load(fit.model.save());
  REQUIRE(loaded.has_value());
  CHECK(*loaded == fit.model);
  std::vector<std::byte> cut = fit.model.save();
  cut.pop_back();
  CHECK_FALSE(CoxModel::load(cut).has_value());
}

TEST_CASE("Cox: strata twice give the same coefficients, options are checked") {
  const test::Lifetimes data = test::aml();
  test::Lifetimes twice = data;
  std::vector<std::uint32_t> stratum(data.time.size(), 0);
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    twice.time.push_back(data.time[i] * 3);
    twice.event.push_back(data.event[i]);
    twice.group.push_back(data.group[i]);
    stratum.push_back(8);
  }
  SurvivalTimes times = twice.view();
  times.stratum = stratum;
  const FittedCox once = fit_cox(group_table(data), data.view());
  const FittedCox both = fit_cox(group_table(twice), times);
  CHECK(both.report.coefficients[0].value ==
        Approx(once.report.coefficients[0].value).epsilon(1e-9));
  CHECK(both.report.log_likelihood == Approx(2 * once.report.log_likelihood).epsilon(1e-12));
  REQUIRE(both.model.baseline().size() == 2);
  CHECK(both.model.baseline()[1].stratum == 8);
  CHECK(both.model.cumulative_hazard(69, 8) ==
        Approx(once.model.cumulative_hazard(23)).epsilon(1e-9));
  CHECK_THROWS_AS(static_cast<void>(fit_cox(group_table(data), data.view(), {.ridge = -1})),
                  Exception);
  CHECK_THROWS_AS(static_cast<void>(fit_cox(group_table(data), twice.view())), Exception);
}
