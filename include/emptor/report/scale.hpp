#pragma once
// Where the ticks of an axis stand: round numbers (1, 2, 2.5 or 5 times a power of ten) and round
// dates (days, weeks, months, quarters, years).
//
// Source: P. S. Heckbert, "Nice Numbers for Graph Labels", Graphics Gems, 1990, pp. 61-63,
// doi:10.1016/B978-0-08-050753-8.50019-4 (here with 2.5 as one more round step).
// Cost: linear in the number of ticks. Thread safety: pure functions.

#include <string>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/report/format.hpp"

namespace emptor {

struct AxisTicks {
  std::vector<double> at{};  ///< ascending; the first is `low`, the last is `high`
  double low = 0;            ///< where the axis starts: at or below the data
  double high = 1;           ///< where it ends: at or above the data; low < high
  double step = 1;
};

/// Round ticks that cover [low, high], about `target` (>= 2) of them. Equal ends are widened; a
/// range below what doubles can tell apart is widened too. Throws `invalid_value` unless both are
/// finite and low <= high.
[[nodiscard]] EMPTOR_API AxisTicks nice_ticks(double low, double high, int target = 5);

/// One label a tick, all with the same decimals and the same unit of thousands.
[[nodiscard]] EMPTOR_API std::vector<std::string> tick_labels(const AxisTicks& ticks,
                                                              const ValueFormat& format);

struct DateTick {
  Day day{};
  std::string label{};      ///< "14", "Mar", "2011"
  std::string sub_label{};  ///< the unit above, where it changes: "Mar 2011", "2011"; may be empty
};

/// Round dates within [from, to], at most about `target` (>= 2) of them; at least one.
/// Throws `invalid_value` when from > to.
[[nodiscard]] EMPTOR_API std::vector<DateTick> date_ticks(Day from, Day to, int target = 8);

}  // namespace emptor
