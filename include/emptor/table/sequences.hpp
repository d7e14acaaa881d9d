#pragma once
// Who did what in which order: every customer's events by time, cut into sessions.
//
// Events of one time stay in the order of the log. A session ends when the next event of the
// customer comes later than `gap` after the last one; so a gap of 0 makes baskets (what was bought
// at one instant), one of `whole_history` a single session a customer. Events without a known
// customer have no sequence: give anonymous visitors ids of their own. A Sequences is immutable and
// shared: a copy costs a pointer, and models keep one.
// Time: O(e log e) for e events. Memory: 16 bytes an event, 8 a session and a customer, and the
// Interactions of the same events. Thread safety: may be read from any thread.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// A gap that no two events have.
inline constexpr std::chrono::seconds whole_history = std::chrono::seconds::max();

struct SequencesOptions {
  /// The longest time between two events of one session, >= 0.
  std::chrono::seconds gap = std::chrono::minutes(30);
};

/// The memory of a Sequences: session s of all is events [session_starts[s], session_starts[s+1]),
/// customer c has the sessions [customer_starts[c], customer_starts[c+1]). No session is empty;
/// times ascend within a customer.
struct SequenceParts {
  std::size_t items = 0;                        ///< n
  std::vector<std::size_t> customer_starts{0};  ///< m + 1
  std::vector<std::size_t> session_starts{0};   ///< sessions + 1
  std::vector<std::uint32_t> event_items{};
  std::vector<float> event_weights{};
  std::vector<Time> event_times{};
  std::chrono::seconds gap{};  ///< that sessions were cut by
};

namespace detail {

/// What is wrong with the parts; empty when nothing is. Weights are looked at by Interactions.
[[nodiscard]] inline std::string_view sequence_fault(const SequenceParts& parts) noexcept {
  const auto& customers = parts.customer_starts;
  const auto& sessions = parts.session_starts;
  const std::size_t events = parts.event_items.size();
  if (parts.event_weights.size() != events || parts.event_times.size() != events ||
      customers.empty() || customers.front() != 0 || customers.back() + 1 != sessions.size() ||
      sessions.front() != 0 || sessions.back() != events ||
      !std::is_sorted(customers.begin(), customers.end())) {
    return "the sequences' borders contradict their sizes";
  }
  for (std::size_t s = 0; s + 1 < sessions.size(); ++s) {
    if (sessions[s] >= sessions[s + 1]) return "a session must have an event";
  }
  for (const std::uint32_t item : parts.event_items) {
    if (item >= parts.items) return "a sequence has an item outside of the catalogue";
  }
  for (std::size_t c = 0; c + 1 < customers.size(); ++c) {
    const auto first = parts.event_times.begin();
    if (!std::is_sorted(first + static_cast<std::ptrdiff_t>(sessions[customers[c]]),
                        first + static_cast<std::ptrdiff_t>(sessions[customers[c + 1]]))) {
      return "a customer's events must be in order of time";
    }
  }
  return parts.gap < std::chrono::seconds{0} ? "the gap of sessions is negative" : "";
}

}  // namespace detail

class Sequences {
 public:
  Sequences() : Sequences(SequenceParts{}) {}

  /// From a log over m `customers` x n `items` ids. Throws `invalid_shape` when the log's columns
  /// differ in length, `out_of_range` when an id is outside, `invalid_value` when a weight is not a
  /// finite number > 0, `invalid_option`.
  Sequences(std::size_t customers, std::size_t items, const InteractionLog& log,
            const SequencesOptions& options = {})
      : Sequences(parts_of(customers, items, log, options)) {}

  /// From parts that are valid already. Throws `invalid_shape`, or `invalid_value` for a weight.
  explicit Sequences(SequenceParts parts) {
    if (const auto fault = detail::sequence_fault(parts); !fault.empty()) {
      throw Exception(ErrorCode::invalid_shape, std::string(fault), "Sequences");
    }
    Interactions data = interactions_of(parts);
    both_ = std::make_shared<const Both>(std::move(parts), std::move(data));
  }

  [[nodiscard]] std::size_t customers() const noexcept { return data().customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return parts().items; }
  [[nodiscard]] std::size_t events() const noexcept { return parts().event_items.size(); }
  [[nodiscard]] std::size_t sessions() const noexcept { return parts().session_starts.size() - 1; }
  [[nodiscard]] std::chrono::seconds gap() const noexcept { return parts().gap; }
  /// m x n: the same events, weights added up.
  [[nodiscard]] const Interactions& interactions() const noexcept { return data(); }
  [[nodiscard]] const SequenceParts& parts() const noexcept { return both_->first; }

  /// The customer's sessions, oldest first: the numbers from `first_session` of the customer up to,
  /// not including, that of the next; `customer` <= m.
  [[nodiscard]] std::size_t first_session(std::size_t customer) const noexcept {
    return parts().customer_starts[customer];
  }
  [[nodiscard]] std::size_t session_count(Customer customer) const noexcept {
    return first_session(index(customer) + 1) - first_session(index(customer));
  }

