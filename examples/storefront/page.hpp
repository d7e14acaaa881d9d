#pragma once
// The storefront's report.

#include "analysis.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "emptor/report/page.hpp"

namespace storefront {

/// One self-contained page on all that was found.
[[nodiscard]] emptor::ReportPage make_page(const ShopTables& shop,
                                           const emptor::QualityReport& quality,
                                           const Analysis& found);

}  // namespace storefront
