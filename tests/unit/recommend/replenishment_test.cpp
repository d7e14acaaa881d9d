#include "emptor/recommend/replenishment.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr double day = 86400;

Time at_day(double days) {
  return Time{std::chrono::seconds{static_cast<std::int64_t>(days * day)}};
}

struct Truth {
  double typical = std::log(30.0);
  double within = 0.3;
  double between = 0.4;
  double between_items = 0.5;
  double power = 0.0;
};

/// A shop of made-up customers; every one goes on buying every item for `days` days.
InteractionLog made_up(std::size_t m, std::size_t n, double days, const Truth& truth,
                       double repeat = 1) {
  InteractionLog log;
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream of_item(7, i);
    const double item = of_item.normal(truth.typical, truth.between_items);
    for (std::size_t c = 0; c < m; ++c) {
      RandomStream random(8, c * n + i);
      const double own = random.normal(item, truth.between);
      double time = random.uniform(0, 20);
      while (time < days) {
        const double quantity = 1 + random.below(6);
        log.add(id_at<Customer>(c), id_at<Item>(i), static_cast<float>(quantity), at_day(time));
        if (!random.bernoulli(repeat)) break;
        time +=
            1.001 + std::exp(random.normal(own + truth.power * std::log(quantity), truth.within));
      }
    }
  }
  return log;
}

template <class Call>
void check_refused(const std::string& name, Call&& call) {
  try {
    call();
    FAIL_CHECK("nothing was thrown for " << name);
  } catch (const Exception& e) {
    CHECK(e.code() == ErrorCode::invalid_option);
    CHECK_THAT(std::string(e.what()), ContainsSubstring(name));
  }
}

TEST_CASE("the spread of intervals is found again") {
  const Truth truth{.power = 0.5};
  const Sequences data(60, 30, made_up(60, 30, 900, truth));
  const auto [model, report] = fit_replenishment(data);
  CHECK(report.pairs == 60 * 30);
  CHECK(report.items == 30);
  // 1 and more days are added to each interval, and long ones are cut off: near, not equal.
  CHECK(report.within_pair == Approx(truth.within).margin(0.03));
  CHECK(report.between_customers == Approx(truth.between).margin(0.05));
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    const double drawn = RandomStream(7, i).normal(0, truth.between_items);
    sum += drawn;
    squares += drawn * drawn;
  }
  const double drawn_deviation = std::sqrt((squares - sum * sum / 30) / 29);
  CHECK(report.between_items == Approx(drawn_deviation).margin(0.05));
  CHECK(report.quantity_power == Approx(truth.power).margin(0.05));
  CHECK(report.repeat_rate > 0.95);
}

