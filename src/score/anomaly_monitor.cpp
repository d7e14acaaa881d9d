// Many orders and customers: histories, batches, what the alarms come to.

#include <algorithm>
#include <numeric>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/score/anomaly.hpp"
#include "score/anomaly_order.hpp"

namespace emptor {

std::string_view name(OrderSignal signal) noexcept {
  constexpr std::string_view names[order_signals] = {"amount", "items",  "gap",     "hour",
                                                     "refund", "device", "country", "method"};
  const auto place = static_cast<std::size_t>(signal);
  return place < order_signals ? names[place] : "unknown";
}

void OrderMonitor::add(const OrderFacts& order) {
  if (order.customer == no_customer) {
    throw Exception(ErrorCode::invalid_value, "an order of nobody has no history", "OrderMonitor");
  }
  history_for(order.customer).add(order);
}

OrderHistory& OrderMonitor::history_for(Customer customer) {
  const auto id = static_cast<std::uint32_t>(customer);
  if (const std::uint32_t place = places_.find(id); place != places_.none) {
    return histories_[place];
  }
  histories_.emplace_back();
  try {
    places_.insert(id, static_cast<std::uint32_t>(histories_.size() - 1));
  } catch (...) {
    histories_.pop_back();
    throw;
  }
  return histories_.back();
}

void OrderMonitor::merge(Customer kept, Customer absorbed) {
  if (kept == no_customer || absorbed == no_customer) {
    throw Exception(ErrorCode::invalid_value, "nobody cannot be merged", "OrderMonitor");
  }
  const std::uint32_t from = places_.find(static_cast<std::uint32_t>(absorbed));
  if (kept == absorbed || from == places_.none) return;
  OrderHistory& to = history_for(kept);
  to.merge(histories_[from]);
  histories_[from] = OrderHistory{};
}

const OrderHistory& OrderMonitor::history(Customer customer) const noexcept {
  static const OrderHistory nothing;
  const std::uint32_t place = places_.find(static_cast<std::uint32_t>(customer));
  return place != places_.none ? histories_[place] : nothing;
}

std::vector<OrderAnomaly> score_orders(const OrderBaseline& baseline,
                                       std::span<const OrderFacts> orders, const Context& context) {
  const detail::OrderGroups groups(orders);
  std::vector<OrderAnomaly> out(orders.size());
  parallel_chunks(context, groups.size(), 256, [&](std::size_t begin, std::size_t end) {
    for (std::size_t g = begin; g < end; ++g) {
      groups.replay(g, [&](const OrderHistory& history, std::uint32_t row) {
        baseline.score(history, orders[row], out[row]);
      });
    }
  });
  return out;
}

OrderAlarmSummary summarise_order_alarms(const OrderBaseline& baseline,
                                         std::span<const OrderFacts> orders,
                                         std::span<const OrderAnomaly> answers, std::size_t most) {
  if (orders.size() != answers.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("an answer an order, got ", answers.size(), " for ", orders.size()),
                    "summarise_order_alarms");
  }
  OrderAlarmSummary out;
  out.orders = orders.size();
  out.threshold = baseline.threshold();
  out.expected_share = baseline.options().alarm_share;
  std::vector<std::uint32_t> customers;
  std::vector<std::uint32_t> ranked(orders.size());
  std::iota(ranked.begin(), ranked.end(), 0U);
  std::vector<OrderAlarmPeriod> months;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    customers.push_back(static_cast<std::uint32_t>(orders[i].customer));
    const OrderAnomaly& answer = answers[i];
    out.first_orders += answer.known == 0 ? 1 : 0;
    out.alarms += answer.alarm ? 1 : 0;
    const auto strongest = std::max_element(
        answer.reasons.begin(), answer.reasons.end(),
        [](const OrderReason& a, const OrderReason& b) { return a.surprise < b.surprise; });
    if (answer.alarm) ++out.strongest[static_cast<std::size_t>(strongest->signal)];
    months.push_back({detail::month_of(orders[i].time, baseline.options().offset), 1,
                      answer.alarm ? std::size_t{1} : 0});
  }
  std::sort(customers.begin(), customers.end());
  out.customers =
      static_cast<std::size_t>(std::unique(customers.begin(), customers.end()) - customers.begin());
  if (out.orders > 0) {
    out.alarm_share = static_cast<double>(out.alarms) / static_cast<double>(out.orders);
  }
  std::sort(months.begin(), months.end(),
            [](const OrderAlarmPeriod& a, const OrderAlarmPeriod& b) { return a.month < b.month; });
  for (const OrderAlarmPeriod& month : months) {
    if (out.periods.empty() || out.periods.back().month != month.month) {
      out.periods.push_back({month.month, 0, 0});
    }
    ++out.periods.back().orders;
    out.periods.back().alarms += month.alarms;
  }
  const std::size_t listed = std::min(most, ranked.size());
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(listed),
                    ranked.end(), [&](std::uint32_t a, std::uint32_t b) {
                      if (answers[a].score != answers[b].score) {
                        return answers[a].score > answers[b].score;
                      }
                      return a < b;
                    });
  for (std::size_t i = 0; i < listed; ++i) {
    const OrderFacts& order = orders[ranked[i]];
    out.top.push_back({ranked[i], order.customer, order.time, order.amount, answers[ranked[i]]});
  }
  return out;
}

}  // namespace emptor
