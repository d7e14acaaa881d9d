#pragma once
// Which of many blocking rules to take, and what share of the matches they let through.
//
// Choice: every record should be asked for by several rules, since any one field may be wrong, at
// few pairs in all. That is a weighted multi-cover; the greedy rule takes what covers most a new
// pair: Gregory Dobson, "Worst-case analysis of greedy heuristics for integer programming with
// nonnegative data", Mathematics of Operations Research 7(4), 1982, doi:10.1287/moor.7.4.515. Pairs
// that several rules have count once, estimated from a sample of the candidates.
//
// Recall without labels: rules are occasions to catch a match, and how many matches were caught
// once, and how many twice, tells how many never were. Anne Chao, "Estimating the population size
// for capture-recapture data with unequal catchability", Biometrics 43(4), 1987,
// doi:10.2307/2531532, which is a lower bound where some matches are harder to catch; for two rules
// D. G. Chapman, "Some properties of the hypergeometric distribution with applications to
// zoological sample censuses", University of California Publications in Statistics 1(7), 1951.
// Rules of the same field are no independent occasions: they make the recall look better than it
// is. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/identity/blocking.hpp"

namespace emptor {

struct BlockingChoiceOptions {
  double max_pairs = 1e8;          ///< most distinct pairs, by estimate; > 0
  std::size_t cover = 3;           ///< rules by which a record should have a key; >= 1
  BlockingOptions blocking{};      ///< caps, windows and scope to come; its `max_pairs` too
  std::size_t sample = 2'000'000;  ///< candidates to look at, about; fewer are all there; >= 1
};

struct BlockingChoice {
  std::vector<std::size_t> rules;     ///< places of the chosen, those of fewest pairs first
  double pairs = 0;                   ///< distinct pairs, estimated; exact if `exact`
  bool exact = false;                 ///< the sample is all candidates
  std::uint64_t covered = 0;          ///< records with keys by at least `cover` chosen rules
  std::uint64_t coverable = 0;        ///< records with keys by at least `cover` of all rules
  std::uint64_t uncovered = 0;        ///< records without a key by any chosen rule
  std::vector<std::size_t> too_many;  ///< would have helped, but for `max_pairs`
};

/// Chooses among at most 64 candidate rules. A record counts as asked for by a rule if it has a
/// key, also in a block that is skipped. Throws as `build_blocking_plan`, and `invalid_option`.
/// Cost: a plan of all candidates and `sample` pairs.
[[nodiscard]] EMPTOR_API BlockingChoice choose_blocking_rules(
    std::span<const BlockingRule> candidates, const BlockingChoiceOptions& options = {},
    std::span<const std::uint32_t> sources = {}, const Context& context = {});

struct BlockingRecall {
  std::uint64_t found = 0;  ///< matches that meet by a rule
  std::uint64_t once = 0;   ///< by exactly one
  std::uint64_t twice = 0;  ///< by exactly two
  double matches = 0;       ///< estimate of all matches: at least so many
  double recall = 1;        ///< found / matches: at most so much
};

/// From the rules by which each match meets, `BlockingPlan::rules_of(pair)`; masks of 0 are left
/// out. `rules` >= 2 is how many there are. Throws `invalid_option`. O(matches).
[[nodiscard]] EMPTOR_API BlockingRecall
estimate_blocking_recall(std::span<const std::uint64_t> masks, std::size_t rules);

/// Chapman's estimate of all matches from two independent rules, of which one finds `first`, the
/// other `second`, and both together `both` matches.
[[nodiscard]] constexpr double matches_by_two_rules(double first, double second,
                                                    double both) noexcept {
  return (first + 1) * (second + 1) / (both + 1) - 1;
}

}  // namespace emptor
