// The batch against a twin of sets that follows the three steps of the header to the letter, and
// against itself with everything in another order.

#include "emptor/identity/identifier_graph_batch.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "support/property.hpp"

namespace emptor {
namespace {

std::vector<IdentifierRule> some_rules() {
  return {{"user", {}, true, {}},
          {"mail", {2, LimitWindow::ever}, false, {}},
          {"device", {0, LimitWindow::ever}, false, {}},
          {"phone", {3, LimitWindow::ever}, false, {}},
          {"cookie", {1, LimitWindow::weekly}, false, {}}};
}
constexpr std::size_t limits[5] = {1, 2, 99'999, 3, 99'999};

struct Twin {
  std::vector<std::set<std::uint32_t>> groups;
  std::vector<std::map<int, std::set<std::uint64_t>>> held;  // by group and type: kept values
  std::vector<BatchIdentifierCounts> counts = std::vector<BatchIdentifierCounts>(5);

  Twin(std::size_t records, const std::vector<IdentifierEdge>& edges) {
    for (std::uint32_t r = 0; r < records; ++r) groups.push_back({r});
    held.resize(records);
    for (int type = 0; type < 5; ++type) work(type, edges);
  }
  bool breaks(const std::set<std::size_t>& together, int types) const {
    for (int type = 0; type < types; ++type) {
      std::set<std::uint64_t> values;
      for (const std::size_t g : together) {
        const auto found = held[g].find(type);
        if (found != held[g].end()) values.insert(found->second.begin(), found->second.end());
      }
      if (values.size() > limits[type]) return true;
    }
    return false;
  }
  void work(int type, const std::vector<IdentifierEdge>& edges) {
    BatchIdentifierCounts& count = counts[std::size_t(type)];
    std::map<std::uint64_t, std::set<std::size_t>> of;  // value: groups
    std::vector<std::set<std::uint64_t>> has(groups.size());
    for (const IdentifierEdge& edge : edges) {
      if (int(edge.type) != type) continue;
      for (std::size_t g = 0; g < groups.size(); ++g) {
        if (groups[g].contains(edge.record)) {
          of[edge.identifier].insert(g);
          has[g].insert(edge.identifier);
        }
      }
    }
    count.values = of.size();
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (has[g].size() <= limits[type]) continue;
      ++count.over_limit;
      for (auto& [value, in] : of) in.erase(g);
    }
    for (auto& [value, in] : of) {
      if (in.size() > 1 && breaks(in, type)) {
        in.clear();
        ++count.shared;
      }
    }
    // Tentative groups of groups.
    std::vector<std::set<std::size_t>> joined;
    for (std::size_t g = 0; g < groups.size(); ++g) joined.push_back({g});
    for (const auto& [value, in] : of) {
      std::set<std::size_t> one;
      std::vector<std::set<std::size_t>> rest;
      for (const auto& set : joined) {
        const bool touches =
            std::any_of(in.begin(), in.end(), [&](std::size_t g) { return set.contains(g); });
        if (touches) one.insert(set.begin(), set.end());
        if (!touches) rest.push_back(set);
      }
      if (!one.empty()) rest.push_back(one);
      joined = rest;
    }
    std::vector<std::set<std::uint32_t>> next;
    std::vector<std::map<int, std::set<std::uint64_t>>> next_held;
    for (const auto& set : joined) {
      std::set<std::uint64_t> mine;
      for (const auto& [value, in] : of) {
        if (!in.empty() && set.contains(*in.begin())) mine.insert(value);
      }
      const bool bad = set.size() > 1 && (mine.size() > limits[type] || breaks(set, type));
      for (const std::uint64_t value : mine) {
        if (of[value].size() > 1) ++(bad ? count.contested : count.joined);
      }
      if (bad) {
        for (const std::size_t g : set) {
          next.push_back(groups[g]);
          auto kept = held[g];
          for (const std::uint64_t value : mine) {
            if (of[value] == std::set<std::size_t>{g}) kept[type].insert(value);
          }
          next_held.push_back(kept);
        }
      } else {
        std::set<std::uint32_t> all;
        std::map<int, std::set<std::uint64_t>> kept;
        for (const std::size_t g : set) {
          all.insert(groups[g].begin(), groups[g].end());
          for (const auto& [t, values] : held[g]) kept[t].insert(values.begin(), values.end());
        }
        kept[type] = mine;
        next.push_back(all);
        next_held.push_back(kept);
      }
    }
    groups = next;
    held = next_held;
  }
  std::vector<Customer> customers(std::size_t records) const {
    std::vector<Customer> out(records, no_customer);
    std::size_t next = 0;
    for (std::uint32_t r = 0; r < records; ++r) {
      if (out[r] != no_customer) continue;
      for (const auto& group : groups) {
        if (!group.contains(r)) continue;
        for (const std::uint32_t other : group) out[other] = id_at<Customer>(next);
      }
      ++next;
    }
    return out;
  }
};

std::vector<IdentifierEdge> some_edges(std::size_t records) {
  std::vector<IdentifierEdge> edges(*rc::gen::inRange(std::size_t{0}, 3 * records + 1));
  const int values = *rc::gen::inRange(1, 40);
  for (IdentifierEdge& edge : edges) {
    edge.record = *rc::gen::inRange(std::uint32_t{0}, static_cast<std::uint32_t>(records));
    edge.type = static_cast<IdentifierType>(*rc::gen::inRange(0, 5));
    edge.identifier = static_cast<std::uint64_t>(*rc::gen::inRange(0, values)) << 40;
  }
  return edges;
}

}  // namespace

