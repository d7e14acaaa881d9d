#pragma once
// How large a customer's amounts are together: while that fits into int64, every sum of some of
// them does, whatever their signs.

#include <cstdint>

#include "emptor/core/error.hpp"

namespace emptor::detail {

/// The magnitude with one more line. Throws `overflow`, and `invalid_value` for a discount below 0.
[[nodiscard]] inline std::int64_t with_magnitude(std::int64_t magnitude, std::int64_t amount,
                                                 std::int64_t discount) {
  if (discount < 0) {
    throw Exception(ErrorCode::invalid_value, "a discount must be >= 0", "features");
  }
  const bool overflow = amount < 0 ? __builtin_sub_overflow(magnitude, amount, &magnitude)
                                   : __builtin_add_overflow(magnitude, amount, &magnitude);
  if (overflow || __builtin_add_overflow(magnitude, discount, &magnitude)) {
    throw Exception(ErrorCode::overflow, "a customer's amounts add up beyond 9.2e18 units",
                    "features");
  }
  return magnitude;
}

}  // namespace emptor::detail
