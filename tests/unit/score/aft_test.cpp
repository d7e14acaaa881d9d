// Accelerated failure time models with the figures of R's survreg, functions of a fitted one
// against integrals, and awkward input.

#include "emptor/score/aft.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/survival_data.hpp"

using namespace emptor;

namespace {

ScoreTable group_table(const test::Lifetimes& data) {
  const std::vector<double> group(data.group.begin(), data.group.end());
  return ScoreTableBuilder().number("x", group).finish();
}

constexpr AftDistribution every_distribution[] = {
    AftDistribution::weibull, AftDistribution::exponential, AftDistribution::log_normal,
    AftDistribution::log_logistic};

/// The area under the survival curve beyond `age`, over the survival there, by the trapezoids of
/// the double exponential rule in log time.
double integrated_remaining(const AftModel& model, std::span<const float> row, double age) {
  double sum = 0;
  const double step = 1.0 / 512;
  for (double u = -6; u < 6.4; u += step) {
    const double inner = std::exp(std::exp(u) - std::exp(-u));
    const double slope = inner * (std::exp(u) + std::exp(-u));
    sum += model.survival(row, age + inner) * slope;
  }
  return step * sum / model.survival(row, age);
}

}  // namespace

TEST_CASE("AFT of Freireich's remissions is survreg's") {
  // R 4.2.2, survival 3.5-3: survreg(Surv(time, event) ~ x, dist = d, rel.tolerance = 1e-14).
  struct Expected {
    AftDistribution distribution;
    double intercept, x, scale, null_likelihood, likelihood, intercept_error, x_error, scale_error;
  };
  const Expected all[] = {
      {AftDistribution::weibull, 2.24835235908, 1.26733458742, 0.732194404084, -116.405406980,
       -106.579491582, 0.165971793090, 0.310639935976, 0.147291882578},
      {AftDistribution::exponential, 2.15948424935, 1.52661356180, 1, -116.766656916,
       -108.524049537, 0.218217890236, 0.398409536445, 0},
      {AftDistribution::log_normal, 1.82512102015, 1.34684668201, 0.923868779821, -115.392979497,
       -106.704622354, 0.201604695987, 0.316497884329, 0.132323657800},
      {AftDistribution::log_logistic, 1.89269057842, 1.26546338489, 0.546553330402, -115.351113256,
       -107.661417160, 0.207619605883, 0.325661257993, 0.150122059486}};
  const test::Lifetimes data = test::freireich();
  for (const Expected& expected : all) {
    const AftFit fit =
        fit_aft(group_table(data), data.view(), {.distribution = expected.distribution});
    const AftReport& report = fit.report;
    CHECK(report.converged);
    CHECK(report.intercept.value == Approx(expected.intercept).epsilon(1e-8));
    CHECK(report.intercept.error == Approx(expected.intercept_error).epsilon(1e-7));
    CHECK(report.coefficients[0].value == Approx(expected.x).epsilon(1e-8));
    CHECK(report.coefficients[0].error == Approx(expected.x_error).epsilon(1e-7));
    CHECK(report.scale == Approx(expected.scale).epsilon(1e-8));
    CHECK(report.log_scale.error == Approx(expected.scale_error).epsilon(1e-7));
    CHECK(report.log_likelihood_null == Approx(expected.null_likelihood).epsilon(1e-10));
    CHECK(report.log_likelihood == Approx(expected.likelihood).epsilon(1e-10));
    CHECK(report.aic == Approx(-2 * expected.likelihood +
                               (expected.distribution == AftDistribution::exponential ? 4 : 6)));
    CHECK_FALSE((report.separated || report.no_spread || report.no_events));
    const std::vector<float> treated{1};
    CHECK(fit.model.intercept() - fit.model.score(treated) ==
          Approx(expected.intercept + expected.x).epsilon(1e-8));
  }
}

