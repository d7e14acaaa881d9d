#include "emptor/referral/attribution.hpp"

#include <algorithm>
#include <utility>

namespace emptor {

AttributionBook::AttributionBook(ReferralProgrammeTerms terms) : terms_(std::move(terms)) {
  require_referral_terms(terms_);
}

void AttributionBook::reserve(std::size_t touches) {
  touches_.reserve(touches);
  claims_.reserve(touches);
  parties_.reserve(touches);
  log_.reserve(4 * touches);
  facts_.reserve(3 * touches);
  dues_.reserve(2 * touches);
  conversions_.reserve(touches);
  by_id_.reserve(touches);
  by_customer_.reserve(touches);
}

AttributionRefusal AttributionBook::refusal_of(const ReferralTouch& touch) const noexcept {
  using enum AttributionRefusal;
  if (touch.referrer == no_customer) return no_referrer;
  const bool customer = touch.customer != no_customer;
  const bool visitor = touch.visitor != no_visitor;
  if (customer && visitor) return bad_referee;
  if (!customer && !visitor && touch.kind != TouchKind::share) return bad_referee;
  if (touch.kind > TouchKind::claim) return bad_referee;
  if (touch.method > ReferralMethod::other || !terms_.of(touch.method).allowed) {
    return method_not_allowed;
  }
  if (!terms_.window.contains(touch.time)) return outside_window;
  if (touch.campaign == no_id<Campaign>) return none;
  const ReferralCampaignTerms* campaign = terms_.find(touch.campaign);
  if (campaign == nullptr) return unknown_campaign;
  if (!campaign->window.contains(touch.time)) return outside_window;
  const std::vector<Channel>& channels = campaign->channels;
  if (!channels.empty() &&
      std::find(channels.begin(), channels.end(), touch.channel) == channels.end()) {
    return channel_not_allowed;
  }
  return none;
}

AttributionOutcome AttributionBook::outcome(std::uint32_t claim,
                                            AttributionRefusal refusal) const noexcept {
  if (claim == nothing) return {.refusal = refusal};
  return {.refusal = refusal, .claim = ClaimId{claim}, .state = claims_[claim].state};
}

std::uint32_t AttributionBook::party_of(Customer customer) const noexcept {
  return by_customer_.find(static_cast<std::uint32_t>(customer));
}

std::uint32_t AttributionBook::party_of(Visitor visitor) const noexcept {
  return by_visitor_.find(static_cast<std::uint32_t>(visitor));
}

std::uint32_t AttributionBook::make_party(Customer customer, Visitor visitor) {
  const auto party = static_cast<std::uint32_t>(parties_.size());
  parties_.emplace_back().customer = customer;
  if (customer != no_customer) {
    by_customer_.insert(static_cast<std::uint32_t>(customer), party);
  } else {
    by_visitor_.insert(static_cast<std::uint32_t>(visitor), party);
  }
  return party;
}

std::uint32_t AttributionBook::party_of_claim(const ClaimNode& claim) const noexcept {
  if (claim.party == nothing) return nothing;
  const std::uint32_t moved = parties_[claim.party].moved;
  return moved == nothing ? claim.party : moved;
}

bool AttributionBook::before(std::uint32_t a, std::uint32_t b) const noexcept {
  const ReferralTouch& x = touches_[a].touch;
  const ReferralTouch& y = touches_[b].touch;
  if (x.time != y.time) return x.time < y.time;
  const std::uint8_t rank_x = terms_.of(x.method).rank;
  const std::uint8_t rank_y = terms_.of(y.method).rank;
  return rank_x != rank_y ? rank_x < rank_y : x.id < y.id;
}

void AttributionBook::insert(Party& party, std::uint32_t touch) noexcept {
  std::uint32_t after = party.tail;
  while (after != nothing && before(touch, after)) after = touches_[after].previous;
  TouchNode& node = touches_[touch];
  node.previous = after;
  node.next = after == nothing ? party.head : touches_[after].next;
  (after == nothing ? party.head : touches_[after].next) = touch;
  (node.next == nothing ? party.tail : touches_[node.next].previous) = touch;
  ++party.touches;
}

std::uint32_t AttributionBook::claim_to_join(const Party& party,
                                             const ReferralTouch& touch) const noexcept {
  for (std::uint32_t at = party.tail; at != nothing; at = touches_[at].previous) {
    const ReferralTouch& other = touches_[at].touch;
    if (other.referrer == touch.referrer && other.campaign == touch.campaign &&
        other.customer == touch.customer && other.visitor == touch.visitor &&
        is_open(claims_[touches_[at].claim].state)) {
      return touches_[at].claim;
    }
  }
  return nothing;
}

AttributionOutcome AttributionBook::touch(const ReferralTouch& touch) {
  if (const std::uint32_t known = by_id_.find(touch.id); known != nothing) {
    return outcome(touches_[known].claim, touches_[known].touch == touch
                                              ? AttributionRefusal::retry
                                              : AttributionRefusal::id_reused);
  }
  if (const AttributionRefusal refusal = refusal_of(touch); refusal != AttributionRefusal::none) {
    return {.refusal = refusal};
  }
  if (touches_.size() == nothing) {
    throw Exception(ErrorCode::overflow, "a book holds at most 2^32 - 1 touches",
                    "AttributionBook");
  }
  const bool customer = touch.customer != no_customer;
  const bool anybody = customer || touch.visitor != no_visitor;
  std::uint32_t party = nothing;
  if (anybody) {
    party = customer ? party_of(touch.customer) : party_of(touch.visitor);
    if (party == nothing) party = make_party(touch.customer, touch.visitor);
    if (parties_[party].touches >= terms_.max_touches) {
      return {.refusal = AttributionRefusal::too_many_touches};
    }
  }
  const auto node = static_cast<std::uint32_t>(touches_.size());
  std::uint32_t claim = anybody ? claim_to_join(parties_[party], touch) : nothing;
  const auto state = static_cast<ClaimState>(touch.kind);  // share, click, claim
  const bool fresh = claim == nothing;
  if (fresh) claim = static_cast<std::uint32_t>(claims_.size());
  touches_.push_back({.touch = touch, .claim = claim});
  by_id_.insert(touch.id, node);
  facts_.push_back({.kind = FactKind::touch});
  if (anybody) insert(parties_[party], node);
  if (fresh) {
    claims_.push_back({.first = node, .last = node, .party = party, .state = state});
    log_.push_back({.time = touch.time, .claim = ClaimId{claim}, .from = state, .to = state});
    remind(end_of_span(touch.time, terms_.of(touch.method).window), claim);
  } else {
    ClaimNode& joined = claims_[claim];
    if (before(node, joined.first)) joined.first = node;
    if (before(joined.last, node)) joined.last = node;
    raise(claim, state, touch.time, ClaimCause::touch);
  }
  if (anybody &&
      (parties_[party].registered != never || touch.referrer == parties_[party].customer)) {
    catch_up(party);
  }
  return outcome(claim);
}

AttributionRefusal AttributionBook::join_parties(Visitor visitor, Customer customer) {
  const auto key = static_cast<std::uint32_t>(visitor);
  const std::uint32_t from = party_of(visitor);
  std::uint32_t to = party_of(customer);
  if (from != nothing && parties_[from].customer != no_customer) {
    return from == to ? AttributionRefusal::retry : AttributionRefusal::visitor_taken;
  }
  if (from != nothing && to != nothing &&
      parties_[from].touches + parties_[to].touches > terms_.max_touches) {
    return AttributionRefusal::too_many_touches;
  }
  if (to == nothing) to = make_party(customer);
  if (from == nothing) {
    by_visitor_.insert(key, to);
    return AttributionRefusal::none;
  }
  Party& visited = parties_[from];
  for (std::uint32_t at = visited.head; at != nothing;) {
    const std::uint32_t next = touches_[at].next;
    insert(parties_[to], at);
    at = next;
  }
  visited = {.customer = customer, .moved = to};
  by_visitor_.set(key, to);
  return AttributionRefusal::none;
}

AttributionOutcome AttributionBook::link_visitor(Visitor visitor, Customer customer) {
  if (visitor == no_visitor || customer == no_customer) {
    return {.refusal = AttributionRefusal::no_customer_given};
  }
  const AttributionRefusal refusal = join_parties(visitor, customer);
  if (refusal == AttributionRefusal::none) {
    facts_.push_back({.a = static_cast<std::uint32_t>(index(visitor)),
                      .b = static_cast<std::uint32_t>(index(customer)),
                      .kind = FactKind::link});
    catch_up(party_of(customer));
  }
  return {.refusal = refusal};
}

AttributionOutcome AttributionBook::register_customer(Customer customer, Time time,
                                                      Visitor visitor) {
  if (customer == no_customer) return {.refusal = AttributionRefusal::no_customer_given};
  if (time == never) return {.refusal = AttributionRefusal::outside_window};
  std::uint32_t party = party_of(customer);
  if (party != nothing && parties_[party].registered != never &&
      parties_[party].registered != time) {
    return {.refusal = AttributionRefusal::already_registered};
  }
  AttributionRefusal linked = AttributionRefusal::retry;
  if (visitor != no_visitor) linked = join_parties(visitor, customer);
  if (linked > AttributionRefusal::retry) return {.refusal = linked};
  party = party_of(customer);
  if (party == nothing) party = make_party(customer);
  const bool fresh = parties_[party].registered == never;
  if (fresh || linked == AttributionRefusal::none) {
    parties_[party].registered = time;
    facts_.push_back({.time = time,
                      .a = static_cast<std::uint32_t>(index(customer)),
                      .b = static_cast<std::uint32_t>(index(visitor)),
                      .kind = FactKind::registration});
    catch_up(party);
  }
  const Hold winner = winner_at_sign_up(parties_[party]);
  return outcome(winner.touch == nothing ? nothing : touches_[winner.touch].claim,
                 fresh || linked == AttributionRefusal::none ? AttributionRefusal::none
                                                             : AttributionRefusal::retry);
}

AttributionOutcome AttributionBook::qualify(Customer customer, Time time) {
  if (customer == no_customer) return {.refusal = AttributionRefusal::no_customer_given};
  if (time == never) return {.refusal = AttributionRefusal::outside_window};
  std::uint32_t party = party_of(customer);
  if (party == nothing) party = make_party(customer);
  std::uint32_t after = parties_[party].last_conversion;
  const bool latest = after == nothing || conversions_[after].time < time;
  if (!latest) {
    after = nothing;
    for (std::uint32_t at = parties_[party].conversions; conversions_[at].time <= time;
         at = conversions_[at].next) {
      after = at;
      if (conversions_[at].next == nothing) break;
    }
  }
  const bool retry = after != nothing && conversions_[after].time == time;
  if (!retry) {
    if (parties_[party].conversion_count >= terms_.max_touches) {
      return {.refusal = AttributionRefusal::too_many_touches};
    }
    const auto place = static_cast<std::uint32_t>(conversions_.size());
    conversions_.push_back({.time = time});
    Party& whose = parties_[party];
    std::uint32_t& link = after == nothing ? whose.conversions : conversions_[after].next;
    conversions_[place].next = link;
    link = place;
    if (latest) whose.last_conversion = place;
    ++whose.conversion_count;
    facts_.push_back({.time = time,
                      .a = static_cast<std::uint32_t>(index(customer)),
                      .kind = FactKind::conversion});
    if (latest && terms_.qualification.within == for_ever) {
      convert(party, time);
    } else {
      catch_up(party);
    }
  }
  const Hold hold = holder(parties_[party], time);
  return outcome(hold.touch == nothing ? nothing : touches_[hold.touch].claim,
                 retry ? AttributionRefusal::retry : AttributionRefusal::none);
}

ReferralAttribution AttributionBook::attribution_of(Customer customer, Time at) const noexcept {
  const std::uint32_t party = party_of(customer);
  return party == nothing ? ReferralAttribution{} : edge(holder(parties_[party], at));
}

ReferralAttribution AttributionBook::attribution_of(Visitor visitor, Time at) const noexcept {
  const std::uint32_t party = party_of(visitor);
  return party == nothing ? ReferralAttribution{} : edge(holder(parties_[party], at));
}

ClaimId AttributionBook::claim_of_touch(std::uint64_t touch) const noexcept {
  const std::uint32_t node = by_id_.find(touch);
  return node == nothing ? no_claim : ClaimId{touches_[node].claim};
}

Time AttributionBook::registered(Customer customer) const noexcept {
  const std::uint32_t party = party_of(customer);
  return party == nothing ? never : parties_[party].registered;
}

std::vector<ClaimId> AttributionBook::claims_of(Customer customer) const {
  std::vector<ClaimId> out;
  const std::uint32_t party = party_of(customer);
  if (party == nothing) return out;
  for (std::uint32_t at = parties_[party].head; at != nothing; at = touches_[at].next) {
    if (claims_[touches_[at].claim].first == at) out.push_back(ClaimId{touches_[at].claim});
  }
  return out;
}

ReferralClaim AttributionBook::claim(ClaimId claim) const {
  if (index(claim) >= claims_.size()) {
    throw Exception(ErrorCode::out_of_range,
                    text("claim ", index(claim), " does not exist, there are ", claims_.size()),
                    "AttributionBook::claim");
  }
  const ClaimNode& node = claims_[index(claim)];
  const ReferralTouch& first = touches_[node.first].touch;
  const std::uint32_t party = party_of_claim(node);
  return {.claim = claim,
          .referrer = first.referrer,
          .referee = party == nothing ? no_customer : parties_[party].customer,
          .visitor = first.visitor,
          .campaign = first.campaign,
          .state = node.state,
          .referrer_side = node.referrer_side,
          .referee_side = node.referee_side,
          .first_touch = first.time,
          .last_touch = touches_[node.last].touch.time,
          .qualified = node.qualified,
          .approved = node.approved,
          .ended = node.ended};
}

std::vector<ReferralPath> AttributionBook::paths() const {
  std::vector<ReferralPath> out(claims_.size());
  for (std::size_t i = 0; i < claims_.size(); ++i) {
    const ClaimNode& node = claims_[i];
    const ReferralTouch& first = touches_[node.first].touch;
    const std::uint32_t party = party_of_claim(node);
    out[i] = {.claim = id_at<ClaimId>(i),
              .referrer = first.referrer,
              .referee = party == nothing ? no_customer : parties_[party].customer,
              .campaign = first.campaign,
              .channel = first.channel,
              .touched = first.time};
  }
  for (const TouchNode& node : touches_) {
    ReferralPath& path = out[node.claim];
    path.shares += node.touch.kind == TouchKind::share ? 1 : 0;
    path.clicked = path.clicked || node.touch.kind != TouchKind::share;
    path.claimed = path.claimed || node.touch.kind == TouchKind::claim;
  }
  for (const Party& party : parties_) {
    if (party.registered == never || party.moved != nothing) continue;
    const Hold winner = winner_at_sign_up(party);
    if (winner.touch == nothing) continue;
    const std::uint32_t claim = touches_[winner.touch].claim;
    out[claim].claimed = true;
    out[claim].signed_up = party.registered;
    out[claim].qualified = claims_[claim].qualified;
  }
  return out;
}

}  // namespace emptor
