#pragma once
// What the report shows of a programme that has run.

#include <cstdint>

#include "referral.hpp"

namespace storefront {

/// Fills all of `out` that follows from its programme, people and file.
void fill_results(const ShopTables& shop, emptor::Time as_of, std::uint64_t seed,
                  const emptor::Context& context, Referral& out);

}  // namespace storefront
