#include "emptor/identity/cluster.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "identity/cluster_component.hpp"
#include "identity/cluster_graph.hpp"

namespace emptor {

namespace {

using detail::PlacedPair;

void check(const ClusterOptions& options) {
  require_option(options.clamp > 0 && options.clamp <= 1000, "clamp", "in (0, 1000]",
                 options.clamp);
  require_option(std::abs(options.threshold) <= options.clamp, "threshold", "in [-clamp, clamp]",
                 options.threshold);
  require_option(!std::isnan(options.absent_weight), "absent_weight", "a number",
                 options.absent_weight);
  require_option(options.max_size >= 1, "max_size", ">= 1", options.max_size);
  require_option(options.cross_pairs >= 1 && options.cross_pairs <= 1024, "cross_pairs",
                 "in [1, 1024]", options.cross_pairs);
}

void check_record(std::size_t record, std::size_t records) {
  if (record >= records) {
    throw Exception(ErrorCode::out_of_range,
                    text("a record must be below ", records, ", got ", record), "cluster_records");
  }
}

void check(const ClusterConstraints& constraints, std::size_t records) {
  const auto check_length = [records](std::size_t length, std::string_view what) {
    if (length == records) return;
    throw Exception(ErrorCode::invalid_shape,
                    text(what, " must have an entry a record, ", records, ", got ", length),
                    "cluster_records");
  };
  if (records > max_ids) check_length(max_ids, "clusters");
  for (const auto& values : constraints.conflicts) check_length(values.size(), "conflicts");
  if (!constraints.fingerprints.empty()) {
    check_length(constraints.fingerprints.size(), "fingerprints");
  }
  for (const LimitedValue& id : constraints.identifiers) {
    check_record(id.record, records);
    if (id.type >= constraints.limits.size()) {
      throw Exception(ErrorCode::out_of_range,
                      text("a type of identifier must be below ", constraints.limits.size(),
                           ", the number of limits, got ", id.type),
                      "cluster_records");
    }
  }
}

/// The records that are clustered: all, or some of them. A place is a record's
/// number among these.
struct Chosen {
  std::span<const std::uint32_t> subset;  ///< empty: all
  std::size_t count = 0;
  std::size_t records = 0;  ///< of the whole
  bool whole = true;

  /// `count` for a record that is not among them.
  [[nodiscard]] std::size_t place_of(std::uint32_t record) const {
    if (whole) return record;
    const auto at = std::ranges::lower_bound(subset, record);
    return at != subset.end() && *at == record ? static_cast<std::size_t>(at - subset.begin())
                                               : count;
  }
  [[nodiscard]] std::uint32_t record_at(std::size_t place) const noexcept {
    return whole ? static_cast<std::uint32_t>(place) : subset[place];
  }
};

[[noreturn]] void refuse_same(std::uint32_t record) {
  throw Exception(ErrorCode::invalid_value,
                  text("a pair must be of two records, got ", record, " twice"), "cluster_records");
}

void check_pair(const Chosen& chosen, std::uint32_t a, std::uint32_t b) {
  check_record(std::max(a, b), chosen.records);
  if (a == b) refuse_same(a);
}

/// Pairs of people as places, those outside left out; weight 0.
std::vector<PlacedPair> placed(const Chosen& chosen, std::span<const RecordPair> pairs) {
  std::vector<PlacedPair> out;
  for (const RecordPair& pair : pairs) {
    check_pair(chosen, pair.a, pair.b);
    const std::size_t a = chosen.place_of(pair.a);
    const std::size_t b = chosen.place_of(pair.b);
    if (a == chosen.count || b == chosen.count) continue;
    out.push_back({static_cast<std::uint32_t>(std::min(a, b)),
                   static_cast<std::uint32_t>(std::max(a, b)), 0});
  }
  return out;
}

/// Scored pairs as places, those outside left out.
std::vector<ScoredPair> placed(const Chosen& chosen, std::span<const ScoredPair> pairs) {
  std::vector<ScoredPair> out;
  for (const ScoredPair& pair : pairs) {
    check_pair(chosen, pair.a, pair.b);
    const std::size_t a = chosen.place_of(pair.a);
    const std::size_t b = chosen.place_of(pair.b);
    if (a == chosen.count || b == chosen.count) continue;
    out.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), pair.weight});
  }
  return out;
}

