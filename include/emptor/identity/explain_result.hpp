#pragma once
// Why two records are one customer or are not, and how a customer came to be, in plain values for
// reports. Values of records are masked unless the host asked for them. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/identity/cluster.hpp"

namespace emptor {

/// What one comparison says of a pair. Weights are bits: 1 doubles the odds.
struct EvidencePart {
  std::string name{};    ///< of the comparison
  std::string level{};   ///< "exact", …, "different", "missing", "counted with the given name"
  bool silent = false;   ///< says nothing: a value is missing, or it counts elsewhere
  double weight = 0;     ///< for (> 0) or against one person, against any two persons
  double household = 0;  ///< the same against two persons of one household
  std::uint32_t frequency = 0;  ///< records that have the value that is equal; 0: none is
  std::uint32_t values = 0;     ///< usable values of this comparison in all records
  bool conflict = false;        ///< two different verified values: two persons, always
  std::string a{}, b{};         ///< the values that were compared, masked or not; empty: missing
};

/// A blocking rule by which both records have the same key.
struct SharedBlock {
  std::string rule{};
  bool over_full = false;  ///< the rule has over-full blocks, where not everybody meets
};

/// What became of the clusters of two records.
enum class JoinVerdict : std::uint8_t {
  joined,          ///< they are one cluster
  refused,         ///< a merge of the two clusters was considered and refused
  not_considered,  ///< no such refusal is listed: see `strongest`
};

/// `prior` + the parts' weights, first to last, + `household_correction` = `weight`.
struct PairExplanation {
  std::uint32_t a = 0, b = 0;
  double prior = 0;                   ///< log2 odds of one person to any two, before any comparison
  std::vector<EvidencePart> parts{};  ///< in the order of the comparisons, missing ones too
  /// What is taken off because two persons of one household would agree like that too; <= 0.
  double household_correction = 0;
  double weight = 0;       ///< log2 odds that they are one person; 0 is even
  double probability = 0;  ///< of that

  std::uint32_t cluster_a = 0, cluster_b = 0;  ///< named by their smallest record
  std::size_t size_a = 0, size_b = 0;          ///< records of those
  JoinVerdict verdict = JoinVerdict::not_considered;
  bool likely = false;   ///< listed among the linkage's pairs, so blocking did bring them together
  bool in_scope = true;  ///< false: records of such sources were not compared in this mode
  std::vector<SharedBlock> blocks{};
  std::optional<RefusedMerge> refusal{};  ///< between the two clusters
  std::optional<ScoredPair> strongest{};  ///< the strongest likely pair between the two clusters
  std::vector<std::string> why{};         ///< the same in sentences, without personal data
};

/// A merge of two nodes of the tree: nodes 0 to n - 1 are the n records, n + i is merge i.
struct TreeMerge {
  std::size_t left = 0, right = 0;
  std::uint32_t a = 0, b = 0;  ///< the records whose pair decided
  double weight = 0;           ///< of that pair; NaN: joined by a label
  double mean = 0;             ///< of the pairs across, by which it was judged; NaN: by a label
  bool by_label = false;       ///< people said so
  std::string because{};       ///< what speaks for and against that pair, strongest first
};

/// Another cluster that might be the same customer and was kept apart.
struct ContestedMerge {
  std::uint32_t other = 0;  ///< the other cluster, by its smallest record
  std::size_t size = 0;     ///< its records
  std::uint32_t a = 0;      ///< strongest pair: the record of this cluster
  std::uint32_t b = 0;      ///< … and of the other
  double weight = 0;        ///< of that pair; NaN: people said they are one
  double mean = 0;          ///< of the pairs across
  MergeRefusal reason = MergeRefusal::mean;
  std::string reason_text{};
  std::string because{};  ///< as of `TreeMerge`
};

/// How a cluster came to be.
struct ClusterExplanation {
  std::uint32_t cluster = 0;             ///< its smallest record
  std::vector<std::uint32_t> records{};  ///< in an order in which the tree does not cross itself
  std::vector<TreeMerge> merges{};       ///< in the order they were made; empty if all were joined
                                         ///< at once (connected components)
  std::optional<std::size_t> weakest{};  ///< the merge of the smallest mean
  std::vector<ContestedMerge> contested{};  ///< the strongest first
};

}  // namespace emptor
