#pragma once
// Is this referral honest? A monitor that is told what happens (sign-ups,
// identity keys, claims, orders, refunds, coupons, rewards, blocks) and answers
// for one claim in constant time, with typed signals and their evidence.
//
//     FraudMonitor monitor;
//     FraudVerdict verdict;                                     // reused,
//     nothing is allocated monitor.add(FraudClaim{.referrer = ann, .referee =
//     bob, .time = now}); monitor.check({.referrer = ann, .referee = bob, .time
//     = now}, verdict); if (verdict.decision != FraudDecision::approve) … //
//     explain(verdict, ann, bob)
//
// The state is a plain function of the set of facts: no order of arrival and no
// retry changes it, and `save` gives the same bytes. A fact told twice is
// known; the earliest time told of a sign-up, key, claim or coupon holds, the
// latest word on a block, the largest sum of refunds. An order or reward with
// an id that is known and another content is a conflict and changes nothing. A
// check is of the facts as they stand: tell the claim first, then ask. Claims
// are what was claimed, also when the programme refused it.
//
// Identity keys arrive as keyed 64-bit pseudonyms (identity/pseudonym.hpp),
// never as text.
//
// Velocity: the claims of each UTC day (or of the clock at `offset`) from a
// referrer's first day to the last, empty days too, stand in a histogram of 0
// to 1,023 claims (more count as 1,023); p95 and p99 are the smallest number
// with at least that share of days at or below it. Whole numbers only, exact,
// whatever the order. Rings: breadth-first search upwards; mutual referral and
// rings are those of reputation systems: Kevin Hoffman, David Zage, Cristina
// Nita-Rotaru, "A survey of attack and defense techniques for reputation
// systems", ACM Computing Surveys 42(1), 2009, doi:10.1145/1592451.1592452;
// many identities of one: John R. Douceur, "The Sybil attack", IPTPS 2002,
// doi:10.1007/3-540-45748-8_24.
//
// Cost: `check` O(levels of the ring search + log of the referrer's claims);
// where the referee or referrer has keys in common with others also O(keys x
// public_key_holders x coupons). `add` O(1) expected, but O(claims of the
// referee) and O(keys of the customer) for these, and a late claim moves the
// referrer's later ones. Memory: 64 bytes a customer, 24 a claim and 8 more of
// its time, 24 a key and 24 a holding with 16 to 32 of table, 32 an order, 120
// a referrer. Only `add` and `save` allocate. Thread safety: any number of
// readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/claim_rhythm.hpp"
#include "emptor/referral/fraud_result.hpp"
#include "emptor/referral/fraud_signals.hpp"
#include "emptor/referral/fraud_weights.hpp"

namespace emptor {

struct FraudOptions {
  FraudLimits limits{};
  FraudPolicy policy{};
  UtcOffset offset{0};  ///< of the clock whose days velocity counts; at most 18 h

  friend bool operator==(const FraudOptions&, const FraudOptions&) = default;
};

// Facts. Ids are dense; times are within 2^40 seconds of 1970; amounts in [0,
// 2^53] minor units of the programme's one currency, all of them together at
// most 2^62.

struct FraudSignUp {
  Customer customer{};
  Time time{};
};
/// The customer was seen with this key.
struct FraudKey {
  Customer customer{};
  IdentityKind kind{};
  std::uint64_t key = 0;  ///< pseudonym
  Time time{};
};
/// The referee is said to be brought by the referrer.
struct FraudClaim {
  Customer referrer{};
  Customer referee{};
  Time time{};
  friend bool operator==(const FraudClaim&, const FraudClaim&) = default;
};
struct FraudOrder {
  Order order{};
  Customer customer{};
  Time time{};
  std::int64_t amount = 0;
};
/// So much of the order has been given back up to now; may come before the
/// order. What is above the order's amount counts as the amount.
struct FraudRefund {
  Order order{};
  std::int64_t refunded = 0;
};
struct FraudCoupon {
  Customer customer{};
  std::uint64_t coupon = 0;  ///< the coupon campaign, not the single code
  Time time{};
};
/// A reward of the referrer; what is taken back is a reward below 0 with an id
/// of its own.
struct FraudReward {
  std::uint64_t id = 0;
  Customer customer{};
  Time time{};
  std::int64_t amount = 0;  ///< in [-2^53, 2^53]
};
/// The customer is blocked from now on, or no more. Of two words at one time,
/// blocked holds.
struct FraudBlock {
  Customer customer{};
  Time time{};
  bool blocked = true;
};

/// What became of a fact.
enum class FraudFact : std::uint8_t {
  recorded,  ///< new
  known,     ///< changes nothing
  conflict,  ///< the id is known with another content: not taken
  invalid,   ///< no customer, a time or amount out of range: not taken
};
[[nodiscard]] EMPTOR_API std::string_view name(FraudFact fact) noexcept;

/// What is asked about.
struct FraudOccasion {
  Customer referrer{};
  Customer referee{};
  Time time{};                    ///< of the claim, unless the monitor knows that
  std::int64_t order_amount = 0;  ///< of the order that pays the reward, if any
  std::int64_t threshold = 0;     ///< the least amount that pays; 0: there is none
};

/// Is saved as an archive "fraud-monitor".
class FraudMonitor {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API explicit FraudMonitor(const FraudOptions& options = {});

  EMPTOR_API FraudFact add(const FraudSignUp& fact);
  EMPTOR_API FraudFact add(const FraudKey& fact);
  EMPTOR_API FraudFact add(const FraudClaim& fact);
  EMPTOR_API FraudFact add(const FraudOrder& fact);
  EMPTOR_API FraudFact add(const FraudRefund& fact);
  EMPTOR_API FraudFact add(const FraudCoupon& fact);
  EMPTOR_API FraudFact add(const FraudReward& fact);
  EMPTOR_API FraudFact add(const FraudBlock& fact);

