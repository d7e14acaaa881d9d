// The referrals of a real programme as claims: the first referrer has the owner, whatever order
// they are told in, and the edges make the data set's own first-touch forest.

#include <algorithm>
#include <map>
#include <set>

#include "emptor/core/random.hpp"
#include "emptor/referral/attribution.hpp"
#include "support/referral_data.hpp"

using namespace emptor;

namespace {

ReferralProgrammeTerms first_for_ever() {
  ReferralProgrammeTerms terms{.rule = AttributionRule::first, .max_touches = 10'000};
  for (ReferralMethodTerms& method : terms.methods) method.window = for_ever;
  return terms;
}

}  // namespace

TEST_CASE("plasm: first-touch attribution is the data set's forest, in any order of telling") {
  const std::vector<test::PlasmLock> locks = test::plasm_locks();
  std::vector<ReferralTouch> touches;
  std::size_t self = 0;
  std::map<Customer, std::set<Customer>> introducers;
  for (const test::PlasmLock& lock : locks) {
    if (lock.introducer == no_customer) continue;
    touches.push_back({.id = touches.size(),
                       .time = lock.time,
                       .referrer = lock.introducer,
                       .customer = lock.owner,
                       .method = ReferralMethod::code,
                       .kind = TouchKind::claim});
    if (lock.introducer == lock.owner) {
      ++self;
    } else {
      introducers[lock.owner].insert(lock.introducer);
    }
  }
  CHECK(self == 10);
  CHECK(std::count_if(introducers.begin(), introducers.end(),
                      [](const auto& one) { return one.second.size() > 1; }) == 64);

  std::map<Customer, Customer> forest;
  for (const auto& row : test::plain_rows("plasm/forest_first_touch.csv")) {
    forest[Customer{test::plain_number<std::uint32_t>(row[0])}] =
        Customer{test::plain_number<std::uint32_t>(row[1])};
  }
  CHECK(forest.size() == 2610);
  for (const bool shuffled : {false, true}) {
    if (shuffled) {
      RandomStream random(6);
      for (std::size_t i = touches.size(); i > 1; --i) {
        std::swap(touches[i - 1], touches[random.below(static_cast<std::uint32_t>(i))]);
      }
    }
    AttributionBook book(first_for_ever());
    for (const ReferralTouch& touch : touches) REQUIRE(book.touch(touch).accepted());
    // In order of time into a forest, which refuses the one edge that would close a ring.
    std::vector<ReferralAttribution> edges;
    for (const auto& [owner, named] : introducers) {
      edges.push_back(book.attribution_of(owner, Time::max()));
      REQUIRE(edges.back());
    }
    std::sort(edges.begin(), edges.end(),
              [](const auto& a, const auto& b) { return a.touch < b.touch; });
    ReferralForest trees(6249);
    std::size_t rings = 0;
    for (const ReferralAttribution& edge : edges) {
      const AttachRefusal refusal =
          trees.attach({.child = edge.referee, .parent = edge.referrer, .time = edge.time});
      if (refusal == AttachRefusal::none) continue;
      CHECK(refusal == AttachRefusal::mutual);
      ++rings;
    }
    CHECK(rings == 1);
    CHECK(trees.edges() == forest.size());
    CHECK(std::all_of(forest.begin(), forest.end(),
                      [&](const auto& edge) { return trees.parent(edge.first) == edge.second; }));
    CHECK(std::count_if(book.log().begin(), book.log().end(), [](const ClaimTransition& line) {
            return line.reason == ClaimReason::self_referral;
          }) == 10);
    const Result<AttributionBook> again = AttributionBook::load(book.save());
    REQUIRE(again);
    CHECK(again->save() == book.save());
  }
}
