#pragma once
// The weight of a pair of records under a fitted model. For one thread.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/link_model.hpp"
#include "identity/pair_comparer.hpp"

namespace emptor::detail {

/// What a pair of levels is worth, log2: of the three kinds of pairs.
struct KindWeights {
  float match = 0, household = 0, random = 0, unused = 0;

  KindWeights& operator+=(const KindWeights& other) {
    match += other.match;
    household += other.household;
    random += other.random;
    return *this;
  }
  /// Speaks for a match with at most so many bits.
  void at_most(float bits) noexcept {
    household = std::max(household, match - bits);
    random = std::max(random, match - bits);
  }
};

/// The chance that another person has a value, by how often it occurs: of the other records and of
/// what is believed of such values. The two records that agree on it are left out; of personal
/// numbers, as many more as one person may have, and such a number is as rare among those who gave
/// it as among all.
class ValueRarity {
 public:
  /// `random_share`: of pairs of two persons that agree.
  ValueRarity(ComparisonKind kind, double random_share);

  /// log2, of a value that occurs so often among so many records and values of the comparison.
  [[nodiscard]] float log_share(double frequency, std::size_t records,
                                std::size_t values) const noexcept;

 private:
  bool number_ = false;
  double random_share_ = 0, weight_ = 0, believed_ = 0;
};

/// The tables of a model over records, shared by scorers. Follows the records' frequencies as they
/// are when it is made.
class ScoreTables {
 public:
  ScoreTables(const ComparedRecords& records, const LinkModel& model);

  [[nodiscard]] const KindWeights& prior() const noexcept { return prior_; }
  [[nodiscard]] const KindWeights& of(std::size_t c, std::size_t state,
                                      std::uint8_t level) const noexcept {
    return weights_[c][state][level];
  }
  [[nodiscard]] std::size_t last(std::size_t c) const noexcept { return last_[c]; }
  /// Whether exact agreement counts by the value's frequency in this state of the parent.
  [[nodiscard]] bool by_frequency(std::size_t c, std::size_t state) const noexcept {
    return by_frequency_[c] &&
           (parent_[c] < 0 || state != static_cast<std::size_t>(ParentState::agrees));
  }
  [[nodiscard]] bool individual(std::size_t c) const noexcept { return individual_[c]; }
  /// Given and family name are the first comparisons, as far as there are any.
  [[nodiscard]] std::size_t names() const noexcept { return names_; }
  /// Whether names are all that can be compared, of fields that there are; what depends on them is
  /// no other field.
  [[nodiscard]] bool names_alone(const Levels& levels) const noexcept {
    bool alone = !others_.empty();
    for (const std::size_t c : others_) alone = alone && levels[c] == missing_level;
    return alone;
  }
  /// Bits that names alone speak for a match at most.
  [[nodiscard]] float most_of_names() const noexcept { return most_of_names_; }
  /// State of the parent of c; where it is missing, of the parent's parent.
  [[nodiscard]] std::size_t state(std::size_t c, const Levels& levels) const noexcept {
    int parent = parent_[c];
    while (parent >= 0 && levels[static_cast<std::size_t>(parent)] == missing_level) {
      parent = parent_[static_cast<std::size_t>(parent)];
    }
    if (parent < 0) return 0;
    const auto place = static_cast<std::size_t>(parent);
    return parent_state(levels[place], last_[place]);
  }
  /// Whether a birth date or a personal number differs.
  [[nodiscard]] bool tells_apart(const Levels& levels) const noexcept {
    return std::any_of(lasting_.begin(), lasting_.end(),
                       [&](std::size_t c) { return levels[c] == last_[c]; });
  }
  /// What birth dates and personal numbers that differ say in the stead of all pairs without them.
  template <class Filled>
  [[nodiscard]] float unsaid(const Levels& levels, const Filled& filled) const {
    float bits = 0;
    for (const std::size_t c : lasting_) {
      if (levels[c] != last_[c]) continue;
      const float share = std::clamp(static_cast<float>(filled(c)), 1e-3F, 1.0F);
      const KindWeights& differ = weights_[c][0][last_[c]];
      bits += (1 / (share * share) - 1) * std::min(0.0F, differ.match - differ.random);
    }
    return bits;
  }
  /// log2 of the chance that another person's record has the value too.
  [[nodiscard]] float log_share(std::size_t c, std::uint32_t code) const noexcept {
    return log_shares_[c][code - 1];
  }
  void prefetch(std::size_t c, std::uint32_t code) const noexcept {
    if (by_frequency_[c]) __builtin_prefetch(&log_shares_[c][code - 1]);
  }

