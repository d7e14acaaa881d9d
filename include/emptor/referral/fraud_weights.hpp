#pragma once
// How signals become a decision: hard rules apart from a log-odds score, and
// how confirmed and cleared cases move the weights.
//
// The score is the prior log-odds of fraud plus the weight of each signal that
// fires: a logistic model with one 0/1 column a kind. Integers in thousandths
// of a log-odds unit, so that the contributions add up to the score exactly and
// on every machine. The default weights are JUDGEMENT, not data: a weight w
// says that the odds of fraud are e^w times as high with the signal as without.
// Reweighting replaces them by the maximum of the posterior of logistic
// regression with a normal prior around the weights in force: Alexander Genkin,
// David D. Lewis, David Madigan, "Large-scale Bayesian logistic regression for
// text categorization", Technometrics 49(3), 2007,
// doi:10.1198/004017007000000245 (section 2, the ridge case, with a mean that
// is not 0). Signals that come together share their evidence, as they do not in
// naive Bayes. Labels come from what was reviewed, so the prior log-odds move
// towards the rate among reviewed cases: see `fit_prior`. Cost: O(labels x
// signals + iterations x patterns x 26^2). Thread safety: pure functions,
// values.

#include <array>
#include <cstdint>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/referral/fraud_result.hpp"

namespace emptor {

/// What a signal does.
enum class FraudRule : std::uint8_t {
  score,   ///< adds its weight
  off,     ///< is not looked at
  review,  ///< hard: at least a review, whatever the score
  block,   ///< hard: blocks
};
[[nodiscard]] EMPTOR_API std::string_view name(FraudRule rule) noexcept;

/// Thousandths of a log-odds unit, each in [-100000, 100000].
struct FraudWeights {
  std::int32_t prior = -4000;  ///< before any signal: 1.8 % (judgement)
  std::array<std::int32_t, fraud_signal_kinds> weight{};

  friend bool operator==(const FraudWeights&, const FraudWeights&) = default;
};

/// The documented judgement. An equal e-mail or means of payment is near to
/// proof, an equal address a household; a rhythm out of the ordinary may be a
/// good week.
[[nodiscard]] constexpr FraudWeights default_fraud_weights() noexcept {
  FraudWeights out;
  out.weight = {6000, 6000, 6000, 5000, 2800,   // self, blocked, mutual, ring, reversed age
                6500, 5000, 5000, 3500, 1500,   // shared: email, phone, payment, device, address
                5500, 4000, 4500, 3000, 1200,   // siblings, in the same order
                3500, 1200, 700,  1500, 2000,   // blocked identity, relative; p95, p99; burst
                1500, 800,  1800, 2500, 1500};  // star, threshold, refunds, coupons, rewards
  return out;
}

/// Self-referrals, blocked parties and mutual referrals are blocked, longer
/// rings are reviewed; all else is scored.
[[nodiscard]] constexpr std::array<FraudRule, fraud_signal_kinds> default_fraud_rules() noexcept {
  std::array<FraudRule, fraud_signal_kinds> out{};
  out[static_cast<std::size_t>(FraudSignalKind::self_referral)] = FraudRule::block;
  out[static_cast<std::size_t>(FraudSignalKind::blocked_party)] = FraudRule::block;
  out[static_cast<std::size_t>(FraudSignalKind::mutual_referral)] = FraudRule::block;
  out[static_cast<std::size_t>(FraudSignalKind::referral_ring)] = FraudRule::review;
  return out;
}

struct FraudPolicy {
  FraudWeights weights = default_fraud_weights();
  std::array<FraudRule, fraud_signal_kinds> rules = default_fraud_rules();
  std::int32_t review_from = -1386;  ///< score, thousandths of log-odds: a probability of .2
  std::int32_t block_from = 2197;    ///< > review_from: a probability of .9

  friend bool operator==(const FraudPolicy&, const FraudPolicy&) = default;
};

/// A case about which the truth is known.
struct FraudLabel {
  std::uint32_t signals = 0;  ///< FraudVerdict::mask()
  bool fraud = false;         ///< confirmed; else cleared
};

struct FraudReweightOptions {
  double prior_deviation = 1;     ///< log-odds units, > 0: how far a weight may be from judgement
  std::uint64_t min_labels = 50;  ///< fewer labels change nothing; >= 1
  std::uint64_t min_each = 10;    ///< fewer of either kind change nothing; >= 1
  /// Whether the prior log-odds are fitted too. Only right when labelled cases
  /// are a fair sample of all: reviewed ones are not.
  bool fit_prior = false;
};

struct FittedFraudPolicy {
  FraudPolicy policy;  ///< with the new weights; rules and thresholds as they were
  FraudWeightReport report;
};

/// New weights of the kinds that are scored. The prior deviation is the
/// strength of judgement: about 4 / deviation^2 labels with a signal weigh as
/// much. Errors: `invalid_value` for too few labels (the message says how many
/// are missing). Throws `invalid_option`.
[[nodiscard]] EMPTOR_API Result<FittedFraudPolicy> reweight_fraud(
    std::span<const FraudLabel> labels, const FraudPolicy& policy = {},
    const FraudReweightOptions& options = {}, const Context& context = {});

}  // namespace emptor
