#pragma once
// What is measured of satisfaction: scores with intervals, groups, an index of several items, what
// drives it and how it moves. Plain data; thread safety: values.

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

enum class SatisfactionMeasure : std::uint8_t {
  csat,  ///< customer satisfaction: per cent of answers in the top box, 0 to 100
  nps,   ///< net promoter score: per cent promoters less per cent detractors, -100 to 100
  ces,   ///< customer effort: mean answer, in the scale's unit
  index  ///< mean of an index of several items, 0 to 100
};
[[nodiscard]] EMPTOR_API std::string_view name(SatisfactionMeasure measure) noexcept;

/// One measure of one set of answers. NaN where there is nothing to compute it of.
struct SatisfactionEstimate {
  SatisfactionMeasure measure{};
  std::uint64_t answers = 0;         ///< on the scale, of weight > 0: what the rest is computed of
  std::uint64_t missing = 0;         ///< NaN
  std::uint64_t off_scale = 0;       ///< below, above, infinite
  std::uint64_t without_weight = 0;  ///< on the scale, of weight 0
  double weight = 0;                 ///< sum of the weights
  double effective = 0;              ///< answers of equal weight that would be as sure (Kish)
  double design_effect = 1;          ///< answers / effective
  double value = std::numeric_limits<double>::quiet_NaN();  ///< in the measure's unit
  double standard_error = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();  ///< ends of the two-sided interval
  double high = std::numeric_limits<double>::quiet_NaN();
  double confidence = 0.95;
  /// Of the answers by weight, in [0, 1]: detractors, passives, promoters of an NPS; for the others
  /// the scale's bottom box, what is between, its top box. Of an index: below 25, between,
  /// above 75.
  std::array<double, 3> shares{};
};

/// A group, drawn towards the mean of all groups as far as its own answers are few.
struct SatisfactionGroup {
  std::uint32_t group = 0;
  SatisfactionEstimate estimate;  ///< of its own answers alone
  double shrinkage = 1;           ///< in [0, 1]: weight of the mean of all; 1 without answers
  double shrunk = std::numeric_limits<double>::quiet_NaN();
  double shrunk_error = std::numeric_limits<double>::quiet_NaN();
  double shrunk_low = std::numeric_limits<double>::quiet_NaN();
  double shrunk_high = std::numeric_limits<double>::quiet_NaN();
};

struct SatisfactionReport {
  SatisfactionEstimate total;  ///< rows without a group are in it, too
  /// Share of the answers by weight at each whole number of the scale, from its low end; answers
  /// between two are at the lower one. Empty for scales longer than 100 or of an index.
  std::vector<double> distribution{};
  std::vector<SatisfactionGroup> groups{};                           ///< by code, empty groups too
  double mean_of_groups = std::numeric_limits<double>::quiet_NaN();  ///< towards which they shrink
  double spread_of_groups = 0;  ///< standard deviation of their true values, estimated; may be 0
  bool shrunk = false;          ///< false below four groups with answers, or without groups
};

/// b less a: two groups, or two periods.
struct SatisfactionDifference {
  SatisfactionMeasure measure{};
  double difference = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  double statistic = 0;  ///< z of shares; t of means
  double p_value = 1;    ///< two-sided; NaN when nothing measures the spread
};

/// An item of an index.
struct SatisfactionItemReport {
  std::string item;
  double weight = 0;  ///< share in the index of who answered all items, in [0, 1]
  std::uint64_t answers = 0;
  std::uint64_t missing = 0;
  std::uint64_t off_scale = 0;                             ///< taken as missing
  double mean = std::numeric_limits<double>::quiet_NaN();  ///< 0 to 100
  double deviation = std::numeric_limits<double>::quiet_NaN();
  /// Correlation with the mean of the other items, among the complete rows.
  double item_rest = std::numeric_limits<double>::quiet_NaN();
  double alpha_without = std::numeric_limits<double>::quiet_NaN();  ///< Cronbach's, of the others
};

struct SatisfactionIndexReport {
  SatisfactionReport index;  ///< measure `index`
  std::vector<SatisfactionItemReport> items{};
  std::uint64_t complete = 0;    ///< rows with every item
  std::uint64_t partial = 0;     ///< rows with enough items for an index, but not all
  std::uint64_t too_little = 0;  ///< rows without an index
  /// Cronbach's alpha of the complete rows with Feldt's interval; may be below 0.
  double alpha = std::numeric_limits<double>::quiet_NaN();
  double alpha_low = std::numeric_limits<double>::quiet_NaN();
  double alpha_high = std::numeric_limits<double>::quiet_NaN();
};

