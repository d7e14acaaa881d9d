#pragma once
// Who brought whom: from touches to claims, one winner, and moderation of both sides.
//
//     AttributionBook book(terms);
//     book.touch({.id = 1, .time = t, .referrer = ann, .visitor = v, .method = link, .kind =
//     click}); book.register_customer(bob, t + hours{2}, v); book.qualify(bob, t + days{3}); // the
//     first order book.advance(now);                            // approves what is due, lets the
//     rest expire ReferralAttribution edge = book.attribution_of(bob, order_time);
//
// Touches of one person (as it is named: by customer or visitor) by one referrer in one campaign
// make one claim, as long as that is open. All touches of a person,
// also of the visitors it was before, run one race, in order of their time (then rank, then id):
//   1. a touch takes a customer who is nobody's, or nobody's any longer;
//   2. once the customer has signed up, `sticky` keeps;
//   3. a further touch of the same claim renews it (by a method as strong; under `first` a stronger
//      one only);
//   4. within `protected_for` of the holder's touch no other referrer takes over;
//   5. the smaller rank of methods wins;
//   6. the rule decides.
// A touch holds for its method's window; if the person signs up in it, from then on for `valid_for`
// after the touch, and `qualification.within` after signing up unless the condition is fulfilled.
//
// What counts is when things happened, not when they were heard of: the race is run anew over all
// touches whenever it is asked for, so whose a customer is follows from the set of facts taken in
// (touches, registrations, qualifications, decisions, `advance`), in any order of arrival. Claims
// only move forward and their log only grows. A claim that has lost stays open, since late facts
// may turn the race; `approve`, or `advance` for automatic sides, closes it: the claims that had
// come up to the conversion are superseded, and so are those heard of later. A winner that is
// rejected, or voided before its approval, leaves the race, and the next one has the customer.
// `advance` says that all there was up to `now` has been told: what has expired then stays expired.
//
// Cost: a fact 150 to 400 ns among a million people, mostly four reads of cold memory; O(k) with k
// touches of the person (at most `max_touches`), `advance` O(1) when nothing is due. Memory: about
// 260 bytes a referral of one touch, 610 once it is approved, log and facts included. Thread
// safety: any number of readers, or one writer. Facts leave nothing half done but when memory runs
// out.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/attribution_result.hpp"
#include "emptor/referral/claim.hpp"
#include "emptor/referral/programme.hpp"
#include "emptor/referral/touch.hpp"

namespace emptor {

/// The referrals of one programme. Is saved as an archive "attribution-book".
class AttributionBook {
 public:
  /// Throws as `require_referral_terms`.
  EMPTOR_API explicit AttributionBook(ReferralProgrammeTerms terms = {});

  /// Room for that many touches, each of another person, without allocating.
  EMPTOR_API void reserve(std::size_t touches);

  // Facts, in any order. Those that were taken in before change nothing and say `retry`.

  EMPTOR_API AttributionOutcome touch(const ReferralTouch& touch);
  /// The visitor is this customer: the visitor's touches, past and future, are the customer's.
  EMPTOR_API AttributionOutcome link_visitor(Visitor visitor, Customer customer);
  /// The customer signed up; `visitor` is linked, too, if there is one.
  EMPTOR_API AttributionOutcome register_customer(Customer customer, Time time,
                                                  Visitor visitor = no_visitor);
  /// The customer fulfilled the condition (`qualifies`, referral/programme.hpp). The outcome has
  /// the claim that has the customer at `time`, if there is one. May come before the registration.
  EMPTOR_API AttributionOutcome qualify(Customer customer, Time time);

  // Decisions about one claim.

