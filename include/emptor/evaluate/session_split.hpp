#pragma once
// Sessions: a customer's events with no longer pause between them than a gap, and splits that never
// cut one.
//
// `split_last_sessions` tests on each customer's last sessions, as leave-last-n does on events;
// `split_sessions_by_time` cuts all customers at one instant, as is usual for session-based
// recommenders: Malte Ludewig, Dietmar Jannach, "Evaluation of session-based recommendation
// algorithms", User Modeling and User-Adapted Interaction 28, 2018, doi:10.1007/s11257-018-9209-6.
//
// Cost: a sort of the log. Memory: the two logs and 17 bytes an event. Thread safety: pure.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// The usual pause that ends a visit to a website.
inline constexpr std::chrono::seconds default_session_gap = std::chrono::minutes{30};

struct SessionSplitOptions {
  std::size_t n = 1;            ///< sessions a customer to test on, >= 1
  std::size_t min_history = 1;  ///< sessions that must remain in train, else the customer is short
  std::chrono::seconds gap = default_session_gap;  ///< longest pause within a session, >= 0
};

/// The sessions of a log: `session[e]` is the number of event e's, from 0 to `count` - 1, ascending
/// by customer, then time.
struct LogSessions {
  std::vector<std::uint32_t> session;
  std::size_t count = 0;
};

/// Throws `invalid_option` for a negative gap, `invalid_shape` (also for 2^32 events and more),
/// `out_of_range` for a bad log.
[[nodiscard]] inline LogSessions find_sessions(const InteractionLog& log,
                                               std::chrono::seconds gap = default_session_gap) {
  require_option(gap.count() >= 0, "gap", ">= 0 seconds", gap.count());
  detail::check_log(log);
  if (log.size() > 0xffffffffU) {
    throw Exception(ErrorCode::invalid_shape, "a log must have less than 2^32 events",
                    "find_sessions");
  }
  detail::id_limit(log.customers, "a customer");
  std::vector<std::uint32_t> order(log.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return log.customers[a] != log.customers[b] ? log.customers[a] < log.customers[b]
                                                : log.times[a] < log.times[b];
  });
  const auto seconds = [&](std::uint32_t event) {
    return static_cast<std::uint64_t>(log.times[event].time_since_epoch().count());
  };
  LogSessions out{std::vector<std::uint32_t>(log.size()), 0};
  for (std::size_t i = 0; i < order.size(); ++i) {
    // Unsigned: the pause between the ends of time is no overflow.
    const bool starts =
        i == 0 || log.customers[order[i - 1]] != log.customers[order[i]] ||
        seconds(order[i]) - seconds(order[i - 1]) > static_cast<std::uint64_t>(gap.count());
    out.count += starts ? 1 : 0;
    out.session[order[i]] = static_cast<std::uint32_t>(out.count - 1);
  }
  return out;
}

/// Test: the last n sessions of every customer; train: all others. A customer with fewer than
/// `min_history` sessions left for train (or fewer than n in all) stays in train whole and is
/// counted as short. Throws `invalid_option`, `invalid_shape`, `out_of_range` for a bad log.
[[nodiscard]] inline LogSplit split_last_sessions(const InteractionLog& log,
                                                  const SessionSplitOptions& options = {}) {
  require_option(options.n >= 1, "n", ">= 1", options.n);
  const LogSessions sessions = find_sessions(log, options.gap);
  const std::size_t customers = detail::id_limit(log.customers, "a customer");
  const std::size_t items = detail::id_limit(log.items, "an item");
  std::vector<std::uint32_t> first(customers, 0xffffffffU);  // session of each customer
  std::vector<std::uint32_t> last(customers, 0);
  for (std::size_t event = 0; event < log.size(); ++event) {
    const std::size_t customer = index(log.customers[event]);
    first[customer] = std::min(first[customer], sessions.session[event]);
    last[customer] = std::max(last[customer], sessions.session[event]);
  }
  std::size_t short_customers = 0;
  std::vector<std::uint64_t> border(customers, sessions.count);  // first session of test
  for (std::size_t customer = 0; customer < customers; ++customer) {
    if (first[customer] == 0xffffffffU) continue;
    const std::size_t own = std::size_t{last[customer]} - first[customer] + 1;
    if (own < options.n || own - options.n < options.min_history) {
      ++short_customers;
    } else {
      border[customer] = last[customer] + 1 - options.n;
    }
  }
  std::vector<detail::Side> sides(log.size());
  for (std::size_t event = 0; event < log.size(); ++event) {
    const bool test = sessions.session[event] >= border[index(log.customers[event])];
    sides[event] = test ? detail::Side::test : detail::Side::train;
  }
  LogSplit out = detail::cut_log(log, sides, customers, items);
  out.counts.short_customers = short_customers;
  return out;
}

/// Train: sessions that have ended before `cut`; test: all others, also one that lasts over the
/// cut, so that nothing at or after the cut is in train. Throws `invalid_option`, `invalid_shape`,
/// `out_of_range` for a bad log.
[[nodiscard]] inline LogSplit split_sessions_by_time(
    const InteractionLog& log, Time cut, std::chrono::seconds gap = default_session_gap) {
  const LogSessions sessions = find_sessions(log, gap);
  const std::size_t customers = detail::id_limit(log.customers, "a customer");
  const std::size_t items = detail::id_limit(log.items, "an item");
  std::vector<detail::Side> side_of_session(sessions.count, detail::Side::train);
  for (std::size_t event = 0; event < log.size(); ++event) {
    if (log.times[event] >= cut) side_of_session[sessions.session[event]] = detail::Side::test;
  }
  std::vector<detail::Side> sides(log.size());
  for (std::size_t event = 0; event < log.size(); ++event) {
    sides[event] = side_of_session[sessions.session[event]];
  }
  return detail::cut_log(log, sides, customers, items);
}

}  // namespace emptor
