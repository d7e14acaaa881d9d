// The monitor against a twin that keeps the facts as lists and answers by brute force; the same
// facts in another order, told twice, saved and loaded.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <variant>
#include <vector>

#include "emptor/referral/fraud.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

using Fact = std::variant<FraudSignUp, FraudKey, FraudClaim, FraudOrder, FraudRefund, FraudCoupon,
                          FraudReward, FraudBlock>;

std::int64_t seconds(Time time) {
  return time.time_since_epoch().count();
}
Time instant(std::int64_t value) {
  return Time{std::chrono::seconds{value}};
}

/// Only what a fact says in the end, by its id.
struct Twin {
  FraudOptions options;
  std::map<Customer, std::int64_t> signed_up;
  std::map<std::tuple<Customer, IdentityKind, std::uint64_t>, std::int64_t> keys;
  std::map<std::pair<Customer, Customer>, std::int64_t> claims;  // referee, referrer
  std::map<Order, FraudOrder> orders;
  std::map<Order, std::int64_t> refunds;
  std::map<std::pair<Customer, std::uint64_t>, std::int64_t> coupons;
  std::map<std::uint64_t, FraudReward> rewards;
  std::map<Customer, std::pair<std::int64_t, bool>> blocks;

  template <class Key>
  static void earliest(std::map<Key, std::int64_t>& in, const Key& key, Time time) {
    const auto [at, fresh] = in.emplace(key, seconds(time));
    if (!fresh) at->second = std::min(at->second, seconds(time));
  }
  void add(const FraudSignUp& f) { earliest(signed_up, f.customer, f.time); }
  void add(const FraudKey& f) { earliest(keys, std::tuple(f.customer, f.kind, f.key), f.time); }
  void add(const FraudClaim& f) { earliest(claims, std::pair(f.referee, f.referrer), f.time); }
  void add(const FraudOrder& f) { orders.emplace(f.order, f); }
  void add(const FraudRefund& f) { refunds[f.order] = std::max(refunds[f.order], f.refunded); }
  void add(const FraudCoupon& f) { earliest(coupons, std::pair(f.customer, f.coupon), f.time); }
  void add(const FraudReward& f) { rewards.emplace(f.id, f); }
  void add(const FraudBlock& f) {
    const std::pair word(seconds(f.time), f.blocked);
    const auto [at, fresh] = blocks.emplace(f.customer, word);
    if (!fresh) at->second = std::max(at->second, word);
  }

  bool blocked(Customer c) const {
    const auto at = blocks.find(c);
    return at != blocks.end() && at->second.second;
  }
  std::vector<Customer> above(Customer c) const {
    std::vector<Customer> out;
    for (const auto& [pair, time] : claims) {
      if (pair.first == c) out.push_back(pair.second);
    }
    return out;
  }
  std::vector<Customer> below(Customer c) const {
    std::vector<Customer> out;
    for (const auto& [pair, time] : claims) {
      if (pair.second == c && pair.first != c) out.push_back(pair.first);
    }
    return out;
  }
  std::vector<Customer> holders(IdentityKind kind, std::uint64_t key) const {
    std::vector<Customer> out;
    for (const auto& [held, time] : keys) {
      if (std::get<1>(held) == kind && std::get<2>(held) == key) out.push_back(std::get<0>(held));
    }
    return out;
  }
  std::int64_t day(std::int64_t time) const {
    const auto local = local_day(instant(time), options.offset);
    return local.time_since_epoch().count();
  }

  std::vector<FraudSignal> signals(const FraudOccasion& o) const;
};