/// Where a record stands: its component, and its number among the component's
/// members.
struct Standing {
  std::uint32_t component = 0;
  std::uint32_t local = 0;
};

/// Components of two and more members, numbered by their smallest.
struct Components {
  static constexpr std::uint32_t alone = std::numeric_limits<std::uint32_t>::max();
  std::vector<Standing> standing;      ///< a place each; component `alone`: in none
  std::vector<std::uint32_t> members;  ///< places, by component, ascending
  std::vector<std::size_t> begin;      ///< of each component's members, and the end
  [[nodiscard]] std::size_t count() const noexcept { return begin.size() - 1; }
};

constexpr std::size_t fetched_ahead = 16;  // memory asked for this many steps before its use

/// `root`: a place each, the smallest of its component.
Components components_of(std::span<const std::uint32_t> root) {
  Components out;
  const std::size_t n = root.size();
  out.standing.resize(n);
  std::vector<std::uint32_t> size(n, 0);
  for (std::size_t p = 0; p < n; ++p) {
    if (p + fetched_ahead < n) __builtin_prefetch(&size[root[p + fetched_ahead]], 1);
    out.standing[p].local = size[root[p]]++;
  }
  out.begin.push_back(0);
  for (std::size_t p = 0; p < n; ++p) {
    if (root[p] != p) continue;
    out.standing[p].component = Components::alone;
    if (size[p] < 2) continue;
    out.standing[p].component = static_cast<std::uint32_t>(out.count());
    out.begin.push_back(out.begin.back() + size[p]);
  }
  out.members.resize(out.begin.back());
  for (std::size_t p = 0; p < n; ++p) {
    if (p + fetched_ahead < n) __builtin_prefetch(&out.standing[root[p + fetched_ahead]]);
    Standing& at = out.standing[p];
    at.component = out.standing[root[p]].component;
    if (at.component == Components::alone) continue;
    out.members[out.begin[at.component] + at.local] = static_cast<std::uint32_t>(p);
  }
  return out;
}

/// Pairs by component, their ends numbered in it.
struct PairLists {
  std::vector<PlacedPair> pairs;
  std::vector<std::size_t> begin;  ///< a component each, and the end
  [[nodiscard]] std::span<const PlacedPair> of(std::size_t component) const noexcept {
    return std::span(pairs).subspan(begin[component], begin[component + 1] - begin[component]);
  }
};

/// Pairs between components are left out.
template <class Pair>
PairLists by_component(const Components& components, std::span<const Pair> pairs) {
  struct Kept {
    std::uint32_t component;
    PlacedPair pair;
  };
  PairLists out;
  out.begin.assign(components.count() + 1, 0);
  const Standing* standing = components.standing.data();
  std::vector<Kept> kept;
  kept.reserve(pairs.size());
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    if (p + fetched_ahead < pairs.size()) {
      __builtin_prefetch(standing + pairs[p + fetched_ahead].a);
      __builtin_prefetch(standing + pairs[p + fetched_ahead].b);
    }
    const Standing a = standing[pairs[p].a];
    const Standing b = standing[pairs[p].b];
    if (a.component != b.component || a.component == Components::alone) continue;
    ++out.begin[a.component + 1];
    kept.push_back(
        {a.component, {std::min(a.local, b.local), std::max(a.local, b.local), pairs[p].weight}});
  }
  std::partial_sum(out.begin.begin(), out.begin.end(), out.begin.begin());
  out.pairs.resize(kept.size());
  std::vector<std::size_t> next(out.begin.begin(), out.begin.end() - 1);
  for (const Kept& one : kept) out.pairs[next[one.component]++] = one.pair;
  return out;
}

/// The identifiers of limited types by record, distinct and ascending.
struct Identifiers {
  std::vector<std::uint64_t> values;  ///< type << 32 | value
  std::vector<std::size_t> begin;     ///< a record each, and the end; empty when there are none
};

