#include "identity/pair_scorer.hpp"

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
    log_total_[c] =
        std::log2(static_cast<float>(std::max<std::size_t>(records.dictionary(c).total(), 1)));
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