TEST_CASE("AFT of ovarian: coefficients and quantiles are survreg's") {
  // survreg(Surv(futime, fustat) ~ age + ecog.ps, ovarian), ages rounded to a float's precision as
  // a table has them; predict(…, type = "quantile", p = c(.1, .5)) at age 50, ecog.ps 1.
  const test::Ovarian data;
  const ScoreTable table =
      ScoreTableBuilder().number("age", data.age).number("ecog", data.ecog).finish();
  const AftFit fit = fit_aft(table, {.time = data.time, .event = data.event});
  CHECK(fit.report.intercept.value == Approx(12.28496763151072).epsilon(1e-8));
  CHECK(fit.report.intercept.error == Approx(1.50152253093713).epsilon(1e-7));
  CHECK(fit.report.coefficients[0].value == Approx(-0.09702669816187).epsilon(1e-7));
  CHECK(fit.report.coefficients[0].error == Approx(0.02351009662223).epsilon(1e-7));
  CHECK(fit.report.coefficients[1].value == Approx(0.09977336908734).epsilon(1e-7));
  CHECK(fit.report.coefficients[1].error == Approx(0.36573337678998).epsilon(1e-7));
  CHECK(fit.report.scale == Approx(0.60327444911751).epsilon(1e-8));
  CHECK(fit.report.log_likelihood == Approx(-89.96517785196409).epsilon(1e-11));
  CHECK(fit.report.likelihood_ratio.chi_square ==
        Approx(2 * (97.95390104713077 - 89.96517785196409)).epsilon(1e-9));
  const std::vector<float> row{50, 1};
  CHECK(fit.model.quantile(row, .1) == Approx(480.9758124179).epsilon(1e-7));
  CHECK(fit.model.quantile(row, .5) == Approx(1498.6173753423).epsilon(1e-7));
}

TEST_CASE("AFT: survival, quantiles, hazards and means of a model fit together") {
  const ScoreSchema schema({{.name = "x", .kind = ScoreColumnKind::number, .categories = {}}});
  const SurvivalTerms terms(schema, {0.5}, {1}, {});
  const std::vector<float> row{2};
  for (const AftDistribution kind : every_distribution) {
    for (const double scale : {0.05, 0.3, 0.8, 1.0, 1.7, 3.0}) {
      if (kind == AftDistribution::exponential && scale != 1) continue;
      const AftModel model(terms, kind, 2, scale);
      CHECK(model.score(row) == .5);
      const double typical = model.quantile(row, .5);
      CHECK(model.survival(row, typical) == Approx(.5).epsilon(1e-12));
      CHECK(model.survival(row, 0) == 1);
      CHECK(model.loss_within(row, 0, typical) == Approx(.5).epsilon(1e-12));
      CHECK(model.loss_within(row, -3, typical) == Approx(.5).epsilon(1e-12));
      CHECK(model.loss_within(row, 3, 0) == 0);
      for (const double age : {0.0, 1e-3, .7, 2.0, 30.0}) {
        if (!(model.survival(row, age) > 1e-200)) continue;
        INFO("distribution " << static_cast<int>(kind) << ", scale " << scale << ", age " << age);
        const double left = model.remaining_quantile(row, age, .3);
        // A time is known to 1e-16 of itself, what is left of it less well.
        const double near = 1e-11 * (1 + age / left);
        CHECK(model.loss_within(row, age, left) == Approx(.3).epsilon(near));
        if (age > 0) {
          const double step = 1e-4 * std::min(age, scale * age);
          const double slope = (std::log(model.survival(row, age - step)) -
                                std::log(model.survival(row, age + step))) /
                               (2 * step);
          const double drift = std::abs(std::log(model.survival(row, age)));
          CHECK(model.hazard(row, age) ==
                Approx(slope).epsilon(1e-4).margin(1e-12 * (1 + drift) / step));
        }
        if (kind == AftDistribution::log_logistic && scale >= .75) continue;  // hardly a mean
        CHECK(model.expected_remaining(row, age) ==
              Approx(integrated_remaining(model, row, age)).epsilon(1e-8));
      }
    }
  }
  CHECK(std::isinf(AftModel(terms, AftDistribution::log_logistic, 0, 1).expected_time(row)));
  CHECK(AftModel(terms, AftDistribution::weibull, 2, .5).expected_time(row) ==
        Approx(std::exp(1.5) * std::tgamma(1.5)).epsilon(1e-13));
  CHECK(AftModel(terms, AftDistribution::exponential, 2, 1).hazard(row, 5) ==
        Approx(std::exp(-1.5)).epsilon(1e-13));
}

