#include "emptor/identity/identifier_graph_batch.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

using Root = std::uint32_t;

constexpr std::uint32_t no_limit = std::numeric_limits<std::uint32_t>::max();
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

[[nodiscard]] Root find(std::vector<Root>& parent, Root at) noexcept {
  while (parent[at] != at) {
    parent[at] = parent[parent[at]];
    at = parent[at];
  }
  return at;
}

/// The smaller root stays one.
Root unite(std::vector<Root>& parent, Root a, Root b) noexcept {
  a = find(parent, a);
  b = find(parent, b);
  if (a > b) std::swap(a, b);
  parent[b] = a;
  return a;
}

/// The values of one type, each with the distinct groups whose records carry it.
struct ValueGroups {
  std::vector<std::uint32_t> ends;  // by value
  std::vector<Root> groups;

  [[nodiscard]] std::size_t size() const noexcept { return ends.size(); }
  [[nodiscard]] std::span<Root> of(std::size_t value) noexcept {
    const std::size_t begin = value == 0 ? 0 : ends[value - 1];
    return {groups.data() + begin, ends[value] - begin};
  }
};

/// Brings equal values together; its buffers serve one type after another.
class Gatherer {
 public:
  void gather(std::span<const Carried> carried, const std::vector<Root>& group, ValueGroups& out) {
    partition(carried);
    out.ends.clear();
    out.groups.resize(carried.size());
    std::uint32_t written = 0;
    for (std::size_t b = 0; b + 1 < begins_.size(); ++b) {
      const std::span<const Carried> bucket(buckets_.data() + begins_[b],
                                            begins_[b + 1] - begins_[b]);
      written = gather_bucket(bucket, group, written, out);
    }
    out.groups.resize(written);
  }

 private:
  /// Into buckets of some thousand, by the top bits of the values' hashes.
  void partition(std::span<const Carried> carried) {
    int bits = 0;
    while (bits < 11 && carried.size() >> (bits + 12) != 0) ++bits;
    begins_.assign((std::size_t{1} << bits) + 1, 0);
    buckets_.resize(carried.size());
    const auto bucket_of = [bits](const Carried& c) {
      return static_cast<std::size_t>(bits == 0 ? 0 : mixed(c.identifier) >> (64 - bits));
    };
    for (const Carried& c : carried) ++begins_[bucket_of(c) + 1];
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    cursors_.assign(begins_.begin(), begins_.end() - 1);
    for (const Carried& c : carried) buckets_[cursors_[bucket_of(c)]++] = c;
  }

  std::uint32_t gather_bucket(std::span<const Carried> bucket, const std::vector<Root>& group,
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
      Root* const from = unsorted_.data() + begin;
      Root* to = unsorted_.data() + end;
      if (end - begin > 1) {
        std::sort(from, to);
        to = std::unique(from, to);
      }
      written = static_cast<std::uint32_t>(std::copy(from, to, out.groups.data() + written) -
                                           out.groups.data());
      out.ends.push_back(written);
      begin = end;
    }
    return written;
  }

  std::vector<Carried> buckets_;
  std::vector<std::uint32_t> begins_, cursors_, slots_, value_of_;
  std::vector<std::uint64_t> firsts_;
  std::vector<Root> unsorted_;
};

/// The groups so far, and how many values of each limited type they have.
class BatchGroups {
 public:
  BatchGroups(std::size_t records, std::span<const IdentifierRule> rules)
      : group_(records), parent_(records) {
    std::iota(group_.begin(), group_.end(), Root{0});
    for (const IdentifierRule& rule : rules) {
      const bool counts =
          rule.verified || (rule.limit.window == LimitWindow::ever && rule.limit.values != 0);
      if (counts) limits_.push_back(rule.verified ? 1 : rule.limit.values);
      place_.push_back(counts ? limits_.size() - 1 : no_limit);
    }
    held_.resize(records * limits_.size());
  }

  [[nodiscard]] const std::vector<Root>& group() const noexcept { return group_; }

  void join_by(std::size_t type, ValueGroups& values, BatchIdentifierCounts& counts) {
    counts.values = values.size();
    limited_ = place_[type] != no_limit;
    before_ = limited_ ? place_[type] : limits_before(type);
    limit_ = limited_ ? limits_[place_[type]] : no_limit;
    if (limited_) drop_over_limit(values, counts);
    std::iota(parent_.begin(), parent_.end(), Root{0});
    for (std::size_t v = 0; v < values.size(); ++v) join(values.of(v), counts);
    if (limited_ || before_ != 0) judge(values);
    settle(values, counts);
  }

 private:
  /// How many limits count of the types of higher priority.
  [[nodiscard]] std::size_t limits_before(std::size_t type) const noexcept {
    std::size_t count = 0;
    for (std::size_t t = 0; t < type; ++t) count += place_[t] != no_limit ? 1 : 0;
    return count;
  }
  [[nodiscard]] std::uint32_t* held(Root group) noexcept {
    return held_.data() + group * limits_.size();
  }

  /// Step 1. What is dropped is marked: `empty`, at the end of its value's groups.
  void drop_over_limit(ValueGroups& values, BatchIdentifierCounts& counts) {
    total_.assign(group_.size(), 0);
    for (const Root group : values.groups) ++total_[group];
    bool any = false;
    for (const std::uint32_t total : total_) {
      counts.over_limit += total > limit_ ? 1 : 0;
      any = any || total > limit_;
    }
    if (!any) return;
    for (std::size_t v = 0; v < values.size(); ++v) {
      const std::span<Root> groups = values.of(v);
      const auto kept = std::remove_if(groups.begin(), groups.end(),
                                       [this](Root group) { return total_[group] > limit_; });
      std::fill(kept, groups.end(), empty);
    }
  }

