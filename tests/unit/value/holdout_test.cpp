#include "emptor/value/holdout.hpp"

#include <cmath>

#include "emptor/core/random.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/purchase_matrix.hpp"
#include "emptor/value/repeat_purchases.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr BgNbdParameters truth{.r = 0.8, .alpha = 6, .a = 0.8, .b = 3};
const Day start{std::chrono::year{2020} / 1 / 1};
// A unit of time is four weeks: then two purchases hardly fall on one day, where they count once.
constexpr int unit = 28;
constexpr int first_days = 360;
constexpr int calibration_days = 52 * unit;
constexpr int days = 104 * unit;

struct Shop {
  Customers customers;
  Items items;
  Orders orders;
};

void buy(OrdersBuilder& builder, std::string_view customer, int day, std::int64_t amount = 100) {
  builder.add({.order = {},
               .customer = customer,
               .item = "i",
               .time = start + std::chrono::days{day} + std::chrono::hours{12},
               .amount = amount,
               .quantity = 1,
               .channel = {}});
}

/// Customers who do just what the model says, eight years of them.
Shop simulated(std::size_t customers) {
  Shop out;
  OrdersBuilder builder(out.customers, out.items);
  for (std::size_t c = 0; c < customers; ++c) {
    RandomStream random(9, c);
    const std::string key = text("c", c);
    const double rate = random.gamma(truth.r, 1 / truth.alpha);
    const double leaves = random.beta(truth.a, truth.b);
    double day = random.below(first_days);
    buy(builder, key, static_cast<int>(day));
    day += unit * random.exponential(1 / rate);
    while (day < days) {
      buy(builder, key, static_cast<int>(day));
      if (random.bernoulli(leaves)) break;
      day += unit * random.exponential(1 / rate);
    }
  }
  out.orders = std::move(builder).finish();
  return out;
}

constexpr std::chrono::seconds noon = std::chrono::hours{12};
const HoldoutOptions options{
    .calibration_end = start + std::chrono::days{calibration_days - 1} + noon,
    .holdout_end = start + std::chrono::days{days - 1} + noon,
    .days_per_unit = unit,
    .track_days = unit};

}  // namespace

TEST_CASE("a holdout by hand") {
  Shop shop;
  OrdersBuilder builder(shop.customers, shop.items);
  for (const int day : {0, 7, 7, 20, 36}) buy(builder, "a", day);  // twice on day 7
  for (const int day : {3, 40}) buy(builder, "b", day);
  buy(builder, "late", 30);
  buy(builder, "a", 33, -100);  // money back
  buy(builder, "a", 80);        // after the end
  shop.orders = std::move(builder).finish();
  const BgNbdModel model({.r = 0.5, .alpha = 5, .a = 1, .b = 3});
  const HoldoutResult result = holdout_of(shop.orders, shop.customers.size(), model,
                                          {.calibration_end = start + std::chrono::days{27} + noon,
                                           .holdout_end = start + std::chrono::days{55} + noon,
                                           .track_days = 14,
                                           .most_repeats = 2,
                                           .alive_bins = 1});
  CHECK(result.model == "bg_nbd");
  CHECK(result.customers == 2);
  CHECK(result.length == 4);
  CHECK(result.actual_purchases == 2);
  const PurchasePattern a{2, 20 / 7.0, 27 / 7.0};
  const PurchasePattern b{0, 0, 24 / 7.0};
  const double expected_a = model.expected_purchases(a, 4);
  const double expected_b = model.expected_purchases(b, 4);
  CHECK(result.expected_purchases == Approx(expected_a + expected_b));
  CHECK(result.mean_absolute_error ==
        Approx((std::abs(expected_a - 1) + std::abs(expected_b - 1)) / 2));
  CHECK(result.root_mean_square_error ==
        Approx(std::sqrt((std::pow(expected_a - 1, 2) + std::pow(expected_b - 1, 2)) / 2)));
  CHECK(result.naive_mean_absolute_error == Approx((std::abs(8 * 7 / 27.0 - 1) + 1) / 2));
  CHECK(std::isnan(result.correlation));  // both bought once
  REQUIRE(result.frequencies.size() == 2);
  CHECK(result.frequencies[0].expected == Approx(expected_b));
  CHECK(result.frequencies[1].repeats == 2);
  CHECK(result.frequencies[1].and_more);
  CHECK(result.frequencies[1].actual == 1);
  REQUIRE(result.alive.size() == 1);
  CHECK(result.alive[0].buyers == 1);
  CHECK(result.alive[0].alive == Approx((1 + model.probability_alive(a)) / 2));
  double none_a = 0, none_b = 0;
  model.purchase_probabilities(a, 4, std::span(&none_a, 1));
  model.purchase_probabilities(b, 4, std::span(&none_b, 1));
  CHECK(result.alive[0].expected_buyers == Approx(1 - (none_a + none_b) / 2));
  REQUIRE(result.tracking.size() == 4);
  const double actual[] = {1, 1, 2, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    const HoldoutTracking& point = result.tracking[i];
    const int last = 14 * static_cast<int>(i + 1) - 1;
    CHECK(point.last_day == start + std::chrono::days{last});
    CHECK(point.held_out == (i >= 2));
    CHECK(point.actual == actual[i]);
    CHECK(point.expected_so_far ==
          Approx(model.expected_purchases(PurchasePattern{}, last / 7.0) +
                 model.expected_purchases(PurchasePattern{}, (last - 3) / 7.0)));
  }
}

