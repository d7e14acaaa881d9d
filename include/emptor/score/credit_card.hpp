#pragma once
// Credit-style scorecards: bins of the variables, weights of evidence, a logistic regression on
// them, and points for each bin that add up to the score.
//
//     auto [card, report] = fit_credit_card(table, bad, {}, {});
//     double points = card.points(row);
//     auto reasons = card.reasons(row, 4);
//
// The score is offset + factor · ln(odds of target 0), factor = pdo / ln 2: `base_points` at
// `base_odds`, `pdo` more when the odds double. The intercept is shared out equally, so that a
// variable's points stand by themselves (N. Siddiqi, Credit Risk Scorecards, Wiley 2006, ISBN
// 978-0-471-75451-0, chapter 6). The regression is Newton's with an L2 penalty on the coefficients,
// which keeps them finite under perfect separation. With one class only the coefficients are 0.
//
// Cost: binning (score/woe_binning.hpp) and per step O(m·d²); a row O(d·bins), without allocation.
// Thread safety: a card is immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/credit_card_result.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/woe_binning.hpp"

namespace emptor {

struct CreditCardOptions {
  WoeBinningOptions binning{};
  double penalty = 1;        ///< half of this times the squared coefficients; in (0, 1e9]
  double least_iv = 0.02;    ///< variables with less are left out; >= 0
  double base_points = 600;  ///< finite
  double base_odds = 50;     ///< of target 0 against 1; in [1e-6, 1e6]
  double pdo = 20;           ///< points to double the odds; in [1e-3, 1e6]
  bool whole_points = true;  ///< the points of bins rounded
};

struct CreditCardReport {
  bool one_class = false;  ///< only good or only bad rows (or none)
  bool converged = true;
  std::uint32_t steps = 0;
  std::vector<std::size_t> left_out;  ///< columns below `least_iv`

  friend bool operator==(const CreditCardReport&, const CreditCardReport&) = default;
};

/// What points are compared with.
enum class CreditReasonBase : std::uint8_t {
  best,     ///< the bin with the most points
  average,  ///< the mean over the fitted rows
};

struct CreditReason {
  std::size_t variable = 0;  ///< in `variables()`
  std::size_t bin = 0;
  double points = 0;
  double loss = 0;  ///< what is missing against the base; > 0

  friend bool operator==(const CreditReason&, const CreditReason&) = default;
};

class CreditCard {
 public:
  /// The rows' length must be that of the schema.
  [[nodiscard]] EMPTOR_API double points(std::span<const float> row) const noexcept;
  /// Probability of target 1; by the points, so as rounded as they are.
  [[nodiscard]] EMPTOR_API double score(std::span<const float> row) const noexcept;
  /// Throws `invalid_shape` for another schema (see map_rows) or another length.
  EMPTOR_API void score(const ScoreTable& table, std::span<double> out,
                        const Context& context = {}) const;
  /// Points by variable; with `base()` they add up to `points` in this order. Throws
  /// `invalid_shape`.
  EMPTOR_API void explain(std::span<const float> row, std::span<double> out) const;
  /// The `k` greatest losses, the greatest first. Throws `invalid_shape`.
  [[nodiscard]] EMPTOR_API std::vector<CreditReason> reasons(
      std::span<const float> row, std::size_t k,
      CreditReasonBase base = CreditReasonBase::best) const;

  [[nodiscard]] const std::vector<WoeVariable>& variables() const noexcept { return variables_; }
  /// Points of everyone: 0, unless no variable is left to share the intercept.
  [[nodiscard]] double base() const noexcept { return base_; }
  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<CreditCard> load(std::span<const std::byte> bytes);

  friend bool operator==(const CreditCard&, const CreditCard&) = default;

 private:
  friend struct CreditCardFitting;
  CreditCard() = default;
  ScoreSchema schema_;
  std::vector<WoeVariable> variables_;
  std::vector<std::uint32_t> columns_;  // of the variables
  double base_ = 0;
  double factor_ = 1;
  double offset_ = 0;
};

struct CreditCardFit {
  CreditCard model;
  CreditCardReport report;
};

/// Throws as `bin_variable`, and `stopped`.
[[nodiscard]] EMPTOR_API CreditCardFit fit_credit_card(const ScoreTable& table,
                                                       std::span<const double> target,
                                                       const CreditCardOptions& options = {},
                                                       std::span<const double> weights = {},
                                                       const Context& context = {});

}  // namespace emptor
