// What is used of caps and budgets, and what is left.

#include <algorithm>
#include <limits>

#include "reward/reward_state.hpp"

namespace emptor {

using detail::CapLimit;
using detail::CapShape;
using detail::EventRecord;
using detail::HashedKey;
using detail::ReadyRule;
using detail::RewardRow;
using detail::UsageKey;

namespace {

std::span<const Customer> group_of(const Customer& customer, const OwnerView* owners) {
  if (owners != nullptr) {
    if (const auto members = (*owners)(customer); !members.empty()) return members;
  }
  return {&customer, 1};
}

bool one_person(Customer a, Customer b, const OwnerView* owners) {
  if (a == b) return true;
  if (owners == nullptr) return false;
  const auto members = (*owners)(a);
  return std::find(members.begin(), members.end(), b) != members.end();
}

std::int64_t saturated(detail::int128 value) {
  constexpr detail::int128 most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, -most, most));
}
std::int64_t without(std::int64_t used, std::int64_t own) {
  std::int64_t rest = 0;
  return __builtin_sub_overflow(used, own, &rest) ? 0 : rest;
}
std::int64_t left_of(std::int64_t limit, std::int64_t used) {
  std::int64_t left = 0;
  if (used >= limit) return 0;
  return __builtin_sub_overflow(limit, used, &left) ? limit : left;
}

}  // namespace

detail::CapSpan detail::window_of(const CapShape& cap, std::int64_t time) {
  using std::chrono::days;
  if (cap.window == RewardCapWindow::lifetime) {
    return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 0};
  }
  const Day day = local_day(Time{std::chrono::seconds{time}}, cap.offset);
  const auto between = [&](Day first, Day after, std::int64_t number) {
    const auto start = [&](Day of) {
      return std::int64_t{(Time{of} - cap.offset).time_since_epoch().count()};
    };
    return CapSpan{start(first), start(after), static_cast<std::int32_t>(number)};
  };
  const std::int64_t number = day.time_since_epoch().count();
  if (cap.window == RewardCapWindow::day || cap.window == RewardCapWindow::rolling) {
    return between(day, day + days{1}, number);
  }
  if (cap.window == RewardCapWindow::week) {
    const days since_monday = std::chrono::weekday{day} - std::chrono::Monday;
    const Day monday = day - since_monday;
    return between(monday, monday + days{7}, monday.time_since_epoch().count());
  }
  const std::int32_t length = cap.window == RewardCapWindow::month     ? 1
                              : cap.window == RewardCapWindow::quarter ? 3
                                                                       : 12;
  const std::chrono::year_month_day date{day};
  const std::int32_t first = (static_cast<std::int32_t>(unsigned{date.month()}) - 1) / length;
  const std::chrono::year_month begin{
      date.year(), std::chrono::month{static_cast<unsigned>(first * length + 1)}};
  return between(Day{begin / 1}, Day{(begin + std::chrono::months{length}) / 1},
                 month_number(Day{begin / 1}));
}

void RewardEngine::State::append_keys(const RewardRow& row, const ReadyRule& rule,
                                      const EventRecord& event) {
  for (const CapLimit& cap : rule.caps) {
    if (cap.per_event) {  // the rows of the event are asked
      keys.emplace_back();
      continue;
    }
    UsageKey key(cap.cap, static_cast<std::uint32_t>(row.beneficiary) & cap.beneficiary);
    key.who |= static_cast<std::uint32_t>(event.customer) & cap.referee;
    key.whom |= static_cast<std::uint32_t>(event.campaign) & cap.campaign;
    const std::int32_t number = cap.rolling ? 0 : window(cap.cap, event.time);
    key.when = std::uint64_t{static_cast<std::uint32_t>(number)} << 32 |
               static_cast<std::uint32_t>(rule.number & cap.rule) << 16 |
               static_cast<std::uint32_t>(rule.level & cap.level);
    usage.prefetch(keys.emplace_back(key).hash());
  }
}

std::int64_t RewardEngine::State::used_in_event(const CapLimit& cap, const RewardRow& row,
                                                const ReadyRule& rule,
                                                const OwnerView* owners) const {
  const EventRecord& event = events[row.event];
  detail::int128 sum = 0;
  for (std::size_t r = event.first_row; r < event.first_row + event.rows; ++r) {
    const RewardRow& other = rows[r];
    const ReadyRule& of = ready[event.plan].rules[other.rule];
    const bool counted = std::any_of(of.caps.begin(), of.caps.end(),
                                     [&](const auto& one) { return one.cap == cap.cap; });
    if (!counted || (cap.level != 0 && of.level != rule.level) ||
        (cap.rule != 0 && of.number != rule.number) ||
        (cap.beneficiary != 0 && !one_person(other.beneficiary, row.beneficiary, owners))) {
      continue;
    }
    sum += cap.value ? other.granted : static_cast<int>(other.granted > 0);
  }
  return saturated(sum);
}

