#pragma once
// Calendar periods as consecutive numbers, quick for many lines of the same few days.

#include <cstdint>

#include "emptor/core/time.hpp"

namespace emptor::detail {

/// `month_number` of local days; remembers the month it was in.
class MonthOf {
 public:
  explicit MonthOf(UtcOffset offset) noexcept : offset_(offset) {}
  std::int32_t operator()(Time time) noexcept {
    const std::int64_t day = local_day(time, offset_).time_since_epoch().count();
    if (day >= begin_ && day < end_) return month_;
    const std::chrono::year_month_day date{Day{std::chrono::days{day}}};
    const std::chrono::year_month month{date.year(), date.month()};
    month_ = month_number(Day{std::chrono::days{day}});
    begin_ = Day{month / std::chrono::day{1}}.time_since_epoch().count();
    end_ = Day{(month + std::chrono::months{1}) / std::chrono::day{1}}.time_since_epoch().count();
    return month_;
  }

 private:
  UtcOffset offset_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::int32_t month_ = 0;
};

}  // namespace emptor::detail
