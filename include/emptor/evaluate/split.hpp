#pragma once
// Cutting a log of interactions into what a model may learn from and what it is tested on.
//
// Nothing from the future may leak into the training side. `split_by_time` is the honest default:
// one instant cuts all customers, as a launch day would. `split_last_n` cuts each customer by
// itself: nothing of a customer's own future leaks, but other customers' later events are in
// train, so what is in fashion does. `split_holdout` draws at random, for data without times. On
// the choice: Zaiqiao Meng, Richard McCreadie, Craig Macdonald, Iadh Ounis, "Exploring data
// splitting strategies for the evaluation of recommendation models", RecSys 2020,
// doi:10.1145/3383313.3418479.
//
// Both sides keep the order of the log and no event is lost: each is in train, in test, or counted
// as left out. Customers and items that test has and train has not are kept and counted.
// Cost: linear in events and the largest ids (last-n and holdout sort a customer's events).
// Memory: the two logs, and 8 bytes an event and customer. Thread safety: pure functions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct SplitCounts {
  std::size_t train_events = 0;
  std::size_t test_events = 0;
  std::size_t left_out_events = 0;  ///< at or after `until`
  std::size_t train_customers = 0;  ///< with at least one event there
  std::size_t test_customers = 0;
  std::size_t short_customers = 0;       ///< too little history: whole in train, not tested
  std::size_t cold_customers = 0;        ///< in test and not in train
  std::size_t cold_items = 0;            ///< in test and not in train
  std::size_t cold_customer_events = 0;  ///< test events of cold customers
  std::size_t cold_item_events = 0;      ///< test events on cold items
  friend bool operator==(const SplitCounts&, const SplitCounts&) = default;
};

struct LogSplit {
  InteractionLog train;
  InteractionLog test;
  SplitCounts counts;
};

/// What happens to a customer's events of one instant when the border would fall among them.
enum class SplitTies : std::uint8_t {
  together,    ///< an instant (one basket) is never cut: test may get more than n events
  by_arrival,  ///< the log's order decides: exactly n events, also in logs without times
};

struct LastNSplitOptions {
  std::size_t n = 1;            ///< events a customer to test on, >= 1
  std::size_t min_history = 1;  ///< events that must remain in train, else the customer is short
  SplitTies ties = SplitTies::together;
};

struct HoldoutSplitOptions {
  double fraction = 0.2;        ///< of a customer's distinct items, in (0, 1), rounded to nearest
  std::size_t min_history = 1;  ///< distinct items that must remain in train
  std::uint64_t seed = 1;
};

namespace detail {

enum class Side : std::uint8_t { train, test, left_out };

/// One more than the largest id. Throws `out_of_range` for an event of nobody or of nothing.
template <DenseId Id>
std::size_t id_limit(const std::vector<Id>& ids, std::string_view what) {
  std::size_t limit = 0;
  for (const Id id : ids) {
    if (id == no_id<Id>) {
      throw Exception(ErrorCode::out_of_range, text("every event needs ", what), "split");
    }
    limit = std::max(limit, index(id) + 1);
  }
  return limit;
}

inline void check_log(const InteractionLog& log) {
  const std::size_t events = log.size();
  if (log.items.size() != events || log.weights.size() != events || log.times.size() != events) {
    throw Exception(ErrorCode::invalid_shape, "the log's columns must be of one length", "split");
  }
}

/// Marks 1 where an id occurs; returns how many do.
template <DenseId Id>
std::size_t mark(const std::vector<Id>& ids, std::vector<std::uint8_t>& marks) {
  std::size_t distinct = 0;
  for (const Id id : ids) {
    distinct += marks[index(id)] == 0 ? 1 : 0;
    marks[index(id)] = 1;
  }
  return distinct;
}

/// Ids of test that are not marked, and their events.
template <DenseId Id>
void count_cold(const std::vector<Id>& test, std::vector<std::uint8_t>& known, std::size_t& ids,
                std::size_t& events) {
  for (const Id id : test) {
    if (known[index(id)] == 1) continue;
    ++events;
    ids += known[index(id)] == 0 ? 1 : 0;
    known[index(id)] = 2;
  }
}

/// Fills in all that the two sides tell.
inline void count_sides(LogSplit& out, std::size_t customers, std::size_t items) {
  SplitCounts& counts = out.counts;
  counts.train_events = out.train.size();
  counts.test_events = out.test.size();
  std::vector<std::uint8_t> known(customers, 0);
  counts.test_customers = mark(out.test.customers, known);
  known.assign(customers, 0);
  counts.train_customers = mark(out.train.customers, known);
  count_cold(out.test.customers, known, counts.cold_customers, counts.cold_customer_events);
  known.assign(items, 0);
  mark(out.train.items, known);
  count_cold(out.test.items, known, counts.cold_items, counts.cold_item_events);
}

inline LogSplit cut_log(const InteractionLog& log, const std::vector<Side>& sides,
                        std::size_t customers, std::size_t items) {
  LogSplit out;
  for (std::size_t event = 0; event < log.size(); ++event) {
    if (sides[event] == Side::left_out) {
      ++out.counts.left_out_events;
      continue;
    }
    InteractionLog& to = sides[event] == Side::train ? out.train : out.test;
    to.add(log.customers[event], log.items[event], log.weights[event], log.times[event]);
  }
  count_sides(out, customers, items);
  return out;
}

/// The events of each customer, in the log's order: customer c's are [ends[c - 1], ends[c]).
struct EventsByCustomer {
  std::vector<std::size_t> events;
  std::vector<std::size_t> ends;

