#pragma once
// A referral programme as a whole: touches in, money out, merges followed.
//
//     ReferralProgramme programme({.terms = terms, .payout = {.programme = terms.programme}},
//     plan); programme.fund({500'000, eur}, start, transfer_id({1})); programme.touch({.id = 1,
//     .time = t, .referrer = ann, .customer = bob, …}); programme.sign_up(bob, t); ProgrammeOutcome
//     outcome = programme.order(occasion);     // decisions, and why programme.correct({.event = 7,
//     .revision = 1, .time = later});   // all of it came back programme.advance(now); // holds
//     end, claims are approved
//
// It joins what stands on its own elsewhere: attribution (referral/attribution.hpp) says who
// brought whom, the edge log and the owners' forest keep it, the fraud monitor looks at it, the
// engine (reward/reward_engine.hpp) decides, the payout (hub/reward_payout.hpp) posts, the outbox
// tells.
//
// One order:
//  1. Whose the customer is at the order's time makes the edge above it, in the edge log and in the
//     forest of owners; an order that fulfils the terms' condition qualifies the referral.
//  2. The fraud check approves, asks for a review, or blocks: a blocked referral is voided, and the
//     order is then nobody's.
//  3. The upline is that of the owners' forest, each step the customer on whom the edge arrived, as
//     far as the edges hold at the order's time.
//  4. The engine decides. Rewards wait until their referral's side is approved and no review is
//     open; then the plan's own hold counts.
// A referral that is voided or rejected takes the rewards of its orders with it, those of the
// referee too. When what is left of the order that qualified it no longer does, it is voided.
// A welcome for those who were brought is a rule with the programme's campaigns: an order that is
// nobody's has none.
//
// Every fact has an id or says the same when it is told again, so whoever was interrupted tells it
// again. The same facts in the same order give the same bytes.
//
// Cost: an order of three levels about a microsecond. Thread safety: any number of readers, or one
// writer.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/hub/owned_forest.hpp"
#include "emptor/hub/reward_payout.hpp"
#include "emptor/referral/attribution.hpp"
#include "emptor/referral/edge_log.hpp"
#include "emptor/referral/fraud.hpp"
#include "emptor/referral/review_queue.hpp"
#include "emptor/reward/outbox.hpp"
#include "emptor/reward/reward_engine.hpp"

namespace emptor {

struct ReferralProgrammeOptions {
  ReferralProgrammeTerms terms;
  FraudOptions fraud;
  RewardPayoutOptions payout;  ///< its programme is that of the terms
  std::chrono::seconds review_patience = std::chrono::hours{72};  ///< > 0
  ReviewAnswer at_deadline = ReviewAnswer::reject;  ///< when nobody answers a review in time
  /// What is left of the order that qualified a referral must still do so, or it is voided.
  bool void_on_refund = true;
};

/// What came of an event.
struct ProgrammeOutcome {
  RewardStatus status = RewardStatus::decided;
  ClaimId claim = no_claim;  ///< the referral that brought the customer, if one counts
  FraudDecision fraud = FraudDecision::approve;
  /// Until the next call. For sentences: RewardEngine::explain.
  std::span<const RewardDecision> decisions;
};

/// Tells what a host knows of an upline member at the order's time: its tier, whether it may earn.
using UplineView = FunctionRef<void(UplineMember&)>;

/// Is a HubListener (hub/merge_hub.hpp); saved as an archive "referral-programme".
class ReferralProgramme {
 public:
  /// Throws as its parts do on their options.
  EMPTOR_API ReferralProgramme(ReferralProgrammeOptions options, RewardPlan plan);

  /// A further version of the plan: see RewardEngine::activate.
  EMPTOR_API Result<void> activate(RewardPlan plan);
  /// Money for rewards; pays what waited for it.
  EMPTOR_API TransferRefusal fund(Money amount, Time time, const TransferId& id);

  // ---- facts, in any order; told again they change nothing ----

  EMPTOR_API AttributionOutcome touch(const ReferralTouch& touch);
  EMPTOR_API AttributionOutcome link_visitor(Visitor visitor, Customer customer, Time time);
  EMPTOR_API AttributionOutcome sign_up(Customer customer, Time time, Visitor visitor = no_visitor);
  EMPTOR_API FraudFact identity(const FraudKey& key);
  EMPTOR_API FraudFact coupon(const FraudCoupon& coupon);
  /// A blocked customer earns nothing from orders that come now.
  EMPTOR_API FraudFact block(const FraudBlock& block);
  /// An order or any other event; `campaign` is filled in from the referral.
  EMPTOR_API ProgrammeOutcome order(const RewardOccasion& occasion,
                                    const UplineView* upline = nullptr);
  /// What is left of an order. One that comes before its order waits for it.
  EMPTOR_API ProgrammeOutcome correct(const RewardAdjustment& adjustment);
  /// What holds of the event's rewards wait for.
  EMPTOR_API void happened(std::uint64_t event, RewardEventKind kind, Time time);

  // ---- decisions ----

  EMPTOR_API AttributionOutcome approve(ClaimId claim, ClaimSide side, Time time);
  EMPTOR_API AttributionOutcome reject(ClaimId claim, ClaimSide side, ClaimReason reason,
                                       Time time);
  EMPTOR_API AttributionOutcome void_claim(ClaimId claim, ClaimReason reason, Time time);
  /// Of the review of an event's rewards; `reject` voids the referral.
  EMPTOR_API ReviewOutcome answer(std::uint64_t event, ReviewAnswer answer, ReviewerId reviewer,
                                  Time time);
  EMPTOR_API TransferRefusal withdraw(Customer customer, LedgerUnit unit, std::int64_t amount,
                                      Time time, const TransferId& id);
  /// All there was up to `now` has been told: claims are approved or expire, reviews are decided by
  /// their deadline, holds end, rewards expire.
  EMPTOR_API void advance(Time now);

