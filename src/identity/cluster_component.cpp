#include "identity/cluster_component.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "emptor/core/error.hpp"

namespace emptor::detail {

namespace {

/// A weight in units and whether it was asked for, as one number of a
/// PairTable.
constexpr std::uint32_t packed(std::int32_t units, bool asked) noexcept {
  return static_cast<std::uint32_t>(units + (1 << 27)) << 1 | (asked ? 1U : 0U);
}
constexpr bool was_asked(std::uint32_t packed) noexcept {
  return (packed & 1U) != 0;
}
constexpr std::int32_t units_of(std::uint32_t packed) noexcept {
  return static_cast<std::int32_t>(packed >> 1) - (1 << 27);
}

/// The finaliser of MurmurHash3, a bijection.
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ x >> 33) * 0xFF51AFD7ED558CCDU;
  x = (x ^ x >> 33) * 0xC4CEB9FE1A85EC53U;
  return x ^ x >> 33;
}

}  // namespace

ComponentClusterer::ComponentClusterer(const PairWeight& weight_of,
                                       const ClusterConstraints& constraints,
                                       const ClusterOptions& options)
    : weight_of_(weight_of),
      constraints_(constraints),
      options_(options),
      threshold_(units(options.threshold)),
      absent_(units(options.absent_weight)),
      silent_(!std::isnan(options.neutral_weight)),
      neutral_(silent_ ? units(options.neutral_weight) : 0) {}

std::int32_t ComponentClusterer::units(float weight) const noexcept {
  const double scaled =
      static_cast<double>(std::clamp(weight, -options_.clamp, options_.clamp)) * weight_units;
  return static_cast<std::int32_t>(scaled + (scaled < 0 ? -.5 : .5));
}

// In steps of 1/16 bit from neutral, so that sums stay exact: 1 to 64.
std::int32_t ComponentClusterer::votes(std::int32_t units) const noexcept {
  if (!silent_) return 1;
  constexpr double most = 4 * weight_units;
  return static_cast<std::int32_t>(std::clamp(std::abs(units - neutral_), weight_units / 16, most) *
                                   (16 / weight_units));
}

std::uint64_t ComponentClusterer::cross(const Link& link) const noexcept {
  return std::uint64_t{clusters_[link.end[0]].size} * clusters_[link.end[1]].size;
}

std::uint32_t ComponentClusterer::owner(std::uint32_t member) noexcept {
  while (owner_[member] != member) {
    owner_[member] = owner_[owner_[member]];
    member = owner_[member];
  }
  return member;
}

void ComponentClusterer::run(const ComponentInput& input, std::span<std::uint32_t> cluster,
                             std::vector<MergeStep>& steps, std::vector<RefusedMerge>& refused) {
  steps_ = &steps;
  refused_ = &refused;
  if (plain_couple(input)) return merge_couple(input, cluster);
  prepare(input);
  force_must_links(input);
  merge_best_first();
  list_refused();
  for (std::uint32_t m = 0; m < cluster.size(); ++m) cluster[m] = clusters_[owner(m)].smallest;
}

// Half of all components, often: two records, a pair at or above the threshold,
// no constraint.
bool ComponentClusterer::plain_couple(const ComponentInput& input) const noexcept {
  return input.records.size() == 2 && input.must.empty() && input.cannot.empty() &&
         constraints_.conflicts.empty() && input.identifier_begin.empty() && options_.max_size >= 2;
}

void ComponentClusterer::merge_couple(const ComponentInput& input,
                                      std::span<std::uint32_t> cluster) {
  const std::uint32_t low = input.records[0];
  const std::uint32_t high = input.records[1];
  const float weight = std::ranges::max(input.pairs, {}, &PlacedPair::weight).weight;
  steps_->push_back({.kept = low,
                     .absorbed = high,
                     .a = low,
                     .b = high,
                     .weight = weight,
                     .mean = static_cast<float>(units(weight) / weight_units)});
  cluster[0] = cluster[1] = 0;
}