  EventsByCustomer(const InteractionLog& log, std::size_t customers)
      : events(log.size()), ends(customers, 0) {
    for (const Customer customer : log.customers) ++ends[index(customer)];
    std::size_t begin = 0;
    for (std::size_t& end : ends) begin += std::exchange(end, begin);
    for (std::size_t event = 0; event < log.size(); ++event) {
      events[ends[index(log.customers[event])]++] = event;
    }
  }
  [[nodiscard]] std::span<std::size_t> of(std::size_t customer) noexcept {
    const std::size_t begin = customer == 0 ? 0 : ends[customer - 1];
    return {events.data() + begin, ends[customer] - begin};
  }
};

}  // namespace detail

/// Train: events before `cut`. Test: events in [cut, until). Later events are left out and counted.
/// Events at the instant `cut` itself are all in test, so max train time < min test time.
/// Throws `invalid_option` unless cut < until, `invalid_shape`, `out_of_range` for a bad log.
[[nodiscard]] inline LogSplit split_by_time(const InteractionLog& log, Time cut,
                                            Time until = Time::max()) {
  require_option(cut < until, "until", "after 'cut'", to_string(until));
  detail::check_log(log);
  const std::size_t customers = detail::id_limit(log.customers, "a customer");
  const std::size_t items = detail::id_limit(log.items, "an item");
  std::vector<detail::Side> sides(log.size());
  for (std::size_t event = 0; event < log.size(); ++event) {
    const Time time = log.times[event];
    sides[event] = time < cut     ? detail::Side::train
                   : time < until ? detail::Side::test
                                  : detail::Side::left_out;
  }
  return detail::cut_log(log, sides, customers, items);
}

/// A split by time whose sides were made apart, with the same counts. For logs in which a later
/// event changes an earlier one: orders with returns netted must be turned into interactions twice,
/// with a window before the cut and one from it on, or a return in the test period takes a purchase
/// out of train. Throws `invalid_value` unless max train time < min test time, `invalid_shape`,
/// `out_of_range` for a bad log.
[[nodiscard]] inline LogSplit split_of_sides(InteractionLog train, InteractionLog test) {
  detail::check_log(train);
  detail::check_log(test);
  const std::size_t customers = std::max(detail::id_limit(train.customers, "a customer"),
                                         detail::id_limit(test.customers, "a customer"));
  const std::size_t items =
      std::max(detail::id_limit(train.items, "an item"), detail::id_limit(test.items, "an item"));
  if (train.size() != 0 && test.size() != 0) {
    const Time latest = *std::max_element(train.times.begin(), train.times.end());
    const Time earliest = *std::min_element(test.times.begin(), test.times.end());
    if (latest >= earliest) {
      throw Exception(ErrorCode::invalid_value,
                      text("train reaches to ", to_string(latest), ", test begins at ",
                           to_string(earliest), ": the future would leak into train"),
                      "split_of_sides");
    }
  }
  LogSplit out{.train = std::move(train), .test = std::move(test), .counts = {}};
  detail::count_sides(out, customers, items);
  return out;
}

