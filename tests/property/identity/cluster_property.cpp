// Best-first clustering against average linkage by its definition, and what it must not depend on.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/identity/cluster.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using Labels = std::vector<std::uint32_t>;

/// A random graph of scored pairs and constraints over n records.
struct Graph {
  std::size_t n = 0;
  std::vector<ScoredPair> pairs;
  std::vector<std::uint64_t> fingerprints;
  std::vector<std::uint32_t> passport;  // 0: none
  std::vector<LimitedValue> devices;
  std::vector<std::uint32_t> limits{2};
  std::vector<RecordPair> must;
  std::vector<RecordPair> cannot;
};

/// Weights are multiples of `step`: a coarse one makes ties.
Graph some_graph(std::size_t most, float step, bool constrained) {
  RandomStream random(*rc::gen::arbitrary<std::uint32_t>());
  Graph out;
  out.n = 1 + random.below(static_cast<std::uint32_t>(most));
  const double density = random.uniform(.05, 1);
  for (std::uint32_t a = 0; a < out.n; ++a) {
    out.fingerprints.push_back(random.bits64());
    out.passport.push_back(constrained && random.bernoulli(.3) ? 1 + random.below(3) : 0);
    if (constrained && random.bernoulli(.5)) out.devices.push_back({a, 0, random.below(5)});
    for (std::uint32_t b = 0; b < a; ++b) {
      if (!random.bernoulli(density)) continue;
      const float weight = step * std::round(static_cast<float>(random.uniform(-8, 8)) / step);
      out.pairs.push_back({a, b, weight});
      if (!constrained) continue;
      if (random.bernoulli(.03)) out.must.push_back({a, b});
      if (random.bernoulli(.03)) out.cannot.push_back({b, a});
    }
  }
  return out;
}

ClusterConstraints constraints_of(const Graph& graph,
                                  const std::vector<std::span<const std::uint32_t>>& conflicts) {
  return {.conflicts = conflicts,
          .limits = graph.limits,
          .identifiers = graph.devices,
          .must_link = graph.must,
          .cannot_link = graph.cannot,
          .fingerprints = graph.fingerprints};
}

Clustering clustered(const Graph& graph, const ClusterOptions& options = {},
                     PairWeight weight_of = std::nullopt, const Context& context = {}) {
  const std::vector<std::span<const std::uint32_t>> conflicts{graph.passport};
  return cluster_records(graph.n, graph.pairs, weight_of, constraints_of(graph, conflicts), options,
                         context);
}

/// Average linkage as it is defined: all means of all pairs of clusters before each merge. Ties: a
/// stronger best pair, then the smaller fingerprints.
Labels by_definition(const Graph& graph, const ClusterOptions& options) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, float> weight;
  for (const ScoredPair& pair : graph.pairs) {
    weight[std::minmax(pair.a, pair.b)] = pair.weight;
  }
  Labels order(graph.n);
  for (std::uint32_t r = 0; r < graph.n; ++r) order[r] = r;
  std::vector<Labels> clusters;
  for (const std::uint32_t r : order) clusters.push_back({r});
  for (;;) {
    std::tuple<double, float, std::uint64_t, std::uint64_t> best{-1e9, 0, 0, 0};
    std::size_t best_a = 0;
    std::size_t best_b = 0;
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      for (std::size_t j = i + 1; j < clusters.size(); ++j) {
        double sum = 0;
        float strongest = -1000;
        std::uint64_t mark_i = ~std::uint64_t{0};
        std::uint64_t mark_j = ~std::uint64_t{0};
        for (const std::uint32_t a : clusters[i]) {
          mark_i = std::min(mark_i, graph.fingerprints[a]);
          for (const std::uint32_t b : clusters[j]) {
            mark_j = std::min(mark_j, graph.fingerprints[b]);
            const auto known = weight.find(std::minmax(a, b));
            const float w = known == weight.end() ? options.absent_weight : known->second;
            if (known != weight.end()) strongest = std::max(strongest, w);
            sum += std::clamp(w, -options.clamp, options.clamp);
          }
        }
        const double mean = sum / static_cast<double>(clusters[i].size() * clusters[j].size());
        if (strongest < -999 || mean < options.threshold) continue;
        const auto [low, high] = std::minmax(mark_i, mark_j);
        const std::tuple candidate{mean, strongest, ~low, ~high};
        if (candidate > best) {
          best = candidate;
          best_a = i;
          best_b = j;
        }
      }
    }
    if (best_b == 0) break;
    clusters[best_a].insert(clusters[best_a].end(), clusters[best_b].begin(),
                            clusters[best_b].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(best_b));
  }
  Labels out(graph.n);
  for (const Labels& cluster : clusters) {
    for (const std::uint32_t r : cluster)
      out[r] = *std::min_element(cluster.begin(), cluster.end());
  }
  return out;
}

