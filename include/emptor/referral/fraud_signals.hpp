#pragma once
// From where each fraud signal fires, and what a signal says as a sentence.
//
// The defaults are judgement from practice with small shops and not fitted to
// any data: a host with history sets them from its own. Thread safety: values
// and pure functions.

#include <chrono>
#include <cstdint>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/referral/fraud_result.hpp"

namespace emptor {

struct FraudLimits {
  /// reversed_age: fires when the referee signed up more than this before the
  /// referrer; >= 0.
  std::chrono::seconds age_grace{0};
  /// referral_ring: longest ring that is looked for, in customers, in [2, 16].
  /// A search visits at most 64 customers, nearest first, then by id.
  std::uint32_t longest_ring = 6;
  /// siblings_*: referees of one referrer with one key, in [2, 1000].
  std::uint32_t siblings = 3;
  /// A key of more customers than this is a public one (an office's address, a
  /// shop's device) and says nothing; in [2, 1000]. It bounds what a check
  /// costs.
  std::uint32_t public_key_holders = 50;
  /// velocity_*: days from the referrer's first claim to the last, from which
  /// on there is a rhythm to compare with; in [20, 100000]. p99 cannot be
  /// exceeded in less than 100 days.
  std::uint32_t velocity_days = 20;
  std::uint32_t velocity_claims = 3;       ///< velocity_*: fewer claims a day are never many; >= 1
  std::uint32_t burst_claims = 5;          ///< burst: claims within the window; >= 2
  std::chrono::seconds burst_window{600};  ///< burst: longer than 0, at most 366 days
  std::uint32_t star_accounts = 10;        ///< one_order_star: referees with one order; >= 1
  /// one_order_star: basis points of the referees who ordered at all, in [1,
  /// 10000].
  std::uint32_t star_share = 9000;
  std::uint32_t threshold_band = 200;    ///< near_threshold: basis points above it, in [0, 10000]
  std::uint32_t refund_orders = 5;       ///< refund_rate: orders of the referees; >= 1
  std::uint32_t refund_share = 5000;     ///< refund_rate: basis points of their amount, [1, 10000]
  std::uint32_t coupon_accounts = 3;     ///< coupon_cycling: customers with a key in common; >= 2
  std::uint32_t reward_share = 3000;     ///< reward_ratio: basis points of the net orders; >= 1
  std::int64_t reward_minimum = 10'000;  ///< reward_ratio: smaller rewards are not judged; >= 1

  friend bool operator==(const FraudLimits&, const FraudLimits&) = default;
};

/// What the signal says of the referral, in English, e.g. "customers 7 and 9
/// have a payment identity in common, held by 2 customers". Ids and numbers
/// only: no key is written.
[[nodiscard]] EMPTOR_API std::string sentence(const FraudSignal& signal, Customer referrer,
                                              Customer referee);
/// The decision with its score, then one line a signal with its contribution.
[[nodiscard]] EMPTOR_API std::string explain(const FraudVerdict& verdict, Customer referrer,
                                             Customer referee);

}  // namespace emptor
