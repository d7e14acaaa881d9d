#include "identity/link_model_fit.hpp"

#include <algorithm>
#include <cmath>

namespace emptor {

namespace {

/// The share of pairs on a level that is left to the random ones, whatever the matches take.
constexpr double least_random_share = .02;

[[nodiscard]] double sum(const std::array<double, max_levels>& values) {
  double total = 0;
  for (std::size_t level = 1; level < max_levels; ++level) total += values[level];
  return total;
}

}  // namespace

detail::BelievedLevels detail::believed_levels(ComparisonKind kind) {
  // Of customer files in general: people rarely change names and birth dates, often change
  // addresses, phones and e-mails; a household shares its address and name.
  switch (kind) {
    case ComparisonKind::given_name:
      return {.match = {0, .72, .12, .05, .02, 1e-7, .09},
              .household = {0, .005, .005, .01, .002, 1e-4, .978},
              .random = {0, .005, .005, .01, .002, 1e-4, .978}};
    case ComparisonKind::family_name:
      return {.match = {0, .75, .10, .03, .02, 1e-7, .10},
              .household = {0, .80, .05, .01, .02, .002, .12},
              .random = {0, .002, .001, .003, .002, 1e-4, .992}};
    case ComparisonKind::birth_date:
      return {.match = {0, .85, .09, .02, .02, .01, .01},
              .household = {0, .01, .01, .01, .02, .03, .92},
              .random = {0, 5e-5, .001, .002, .015, .02, .96195}};
    case ComparisonKind::email:
      return {.match = {0, .70, .05, .05, .02, .18},
              .household = {0, .10, .01, .02, .02, .85},
              .random = {0, 1e-5, 1e-4, 1e-4, 1e-3, .99879}};
    case ComparisonKind::phone:
      return {.match = {0, .60, .05, .05, .30},
              .household = {0, .50, .02, .01, .47},
              .random = {0, 1e-5, 1e-5, 1e-5, .99997}};
    case ComparisonKind::address:
      return {.match = {0, .55, .15, .05, .25},
              .household = {0, .75, .15, .02, .08},
              .random = {0, 1e-5, 1e-5, 1e-3, .99898}};
    case ComparisonKind::postcode:
      return {.match = {0, .65, .05, .08, .22},
              .household = {0, .85, .05, .05, .05},
              .random = {0, 5e-4, 5e-4, 5e-3, .994}};
    case ComparisonKind::place:
      return {.match = {0, .75, .10, .15},
              .household = {0, .88, .07, .05},
              .random = {0, .02, .005, .975}};
    case ComparisonKind::typed_id:
      return {.match = {0, .90, .08, .02},
              .household = {0, 1e-5, 1e-4, .99989},
              .random = {0, 1e-5, 1e-4, .99989}};
    case ComparisonKind::key:
      return {.match = {0, .70, .30}, .household = {0, .20, .80}, .random = {0, 1e-5, .99999}};
    case ComparisonKind::category:
      return {.match = {0, .93, .07}, .household = {0, .60, .40}, .random = {0, .30, .70}};
    case ComparisonKind::text:
      return {.match = {0, .60, .15, .25},
              .household = {0, .15, .05, .80},
              .random = {0, .01, .01, .98}};
    case ComparisonKind::number:
      return {.match = {0, .70, .10, .05, .15},
              .household = {0, .10, .02, .08, .80},
              .random = {0, .02, .02, .10, .86}};
    case ComparisonKind::location:
      return {.match = {0, .60, .10, .05, .25},
              .household = {0, .80, .10, .05, .05},
              .random = {0, 1e-4, 1e-3, .01, .9889}};
    case ComparisonKind::list:
      return {.match = {0, .70, .30}, .household = {0, .20, .80}, .random = {0, .02, .98}};
  }
  return {};
}

std::array<double, max_levels> detail::believed_given_parent(ComparisonKind kind) {
  switch (kind) {
    case ComparisonKind::postcode:
      return {0, .70, .05, .05, .20};
    case ComparisonKind::place:
      return {0, .85, .08, .07};
    case ComparisonKind::category:
      return {0, .90, .10};
    case ComparisonKind::email:
      // jsmith@ at another provider may be another Smith.
      return {0, 1e-4, .01, .01, .02, .9599};
    default:
      return believed_levels(kind).random;
  }
}

LinkModelFit::LinkModelFit(const ComparedRecords& records, std::span<const LevelPattern> patterns,
                           double all_pairs, const LinkModelOptions& options)
    : records_(records), patterns_(patterns), all_pairs_(all_pairs), options_(options) {
  for (const Comparison& comparison : records.comparisons()) {
    model_.comparisons_.push_back(
        {.comparison = comparison, .levels = last_level(comparison.kind), .given = {}});
    households_ = households_ || (options.households && comparison.individual &&
                                  comparison.kind != ComparisonKind::category);
  }
}

std::size_t LinkModelFit::state_of(const LevelPattern& pattern, std::size_t c) const {
  int parent = model_.comparisons_[c].comparison.parent;
  while (parent >= 0 && pattern.levels[static_cast<std::size_t>(parent)] == missing_level) {
    parent = model_.comparisons_[static_cast<std::size_t>(parent)].comparison.parent;
  }
  if (parent < 0) return 0;
  const auto p = static_cast<std::size_t>(parent);
  return parent_state(pattern.levels[p], model_.comparisons_[p].levels);
}

void LinkModelFit::begin() {
  any_pair_ = detail::levels_of_any_pair(records_, all_pairs_, options_);
  counts_.resize(model_.comparisons_.size());
  const double records = static_cast<double>(std::max<std::size_t>(records_.size(), 2));
  expect_pairs(std::min(records, all_pairs_ / 2), std::min(records, all_pairs_ / 4));
  for (std::size_t c = 0; c < model_.comparisons_.size(); ++c) {
    for (std::size_t s = 0; s < parent_states; ++s) {
      model_.comparisons_[c].given[s] = estimate(c, s);
    }
  }
}

/// None of the three kinds of pairs dies out, and few records are taken for some of a larger table:
/// that two of them are one person is no even chance because there are only two.
void LinkModelFit::expect_pairs(double matches, double of_households) {
  constexpr double fewest_pairs = 100.0 * 99 / 2;
  const double records = static_cast<double>(std::max<std::size_t>(records_.size(), 2));
  const double least = std::min({options_.prior_pairs, records, all_pairs_ / 2}) * .5;
  expected_[match] = std::max(matches, least);
  expected_[household] = households_ ? std::max(of_households, least) : 0;
  expected_[random] =
      std::max(std::max(all_pairs_, fewest_pairs) - expected_[match] - expected_[household], least);
}

/// Of all pairs, those of a kind.
double LinkModelFit::share(Kind kind) const {
  return expected_[kind] / (expected_[match] + expected_[household] + expected_[random]);
}

LevelProbabilities LinkModelFit::estimate(std::size_t c, std::size_t state) const {
  const ComparisonParameters& parameters = model_.comparisons_[c];
  const bool depends = parameters.comparison.parent >= 0;
  const detail::BelievedLevels believed = detail::believed_levels(parameters.comparison.kind);
  const auto total_of = [&](Kind kind, std::size_t level) {
    double total = 0;
    for (const auto& by_state : counts_[c][kind]) total += by_state[level];
    return total;
  };
  LevelProbabilities p;
  const auto learned = [&](Kind kind, const std::array<double, max_levels>& belief) {
    std::array<double, max_levels> counts{};
    for (std::size_t level = 1; level <= parameters.levels; ++level) {
      // That father and son are one person is no matter of experience.
      const bool learns = kind != match || !detail::is_name(parameters.comparison.kind) ||
                          level != generation_level;
      counts[level] = (learns ? total_of(kind, level) : 0) + options_.prior_pairs * belief[level];
    }
    const double all = sum(counts);
    for (double& count : counts) count /= all;
    return counts;
  };
  const auto given_state = [&](Kind kind, const std::array<double, max_levels>& marginal) {
    std::array<double, max_levels> values = counts_[c][kind][state];
    const double seen = sum(values);
    for (std::size_t level = 1; level <= parameters.levels; ++level) {
      values[level] =
          (values[level] + options_.prior_pairs * marginal[level]) / (seen + options_.prior_pairs);
    }
    return values;
  };

  p.match = learned(match, believed.match);
  const double believed_pairs = detail::believed_records(parameters.comparison.kind) / 2 *
                                static_cast<double>(std::max<std::size_t>(records_.size(), 1));
  for (std::size_t level = 1; level <= parameters.levels; ++level) {
    const double any = any_pair_[c][level];
    p.random[level] = std::max(any - total_of(match, level) - total_of(household, level),
                               least_random_share * any) +
                      believed_pairs * believed.random[level];
  }
  const double random_total = sum(p.random);
  for (double& value : p.random) value /= random_total;
  p.household =
      parameters.comparison.individual ? p.random : learned(household, believed.household);
  if (parameters.comparison.kind == ComparisonKind::birth_date &&
      p.household[exact_level] < detail::believed_twins) {
    const double others = (1 - detail::believed_twins) / (1 - p.household[exact_level]);
    for (double& value : p.household) value *= others;
    p.household[exact_level] = detail::believed_twins;
  }
  if (depends) {
    p.match = given_state(match, p.match);
    if (state == static_cast<std::size_t>(ParentState::agrees)) {
      const auto belief = detail::believed_given_parent(parameters.comparison.kind);
      p.random = given_state(random, belief);
      if (parameters.comparison.individual) p.household = given_state(household, belief);
    }
    if (!parameters.comparison.individual) p.household = given_state(household, p.household);
  }
  return p;
}

double LinkModelFit::expect() {
  const std::size_t comparisons = model_.comparisons_.size();
  struct Logs {
    std::array<std::array<std::array<double, kinds>, max_levels>, parent_states> of{};
  };
  std::vector<Logs> logs(comparisons);
  for (std::size_t c = 0; c < comparisons; ++c) {
    for (std::size_t s = 0; s < parent_states; ++s) {
      const LevelProbabilities& p = model_.comparisons_[c].given[s];
      for (std::size_t level = 1; level <= model_.comparisons_[c].levels; ++level) {
        logs[c].of[s][level] = {std::log(p.match[level]), std::log(p.household[level]),
                                std::log(p.random[level])};
      }
    }
  }
  std::array<double, kinds> prior{};
  for (std::size_t k = 0; k < kinds; ++k) {
    prior[k] = expected_[k] > 0 ? std::log(share(static_cast<Kind>(k))) : -1e300;
  }
  const double most_of_names = detail::most_of_names(records_.size()) * std::log(2.0);
  std::size_t names = 0;
  while (names < comparisons && detail::is_name(model_.comparisons_[names].comparison.kind)) {
    ++names;
  }
  const auto alone = [&](const LevelPattern& pattern) {
    bool any = false, present = false;
    for (std::size_t c = names; c < comparisons; ++c) {
      if (model_.comparisons_[c].comparison.kind == ComparisonKind::category) continue;
      any = true;
      present = present || pattern.levels[c] != missing_level;
    }
    return any && !present;
  };
  for (PerKind& counts : counts_) counts = {};
  std::array<double, kinds> expected{};
  double log_likelihood = 0;
  for (const LevelPattern& pattern : patterns_) {
    std::array<double, kinds> log_share{};
    for (std::size_t c = 0; c < comparisons; ++c) {
      const auto& add = logs[c].of[state_of(pattern, c)][pattern.levels[c]];
      for (std::size_t k = 0; k < kinds; ++k) log_share[k] += add[k];
      if (c + 1 == names && alone(pattern)) {
        for (const Kind k : {household, random}) {
          log_share[k] = std::max(log_share[k], log_share[match] - most_of_names);
        }
      }
    }
    for (std::size_t k = 0; k < kinds; ++k) log_share[k] += prior[k];
    const double largest = std::max({log_share[0], log_share[1], log_share[2]});
    std::array<double, kinds> share{};
    double total = 0;
    for (std::size_t k = 0; k < kinds; ++k) total += share[k] = std::exp(log_share[k] - largest);
    for (double& value : share) value /= total;
    const double free = pattern.pairs - pattern.labelled_matches - pattern.labelled_different;
    log_likelihood += free * (largest + std::log(total));
    const double others = share[household] + share[random];
    std::array<double, kinds> pairs{};
    for (std::size_t k = 0; k < kinds; ++k) pairs[k] = free * share[k];
    pairs[match] += pattern.labelled_matches;
    const double of_household = others > 0 ? share[household] / others : 0;
    pairs[household] += pattern.labelled_different * of_household;
    pairs[random] += pattern.labelled_different * (1 - of_household);
    for (std::size_t k = 0; k < kinds; ++k) expected[k] += pairs[k];
    for (std::size_t c = 0; c < comparisons; ++c) {
      const std::size_t level = pattern.levels[c], state = state_of(pattern, c);
      if (level == missing_level) continue;
      for (std::size_t k = 0; k < kinds; ++k) counts_[c][k][state][level] += pairs[k];
    }
  }
  expect_pairs(expected[match], expected[household]);
  return log_likelihood;
}

double LinkModelFit::maximise() {
  double change = 0;
  const auto moved = [&](const auto& before, const auto& after) {
    for (std::size_t level = 1; level < max_levels; ++level) {
      change = std::max(change, std::abs(before[level] - after[level]));
    }
  };
  for (std::size_t c = 0; c < model_.comparisons_.size(); ++c) {
    for (std::size_t s = 0; s < parent_states; ++s) {
      LevelProbabilities& p = model_.comparisons_[c].given[s];
      const LevelProbabilities next = estimate(c, s);
      moved(p.match, next.match);
      moved(p.household, next.household);
      moved(p.random, next.random);
      p = next;
    }
  }
  return change;
}

FittedLinkModel LinkModelFit::run(const Context& context) {
  begin();
  FittedLinkModel fitted;
  LinkFitReport& report = fitted.report;
  report.patterns = patterns_.size();
  for (const LevelPattern& pattern : patterns_) {
    report.pairs += static_cast<std::size_t>(pattern.pairs);
  }
  while (report.iterations < options_.max_iterations && !report.converged) {
    if (context.report({"fit link model", report.iterations, options_.max_iterations}) ==
        Go::stop) {
      break;
    }
    report.log_likelihood = expect();
    report.largest_change = maximise();
    ++report.iterations;
    report.converged = report.largest_change <= options_.tolerance;
  }
  report.expected_matches = expected_[match];
  report.expected_household = expected_[household];
  model_.match_share_ = share(match);
  model_.household_share_ = share(household);
  fitted.model = std::move(model_);
  return fitted;
}

}  // namespace emptor
