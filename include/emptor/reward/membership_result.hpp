#pragma once
// What is known of members and their tiers, as plain data. A tier is its place in the rules, 0 the
// lowest. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// What a threshold counts.
enum class TierMeasure : std::uint8_t { spend, orders, qualifying_points };
inline constexpr std::size_t tier_measure_count = 3;

[[nodiscard]] constexpr std::string_view name(TierMeasure measure) noexcept {
  constexpr std::string_view names[] = {"spend", "orders", "qualifying_points"};
  const auto at = static_cast<std::size_t>(measure);
  return at < tier_measure_count ? names[at] : "unknown";
}

/// Why a tier began.
enum class TierCause : std::uint8_t {
  joined,       ///< the first fact of the customer
  reached,      ///< a threshold was reached: up at once
  lowered,      ///< a period's end found too little
  granted,      ///< by hand
  grant_ended,  ///< what was granted by hand ran out
};

[[nodiscard]] constexpr std::string_view name(TierCause cause) noexcept {
  constexpr std::string_view names[] = {"joined", "reached", "lowered", "granted", "grant_ended"};
  const auto at = static_cast<std::size_t>(cause);
  return at < 5 ? names[at] : "unknown";
}

/// From `from` until the next interval (or for ever: Time::max()).
struct TierInterval {
  Time from{};
  Time to = Time::max();
  std::uint32_t tier = 0;
  TierCause cause = TierCause::joined;
  friend bool operator==(const TierInterval&, const TierInterval&) = default;
};

/// A tier that became another.
struct TierChange {
  Customer customer = no_customer;
  Time time{};
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  TierCause cause = TierCause::reached;
  friend bool operator==(const TierChange&, const TierChange&) = default;
};

/// What counts towards tiers within a window.
struct TierCounts {
  std::int64_t spend = 0;  ///< minor units, refunds taken off
  std::int64_t orders = 0;
  std::int64_t qualifying_points = 0;

  [[nodiscard]] std::int64_t of(TierMeasure measure) const noexcept {
    return measure == TierMeasure::spend    ? spend
           : measure == TierMeasure::orders ? orders
                                            : qualifying_points;
  }
  friend bool operator==(const TierCounts&, const TierCounts&) = default;
};

/// What is missing for one threshold.
struct TierMissing {
  TierMeasure measure = TierMeasure::spend;
  std::int64_t needed = 0;
  std::int64_t missing = 0;  ///< 0: reached
  friend bool operator==(const TierMissing&, const TierMissing&) = default;
};

/// Where a member stands, and where this leads.
struct TierOutlook {
  Customer customer = no_customer;
  Time as_of{};
  std::uint32_t tier = 0;             ///< in force, grants included
  std::uint32_t earned = 0;           ///< by what was counted
  std::optional<Time> granted_until;  ///< while a grant by hand holds the tier above `earned`
  Time window_from{};                 ///< what counts now lies in [window_from, window_to)
  Time window_to{};
  TierCounts counts;
  /// If nothing more came: when the earned tier falls first, and to what. Empty for the base tier.
  std::optional<Time> falls_at;
  std::uint32_t falls_to = 0;
  /// At the window's end, should counts go on growing at this window's pace; the present tier for
  /// rolling windows.
  std::uint32_t projected = 0;
  std::vector<TierMissing> to_keep;  ///< for the earned tier in the window that counts now
  std::vector<TierMissing> to_rise;  ///< for the one above; empty at the top
};

/// Members by tier at an instant.
struct MembershipSummary {
  Time as_of{};
  std::vector<std::string> tiers;      ///< names
  std::vector<std::uint64_t> members;  ///< by tier
  std::vector<std::uint64_t> raised;   ///< into this tier since `since`
  std::vector<std::uint64_t> lowered;  ///< into this tier since `since`
  std::vector<std::uint64_t> at_risk;  ///< of this tier, falling before `risk_until`
  Time since{};
  Time risk_until{};
};

}  // namespace emptor
