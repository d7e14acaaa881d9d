// What becomes of referrals and their rewards after the order: decisions, reviews, the passing of
// time, merges.

#include <algorithm>
#include <utility>

#include "emptor/hub/referral_programme.hpp"

namespace emptor {

namespace {

/// What the engine takes for a time.
Time reachable(Time time) noexcept {
  return std::clamp(time, Time{-reward_time_range}, Time{reward_time_range});
}

}  // namespace

void ReferralProgramme::happened(std::uint64_t event, RewardEventKind kind, Time time) {
  released_.clear();
  payout_.end_event_wait(event, kind, time, released_);
  release(released_, time);
  catch_up(time);
}

AttributionOutcome ReferralProgramme::approve(ClaimId claim, ClaimSide side, Time time) {
  return followed(book_.approve(claim, side, time), time);
}

AttributionOutcome ReferralProgramme::reject(ClaimId claim, ClaimSide side, ClaimReason reason,
                                             Time time) {
  return followed(book_.reject(claim, side, reason, time), time);
}

AttributionOutcome ReferralProgramme::void_claim(ClaimId claim, ClaimReason reason, Time time) {
  return followed(book_.void_claim(claim, reason, time), time);
}

ReviewOutcome ReferralProgramme::answer(std::uint64_t event, ReviewAnswer answer,
                                        ReviewerId reviewer, Time time) {
  const ReviewOutcome outcome = reviews_.decide(event, answer, reviewer, time);
  if (outcome == ReviewOutcome::done) {
    answered(event, answer, time);
    catch_up(time);
  }
  return outcome;
}

void ReferralProgramme::answered(std::uint64_t event, ReviewAnswer answer, Time time) {
  const ReviewItem* item = reviews_.find(event);
  outbox_.append(review_decided(item->referrer, event, static_cast<std::uint32_t>(answer), time));
  if (answer == ReviewAnswer::reject) {
    if (const Event* found = find(event)) {
      book_.void_claim(found->claim, ClaimReason::fraud, time);
    }
    return;
  }
  released_.clear();
  payout_.end_wait(event, RewardWait::review, false, time, released_);
  payout_.end_wait(event, RewardWait::review, true, time, released_);
  if (const Event* found = find(event)) pass_review(*found, time);
  release(released_, time);
}

void ReferralProgramme::pass_review(const Event& event, Time time) {
  if (event.claim == no_claim || book_.claim(event.claim).state != ClaimState::in_review) return;
  bool open = false;
  for_each_event(event.claim, [&](std::uint64_t other) {
    const ReviewItem* item = reviews_.find(other);
    open = open || (item != nullptr && item->state <= ReviewState::assigned);
  });
  if (open) return;
  const ReferralClaim claim = book_.claim(event.claim);
  const auto approve = [&](SideModeration by, SideVerdict verdict, ClaimSide side) {
    if (by == SideModeration::automatic && verdict == SideVerdict::pending) {
      book_.approve(event.claim, side, time);
    }
  };
  approve(options_.terms.referrer_side, claim.referrer_side, ClaimSide::referrer);
  approve(options_.terms.referee_side, claim.referee_side, ClaimSide::referee);
}

TransferRefusal ReferralProgramme::withdraw(Customer customer, LedgerUnit unit, std::int64_t amount,
                                            Time time, const TransferId& id) {
  return payout_.withdraw(customer, unit, amount, time, id);
}

void ReferralProgramme::advance(Time now) {
  book_.advance(now);
  catch_up(now);
  std::vector<ReviewLogEntry> resolved;
  reviews_.resolve_due(now, resolved);
  for (const ReviewLogEntry& entry : resolved) {
    answered(entry.subject,
             entry.step == ReviewStep::approved ? ReviewAnswer::approve : ReviewAnswer::reject,
             entry.time);
  }
  if (!resolved.empty()) book_.advance(now);  // a hold may be over
  catch_up(now);
  released_.clear();
  expired_.clear();
  payout_.advance(now, released_, expired_);
  release(released_, now);
  for (const RewardKey& key : expired_) {
    decisions_.clear();
    if (engine_.close(key, RewardBound::expired, reachable(now), decisions_) ==
        RewardStatus::decided) {
      payout_.apply(decisions_);
    }
  }
  payout_.retry(now);  // what came back to the budget
  catch_up(now);
}

void ReferralProgramme::reserve(std::size_t events) {
  engine_.reserve(events, 3 * events);
  payout_.reserve(3 * events);
  outbox_.reserve(6 * events);
  events_.reserve(events);
  by_event_.reserve(events);
}

void ReferralProgramme::release(std::span<const RewardKey> keys, Time time) {
  for (const RewardKey& key : keys) {
    (void)engine_.release(key);
    const Event* found = find(key.event);
    if (found == nullptr || found->claim == no_claim) continue;
    const ClaimId claim = found->claim;
    if (book_.claim(claim).state != ClaimState::approved) continue;
    bool all = true;
    for_each_event(claim, [&](std::uint64_t event) {
      for (const RewardStanding& reward : payout_.of_event(event)) {
        all = all && (reward.waits == RewardWait::none || reward.granted == 0);
      }
    });
    if (all) book_.settle(claim, time);
  }
}

void ReferralProgramme::close_rewards(ClaimId claim, bool of_referee, bool of_others, Time time) {
  std::vector<RewardDecision> decisions;
  for_each_event(claim, [&](std::uint64_t event) {
    for (const RewardStanding& reward : payout_.of_event(event)) {
      if (reward.key.level == 0 ? of_referee : of_others) {
        (void)engine_.close(reward.key, RewardBound::voided, reachable(time), decisions);
      }
    }
  });
  payout_.apply(decisions);
}

void ReferralProgramme::catch_up(Time time) {
  for (; followed_ < book_.log().size(); ++followed_) {
    const ClaimTransition line = book_.log()[followed_];
    const ReferralClaim claim = book_.claim(line.claim);
    const auto id = static_cast<std::uint64_t>(line.claim);
    for (const Customer whom : {claim.referrer, claim.referee}) {
      if (whom == no_customer) continue;
      outbox_.append(claim_changed(whom, id, static_cast<std::uint32_t>(line.from),
                                   static_cast<std::uint32_t>(line.to), line.time));
    }
    if (line.to == ClaimState::approved) {
      const ReferralAttribution edge = book_.edge_of(line.claim);
      std::vector<RewardKey> released;
      for_each_event(line.claim, [&](std::uint64_t event) {
        if (edge.referrer_side) {
          payout_.end_wait(event, RewardWait::approval, false, line.time, released);
        }
        if (edge.referee_side) {
          payout_.end_wait(event, RewardWait::approval, true, line.time, released);
        }
      });
      close_rewards(line.claim, !edge.referee_side, !edge.referrer_side, line.time);
      release(released, line.time);
    } else if (is_end(line.to)) {
      withdraw_edge(line.claim, time);
      close_rewards(line.claim, true, true, line.time);
    }
  }
  tell_payouts();
}

void ReferralProgramme::tell_payouts() {
  for (const PayoutEvent& event : payout_.events()) {
    if (event.step != PayoutStep::posted && event.step != PayoutStep::taken_back) continue;
    const bool posted = event.step == PayoutStep::posted;
    const Customer customer = event.key.beneficiary;
    const Money amount{event.amount, event.unit.currency()};
    outbox_.append(posted ? reward_posted(customer, event.transfer.low, amount, event.time)
                          : reward_clawed_back(customer, event.transfer.low, amount, event.time));
    if (event.key.level > 0 && !event.unit.is_points()) {
      fraud_.add(FraudReward{event.transfer.low, customer, event.time,
                             posted ? event.amount : -event.amount});
    }
  }
  payout_.forget_events();
}

Result<void> ReferralProgramme::acknowledge(std::string_view consumer, std::size_t count) {
  return outbox_.acknowledge(consumer, count);
}

void ReferralProgramme::on_merge(const MergeEvent& event, std::span<const OwnerChange> changes) {
  forest_.on_merge(event, changes);
  follow(event, changes);
}

void ReferralProgramme::on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes) {
  forest_.on_unmerge(event, changes);
  follow(event, changes);
}

void ReferralProgramme::follow(const MergeEvent& event, std::span<const OwnerChange> changes) {
  try {
    payout_.on_merge(event, changes);  // follows merges and unmerges alike
  } catch (...) {
    std::vector<OwnerChange> back(changes.begin(), changes.end());
    for (OwnerChange& change : back) std::swap(change.before, change.after);
    forest_.on_merge(event, back);
    throw;
  }
  tell_payouts();
}

void ReferralProgramme::erase(Customer customer) {
  forest_.erase(customer);
  edge_of_.erase(static_cast<std::uint64_t>(customer));
}

}  // namespace emptor
