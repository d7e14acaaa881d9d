// Repeat buying from CDNOW's raw orders, against the summary that was computed independently.

#include "emptor/value/repeat_purchases.hpp"

#include <cmath>

#include "support/catch.hpp"
#include "support/cdnow.hpp"

using namespace emptor;

TEST_CASE("frequency, recency, age and mean spend of CDNOW's sample from its orders") {
  const test::CdnowOrders shop = test::read_cdnow("sample");
  const RepeatPurchases bought = RepeatPurchases::from_orders(shop.orders, shop.customers.size(),
                                                              {.as_of = test::cdnow_as_of});
  const test::NumberTable expected = test::read_cdnow_expected();
  REQUIRE(expected.rows.size() == 2357);
  REQUIRE(bought.customers() == 2357);
  const std::vector<double> spend = bought.mean_spend();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < expected.rows.size(); ++i) {
    const PurchasePattern& pattern = bought.patterns()[bought.pattern_of()[i]];
    wrong += pattern.repeats != expected.at(i, "x") ||
             std::abs(pattern.last - expected.at(i, "tx")) > 1e-9 ||
             std::abs(pattern.age - expected.at(i, "T")) > 1e-9 ||
             std::abs(spend[i] - expected.at(i, "zbar")) > 0.005000001;
  }
  CHECK(wrong == 0);
  CHECK(bought.counts().refund_lines == 0);
  CHECK(bought.counts().sale_lines + bought.counts().left_out_lines == shop.orders.lines());
}

TEST_CASE("days and weeks tell the same of CDNOW's 23,570 customers") {
  const test::CdnowOrders shop = test::read_cdnow("master");
  REQUIRE(shop.orders.lines() == 69'659);
  RepeatPurchasesOptions options{.as_of = test::cdnow_as_of};
  const RepeatPurchases weeks = RepeatPurchases::from_orders(shop.orders, 0, options);
  options.days_per_unit = 1;
  const RepeatPurchases days = RepeatPurchases::from_orders(shop.orders, 0, options);
  REQUIRE(weeks.customers() == 23'570);
  REQUIRE(weeks.patterns().size() == days.patterns().size());
  CHECK(weeks.patterns().size() == 8685);
  double customers = 0;
  for (std::size_t i = 0; i < days.patterns().size(); ++i) {
    CHECK(weeks.patterns()[i].age == days.patterns()[i].age / 7);
    CHECK(weeks.weights()[i] == days.weights()[i]);
    customers += days.weights()[i];
  }
  CHECK(customers == 23'570);
}
