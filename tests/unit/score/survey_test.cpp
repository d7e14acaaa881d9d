#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/score/survey_response.hpp"
#include "emptor/score/survey_sampling.hpp"
#include "emptor/score/survey_weights.hpp"
#include "support/catch.hpp"

using namespace emptor;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

const std::vector<std::uint32_t> age = {0, 0, 1, 1, 2, 0, 1, 2, 0, 1, 2, 1};
const std::vector<std::uint32_t> sex = {0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0};
const std::vector<double> old_weights = {1, 2, .5, 1.5, 1, 3, 2, .25, 1, 1, .75, 2};

}  // namespace

TEST_CASE("answers that a margin of error takes", "[survey]") {
  // Robert V. Krejcie, Daryle W. Morgan, "Determining sample size for research activities", Educ.
  // and Psychological Measurement 30, 1970, doi:10.1177/001316447003000308, table 1: 278 of 1,000,
  // 384 of a million (rounded there; 385 by the ceiling), 80 of 100.
  SurveySizeOptions options;
  CHECK(survey_sample_size(options).answers == 385);
  options.population = 1000;
  CHECK(survey_sample_size(options).answers == 278);
  options.population = 100;
  CHECK(survey_sample_size(options).answers == 80);
  options.response_rate = 0.5;
  const SurveySampleSize few = survey_sample_size(options);
  CHECK_FALSE(few.reachable);
  CHECK(few.invitations == 100);
  options.population = 0;
  options.design_effect = 1.5;
  CHECK(survey_sample_size(options).answers == 577);
  CHECK(survey_sample_size(options).invitations == 1154);
  options.deviation = 1;  // an NPS within 5 points
  options.design_effect = 1;
  CHECK(survey_sample_size(options).answers == 1537);
  options.margin = 1e-12;
  CHECK_THROWS_AS(survey_sample_size(options), Exception);
  options.margin = 0;
  CHECK_THROWS_AS(survey_sample_size(options), Exception);
}

TEST_CASE("allocation to strata has the least variance of all whole numbers", "[survey]") {
  const std::vector<SurveyStratum> strata = {{40, 3}, {25, 1}, {60, 2}};
  const auto variance = [&](const std::vector<std::uint64_t>& n) {
    double sum = 0;
    for (std::size_t s = 0; s < 3; ++s) {
      const double size = static_cast<double>(strata[s].population) * strata[s].deviation;
      sum += size * size / static_cast<double>(n[s]);
    }
    return sum;
  };
  for (std::uint64_t answers = 3; answers <= 60; ++answers) {
    const auto found = allocate_survey(strata, answers, SurveyAllocation::neyman);
    CHECK(std::accumulate(found.begin(), found.end(), std::uint64_t{0}) == answers);
    double best = 1e300;
    for (std::uint64_t a = 1; a + 2 <= answers && a <= 40; ++a) {
      for (std::uint64_t b = 1; a + b + 1 <= answers && b <= 25; ++b) {
        if (answers - a - b <= 60) best = std::min(best, variance({a, b, answers - a - b}));
      }
    }
    CHECK_THAT(variance(found), WithinRel(best, 1e-12));
  }
  CHECK(allocate_survey(strata, 25) == std::vector<std::uint64_t>{8, 5, 12});
  CHECK(allocate_survey(strata, 1000) == std::vector<std::uint64_t>{40, 25, 60});
  CHECK(allocate_survey(strata, 0, SurveyAllocation::proportional, 0) ==
        std::vector<std::uint64_t>{0, 0, 0});
  const std::vector<SurveyStratum> odd = {{0, 1}, {5, 0}, {5, 1}};
  CHECK(allocate_survey(odd, 4, SurveyAllocation::neyman, 0) ==
        std::vector<std::uint64_t>{0, 0, 4});
  CHECK(allocate_survey(odd, 7, SurveyAllocation::neyman, 1) ==
        std::vector<std::uint64_t>{0, 2, 5});
  CHECK_THROWS_AS(allocate_survey(strata, 2), Exception);
  CHECK_THROWS_AS(allocate_survey(std::vector<SurveyStratum>{{1, -1}}, 1), Exception);
  CHECK(allocate_survey({}, 0).empty());
}