void ComponentClusterer::prepare(const ComponentInput& input) {
  records_ = input.records;
  const std::size_t n = records_.size();
  const std::size_t types = constraints_.conflicts.size();
  clusters_.assign(n, Cluster{});
  owner_.resize(n);
  std::iota(owner_.begin(), owner_.end(), 0U);
  next_member_.assign(n, nobody);
  conflicts_.resize(types * n);
  identifiers_.clear();
  for (std::uint32_t m = 0; m < n; ++m) {
    Cluster& cluster = clusters_[m];
    cluster.smallest = m;
    cluster.first_member = m;
    const std::size_t record = records_[m];
    for (std::size_t t = 0; t < types; ++t) {
      conflicts_[t * n + m] = constraints_.conflicts[t][record];
    }
    if (input.identifier_begin.empty()) continue;
    const auto own = input.identifiers.subspan(
        input.identifier_begin[record],
        input.identifier_begin[record + 1] - input.identifier_begin[record]);
    cluster.identifier_begin = static_cast<std::uint32_t>(identifiers_.size());
    cluster.identifier_count = static_cast<std::uint32_t>(own.size());
    identifiers_.insert(identifiers_.end(), own.begin(), own.end());
  }
  links_.clear();
  link_of_.reset(n, input.pairs.size() + input.cannot.size());
  for (const PlacedPair& pair : input.pairs) add_link(pair, false);
  for (const PlacedPair& pair : input.cannot) add_link(pair, true);
  rank_members();
  if (!weight_of_) return;
  weights_.reset(n, input.pairs.size());
  for (const Link& link : links_) {
    if (link.known == 0) continue;
    weights_.set(link.end[0], link.end[1], packed(units(link.best), false));
  }
}

// Without fingerprints the weights around a record, and around those it is tied
// to, name it: two rounds of colour refinement (Weisfeiler and Leman).
void ComponentClusterer::rank_members() {
  const std::size_t n = records_.size();
  hashes_.assign(n, 0);
  for (std::size_t m = 0; m < n; ++m) {
    const std::size_t record = records_[m];
    if (!constraints_.fingerprints.empty()) {
      hashes_[m] = mixed(constraints_.fingerprints[record]);
      continue;  // numbers of values may be by arrival
    }
    for (const auto& values : constraints_.conflicts) {
      hashes_[m] = mixed(hashes_[m] + values[record] + 1);
    }
  }
  const int rounds = constraints_.fingerprints.empty() ? 2 : 0;
  for (int round = 0; round < rounds; ++round) {
    next_hashes_.assign(n, 0);
    for (const Link& link : links_) {
      if (link.known == 0) continue;
      const std::uint64_t tie = mixed(std::bit_cast<std::uint32_t>(link.best) + 1);
      next_hashes_[link.end[0]] += mixed(hashes_[link.end[1]] + tie);
      next_hashes_[link.end[1]] += mixed(hashes_[link.end[0]] + tie);
    }
    for (std::size_t m = 0; m < n; ++m) hashes_[m] = mixed(hashes_[m] + mixed(next_hashes_[m]));
  }
  order_.resize(n);
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [this](std::uint32_t a, std::uint32_t b) {
    return hashes_[a] != hashes_[b] ? hashes_[a] < hashes_[b] : a < b;
  });
  rank_.resize(n);
  for (std::uint32_t r = 0; r < n; ++r) {
    rank_[order_[r]] = r;
    clusters_[order_[r]].rank = r;
  }
}