TEST_CASE("AFT: functions of rows and times at the ends are answered") {
  const double infinite = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const ScoreSchema schema({{.name = "x", .kind = ScoreColumnKind::number, .categories = {}}});
  const SurvivalTerms terms(schema, {0.5}, {1}, {});
  const float big = std::numeric_limits<float>::infinity();
  for (const AftDistribution kind : every_distribution) {
    const AftModel model(terms, kind, 2, kind == AftDistribution::exponential ? 1 : .4);
    for (const float x : {-big, -3e38F, 0.F, 3e38F, big, missing_value}) {
      const std::vector<float> row{x};
      for (const double time : {-1., 0., 1e-300, 5., 1e300, infinite, nan}) {
        INFO("distribution " << static_cast<int>(kind) << ", x " << x << ", time " << time);
        const double survival = model.survival(row, time);
        CHECK((survival >= 0 && survival <= 1));
        const double loss = model.loss_within(row, time, 1);
        CHECK((loss >= 0 && loss <= 1));
        CHECK(model.remaining_quantile(row, time, .5) >= 0);
        CHECK_FALSE(std::isnan(model.expected_remaining(row, time)));
        CHECK_FALSE(std::isnan(model.hazard(row, time)));
      }
    }
    CHECK(model.quantile(std::vector<float>{1}, 0) == 0);
    CHECK(std::isinf(model.quantile(std::vector<float>{1}, 1)));
  }
  CHECK_THROWS_AS(AftModel(terms, AftDistribution::weibull, nan, 1), Exception);
  CHECK_THROWS_AS(AftModel(terms, AftDistribution::weibull, 0, 0), Exception);
  CHECK_THROWS_AS(AftModel(terms, AftDistribution::exponential, 0, 2), Exception);
}

TEST_CASE("AFT: nobody lost, nobody at all, all lost at once, one loss, times of 0") {
  const std::vector<double> time{1, 2, 3, 4}, same{3, 3, 3, 3};
  const ScoreTable table =
      ScoreTableBuilder().number("x", {1, 5, 2, 7}).category("c", {"a", "b", "a", "b"}).finish();
  const std::vector<std::uint8_t> none{0, 0, 0, 0}, early{1, 0, 0, 0}, late{0, 0, 0, 1},
      all{1, 1, 1, 1};
  for (const AftDistribution kind : every_distribution) {
    const AftOptions options{.distribution = kind};
    const AftFit stayed = fit_aft(table, {.time = time, .event = none}, options);
    CHECK(stayed.report.no_events);
    CHECK(stayed.report.converged);
    CHECK(stayed.model.intercept() == Approx(std::log(20)));  // half a loss in ten of time
    CHECK(stayed.model.scale() == 1);
    CHECK(stayed.report.concordance.concordance == .5);
    for (const auto& events : {early, late, all}) {
      for (const auto& when : {time, same}) {
        const AftFit fit = fit_aft(table, {.time = when, .event = events}, options);
        for (const SurvivalCoefficient& coefficient : fit.report.coefficients) {
          CHECK(std::isfinite(coefficient.value));
          CHECK(std::isfinite(coefficient.error));
        }
        CHECK(std::isfinite(fit.report.log_likelihood));
        CHECK(std::isfinite(fit.report.intercept.error));
        CHECK(fit.report.scale > 0);
        const double survival = fit.model.survival(table.row(0), 2.5);
        CHECK((survival >= 0 && survival <= 1));
        if (kind != AftDistribution::exponential && (when == same || events == late)) {
          CHECK(fit.report.no_spread);
          CHECK(fit.report.scale < 1.1e-6);
        }
      }
    }
    const AftFit nobody = fit_aft(ScoreTable{}, {}, options);
    CHECK(nobody.report.customers == 0);
    CHECK(nobody.report.no_events);
  }
  const AftFit at_once = fit_aft(table, {.time = same, .event = all});
  CHECK(at_once.model.quantile(table.row(0), .5) == Approx(3).epsilon(1e-5));

  const std::vector<double> from_zero{0, 2, 3, 0};
  const std::vector<std::uint8_t> two{1, 1, 1, 0};
  const AftFit zero = fit_aft(table, {.time = from_zero, .event = two},
                              {.distribution = AftDistribution::exponential});
  CHECK(zero.report.at_zero == 2);
  CHECK(zero.report.customers == 2);
  CHECK(zero.report.events == 2);
}

TEST_CASE("AFT: separation is flagged and finite, a ridge keeps it small") {
  std::vector<double> time, x;
  std::vector<std::uint8_t> event;
  for (int i = 0; i < 40; ++i) {
    time.push_back(1 + i % 20);
    event.push_back(i < 20 ? 1 : 0);
    x.push_back(i < 20 ? 1 : 0);
  }
  const ScoreTable table = ScoreTableBuilder().number("x", x).finish();
  const SurvivalTimes times{.time = time, .event = event};
  for (const AftDistribution kind : every_distribution) {
    const AftFit fit = fit_aft(table, times, {.distribution = kind});
    CHECK(fit.report.separated);
    CHECK(fit.report.coefficients[0].unbounded);
    CHECK(fit.report.converged);
    CHECK(std::isfinite(fit.report.coefficients[0].value));
    CHECK(std::isfinite(fit.report.log_likelihood));
    const AftFit ridge = fit_aft(table, times, {.distribution = kind, .ridge = 1});
    CHECK_FALSE(ridge.report.separated);
    CHECK(std::abs(ridge.report.coefficients[0].value) <
          std::abs(fit.report.coefficients[0].value));
  }
}

