// Unusual orders: each against what its customer did before, and rows of any columns by isolation.

#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/anomaly.hpp"
#include "emptor/score/isolation_forest.hpp"

namespace {

using namespace emptor;

/// 300 customers, each with a usual amount, device and country.
std::vector<OrderFacts> last_year() {
  std::vector<OrderFacts> orders;
  for (std::uint32_t c = 0; c < 300; ++c) {
    RandomStream random(7, c);
    const double usual = random.uniform(7, 9);
    std::int64_t day = random.below(60);
    for (std::uint32_t i = 0; i < 12; ++i) {
      OrderFacts order;
      order.customer = Customer{c};
      order.order = Order{static_cast<std::uint32_t>(orders.size())};
      order.time = Time{std::chrono::seconds{1'735'700'000 + day * 86'400 + random.below(20'000)}};
      order.amount = std::llround(std::exp(usual + random.uniform(-.3, .3)));
      order.items = 1 + random.below(3);
      order.device = c;
      order.country = c % 3;
      order.method = random.below(2);
      orders.push_back(order);
      day += 15 + random.below(20);
    }
  }
  return orders;
}

void print(const char* what, const OrderAnomaly& answer) {
  std::cout << what << ": score " << fixed(answer.score, 1) << (answer.alarm ? ", alarm" : "")
            << "\n";
  for (const OrderReason& reason : answer.reasons) {
    if (reason.surprise < 1) continue;
    std::cout << "  " << name(reason.signal) << " " << fixed(reason.surprise, 1);
    if (reason.signal == OrderSignal::amount) {
      std::cout << ", expected about " << fixed(reason.expected / 100, 0);
    }
    std::cout << "\n";
  }
}

}  // namespace

int main() {
  const std::vector<OrderFacts> past = last_year();
  OrderBaselineOptions options;
  options.alarm_share = .005;
  OrderMonitor monitor(fit_order_baseline(past, options).model);
  for (const OrderFacts& order : past) monitor.add(order);

  OrderAnomaly answer;
  OrderFacts order = past[12 * 41 + 11];  // the last one of customer 41
  order.order = Order{10'000};
  order.time += std::chrono::days{25};
  monitor.score(order, answer);
  print("as ever", answer);
  order.amount *= 15;
  order.device = 9001;
  order.country = 1;
  monitor.score(order, answer);
  print("15 times as much, from another device and country", answer);
  order.customer = Customer{5000};
  monitor.score(order, answer);
  print("the same as a first order", answer);

  // Any columns: what a few random questions tell apart from the rest.
  RandomStream random(3);
  std::vector<double> amount, returns;
  std::vector<std::string> channel;
  for (int i = 0; i < 2000; ++i) {
    amount.push_back(std::round(100 * random.uniform(3, 5)) / 100);
    returns.push_back(random.below(3));
    channel.push_back(random.bernoulli(.6) ? "web" : "shop");
  }
  amount.back() = 8;
  returns.back() = 14;
  const ScoreTable table = ScoreTableBuilder()
                               .number("log amount", amount)
                               .number("returns", returns)
                               .category("channel", channel)
                               .finish();
  const IsolationForestFit fit = fit_isolation_forest(table, {.contamination = .001});
  const std::span<const float> row = table.row(1999);
  const double score = fit.model.score(row);
  std::cout << "\nrow 1999: " << fixed(score, 2) << (fit.model.alarm(score) ? ", alarm" : "")
            << ", for " << fit.model.reasons(row, 1)[0].column
            << "; row 0: " << fixed(fit.model.score(table.row(0)), 2) << "\n";
}
