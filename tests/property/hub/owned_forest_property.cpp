// Referral edges under merges against a twin that takes all edges, with their owners, into a forest
// one by one in the order of their beginning; and every order of merges against every other.

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_forest.hpp"
#include "support/merge_steps.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::Arrival;
using emptor::test::step_customers;
using emptor::test::Steps;

OwnedReferral referral_of(const Arrival& arrival) {
  return {ReferralEdgeId{arrival.number * 7919U % 65536U}, arrival.customer,
          id_at<Customer>(arrival.word % step_customers),
          Time{std::chrono::seconds{arrival.word / step_customers % 12}}};
}

std::vector<StandingReferral> naive_edges(std::vector<OwnedReferral> referrals,
                                          const std::vector<Customer>& owners) {
  std::sort(referrals.begin(), referrals.end(), [](const OwnedReferral& x, const OwnedReferral& y) {
    return std::tie(x.since, x.edge) < std::tie(y.since, y.edge);
  });
  std::map<Customer, Customer> parent;
  std::vector<StandingReferral> out;
  for (const OwnedReferral& referral : referrals) {
    const Customer child = owners[index(referral.child)];
    const Customer up = owners[index(referral.parent)];
    EdgeStanding standing = EdgeStanding::in_force;
    Customer top = up;
    while (top != child && parent.contains(top)) top = parent.at(top);
    if (child == up) {
      standing = EdgeStanding::self_referral;
    } else if (parent.contains(child)) {
      standing = EdgeStanding::outranked;
    } else if (top == child) {
      standing = EdgeStanding::dropped;
    } else {
      parent[child] = up;
    }
    out.push_back({referral, child, up, standing});
  }
  std::sort(out.begin(), out.end(), [](const StandingReferral& x, const StandingReferral& y) {
    return x.referral.edge < y.referral.edge;
  });
  return out;
}

/// All answers agree with the edges in force.
void check_answers(const OwnedForest& forest, const std::vector<StandingReferral>& edges,
                   const std::vector<Customer>& owners) {
  std::map<Customer, StandingReferral> above;
  for (const StandingReferral& edge : edges) {
    RC_ASSERT(forest.standing(edge.referral.edge) == edge.standing);
    if (edge.standing != EdgeStanding::in_force) continue;
    RC_ASSERT(above.emplace(edge.child_owner, edge).second);  // one active parent
  }
  const std::vector<Customer> parents = forest.parents(owners.size());
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const auto customer = id_at<Customer>(i);
    std::vector<Customer> up;
    for (auto e = above.find(owners[i]); e != above.end(); e = above.find(e->second.parent_owner)) {
      up.push_back(e->second.parent_owner);
      RC_ASSERT(up.size() <= owners.size());  // no ring
    }
    std::vector<Customer> out(owners.size());
    RC_ASSERT(forest.upline(customer, out) == up.size());
    RC_ASSERT(std::equal(up.begin(), up.end(), out.begin()));
    RC_ASSERT(forest.parent(customer) == (up.empty() ? no_customer : up.front()));
    if (owners[i] == customer) RC_ASSERT(parents[i] == forest.parent(customer));
    if (owners[i] != customer) RC_ASSERT(parents[i] == no_customer);
    std::vector<Customer> children;
    for (const auto& [child, edge] : above) {
      if (edge.parent_owner == owners[i]) children.push_back(child);
    }
    RC_ASSERT(forest.children(customer) == children);
    std::vector<OwnedReferral> selves;
    for (const StandingReferral& edge : edges) {
      if (edge.standing == EdgeStanding::self_referral && edge.child_owner == owners[i]) {
        selves.push_back(edge.referral);
      }
    }
    RC_ASSERT(forest.self_referrals(customer) == selves);
  }
}

