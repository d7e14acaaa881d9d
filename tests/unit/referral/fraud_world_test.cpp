// A made-up programme with honest customers and three kinds of fraudsters: what the default policy
// finds, and how much better it gets with labels from reviews. The rates follow from how the worlds
// were made and say nothing about any real shop.

#include <array>
#include <cstdint>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/fraud.hpp"
#include "emptor/referral/review_queue.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr std::int64_t day = 86'400;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{1'700'006'400 + seconds}};
}

enum class Kind : std::uint8_t { honest, sybil, careful, ring, unseen };

struct Case {
  FraudOccasion occasion;
  Kind kind;
  bool passed_at_once;  ///< asked right after it happened, when less was known
};

struct World {
  FraudMonitor monitor;
  std::vector<Case> cases;
};

/// Ten thousand honest customers over a year, one in twelve of whom lives with who brought them; 30
/// sybils who make eight accounts in an evening on one device, half with one means of payment; 60
/// careful ones who make three in a month that share an address alone and order at the threshold;
/// 40 rings of three; 40 who leave no trace but orders at the threshold.
World world_of(std::uint64_t seed) {
  World world;
  std::uint32_t order = 0;
  std::uint32_t next = 0;
  RandomStream random(seed);
  std::uint64_t last_key = 0;
  FraudVerdict verdict;
  const auto fresh = [&] { return ++last_key; };
  const auto join = [&](std::int64_t time, std::uint64_t device, std::uint64_t payment,
                        std::uint64_t address) {
    const Customer customer{next++};
    world.monitor.add(FraudSignUp{customer, at(time)});
    world.monitor.add(FraudKey{customer, IdentityKind::email, fresh(), at(time)});
    world.monitor.add(FraudKey{customer, IdentityKind::device, device, at(time)});
    world.monitor.add(FraudKey{customer, IdentityKind::payment, payment, at(time)});
    world.monitor.add(FraudKey{customer, IdentityKind::address, address, at(time)});
    return customer;
  };
  const auto refer = [&](Customer referrer, Customer referee, std::int64_t time, Kind kind,
                         std::int64_t amount) {
    world.monitor.add(FraudClaim{referrer, referee, at(time)});
    world.monitor.add(FraudOrder{Order{order++}, referee, at(time), amount});
    const FraudOccasion occasion{referrer, referee, at(time), amount, 3000};
    world.monitor.check(occasion, verdict);
    world.cases.push_back({occasion, kind, verdict.decision == FraudDecision::approve});
  };
  struct Honest {
    Customer customer;
    std::uint64_t address, device;
  };
  std::vector<Honest> honest;
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t time = i * 365 * day / 10'000;
    if (honest.empty() || random.bernoulli(0.6)) {
      const std::uint64_t home = fresh(), device = fresh();
      honest.push_back({join(time, device, fresh(), home), home, device});
      continue;
    }
    const Honest by = honest[random.below(static_cast<std::uint32_t>(honest.size()))];
    const bool family = random.bernoulli(1 / 12.0);
    const bool same_device = family && random.bernoulli(0.3);
    const std::uint64_t home = family ? by.address : fresh();
    const std::uint64_t device = same_device ? by.device : fresh();
    const Customer referee = join(time, device, fresh(), home);
    honest.push_back({referee, home, device});
    refer(by.customer, referee, time, Kind::honest, 1000 + random.below(9000));
  }
  for (int s = 0; s < 30; ++s) {
    const std::int64_t time = random.below(360) * day;
    const std::uint64_t device = fresh(), payment = fresh();
    const Customer head = join(time, device, payment, fresh());
    for (int i = 0; i < 8; ++i) {
      const std::int64_t later = time + 3600 + 100 * i;
      const Customer referee = join(later, device, s % 2 == 0 ? payment : fresh(), fresh());
      refer(head, referee, later, Kind::sybil, 3000 + random.below(50));
    }
  }
  for (int s = 0; s < 60; ++s) {
    const std::int64_t time = random.below(330) * day;
    const std::uint64_t address = fresh();
    const Customer head = join(time, fresh(), fresh(), address);
    for (int i = 1; i <= 3; ++i) {
      const std::int64_t later = time + i * 9 * day;
      const Customer referee = join(later, fresh(), fresh(), address);
      refer(head, referee, later, Kind::careful, 3000 + random.below(60));
    }
  }
  for (int s = 0; s < 40; ++s) {
    std::array<Customer, 3> who{};
    const std::int64_t time = random.below(360) * day;
    for (Customer& c : who) c = join(time, fresh(), fresh(), fresh());
    for (std::size_t i = 0; i < 3; ++i) refer(who[i], who[(i + 1) % 3], time, Kind::ring, 5000);
  }
  for (int s = 0; s < 40; ++s) {
    const std::int64_t time = random.below(330) * day;
    const Customer head = join(time, fresh(), fresh(), fresh());
    for (int i = 1; i <= 3; ++i) {
      const std::int64_t later = time + i * 9 * day;
      const Customer referee = join(later, fresh(), fresh(), fresh());
      refer(head, referee, later, Kind::unseen, 3000 + random.below(60));
    }
  }
  return world;
}

