#pragma once
// Complaints, returns and other cases: rates of items, groups or customers with intervals, drawn
// towards one another where they are small, and limits beyond which a group stands out.
//
// Intervals are exact: C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits
// illustrated in the case of the binomial", Biometrika 26(4), 1934, doi:10.1093/biomet/26.4.404; F.
// Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28(3-4), 1936,
// doi:10.1093/biomet/28.3-4.437. Shrinkage: rates of groups are gamma distributed (of shares:
// beta), the two parameters by maximum likelihood of the counts (negative binomial, beta-binomial);
// where the counts vary no more than chance has them, all groups have one rate. Funnel limits of 95
// % and 99.8 %, and the dispersion that widens them when groups vary more than chance (mean square
// of z, winsorised by a tenth at both ends, if it is beyond 1 + 2 sqrt(2 / groups)): David J.
// Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine
// 24(8), 2005, doi:10.1002/sim.1970; z there are those of mid-p-values.
//
// Trends: cases of the latest months against those before, given their sum: J. Przyborowski, H.
// Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31(3-4),
// 1940, doi:10.1093/biomet/31.3-4.313, on counts divided by the dispersion of the months before;
// false discovery rates over the categories (anomaly_alarms.hpp). Mann-Kendall test: Henry B. Mann,
// "Nonparametric tests against trend", Econometrica 13(3), 1945, doi:10.2307/1907187, with ties;
// slope: Pranab Kumar Sen, JASA 63(324), 1968, doi:10.1080/01621459.1968.10480934.
//
// Time: some ten microseconds a group, O(cases + categories x months^2). Thread safety: pure
// functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/score/complaint_result.hpp"

namespace emptor {

struct ComplaintCount {
  std::string name;
  double cases = 0;     ///< in [0, 1e15]
  double exposure = 0;  ///< in [0, 1e15]; without exposure there are no cases
};

struct ComplaintOptions {
  /// Cases are some of the exposure, at most one each: returns of orders. Else any number of cases
  /// may come from a unit of exposure.
  bool share = false;
  double confidence = 0.95;        ///< of intervals, in (0, 1)
  bool dispersion = true;          ///< widen limits when 10 groups or more vary more than chance
  std::size_t funnel_points = 50;  ///< 0: none
};

/// Without groups, or any exposure: rates are NaN. Throws `invalid_option`, `invalid_value`.
[[nodiscard]] EMPTOR_API ComplaintRates complaint_rates(std::span<const ComplaintCount> groups,
                                                        const ComplaintOptions& options = {});

struct RateInterval {
  double low = 0;
  double high = 0;
};
/// Garwood's interval of cases / exposure; [0, infinity) without exposure. Throws `invalid_option`
/// for a negative argument, more than 1e15 cases or a confidence outside (0, 1).
[[nodiscard]] EMPTOR_API RateInterval poisson_rate_interval(double cases, double exposure,
                                                            double confidence = 0.95);
/// Clopper and Pearson's interval of cases / count; [0, 1] of none. Throws as above and for cases
/// > count.
[[nodiscard]] EMPTOR_API RateInterval exact_share_interval(double cases, double count,
                                                           double confidence = 0.95);

struct CaseRecord {
  std::uint32_t category = 0;  ///< place in the list of names
  Time opened{};
  std::optional<Time> closed{};  ///< not before it was opened
};

struct CaseTrendOptions {
  std::int32_t first_month = 0;   ///< core/time.hpp: month_number
  std::size_t months = 12;        ///< from there on; in [2, 1200]
  std::size_t recent_months = 1;  ///< the latest of them, held against the rest; in [1, months)
  double level = 0.05;            ///< of false discovery, in (0, 1)
  double confidence = 0.95;       ///< of the ratio's interval, in (0, 1)
  UtcOffset offset{0};            ///< of the clock that shows the month
};

/// `exposure` of each month (orders …), or none for all 1. Cases of other months are left out,
/// and counted in `other_months`. In months without exposure rates are not known, and cases do not
/// count. Throws `invalid_option`, `invalid_shape`, `invalid_value` for a category without a name
/// or an exposure below 0.
[[nodiscard]] EMPTOR_API CaseTrends case_trends(std::span<const CaseRecord> cases,
                                                std::span<const std::string> categories,
                                                std::span<const double> exposure,
                                                const CaseTrendOptions& options);

struct CaseTimesOptions {
  Time as_of{};              ///< what is later is not known yet
  double target_days = 2;    ///< >= 0
  double confidence = 0.95;  ///< in (0, 1)
};

/// One a category, in their order, by Kaplan and Meier (kaplan_meier.hpp): cases that are open
/// count for as long as they have been; those opened after `as_of` are left out, and counted in
/// `later`. Where none or all
/// were closed within the target, its interval is Clopper and Pearson's of the cases known. Throws
/// as case_trends, and `invalid_value` for a case that was closed before it was opened.
[[nodiscard]] EMPTOR_API std::vector<CaseTimes> case_times(std::span<const CaseRecord> cases,
                                                           std::span<const std::string> categories,
                                                           const CaseTimesOptions& options);

}  // namespace emptor
