#pragma once
// Part of the fraud monitor: the rhythm of a referrer's claims. Internal. Thread safety: as a
// std::vector.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"

namespace emptor::detail {

inline constexpr std::int64_t fraud_no_time = std::int64_t{1} << 62;

[[nodiscard]] inline Time fraud_time(std::int64_t seconds) noexcept {
  return Time{std::chrono::seconds{seconds}};
}
[[nodiscard]] inline std::int64_t seconds_of(Time time) noexcept {
  return time.time_since_epoch().count();
}

/// When a referrer's claims came: their times, and quantiles of the numbers a
/// day.
class ClaimRhythm {
 public:
  /// `offset` seconds of the clock whose days count. O(log n), and O(later
  /// claims) for a late one.
  EMPTOR_API void add(std::int64_t time, std::int64_t offset);
  /// A time that was added.
  EMPTOR_API void remove(std::int64_t time, std::int64_t offset);

  [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }
  /// Claims on the day of `time`.
  [[nodiscard]] EMPTOR_API std::uint32_t on_day(std::int64_t time,
                                                std::int64_t offset) const noexcept;
  /// Claims in (time - window, time].
  [[nodiscard]] EMPTOR_API std::uint32_t within(std::int64_t time,
                                                std::int64_t window) const noexcept;
  /// No day ever had more claims.
  [[nodiscard]] std::uint32_t most_a_day() const noexcept { return most_; }
  /// From the first claim's day to the last's.
  [[nodiscard]] std::int64_t days() const noexcept { return days_; }
  [[nodiscard]] std::uint32_t p95() const noexcept { return p95_; }
  [[nodiscard]] std::uint32_t p99() const noexcept { return p99_; }

 private:
  void count_day(std::uint32_t from, std::uint32_t to);
  void settle(std::int64_t offset) noexcept;
  [[nodiscard]] std::uint32_t quantile(std::int64_t percent) const noexcept;

  std::vector<std::int64_t> times_;      // ascending
  std::vector<std::uint32_t> by_count_;  // days by their number of claims; of 0 nothing is kept
  std::int64_t days_ = 0;
  std::uint32_t p95_ = 0, p99_ = 0, most_ = 0;
};

}  // namespace emptor::detail
