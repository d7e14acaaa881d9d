#pragma once
// Accelerated failure time: how a customer's properties stretch or shorten the time they stay.
//
//     const AftFit fit = fit_aft(table, {.time = months, .event = churned});
//     fit.report.coefficients[0].value;                     // exp of it: times as long
//     fit.model.quantile(row, .5);                          // half of such customers stay longer
//     fit.model.loss_within(row, tenure, 3);                // P(lost in the next 3)
//     fit.model.expected_remaining(row, tenure);
//
// log T = intercept + sum of coefficients x columns + scale x W, where W has the distribution of a
// standard extreme value (T is Weibull), normal (log-normal) or logistic (log-logistic) variable:
// J. D. Kalbfleisch, R. L. Prentice, "The Statistical Analysis of Failure Time Data", 2nd ed.,
// Wiley 2002, ch. 3, doi:10.1002/9781118032985; R. L. Prentice, "A log gamma model and its maximum
// likelihood estimation", Biometrika 61(3), 1974, doi:10.1093/biomet/61.3.539. A Weibull model is
// one of proportional hazards too: a coefficient over minus the scale is Cox's.
//
// Unlike Cox's the curves are smooth and go on beyond the last time that was seen: look whether the
// distribution fits (aic, or survival against kaplan_meier) before believing far ends. Late
// entries (left truncation), weights, categories, dependent columns and missing values as in
// cox.hpp; strata are not looked at: give them as a category. Times of 0 say nothing to a logarithm
// and are left out, counted.
//
// Newton's method from the fit without columns, with analytic derivatives; where the likelihood is
// not concave (late entries, a scale far off) its curvature is damped. A likelihood that grows for
// ever ends finite and flagged, see AftReport. m customers, p coefficients: time O(iterations m
// p^2), memory 8 m (p + 5) bytes. The same bits on any executor. Thread safety: a model is
// immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/aft_result.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/survival_terms.hpp"
#include "emptor/score/survival_times.hpp"

namespace emptor {

struct AftOptions {
  AftDistribution distribution = AftDistribution::weibull;
  int max_iterations = 60;   ///< at least 1
  double tolerance = 1e-10;  ///< the last step is one that promises less than this part of the
                             ///< log-likelihood; > 0
  double ridge = 0;     ///< times half the squared coefficients per deviation is taken off; >= 0
  double level = 0.95;  ///< of coefficients' intervals, in (0, 1)
};

/// Times and ages: 0 or more, what is below counts as 0. Functions of a row never fail on one of
/// the schema's length (others: undefined); columns that are missing count like the average.
class EMPTOR_API AftModel {
 public:
  static constexpr std::string_view archive_kind = "aft";

  /// `terms`: of the score. Throws `invalid_value` unless the intercept is finite and the scale
  /// finite and > 0 (1 for the exponential distribution).
  AftModel(SurvivalTerms terms, AftDistribution distribution, double intercept, double scale);

  [[nodiscard]] const ScoreSchema& schema() const noexcept { return terms_.schema(); }
  [[nodiscard]] const SurvivalTerms& terms() const noexcept { return terms_; }
  [[nodiscard]] AftDistribution distribution() const noexcept { return distribution_; }
  /// Of the average customer's log time.
  [[nodiscard]] double intercept() const noexcept { return intercept_; }
  [[nodiscard]] double scale() const noexcept { return scale_; }

  /// Log of how much faster time passes than for the average customer: higher is lost sooner.
  /// `parts` are what it is the sum of, one a column.
  [[nodiscard]] double score(std::span<const float> row) const noexcept {
    return terms_.value(row);
  }
  /// Throws `invalid_shape` for another schema (see map_rows) or another length.
  void score(const ScoreTable& table, std::span<double> out, const Context& context = {}) const;
  void parts(std::span<const float> row, std::span<double> out) const noexcept {
    terms_.parts(row, out);
  }

  /// The chance to stay longer than `time`.
  [[nodiscard]] double survival(std::span<const float> row, double time) const noexcept;
  /// The chance to be lost in (age, age + horizon], of one who is there at `age`.
  [[nodiscard]] double loss_within(std::span<const float> row, double age,
                                   double horizon) const noexcept;
  /// Losses a unit of time at `time`.
  [[nodiscard]] double hazard(std::span<const float> row, double time) const noexcept;
  /// When a share `p` of such customers is lost; 0 for p <= 0, infinite for p >= 1.
  [[nodiscard]] double quantile(std::span<const float> row, double p) const noexcept {
    return remaining_quantile(row, 0, p);
  }
  /// The same from `age` on, of those who are there at it.
  [[nodiscard]] double remaining_quantile(std::span<const float> row, double age,
                                          double p) const noexcept;
  /// Mean lifetime; infinite for a log-logistic scale >= 1, whose tail has none.
  [[nodiscard]] double expected_time(std::span<const float> row) const noexcept {
    return expected_remaining(row, 0);
  }
  /// Mean time that one who is there at `age` stays on.
  [[nodiscard]] double expected_remaining(std::span<const float> row, double age) const noexcept;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `unsupported`, `invalid_value` for another kind of archive.
  [[nodiscard]] static Result<AftModel> load(std::span<const std::byte> bytes);

  friend bool operator==(const AftModel&, const AftModel&) = default;

 private:
  [[nodiscard]] double location(std::span<const float> row) const noexcept {
    return intercept_ - score(row);
  }

  SurvivalTerms terms_;
  AftDistribution distribution_ = AftDistribution::weibull;
  double intercept_ = 0;
  double scale_ = 1;
};

struct AftFit {
  AftModel model;
  AftReport report;
};

/// Throws `invalid_option`, `invalid_shape`, as require_survival_times, and `stopped` when the
/// progress callback ("aft") asks to stop.
[[nodiscard]] EMPTOR_API AftFit fit_aft(const ScoreTable& table, const SurvivalTimes& times,
                                        const AftOptions& options = {},
                                        const Context& context = {});

}  // namespace emptor
