#include "emptor/value/next_order.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

Time at_day(double days) {
  return Time{std::chrono::seconds{static_cast<std::int64_t>(days * 86400)}};
}

struct Shop {
  Customers customers;
  Items items;
  Orders orders;
};

struct Truth {
  double typical = std::log(30.0);
  double within = 0.3;
  double between = 0.4;
  double repeat = 0.8;  ///< the same for all
};

/// m customers who first order within 60 days and are watched for `days`; when each would have
/// ordered next after that, if ever, is told too.
Shop made_up(std::size_t m, double days, const Truth& truth,
             std::vector<std::optional<double>>* next = nullptr) {
  Shop shop;
  OrdersBuilder builder(shop.customers, shop.items);
  for (std::size_t c = 0; c < m; ++c) {
    RandomStream random(5, c);
    const double own = random.normal(truth.typical, truth.between);
    double time = random.uniform(0, 60);
    bool returns = true;
    while (returns && time < days) {
      builder.add({.customer = text("c", c), .item = "thing", .time = at_day(time), .amount = 100});
      returns = random.bernoulli(truth.repeat);
      time += std::max(1.001, std::exp(random.normal(own, truth.within)));
    }
    if (next != nullptr) next->push_back(returns ? std::optional{time} : std::nullopt);
  }
  shop.orders = std::move(builder).finish();
  return shop;
}

}  // namespace

TEST_CASE("next order: what generated the orders is found again") {
  const Truth truth;
  const Shop shop = made_up(3000, 900, truth);
  const auto [model, report] = fit_next_order(shop.orders);
  CHECK(report.learned.pairs == 3000);
  CHECK(report.purchases == shop.orders.lines());
  CHECK(report.learned.typical_days == Approx(30).epsilon(0.05));
  CHECK(report.learned.within_pair == Approx(truth.within).margin(0.02));
  CHECK(report.learned.between_customers == Approx(truth.between).margin(0.03));
  CHECK(report.learned.repeat_rate == Approx(truth.repeat).margin(0.02));
}

TEST_CASE("next order: intervals hold what they promise, and so do probabilities") {
  constexpr double days = 300;
  std::vector<std::optional<double>> truth;
  const Shop shop = made_up(20000, days, {}, &truth);
  const NextOrderModel model = fit_next_order(shop.orders, {.as_of = at_day(days)}).model;
  std::size_t returned = 0;
  std::size_t inside = 0;
  std::size_t before_median = 0;
  std::size_t bought = 0;
  double expected_returns = 0;
  double expected_bought = 0;
  for (std::size_t c = 0; c < truth.size(); ++c) {
    const auto next = model.next(id_at<Customer>(c), at_day(days), {.within_days = 20});
    REQUIRE(next.has_value());
    CHECK(next->early <= next->expected);
    CHECK(next->expected <= next->late);
    CHECK(next->early >= at_day(days));
    expected_returns += next->returns;
    expected_bought += next->buys;
    if (!truth[c]) continue;
    ++returned;
    const Time when = at_day(*truth[c]);
    inside += when >= next->early && when <= next->late ? 1 : 0;
    before_median += when <= next->expected ? 1 : 0;
    bought += *truth[c] <= days + 20 ? 1 : 0;
  }
  const auto share = [&](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(returned);
  };
  CHECK(share(inside) == Approx(0.8).margin(0.015));
  CHECK(share(before_median) == Approx(0.5).margin(0.03));
  CHECK(expected_returns == Approx(static_cast<double>(returned)).epsilon(0.06));
  CHECK(expected_bought == Approx(static_cast<double>(bought)).epsilon(0.06));
}

