#include "emptor/hub/referral_programme.hpp"

#include <algorithm>
#include <utility>

namespace emptor {

namespace {

ReferralProgrammeOptions checked(ReferralProgrammeOptions options) {
  require_option(options.review_patience > std::chrono::seconds{0}, "review_patience", "> 0",
                 options.review_patience.count());
  require_option(options.at_deadline <= ReviewAnswer::reject, "at_deadline",
                 "an answer that is listed", static_cast<int>(options.at_deadline));
  options.payout.programme = options.terms.programme;
  return options;
}

ReferralEdgeId edge_id(ClaimId claim) noexcept {
  return static_cast<ReferralEdgeId>(static_cast<std::uint32_t>(claim));
}

ClaimId claim_of(ReferralEdgeId edge) noexcept {
  return static_cast<ClaimId>(static_cast<std::uint32_t>(edge));
}

/// Refuses gifts that no wallet counts, before a reward is decided that could not be paid.
Result<void> require_gifts(const RewardPlan& plan) {
  for (const RewardRule& rule : plan.rules()) {
    if (rule.kind != RewardKind::gift) continue;
    try {
      (void)RewardPayout::unit_of(rule.kind, {}, rule.gift);
    } catch (const Exception& refused) {
      return refused.error();
    }
  }
  return {};
}

std::uint64_t subject_of(const RewardKey& key, std::uint64_t revision) noexcept {
  return transfer_id({key.event, std::uint64_t{key.rule} << 8U | key.level,
                      static_cast<std::uint64_t>(key.beneficiary), revision})
      .low;
}

}  // namespace

ReferralProgramme::ReferralProgramme(ReferralProgrammeOptions options, RewardPlan plan)
    : options_(checked(std::move(options))),
      book_(options_.terms),
      fraud_(options_.fraud),
      engine_(std::move(plan)),
      payout_(options_.payout) {
  require_gifts(engine_.plans().front()).value();
}

Result<void> ReferralProgramme::activate(RewardPlan plan) {
  if (Result<void> fits = require_gifts(plan); !fits) return fits;
  return engine_.activate(std::move(plan));
}

TransferRefusal ReferralProgramme::fund(Money amount, Time time, const TransferId& id) {
  const TransferRefusal refusal = payout_.fund(amount, time, id);
  if (refusal == TransferRefusal::none) {
    payout_.retry(time);
    tell_payouts();
  }
  return refusal;
}

AttributionOutcome ReferralProgramme::followed(AttributionOutcome outcome, Time time) {
  catch_up(time);
  return outcome;
}

AttributionOutcome ReferralProgramme::touch(const ReferralTouch& touch) {
  const AttributionOutcome outcome = book_.touch(touch);
  if (outcome.refusal == AttributionRefusal::none && touch.kind != TouchKind::share &&
      touch.customer != no_customer) {
    fraud_.add(FraudClaim{touch.referrer, touch.customer, touch.time});
  }
  return followed(outcome, touch.time);
}

AttributionOutcome ReferralProgramme::link_visitor(Visitor visitor, Customer customer, Time time) {
  return followed(book_.link_visitor(visitor, customer), time);
}

AttributionOutcome ReferralProgramme::sign_up(Customer customer, Time time, Visitor visitor) {
  const AttributionOutcome outcome = book_.register_customer(customer, time, visitor);
  if (!outcome.accepted()) return outcome;
  fraud_.add(FraudSignUp{customer, time});
  if (const ReferralAttribution first = book_.attribution_of(customer, time)) {
    set_edge(customer, first, time);
  }
  return followed(outcome, time);
}

FraudFact ReferralProgramme::identity(const FraudKey& key) {
  return fraud_.add(key);
}

FraudFact ReferralProgramme::coupon(const FraudCoupon& coupon) {
  return fraud_.add(coupon);
}

FraudFact ReferralProgramme::block(const FraudBlock& block) {
  const FraudFact fact = fraud_.add(block);
  if (fact != FraudFact::recorded) return fact;
  const auto [at, fresh] = blocks_.try_emplace(block.customer, block.time, block.blocked);
  if (!fresh && std::pair(block.time, block.blocked) > at->second) {
    at->second = {block.time, block.blocked};
  }
  return fact;
}

bool ReferralProgramme::blocked(Customer customer) const {
  if (blocks_.empty()) return false;
  const auto found = blocks_.find(customer);
  return found != blocks_.end() && found->second.second;
}

const ReferralProgramme::Event* ReferralProgramme::find(std::uint64_t event) const noexcept {
  const detail::ArrayPlace* found = by_event_.find(event);
  return found == nullptr ? nullptr : &events_[found->at];
}

void ReferralProgramme::remember(const Event& event) {
  const auto at = static_cast<std::uint32_t>(events_.size());
  events_.push_back(event);
  by_event_.insert(event.id, {at});
  if (event.claim == no_claim) return;
  if (index(event.claim) >= first_of_claim_.size()) {
    first_of_claim_.resize(book_.claims(), nothing);
    last_of_claim_.resize(book_.claims(), nothing);
  }
  std::uint32_t& last = last_of_claim_[index(event.claim)];
  (last == nothing ? first_of_claim_[index(event.claim)] : events_[last].next_of_claim) = at;
  last = at;
}

const ReferralEdge* ReferralProgramme::edge_fact(Customer child) const noexcept {
  const detail::ArrayPlace* found = edge_of_.find(static_cast<std::uint64_t>(child));
  return found == nullptr ? nullptr : &log_.facts()[found->at];
}

void ReferralProgramme::set_edge(Customer child, const ReferralAttribution& attribution,
                                 Time time) {
  if (const ReferralEdge* now = edge_fact(child)) {
    const ReferralEdgeId before = now->edge;
    if (before == edge_id(attribution.claim)) {
      if (now->valid_from == attribution.time && now->valid_to == attribution.until) return;
    } else if (now->valid_from > time) {
      return;  // asked about the past
    } else {
      ReferralEdge ended = *now;
      ended.id = static_cast<EdgeFactId>(log_.facts().size());
      ended.cause = EdgeCause::ended;
      ended.valid_to = std::max(ended.valid_from, attribution.time);
      ended.recorded_at = time;
      (void)log_.add(ended).value();
    }
    forest_.remove(before);
    edge_of_.erase(static_cast<std::uint64_t>(child));
  }
  ReferralEdge edge;
  edge.id = static_cast<EdgeFactId>(log_.facts().size());
  edge.edge = edge_id(attribution.claim);
  edge.child = child;
  edge.parent = attribution.referrer;
  edge.programme = attribution.programme;
  edge.campaign = attribution.campaign;
  edge.channel = attribution.channel;
  edge.method = attribution.method;
  edge.cause = EdgeCause::attributed;
  edge.valid_from = attribution.time;
  edge.valid_to = std::max(attribution.time, attribution.until);
  edge.recorded_at = time;
  if (!log_.add(edge)) return;
  edge_of_.insert(static_cast<std::uint64_t>(child),
                  {static_cast<std::uint32_t>(log_.facts().size() - 1)});
  fraud_.add(FraudClaim{edge.parent, child, edge.valid_from});  // a visitor's, too
  if (!forest_.add({edge.edge, child, edge.parent, edge.valid_from})) return;
  const OwnerGroups& groups = payout_.accounts().groups();
  const bool joined = !groups.alone(child) || !groups.alone(edge.parent);
  if (forest_.standing(edge.edge) == EdgeStanding::dropped && !joined) {
    book_.void_claim(attribution.claim, ClaimReason::blocked_ring, time);
  }
}

void ReferralProgramme::withdraw_edge(ClaimId claim, Time time) {
  const Customer child = book_.claim(claim).referee;
  const ReferralEdge* now = edge_fact(child);
  if (now == nullptr || now->edge != edge_id(claim)) return;
  ReferralEdge gone = *now;
  gone.id = static_cast<EdgeFactId>(log_.facts().size());
  gone.cause = EdgeCause::withdrawn;
  gone.valid_to = gone.valid_from;
  gone.recorded_at = time;
  (void)log_.add(gone).value();
  forest_.remove(gone.edge);
  edge_of_.erase(static_cast<std::uint64_t>(child));
}

ReferralAttribution ReferralProgramme::brought(Customer customer, Time time) {
  const ReferralAttribution own = book_.attribution_of(customer, time);
  if (own) set_edge(customer, own, time);
  const std::optional<OwnedReferral> edge = forest_.edge_above(customer);
  if (!edge) {  // there, and not in force?
    return own && forest_.standing(edge_id(own.claim)) ? ReferralAttribution{} : own;
  }
  if (edge->since > time || edge->child == customer) return own;
  const ReferralAttribution of_group = book_.attribution_of(edge->child, time);
  return of_group.claim == claim_of(edge->edge) ? of_group : own;
}

void ReferralProgramme::climb(const RewardOccasion& occasion, const ReferralAttribution& first,
                              const UplineView* view) {
  upline_.clear();
  std::size_t depth = 0;
  if (const RewardPlan* plan = engine_.plan_at(occasion.time)) depth = plan->paid_depth();
  Customer at = first.referrer;
  while (at != no_customer && upline_.size() < depth) {
    UplineMember& member = upline_.emplace_back();
    member.customer = at;
    member.eligible = !blocked(at);
    if (view != nullptr) (*view)(member);
    if (upline_.size() == depth) break;
    at = brought(at, occasion.time).referrer;
    const auto is_at = [at](const UplineMember& below) { return below.customer == at; };
    if (at == occasion.customer || std::any_of(upline_.begin(), upline_.end(), is_at)) break;
  }
}

ProgrammeOutcome ReferralProgramme::order(const RewardOccasion& occasion, const UplineView* view) {
  ProgrammeOutcome out;
  decisions_.clear();
  const auto group = [this](Customer customer) {
    return payout_.accounts().groups().group(payout_.accounts().owner(customer));
  };
  const OwnerView owners = group;  // refers to it
  if (const Event* known = find(occasion.event)) {
    out.claim = known->claim;
    out.status = engine_.decide(occasion, {}, decisions_, &owners);
    return out;
  }
  if (!RewardEngine::is_valid(occasion) || engine_.plan_at(occasion.time) == nullptr) {
    out.status = engine_.decide(occasion, {}, decisions_, &owners);
    return out;
  }

  Event event;
  event.id = occasion.event;
  event.gross = occasion.gross;
  event.ordinal = occasion.ordinal;
  event.time = occasion.time;

  // Whose the customer is.
  ReferralAttribution first = brought(occasion.customer, occasion.time);
  if (first && forest_.owner(first.referrer) == forest_.owner(occasion.customer)) first = {};

  if (is_sale(occasion.kind)) {
    fraud_.add(
        FraudOrder{id_at<Order>(events_.size()), occasion.customer, occasion.time, occasion.gross});
    if (first && first.state < ClaimState::qualified &&
        qualifies(options_.terms.qualification, {occasion.gross, occasion.ordinal})) {
      const AttributionOutcome qualified = book_.qualify(first.referee, occasion.time);
      event.qualified = qualified.refusal == AttributionRefusal::none;
    }
  }

  // Whether it is honest.
  if (first) {
    fraud_.check({first.referrer, first.referee, first.time, occasion.gross,
                  options_.terms.qualification.minimum_order},
                 verdict_);
    out.fraud = verdict_.decision;
    if (out.fraud == FraudDecision::block) {
      book_.void_claim(first.claim, ClaimReason::fraud, occasion.time);
      first = {};
    }
  }

  RewardOccasion judged = occasion;
  judged.campaign = first.campaign;
  climb(judged, first, view);
  out.status = engine_.decide(judged, upline_, decisions_, &owners);
  if (out.status != RewardStatus::decided) {
    catch_up(occasion.time);
    return out;
  }
  RewardWait waits = RewardWait::none;
  RewardWait referee_waits = RewardWait::none;
  if (first) {
    out.claim = event.claim = first.claim;
    if (out.fraud == FraudDecision::review) book_.review(first.claim, occasion.time);
    const ReferralAttribution now = book_.edge_of(first.claim);
    if (!now.referrer_side) waits = RewardWait::approval;
    if (!now.referee_side) referee_waits = RewardWait::approval;
    if (out.fraud == FraudDecision::review) {
      waits = waits | RewardWait::review;
      referee_waits = referee_waits | RewardWait::review;
      ReviewRequest request;
      request.subject = occasion.event;
      request.referrer = first.referrer;
      request.referee = first.referee;
      request.opened = occasion.time;
      request.patience = options_.review_patience;
      request.at_deadline = options_.at_deadline;
      for (const RewardDecision& decision : decisions_) {
        if (decision.kind == RewardKind::cash) request.amount_at_risk += decision.granted;
      }
      if (reviews_.open(request, verdict_) == ReviewOutcome::done) {
        outbox_.append(review_opened(first.referrer, occasion.event, occasion.time,
                                     reviews_.find(occasion.event)->deadline));
      }
    }
  }
  remember(event);
  payout_.apply(decisions_, waits, referee_waits);
  for (const RewardDecision& decision : decisions_) {
    if (decision.granted == 0) continue;
    const Currency currency = decision.kind == RewardKind::cash ? decision.currency : Currency{};
    outbox_.append(
        reward_granted(decision.key.beneficiary, subject_of(decision.key, decision.revision),
                       {decision.granted, currency}, decision.time,
                       decision.held_until == Time::min() ? decision.time : decision.held_until));
  }
  if (const auto parked = parked_.find(occasion.event); parked != parked_.end()) {
    look_at_rest(static_cast<std::uint32_t>(events_.size() - 1), parked->second);
    parked_.erase(parked);
  }
  catch_up(occasion.time);
  out.decisions = decisions_;
  return out;
}

void ReferralProgramme::look_at_rest(std::uint32_t at, const RewardAdjustment& adjustment) {
  const Event& event = events_[at];
  fraud_.add(
      FraudRefund{id_at<Order>(at), std::max<std::int64_t>(event.gross - adjustment.gross, 0)});
  if (!options_.void_on_refund || !event.qualified || event.claim == no_claim) return;
  if (book_.claim(event.claim).qualified != event.time) return;  // by another order
  if (adjustment.gross <= 0 ||
      !qualifies(options_.terms.qualification, {adjustment.gross, event.ordinal})) {
    book_.void_claim(event.claim, ClaimReason::refunded, adjustment.time);
  }
}

ProgrammeOutcome ReferralProgramme::correct(const RewardAdjustment& adjustment) {
  ProgrammeOutcome out;
  decisions_.clear();
  const auto group = [this](Customer customer) {
    return payout_.accounts().groups().group(payout_.accounts().owner(customer));
  };
  const OwnerView owners = group;  // refers to it
  out.status = engine_.adjust(adjustment, decisions_, &owners);
  if (out.status == RewardStatus::parked) {
    RewardAdjustment& kept = parked_.try_emplace(adjustment.event, adjustment).first->second;
    if (kept.revision < adjustment.revision) kept = adjustment;
  }
  if (out.status != RewardStatus::decided) return out;
  payout_.apply(decisions_);
  if (const Event* found = find(adjustment.event)) {
    out.claim = found->claim;
    look_at_rest(static_cast<std::uint32_t>(found - events_.data()), adjustment);
  }
  catch_up(adjustment.time);
  out.decisions = decisions_;
  return out;
}

}  // namespace emptor
