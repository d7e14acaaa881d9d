// Windows, rhythm, inferred discounts and preferences of the Online Retail orders against numbers
// that a separate script found with pandas 1.5 and NumPy: groupby and nunique for the window,
// numpy.quantile over numpy.diff of each customer's distinct days, collections.Counter over the
// last 91 days of each StockCode for list prices, and
//   s["f"] = 100 * np.exp2(-(today - s.day).dt.days / 180); shop = s.groupby(hour).f.sum()
//   p = (own + 500 * shop / shop.sum()) / (own.sum() + 500); H = -(p * np.log(p)).sum()
// for preferences (s: all lines that are no refunds, own: those of one customer).

#include <cmath>

#include "emptor/profile/features.hpp"
#include "emptor/profile/list_prices.hpp"
#include "emptor/profile/preferences.hpp"
#include "support/catch.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

const test::OnlineRetail& shop() {
  static const test::OnlineRetail loaded = test::read_online_retail();
  return loaded;
}

std::size_t customer(std::string_view key) {
  return index(*shop().customers.find(key));
}

}  // namespace

TEST_CASE("the last 90 days before October 2011") {
  const Time as_of = test::utc_time("2011-09-30T23:59:59Z");
  const TimeWindow windows[] = {trailing_window(as_of, 90), {}};
  const auto tables =
      features_over(shop().orders, shop().customers.size(), {}, windows, {.as_of = as_of});
  std::uint64_t buyers = 0;
  std::uint64_t orders = 0;
  std::uint64_t items = 0;
  std::int64_t sales = 0;
  std::int64_t refunds = 0;
  for (const CustomerFeatures& c : tables[0].customers) {
    buyers += c.orders > 0 ? 1 : 0;
    orders += c.orders;
    items += c.distinct_items;
    sales += c.sales;
    refunds += c.refunds;
  }
  CHECK(buyers == 2151);
  CHECK(orders == 4326);
  CHECK(items == 78'192);
  CHECK(sales == 2'186'084'003);
  CHECK(refunds == -75'723'200);
  CHECK(tables[0].anonymous_lines == 28'891);
  CHECK(tables[0].left_out_lines == 417'908);
}

TEST_CASE("the rhythm of everybody with two purchase days and more") {
  const FeatureTable table = features_of(shop().orders, shop().customers, shop().items);
  double median_gap = 0, p75 = 0, p90 = 0, variation = 0, regularity = 0, overdue = 0;
  double open_score = 0, last_score = 0;
  int customers = 0, with_deviation = 0, with_score = 0;
  for (const CustomerFeatures& c : table.customers) {
    if (!c.rhythm) continue;
    ++customers;
    median_gap += c.median_gap_days.value();
    p75 += c.rhythm->p75_gap_days;
    p90 += c.rhythm->p90_gap_days;
    overdue += c.rhythm->overdue;
    if (!c.rhythm->gap_deviation) continue;
    ++with_deviation;
    variation += c.rhythm->gap_variation.value();
    regularity += c.rhythm->regularity.value();
    if (!c.rhythm->open_gap_score) continue;
    ++with_score;
    open_score += *c.rhythm->open_gap_score;
    last_score += c.rhythm->last_gap_score.value();
  }
  CHECK(customers == 2790);
  CHECK(with_deviation == 1916);
  CHECK(with_score == 1909);
  CHECK(median_gap == 208'766);
  CHECK(p75 == 246'727);
  CHECK(p90 == Approx(278980.5).epsilon(1e-12));
  CHECK(variation == Approx(1271.089021111623).epsilon(1e-11));
  CHECK(regularity == Approx(480.69597950960707).epsilon(1e-11));
  CHECK(overdue == Approx(6065.257532097681).epsilon(1e-11));
  CHECK(open_score == Approx(-63.63658196912977).epsilon(1e-9));
  CHECK(last_score == Approx(-96.86270995050067).epsilon(1e-9));
}

TEST_CASE("discounts from what was paid in the quarter before each line") {
  const InferredDiscounts found = inferred_discounts(shop().orders);
  CHECK(found.priced_lines == 520'869);
  CHECK(found.discounted_lines == 44'492);
  std::int64_t sum = 0;
  for (const std::int64_t discount : found.discounts) sum += discount;
  CHECK(sum == 1'210'939'569);
  const FeatureTable table =
      features_of(shop().orders, shop().customers.size(), {.discounts = found.discounts});
  const CustomerFeatures& few = table.customers[customer("12347")];
  CHECK(few.discounted_lines == 17);
  CHECK(few.discounts == 775'420);
  CHECK(few.discounted_units == 500);
  CHECK(few.discounted_sales == 805'180);
  CHECK(few.units == 2458);
  const CustomerFeatures& many = table.customers[customer("14911")];
  CHECK(many.discounted_lines == 480);
  CHECK(many.discounts == 13'510'570);
  CHECK(many.discounted_units == 19'413);
  CHECK(many.discount_elasticity().value() ==
        Approx(std::log((19'413 / 480.0) / ((80'515 - 19'413) / (5677.0 - 480))) /
               std::log(34'193'420 / (34'193'420 + 13'510'570.0))));
}

TEST_CASE("hours and weekdays of the shop and of customer 12347") {
  const Time as_of = test::utc_time("2011-12-09T12:50:00Z");
  const PreferenceTable table =
      preferences_of(shop().orders, shop().customers, shop().items, as_of);
  const auto hours = table.axis(PreferenceDimension::hour).shares;
  CHECK(hours[5] == 0);
  CHECK(hours[6] == Approx(2.0380941255719266e-06).epsilon(1e-7));
  CHECK(hours[12] == Approx(0.1484747813330383).epsilon(1e-9));
  CHECK(hours[20] == Approx(0.001474915686722755).epsilon(1e-7));
  const auto weekdays = table.axis(PreferenceDimension::weekday).shares;
  CHECK(weekdays[3] == Approx(0.19042145987781664).epsilon(1e-9));
  CHECK(weekdays[5] == 0);  // closed on Saturdays
  const CustomerPreferences& seen = table.customers[customer("12347")];
  const Preference& hour = seen.in(PreferenceDimension::hour);
  CHECK(hour.weight == Approx(9905.154703600354).epsilon(1e-8));
  CHECK(hour.confidence == Approx(0.9519468941843804).epsilon(1e-9));
  CHECK(hour.entropy == Approx(1.7050189817699768).epsilon(1e-8));
  CHECK(hour.evenness == Approx(0.6296112904686969).epsilon(1e-8));
  CHECK(hour.top == 12U);
  CHECK(hour.top_share == Approx(0.3958450655509897).epsilon(1e-8));
  CHECK(hour.loyalty == Approx(0.4083320125811071).epsilon(1e-8));
  const Preference& weekday = seen.in(PreferenceDimension::weekday);
  CHECK(weekday.entropy == Approx(1.391578341244427).epsilon(1e-8));
  CHECK(weekday.top == 0U);
  CHECK(weekday.top_share == Approx(0.3970707101058675).epsilon(1e-8));
}
