// How claims move.

#include <algorithm>

#include "emptor/referral/attribution.hpp"

namespace emptor {

void AttributionBook::move(std::uint32_t claim, ClaimState to, Time time, ClaimCause cause,
                           ClaimReason reason, std::uint32_t by) {
  ClaimNode& node = claims_[claim];
  log_.push_back({.time = time,
                  .claim = ClaimId{claim},
                  .by = ClaimId{by},
                  .from = node.state,
                  .to = to,
                  .cause = cause,
                  .reason = reason});
  node.state = to;
  if (is_end(to)) node.ended = time;
}

void AttributionBook::raise(std::uint32_t claim, ClaimState to, Time time, ClaimCause cause) {
  while (claims_[claim].state < to) {
    move(claim, static_cast<ClaimState>(static_cast<int>(claims_[claim].state) + 1), time, cause);
  }
}

bool AttributionBook::decided(const ClaimNode& claim) const noexcept {
  return claim.referrer_side != SideVerdict::pending && claim.referee_side != SideVerdict::pending;
}

void AttributionBook::remind(Time time, std::uint32_t claim) {
  if (time == never) return;
  dues_.push_back({time, claim});
  std::push_heap(dues_.begin(), dues_.end(), [](const Due& a, const Due& b) {
    return a.time != b.time ? a.time > b.time : a.claim > b.claim;
  });
}

Time AttributionBook::due_of(std::uint32_t claim) const noexcept {
  const ClaimNode& node = claims_[claim];
  if (!is_open(node.state)) return never;
  if (node.state >= ClaimState::qualified) {
    return decided(node) && node.qualified != never
               ? end_of_span(node.qualified, terms_.qualification.hold)
               : never;
  }
  const std::uint32_t party = party_of_claim(node);
  Time last = Time::min();
  for (std::uint32_t at = node.first; at != nothing; at = touches_[at].next) {
    if (touches_[at].claim != claim) continue;
    const ReferralTouch& touch = touches_[at].touch;
    if (node.state < ClaimState::registered) {
      last = std::max(last, end_of_span(touch.time, terms_.of(touch.method).window));
    } else if (touch.kind != TouchKind::share) {
      last = std::max(last, until(parties_[party], at));
    }
  }
  return last;
}

void AttributionBook::catch_up(std::uint32_t party) {
  const Party who = parties_[party];
  const Time too_late = end_of_span(who.registered, terms_.claim_after_sign_up);
  for (std::uint32_t at = who.head; at != nothing; at = touches_[at].next) {
    const std::uint32_t claim = touches_[at].claim;
    const ReferralTouch& touch = touches_[at].touch;
    if (!is_open(claims_[claim].state)) continue;
    if (touch.referrer == who.customer) {
      move(claim, ClaimState::rejected, touch.time, ClaimCause::touch, ClaimReason::self_referral);
      continue;
    }
    if (claims_[claim].state >= ClaimState::qualified) claims_[claim].qualified = never;
    const bool counts = touch.kind == TouchKind::claim ||
                        (touch.kind == TouchKind::click && terms_.of(touch.method).click_counts);
    if (claims_[claim].state >= ClaimState::registered || !counts || touch.time > too_late)
      continue;
    if (const Time bound = bound_from(who, touch); bound != never) {
      raise(claim, ClaimState::registered, bound, ClaimCause::registration);
      remind(due_of(claim), claim);
    }
  }
  if (who.registered == never) return;
  for (std::uint32_t at = who.head; at != nothing; at = touches_[at].next) {
    const std::uint32_t claim = touches_[at].claim;
    const Time first = touches_[claims_[claim].first].touch.time;
    if (claims_[claim].state == ClaimState::claimed && first > too_late) {
      move(claim, ClaimState::rejected, first, ClaimCause::registration,
           ClaimReason::existing_customer);
    }
  }
  for (std::uint32_t at = who.conversions; at != nothing; at = conversions_[at].next) {
    convert(party, conversions_[at].time);
  }
  if (who.pins != 0) close_races(party);
}

void AttributionBook::convert(std::uint32_t party, Time time) {
  if (parties_[party].registered == never || time < parties_[party].registered) return;
  const Hold hold = holder(parties_[party], time);
  if (hold.touch == nothing) return;
  const std::uint32_t claim = touches_[hold.touch].claim;
  ClaimNode& node = claims_[claim];
  if (!is_open(node.state) || node.state < ClaimState::registered) return;
  if (node.state >= ClaimState::qualified && time >= node.qualified) return;
  node.qualified = time;
  if (node.state == ClaimState::registered) {
    move(claim, ClaimState::qualified, time, ClaimCause::qualification);
    const auto settle_side = [](SideVerdict& side, SideModeration by) {
      if (side == SideVerdict::pending && by == SideModeration::automatic) {
        side = SideVerdict::approved;
      }
    };
    settle_side(node.referrer_side, terms_.referrer_side);
    settle_side(node.referee_side, terms_.referee_side);
    if (!decided(node)) move(claim, ClaimState::in_review, time, ClaimCause::qualification);
  }
  remind(due_of(claim), claim);
}

void AttributionBook::close_races(std::uint32_t party) {
  for (std::uint32_t at = parties_[party].head; at != nothing; at = touches_[at].next) {
    const std::uint32_t claim = touches_[at].claim;
    const ClaimNode& node = claims_[claim];
    const bool has_its_own = node.state >= ClaimState::qualified && node.qualified != never;
    if (!is_open(node.state) || has_its_own) continue;
    const Time last = touches_[node.last].touch.time;
    std::uint32_t by = nothing;
    for (std::uint32_t pin = parties_[party].head; pin != nothing; pin = touches_[pin].next) {
      const std::uint32_t other = touches_[pin].claim;
      if (claims_[other].pin == pin && claims_[other].qualified >= last &&
          (by == nothing || claims_[other].qualified < claims_[by].qualified)) {
        by = other;
      }
    }
    if (by != nothing) {
      move(claim, ClaimState::superseded, claims_[by].approved, ClaimCause::approval,
           ClaimReason::none, by);
    }
  }
}

bool AttributionBook::approve_if_won(std::uint32_t claim, Time time, ClaimCause cause) {
  const std::uint32_t party = party_of_claim(claims_[claim]);
  const Hold hold = holder(parties_[party], claims_[claim].qualified);
  if (hold.touch == nothing || touches_[hold.touch].claim != claim) return false;
  claims_[claim].pin = hold.touch;
  claims_[claim].approved = time;
  ++parties_[party].pins;
  move(claim, ClaimState::approved, time, cause);
  catch_up(party);
  return true;
}

std::size_t AttributionBook::advance(Time now) {
  const std::size_t before = log_.size();
  const auto later = [](const Due& a, const Due& b) {
    return a.time != b.time ? a.time > b.time : a.claim > b.claim;
  };
  std::size_t moved = 0;
  while (!dues_.empty() && dues_.front().time <= now) {
    std::pop_heap(dues_.begin(), dues_.end(), later);
    const Due due = dues_.back();
    dues_.pop_back();
    const Time time = due_of(due.claim);
    if (time > due.time) {
      remind(time, due.claim);
    } else if (claims_[due.claim].state < ClaimState::qualified) {
      move(due.claim, ClaimState::expired, time, ClaimCause::time);
      ++moved;
    } else {
      moved += approve_if_won(due.claim, time, ClaimCause::time) ? 1 : 0;
    }
  }
  if (log_.size() != before) facts_.push_back({.time = now, .kind = FactKind::now});
  return moved;
}

AttributionRefusal AttributionBook::known(ClaimId claim) const noexcept {
  return index(claim) < claims_.size() ? AttributionRefusal::none
                                       : AttributionRefusal::unknown_claim;
}

AttributionOutcome AttributionBook::review(ClaimId claim, Time time) {
  if (const auto refusal = known(claim); refusal != AttributionRefusal::none) return {refusal};
  const auto at = static_cast<std::uint32_t>(index(claim));
  ClaimNode& node = claims_[at];
  if (node.state == ClaimState::in_review) return outcome(at, AttributionRefusal::retry);
  if (!may_move(node.state, ClaimState::in_review)) {
    return outcome(at, AttributionRefusal::not_listed);
  }
  if (node.referrer_side == SideVerdict::approved) node.referrer_side = SideVerdict::pending;
  if (node.referee_side == SideVerdict::approved) node.referee_side = SideVerdict::pending;
  facts_.push_back({.time = time, .a = at, .kind = FactKind::review});
  move(at, ClaimState::in_review, time, ClaimCause::moderation);
  return outcome(at);
}

AttributionOutcome AttributionBook::approve(ClaimId claim, ClaimSide side, Time time) {
  if (const auto refusal = known(claim); refusal != AttributionRefusal::none) return {refusal};
  const auto at = static_cast<std::uint32_t>(index(claim));
  ClaimNode& node = claims_[at];
  const bool referrer = side != ClaimSide::referee;
  const bool referee = side != ClaimSide::referrer;
  const bool repeated = (!referrer || node.referrer_side == SideVerdict::approved) &&
                        (!referee || node.referee_side == SideVerdict::approved);
  if (!may_move(node.state, ClaimState::approved)) {
    const bool done = node.state == ClaimState::approved || node.state == ClaimState::settled;
    return outcome(at,
                   done && repeated ? AttributionRefusal::retry : AttributionRefusal::not_listed);
  }
  if ((referrer && node.referrer_side == SideVerdict::rejected) ||
      (referee && node.referee_side == SideVerdict::rejected)) {
    return outcome(at, AttributionRefusal::side_decided);
  }
  const Party& party = parties_[party_of_claim(node)];
  const Hold hold = node.qualified == never ? Hold{} : holder(party, node.qualified);
  if (hold.touch == nothing || touches_[hold.touch].claim != at) {
    return outcome(at, AttributionRefusal::not_the_winner);
  }
  const Time due = end_of_span(node.qualified, terms_.qualification.hold);
  if (repeated && (!decided(node) || time < due)) return outcome(at, AttributionRefusal::retry);
  if (referrer) node.referrer_side = SideVerdict::approved;
  if (referee) node.referee_side = SideVerdict::approved;
  facts_.push_back(
      {.time = time, .a = at, .kind = FactKind::approval, .x = static_cast<std::uint8_t>(side)});
  if (decided(node)) {
    if (time >= due) {
      approve_if_won(at, time, ClaimCause::moderation);
    } else {
      remind(due, at);
    }
  }
  return outcome(at);
}

AttributionOutcome AttributionBook::reject(ClaimId claim, ClaimSide side, ClaimReason reason,
                                           Time time) {
  if (const auto refusal = known(claim); refusal != AttributionRefusal::none) return {refusal};
  const auto at = static_cast<std::uint32_t>(index(claim));
  if (reason == ClaimReason::none || reason > ClaimReason::other) {
    return outcome(at, AttributionRefusal::bad_reason);
  }
  ClaimNode& node = claims_[at];
  const bool referrer = side != ClaimSide::referee;
  const bool referee = side != ClaimSide::referrer;
  const bool repeated = (!referrer || node.referrer_side == SideVerdict::rejected) &&
                        (!referee || node.referee_side == SideVerdict::rejected);
  if (repeated) return outcome(at, AttributionRefusal::retry);
  if (!may_move(node.state, ClaimState::rejected)) {
    return outcome(at, AttributionRefusal::not_listed);
  }
  if (referrer) node.referrer_side = SideVerdict::rejected;
  if (referee) node.referee_side = SideVerdict::rejected;
  facts_.push_back({.time = time,
                    .a = at,
                    .kind = FactKind::rejection,
                    .x = static_cast<std::uint8_t>(side),
                    .y = static_cast<std::uint8_t>(reason)});
  if (node.referrer_side == SideVerdict::rejected && node.referee_side == SideVerdict::rejected) {
    move(at, ClaimState::rejected, time, ClaimCause::moderation, reason);
    if (const std::uint32_t party = party_of_claim(node); party != nothing) catch_up(party);
  } else {
    remind(due_of(at), at);
  }
  return outcome(at);
}

AttributionOutcome AttributionBook::void_claim(ClaimId claim, ClaimReason reason, Time time) {
  if (const auto refusal = known(claim); refusal != AttributionRefusal::none) return {refusal};
  const auto at = static_cast<std::uint32_t>(index(claim));
  if (reason == ClaimReason::none || reason > ClaimReason::other) {
    return outcome(at, AttributionRefusal::bad_reason);
  }
  const ClaimNode& node = claims_[at];
  if (node.state == ClaimState::voided) return outcome(at, AttributionRefusal::retry);
  if (!may_move(node.state, ClaimState::voided)) {
    return outcome(at, AttributionRefusal::not_listed);
  }
  facts_.push_back(
      {.time = time, .a = at, .kind = FactKind::voiding, .y = static_cast<std::uint8_t>(reason)});
  move(at, ClaimState::voided, time, ClaimCause::moderation, reason);
  if (const std::uint32_t party = party_of_claim(node); party != nothing) catch_up(party);
  return outcome(at);
}

AttributionOutcome AttributionBook::settle(ClaimId claim, Time time) {
  if (const auto refusal = known(claim); refusal != AttributionRefusal::none) return {refusal};
  const auto at = static_cast<std::uint32_t>(index(claim));
  if (claims_[at].state == ClaimState::settled) return outcome(at, AttributionRefusal::retry);
  if (!may_move(claims_[at].state, ClaimState::settled)) {
    return outcome(at, AttributionRefusal::not_listed);
  }
  facts_.push_back({.time = time, .a = at, .kind = FactKind::settlement});
  move(at, ClaimState::settled, time, ClaimCause::settlement);
  return outcome(at);
}

}  // namespace emptor
