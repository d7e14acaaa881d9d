#pragma once
// What a host knows of its customers, as the label builder takes it in, and the part of it that was
// known before a date.
//
// Two times matter of a fact: when it happened, and when the host learnt of it. A file from a
// partner, a correction, a return that is booked late: at a date only what had happened and was
// recorded before it may be looked at. Facts without a time of recording count as known at once.
//
// Customers who turned out to be one: `owners` (MergeLog::owners) says who stands for whom, and all
// facts are the owner's; without it, or after an unmerge, everyone's facts are their own again.
// Thread safety: values and views.

#include <compare>
#include <cstddef>
#include <span>
#include <tuple>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/profile/preferences.hpp"
#include "emptor/table/events.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// A span of cover: a subscription, a policy, a rented line. A renewal is another one.
struct Contract {
  Customer customer = no_customer;
  Time start{};
  Time end = Time::max();       ///< as agreed; the maximum: runs until notice is given
  Time notice = Time::max();    ///< when it was cancelled; the maximum: was not
  Time stop = Time::max();      ///< when cover then ends, if that is before `end`
  Time recorded = Time::min();  ///< when it was agreed; the minimum: with its start

  /// The end by all that is known.
  [[nodiscard]] constexpr Time last() const noexcept {
    return notice < Time::max() && stop < end ? stop : end;
  }
  friend bool operator==(const Contract&, const Contract&) = default;
  friend std::strong_ordering operator<=>(const Contract& a, const Contract& b) noexcept {
    const auto parts = [](const Contract& c) {
      return std::tuple(c.start.time_since_epoch().count(), c.end.time_since_epoch().count(),
                        c.notice.time_since_epoch().count(), c.stop.time_since_epoch().count(),
                        c.recorded.time_since_epoch().count(),
                        static_cast<std::uint32_t>(c.customer));
    };
    return parts(a) <=> parts(b);
  }
};

/// Views; what they show must outlive them.
struct CustomerFacts {
  std::size_t customers = 0;               ///< ids 0 to customers - 1
  const Orders* orders = nullptr;          ///< null: none
  FeatureColumns columns{};                ///< of the orders' lines
  std::span<const Time> line_recorded{};   ///< of each line, or empty
  const Events* events = nullptr;          ///< null: none
  std::span<const Time> event_recorded{};  ///< of each event, or empty
  std::span<const Contract> contracts{};
  std::span<const Customer> owners{};  ///< of each customer, or empty: all stand for themselves
  UtcOffset offset{0};                 ///< of the shop's clock, for days
};

/// What was known of one customer before a date. Contracts as they stood: notice that came later is
/// not there. All ascending by time.
struct CustomerPast {
  Customer customer = no_customer;
  Time date{};
  std::span<const FeatureEvent> lines{};
  std::span<const CustomerEvent> events{};
  std::span<const Contract> contracts{};
};

}  // namespace emptor
