#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "emptor/core/error.hpp"
#include "identity/explain_state.hpp"

namespace emptor {

namespace {

[[nodiscard]] std::vector<FieldUse> fields_of(const LinkReport& report) {
  std::vector<FieldUse> out;
  for (const FieldCounts& field : report.fields) {
    out.push_back({field.column, std::string(name(field.type)), field.usable, field.missing,
                   field.placeholders, field.malformed});
  }
  return out;
}

[[nodiscard]] std::vector<LevelUse> levels_of(const LinkModel& model) {
  std::vector<LevelUse> out;
  for (const ComparisonParameters& parameters : model.comparisons()) {
    const int parent = parameters.comparison.parent;
    const auto names = level_names(parameters.comparison.kind);
    for (std::size_t s = 0; s < (parent < 0 ? 1 : parent_states); ++s) {
      for (std::size_t level = 1; level <= parameters.levels; ++level) {
        const LevelProbabilities& p = parameters.given[s];
        LevelUse& use = out.emplace_back();
        use.comparison = parameters.comparison.name;
        use.level = names[level - 1];
        if (parent >= 0) {
          use.parent = model.comparisons()[static_cast<std::size_t>(parent)].comparison.name;
        }
        use.state = static_cast<ParentState>(s);
        use.match = p.match[level];
        use.household = p.household[level];
        use.random = p.random[level];
        use.weight = std::log2(use.match / use.random);
      }
    }
  }
  return out;
}

void add_quality(const Linkage& linkage, std::size_t thresholds, LinkageSummary& out) {
  if (linkage.pairs.empty()) return;
  const double missed = detail::missed_matches(linkage);
  const auto [low, high] = std::minmax_element(
      linkage.pairs.begin(), linkage.pairs.end(),
      [](const ScoredPair& x, const ScoredPair& y) { return x.weight < y.weight; });
  constexpr float beyond = 20;  // nothing of interest happens there
  const float from = std::max(std::floor(low->weight), -beyond);
  const float to = std::max(from + 1, std::min(std::ceil(high->weight), beyond));
  std::vector<float> at(thresholds);
  for (std::size_t i = 0; i < thresholds; ++i) {
    at[i] = from + (to - from) * static_cast<float>(i) / static_cast<float>(thresholds - 1);
  }
  out.curve = expected_quality(linkage.pairs, at, missed);
  out.best = best_threshold(linkage.pairs, missed);
}

void add_weights(const Linkage& linkage, std::size_t bins, LinkageSummary& out) {
  if (linkage.pairs.empty()) return;
  double low = linkage.pairs.front().weight, high = low;
  for (const ScoredPair& pair : linkage.pairs) {
    low = std::min(low, double{pair.weight});
    high = std::max(high, double{pair.weight});
  }
  out.bin_width = 1;
  const auto count = [&] {
    return static_cast<std::size_t>(std::floor(high / out.bin_width) -
                                    std::floor(low / out.bin_width)) +
           1;
  };
  while (count() > bins && out.bin_width < 1e6) out.bin_width *= 2;
  const double first = std::floor(low / out.bin_width);
  out.weights.resize(count());
  for (std::size_t i = 0; i < out.weights.size(); ++i) {
    out.weights[i].low = (first + static_cast<double>(i)) * out.bin_width;
  }
  const std::vector<std::uint32_t>& label = linkage.clustering.cluster;
  for (const ScoredPair& pair : linkage.pairs) {
    const auto bin = static_cast<std::size_t>(std::floor(pair.weight / out.bin_width) - first);
    ++(label[pair.a] == label[pair.b] ? out.weights[bin].joined : out.weights[bin].apart);
  }
}

[[nodiscard]] std::vector<ClusterSize> sizes_of(const std::vector<std::uint32_t>& cluster) {
  std::vector<std::uint32_t> size(cluster.size(), 0);
  for (const std::uint32_t label : cluster) ++size[label];
  std::map<std::size_t, std::size_t> counts;
  for (const std::uint32_t records : size) {
    if (records > 0) ++counts[records];
  }
  std::vector<ClusterSize> out;
  for (const auto& [records, clusters] : counts) out.push_back({records, clusters});
  return out;
}

}  // namespace

LinkageSummary summarise_linkage(const Linkage& linkage, const LinkageSummaryOptions& options) {
  require_option(options.thresholds >= 2, "thresholds", ">= 2", options.thresholds);
  require_option(options.bins >= 1, "bins", ">= 1", options.bins);
  const LinkReport& report = linkage.report;
  LinkageSummary out{.records = report.records,
                     .clusters = linkage.clustering.clusters,
                     .duplicates = report.records - linkage.clustering.clusters,
                     .merges_refused = linkage.clustering.refusals,
                     .all_pairs = report.all_pairs,
                     .candidates = report.candidates,
                     .likely = report.likely,
                     .match_share = linkage.model.match_share(),
                     .household_share = linkage.model.household_share(),
                     .fit = report.fit,
                     .blocking = report.blocking,
                     .fields = fields_of(report),
                     .levels = levels_of(linkage.model)};
  add_quality(linkage, options.thresholds, out);
  add_weights(linkage, options.bins, out);
  out.sizes = sizes_of(linkage.clustering.cluster);
  const std::size_t contested = std::min(options.contested, linkage.clustering.refused.size());
  if (contested > 0) out.contested = LinkageExplainer(linkage).strongest_refused(contested);
  return out;
}

}  // namespace emptor
