// Histories of merged customers against a rebuild, baselines and answers whatever the sequence of
// the orders, rates of complaints whatever that of the groups.

#include <algorithm>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/anomaly.hpp"
#include "emptor/score/complaint.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

/// Few values, so that equal orders, equal times and refunds are many.
std::vector<OrderFacts> few_orders(RandomStream& random, std::size_t most) {
  std::vector<OrderFacts> out(1 + random.below(static_cast<std::uint32_t>(most)));
  for (OrderFacts& order : out) {
    order.customer = Customer{random.below(4)};
    order.order = Order{random.below(50)};
    order.time = Time{std::chrono::seconds{random.below(40) * 3600}};
    order.amount = static_cast<std::int64_t>(random.below(6)) - 1;
    order.items = random.below(3);
    order.device = random.below(3);
    order.country = random.below(4) == 0 ? unknown_code : random.below(2);
    order.segment = random.below(2);
  }
  return out;
}

TEST_CASE("merged histories are those of all orders, in any sequence and grouping") {
  CHECK(rc::check([](std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<OrderFacts> orders = few_orders(random, 200);
    std::vector<PastOrder> twin;  // the set, sorted, its last 32
    OrderHistory all;
    OrderHistory parts[3];
    for (const OrderFacts& order : orders) {
      all.add(order);
      parts[random.below(3)].add(order);
      twin.push_back({order.time.time_since_epoch().count(), order.amount, order.order, order.items,
                      order.device, order.country, order.method});
    }
    std::sort(twin.begin(), twin.end());
    twin.erase(std::unique(twin.begin(), twin.end()), twin.end());
    if (twin.size() > OrderHistory::capacity) {
      twin.erase(twin.begin(), twin.end() - OrderHistory::capacity);
    }
    RC_ASSERT(std::equal(twin.begin(), twin.end(), all.orders().begin(), all.orders().end()));
    OrderHistory left = parts[0];
    left.merge(parts[1]);
    left.merge(parts[2]);
    parts[2].merge(parts[1]);
    parts[2].merge(parts[0]);
    RC_ASSERT(left == all);
    RC_ASSERT(parts[2] == all);
  }));
}

TEST_CASE("baselines and answers are those of any sequence of the orders") {
  CHECK(rc::check([](std::uint64_t seed) {
    RandomStream random(seed);
    const std::vector<OrderFacts> orders = few_orders(random, 120);
    std::vector<std::size_t> order(orders.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    random.shuffle(std::span(order));
    std::vector<OrderFacts> shuffled;
    for (const std::size_t i : order) shuffled.push_back(orders[i]);
    OrderBaselineOptions options;
    options.segments = 2;
    options.least_seen = 2;
    const OrderBaseline model = fit_order_baseline(orders, options).model;
    RC_ASSERT(model == fit_order_baseline(shuffled, options).model);
    const std::vector<OrderAnomaly> answers = score_orders(model, orders);
    const std::vector<OrderAnomaly> again = score_orders(model, shuffled);
    for (std::size_t i = 0; i < order.size(); ++i) RC_ASSERT(again[i] == answers[order[i]]);
  }));
}

TEST_CASE("rates of complaints keep their bounds") {
  CHECK(rc::check([](std::uint64_t seed) {
    RandomStream random(seed);
    const bool share = random.bernoulli(.5);
    std::vector<ComplaintCount> groups(random.below(30));
    for (ComplaintCount& group : groups) {
      group.exposure = random.below(4) == 0 ? 0 : random.below(300);
      if (group.exposure > 0) {
        group.cases = random.below(static_cast<std::uint32_t>(group.exposure) + 1);
      }
    }
    const ComplaintRates rates = complaint_rates(groups, {.share = share});
    for (const ComplaintGroup& group : rates.groups) {
      if (!(rates.exposure > 0)) continue;
      RC_ASSERT(std::isfinite(group.shrunk));
      RC_ASSERT(group.shrunk >= 0);
      RC_ASSERT(group.shrunk_low <= group.shrunk + 1e-9);
      RC_ASSERT(group.shrunk <= group.shrunk_high + 1e-9);
      RC_ASSERT(group.above >= 0);
      RC_ASSERT(group.above <= 1);
      RC_ASSERT(std::isfinite(group.z));
      if (group.exposure > 0) {
        RC_ASSERT(group.low <= group.rate);
        RC_ASSERT(group.rate <= group.high);
      }
      if (share) RC_ASSERT(group.shrunk_high <= 1);
    }
    for (const FunnelPoint& point : rates.funnel) {
      RC_ASSERT(point.low_alarm <= point.low);
      RC_ASSERT(point.low <= point.high);
      RC_ASSERT(point.high <= point.high_alarm);
    }
  }));
}

}  // namespace
