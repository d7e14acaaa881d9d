#pragma once
// Numbers for people: grouped, compact ("1.2M") or percent, with a unit, in any locale the same.
// Cost: linear in the result. Thread safety: pure functions.

#include <string>

#include "emptor/core/export.hpp"

namespace emptor {

enum class NumberStyle : unsigned char {
  plain,    ///< 12,345.67
  compact,  ///< 12.3k, 1.2M, 4.5B, 7T; below 1000 as plain
  percent,  ///< a fraction times 100: 0.125 reads 12.5%, 0.00001 reads <0.01%
};

struct ValueFormat {
  NumberStyle style = NumberStyle::plain;
  int decimals = 2;           ///< most digits after the point, clamped to [0, 4]
  bool keep_zeros = false;    ///< 12.50 instead of 12.5
  std::string unit_before{};  ///< e.g. the pound sign
  std::string unit_after{};   ///< e.g. " days"
};

/// `value` in words of the format. NaN reads as an em dash, infinities as "∞" and "-∞"; numbers too
/// large or too small for the decimals use the form 1.2e+18.
[[nodiscard]] EMPTOR_API std::string format_value(double value, const ValueFormat& format = {});

}  // namespace emptor