TEST_CASE("selection keeps quarantine and does not depend on the order", "[survey]") {
  const Time now{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}};
  std::vector<SurveyCandidate> frame;
  for (std::uint32_t c = 0; c < 400; ++c) {
    Time asked = never_asked;
    if (c % 4 == 0) asked = now - std::chrono::days{30};
    if (c % 4 == 1) asked = now - std::chrono::days{90};
    frame.push_back({Customer{c}, c % 3, asked});
  }
  const std::vector<std::uint64_t> wanted = {20, 30, 1000};
  const SurveySelection found = select_survey(frame, wanted, now);
  CHECK(found.strata[0].chosen == 20);
  CHECK(found.strata[1].chosen == 30);
  CHECK(found.strata[0].quarantined + found.strata[1].quarantined + found.strata[2].quarantined ==
        100);
  CHECK(found.strata[2].chosen == found.strata[2].population - found.strata[2].quarantined);
  double sum = 0;
  std::set<std::uint32_t> chosen;
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    CHECK(found.rows[i] % 4 != 0);
    sum += found.weights[i];
    chosen.insert(found.rows[i]);
  }
  CHECK(chosen.size() == found.rows.size());
  CHECK_THAT(sum, WithinRel(400.0, 1e-12));

  std::vector<SurveyCandidate> turned(frame.rbegin(), frame.rend());
  const SurveySelection again = select_survey(turned, wanted, now);
  std::set<std::uint32_t> others;
  for (const std::uint32_t row : again.rows) others.insert(399 - row);
  CHECK(others == chosen);
  SurveySelectionOptions options;
  options.seed = 2;
  CHECK(select_survey(frame, wanted, now, options).rows != found.rows);

  options.draw = SurveyDraw::systematic;
  options.quarantine = std::chrono::days{0};
  const std::vector<std::uint64_t> few = {10};
  const SurveySelection spread = select_survey(frame, few, now, options);
  REQUIRE(spread.rows.size() == 10);
  for (std::size_t i = 1; i < 10; ++i) {
    const auto step = spread.rows[i] - spread.rows[i - 1];
    CHECK((step == 39 || step == 42));
  }
  CHECK(select_survey({}, few, now).rows.empty());
  frame[0].stratum = 1U << 24U;
  CHECK_THROWS_AS(select_survey(frame, few, now), Exception);
}

TEST_CASE("every customer is as likely to be chosen", "[survey]") {
  std::vector<SurveyCandidate> frame;
  for (std::uint32_t c = 0; c < 20; ++c) frame.push_back({Customer{c}, 0, never_asked});
  std::vector<int> times(20, 0);
  const std::vector<std::uint64_t> wanted = {5};
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    SurveySelectionOptions options;
    options.seed = seed;
    for (const std::uint32_t row : select_survey(frame, wanted, Time{}, options).rows) ++times[row];
  }
  for (const int count : times) CHECK(std::abs(count - 1000) < 4.5 * std::sqrt(750.0));
}

TEST_CASE("raking and post-stratification as R's survey package has them", "[survey]") {
  // survey 4.1-1: rake(epsilon = 1e-13) and postStratify().
  const double raked[] = {0.538454983980477, 1.76412004271873, 0.465369065304449, 2.28700704735595,
                          1.87371321892959,  1.61536495194143, 1.86147626121779,  0.468428304732398,
                          0.882060021359364, 1.52467136490397, 0.857858476338055, 1.86147626121779};
  const double stratified[] = {0.685714285714286,
                               1.37142857142857,
                               0.571428571428571,
                               1.71428571428571,
                               1.6,
                               2.05714285714286,
                               2.28571428571429,
                               0.4,
                               0.685714285714286,
                               1.14285714285714,
                               1.2,
                               2.28571428571429};
  const std::vector<SurveyMargin> both = {{"age", age, {3, 5, 2}}, {"sex", sex, {.45, .55}}};
  const SurveyWeights found = rake_survey(both, {}, old_weights);
  CHECK(found.report.converged);
  CHECK(found.report.largest_error <= 1e-10);
  for (std::size_t i = 0; i < 12; ++i) CHECK_THAT(found.weights[i], WithinRel(raked[i], 1e-8));
  REQUIRE(found.report.levels.size() == 5);
  CHECK(found.report.levels[3].margin == "sex");
  CHECK(found.report.levels[3].rows == 6);
  CHECK_THAT(found.report.levels[3].before, WithinRel(9.25 / 16, 1e-12));
  CHECK_THAT(found.report.levels[3].after, WithinAbs(.45, 1e-10));
  const SurveyWeights one = rake_survey(std::span(both).first(1), {}, old_weights);
  for (std::size_t i = 0; i < 12; ++i) CHECK_THAT(one.weights[i], WithinRel(stratified[i], 1e-12));
  CHECK(one.report.iterations == 1);
}

