// Two real referral programmes (referral/plasm, referral/astar; counts: the data sets' README).

#include <set>
#include <vector>

#include "emptor/referral/forest.hpp"
#include "support/referral_data.hpp"

namespace {

using namespace emptor;

TEST_CASE("plasm: first-touch forest, self-referrals and a ring refused with their reasons") {
  const auto locks = emptor::test::plasm_locks();
  REQUIRE(locks.size() == 12'389);
  std::set<Customer> accounts;
  std::vector<std::set<Customer>> introducers(emptor::test::plasm_accounts(locks));
  for (const auto& lock : locks) {
    accounts.insert(lock.owner);
    if (lock.introducer == no_customer) continue;
    accounts.insert(lock.introducer);
    if (lock.introducer != lock.owner) introducers[index(lock.owner)].insert(lock.introducer);
  }
  CHECK(accounts.size() == 6'249);

  ReferralForest forest(introducers.size());
  const auto attachments = emptor::test::plasm_attachments(locks);
  const AttachCounts counts = forest.attach_all(attachments);
  CHECK(counts.attached() == 2'610);
  CHECK(counts[AttachRefusal::self] == 10);
  CHECK(counts[AttachRefusal::already_attached] == 2'127);
  CHECK(counts[AttachRefusal::second_parent] == 132);
  CHECK(counts[AttachRefusal::mutual] + counts[AttachRefusal::cycle] == 1);
  CHECK(counts.attached() + counts.refused() == attachments.size());
  const ReferralForestResult summary = forest.summary();
  CHECK(summary.depth == 3);
  CHECK(summary.edges == 2'610);
  std::size_t several = 0;
  for (const auto& of : introducers) several += of.size() > 1 ? 1 : 0;
  CHECK(several == 64);

  const auto known = emptor::test::plasm_forest();
  CHECK(known.size() == 2'610);
  for (const auto& [child, parent] : known) REQUIRE(forest.parent(child) == parent);
}

TEST_CASE("plasm: introducers younger than whom they brought") {
  const auto locks = emptor::test::plasm_locks();
  const std::vector<Time> first = emptor::test::plasm_first_locks(locks);
  // Of the forest's edges, each asked on its own, so that a refusal moves no other edge.
  ReferralForest forest(first.size(), {.refuse_younger_parents = true});
  std::size_t never_locked = 0;
  AttachCounts counts;
  for (const auto& [child, parent] : emptor::test::plasm_forest()) {
    never_locked += first[index(parent)] == Time::max() ? 1 : 0;
    const AttachRefusal refusal = forest.attach({.child = child,
                                                 .parent = parent,
                                                 .time = first[index(child)],
                                                 .child_first_order = first[index(child)],
                                                 .parent_first_order = first[index(parent)]});
    ++counts.by_reason[static_cast<std::size_t>(refusal)];
  }
  CHECK(counts[AttachRefusal::younger_parent] == 22);
  CHECK(counts.attached() == 2'588);
  CHECK(counts.refused() == 22);
  CHECK(never_locked == 177);
}

TEST_CASE("astar: mutual pairs and longer rings refused with their reasons") {
  const auto edges = emptor::test::astar_edges();
  REQUIRE(edges.size() == 17'497);
  std::set<Customer> people;
  ReferralForest forest(27'523);
  AttachCounts counts;
  for (const auto& [child, parent] : edges) {
    people.insert(child);
    people.insert(parent);
    const AttachRefusal refusal = forest.attach({.child = child, .parent = parent});
    ++counts.by_reason[static_cast<std::size_t>(refusal)];
  }
  CHECK(people.size() == 18'557);
  CHECK(counts[AttachRefusal::mutual] == 349);
  CHECK(counts[AttachRefusal::mutual] + counts[AttachRefusal::cycle] == 355);
  CHECK(counts.refused() == 355);
  CHECK(counts.attached() == 17'142);
  const ReferralForestResult summary = forest.summary();
  CHECK(summary.depth == 14);
  CHECK(summary.edges == 17'142);
  CHECK(ReferralForest::load(forest.save()).value() == forest);
}

}  // namespace
