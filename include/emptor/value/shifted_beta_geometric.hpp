#pragma once
// How long customers with a contract stay: the shifted beta-geometric model, and what those who
// have stayed so far are worth.
//
// Peter S. Fader, Bruce G. S. Hardie, "How to project customer retention", Journal of Interactive
// Marketing 21(1), 2007, doi:10.1002/dir.20074; discounted lifetimes: the same, "Customer-base
// valuation in a contractual setting: the perils of ignoring heterogeneity", Marketing Science
// 29(1), 2010, doi:10.1287/mksc.1080.0482. At the end of each period a customer cancels with
// probability theta ~ Beta(alpha, beta). Who differ in theta seem to become more loyal with time,
// though none of them does: the loose ones leave first. A single retention rate therefore
// undervalues old customers.
//
// Cost of the fit: O(periods) an evaluation, whatever the number of customers. Thread safety: a
// model is immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/value/value_fit_result.hpp"

namespace emptor {

/// Customers who began in one period, as they were counted since.
struct RetentionCohort {
  /// Under contract at the start, after one period, after two …: at least two numbers (counts, or
  /// shares of the start), >= 0 and never rising. The last are still there.
  std::vector<double> survivors;
  std::uint32_t renewed = 0;  ///< times each had renewed before the first number was taken
  double weight = 1;          ///< >= 0; the survivors count so many times
};

struct ShiftedBetaGeometricParameters {
  double alpha = 1;  ///< of theta, both > 0
  double beta = 1;
};

struct ShiftedBetaGeometricOptions {
  int max_iterations = 500;  ///< at least 1
  /// Of a normal prior of each parameter's logarithm about 0; 0: none, else > 0.
  double prior_deviation = 0;
};

class ShiftedBetaGeometricModel {
 public:
  static constexpr std::string_view archive_kind = "shifted-beta-geometric";

  /// Throws `invalid_option` unless both are > 0 and finite.
  EMPTOR_API explicit ShiftedBetaGeometricModel(const ShiftedBetaGeometricParameters& parameters);

  [[nodiscard]] const ShiftedBetaGeometricParameters& parameters() const noexcept {
    return parameters_;
  }

  /// S(t): the share of new customers who are there after t periods.
  [[nodiscard]] EMPTOR_API double survival(std::uint32_t periods) const noexcept;
  /// Of those who have renewed so many times, the share that is there `periods` later.
  [[nodiscard]] EMPTOR_API double survival_after(std::uint32_t renewals,
                                                 std::uint32_t periods) const noexcept;
  /// P(T = t): that a new customer cancels at the end of period t >= 1; 0 for t = 0.
  [[nodiscard]] EMPTOR_API double cancellation(std::uint32_t period) const noexcept;
  /// r(t): of those who are there in period t >= 1, the share that goes on to the next. O(1).
  [[nodiscard]] EMPTOR_API double retention(std::uint32_t period) const noexcept;
  /// Of cancellations from the fitted distribution, ln likelihood of one cohort, weight included.
  /// Throws as the fit. O(periods).
  [[nodiscard]] EMPTOR_API double log_likelihood(const RetentionCohort& cohort) const;

  /// S(0) to S(periods).
  [[nodiscard]] EMPTOR_API std::vector<double> survival_curve(std::uint32_t periods) const;
  /// r(1) to r(periods).
  [[nodiscard]] EMPTOR_API std::vector<double> retention_curve(std::uint32_t periods) const;

  /// Periods a new customer pays for on average: (alpha + beta - 1) / (alpha - 1), infinite for
  /// alpha <= 1.
  [[nodiscard]] EMPTOR_API double expected_lifetime() const noexcept;
  /// DEL: payments expected of a new customer, at the start of each period from now on, that in t
  /// periods counted (1 + discount)^-t times. O(discount^-1/2). Throws `invalid_option` unless
  /// discount > 0.
  [[nodiscard]] EMPTOR_API double discounted_lifetime(double discount) const;
  /// DERL: payments still to come from a customer who has renewed so many times and is about to
  /// decide on the next, which would be paid at once and counts fully. Cost and errors as above.
  [[nodiscard]] EMPTOR_API double discounted_residual_lifetime(std::uint32_t renewals,
                                                               double discount) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `unsupported`.
  [[nodiscard]] EMPTOR_API static Result<ShiftedBetaGeometricModel> load(
      std::span<const std::byte> bytes);

 private:
  ShiftedBetaGeometricParameters parameters_;
};

struct FittedShiftedBetaGeometric {
  ShiftedBetaGeometricModel model;
  ValueFitReport report;  ///< `patterns` are distinct numbers of periods
};

/// By maximum likelihood from all cohorts together. Throws `invalid_option`, and `invalid_value`
/// for cohorts with fewer than two numbers, numbers that rise, are negative or not finite, more
/// than 100,000 periods, or no customers at all.
[[nodiscard]] EMPTOR_API FittedShiftedBetaGeometric fit_shifted_beta_geometric(
    std::span<const RetentionCohort> cohorts, const ShiftedBetaGeometricOptions& options = {},
    const Context& context = {});

}  // namespace emptor
