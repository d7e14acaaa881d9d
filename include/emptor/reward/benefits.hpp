#pragma once
// What a tier brings: how many points a purchase earns, exactly, with the multipliers of the tier,
// of the birthday and of member days; and the host's own benefits by name.
//
// points = amount / per x points x multiplier, rounded once, where the multiplier is made of basis
// points (12,500 is 1.25 times). Days are local days of the shop's clock. Cost: some 10 ns.
// Thread safety: values.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// Where a 29 February falls in a year that has none.
enum class LeapDay : std::uint8_t { february_28, march_1 };

/// How multipliers that hold on one day come together.
enum class MultiplierStacking : std::uint8_t {
  highest,   ///< the largest of them
  add,       ///< what they add to 1: 1.5 and 2 times are 2.5 times
  multiply,  ///< 1.5 and 2 times are 3 times
};

inline constexpr std::int64_t one_time = 10'000;           ///< basis points of 1 times
inline constexpr std::int64_t max_multiplier = 1'000'000;  ///< 100 times

struct TierBenefits {
  std::int64_t multiplier = one_time;             ///< always, basis points, 0 to `max_multiplier`
  std::int64_t birthday_multiplier = one_time;    ///< on the birthday
  std::int64_t member_day_multiplier = one_time;  ///< on member days
  std::vector<std::string> benefits{};            ///< the host's: "free shipping"
  friend bool operator==(const TierBenefits&, const TierBenefits&) = default;
};

/// Days on which members earn more: by day of the month, by weekday, or both.
struct MemberDays {
  std::vector<unsigned> month_days{};  ///< 1 to 31; 31 falls on the last day of any month
  std::vector<std::chrono::weekday> weekdays{};
  friend bool operator==(const MemberDays&, const MemberDays&) = default;
};

/// How purchases earn points.
struct EarnRate {
  std::int64_t points = 1;  ///< for every `per`, 1 to 1'000'000
  std::int64_t per = 100;   ///< minor units, 1 to 1'000'000'000
  Rounding rounding = Rounding::floor;
  MultiplierStacking stacking = MultiplierStacking::highest;
  MemberDays member_days{};
  std::int32_t birthday_days_before = 0;  ///< the birthday lasts from so many days before, 0 to 31
  std::int32_t birthday_days_after = 0;   ///< to so many days after, 0 to 31
  UtcOffset offset{0};
  LeapDay leap_day = LeapDay::february_28;
};

/// Throws `invalid_option` for a field outside its range.
EMPTOR_API void check_earn_rate(const EarnRate& rate);

/// The day of `year` on which that day of a year falls.
[[nodiscard]] EMPTOR_API Day anniversary_in(std::chrono::year year, std::chrono::month_day of,
                                            LeapDay leap_day) noexcept;

/// Whether the local day is within the birthday's days.
[[nodiscard]] EMPTOR_API bool is_birthday(Day day, std::chrono::month_day birthday,
                                          const EarnRate& rate) noexcept;
[[nodiscard]] EMPTOR_API bool is_member_day(Day day, const MemberDays& days) noexcept;

/// Points that a purchase earns at that time: of a product of basis points over a power of 10,000.
/// `amount` in minor units; below 0 gives points to take back. Throws `overflow`.
[[nodiscard]] EMPTOR_API std::int64_t points_for(
    std::int64_t amount, const EarnRate& rate, const TierBenefits& benefits, Time time,
    std::optional<std::chrono::month_day> birthday = std::nullopt);

}  // namespace emptor