Identifiers by_record(std::span<const LimitedValue> given, std::size_t records) {
  Identifiers out;
  if (given.empty()) return out;
  std::vector<LimitedValue> sorted(given.begin(), given.end());
  const auto key = [](const LimitedValue& id) { return std::tuple(id.record, id.type, id.value); };
  std::ranges::sort(sorted, {}, key);
  const auto repeated = std::ranges::unique(sorted, {}, key);
  sorted.erase(repeated.begin(), repeated.end());
  out.begin.assign(records + 1, 0);
  for (const LimitedValue& id : sorted) {
    ++out.begin[id.record + 1];
    out.values.push_back(std::uint64_t{id.type} << 32 | id.value);
  }
  std::partial_sum(out.begin.begin(), out.begin.end(), out.begin.begin());
  return out;
}

/// What the components of one task have come to.
struct Done {
  std::vector<MergeStep> steps;
  std::vector<RefusedMerge> refused;
};

/// Consecutive components, some thousand pairs and members each: the first of
/// every task, and the end.
std::vector<std::size_t> cut_tasks(const Components& components, const PairLists& pairs) {
  constexpr std::size_t grain = 1 << 15;
  std::vector<std::size_t> first{0};
  std::size_t work = 0;
  for (std::size_t c = 0; c < components.count(); ++c) {
    work += components.begin[c + 1] - components.begin[c] + pairs.of(c).size();
    if (work < grain) continue;
    first.push_back(c + 1);
    work = 0;
  }
  if (first.back() != components.count()) first.push_back(components.count());
  return first;
}

void keep_strongest(std::vector<RefusedMerge>& refused, std::size_t most) {
  const auto key = [](const RefusedMerge& r) {
    const bool forced = std::isnan(r.weight);
    return std::tuple(!forced, forced ? 0.0F : -r.weight, r.a, r.b);
  };
  const auto before = [&key](const RefusedMerge& a, const RefusedMerge& b) {
    return key(a) < key(b);
  };
  const std::size_t kept = std::min(most, refused.size());
  std::partial_sort(refused.begin(), refused.begin() + static_cast<std::ptrdiff_t>(kept),
                    refused.end(), before);
  refused.resize(kept);
}

/// Clusters each component; `cluster` gets a place a place.
void cluster_components(const Chosen& chosen, const Components& components,
                        std::span<const ScoredPair> pairs, const std::vector<PlacedPair>& must,
                        const PairWeight& weight_of, const ClusterConstraints& constraints,
                        const ClusterOptions& options, const Context& context,
                        std::span<std::uint32_t> cluster, Clustering& out) {
  const PairLists candidates = by_component(components, pairs);
  const PairLists musts = by_component(components, std::span(must));
  const std::vector<PlacedPair> apart = placed(chosen, constraints.cannot_link);
  const PairLists cannots = by_component(components, std::span(apart));
  const Identifiers identifiers = by_record(constraints.identifiers, chosen.records);
  const std::vector<std::size_t> first = cut_tasks(components, candidates);
  const std::size_t tasks = first.size() - 1;

  std::vector<Done> done(tasks);
  const auto run_task = [&](std::size_t task) {
    detail::ComponentClusterer clusterer(weight_of, constraints, options);
    std::vector<std::uint32_t> records;
    std::vector<std::uint32_t> labels;
    for (std::size_t c = first[task]; c < first[task + 1]; ++c) {
      const auto members =
          std::span(components.members)
              .subspan(components.begin[c], components.begin[c + 1] - components.begin[c]);
      records.clear();
      for (const std::uint32_t place : members) records.push_back(chosen.record_at(place));
      labels.resize(members.size());
      clusterer.run({.records = records,
                     .pairs = candidates.of(c),
                     .must = musts.of(c),
                     .cannot = cannots.of(c),
                     .identifiers = identifiers.values,
                     .identifier_begin = identifiers.begin},
                    labels, done[task].steps, done[task].refused);
      for (std::size_t m = 0; m < members.size(); ++m) cluster[members[m]] = members[labels[m]];
    }
  };
  constexpr std::size_t wave = 64;  // tasks between two reports
  for (std::size_t begin = 0; begin < tasks; begin += wave) {
    if (context.report({"cluster", first[begin], components.count()}) == Go::stop) {
      throw Exception(ErrorCode::stopped, "the progress callback asked to stop", "cluster_records");
    }
    parallel_chunks(context, std::min(wave, tasks - begin), 1,
                    [&](std::size_t task, std::size_t) { run_task(begin + task); });
  }
  for (const Done& part : done) {
    out.steps.insert(out.steps.end(), part.steps.begin(), part.steps.end());
    out.refused.insert(out.refused.end(), part.refused.begin(), part.refused.end());
  }
  out.refusals = out.refused.size();
  keep_strongest(out.refused, options.listed_refusals);
}

