// Order histories of owners, after random arrivals, merges, unmerges and erasures: to the bit the
// latest of the union of the surviving records, with the scores of that union.

#include <algorithm>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/hub/owned_states.hpp"
#include "emptor/score/anomaly.hpp"
#include "support/merge_steps.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::Arrival;
using emptor::test::Steps;

Time at(std::int64_t seconds) {
  return Time{} + std::chrono::seconds{seconds};
}

/// Up to sixteen orders an arrival, so that merged histories overflow; of few values, so that
/// several records tell the same order.
std::vector<OrderFacts> orders_of(const Arrival& arrival) {
  RandomStream random(arrival.word);
  std::vector<OrderFacts> out(1 + random.below(16));
  for (OrderFacts& order : out) {
    order.order = Order{random.below(60)};
    const std::uint32_t fixed = static_cast<std::uint32_t>(order.order);
    order.time = at(fixed / 2 * 40'000);
    order.amount = 500 + 37 * std::int64_t{fixed % 7} - (fixed % 11 == 0 ? 2000 : 0);
    order.items = fixed % 3;
    order.device = random.below(3);
    order.country = fixed % 5 == 0 ? unknown_code : fixed % 2;
  }
  return out;
}

/// The last of the set of these orders, without OrderHistory.
std::vector<PastOrder> latest(const std::vector<OrderFacts>& orders) {
  std::vector<PastOrder> out;
  for (const OrderFacts& order : orders) {
    out.push_back({order.time.time_since_epoch().count(), order.amount, order.order, order.items,
                   order.device, order.country, order.method});
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  const std::size_t kept = std::min(out.size(), OrderHistory::capacity);
  out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(kept));
  return out;
}

OrderBaseline baseline() {
  std::vector<OrderFacts> orders;
  for (std::uint16_t word = 0; word < 60; ++word) {
    for (OrderFacts& order : orders_of({Customer{word % 20U}, word, word})) {
      order.customer = Customer{word % 20U};
      orders.push_back(order);
    }
  }
  return fit_order_baseline(orders).model;
}

void add(OwnedStates<OrderHistory>& to, const Arrival& arrival) {
  to.add_by(arrival.customer, [&](OrderHistory& history) {
    for (const OrderFacts& order : orders_of(arrival)) history.add(order);
  });
}

TEST_CASE("order histories of owners are those of the union of their records' orders") {
  const OrderBaseline usual = baseline();
  emptor::test::check_property(
      "order histories",
      [&](const Steps& steps) {
        MergeHub hub;
        OwnedStates<OrderHistory> owned;
        hub.add("orders", owned);
        const auto arrivals =
            emptor::test::take_steps(hub, steps, [&](const Arrival& a) { add(owned, a); });
        const auto owners = emptor::test::rebuilt_owners(hub.log());
        for (std::size_t c = 0; c < owners.size(); ++c) {
          std::vector<OrderFacts> all, own;
          for (const Arrival& a : arrivals) {
            const std::vector<OrderFacts> more = orders_of(a);
            if (owners[index(a.customer)] == owners[c]) {
              all.insert(all.end(), more.begin(), more.end());
            }
            if (index(a.customer) == c) own.insert(own.end(), more.begin(), more.end());
          }
          const auto customer = id_at<Customer>(c);
          RC_ASSERT(std::ranges::equal(owned.of(customer).orders(), latest(all)));
          RC_ASSERT(std::ranges::equal(owned.arrived(customer).orders(), latest(own)));
          OrderHistory united;
          for (const OrderFacts& order : all) united.add(order);
          for (const std::int64_t when : {300'000, 1'000'000, 2'000'000}) {
            OrderFacts asked;
            asked.time = at(when);
            asked.amount = 900;
            asked.items = 1;
            asked.device = static_cast<std::uint32_t>(c);
            OrderAnomaly of_owner, of_union;
            usual.score(owned.of(customer), asked, of_owner);
            usual.score(united, asked, of_union);
            RC_ASSERT(of_owner == of_union);
          }
        }
        // One more merge, undone: everything is as it was.
        const OwnedStates<OrderHistory> before = owned;
        const auto erased = [&](Customer c) { return std::ranges::count(hub.erased(), c) > 0; };
        if (!erased(Customer{0}) && !erased(Customer{1})) {
          const auto outcome = hub.merge(Customer{0}, Customer{1}, at(1'000'000), "");
          RC_ASSERT(owned.of(Customer{0}) == owned.of(Customer{1}));
          RC_ASSERT(hub.unmerge(outcome.event.id, at(1'000'001), "").has_value());
          RC_ASSERT(owned == before);
        }
        // Arrivals in another order, a listener that comes late.
        OwnedStates<OrderHistory> late;
        for (auto a = arrivals.rbegin(); a != arrivals.rend(); ++a) add(late, *a);
        hub.add("late", late);
        RC_ASSERT(late == owned);
        // All merges undone: each customer has exactly its own.
        for (std::size_t m = hub.log().events().size(); m-- > 0;) {
          const MergeEvent event = hub.log().events()[m];
          if (event.kind == MergeKind::merge && hub.log().in_force(event.id)) {
            RC_ASSERT(hub.unmerge(event.id, at(0), "").has_value());
          }
        }
        for (std::size_t c = 0; c < owners.size(); ++c) {
          const auto customer = id_at<Customer>(c);
          RC_ASSERT(owned.of(customer) == before.arrived(customer));
        }
      },
      300);
}

}  // namespace
