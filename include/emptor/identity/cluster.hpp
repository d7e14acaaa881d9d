#pragma once
// From scored pairs of records to clusters, without running away along chains of weak pairs.
//
// `best_first` is agglomerative clustering by average linkage (Robert R. Sokal, Charles D.
// Michener, "A statistical method for evaluating systematic relationships", University of Kansas
// Science Bulletin 38, 1958) over the graph of candidate pairs: the two clusters with the greatest
// mean weight of all their cross pairs are merged, as long as that mean reaches the threshold. A
// single strong pair between two families does not carry the mean, so a chain of look-alikes falls
// apart where connected components join it. Compared with rivals by Oktie Hassanzadeh, Fei Chiang,
// Hyun Chul Lee, Renée J. Miller, "Framework for evaluating clustering algorithms in duplicate
// detection", PVLDB 2(1), 2009, doi:10.14778/1687627.1687771.
//
// A cross pair that is no candidate counts with `weight_of` (asked when a merge is first
// considered), or with `absent_weight` where no function is given. Conflicts, limits, size and
// people's decisions are hard: no mean outvotes them.
//
// No merge crosses a connected component of the pairs at or above the threshold (and of the
// must-links), so components are clustered by themselves, in parallel, and again by themselves
// after a change (`recluster`). The clusters depend neither on the order of pairs nor on threads:
// sums are exact integers (2^-16 bit), ties go by the raw weight of the strongest pair and then by
// fingerprints. They do not depend on the numbers of records either, but for records that neither
// their fingerprints nor, where none are given, the weights around them tell apart.
//
// n records, e pairs: components O(n + e α), a component of e' pairs O(e' log² e') and at most
// `cross_pairs` calls of `weight_of` (and four times as many look-ups) a considered merge, each
// candidate link being considered anew only when its cross pairs grew by a 64th or gained
// candidates; one whose mean fell below the threshold waits for new candidates. Memory: 20 bytes a
// record, 28 a pair inside a component, about 200 a pair of the component in work. Thread safety:
// pure functions; with an executor `weight_of` is called from many threads.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/identity/record_pair.hpp"

namespace emptor {

/// Two different records and how likely they are one: `weight` = log2 of the posterior odds, so 0
/// is an even chance. A pair that is listed twice, in either direction, counts with its greatest
/// weight.
struct ScoredPair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  float weight = 0;

  friend bool operator==(const ScoredPair&, const ScoredPair&) = default;
};

/// The weight of a pair that is no candidate; symmetric, always the same answer. Called with a < b.
using PairWeight = std::optional<FunctionRef<float(std::uint32_t, std::uint32_t)>>;

enum class ClusterMethod : std::uint8_t {
  best_first,            ///< average linkage with vetoes, above
  connected_components,  ///< every pair at or above the threshold and every must-link joins, no
                         ///< veto
};

struct ClusterOptions {
  ClusterMethod method = ClusterMethod::best_first;
  /// Two clusters merge only if their mean cross weight is at least this, in [-clamp, clamp].
  float threshold = 0;
  /// Each pair counts in a mean with its weight cut to [-clamp, clamp], in (0, 1000]: one strong
  /// agreement must not outvote many disagreements. On made-up households 20 did as well as 40 and
  /// better than 5 and 10.
  float clamp = 20;
  /// The weight of a pair that says nothing, the prior's log2 odds. NaN: all pairs count alike in a
  /// mean. A number: a pair counts in proportion to its distance from it, to full after 4 bits, so
  /// that records with little in common to compare do not keep a cluster apart.
  float neutral_weight = std::numeric_limits<float>::quiet_NaN();
  /// Most records of a cluster, >= 1. Must-links may go beyond.
  std::size_t max_size = std::numeric_limits<std::size_t>::max();
  /// Weight of a cross pair that is no candidate when there is no function to ask.
  float absent_weight = -5;
  /// Most cross pairs that are asked for the mean of two clusters, in [1, 1024]. Where there are
  /// more, those of the members with the smallest fingerprints stand for the rest.
  std::size_t cross_pairs = 64;
  /// Most refused merges that are listed, the strongest first; all are counted.
  std::size_t listed_refusals = 10000;
};

/// A value that a record has of some limited type of identifier: "device 17".
struct LimitedValue {
  std::uint32_t record = 0;
  std::uint32_t type = 0;   ///< place in ClusterConstraints::limits
  std::uint32_t value = 0;  ///< any number; equal numbers of one type are one value
};

