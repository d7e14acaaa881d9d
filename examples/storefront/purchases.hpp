#pragma once
// What the generated shop's people buy, look at and send back.

#include <cstddef>
#include <vector>

#include "generator.hpp"

namespace storefront {

/// Fills `lines` and `views` of a shop that has items, people and records, person by person.
/// `records_of[p]` are person p's records in order of time. Order numbers are raw still, and rows
/// not in order of time.
void make_purchases(Shop& shop, const std::vector<std::vector<std::size_t>>& records_of);

}  // namespace storefront
