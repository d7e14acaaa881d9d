// Facts at random, in any order of arrival, against a twin that sorts all edges of an instant and
// takes them into a forest one by one.

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/edge_log.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t people = 9;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

using Words = std::vector<std::tuple<std::uint8_t, std::uint8_t, std::uint16_t, std::uint8_t>>;

std::vector<ReferralEdge> facts_of(const Words& words) {
  std::vector<ReferralEdge> facts;
  for (const auto& [who, whom, when, about] : words) {
    ReferralEdge fact{.id = EdgeFactId{facts.size()},
                      .edge = ReferralEdgeId{facts.size()},
                      .child = Customer{who % people},
                      .parent = Customer{whom % people},
                      .programme = Programme{about % 7U == 0 ? 1U : 0U},
                      .valid_from = at(when % 16),
                      .recorded_at = at(when / 16 % 16)};
    if (when / 256 % 3 != 0) fact.valid_to = fact.valid_from + std::chrono::seconds{when / 256 % 9};
    if (about % 3 == 0 && !facts.empty()) {
      const ReferralEdge& known = facts[about % facts.size()];
      fact.edge = known.edge;
      fact.child = known.child;
      fact.programme = known.programme;
    }
    if (fact.child != fact.parent) facts.push_back(fact);
  }
  return facts;
}

/// Child to parent at the instant.
std::map<Customer, Customer> naive_forest(const std::vector<ReferralEdge>& facts,
                                          const EdgeInstant& instant) {
  std::map<ReferralEdgeId, ReferralEdge> believed;
  for (const ReferralEdge& fact : facts) {
    if (fact.recorded_at > instant.known_at || fact.programme != instant.programme) continue;
    const auto [known, fresh] = believed.try_emplace(fact.edge, fact);
    if (!fresh && std::tie(known->second.recorded_at, known->second.id) <
                      std::tie(fact.recorded_at, fact.id)) {
      known->second = fact;
    }
  }
  std::vector<ReferralEdge> edges;
  for (const auto& [id, edge] : believed) {
    if (edge.valid_from <= instant.time && instant.time < edge.valid_to) edges.push_back(edge);
  }
  std::sort(edges.begin(), edges.end(), [](const ReferralEdge& x, const ReferralEdge& y) {
    return std::tie(x.valid_from, x.edge) < std::tie(y.valid_from, y.edge);
  });
  std::map<Customer, Customer> parent;
  for (const ReferralEdge& edge : edges) {
    if (parent.contains(edge.child)) continue;
    Customer top = edge.parent;
    while (top != edge.child && parent.contains(top)) top = parent.at(top);
    if (top != edge.child) parent[edge.child] = edge.parent;
  }
  return parent;
}

TEST_CASE("uplines at any instant equal a forest that is built anew") {
  emptor::test::check_property(
      "two times",
      [](const Words& words, std::uint16_t shuffle) {
        std::vector<ReferralEdge> facts = facts_of(words);
        ReferralEdgeLog log;
        for (const ReferralEdge& fact : facts) RC_ASSERT(log.add(fact).value());
        RandomStream random(shuffle);
        random.shuffle(std::span(facts));
        ReferralEdgeLog other;
        for (const ReferralEdge& fact : facts) {
          RC_ASSERT(other.add(fact).value());
          RC_ASSERT(!other.add(fact).value());
        }
        const Result<ReferralEdgeLog> loaded = ReferralEdgeLog::load(log.save());
        RC_ASSERT(loaded.has_value());
        RC_ASSERT(*loaded == log);

        for (std::int64_t time = 0; time < 24; time += 3) {
          for (std::int64_t known : {3, 9, 99}) {
            const EdgeInstant instant{.time = at(time), .known_at = at(known)};
            const auto naive = naive_forest(facts, instant);
            const ReferralForest forest = log.forest(people, instant);
            RC_ASSERT(forest.edges() == naive.size());
            for (std::uint32_t c = 0; c < people; ++c) {
              std::vector<Customer> above;
              for (auto e = naive.find(Customer{c}); e != naive.end(); e = naive.find(e->second)) {
                above.push_back(e->second);
              }
              std::vector<Customer> out(people);
              for (const std::size_t levels : {std::size_t{2}, std::size_t{people}}) {
                const std::size_t expected = std::min(levels, above.size());
                const std::span<Customer> room = std::span(out).first(levels);
                RC_ASSERT(log.upline(Customer{c}, instant, room) == expected);
                RC_ASSERT(std::equal(out.begin(), out.begin() + static_cast<long>(expected),
                                     above.begin()));
                RC_ASSERT(other.upline(Customer{c}, instant, room) == expected);
                RC_ASSERT(std::equal(out.begin(), out.begin() + static_cast<long>(expected),
                                     above.begin()));
                RC_ASSERT(forest.upline(Customer{c}, room) == expected);
              }
              const ReferralEdge* edge = log.in_force(Customer{c}, instant);
              RC_ASSERT((edge != nullptr) == !above.empty());
              if (edge != nullptr) RC_ASSERT(edge->parent == above.front());
            }
          }
        }
      },
      300);
}

}  // namespace