/// Test: the last n events of every customer; train: all others. Under SplitTies::together test
/// takes whole instants from the latest back until it holds at least n events, so that within a
/// customer max train time < min test time; under by_arrival it takes exactly n, the later in the
/// log of equal times being the later. A customer with fewer than `min_history` events left for
/// train stays in train whole and is counted as short.
/// Throws `invalid_option` for n = 0, `invalid_shape`, `out_of_range` for a bad log.
[[nodiscard]] inline LogSplit split_last_n(const InteractionLog& log,
                                           const LastNSplitOptions& options = {}) {
  require_option(options.n >= 1, "n", ">= 1", options.n);
  detail::check_log(log);
  const std::size_t customers = detail::id_limit(log.customers, "a customer");
  const std::size_t items = detail::id_limit(log.items, "an item");
  std::vector<detail::Side> sides(log.size(), detail::Side::train);
  detail::EventsByCustomer by_customer(log, customers);
  std::size_t short_customers = 0;
  for (std::size_t customer = 0; customer < customers; ++customer) {
    const std::span<std::size_t> events = by_customer.of(customer);
    if (events.empty()) continue;
    std::sort(events.begin(), events.end(), [&](std::size_t a, std::size_t b) {
      return log.times[a] != log.times[b] ? log.times[a] < log.times[b] : a < b;
    });
    std::size_t border = events.size() > options.n ? events.size() - options.n : 0;
    if (options.ties == SplitTies::together) {
      while (border > 0 && log.times[events[border - 1]] == log.times[events[border]]) --border;
    }
    if (events.size() < options.n || border < options.min_history) {
      ++short_customers;
      continue;
    }
    for (const std::size_t event : events.subspan(border)) sides[event] = detail::Side::test;
  }
  LogSplit out = detail::cut_log(log, sides, customers, items);
  out.counts.short_customers = short_customers;
  return out;
}

/// Test: a random `fraction` of every customer's distinct items, with all of the customer's events
/// on them; train: all others. No pair (customer, item) is on both sides. Each customer draws from
/// RandomStream(seed, customer), so one customer's cut does not depend on the others'. A customer
/// of whom nothing is drawn (too few items) stays in train whole and is counted as short.
/// Throws `invalid_option` unless 0 < fraction < 1, `invalid_shape`, `out_of_range` for a bad log.
[[nodiscard]] inline LogSplit split_holdout(const InteractionLog& log,
                                            const HoldoutSplitOptions& options = {}) {
  require_option(options.fraction > 0 && options.fraction < 1, "fraction", "in (0, 1)",
                 options.fraction);
  detail::check_log(log);
  const std::size_t customers = detail::id_limit(log.customers, "a customer");
  const std::size_t items = detail::id_limit(log.items, "an item");
  std::vector<detail::Side> sides(log.size(), detail::Side::train);
  detail::EventsByCustomer by_customer(log, customers);
  std::vector<Item> distinct;
  std::size_t short_customers = 0;
  for (std::size_t customer = 0; customer < customers; ++customer) {
    const std::span<std::size_t> events = by_customer.of(customer);
    if (events.empty()) continue;
    distinct.clear();
    for (const std::size_t event : events) distinct.push_back(log.items[event]);
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const std::size_t spare =
        distinct.size() > options.min_history ? distinct.size() - options.min_history : 0;
    const double wanted = std::floor(options.fraction * static_cast<double>(distinct.size()) + 0.5);
    const std::size_t drawn = std::min(spare, static_cast<std::size_t>(wanted));
    if (drawn == 0) {
      ++short_customers;
      continue;
    }
    RandomStream random(options.seed, customer);
    random.shuffle(std::span<Item>(distinct));
    std::sort(distinct.begin(), distinct.begin() + static_cast<std::ptrdiff_t>(drawn));
    for (const std::size_t event : events) {
      if (std::binary_search(distinct.begin(),
                             distinct.begin() + static_cast<std::ptrdiff_t>(drawn),
                             log.items[event])) {
        sides[event] = detail::Side::test;
      }
    }
  }
  LogSplit out = detail::cut_log(log, sides, customers, items);
  out.counts.short_customers = short_customers;
  return out;
}

}  // namespace emptor
