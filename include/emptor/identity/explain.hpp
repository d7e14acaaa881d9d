#pragma once
// Explanations of a linkage: of a pair, of a cluster, of the whole.
//
// The weight of a pair is taken apart as Fellegi and Sunter add it up (identity/link_model.hpp):
// the prior, one weight a comparison against any two persons, and as a part of its own what the
// alternative "two persons of one household" takes off. The parts add up to the weight.
//
// Values are shown as they were compared (normalised), masked unless `show_values`. Cost: making a
// `LinkageExplainer` O(distinct values); a question O(records + merges + pairs of the two
// clusters). Thread safety: one explainer a thread; the linkage is only read and must outlive it.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/identity/explain_result.hpp"
#include "emptor/identity/link.hpp"
#include "emptor/identity/linkage_result.hpp"

namespace emptor {

struct ExplainOptions {
  bool show_values = false;  ///< values of records as they are: personal data
};

class LinkageExplainer {
 public:
  EMPTOR_API explicit LinkageExplainer(const Linkage& linkage, const ExplainOptions& options = {});
  EMPTOR_API ~LinkageExplainer();
  LinkageExplainer(const LinkageExplainer&) = delete;
  LinkageExplainer& operator=(const LinkageExplainer&) = delete;

  /// Weights and verdict. Throws `out_of_range` for a record that does not exist, `invalid_value`
  /// for a record with itself.
  [[nodiscard]] EMPTOR_API PairExplanation pair(std::uint32_t a, std::uint32_t b);
  /// The weights alone; verdict and blocks are left out. O(comparisons). Throws as above.
  [[nodiscard]] EMPTOR_API PairExplanation evidence(std::uint32_t a, std::uint32_t b);
  /// The strongest refused merges, at most `most`.
  [[nodiscard]] EMPTOR_API std::vector<ContestedMerge> strongest_refused(std::size_t most);
  /// Of the cluster that holds the record. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API ClusterExplanation cluster(std::uint32_t record);

 private:
  struct State;
  void check(std::uint32_t record) const;
  void judge(PairExplanation& out) const;
  [[nodiscard]] std::string because(std::uint32_t a, std::uint32_t b);
  [[nodiscard]] ContestedMerge contested(const RefusedMerge& refused, bool swapped);

  std::unique_ptr<State> state_;
};

/// One question without an explainer that is kept, at the cost of making one. Throws as `pair` and
/// `cluster`.
[[nodiscard]] EMPTOR_API PairExplanation explain_pair(const Linkage& linkage, std::uint32_t a,
                                                      std::uint32_t b,
                                                      const ExplainOptions& options = {});
[[nodiscard]] EMPTOR_API ClusterExplanation explain_cluster(const Linkage& linkage,
                                                            std::uint32_t record,
                                                            const ExplainOptions& options = {});

/// What speaks for and against one person, in a line without values: "family name exact +9.1,
/// birth date different -4.2", the strongest `most` (>= 1) parts.
[[nodiscard]] EMPTOR_API std::string evidence_line(const PairExplanation& pair,
                                                   std::size_t most = 4);

/// A normalised value as it may stand in a report: "r***t s***h", "j***@gmail.com", "1971-**-**",
/// "***42". Lengths do not show.
[[nodiscard]] EMPTOR_API std::string mask_value(ComparisonKind kind, std::string_view normalised);
/// A normalised value for people: names as written, dates as 1971-06-24.
[[nodiscard]] EMPTOR_API std::string plain_value(ComparisonKind kind, std::string_view normalised);

struct LinkageSummaryOptions {
  std::size_t contested = 20;   ///< most refused merges, the strongest
  std::size_t thresholds = 61;  ///< of the curve; >= 2
  std::size_t bins = 24;        ///< at most, of weights; >= 1
};

/// Throws `invalid_option`. O(pairs + records log records).
[[nodiscard]] EMPTOR_API LinkageSummary
summarise_linkage(const Linkage& linkage, const LinkageSummaryOptions& options = {});

}  // namespace emptor
