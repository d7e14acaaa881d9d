#include "emptor/referral/claim_rhythm.hpp"

namespace emptor::detail {

namespace {

constexpr std::int64_t seconds_a_day = 86'400;
constexpr std::uint32_t last_cell = 1023;

std::int64_t day_of(std::int64_t time, std::int64_t offset) noexcept {
  const std::int64_t local = time + offset;
  return local >= 0 ? local / seconds_a_day : -((-local + seconds_a_day - 1) / seconds_a_day);
}

}  // namespace

std::uint32_t ClaimRhythm::on_day(std::int64_t time, std::int64_t offset) const noexcept {
  const std::int64_t begin = day_of(time, offset) * seconds_a_day - offset;
  const auto from = std::lower_bound(times_.begin(), times_.end(), begin);
  return static_cast<std::uint32_t>(std::lower_bound(from, times_.end(), begin + seconds_a_day) -
                                    from);
}

std::uint32_t ClaimRhythm::within(std::int64_t time, std::int64_t window) const noexcept {
  const auto from = std::upper_bound(times_.begin(), times_.end(), time - window);
  return static_cast<std::uint32_t>(std::upper_bound(from, times_.end(), time) - from);
}

void ClaimRhythm::count_day(std::uint32_t from, std::uint32_t to) {
  from = std::min(from, last_cell);
  to = std::min(to, last_cell);
  if (std::max(from, to) >= by_count_.size()) by_count_.resize(std::max(from, to) + std::size_t{1});
  if (from > 0) --by_count_[from];
  if (to > 0) ++by_count_[to];
}

void ClaimRhythm::add(std::int64_t time, std::int64_t offset) {
  const std::uint32_t before = on_day(time, offset);
  times_.insert(std::upper_bound(times_.begin(), times_.end(), time), time);
  count_day(before, before + 1);
  most_ = std::max(most_, before + 1);
  settle(offset);
}

void ClaimRhythm::remove(std::int64_t time, std::int64_t offset) {
  const std::uint32_t before = on_day(time, offset);
  times_.erase(std::lower_bound(times_.begin(), times_.end(), time));
  count_day(before, before - 1);
  settle(offset);
}

void ClaimRhythm::settle(std::int64_t offset) noexcept {
  days_ = times_.empty() ? 0 : day_of(times_.back(), offset) - day_of(times_.front(), offset) + 1;
  p95_ = quantile(95);
  p99_ = quantile(99);
}

std::uint32_t ClaimRhythm::quantile(std::int64_t percent) const noexcept {
  // The (days - rank + 1)-th largest, where rank = ceil(percent of the days).
  std::int64_t above = days_ - (days_ * percent + 99) / 100;
  for (std::size_t count = by_count_.size(); count-- > 1;) {
    above -= by_count_[count];
    if (above < 0) return static_cast<std::uint32_t>(count);
  }
  return 0;
}

}  // namespace emptor::detail