std::int64_t RewardEngine::State::used_by_group(const CapLimit& cap, UsageKey key, std::int32_t day,
                                                const OwnerView* owners) const {
  const Customer referee{key.referee()};
  const Customer beneficiary{key.beneficiary()};
  const auto referees = group_of(referee, cap.referee != 0 ? owners : nullptr);
  const auto beneficiaries = group_of(beneficiary, cap.beneficiary != 0 ? owners : nullptr);
  const auto each = [&](auto&& visit) {
    UsageKey one = key;
    for (const Customer r : referees) {
      one.set_referee(static_cast<std::uint32_t>(r));
      for (const Customer b : beneficiaries) {
        one.set_beneficiary(static_cast<std::uint32_t>(b));
        visit(one);
      }
    }
  };
  detail::int128 sum = 0;
  if (!cap.rolling) {
    each([&](const UsageKey& one) { sum += usage.get(one); });
    return saturated(sum);
  }
  // Of all windows with the day in them the fullest ends on it or on a later day with usage.
  const std::int32_t length = caps[cap.cap].rolling_days;
  const auto until = [&](std::int32_t last) {
    detail::int128 in_window = 0;
    each([&](const UsageKey& one) { in_window += usage.days(one, last, length); });
    return in_window;
  };
  sum = until(day);
  each([&](const UsageKey& one) {
    usage.each_day(one, day + 1, day + length - 1,
                   [&](std::int32_t last) { sum = std::max(sum, until(last)); });
  });
  return saturated(sum);
}

std::int64_t RewardEngine::State::used(const CapLimit& cap, const HashedKey& key,
                                       const RewardRow& row, const ReadyRule& rule,
                                       const OwnerView* owners) {
  if (cap.per_event) return used_in_event(cap, row, rule, owners);
  if (cap.rolling) return used_by_group(cap, key, window(cap.cap, events[row.event].time), owners);
  return owners == nullptr ? usage.get(key) : used_by_group(cap, key, 0, owners);
}

std::int64_t RewardEngine::State::total_of(std::uint32_t number, Customer beneficiary,
                                           const OwnerView* owners) const {
  detail::int128 sum = 0;
  for (const Customer one : group_of(beneficiary, owners)) {
    sum += usage.get(UsageKey(number, static_cast<std::uint32_t>(one)));
  }
  return saturated(sum);
}

void RewardEngine::State::use_budget(const RewardRow& row, const ReadyRule& rule,
                                     std::int64_t value) noexcept {
  const int of = budget_of(rule.rule->kind);
  if (of < 0) return;
  detail::BudgetState& budget = budgets[of];
  std::int64_t& to = rule.held && !row.released ? budget.reserved : budget.spent;
  to =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(to) + static_cast<std::uint64_t>(value));
}

void RewardEngine::State::use(const RewardRow& row, const ReadyRule& rule, std::int64_t value,
                              std::int64_t count, const HashedKey* of_caps) {
  for (const CapLimit& cap : rule.caps) {
    const HashedKey& key = *of_caps++;
    const std::int64_t change = cap.value ? value : count;
    if (cap.per_event || change == 0) continue;
    if (cap.rolling) {
      usage.add_day(key, window(cap.cap, events[row.event].time), change);
    } else {
      usage.add(key, change);
    }
  }
  use_budget(row, rule, value);
}

void RewardEngine::State::grant(RewardRow& row, const ReadyRule& rule, std::int64_t granted,
                                const HashedKey* of_caps) {
  if (granted == row.granted) return;
  const std::int64_t value = granted - row.granted;
  const auto count =
      static_cast<std::int64_t>(granted > 0) - static_cast<std::int64_t>(row.granted > 0);
  row.granted = granted;
  use(row, rule, value, count, of_caps);
}

RewardEngine::State::Room RewardEngine::State::room_for(const RewardRow& row, const ReadyRule& rule,
                                                        const HashedKey* of_caps,
                                                        const OwnerView* owners) {
  constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();
  Room room{endless, RewardBound::none, 0, 0};
  const auto own_count = static_cast<std::int64_t>(row.granted > 0);
  for (const CapLimit& cap : rule.caps) {
    const std::int64_t others =
        without(used(cap, *of_caps++, row, rule, owners), cap.value ? row.granted : own_count);
    const std::int64_t left = left_of(cap.limit, others);
    const std::int64_t most = cap.value ? left : left > 0 ? endless : 0;
    if (most < room.most) {
      room = {most, cap.times ? RewardBound::times : RewardBound::cap, cap.cap, others};
    }
  }
  const int of = budget_of(rule.rule->kind);
  if (of < 0) return room;
  const RewardPlanDraft& content = plans[events[row.event].plan].content();
  const auto& limit = of == 0 ? content.budget : content.points_budget;
  if (!limit) return room;
  const detail::BudgetState& budget = budgets[of];
  std::int64_t all = 0;
  if (__builtin_add_overflow(budget.reserved, budget.spent, &all)) all = endless;
  const std::int64_t others = without(all, row.granted);
  const std::int64_t left = left_of(*limit, others);
  if (left < room.most) room = {left, RewardBound::budget, 0, others};
  return room;
}

}  // namespace emptor
