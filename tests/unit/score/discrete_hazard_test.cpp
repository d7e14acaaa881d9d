// Discrete-time hazards against regressions on the table of customers and periods, and awkward
// input.

#include "emptor/score/discrete_hazard.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/cox.hpp"
#include "emptor/score/logistic.hpp"
#include "support/catch.hpp"
#include "support/survival_data.hpp"

using namespace emptor;

namespace {

constexpr HazardLink both_links[] = {HazardLink::logit, HazardLink::cloglog};

}  // namespace

TEST_CASE("discrete hazards of Freireich's remissions are glm's of the expanded table") {
  // R 4.2.2: glm(y ~ 0 + factor(cut(week, c(0, 5, 10, 15, 20, 99))) + x, binomial(link)), a row a
  // week at risk (541). Errors: from the observed information (optimHess).
  const double logit[] = {-2.36665846803, -1.86664864006, -1.63729234410,
                          -2.20482163003, -1.20850705123, -1.84095166951};
  const double cloglog[] = {-2.40791346512, -1.95777310691, -1.71109620048,
                            -2.26538033065, -1.27560738743, -1.78809312708};
  const test::Lifetimes data = test::freireich();
  // Each customer a row for each of the five, whose weeks differ by a category.
  std::vector<std::string> when;
  std::vector<double> x, entry, time;
  std::vector<std::uint8_t> event;
  const double cuts[] = {0, 5, 10, 15, 20, 99};
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    for (std::size_t k = 0; k < 5 && cuts[k] < data.time[i]; ++k) {
      when.emplace_back(1, static_cast<char>('1' + k));
      x.push_back(data.group[i]);
      entry.push_back(cuts[k]);
      time.push_back(std::min(data.time[i], cuts[k + 1]));
      event.push_back(data.time[i] <= cuts[k + 1] ? data.event[i] : 0);
    }
  }
  const ScoreTable table = ScoreTableBuilder().category("when", when).number("x", x).finish();
  const SurvivalTimes times{.time = time, .event = event, .entry = entry};
  for (const HazardLink link : both_links) {
    // One baseline for all weeks: what is left is the category, a column that changes with time.
    const DiscreteHazardFit fit =
        fit_discrete_hazard(table, times, {.link = link, .least_events = 1e9});
    const double* expected = link == HazardLink::logit ? logit : cloglog;
    CHECK(fit.report.converged);
    CHECK(fit.report.groups == 1);
    CHECK(fit.report.person_periods == 541);
    CHECK(fit.report.events == 30);
    REQUIRE(fit.report.coefficients.size() == 5);
    for (std::size_t k = 1; k < 5; ++k) {
      CHECK(std::abs(fit.report.coefficients[k - 1].value - (expected[k] - expected[0])) < 1e-8);
    }
    CHECK(std::abs(fit.report.coefficients[4].value - expected[5]) < 1e-8);
    CHECK(std::abs(fit.report.coefficients[4].error -
                   (link == HazardLink::logit ? 0.446534670666 : 0.43240072)) < 1e-7);
    CHECK(std::abs(fit.report.log_likelihood -
                   (link == HazardLink::logit ? -105.332092207 : -105.304219992)) < 1e-8);
    const std::vector<float> row{1, 1};  // treated, weeks 6 to 10
    const double linear = expected[1] + expected[5];
    CHECK(fit.model.hazard(row, 7) == Approx(link == HazardLink::logit
                                                 ? 1 / (1 + std::exp(-linear))
                                                 : 1 - std::exp(-std::exp(linear)))
                                          .epsilon(1e-8));
  }
}