/// Places of the labels become records; returns how many clusters there are.
std::size_t name_by_record(const Chosen& chosen, std::vector<std::uint32_t>& labels) {
  std::size_t count = 0;
  for (std::size_t p = 0; p < labels.size(); ++p) {
    if (labels[p] == p) ++count;
    labels[p] = chosen.record_at(labels[p]);
  }
  return count;
}

/// `pairs` are of places.
Clustering cluster_chosen(const Chosen& chosen, std::span<const ScoredPair> pairs,
                          const PairWeight& weight_of, const ClusterConstraints& constraints,
                          const ClusterOptions& options, const Context& context) {
  const std::vector<PlacedPair> must = placed(chosen, constraints.must_link);
  detail::DisjointSets sets(chosen.count);
  sets.unite_all(pairs, [&](const ScoredPair& pair) {
    if (pair.a >= chosen.count || pair.b >= chosen.count || pair.a == pair.b) {
      check_pair(chosen, pair.a, pair.b);
    }
    if (std::isnan(pair.weight)) {
      throw Exception(ErrorCode::invalid_value, "a weight must be a number, got NaN",
                      "cluster_records");
    }
    return pair.weight >= options.threshold;
  });
  for (const PlacedPair& pair : must) sets.unite(pair.a, pair.b);

  Clustering out;
  out.component = std::move(sets).roots();
  out.cluster = out.component;
  if (options.method == ClusterMethod::best_first) {
    const Components components = components_of(out.component);
    for (std::size_t p = 0; p < chosen.count; ++p) {
      out.cluster[p] = static_cast<std::uint32_t>(p);
    }
    cluster_components(chosen, components, pairs, must, weight_of, constraints, options, context,
                       out.cluster, out);
  }
  out.components = name_by_record(chosen, out.component);
  out.clusters = name_by_record(chosen, out.cluster);
  return out;
}

}  // namespace

Clustering cluster_records(std::size_t records, std::span<const ScoredPair> pairs,
                           PairWeight weight_of, const ClusterConstraints& constraints,
                           const ClusterOptions& options, const Context& context) {
  check(options);
  check(constraints, records);
  const Chosen all{.subset = {}, .count = records, .records = records};
  return cluster_chosen(all, pairs, weight_of, constraints, options, context);
}

Clustering recluster(std::span<const std::uint32_t> subset, std::size_t records,
                     std::span<const ScoredPair> pairs, PairWeight weight_of,
                     const ClusterConstraints& constraints, const ClusterOptions& options,
                     const Context& context) {
  check(options);
  check(constraints, records);
  for (std::size_t p = 0; p < subset.size(); ++p) {
    check_record(subset[p], records);
    if (p > 0 && subset[p - 1] >= subset[p]) {
      throw Exception(ErrorCode::invalid_value, "a subset of records must ascend", "recluster");
    }
  }
  const Chosen some{.subset = subset, .count = subset.size(), .records = records, .whole = false};
  return cluster_chosen(some, placed(some, pairs), weight_of, constraints, options, context);
}

std::vector<std::uint32_t> connected_components(std::size_t records,
                                                std::span<const RecordPair> edges) {
  detail::DisjointSets sets(records);
  sets.unite_all(edges, [records](const RecordPair& edge) {
    if (edge.a >= records || edge.b >= records) check_record(std::max(edge.a, edge.b), records);
    return true;
  });
  return std::move(sets).roots();
}

}  // namespace emptor
