#include "emptor/identity/link.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "identity/blocking_keys.hpp"
#include "identity/link_model_fit.hpp"
#include "identity/linking.hpp"
#include "identity/pair_scorer.hpp"
#include "identity/scorer_pool.hpp"

namespace emptor {

namespace {

using detail::Levels;

[[nodiscard]] std::uint64_t packed(const Levels& levels, std::size_t comparisons) {
  std::uint64_t pattern = 0;
  for (std::size_t c = 0; c < comparisons; ++c) pattern |= std::uint64_t{levels[c]} << 3 * c;
  return pattern;
}

[[nodiscard]] LevelPattern unpacked(std::uint64_t pattern, std::size_t comparisons) {
  LevelPattern levels;
  for (std::size_t c = 0; c < comparisons; ++c) {
    levels.levels[c] = static_cast<std::uint8_t>(pattern >> 3 * c & 7);
  }
  return levels;
}

void check(const LinkOptions& options) {
  require_option(options.pairs_a_record > 0, "pairs_a_record", "> 0", options.pairs_a_record);
  require_option(options.kept_weight <= options.clustering.threshold, "kept_weight",
                 "<= 'clustering.threshold'", options.kept_weight);
  detail::check_link_model(options.model);
  // Those of the parts are refused before hours of work, not after: the parts are asked with
  // nothing.
  static_cast<void>(cluster_records(0, {}, std::nullopt, {}, options.clustering));
  const BlockingRule no_rule;
  static_cast<void>(build_blocking_plan({&no_rule, 1}, options.blocking));
}

void check(std::span<const LabelledPair> labels, std::size_t records) {
  for (const LabelledPair& label : labels) {
    if (label.a >= records || label.b >= records) {
      throw Exception(
          ErrorCode::out_of_range,
          text("a labelled record must be one of ", records, ", got ", std::max(label.a, label.b)),
          "labels");
    }
    if (label.a == label.b) {
      throw Exception(ErrorCode::invalid_value, "a labelled pair must be two records", "labels");
    }
  }
}

/// How many pairs the mode allows.
[[nodiscard]] double possible_pairs(std::span<const std::uint32_t> sources, LinkMode mode) {
  const auto pairs_of = [](double n) { return n * (n - 1) / 2; };
  std::vector<double> sizes;
  for (const std::uint32_t source : sources) {
    if (source >= sizes.size()) sizes.resize(source + 1);
    sizes[source] += 1;
  }
  double within = 0;
  for (const double size : sizes) within += pairs_of(size);
  const double all = pairs_of(static_cast<double>(sources.size()));
  switch (mode) {
    case LinkMode::link_only:
      return all - within;
    case LinkMode::dedupe_only:
      return within;
    case LinkMode::dedupe_and_link:
      break;
  }
  return all;
}

[[nodiscard]] PairScope scope_of(LinkMode mode) {
  switch (mode) {
    case LinkMode::link_only:
      return PairScope::across_sources;
    case LinkMode::dedupe_only:
      return PairScope::within_sources;
    case LinkMode::dedupe_and_link:
      break;
  }
  return PairScope::all;
}

/// One run of `link`.
class Linking {
 public:
  Linking(ComparedRecords& records, const LinkOptions& options,
          std::span<const LabelledPair> labels, std::span<const std::uint32_t> limits,
          const Context& context)
      : records_(records), options_(options), labels_(labels), limits_(limits), context_(context) {}

  /// With a model nothing is fitted.
  Linkage run(ComparedRecords&& records, const LinkModel* model);

 private:
  [[nodiscard]] BlockingPlan plan();
  [[nodiscard]] std::vector<LevelPattern> count_patterns(const BlockingPlan& plan);
  void score(const BlockingPlan& plan, detail::ScorerPool& scorers);
  void cluster(detail::ScorerPool& scorers);
  /// Calls `visit` with blocks of the pairs, the next one's records asked for in time.
  template <class Worker, class Visit>
  static void for_each_block(std::span<const RecordPair> pairs, Worker& worker, Visit&& visit) {
    const auto block = [&](std::size_t at) {
      return pairs.subspan(at, std::min(detail::pairs_a_block, pairs.size() - at));
    };
    worker.ask(block(0));
    for (std::size_t at = 0; at < pairs.size(); at += detail::pairs_a_block) {
      const std::size_t next = std::min(at + detail::pairs_a_block, pairs.size());
      worker.ask(block(next));
      visit(block(at));
    }
  }
  void step(std::string_view what, std::size_t done) const {
    constexpr std::size_t steps = 5;
    if (context_.report({what, done, steps}) == Go::stop) {
      throw Exception(ErrorCode::stopped, "linking was stopped", "link");
    }
  }

