#pragma once
// Sections of a report page about clusters of customers and about lookalikes: sizes, what sets each
// cluster apart, where customers lie, how many clusters there should be, what changed since an
// earlier fit; and what reaching fewer or more lookalikes brings.
//
// An empty result gives a section that says so. Cost: linear in the results. Thread safety: one
// page a thread.

#include <string>

#include "emptor/core/export.hpp"
#include "emptor/report/page.hpp"
#include "emptor/segment/customer_clusters_result.hpp"
#include "emptor/segment/lookalike_result.hpp"

namespace emptor {

struct ClusterSectionOptions {
  std::string title = "Clusters of customers";
  std::size_t drawn = 24;  ///< clusters in charts, in their order; in [1, 40]
};

/// Throws `invalid_option` for `drawn`, `invalid_shape` for measures that do not fit the columns.
EMPTOR_API void add_clusters_section(ReportPage& page, const CustomerClusters& clusters,
                                     const ClusterSectionOptions& options = {});

EMPTOR_API void add_lookalikes_section(ReportPage& page, const LookalikeReport& report,
                                       const std::string& title = "Lookalikes");

}  // namespace emptor
