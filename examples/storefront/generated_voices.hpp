#pragma once
// What the generated shop's people say of it: answers to surveys, reviews, cases; and companies
// that may become customers.

#include <cstddef>
#include <vector>

#include "generator.hpp"

namespace storefront {

/// Fills `answers`, `reviews`, `cases`, `leads` and `lead_events` of a shop that is otherwise
/// complete. Lately parcels come late, which shows in all of them.
void make_voices(Shop& shop);

}  // namespace storefront
