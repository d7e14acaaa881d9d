#include "emptor/score/survival_times.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "emptor/core/error.hpp"

namespace emptor {

void require_survival_times(const SurvivalTimes& times, std::string_view where) {
  const std::size_t m = times.size();
  const auto fits = [&](std::size_t size) { return size == 0 || size == m; };
  if (times.event.size() != m || !fits(times.entry.size()) || !fits(times.weight.size()) ||
      !fits(times.stratum.size())) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("times, events, entries, weights and strata must be of the same ", m, " customers"),
        std::string(where));
  }
  if (m >= std::numeric_limits<std::uint32_t>::max()) {
    throw Exception(ErrorCode::invalid_shape, "at most 2^32 - 2 customers", std::string(where));
  }
  const auto fail = [&](std::size_t row, std::string_view what) {
    throw Exception(ErrorCode::invalid_value, text("row ", row, ": ", what), std::string(where));
  };
  for (std::size_t row = 0; row < m; ++row) {
    if (!std::isfinite(times.time[row]) || times.time[row] < 0) {
      fail(row, "a time must be a number >= 0");
    }
    if (times.event[row] > 1) fail(row, "an event must be 0 or 1");
    if (!times.entry.empty() &&
        !(std::isfinite(times.entry[row]) && times.entry[row] < times.time[row])) {
      fail(row, "an entry must be a number below the time");
    }
    if (!times.weight.empty() && !(std::isfinite(times.weight[row]) && times.weight[row] >= 0)) {
      fail(row, "a weight must be a number >= 0");
    }
  }
}

}  // namespace emptor
