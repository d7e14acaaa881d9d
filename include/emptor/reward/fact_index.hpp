#pragma once
// Which fact has which id: the memory of idempotency of points and memberships.
// Thread safety: as a std::vector.

#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/time.hpp"

namespace emptor::detail {

/// Where the fact with an id is: on whose account, and when.
struct FactPlace {
  Time time{};
  Customer customer = no_customer;
  [[nodiscard]] bool vacant() const noexcept { return customer == no_customer; }
};
using FactIndex = IdTable<FactPlace>;

}  // namespace emptor::detail
