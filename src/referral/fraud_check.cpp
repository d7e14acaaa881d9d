// What the monitor answers.

#include <algorithm>
#include <array>
#include <utility>

#include "emptor/core/money.hpp"
#include "emptor/referral/fraud.hpp"

namespace emptor {

namespace {

/// The best evidence of one kind among several keys.
struct KeyEvidence {
  std::int64_t measured = 0;
  std::uint64_t key = 0;
  std::int64_t time = 0;
  Customer other = no_customer;
};

constexpr FraudSignalKind kind_of(FraudSignalKind first, std::size_t kind) noexcept {
  return static_cast<FraudSignalKind>(static_cast<std::size_t>(first) + kind);
}

}  // namespace

struct FraudMonitor::Look {
  const FraudOccasion& occasion;
  const FraudOptions& options;
  const Node& referrer;
  const Node& referee;
  const Claim* claim;
  std::int64_t time;  // of the claim
  FraudVerdict& out;
  FraudDecision rule = FraudDecision::approve;
  KeyEvidence coupons{};

  void fire(FraudSignalKind kind, const KeyEvidence& evidence, std::int64_t limit) noexcept {
    const auto place = static_cast<std::size_t>(kind);
    const FraudRule does = options.policy.rules[place];
    if (does == FraudRule::off) return;
    FraudSignal& signal = out.storage[out.count++];
    signal.kind = kind;
    signal.hard = does != FraudRule::score;
    signal.contribution = signal.hard ? 0 : options.policy.weights.weight[place];
    signal.other = evidence.other;
    signal.measured = evidence.measured;
    signal.limit = limit;
    signal.key = evidence.key;
    signal.time = detail::fraud_time(evidence.time);
    out.score += signal.contribution;
    if (signal.hard) {
      rule =
          std::max(rule, does == FraudRule::block ? FraudDecision::block : FraudDecision::review);
    }
  }
};

const FraudMonitor::Node& FraudMonitor::node_or_empty(Customer customer) const noexcept {
  static constexpr Node empty{};
  return index(customer) < nodes_.size() ? nodes_[index(customer)] : empty;
}

void FraudMonitor::look_at_ring(Look& look) const noexcept {
  constexpr std::size_t most = 64;
  struct Visit {
    Customer customer,
        below_start;       // on the way from the referrer, who was first
    std::uint32_t length;  // of the ring if the referee has referred this one
    std::int64_t time;     // of the claim by below_start
  };
  // Who has referred nobody is above nobody.
  if (look.referrer.first_claim == none || look.referee.referrer == none) return;
  std::array<Visit, most> queue;
  queue[0] = {look.occasion.referrer, no_customer, 2, 0};
  std::size_t end = 1;
  const std::uint32_t longest = look.options.limits.longest_ring;
  // Whether the ring is closed by `next`, who has referred the customer of `here`.
  const auto meet = [&](const Visit& here, Customer next, Customer first, std::int64_t time) {
    if (next == look.occasion.referee) {
      look.fire(
          here.length == 2 ? FraudSignalKind::mutual_referral : FraudSignalKind::referral_ring,
          {here.length, 0, time, first}, longest);
      return true;
    }
    if (here.length == longest || end == most) return false;
    const auto seen = [&](const Visit& visit) { return visit.customer == next; };
    if (std::none_of(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(end), seen)) {
      queue[end++] = {next, first, here.length + 1, time};
    }
    return false;
  };
  for (std::size_t at = 0; at < end; ++at) {
    const Visit here = queue[at];
    const Node& node = nodes_[index(here.customer)];
    if (at > 0 && node.several == 0) {
      if (node.first_claim != none &&
          meet(here, node.first_referrer, here.below_start, here.time)) {
        return;
      }
      continue;
    }
    for (std::uint32_t c = node.first_claim; c != none; c = claims_[c].next) {
      const Claim& claim = claims_[c];
      const Customer first = at == 0 ? claim.referrer : here.below_start;
      if (meet(here, claim.referrer, first, at == 0 ? claim.time : here.time)) return;
    }
  }
}

void FraudMonitor::look_at_keys(Look& look) const noexcept {
  if (look.referrer.shared_keys == 0 && look.referee.shared_keys == 0) return;
  const Customer referrer = look.occasion.referrer;
  const Customer referee = look.occasion.referee;
  const FraudLimits& limits = look.options.limits;
  const auto tells = [&](const Key& key) {
    return key.holders >= 2 && key.holders <= limits.public_key_holders;
  };
  std::array<KeyEvidence, identity_kinds> shared{};
  std::array<KeyEvidence, identity_kinds> siblings{};
  KeyEvidence coupons;
  std::uint64_t coupon = 0;
  const std::uint32_t from = look.referee.shared_keys > 0 ? look.referee.first_holding : none;
  for (std::uint32_t at = from; at != none; at = holdings_[at].next_of_customer) {
    const Key& key = keys_[holdings_[at].key];
    if (!tells(key)) continue;
    const auto kind = static_cast<std::size_t>(key.kind);
    const std::int64_t seen = holdings_[at].time;
    std::int64_t together = 1;
    for (std::uint32_t h = key.first_holding; h != none; h = holdings_[h].next_of_key) {
      const Customer holder = holdings_[h].customer;
      if (holder == referrer) {
        KeyEvidence& best = shared[kind];
        const std::int64_t holders = key.holders;
        if (best.measured == 0 ||
            std::pair(holders, key.value) < std::pair(best.measured, best.key)) {
          best = {holders, key.value, seen, no_customer};
        }
      } else if (holder != referee && find_claim(nodes_[index(holder)], referrer) != nullptr) {
        ++together;
      }
    }
    if (KeyEvidence& best = siblings[kind];
        together > best.measured || (together == best.measured && key.value < best.key)) {
      best = {together, key.value, seen, no_customer};
    }
    for (std::uint32_t use = look.referee.first_coupon; use != none; use = uses_[use].next) {
      std::int64_t users = 0;
      for (std::uint32_t h = key.first_holding; h != none; h = holdings_[h].next_of_key) {
        users += find_use(holdings_[h].customer, uses_[use].coupon) != none ? 1 : 0;
      }
      if (users > coupons.measured ||
          (users == coupons.measured &&
           std::pair(key.value, uses_[use].coupon) < std::pair(coupons.key, coupon))) {
        coupons = {users, key.value, uses_[use].time, no_customer};
        coupon = uses_[use].coupon;
      }
    }
  }

  KeyEvidence blocked;
  IdentityKind blocked_kind{};
  for (const Node* node : {&look.referrer, &look.referee}) {
    if (blocked_ == 0 || node->shared_keys == 0) continue;
    for (std::uint32_t at = node->first_holding; at != none; at = holdings_[at].next_of_customer) {
      const Key& key = keys_[holdings_[at].key];
      if (!tells(key)) continue;
      KeyEvidence here{0, key.value, 0, no_customer};
      for (std::uint32_t h = key.first_holding; h != none; h = holdings_[h].next_of_key) {
        const Customer holder = holdings_[h].customer;
        if (holder == referrer || holder == referee || nodes_[index(holder)].blocked == 0) continue;
        ++here.measured;
        here.other = std::min(here.other, holder);
      }
      if (here.measured == 0) continue;
      here.time = nodes_[index(here.other)].block_told;
      const auto ties = std::pair(here.key, key.kind) < std::pair(blocked.key, blocked_kind);
      if (here.measured > blocked.measured || (here.measured == blocked.measured && ties)) {
        blocked = here;
        blocked_kind = key.kind;
      }
    }
  }

  for (std::size_t kind = 0; kind < identity_kinds; ++kind) {
    if (shared[kind].measured == 0) continue;
    look.fire(kind_of(FraudSignalKind::shared_email, kind), shared[kind], 2);
  }
  for (std::size_t kind = 0; kind < identity_kinds; ++kind) {
    if (siblings[kind].measured < limits.siblings) continue;
    look.fire(kind_of(FraudSignalKind::siblings_email, kind), siblings[kind], limits.siblings);
  }
  if (blocked.measured > 0) look.fire(FraudSignalKind::blocked_identity, blocked, 1);
  look.coupons = coupons;
}

void FraudMonitor::look_at_relatives(Look& look) const noexcept {
  if (blocked_ == 0) return;
  KeyEvidence found{0, 0, look.time, no_customer};
  for (std::uint32_t c = look.referrer.first_claim; c != none; c = claims_[c].next) {
    const Customer above = claims_[c].referrer;
    if (above == look.occasion.referrer || above == look.occasion.referee) continue;
    if (nodes_[index(above)].blocked == 0) continue;
    ++found.measured;
    if (found.other == no_customer) {
      found.other = above;
      found.time = nodes_[index(above)].block_told;
    }
  }
  if (look.referrer.referrer != none) {
    found.measured += referrers_[look.referrer.referrer].blocked;
    if (look.claim != nullptr) found.measured -= look.referee.blocked;
  }
  if (found.measured > 0) look.fire(FraudSignalKind::blocked_relative, found, 1);
}

void FraudMonitor::look_at_rhythm(Look& look, const Referrer& referrer) const noexcept {
  const FraudLimits& limits = look.options.limits;
  const detail::ClaimRhythm& rhythm = referrer.rhythm;
  if (rhythm.days() >= limits.velocity_days && rhythm.most_a_day() >= limits.velocity_claims &&
      rhythm.most_a_day() > rhythm.p95()) {
    const std::uint32_t today = rhythm.on_day(look.time, offset_);
    if (today >= limits.velocity_claims && today > rhythm.p95()) {
      const bool far = today > rhythm.p99();
      look.fire(far ? FraudSignalKind::velocity_p99 : FraudSignalKind::velocity_p95,
                {today, 0, look.time, no_customer}, far ? rhythm.p99() : rhythm.p95());
    }
  }
  // A window of up to a day touches two days at most.
  const bool within_a_day = limits.burst_window <= std::chrono::days{1};
  if (rhythm.size() >= limits.burst_claims &&
      !(within_a_day && 2 * rhythm.most_a_day() < limits.burst_claims)) {
    const std::uint32_t together = rhythm.within(look.time, limits.burst_window.count());
    if (together >= limits.burst_claims) {
      look.fire(FraudSignalKind::burst, {together, 0, look.time, no_customer}, limits.burst_claims);
    }
  }
}

void FraudMonitor::look_at_orders(Look& look, const Referrer* referrer) const noexcept {
  using detail::int128;
  const FraudLimits& limits = look.options.limits;
  const auto plain = [&](std::int64_t measured) {
    return KeyEvidence{measured, 0, look.time, no_customer};
  };
  if (referrer != nullptr && referrer->one_order >= limits.star_accounts &&
      std::uint64_t{referrer->one_order} * 10'000 >=
          std::uint64_t{referrer->ordered} * limits.star_share) {
    look.fire(FraudSignalKind::one_order_star, plain(referrer->one_order), limits.star_accounts);
  }
  if (const std::int64_t threshold = look.occasion.threshold;
      threshold > 0 && look.occasion.order_amount >= threshold) {
    const std::int64_t above = look.occasion.order_amount - threshold;
    const auto band = static_cast<std::int64_t>(int128{threshold} * limits.threshold_band / 10'000);
    if (above <= band) look.fire(FraudSignalKind::near_threshold, plain(above), band);
  }
  if (referrer != nullptr && referrer->orders >= limits.refund_orders && referrer->amount > 0) {
    const auto share =
        static_cast<std::int64_t>(int128{referrer->refunded} * 10'000 / referrer->amount);
    if (share >= limits.refund_share) {
      look.fire(FraudSignalKind::refund_rate, plain(share), limits.refund_share);
    }
  }
  if (look.coupons.measured >= limits.coupon_accounts) {
    look.fire(FraudSignalKind::coupon_cycling, look.coupons, limits.coupon_accounts);
  }
  if (referrer != nullptr && referrer->rewards >= limits.reward_minimum) {
    constexpr std::int64_t most = 1'000'000'000;
    const std::int64_t net = referrer->amount - referrer->refunded;
    const int128 share = net > 0 ? int128{referrer->rewards} * 10'000 / net : int128{most};
    const auto measured = static_cast<std::int64_t>(std::min<int128>(share, most));
    if (measured >= limits.reward_share) {
      look.fire(FraudSignalKind::reward_ratio, plain(measured), limits.reward_share);
    }
  }
}

void FraudMonitor::check(const FraudOccasion& occasion, FraudVerdict& out) const noexcept {
  const Node& referrer = node_or_empty(occasion.referrer);
  const Node& referee = node_or_empty(occasion.referee);
  const Claim* const claim = find_claim(referee, occasion.referrer);
  const FraudPolicy& policy = options_.policy;
  out.count = 0;
  out.prior = out.score = policy.weights.prior;
  Look look{.occasion = occasion,
            .options = options_,
            .referrer = referrer,
            .referee = referee,
            .claim = claim,
            .time = claim != nullptr ? claim->time : detail::seconds_of(occasion.time),
            .out = out};
  const bool self = occasion.referrer == occasion.referee;
  if (self) look.fire(FraudSignalKind::self_referral, {1, 0, look.time, no_customer}, 1);
  if (referrer.blocked != 0 || referee.blocked != 0) {
    const bool first = referrer.blocked != 0;
    look.fire(FraudSignalKind::blocked_party,
              {self ? 1 : std::int64_t{referrer.blocked} + referee.blocked, 0,
               first ? referrer.block_told : referee.block_told,
               first ? occasion.referrer : occasion.referee},
              1);
  }
  if (!self) {
    look_at_ring(look);
    if (referrer.signed_up != detail::fraud_no_time && referee.signed_up != detail::fraud_no_time) {
      const std::int64_t older = referrer.signed_up - referee.signed_up;
      const std::int64_t grace = options_.limits.age_grace.count();
      if (older > grace) {
        look.fire(FraudSignalKind::reversed_age, {older, 0, referee.signed_up, no_customer}, grace);
      }
    }
    look_at_keys(look);
    look_at_relatives(look);
    const Referrer* const of = referrer.referrer == none ? nullptr : &referrers_[referrer.referrer];
    if (of != nullptr) look_at_rhythm(look, *of);
    look_at_orders(look, of);
  }
  FraudDecision by_score = FraudDecision::approve;
  if (out.score >= policy.review_from) by_score = FraudDecision::review;
  if (out.score >= policy.block_from) by_score = FraudDecision::block;
  out.decision = std::max(by_score, look.rule);
  out.by_rule = look.rule > by_score;
}

}  // namespace emptor
