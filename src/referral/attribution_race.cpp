// Who has a person, by all of its touches in order of time.

#include <algorithm>

#include "emptor/core/text.hpp"
#include "emptor/referral/attribution.hpp"

namespace emptor {

Time AttributionBook::bound_from(const Party& party, const ReferralTouch& touch) const noexcept {
  if (party.registered == never) return never;
  if (touch.time > party.registered) return touch.time;
  return party.registered < end_of_span(touch.time, terms_.of(touch.method).window)
             ? party.registered
             : never;
}

Time AttributionBook::until(const Party& party, std::uint32_t touch) const noexcept {
  const TouchNode& node = touches_[touch];
  const Time valid = end_of_span(node.touch.time, terms_.valid_for);
  const Time bound = bound_from(party, node.touch);
  Time end = valid;
  if (bound == never) {
    end = std::min(valid, end_of_span(node.touch.time, terms_.of(node.touch.method).window));
  } else {
    if (terms_.rule == AttributionRule::sticky) end = never;
    const Time last = end_of_span(bound, terms_.qualification.within);
    bool fulfilled = last == never;
    for (std::uint32_t at = party.conversions; !fulfilled && at != nothing;
         at = conversions_[at].next) {
      if (conversions_[at].time >= last) break;
      fulfilled = conversions_[at].time >= bound;
    }
    if (!fulfilled) end = std::min(end, last);
  }
  return std::min(end, claims_[node.claim].ended);
}

template <class Tell>
AttributionBook::Hold AttributionBook::race(const Party& party, Time at, Tell&& tell) const {
  using enum RaceVerdict;
  Hold hold;
  Time closed = Time::min();  // a conversion up to which the holder was approved
  bool any_closed = false;
  for (std::uint32_t i = party.head; i != nothing; i = touches_[i].next) {
    const TouchNode& node = touches_[i];
    const ReferralTouch& touch = node.touch;
    const ClaimNode& claim = claims_[node.claim];
    if (touch.time > at) break;
    if (hold.touch != nothing && touch.time >= hold.until) hold.touch = nothing;
    const auto judge = [&]() -> RaceVerdict {
      if (claim.pin == i) return took_approved;
      if (claim.pin == nothing && claim.state >= ClaimState::rejected) return no_ended;
      if (touch.time >= claim.ended) return no_ended;
      if (touch.kind == TouchKind::share) return no_share;
      if (touch.kind == TouchKind::click && !terms_.of(touch.method).click_counts) return no_click;
      if (party.registered != never &&
          touch.time > end_of_span(party.registered, terms_.claim_after_sign_up)) {
        return no_existing;
      }
      const bool own = hold.touch != nothing && touches_[hold.touch].claim == node.claim;
      if (any_closed && touch.time <= closed && !own) return lost_approved;
      if (hold.touch == nothing) return took_free;
      const ReferralTouch& held = touches_[hold.touch].touch;
      const std::uint8_t rank = terms_.of(touch.method).rank;
      const std::uint8_t held_rank = terms_.of(held.method).rank;
      const bool first = terms_.rule == AttributionRule::first;
      if (terms_.rule == AttributionRule::sticky && party.registered != never &&
          touch.time > party.registered) {
        return lost_sticky;
      }
      if (own) {
        if (rank > held_rank) return lost_weaker;
        return rank == held_rank && first ? lost_later : renewed;
      }
      if (touch.referrer != held.referrer &&
          touch.time < end_of_span(held.time, terms_.protected_for)) {
        return lost_protected;
      }
      if (rank != held_rank) return rank < held_rank ? took_stronger : lost_weaker;
      return first ? lost_later : took_later;
    };
    const RaceVerdict verdict = judge();
    tell(i, verdict, hold.touch);
    if (!won(verdict)) continue;
    hold = {.touch = i, .until = until(party, i)};
    if (verdict == took_approved) {
      any_closed = true;
      closed = claim.qualified;
    }
  }
  if (hold.touch != nothing && hold.until != never && at >= hold.until) hold = {};
  return hold;
}

AttributionBook::Hold AttributionBook::holder(const Party& party, Time at) const noexcept {
  return race(party, at, [](std::uint32_t, RaceVerdict, std::uint32_t) {});
}

AttributionBook::Hold AttributionBook::winner_at_sign_up(const Party& party) const noexcept {
  if (party.registered == never) return {};
  const Hold hold = holder(party, party.registered);
  if (hold.touch != nothing) return hold;
  for (std::uint32_t i = party.head; i != nothing; i = touches_[i].next) {
    if (touches_[i].touch.time <= party.registered) continue;
    const Hold later = holder(party, touches_[i].touch.time);
    if (later.touch != nothing) return later;
  }
  return {};
}

ReferralAttribution AttributionBook::edge(const Hold& hold) const noexcept {
  if (hold.touch == nothing) return {};
  const TouchNode& node = touches_[hold.touch];
  const ClaimNode& claim = claims_[node.claim];
  const std::uint32_t party = party_of_claim(claim);
  const bool due = claim.state == ClaimState::approved || claim.state == ClaimState::settled;
  return {.claim = ClaimId{node.claim},
          .referee = party == nothing ? no_customer : parties_[party].customer,
          .referrer = node.touch.referrer,
          .programme = terms_.programme,
          .campaign = node.touch.campaign,
          .channel = node.touch.channel,
          .method = node.touch.method,
          .time = node.touch.time,
          .until = hold.until,
          .touch = node.touch.id,
          .state = claim.state,
          .referrer_side = due && claim.referrer_side == SideVerdict::approved,
          .referee_side = due && claim.referee_side == SideVerdict::approved};
}

ReferralAttribution AttributionBook::edge_of(ClaimId claim) const noexcept {
  if (index(claim) >= claims_.size()) return {};
  const ClaimNode& node = claims_[index(claim)];
  const std::uint32_t touch = node.pin == nothing ? node.first : node.pin;
  const std::uint32_t party = party_of_claim(node);
  const Time end = party == nothing ? end_of_span(touches_[touch].touch.time,
                                                  terms_.of(touches_[touch].touch.method).window)
                                    : until(parties_[party], touch);
  return edge({.touch = touch, .until = std::min(end, node.ended)});
}

AttributionExplanation AttributionBook::explain(Customer customer, Time at) const {
  AttributionExplanation out;
  const std::uint32_t party = party_of(customer);
  if (party == nothing) return out;
  const auto tell = [&](std::uint32_t touch, RaceVerdict verdict, std::uint32_t against) {
    out.steps.push_back(
        {.touch = touches_[touch].touch,
         .claim = ClaimId{touches_[touch].claim},
         .verdict = verdict,
         .against = against == nothing ? no_claim : ClaimId{touches_[against].claim}});
  };
  out.winner = edge(race(parties_[party], at, tell));
  return out;
}

namespace {

std::string_view words(RaceVerdict verdict) noexcept {
  switch (verdict) {
    case RaceVerdict::took_free:
      return "came when nobody had the customer";
    case RaceVerdict::took_stronger:
      return "came by a method that goes before the other's";
    case RaceVerdict::took_later:
      return "came later, and the last one wins";
    case RaceVerdict::took_approved:
      return "was approved";
    case RaceVerdict::renewed:
      return "came again";
    case RaceVerdict::lost_approved:
      return "another referral was approved on a later conversion";
    case RaceVerdict::lost_sticky:
      return "the customer had signed up as another's for good";
    case RaceVerdict::lost_protected:
      return "the other's time of protection was not over";
    case RaceVerdict::lost_weaker:
      return "came by a method that goes behind the other's";
    case RaceVerdict::lost_later:
      return "came later, and the first one wins";
    case RaceVerdict::no_share:
      return "only shared";
    case RaceVerdict::no_click:
      return "by this method a click does not count";
    case RaceVerdict::no_existing:
      return "came too late after signing up";
    case RaceVerdict::no_ended:
      return "was rejected, voided or superseded";
  }
  return "unknown";
}

}  // namespace

std::string AttributionExplanation::sentence() const {
  std::string out;
  if (winner) {
    out = text("customer ", index(winner.referee), " is customer ", index(winner.referrer),
               "'s since ", to_string(winner.time), " by ", name(winner.method), " (claim ",
               index(winner.claim), ", ", name(winner.state), ")");
  } else {
    out.assign("nobody has the customer");
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const RaceStep& step = steps[i];
    out += text(i == 0 ? ": " : "; ", "customer ", index(step.touch.referrer), " on ",
                to_string(step.touch.time), " by ", name(step.touch.method), " ",
                won(step.verdict) ? "won" : "did not win", ", ", words(step.verdict));
  }
  return out;
}

}  // namespace emptor
