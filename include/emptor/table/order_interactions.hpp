#pragma once
// From order lines to the interactions that recommenders are fitted on.
//
// A purchase is a line that is no refund and has a quantity above 0. With returns netted, a refund
// takes its units off the most recent earlier purchase of the same customer and item, then off the
// one before it, and so on; what is bought and brought back entirely leaves no interaction.
// Only lines inside the window take part, on either side: nothing from after it leaks in.
// Cost: O(lines + r log r) for r lines of (customer, item) pairs with a refund; memory 8 bytes a
// line, 24 bytes for each of the r. Thread safety: pure.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// What one interaction weighs.
enum class InteractionWeight : std::uint8_t {
  lines,     ///< 1 for each order line
  quantity,  ///< the units that were kept
  orders,    ///< 1 for each distinct order of the item by the customer
};

/// What refunds do to the purchases before them.
enum class ReturnPolicy : std::uint8_t { net, ignore };

struct OrderInteractionsOptions {
  TimeWindow window{};  ///< lines outside are left out, refunds too
  InteractionWeight weight = InteractionWeight::lines;
  ReturnPolicy returns = ReturnPolicy::net;
};

/// Where every line of the orders went, and what the refunds did.
struct OrderInteractionsReport {
  std::size_t lines = 0;           ///< of the orders: the seven counts below add up to it
  std::size_t outside_window = 0;  ///< lines left out for their time
  std::size_t anonymous = 0;       ///< lines left out for want of a customer
  std::size_t refunds = 0;         ///< lines that are refunds
  std::size_t without_units = 0;   ///< purchases of 0 units, left out
  std::size_t returned = 0;        ///< purchases of which nothing was kept, left out
  std::size_t repeated = 0;        ///< further lines of an order and item (weight: orders)
  std::size_t interactions = 0;    ///< lines that became an interaction
  std::int64_t netted_units = 0;   ///< units taken off earlier purchases
  std::int64_t excess_units = 0;   ///< refunded units without an earlier purchase in the window
};

namespace detail {

struct NettingLine {
  std::uint64_t pair;  // customer and item
  std::int64_t time;
  std::uint32_t line;
};

[[nodiscard]] inline std::uint64_t netting_pair(const Orders& orders, std::size_t line) noexcept {
  return std::uint64_t{index(orders.line_customers()[line])} << 32 |
         index(orders.line_items()[line]);
}

/// The units kept of each purchase of one (customer, item) pair; `history` is in order of time.
inline void net_pair(const Orders& orders, std::span<const NettingLine> history,
                     std::vector<std::int64_t>& kept, OrderInteractionsReport& report) {
  std::vector<std::uint32_t> open;
  for (const NettingLine& entry : history) {
    if (!orders.is_refund(entry.line)) {
      open.push_back(entry.line);
      continue;
    }
    const std::int64_t quantity = orders.line_quantities()[entry.line];
    std::int64_t units = quantity < 0 ? -quantity : quantity;
    while (units > 0 && !open.empty()) {
      std::int64_t& left = kept[open.back()];
      const std::int64_t taken = left < units ? left : units;
      left -= taken;
      units -= taken;
      report.netted_units += taken;
      if (left == 0) open.pop_back();
    }
    report.excess_units += units;
  }
}

/// Takes refunds off `kept`, which holds the units of every purchase line that takes part.
inline void net_refunds(const Orders& orders, const std::vector<bool>& takes_part,
                        std::vector<std::int64_t>& kept, OrderInteractionsReport& report) {
  std::vector<std::uint64_t> pairs;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (takes_part[line] && orders.is_refund(line)) pairs.push_back(netting_pair(orders, line));
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  if (pairs.empty()) return;
  std::vector<NettingLine> history;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!takes_part[line]) continue;
    const std::uint64_t pair = netting_pair(orders, line);
    if (!std::binary_search(pairs.begin(), pairs.end(), pair)) continue;
    history.push_back({pair, orders.line_times()[line].time_since_epoch().count(),
                       static_cast<std::uint32_t>(line)});
  }
  std::sort(history.begin(), history.end(), [](const NettingLine& a, const NettingLine& b) {
    if (a.pair != b.pair) return a.pair < b.pair;
    return a.time != b.time ? a.time < b.time : a.line < b.line;
  });
  for (std::size_t begin = 0, end = 0; begin < history.size(); begin = end) {
    while (end < history.size() && history[end].pair == history[begin].pair) ++end;
    net_pair(orders, std::span(history).subspan(begin, end - begin), kept, report);
  }
}

