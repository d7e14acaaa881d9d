#pragma once
// The storefront's report.

#include <optional>

#include "analysis.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "emptor/report/page.hpp"
#include "links_file.hpp"

namespace storefront {

/// One self-contained page on all that was found; `links` if a file of links was read.
[[nodiscard]] emptor::ReportPage make_page(const ShopTables& shop,
                                           const emptor::QualityReport& quality,
                                           const std::optional<LinksQuality>& links,
                                           const Analysis& found);

}  // namespace storefront
