#include "emptor/score/satisfaction_index.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/score/satisfaction_drivers.hpp"
#include "support/catch.hpp"

using namespace emptor;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
}

TEST_CASE("an index of items on scales of their own, with missing ones", "[satisfaction]") {
  ScoreTableBuilder builder;
  builder.number("food", {5, 3, 1, unknown, 9, 5})
      .number("wait", {0, 10, 5, 2, unknown, 1})
      .number("price", {3, 3, unknown, unknown, unknown, 7});
  const ScoreTable table = builder.finish();
  const std::vector<SatisfactionItem> items = {
      {"food", 1, 5, false, 2}, {"wait", 0, 10, true, 1}, {"price", 1, 7, false, 1}};
  const std::vector<std::uint32_t> groups = {0, 0, 1, 1, 1, 2};
  const SatisfactionIndex index = satisfaction_index(table, items, groups);
  REQUIRE(index.values.size() == 6);
  CHECK_THAT(index.values[0], WithinRel((2 * 100 + 100 + 100.0 / 3) / 4, 1e-12));
  CHECK_THAT(index.values[1], WithinRel((2 * 50 + 0 + 100.0 / 3) / 4, 1e-12));
  CHECK_THAT(index.values[2], WithinRel((2 * 0 + 50.0) / 3, 1e-12));
  CHECK(std::isnan(index.values[3]));  // a quarter of the weight
  CHECK(std::isnan(index.values[4]));  // food is off its scale
  CHECK_THAT(index.values[5], WithinRel((200 + 90 + 100) / 4.0, 1e-12));
  const SatisfactionIndexReport& report = index.report;
  CHECK(report.complete == 3);
  CHECK(report.partial == 1);
  CHECK(report.too_little == 2);
  CHECK(report.items[0].off_scale == 1);
  CHECK(report.items[0].missing == 1);
  CHECK(report.items[0].weight == 0.5);
  CHECK(report.index.total.answers == 4);
  CHECK(report.index.total.missing == 2);
  CHECK_THAT(report.index.groups[1].estimate.value, WithinRel(50.0 / 3, 1e-12));
  CHECK_FALSE(report.index.shrunk);

  SatisfactionIndexOptions all;
  all.least_answered = 1;
  CHECK(satisfaction_index(table, items, {}, {}, all).report.too_little == 3);
  all.least_answered = 0;
  CHECK_THROWS_AS(satisfaction_index(table, items, {}, {}, all), Exception);
  CHECK_THROWS_AS(satisfaction_index(table, {}), Exception);
  const std::vector<SatisfactionItem> wrong = {{"food", 5, 1}};
  CHECK_THROWS_AS(satisfaction_index(table, wrong), Exception);
}

TEST_CASE("Cronbach's alpha with its interval, as R's psych has them", "[satisfaction]") {
  // psych 2.2.9: alpha() of these six rows.
  ScoreTableBuilder builder;
  builder.number("a", {4, 5, 3, 2, 5, 4})
      .number("c", {4, 4, 3, 2, 5, 5})
      .number("d", {5, 5, 4, 1, 4, 4});
  const ScoreTable table = builder.finish();
  const std::vector<SatisfactionItem> items = {{"a"}, {"c"}, {"d"}};
  const SatisfactionIndexReport report = satisfaction_index(table, items).report;
  CHECK_THAT(report.alpha, WithinRel(0.902439024390244, 1e-10));
  CHECK_THAT(report.alpha_low, WithinAbs(0.59, 0.005));
  CHECK_THAT(report.alpha_high, WithinAbs(0.99, 0.005));
  const double without[] = {0.795454545454546, 0.872340425531915, 0.921052631578947};
  const double rest[] = {0.894675057761221, 0.797309955752651, 0.764601454756257};
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK_THAT(report.items[j].alpha_without, WithinRel(without[j], 1e-10));
    CHECK_THAT(report.items[j].item_rest, WithinRel(rest[j], 1e-10));
  }
  CHECK_THAT(report.items[2].deviation, WithinRel(1.47196014438797 * 25, 1e-10));
}

TEST_CASE("an index of one row, of equal rows, of none", "[satisfaction]") {
  const std::vector<SatisfactionItem> items = {{"a"}, {"b"}};
  ScoreTableBuilder builder;
  const ScoreTable one = builder.number("a", {4}).number("b", {2}).finish();
  const SatisfactionIndexReport single = satisfaction_index(one, items).report;
  CHECK_THAT(single.index.total.value, WithinRel(50.0, 1e-12));
  CHECK(std::isnan(single.alpha));
  const ScoreTable equal = builder.number("a", {4, 4, 4}).number("b", {2, 2, 2}).finish();
  const SatisfactionIndexReport same = satisfaction_index(equal, items).report;
  CHECK(std::isnan(same.alpha));
  CHECK(same.index.total.standard_error == 0);
  const ScoreTable none = builder.number("a", {}).number("b", {}).finish();
  CHECK(satisfaction_index(none, items).report.index.total.answers == 0);
}

TEST_CASE("weights of an index by importance", "[satisfaction]") {
  ScoreTableBuilder builder;
  const ScoreTable table =
      builder.number("a", {1, 2, 3, 4, 5, 3}).number("b", {2, 2, 5, 1, 3, 4}).finish();
  const std::vector<double> overall = {1, 2, 3, 4, 5, 4};
  const std::vector<SatisfactionItem> items = {{"b"}, {"a"}};
  const SatisfactionDrivers drivers = satisfaction_drivers(table, overall, items);
  const auto weighed = weigh_by_importance(items, drivers);
  CHECK(weighed[1].weight > 0.8);
  CHECK_THAT(weighed[0].weight + weighed[1].weight, WithinRel(1.0, 1e-12));
  const std::vector<SatisfactionItem> few = {{"a"}};
  CHECK_THROWS_AS(weigh_by_importance(few, drivers), Exception);
  const SatisfactionDrivers flat = satisfaction_drivers(table, std::vector<double>(6, 1.0), items);
  CHECK_THROWS_AS(weigh_by_importance(items, flat), Exception);
}