  /// Makes room for so many events with three rewards each.
  EMPTOR_API void reserve(std::size_t events);

  // ---- answers ----

  [[nodiscard]] const AttributionBook& attribution() const noexcept { return book_; }
  [[nodiscard]] const ReferralEdgeLog& edges() const noexcept { return log_; }
  [[nodiscard]] const OwnedForest& forest() const noexcept { return forest_; }
  [[nodiscard]] const FraudMonitor& fraud() const noexcept { return fraud_; }
  [[nodiscard]] const ReviewQueue& reviews() const noexcept { return reviews_; }
  [[nodiscard]] const RewardEngine& engine() const noexcept { return engine_; }
  [[nodiscard]] const RewardPayout& payout() const noexcept { return payout_; }
  [[nodiscard]] const Ledger& ledger() const noexcept { return payout_.ledger(); }
  [[nodiscard]] const Outbox& outbox() const noexcept { return outbox_; }
  [[nodiscard]] const ReferralProgrammeOptions& options() const noexcept { return options_; }
  /// Where a consumer's cursor moves.
  EMPTOR_API Result<void> acknowledge(std::string_view consumer, std::size_t count);

  EMPTOR_API void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes);
  EMPTOR_API void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes);
  /// Forgets the edges that arrived on the customer. The books, whose entries are ids and amounts
  /// that have to be kept, stay.
  EMPTOR_API void erase(Customer customer);

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote; add it to a hub that has the same log of merges.
  [[nodiscard]] EMPTOR_API static Result<ReferralProgramme> load(std::span<const std::byte> bytes);

 private:
  static constexpr std::uint32_t nothing = 0xffffffffU;
  struct Event {  // its place is the monitor's number of the order
    std::uint64_t id = 0;
    ClaimId claim = no_claim;
    std::int64_t gross = 0;
    std::uint32_t ordinal = 1;
    Time time{};
    bool qualified = false;  // the referral, by this event
    std::uint32_t next_of_claim = nothing;
  };

  void set_edge(Customer child, const ReferralAttribution& attribution, Time time);
  void withdraw_edge(ClaimId claim, Time time);
  /// Who brought the customer, or its group, by a referral that holds at `time`; brings the edge up
  /// to date.
  ReferralAttribution brought(Customer customer, Time time);
  void climb(const RewardOccasion& occasion, const ReferralAttribution& first,
             const UplineView* view);
  [[nodiscard]] bool blocked(Customer customer) const;
  [[nodiscard]] const Event* find(std::uint64_t event) const noexcept;
  void remember(const Event& event);
  /// What a correction of an order says of its referral.
  void look_at_rest(std::uint32_t event, const RewardAdjustment& adjustment);
  /// The review of an event is over: its referral is, too, when no other is open.
  void pass_review(const Event& event, Time time);
  /// The last fact of the edge that counts, or null.
  [[nodiscard]] const ReferralEdge* edge_fact(Customer child) const noexcept;
  /// `visit(event)` for the claim's events in order of arrival.
  template <class Visit>
  void for_each_event(ClaimId claim, Visit&& visit) const;
  void close_rewards(ClaimId claim, bool of_referee, bool of_others, Time time);
  void release(std::span<const RewardKey> keys, Time time);
  void answered(std::uint64_t event, ReviewAnswer answer, Time time);
  /// Follows what the attribution wrote down since the last time, and tells all that happened.
  void catch_up(Time time);
  void tell_payouts();
  AttributionOutcome followed(AttributionOutcome outcome, Time time);
  void follow(const MergeEvent& event, std::span<const OwnerChange> changes);

  ReferralProgrammeOptions options_;
  AttributionBook book_;
  ReferralEdgeLog log_;
  OwnedForest forest_;
  FraudMonitor fraud_;
  ReviewQueue reviews_;
  RewardEngine engine_;
  RewardPayout payout_;
  Outbox outbox_;
  std::vector<Event> events_;
  detail::IdTable<detail::ArrayPlace> by_event_;
  std::vector<std::uint32_t> first_of_claim_;  // by claim
  std::vector<std::uint32_t> last_of_claim_;
  detail::IdTable<detail::ArrayPlace>
      edge_of_;  // by child: the place in the log of its edge's fact
  std::unordered_map<Customer, std::pair<Time, bool>> blocks_;  // the last word
  std::map<std::uint64_t, RewardAdjustment> parked_;            // by event: the newest before it
  std::size_t followed_ = 0;                                    // lines of the attribution's log

  // Scratch space.
  FraudVerdict verdict_;
  std::vector<UplineMember> upline_;
  std::vector<RewardDecision> decisions_;
  std::vector<RewardKey> released_;
  std::vector<RewardKey> expired_;
};

template <class Visit>
void ReferralProgramme::for_each_event(ClaimId claim, Visit&& visit) const {
  if (index(claim) >= first_of_claim_.size()) return;
  for (std::uint32_t at = first_of_claim_[index(claim)]; at != nothing;
       at = events_[at].next_of_claim) {
    visit(events_[at].id);
  }
}

}  // namespace emptor
