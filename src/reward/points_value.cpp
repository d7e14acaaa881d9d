#include "emptor/reward/points_value.hpp"

#include <algorithm>
#include <chrono>

namespace emptor {

Money worth_of_points(std::int64_t points, const PointValue& value, Rounding rounding) {
  require_option(value.points > 0, "points", "> 0", value.points);
  require_option(value.worth.minor() >= 0, "worth", ">= 0", value.worth.minor());
  return value.worth.share(points, value.points, rounding);
}

std::int64_t points_worth(Money price, const PointValue& value) {
  require_option(value.points > 0, "points", "> 0", value.points);
  require_option(value.worth.minor() > 0, "worth", "> 0", value.worth.minor());
  if (price.currency() != value.worth.currency()) {
    throw Exception(ErrorCode::currency_mismatch,
                    "the price is in another currency than the points", "points_worth");
  }
  return detail::narrow(detail::divide(detail::int128{price.minor()} * value.points,
                                       value.worth.minor(), Rounding::ceiling),
                        "points_worth");
}

Time expiry_of_points(const PointExpiry& expiry, Time time) {
  using namespace std::chrono;
  const bool counts =
      expiry.rule == PointExpiryRule::days || expiry.rule == PointExpiryRule::months;
  require_option(expiry.count >= (counts ? 1 : 0) && expiry.count <= 36'600, "count",
                 counts ? "in [1, 36600]" : "in [0, 36600]", expiry.count);
  const Day day = local_day(time, expiry.offset);
  const year_month_day date{day};
  const year_month month = date.year() / date.month();
  switch (expiry.rule) {
    case PointExpiryRule::never:
      break;
    case PointExpiryRule::days:
      return time + days{expiry.count};
    case PointExpiryRule::months: {
      const year_month then = month + std::chrono::months{expiry.count};
      const auto last = (then / std::chrono::last).day();
      return Time{Day{then / std::min(date.day(), last)}} - expiry.offset;
    }
    case PointExpiryRule::end_of_month:
      return Time{Day{(month + std::chrono::months{expiry.count + 1}) / std::chrono::day{1}}} -
             expiry.offset;
    case PointExpiryRule::end_of_year:
      require_option(expiry.count <= 3'000, "count", "at most 3000 years", expiry.count);
      return Time{Day{(date.year() + years{expiry.count + 1}) / January / std::chrono::day{1}}} -
             expiry.offset;
  }
  return Time::max();
}

}  // namespace emptor
