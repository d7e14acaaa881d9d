// Candidate pairs against the definition, pair by pair, for any keys, caps, windows and sources.

#include "emptor/identity/blocking.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "emptor/core/thread_pool.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::check_property;
using Pairs = std::set<std::pair<std::uint32_t, std::uint32_t>>;
using Column = std::vector<std::uint64_t>;

struct Case {
  std::vector<Column> keys, sort_keys;
  std::vector<std::size_t> windows;
  std::vector<std::uint32_t> sources;
  BlockingOptions options;

  [[nodiscard]] std::size_t records() const { return keys[0].size(); }
  [[nodiscard]] std::vector<BlockingRule> rules() const {
    std::vector<BlockingRule> rules;
    for (std::size_t r = 0; r < keys.size(); ++r) {
      rules.push_back({"rule", keys[r], windows[r], sort_keys[r]});
    }
    return rules;
  }
  [[nodiscard]] bool in_scope(std::size_t a, std::size_t b) const {
    return options.scope == PairScope::all ||
           (sources[a] == sources[b]) == (options.scope == PairScope::within_sources);
  }
};

template <class T>
T in_range(T low, T high) {  // both ends
  return *rc::gen::inRange(low, static_cast<T>(high + 1));
}

Case any_case(std::size_t least = 0, std::size_t most = 60, std::size_t max_block = 20) {
  Case c;
  const auto records = in_range(least, most);
  const auto rules = in_range<std::size_t>(1, 4);
  for (std::size_t r = 0; r < rules; ++r) {
    const auto values = in_range<std::uint64_t>(1, 12);
    const auto column = [&] {
      return *rc::gen::container<Column>(records, rc::gen::inRange<std::uint64_t>(0, values + 1));
    };
    c.keys.push_back(column());
    c.sort_keys.push_back(in_range(0, 1) == 1 ? column() : Column{});
    c.windows.push_back(in_range(0, 3) == 0 ? in_range<std::size_t>(2, 6) : 0);
  }
  c.sources = *rc::gen::container<std::vector<std::uint32_t>>(
      records, rc::gen::element<std::uint32_t>(0, 7, 4'000'000'000U));
  c.options.scope =
      *rc::gen::element(PairScope::all, PairScope::across_sources, PairScope::within_sources);
  c.options.max_block = in_range<std::size_t>(2, max_block);
  c.options.over_full = *rc::gen::element(OverFull::skip, OverFull::sorted_neighbourhood);
  c.options.window = in_range<std::size_t>(2, 8);
  c.options.chunk_pairs = in_range<std::size_t>(1, 50);
  return c;
}

/// The pairs of one rule, by the definition.
Pairs naive(const Case& c, std::size_t r, std::uint64_t max_pairs, bool windows) {
  std::map<std::uint64_t, std::vector<std::uint32_t>> blocks;
  for (std::uint32_t row = 0; row < c.records(); ++row) {
    if (c.keys[r][row] != 0) blocks[c.windows[r] != 0 ? 1 : c.keys[r][row]].push_back(row);
  }
  Pairs pairs;
  for (auto& [key, rows] : blocks) {
    const auto add = [&](std::size_t window) {
      Pairs block;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = i + 1; j < rows.size() && j - i < window; ++j) {
          if (c.in_scope(rows[i], rows[j])) block.insert(std::minmax(rows[i], rows[j]));
        }
      }
      return block;
    };
    const Pairs whole = add(rows.size());
    if (c.windows[r] == 0 && whole.size() <= max_pairs) {
      pairs.insert(whole.begin(), whole.end());
      continue;
    }
    if (c.windows[r] == 0 && !windows) continue;
    const auto rank = [&](std::uint32_t row) {
      Column tuple;
      if (c.windows[r] != 0) tuple.push_back(c.keys[r][row]);
      if (!c.sort_keys[r].empty()) tuple.push_back(c.sort_keys[r][row]);
      for (std::size_t q = 1; q < c.keys.size(); ++q) {
        tuple.push_back(c.keys[(r + q) % c.keys.size()][row]);
      }
      tuple.push_back(row);
      return tuple;
    };
    std::sort(rows.begin(), rows.end(),
              [&](std::uint32_t x, std::uint32_t y) { return rank(x) < rank(y); });
    const Pairs near = add(c.windows[r] != 0 ? c.windows[r] : c.options.window);
    pairs.insert(near.begin(), near.end());
  }
  return pairs;
}

/// Everything a plan hands over, by chunk.
std::vector<std::vector<std::tuple<std::size_t, std::uint32_t, std::uint32_t>>> stream(
    const BlockingPlan& plan, const Context& context = {}) {
  std::vector<std::vector<std::tuple<std::size_t, std::uint32_t, std::uint32_t>>> chunks(
      plan.chunks());
  plan.for_each_batch(context,
                      [&](std::span<const RecordPair> pairs, std::size_t rule, std::size_t chunk) {
                        for (const RecordPair& pair : pairs)
                          chunks[chunk].emplace_back(rule, pair.a, pair.b);
                      });
  return chunks;
}