TEST_CASE("discrete hazards: a baseline a period is the logistic regression of the table") {
  RandomStream random(3);
  std::vector<double> a, time, entry, weight;
  std::vector<std::string> b;
  std::vector<std::uint8_t> event;
  for (int i = 0; i < 300; ++i) {
    a.push_back(random.normal());
    b.emplace_back(1, static_cast<char>('a' + random.below(3)));
    entry.push_back(random.below(3) == 0 ? random.below(3) : 0);
    time.push_back(entry.back() + 1 + random.below(5));
    event.push_back(random.uniform() < .4 ? 1 : 0);
    weight.push_back(1 + random.below(3));
  }
  const ScoreTable table = ScoreTableBuilder().number("a", a).category("b", b).finish();
  const DiscreteHazardFit fit = fit_discrete_hazard(
      table, {.time = time, .event = event, .entry = entry, .weight = weight}, {.least_events = 1});
  std::vector<double> long_a, target, weights;
  std::vector<std::string> long_b, period;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (double k = entry[i] + 1; k <= time[i]; ++k) {
      long_a.push_back(a[i]);
      long_b.push_back(b[i]);
      period.push_back(std::to_string(static_cast<int>(k)));
      target.push_back(k == time[i] && event[i] != 0 ? 1 : 0);
      weights.push_back(weight[i]);
    }
  }
  const ScoreTable expanded = ScoreTableBuilder()
                                  .number("a", long_a)
                                  .category("b", long_b)
                                  .category("period", period)
                                  .finish();
  const LogisticFit logistic =
      fit_logistic(expanded, target, {.l2 = 0, .tolerance = 1e-15}, weights);
  CHECK(fit.report.groups == 7);
  CHECK(fit.report.log_likelihood == Approx(logistic.report.log_likelihood).epsilon(1e-12));
  const SurvivalCoefficient& own = fit.report.coefficients[0];
  CHECK(own.value == Approx(logistic.report.coefficients[0].value).epsilon(1e-8));
  CHECK(own.error == Approx(logistic.report.coefficients[0].standard_error).epsilon(1e-7));
  for (std::size_t r = 0; r < expanded.rows(); r += 7) {
    const std::vector<float> row{expanded.row(r)[0], expanded.row(r)[1]};
    const std::size_t k = static_cast<std::size_t>(std::stoi(period[r])) - 1;
    CHECK(fit.model.hazard(row, k) == Approx(logistic.model.score(expanded.row(r))).epsilon(1e-7));
  }
  // The errors of baselines: the reference period's is the intercept's of a regression at means.
  for (const HazardPeriod& of : fit.report.periods) {
    CHECK(of.error > 0);
    CHECK(of.error < 1);
  }
}

TEST_CASE("discrete hazards: cloglog of grouped times comes near to Cox") {
  RandomStream random(5);
  std::vector<double> x, time, grouped;
  std::vector<std::uint8_t> event;
  for (int i = 0; i < 4000; ++i) {
    x.push_back(random.normal());
    const double t = -std::log(1 - random.uniform()) * 20 / std::exp(.7 * x.back());
    time.push_back(std::min(t, 30.0));
    event.push_back(t < 30 ? 1 : 0);
    grouped.push_back(std::max(1.0, std::ceil(time.back())));
  }
  const ScoreTable table = ScoreTableBuilder().number("x", x).finish();
  const FittedCox cox = fit_cox(table, {.time = time, .event = event});
  const DiscreteHazardFit fit =
      fit_discrete_hazard(table, {.time = grouped, .event = event}, {.link = HazardLink::cloglog});
  CHECK(std::abs(fit.report.coefficients[0].value - cox.report.coefficients[0].value) < .005);
  CHECK(std::abs(fit.report.coefficients[0].error - cox.report.coefficients[0].error) < .002);
  const std::vector<float> row{1};
  for (const double t : {3., 10., 25.}) {
    CHECK(std::abs(fit.model.survival(row, t) - cox.model.survival(row, t)) < .005);
  }
}

TEST_CASE("discrete hazards: no columns give life tables, groups pool periods") {
  const std::vector<double> time{1, 1, 2, 2, 3, 3, 4, 4};
  const std::vector<std::uint8_t> event{1, 0, 1, 1, 0, 1, 1, 0};
  const ScoreTable table = ScoreTableBuilder().number("x", std::vector<double>(8, 7)).finish();
  const SurvivalTimes times{.time = time, .event = event};
  const DiscreteHazardFit each = fit_discrete_hazard(table, times, {.least_events = 1});
  CHECK(each.report.coefficients[0].dropped);
  REQUIRE(each.report.periods.size() == 4);
  const double hazards[] = {1. / 8, 2. / 6, 1. / 4, 1. / 2};
  double survival = 1;
  std::vector<double> curve(6);
  const std::vector<float> row{7};
  each.model.survival_curve(row, curve);
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(each.report.periods[k].hazard == Approx(hazards[k]).epsilon(1e-12));
    CHECK(each.model.hazard(row, k) == Approx(hazards[k]).epsilon(1e-12));
    survival *= 1 - hazards[k];
    CHECK(each.report.periods[k].survival == Approx(survival).epsilon(1e-12));
    CHECK(curve[k] == Approx(survival).epsilon(1e-12));
    CHECK(each.model.survival(row, static_cast<double>(k + 1)) == Approx(survival).epsilon(1e-12));
    // The error of a proportion's log odds.
    const double n = each.report.periods[k].at_risk;
    CHECK(each.report.periods[k].error ==
          Approx(1 / std::sqrt(n * hazards[k] * (1 - hazards[k]))).epsilon(1e-6));
  }
  CHECK(curve[5] == Approx(survival / 4).epsilon(1e-12));  // the last hazard goes on
  CHECK(each.model.survival(row, 1.5) == Approx(7. / 8 * std::sqrt(4. / 6)).epsilon(1e-12));
  CHECK(each.model.loss_within(row, 1, 1) == Approx(1. / 3).epsilon(1e-12));
  CHECK(each.model.loss_within(row, 4.5, 2) == Approx(.75).epsilon(1e-12));
  CHECK(each.model.survival(row, each.model.quantile(row, .4)) == Approx(.6).epsilon(1e-12));
  CHECK(each.model.survival(row, each.model.quantile(row, .97)) == Approx(.03).epsilon(1e-12));
  const DiscreteHazardFit pooled = fit_discrete_hazard(table, times, {.least_events = 2});
  CHECK(pooled.report.groups == 2);  // 1 and 2, 3 and 4
  CHECK(pooled.report.periods[0].hazard == Approx(3. / 14).epsilon(1e-12));
  CHECK(pooled.report.periods[3].hazard == Approx(2. / 6).epsilon(1e-12));
  // Baselines of ever more smoothing come to a line.
  const DiscreteHazardFit line =
      fit_discrete_hazard(table, times, {.least_events = 1, .smoothing = 1e9});
  for (std::size_t k = 0; k + 2 < 4; ++k) {
    const auto& p = line.report.periods;
    CHECK(std::abs(p[k].baseline - 2 * p[k + 1].baseline + p[k + 2].baseline) < 1e-6);
  }
  CHECK(line.report.log_likelihood < each.report.log_likelihood);
}

