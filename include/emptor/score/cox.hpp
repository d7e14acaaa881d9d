#pragma once
// Cox regression: how a customer's properties multiply the risk of being lost, whatever that risk
// is over time.
//
//     const FittedCox fit = fit_cox(table, {.time = months, .event = churned});
//     fit.report.coefficients[0].value;                     // log of a hazard ratio
//     fit.model.survival(row, 12);                          // P(still there after 12 months)
//     fit.model.loss_within(row, tenure, 3);                // P(lost in the next 3)
//
// D. R. Cox, "Regression models and life-tables", J. of the Royal Statistical Society B 34(2),
// 1972, doi:10.1111/j.2517-6161.1972.tb00899.x. Ties: Bradley Efron, "The efficiency of Cox's
// likelihood function for censored data", J. of the American Statistical Association 72(359), 1977,
// doi:10.1080/01621459.1977.10480613, or Breslow's, in the discussion of Cox's paper. Whether
// hazards stay proportional: Patricia M. Grambsch, Terry M. Therneau, "Proportional hazards tests
// and diagnostics based on weighted residuals", Biometrika 81(3), 1994,
// doi:10.1093/biomet/81.3.515.
//
// A category has a coefficient for each of its values but the first by name, the reference. Columns
// that are constant or missing in all rows, or sums of columns before them, are dropped and
// reported. Rows with another missing value are left out of the fit; scoring takes them
// (survival_terms.hpp). Where the likelihood grows for ever (separation) the fit ends when nothing
// is to be gained any more: finite and flagged; a ridge keeps such coefficients small.
//
// Time O(m log m + iterations m p^2) for m customers and p coefficients, memory 8 m p bytes. The
// same bits on any executor. Thread safety: a model is immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/cox_result.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/survival_terms.hpp"
#include "emptor/score/survival_times.hpp"

namespace emptor {

/// What losses at the same time are taken for.
enum class CoxTies : std::uint8_t {
  efron,    ///< close to all orders in which they may have happened
  breslow,  ///< all at once: quicker by little, biased to 0 with many ties
};

struct CoxOptions {
  CoxTies ties = CoxTies::efron;
  int max_iterations = 30;  ///< at least 1
  double tolerance =
      1e-12;  ///< done when an iteration promises less than this part of the log-likelihood; > 0
  double ridge = 0;     ///< times half the squared coefficients per deviation is taken off; >= 0
  double level = 0.95;  ///< of coefficients' intervals, in (0, 1)
};

/// One step of the cumulative hazard of the average customer.
struct BaselineStep {
  double time = 0;
  double hazard = 0;  ///< cumulative, from `time` on
  friend bool operator==(const BaselineStep&, const BaselineStep&) = default;
};

struct BaselineHazard {
  std::uint32_t stratum = 0;
  std::vector<BaselineStep> steps;  ///< ascending times
  friend bool operator==(const BaselineHazard&, const BaselineHazard&) = default;
};

class EMPTOR_API CoxModel {
 public:
  static constexpr std::string_view archive_kind = "cox";

  CoxModel(SurvivalTerms terms, std::vector<BaselineHazard> baseline);

  [[nodiscard]] const ScoreSchema& schema() const noexcept { return terms_.schema(); }
  [[nodiscard]] const SurvivalTerms& terms() const noexcept { return terms_; }
  /// By ascending stratum, one without strata.
  [[nodiscard]] const std::vector<BaselineHazard>& baseline() const noexcept { return baseline_; }

  /// Log of the hazard against the average customer's: higher is lost sooner. `parts` are what it
  /// is the sum of, one a column.
  [[nodiscard]] double score(std::span<const float> row) const noexcept {
    return terms_.value(row);
  }
  /// Throws `invalid_shape` for another schema (see map_rows) or another length.
  void score(const ScoreTable& table, std::span<double> out, const Context& context = {}) const;
  void parts(std::span<const float> row, std::span<double> out) const noexcept {
    terms_.parts(row, out);
  }

  /// The chance to stay longer than `time`; beyond the last loss it stays as it is. A stratum that
  /// was not seen: 1. O(columns + log steps).
  [[nodiscard]] double survival(std::span<const float> row, double time,
                                std::uint32_t stratum = 0) const noexcept;
  /// The chance to be lost in (age, age + horizon], of one who is there at `age`.
  [[nodiscard]] double loss_within(std::span<const float> row, double age, double horizon,
                                   std::uint32_t stratum = 0) const noexcept;
  /// Cumulative hazard of the average customer.
  [[nodiscard]] double cumulative_hazard(double time, std::uint32_t stratum = 0) const noexcept;

  [[nodiscard]] std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `unsupported`, `invalid_value` for another kind of archive.
  [[nodiscard]] static Result<CoxModel> load(std::span<const std::byte> bytes);

  friend bool operator==(const CoxModel&, const CoxModel&) = default;

 private:
  SurvivalTerms terms_;
  std::vector<BaselineHazard> baseline_;
};

struct FittedCox {
  CoxModel model;
  CoxReport report;
};

/// Without losses all coefficients are 0 (flagged). Throws `invalid_option`, `invalid_shape`,
/// as require_survival_times, and `stopped` when the progress callback ("cox") asks to stop.
[[nodiscard]] EMPTOR_API FittedCox fit_cox(const ScoreTable& table, const SurvivalTimes& times,
                                           const CoxOptions& options = {},
                                           const Context& context = {});

}  // namespace emptor
