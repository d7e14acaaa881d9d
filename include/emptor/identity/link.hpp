#pragma once
// From raw records to customers: normalise, block, compare, learn the weights, cluster.
//
//     const Linkage linkage = link(records, {.fields = {{"first_name", FieldType::given_name},
//                                                       {"surname", FieldType::family_name},
//                                                       {"dob", FieldType::birth_date},
//                                                       {"email", FieldType::email}}});
//
// No labels, no tuning, no threshold from the user: blocking rules follow from the types and their
// costs, weights from EM (identity/link_model.hpp), the threshold is an even chance, and clusters
// are merged by mean weight (identity/cluster.hpp). Pairs that people judged are used when given.
//
// Cost: O(n log n) for blocking and about 100 ns a candidate pair. Memory: 4 bytes a value and
// record for codes, 4 a record and blocking rule, 12 a likely pair. The same clusters for any order
// of the records and any executor. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/identity/blocking.hpp"
#include "emptor/identity/cluster.hpp"
#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/link_model.hpp"
#include "emptor/identity/link_schema.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

/// What a person said of two records.
struct LabelledPair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  bool match = false;
};

struct LinkOptions {
  LinkMode mode = LinkMode::dedupe_and_link;
  LinkModelOptions model{};
  ClusterOptions clustering{};
  BlockingOptions blocking{.max_block = 300};  ///< its scope follows from `mode`
  /// Candidate pairs a record that blocking rules are chosen for; > 0. Beyond 100,000 records
  /// fewer, by the square root of how many times more there are, but 10 (or this, if it is less).
  double pairs_a_record = 40;
  std::size_t compare_all_below = 1500;  ///< so few records are all compared with each other
  /// Pairs of at least this weight are kept for clustering and the curve of expected quality;
  /// <= clustering.threshold.
  float kept_weight = -4;
};

/// What linking did, in numbers; no personal data.
struct LinkReport {
  std::size_t records = 0;
  double all_pairs = 0;        ///< that could be compared in this mode
  std::size_t candidates = 0;  ///< that were
  std::size_t likely = 0;      ///< kept, with a weight of at least `kept_weight`
  double expected_pairs = 0;   ///< pairs of one customer that the model expects
  LinkFitReport fit;
  BlockingReport blocking;
  std::vector<FieldCounts> fields;
};

struct Linkage {
  ComparedRecords records;
  LinkModel model;
  std::vector<ScoredPair> pairs;  ///< the likely ones, by a, then b
  Clustering clustering;          ///< `clustering.cluster` is the customer of each record
  LinkReport report;
};

/// Throws `invalid_option`, `invalid_value` (a labelled pair of one record), `out_of_range` (a
/// labelled record that does not exist), `stopped`.
[[nodiscard]] EMPTOR_API Linkage link(const Records& records, const LinkSchema& schema,
                                      const LinkOptions& options = {},
                                      std::span<const LabelledPair> labels = {},
                                      const Context& context = {});

}  // namespace emptor
