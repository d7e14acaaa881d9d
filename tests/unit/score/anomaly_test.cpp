// Unusual orders: twins of z and shares, histories as sets, merges, no look ahead, alarms as many
// as expected, orders of any value.

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/roc.hpp"
#include "emptor/hub/owned_states.hpp"
#include "emptor/math/statistics.hpp"
#include "emptor/score/anomaly.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

/// Customers with a level, a rhythm, an hour, a home and a device of their own.
std::vector<OrderFacts> shop_orders(std::uint32_t customers, std::uint64_t seed,
                                    std::int64_t from = 1'600'000'000) {
  std::vector<OrderFacts> out;
  for (std::uint32_t c = 0; c < customers; ++c) {
    RandomStream random(seed, c);
    const double level = 8 + random.normal();
    const double rhythm = 13 + .7 * random.normal();
    const auto hour = static_cast<std::int64_t>(random.below(24));
    std::int64_t time = from + hour * 3600 + std::int64_t{random.below(90)} * 86'400;
    const std::uint32_t orders = 1 + random.below(25);
    std::uint32_t device = 2 * c;
    for (std::uint32_t i = 0; i < orders; ++i) {
      OrderFacts order;
      order.customer = Customer{c};
      order.order = Order{static_cast<std::uint32_t>(out.size())};
      order.time = at(time + static_cast<std::int64_t>(random.below(5000)));
      order.amount = std::llround(std::exp(level + .4 * random.normal()));
      order.items = 1 + random.below(4);
      if (random.bernoulli(.03)) device = 2 * c + 1;
      order.device = device;
      order.country = random.bernoulli(.98) ? c % 5 : random.below(8);
      order.method = random.bernoulli(.9) ? c % 3 : random.below(3);
      if (random.bernoulli(.05)) order.amount = -order.amount / 2;
      out.push_back(order);
      time += 86'400 * (1 + std::llround(std::exp(rhythm + .5 * random.normal()) / 86'400));
    }
  }
  return out;
}

TEST_CASE("false discovery rates are those of Benjamini and Hochberg") {
  // The example of their paper, section 3.2: 15 p-values, four rejected at .05.
  const std::vector<double> p = {.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
                                 .0459, .3240, .4262, .5719, .6528, .7590, 1.0};
  const std::vector<double> q = false_discovery_rates(p);
  CHECK(std::count_if(q.begin(), q.end(), [](double x) { return x <= .05; }) == 4);
  CHECK(q[3] == Approx(.0095 * 15 / 4));
  CHECK(q[14] == 1);
  CHECK(false_discovery_rates({}).empty());
  const std::vector<double> odd = {std::nan(""), .01};
  CHECK(false_discovery_rates(odd)[0] == 1);
  CHECK(false_discovery_rates(odd)[1] == Approx(.02));
}

TEST_CASE("thresholds leave at most the share asked for") {
  const AlarmCalibration some({3, 1, 2, 2, 5, 4, 2, 2, 2, 6});
  CHECK(some.threshold_for(.1) == 6);
  CHECK(some.threshold_for(.2) == 5);
  CHECK(some.threshold_for(.8) == 3);  // one more step would be nine
  CHECK(some.share_of_alarms(some.threshold_for(.8)) == Approx(.4));
  CHECK(some.threshold_for(0) > 6);
  CHECK(some.threshold_for(1) < -1e300);
  CHECK(some.p_value(6) == Approx(2. / 11));
  CHECK(some.p_value(7) == Approx(1. / 11));
  std::vector<double> many(1001);
  for (std::size_t i = 0; i <= 1000; ++i) many[i] = static_cast<double>(i);
  const AlarmCalibration thin(many, 11);
  CHECK(thin.scores().size() == 11);
  CHECK(thin.scores()[3] == 300);
  CHECK(thin.scores().back() == 1000);
}

