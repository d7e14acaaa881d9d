// The list by hand: order, thresholds, capacity and reasons.

#include "emptor/score/churn_watch.hpp"

#include <limits>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

using namespace emptor;

TEST_CASE("churn watch: by value at risk, within capacity, with reasons") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> probability{.5, .9, .1, .9, .5};
  const std::vector<double> value{100, 10, 1000, nan, 200};
  const std::vector<std::string> columns{"gap", "orders", "refunds", "age"};
  int asked = 0;
  const auto parts = [&](std::size_t row, std::span<double> out) {
    ++asked;
    out[0] = static_cast<double>(row);
    out[1] = -5;
    out[2] = 3;
    out[3] = .5;
  };
  const ChurnWatch watch =
      churn_watch(probability, value, columns, parts, {.capacity = 3, .reasons = 2});
  REQUIRE(watch.warnings.size() == 3);
  CHECK(watch.warnings[0].row == 2);  // 100 each: the lower row first
  CHECK(watch.warnings[1].row == 4);
  CHECK(watch.warnings[2].row == 0);
  CHECK(asked == 3);
  CHECK(watch.customers == 5);
  CHECK(watch.eligible == 5);
  CHECK(watch.value_at_risk == Approx(50 + 9 + 100 + 100));
  CHECK(watch.watched == Approx(250));
  CHECK(watch.least_value_at_risk == Approx(50));
  REQUIRE(watch.warnings[1].reasons.size() == 2);
  CHECK(watch.warnings[1].reasons[0].what == "gap");
  CHECK(watch.warnings[1].reasons[1].what == "refunds");
  REQUIRE(watch.warnings[2].reasons.size() == 2);
  CHECK(watch.warnings[2].reasons[0].what == "refunds");
  CHECK(watch.warnings[2].reasons[1].what == "age");

  const ChurnWatch likely = churn_watch(probability, value, {}, parts, {.least_probability = .6});
  CHECK(likely.warnings.size() == 2);
  CHECK(likely.warnings[0].reasons.empty());
  CHECK(churn_watch(probability, value, {}, parts, {.least_value_at_risk = 60}).eligible == 2);
  CHECK(churn_watch({}, {}, columns, parts).warnings.empty());
  CHECK_THROWS_AS(static_cast<void>(churn_watch(value, value, {}, parts)), Exception);
  CHECK_THROWS_AS(static_cast<void>(churn_watch(probability, {}, {}, parts)), Exception);
}

TEST_CASE("churn watch: of a table's rows, with what the columns read") {
  ScoreTableBuilder builder;
  builder.number("gap", {41, 2.5}).category("plan", {"", "yearly"}).number("share", {.125, 0});
  const ScoreTable table = builder.finish();
  const std::vector<double> probability{.5, .5};
  const std::vector<double> value{10, 5};
  const auto parts = [&](std::size_t, std::span<double> out) {
    out[0] = 3;
    out[1] = 2;
    out[2] = 1;
  };
  const ChurnWatch watch = churn_watch(table, probability, value, parts);
  REQUIRE(watch.warnings.size() == 2);
  REQUIRE(watch.warnings[0].reasons.size() == 3);
  CHECK(watch.warnings[0].reasons[0].reading == "41");
  CHECK(watch.warnings[0].reasons[1].reading == "unknown");
  CHECK(watch.warnings[0].reasons[2].reading == "0.125");
  CHECK(watch.warnings[1].reasons[0].reading == "2.50");
  CHECK(watch.warnings[1].reasons[1].reading == "yearly");
  CHECK_THROWS_AS(static_cast<void>(churn_watch(ScoreTable{}, value, value, parts)), Exception);
}