  /// Somebody must look at it: approvals of automatic sides are taken back. Qualified claims only.
  EMPTOR_API AttributionOutcome review(ClaimId claim, Time time);
  /// Yes to one side or both of a claim that is qualified or in review, and that has the customer
  /// at its conversion. The claim is approved when both sides are decided and the hold is over by
  /// `time`; else `advance` approves it then.
  EMPTOR_API AttributionOutcome approve(ClaimId claim, ClaimSide side, Time time);
  /// No to one side or both of an open claim; it is rejected when both sides are.
  EMPTOR_API AttributionOutcome reject(ClaimId claim, ClaimSide side, ClaimReason reason,
                                       Time time);
  /// Takes an open, approved or settled claim back, for both sides. An approved one has held the
  /// customer up to `time`.
  EMPTOR_API AttributionOutcome void_claim(ClaimId claim, ClaimReason reason, Time time);
  /// The reward of an approved claim has been paid.
  EMPTOR_API AttributionOutcome settle(ClaimId claim, Time time);
  /// Time has come to `now`: claims expire, and those with both sides decided and the hold over are
  /// approved. Returns how many moved.
  EMPTOR_API std::size_t advance(Time now);

  // Answers.

  /// Whose the customer is at `at`, by the touches up to then; nobody's before signing up too, if
  /// no touch counts. O(k), some 10 ns for one touch.
  [[nodiscard]] EMPTOR_API ReferralAttribution attribution_of(Customer customer,
                                                              Time at) const noexcept;
  [[nodiscard]] EMPTOR_API ReferralAttribution attribution_of(Visitor visitor,
                                                              Time at) const noexcept;
  /// The claim as an edge, whether or not it won; nothing for an unknown one.
  [[nodiscard]] EMPTOR_API ReferralAttribution edge_of(ClaimId claim) const noexcept;
  /// The race with every touch's verdict.
  [[nodiscard]] EMPTOR_API AttributionExplanation explain(Customer customer, Time at) const;

  [[nodiscard]] std::size_t claims() const noexcept { return claims_.size(); }
  [[nodiscard]] std::size_t touches() const noexcept { return touches_.size(); }
  /// Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API ReferralClaim claim(ClaimId claim) const;
  /// The claim of a touch; no_claim for an unknown id.
  [[nodiscard]] EMPTOR_API ClaimId claim_of_touch(std::uint64_t touch) const noexcept;
  /// When the customer signed up; Time::max(): not yet.
  [[nodiscard]] EMPTOR_API Time registered(Customer customer) const noexcept;
  /// The customer's claims, also of its visitors, in order of first touch.
  [[nodiscard]] EMPTOR_API std::vector<ClaimId> claims_of(Customer customer) const;
  /// Every transition ever, in order of arrival.
  [[nodiscard]] std::span<const ClaimTransition> log() const noexcept { return log_; }
  [[nodiscard]] const ReferralProgrammeTerms& terms() const noexcept { return terms_; }
  /// How far every claim got by what is known. O(claims k).
  [[nodiscard]] EMPTOR_API std::vector<ReferralPath> paths() const;

  /// Terms, and the facts and decisions in order of arrival.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote: everything is taken in again. Errors: those of archives; `corrupt` for
  /// facts that would not be taken in, or when they make another log.
  [[nodiscard]] EMPTOR_API static Result<AttributionBook> load(std::span<const std::byte> bytes);

 private:
  static constexpr std::uint32_t nothing = detail::IdPlaces<>::none;
  static constexpr Time never = Time::max();

