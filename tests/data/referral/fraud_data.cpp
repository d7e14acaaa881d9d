// What the monitor says of two real referral graphs. The numbers were counted independently with a
// script over the files: 10 self-referrals and 22 reversed ages in plasm; 349 mutual pairs, 5 rings
// of three and 1 of four in astar, where everybody names one reference at most.

#include <set>

#include "emptor/referral/fraud.hpp"
#include "support/referral_data.hpp"

using namespace emptor;
using namespace emptor::test;

namespace {

const FraudSignalCount& count_of(const FraudAudit& audit, FraudSignalKind kind) {
  return audit.signals[static_cast<std::size_t>(kind)];
}

}  // namespace

TEST_CASE("fraud of plasm: self-referrals and reversed ages surface") {
  const std::vector<PlasmLock> locks = plasm_locks();
  const std::vector<Time> first = plasm_first_locks(locks);
  FraudMonitor monitor;
  for (std::size_t c = 0; c < first.size(); ++c) {
    if (first[c] != Time::max()) monitor.add(FraudSignUp{id_at<Customer>(c), first[c]});
  }
  std::uint32_t order = 0;
  std::size_t self = 0;
  for (const PlasmLock& lock : locks) {
    self += lock.introducer == lock.owner ? 1 : 0;
    // Hundredths of an ether, cut: a monitor's amounts end at 2^53.
    const FraudOrder fact{Order{order++}, lock.owner, lock.time, lock.gigawei / 10'000'000};
    REQUIRE(monitor.add(fact) == FraudFact::recorded);
    if (lock.introducer != no_customer) {
      monitor.add(FraudClaim{lock.introducer, lock.owner, lock.time});
    }
  }
  CHECK(self == 10);
  const FraudAudit all = audit_referrals(monitor);
  // Ten locks of self-referral by `selves` accounts, each pair being one claim.
  std::set<Customer> selves;
  for (const PlasmLock& lock : locks) {
    if (lock.introducer == lock.owner) selves.insert(lock.owner);
  }
  CHECK(count_of(all, FraudSignalKind::self_referral).claims == selves.size());
  CHECK(count_of(all, FraudSignalKind::self_referral).blocked == selves.size());

  // The first-touch forest that was made of these locks.
  std::vector<FraudOccasion> forest;
  for (const auto& [child, parent] : plasm_forest()) {
    forest.push_back({.referrer = parent, .referee = child, .time = first[index(child)]});
  }
  const FraudAudit audit = audit_referrals(monitor, forest, {.findings = forest.size()});
  CHECK(audit.claims == 2610);
  CHECK(count_of(audit, FraudSignalKind::reversed_age).claims == 22);
  CHECK(count_of(audit, FraudSignalKind::self_referral).claims == 0);
  std::size_t named = 0;
  for (const FraudFinding& finding : audit.findings) {
    for (const FraudSignal& signal : finding.signals) {
      if (signal.kind != FraudSignalKind::reversed_age) continue;
      ++named;
      CHECK(signal.measured ==
            (first[index(finding.referrer)] - first[index(finding.referee)]).count());
      CHECK(finding.decision != FraudDecision::approve);
    }
  }
  CHECK(named == 22);
  // With the default policy: what a host would see, not a truth.
  CHECK(audit.approved == 2564);
  CHECK(audit.review == 45);
  CHECK(audit.blocked == 1);
}

TEST_CASE("fraud of astar: mutual pairs and rings surface") {
  FraudMonitor monitor;
  const ReferralPairs edges = astar_edges();
  for (const auto& [contributor, reference] : edges) {
    REQUIRE(monitor.add(FraudClaim{reference, contributor, Time{}}) == FraudFact::recorded);
  }
  const FraudAudit audit = audit_referrals(monitor, {.findings = edges.size()});
  CHECK(audit.claims == 17'497);
  CHECK(audit.mutual_pairs == 349);
  CHECK(count_of(audit, FraudSignalKind::mutual_referral).claims == 2 * 349);
  CHECK(count_of(audit, FraudSignalKind::mutual_referral).blocked == 2 * 349);
  CHECK(count_of(audit, FraudSignalKind::referral_ring).claims == 5 * 3 + 1 * 4);
  std::size_t three = 0;
  std::size_t four = 0;
  for (const FraudFinding& finding : audit.findings) {
    for (const FraudSignal& signal : finding.signals) {
      if (signal.kind != FraudSignalKind::referral_ring) continue;
      three += signal.measured == 3 ? 1 : 0;
      four += signal.measured == 4 ? 1 : 0;
      CHECK(finding.decision != FraudDecision::approve);
    }
  }
  CHECK(three == 15);
  CHECK(four == 4);

  // In file order, asked before each is told: every edge that closes a ring, and no other.
  FraudMonitor stream;
  FraudVerdict verdict;
  std::size_t closing = 0;
  for (const auto& [contributor, reference] : edges) {
    stream.check({.referrer = reference, .referee = contributor}, verdict);
    for (const FraudSignal& signal : verdict.signals()) {
      closing += signal.kind == FraudSignalKind::mutual_referral ||
                         signal.kind == FraudSignalKind::referral_ring
                     ? 1
                     : 0;
    }
    stream.add(FraudClaim{reference, contributor, Time{}});
  }
  CHECK(closing == 355);
}
