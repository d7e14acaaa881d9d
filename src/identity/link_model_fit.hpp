#pragma once
// The EM behind `fit_link_model`.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/link_model.hpp"

namespace emptor {

class LinkModelFit {
 public:
  LinkModelFit(const ComparedRecords& records, std::span<const LevelPattern> patterns,
               double all_pairs, const LinkModelOptions& options);

  FittedLinkModel run(const Context& context);

 private:
  enum Kind : std::size_t { match, household, random, kinds };
  using Counts = std::array<std::array<double, max_levels>, parent_states>;
  using PerKind = std::array<Counts, kinds>;

  [[nodiscard]] std::size_t state_of(const LevelPattern& pattern, std::size_t c) const;
  void begin();
  void expect_pairs(double matches, double of_households);
  [[nodiscard]] double share(Kind kind) const;
  /// Posterior counts of every pattern; returns the log-likelihood.
  double expect();
  /// Returns the largest change of a probability.
  double maximise();
  [[nodiscard]] LevelProbabilities estimate(std::size_t c, std::size_t state) const;

  const ComparedRecords& records_;
  std::span<const LevelPattern> patterns_;
  double all_pairs_;
  LinkModelOptions options_;
  bool households_ = false;
  LinkModel model_;
  std::vector<std::array<double, max_levels>> any_pair_;  // counts of levels among all pairs
  std::vector<PerKind> counts_;                           // expected, of the candidates
  std::array<double, kinds> expected_{};                  // pairs of each kind
};

namespace detail {

/// Throws `invalid_option`.
void check_link_model(const LinkModelOptions& options);

/// How many of all pairs of records are expected on each level of each comparison; index 0 counts
/// those with a missing value. Exact for "exact" where there is one value a record.
[[nodiscard]] std::vector<std::array<double, max_levels>> levels_of_any_pair(
    const ComparedRecords& records, double all_pairs, const LinkModelOptions& options);

/// Probabilities of the levels before any data.
struct BelievedLevels {
  std::array<double, max_levels> match{}, household{}, random{};
};
[[nodiscard]] BelievedLevels believed_levels(ComparisonKind kind);
/// Among any two persons, where the parent agrees: an address knows its postcode, a postcode its
/// city, a city its region, a given name its gender; an e-mail may be made from the name.
[[nodiscard]] std::array<double, max_levels> believed_given_parent(ComparisonKind kind);

/// What is believed of values among any two persons counts for as much as so many records.
inline constexpr double believed_records = 1000;

}  // namespace detail

}  // namespace emptor