  [[nodiscard]] static std::size_t live(std::span<const Root> groups) noexcept {
    std::size_t count = groups.size();
    while (count != 0 && groups[count - 1] == empty) --count;
    return count;
  }

  /// Step 2, and the joining of step 3.
  void join(std::span<Root> groups, BatchIdentifierCounts& counts) {
    const std::size_t count = live(groups);
    if (count < 2) return;
    for (std::size_t s = 0; s < before_; ++s) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < count; ++i) sum += held(groups[i])[s];
      if (sum > limits_[s]) {
        ++counts.shared;
        std::fill(groups.begin(), groups.end(), empty);
        return;
      }
    }
    Root root = groups[0];
    for (std::size_t i = 1; i < count; ++i) root = unite(parent_, root, groups[i]);
  }

  /// Step 3: the joined groups that break a limit, marked in `contested_`.
  void judge(ValueGroups& values) {
    contested_.assign(group_.size(), 0);
    for (std::size_t s = 0; s < before_; ++s) {
      total_.assign(group_.size(), 0);
      for (Root g = 0; g < group_.size(); ++g) {
        if (group_[g] != g) continue;
        const Root root = find(parent_, g);
        const std::uint64_t sum = std::uint64_t{total_[root]} + held(g)[s];
        if (root != g && sum > limits_[s]) contested_[root] = 1;
        total_[root] = static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, no_limit));
      }
    }
    if (!limited_) return;
    total_.assign(group_.size(), 0);
    for (std::size_t v = 0; v < values.size(); ++v) {
      const std::span<Root> groups = values.of(v);
      if (groups[0] == empty) continue;
      const Root root = find(parent_, groups[0]);
      if (++total_[root] > limit_) contested_[root] = 1;
    }
  }

  /// Keeps what is not contested.
  void settle(ValueGroups& values, BatchIdentifierCounts& counts) {
    const bool judged = limited_ || before_ != 0;
    for (std::size_t v = 0; v < values.size(); ++v) {
      const std::span<Root> groups = values.of(v);
      if (groups[0] == empty) continue;
      const bool joins = groups.size() > 1 && groups[1] != empty;
      if (!joins && !limited_) continue;
      const Root root = find(parent_, groups[0]);
      const bool contested = judged && contested_[root] != 0;
      counts.contested += joins && contested ? 1 : 0;
      counts.joined += joins && !contested ? 1 : 0;
      if (limited_ && !(joins && contested)) {
        ++held(contested ? groups[0] : root)[before_];
      }
    }
    for (Root g = 0; g < group_.size(); ++g) {  // roots come before those who join them
      if (group_[g] != g) {
        group_[g] = group_[group_[g]];
        continue;
      }
      const Root root = find(parent_, g);
      if (root == g || (judged && contested_[root] != 0)) continue;
      group_[g] = root;
      for (std::size_t s = 0; s < before_; ++s) held(root)[s] += held(g)[s];
    }
  }

  std::vector<Root> group_;            // by record: the group's smallest record
  std::vector<Root> parent_;           // of groups, while a type is at work
  std::vector<std::uint32_t> limits_;  // those that count, by falling priority
  std::vector<std::size_t> place_;     // by type: in `limits_`, or `no_limit`
  std::vector<std::uint32_t> held_;    // by group and limit
  std::vector<std::uint32_t> total_;   // by group
  std::vector<std::uint8_t> contested_;
  std::size_t before_ = 0;  // limits of the types before
  bool limited_ = false;
  std::uint32_t limit_ = no_limit;
};

/// The edges, type by type.
[[nodiscard]] std::vector<Carried> by_type(std::size_t records,
                                           std::span<const IdentifierEdge> edges,
                                           std::vector<std::size_t>& begins) {
  const std::size_t types = begins.size() - 1;
  for (const IdentifierEdge& edge : edges) {
    if (edge.record >= records || static_cast<std::size_t>(edge.type) >= types) {
      throw Exception(ErrorCode::out_of_range, "an edge names a record or a type that is not there",
                      "resolve_all");
    }
    ++begins[static_cast<std::size_t>(edge.type) + 1];
  }
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<std::size_t> cursors = begins;
  std::vector<Carried> out(edges.size());
  for (const IdentifierEdge& edge : edges) {
    out[cursors[static_cast<std::size_t>(edge.type)]++] = {edge.identifier, edge.record};
  }
  return out;
}

}  // namespace

BatchIdentities resolve_all(std::size_t records, std::span<const IdentifierEdge> edges,
                            std::span<const IdentifierRule> rules) {
  require_option(!rules.empty() && rules.size() <= 255, "rules", "1 to 255 types", rules.size());
  if (records >= max_ids || edges.size() >= max_ids) {
    throw Exception(ErrorCode::invalid_shape, "more records or edges than ids", "resolve_all");
  }
  std::vector<std::size_t> begins(rules.size() + 1, 0);
  const std::vector<Carried> carried = by_type(records, edges, begins);
  BatchIdentities out;
  out.types.resize(rules.size());
  BatchGroups groups(records, rules);
  Gatherer gatherer;
  ValueGroups values;
  for (std::size_t t = 0; t < rules.size(); ++t) {
    const std::span<const Carried> of_type(carried.data() + begins[t], begins[t + 1] - begins[t]);
    if (of_type.empty()) continue;
    gatherer.gather(of_type, groups.group(), values);
    groups.join_by(t, values, out.types[t]);
  }
  out.customers.resize(records);
  for (std::size_t r = 0; r < records; ++r) {
    const Root first = groups.group()[r];
    out.customers[r] = first == r ? id_at<Customer>(out.customer_count++) : out.customers[first];
  }
  return out;
}

}  // namespace emptor