TEST_CASE("by hand: one item, equal intervals") {
  InteractionLog log;
  for (const int d : {0, 10, 20, 30}) log.add(Customer{0}, Item{0}, 1, at_day(d));
  log.add(Customer{0}, Item{0}, 1, at_day(30.5));  // part of the last purchase
  log.add(Customer{1}, Item{0}, 1, at_day(25));
  log.add(Customer{1}, Item{1}, 1, at_day(5));  // nobody buys 1 again
  const Sequences data(3, 3, log);
  const auto [model, report] = fit_replenishment(data);
  CHECK(report.pairs == 3);
  CHECK(report.intervals == 3);
  CHECK(report.items == 1);
  CHECK(report.typical_days == Approx(10));
  CHECK(*model.item_interval(Item{0}) == Approx(10));
  CHECK_FALSE(model.item_interval(Item{1}).has_value());

  const auto now = at_day(38);
  const auto own = model.due(Customer{0}, Item{0}, now);
  REQUIRE(own.has_value());
  CHECK(own->purchases == 4);
  CHECK(own->last == at_day(30));
  CHECK(own->interval_days == Approx(10));
  CHECK(own->due - at_day(40) <= std::chrono::seconds{1});
  CHECK(own->overdue == Approx(0.8));
  // Equal intervals vary by the least that is assumed, .01 in ln(days): 1.2816 deviations of that.
  const auto around = std::chrono::seconds{static_cast<int>(10 * day * 0.01 * 1.2816)};
  CHECK(own->due - own->early > around * 0.95);
  CHECK(own->due - own->early < around * 1.2);
  CHECK(own->late - own->due >= own->due - own->early);
  const auto surer = model.due(Customer{0}, Item{0}, now, {.interval = 0.99});
  CHECK(surer->early < own->early);
  CHECK(surer->late > own->late);
  CHECK(own->due_probability < 0.01);
  // A first purchase has the item's interval.
  const auto once = model.due(Customer{1}, Item{0}, now);
  REQUIRE(once.has_value());
  CHECK(once->purchases == 1);
  CHECK(once->interval_days == Approx(10));
  CHECK(once->overdue == Approx(1.3));
  CHECK(once->due_probability > 0.99);
  CHECK(once->buys < own->buys);
  CHECK_FALSE(model.due(Customer{1}, Item{1}, now).has_value());
  CHECK_FALSE(model.due(Customer{2}, Item{0}, now).has_value());
  CHECK_FALSE(model.due(Customer{0}, Item{1}, now).has_value());
  // Before the last purchase counts as that moment.
  CHECK(model.due(Customer{0}, Item{0}, at_day(3))->overdue == 0);

  CHECK(model.due_items(Customer{1}, now, 5).size() == 1);
  const auto buyers = model.due_customers(Item{0}, now, 5);
  REQUIRE(buyers.size() == 2);
  CHECK(buyers[0].customer == Customer{0});
  CHECK(model.due_customers(Item{0}, now, 1).size() == 1);
  CHECK(model.due_customers(Item{0}, now, 5, {.within_days = 1}).size() == 1);
  CHECK(model.due_customers(Item{0}, now, 5, {.within_days = 3, .least_probability = 0.5}).size() ==
        1);
  CHECK(model.due_items(Customer{2}, now, 5).empty());
  CHECK(model.due_customers(Item{1}, now, 5).empty());
}

TEST_CASE("a customer's own interval weighs more the more often it was seen") {
  InteractionLog log = made_up(40, 1, 400, {.between_items = 0});
  // Two who buy much more rarely, seen twice and six times.
  for (int k = 0; k < 2; ++k) log.add(Customer{40}, Item{0}, 1, at_day(150.0 * k));
  for (int k = 0; k < 6; ++k) log.add(Customer{41}, Item{0}, 1, at_day(150.0 * k));
  const Sequences data(43, 1, log);
  const auto model = fit_replenishment(data).model;
  const Time now = at_day(900);
  const double item = *model.item_interval(Item{0});
  const double twice = model.due(Customer{40}, Item{0}, now)->interval_days;
  const double often = model.due(Customer{41}, Item{0}, now)->interval_days;
  CHECK(item < twice);
  CHECK(twice < often);
  CHECK(often < 150);
}

TEST_CASE("many do not come back, and silence speaks against it") {
  const Sequences data(300, 4, made_up(300, 4, 400, {}, 0.6));
  const auto [model, report] = fit_replenishment(data);
  CHECK(report.repeat_rate == Approx(0.6).margin(0.08));
  const auto soon = model.due(Customer{0}, Item{0}, at_day(400));
  const auto late = model.due(Customer{0}, Item{0}, at_day(4000));
  CHECK(late->buys < 0.01);
  CHECK(late->buys < soon->buys);
  CHECK(late->due_probability > 0.99);
}

TEST_CASE("brute force: the chance of a purchase from the mixture it stands for") {
  // Integrates over the beta distribution of the chance in small steps.
  const double mean = 0.4;
  const double strength = 2;
  const double left = 0.3;
  for (const std::uint32_t gaps : {0U, 1U, 4U}) {
    double sum = 0;
    double norm = 0;
    constexpr int steps = 200'000;
    for (int s = 0; s < steps; ++s) {
      const double p = (s + 0.5) / steps;
      const double density =
          std::pow(p, mean * strength - 1) * std::pow(1 - p, (1 - mean) * strength - 1);
      norm += density;
      sum += density * std::pow(p, gaps) * (1 - p + p * left);
    }
    detail::RepeatLikelihood likelihood;
    likelihood.set(mean, strength, 4);
    CHECK(std::exp(likelihood(gaps, left)) == Approx(sum / norm).epsilon(0.01));
  }
}

