#pragma once
// What a purchase of a customer comes to: the gamma-gamma model.
//
// Peter S. Fader, Bruce G. S. Hardie, "The gamma-gamma model of monetary value", 2013,
// http://www.brucehardie.com/notes/025/, after Richard Colombo, Weina Jiang, "A stochastic RFM
// model", Journal of Interactive Marketing 13(3), 1999. A customer's purchases are Gamma(p, nu)
// about a mean of the customer's own, p / nu, and nu ~ Gamma(q, v) over customers; spend has
// nothing to do with how often they buy. What is expected of a customer lies between the customer's
// own mean and everyone's: nearer to the former the more purchases there were.
//
// Only customers with repeat purchases of a positive mean enter the fit. Time an evaluation:
// distinct (purchases, mean) pairs. Memory: 32 bytes a pair. Thread safety: a model is immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/value/gamma_gamma_result.hpp"
#include "emptor/value/repeat_purchases.hpp"

namespace emptor {

/// What a customer spent.
struct SpendHistory {
  std::uint32_t purchases = 0;  ///< x: repeat purchases
  double mean = 0;              ///< z: what each came to on average, in money
  double weight = 1;            ///< customers with this history, >= 0
};

struct GammaGammaParameters {
  double p = 1;  ///< shape of a customer's purchases, all > 0
  double q = 2;  ///< shape over customers
  double v = 1;  ///< scale over customers, in money
};

struct GammaGammaOptions {
  int max_iterations = 500;  ///< at least 1
  /// Of a normal prior of the logarithms of p, q, and v / mean spend about 0; 0: none, else > 0.
  double prior_deviation = 0;
};

class GammaGammaModel {
 public:
  static constexpr std::string_view archive_kind = "gamma-gamma";

  /// Throws `invalid_option` unless all are > 0 and finite.
  EMPTOR_API explicit GammaGammaModel(const GammaGammaParameters& parameters);

  [[nodiscard]] const GammaGammaParameters& parameters() const noexcept { return parameters_; }

  /// ln density of the mean; NaN unless purchases and mean are positive.
  [[nodiscard]] EMPTOR_API double log_likelihood(const SpendHistory& customer) const noexcept;

  /// What the customer's next purchases come to on average. Someone without a purchase of a
  /// positive mean counts as new.
  [[nodiscard]] EMPTOR_API double expected_spend(const SpendHistory& customer) const noexcept;
  /// Of a customer of whom nothing is known: p v / (q - 1); infinite for q <= 1.
  [[nodiscard]] EMPTOR_API double expected_spend() const noexcept;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `unsupported`.
  [[nodiscard]] EMPTOR_API static Result<GammaGammaModel> load(std::span<const std::byte> bytes);

 private:
  GammaGammaParameters parameters_;
};

struct FittedGammaGamma {
  GammaGammaModel model;
  GammaGammaReport report;
};

/// By maximum likelihood. Throws `invalid_option`, and `invalid_value` for a mean or weight that is
/// no finite number, a negative weight, or when no customer has a repeat purchase of a positive
/// mean.
[[nodiscard]] EMPTOR_API FittedGammaGamma fit_gamma_gamma(std::span<const SpendHistory> customers,
                                                          const GammaGammaOptions& options = {},
                                                          const Context& context = {});

/// What each customer of orders spent on repeat purchases. Customers without a purchase have none.
[[nodiscard]] EMPTOR_API std::vector<SpendHistory> spend_histories_of(
    const RepeatPurchases& purchases);

}  // namespace emptor