void ComponentClusterer::add_link(const PlacedPair& pair, bool cannot) {
  std::uint32_t place = link_of_.find(pair.a, pair.b);
  if (place == PairTable::none) {
    place = static_cast<std::uint32_t>(links_.size());
    links_.push_back({.end = {pair.a, pair.b}});
    link_of_.set(pair.a, pair.b, place);
    attach(place, 0);
    attach(place, 1);
  }
  Link& link = links_[place];
  if (cannot) {
    link.blocked = MergeRefusal::cannot_link;
  } else if (link.known == 0 || pair.weight > link.best) {
    link.known = 1;
    link.best = pair.weight;
    link.best_a = pair.a;
    link.best_b = pair.b;
    const std::int32_t counted = units(pair.weight);
    link.votes = votes(counted);
    link.sum = std::int64_t{counted} * link.votes;
    link.mean = counted;
  }
}

void ComponentClusterer::attach(std::uint32_t link, unsigned side) {
  Cluster& cluster = clusters_[links_[link].end[side]];
  links_[link].next[side] = nobody;
  if (cluster.last_link == nobody) {
    cluster.first_link = link;
  } else {
    Link& last = links_[cluster.last_link];
    last.next[last.end[0] == links_[link].end[side] ? 0 : 1] = link;
  }
  cluster.last_link = link;
  ++cluster.links;
}

std::int32_t ComponentClusterer::asked(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t low = records_[std::min(a, b)];
  const std::uint32_t high = records_[std::max(a, b)];
  const float weight = (*weight_of_)(low, high);
  if (std::isnan(weight)) {
    throw Exception(ErrorCode::invalid_value, "weight_of must give a number, got NaN",
                    "cluster_records");
  }
  const std::int32_t got = units(weight);
  if (weights_.square()) weights_.set(a, b, packed(got, true));
  return got;
}

// Pair i of the members of two clusters, i below their product, runs along the
// diagonals: the first pairs have different members.
ComponentClusterer::Tally ComponentClusterer::absent_pairs(const Link& link, std::uint64_t absent) {
  const auto add = [this](Tally& tally, std::int32_t weight) {
    const std::int32_t vote = votes(weight);
    tally.sum += std::int64_t{weight} * vote;
    tally.votes += vote;
    ++tally.count;
  };
  Tally tally;
  if (!weight_of_) {
    add(tally, absent_);
    return tally;
  }
  const auto members = [this](std::uint32_t cluster, std::vector<std::uint32_t>& out) {
    out.clear();
    for (std::uint32_t m = clusters_[cluster].first_member; m != nobody; m = next_member_[m]) {
      out.push_back(m);
    }
  };
  members(link.end[0], members_[0]);
  members(link.end[1], members_[1]);
  const auto& longer = members_[members_[0].size() >= members_[1].size() ? 0 : 1];
  const auto& shorter = members_[members_[0].size() >= members_[1].size() ? 1 : 0];
  const std::size_t most = std::min(longer.size() * shorter.size(), 4 * options_.cross_pairs);
  for (std::size_t i = 0; i < most && tally.count < options_.cross_pairs && tally.count < absent;
       ++i) {
    const std::uint32_t a = longer[i % longer.size()];
    const std::uint32_t b = shorter[(i % longer.size() + i / longer.size()) % shorter.size()];
    const std::uint32_t known = weights_.find(a, b);
    if (known != PairTable::none && !was_asked(known)) continue;
    add(tally, known != PairTable::none ? units_of(known) : asked(a, b));
  }
  if (tally.count == 0) add(tally, absent_);
  return tally;
}

void ComponentClusterer::judge(Link& link) {
  const std::uint64_t all = cross(link);
  const std::uint64_t absent = all - link.known;
  auto sum = static_cast<double>(link.sum);
  auto votes = static_cast<double>(link.votes);
  if (absent > 0) {
    const Tally some = absent_pairs(link, absent);
    const double each = static_cast<double>(absent) / static_cast<double>(some.count);
    sum += each * static_cast<double>(some.sum);
    votes += each * static_cast<double>(some.votes);
  }
  link.mean = sum / votes;
  link.judged = all;
}

}  // namespace emptor::detail