 private:
  KindWeights prior_;
  std::array<std::array<std::array<KindWeights, max_levels>, parent_states>, max_comparisons>
      weights_{};
  std::array<int, max_comparisons> parent_{};
  std::array<std::size_t, max_comparisons> last_{};
  std::array<bool, max_comparisons> by_frequency_{}, individual_{};
  std::size_t names_ = 0;
  float most_of_names_ = 0;
  std::vector<std::size_t> others_;   // comparisons beside names
  std::vector<std::size_t> lasting_;  // comparisons of birth dates and personal numbers
  std::array<std::vector<float>, max_comparisons> log_shares_;  // by code - 1
};

/// log2 of the odds of a match.
[[nodiscard]] inline float weight_of(const KindWeights& total) noexcept {
  const float most = std::max(total.household, total.random);
  const float least = std::min(total.household, total.random);
  if (least - most < -25) return total.match - most;  // 1 + 2^x is 1 in single precision
  return total.match - most - std::log2(1 + std::exp2(least - most));
}

/// What a pair says when prior and likelihood are apart: log2 of the likelihood ratio of a match to
/// the likelier of the two other kinds.
[[nodiscard]] inline float evidence_of(const KindWeights& total,
                                       const KindWeights& prior) noexcept {
  return total.match - prior.match -
         std::max(total.household - prior.household, total.random - prior.random);
}

/// Bits below which little speaks for a pair.
inline constexpr float little = 5;

/// How a pair counts in the mean of two clusters that a stronger pair may join: its weight if that
/// is for a match; else only what is evidence against it. The prior is not: once a pair joins two
/// clusters, their other pairs need no proof of their own. A birth date or a personal number that
/// differs counts twice where little speaks for the pair, and once more for every pair that cannot
/// say so because one of its records has none: else those outvote the ones that know. `filled(c)`:
/// the share of records with a value.
template <class Filled>
[[nodiscard]] float cross_weight_of(const KindWeights& total, const ScoreTables& tables,
                                    const Levels& levels, const Filled& filled) {
  const float weight = weight_of(total);
  const bool apart = weight < little && tables.tells_apart(levels);
  if (weight >= 0 && !apart) return weight;
  const float against = std::min(0.0F, evidence_of(total, tables.prior()));
  return apart ? 2 * against + tables.unsaid(levels, filled) : against;
}

/// Whether a pair of such a weight joins its records or clusters: it is not to rest on values that
/// differ and, counted for the pairs without them, too, would speak against. `cross_weight`: of the
/// pair.
template <class CrossWeight>
[[nodiscard]] bool joins(float weight, float threshold, const CrossWeight& cross_weight) {
  if (weight < threshold || weight >= little) return weight >= threshold;
  return weight + std::min(0.0F, cross_weight()) >= threshold;
}

class PairScorer {
 public:
  PairScorer(const ComparedRecords& records, const ScoreTables& tables)
      : records_(records), tables_(tables), comparer_(records) {}

  /// Asks memory for what comparing the pairs will need first.
  void ask(std::span<const RecordPair> pairs) const noexcept { comparer_.ask(pairs); }
  /// The weights of up to `pairs_a_block` pairs.
  void weights(std::span<const RecordPair> pairs, float* out);
  [[nodiscard]] float weight(std::size_t a, std::size_t b) { return weight_of(total(a, b)); }
  /// As `cross_weight_of`.
  [[nodiscard]] float cross_weight(std::size_t a, std::size_t b) {
    const KindWeights both = total(a, b);
    return cross_weight_of(both, tables_, levels_, [&](std::size_t c) {
      return static_cast<double>(records_.dictionary(c).total()) /
             static_cast<double>(records_.size());
    });
  }
  /// The levels of the last pair that was asked about.
  [[nodiscard]] const Levels& levels() const noexcept { return levels_; }

  [[nodiscard]] std::size_t state(std::size_t c) const noexcept {
    return tables_.state(c, levels_);
  }
  /// What comparison c says of the last pair.
  [[nodiscard]] KindWeights part(std::size_t c, std::size_t a, std::size_t b);

 private:
  /// Of the value that the two agree on; of two ways to write it, the commoner one.
  [[nodiscard]] float agreed_log_share(std::size_t c, std::size_t a, std::size_t b) {
    const Comparison& comparison = records_.comparisons()[c];
    if (comparison.slots != 1) return tables_.log_share(c, comparer_.agreed_code(a, b, c));
    const std::uint32_t x = records_.codes(a)[comparison.first_slot];
    const std::uint32_t y = records_.codes(b)[comparison.first_slot];
    return std::max(tables_.log_share(c, x), tables_.log_share(c, y));
  }
  [[nodiscard]] KindWeights single(std::size_t c, const Levels& levels, std::size_t a,
                                   std::size_t b);
  KindWeights total(std::size_t a, std::size_t b) {
    comparer_.levels(a, b, levels_);
    return total(levels_, a, b);
  }
  KindWeights total(const Levels& levels, std::size_t a, std::size_t b) {
    KindWeights sum;
    std::size_t c = 0;
    for (; c < tables_.names(); ++c) {
      if (levels[c] != missing_level) sum += single(c, levels, a, b);
    }
    if (tables_.names_alone(levels)) sum.at_most(tables_.most_of_names());
    sum += tables_.prior();
    for (; c < records_.comparisons().size(); ++c) {
      if (levels[c] != missing_level) sum += single(c, levels, a, b);
    }
    return sum;
  }

  const ComparedRecords& records_;
  const ScoreTables& tables_;
  PairComparer comparer_;
  Levels levels_{};
};

inline KindWeights PairScorer::part(std::size_t c, std::size_t a, std::size_t b) {
  KindWeights part = single(c, levels_, a, b);
  if (c + 1 != tables_.names() || !tables_.names_alone(levels_)) return part;
  KindWeights names = part;  // what they say together falls to the last one
  for (std::size_t other = 0; other < c; ++other) {
    if (levels_[other] != missing_level) names += single(other, levels_, a, b);
  }
  const KindWeights apart = names;
  names.at_most(tables_.most_of_names());
  part.household += names.household - apart.household;
  part.random += names.random - apart.random;
  return part;
}

inline KindWeights PairScorer::single(std::size_t c, const Levels& levels, std::size_t a,
                                      std::size_t b) {
  const std::size_t now = tables_.state(c, levels);
  KindWeights part = tables_.of(c, now, levels[c]);
  if (levels[c] == exact_level && tables_.by_frequency(c, now)) {
    part.random = agreed_log_share(c, a, b);
    if (tables_.individual(c)) part.household = part.random;
  }
  return part;
}

}  // namespace emptor::detail
