#pragma once
// Risk and satisfaction as CSV files.

#include <filesystem>

#include "churn.hpp"
#include "emptor/core/error.hpp"
#include "incidents.hpp"
#include "voices.hpp"

namespace storefront {

/// churn.csv (unless there is no forecast); satisfaction.csv, reviews_read.csv and leads_graded.csv
/// where there were such files.
[[nodiscard]] emptor::Result<void> write_risk_exports(const ShopTables& shop, const Churn& churn,
                                                      const Voices& voices,
                                                      const std::filesystem::path& out);

/// unusual_orders.csv (unless there were too few orders), returns.csv, and case_rates.csv where
/// there was a file of cases.
[[nodiscard]] emptor::Result<void> write_incident_exports(const ShopTables& shop,
                                                          const Incidents& found,
                                                          const std::filesystem::path& out);

}  // namespace storefront
