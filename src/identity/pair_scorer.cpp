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

/// log2 of the chance that another person has a value, by code: of the other records and of what is
/// believed of such values. The two records that agree on it are left out; of personal numbers, as
/// many more as one person may have, and such a number is as rare among those who gave it as among
/// all.
[[nodiscard]] std::vector<float> log_shares(const ValueDictionary& values, std::size_t records,
                                            double random_share) {
  const ComparisonKind kind = values.kind();
  const bool number = kind == ComparisonKind::typed_id || kind == ComparisonKind::key ||
                      kind == ComparisonKind::email || kind == ComparisonKind::phone;
  const double of_one_person = number ? 16 : 2;
  const auto here =
      static_cast<double>(std::max<std::size_t>(number ? records : values.total(), 1));
  const double total = here + believed_records;
  const double believed = number ? total * random_share
                                 : 1 + believed_records * believed_levels(kind).random[exact_level];
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
    const double others = std::max(frequency - of_one_person, 0.0);
    // What is surely common here is common, whatever is believed.
    const double surely = std::max(frequency - 7 - std::sqrt(frequency), 0.0) / here;
    shares[code - 1] = static_cast<float>(std::log2(std::max((others + believed) / total, surely)));
  }
  return shares;
}

}  // namespace

ScoreTables::ScoreTables(const ComparedRecords& records, const LinkModel& model)
    : prior_{.match = log2_of(model.match_share()),
             .household = log2_of(model.household_share()),
             .random = log2_of(model.random_share())} {
  for (std::size_t c = 0; c < model.comparisons().size(); ++c) {
    const ComparisonParameters& parameters = model.comparisons()[c];
    const ComparisonKind kind = parameters.comparison.kind;
    parent_[c] = parameters.comparison.parent;
    last_[c] = parameters.levels;
    if (kind == ComparisonKind::birth_date || kind == ComparisonKind::typed_id) {
      lasting_.push_back(c);
    }
    individual_[c] = parameters.comparison.individual;
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

}  // namespace emptor::detail
