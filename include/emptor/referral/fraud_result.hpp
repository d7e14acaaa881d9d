#pragma once
// What speaks against a referral: typed signals with their evidence, the verdict they add up to,
// and what a whole programme shows. Nothing personal: customers are ids, identity keys pseudonyms.
// Plain data; thread safety: values.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// What a pseudonym stands for; the strength of an equal one differs by kind.
enum class IdentityKind : std::uint8_t { email, phone, payment, device, address };
inline constexpr std::size_t identity_kinds = 5;
[[nodiscard]] EMPTOR_API std::string_view name(IdentityKind kind) noexcept;

/// What can speak against a referral. `measured` and `limit` of the signal are in the unit named
/// here; a signal fires when measured >= limit unless said otherwise.
enum class FraudSignalKind : std::uint8_t {
  self_referral,    ///< referrer and referee are one customer
  blocked_party,    ///< one of the two is blocked: `other`, since `time`
  mutual_referral,  ///< the referee has referred the referrer, at `time`
  referral_ring,    ///< customers of the ring, 3 up to the limit; `other` referred the referrer
  reversed_age,     ///< seconds by which the referee signed up before the referrer; above the limit
  shared_email,     ///< the two have a key of the kind in common: customers who hold it, `key`
  shared_phone,
  shared_payment,
  shared_device,
  shared_address,
  siblings_email,  ///< one key on several referees of the referrer: how many, `key`
  siblings_phone,
  siblings_payment,
  siblings_device,
  siblings_address,
  blocked_identity,  ///< a key in common with the blocked customer `other`: how many such, `key`
  blocked_relative,  ///< blocked referrers and other referees of the referrer: how many
  velocity_p95,      ///< claims that day, above the referrer's own p95 of days (the limit)
  velocity_p99,      ///< the same above p99, in place of velocity_p95
  burst,             ///< claims of the referrer in the window that ends with this one
  one_order_star,    ///< referees of the referrer who ordered exactly once
  near_threshold,    ///< amount above the threshold, at most the limit
  refund_rate,       ///< basis points of the referees' orders given back
  coupon_cycling,    ///< customers with a key in common who used one coupon, the referee too
  reward_ratio,      ///< basis points: rewards of the referrer to the referees' net orders
};
inline constexpr std::size_t fraud_signal_kinds = 25;
[[nodiscard]] EMPTOR_API std::string_view name(FraudSignalKind kind) noexcept;

enum class FraudDecision : std::uint8_t { approve, review, block };
[[nodiscard]] EMPTOR_API std::string_view name(FraudDecision decision) noexcept;

struct FraudSignal {
  FraudSignalKind kind{};
  bool hard = false;              ///< of a hard rule: decides on its own and adds nothing
  std::int32_t contribution = 0;  ///< to the score, thousandths of a log-odds unit
  Customer other = no_customer;   ///< whom it concerns beside the two; `no_customer`: nobody
  std::int64_t measured = 0;
  std::int64_t limit = 0;
  std::uint64_t key = 0;  ///< the pseudonym concerned, 0 without one
  Time time{};            ///< of the fact concerned; the claim's where there is no other

  friend bool operator==(const FraudSignal&, const FraudSignal&) = default;
};

/// Reusable: a check writes over the last one without allocation.
struct FraudVerdict {
  FraudDecision decision = FraudDecision::approve;
  bool by_rule = false;    ///< a hard rule decided, not the score
  std::int32_t prior = 0;  ///< thousandths of a log-odds unit: what is thought before any signal
  std::int32_t score = 0;  ///< prior + the contributions, exactly
  std::uint32_t count = 0;
  std::array<FraudSignal, fraud_signal_kinds> storage{};  ///< the first `count` hold

  /// By kind, each kind at most once.
  [[nodiscard]] std::span<const FraudSignal> signals() const noexcept {
    return {storage.data(), count};
  }
  /// A bit a kind.
  [[nodiscard]] std::uint32_t mask() const noexcept {
    std::uint32_t bits = 0;
    for (const FraudSignal& signal : signals()) bits |= 1U << static_cast<unsigned>(signal.kind);
    return bits;
  }
  /// The score as a probability; as good as the weights are.
  [[nodiscard]] double probability() const noexcept { return 1 / (1 + std::exp(-score / 1000.0)); }
};

/// A claim that did not pass.
struct FraudFinding {
  Customer referrer{};
  Customer referee{};
  Time time{};
  FraudDecision decision{};
  bool by_rule = false;
  std::int32_t prior = 0;
  std::int32_t score = 0;
  std::vector<FraudSignal> signals{};

  friend bool operator==(const FraudFinding&, const FraudFinding&) = default;
};

struct FraudSignalCount {
  FraudSignalKind kind{};
  std::uint64_t claims = 0;   ///< on which it fires
  std::uint64_t blocked = 0;  ///< of them blocked
  std::uint64_t alone = 0;    ///< of them without any other signal

  friend bool operator==(const FraudSignalCount&, const FraudSignalCount&) = default;
};

/// A whole programme, every claim checked as the facts stand.
struct FraudAudit {
  std::uint64_t claims = 0;
  std::uint64_t approved = 0;
  std::uint64_t review = 0;
  std::uint64_t blocked = 0;
  std::uint64_t mutual_pairs = 0;           ///< pairs who referred each other
  std::vector<FraudSignalCount> signals{};  ///< one a kind, by kind
  /// Blocked and to be reviewed: blocked first, then by falling score, referrer and referee; at
  /// most as many as were asked for.
  std::vector<FraudFinding> findings{};

  friend bool operator==(const FraudAudit&, const FraudAudit&) = default;
};

/// What confirmed and cleared cases did to one weight; thousandths of a log-odds unit.
struct FraudWeightChange {
  FraudSignalKind kind{};
  std::int32_t before = 0;
  std::int32_t after = 0;
  std::uint64_t confirmed = 0;  ///< labels with the signal that are fraud
  std::uint64_t cleared = 0;    ///< labels with the signal that are none
  double standard_error = 0;    ///< of `after`, in log-odds units; the prior's without any label

  friend bool operator==(const FraudWeightChange&, const FraudWeightChange&) = default;
};

struct FraudWeightReport {
  std::uint64_t labels = 0;
  std::uint64_t fraud = 0;
  std::int32_t prior_before = 0;
  std::int32_t prior_after = 0;
  std::vector<FraudWeightChange> changes{};  ///< one a kind, by kind
  double log_loss_before = 0;                ///< mean over the labels, in nats
  double log_loss_after = 0;                 ///< in-sample
  int iterations = 0;
  bool converged = false;
};

}  // namespace emptor