TEST_CASE("discrete hazards: a period counts when half of it was seen") {
  const ScoreTable table = ScoreTableBuilder().number("x", std::vector<double>(7, 7)).finish();
  const std::vector<double> time{1.4, 1.5, 0, 0, .3, 2.2, 9}, entry{-1, -1, -1, -1, -1, .6, .4};
  const std::vector<std::uint8_t> event{0, 0, 0, 1, 1, 1, 0};
  const SurvivalTimes times{.time = time, .event = event, .entry = entry};
  const DiscreteHazardFit fit =
      fit_discrete_hazard(table, times, {.ends = {1, 2, 2.5}, .least_events = 1});
  REQUIRE(fit.report.periods.size() == 3);
  // 1: the first two, two losses, the last; 2: 1.5 is half; 3: the loss of 2.2, and the last.
  CHECK(fit.report.periods[0].at_risk == 5);
  CHECK(fit.report.periods[0].events == 2);
  CHECK(fit.report.periods[1].at_risk == 3);
  CHECK(fit.report.periods[2].at_risk == 2);
  CHECK(fit.report.periods[2].events == 1);
  CHECK(fit.report.unseen == 1);  // there at 0 is all that is known
  CHECK(fit.report.person_periods == 10);
  // Beyond the last end losses are not looked at.
  const std::vector<std::uint8_t> later{0, 0, 0, 1, 1, 1, 1};
  const DiscreteHazardFit same =
      fit_discrete_hazard(table, {.time = time, .event = later, .entry = entry},
                          {.ends = {1, 2, 2.5}, .least_events = 1});
  CHECK(same.report.events == 3);
  // Tenths are periods although none is a binary fraction.
  std::vector<double> tenths;
  for (int i = 1; i <= 7; ++i) tenths.push_back(i * .1 + (i == 3 ? 1e-12 : 0));
  const DiscreteHazardFit fine =
      fit_discrete_hazard(table, {.time = tenths, .event = later}, {.width = .1});
  CHECK(fine.report.periods.size() == 7);
  CHECK(fine.report.person_periods == 28);
}

