#pragma once

/// @file
/// Made-up identities as one CSV file, for linkers of any kind to be run on the same records:
/// identities.csv has the generator's columns, then `cluster` (the true person) and `household`.
/// See emptor/identity/generator.hpp for what is in it.

#include <cstddef>
#include <filesystem>

#include "emptor/identity/generator.hpp"

namespace generate {

/// Writes into `folder`, which is made if need be. Returns the number of records. Throws
/// emptor::Exception, `io`, when the file cannot be written, and what the generator throws.
std::size_t write_identities(const emptor::IdentityGeneratorOptions& options,
                             const std::filesystem::path& folder);

}  // namespace generate