TEST_CASE("next order: by hand") {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  for (const int d : {0, 10, 20, 30}) {
    builder.add({.customer = "a", .item = "x", .time = at_day(d), .amount = 5});
  }
  builder.add({.customer = "a", .item = "x", .time = at_day(30.5), .amount = 5});  // one with 30
  builder.add({.customer = "a", .item = "x", .time = at_day(34), .amount = -5});
  builder.add({.customer = "b", .item = "x", .time = at_day(25), .amount = 5});
  builder.add({.item = "x", .time = at_day(25), .amount = 5});
  builder.add({.customer = "c", .item = "x", .time = at_day(31), .amount = -5});
  builder.add({.customer = "b", .item = "x", .time = at_day(99), .amount = 5});
  const Orders orders = std::move(builder).finish();
  const auto [model, report] = fit_next_order(orders, {.as_of = at_day(40)});
  CHECK(report.lines == 10);
  CHECK(report.purchases == 6);
  CHECK(report.anonymous == 1);
  CHECK(report.refunds == 2);
  CHECK(report.later == 1);
  // A little above 10, since b has been silent for 15 days and may yet return.
  CHECK(report.learned.typical_days > 10);
  CHECK(report.learned.typical_days == Approx(10).epsilon(0.005));
  CHECK(model.as_of() == at_day(40));

  const auto next = model.next(*customers.find("a"), at_day(35));
  REQUIRE(next.has_value());
  CHECK(next->orders == 4);
  CHECK(next->last == at_day(30));
  CHECK(next->interval_days == Approx(10).epsilon(0.005));
  CHECK(next->overdue == Approx(0.5).epsilon(0.005));
  CHECK(next->expected > at_day(40));
  CHECK(next->expected < at_day(40) + std::chrono::hours{1});
  CHECK(model.next(*customers.find("b"), at_day(35))->orders == 1);
  CHECK_FALSE(model.next(*customers.find("c"), at_day(35)).has_value());
  // Long overdue: expected is after now, and it hardly comes.
  const auto late = model.next(*customers.find("a"), at_day(300));
  CHECK(late->expected >= at_day(300));
  CHECK(late->returns < 0.5 * next->returns);

  const auto list = model.likeliest(at_day(35), 5);
  REQUIRE(list.size() == 2);
  CHECK(list[0].customer == *customers.find("a"));
  CHECK(list[0].buys >= list[1].buys);
  CHECK(model.likeliest(at_day(35), 1).size() == 1);
}

TEST_CASE("next order: the same bits for any executor, before and after saving") {
  const Shop shop = made_up(9000, 200, {});
  const NextOrderModel model = fit_next_order(shop.orders).model;
  ThreadPool pool(3);
  const Context context{.executor = &pool};
  CHECK(fit_next_order(shop.orders, {}, context).model.save() == model.save());
  const auto loaded = NextOrderModel::load(model.save());
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == model.save());
  CHECK(loaded->as_of() == model.as_of());
  const auto a = model.next(Customer{7}, at_day(210));
  const auto b = loaded->next(Customer{7}, at_day(210));
  CHECK(a->buys == b->buys);
  CHECK(a->expected == b->expected);
  std::vector<std::byte> cut = model.save();
  cut.resize(cut.size() / 2);
  CHECK_FALSE(NextOrderModel::load(cut).has_value());
}

TEST_CASE("next order: nothing to learn from, and wrong questions") {
  const auto none = fit_next_order(Orders{});
  CHECK(none.model.customers() == 0);
  CHECK(none.model.likeliest(at_day(1), 3).empty());
  CHECK(NextOrderModel::load(none.model.save()).has_value());
  CHECK_THROWS_AS(none.model.next(Customer{0}, at_day(1)), Exception);
  CHECK_THROWS_AS(fit_next_order(Orders{}, {.merge_days = -1}), Exception);
  CHECK_THROWS_AS(fit_next_order(Orders{}, {.merge_days = std::nan("")}), Exception);

  // All at one instant: nobody came twice.
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  for (int i = 0; i < 5; ++i) {
    builder.add({.customer = "a", .item = "x", .time = at_day(1), .amount = 5});
  }
  const Orders orders = std::move(builder).finish();
  const auto [model, report] = fit_next_order(orders);
  CHECK(report.learned.pairs == 1);
  CHECK(report.learned.intervals == 0);
  CHECK_FALSE(model.next(Customer{0}, at_day(2)).has_value());
  CHECK_THROWS_AS(model.next(Customer{0}, at_day(2), {.interval = 1}), Exception);
  CHECK_THROWS_AS(model.next(Customer{0}, at_day(2), {.within_days = -1}), Exception);
}