  /// The verdict on one referral, written over what was in `out`. A
  /// self-referral is asked nothing further than whether the customer is
  /// blocked.
  EMPTOR_API void check(const FraudOccasion& occasion, FraudVerdict& out) const noexcept;

  /// Customers 0 to `customers()` - 1 have been named.
  [[nodiscard]] std::size_t customers() const noexcept { return nodes_.size(); }
  /// Every pair once, in order of arrival.
  [[nodiscard]] std::size_t claims() const noexcept { return claims_.size(); }
  [[nodiscard]] FraudClaim claim(std::size_t place) const {
    const Claim& claim = claims_.at(place);
    return {claim.referrer, claim.referee, detail::fraud_time(claim.time)};
  }
  [[nodiscard]] const FraudOptions& options() const noexcept { return options_; }
  /// Other weights, rules and thresholds from now on. Throws `invalid_option`.
  EMPTOR_API void set_policy(const FraudPolicy& policy);

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote. O(facts).
  [[nodiscard]] EMPTOR_API static Result<FraudMonitor> load(std::span<const std::byte> bytes);

 private:
  static constexpr std::uint32_t none = 0xffffffffU;

  struct alignas(64) Node {  // a customer: one line of the cache
    std::int64_t signed_up = detail::fraud_no_time;
    std::int64_t block_told = -detail::fraud_no_time;
    std::int64_t amount = 0;  // of the own orders
    std::int64_t refunded = 0;
    std::uint32_t orders = 0;
    std::uint32_t first_claim = none;  // as referee; by referrer
    std::uint32_t first_holding = none;
    std::uint32_t first_coupon = none;
    std::uint32_t referrer = none;
    Customer first_referrer = no_customer;  // of the first claim
    std::uint32_t shared_keys : 30 = 0;     // with another holder
    std::uint32_t several : 1 = 0;          // claims
    std::uint32_t blocked : 1 = 0;
  };
  struct Claim {
    std::int64_t time;
    Customer referrer, referee;
    std::uint32_t next;  // of the referee
  };
  struct Key {
    std::uint64_t value;
    std::uint32_t first_holding;
    std::uint32_t holders;
    IdentityKind kind;
  };
  struct Holding {
    std::int64_t time;
    Customer customer;
    std::uint32_t key;
    std::uint32_t next_of_customer, next_of_key;
  };
  struct Placed {  // an order; a slot without one may know refunds
    std::int64_t time = 0;
    std::int64_t amount = 0;
    std::int64_t refunded = 0;
    Customer customer = no_customer;
  };
  struct Use {
    std::uint64_t coupon;
    std::int64_t time;
    Customer customer;
    std::uint32_t next;  // of the customer
  };
  struct Granted {
    std::uint64_t id;
    std::int64_t time;
    std::int64_t amount;
    Customer customer;
  };
  struct Referrer {  // what the referees did, and the rhythm of claims
    std::int64_t amount = 0;
    std::int64_t refunded = 0;
    std::int64_t rewards = 0;
    std::uint64_t orders = 0;
    std::uint32_t ordered = 0;    // referees with an order
    std::uint32_t one_order = 0;  // with exactly one
    std::uint32_t blocked = 0;
    detail::ClaimRhythm rhythm;
  };
  struct Look;  // what a check gathers

  [[nodiscard]] static bool valid(Customer customer, std::int64_t seconds) noexcept;
  Node& node(Customer customer);
  Referrer& referrer_of(Customer customer);
  [[nodiscard]] const Node& node_or_empty(Customer customer) const noexcept;
  [[nodiscard]] const Claim* find_claim(const Node& referee, Customer referrer) const noexcept;
  [[nodiscard]] std::uint32_t find_use(Customer customer, std::uint64_t coupon) const noexcept;
  /// `change(Referrer&)` for each referrer of the customer but itself.
  template <class Change>
  void for_referrers(const Node& node, Customer customer, const Change& change);
  void look_at_ring(Look& look) const noexcept;
  void look_at_keys(Look& look) const noexcept;
  void look_at_relatives(Look& look) const noexcept;
  void look_at_rhythm(Look& look, const Referrer& referrer) const noexcept;
  void look_at_orders(Look& look, const Referrer* referrer) const noexcept;

  FraudOptions options_;
  std::int64_t offset_ = 0;  // seconds
  std::vector<Node> nodes_;
  std::vector<Claim> claims_;
  std::vector<Key> keys_;
  std::vector<Holding> holdings_;
  std::vector<Placed> orders_;
  std::vector<Use> uses_;
  std::vector<Granted> rewards_;
  std::vector<Referrer> referrers_;
  detail::HashedPlaces key_table_, use_table_, reward_table_;
  std::int64_t blocked_ = 0;  // customers
  std::int64_t ordered_total_ = 0;
  std::int64_t granted_total_ = 0;  // of magnitudes
};

struct FraudAuditOptions {
  std::size_t findings = 1000;  ///< at most so many are listed
};

/// Checks every claim of the programme as the facts stand: what a check of the
/// same claim says at that moment, counted and listed. O(claims) checks and one
/// sort of those that did not pass.
[[nodiscard]] EMPTOR_API FraudAudit audit_referrals(const FraudMonitor& monitor,
                                                    const FraudAuditOptions& options = {});
/// The same of these occasions, e.g. one a rewarded order.
[[nodiscard]] EMPTOR_API FraudAudit audit_referrals(const FraudMonitor& monitor,
                                                    std::span<const FraudOccasion> occasions,
                                                    const FraudAuditOptions& options = {});

}  // namespace emptor
