#pragma once
// What points are worth in money, exactly, and when they lapse by the calendar.
// Thread safety: values.

#include <cstdint>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// So many points are worth so much: 100 points are 1.00 EUR.
struct PointValue {
  std::int64_t points = 100;  ///< > 0
  Money worth{};              ///< >= 0
};

/// points x worth / value.points, rounded once. Throws `invalid_option`, `overflow`.
[[nodiscard]] EMPTOR_API Money worth_of_points(std::int64_t points, const PointValue& value,
                                               Rounding rounding = Rounding::floor);
/// The fewest points that are worth at least `price`. Throws `invalid_option` also for a worth of
/// 0, `currency_mismatch`, `overflow`.
[[nodiscard]] EMPTOR_API std::int64_t points_worth(Money price, const PointValue& value);

enum class PointExpiryRule : std::uint8_t {
  never,
  days,    ///< `count` x 24 hours after they were earned
  months,  ///< at the start of the local day `count` months later (31 January + 1: 28 February)
  end_of_month,  ///< with the last local day of the month `count` months after that of the earning
  end_of_year,   ///< with the last local day of the year `count` years after that of the earning
};

struct PointExpiry {
  PointExpiryRule rule = PointExpiryRule::never;
  std::int32_t count = 12;  ///< 0 to 36,600; at least 1 for days and months
  UtcOffset offset{0};      ///< of the shop's clock
};

/// The instant at which points earned at `time` are gone; Time::max() for never. Throws
/// `invalid_option`.
[[nodiscard]] EMPTOR_API Time expiry_of_points(const PointExpiry& expiry, Time time);

}  // namespace emptor
