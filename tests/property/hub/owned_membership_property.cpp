// Memberships of owners after random arrivals, merges, unmerges and erasures: against a rebuild
// from the surviving facts, and against a twin that visits every midnight.

#include <vector>

#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_membership.hpp"
#include "support/membership_twin.hpp"
#include "support/merge_steps.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::Arrival;
using emptor::test::member_time;
using emptor::test::MembershipTwin;
using emptor::test::Steps;

MembershipFact fact_of(const Arrival& arrival) {
  const std::uint32_t mixed = (arrival.word * 2654435761U) ^ (arrival.number * 40503U);
  return emptor::test::member_fact(
      {static_cast<std::uint8_t>(arrival.word), static_cast<std::uint16_t>(mixed),
       static_cast<std::uint8_t>(mixed >> 9U), static_cast<std::uint16_t>(mixed >> 16U)},
      arrival.number + 1, arrival.customer);
}

TEST_CASE("memberships of owners equal a rebuild from the surviving facts") {
  emptor::test::check_property(
      "owned membership",
      [](const Steps& steps, std::uint16_t choice) {
        const MembershipRules rules = emptor::test::member_rules(choice);
        MergeHub hub;
        OwnedMembership members(rules);
        hub.add("members", members);
        const std::vector<Arrival> arrivals =
            emptor::test::take_steps(hub, steps, [&](const Arrival& arrival) {
              RC_ASSERT(members.add(fact_of(arrival)).verdict == MembershipVerdict::accepted);
              RC_ASSERT(members.add(fact_of(arrival)).verdict == MembershipVerdict::repeated);
            });

        OwnedMembership late(rules);
        for (auto a = arrivals.rbegin(); a != arrivals.rend(); ++a) (void)late.add(fact_of(*a));
        hub.add("late", late);
        RC_ASSERT(late == members);
        Result<OwnedMembership> rebuilt = OwnedMembership::load(members.save());
        RC_ASSERT(rebuilt.has_value());
        MergeHub again = emptor::test::rebuilt_hub(hub.log());
        again.add("members", *rebuilt);
        RC_ASSERT(*rebuilt == members);

        const std::vector<Customer> owners = emptor::test::rebuilt_owners(hub.log());
        for (std::size_t c = 0; c < owners.size(); ++c) {
          std::vector<MembershipFact> facts;
          for (const Arrival& arrival : arrivals) {
            if (owners[index(arrival.customer)] == owners[c]) facts.push_back(fact_of(arrival));
          }
          const MembershipTwin twin(facts, rules, member_time(9000));
          const MembershipAccount& account = members.account(id_at<Customer>(c));
          RC_ASSERT(account.earned(member_time(9000)) == twin.earned());
          const auto history = account.history(member_time(9000));
          RC_ASSERT(history.size() == twin.tiers().size());
          for (std::size_t i = 0; i < history.size(); ++i) {
            RC_ASSERT(history[i].from == twin.tiers()[i].first);
            RC_ASSERT(history[i].tier == twin.tiers()[i].second);
          }
        }
      },
      200);
}

}  // namespace
