#pragma once
// Which pairs of records are worth comparing: the union of blocking rules, as a stream of pairs.
//
// A rule gives each record a 64-bit key, and records of equal key meet (Ivan P. Fellegi, Alan B.
// Sunter, "A theory for record linkage", JASA 64(328), 1969, doi:10.1080/01621459.1969.10501049,
// section 3.4). A block of too many pairs is over-full: its records meet only within a window of
// the block in sorted order, or not at all. A rule may also be a sorted neighbourhood as a whole:
// Mauricio A. Hernández, Salvatore J. Stolfo, "The merge/purge problem for large databases", SIGMOD
// 1995, doi:10.1145/223784.223807.
//
// Pairs are never stored. Each record keeps one 32-bit number a rule, made so that two numbers tell
// whether the two records meet by that rule, window and cap included; a pair of rule r is handed
// over if no earlier rule has it, which takes r comparisons of numbers that stand side by side.
//
// Blocks, caps and windows depend on keys alone, not on the order of records. The one exception:
// records that are equal in the sort key and in the keys of all rules stand in a window by row.
//
// Time: three passes of a radix sort a rule; then some nanoseconds a pair. Memory of n records and
// r rules: 4 n r bytes, and at most 4 n r more for the blocks; while building 16 n a thread more.
// Thread safety: a plan is immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/identity/blocking_result.hpp"
#include "emptor/identity/record_pair.hpp"

namespace emptor {

/// One way for two records to meet. Spans are read only while a plan is built.
struct BlockingRule {
  std::string name{};
  std::span<const std::uint64_t> keys{};  ///< one a record; 0: none, meets nobody by this rule
  /// 0: records of equal key meet. >= 2: keys are sort keys, and records meet that stand less than
  /// `window` places from each other in ascending order; 2 to 65,536.
  std::size_t window = 0;
  /// Order within over-full blocks, one a record: records that are likely the same person stand
  /// close (the first 8 bytes of the name, big-endian). Empty: by the keys of the next rules.
  std::span<const std::uint64_t> sort_keys{};
};

/// Which pairs count at all, by the source each record came from.
enum class PairScope : std::uint8_t {
  all,             ///< sources do not matter
  across_sources,  ///< link only: the two sources differ
  within_sources,  ///< dedupe only: the two sources are the same
};

enum class OverFull : std::uint8_t {
  sorted_neighbourhood,  ///< records meet within `window` places of the block in sorted order
  skip,                  ///< nobody meets in that block
};

struct BlockingOptions {
  /// A block of more pairs than this many records make, m (m - 1) / 2, is over-full; >= 2.
  std::size_t max_block = 1000;
  OverFull over_full = OverFull::sorted_neighbourhood;
  std::size_t window = 20;  ///< of over-full blocks; a record meets window - 1 behind; 2 to 65,536
  /// Most pairs over all rules, before pairs of several rules are counted once; > 0. Where they are
  /// more, the cap is lowered for all rules alike, as little as will do.
  double max_pairs = 1e18;
  PairScope scope = PairScope::all;
  std::size_t chunk_pairs = std::size_t{1} << 18;  ///< about as many pairs a chunk; >= 1
};

/// Most rules of a plan, and most records.
inline constexpr std::size_t max_blocking_rules = 64;
inline constexpr std::size_t max_blocking_records = std::size_t{1} << 29;

/// Rules brought into blocks. Made by `build_blocking_plan`.
class EMPTOR_API BlockingPlan {
 public:
  /// Called with a batch of pairs, never empty, that rule and that chunk's number.
  using Sink = FunctionRef<void(std::span<const RecordPair>, std::size_t, std::size_t)>;

  [[nodiscard]] const BlockingReport& report() const noexcept { return report_; }
  [[nodiscard]] std::size_t records() const noexcept { return records_; }
  [[nodiscard]] std::size_t rules() const noexcept { return rules_.size(); }
  /// Pieces of work of about equal size, in rule order.
  [[nodiscard]] std::size_t chunks() const noexcept { return chunks_.size(); }

  /// The rule of chunk < chunks().
  [[nodiscard]] std::size_t rule_of_chunk(std::size_t chunk) const noexcept {
    return chunks_[chunk].rule;
  }

  /// Hands over each candidate pair exactly once. Chunks run on the context's executor, so `sink`
  /// must bear concurrent calls of different chunks; within a chunk batches of up to some thousands
  /// come in a fixed order, on one thread. Pairs and chunks are the same for any executor. The
  /// progress callback may stop it between chunks.
  BlockingCount for_each_batch(const Context& context, Sink sink) const;
  /// The pairs of one chunk < chunks(), on this thread; returns how many.
  std::uint64_t for_each_batch_of(std::size_t chunk, Sink sink) const;
  /// How many pairs each rule adds to the rules before it, at the cost of a run.
  [[nodiscard]] BlockingCount count_new_pairs(const Context& context) const;

  /// Bit r is set if the two records meet by rule r; 0: no candidate pair. Rows < records(), and
  /// of a pair in scope (scope is not asked). O(rules).
  [[nodiscard]] std::uint64_t rules_of(RecordPair pair) const noexcept;

 private:
  friend class BlockingBuilder;
  class Emitter;

  /// Blocks of one rule: those with windows first. Block k holds rows[starts[k], starts[k + 1]), by
  /// source and row, or in window order.
  struct Rule {
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> starts;
    std::size_t windowed = 0;          // blocks
    std::uint32_t window = 1;          // of those
    std::uint32_t windowed_limit = 0;  // numbers of windowed records are below, all others not
  };
  struct Chunk {
    std::uint32_t rule = 0;
    std::uint32_t block = 0;  // of the first position
    std::uint32_t begin = 0;  // positions in rows
    std::uint32_t end = 0;
  };

  [[nodiscard]] bool meet(std::size_t rule, std::uint32_t x, std::uint32_t y) const noexcept {
    if (x == y) return true;
    const Rule& r = rules_[rule];
    return x < r.windowed_limit && y < r.windowed_limit && (x < y ? y - x : x - y) < r.window;
  }
  std::size_t records_ = 0;
  PairScope scope_ = PairScope::all;
  std::vector<Rule> rules_;
  std::vector<std::uint32_t> numbers_;  // records x rules; of who meets nobody: 2^31 + row
  std::vector<std::uint32_t> sources_;  // empty for PairScope::all
  std::vector<Chunk> chunks_;
  BlockingReport report_;
};

/// Sorts the keys of each rule into blocks. Rules are asked in their order: put the narrow ones
/// first. `sources`: one a record, needed unless the scope is `all`. Keys of different rules may
/// coincide. Throws `invalid_option`, `invalid_shape` (spans of different lengths), `overflow`
/// (more than `max_blocking_records`), `stopped`. O(rules x records).
[[nodiscard]] EMPTOR_API BlockingPlan
build_blocking_plan(std::span<const BlockingRule> rules, const BlockingOptions& options = {},
                    std::span<const std::uint32_t> sources = {}, const Context& context = {});

/// What each rule would cost without any cap, before a plan is built: counts of equal keys only
/// (`window` and sources are not asked). Throws as `build_blocking_plan`. O(rules x records).
[[nodiscard]] EMPTOR_API std::vector<BlockingCost> blocking_costs(
    std::span<const BlockingRule> rules, const Context& context = {});

}  // namespace emptor