TEST_CASE("a history is the set of the latest orders") {
  std::vector<OrderFacts> orders = shop_orders(6, 4);
  OrderHistory all;
  for (const OrderFacts& order : orders) all.add(order);
  CHECK(all.orders().size() == OrderHistory::capacity);
  RandomStream random(1);
  for (int round = 0; round < 20; ++round) {
    random.shuffle(std::span(orders));
    OrderHistory a, b, c;
    for (const OrderFacts& order : orders) {
      (random.bernoulli(.5) ? a : random.bernoulli(.3) ? b : c).add(order);
      if (random.bernoulli(.1)) a.add(order);
    }
    b.merge(c);
    a.merge(b);
    CHECK(a == all);
    a.merge(a);
    CHECK(a == all);
  }
  static_assert(MergeableState<OrderHistory>);
}

TEST_CASE("z is the twin's: shrunk median and deviation") {
  const std::vector<OrderFacts> orders = shop_orders(300, 7);
  const OrderBaselineFit fit = fit_order_baseline(orders);
  const OrderReference usual = fit.report.references[0];
  CHECK(usual.within == Approx(.4).margin(.04));
  CHECK(usual.within / std::sqrt(usual.kappa) == Approx(1).margin(.25));
  OrderHistory history;
  std::vector<double> logs;
  OrderFacts order;
  OrderAnomaly answer;
  std::vector<std::int64_t> amounts = {1000, 1500, 900, 40'000, 1000, 0};
  RandomStream random(8);
  for (int i = 0; i < 40; ++i) {  // with ties
    amounts.push_back(std::llround(std::exp(6 + .5 * random.normal()) / 50) * 50);
  }
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    order.amount = amounts[i];
    order.time = at(1'700'000'000 + 86'400 * static_cast<std::int64_t>(i));
    fit.model.score(history, order, answer);
    const auto n = static_cast<double>(logs.size());
    CHECK(answer.known == logs.size());
    double center = usual.location;
    double own = 0;
    if (n > 0) {
      const double middle = median(std::span<const double>(logs));
      center = (n * middle + usual.kappa * usual.location) / (n + usual.kappa);
      std::vector<double> off;
      for (const double x : logs) off.push_back(std::abs(x - middle));
      own = 1.4826022185056018 * median(std::span<const double>(off));
    }
    const double w = usual.within * usual.within;
    const double known = n >= 3 ? n : 0;
    const double squared = (known * own * own + 8 * w) / (known + 8) + w / (n + usual.kappa);
    CHECK(answer.reasons[0].measured ==
          Approx((std::log1p(static_cast<double>(amounts[i])) - center) / std::sqrt(squared))
              .epsilon(1e-10));
    CHECK(answer.reasons[0].expected == Approx(std::expm1(center)));
    logs.push_back(std::log1p(static_cast<double>(amounts[i])));
    if (logs.size() > OrderHistory::capacity) logs.erase(logs.begin());
    history.add(order);
  }
}

