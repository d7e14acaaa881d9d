#pragma once
// Complaints, returns and cases: rates of groups, limits beyond which a group stands out, the trend
// of case categories and how long cases take. Plain data; thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

/// Where a group's rate lies among the limits of a funnel plot.
enum class FunnelPlace : std::uint8_t {
  within,      ///< inside of the inner limits
  low,         ///< below the inner, not the outer limit
  high,        ///< above the inner, not the outer limit
  low_alarm,   ///< below the outer limit
  high_alarm,  ///< above the outer limit
};
[[nodiscard]] EMPTOR_API std::string_view name(FunnelPlace place) noexcept;

struct ComplaintGroup {
  std::string name;
  double cases = 0;
  double exposure = 0;  ///< orders, customers, 1,000 deliveries …
  double rate = 0;      ///< cases / exposure; NaN without exposure
  double low = 0;       ///< interval of the rate; without exposure the whole range
  double high = std::numeric_limits<double>::infinity();
  double shrunk = 0;  ///< mean of the rate given the other groups
  double shrunk_low = 0;
  double shrunk_high = 0;
  double weight = 0;    ///< of the own rate in `shrunk`, in [0, 1]
  double above = 0.5;   ///< probability that the rate is above that of all groups
  double expected = 0;  ///< cases, at the rate of all groups
  double z = 0;         ///< normal score of the number of cases, over the root of the dispersion
  FunnelPlace place = FunnelPlace::within;
};

/// Limits of the rate of a group with this exposure, were it like all.
struct FunnelPoint {
  double exposure = 0;
  double low_alarm = 0;
  double low = 0;
  double high = 0;
  double high_alarm = 0;
};

struct ComplaintRates {
  std::vector<ComplaintGroup> groups{};  ///< as given
  double cases = 0;
  double exposure = 0;
  double rate = 0;  ///< of all; NaN without exposure
  double low = 0;   ///< interval of it
  double high = 0;
  bool share = false;  ///< cases are some of the exposure (returns of orders), rates in [0, 1]
  /// Rates of groups vary as a gamma (of shares: beta) distribution with this mean, as if each
  /// group had been seen with `prior_exposure` more; infinite: they do not vary at all.
  double prior_mean = 0;
  double prior_exposure = std::numeric_limits<double>::infinity();
  double dispersion = 1;              ///< of z, winsorised, >= 1: groups vary more than chance does
  std::vector<FunnelPoint> funnel{};  ///< ascending exposure, over the range of the groups
  double confidence = 0.95;           ///< of intervals
};

struct CaseMonth {
  std::int32_t month = 0;  ///< core/time.hpp: month_number
  double cases = 0;
  double exposure = 0;
  double rate = 0;   ///< cases / exposure; NaN without exposure
  double share = 0;  ///< of all cases of the month; 0 of none
};

struct CaseTrend {
  std::string category;
  std::vector<CaseMonth> months{};  ///< consecutive
  double cases = 0;                 ///< of all months
  double recent = 0;                ///< cases of the recent months
  double expected = 0;              ///< of these, at the rate of the months before
  double ratio = 1;                 ///< of the rates; infinite when there were none before
  double ratio_low = 0;
  double ratio_high = std::numeric_limits<double>::infinity();
  double dispersion = 1;  ///< of the months before about their rate, >= 1: chance has 1
  double p_value = 1;     ///< that the rate has not changed
  double q_value = 1;     ///< of all categories: share of false alarms with this one the last
  bool changed = false;   ///< q_value <= the level
  double slope = 0;       ///< Sen's: median change of the rate a month
  double kendall = 0;     ///< tau-b of rate and month, in [-1, 1]
  double trend_p = 1;     ///< Mann-Kendall's, that there is no trend
};

struct CaseTrends {
  std::vector<CaseTrend> categories{};  ///< emerging first: by descending ratio_low, then name
  std::int32_t first_month = 0;
  std::size_t months = 0;
  std::size_t recent_months = 0;
  double level = 0.05;      ///< expected share of false alarms among `changed`
  std::size_t changed = 0;  ///< categories
  /// Cases of months before or after these, left out.
  std::size_t other_months = 0;
};

/// How long cases stay open, open ones taken in. Days; infinite: not within what was seen.
struct CaseTimes {
  std::string category;
  std::size_t cases = 0;
  std::size_t open = 0;
  double median = std::numeric_limits<double>::infinity();
  double median_low = 0;  ///< 0 and infinity: nothing bounds it
  double median_high = std::numeric_limits<double>::infinity();
  double ninety = std::numeric_limits<double>::infinity();  ///< within which 90 % are closed
  double within_target = 0;                                 ///< share closed within the target
  double within_target_low = 0;
  double within_target_high = 1;
  std::size_t later = 0;  ///< cases opened after `as_of`, left out
};

}  // namespace emptor
