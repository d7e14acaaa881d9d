#include "identity/blocking_keys.hpp"

#include <algorithm>
#include <cmath>

namespace emptor::detail {

namespace {

constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;

[[nodiscard]] bool stands_alone(const Comparison& comparison) noexcept {
  switch (comparison.kind) {
    case ComparisonKind::text:  // of organisations
      return comparison.individual;
    case ComparisonKind::birth_date:
    case ComparisonKind::email:
    case ComparisonKind::phone:
    case ComparisonKind::address:
    case ComparisonKind::postcode:
    case ComparisonKind::typed_id:
    case ComparisonKind::key:
      return true;
    default:
      return false;
  }
}

[[nodiscard]] bool has_coarse_key(ComparisonKind kind) noexcept {
  return kind == ComparisonKind::email || kind == ComparisonKind::phone ||
         kind == ComparisonKind::address;
}

[[nodiscard]] bool is_name(ComparisonKind kind) noexcept {
  return kind == ComparisonKind::given_name || kind == ComparisonKind::family_name;
}

[[nodiscard]] std::uint64_t part_key(const ComparedRecords& records, const KeyPart& part,
                                     std::size_t record) {
  const Comparison& comparison = records.comparisons()[part.comparison];
  const ValueDictionary& values = records.dictionary(part.comparison);
  const std::uint32_t* codes = records.codes(record) + comparison.first_slot;
  const auto key_of_code = [&](std::uint32_t code) {
    return part.coarse ? values.coarse_key(code) : values.exact_key(code);
  };
  if (codes[0] == 0) return 0;
  std::uint64_t key = key_of_code(codes[0]);
  for (std::size_t i = 1; i < comparison.slots && codes[i] != 0; ++i) {
    const std::uint64_t other = key_of_code(codes[i]);
    key = part.slot == 0 ? std::min(key, other) : std::max(key, other);
  }
  return key;
}

struct Cost {
  double pairs = 0;
  std::size_t rule = 0;
  bool over_full = false;  // some block is
  friend auto operator<=>(const Cost&, const Cost&) = default;
};

/// Pairs a record that a rule of one part may cost for the rules that add a name to it to be left
/// out.
constexpr double affordable = 3;

/// Whether all pairs of `narrow` are pairs of `wide`.
[[nodiscard]] bool is_within(const RuleKeys& narrow, const RuleKeys& wide) {
  if (wide.parts.size() != 1 || narrow.words || wide.swapped || wide.words) return false;
  return std::any_of(narrow.parts.begin(), narrow.parts.end(), [&](const KeyPart& part) {
    const KeyPart& whole = wide.parts[0];
    const bool coarser = whole.coarse && !part.coarse;
    return part.comparison == whole.comparison && part.slot == whole.slot &&
           (narrow.parts.size() > 1 ? coarser || part.coarse == whole.coarse : coarser);
  });
}

}  // namespace

std::uint64_t rule_key(const ComparedRecords& records, const RuleKeys& rule, std::size_t record) {
  if (rule.words) {
    const auto names = records.names(record);
    if (names.size() < 2) return 0;
    std::uint64_t sum = 0;
    for (const std::uint32_t token : names) sum += records.name_tokens().exact_key(token) * odd;
    return sum | 1;
  }
  std::uint64_t key = 0;
  for (const KeyPart& part : rule.parts) {
    const std::uint64_t next = part_key(records, part, record);
    if (next == 0) return 0;
    key = rule.swapped ? key + multiply_mix(next, odd)
                       : multiply_mix(key ^ next, odd + 2 * part.comparison);
  }
  return key | 1;
}

std::vector<std::uint64_t> rule_keys(const ComparedRecords& records, const RuleKeys& rule,
                                     const Context& context) {
  std::vector<std::uint64_t> keys(records.size());
  parallel_chunks(context, keys.size(), std::size_t{1} << 16,
                  [&](std::size_t begin, std::size_t end) {
                    for (std::size_t i = begin; i < end; ++i) keys[i] = rule_key(records, rule, i);
                  });
  return keys;
}

std::vector<RuleKeys> possible_rules(const ComparedRecords& records) {
  const auto comparisons = records.comparisons();
  std::vector<RuleKeys> rules;
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t given = none, family = none;
  for (std::size_t c = 0; c < comparisons.size(); ++c) {
    if (comparisons[c].kind == ComparisonKind::given_name) given = c;
    if (comparisons[c].kind == ComparisonKind::family_name) family = c;
  }
  if (given != none && family != none) {
    rules.push_back({.name = "given and family name in any order",
                     .parts = {{given}, {family}},
                     .swapped = true});
    rules.push_back(
        {.name = "given name and sound of family name", .parts = {{given}, {family, true}}});
    rules.push_back(
        {.name = "sound of given name and family name", .parts = {{given, true}, {family}}});
    rules.push_back({.name = "all names in any order", .parts = {}, .words = true});
  }
  for (std::size_t c = 0; c < comparisons.size(); ++c) {
    const Comparison& comparison = comparisons[c];
    const ComparisonKind kind = comparison.kind;
    if (is_name(kind) || kind == ComparisonKind::category || kind == ComparisonKind::number ||
        kind == ComparisonKind::list || kind == ComparisonKind::location) {
      continue;
    }
    for (std::uint8_t slot = 0; slot < std::min<std::size_t>(comparison.slots, 2); ++slot) {
      const std::string name = comparison.name + (slot == 0 ? "" : ", other");
      if (stands_alone(comparison)) rules.push_back({.name = name, .parts = {{c, false, slot}}});
      if (has_coarse_key(kind)) {
        rules.push_back({.name = name + ", in part", .parts = {{c, true, slot}}});
      }
      if (given != none) {
        rules.push_back({.name = "given name and " + name, .parts = {{given}, {c, false, slot}}});
      }
      if (family != none) {
        rules.push_back({.name = "sound of family name and " + name,
                         .parts = {{family, true}, {c, false, slot}}});
      }
    }
  }
  return rules;
}

double candidate_budget(std::size_t records, double pairs_a_record) {
  constexpr double all = 1e5, fewest = 10;
  const auto n = static_cast<double>(records);
  if (n <= all) return n * pairs_a_record;
  return n * std::max(pairs_a_record * std::sqrt(all / n), std::min(pairs_a_record, fewest));
}

std::vector<RuleKeys> affordable_rules(const ComparedRecords& records, std::vector<RuleKeys> rules,
                                       double pairs, std::size_t max_block,
                                       const Context& context) {
  constexpr std::size_t counted_records = std::size_t{1} << 17;
  unsigned shift = 0;  // one key of 2^shift is counted
  while (records.size() >> shift > counted_records) ++shift;
  const std::uint64_t mask = (std::uint64_t{1} << shift) - 1;
  std::vector<Cost> costs(rules.size());
  parallel_chunks(context, rules.size(), 1, [&](std::size_t begin, std::size_t) {
    std::vector<std::uint64_t> keys;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const std::uint64_t key = rule_key(records, rules[begin], i);
      if (key != 0 && (multiply_mix(key, odd) >> 20 & mask) == 0) keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end());
    double cost = 0;
    bool over_full = false;
    for (std::size_t i = 0; i < keys.size();) {
      std::size_t end = i;
      while (end < keys.size() && keys[end] == keys[i]) ++end;
      const double size = static_cast<double>(std::min(end - i, max_block));
      over_full = over_full || end - i > max_block;
      cost += size * (size - 1) / 2;
      i = end;
    }
    costs[begin] = {cost * static_cast<double>(mask + 1), begin, over_full};
  });
  std::sort(costs.begin(), costs.end());
  std::vector<RuleKeys> chosen;
  double total = 0;
  for (const Cost& cost : costs) {
    const RuleKeys& rule = rules[cost.rule];
    const bool within_another = std::any_of(costs.begin(), costs.end(), [&](const Cost& other) {
      return other.pairs <= affordable * static_cast<double>(records.size()) && !other.over_full &&
             is_within(rule, rules[other.rule]);
    });
    if (cost.pairs == 0 || within_another) continue;
    total += cost.pairs;
    if (total > pairs && !chosen.empty()) break;
    chosen.push_back(rule);
  }
  return chosen;
}

}  // namespace emptor::detail