TEST_CASE("shares of categories are the twin's") {
  std::vector<OrderFacts> orders = shop_orders(200, 9);
  const OrderBaselineFit fit = fit_order_baseline(orders);
  std::map<std::uint32_t, double> count;
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;  // once a customer
  for (const OrderFacts& order : orders) {
    pairs.emplace(static_cast<std::uint32_t>(order.customer), order.country);
  }
  for (const auto& [customer, country] : pairs) ++count[country];
  double once = 0;
  for (const auto& [code, n] : count) once += n == 1 ? 1 : 0;
  const auto n = static_cast<double>(pairs.size());
  const double unseen = (once + 1) / (n + 2);
  const double kappa = fit.report.kappas[3];
  OrderHistory history;
  std::map<std::uint32_t, double> own;
  double known = 0;
  const std::uint32_t told[] = {3, 3, 0, 7, 99, unknown_code, 3};
  for (std::size_t step = 0; step < 7; ++step) {
    OrderFacts order;
    order.order = Order{static_cast<std::uint32_t>(step)};
    order.time = at(static_cast<std::int64_t>(1'700'000'000 + step));
    for (const std::uint32_t asked : {0U, 1U, 3U, 4U, 7U, 99U, 100U}) {
      std::map<std::uint32_t, double> mass;
      for (const auto& [code, c] : count) mass[code] = kappa * c / n * (1 - unseen);
      for (const auto& [code, c] : own) mass[code] += c;
      const double mine = mass.count(asked) != 0 ? mass[asked] : 0;
      double sum = kappa * unseen;
      for (const auto& [code, m] : mass) sum += m <= mine * (1 + 1e-12) ? m : 0;
      order.country = asked;
      OrderAnomaly answer;
      fit.model.score(history, order, answer);
      const OrderReason& reason = answer.reasons[static_cast<std::size_t>(OrderSignal::country)];
      CHECK(reason.measured == Approx(std::min(1.0, sum / (known + kappa))).epsilon(1e-9));
      CHECK(reason.surprise == Approx(-std::log(reason.measured)).margin(1e-12));
    }
    order.country = told[step];
    history.add(order);
    if (told[step] != unknown_code) {
      ++own[told[step]];
      ++known;
    }
  }
}

TEST_CASE("scores add up, know nothing of later orders, and batches are the monitor's") {
  const std::vector<OrderFacts> past = shop_orders(400, 2);
  std::vector<OrderFacts> orders = shop_orders(150, 3, 1'650'000'000);
  orders.push_back(orders[5]);  // told twice
  OrderFacts nobody = orders[8];
  nobody.customer = no_customer;
  orders.push_back(nobody);
  const OrderBaseline baseline = fit_order_baseline(past).model;
  const std::vector<OrderAnomaly> answers = score_orders(baseline, orders);
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  CHECK(score_orders(baseline, orders, context) == answers);

  std::vector<std::uint32_t> by_time(orders.size());
  for (std::uint32_t i = 0; i < by_time.size(); ++i) by_time[i] = i;
  std::stable_sort(by_time.begin(), by_time.end(), [&](std::uint32_t a, std::uint32_t b) {
    return orders[a].time < orders[b].time;
  });
  OrderMonitor monitor(baseline);
  for (const std::uint32_t row : by_time) {
    OrderAnomaly answer;
    monitor.score(orders[row], answer);
    CHECK(answer == answers[row]);
    double sum = 0;
    for (const OrderReason& reason : answer.reasons) {
      CHECK(reason.surprise >= 0);
      sum += reason.surprise;
    }
    CHECK(sum == answer.score);
    CHECK(answer.alarm == (answer.score >= baseline.threshold()));
    if (orders[row].customer != no_customer) monitor.add(orders[row]);
  }
  CHECK(answers.back().known == 0);
  // Any sequence of the rows, and later orders left out, change no answer.
  const Time cut = at(1'652'000'000);
  std::vector<OrderFacts> early;
  std::vector<OrderAnomaly> expected;
  for (std::size_t i = orders.size(); i-- > 0;) {
    if (orders[i].time >= cut) continue;
    early.push_back(orders[i]);
    expected.push_back(answers[i]);
  }
  REQUIRE(early.size() > 50);
  CHECK(score_orders(baseline, early) == expected);

  // Two customers who are one.
  OrderMonitor one(baseline), two(baseline);
  for (OrderFacts order : orders) {
    if (order.customer == no_customer) continue;
    two.add(order);
    if (order.customer == Customer{7}) order.customer = Customer{3};
    one.add(order);
  }
  two.merge(Customer{3}, Customer{7});
  CHECK(one.history(Customer{3}) == two.history(Customer{3}));
  CHECK(two.history(Customer{7}).orders().empty());
  two.merge(Customer{3}, Customer{100'000});
  two.merge(Customer{3}, Customer{3});
  CHECK(one.history(Customer{3}) == two.history(Customer{3}));
  CHECK_THROWS_AS(two.add(nobody), Exception);
}

TEST_CASE("as many alarms as expected, and the right orders") {
  const std::vector<OrderFacts> past = shop_orders(3000, 11);
  OrderBaselineOptions options;
  options.alarm_share = .02;
  const OrderBaselineFit fit = fit_order_baseline(past, options);
  CHECK(fit.report.alarm_share <= .02);
  CHECK(fit.report.alarm_share > .019);
  std::vector<OrderFacts> orders = shop_orders(1500, 12);
  OrderAlarmSummary quiet =
      summarise_order_alarms(fit.model, orders, score_orders(fit.model, orders));
  CHECK(quiet.alarm_share == Approx(.02).margin(.006));

  // Orders taken over by somebody else: another size, device, country and hour.
  std::vector<double> bad(orders.size(), 0);
  RandomStream random(5);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (!random.bernoulli(.01)) continue;
    bad[i] = 1;
    orders[i].amount = std::abs(orders[i].amount) * 6 + 1;
    orders[i].device = 1'000'000 + static_cast<std::uint32_t>(i);
    if (random.bernoulli(.5)) orders[i].country = 7;
  }
  const std::vector<OrderAnomaly> answers = score_orders(fit.model, orders);
  std::vector<double> scores, plain;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    scores.push_back(answers[i].score);
    plain.push_back(static_cast<double>(orders[i].amount));
  }
  const double area = roc_auc({.target = bad, .score = scores}).auc;
  CHECK(area > .96);
  CHECK(area > roc_auc({.target = bad, .score = plain}).auc + .08);
  const OrderAlarmSummary summary = summarise_order_alarms(fit.model, orders, answers, 5);
  CHECK(summary.orders == orders.size());
  CHECK(summary.customers == 1500);
  CHECK(summary.alarms > quiet.alarms);
  REQUIRE(summary.top.size() == 5);
  CHECK(summary.top[0].anomaly.score >= summary.top[1].anomaly.score);
  std::size_t sum = 0;
  std::size_t rows = 0;
  for (const std::size_t count : summary.strongest) sum += count;
  for (const OrderAlarmPeriod& period : summary.periods) rows += period.orders;
  CHECK(sum == summary.alarms);
  CHECK(rows == orders.size());
}

TEST_CASE("segments have their own usual amounts") {
  std::vector<OrderFacts> orders = shop_orders(400, 13);
  for (OrderFacts& order : orders) {
    order.segment = static_cast<std::uint32_t>(order.customer) % 2;
    if (order.segment == 1) order.amount *= 100;
  }
  OrderBaselineOptions options;
  options.segments = 3;
  const OrderBaselineFit fit = fit_order_baseline(orders, options);
  const auto& usual = fit.report.references;
  REQUIRE(usual.size() == 9);
  CHECK(usual[3].location - usual[0].location == Approx(std::log(100)).margin(.4));
  CHECK(usual[6].location > usual[0].location);  // nobody: all customers
  CHECK(usual[6].location < usual[3].location);
  OrderFacts order = orders[0];
  order.amount = 300'000;
  order.customer = Customer{999'999};
  OrderAnomaly rich, poor;
  order.segment = 1;
  fit.model.score({}, order, rich);
  order.segment = 0;
  fit.model.score({}, order, poor);
  CHECK(poor.reasons[0].surprise > rich.reasons[0].surprise + 1);
}

TEST_CASE("orders too few for the share asked for raise no alarm") {
  std::vector<OrderFacts> orders = shop_orders(60, 5);
  orders.resize(100);
  OrderFacts odd = orders.front();
  odd.amount = 1'000'000'000'000;
  odd.time += std::chrono::days{4000};
  for (const std::size_t count : {std::size_t{1}, std::size_t{50}, std::size_t{99}}) {
    const OrderBaselineFit fit = fit_order_baseline(std::span(orders).first(count));
    CHECK(fit.report.too_few);
    CHECK(fit.report.threshold == std::numeric_limits<double>::infinity());
    CHECK(fit.report.alarm_share == 0);
    OrderAnomaly answer;
    fit.model.score({}, odd, answer);
    CHECK_FALSE(answer.alarm);
    CHECK(OrderBaseline::load(fit.model.save()).value() == fit.model);
  }
  const OrderBaselineFit enough = fit_order_baseline(orders);
  CHECK_FALSE(enough.report.too_few);
  CHECK(std::isfinite(enough.report.threshold));
  CHECK(enough.report.alarm_share == Approx(.01));
  const OrderBaselineFit none = fit_order_baseline(orders, {.alarm_share = 0});
  CHECK_FALSE(none.report.too_few);
  CHECK(none.report.threshold == std::numeric_limits<double>::infinity());
}

TEST_CASE("customers of an order monitor have any ids") {
  std::vector<OrderFacts> orders = shop_orders(3, 6);
  OrderMonitor monitor(fit_order_baseline(orders).model);
  const Customer far{0xFFFFFFFEU};
  OrderFacts order = orders.front();
  order.customer = far;
  monitor.add(order);
  CHECK(monitor.history(far).orders().size() == 1);
  CHECK(monitor.history(Customer{7}).orders().empty());
  monitor.merge(Customer{0x80000000U}, far);  // kept has no order yet
  CHECK(monitor.history(far).orders().empty());
  CHECK(monitor.history(Customer{0x80000000U}).orders().size() == 1);
  order.order = Order{9};
  monitor.add(order);
  monitor.merge(Customer{0x80000000U}, far);
  CHECK(monitor.history(Customer{0x80000000U}).orders().size() == 2);
  monitor.merge(far, Customer{3});  // has none
  CHECK(monitor.history(far).orders().empty());
  order.customer = no_customer;
  CHECK_THROWS_AS(monitor.add(order), Exception);
  CHECK(monitor.history(no_customer).orders().empty());
}

TEST_CASE("orders of any value, of one customer, alone or all alike") {
  constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();
  std::vector<OrderFacts> orders;
  OrderAnomaly answer;
  const auto fits = [&](const std::vector<OrderFacts>& all) {
    const OrderBaselineFit fit = fit_order_baseline(all);
    std::vector<OrderFacts> asked = all;
    for (const std::int64_t amount : {std::int64_t{0}, std::int64_t{-1}, far, -far - 1}) {
      for (const std::int64_t time : {std::int64_t{0}, far, -far - 1}) {
        OrderFacts order;
        order.amount = amount;
        order.time = at(time);
        order.segment = 77;
        order.items = 0xFFFFFFFFU;
        order.device = 0;
        asked.push_back(order);
      }
    }
    for (const OrderAnomaly& found : score_orders(fit.model, asked)) {
      CHECK(std::isfinite(found.score));
      CHECK(found.score >= 0);
      CHECK(found.p_value > 0);
      CHECK(found.p_value <= 1);
    }
    CHECK(OrderBaseline::load(fit.model.save()).value() == fit.model);
    return fit;
  };
  orders.emplace_back();
  fits(orders);
  for (int i = 1; i < 40; ++i) {  // all alike, a day apart
    OrderFacts order;
    order.amount = 500;
    order.time = at(86'400 * i);
    order.order = Order{static_cast<std::uint32_t>(i)};
    orders.push_back(order);
  }
  orders.erase(orders.begin());
  const OrderBaselineFit same = fits(orders);
  OrderHistory history;
  for (const OrderFacts& order : orders) history.add(order);
  OrderFacts next = orders.back();
  next.time += std::chrono::days{1};
  same.model.score(history, next, answer);
  CHECK(answer.score < 1);
  next.amount = 5000;  // deviation 0 has still a scale
  OrderAnomaly off;
  same.model.score(history, next, off);
  CHECK(off.reasons[0].surprise > answer.reasons[0].surprise + 3);
  for (OrderFacts& order : orders) order.amount = -order.amount;  // refunds only
  fits(orders);
  orders.resize(1);
  orders[0].time = at(-far - 1);
  fits(orders);
  CHECK_THROWS_AS(fit_order_baseline({}), Exception);
}

TEST_CASE("a baseline is saved and loaded; damage and bad options are refused") {
  const OrderBaseline model = fit_order_baseline(shop_orders(60, 1)).model;
  const std::vector<std::byte> bytes = model.save();
  const Result<OrderBaseline> loaded = OrderBaseline::load(bytes);
  REQUIRE(loaded);
  CHECK(*loaded == model);
  for (std::size_t i = 0; i < bytes.size(); i += 41) {
    std::vector<std::byte> wrong = bytes;
    wrong[i] ^= std::byte{16};
    CHECK(!OrderBaseline::load(wrong));
  }
  const auto refused = [&](auto&& change) {
    OrderBaselineOptions options;
    change(options);
    CHECK_THROWS_AS(fit_order_baseline(shop_orders(2, 1), options), Exception);
  };
  refused([](OrderBaselineOptions& o) { o.alarm_share = std::nan(""); });
  refused([](OrderBaselineOptions& o) { o.scale_orders = 0; });
  refused([](OrderBaselineOptions& o) { o.least_scale = 0; });
  refused([](OrderBaselineOptions& o) { o.segments = 0; });
  refused([](OrderBaselineOptions& o) { o.offset = UtcOffset{2000}; });
  refused([](OrderBaselineOptions& o) { o.least_seen = 0; });
}

}  // namespace
