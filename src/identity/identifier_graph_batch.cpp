#include "emptor/identity/identifier_graph_batch.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

using Group = std::uint32_t;

constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();

struct Carried {
  std::uint64_t identifier;
  std::uint32_t record;
};

[[nodiscard]] std::uint64_t mixed(std::uint64_t x) noexcept {
  x *= 0x9e3779b97f4a7c15U;
  x ^= x >> 32;
  return x * 0xd6e8feb86659fd93U;
}

[[nodiscard]] Group find(std::vector<Group>& parent, Group at) noexcept {
  while (parent[at] != at) {
    parent[at] = parent[parent[at]];
    at = parent[at];
  }
  return at;
}

/// The smaller root stays one.
Group unite(std::vector<Group>& parent, Group a, Group b) noexcept {
  a = find(parent, a);
  b = find(parent, b);
  if (a > b) std::swap(a, b);
  parent[b] = a;
  return a;
}

/// Sorts, leaves one of each; returns the end. Most values have two or three.
[[nodiscard]] Group* unique_in_order(Group* from, Group* to) {
  if (to - from > 16) {
    std::sort(from, to);
    return std::unique(from, to);
  }
  Group* end = from + 1;
  for (const Group* next = from + 1; next != to; ++next) {
    const Group group = *next;
    Group* at = end;
    while (at != from && at[-1] > group) --at;
    if (at != from && at[-1] == group) continue;
    std::copy_backward(at, end, end + 1);
    *at = group;
    ++end;
  }
  return end;
}

/// The values of one type, each with the distinct groups whose records carry it.
struct ValueGroups {
  std::vector<std::uint32_t> ends;  // by value
  std::vector<Group> groups;

  [[nodiscard]] std::size_t size() const noexcept { return ends.size(); }
  [[nodiscard]] std::span<Group> of(std::size_t value) noexcept {
    const std::size_t begin = value == 0 ? 0 : ends[value - 1];
    return {groups.data() + begin, ends[value] - begin};
  }
};

/// The edges by type and, within it, in buckets of some thousand by the top bits of their hashes.
class Partition {
 public:
  Partition(std::size_t records, std::span<const IdentifierEdge> edges, std::size_t types)
      : first_bucket_(types + 1, 0) {
    std::vector<std::uint32_t> counts(types << fine_bits, 0);
    for (const IdentifierEdge& edge : edges) {
      if (edge.record >= records || static_cast<std::size_t>(edge.type) >= types) {
        throw Exception(ErrorCode::out_of_range,
                        "an edge names a record or a type that is not there", "resolve_all");
      }
      ++counts[fine_bucket(edge)];
    }
    // Neighbouring fine buckets of a type, until they are worth a bucket.
    std::vector<std::uint32_t> bucket_of(counts.size());
    for (std::size_t fine = 0; fine < counts.size(); ++fine) {
      const bool opens = (fine & ((std::size_t{1} << fine_bits) - 1)) == 0;
      if (opens) first_bucket_[fine >> fine_bits] = begins_.size();
      if (opens || begins_.back() + bucket_size <= filled_) begins_.push_back(filled_);
      bucket_of[fine] = static_cast<std::uint32_t>(begins_.size() - 1);
      filled_ += counts[fine];
    }
    first_bucket_[types] = begins_.size();
    begins_.push_back(filled_);
    carried_ = std::make_unique_for_overwrite<Carried[]>(edges.size());
    std::vector<std::size_t> cursors = begins_;
    for (const IdentifierEdge& edge : edges) {
      carried_[cursors[bucket_of[fine_bucket(edge)]]++] = {edge.identifier, edge.record};
    }
  }

  /// The numbers of a type's buckets: [first, second).
  [[nodiscard]] std::pair<std::size_t, std::size_t> buckets(std::size_t type) const noexcept {
    return {first_bucket_[type], first_bucket_[type + 1]};
  }
  [[nodiscard]] std::span<const Carried> bucket(std::size_t number) const noexcept {
    return {carried_.get() + begins_[number], begins_[number + 1] - begins_[number]};
  }
  [[nodiscard]] std::size_t edges(std::size_t type) const noexcept {
    return begins_[first_bucket_[type + 1]] - begins_[first_bucket_[type]];
  }

 private:
  static constexpr int fine_bits = 11;
  static constexpr std::size_t bucket_size = 6'000;

  [[nodiscard]] static std::size_t fine_bucket(const IdentifierEdge& edge) noexcept {
    return static_cast<std::size_t>(edge.type) << fine_bits |
           static_cast<std::size_t>(mixed(edge.identifier) >> (64 - fine_bits));
  }

  std::vector<std::size_t> first_bucket_, begins_;
  std::size_t filled_ = 0;
  std::unique_ptr<Carried[]> carried_;
};

