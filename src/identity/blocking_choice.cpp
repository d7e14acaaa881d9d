#include "emptor/identity/blocking_choice.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

/// Sets of rules and how often each occurs.
using MaskCounts = std::map<std::uint64_t, double>;

/// By how many rules records have keys: record patterns, not records.
MaskCounts key_patterns(std::span<const BlockingRule> rules) {
  MaskCounts patterns;
  const std::size_t records = rules[0].keys.size();
  for (std::size_t begin = 0; begin < records;) {
    constexpr std::size_t tile = 4096;
    std::uint64_t masks[tile] = {};
    const std::size_t count = std::min(tile, records - begin);
    for (std::size_t r = 0; r < rules.size(); ++r) {
      for (std::size_t i = 0; i < count; ++i) {
        masks[i] |= std::uint64_t{rules[r].keys[begin + i] != 0} << r;
      }
    }
    std::sort(masks, masks + count);
    for (std::size_t i = 0, j = 0; i < count; i = j) {
      while (j < count && masks[j] == masks[i]) ++j;
      patterns[masks[i]] += double(j - i);
    }
    begin += count;
  }
  return patterns;
}

/// By which rules candidates meet: all of them, or those of evenly spread chunks, weighted.
MaskCounts pair_patterns(const BlockingPlan& plan, std::size_t sample, bool& exact) {
  const double share = std::min(1.0, double(sample) / double(plan.report().pairs));
  exact = share == 1.0;
  // A pair's weight is that of its first rule: each rule's chunks are taken at a step of its own.
  MaskCounts patterns;
  std::vector<MaskCounts> of_rule(plan.rules());
  std::vector<double> work(plan.rules()), taken(plan.rules());
  for (std::size_t chunk = 0; chunk < plan.chunks(); ++chunk) {
    const std::size_t rule = plan.rule_of_chunk(chunk);
    work[rule] += 1;
    if (work[rule] * share <= taken[rule]) continue;
    taken[rule] += 1;
    plan.for_each_batch_of(chunk, [&](std::span<const RecordPair> pairs, std::size_t, std::size_t) {
      for (const RecordPair& pair : pairs) {
        of_rule[rule][plan.rules_of(pair)] += 1;
      }
    });
  }
  for (std::size_t rule = 0; rule < of_rule.size(); ++rule) {
    for (const auto& [mask, count] : of_rule[rule]) {
      patterns[mask] += count * work[rule] / taken[rule];
    }
  }
  return patterns;
}

double sum_of(const MaskCounts& counts, std::uint64_t chosen, int least) {
  double sum = 0;
  for (const auto& [mask, count] : counts) {
    if (std::popcount(mask & chosen) >= least) sum += count;
  }
  return sum;
}

}  // namespace

BlockingChoice choose_blocking_rules(std::span<const BlockingRule> candidates,
                                     const BlockingChoiceOptions& options,
                                     std::span<const std::uint32_t> sources,
                                     const Context& context) {
  require_option(options.max_pairs > 0, "max_pairs", "> 0", options.max_pairs);
  require_option(options.cover >= 1, "cover", ">= 1", options.cover);
  require_option(options.sample >= 1, "sample", ">= 1", options.sample);
  BlockingOptions blocking = options.blocking;
  blocking.chunk_pairs =
      std::min(blocking.chunk_pairs, std::max<std::size_t>(options.sample / 256, 64));
  const BlockingPlan plan = build_blocking_plan(candidates, blocking, sources, context);
  BlockingChoice choice;
  const MaskCounts pairs = pair_patterns(plan, options.sample, choice.exact);
  const MaskCounts records = key_patterns(candidates);
  const int cover = static_cast<int>(std::min(options.cover, max_blocking_rules + 1));

  std::uint64_t chosen = 0, too_many = 0;
  for (;;) {
    std::size_t best = candidates.size();
    double best_ratio = 0;
    for (std::size_t r = 0; r < candidates.size(); ++r) {
      const std::uint64_t bit = std::uint64_t{1} << r;
      if (((chosen | too_many) & bit) != 0) continue;
      double gain = 0;
      for (const auto& [mask, count] : records) {
        if ((mask & bit) != 0 && std::popcount(mask & chosen) < cover) gain += count;
      }
      if (gain == 0) continue;
      const double together = sum_of(pairs, chosen | bit, 1);
      if (together > options.max_pairs) {
        too_many |= bit;  // the union only grows
        choice.too_many.push_back(r);
        continue;
      }
      const double ratio = gain / (together - choice.pairs + 1);
      if (ratio > best_ratio) {
        best_ratio = ratio;
        best = r;
      }
    }
    if (best == candidates.size()) break;
    chosen |= std::uint64_t{1} << best;
    choice.rules.push_back(best);
    choice.pairs = sum_of(pairs, chosen, 1);
  }
  std::stable_sort(choice.rules.begin(), choice.rules.end(), [&](std::size_t x, std::size_t y) {
    return plan.report().rules[x].pairs < plan.report().rules[y].pairs;
  });
  choice.covered = static_cast<std::uint64_t>(sum_of(records, chosen, cover));
  choice.coverable = static_cast<std::uint64_t>(sum_of(records, ~std::uint64_t{0}, cover));
  choice.uncovered = plan.records() - static_cast<std::uint64_t>(sum_of(records, chosen, 1));
  return choice;
}

BlockingRecall estimate_blocking_recall(std::span<const std::uint64_t> masks, std::size_t rules) {
  require_option(rules >= 2 && rules <= max_blocking_rules, "rules",
                 text("2 to ", max_blocking_rules), rules);
  BlockingRecall recall;
  for (const std::uint64_t mask : masks) {
    const int met = std::popcount(mask);
    recall.found += met != 0;
    recall.once += met == 1;
    recall.twice += met == 2;
  }
  const double once = double(recall.once), twice = double(recall.twice);
  const double missed =
      double(rules - 1) / double(rules) * once * std::max(0.0, once - 1) / (2 * (twice + 1));
  recall.matches = double(recall.found) + missed;
  if (recall.matches > 0) recall.recall = double(recall.found) / recall.matches;
  return recall;
}

}  // namespace emptor
