#include "identity/explain_state.hpp"

namespace emptor {

namespace detail {

std::string_view reason_text(MergeRefusal reason) noexcept {
  switch (reason) {
    case MergeRefusal::mean:
      return "the mean of all their pairs is below the threshold";
    case MergeRefusal::conflict:
      return "they have two different values of a verified identifier";
    case MergeRefusal::cardinality:
      return "they would have too many values of a limited identifier";
    case MergeRefusal::size:
      return "they would have too many records";
    case MergeRefusal::cannot_link:
      return "people said that they are two";
    case MergeRefusal::none:
      break;
  }
  return "";
}

double missed_matches(const Linkage& linkage) {
  double listed = 0;
  for (const ScoredPair& pair : linkage.pairs) listed += match_probability(pair.weight);
  return std::max(0.0, linkage.report.expected_pairs - listed);
}

}  // namespace detail

bool LinkageExplainer::State::in_scope(std::size_t a, std::size_t b) const {
  const auto n = static_cast<double>(linkage.records.size());
  const bool restricted = linkage.report.all_pairs < n * (n - 1) / 2;
  if (!restricted || linkage.pairs.empty()) return true;
  const auto sources = linkage.records.sources();
  const ScoredPair& any = linkage.pairs.front();
  const bool within = sources[any.a] == sources[any.b];
  return (sources[a] == sources[b]) == within;
}

std::vector<std::uint32_t> LinkageExplainer::State::members(std::uint32_t cluster) const {
  std::vector<std::uint32_t> out;
  const std::vector<std::uint32_t>& label = linkage.clustering.cluster;
  for (std::size_t i = cluster; i < label.size(); ++i) {  // named by the smallest record
    if (label[i] == cluster) out.push_back(static_cast<std::uint32_t>(i));
  }
  return out;
}

std::vector<SharedBlock> LinkageExplainer::State::shared_blocks(std::size_t a,
                                                                std::size_t b) const {
  std::vector<SharedBlock> out;
  const std::vector<detail::RuleKeys> possible = detail::possible_rules(linkage.records);
  for (const BlockingRuleReport& rule : linkage.report.blocking.rules) {
    const auto keys = std::find_if(possible.begin(), possible.end(),
                                   [&](const auto& one) { return one.name == rule.name; });
    // The only other rule is the one of small tables, by which all meet.
    const std::uint64_t key =
        keys == possible.end() ? 1 : detail::rule_key(linkage.records, *keys, a);
    const std::uint64_t other =
        keys == possible.end() ? 1 : detail::rule_key(linkage.records, *keys, b);
    if (key != 0 && key == other) out.push_back({rule.name, rule.over_full_blocks > 0});
  }
  return out;
}

std::optional<ScoredPair> LinkageExplainer::State::strongest_between(
    const std::vector<std::uint32_t>& x, const std::vector<std::uint32_t>& y) const {
  std::optional<ScoredPair> best;
  const auto consider = [&](const ScoredPair& pair) {
    if (!best || pair.weight > best->weight) best = pair;
  };
  constexpr std::size_t few = 1 << 12;  // look-ups; else one pass over all pairs
  if (x.size() * y.size() <= few) {
    for (const std::uint32_t a : x) {
      for (const std::uint32_t b : y) {
        if (const ScoredPair* pair = find(a, b)) consider(*pair);
      }
    }
    return best;
  }
  const std::vector<std::uint32_t>& label = linkage.clustering.cluster;
  const std::uint32_t of_x = label[x.front()], of_y = label[y.front()];
  for (const ScoredPair& pair : linkage.pairs) {
    if ((label[pair.a] == of_x && label[pair.b] == of_y) ||
        (label[pair.a] == of_y && label[pair.b] == of_x)) {
      consider(pair);
    }
  }
  return best;
}

std::pair<std::uint32_t, std::uint32_t> LinkageExplainer::State::shown_codes(std::size_t c,
                                                                             std::size_t a,
                                                                             std::size_t b,
                                                                             std::uint8_t level) {
  const Comparison& comparison = linkage.records.comparisons()[c];
  const ValueDictionary& values = linkage.records.dictionary(c);
  const std::uint32_t* x = linkage.records.codes(a) + comparison.first_slot;
  const std::uint32_t* y = linkage.records.codes(b) + comparison.first_slot;
  std::pair best(x[0], y[0]);
  if (comparison.slots == 1 || level == missing_level) return best;
  std::uint8_t least = max_levels;
  for (std::size_t i = 0; i < comparison.slots; ++i) {
    for (std::size_t j = 0; j < comparison.slots; ++j) {
      if (x[i] == 0 || y[j] == 0) continue;
      if (x[i] == y[j]) return {x[i], y[j]};
      const std::uint8_t here = compare_values(values.kind(), values.text(x[i]), values.text(y[j]));
      if (here < least) {
        least = here;
        best = {x[i], y[j]};
      }
    }
  }
  return best;
}

std::string LinkageExplainer::State::shown(std::size_t c, std::uint32_t code) const {
  if (code == 0) return {};
  const ValueDictionary& values = linkage.records.dictionary(c);
  return options.show_values ? plain_value(values.kind(), values.text(code))
                             : mask_value(values.kind(), values.text(code));
}

}  // namespace emptor