  // What happened in session s < sessions(), in order of time.
  [[nodiscard]] std::size_t session_size(std::size_t s) const noexcept {
    return parts().session_starts[s + 1] - parts().session_starts[s];
  }
  [[nodiscard]] std::span<const std::uint32_t> session_items(std::size_t s) const noexcept {
    return {parts().event_items.data() + parts().session_starts[s], session_size(s)};
  }
  [[nodiscard]] std::span<const float> session_weights(std::size_t s) const noexcept {
    return {parts().event_weights.data() + parts().session_starts[s], session_size(s)};
  }
  [[nodiscard]] std::span<const Time> session_times(std::size_t s) const noexcept {
    return {parts().event_times.data() + parts().session_starts[s], session_size(s)};
  }
  /// The last event's time.
  [[nodiscard]] Time session_end(std::size_t s) const noexcept { return session_times(s).back(); }

  /// The items of the customer's last session, in order of time; none without events.
  [[nodiscard]] std::span<const std::uint32_t> last_session(Customer customer) const noexcept {
    if (session_count(customer) == 0) return {};
    return session_items(first_session(index(customer) + 1) - 1);
  }
  /// The time of the last event of all; 1970 without events. O(sessions).
  [[nodiscard]] Time last_time() const noexcept {
    Time last{};
    for (std::size_t s = 0; s < sessions(); ++s) {
      last = s == 0 ? session_end(s) : std::max(last, session_end(s));
    }
    return last;
  }

 private:
  using Both = std::pair<SequenceParts, Interactions>;

  [[nodiscard]] const Interactions& data() const noexcept { return both_->second; }

  static Interactions interactions_of(const SequenceParts& parts) {
    const std::size_t customers = parts.customer_starts.size() - 1;
    std::vector<std::uint32_t> rows(parts.event_items.size());
    for (std::size_t c = 0; c < customers; ++c) {
      const auto first = rows.begin();
      std::fill(
          first + static_cast<std::ptrdiff_t>(parts.session_starts[parts.customer_starts[c]]),
          first + static_cast<std::ptrdiff_t>(parts.session_starts[parts.customer_starts[c + 1]]),
          static_cast<std::uint32_t>(c));
    }
    return Interactions(Csr<float>::from_entries(customers, parts.items, rows, parts.event_items,
                                                 parts.event_weights));
  }

  static SequenceParts parts_of(std::size_t customers, std::size_t items, const InteractionLog& log,
                                const SequencesOptions& options) {
    require_option(options.gap >= std::chrono::seconds{0}, "gap", ">= 0 s", options.gap.count());
    const std::size_t events = log.size();
    if (log.items.size() != events || log.weights.size() != events || log.times.size() != events) {
      throw Exception(ErrorCode::invalid_shape, "the log's columns must be of one length",
                      "Sequences");
    }
    for (std::size_t e = 0; e < events; ++e) {
      if (index(log.customers[e]) >= customers || index(log.items[e]) >= items) {
        throw Exception(ErrorCode::out_of_range,
                        text("event ", e, " is of customer ", index(log.customers[e]), " and item ",
                             index(log.items[e]), ", but there are ", customers, " and ", items),
                        "Sequences");
      }
    }
    std::vector<std::size_t> order(events);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return log.customers[a] != log.customers[b] ? log.customers[a] < log.customers[b]
                                                  : log.times[a] < log.times[b];
    });
    SequenceParts parts;
    parts.items = items;
    parts.gap = options.gap;
    parts.customer_starts.assign(customers + 1, 0);
    for (std::size_t k = 0; k < events; ++k) {
      const std::size_t e = order[k];
      const bool begins = k == 0 || log.customers[order[k - 1]] != log.customers[e] ||
                          later(log.times[order[k - 1]], log.times[e], options.gap);
      if (begins) {
        if (k > 0) parts.session_starts.push_back(k);
        ++parts.customer_starts[index(log.customers[e]) + 1];
      }
      parts.event_items.push_back(static_cast<std::uint32_t>(log.items[e]));
      parts.event_weights.push_back(log.weights[e]);
      parts.event_times.push_back(log.times[e]);
    }
    if (events > 0) parts.session_starts.push_back(events);
    for (std::size_t c = 0; c < customers; ++c) {
      parts.customer_starts[c + 1] += parts.customer_starts[c];
    }
    return parts;
  }

  /// True when `next` >= `last` is more than `gap` after it, however far apart they are.
  static bool later(Time last, Time next, std::chrono::seconds gap) noexcept {
    const auto apart = static_cast<std::uint64_t>(next.time_since_epoch().count()) -
                       static_cast<std::uint64_t>(last.time_since_epoch().count());
    return apart > static_cast<std::uint64_t>(gap.count());
  }

  std::shared_ptr<const Both> both_;
};

}  // namespace emptor