std::vector<FraudSignal> Twin::signals(const FraudOccasion& o) const {
  const FraudLimits& limits = options.limits;
  const Customer a = o.referrer, b = o.referee;
  const auto known = claims.find({b, a});
  const std::int64_t t = known == claims.end() ? seconds(o.time) : known->second;
  std::map<FraudSignalKind, FraudSignal> out;
  const auto fire = [&](FraudSignalKind kind, std::int64_t measured, std::int64_t limit,
                        std::int64_t time, Customer other = no_customer, std::uint64_t key = 0) {
    const FraudRule rule = options.policy.rules[static_cast<std::size_t>(kind)];
    if (rule == FraudRule::off) return;
    const bool hard = rule != FraudRule::score;
    out[kind] = {
        .kind = kind,
        .hard = hard,
        .contribution = hard ? 0 : options.policy.weights.weight[static_cast<std::size_t>(kind)],
        .other = other,
        .measured = measured,
        .limit = limit,
        .key = key,
        .time = instant(time)};
  };
  const auto finish = [&] {
    std::vector<FraudSignal> list;
    for (const auto& [kind, signal] : out) list.push_back(signal);
    return list;
  };
  if (a == b) fire(FraudSignalKind::self_referral, 1, 1, t);
  if (blocked(a) || blocked(b)) {
    const Customer who = blocked(a) ? a : b;
    fire(FraudSignalKind::blocked_party, a == b ? 1 : int{blocked(a)} + int{blocked(b)}, 1,
         blocks.at(who).first, who);
  }
  if (a == b) return finish();

  // The shortest path upwards from a to b; of equally short ones the smallest by its customers.
  std::vector<std::vector<Customer>> paths{{a}};
  std::set<Customer> seen{a};
  for (std::uint32_t length = 2; length <= limits.longest_ring && !paths.empty(); ++length) {
    std::vector<std::vector<Customer>> longer;
    std::optional<std::vector<Customer>> closed;
    for (const auto& path : paths) {
      for (const Customer next : above(path.back())) {
        std::vector<Customer> extended = path;
        extended.push_back(next);
        if (next == b && !closed) closed = extended;
        if (seen.insert(next).second) longer.push_back(extended);
      }
    }
    if (closed) {
      const Customer first = (*closed)[1];
      fire(length == 2 ? FraudSignalKind::mutual_referral : FraudSignalKind::referral_ring, length,
           limits.longest_ring, claims.at({a, first}), first);
      break;
    }
    paths = longer;
  }

  if (signed_up.count(a) != 0 && signed_up.count(b) != 0) {
    const std::int64_t older = signed_up.at(a) - signed_up.at(b);
    if (older > limits.age_grace.count()) {
      fire(FraudSignalKind::reversed_age, older, limits.age_grace.count(), signed_up.at(b));
    }
  }

  const auto tells = [&](const std::vector<Customer>& list) {
    return list.size() >= 2 && list.size() <= limits.public_key_holders;
  };
  std::tuple<std::int64_t, std::uint64_t, std::uint64_t> best_coupon{0, 0, 0};
  std::int64_t coupon_time = 0;
  std::tuple<std::int64_t, std::uint64_t, IdentityKind> best_blocked{0, 0, IdentityKind::email};
  for (const auto& [held, seen_at] : keys) {
    const auto [holder, kind, key] = held;
    const std::vector<Customer> all = holders(kind, key);
    if (!tells(all)) continue;
    if (holder == a || holder == b) {
      std::int64_t n = 0;
      Customer first = no_customer;
      for (const Customer c : all) {
        if (c == a || c == b || !blocked(c)) continue;
        ++n;
        first = std::min(first, c);
      }
      const std::tuple found(-n, key, kind);
      if (n > 0 && (std::get<0>(best_blocked) == 0 || found < best_blocked)) {
        best_blocked = found;
        fire(FraudSignalKind::blocked_identity, n, 1, blocks.at(first).first, first, key);
      }
    }
    if (holder != b) continue;
    const auto place = static_cast<std::size_t>(kind);
    if (std::count(all.begin(), all.end(), a) > 0) {
      const auto shared = static_cast<FraudSignalKind>(
          static_cast<std::size_t>(FraudSignalKind::shared_email) + place);
      const auto n = static_cast<std::int64_t>(all.size());
      const auto old = out.find(shared);
      if (old == out.end() ||
          std::pair(n, key) < std::pair(old->second.measured, old->second.key)) {
        fire(shared, n, 2, seen_at, no_customer, key);
      }
    }
    std::int64_t together = 1;
    for (const Customer c : all) together += c != a && c != b && claims.count({c, a}) != 0 ? 1 : 0;
    const auto sibling = static_cast<FraudSignalKind>(
        static_cast<std::size_t>(FraudSignalKind::siblings_email) + place);
    const auto old = out.find(sibling);
    if (together >= limits.siblings &&
        (old == out.end() ||
         std::pair(-together, key) < std::pair(-old->second.measured, old->second.key))) {
      fire(sibling, together, limits.siblings, seen_at, no_customer, key);
    }
    for (const auto& [use, used_at] : coupons) {
      if (use.first != b) continue;
      std::int64_t users = 0;
      for (const Customer c : all) users += coupons.count({c, use.second}) != 0 ? 1 : 0;
      const std::tuple found(-users, key, use.second);
      if (std::get<0>(best_coupon) == 0 || found < best_coupon) {
        best_coupon = found;
        coupon_time = used_at;
      }
    }
  }
  if (-std::get<0>(best_coupon) >= limits.coupon_accounts) {
    fire(FraudSignalKind::coupon_cycling, -std::get<0>(best_coupon), limits.coupon_accounts,
         coupon_time, no_customer, std::get<1>(best_coupon));
  }

  std::int64_t relatives = 0;
  Customer first = no_customer;
  for (const Customer c : above(a)) {
    if (c == a || c == b || !blocked(c)) continue;
    ++relatives;
    first = std::min(first, c);
  }
  for (const Customer c : below(a)) relatives += c != b && blocked(c) ? 1 : 0;
  if (relatives > 0) {
    fire(FraudSignalKind::blocked_relative, relatives, 1,
         first == no_customer ? t : blocks.at(first).first, first);
  }

  std::vector<std::int64_t> times;
  for (const Customer c : below(a)) times.push_back(claims.at({c, a}));
  if (!times.empty()) {
    const std::int64_t from = day(*std::min_element(times.begin(), times.end()));
    const std::int64_t to = day(*std::max_element(times.begin(), times.end()));
    std::vector<std::int64_t> daily(static_cast<std::size_t>(to - from + 1), 0);
    std::int64_t today = 0, together = 0;
    for (const std::int64_t time : times) {
      ++daily[static_cast<std::size_t>(day(time) - from)];
      today += day(time) == day(t) ? 1 : 0;
      together += time <= t && time > t - limits.burst_window.count() ? 1 : 0;
    }
    std::sort(daily.begin(), daily.end());
    const auto n = static_cast<std::int64_t>(daily.size());
    const auto quantile = [&](std::int64_t percent) {
      return daily[static_cast<std::size_t>((n * percent + 99) / 100 - 1)];
    };
    if (n >= limits.velocity_days && today >= limits.velocity_claims && today > quantile(95)) {
      const bool far = today > quantile(99);
      fire(far ? FraudSignalKind::velocity_p99 : FraudSignalKind::velocity_p95, today,
           quantile(far ? 99 : 95), t);
    }
    if (together >= limits.burst_claims) {
      fire(FraudSignalKind::burst, together, limits.burst_claims, t);
    }
  }

  std::int64_t ordered = 0, one = 0, placed = 0, amount = 0, refunded = 0;
  for (const Customer c : below(a)) {
    std::int64_t own = 0;
    for (const auto& [id, order] : orders) {
      if (order.customer != c) continue;
      ++own;
      amount += order.amount;
      const auto refund = refunds.find(id);
      if (refund != refunds.end()) refunded += std::min(refund->second, order.amount);
    }
    placed += own;
    ordered += own > 0 ? 1 : 0;
    one += own == 1 ? 1 : 0;
  }
  if (one >= limits.star_accounts && one * 10'000 >= ordered * limits.star_share) {
    fire(FraudSignalKind::one_order_star, one, limits.star_accounts, t);
  }
  if (o.threshold > 0 && o.order_amount >= o.threshold) {
    const std::int64_t band = o.threshold * limits.threshold_band / 10'000;
    if (o.order_amount - o.threshold <= band) {
      fire(FraudSignalKind::near_threshold, o.order_amount - o.threshold, band, t);
    }
  }
  if (placed >= limits.refund_orders && amount > 0 &&
      refunded * 10'000 / amount >= limits.refund_share) {
    fire(FraudSignalKind::refund_rate, refunded * 10'000 / amount, limits.refund_share, t);
  }
  std::int64_t granted = 0;
  for (const auto& [id, reward] : rewards) granted += reward.customer == a ? reward.amount : 0;
  if (granted >= limits.reward_minimum) {
    const std::int64_t net = amount - refunded;
    const std::int64_t share =
        net > 0 ? std::min<std::int64_t>(granted * 10'000 / net, 1'000'000'000) : 1'000'000'000;
    if (share >= limits.reward_share) {
      fire(FraudSignalKind::reward_ratio, share, limits.reward_share, t);
    }
  }
  return finish();
}

rc::Gen<Customer> customer_gen() {
  return rc::gen::map(rc::gen::inRange(0, 12), [](int c) { return Customer(c); });
}
rc::Gen<Time> time_gen() {
  // Around 1970, so that days before it occur; many on few days, some far apart.
  return rc::gen::apply(
      [](int half_day, int second, int far) {
        return instant((far == 0 ? 10 : 1) * half_day * 43'200 + second);
      },
      rc::gen::inRange(-30, 30), rc::gen::inRange(0, 900), rc::gen::inRange(0, 4));
}
Fact fact_of(int kind, Customer a, Customer b, Time time, int small, int amount) {
  const auto key = static_cast<std::uint64_t>(small % 4);
  switch (kind) {
    case 0:
      return FraudSignUp{a, time};
    case 1:
    case 2:
      return FraudKey{a, static_cast<IdentityKind>(small % 5), key, time};
    case 3:
    case 4:
    case 5:
      return FraudClaim{a, b, time};
    case 6:  // an order's content follows from its id, so that a retry is one
      return FraudOrder{Order(small), Customer(small % 12), instant(small), (small * 37) % 100};
    case 7:
      return FraudRefund{Order(small), amount};
    case 8:
      return FraudCoupon{a, key, time};
    case 9:
      return FraudReward{static_cast<std::uint64_t>(small), Customer(small % 12), instant(small),
                         (small * 13) % 50 - 5};
    default:
      return FraudBlock{a, time, small % 3 != 0};
  }
}
rc::Gen<std::vector<Fact>> facts_gen() {
  return rc::gen::container<std::vector<Fact>>(
      rc::gen::apply(fact_of, rc::gen::inRange(0, 11), customer_gen(), customer_gen(), time_gen(),
                     rc::gen::inRange(0, 40), rc::gen::inRange(0, 120)));
}

FraudOptions tight_options() {
  FraudOptions options;
  options.offset = UtcOffset{480};
  FraudLimits& limits = options.limits;
  limits.age_grace = std::chrono::seconds{100};
  limits.longest_ring = 4;
  limits.siblings = 2;
  limits.public_key_holders = 4;
  limits.velocity_claims = 1;
  limits.burst_claims = 2;
  limits.star_accounts = 2;
  limits.star_share = 6000;
  limits.refund_orders = 2;
  limits.refund_share = 3000;
  limits.coupon_accounts = 2;
  limits.reward_minimum = 10;
  options.policy.rules[static_cast<std::size_t>(FraudSignalKind::shared_device)] = FraudRule::off;
  return options;
}

}  // namespace

TEST_CASE("fraud: a monitor equals its twin, whatever the order and the retries") {
  std::array<std::size_t, fraud_signal_kinds> seen{};
  test::check_property(
      "facts",
      [&] {
        std::vector<Fact> facts = *facts_gen();
        FraudMonitor monitor(tight_options());
        Twin twin;
        twin.options = tight_options();
        for (const Fact& fact : facts) {
          std::visit([&](const auto& f) { monitor.add(f), twin.add(f); }, fact);
        }
        FraudMonitor again(tight_options());
        std::vector<Fact> twice = facts;
        for (const std::size_t place : *rc::gen::container<std::vector<std::size_t>>(
                 rc::gen::inRange<std::size_t>(0, std::max<std::size_t>(facts.size(), 1)))) {
          if (!facts.empty()) twice.push_back(facts[place]);
        }
        std::stable_sort(twice.begin(), twice.end(), [&](const Fact& x, const Fact& y) {
          return x.index() * 7 % 8 < y.index() * 7 % 8;
        });
        std::reverse(twice.begin(), twice.end());
        for (const Fact& fact : twice) std::visit([&](const auto& f) { again.add(f); }, fact);
        const std::vector<std::byte> bytes = monitor.save();
        RC_ASSERT(again.save() == bytes);
        const Result<FraudMonitor> loaded = FraudMonitor::load(bytes);
        RC_ASSERT(loaded.has_value());
        RC_ASSERT(loaded->save() == bytes);
        std::vector<FraudOccasion> occasions;
        FraudVerdict verdict, other;
        for (std::uint32_t a = 0; a < 13; ++a) {
          for (std::uint32_t b = 0; b < 13; ++b) {
            occasions.push_back({.referrer = Customer{a},
                                 .referee = Customer{b},
                                 .time = instant(a * 43'200),
                                 .order_amount = 100 + b,
                                 .threshold = 103});
            monitor.check(occasions.back(), verdict);
            loaded->check(occasions.back(), other);
            const std::vector<FraudSignal> expected = twin.signals(occasions.back());
            const std::vector<FraudSignal> got(verdict.signals().begin(), verdict.signals().end());
            RC_ASSERT(got == expected);
            RC_ASSERT(std::ranges::equal(other.signals(), verdict.signals()));
            RC_ASSERT(other.decision == verdict.decision);
            std::int32_t sum = verdict.prior;
            for (const FraudSignal& signal : got) {
              sum += signal.contribution;
              ++seen[static_cast<std::size_t>(signal.kind)];
            }
            RC_ASSERT(sum == verdict.score);
          }
        }
        // The audit finds the same, and the same after loading.
        const FraudAudit audit = audit_referrals(monitor, occasions);
        RC_ASSERT(audit == audit_referrals(*loaded, occasions));
        RC_ASSERT(audit_referrals(monitor) == audit_referrals(again));
        std::size_t fired = 0;
        for (const FraudSignalCount& count : audit.signals) fired += count.claims;
        std::size_t expected = 0;
        for (const FraudOccasion& occasion : occasions) expected += twin.signals(occasion).size();
        RC_ASSERT(fired == expected);
        RC_ASSERT(audit.approved + audit.review + audit.blocked == occasions.size());
        RC_ASSERT(audit.findings.size() == audit.review + audit.blocked);
      },
      1000);
  for (std::size_t kind = 0; kind < fraud_signal_kinds; ++kind) {
    INFO(name(static_cast<FraudSignalKind>(kind)));
    const bool off = kind == static_cast<std::size_t>(FraudSignalKind::shared_device);
    CHECK((seen[kind] > 0) != off);
  }
}