struct KindCounts {
  int all = 0, held = 0, blocked = 0, held_at_once = 0;
};
using Counts = std::array<KindCounts, 5>;

Counts counts_of(const World& world) {
  Counts out{};
  FraudVerdict verdict;
  for (const Case& c : world.cases) {
    world.monitor.check(c.occasion, verdict);
    KindCounts& counts = out[static_cast<std::size_t>(c.kind)];
    ++counts.all;
    counts.held += verdict.decision != FraudDecision::approve ? 1 : 0;
    counts.blocked += verdict.decision == FraudDecision::block ? 1 : 0;
    counts.held_at_once += c.passed_at_once ? 0 : 1;
  }
  return out;
}

const KindCounts& of(const Counts& counts, Kind kind) {
  return counts[static_cast<std::size_t>(kind)];
}

}  // namespace

TEST_CASE("fraud of made-up worlds: what the default policy finds, and what labels change") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const World world = world_of(seed);
    const Counts found = counts_of(world);
    // Honest: at most 3 % are looked at by somebody, nobody is blocked.
    CHECK(of(found, Kind::honest).held <= 0.03 * of(found, Kind::honest).all);
    CHECK(of(found, Kind::honest).blocked == 0);
    CHECK(of(found, Kind::sybil).blocked == 240);  // all 240 claims, once all is known
    CHECK(of(found, Kind::careful).held == 180);
    CHECK(of(found, Kind::careful).blocked == 0);
    CHECK(of(found, Kind::ring).held == 120);
    CHECK(of(found, Kind::unseen).held == 0);  // none of the 120

    // Asked right away less is known: the third account at an address and the last edge of a ring
    // give the others away.
    CHECK(of(found, Kind::sybil).held_at_once == 240);
    CHECK(of(found, Kind::careful).held_at_once == 60);
    CHECK(of(found, Kind::ring).held_at_once == 40);

    // Whatever is held is looked at by somebody who knows the truth.
    ReviewQueue queue;
    FraudVerdict verdict;
    std::uint64_t subject = 0;
    for (const Case& c : world.cases) {
      world.monitor.check(c.occasion, verdict);
      if (verdict.decision == FraudDecision::approve) continue;
      ++subject;
      const Time now = c.occasion.time;
      REQUIRE(queue.open({.subject = subject,
                          .referrer = c.occasion.referrer,
                          .referee = c.occasion.referee,
                          .opened = now,
                          .amount_at_risk = 500},
                         verdict) == ReviewOutcome::done);
      REQUIRE(queue.decide(subject,
                           c.kind == Kind::honest ? ReviewAnswer::approve : ReviewAnswer::reject, 1,
                           now + std::chrono::hours{1}) == ReviewOutcome::done);
    }
    const Result<FittedFraudPolicy> better = reweight_fraud(queue.labels());
    REQUIRE(better);
    CHECK(better->report.converged);
    // In another world, with the new weights: fewer than half of the honest are held, and every
    // order at the threshold is, since among those reviewed only fraudsters had one.
    World other = world_of(seed + 10);
    const Counts before = counts_of(other);
    other.monitor.set_policy(better->policy);
    const Counts after = counts_of(other);
    CHECK(2 * of(after, Kind::honest).held < of(before, Kind::honest).held);
    CHECK(of(after, Kind::honest).blocked == 0);
    CHECK(of(after, Kind::sybil).blocked == 240);
    CHECK(of(after, Kind::careful).blocked == 180);
    CHECK(of(after, Kind::ring).held == 120);
    CHECK(of(after, Kind::unseen).held == 120);
    CHECK(of(after, Kind::unseen).blocked == 0);
  }
}