/// Marks every line that repeats the customer, item and order of an earlier marked one.
[[nodiscard]] inline std::vector<bool> repeated_lines(const Orders& orders,
                                                      const std::vector<std::int64_t>& kept) {
  struct Place {
    std::uint64_t pair;
    std::uint32_t order;
    std::uint32_t line;
  };
  std::vector<Place> places;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (kept[line] <= 0) continue;
    places.push_back({netting_pair(orders, line),
                      static_cast<std::uint32_t>(orders.line_orders()[line]),
                      static_cast<std::uint32_t>(line)});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    if (a.pair != b.pair) return a.pair < b.pair;
    return a.order != b.order ? a.order < b.order : a.line < b.line;
  });
  std::vector<bool> repeated(orders.lines(), false);
  for (std::size_t i = 1; i < places.size(); ++i) {
    repeated[places[i].line] =
        places[i].pair == places[i - 1].pair && places[i].order == places[i - 1].order;
  }
  return repeated;
}

}  // namespace detail

/// The interactions in the order of their lines; ids are those of the orders' tables. `report`,
/// when given, is overwritten. Throws `invalid_shape` for 2^32 lines or more.
[[nodiscard]] inline InteractionLog interactions_of(const Orders& orders,
                                                    const OrderInteractionsOptions& options = {},
                                                    OrderInteractionsReport* report = nullptr) {
  const std::size_t lines = orders.lines();
  if (lines > std::numeric_limits<std::uint32_t>::max()) {
    throw Exception(ErrorCode::invalid_shape, text("at most 2^32 - 1 lines, got ", lines),
                    "interactions_of");
  }
  OrderInteractionsReport counts;
  counts.lines = lines;
  std::vector<bool> takes_part(lines, false);
  std::vector<std::int64_t> kept(lines, 0);  // units of purchases
  for (std::size_t line = 0; line < lines; ++line) {
    if (!options.window.contains(orders.line_times()[line])) {
      ++counts.outside_window;
    } else if (orders.line_customers()[line] == no_customer) {
      ++counts.anonymous;
    } else if (orders.is_refund(line)) {
      ++counts.refunds;
      takes_part[line] = true;
    } else if (orders.line_quantities()[line] == 0) {
      ++counts.without_units;
    } else {
      takes_part[line] = true;
      kept[line] = orders.line_quantities()[line];
    }
  }
  if (options.returns == ReturnPolicy::net) detail::net_refunds(orders, takes_part, kept, counts);
  std::vector<bool> repeated;
  if (options.weight == InteractionWeight::orders) repeated = detail::repeated_lines(orders, kept);

  InteractionLog log;
  for (std::size_t line = 0; line < lines; ++line) {
    if (!takes_part[line] || orders.is_refund(line)) continue;
    if (kept[line] == 0) {
      ++counts.returned;
    } else if (!repeated.empty() && repeated[line]) {
      ++counts.repeated;
    } else {
      ++counts.interactions;
      const bool units = options.weight == InteractionWeight::quantity;
      log.add(orders.line_customers()[line], orders.line_items()[line],
              units ? static_cast<float>(kept[line]) : 1.0F, orders.line_times()[line]);
    }
  }
  if (report != nullptr) *report = counts;
  return log;
}

}  // namespace emptor
