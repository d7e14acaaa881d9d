#pragma once
// Which of the values that a person's records give is taken for true, field by field.

#include "emptor/identity/survivorship.hpp"
#include "people_file.hpp"

namespace storefront {

/// Names and birth dates: what most records say. What changes with time (contacts, address): the
/// latest. A missing city is inferred from the postcode. Spellings of one value count as one.
[[nodiscard]] emptor::SurvivorshipOptions golden_rules(const PeopleFile& file);

}  // namespace storefront
