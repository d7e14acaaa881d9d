#include "emptor/reward/benefits.hpp"

#include <algorithm>

namespace emptor {

void check_earn_rate(const EarnRate& rate) {
  require_option(rate.points >= 1 && rate.points <= 1'000'000, "points", "in [1, 1000000]",
                 rate.points);
  require_option(rate.per >= 1 && rate.per <= 1'000'000'000, "per", "in [1, 1000000000]", rate.per);
  require_option(rate.birthday_days_before >= 0 && rate.birthday_days_before <= 31,
                 "birthday_days_before", "in [0, 31]", rate.birthday_days_before);
  require_option(rate.birthday_days_after >= 0 && rate.birthday_days_after <= 31,
                 "birthday_days_after", "in [0, 31]", rate.birthday_days_after);
  require_option(rate.offset >= std::chrono::hours{-18} && rate.offset <= std::chrono::hours{18},
                 "offset", "at most 18 h", rate.offset.count());
  for (const unsigned day : rate.member_days.month_days) {
    require_option(day >= 1 && day <= 31, "month_days", "in [1, 31]", day);
  }
  for (const std::chrono::weekday day : rate.member_days.weekdays) {
    require_option(day.ok(), "weekdays", "Sunday to Saturday", day.c_encoding());
  }
}

Day anniversary_in(std::chrono::year year, std::chrono::month_day of, LeapDay leap_day) noexcept {
  const std::chrono::year_month_day date{year, of.month(), of.day()};
  if (date.ok()) return Day{date};
  return Day{year / std::chrono::February / 28} +
         std::chrono::days{leap_day == LeapDay::march_1 ? 1 : 0};
}

bool is_birthday(Day day, std::chrono::month_day birthday, const EarnRate& rate) noexcept {
  if (!birthday.ok()) return false;
  const std::chrono::year year = std::chrono::year_month_day{day}.year();
  for (int step = -1; step <= 1; ++step) {
    const Day falls = anniversary_in(year + std::chrono::years{step}, birthday, rate.leap_day);
    if (day >= falls - std::chrono::days{rate.birthday_days_before} &&
        day <= falls + std::chrono::days{rate.birthday_days_after}) {
      return true;
    }
  }
  return false;
}

bool is_member_day(Day day, const MemberDays& days) noexcept {
  const std::chrono::year_month_day date{day};
  const auto last = static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
  const auto today = static_cast<unsigned>(date.day());
  for (const unsigned wanted : days.month_days) {
    if (today == std::min(wanted, last)) return true;
  }
  const std::chrono::weekday weekday{day};
  return std::find(days.weekdays.begin(), days.weekdays.end(), weekday) != days.weekdays.end();
}

std::int64_t points_for(std::int64_t amount, const EarnRate& rate, const TierBenefits& benefits,
                        Time time, std::optional<std::chrono::month_day> birthday) {
  const Day day = local_day(time, rate.offset);
  std::int64_t factors[3] = {benefits.multiplier, one_time, one_time};
  if (birthday && is_birthday(day, *birthday, rate)) factors[1] = benefits.birthday_multiplier;
  if (is_member_day(day, rate.member_days)) factors[2] = benefits.member_day_multiplier;
  for (const std::int64_t factor : factors) {
    require_option(factor >= 0 && factor <= max_multiplier, "multiplier", "in [0, 1000000]",
                   factor);
  }
  detail::int128 up = 1;
  detail::int128 down = one_time;
  switch (rate.stacking) {
    case MultiplierStacking::highest:
      up = factors[0];
      for (const std::int64_t factor : {factors[1], factors[2]}) {
        if (factor != one_time) up = std::max(up, detail::int128{factor});
      }
      break;
    case MultiplierStacking::add:
      up = std::max<detail::int128>(
          0, detail::int128{factors[0]} + factors[1] + factors[2] - 2 * one_time);
      break;
    case MultiplierStacking::multiply:
      for (const std::int64_t factor : factors) up *= factor;
      down = detail::int128{one_time} * one_time * one_time;
      break;
  }
  // Cut the common part, so that whatever can be told exactly is.
  while (up != 0 && up % 10 == 0 && down % 10 == 0) {
    up /= 10;
    down /= 10;
  }
  detail::int128 numerator = 0;
  if (__builtin_mul_overflow(detail::int128{amount} * rate.points, up, &numerator)) {
    throw Exception(ErrorCode::overflow, "the purchase earns more points than can be counted",
                    "points_for");
  }
  return detail::narrow(detail::divide(numerator, down * rate.per, rate.rounding), "points_for");
}

}  // namespace emptor