/// Every candidate once, by its first rule, and all counts as the definition has them.
void check_union(const Case& c) {
  const BlockingPlan plan = build_blocking_plan(c.rules(), c.options, c.sources);
  const std::uint64_t cap = c.options.max_block * (c.options.max_block - 1) / 2;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> masks;
  std::vector<std::uint64_t> fresh(c.keys.size());
  for (std::size_t r = 0; r < c.keys.size(); ++r) {
    const Pairs pairs = naive(c, r, cap, c.options.over_full == OverFull::sorted_neighbourhood);
    RC_ASSERT(plan.report().rules[r].pairs == pairs.size());
    for (const auto& pair : pairs) {
      std::uint64_t& mask = masks[pair];
      fresh[r] += mask == 0;
      mask |= std::uint64_t{1} << r;
    }
  }
  std::size_t seen = 0;
  for (const auto& chunk : stream(plan)) {
    for (const auto& [rule, a, b] : chunk) {
      ++seen;
      RC_ASSERT(a < b);
      const auto at = masks.find({a, b});
      RC_ASSERT(at != masks.end());
      if (at == masks.end()) continue;
      RC_ASSERT(at->second != 0);  // not seen before
      RC_ASSERT((at->second & ((std::uint64_t{2} << rule) - 1)) == std::uint64_t{1} << rule);
      RC_ASSERT(plan.rules_of({a, b}) == at->second);
      at->second = 0;
    }
  }
  RC_ASSERT(seen == masks.size());
  const BlockingCount count = plan.count_new_pairs({});
  RC_ASSERT(count.new_pairs == fresh);
  RC_ASSERT(count.pairs == seen);
  RC_ASSERT(!count.stopped);
}

}  // namespace

TEST_CASE("a blocking plan hands over the union of its rules, each pair once and by its first rule",
          "[identity][property]") {
  check_property(
      "any rules", [] { check_union(any_case()); }, 500);
  // Blocks that are worked off in several pieces.
  check_property(
      "large blocks", [] { check_union(any_case(520, 700, 700)); }, 8);
}

TEST_CASE("a blocking plan is the same for one thread and three", "[identity][property]") {
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  check_property("any rules", [&] {
    const Case c = any_case();
    const BlockingPlan one = build_blocking_plan(c.rules(), c.options, c.sources);
    const BlockingPlan three = build_blocking_plan(c.rules(), c.options, c.sources, context);
    RC_ASSERT(stream(one) == stream(three, context));
  });
}

TEST_CASE("candidate pairs do not depend on the order of records", "[identity][property]") {
  check_property("any rules", [] {
    Case c = any_case();
    const std::size_t n = c.records();
    // Records that no key tells apart would stand in a window by row: the last rule does.
    Column distinct(n);
    for (std::size_t row = 0; row < n; ++row) distinct[row] = row + 1;
    c.keys.push_back(distinct);
    c.sort_keys.emplace_back();
    c.windows.push_back(0);
    std::vector<std::uint32_t> to(n);
    for (std::uint32_t row = 0; row < n; ++row) to[row] = row;
    for (std::size_t i = n; i > 1; --i) std::swap(to[i - 1], to[in_range<std::size_t>(0, i - 1)]);
    Case moved = c;
    const auto move = [&](auto& from, auto& into) {
      for (std::size_t row = 0; row < from.size(); ++row) into[to[row]] = from[row];
    };
    for (std::size_t r = 0; r < c.keys.size(); ++r) {
      move(c.keys[r], moved.keys[r]);
      move(c.sort_keys[r], moved.sort_keys[r]);
    }
    move(c.sources, moved.sources);
    const auto pairs = [](const BlockingPlan& plan, auto&& name) {
      std::set<std::tuple<std::size_t, std::uint32_t, std::uint32_t>> all;
      for (const auto& chunk : stream(plan)) {
        for (const auto& [rule, a, b] : chunk) {
          all.insert({rule, std::min(name(a), name(b)), std::max(name(a), name(b))});
        }
      }
      return all;
    };
    const auto before = pairs(build_blocking_plan(c.rules(), c.options, c.sources),
                              [&](std::uint32_t row) { return to[row]; });
    const auto after = pairs(build_blocking_plan(moved.rules(), c.options, moved.sources),
                             [](std::uint32_t row) { return row; });
    RC_ASSERT(before == after);
  });
}

TEST_CASE("a blocking plan stays within its budget, and lowers its cap no further than needed",
          "[identity][property]") {
  check_property("any rules and budgets", [] {
    Case c = any_case();
    c.options.max_pairs = in_range(1, 400);
    const BlockingPlan plan = build_blocking_plan(c.rules(), c.options, c.sources);
    const BlockingReport& report = plan.report();
    const bool windows =
        c.options.over_full == OverFull::sorted_neighbourhood && !report.windows_dropped;
    std::uint64_t pairs = 0;
    for (std::size_t r = 0; r < c.keys.size(); ++r) {
      pairs += naive(c, r, report.max_block_pairs, windows).size();
    }
    RC_ASSERT(report.pairs == pairs);
    if (report.within_budget) RC_ASSERT(double(pairs) <= c.options.max_pairs);
    if (report.cap_lowered && report.within_budget && c.options.scope == PairScope::all) {
      std::uint64_t more = 0;
      for (std::size_t r = 0; r < c.keys.size(); ++r) {
        more += naive(c, r, report.max_block_pairs + 1, windows).size();
      }
      RC_ASSERT(double(more) > c.options.max_pairs);
    }
  });
}

TEST_CASE("costs of blocking rules are the pairs of equal keys", "[identity][property]") {
  check_property("any keys", [] {
    Case c = any_case();
    c.options.scope = PairScope::all;
    for (std::size_t& window : c.windows) window = 0;
    const std::vector<BlockingCost> costs = blocking_costs(c.rules());
    for (std::size_t r = 0; r < c.keys.size(); ++r) {
      RC_ASSERT(costs[r].pairs == naive(c, r, ~std::uint64_t{0}, false).size());
    }
  });
}
