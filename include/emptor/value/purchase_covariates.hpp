#pragma once
// Models of buying in which what is known of customers from the start (the channel they came by, a
// region, an age) moves how often they buy and how they leave.
//
// Peter S. Fader, Bruce G. S. Hardie, "Incorporating time-invariant covariates into the Pareto/NBD
// and BG/NBD models", 2007, http://brucehardie.com/notes/019/. With covariates u of buying and v of
// leaving, a customer's alpha is alpha exp(-g'u), so that a rate of purchases is exp(g'u) times as
// high; in Pareto/NBD beta is beta exp(-h'v), in BG/NBD and MBG/NBD a is a exp(h'v) and b is
// b exp(k'v). A customer's own model is then one without covariates (`of`).
//
// Customers of equal history and covariates are collapsed. A fit centres and scales the covariates
// inside. Cost of an evaluation: 0.3 us a distinct customer. Thread safety: a model is immutable.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/value/purchase_model.hpp"
#include "emptor/value/repeat_purchases.hpp"
#include "emptor/value/value_fit_result.hpp"

namespace emptor {

/// Numbers of customers; yes or no is 1 or 0, one of k kinds is k - 1 columns of 1 or 0.
struct CovariateColumns {
  std::vector<std::string> names{};
  std::vector<double> values{};  ///< m x names, customer after customer
};

struct PurchaseCovariates {
  CovariateColumns buying{};   ///< may have no columns
  CovariateColumns leaving{};  ///< may have no columns; may be the same
};

enum class PurchaseFamily : std::uint8_t { bg_nbd, mbg_nbd, pareto_nbd };

struct CovariateFitOptions {
  int max_iterations = 500;  ///< at least 1
  /// Of a normal prior about 0 of each parameter's logarithm (time scaled so that the oldest
  /// customer's age is 10) and of each coefficient of a covariate scaled to deviation 1; 0: none.
  double prior_deviation = 0;
};

class CovariatePurchaseModel {
 public:
  static constexpr std::string_view archive_kind = "purchase-covariates";

  /// Four parameters as the family's own model has them, the coefficients g of buying and those of
  /// leaving: h, in BG/NBD and MBG/NBD followed by k. Throws `invalid_option` for parameters not
  /// > 0 and coefficients that are no numbers, `invalid_shape` where lengths do not fit.
  EMPTOR_API CovariatePurchaseModel(PurchaseFamily family, std::span<const double> parameters,
                                    std::vector<std::string> buying_names,
                                    std::span<const double> buying,
                                    std::vector<std::string> leaving_names,
                                    std::span<const double> leaving);

  [[nodiscard]] PurchaseFamily family() const noexcept { return family_; }
  [[nodiscard]] std::span<const double> parameters() const noexcept { return parameters_; }
  [[nodiscard]] std::span<const std::string> buying_names() const noexcept { return buying_names_; }
  [[nodiscard]] std::span<const std::string> leaving_names() const noexcept {
    return leaving_names_;
  }
  [[nodiscard]] std::span<const double> buying() const noexcept { return buying_; }
  [[nodiscard]] std::span<const double> leaving() const noexcept { return leaving_; }

  /// The model of customers with these covariates, in the order of the names. Throws
  /// `invalid_shape`, and `invalid_value` where a parameter leaves the range of numbers.
  [[nodiscard]] EMPTOR_API std::unique_ptr<PurchaseModel> of(std::span<const double> buying,
                                                             std::span<const double> leaving) const;

  // One answer a customer of `purchases`; NaN for a customer without a purchase. Throws as
  // PurchaseModel's functions, and `invalid_shape` unless there are m rows of covariates.
  [[nodiscard]] EMPTOR_API std::vector<double> log_likelihood(const RepeatPurchases& purchases,
                                                              const PurchaseCovariates& covariates,
                                                              const Context& context = {}) const;
  [[nodiscard]] EMPTOR_API std::vector<double> probability_alive(
      const RepeatPurchases& purchases, const PurchaseCovariates& covariates, double later = 0,
      const Context& context = {}) const;
  [[nodiscard]] EMPTOR_API std::vector<double> expected_purchases(
      const RepeatPurchases& purchases, const PurchaseCovariates& covariates, double horizon,
      const Context& context = {}) const;
  [[nodiscard]] EMPTOR_API std::vector<double> discounted_purchases(
      const RepeatPurchases& purchases, const PurchaseCovariates& covariates, double rate,
      double horizon = endless, const Context& context = {}) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `unsupported`, `invalid_value` for another kind of archive.
  [[nodiscard]] EMPTOR_API static Result<CovariatePurchaseModel> load(
      std::span<const std::byte> bytes);

 private:
  PurchaseFamily family_;
  std::vector<double> parameters_;
  std::vector<std::string> buying_names_, leaving_names_;
  std::vector<double> buying_, leaving_;
};

struct FittedCovariatePurchases {
  CovariatePurchaseModel model;
  /// Parameters, then coefficients "buying: name", "leaving: name" (in BG/NBD and MBG/NBD "a: name"
  /// and "b: name"); the covariance is of the parameters' logarithms and the coefficients.
  ValueFitReport report;
};

/// By maximum likelihood. Throws `invalid_option`, `invalid_shape`, and `invalid_value` when nobody
/// bought again, a covariate is no number or the same for everybody.
[[nodiscard]] EMPTOR_API FittedCovariatePurchases fit_with_covariates(
    PurchaseFamily family, const RepeatPurchases& purchases, const PurchaseCovariates& covariates,
    const CovariateFitOptions& options = {}, const Context& context = {});

}  // namespace emptor
