#include "identity/blocking_keys.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <utility>

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

/// Of the record's names in any order.
[[nodiscard]] std::uint64_t words_key(const ComparedRecords& records, std::size_t record) {
  const auto names = records.names(record);
  if (names.size() < 2) return 0;
  std::uint64_t sum = 0;
  for (const std::uint32_t token : names) sum += records.name_tokens().exact_key(token) * odd;
  return sum | 1;
}

/// A rule's key by the keys of its parts.
template <class PartKey>
[[nodiscard]] std::uint64_t joined_key(const RuleKeys& rule, PartKey&& part_key_of) {
  std::uint64_t key = 0;
  for (std::size_t p = 0; p < rule.parts.size(); ++p) {
    const std::uint64_t next = part_key_of(p);
    if (next == 0) return 0;
    key = rule.swapped ? key + multiply_mix(next, odd)
                       : multiply_mix(key ^ next, odd + 2 * rule.parts[p].comparison);
  }
  return key | 1;
}

/// The keys of many records by many rules: rows a block at a time, and each part that rules share
/// once. For one thread.
class KeyBlock {
 public:
  static constexpr std::size_t rows = 1024;

  KeyBlock(const ComparedRecords& records, std::span<const RuleKeys> rules)
      : records_(records), rules_(rules) {
    for (const RuleKeys& rule : rules) {
      std::vector<std::size_t>& places = places_.emplace_back();
      for (const KeyPart& part : rule.parts) {
        const auto known = std::find(parts_.begin(), parts_.end(), part);
        places.push_back(static_cast<std::size_t>(known - parts_.begin()));
        if (known == parts_.end()) parts_.push_back(part);
      }
    }
    columns_.resize(parts_.size() + 1, std::vector<std::uint64_t>(rows));
  }

  /// Calls `take(rule, keys)` with the keys of records `begin` to before `end`, at most `rows`.
  template <class Take>
  void read(std::size_t begin, std::size_t end, Take&& take) {
    if (!parts_.empty()) ask(parts_[0], begin, end);
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      if (p + 1 < parts_.size()) ask(parts_[p + 1], begin, end);
      for (std::size_t i = begin; i < end; ++i) {
        columns_[p][i - begin] = part_key(records_, parts_[p], i);
      }
    }
    std::vector<std::uint64_t>& keys = columns_.back();
    for (std::size_t r = 0; r < rules_.size(); ++r) {
      for (std::size_t i = begin; i < end; ++i) {
        keys[i - begin] =
            rules_[r].words ? words_key(records_, i) : joined_key(rules_[r], [&](std::size_t p) {
              return columns_[places_[r][p]][i - begin];
            });
      }
      take(r, std::span<const std::uint64_t>(keys).first(end - begin));
    }
  }

 private:
  void ask(const KeyPart& part, std::size_t begin, std::size_t end) const {
    const ValueDictionary& values = records_.dictionary(part.comparison);
    const std::size_t slot = records_.comparisons()[part.comparison].first_slot;
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t code = records_.codes(i)[slot];
      if (code == 0) continue;
      if (part.coarse) {
        values.ask_coarse_key(code);
      } else {
        values.ask_exact_key(code);
      }
    }
  }

  const ComparedRecords& records_;
  std::span<const RuleKeys> rules_;
  std::vector<KeyPart> parts_;
  std::vector<std::vector<std::size_t>> places_;  // in parts_, by rule
  std::vector<std::vector<std::uint64_t>> columns_;
};

/// Calls `take(rule, first record, keys)` from any thread, each record once a rule.
template <class Take>
void for_each_keys(const ComparedRecords& records, std::span<const RuleKeys> rules,
                   const Context& context, Take&& take) {
  parallel_chunks(
      context, records.size(), std::size_t{1} << 16, [&](std::size_t begin, std::size_t end) {
        KeyBlock block(records, rules);
        for (std::size_t i = begin; i < end; i += KeyBlock::rows) {
          block.read(
              i, std::min(end, i + KeyBlock::rows),
              [&](std::size_t rule, std::span<const std::uint64_t> keys) { take(rule, i, keys); });
        }
      });
}

}  // namespace

std::uint64_t rule_key(const ComparedRecords& records, const RuleKeys& rule, std::size_t record) {
  if (rule.words) return words_key(records, record);
  return joined_key(rule, [&](std::size_t p) { return part_key(records, rule.parts[p], record); });
}

std::vector<std::vector<std::uint64_t>> rule_keys(const ComparedRecords& records,
                                                  std::span<const RuleKeys> rules,
                                                  const Context& context) {
  std::vector<std::vector<std::uint64_t>> all(rules.size());
  for (std::vector<std::uint64_t>& keys : all) keys.resize(records.size());
  for_each_keys(records, rules, context,
                [&](std::size_t rule, std::size_t first, std::span<const std::uint64_t> keys) {
                  std::copy(keys.begin(), keys.end(),
                            all[rule].begin() + static_cast<std::ptrdiff_t>(first));
                });
  return all;
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
  std::vector<std::vector<std::uint64_t>> counted(rules.size());
  std::mutex mutex;
  for_each_keys(records, rules, context,
                [&](std::size_t rule, std::size_t, std::span<const std::uint64_t> keys) {
                  std::array<std::uint64_t, KeyBlock::rows> some;
                  std::size_t count = 0;
                  for (const std::uint64_t key : keys) {
                    some[count] = key;
                    count += static_cast<std::size_t>((key != 0) &
                                                      ((multiply_mix(key, odd) >> 20 & mask) == 0));
                  }
                  const std::lock_guard lock(mutex);
                  counted[rule].insert(counted[rule].end(), some.begin(),
                                       some.begin() + static_cast<std::ptrdiff_t>(count));
                });
  std::vector<Cost> costs(rules.size());
  parallel_chunks(context, rules.size(), 1, [&](std::size_t begin, std::size_t) {
    std::vector<std::uint64_t> keys = std::move(counted[begin]);
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
