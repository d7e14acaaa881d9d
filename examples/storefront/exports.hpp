#pragma once
// The CSV files that the storefront leaves for other programs.

#include <filesystem>

#include "emptor/core/error.hpp"
#include "findings.hpp"

namespace storefront {

/// Writes customers_scored.csv (features, RFM, groups, value), segments.csv, cohorts.csv,
/// models.csv, next_orders.csv, demand.csv, bought_together.csv, due_again.csv and
/// recommendations.csv into the existing folder `out`. There must have been orders. Texts that a
/// spreadsheet would run as a formula are guarded.
[[nodiscard]] emptor::Result<void> write_exports(const Findings& found,
                                                 const std::filesystem::path& out);

}  // namespace storefront