TEST_CASE("The batch of identifiers is its twin's, and within the limits") {
  const auto body = [] {
    const std::size_t records = *rc::gen::inRange(std::size_t{1}, std::size_t{30});
    const std::vector<IdentifierEdge> edges = some_edges(records);
    const BatchIdentities got = resolve_all(records, edges, some_rules());
    const Twin twin(records, edges);
    RC_ASSERT(got.customers == twin.customers(records));
    RC_ASSERT(got.customer_count == twin.groups.size());
    RC_ASSERT(got.types == twin.counts);
    for (std::size_t g = 0; g < twin.groups.size(); ++g) RC_ASSERT(!twin.breaks({g}, 5));
  };
  test::check_property("edges of five types", body, 1000);
}

TEST_CASE("The batch of identifiers does not depend on any order") {
  const auto body = [] {
    const std::size_t records = *rc::gen::inRange(std::size_t{1}, std::size_t{60});
    std::vector<IdentifierEdge> edges = some_edges(records);
    const BatchIdentities before = resolve_all(records, edges, some_rules());

    std::vector<std::uint32_t> moved(records);
    for (std::uint32_t r = 0; r < records; ++r) moved[r] = r;
    for (std::size_t i = records; i > 1; --i) {
      std::swap(moved[i - 1], moved[*rc::gen::inRange(std::size_t{0}, i)]);
    }
    for (std::size_t i = edges.size(); i > 1; --i) {
      std::swap(edges[i - 1], edges[*rc::gen::inRange(std::size_t{0}, i)]);
    }
    const BatchIdentities same = resolve_all(records, edges, some_rules());
    RC_ASSERT(same.customers == before.customers);
    RC_ASSERT(same.types == before.types);
    for (IdentifierEdge& edge : edges) {
      edge.record = moved[edge.record];
      edge.identifier = 77 - (edge.identifier >> 40);
    }
    const BatchIdentities renamed = resolve_all(records, edges, some_rules());
    RC_ASSERT(renamed.customer_count == before.customer_count);
    RC_ASSERT(renamed.types == before.types);
    for (std::size_t a = 0; a < records; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        RC_ASSERT((before.customers[a] == before.customers[b]) ==
                  (renamed.customers[moved[a]] == renamed.customers[moved[b]]));
      }
    }
  };
  test::check_property("shuffled and renamed", body, 300);
}

}  // namespace emptor
