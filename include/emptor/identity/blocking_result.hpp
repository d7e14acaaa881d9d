#pragma once
// What blocking found and what it left out, rule by rule. Plain data; thread safety: values.

#include <cstdint>
#include <string>
#include <vector>

namespace emptor {

/// One rule of a plan. "Pairs" are pairs in scope (`PairScope`).
struct BlockingRuleReport {
  std::string name;
  std::uint64_t records = 0;            ///< that have a key
  std::uint64_t blocks = 0;             ///< keys by which at least one pair meets
  std::uint64_t largest_block = 0;      ///< records
  std::uint64_t pairs = 0;              ///< that meet by this rule, after the cap; exact
  std::uint64_t over_full_blocks = 0;   ///< beyond the cap
  std::uint64_t over_full_records = 0;  ///< in those
  std::uint64_t pairs_dropped = 0;      ///< of those, that do not meet by this rule
  double reduction_ratio = 1;           ///< 1 - pairs / all pairs in scope; 0 to 1
};

struct BlockingReport {
  std::vector<BlockingRuleReport> rules;
  std::uint64_t records = 0;
  std::uint64_t possible_pairs = 0;   ///< all pairs in scope, blocking or not
  std::uint64_t pairs = 0;            ///< sum over rules: the candidates are at most these
  std::uint64_t max_block_pairs = 0;  ///< the cap in force: blocks of more pairs are over-full
  bool cap_lowered = false;           ///< below `max_block`, to stay within `max_pairs`
  bool windows_dropped = false;       ///< over-full blocks are skipped, to stay within `max_pairs`
  bool within_budget = true;          ///< false: sorted-neighbourhood rules alone are too many
  std::uint64_t bytes = 0;            ///< that the plan keeps
};

/// What a run over all candidates met.
struct BlockingCount {
  std::vector<std::uint64_t> new_pairs;  ///< of each rule, that no earlier rule had
  std::uint64_t pairs = 0;               ///< their sum
  bool stopped = false;                  ///< the progress callback asked to stop: incomplete
};

/// A rule before any cap: how many pairs of records have equal keys.
struct BlockingCost {
  std::string name;
  std::uint64_t records = 0;        ///< that have a key
  std::uint64_t blocks = 0;         ///< keys of at least two records
  std::uint64_t largest_block = 0;  ///< records
  std::uint64_t pairs = 0;          ///< exact
};

}  // namespace emptor