/// The four fields of importance against performance (Martilla and James).
enum class DriverQuadrant : std::uint8_t {
  keep_up,      ///< important and good
  concentrate,  ///< important and bad: here first
  low_priority,
  overkill,  ///< unimportant and good
};
[[nodiscard]] EMPTOR_API std::string_view name(DriverQuadrant quadrant) noexcept;

struct SatisfactionDriver {
  std::string driver;
  double mean = 0;         ///< in the column's unit
  double deviation = 0;    ///< divisor n - 1
  double performance = 0;  ///< the mean, 0 to 100 on the column's scale
  double correlation = 0;  ///< with the target
  double coefficient = 0;  ///< target's units a unit, the other drivers held; 0 when dropped
  double standard_error = std::numeric_limits<double>::quiet_NaN();
  double standardised = 0;  ///< target's deviations a deviation
  double standardised_error = std::numeric_limits<double>::quiet_NaN();
  double p_value = std::numeric_limits<double>::quiet_NaN();
  double inflation = 1;  ///< variance inflation factor by the other drivers; infinite when dropped
  double shapley = 0;    ///< its part of R² (LMG); NaN beyond `most_exact` drivers
  double relative_weight = 0;  ///< its part of R² (Johnson)
  double importance = 0;       ///< shapley, else relative_weight, as a share of R²; they add to 1
  double importance_low = std::numeric_limits<double>::quiet_NaN();  ///< bootstrap, when asked
  double importance_high = std::numeric_limits<double>::quiet_NaN();
  DriverQuadrant quadrant{};
  bool constant = false;   ///< tells nothing: all 0
  bool collinear = false;  ///< a sum of earlier ones: coefficient 0, but has its share of R²
};

struct SatisfactionDrivers {
  std::uint64_t rows = 0;        ///< complete ones of weight > 0
  std::uint64_t incomplete = 0;  ///< left out: a driver or the target is missing
  double weight = 0;
  double r_squared = 0;
  double adjusted = 0;  ///< R² less what as many drivers explain by chance
  double intercept = 0;
  double noise = std::numeric_limits<double>::quiet_NaN();  ///< deviation of the residuals
  bool exact = true;                                        ///< importance is Shapley's
  bool constant_target = false;                             ///< nothing to explain: all shares 0
  bool too_few_rows = false;   ///< no more rows than coefficients: no standard errors
  double mean_importance = 0;  ///< borders of the quadrants
  double mean_performance = 0;
  std::vector<SatisfactionDriver> drivers{};  ///< in the order of columns
};

struct SatisfactionPoint {
  std::int32_t month = 0;         ///< month_number; month_label for its name
  SatisfactionEstimate estimate;  ///< NaN in a month without answers
  double ewma = std::numeric_limits<double>::quiet_NaN();
  double level = std::numeric_limits<double>::quiet_NaN();  ///< local level, by all months
  double level_low = std::numeric_limits<double>::quiet_NaN();
  double level_high = std::numeric_limits<double>::quiet_NaN();
  double limit_low = std::numeric_limits<double>::quiet_NaN();  ///< control limits
  double limit_high = std::numeric_limits<double>::quiet_NaN();
  bool beyond = false;  ///< outside of its limits
  bool run = false;     ///< ends a run of so many months on one side of the centre
};

/// Mann and Kendall's test of a trend, Sen's slope.
struct TrendTest {
  std::uint32_t months = 0;  ///< with answers
  double s = 0;              ///< rising pairs less falling ones
  double tau = 0;            ///< s over the pairs
  double z = 0;
  double p_value = 1;  ///< two-sided, normal with correction; 1 below three months
  double slope = std::numeric_limits<double>::quiet_NaN();  ///< a month
  double slope_low = std::numeric_limits<double>::quiet_NaN();
  double slope_high = std::numeric_limits<double>::quiet_NaN();
};

/// The best single step of the months' level.
struct SatisfactionShift {
  bool found = false;      ///< p_value below the options' bound
  std::int32_t month = 0;  ///< the first one of the new level
  double before = std::numeric_limits<double>::quiet_NaN();
  double after = std::numeric_limits<double>::quiet_NaN();
  double p_value = 1;  ///< by permuting months, the search for the month included
};

struct SatisfactionTrend {
  std::vector<SatisfactionPoint> points{};  ///< every month from the first to the last answer
  double centre = std::numeric_limits<double>::quiet_NaN();  ///< of the control chart
  double level_step = 0;  ///< standard deviation of the level's monthly change; may be 0
  TrendTest trend;
  SatisfactionShift shift;
};

}  // namespace emptor