TEST_CASE("raking with bounds, empty levels and unknown ones", "[survey]") {
  const std::vector<SurveyMargin> steep = {{"age", age, {.8, .1, .1}}};
  SurveyRakingOptions options;
  options.most_factor = 1.5;
  options.iterations = 50;
  const SurveyWeights cut = rake_survey(steep, options);
  CHECK_FALSE(cut.report.converged);
  CHECK(cut.report.trimmed > 0);
  CHECK(cut.report.largest_error > 0.01);
  CHECK(cut.report.levels[0].after < 0.8);

  const std::vector<SurveyMargin> empty = {{"age", age, {.25, .5, .15, .1}}};
  const SurveyWeights reached = rake_survey(empty);
  CHECK_THAT(reached.report.unreachable, WithinAbs(.1, 1e-12));
  CHECK(reached.report.converged);
  CHECK_THAT(reached.report.levels[1].after, WithinAbs(.5 / .9, 1e-10));

  std::vector<std::uint32_t> some = sex;
  some[0] = some[1] = some[2] = unknown_level;
  const std::vector<SurveyMargin> part = {{"sex", some, {.5, .5}}};
  const SurveyWeights kept = rake_survey(part);
  CHECK_THAT(kept.weights[0], WithinRel(1.0, 1e-10));
  CHECK(kept.report.levels.back().level == unknown_level);
  CHECK_THAT(kept.report.levels.back().after, WithinAbs(.25, 1e-10));

  const std::vector<SurveyMargin> none = {{"age", age, {0, 1, 0}}};
  const SurveyWeights only = rake_survey(none);
  CHECK(only.weights[0] == 0);
  CHECK(only.report.without_weight == 7);
  CHECK_THAT(std::accumulate(only.weights.begin(), only.weights.end(), 0.0), WithinRel(12.0, 1e-9));

  // Contradictory: nobody is (0, 1) or (1, 0), but the margins ask for it.
  const std::vector<std::uint32_t> twins = {0, 0, 1, 1};
  const std::vector<SurveyMargin> against = {{"a", twins, {.3, .7}}, {"b", twins, {.6, .4}}};
  const SurveyWeights never = rake_survey(against);
  CHECK_FALSE(never.report.converged);
  for (const double weight : never.weights) CHECK(std::isfinite(weight));

  CHECK(rake_survey({}).weights.empty());
  CHECK_FALSE(rake_survey(steep, {}, std::vector<double>(12, 0.0)).report.converged);
  CHECK_THROWS_AS(rake_survey(std::vector<SurveyMargin>{{"a", age, {1, 1}}}), Exception);
  CHECK_THROWS_AS(rake_survey(std::vector<SurveyMargin>{{"a", age, {0, 0, 0}}}), Exception);
  CHECK_THROWS_AS(rake_survey(std::vector<SurveyMargin>{{"a", age, {1, unknown, 0}}}), Exception);
  CHECK_THROWS_AS(rake_survey(steep, {}, std::vector<double>(3, 1.0)), Exception);
}

TEST_CASE("response rates by AAPOR's definitions", "[survey]") {
  // 400 complete, 50 partial, 150 refused, 80 not reached, 20 other, 200 unknown, 100 not eligible.
  const SurveyResponseRates rates = response_rates({400, 50, 150, 80, 20, 200, 100});
  CHECK_THAT(rates.rr1, WithinRel(400.0 / 900, 1e-12));
  CHECK_THAT(rates.rr2, WithinRel(450.0 / 900, 1e-12));
  CHECK_THAT(rates.rr3, WithinRel(400.0 / (700 + 7.0 / 8 * 200), 1e-12));
  CHECK_THAT(rates.rr4, WithinRel(450.0 / (700 + 7.0 / 8 * 200), 1e-12));
  CHECK_THAT(rates.cooperation, WithinRel(400.0 / 620, 1e-12));
  CHECK_THAT(rates.refusal, WithinRel(150.0 / 900, 1e-12));
  CHECK_THAT(rates.contact, WithinRel(620.0 / 900, 1e-12));
  CHECK(rates.rr1_low < rates.rr1);
  CHECK(rates.rr1 < rates.rr1_high);
  CHECK(std::isnan(response_rates({}).rr1));
  CHECK(response_rates({0, 0, 0, 0, 0, 10, 0}).rr3 == 0);
}

