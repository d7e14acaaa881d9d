#pragma once
// The CSV files that the referral programme leaves for other programs.

#include <filesystem>

#include "emptor/core/error.hpp"
#include "referral.hpp"

namespace storefront {

/// Writes rewards.csv (every reward that was decided, where it stands, and why) and ledger.csv (all
/// transfers; customers by the numbers that rewards.csv has beside their keys) into the existing
/// folder `out`. Keys and amounts alone. Texts that a spreadsheet would run as a formula are
/// guarded.
[[nodiscard]] emptor::Result<void> write_referral_exports(const ShopTables& shop,
                                                          const Referral& referral,
                                                          const std::filesystem::path& out);

}  // namespace storefront