  struct TouchNode {
    ReferralTouch touch;
    std::uint32_t claim = nothing;
    std::uint32_t previous = nothing;  // of the person, by time, rank, id
    std::uint32_t next = nothing;
  };
  struct ClaimNode {
    std::uint32_t first = nothing;  // touches, by time
    std::uint32_t last = nothing;
    std::uint32_t party = nothing;  // the person when it began; see party_of
    std::uint32_t pin = nothing;    // the touch that won, once approved
    Time qualified = never;
    Time approved = never;
    Time ended = never;
    ClaimState state{};
    SideVerdict referrer_side{};
    SideVerdict referee_side{};
  };
  /// One person: a customer with the visitors it was, or a visitor.
  struct Party {
    Customer customer = no_customer;
    std::uint32_t moved = nothing;  // a visitor's: the customer's party
    std::uint32_t head = nothing;
    std::uint32_t tail = nothing;
    std::uint32_t touches = 0;
    std::uint32_t pins = 0;               // claims ever approved
    std::uint32_t conversions = nothing;  // ascending
    std::uint32_t last_conversion = nothing;
    std::uint32_t conversion_count = 0;
    Time registered = never;
  };
  struct Conversion {
    Time time{};
    std::uint32_t next = nothing;
  };
  enum class FactKind : std::uint8_t {
    touch,
    link,
    registration,
    conversion,
    review,
    approval,
    rejection,
    voiding,
    settlement,
    now
  };
  struct Fact {
    Time time{};
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    FactKind kind{};
    std::uint8_t x = 0;
    std::uint8_t y = 0;
  };
  struct Due {
    Time time{};
    std::uint32_t claim = 0;
  };
  /// Who has a person.
  struct Hold {
    std::uint32_t touch = nothing;
    Time until = never;
  };

  // attribution.cpp: facts
  [[nodiscard]] AttributionRefusal refusal_of(const ReferralTouch& touch) const noexcept;
  [[nodiscard]] std::uint32_t party_of(Customer customer) const noexcept;
  [[nodiscard]] std::uint32_t party_of(Visitor visitor) const noexcept;
  std::uint32_t make_party(Customer customer, Visitor visitor = no_visitor);
  [[nodiscard]] std::uint32_t party_of_claim(const ClaimNode& claim) const noexcept;
  [[nodiscard]] std::uint32_t claim_to_join(const Party& party,
                                            const ReferralTouch& touch) const noexcept;
  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const noexcept;
  void insert(Party& party, std::uint32_t touch) noexcept;
  AttributionRefusal join_parties(Visitor visitor, Customer customer);
  [[nodiscard]] AttributionOutcome outcome(std::uint32_t claim,
                                           AttributionRefusal refusal = {}) const noexcept;

  // attribution_states.cpp: transitions
  void move(std::uint32_t claim, ClaimState to, Time time, ClaimCause cause,
            ClaimReason reason = ClaimReason::none, std::uint32_t by = nothing);
  void raise(std::uint32_t claim, ClaimState to, Time time, ClaimCause cause);
  void catch_up(std::uint32_t party);
  void convert(std::uint32_t party, Time time);
  void close_races(std::uint32_t party);
  [[nodiscard]] bool decided(const ClaimNode& claim) const noexcept;
  bool approve_if_won(std::uint32_t claim, Time time, ClaimCause cause);
  [[nodiscard]] Time due_of(std::uint32_t claim) const noexcept;
  void remind(Time time, std::uint32_t claim);
  [[nodiscard]] AttributionRefusal known(ClaimId claim) const noexcept;

  // attribution_race.cpp: who wins
  template <class Tell>
  Hold race(const Party& party, Time at, Tell&& tell) const;
  [[nodiscard]] Hold holder(const Party& party, Time at) const noexcept;
  [[nodiscard]] Hold winner_at_sign_up(const Party& party) const noexcept;
  [[nodiscard]] Time bound_from(const Party& party, const ReferralTouch& touch) const noexcept;
  [[nodiscard]] Time until(const Party& party, std::uint32_t touch) const noexcept;
  [[nodiscard]] ReferralAttribution edge(const Hold& hold) const noexcept;

  ReferralProgrammeTerms terms_;
  std::vector<TouchNode> touches_;
  std::vector<ClaimNode> claims_;
  std::vector<Party> parties_;
  std::vector<Conversion> conversions_;
  std::vector<ClaimTransition> log_;
  std::vector<Fact> facts_;
  std::vector<Due> dues_;  // a heap, the earliest first
  detail::IdPlaces<> by_id_;
  detail::IdPlaces<std::uint32_t> by_customer_;
  detail::IdPlaces<std::uint32_t> by_visitor_;
};

}  // namespace emptor
