#pragma once
// What every model of buying without a contract answers: whether a customer is still one, what the
// customer will buy, and what that is worth today.
//
// `x`, `t_x`, `T` are the pattern's repeats, last and age; all times are in the unit of the data
// that the model was fitted on. A customer who is new is the pattern {0, 0, 0}. Answers about the
// future given that the customer is alive depend on x and T only, so the functions over many
// patterns are quickest when equal x and T stand together, as in RepeatPurchases::patterns().
// Every function throws `invalid_value` for a pattern that cannot be, and `invalid_option` for a
// time or a rate out of range. Thread safety: immutable; the same bits for any executor.

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/value/repeat_purchases.hpp"

namespace emptor {

/// No end of the time looked at.
inline constexpr double endless = std::numeric_limits<double>::infinity();

class EMPTOR_API PurchaseModel {
 public:
  virtual ~PurchaseModel() = default;

  /// "bg_nbd", "mbg_nbd" or "pareto_nbd".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// An archive that the `load` of the model's own class reads.
  [[nodiscard]] virtual std::vector<std::byte> save() const = 0;

  /// ln of the chance (density in time) of what the customer did.
  [[nodiscard]] double log_likelihood(const PurchasePattern& pattern) const;

  /// The chance that the customer is still one at age T + `later`, later >= 0.
  [[nodiscard]] double probability_alive(const PurchasePattern& pattern, double later = 0) const;
  /// ln probability_alive, right where probability_alive itself is below the smallest number.
  [[nodiscard]] double log_probability_alive(const PurchasePattern& pattern,
                                             double later = 0) const;

  /// E[Y(t)]: purchases in (T, T + t], t = `horizon` >= 0; `endless` is allowed and may give
  /// infinity.
  [[nodiscard]] double expected_purchases(const PurchasePattern& pattern, double horizon) const;
  /// The same if the customer is known to be alive at T: expected_purchases / probability_alive.
  [[nodiscard]] double purchases_if_alive(const PurchasePattern& pattern, double horizon) const;

  /// P(Y(t) = n) for n = 0 … out.size() - 1; `horizon` finite.
  void purchase_probabilities(const PurchasePattern& pattern, double horizon,
                              std::span<double> out) const;

  /// Discounted expected purchases in (T, T + horizon]: each counts exp(-rate times its distance
  /// from T). `rate` >= 0 a unit of time, e.g. ln(1.15) / 52 for 15 % a year in weeks; without an
  /// end it is the DERT of Fader, Hardie and Lee.
  [[nodiscard]] double discounted_purchases(const PurchasePattern& pattern, double rate,
                                            double horizon = endless) const;
  [[nodiscard]] double discounted_if_alive(const PurchasePattern& pattern, double rate,
                                           double horizon = endless) const;

  // The same for many; one answer a pattern.
  [[nodiscard]] std::vector<double> log_likelihood(std::span<const PurchasePattern> patterns,
                                                   const Context& context = {}) const;
  [[nodiscard]] std::vector<double> probability_alive(std::span<const PurchasePattern> patterns,
                                                      double later = 0,
                                                      const Context& context = {}) const;
  [[nodiscard]] std::vector<double> expected_purchases(std::span<const PurchasePattern> patterns,
                                                       double horizon,
                                                       const Context& context = {}) const;
  [[nodiscard]] std::vector<double> discounted_purchases(std::span<const PurchasePattern> patterns,
                                                         double rate, double horizon = endless,
                                                         const Context& context = {}) const;

 protected:
  // What a model is; arguments have been checked, times that are asked for are > 0.
  [[nodiscard]] virtual double log_likelihood_of(const PurchasePattern& pattern) const = 0;
  /// ln(P(gone) / P(alive)) at T.
  [[nodiscard]] virtual double log_odds_gone(const PurchasePattern& pattern) const = 0;
  /// The same for many; as it is, one by one.
  virtual void all_log_odds_gone(std::span<const PurchasePattern> patterns, std::span<double> out,
                                 const Kernels* kernels) const;
  /// P(alive at T + later | alive at T).
  [[nodiscard]] virtual double survival(const PurchasePattern& pattern, double later) const = 0;
  [[nodiscard]] virtual double purchases_alive(const PurchasePattern& pattern,
                                               double horizon) const = 0;
  [[nodiscard]] virtual double discounted_alive(const PurchasePattern& pattern, double rate,
                                                double horizon) const = 0;
  /// P(Y(t) = n | alive at T).
  virtual void probabilities_alive(const PurchasePattern& pattern, double horizon,
                                   std::span<double> out) const = 0;

 private:
  /// P(alive) times `if_alive`, which is asked only where x or T change.
  template <class IfAlive>
  [[nodiscard]] std::vector<double> for_all(std::span<const PurchasePattern> patterns,
                                            const Context& context, IfAlive&& if_alive) const;
};

}  // namespace emptor