/// What must hold whatever the weights say; every part may be empty. Borrowed: all of it must
/// outlive the call.
struct ClusterConstraints {
  /// A list a type of verified identifier, a value a record: 0 for none. Two different values of
  /// one type never share a cluster.
  std::span<const std::span<const std::uint32_t>> conflicts{};
  /// Most distinct values of each limited type a cluster. A record that has more by itself is
  /// joined only by what adds no value to it, or to which it adds none.
  std::span<const std::uint32_t> limits{};
  std::span<const LimitedValue> identifiers{};  ///< in any order, repetitions allowed
  /// Pairs that people said are one. They join first, in fixed order, without regard to weights
  /// and size; one that would break a conflict, a limit or a cannot-link is refused and listed.
  std::span<const RecordPair> must_link{};
  std::span<const RecordPair> cannot_link{};  ///< pairs that people said are two
  /// A number a record made of its content, for ties; empty: the weights around it serve.
  std::span<const std::uint64_t> fingerprints{};
};

/// One merge. A cluster is named by its smallest record at that time; the kept one is the smaller.
struct MergeStep {
  std::uint32_t kept = 0;
  std::uint32_t absorbed = 0;
  std::uint32_t a = 0;  ///< the strongest pair between the two, or the pair of the must-link
  std::uint32_t b = 0;
  float weight = 0;     ///< of that pair, as it was given; NaN for a must-link
  float mean = 0;       ///< of the clamped cross weights; NaN for a must-link
  bool forced = false;  ///< by a must-link
};

enum class MergeRefusal : std::uint8_t {
  none,
  mean,         ///< the mean of the cross weights is below the threshold
  conflict,     ///< two different values of a verified identifier
  cardinality,  ///< too many distinct values of a limited identifier
  size,         ///< too many records
  cannot_link,  ///< people said so
};

/// Two final clusters that have a pair at or above the threshold between them and were not merged.
struct RefusedMerge {
  std::uint32_t a = 0;  ///< the strongest pair between them
  std::uint32_t b = 0;
  float weight = 0;  ///< of that pair, as it was given; NaN for a refused must-link
  float mean = 0;    ///< when it was last judged; of the candidate pairs alone if it never was
  MergeRefusal reason = MergeRefusal::mean;
};

struct Clustering {
  /// A record each: the smallest record of its cluster.
  std::vector<std::uint32_t> cluster;
  /// A record each: the smallest record of its connected component, within which all was decided.
  std::vector<std::uint32_t> component;
  std::size_t clusters = 0;
  std::size_t components = 0;
  /// How the clusters came to be; components ascending, merges in the order in which they were
  /// made. Empty for connected components.
  std::vector<MergeStep> steps;
  /// The strongest first (must-links before all), at most `listed_refusals`.
  std::vector<RefusedMerge> refused;
  std::size_t refusals = 0;  ///< listed or not
};

/// Clusters n records, numbered from 0. Throws `invalid_option`; `invalid_shape` when a constraint
/// has not one entry a record or n > max_ids; `out_of_range` for a record or type that does not
/// exist; `invalid_value` for a NaN weight or a pair of a record with itself; `stopped`.
[[nodiscard]] EMPTOR_API Clustering cluster_records(std::size_t records,
                                                    std::span<const ScoredPair> pairs,
                                                    PairWeight weight_of = std::nullopt,
                                                    const ClusterConstraints& constraints = {},
                                                    const ClusterOptions& options = {},
                                                    const Context& context = {});

/// Clusters some records only: `subset` ascending, pairs and must- or cannot-links with an end
/// outside are left out, everything is numbered as in the whole, and the constraints are those of
/// the whole. For the records of whole components this gives what `cluster_records` gives for
/// them. `cluster` and `component` have an entry a record of the subset. Throws as above, and
/// `invalid_value` when the subset does not ascend. Cost as above, with a binary search a pair.
[[nodiscard]] EMPTOR_API Clustering recluster(
    std::span<const std::uint32_t> subset, std::size_t records, std::span<const ScoredPair> pairs,
    PairWeight weight_of = std::nullopt, const ClusterConstraints& constraints = {},
    const ClusterOptions& options = {}, const Context& context = {});

/// The smallest record of each record's connected component in an undirected graph; pairs of a
/// record with itself are allowed. Union-find with path halving: Robert E. Tarjan, Jan van Leeuwen,
/// "Worst-case analysis of set union algorithms", Journal of the ACM 31(2), 1984,
/// doi:10.1145/62.2160. O((n + e) log n) at worst, memory 4 bytes a record. Throws `out_of_range`.
[[nodiscard]] EMPTOR_API std::vector<std::uint32_t> connected_components(
    std::size_t records, std::span<const RecordPair> edges);

}  // namespace emptor