TEST_CASE("AFT: the unit of time moves the intercept only") {
  const test::Lifetimes data = test::freireich();
  const AftFit weeks = fit_aft(group_table(data), data.view());
  for (const double unit : {1e-300, 1e-9, 604800.0, 1e300}) {
    test::Lifetimes other = data;
    for (double& t : other.time) t *= unit;
    const AftFit fit = fit_aft(group_table(other), other.view());
    CHECK(fit.report.converged);
    CHECK(fit.report.coefficients[0].value ==
          Approx(weeks.report.coefficients[0].value).epsilon(1e-9));
    CHECK(fit.report.scale == Approx(weeks.report.scale).epsilon(1e-9));
    CHECK(fit.report.intercept.value - std::log(unit) ==
          Approx(weeks.report.intercept.value).epsilon(1e-9));
    CHECK(fit.report.log_likelihood + fit.report.events * std::log(unit) ==
          Approx(weeks.report.log_likelihood).epsilon(1e-9));
    CHECK(fit.model.quantile(std::vector<float>{1}, .5) / unit ==
          Approx(weeks.model.quantile(std::vector<float>{1}, .5)).epsilon(1e-9));
  }
}

TEST_CASE("AFT: late entries of an exponential take nothing but their time away") {
  // Without memory: the same as lives that begin at the entry.
  const std::vector<double> time{3, 5, 6, 9}, entry{1, 0, 4, -2}, rest{2, 5, 2, 9};
  const std::vector<std::uint8_t> event{1, 0, 1, 1};
  const ScoreTable table = ScoreTableBuilder().number("x", {1, 2, 4, 3}).finish();
  const AftOptions options{.distribution = AftDistribution::exponential};
  const AftFit late = fit_aft(table, {.time = time, .event = event, .entry = entry}, options);
  const AftFit whole = fit_aft(table, {.time = rest, .event = event}, options);
  CHECK(late.report.intercept.value == Approx(whole.report.intercept.value).epsilon(1e-9));
  CHECK(late.report.coefficients[0].value ==
        Approx(whole.report.coefficients[0].value).epsilon(1e-9));
  CHECK(late.report.log_likelihood == Approx(whole.report.log_likelihood).epsilon(1e-12));
}

TEST_CASE("AFT: dependent and constant columns are dropped, parts add up, archives come back") {
  const test::Lifetimes data = test::aml();
  std::vector<double> x(data.group.begin(), data.group.end()), constant(x.size(), 4), other;
  std::vector<std::string> c;
  for (std::size_t i = 0; i < x.size(); ++i) {
    other.push_back(7 - 2 * x[i]);
    c.emplace_back(i % 3 == 0 ? "b" : "a");
  }
  x[4] = other[4] = std::numeric_limits<double>::quiet_NaN();
  const ScoreTable table = ScoreTableBuilder()
                               .number("x", x)
                               .number("constant", constant)
                               .number("other", other)
                               .category("c", c)
                               .finish();
  const AftFit fit = fit_aft(table, data.view());
  CHECK(fit.report.incomplete == 1);
  CHECK(fit.report.customers == 22);
  CHECK_FALSE(fit.report.coefficients[0].dropped);
  CHECK(fit.report.coefficients[1].dropped);
  CHECK(fit.report.coefficients[2].dropped);
  CHECK(fit.report.coefficients[3].name == "c=b");
  CHECK_FALSE(fit.report.coefficients[3].dropped);
  CHECK(fit.model.score(table.schema().row()) == 0);
  std::vector<double> parts(4), scores(table.rows());
  fit.model.score(table, scores);
  for (std::size_t r = 0; r < table.rows(); ++r) {
    fit.model.parts(table.row(r), parts);
    CHECK(parts[0] + parts[1] + parts[2] + parts[3] == scores[r]);
  }
  const Result<AftModel> loaded = AftModel::load(fit.model.save());
  REQUIRE(loaded.has_value());
  CHECK(*loaded == fit.model);
  std::vector<std::byte> cut = fit.model.save();
  cut.pop_back();
  CHECK_FALSE(AftModel::load(cut).has_value());
  CHECK_THROWS_AS(static_cast<void>(fit_aft(table, data.view(), {.ridge = -1})), Exception);
  CHECK_THROWS_AS(static_cast<void>(fit_aft(table, data.view(), {.tolerance = 0})), Exception);
  CHECK_THROWS_AS(static_cast<void>(fit_aft(table, {})), Exception);
}
