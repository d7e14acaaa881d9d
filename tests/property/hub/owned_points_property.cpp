// Points of owners after random arrivals, merges, unmerges and erasures: against a rebuild from the
// surviving facts, and against points told one by one.

#include <algorithm>
#include <map>
#include <vector>

#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_points.hpp"
#include "support/merge_steps.hpp"
#include "support/points_twin.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::Arrival;
using emptor::test::point_day;
using emptor::test::PointSteps;
using emptor::test::PointsTwin;
using emptor::test::Steps;

PointSteps::value_type step_of(const Arrival& arrival) {
  const std::uint32_t mixed = (arrival.word * 2654435761U) ^ (arrival.number * 40503U);
  const auto byte = [&](unsigned at) { return static_cast<std::uint8_t>(mixed >> at); };
  return {static_cast<std::uint8_t>(arrival.word), byte(3), byte(9), byte(15), byte(21)};
}

std::map<std::uint64_t, std::int64_t> left_of(const PointsAccount& account, Time as_of) {
  std::map<std::uint64_t, std::int64_t> left;
  for (const PointLot& lot : account.lots(as_of)) left[lot.id] += lot.left;
  return left;
}

TEST_CASE("points of owners equal a rebuild from the surviving facts") {
  emptor::test::check_property(
      "owned points",
      [](const Steps& steps) {
        MergeHub hub;
        OwnedPoints points;
        hub.add("points", points);
        std::vector<std::uint64_t> known;
        emptor::test::take_steps(hub, steps, [&](const Arrival& arrival) {
          const PointFact fact = emptor::test::point_fact(step_of(arrival), arrival.number + 1,
                                                          arrival.customer, known);
          const PointsVerdict verdict = points.post(fact);
          if (verdict == PointsVerdict::accepted) known.push_back(fact.id);
          RC_ASSERT(points.post(fact) ==
                    (verdict == PointsVerdict::accepted ? PointsVerdict::repeated : verdict));
        });

        // The facts, told the merges as they came, and only those in force.
        Result<OwnedPoints> late = OwnedPoints::load(points.save());
        RC_ASSERT(late.has_value());
        hub.add("late", *late);
        RC_ASSERT(*late == points);
        RC_ASSERT(late->save() == points.save());
        Result<OwnedPoints> rebuilt = OwnedPoints::load(points.save());
        MergeHub again = emptor::test::rebuilt_hub(hub.log());
        again.add("points", *rebuilt);
        RC_ASSERT(*rebuilt == points);

        const std::vector<Customer> owners = emptor::test::rebuilt_owners(hub.log());
        for (std::size_t c = 0; c < owners.size(); ++c) {
          std::vector<PointFact> facts;
          for (std::size_t other = 0; other < owners.size(); ++other) {
            if (owners[other] != owners[c]) continue;
            const auto own = points.arrived(id_at<Customer>(other)).facts();
            facts.insert(facts.end(), own.begin(), own.end());
          }
          for (const int day : {5, 20, 39, 60}) {
            const PointsTwin twin(facts, point_day(day));
            RC_ASSERT(points.balance(id_at<Customer>(c), point_day(day)) == twin.balance());
            RC_ASSERT(left_of(points.account(id_at<Customer>(c)), point_day(day)) == twin.left());
          }
        }
      },
      500);
}

TEST_CASE("a merge changes no draw of records that covered their own spends") {
  emptor::test::check_property(
      "draws stay",
      [](const PointSteps& steps) {
        PointsAccount records[2];
        std::vector<std::uint64_t> known[2];
        std::uint64_t id = 0;
        for (const auto& step : steps) {
          const std::size_t who = std::get<1>(step) % 2;
          PointFact fact = emptor::test::point_fact(step, ++id, id_at<Customer>(who), known[who]);
          fact.draw = PointDraw::own_first;
          if (fact.kind == PointFactKind::deduct || fact.kind == PointFactKind::claw_back) continue;
          for (const PointFact& one : records[who].facts()) {
            if (one.id == fact.source) fact.source_time = one.time;
          }
          if (records[who].check(fact) != PointsVerdict::accepted) continue;
          records[who].add(fact);
          known[who].push_back(id);
        }
        std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> apart;
        std::map<std::pair<std::uint64_t, std::uint64_t>, std::int64_t> joined;
        for (const PointsAccount& record : records) {
          record.for_each_use([&](const PointUse& use) {
            apart[{use.spend, use.lot}] += use.points;
          });
        }
        PointsAccount both = records[0];
        both.merge(records[1]);
        both.for_each_use([&](const PointUse& use) { joined[{use.spend, use.lot}] += use.points; });
        RC_ASSERT(apart == joined);
        RC_ASSERT(both.balance(point_day(50)).net() == records[0].balance(point_day(50)).net() +
                                                           records[1].balance(point_day(50)).net());
      },
      300);
}

}  // namespace