  ComparedRecords& records_;
  const LinkOptions& options_;
  std::span<const LabelledPair> labels_;
  std::span<const std::uint32_t> limits_;  // by comparison; 0: none
  const Context& context_;
  std::vector<std::uint64_t> fingerprints_;
  LinkModel model_;
  std::vector<ScoredPair> pairs_;
  Clustering clustering_;
  LinkReport report_;
};

BlockingPlan Linking::plan() {
  BlockingOptions blocking = options_.blocking;
  blocking.scope = scope_of(options_.mode);
  std::vector<std::vector<std::uint64_t>> keys;
  std::vector<BlockingRule> rules;
  const std::size_t n = records_.size();
  if (n <= options_.compare_all_below) {
    keys.emplace_back(n, 1);
    rules.push_back({.name = "all pairs", .keys = keys[0]});
    blocking.max_block = std::max<std::size_t>(n, 2);
  } else {
    std::vector<detail::RuleKeys> chosen = detail::affordable_rules(
        records_, detail::possible_rules(records_),
        detail::candidate_budget(n, options_.pairs_a_record), blocking.max_block, context_);
    if (chosen.size() > max_blocking_rules) chosen.resize(max_blocking_rules);
    keys = detail::rule_keys(records_, chosen, context_);
    for (std::size_t r = 0; r < chosen.size(); ++r) {
      rules.push_back({.name = chosen[r].name, .keys = keys[r]});
    }
    if (rules.empty()) {
      keys.emplace_back(n, 0);
      rules.push_back({.name = "nothing to meet by", .keys = keys[0]});
    }
  }
  return build_blocking_plan(rules, blocking, records_.sources(), context_);
}

std::vector<LevelPattern> Linking::count_patterns(const BlockingPlan& plan) {
  constexpr std::uint64_t counted_pairs = std::uint64_t{1} << 21;
  unsigned shift = 0;  // one pair of 2^shift is counted
  while (plan.report().pairs >> shift > counted_pairs) ++shift;
  const std::uint64_t mask = (std::uint64_t{1} << shift) - 1;
  const std::size_t comparisons = records_.comparisons().size();
  std::unordered_map<std::uint64_t, std::uint64_t> counts;
  std::mutex mutex;
  detail::ComparerPool comparers(detail::MakeComparer{records_});
  plan.for_each_batch(context_, [&](std::span<const RecordPair> pairs, std::size_t, std::size_t) {
    const auto comparer = comparers.take();
    std::unordered_map<std::uint64_t, std::uint64_t> batch;
    std::vector<RecordPair> counted;
    counted.reserve(pairs.size());
    for (const RecordPair& pair : pairs) {
      const std::uint64_t mixed =
          (fingerprints_[pair.a] + fingerprints_[pair.b]) * 0x9e3779b97f4a7c15U;
      if ((mixed >> 32 & mask) == 0) counted.push_back(pair);
    }
    for_each_block(counted, *comparer, [&](std::span<const RecordPair> block) {
      comparer->compare(block);
      for (std::size_t i = 0; i < block.size(); ++i) {
        ++batch[packed(comparer->levels(i), comparisons)];
      }
    });
    const std::lock_guard lock(mutex);
    for (const auto& [pattern, count] : batch) counts[pattern] += count;
  });
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ordered(counts.begin(), counts.end());
  std::sort(ordered.begin(), ordered.end());
  std::vector<LevelPattern> patterns;
  for (const auto& [pattern, count] : ordered) {
    patterns.push_back(unpacked(pattern, comparisons));
    patterns.back().pairs = static_cast<double>(count) * static_cast<double>(mask + 1);
  }
  for (const LabelledPair& label : labels_) {
    Levels levels{};
    comparers.take()->levels(label.a, label.b, levels);
    const std::uint64_t pattern = packed(levels, comparisons);
    const auto place = std::lower_bound(
        ordered.begin(), ordered.end(), pattern,
        [](const auto& entry, std::uint64_t value) { return entry.first < value; });
    const bool known = place != ordered.end() && place->first == pattern;
    if (!known) patterns.push_back(unpacked(pattern, comparisons));
    LevelPattern& counted =
        known ? patterns[static_cast<std::size_t>(place - ordered.begin())] : patterns.back();
    (label.match ? counted.labelled_matches : counted.labelled_different) += 1;
    counted.pairs = std::max(counted.pairs, counted.labelled_matches + counted.labelled_different);
  }
  return patterns;
}

void Linking::score(const BlockingPlan& plan, detail::ScorerPool& scorers) {
  std::vector<std::vector<ScoredPair>> kept(plan.chunks());
  std::vector<double> expected(plan.chunks(), 0);
  std::vector<std::size_t> candidates(plan.chunks(), 0);
  plan.for_each_batch(context_,
                      [&](std::span<const RecordPair> pairs, std::size_t, std::size_t chunk) {
                        const auto scorer = scorers.take();
                        candidates[chunk] += pairs.size();
                        for_each_block(pairs, *scorer, [&](std::span<const RecordPair> block) {
                          std::array<float, detail::pairs_a_block> weights;
                          scorer->weights(block, weights.data());
                          for (std::size_t i = 0; i < block.size(); ++i) {
                            const float weight = weights[i];
                            if (weight > -20)
                              expected[chunk] += 1 / (1 + std::exp2(-static_cast<double>(weight)));
                            if (weight >= options_.kept_weight) {
                              kept[chunk].push_back({block[i].a, block[i].b, weight});
                            }
                          }
                        });
                      });
  std::size_t total = 0;
  for (std::size_t chunk = 0; chunk < kept.size(); ++chunk) {
    total += kept[chunk].size();
    report_.candidates += candidates[chunk];
    report_.expected_pairs += expected[chunk];
  }
  pairs_.reserve(total);
  for (std::vector<ScoredPair>& chunk : kept) {
    pairs_.insert(pairs_.end(), chunk.begin(), chunk.end());
    std::vector<ScoredPair>().swap(chunk);
  }
  std::sort(pairs_.begin(), pairs_.end(), [](const ScoredPair& x, const ScoredPair& y) {
    return x.a != y.a ? x.a < y.a : x.b < y.b;
  });
}

void Linking::cluster(detail::ScorerPool& scorers) {
  std::vector<std::vector<std::uint32_t>> verified;
  for (const Comparison& comparison : records_.comparisons()) {
    if (!comparison.verified) continue;
    std::vector<std::uint32_t>& codes = verified.emplace_back(records_.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      codes[i] = records_.codes(i)[comparison.first_slot];
    }
  }
  const std::vector<std::span<const std::uint32_t>> conflicts(verified.begin(), verified.end());
  std::vector<std::uint32_t> limits;
  std::vector<LimitedValue> values;
  for (std::size_t c = 0; c < limits_.size(); ++c) {
    if (limits_[c] == 0) continue;
    const Comparison& comparison = records_.comparisons()[c];
    const auto type = static_cast<std::uint32_t>(limits.size());
    limits.push_back(limits_[c]);
    for (std::uint32_t i = 0; i < records_.size(); ++i) {
      for (std::size_t s = 0; s < comparison.slots; ++s) {
        const std::uint32_t code = records_.codes(i)[comparison.first_slot + s];
        if (code != 0) values.push_back({i, type, code});
      }
    }
  }
  std::vector<RecordPair> must, cannot;
  for (const LabelledPair& label : labels_) {
    (label.match ? must : cannot).push_back({label.a, label.b});
  }
  const auto weight = [&](std::uint32_t a, std::uint32_t b) {
    return scorers.take()->cross_weight(a, b);
  };
  std::vector<ScoredPair> linked;
  std::copy_if(pairs_.begin(), pairs_.end(), std::back_inserter(linked),
               [&](const ScoredPair& pair) {
                 return detail::joins(pair.weight, options_.clustering.threshold,
                                      [&] { return weight(pair.a, pair.b); });
               });
  clustering_ = cluster_records(records_.size(), linked, PairWeight(weight),
                                {.conflicts = conflicts,
                                 .limits = limits,
                                 .identifiers = values,
                                 .must_link = must,
                                 .cannot_link = cannot,
                                 .fingerprints = fingerprints_},
                                options_.clustering, context_);
}

Linkage Linking::run(ComparedRecords&& records, const LinkModel* model) {
  report_.records = records_.size();
  report_.all_pairs = possible_pairs(records_.sources(), options_.mode);
  report_.fields.assign(records_.field_counts().begin(), records_.field_counts().end());
  fingerprints_ = records_.fingerprints();
  step("block", 1);
  const BlockingPlan plan = this->plan();
  report_.blocking = plan.report();
  step("count patterns", 2);
  if (model != nullptr) {
    model_ = *model;
  } else {
    bool stopped = false;  // half a fit is a report of its own, but nothing to link with
    Context fitting = context_;
    fitting.progress = [&](const ProgressStep& at) {
      const Go go = context_.report(at);
      stopped = stopped || go == Go::stop;
      return go;
    };
    FittedLinkModel fitted = fit_link_model(
        records_, count_patterns(plan), std::max(report_.all_pairs, 1.0), options_.model, fitting);
    if (stopped) throw Exception(ErrorCode::stopped, "linking was stopped", "link");
    report_.fit = fitted.report;
    model_ = std::move(fitted.model);
  }
  step("score pairs", 3);
  {
    const detail::ScoreTables tables(records_, model_);
    detail::ScorerPool scorers(detail::MakeScorer{records_, tables});
    score(plan, scorers);
    step("cluster", 4);
    cluster(scorers);
  }
  report_.likely = pairs_.size();
  return {std::move(records), std::move(model_), std::move(pairs_), std::move(clustering_),
          std::move(report_)};
}

}  // namespace

Linkage detail::link_compared(ComparedRecords&& records, const LinkOptions& options,
                              std::span<const LabelledPair> labels, const LinkModel* model,
                              const Context& context, std::span<const std::uint32_t> limits) {
  check(options);
  check(labels, records.size());
  return Linking(records, options, labels, limits, context).run(std::move(records), model);
}

Linkage link(const Records& raw, const LinkSchema& schema, const LinkOptions& options,
             std::span<const LabelledPair> labels, const Context& context) {
  check(options);
  check(labels, raw.size());
  ComparedRecords records(raw, schema);
  if (records.append(raw, context) != raw.size()) {
    throw Exception(ErrorCode::stopped, "linking was stopped", "link");
  }
  return detail::link_compared(std::move(records), options, labels, nullptr, context);
}

}  // namespace emptor
