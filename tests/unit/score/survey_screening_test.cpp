#include "emptor/score/survey_screening.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

using namespace emptor;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

ScoreTable answers(const std::vector<std::vector<double>>& rows) {
  ScoreTableBuilder builder;
  for (std::size_t j = 0; j < rows.front().size(); ++j) {
    std::vector<double> column;
    for (const auto& row : rows) column.push_back(row[j]);
    builder.number(text("q", j), column);
  }
  return builder.finish();
}

std::vector<SatisfactionItem> items(std::size_t count) {
  std::vector<SatisfactionItem> out;
  for (std::size_t j = 0; j < count; ++j) out.push_back({text("q", j)});
  return out;
}

}  // namespace

TEST_CASE("survey screening: each reason, with what was measured", "[survey]") {
  const ScoreTable table = answers({
      {1, 4, 2, 5, 3, 2, 4, 1, 3, 5},  // an earnest one
      {3, 3, 3, 3, 3, 3, 3, 3, 3, 3},  // a straight line
      {1, 4, 2, 5, 3, 2, 4, 1, 3, 5},  // the first one's pattern
      {5, 2, 4, 1, 2, 4, 5, 3, 9, 1},  // a nine of five
      {unknown, unknown, unknown, unknown, unknown, unknown, 2, 3, 1, 4},
      {4, 4, 4, unknown, 4, 4, 4, 4, 4, 4},  // a line with a gap
  });
  auto questions = items(10);
  questions[1].reversed = true;
  const std::vector<double> seconds = {60, 20, 100, 80, unknown, 0};
  const std::vector<std::uint64_t> who = {7, 8, 9, 7, 10, 11};
  const std::vector<std::string> texts = {"The delivery was quick and friendly!",
                                          "ok",
                                          "the DELIVERY was quick, and friendly",
                                          "",
                                          "ok",
                                          ""};
  const std::vector<SurveyAttention> attention = {{"q9", 5}};
  const std::vector<SurveyPair> pairs = {{0, 2, false}, {3, 7, true}};
  const SurveyScreening found =
      screen_survey(table, questions, {seconds, who, texts}, pairs, attention);
  const auto& checks = found.checks;
  REQUIRE(checks.size() == 6);
  CHECK(checks[0].flags == 0);
  CHECK(checks[0].longest_run == 1);
  CHECK(checks[1].has(SurveyFlag::straight_line));
  CHECK(checks[1].has(SurveyFlag::little_variety));
  CHECK(checks[1].has(SurveyFlag::speeder));
  CHECK(checks[1].has(SurveyFlag::attention));
  CHECK_FALSE(checks[1].has(SurveyFlag::same_answers));
  CHECK(checks[1].variety == 0);
  CHECK_THAT(checks[1].pace, WithinRel(20.0 / 70, 1e-12));
  CHECK(found.median_seconds == 70);
  CHECK(checks[2].has(SurveyFlag::same_answers));
  CHECK(checks[2].has(SurveyFlag::same_text));
  CHECK(checks[2].same_as == 0);
  CHECK(checks[3].has(SurveyFlag::same_respondent));
  CHECK(checks[3].same_as == 0);
  CHECK(checks[3].has(SurveyFlag::off_scale));
  CHECK(checks[3].off_scale == 1);
  CHECK(checks[4].has(SurveyFlag::mostly_missing));
  CHECK(checks[4].answered == 4);
  CHECK(std::isnan(checks[4].pair_gap));
  CHECK(std::isnan(checks[4].pace));
  CHECK(checks[5].has(SurveyFlag::straight_line));
  CHECK(std::isnan(checks[5].pace));
  // 1 and 2 agree to a quarter; 5 and 1 are opposed as they should be.
  CHECK_THAT(checks[0].pair_gap, WithinRel(0.125, 1e-12));
  CHECK_FALSE(found.distances);
  CHECK(found.flagged == 5);
  CHECK(found.by_number[0] == 1);
  CHECK(found.by_flag[static_cast<std::size_t>(SurveyFlag::straight_line)] == 2);
  CHECK(name(SurveyFlag::mostly_missing) == "mostly_missing");
  const double mean = (0 + .75 + .25 + 1 + .5 + .25 + .75 + 0 + .5 + 1) / 10;
  double squares = 0;
  for (const double x : {0., .75, .25, 1., .5, .25, .75, 0., .5, 1.}) {
    squares += (x - mean) * (x - mean);
  }
  CHECK_THAT(checks[0].variety, WithinRel(std::sqrt(squares / 9), 1e-12));
}

TEST_CASE("Mahalanobis' distances as R's mahalanobis() has them", "[survey]") {
  const ScoreTable table = answers(
      {{1, 2, 5}, {2, 2, 3}, {3, 3, 2}, {4, 5, 2}, {5, 4, 1}, {3, 3, 3}, {2, 1, 4}, {4, 4, 5}});
  SurveyScreeningOptions options;
  options.distance_p = 0.2;
  const SurveyScreening found = screen_survey(table, items(3), {}, {}, {}, options);
  REQUIRE(found.distances);
  const double wanted[] = {0.345812646755794, 0.785021877129874, 0.815659272530092,
                           0.318714518881796, 0.318714518881796, 0.999668429469840,
                           0.345812646755794, 0.149627910954332};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK_THAT(found.checks[i].distance_p, WithinRel(wanted[i], 1e-9));
    CHECK(found.checks[i].has(SurveyFlag::outlier) == (i == 7));
  }
}

TEST_CASE("related items, and wrong input of survey screening", "[survey]") {
  const ScoreTable table =
      answers({{1, 1, 5, 3}, {2, 2, 4, 3}, {3, 4, 3, 3}, {5, 5, 1, 3}, {4, 3, 2, 3}});
  const std::vector<SurveyPair> pairs = related_items(table, items(4), 0.85);
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].first == 0);
  CHECK(pairs[0].second == 2);
  CHECK(pairs[0].opposed);
  CHECK_FALSE(pairs[1].opposed);
  CHECK(related_items(table, items(4), 1).size() == 1);

  const SurveyScreening none = screen_survey(ScoreTable{}, {});
  CHECK(none.flagged == 0);
  const std::vector<SurveyPair> beyond = {{0, 4}};
  CHECK_THROWS_AS(screen_survey(table, items(4), {}, beyond), Exception);
  const std::vector<SurveyAttention> absent = {{"absent", 1}};
  CHECK_THROWS_AS(screen_survey(table, items(4), {}, {}, absent), Exception);
  const std::vector<double> few = {1, 2};
  CHECK_THROWS_AS(screen_survey(table, items(4), {few, {}, {}}), Exception);
  CHECK_THROWS_AS(screen_survey(table, items(5)), Exception);
  CHECK_THROWS_AS(related_items(table, items(4), 0), Exception);
}

TEST_CASE("attention checks of fractions, and of what is no number", "[survey]") {
  const ScoreTable table = answers({{0.1}, {0.2}});
  const std::vector<SurveyAttention> right = {{"q0", 0.1}};
  const SurveyScreening found = screen_survey(table, items(1), {}, {}, right);
  CHECK_FALSE(found.checks[0].has(SurveyFlag::attention));
  CHECK(found.checks[1].has(SurveyFlag::attention));
  const std::vector<SurveyAttention> wrong = {{"q0", unknown}};
  CHECK_THROWS_AS(screen_survey(table, items(1), {}, {}, wrong), Exception);
}