TEST_CASE("best-first clusters are average linkage") {
  emptor::test::check_property("distinct weights", [] {
    // Multiples of 2^-10: exact in the units of the sums.
    const Graph graph = some_graph(24, .0009765625F, false);
    ClusterOptions options;
    options.threshold = *rc::gen::element(-1.F, 0.F, 1.F);
    options.clamp = *rc::gen::element(5.F, 10.F);
    options.absent_weight = *rc::gen::element(-8.F, -2.F);
    RC_ASSERT(clustered(graph, options).cluster == by_definition(graph, options));
  });
}

TEST_CASE("a function for absent pairs is the same as listing them") {
  emptor::test::check_property("absent pairs below zero", [] {
    Graph graph = some_graph(14, .0009765625F, false);
    std::vector<std::vector<float>> all(graph.n, std::vector<float>(graph.n, -1));
    for (std::uint32_t a = 0; a < graph.n; ++a) {
      for (std::uint32_t b = 0; b < a; ++b)
        all[a][b] = all[b][a] = -1 - .25F * static_cast<float>((a * 7 + b) % 9);
    }
    for (const ScoredPair& pair : graph.pairs) {
      all[pair.a][pair.b] = all[pair.b][pair.a] = pair.weight;
    }
    const auto weight_of = [&all](std::uint32_t a, std::uint32_t b) { return all[a][b]; };
    std::erase_if(graph.pairs, [](const ScoredPair& pair) { return pair.weight < 0; });
    const auto asked = clustered(graph, {}, weight_of);
    graph.pairs.clear();
    for (std::uint32_t a = 0; a < graph.n; ++a) {
      for (std::uint32_t b = 0; b < a; ++b) graph.pairs.push_back({a, b, all[a][b]});
    }
    RC_ASSERT(asked.cluster == by_definition(graph, {}));
  });
}

/// The graph with record r called number[r].
Graph renumbered(const Graph& graph, const Labels& number, RandomStream& random) {
  Graph out = graph;
  for (std::size_t r = 0; r < graph.n; ++r) {
    out.fingerprints[number[r]] = graph.fingerprints[r];
    out.passport[number[r]] = graph.passport[r];
  }
  for (LimitedValue& id : out.devices) id.record = number[id.record];
  for (auto* list : {&out.must, &out.cannot}) {
    for (RecordPair& pair : *list) pair = {number[pair.b], number[pair.a]};
    random.shuffle(std::span(*list));
  }
  for (ScoredPair& pair : out.pairs) {
    pair = {number[pair.a], number[pair.b], pair.weight};
    if (random.bernoulli(.5)) std::swap(pair.a, pair.b);
  }
  random.shuffle(std::span(out.pairs));
  random.shuffle(std::span(out.devices));
  return out;
}

TEST_CASE("clusters depend neither on the order of records nor on that of pairs") {
  emptor::test::check_property("renumbered records, many ties", [] {
    const Graph graph = some_graph(*rc::gen::element(12U, 200U), 2, true);
    const bool asks = *rc::gen::arbitrary<bool>();
    RandomStream random(*rc::gen::arbitrary<std::uint32_t>());
    Labels number(graph.n);
    for (std::uint32_t r = 0; r < graph.n; ++r) number[r] = r;
    random.shuffle(std::span(number));
    const Graph other = renumbered(graph, number, random);
    const auto weight_in = [](const Graph& g) {
      return [&g](std::uint32_t a, std::uint32_t b) {
        return static_cast<float>((g.fingerprints[a] ^ g.fingerprints[b]) % 9) - 6;
      };
    };
    const auto weight_here = weight_in(graph);
    const auto weight_there = weight_in(other);
    const ClusterOptions options{.cross_pairs = 8};
    const auto here = clustered(graph, options, asks ? PairWeight(weight_here) : PairWeight());
    const auto there = clustered(other, options, asks ? PairWeight(weight_there) : PairWeight());
    RC_ASSERT(here.clusters == there.clusters);
    RC_ASSERT(here.refusals == there.refusals);
    for (std::size_t a = 0; a < graph.n; ++a) {
      RC_ASSERT(there.cluster[number[here.cluster[a]]] == there.cluster[number[a]]);
    }
  });
}

TEST_CASE("clusters without fingerprints follow the weights around them") {
  emptor::test::check_property("renumbered records, distinct weights", [] {
    Graph graph = some_graph(60, .0009765625F, true);
    RandomStream random(*rc::gen::arbitrary<std::uint32_t>());
    Labels number(graph.n);
    for (std::uint32_t r = 0; r < graph.n; ++r) number[r] = r;
    random.shuffle(std::span(number));
    Graph other = renumbered(graph, number, random);
    graph.fingerprints.clear();
    other.fingerprints.clear();
    const auto here = clustered(graph);
    const auto there = clustered(other);
    for (std::size_t a = 0; a < graph.n; ++a) {
      RC_ASSERT(there.cluster[number[here.cluster[a]]] == there.cluster[number[a]]);
    }
  });
}

