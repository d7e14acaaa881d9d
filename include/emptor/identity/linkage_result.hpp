#pragma once
// A whole linkage in numbers, for a report: before and after, what the model learned, how sure it
// is. No values of records. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emptor/identity/blocking_result.hpp"
#include "emptor/identity/cluster_quality.hpp"
#include "emptor/identity/explain_result.hpp"
#include "emptor/identity/link_model_result.hpp"

namespace emptor {

/// What became of a column's values.
struct FieldUse {
  std::string column{};
  std::string type{};  ///< "given_name"
  std::size_t usable = 0, missing = 0, placeholders = 0, malformed = 0;
};

/// One level of one comparison: how probable it is, of pairs of three kinds.
struct LevelUse {
  std::string comparison{};
  std::string level{};
  std::string parent{};  ///< the comparison on which it depends; empty: none
  ParentState state = ParentState::missing;
  double match = 0;      ///< m: of one person
  double household = 0;  ///< of two persons of one household
  double random = 0;     ///< u: of any two persons
  double weight = 0;     ///< log2(m / u)
};

/// Clusters of one size.
struct ClusterSize {
  std::size_t records = 0;
  std::size_t clusters = 0;
};

/// Pairs with weights in [low, low + width).
struct WeightBin {
  double low = 0;
  std::uint64_t joined = 0;  ///< in one cluster
  std::uint64_t apart = 0;   ///< in two
};

struct LinkageSummary {
  std::size_t records = 0;
  std::size_t clusters = 0;    ///< customers
  std::size_t duplicates = 0;  ///< records - clusters
  std::size_t merges_refused = 0;
  double all_pairs = 0;                         ///< that could be compared
  std::size_t candidates = 0;                   ///< that were
  std::size_t likely = 0;                       ///< of those, that were kept for clustering
  double match_share = 0, household_share = 0;  ///< of all pairs, as the model believes
  LinkFitReport fit{};
  BlockingReport blocking{};
  std::vector<FieldUse> fields{};
  std::vector<LevelUse> levels{};        ///< by comparison, state of the parent, level
  std::vector<ExpectedQuality> curve{};  ///< of the likely pairs, thresholds ascending
  ExpectedQuality best{};                ///< of the curve's kind, at the threshold of greatest F1
  std::vector<WeightBin> weights{};      ///< of the likely pairs, ascending
  double bin_width = 1;
  std::vector<ClusterSize> sizes{};  ///< ascending
  std::vector<ContestedMerge>
      contested{};  ///< the strongest refused merges; `a` is of the one side
};

/// An estimate with its interval.
struct QualityEstimate {
  double estimate = 0, low = 0, high = 0;  ///< NaN: nothing to estimate it from
};

/// How good links are, from labels of a stratified sample.
struct EstimatedQuality {
  QualityEstimate precision{}, recall{}, f1{};
  double confidence = 0.95;       ///< of the intervals
  std::size_t labelled = 0;       ///< rows of the file that have a label
  std::size_t unlabelled = 0;     ///< rows that have none
  std::size_t unknown = 0;        ///< labels of pairs that are no rows
  std::size_t blind_strata = 0;   ///< strata without a label, taken as the model believes
  double links = 0, matches = 0;  ///< pairs in one cluster; pairs of one person, estimated
};

}  // namespace emptor
