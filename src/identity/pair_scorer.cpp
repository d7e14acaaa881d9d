#include "identity/pair_scorer.hpp"

#include <unordered_map>

#include "identity/link_model_fit.hpp"
#include "identity/value_text.hpp"

namespace emptor::detail {

namespace {

[[nodiscard]] float log2_of(double probability) {
  constexpr double least = 1e-30;
  return static_cast<float>(std::log2(std::max(probability, least)));
}

/// By code.
[[nodiscard]] std::vector<float> log_shares(const ValueDictionary& values, std::size_t records,
                                            double random_share) {
  const ComparisonKind kind = values.kind();
  const ValueRarity rarity(kind, random_share);
  // A name that was not written in its own script may stand for any that is read so.
  const bool read_aloud = kind == ComparisonKind::given_name || kind == ComparisonKind::family_name;
  std::unordered_map<std::uint64_t, double> written;
  for (std::uint32_t code = 1; read_aloud && code <= values.size(); ++code) {
    if (!written_name(values.text(code)).empty()) {
      written[values.exact_key(code)] += values.frequency(code);
    }
  }
  std::vector<float> shares(values.size());
  for (std::uint32_t code = 1; code <= shares.size(); ++code) {
    double frequency = values.frequency(code);
    if (!written.empty() && written_name(values.text(code)).empty()) {
      const auto found = written.find(values.exact_key(code));
      if (found != written.end()) frequency += found->second;
    }
    shares[code - 1] = rarity.log_share(frequency, records, values.total());
  }
  return shares;
}

}  // namespace

ValueRarity::ValueRarity(ComparisonKind kind, double random_share)
    : number_(kind == ComparisonKind::typed_id || kind == ComparisonKind::key ||
              kind == ComparisonKind::email || kind == ComparisonKind::phone),
      random_share_(random_share),
      weight_(believed_records(kind)),
      believed_(1 + weight_ * believed_levels(kind).random[exact_level]) {}

float ValueRarity::log_share(double frequency, std::size_t records,
                             std::size_t values) const noexcept {
  const double of_one_person = number_ ? 16 : 2;
  const auto here = static_cast<double>(std::max<std::size_t>(number_ ? records : values, 1));
  const double total = here + weight_;
  const double believed = number_ ? total * random_share_ : believed_;
  const double others = std::max(frequency - of_one_person, 0.0);
  // What is surely common here is common, whatever is believed.
  const double surely = std::max(frequency - 7 - std::sqrt(frequency), 0.0) / here;
  return static_cast<float>(std::log2(std::max((others + believed) / total, surely)));
}

ScoreTables::ScoreTables(const ComparedRecords& records, const LinkModel& model)
    : prior_{.match = log2_of(model.match_share()),
             .household = log2_of(model.household_share()),
             .random = log2_of(model.random_share())},
      most_of_names_(static_cast<float>(detail::most_of_names(records.size()))) {
  while (names_ < model.comparisons().size() &&
         is_name(model.comparisons()[names_].comparison.kind)) {
    ++names_;
  }
  for (std::size_t c = 0; c < model.comparisons().size(); ++c) {
    const ComparisonParameters& parameters = model.comparisons()[c];
    const ComparisonKind kind = parameters.comparison.kind;
    parent_[c] = parameters.comparison.parent;
    if (c >= names_ && kind != ComparisonKind::category) others_.push_back(c);
    last_[c] = parameters.levels;
    if (kind == ComparisonKind::birth_date || kind == ComparisonKind::typed_id) {
      lasting_.push_back(c);
    }
    individual_[c] =
        parameters.comparison.individual && kind != ComparisonKind::birth_date;  // twins
    by_frequency_[c] = kind != ComparisonKind::category && kind != ComparisonKind::number &&
                       kind != ComparisonKind::location && kind != ComparisonKind::list;
    if (by_frequency_[c]) {
      log_shares_[c] = log_shares(records.dictionary(c), records.size(),
                                  parameters.given[0].random[exact_level]);
    }
    for (std::size_t s = 0; s < parent_states; ++s) {
      for (std::size_t level = 1; level <= parameters.levels; ++level) {
        const LevelProbabilities& p = parameters.given[s];
        weights_[c][s][level] = {.match = log2_of(p.match[level]),
                                 .household = log2_of(p.household[level]),
                                 .random = log2_of(p.random[level])};
      }
    }
  }
}

void PairScorer::weights(std::span<const RecordPair> pairs, float* out) {
  comparer_.compare(pairs);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::uint32_t* row = records_.codes(pairs[i].a);
    for (std::size_t c = 0; c < records_.comparisons().size(); ++c) {
      if (comparer_.levels(i)[c] != exact_level) continue;
      tables_.prefetch(c, row[records_.comparisons()[c].first_slot]);
    }
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    out[i] = weight_of(total(comparer_.levels(i), pairs[i].a, pairs[i].b));
  }
}

}  // namespace emptor::detail
