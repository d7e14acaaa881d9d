#pragma once
// How the generated shop's people bring each other, and how some of them cheat.

#include <cstddef>
#include <vector>

#include "generator.hpp"

namespace storefront {

/// Fills `touches` of a shop that has people and records; nothing else of it changes.
/// `records_of[p]` are person p's records in order of time.
void make_touches(Shop& shop, const std::vector<std::vector<std::size_t>>& records_of);

}  // namespace storefront
