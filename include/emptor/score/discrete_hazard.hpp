#pragma once
// Discrete-time hazards: the chance to be lost in each period (a month, a billing cycle) of those
// who reach it, and how a customer's properties move it.
//
//     const DiscreteHazardFit fit = fit_discrete_hazard(table, {.time = months, .event = churned});
//     fit.report.periods[0].hazard;                        // of the average customer
//     fit.model.loss_within(row, tenure, 3);               // P(lost in the next 3)
//     fit.model.survival_curve(row, curve);                // P(still there) after each period
//
// D. R. Cox, "Regression models and life-tables", J. of the Royal Statistical Society B 34(2),
// 1972, section 6, doi:10.1111/j.2517-6161.1972.tb00899.x (logit); R. L. Prentice, L. A. Gloeckler,
// "Regression analysis of grouped survival data with application to breast cancer data", Biometrics
// 34(1), 1978, doi:10.2307/2529588 (complementary log-log: Cox's coefficients from grouped times);
// Paul D. Allison, "Discrete-time methods for the analysis of event histories", Sociological
// Methodology 13, 1982, doi:10.2307/270718; Gerhard Tutz, Matthias Schmid, "Modeling Discrete
// Time-to-Event Data", Springer 2016, doi:10.1007/978-3-319-28158-2.
//
// It is the logistic (or complementary log-log) regression of a table with a row for each customer
// and period at risk; that table is never built. A period counts for a customer who was seen at
// risk in at least half of it, and always when they were lost in it and there in its first half;
// with times in whole periods, all of them. Adjacent periods with few losses share a baseline.
// Columns that change with time: a customer as several rows, each from its entry to its time, the
// event in the last. Weights, categories, dependent columns and missing values as in cox.hpp;
// strata are not looked at: give them as a category.
//
// m customers, p coefficients, g groups of periods a customer lives through: time O(iterations m (p
// g + p^2)), memory 8 m p bytes and at most 80 MB. The same bits on any executor. Thread safety: a
// model is immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/discrete_hazard_result.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/survival_terms.hpp"
#include "emptor/score/survival_times.hpp"

namespace emptor {

/// What of a period's hazard is linear.
enum class HazardLink : std::uint8_t {
  logit,    ///< its log odds: coefficients are logs of odds ratios
  cloglog,  ///< log(-log(1 - hazard)): logs of hazard ratios, whatever the periods' lengths
};

struct DiscreteHazardOptions {
  HazardLink link = HazardLink::logit;
  double width = 1;  ///< of a period, in the unit of time; > 0
  /// Where periods end, > 0 and ascending, instead of a width; losses later are not looked at.
  std::vector<double> ends{};
  /// Periods share a baseline with those after them until they have this weight of losses, the last
  /// ones with those before; > 0.
  double least_events = 10;
  /// Times half the squared second differences of the baselines of groups is taken off; >= 0.
  double smoothing = 0;
  double ridge = 0;          ///< times half the squared coefficients per deviation; >= 0
  int max_iterations = 60;   ///< at least 1
  double tolerance = 1e-10;  ///< the last step is one that promises less than this part of the
                             ///< log-likelihood; > 0
  double level = 0.95;       ///< of coefficients' intervals, in (0, 1)
};

/// Functions of a row never fail on one of the schema's length (others: undefined); columns that
/// are missing count like the average. Within a period losses come evenly, at a constant rate.
/// After the last period that was seen its hazard goes on, in periods of its length.
class EMPTOR_API DiscreteHazardModel {
 public:
  static constexpr std::string_view archive_kind = "discrete-hazard";

  /// `baseline`: the link of the average customer's hazard in each period. Throws `invalid_shape`
  /// for other than one for each end or none at all, `invalid_value` unless the ends are finite, >
  /// 0 and ascend and the baseline is finite.
  DiscreteHazardModel(SurvivalTerms terms, HazardLink link, std::vector<double> ends,
                      std::vector<double> baseline);

  [[nodiscard]] const ScoreSchema& schema() const noexcept { return terms_.schema(); }
  [[nodiscard]] const SurvivalTerms& terms() const noexcept { return terms_; }
  [[nodiscard]] HazardLink link() const noexcept { return link_; }
  /// Of periods (the first begins at 0).
  [[nodiscard]] const std::vector<double>& ends() const noexcept { return ends_; }
  [[nodiscard]] const std::vector<double>& baseline() const noexcept { return baseline_; }

  /// What is added to the link of every period's hazard: higher is lost sooner. `parts` are what it
  /// is the sum of, one a column.
  [[nodiscard]] double score(std::span<const float> row) const noexcept {
    return terms_.value(row);
  }
  /// Throws `invalid_shape` for another schema (see map_rows) or another length.
  void score(const ScoreTable& table, std::span<double> out, const Context& context = {}) const;
  void parts(std::span<const float> row, std::span<double> out) const noexcept {
    terms_.parts(row, out);
  }

  /// The chance to be lost in a period (0 is the first) of one who reaches it. O(columns).
  [[nodiscard]] double hazard(std::span<const float> row, std::size_t period) const noexcept;
  /// The chance to stay longer than `time`. O(columns + periods).
  [[nodiscard]] double survival(std::span<const float> row, double time) const noexcept;
  /// The chance to be lost in (age, age + horizon], of one who is there at `age`. O(columns +
  /// periods between).
  [[nodiscard]] double loss_within(std::span<const float> row, double age,
                                   double horizon) const noexcept;
  /// The chance to outlive each period; as many as `out` holds.
  void survival_curve(std::span<const float> row, std::span<double> out) const noexcept;
  /// When a share `p` of such customers is lost; 0 for p <= 0, infinite for p >= 1 or never.
  [[nodiscard]] double quantile(std::span<const float> row, double p) const noexcept;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `unsupported`, `invalid_value` for another kind of archive.
  [[nodiscard]] static Result<DiscreteHazardModel> load(std::span<const std::byte> bytes);

  friend bool operator==(const DiscreteHazardModel&, const DiscreteHazardModel&) = default;

 private:
  [[nodiscard]] double begin_of(std::size_t period) const noexcept {
    return period == 0 ? 0 : ends_[period - 1];
  }
  /// Minus the log of the chance to outlive a period that is reached.
  [[nodiscard]] double risk(double score, std::size_t period) const noexcept;
  [[nodiscard]] double risk_between(double score, double from, double to) const noexcept;

  SurvivalTerms terms_;
  HazardLink link_ = HazardLink::logit;
  std::vector<double> ends_;
  std::vector<double> baseline_;
};

struct DiscreteHazardFit {
  DiscreteHazardModel model;
  DiscreteHazardReport report;
};

/// Throws `invalid_option`, also for more than 100,000 periods, `invalid_shape`, as
/// require_survival_times, and `stopped` when the progress callback ("discrete hazard") asks to
/// stop.
[[nodiscard]] EMPTOR_API DiscreteHazardFit
fit_discrete_hazard(const ScoreTable& table, const SurvivalTimes& times,
                    const DiscreteHazardOptions& options = {}, const Context& context = {});

}  // namespace emptor