TEST_CASE("those who answered against those who did not", "[survey]") {
  ScoreTableBuilder builder;
  const ScoreTable known = builder.number("orders", {3, 4, 1, 2, 6, 5, 4, 4, 2, 2})
                               .number("same", {7, 7, 7, 7, 7, 7, 7, 7, 7, 7})
                               .category("town", {"a", "a", "b", "a", "b", "", "a", "a", "b", "a"})
                               .finish();
  const std::vector<double> answered = {1, 1, 0, 0, 1, 0, 1, 1, 0, 0};
  const NonResponseReport found = compare_respondents(known, answered);
  CHECK(found.answered == 5);
  REQUIRE(found.columns.size() == 5);
  CHECK(found.columns[0].column == "orders");
  CHECK_THAT(found.columns[0].answered, WithinRel(4.2, 1e-6));
  CHECK_THAT(found.columns[0].difference, WithinRel(1.36067210283322, 1e-6));  // R
  CHECK_THAT(found.columns[0].p_value, WithinRel(0.0669753063569553, 1e-6));   // R: t.test
  CHECK(found.columns[0].noteworthy);
  CHECK(found.columns[1].difference == 0);
  CHECK(found.columns[1].p_value == 1);
  CHECK(found.columns[2].level == "a");
  CHECK_THAT(found.columns[2].answered, WithinRel(0.8, 1e-12));
  CHECK_THAT(found.columns[2].silent, WithinRel(0.4, 1e-12));
  CHECK(found.columns[4].level == "(missing)");
  const NonResponseReport all = compare_respondents(known, std::vector<double>(10, 1.0));
  CHECK(std::isnan(all.columns[0].silent));
  CHECK(all.largest == 0);
  CHECK_THROWS_AS(compare_respondents(known, std::vector<double>(10, 0.5)), Exception);
}

TEST_CASE("weights against silence, by cell and by propensity", "[survey]") {
  // In cell 0 half answer, in cell 1 a quarter; nobody in cell 2, which the smallest joins.
  std::vector<std::uint32_t> cells;
  std::vector<double> answered;
  const auto add = [&](std::uint32_t cell, int yes, int no) {
    for (int i = 0; i < yes + no; ++i) {
      cells.push_back(cell);
      answered.push_back(i < yes ? 1 : 0);
    }
  };
  add(0, 20, 20);
  add(1, 10, 30);
  add(2, 0, 6);
  add(3, 4, 2);
  SurveySilenceOptions options;
  options.least_answers = 4;
  const SurveySilenceWeights found = weigh_silence_by_cell(cells, answered, options);
  CHECK_THAT(found.weights[0], WithinRel(2.0, 1e-12));
  CHECK(found.weights[30] == 0);
  CHECK_THAT(found.weights[40], WithinRel(4.0, 1e-12));
  CHECK(found.report.merged_cells == 2);
  CHECK_THAT(found.weights[90 - 4], WithinRel(3.0, 1e-12));
  CHECK(found.report.answered == 34);
  CHECK(found.report.representativeness < 1);
  options.least_answers = 5;  // cells 2 and 3 have four answers together: cell 1 joins them
  const SurveySilenceWeights two = weigh_silence_by_cell(cells, answered, options);
  CHECK(two.report.classes == 2);
  CHECK_THAT(two.weights[40], WithinRel(52.0 / 14, 1e-12));
  options.least_answers = 30;
  const SurveySilenceWeights one = weigh_silence_by_cell(cells, answered, options);
  CHECK(one.report.classes == 1);
  CHECK_THAT(one.weights[0], WithinRel(92.0 / 34, 1e-12));
  CHECK_THAT(one.report.representativeness, WithinAbs(1, 1e-7));

  std::vector<double> x;
  for (const std::uint32_t cell : cells) x.push_back(cell);
  ScoreTableBuilder builder;
  const ScoreTable known = builder.number("cell", x).finish();
  for (const std::uint32_t classes : {0U, 1U, 3U, 5U, 100U}) {
    SurveySilenceOptions propensity;
    propensity.classes = classes;
    const SurveySilenceWeights by = weigh_silence(known, answered, propensity);
    double sum = 0;
    for (std::size_t i = 0; i < by.weights.size(); ++i) {
      CHECK(std::isfinite(by.weights[i]));
      CHECK((by.weights[i] > 0) == (answered[i] == 1));
      sum += by.weights[i];
    }
    CHECK_THAT(sum, WithinRel(92.0, 1e-9));
    CHECK(by.report.representativeness < 1);
  }
  const SurveySilenceWeights none = weigh_silence(known, std::vector<double>(92, 0.0));
  CHECK(none.weights[0] == 0);
  const SurveySilenceWeights all = weigh_silence(known, std::vector<double>(92, 1.0));
  CHECK_THAT(all.weights[0], WithinRel(1.0, 1e-12));
  CHECK(weigh_silence(ScoreTable{}, {}).weights.empty());
  CHECK_THROWS_AS(weigh_silence(known, std::vector<double>(3, 1.0)), Exception);
}

TEST_CASE("the least of margins takes the whole population", "[survey]") {
  CHECK(survey_sample_size({.margin = 1e-200, .population = 1000}).answers == 1000);
  CHECK(survey_sample_size({.margin = 1e-100, .population = 1000}).answers == 1000);
  CHECK_THROWS_AS(survey_sample_size({.margin = 1e-200}), Exception);
}
