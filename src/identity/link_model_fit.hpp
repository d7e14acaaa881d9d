#pragma once
// The EM behind `fit_link_model`.

#include <algorithm>
#include <array>
#include <cmath>
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

/// Given and family names are one comparison each and come first.
[[nodiscard]] constexpr bool is_name(ComparisonKind kind) noexcept {
  return kind == ComparisonKind::given_name || kind == ComparisonKind::family_name;
}
/// log2 of the likelihood ratio that names alone may reach among n records. That given and family
/// name are independent is an assumption, and a small table does not know how rare a name is: one
/// that no other of n records has may still be that of 3 / n of all people, by the upper bound of
/// 95 % confidence (J. A. Hanley, A. Lippman-Hand, "If nothing goes wrong, is everything all
/// right?", JAMA 249(13), 1983, doi:10.1001/jama.1983.03330370053031).
[[nodiscard]] inline double most_of_names(std::size_t records) noexcept {
  constexpr std::size_t fewest = 100;
  constexpr double namesakes = 3;
  return std::log2(static_cast<double>(std::max(records, fewest)) / namesakes);
}

/// Of two persons of one household, how many were born on one day: twins are three in a hundred
/// births (J. A. Martin et al., "Births: final data for 2019", National Vital Statistics Reports
/// 70(2), 2021), and siblings are a part of a household's pairs.
inline constexpr double believed_twins = .005;

/// What is believed of values among any two persons counts for as much as so many records. Where a
/// company's customers live is its own matter, so of places less is believed.
[[nodiscard]] constexpr double believed_records(ComparisonKind kind) noexcept {
  const bool place = kind == ComparisonKind::postcode || kind == ComparisonKind::place ||
                     kind == ComparisonKind::category;
  return place ? 100 : 1000;
}

}  // namespace detail

}  // namespace emptor
