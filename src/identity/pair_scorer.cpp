#include "identity/pair_scorer.hpp"

#include "identity/link_model_fit.hpp"

namespace emptor::detail {

namespace {

[[nodiscard]] float log2_of(double probability) {
  constexpr double least = 1e-30;
  return static_cast<float>(std::log2(std::max(probability, least)));
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
    individual_[c] = parameters.comparison.individual;
    by_frequency_[c] = kind != ComparisonKind::category && kind != ComparisonKind::number &&
                       kind != ComparisonKind::location && kind != ComparisonKind::list;
    // A personal number is as rare among those who gave it as among all.
    const bool number = kind == ComparisonKind::typed_id || kind == ComparisonKind::key ||
                        kind == ComparisonKind::email || kind == ComparisonKind::phone;
    const std::size_t total = number ? records.size() : records.dictionary(c).total();
    of_one_person_[c] = number ? 16.0F : 2.0F;
    total_[c] = static_cast<float>(static_cast<double>(total) + believed_records);
    believed_[c] = static_cast<float>(number ? total_[c] * parameters.given[0].random[exact_level]
                                             : 1 + believed_records *
                                                       believed_levels(kind).random[exact_level]);
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
