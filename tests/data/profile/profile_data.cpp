// Features, cohorts and sales of the Online Retail orders.

#include <fstream>

#include "emptor/profile/cohort.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/profile/sales.hpp"
#include "support/catch.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

const test::OnlineRetail& shop() {
  static const test::OnlineRetail loaded = test::read_online_retail();
  return loaded;
}

}  // namespace

TEST_CASE("every cell of the expected cohort file") {
  const CohortTable cohorts = cohorts_of(shop().orders);
  std::ifstream file(test::data_dir() / "shop" / "expected_cohort_online_retail.csv");
  std::string line;
  std::getline(file, line);
  std::size_t row = 0;
  for (; std::getline(file, line); ++row) {
    const auto f = test::csv_fields(line);
    REQUIRE(row < cohorts.months);
    REQUIRE(f.size() == cohorts.months + 1);
    CHECK(f[0] == cohorts.label(row));
    for (std::size_t k = 0; k < cohorts.months; ++k) {
      INFO(f[0] << " + " << k);
      CHECK(cohorts.at(row, k) == test::number<std::uint32_t>(f[k + 1]));
      CHECK(cohorts.observed(row, k) == (row + k <= 12));
      CHECK(cohorts.retention(row, k).has_value() == (row + k <= 12));
    }
  }
  CHECK(row == 13);
  CHECK(cohorts.months == 13);
  CHECK(cohorts.customers == 4338);
}

TEST_CASE("features of all customers add up to the table") {
  const FeatureTable table = features_of(shop().orders, shop().customers, shop().items);
  REQUIRE(table.customers.size() == 4372);
  CHECK(table.anonymous_lines == 135'080);
  CHECK(table.left_out_lines == 0);
  CHECK(table.options.as_of == test::utc_time("2011-12-09T12:50:00Z"));
  std::uint64_t lines = 0;
  std::int64_t net = 0;
  for (const CustomerFeatures& c : table.customers) {
    lines += c.sale_lines + c.refund_lines;
    net += c.net();
    CHECK(c.refunds <= 0);
    CHECK(c.distinct_items <= c.sale_lines);
    CHECK(c.purchase_days <= c.orders);
    CHECK(c.first_order.has_value() == (c.orders > 0));
    CHECK(c.mean_gap_days.has_value() == (c.purchase_days > 1));
  }
  CHECK(lines == 541'909 - 135'080);
  std::int64_t expected = 0;
  for (std::size_t i = 0; i < shop().orders.lines(); ++i) {
    if (shop().orders.line_customers()[i] != no_customer) {
      expected += shop().orders.line_amounts()[i];
    }
  }
  CHECK(net == expected);
}

TEST_CASE("the well-known customer 12347: 7 orders, 4310.00 pounds, 103 items") {
  const FeatureTable table = features_of(shop().orders, shop().customers, shop().items);
  const CustomerFeatures& c = table.customers[index(*shop().customers.find("12347"))];
  CHECK(c.orders == 7);
  CHECK(c.sales == 4'310'000);
  CHECK(c.refunds == 0);
  CHECK(c.sale_lines == 182);
  CHECK(c.distinct_items == 103);
  CHECK(c.first_order == test::utc_time("2010-12-07T14:57:00Z"));
  CHECK(c.last_order == test::utc_time("2011-12-07T15:52:00Z"));
  CHECK(c.tenure_days == 367);
  CHECK(c.recency_days == 2);
  CHECK(c.mean_gap_days.value() == Approx(365.0 / 6));
}

TEST_CASE("sales by month, by country and their concentration") {
  const SalesOverTime months = sales_over_time(shop().orders);
  REQUIRE(months.periods.size() == 13);
  CHECK(to_string(months.periods[0].first) == "2010-12-01");
  CHECK(months.total.sale_lines + months.total.refund_lines == 541'909);
  std::int64_t net = 0;
  for (const std::int64_t amount : shop().orders.line_amounts()) net += amount;
  CHECK(months.total.net() == net);
  CHECK(net == 9'747'747'934);  // 9,747,747.934 pounds, the total of the file
  for (const Period period : {Period::day, Period::week}) {
    const SalesOverTime finer = sales_over_time(shop().orders, {.period = period});
    CHECK(finer.total == months.total);
    CHECK(finer.periods.size() == (period == Period::day ? 374U : 54U));
  }

  const SalesByGroup countries = sales_by_customer(shop().orders, shop().customers, "country");
  CHECK(countries.groups[0].label == "United Kingdom");
  CHECK(countries.total == months.total);

  const Concentration shares = concentration_of(shop().orders);
  CHECK(shares.customers == 4372);
  // Computed by a separate script in exact integers.
  CHECK(shares.negative_customers == 41);
  CHECK(shares.net == 8'313'294'954);
  CHECK(shares.gini == Approx(0.7065667645590135).epsilon(1e-12));
  CHECK(shares.top_1_percent == Approx(0.29877373457138134).epsilon(1e-12));
  CHECK(shares.top_5_percent == Approx(0.48513492331454694).epsilon(1e-12));
  CHECK(shares.top_10_percent == Approx(0.5995362148917687).epsilon(1e-12));
  CHECK(shares.top_20_percent == Approx(0.7372956060040692).epsilon(1e-12));
  CHECK(shares.lorenz.front() == LorenzPoint{0, 0});
  CHECK(shares.lorenz.back() == LorenzPoint{1, 1});
  CHECK(shares.lorenz.size() == 201);
}
