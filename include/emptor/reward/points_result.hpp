#pragma once
// What is known of points, as plain data: balances, lots, lists of what expires, the forecast.
// Points are whole numbers. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// An account at one instant. Always
/// `earned == available + pending + expired + spent + clawed_back`.
struct PointsBalance {
  std::int64_t available = 0;    ///< may be spent now
  std::int64_t pending = 0;      ///< earned, held until a time or an event
  std::int64_t expired = 0;      ///< never spent in time: the breakage
  std::int64_t spent = 0;        ///< covered by lots, refunds taken off, repaid debt included
  std::int64_t clawed_back = 0;  ///< taken back from lots
  std::int64_t earned = 0;       ///< all that was ever earned
  std::int64_t owed = 0;         ///< spent or clawed back without lots to cover it: a receivable
  std::int64_t uncollected = 0;  ///< clawbacks that found nothing and were let go

  /// What the customer sees: below zero when more is owed than there is.
  [[nodiscard]] std::int64_t net() const noexcept { return available - owed; }
  friend bool operator==(const PointsBalance&, const PointsBalance&) = default;
};

/// Points earned together: spent and expiring as one.
struct PointLot {
  std::uint64_t id = 0;           ///< of the fact that made it
  std::uint64_t source = 0;       ///< the host's: an order, a rule
  Customer record = no_customer;  ///< the customer it arrived on
  std::int64_t amount = 0;        ///< at first, less what a refund renewed elsewhere
  std::int64_t left = 0;          ///< neither spent nor clawed back; lapses at `expires_at`
  Time earned_at{};
  Time available_at{};            ///< Time::max(): waits for an event
  Time expires_at = Time::max();  ///< Time::max(): never
  friend bool operator==(const PointLot&, const PointLot&) = default;
};

/// A lot that lapses, or has lapsed, with points in it.
struct ExpiringPoints {
  Customer customer = no_customer;  ///< who owns it
  std::uint64_t lot = 0;
  std::int64_t points = 0;
  Time expires_at{};
  friend bool operator==(const ExpiringPoints&, const ExpiringPoints&) = default;
};

/// How points of one age fare: a row of the life table.
struct PointsAgeRow {
  std::int64_t from_days = 0;  ///< age of the lot, of `bin_days`
  std::int64_t at_risk = 0;    ///< points alive at the start of this age
  std::int64_t redeemed = 0;   ///< spent during it, refunds taken off
  std::int64_t left = 0;       ///< gone otherwise: expired, clawed back, or younger than this now
  double hazard = 0;           ///< redeemed / (at_risk - left / 2): chance of being spent
  double surviving = 1;        ///< product of 1 - hazard up to the end of this age
};

/// What is owed to customers in points, and how much of it will be claimed.
struct PointsForecast {
  Time as_of{};
  std::int64_t bin_days = 30;
  std::vector<PointsAgeRow> table;
  std::int64_t outstanding = 0;     ///< available and pending, not expired: the liability in points
  std::int64_t never_expiring = 0;  ///< of these: without an end
  double redeemed = 0;              ///< expected to be spent before they expire
  double breakage = 0;              ///< expected to lapse: outstanding - redeemed
  double breakage_low = 0;          ///< interval of the expectation, customers being the unit
  double breakage_high = 0;
  double level = 0.95;
  Money liability{};            ///< of all outstanding points
  Money expected_liability{};   ///< of those expected to be spent, half-even
  std::uint64_t customers = 0;  ///< with at least one lot
};

}  // namespace emptor