/// Brings equal values together; its buffers serve one type after another.
class Gatherer {
 public:
  void gather(const Partition& partition, std::size_t type, const std::vector<Group>& group,
              ValueGroups& out) {
    out.ends.clear();
    out.groups.resize(partition.edges(type));
    std::uint32_t written = 0;
    const auto [begin, end] = partition.buckets(type);
    for (std::size_t b = begin; b < end; ++b) {
      written = gather_bucket(partition.bucket(b), group, written, out);
    }
    out.groups.resize(written);
  }

 private:
  std::uint32_t gather_bucket(std::span<const Carried> bucket, const std::vector<Group>& group,
                              std::uint32_t written, ValueGroups& out) {
    // Which value each element has, counted from 0 in this bucket.
    const std::size_t slots = std::bit_ceil(bucket.size() * 2 + 1);
    slots_.assign(slots, empty);
    value_of_.resize(bucket.size());
    firsts_.clear();
    cursors_.clear();
    for (std::size_t i = 0; i < bucket.size(); ++i) {
      const std::uint64_t identifier = bucket[i].identifier;
      std::size_t slot = (mixed(identifier) >> 16) & (slots - 1);
      while (slots_[slot] != empty && firsts_[slots_[slot]] != identifier) {
        slot = (slot + 1) & (slots - 1);
      }
      if (slots_[slot] == empty) {
        slots_[slot] = static_cast<std::uint32_t>(firsts_.size());
        firsts_.push_back(identifier);
        cursors_.push_back(0);
      }
      value_of_[i] = slots_[slot];
      ++cursors_[slots_[slot]];
    }
    // Their groups, value by value, then without repetitions.
    std::uint32_t sum = 0;
    for (std::uint32_t& cursor : cursors_) {
      const std::uint32_t count = cursor;
      cursor = sum;
      sum += count;
    }
    unsorted_.resize(bucket.size());
    for (std::size_t i = 0; i < bucket.size(); ++i) {
      unsorted_[cursors_[value_of_[i]]++] = group[bucket[i].record];
    }
    std::uint32_t begin = 0;
    for (const std::uint32_t end : cursors_) {
      Group* const from = unsorted_.data() + begin;
      Group* to = unsorted_.data() + end;
      if (end - begin > 1) to = unique_in_order(from, to);
      for (const Group* g = from; g != to; ++g) out.groups[written++] = *g;
      out.ends.push_back(written);
      begin = end;
    }
    return written;
  }

  std::vector<std::uint32_t> cursors_, slots_, value_of_;
  std::vector<std::uint64_t> firsts_;
  std::vector<Group> unsorted_;
};

/// The groups so far, numbered by their first record, and how many values of each type with a limit
/// they have. A value is kept in one group at most, so joined groups' numbers add up.
class BatchGroups {
 public:
  BatchGroups(std::size_t records, std::span<const IdentifierRule> rules)
      : group_(records), parent_(records) {
    std::iota(group_.begin(), group_.end(), Group{0});
    for (const IdentifierRule& rule : rules) {
      before_.push_back(limits_.size());
      limited_.push_back(rule.verified ||
                         (rule.limit.window == LimitWindow::ever && rule.limit.values != 0));
      if (limited_.back()) limits_.push_back(rule.verified ? 1 : rule.limit.values);
    }
    held_.resize(records * limits_.size());
  }

  [[nodiscard]] const std::vector<Group>& group() const noexcept { return group_; }
  [[nodiscard]] std::size_t size() const noexcept { return parent_.size(); }

  void join_by(std::size_t type, ValueGroups& values, BatchIdentifierCounts& counts) {
    const std::size_t before = before_[type];
    counts.values = values.size();
    if (limited_[type]) drop_over_limit(limits_[before], values, counts);
    std::iota(parent_.begin(), parent_.end(), Group{0});
    for (std::size_t v = 0; v < values.size(); ++v) join(values.of(v), before, counts);
    for (Group& parent : parent_)
      parent = parent_[parent];  // parents come first: all are roots now
    if (add_up(values, before, limited_[type])) {
      part_contested(values, before, limited_[type], counts);
    }
    renumber();
  }

 private:
  [[nodiscard]] std::uint32_t* held(Group group) noexcept {
    return held_.data() + group * limits_.size();
  }

  /// Step 1. What is dropped is marked: `empty`, at the end of its value's groups.
  void drop_over_limit(std::uint32_t limit, ValueGroups& values, BatchIdentifierCounts& counts) {
    std::vector<std::uint32_t> total(size(), 0);
    for (const Group group : values.groups) ++total[group];
    for (const std::uint32_t values_of_one : total) counts.over_limit += values_of_one > limit;
    if (counts.over_limit == 0) return;
    for (std::size_t v = 0; v < values.size(); ++v) {
      const std::span<Group> groups = values.of(v);
      const auto kept = std::remove_if(groups.begin(), groups.end(),
                                       [&](Group group) { return total[group] > limit; });
      std::fill(kept, groups.end(), empty);
    }
  }