TEST_CASE("nothing to learn from") {
  const Time now = at_day(1);
  const auto none = fit_replenishment(Sequences{});
  CHECK(none.report.pairs == 0);
  CHECK(std::isnan(none.report.typical_days));
  InteractionLog log;
  log.add(Customer{0}, Item{0});
  const auto once = fit_replenishment(Sequences(1, 1, log));
  CHECK(once.report.items == 0);
  CHECK_FALSE(once.model.due(Customer{0}, Item{0}, now).has_value());
  // The only interval there is: known to a hundredth.
  log.add(Customer{0}, Item{0}, 1, at_day(7));
  const auto twice = fit_replenishment(Sequences(1, 1, log));
  CHECK(twice.model.due(Customer{0}, Item{0}, at_day(14))->overdue == Approx(1));
}

TEST_CASE("saved, loaded, updated, and the same for any number of threads") {
  const Sequences data(20, 5, made_up(20, 5, 300, {}, 0.8));
  const Time until = at_day(400);
  const auto model = fit_replenishment(data, {.until = until}).model;
  const auto bytes = model.save();
  const auto loaded = ReplenishmentModel::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  ThreadPool pool(2);
  Context threads;
  threads.executor = &pool;
  const auto parallel = fit_replenishment(data, {.until = until}, threads).model;
  const auto fewer = fit_replenishment(Sequences(20, 5, made_up(20, 4, 200, {}, 0.8))).model;
  const auto updated = fewer.update(data, {}, until);
  for (std::size_t c = 0; c < 20; ++c) {
    const auto expected = model.due_items(id_at<Customer>(c), until, 9);
    for (const auto* other : {&*loaded, &parallel, &updated}) {
      const auto list = other->due_items(id_at<Customer>(c), until, 9);
      REQUIRE(list.size() == expected.size());
      for (std::size_t i = 0; i < list.size(); ++i) {
        CHECK(list[i].item == expected[i].item);
        CHECK(list[i].buys == expected[i].buys);
        CHECK(list[i].due == expected[i].due);
      }
    }
  }
  std::vector<std::byte> damaged;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    damaged.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    if (ReplenishmentModel::load(damaged).has_value()) FAIL_CHECK("loaded after a cut at " << at);
    damaged = bytes;
    damaged[at] ^= std::byte{0x20};
    if (ReplenishmentModel::load(damaged).has_value()) FAIL_CHECK("loaded, changed at " << at);
  }
  try {
    (void)model.update(Sequences(19, 5, InteractionLog{}));
    FAIL("nothing was thrown");
  } catch (const Exception& e) {
    CHECK(e.code() == ErrorCode::invalid_shape);
  }
}

TEST_CASE("what makes no sense is refused") {
  const Sequences data(20, 5, made_up(20, 5, 100, {}));
  check_refused("merge_days", [&] { (void)fit_replenishment(data, {.merge_days = -1}); });
  check_refused("doubt", [&] { (void)fit_replenishment(data, {.doubt = -1}); });
  check_refused("until", [&] { (void)fit_replenishment(data, {.until = at_day(3)}); });
  const auto model = fit_replenishment(data).model;
  const Time now = at_day(100);
  check_refused("within_days",
                [&] { (void)model.due_items(Customer{0}, now, 3, {.within_days = -1}); });
  check_refused("least_probability",
                [&] { (void)model.due_items(Customer{0}, now, 3, {.least_probability = 2}); });
  const auto unknown = [](auto&& call) {
    try {
      call();
    } catch (const Exception& e) {
      return e.code() == ErrorCode::out_of_range;
    }
    return false;
  };
  CHECK(unknown([&] { (void)model.due_items(Customer{20}, now, 3); }));
  CHECK(unknown([&] { (void)model.due_customers(Item{5}, now, 3); }));
  CHECK(unknown([&] { (void)model.due(Customer{0}, Item{5}, now); }));
  CHECK(unknown([&] { (void)model.item_interval(Item{5}); }));
}

}  // namespace
