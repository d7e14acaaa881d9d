#pragma once
// Durations of which some were not watched to their end, and events that recur during a watch.
// Sources: referral/growth.hpp.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/referral/growth_result.hpp"

namespace emptor::detail {

struct WatchedDuration {
  std::int64_t seconds = 0;  // >= 0
  bool ended = false;        // false: watched so long without an end
};

/// The chance of an end up to each time, by Kaplan and Meier. Ends come before what was watched
/// only so long.
class EndingCurve {
 public:
  explicit EndingCurve(std::span<const WatchedDuration> durations);
  /// Chance of an end by `seconds`, with its interval and the variance of the chance.
  struct Chance {
    GrowthEstimate estimate;
    double variance = 0;
  };
  [[nodiscard]] Chance at(std::int64_t seconds, double confidence) const;
  [[nodiscard]] DurationQuantiles quantiles() const;

 private:
  struct Step {
    std::int64_t seconds = 0;
    double survival = 1;
    double greenwood = 0;  // sum of d / (Y (Y - d))
  };
  std::vector<Step> steps_;
  std::uint64_t watched_ = 0;
  std::uint64_t ended_ = 0;
};

/// Of each watched one: how long, and when what happened; places of events are into `watches`.
struct RecurrentEvent {
  std::size_t watch = 0;
  std::int64_t seconds = 0;  // <= watches[watch]
};

/// Events a watched one up to the longest watch, with the variance of the mean.
struct MeanEvents {
  GrowthEstimate estimate;
  double variance = 0;
};
[[nodiscard]] MeanEvents mean_events(std::span<const std::int64_t> watches,
                                     std::span<const RecurrentEvent> events, double confidence);

/// value times and divided by exp(z sd / value): an interval that stays positive. value > 0.
[[nodiscard]] GrowthEstimate log_interval(double value, double variance, double confidence);

}  // namespace emptor::detail
