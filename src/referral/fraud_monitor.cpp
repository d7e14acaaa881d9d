// What the monitor is told.

#include <algorithm>

#include "emptor/referral/fraud.hpp"

namespace emptor {

using detail::seconds_of;

namespace {

constexpr std::int64_t latest = std::int64_t{1} << 40;
constexpr std::int64_t most_amount = std::int64_t{1} << 53;
constexpr std::int64_t most_together = std::int64_t{1} << 62;

void check_policy(const FraudPolicy& policy) {
  constexpr std::int32_t most = 100'000;
  const auto within = [](std::int32_t value) { return value >= -most && value <= most; };
  require_option(within(policy.weights.prior), "prior", "in [-100000, 100000]",
                 policy.weights.prior);
  for (const std::int32_t weight : policy.weights.weight) {
    require_option(within(weight), "weight", "in [-100000, 100000]", weight);
  }
  for (const FraudRule rule : policy.rules) {
    require_option(rule <= FraudRule::block, "rules", "score, off, review or block",
                   static_cast<int>(rule));
  }
  require_option(policy.block_from > policy.review_from, "block_from", "> review_from",
                 policy.block_from);
}

void check_limits(const FraudLimits& limits) {
  require_option(limits.age_grace.count() >= 0 && limits.age_grace.count() <= latest, "age_grace",
                 "in [0, 2^40] s", limits.age_grace.count());
  require_option(limits.longest_ring >= 2 && limits.longest_ring <= 16, "longest_ring",
                 "in [2, 16]", limits.longest_ring);
  require_option(limits.siblings >= 2 && limits.siblings <= 1000, "siblings", "in [2, 1000]",
                 limits.siblings);
  require_option(limits.public_key_holders >= 2 && limits.public_key_holders <= 1000,
                 "public_key_holders", "in [2, 1000]", limits.public_key_holders);
  require_option(limits.velocity_days >= 20 && limits.velocity_days <= 100'000, "velocity_days",
                 "in [20, 100000]", limits.velocity_days);
  require_option(limits.velocity_claims >= 1, "velocity_claims", ">= 1", limits.velocity_claims);
  require_option(limits.burst_claims >= 2, "burst_claims", ">= 2", limits.burst_claims);
  require_option(limits.burst_window.count() > 0 && limits.burst_window <= std::chrono::days{366},
                 "burst_window", "in [1, 31622400] s", limits.burst_window.count());
  require_option(limits.star_accounts >= 1, "star_accounts", ">= 1", limits.star_accounts);
  require_option(limits.star_share >= 1 && limits.star_share <= 10'000, "star_share",
                 "in [1, 10000]", limits.star_share);
  require_option(limits.threshold_band <= 10'000, "threshold_band", "in [0, 10000]",
                 limits.threshold_band);
  require_option(limits.refund_orders >= 1, "refund_orders", ">= 1", limits.refund_orders);
  require_option(limits.refund_share >= 1 && limits.refund_share <= 10'000, "refund_share",
                 "in [1, 10000]", limits.refund_share);
  require_option(limits.coupon_accounts >= 2, "coupon_accounts", ">= 2", limits.coupon_accounts);
  require_option(limits.reward_share >= 1, "reward_share", ">= 1", limits.reward_share);
  require_option(limits.reward_minimum >= 1, "reward_minimum", ">= 1", limits.reward_minimum);
}

}  // namespace

FraudMonitor::FraudMonitor(const FraudOptions& options)
    : options_(options), offset_(std::chrono::seconds(options.offset).count()) {
  check_limits(options.limits);
  check_policy(options.policy);
  require_option(
      options.offset >= -std::chrono::hours{18} && options.offset <= std::chrono::hours{18},
      "offset", "in [-18 h, 18 h]", options.offset.count());
}

void FraudMonitor::set_policy(const FraudPolicy& policy) {
  check_policy(policy);
  options_.policy = policy;
}

bool FraudMonitor::valid(Customer customer, std::int64_t seconds) noexcept {
  return customer != no_customer && seconds >= -latest && seconds <= latest;
}

FraudMonitor::Node& FraudMonitor::node(Customer customer) {
  if (index(customer) >= nodes_.size()) nodes_.resize(index(customer) + 1);
  return nodes_[index(customer)];
}

FraudMonitor::Referrer& FraudMonitor::referrer_of(Customer customer) {
  Node& node = this->node(customer);
  if (node.referrer == none) {
    referrers_.emplace_back();
    node.referrer = static_cast<std::uint32_t>(referrers_.size() - 1);
  }
  return referrers_[node.referrer];
}

template <class Change>
void FraudMonitor::for_referrers(const Node& node, Customer customer, const Change& change) {
  for (std::uint32_t at = node.first_claim; at != none; at = claims_[at].next) {
    const Customer referrer = claims_[at].referrer;
    if (referrer != customer) change(referrers_[nodes_[index(referrer)].referrer]);
  }
}

const FraudMonitor::Claim* FraudMonitor::find_claim(const Node& referee,
                                                    Customer referrer) const noexcept {
  for (std::uint32_t at = referee.first_claim; at != none; at = claims_[at].next) {
    if (claims_[at].referrer == referrer) return &claims_[at];
  }
  return nullptr;
}

std::uint32_t FraudMonitor::find_use(Customer customer, std::uint64_t coupon) const noexcept {
  return use_table_.find(
      detail::HashedPlaces::hash(coupon, index(customer)), [&](std::uint32_t place) {
        return uses_[place].coupon == coupon && uses_[place].customer == customer;
      });
}

FraudFact FraudMonitor::add(const FraudSignUp& fact) {
  const std::int64_t time = seconds_of(fact.time);
  if (!valid(fact.customer, time)) return FraudFact::invalid;
  Node& node = this->node(fact.customer);
  if (time >= node.signed_up) return FraudFact::known;
  node.signed_up = time;
  return FraudFact::recorded;
}

FraudFact FraudMonitor::add(const FraudKey& fact) {
  const std::int64_t time = seconds_of(fact.time);
  if (!valid(fact.customer, time) || fact.kind > IdentityKind::address) return FraudFact::invalid;
  const std::uint32_t hash =
      detail::HashedPlaces::hash(fact.key, static_cast<std::uint64_t>(fact.kind));
  std::uint32_t place = key_table_.find(hash, [&](std::uint32_t at) {
    return keys_[at].value == fact.key && keys_[at].kind == fact.kind;
  });
  Node& node = this->node(fact.customer);
  if (place == detail::HashedPlaces::none) {
    place = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back({fact.key, none, 0, fact.kind});
    key_table_.insert(hash, place);
  } else {
    for (std::uint32_t at = node.first_holding; at != none; at = holdings_[at].next_of_customer) {
      Holding& holding = holdings_[at];
      if (holding.key != place) continue;
      if (time >= holding.time) return FraudFact::known;
      holding.time = time;
      return FraudFact::recorded;
    }
  }
  Key& key = keys_[place];
  if (key.holders == 1) ++nodes_[index(holdings_[key.first_holding].customer)].shared_keys;
  if (key.holders >= 1) ++node.shared_keys;
  ++key.holders;
  holdings_.push_back({time, fact.customer, place, node.first_holding, key.first_holding});
  node.first_holding = key.first_holding = static_cast<std::uint32_t>(holdings_.size() - 1);
  return FraudFact::recorded;
}

FraudFact FraudMonitor::add(const FraudClaim& fact) {
  const std::int64_t time = seconds_of(fact.time);
  if (!valid(fact.referrer, time) || !valid(fact.referee, time)) return FraudFact::invalid;
  const bool self = fact.referrer == fact.referee;
  Referrer& referrer = referrer_of(fact.referrer);
  Node& node = this->node(fact.referee);
  std::uint32_t* link = &node.first_claim;
  while (*link != none && claims_[*link].referrer < fact.referrer) link = &claims_[*link].next;
  if (*link != none && claims_[*link].referrer == fact.referrer) {
    Claim& claim = claims_[*link];
    if (time >= claim.time) return FraudFact::known;
    if (!self) {
      referrer.rhythm.remove(claim.time, offset_);
      referrer.rhythm.add(time, offset_);
    }
    claim.time = time;
    return FraudFact::recorded;
  }
  const std::uint32_t next = *link;
  *link = static_cast<std::uint32_t>(claims_.size());  // before the array may move
  claims_.push_back({time, fact.referrer, fact.referee, next});
  node.first_referrer = claims_[node.first_claim].referrer;
  node.several = claims_[node.first_claim].next == none ? 0 : 1;
  if (self) return FraudFact::recorded;
  referrer.amount += node.amount;
  referrer.refunded += node.refunded;
  referrer.orders += node.orders;
  referrer.ordered += node.orders > 0 ? 1 : 0;
  referrer.one_order += node.orders == 1 ? 1 : 0;
  referrer.blocked += node.blocked;
  referrer.rhythm.add(time, offset_);
  return FraudFact::recorded;
}

FraudFact FraudMonitor::add(const FraudOrder& fact) {
  const std::int64_t time = seconds_of(fact.time);
  if (!valid(fact.customer, time) || fact.order == no_id<Order> || fact.amount < 0 ||
      fact.amount > most_amount) {
    return FraudFact::invalid;
  }
  if (index(fact.order) < orders_.size() && orders_[index(fact.order)].customer != no_customer) {
    const Placed& known = orders_[index(fact.order)];
    return known.customer == fact.customer && known.time == time && known.amount == fact.amount
               ? FraudFact::known
               : FraudFact::conflict;
  }
  if (fact.amount > most_together - ordered_total_) return FraudFact::invalid;
  ordered_total_ += fact.amount;
  if (index(fact.order) >= orders_.size()) orders_.resize(index(fact.order) + 1);
  Placed& order = orders_[index(fact.order)];
  order.time = time;
  order.amount = fact.amount;
  order.customer = fact.customer;
  const std::int64_t refunded = std::min(order.refunded, order.amount);
  Node& node = this->node(fact.customer);
  ++node.orders;
  node.amount += order.amount;
  node.refunded += refunded;
  for_referrers(node, fact.customer, [&](Referrer& referrer) {
    ++referrer.orders;
    referrer.amount += order.amount;
    referrer.refunded += refunded;
    if (node.orders == 1) {
      ++referrer.ordered;
      ++referrer.one_order;
    } else if (node.orders == 2) {
      --referrer.one_order;
    }
  });
  return FraudFact::recorded;
}

FraudFact FraudMonitor::add(const FraudRefund& fact) {
  if (fact.order == no_id<Order> || fact.refunded < 0 || fact.refunded > most_amount) {
    return FraudFact::invalid;
  }
  if (index(fact.order) >= orders_.size()) orders_.resize(index(fact.order) + 1);
  Placed& order = orders_[index(fact.order)];
  if (fact.refunded <= order.refunded) return FraudFact::known;
  const std::int64_t more =
      std::min(fact.refunded, order.amount) - std::min(order.refunded, order.amount);
  order.refunded = fact.refunded;
  if (order.customer == no_customer) return FraudFact::recorded;
  Node& node = nodes_[index(order.customer)];
  node.refunded += more;
  for_referrers(node, order.customer, [&](Referrer& referrer) { referrer.refunded += more; });
  return FraudFact::recorded;
}

FraudFact FraudMonitor::add(const FraudCoupon& fact) {
  const std::int64_t time = seconds_of(fact.time);
  if (!valid(fact.customer, time)) return FraudFact::invalid;
  if (const std::uint32_t known = find_use(fact.customer, fact.coupon); known != none) {
    if (time >= uses_[known].time) return FraudFact::known;
    uses_[known].time = time;
    return FraudFact::recorded;
  }
  Node& node = this->node(fact.customer);
  const auto place = static_cast<std::uint32_t>(uses_.size());
  uses_.push_back({fact.coupon, time, fact.customer, node.first_coupon});
  node.first_coupon = place;
  use_table_.insert(detail::HashedPlaces::hash(fact.coupon, index(fact.customer)), place);
  return FraudFact::recorded;
}

FraudFact FraudMonitor::add(const FraudReward& fact) {
  const std::int64_t time = seconds_of(fact.time);
  if (!valid(fact.customer, time) || fact.amount < -most_amount || fact.amount > most_amount) {
    return FraudFact::invalid;
  }
  const std::uint32_t hash = detail::HashedPlaces::hash(fact.id);
  const std::uint32_t place =
      reward_table_.find(hash, [&](std::uint32_t at) { return rewards_[at].id == fact.id; });
  if (place != none) {
    const Granted& known = rewards_[place];
    return known.customer == fact.customer && known.time == time && known.amount == fact.amount
               ? FraudFact::known
               : FraudFact::conflict;
  }
  const std::int64_t magnitude = fact.amount < 0 ? -fact.amount : fact.amount;
  if (magnitude > most_together - granted_total_) return FraudFact::invalid;
  granted_total_ += magnitude;
  reward_table_.insert(hash, static_cast<std::uint32_t>(rewards_.size()));
  rewards_.push_back({fact.id, time, fact.amount, fact.customer});
  referrer_of(fact.customer).rewards += fact.amount;
  return FraudFact::recorded;
}

FraudFact FraudMonitor::add(const FraudBlock& fact) {
  const std::int64_t time = seconds_of(fact.time);
  if (!valid(fact.customer, time)) return FraudFact::invalid;
  Node& node = this->node(fact.customer);
  const bool was = node.blocked != 0;
  if (time < node.block_told || (time == node.block_told && (was || !fact.blocked))) {
    return FraudFact::known;
  }
  node.block_told = time;
  node.blocked = fact.blocked ? 1 : 0;
  if (was != fact.blocked) {
    blocked_ += fact.blocked ? 1 : -1;
    for_referrers(node, fact.customer, [&](Referrer& referrer) {
      if (fact.blocked) {
        ++referrer.blocked;
      } else {
        --referrer.blocked;
      }
    });
  }
  return FraudFact::recorded;
}

}  // namespace emptor
