#pragma once
// Where customers stand in their lifecycle, moves between dates, and growth month by month. Plain
// data; thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// The definitions, in the order in which they are tried, stand in segment/lifecycle.hpp.
enum class LifecycleStage : std::uint8_t {
  none,         ///< no purchase yet
  new_comer,    ///< first purchase not long ago
  active,       ///< buys on
  returning,    ///< active after a silence that put the customer at risk, or longer
  resurrected,  ///< active after a silence that counted as churn
  at_risk,      ///< silent for longer than is usual
  dormant,      ///< silent for much longer
  churned,      ///< gone
};
inline constexpr std::size_t lifecycle_stage_count =
    static_cast<std::size_t>(LifecycleStage::churned) + 1;

[[nodiscard]] constexpr std::string_view name(LifecycleStage stage) noexcept {
  constexpr std::string_view names[lifecycle_stage_count] = {
      "none", "new", "active", "returning", "resurrected", "at risk", "dormant", "churned"};
  return names[static_cast<std::size_t>(stage)];
}

enum class LifecycleClock : std::uint8_t {
  fixed_days,  ///< the same limits for everybody
  own_rhythm,  ///< multiples of the customer's own usual gap between purchase days
};

/// A silence is the number of days from the last purchase day; one of exactly the limit is not
/// beyond it.
struct LifecycleOptions {
  LifecycleClock clock = LifecycleClock::fixed_days;
  int new_days = 30;  ///< under either clock: the first purchase is at most so long ago; >= 0
  // Limits of silence under LifecycleClock::fixed_days; 0 <= at_risk <= dormant <= churned.
  int at_risk_days = 60;
  int dormant_days = 120;
  int churned_days = 365;
  // The same under LifecycleClock::own_rhythm, in usual gaps.
  double at_risk_gaps = 1.5;
  double dormant_gaps = 3;
  double churned_gaps = 6;
  /// The usual gap is (g own median + w shop's median) / (g + w) with g gaps of the customer's own:
  /// w is how many gaps the shop's is worth; >= 0.
  double shop_weight = 2;
  double shortest_gap = 1;  ///< days; a shorter usual gap counts as this; > 0
  friend bool operator==(const LifecycleOptions&, const LifecycleOptions&) = default;
};

struct LifecycleSnapshot {
  LifecycleOptions options;
  Day as_of{};
  std::vector<LifecycleStage> stages;  ///< by customer id
  std::array<std::uint64_t, lifecycle_stage_count> counts{};
  /// Median gap of all customers' purchase days up to as_of, in days; none without a gap. Looked
  /// for under LifecycleClock::own_rhythm alone.
  std::optional<double> shop_gap_days;

  [[nodiscard]] std::uint64_t count(LifecycleStage stage) const noexcept {
    return counts[static_cast<std::size_t>(stage)];
  }
};

/// From one snapshot to a later one; customers who were not known before count as `none`.
struct LifecycleMoves {
  Day from{};
  Day to{};
  /// before x after, row by row.
  std::array<std::uint64_t, lifecycle_stage_count * lifecycle_stage_count> counts{};

  [[nodiscard]] std::uint64_t at(LifecycleStage before, LifecycleStage after) const noexcept {
    return counts[static_cast<std::size_t>(before) * lifecycle_stage_count +
                  static_cast<std::size_t>(after)];
  }
  /// Who came into the stage from any other.
  [[nodiscard]] std::uint64_t entered(LifecycleStage stage) const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t s = 0; s < lifecycle_stage_count; ++s) {
      const auto other = static_cast<LifecycleStage>(s);
      if (other != stage) sum += at(other, stage);
    }
    return sum;
  }
  /// Who left the stage for any other.
  [[nodiscard]] std::uint64_t left(LifecycleStage stage) const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t s = 0; s < lifecycle_stage_count; ++s) {
      const auto other = static_cast<LifecycleStage>(s);
      if (other != stage) sum += at(stage, other);
    }
    return sum;
  }
};

/// Growth accounting of one calendar month. A customer is active in a month with a purchase in it.
/// active = active of the month before + fresh + resurrected - lost = fresh + retained +
/// resurrected.
struct GrowthMonth {
  std::int32_t month = 0;         ///< `month_number`
  std::uint64_t active = 0;       ///< with a purchase in this month
  std::uint64_t fresh = 0;        ///< with their first
  std::uint64_t retained = 0;     ///< active in the month before, too
  std::uint64_t resurrected = 0;  ///< bought before, but not in the month before
  std::uint64_t lost = 0;         ///< active in the month before and not in this
  // Sales in this month, 10^-price_scale major units.
  std::int64_t fresh_sales = 0;
  std::int64_t retained_sales = 0;
  std::int64_t resurrected_sales = 0;
  std::int64_t lost_sales = 0;  ///< of the lost in the month before

  /// (fresh + resurrected) / lost; none when nobody was lost. Above 1 the base grows.
  [[nodiscard]] std::optional<double> quick_ratio() const noexcept {
    if (lost == 0) return std::nullopt;
    return static_cast<double>(fresh + resurrected) / static_cast<double>(lost);
  }
};

struct LifecycleHistory {
  LifecycleOptions options;
  Currency currency;
  int price_scale = 2;
  std::vector<GrowthMonth> growth;  ///< consecutive months from the first purchase to the last
  /// At the end of each month of `growth`, the last at as_of.
  std::vector<Day> ends;
  std::vector<std::array<std::uint64_t, lifecycle_stage_count>> counts;
  /// moves[i] is from ends[i] to ends[i + 1].
  std::vector<LifecycleMoves> moves;
};

}  // namespace emptor
