#pragma once
// The CSV files that the storefront leaves for other programs.

#include <filesystem>

#include "analysis.hpp"
#include "emptor/core/error.hpp"

namespace storefront {

/// Writes customers_scored.csv (features, RFM, segment), segments.csv, cohorts.csv, models.csv,
/// bought_together.csv, due_again.csv and recommendations.csv into the existing folder `out`. Texts
/// that a spreadsheet would run as a formula are guarded.
[[nodiscard]] emptor::Result<void> write_exports(const ShopTables& shop, const Analysis& analysis,
                                                 const std::filesystem::path& out);

}  // namespace storefront
