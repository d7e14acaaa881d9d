// Unusual orders in a real shop: alarms as many as expected on orders that came later, and orders
// made unusual found again.

#include <cmath>
#include <map>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/roc.hpp"
#include "emptor/score/anomaly.hpp"
#include "support/catch.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

/// The orders of known customers; amounts in pence, countries by customer.
std::vector<OrderFacts> retail_orders() {
  test::OnlineRetail shop = test::read_online_retail();
  const Orders& lines = shop.orders;
  std::vector<OrderFacts> orders(lines.orders());
  std::vector<std::int64_t> items(lines.orders(), 0);
  for (std::size_t i = 0; i < lines.lines(); ++i) {
    const std::size_t o = index(lines.line_orders()[i]);
    orders[o].customer = lines.line_customers()[i];
    orders[o].order = lines.line_orders()[i];
    orders[o].time = lines.line_times()[i];
    orders[o].amount += lines.line_amounts()[i];
    items[o] += lines.line_quantities()[i];
  }
  std::vector<OrderFacts> out;
  for (std::size_t o = 0; o < orders.size(); ++o) {
    if (orders[o].customer == no_customer) continue;
    orders[o].amount /= 10;
    orders[o].items = static_cast<std::uint32_t>(std::max<std::int64_t>(0, items[o]));
    out.push_back(orders[o]);
  }
  return out;
}

TEST_CASE("Online Retail: alarms of later orders, and orders made unusual") {
  std::vector<OrderFacts> orders = retail_orders();
  REQUIRE(orders.size() == 22'190);  // 22,190 invoices have a customer
  const Time cut = test::utc_time("2011-08-01T00:00:00Z");
  std::vector<OrderFacts> before;
  for (const OrderFacts& order : orders) {
    if (order.time < cut) before.push_back(order);
  }
  const OrderBaselineFit fit = fit_order_baseline(before);
  CHECK(fit.report.alarm_share <= .01);
  const auto alarms_after = [&](const std::vector<OrderAnomaly>& answers, std::size_t& later) {
    std::size_t alarms = 0;
    later = 0;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if (orders[i].time < cut) continue;
      ++later;
      alarms += answers[i].alarm ? 1 : 0;
    }
    return alarms;
  };
  std::size_t later = 0;
  const std::size_t alarms = alarms_after(score_orders(fit.model, orders), later);
  const double share = static_cast<double>(alarms) / static_cast<double>(later);
  INFO("alarms of later orders: " << share << " of " << later);
  CHECK(share > .004);
  CHECK(share < .02);

  // Every hundredth later sale is twenty times as large, of twenty times as many pieces.
  std::vector<double> bad, by_amount, by_score;
  RandomStream random(3);
  std::vector<OrderFacts> changed = orders;
  for (OrderFacts& order : changed) {
    if (order.time < cut || order.amount < 0 || !random.bernoulli(.01)) continue;
    order.amount *= 20;
    order.items *= 20;
  }
  const std::vector<OrderAnomaly> answers = score_orders(fit.model, changed);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (orders[i].time < cut || answers[i].known < 3) continue;
    bad.push_back(changed[i].amount != orders[i].amount ? 1 : 0);
    by_amount.push_back(static_cast<double>(changed[i].amount));
    by_score.push_back(answers[i].score);
  }
  const double area = roc_auc({.target = bad, .score = by_score}).auc;
  const double plain = roc_auc({.target = bad, .score = by_amount}).auc;
  INFO("area " << area << ", by amount alone " << plain);
  CHECK(area > .97);
  CHECK(area > plain + .01);
}

}  // namespace
