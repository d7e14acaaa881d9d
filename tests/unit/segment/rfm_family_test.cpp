#include "emptor/segment/rfm_family.hpp"

#include "emptor/segment/value_model.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Time day(int n) {
  return Time{std::chrono::days{n}};
}
constexpr Customer customer(std::uint32_t n) {
  return id_at<Customer>(n);
}

RfmLine bought(std::uint32_t who, std::uint32_t order, int on, std::int64_t amount) {
  return {.customer = customer(who),
          .order = id_at<Order>(order),
          .time = day(on),
          .amount = amount,
          .line = order};
}

/// Rows of RFM with these days, orders and amounts.
RfmResult rows_of(const std::vector<std::array<int, 3>>& customers) {
  RfmOptions options;
  options.as_of = day(100);
  RfmAccumulator accumulator(options);
  std::uint32_t order = 0;
  for (std::uint32_t c = 0; c < customers.size(); ++c) {
    const auto [days, orders, amount] = customers[c];
    for (int i = 0; i < orders; ++i) {
      accumulator.add(bought(c, order++, 100 - days, i == 0 ? amount - orders + 1 : 1));
    }
  }
  return accumulator.score();
}

}  // namespace

TEST_CASE("five measures of an airline's customer") {
  RfmFamilyOptions options;
  options.measures = lrfmc_measures();
  options.rfm.as_of = day(100);
  RfmFamilyAccumulator accumulator(options);
  accumulator.add(bought(0, 0, 40, 300), 400);  // .75
  accumulator.add(bought(0, 1, 90, 90), 200);   // .45
  accumulator.add(bought(0, 2, 60, 210));       // no full fare known
  accumulator.add(bought(1, 3, 95, 100));
  accumulator.joined(customer(0), day(10));
  accumulator.joined(customer(0), day(20));
  const RfmFamilyResult result = accumulator.score();
  REQUIRE(result.rows.size() == 2);
  const RfmFamilyRow& first = result.rows[0];
  CHECK(first.value(RfmMeasure::tenure) == 90);
  CHECK(first.value(RfmMeasure::length) == 50);
  CHECK(first.value(RfmMeasure::recency) == 10);
  CHECK(first.value(RfmMeasure::frequency) == 3);
  CHECK(first.value(RfmMeasure::monetary) == 600);
  CHECK(first.value(RfmMeasure::average_order) == 200);
  CHECK(first.value(RfmMeasure::discount) == 600'000);
  CHECK(result.rows[1].value(RfmMeasure::discount) == 1'000'000);
  CHECK(result.without_list_price == 1);
  CHECK(first.score(RfmMeasure::length) == 0);   // not asked for
  CHECK(first.score(RfmMeasure::recency) == 1);  // of two customers the worse
  CHECK(result.weighted(first) == Approx((5 + 1 + 5 + 5 + 1) / 5.0));

  options.discount = RfmDiscount::by_amount;
  RfmFamilyAccumulator amounts(options);
  amounts.add(bought(0, 0, 40, 300), 400);
  amounts.add(bought(0, 1, 90, 90), 200);
  CHECK(amounts.score().rows[0].value(RfmMeasure::discount) == 650'000);
}

TEST_CASE("z-scores of measures; a constant measure is zero") {
  RfmFamilyOptions options;
  options.measures = {{RfmMeasure::monetary}, {RfmMeasure::frequency}};
  RfmFamilyAccumulator accumulator(options);
  for (std::uint32_t c = 0; c < 3; ++c) accumulator.add(bought(c, c, 1, 10 * (c + 1)));
  const auto z = standardised_rfm(accumulator.score());
  CHECK(z == std::vector<double>{-1, 0, 0, 0, 1, 0});
  CHECK(standardised_rfm(RfmFamilyAccumulator(options).score()).empty());
}

TEST_CASE("a family's options and lines out of range are refused") {
  RfmFamilyOptions options;
  options.measures.clear();
  CHECK_THROWS_AS(RfmFamilyAccumulator(options), Exception);
  options.measures = {{RfmMeasure::recency}, {RfmMeasure::recency}};
  CHECK_THROWS_AS(RfmFamilyAccumulator(options), Exception);
  options.measures = {{RfmMeasure::recency, 0}};
  CHECK_THROWS_AS(RfmFamilyAccumulator(options), Exception);
  options.measures = {{RfmMeasure::recency, 1, {3, 2, 4, 5}}};
  CHECK_THROWS_AS(RfmFamilyAccumulator(options), Exception);
  options.measures = {{RfmMeasure::average_order}};
  options.rfm.ties = RfmTies::fixed;
  CHECK_THROWS_AS(RfmFamilyAccumulator(options), Exception);
  options.measures = {{RfmMeasure::average_order, 1, {10, 20, 30, 40}}};
  RfmFamilyAccumulator accumulator(options);
  CHECK_THROWS_AS(accumulator.add(bought(0, 0, 0, 5), -1), Exception);
  accumulator.add(bought(0, 0, 0, 20));
  CHECK(accumulator.score().rows[0].score(RfmMeasure::average_order) == 2);
  CHECK_THROWS_AS(accumulator.joined(no_customer, day(1)), Exception);
  const std::vector<std::int64_t> prices(2);
  CHECK_THROWS_AS(accumulator.add(RfmColumns{}, prices), Exception);
  accumulator.joined(customer(5), day(1));
  const std::vector<Customer> into = {customer(0)};
  CHECK_THROWS_AS(accumulator.score(into), Exception);
}

TEST_CASE("the eight classes have their names by recency, frequency and money") {
  // Two levels of each measure: means lie between.
  std::vector<std::array<int, 3>> customers;
  for (int r = 0; r < 2; ++r) {
    for (int f = 0; f < 2; ++f) {
      for (int m = 0; m < 2; ++m) {
        customers.push_back({r == 1 ? 1 : 80, f == 1 ? 9 : 2, m == 1 ? 900 : 50});
      }
    }
  }
  const RfmResult rfm = rows_of(customers);
  const ValueClasses classes =
      value_classes_of(rfm, {.levels = ValueLevels::mean_of_values, .names = {}});
  CHECK(classes.recency == Approx(40.5));
  CHECK(classes.frequency == Approx(5.5));
  CHECK(classes.monetary == Approx(475));
  const std::vector<std::string> expected = {"一般挽留客户", "重要挽留客户", "一般保持客户",
                                             "重要保持客户", "一般发展客户", "重要发展客户",
                                             "一般价值客户", "重要价值客户"};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(classes.classes[classes.of_row[i]].name == expected[i]);
    CHECK(classes.classes[classes.of_row[i]].customers == 1);
  }
  CHECK(classes.classes[0].name == "重要价值客户");
  CHECK(value_class_names_english()[7] == "most valuable");
  CHECK(value_class_names_english()[1] == "valuable, to be won back");
}

TEST_CASE("who stands at the mean is low; fixed limits include their ends; names may coincide") {
  const RfmResult rfm = rows_of({{10, 2, 100}, {10, 2, 100}});
  for (const ValueLevels levels : {ValueLevels::mean_of_values}) {
    const ValueClasses classes = value_classes_of(rfm, {.levels = levels, .names = {}});
    CHECK(classes.place_of == std::vector<std::uint8_t>{0, 0});
  }
  ValueModelOptions options{
      .levels = ValueLevels::fixed,
      .recency_days = 10,
      .orders = 2,
      .monetary = 101,
      .names = {{"rest", "rest", "rest", "rest", "rest", "rest", "good", "best"}}};
  const ValueClasses classes = value_classes_of(rfm, options);
  CHECK(classes.classes.size() == 3);
  CHECK(classes.place_of == std::vector<std::uint8_t>{6, 6});
  CHECK(classes.classes[classes.of_row[0]].name == "good");
  CHECK(classes.classes[1].customers == 2);
  CHECK(classes.classes[1].monetary == 200);
  (*options.names)[3].clear();
  CHECK_THROWS_AS(value_classes_of(rfm, options), Exception);
  CHECK(value_classes_of(RfmResult{}).classes.size() == 8);
}

TEST_CASE("archives of RFM that are none are refused") {
  const auto none = RfmAccumulator::load({});
  CHECK_FALSE(none.has_value());
  const auto other = RfmAccumulator::load(save_rfm_thresholds({}));
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().code == ErrorCode::invalid_value);
  CHECK(load_rfm_thresholds(save_rfm_thresholds({})).value() == RfmThresholds{});
  RfmThresholds wrong;
  wrong.recency.resize(4, {.value = 3});
  CHECK_FALSE(load_rfm_thresholds(save_rfm_thresholds(wrong)).has_value());
}