TEST_CASE("the model that made the data comes true") {
  const Shop shop = simulated(20'000);
  const RepeatPurchases histories =
      RepeatPurchases::from_orders(shop.orders, shop.customers.size(),
                                   {.as_of = options.calibration_end, .days_per_unit = unit});
  const FittedBgNbd fit = fit_bg_nbd(histories);
  const HoldoutResult result = holdout_of(shop.orders, shop.customers.size(), fit.model, options);
  CHECK(result.customers == 20'000);
  CHECK(result.length == 52);
  CHECK(result.expected_purchases == Approx(result.actual_purchases).epsilon(0.03));
  CHECK(result.tracking_error < 0.02);
  CHECK(result.mean_absolute_error < 0.9 * result.naive_mean_absolute_error);
  CHECK(result.root_mean_square_error < 0.9 * result.naive_root_mean_square_error);
  CHECK(result.correlation > 0.6);
  for (const HoldoutFrequency& group : result.frequencies) {
    CHECK(std::abs(group.expected - group.actual) < 0.1 + 0.02 * group.actual);
  }
  for (const HoldoutAlive& bin : result.alive) {
    if (bin.customers < 300) continue;
    CHECK(std::abs(bin.expected_buyers - bin.buyers) < 0.03);
  }
  CHECK(result.tracking.size() == 104);
  CHECK(result.tracking.back().actual_so_far > result.actual_purchases);
}

TEST_CASE("a holdout refuses what cannot be") {
  const Shop shop = simulated(20);
  const BgNbdModel model(truth);
  const auto run = [&](const HoldoutOptions& with) {
    return holdout_of(shop.orders, 20, model, with);
  };
  HoldoutOptions wrong = options;
  wrong.holdout_end = wrong.calibration_end;
  CHECK_THROWS_AS(run(wrong), Exception);
  wrong.holdout_end = wrong.calibration_end + std::chrono::seconds{60};  // the same day
  CHECK_THROWS_AS(run(wrong), Exception);
  for (const HoldoutOptions& out :
       {HoldoutOptions{.days_per_unit = 0}, HoldoutOptions{.track_days = 0},
        HoldoutOptions{.most_repeats = 0}, HoldoutOptions{.alive_bins = 101}}) {
    HoldoutOptions timed = out;
    timed.calibration_end = options.calibration_end;
    timed.holdout_end = options.holdout_end;
    CHECK_THROWS_AS(run(timed), Exception);
  }
  wrong = options;
  wrong.calibration_end = start - std::chrono::days{1};
  CHECK_THROWS_AS(run(wrong), Exception);
  wrong = options;
  wrong.holdout_end = start + std::chrono::days{37'000};  // the first order is within a year
  CHECK_THROWS_AS(run(wrong), Exception);
}

TEST_CASE("the matrix of frequency and recency holds what the model says") {
  const BgNbdModel model(truth);
  const PurchaseMatrix matrix =
      purchase_matrix_of(model, {.age = 40, .horizon = 26, .most_repeats = 5, .steps = 4});
  REQUIRE(matrix.rows() == 6);
  REQUIRE(matrix.columns() == 4);
  CHECK(matrix.last == std::vector<double>{10, 20, 30, 40});
  for (std::uint32_t x = 0; x < 6; ++x) {
    for (std::size_t j = 0; j < 4; ++j) {
      const PurchasePattern pattern{x, x > 0 ? matrix.last[j] : 0, 40};
      CHECK(matrix.alive[x * 4 + j] == Approx(model.probability_alive(pattern)));
      CHECK(matrix.expected_purchases[x * 4 + j] == Approx(model.expected_purchases(pattern, 26)));
    }
  }
  for (const PurchaseMatrixOptions& wrong :
       {PurchaseMatrixOptions{.age = 0, .horizon = 1},
        PurchaseMatrixOptions{.age = 1, .horizon = 0},
        PurchaseMatrixOptions{.age = 1, .horizon = endless},
        PurchaseMatrixOptions{.age = 1, .horizon = 1, .most_repeats = 500},
        PurchaseMatrixOptions{.age = 1, .horizon = 1, .steps = 0}}) {
    CHECK_THROWS_AS(purchase_matrix_of(model, wrong), Exception);
  }
}
