#include "emptor/value/customer_value.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

const BgNbdModel model({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
const GammaGammaModel spend({.p = 6.25, .q = 3.74, .v = 15.44});
const Day start{std::chrono::year{2020} / 1 / 1};

struct Shop {
  Customers customers;
  Orders orders;
};

/// Customers who order now and then over a year and a half; the last of them never.
Shop some_shop(std::size_t customers) {
  Shop out;
  Items items;
  OrdersBuilder builder(out.customers, items);
  for (std::size_t c = 0; c < customers; ++c) {
    RandomStream random(5, c);
    const std::string key = text("c", c);
    std::int64_t day = random.below(100);
    for (std::uint32_t n = 1 + random.poisson(2); n > 0 && c + 1 < customers; --n) {
      builder.add({.order = {},
                   .customer = key,
                   .item = "i",
                   .time = start + std::chrono::days{day},
                   .amount = 100 + static_cast<std::int64_t>(random.below(9'000)),
                   .quantity = 1,
                   .channel = {}});
      day += 1 + random.below(120);
    }
    out.customers.add(key);
  }
  out.orders = std::move(builder).finish();
  return out;
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("value is margin times discounted purchases times spend") {
  const std::uint32_t repeats[] = {2, 0, 7};
  const double last[] = {30.4, 0, 25};
  const double age[] = {38.9, 12, 38.9};
  const double means[] = {22.35, 0, 80};
  const RepeatPurchases purchases = RepeatPurchases::from_histories(repeats, last, age);
  const CustomerValueOptions options{.margin = 0.3, .discount = 0.15, .units_per_year = 52};
  const CustomerValues values = customer_values_of(purchases, means, model, spend, options);
  CHECK(values.rate == Approx(std::log(1.15) / 52));
  double total = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const PurchasePattern pattern{repeats[c], last[c], age[c]};
    CHECK(values.p_alive[c] == Approx(model.probability_alive(pattern)));
    CHECK(values.purchases[c] == Approx(model.discounted_purchases(pattern, values.rate)));
    CHECK(values.spend[c] ==
          Approx(spend.expected_spend({.purchases = repeats[c], .mean = means[c]})));
    CHECK(values.value[c] == Approx(0.3 * values.purchases[c] * values.spend[c]));
    total += values.value[c];
  }
  CHECK(values.customers == 3);
  CHECK(values.total_value == Approx(total));
  CHECK(values.new_purchases == Approx(model.discounted_purchases(PurchasePattern{}, values.rate)));
  CHECK(values.new_value == Approx(0.3 * values.new_purchases * spend.expected_spend()));
  CHECK(values.low.empty());

  // A nearer end is worth less, a patient owner more.
  CustomerValueOptions other = options;
  other.horizon = 52;
  const CustomerValues year = customer_values_of(purchases, means, model, spend, other);
  other.discount = 0;
  const CustomerValues patient = customer_values_of(purchases, means, model, spend, other);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(year.value[c] < values.value[c]);
    CHECK(year.value[c] < patient.value[c]);
    const PurchasePattern pattern{repeats[c], last[c], age[c]};
    CHECK(patient.purchases[c] == Approx(model.expected_purchases(pattern, 52)));
  }
}

TEST_CASE("value of what is awkward: no orders, no time, no money, everyone alike") {
  const Shop shop = some_shop(50);
  const RepeatPurchases purchases = RepeatPurchases::from_orders(shop.orders, 50);
  const CustomerValues values = customer_values_of(purchases, model, spend);
  CHECK(std::isnan(values.value[49]));  // never bought
  CHECK(std::isnan(values.p_alive[49]));
  CHECK(values.customers == 49);
  CHECK(std::isfinite(values.total_value));
  CHECK(values.rate == Approx(std::log(1.1) / (365.25 / 7)));

  const std::uint32_t once[] = {0};
  const double zero[] = {0};
  const RepeatPurchases today = RepeatPurchases::from_histories(once, zero, zero);  // T = 0
  const CustomerValues fresh = customer_values_of(today, zero, model, spend);
  CHECK(fresh.value[0] == Approx(fresh.new_value));
  const double refunds[] = {-5};
  CHECK(customer_values_of(today, refunds, model, spend).value[0] == fresh.value[0]);
  const double unknown[] = {std::numeric_limits<double>::quiet_NaN()};
  CHECK(customer_values_of(today, unknown, model, spend).value[0] == fresh.value[0]);

  const std::vector<std::uint32_t> many(1'000'000, 3);
  const std::vector<double> last(many.size(), 20), age(many.size(), 30), mean(many.size(), 12.5);
  const RepeatPurchases alike = RepeatPurchases::from_histories(many, last, age);
  REQUIRE(alike.patterns().size() == 1);
  const CustomerValues same_value = customer_values_of(alike, mean, model, spend);
  CHECK(same_value.value.front() == same_value.value.back());
  CHECK(same_value.total_value == Approx(1e6 * same_value.value.front()));

  const RepeatPurchases nobody = RepeatPurchases::from_histories({}, {}, {});
  CHECK(customer_values_of(nobody, {}, model, spend).customers == 0);
}

TEST_CASE("value is the same bits for any number of threads") {
  const Shop shop = some_shop(40'000);
  const RepeatPurchases purchases = RepeatPurchases::from_orders(shop.orders, 40'000);
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  const CustomerValueOptions options{.horizon = 100};
  const CustomerValues a = customer_values_of(purchases, model, spend, options);
  const CustomerValues b = customer_values_of(purchases, model, spend, options, context);
  CHECK(same(a.value, b.value));
  CHECK(a.total_value == b.total_value);
  CHECK(a.expected_alive == b.expected_alive);
}

TEST_CASE("purchases by period add up") {
  const Shop shop = some_shop(300);
  const RepeatPurchases purchases = RepeatPurchases::from_orders(shop.orders, 300);
  const std::vector<double> months = expected_purchases_by_period(purchases, model, 4.35, 12);
  REQUIRE(months.size() == 12);
  double sum = 0;
  for (std::size_t i = 0; i < months.size(); ++i) {
    if (i > 0) CHECK(months[i] < months[i - 1]);
    sum += months[i];
  }
  double year = 0;
  for (const std::uint32_t pattern : purchases.pattern_of()) {
    if (pattern == no_pattern) continue;
    year += model.expected_purchases(purchases.patterns()[pattern], 12 * 4.35);
  }
  CHECK(sum == Approx(year));
  CHECK(expected_purchases_by_period(purchases, model, 1, 0).empty());
  CHECK_THROWS_AS(expected_purchases_by_period(purchases, model, 0, 3), Exception);
}

TEST_CASE("a trajectory knows at each instant what was known then") {
  const Shop shop = some_shop(200);
  const std::vector<Time> instants{start - std::chrono::days{5}, start + std::chrono::days{60},
                                   start + std::chrono::days{400}};
  const std::vector<Customer> followed{Customer{0}, Customer{7}, Customer{199}};
  const ValueTrajectory path =
      value_trajectory_of(shop.orders, 200, instants, followed, model, spend);
  REQUIRE(path.snapshots.size() == 3);
  CHECK(path.snapshots[0].customers == 0);
  CHECK(path.snapshots[0].total_value == 0);
  for (std::size_t f = 0; f < followed.size(); ++f) CHECK(std::isnan(path.at(f, 0).value));
  for (std::size_t i = 1; i < 3; ++i) {
    const RepeatPurchases then =
        RepeatPurchases::from_orders(shop.orders, 200, {.as_of = instants[i]});
    const CustomerValues values = customer_values_of(then, model, spend);
    CHECK(path.snapshots[i].total_value == values.total_value);
    CHECK(path.snapshots[i].customers == values.customers);
    CHECK(path.snapshots[i].expected_alive == values.expected_alive);
    CHECK(path.at(1, i).value == values.value[7]);
    CHECK(path.at(1, i).p_alive == values.p_alive[7]);
    CHECK(std::isnan(path.at(2, i).value));
  }
  CHECK(path.snapshots[1].customers < path.snapshots[2].customers);

  const std::vector<Time> backwards{instants[1], instants[0]};
  CHECK_THROWS_AS(value_trajectory_of(shop.orders, 200, backwards, {}, model, spend), Exception);
  const std::vector<Customer> stranger{Customer{200}};
  CHECK_THROWS_AS(value_trajectory_of(shop.orders, 200, instants, stranger, model, spend),
                  Exception);
}

TEST_CASE("value refuses options out of range") {
  const RepeatPurchases nobody = RepeatPurchases::from_histories({}, {}, {});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const CustomerValueOptions& wrong :
       {CustomerValueOptions{.margin = -0.1}, CustomerValueOptions{.margin = nan},
        CustomerValueOptions{.discount = -0.1}, CustomerValueOptions{.discount = 0},
        CustomerValueOptions{.units_per_year = -52}, CustomerValueOptions{.horizon = 0},
        CustomerValueOptions{.interval = 1}, CustomerValueOptions{.horizon = nan},
        CustomerValueOptions{.draws = max_value_draws + 1}}) {
    CHECK_THROWS_AS(customer_values_of(nobody, {}, model, spend, wrong), Exception);
  }
  const double one[] = {1};
  CHECK_THROWS_AS(customer_values_of(nobody, one, model, spend), Exception);
}

TEST_CASE("outcomes are spread about the value that is expected") {
  const BgNbdParameters bg{.r = 0.8, .alpha = 4.414, .a = 0.793, .b = 2.426};
  const BgNbdModel at_repeats(bg);
  const BgNbdModel at_purchases(bg, BgNbdVariant::mbg);
  const ParetoNbdModel at_any_time({.r = 0.55, .alpha = 10.6, .s = 0.6, .beta = 11.7});
  const std::size_t customers = 40'000;
  const std::vector<double> mean(customers, 30.0);
  for (const PurchaseModel* of : {static_cast<const PurchaseModel*>(&at_repeats),
                                  static_cast<const PurchaseModel*>(&at_purchases),
                                  static_cast<const PurchaseModel*>(&at_any_time)}) {
    for (const PurchasePattern& pattern :
         {PurchasePattern{0, 0, 0}, PurchasePattern{0, 0, 20}, PurchasePattern{5, 18, 30}}) {
      const std::vector<std::uint32_t> repeats(customers, pattern.repeats);
      const std::vector<double> last(customers, pattern.last), age(customers, pattern.age);
      const RepeatPurchases alike = RepeatPurchases::from_histories(repeats, last, age);
      // One outcome each: low and high are that outcome.
      for (const CustomerValueOptions& options :
           {CustomerValueOptions{.margin = 0.5, .discount = 0.15, .draws = 1},
            CustomerValueOptions{.discount = 0, .horizon = 39, .draws = 1}}) {
        const CustomerValues values = customer_values_of(alike, mean, *of, spend, options);
        double sum = 0, square = 0, nothing = 0;
        for (const double outcome : values.low) {
          sum += outcome;
          square += outcome * outcome;
          nothing += outcome == 0 ? 1 : 0;
        }
        const double n = static_cast<double>(customers);
        const double deviation = std::sqrt((square / n - sum / n * sum / n) / n);
        CHECK(std::abs(sum / n - values.value[0]) < 4 * deviation);
        CHECK(values.low == values.high);
        if (options.discount > 0) continue;
        double none = 0;
        of->purchase_probabilities(pattern, 39, std::span(&none, 1));
        CHECK(std::abs(nothing / n - none) < 4 * std::sqrt(none * (1 - none) / n));
      }
    }
  }
}

TEST_CASE("intervals hold what they promise, and are the same bits for any number of threads") {
  const Shop shop = some_shop(600);
  const RepeatPurchases purchases = RepeatPurchases::from_orders(shop.orders, 600);
  CustomerValueOptions options{.discount = 0.1, .draws = 200, .interval = 0.8, .seed = 3};
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  const CustomerValues values = customer_values_of(purchases, model, spend, options);
  const CustomerValues again = customer_values_of(purchases, model, spend, options, context);
  CHECK(same(values.low, again.low));
  CHECK(same(values.high, again.high));
  // Other outcomes of the same customers fall in four times of five.
  options.draws = 1;
  options.seed = 4;
  const CustomerValues once = customer_values_of(purchases, model, spend, options);
  double within = 0;
  for (std::size_t c = 0; c + 1 < 600; ++c) {
    CHECK(values.low[c] <= values.high[c]);
    CHECK(values.low[c] >= 0);
    within += once.low[c] >= values.low[c] && once.low[c] <= values.high[c] ? 1 : 0;
  }
  CHECK(within / 599 > 0.75);
  CHECK(within / 599 < 0.95);  // more than .8, for many outcomes are 0
  CHECK(std::isnan(values.low[599]));
}

TEST_CASE("customers of many purchases have outcomes too") {
  const std::uint32_t repeats[] = {100'000};
  const double age[] = {100};
  const double means[] = {2};
  const RepeatPurchases busy = RepeatPurchases::from_histories(repeats, age, age);
  const CustomerValues values =
      customer_values_of(busy, means, model, spend, {.horizon = 10, .draws = 50});
  CHECK(values.high[0] == Approx(values.value[0]).epsilon(0.1));
}