TEST_CASE("forests of owners equal a rebuild, after any steps in any order") {
  emptor::test::check_property(
      "owned forest",
      [](const Steps& steps) {
        OwnedForest forest;
        MergeHub hub;
        hub.add("it", forest);
        std::vector<OwnedReferral> gone;
        std::vector<Arrival> arrivals =
            emptor::test::take_steps(hub, steps, [&](const Arrival& arrival) {
              const bool good = arrival.customer != referral_of(arrival).parent;
              RC_ASSERT(forest.add(referral_of(arrival)).has_value() == good);
              if (arrival.word % 9 == 0 && arrival.number > 3) {
                // Something from before ends.
                const OwnedReferral of = referral_of({arrival.customer, 0, arrival.number / 2});
                if (forest.remove(of.edge)) gone.push_back(of);
              }
            });
        std::erase_if(arrivals, [&](const Arrival& arrival) {
          const OwnedReferral referral = referral_of(arrival);
          return referral.child == referral.parent ||
                 std::any_of(gone.begin(), gone.end(),
                             [&](const OwnedReferral& g) { return g.edge == referral.edge; });
        });
        const std::vector<Customer> owners = emptor::test::rebuilt_owners(hub.log());
        std::vector<OwnedReferral> referrals;
        for (const Arrival& arrival : arrivals) referrals.push_back(referral_of(arrival));
        const auto expected = naive_edges(referrals, owners);
        RC_ASSERT(forest.edges() == expected);
        check_answers(forest, expected, owners);

        OwnedForest rebuilt;
        MergeHub again = emptor::test::rebuilt_hub(hub.log());
        for (std::size_t i = 0; i < referrals.size(); i += 2) {
          RC_ASSERT(rebuilt.add(referrals[i]).value());
        }
        again.add("it", rebuilt);
        for (std::size_t i = 1; i < referrals.size(); i += 2) {
          RC_ASSERT(rebuilt.add(referrals[i]).value());
        }
        RC_ASSERT(rebuilt == forest);
        RC_ASSERT(rebuilt.save() == forest.save());
        OwnedForest late = OwnedForest::load(forest.save()).value();
        hub.add("late", late);
        RC_ASSERT(late == forest);
      },
      1500);
}

TEST_CASE("the order of merges does not matter, and undoing them in any order restores") {
  emptor::test::check_property(
      "permutations of merges",
      [](std::uint32_t seed) {
        RandomStream random(seed);
        constexpr std::uint32_t people = 6;
        std::vector<OwnedReferral> referrals;
        for (std::uint64_t i = 0; i < 8; ++i) {
          const OwnedReferral referral{ReferralEdgeId{i}, Customer{random.below(people)},
                                       Customer{random.below(people)},
                                       Time{std::chrono::seconds{random.below(5)}}};
          if (referral.child != referral.parent) referrals.push_back(referral);
        }
        std::vector<std::pair<Customer, Customer>> merges;
        while (merges.size() < 4) {
          const Customer kept{random.below(people)};
          const Customer absorbed{random.below(people)};
          if (kept != absorbed) merges.emplace_back(kept, absorbed);
        }
        std::array<std::size_t, 4> order{0, 1, 2, 3};
        std::optional<std::vector<std::pair<ReferralEdgeId, EdgeStanding>>> first;
        do {
          OwnedForest forest;
          MergeHub hub;
          hub.add("it", forest);
          for (const OwnedReferral& r : referrals) RC_ASSERT(forest.add(r).has_value());
          const OwnedForest before = forest;
          for (const std::size_t i : order) {
            hub.merge(merges[i].first, merges[i].second, Time{}, "");
          }
          // Who owns a group may depend on the order; which edges count may not.
          std::vector<std::pair<ReferralEdgeId, EdgeStanding>> standings;
          for (const StandingReferral& edge : forest.edges()) {
            standings.emplace_back(edge.referral.edge, edge.standing);
          }
          if (!first) first = standings;
          RC_ASSERT(standings == *first);
          std::vector<Customer> owners;
          for (std::uint32_t i = 0; i < people; ++i) owners.push_back(hub.owner(Customer{i}));
          RC_ASSERT(forest.edges() == naive_edges(referrals, owners));
          std::array<std::uint32_t, 4> undo{0, 1, 2, 3};
          random.shuffle(std::span<std::uint32_t>(undo));
          for (const std::uint32_t id : undo) {
            RC_ASSERT(hub.unmerge(MergeId{id}, Time{}, "").has_value());
          }
          RC_ASSERT(forest == before);
        } while (std::next_permutation(order.begin(), order.end()));
      },
      200);
}

}  // namespace
