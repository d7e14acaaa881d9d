#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "identity/cluster_component.hpp"

namespace emptor::detail {

namespace {

/// Two ranks as one number, the lower first.
constexpr std::uint64_t both(std::uint32_t a, std::uint32_t b) noexcept {
  return std::uint64_t{std::min(a, b)} << 32 | std::max(a, b);
}

constexpr float no_weight = std::numeric_limits<float>::quiet_NaN();

}  // namespace

void ComponentClusterer::push(std::uint32_t place) {
  Link& link = links_[place];
  ++link.version;
  if (link.mean < threshold_) return;
  heap_.push_back({.mean = link.mean,
                   .best = link.best,
                   .link = place,
                   .ranks = both(clusters_[link.end[0]].rank, clusters_[link.end[1]].rank),
                   .version = link.version});
  if (heaped_) std::push_heap(heap_.begin(), heap_.end());
}

MergeRefusal ComponentClusterer::refusal(std::uint32_t a, std::uint32_t b, bool forced) {
  const std::size_t n = records_.size();
  for (std::size_t t = 0; t < constraints_.conflicts.size(); ++t) {
    const std::uint32_t one = conflicts_[t * n + a];
    const std::uint32_t other = conflicts_[t * n + b];
    if (one != other && one != 0 && other != 0) return MergeRefusal::conflict;
  }
  if (too_many_identifiers(clusters_[a], clusters_[b])) return MergeRefusal::cardinality;
  if (!forced && std::size_t{clusters_[a].size} + clusters_[b].size > options_.max_size) {
    return MergeRefusal::size;
  }
  return MergeRefusal::none;
}

void ComponentClusterer::unite_identifiers(const Cluster& a, const Cluster& b) {
  const auto of = [this](const Cluster& cluster) {
    return std::span(identifiers_).subspan(cluster.identifier_begin, cluster.identifier_count);
  };
  united_.clear();
  std::ranges::set_union(of(a), of(b), std::back_inserter(united_));
}

bool ComponentClusterer::too_many_identifiers(const Cluster& a, const Cluster& b) {
  if (a.identifier_count == 0 || b.identifier_count == 0) return false;
  unite_identifiers(a, b);
  const auto of_type = [this](const Cluster& cluster, std::uint64_t type) {
    const auto own =
        std::span(identifiers_).subspan(cluster.identifier_begin, cluster.identifier_count);
    return std::ranges::count_if(own, [type](std::uint64_t id) { return id >> 32 == type; });
  };
  for (auto begin = united_.begin(); begin != united_.end();) {
    const std::uint64_t type = *begin >> 32;
    const auto end =
        std::find_if(begin, united_.end(), [type](std::uint64_t id) { return id >> 32 != type; });
    const auto count = end - begin;
    if (std::cmp_greater(count, constraints_.limits[type]) && count > of_type(a, type) &&
        count > of_type(b, type)) {
      return true;
    }
    begin = end;
  }
  return false;
}

// Lists by rank, cut to as many as a mean ever asks for.
void ComponentClusterer::unite_members(Cluster& into, const Cluster& from) {
  std::uint32_t a = into.first_member;
  std::uint32_t b = from.first_member;
  std::uint32_t* end = &into.first_member;
  for (std::size_t count = 0; count < options_.cross_pairs && (a != nobody || b != nobody);
       ++count) {
    std::uint32_t& least = b == nobody || (a != nobody && rank_[a] < rank_[b]) ? a : b;
    *end = least;
    end = &next_member_[least];
    least = *end;
  }
  *end = nobody;
}

MergeStep ComponentClusterer::step(std::uint32_t a, std::uint32_t b) const {
  const auto [kept, absorbed] = std::minmax(clusters_[a].smallest, clusters_[b].smallest);
  return {.kept = records_[kept], .absorbed = records_[absorbed]};
}

void ComponentClusterer::combine(Link& into, const Link& from) {
  const bool stronger =
      from.known > 0 &&
      (into.known == 0 || from.best > into.best ||
       (from.best == into.best && both(rank_[from.best_a], rank_[from.best_b]) <
                                      both(rank_[into.best_a], rank_[into.best_b])));
  if (stronger) {
    into.best = from.best;
    into.best_a = from.best_a;
    into.best_b = from.best_b;
  }
  into.sum += from.sum;
  into.votes += from.votes;
  into.known += from.known;
  into.blocked = std::max(into.blocked, from.blocked);
  into.judged = 0;
  if (into.known > 0) into.mean = static_cast<double>(into.sum) / static_cast<double>(into.votes);
}

void ComponentClusterer::merge(std::uint32_t a, std::uint32_t b) {
  if (clusters_[a].links < clusters_[b].links) std::swap(a, b);
  Cluster& into = clusters_[a];
  const Cluster& from = clusters_[b];
  owner_[b] = a;
  into.size += from.size;
  into.smallest = std::min(into.smallest, from.smallest);
  into.rank = std::min(into.rank, from.rank);
  if (weight_of_) unite_members(into, from);
  for (std::size_t t = 0; t < constraints_.conflicts.size(); ++t) {
    std::uint32_t& value = conflicts_[t * records_.size() + a];
    value = std::max(value, conflicts_[t * records_.size() + b]);
  }
  if (from.identifier_count > 0) {
    unite_identifiers(into, from);
    into.identifier_begin = static_cast<std::uint32_t>(identifiers_.size());
    into.identifier_count = static_cast<std::uint32_t>(united_.size());
    identifiers_.insert(identifiers_.end(), united_.begin(), united_.end());
  }
  for (std::uint32_t place = from.first_link; place != nobody;) {
    Link& link = links_[place];
    const unsigned side = link.end[0] == b ? 0 : 1;
    const std::uint32_t other = link.end[1 - side];
    const std::uint32_t here = std::exchange(place, link.next[side]);
    if (!link.alive) continue;
    link_of_.erase(b, other);
    if (other == a) {
      link.alive = false;
      --into.links;
      continue;
    }
    const std::uint32_t there = link_of_.find(a, other);
    if (there == PairTable::none) {
      link.end[side] = a;
      link_of_.set(a, other, here);
      attach(here, side);
      continue;
    }
    link.alive = false;
    --clusters_[other].links;
    Link& joint = links_[there];
    combine(joint, link);
    if (joint.known == 0 || joint.blocked != MergeRefusal::none) continue;
    if (!weight_of_) judge(joint);
    push(there);
  }
}

void ComponentClusterer::force_must_links(const ComponentInput& input) {
  heaped_ = false;
  if (input.must.empty()) return;
  std::vector<PlacedPair> must(input.must.begin(), input.must.end());
  std::ranges::sort(must, {}, [this](const PlacedPair& p) { return both(rank_[p.a], rank_[p.b]); });
  for (const PlacedPair& pair : must) {
    const std::uint32_t a = owner(pair.a);
    const std::uint32_t b = owner(pair.b);
    if (a == b) continue;
    const std::uint32_t place = link_of_.find(a, b);
    const bool forbidden =
        place != PairTable::none && links_[place].blocked == MergeRefusal::cannot_link;
    const MergeRefusal why = forbidden ? MergeRefusal::cannot_link : refusal(a, b, true);
    if (why != MergeRefusal::none) {
      refused_->push_back({.a = records_[pair.a],
                           .b = records_[pair.b],
                           .weight = no_weight,
                           .mean = no_weight,
                           .reason = why});
      continue;
    }
    MergeStep forced = step(a, b);
    forced.a = records_[pair.a];
    forced.b = records_[pair.b];
    forced.weight = no_weight;
    forced.mean = no_weight;
    forced.forced = true;
    steps_->push_back(forced);
    merge(a, b);
  }
}

void ComponentClusterer::merge_best_first() {
  // A few entries are searched faster than kept as a heap.
  constexpr std::size_t few = 24;
  const bool many = links_.size() > few;
  heap_.clear();
  heaped_ = false;
  for (std::uint32_t place = 0; place < links_.size(); ++place) {
    Link& link = links_[place];
    if (!link.alive || link.known == 0 || link.blocked != MergeRefusal::none) continue;
    if (link.judged == 0 && !weight_of_) judge(link);
    push(place);
  }
  heaped_ = many;
  if (many) std::make_heap(heap_.begin(), heap_.end());
  while (!heap_.empty()) {
    if (many) {
      std::pop_heap(heap_.begin(), heap_.end());
    } else {
      std::iter_swap(std::max_element(heap_.begin(), heap_.end()), heap_.end() - 1);
    }
    const HeapEntry top = heap_.back();
    heap_.pop_back();
    Link& link = links_[top.link];
    if (!link.alive || link.version != top.version || link.blocked != MergeRefusal::none) continue;
    if (const std::uint64_t all = cross(link); all > link.judged + link.judged / 64) {
      judge(link);
      if (link.mean < top.mean) {
        push(top.link);
        continue;
      }
    }
    const std::uint32_t a = link.end[0];
    const std::uint32_t b = link.end[1];
    link.blocked = refusal(a, b, false);
    if (link.blocked != MergeRefusal::none) continue;
    MergeStep merged = step(a, b);
    std::tie(merged.a, merged.b) = std::minmax(records_[link.best_a], records_[link.best_b]);
    merged.weight = link.best;
    merged.mean = static_cast<float>(link.mean / weight_units);
    steps_->push_back(merged);
    merge(a, b);
  }
}

void ComponentClusterer::list_refused() {
  for (const Link& link : links_) {
    if (!link.alive || link.known == 0 || units(link.best) < threshold_) continue;
    const auto [a, b] = std::minmax(records_[link.best_a], records_[link.best_b]);
    refused_->push_back(
        {.a = a,
         .b = b,
         .weight = link.best,
         .mean = static_cast<float>(link.mean / weight_units),
         .reason = link.blocked == MergeRefusal::none ? MergeRefusal::mean : link.blocked});
  }
}

}  // namespace emptor::detail
