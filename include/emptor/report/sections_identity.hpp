#pragma once
// The section of a report page about who is who: before and after, what was compared, what the
// evidence is worth, how sure the links are, what was contested, and chosen pairs and customers
// taken apart. Shows no values of records but those in the explanations, which are masked unless
// the host asked otherwise.
//
// Cost: linear in the results. Thread safety: one page a thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/identity/explain_result.hpp"
#include "emptor/identity/linkage_result.hpp"
#include "emptor/report/page.hpp"

namespace emptor {

struct IdentitySectionOptions {
  std::string title = "Who is who";
  std::span<const PairExplanation> pairs{};        ///< a waterfall each
  std::span<const ClusterExplanation> clusters{};  ///< a tree each
  std::optional<EstimatedQuality> judged{};        ///< what people's labels say
  double threshold = 0;                            ///< of the clustering, drawn where it matters
  /// How the page names a record; empty: "record 17", counted from 0.
  std::function<std::string(std::uint32_t)> record_name{};
};

/// Tiles on top of the page: records, customers, duplicates.
EMPTOR_API void add_identity_tiles(ReportPage& page, const LinkageSummary& summary);

EMPTOR_API void add_identity_section(ReportPage& page, const LinkageSummary& summary,
                                     const IdentitySectionOptions& options = {});

/// The parts of a pair's weight as a chart (chart_waterfall.hpp). A household correction of less
/// than 0.05 bits has no bar of its own.
struct WaterfallChart;
[[nodiscard]] EMPTOR_API WaterfallChart match_waterfall(const PairExplanation& pair,
                                                        const std::string& title = {});
/// A cluster's merges, and what was kept apart from it, as a chart. Records and contested clusters
/// are its leaves, at most 200 can be drawn.
struct TreeChart;
[[nodiscard]] EMPTOR_API TreeChart
merge_tree(const ClusterExplanation& cluster,
           const std::function<std::string(std::uint32_t)>& record_name = {}, double threshold = 0);

}  // namespace emptor
