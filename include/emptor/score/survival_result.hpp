#pragma once
// What survival analysis tells of groups of customers, as plain data: curves, their quantiles and
// means, comparisons. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace emptor {

/// One distinct time of a survival curve. Numbers of customers are sums of weights.
struct SurvivalPoint {
  double time = 0;
  double at_risk = 0;    ///< known to be there just before
  double events = 0;     ///< lost at this time
  double censored = 0;   ///< last seen at this time, and there
  double survival = 1;   ///< share that outlives this time, in [0, 1]
  double log_error = 0;  ///< standard error of log(survival), Greenwood's; infinite at survival 0
  double lower = 1;      ///< interval of the survival; both NaN at survival 0
  double upper = 1;

  /// Standard error of the survival itself; 0 at survival 0.
  [[nodiscard]] double error() const noexcept { return survival > 0 ? survival * log_error : 0; }
  friend bool operator==(const SurvivalPoint&, const SurvivalPoint&) = default;
};

/// A step function that holds its value from a point's time to the next one's; 1 before the first.
struct SurvivalCurve {
  std::vector<SurvivalPoint> points;  ///< ascending times
  std::size_t customers = 0;          ///< rows with a weight > 0
  double weight = 0;                  ///< sum of weights
  double events = 0;                  ///< sum of weights of those lost
};

/// When a share of customers is lost. Infinite: not within what was seen.
struct SurvivalQuantile {
  double time = std::numeric_limits<double>::infinity();
  double lower = std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
};

/// Mean time that customers stay within the first `until` of time.
struct RestrictedMean {
  double until = 0;
  double mean = 0;
  double error = 0;  ///< standard error
};

struct LogRankGroup {
  std::uint32_t group = 0;  ///< the code that was given
  double customers = 0;     ///< sums of weights
  double observed = 0;      ///< events
  double expected = 0;      ///< events, if all groups were alike
};

struct LogRankResult {
  std::vector<LogRankGroup> groups;  ///< ascending by group
  std::vector<double> covariance;    ///< of observed - expected, k x k, row-major
  double chi_square = 0;
  std::size_t degrees = 0;  ///< of freedom; 0 when the groups cannot be told apart
  double p_value = 1;
};

/// How often who is lost sooner had the higher risk (Harrell's C), over all pairs whose order is
/// known.
struct SurvivalConcordance {
  double concordant = 0;
  double discordant = 0;
  double tied_risk = 0;   ///< pairs in known order with equal risks
  double tied_event = 0;  ///< pairs lost at the same time: not counted
  /// (concordant + tied_risk / 2) / all three; .5 without any.
  double concordance = 0.5;
};

}  // namespace emptor