  /// Step 2, and the joining of step 3.
  void join(std::span<Group> groups, std::size_t before, BatchIdentifierCounts& counts) {
    while (!groups.empty() && groups.back() == empty) groups = groups.first(groups.size() - 1);
    if (groups.size() < 2) return;
    for (std::size_t s = 0; s < before; ++s) {
      std::uint64_t sum = 0;
      for (const Group group : groups) sum += held(group)[s];
      if (sum > limits_[s]) {
        ++counts.shared;
        std::fill(groups.begin(), groups.end(), empty);
        return;
      }
    }
    ++counts.joined;
    Group root = groups[0];
    for (const Group group : groups.subspan(1)) root = unite(parent_, root, group);
  }

  /// What the joined groups hold; whether one of them breaks a limit. Those are in `contested_`.
  [[nodiscard]] bool add_up(ValueGroups& values, std::size_t before, bool limited) {
    if (before == 0 && !limited) return false;
    contested_.assign(size(), 0);
    bool any = false;
    const auto add = [&](Group root, std::size_t limit, std::uint32_t more) {
      if ((held(root)[limit] += more) <= limits_[limit]) return;
      contested_[root] = 1;
      any = true;
    };
    if (before != 0) {
      for (Group g = 0; g < size(); ++g) {
        if (parent_[g] == g) continue;
        for (std::size_t s = 0; s < before; ++s) add(parent_[g], s, held(g)[s]);
      }
    }
    if (limited) {
      for (std::size_t v = 0; v < values.size(); ++v) {
        if (const Group first = values.of(v)[0]; first != empty) add(parent_[first], before, 1);
      }
    }
    return any;
  }

  /// Takes the contested groups apart again.
  void part_contested(ValueGroups& values, std::size_t before, bool limited,
                      BatchIdentifierCounts& counts) {
    for (Group g = 0; g < size(); ++g) {
      const Group root = parent_[g];
      if (contested_[root] == 0) continue;
      if (root == g) {
        if (limited) held(g)[before] = 0;
      } else {
        for (std::size_t s = 0; s < before; ++s) held(root)[s] -= held(g)[s];
      }
    }
    for (std::size_t v = 0; v < values.size(); ++v) {
      const std::span<const Group> groups = values.of(v);
      if (groups[0] == empty || contested_[parent_[groups[0]]] == 0) continue;
      if (groups.size() > 1 && groups[1] != empty) {
        ++counts.contested;
        --counts.joined;
      } else if (limited) {
        ++held(groups[0])[before];
      }
    }
    for (Group g = 0; g < size(); ++g) {
      if (contested_[parent_[g]] != 0) parent_[g] = g;
    }
  }

  /// Leaves the roots alone, in their order.
  void renumber() {
    Group next = 0;
    for (Group g = 0; g < size(); ++g) {
      if (parent_[g] != g) {
        parent_[g] = parent_[parent_[g]];
        continue;
      }
      std::copy_n(held(g), limits_.size(), held(next));
      parent_[g] = next++;
    }
    for (Group& group : group_) group = parent_[group];
    parent_.resize(next);
  }

  std::vector<Group> group_;           // by record
  std::vector<Group> parent_;          // by group, while a type is at work
  std::vector<std::uint32_t> limits_;  // those that count, by falling priority
  std::vector<std::size_t> before_;    // by type: limits of the types before
  std::vector<bool> limited_;          // by type
  std::vector<std::uint32_t> held_;    // by group and limit
  std::vector<std::uint8_t> contested_;
};

}  // namespace

BatchIdentities resolve_all(std::size_t records, std::span<const IdentifierEdge> edges,
                            std::span<const IdentifierRule> rules) {
  require_option(!rules.empty() && rules.size() <= 255, "rules", "1 to 255 types", rules.size());
  if (records >= max_ids || edges.size() >= max_ids) {
    throw Exception(ErrorCode::invalid_shape, "more records or edges than ids", "resolve_all");
  }
  const Partition partition(records, edges, rules.size());
  BatchIdentities out;
  out.types.resize(rules.size());
  BatchGroups groups(records, rules);
  Gatherer gatherer;
  ValueGroups values;
  for (std::size_t t = 0; t < rules.size(); ++t) {
    if (partition.edges(t) == 0) continue;
    gatherer.gather(partition, t, groups.group(), values);
    groups.join_by(t, values, out.types[t]);
  }
  out.customer_count = groups.size();
  out.customers.reserve(records);
  for (const Group group : groups.group()) out.customers.push_back(id_at<Customer>(group));
  return out;
}

}  // namespace emptor