TEST_CASE("discrete hazards: nobody lost, nobody, all at once, separation") {
  const std::vector<double> time{1, 2, 3, 4}, same{3, 3, 3, 3}, zeros{0, 0, 0, 0};
  const ScoreTable table =
      ScoreTableBuilder().number("x", {1, 5, 2, 7}).category("c", {"a", "b", "a", "b"}).finish();
  const std::vector<std::uint8_t> none{0, 0, 0, 0}, one{0, 1, 0, 0}, all{1, 1, 1, 1};
  for (const HazardLink link : both_links) {
    const DiscreteHazardFit stayed =
        fit_discrete_hazard(table, {.time = time, .event = none}, {.link = link});
    CHECK(stayed.report.no_events);
    CHECK(stayed.model.hazard(table.row(0), 2) == Approx(.5 / 11).epsilon(1e-12));
    for (const auto& events : {one, all}) {
      for (const auto& when : {time, same, zeros}) {
        for (const double least : {1., 10.}) {
          const DiscreteHazardFit fit = fit_discrete_hazard(table, {.time = when, .event = events},
                                                            {.link = link, .least_events = least});
          CHECK(fit.report.converged);
          for (const SurvivalCoefficient& coefficient : fit.report.coefficients) {
            CHECK(std::isfinite(coefficient.value));
            CHECK(std::isfinite(coefficient.error));
          }
          for (const HazardPeriod& period : fit.report.periods) {
            CHECK(std::isfinite(period.baseline));
            CHECK((period.hazard >= 0 && period.hazard <= 1));
          }
          CHECK(std::isfinite(fit.report.log_likelihood));
          // Alike times share one hazard of 4 losses in 12 periods.
          if (events == all && least == 1) CHECK(fit.report.separated == (when != same));
        }
      }
    }
    const DiscreteHazardFit nobody = fit_discrete_hazard(ScoreTable{}, {}, {.link = link});
    CHECK(nobody.report.no_events);
    CHECK(nobody.model.ends().size() == 1);
    const DiscreteHazardFit unseen =
        fit_discrete_hazard(table, {.time = zeros, .event = none}, {.link = link});
    CHECK(unseen.report.unseen == 4);

    std::vector<double> x, lived;
    std::vector<std::uint8_t> lost;
    for (int i = 0; i < 40; ++i) {
      lived.push_back(1 + i % 10);
      lost.push_back(i < 20 ? 1 : 0);
      x.push_back(i < 20 ? 1 : 0);
    }
    const ScoreTable apart = ScoreTableBuilder().number("x", x).finish();
    const SurvivalTimes times{.time = lived, .event = lost};
    const DiscreteHazardFit fit = fit_discrete_hazard(apart, times, {.link = link});
    CHECK(fit.report.separated);
    CHECK(fit.report.coefficients[0].unbounded);
    CHECK(fit.report.converged);
    const DiscreteHazardFit ridge = fit_discrete_hazard(apart, times, {.link = link, .ridge = 1});
    CHECK_FALSE(ridge.report.coefficients[0].unbounded);
    CHECK(ridge.report.coefficients[0].value < fit.report.coefficients[0].value);
  }
}

TEST_CASE("discrete hazards: rows and times at the ends, parts, archives, options") {
  const double infinite = std::numeric_limits<double>::infinity();
  const test::Lifetimes data = test::aml();
  std::vector<double> x(data.group.begin(), data.group.end());
  std::vector<std::string> c;
  for (std::size_t i = 0; i < x.size(); ++i) c.emplace_back(i % 3 == 0 ? "b" : "a");
  x[4] = std::numeric_limits<double>::quiet_NaN();
  const ScoreTable table = ScoreTableBuilder().number("x", x).category("c", c).finish();
  const float big = std::numeric_limits<float>::infinity();
  for (const HazardLink link : both_links) {
    const DiscreteHazardFit fit =
        fit_discrete_hazard(table, data.view(), {.link = link, .width = 4, .least_events = 3});
    CHECK(fit.report.incomplete == 1);
    CHECK(fit.report.customers == 22);
    CHECK(fit.model.score(table.schema().row()) == 0);
    std::vector<double> parts(2), scores(table.rows());
    fit.model.score(table, scores);
    for (std::size_t r = 0; r < table.rows(); ++r) {
      fit.model.parts(table.row(r), parts);
      CHECK(parts[0] + parts[1] == scores[r]);
    }
    for (const float value : {-big, -3e38F, 3e38F, big, missing_value}) {
      const std::vector<float> row{value, 9};
      for (const double time : {-1., 0., 1e-300, 5., 1e300, infinite}) {
        const double survival = fit.model.survival(row, time);
        CHECK((survival >= 0 && survival <= 1));
        const double loss = fit.model.loss_within(row, time, 1);
        CHECK((loss >= 0 && loss <= 1));
      }
      CHECK(fit.model.quantile(row, .5) >= 0);
      CHECK(fit.model.quantile(row, 0) == 0);
    }
    const Result<DiscreteHazardModel> loaded = DiscreteHazardModel::load(fit.model.save());
    REQUIRE(loaded.has_value());
    CHECK(*loaded == fit.model);
    std::vector<std::byte> cut = fit.model.save();
    cut.pop_back();
    CHECK_FALSE(DiscreteHazardModel::load(cut).has_value());
  }
  const auto refused = [&](const DiscreteHazardOptions& options) {
    CHECK_THROWS_AS(static_cast<void>(fit_discrete_hazard(table, data.view(), options)), Exception);
  };
  refused({.width = 0});
  refused({.width = 1e-9});
  refused({.ends = {2, 1}});
  refused({.ends = {0, 1}});
  refused({.least_events = 0});
  refused({.smoothing = -1});
  refused({.ridge = -1});
  CHECK_THROWS_AS(static_cast<void>(fit_discrete_hazard(table, {})), Exception);
}
