#pragma once
// What a unit of an order line cost.

#include <cstdint>

#include "emptor/core/money.hpp"

namespace emptor::detail {

/// Rounded half to even to the table's scale; `quantity` != 0.
[[nodiscard]] inline std::int64_t unit_price(std::int64_t amount, std::int32_t quantity) {
  return static_cast<std::int64_t>(divide(amount, quantity, Rounding::half_even));
}

}  // namespace emptor::detail