TEST_CASE("no cluster holds what must not be together") {
  emptor::test::check_property("conflicts, limits, decisions, size", [] {
    const Graph graph = some_graph(40, 1, true);
    const ClusterOptions options{.threshold = -3, .max_size = 6};
    const auto got = clustered(graph, options);
    std::map<std::uint32_t, std::set<std::uint32_t>> passports;
    std::map<std::uint32_t, std::set<std::uint32_t>> devices;
    std::map<std::uint32_t, std::size_t> sizes;
    for (std::uint32_t r = 0; r < graph.n; ++r) {
      if (graph.passport[r] != 0) passports[got.cluster[r]].insert(graph.passport[r]);
      ++sizes[got.cluster[r]];
      RC_ASSERT(got.cluster[r] <= r);
      RC_ASSERT(got.cluster[got.cluster[r]] == got.cluster[r]);
      RC_ASSERT(got.component[r] == got.component[got.cluster[r]]);
    }
    for (const LimitedValue& id : graph.devices) {
      devices[got.cluster[id.record]].insert(id.value);
    }
    for (const auto& [cluster, values] : passports) RC_ASSERT(values.size() == 1U);
    for (const auto& [cluster, values] : devices) RC_ASSERT(values.size() <= 2U);
    for (const RecordPair& pair : graph.cannot) {
      RC_ASSERT(got.cluster[pair.a] != got.cluster[pair.b]);
    }
    if (graph.must.empty()) {
      for (const auto& [cluster, size] : sizes) RC_ASSERT(size <= 6U);
    }
    // A must-link holds, or says why not.
    for (const RecordPair& pair : graph.must) {
      const bool refused = std::ranges::any_of(got.refused, [&](const RefusedMerge& r) {
        return std::isnan(r.weight) && std::minmax(r.a, r.b) == std::minmax(pair.a, pair.b);
      });
      RC_ASSERT(refused == (got.cluster[pair.a] != got.cluster[pair.b]));
    }
    RC_ASSERT(got.clusters == sizes.size());
    RC_ASSERT(got.steps.size() + got.clusters == graph.n);
  });
}

TEST_CASE("components by themselves give what the whole gives, and so do threads") {
  ThreadPool pool(3);
  emptor::test::check_property("each component alone", [&pool] {
    Graph graph = some_graph(60, 1, true);
    // Many small components: pairs between residues of the record number are cut.
    const std::uint32_t parts = 1 + *rc::gen::inRange<std::uint32_t>(0, 20);
    const auto between = [parts](const auto& pair) { return pair.a % parts != pair.b % parts; };
    std::erase_if(graph.pairs, between);
    std::erase_if(graph.must, between);
    const auto weight = [&graph](std::uint32_t a, std::uint32_t b) {
      return static_cast<float>((graph.fingerprints[a] + graph.fingerprints[b]) % 7) - 5;
    };
    const auto whole = clustered(graph, {}, weight);
    const auto threads = clustered(graph, {}, weight, Context{.executor = &pool});
    RC_ASSERT(whole.cluster == threads.cluster);
    std::map<std::uint32_t, Labels> components;
    for (std::uint32_t r = 0; r < graph.n; ++r) components[whole.component[r]].push_back(r);
    RC_ASSERT(components.size() == whole.components);
    const std::vector<std::span<const std::uint32_t>> conflicts{graph.passport};
    std::size_t steps = 0;
    for (const auto& [component, records] : components) {
      const auto again =
          recluster(records, graph.n, graph.pairs, weight, constraints_of(graph, conflicts), {});
      steps += again.steps.size();
      for (std::size_t place = 0; place < records.size(); ++place) {
        RC_ASSERT(again.cluster[place] == whole.cluster[records[place]]);
        RC_ASSERT(again.component[place] == component);
      }
    }
    RC_ASSERT(steps == whole.steps.size());
  });
}

TEST_CASE("connected components equal a search through the graph") {
  emptor::test::check_property("any graph", [] {
    const auto n = *rc::gen::inRange<std::uint32_t>(1, 60);
    RandomStream random(*rc::gen::arbitrary<std::uint32_t>());
    std::vector<RecordPair> edges;
    Labels want(n);
    for (std::uint32_t r = 0; r < n; ++r) want[r] = r;
    for (std::uint32_t e = random.below(n); e > 0; --e) {
      edges.push_back({random.below(n), random.below(n)});
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (const RecordPair& edge : edges) {
        const std::uint32_t least = std::min(want[edge.a], want[edge.b]);
        changed = changed || want[edge.a] != least || want[edge.b] != least;
        want[edge.a] = want[edge.b] = least;
      }
    }
    RC_ASSERT(connected_components(n, edges) == want);
    std::vector<ScoredPair> pairs;
    for (const RecordPair& edge : edges) {
      if (edge.a != edge.b) pairs.push_back({edge.a, edge.b, 3});
    }
    const auto joined =
        cluster_records(n, pairs, {}, {}, {.method = ClusterMethod::connected_components});
    RC_ASSERT(joined.cluster == want);
  });
}

}  // namespace
