#pragma once
// The CSV files that linking leaves for other programs.

#include <filesystem>

#include "emptor/core/error.hpp"
#include "identity.hpp"

namespace storefront {

/// Writes duplicates.csv (every record of a person who has several, with the record it is most
/// like), merges.csv (the log of merges, why each was made) and golden_profiles.csv (the profile of
/// every person) into the existing folder `out`. The first two hold keys and weights alone, the
/// third holds personal data. Texts that a spreadsheet would run as a formula are guarded.
[[nodiscard]] emptor::Result<void> write_identity_exports(const Identity& identity,
                                                          const std::filesystem::path& out);

}  // namespace storefront
