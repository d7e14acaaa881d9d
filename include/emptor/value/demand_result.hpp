#pragma once
// Demand over time and what is expected of it: plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/time.hpp"
#include "emptor/profile/sales_result.hpp"

namespace emptor {

/// What was asked for in each of consecutive periods.
struct DemandSeries {
  std::string label;  ///< the category; empty for the whole shop and when `known` is false
  bool known = true;  ///< false: of the lines that name no category
  Period period = Period::month;
  Day first{};                 ///< of the first period
  std::vector<double> values;  ///< n, one a period; a period without a line is 0

  friend bool operator==(const DemandSeries&, const DemandSeries&) = default;
};

/// The series of all categories, of one length.
struct DemandTable {
  std::vector<DemandSeries> series;  ///< by total demand, the largest first; equals by label
  bool last_left_out = false;        ///< a last period that had not ended was left out
};

enum class DemandMethod : std::uint8_t {
  mean,            ///< of all that was
  naive,           ///< as in the last period
  seasonal_naive,  ///< as in the same period of the last season
  drift,           ///< on along the line from the first period to the last
  smoothing,       ///< exponential smoothing, the best of its six by AICc
};

[[nodiscard]] constexpr std::string_view name(DemandMethod method) noexcept {
  constexpr std::string_view names[] = {"mean", "naive", "seasonal naive", "drift",
                                        "exponential smoothing"};
  return names[static_cast<std::size_t>(method)];
}

/// Exponential smoothing with additive errors: level, perhaps a trend (damped or not), perhaps a
/// season. NaN or empty: the model has no such part.
struct SmoothingFit {
  bool trend = false;
  bool damped = false;
  bool seasonal = false;
  double alpha = 0;                                         ///< of the level
  double beta = std::numeric_limits<double>::quiet_NaN();   ///< of the trend, in (0, alpha)
  double phi = std::numeric_limits<double>::quiet_NaN();    ///< damping, in [.8, .98]
  double gamma = std::numeric_limits<double>::quiet_NaN();  ///< of the season, in (0, 1 - alpha)
  double first_level = 0;                                   ///< before the first period
  double first_slope = 0;
  std::vector<double> first_season;  ///< of the first periods in turn, adding up to 0
  double squared_error = 0;          ///< sum of e^2 one period ahead
  double sigma = 0;                  ///< deviation of e, divisor n - parameters
  double aicc = 0;                   ///< n ln(squared_error) + 2 p + 2 p (p + 1) / (n - p - 1)
  int parameters = 0;                ///< p without sigma, which aicc counts too
  bool converged = true;

  friend bool operator==(const SmoothingFit&, const SmoothingFit&) = default;
};

/// What is expected of one period: normal, with this mean and variance.
struct SmoothingStep {
  double mean = 0;
  double variance = 0;
};

struct DemandPoint {
  Day first{};  ///< of the period
  double mean = 0;
  double low = 0;  ///< [low, high] holds the demand with the probability asked for
  double high = 0;
};

/// How a method did on the last periods, each forecast from what came before.
struct DemandAccuracy {
  DemandMethod method = DemandMethod::mean;
  std::size_t forecasts = 0;
  double mae = 0;       ///< mean absolute error
  double mase = 0;      ///< that, over the (seasonal) naive one's in the periods before the test
  double coverage = 0;  ///< share of the actual values within [low, high]
};

struct DemandForecast {
  DemandSeries history;
  double interval = 0.8;                          ///< probability of [low, high]
  DemandMethod method = DemandMethod::smoothing;  ///< that made the points
  SmoothingFit smoothing;                         ///< used or not
  std::vector<DemandPoint> points;                ///< one a period after the history
  std::vector<DemandAccuracy> accuracy;           ///< empty: the history is too short for a test
  bool beats_baselines = false;  ///< smoothing had the least error of all methods tried
  std::string comment;           ///< how the method was chosen, a sentence for people
};

}  // namespace emptor
