// What is used of caps and budgets, and what is left.

#include <algorithm>
#include <limits>

#include "reward/reward_state.hpp"

namespace emptor {

using detail::CapShape;
using detail::EventRecord;
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
  return saturated(detail::int128{used} - own);
}
std::int64_t left_of(std::int64_t limit, std::int64_t used) {
  return used >= limit ? 0 : saturated(detail::int128{limit} - used);
}

}  // namespace

std::int32_t detail::window_of(const CapShape& cap, std::int64_t time) {
  if (cap.window == RewardCapWindow::lifetime) return 0;
  const Day day = local_day(Time{std::chrono::seconds{time}}, cap.offset);
  const auto number = static_cast<std::int32_t>(day.time_since_epoch().count());
  const auto floor = [](std::int32_t a, std::int32_t b) {
    return a / b - static_cast<std::int32_t>(a % b < 0);
  };
  switch (cap.window) {
    case RewardCapWindow::week:
      return floor(number + 3, 7);  // the day 0 was a Thursday
    case RewardCapWindow::month:
      return month_number(day);
    case RewardCapWindow::quarter:
      return floor(month_number(day), 3);
    case RewardCapWindow::year:
      return floor(month_number(day), 12);
    default:
      return number;
  }
}

UsageKey RewardEngine::State::key_of(std::uint16_t cap, const RewardRow& row, const ReadyRule& rule,
                                     const EventRecord& event) const noexcept {
  const CapShape& shape = caps[cap];
  UsageKey key;
  key.cap = cap;
  if (shape.is_per(RewardCapPer::referee)) key.referee = static_cast<std::uint32_t>(event.customer);
  if (shape.is_per(RewardCapPer::beneficiary)) {
    key.beneficiary = static_cast<std::uint32_t>(row.beneficiary);
  }
  if (shape.is_per(RewardCapPer::campaign)) {
    key.campaign = static_cast<std::uint32_t>(event.campaign);
  }
  if (shape.is_per(RewardCapPer::level)) key.level = rule.level;
  if (shape.is_per(RewardCapPer::rule)) key.rule = rule.number;
  if (shape.window != RewardCapWindow::lifetime && shape.window != RewardCapWindow::rolling) {
    key.window = detail::window_of(shape, event.time);
  }
  return key;
}

std::int64_t RewardEngine::State::used_in_event(const CapShape& cap, std::uint16_t number,
                                                const RewardRow& row, const ReadyRule& rule,
                                                const OwnerView* owners) const {
  const EventRecord& event = events[row.event];
  detail::int128 sum = 0;
  for (std::size_t r = event.first_row; r < event.first_row + event.rows; ++r) {
    const RewardRow& other = rows[r];
    const ReadyRule& of = ready[event.plan].rules[other.rule];
    const bool counted = std::any_of(of.caps.begin(), of.caps.end(),
                                     [&](const auto& one) { return one.cap == number; });
    if (!counted || (cap.is_per(RewardCapPer::level) && of.level != rule.level) ||
        (cap.is_per(RewardCapPer::rule) && of.number != rule.number) ||
        (cap.is_per(RewardCapPer::beneficiary) &&
         !one_person(other.beneficiary, row.beneficiary, owners))) {
      continue;
    }
    sum += cap.measure == RewardCapMeasure::value ? other.granted
                                                  : static_cast<int>(other.granted > 0);
  }
  return saturated(sum);
}

std::int64_t RewardEngine::State::used_by_group(const CapShape& cap, UsageKey key,
                                                const OwnerView* owners) const {
  const Customer referee{key.referee};
  const Customer beneficiary{key.beneficiary};
  const bool by_referee = cap.is_per(RewardCapPer::referee);
  const bool by_beneficiary = cap.is_per(RewardCapPer::beneficiary);
  const auto referees = group_of(referee, by_referee ? owners : nullptr);
  const auto beneficiaries = group_of(beneficiary, by_beneficiary ? owners : nullptr);
  const std::int32_t day = key.window;
  if (cap.window == RewardCapWindow::rolling) key.window = 0;
  const auto each = [&](auto&& visit) {
    UsageKey one = key;
    for (const Customer r : referees) {
      one.referee = static_cast<std::uint32_t>(r);
      for (const Customer b : beneficiaries) {
        one.beneficiary = static_cast<std::uint32_t>(b);
        visit(one);
      }
    }
  };
  detail::int128 sum = 0;
  if (cap.window != RewardCapWindow::rolling) {
    each([&](const UsageKey& one) { sum += usage.get(one); });
    return saturated(sum);
  }
  // Of all windows with the day in them the fullest ends on it or on a later day with usage.
  const auto until = [&](std::int32_t last) {
    detail::int128 in_window = 0;
    each([&](const UsageKey& one) { in_window += usage.days(one, last, cap.rolling_days); });
    return in_window;
  };
  sum = until(day);
  each([&](const UsageKey& one) {
    usage.each_day(one, day + 1, day + cap.rolling_days - 1,
                   [&](std::int32_t last) { sum = std::max(sum, until(last)); });
  });
  return saturated(sum);
}

std::int64_t RewardEngine::State::used(std::uint16_t cap, const RewardRow& row,
                                       const ReadyRule& rule, const OwnerView* owners) const {
  const CapShape& shape = caps[cap];
  if (shape.is_per(RewardCapPer::event)) return used_in_event(shape, cap, row, rule, owners);
  const EventRecord& event = events[row.event];
  UsageKey key = key_of(cap, row, rule, event);
  if (shape.window == RewardCapWindow::rolling) {
    key.window = detail::window_of(shape, event.time);
  } else if (owners == nullptr) {
    return usage.get(key);
  }
  return used_by_group(shape, key, owners);
}

std::int64_t RewardEngine::State::total_of(std::uint32_t number, Customer beneficiary,
                                           const OwnerView* owners) const {
  detail::int128 sum = 0;
  for (const Customer one : group_of(beneficiary, owners)) {
    UsageKey key;
    key.cap = number;
    key.beneficiary = static_cast<std::uint32_t>(one);
    sum += usage.get(key);
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
                              std::int64_t count) {
  const EventRecord& event = events[row.event];
  for (const detail::CapLimit& one : rule.caps) {
    const CapShape& shape = caps[one.cap];
    if (shape.is_per(RewardCapPer::event)) continue;  // the rows themselves
    const std::int64_t change = shape.measure == RewardCapMeasure::value ? value : count;
    if (change == 0) continue;
    const UsageKey key = key_of(one.cap, row, rule, event);
    if (shape.window == RewardCapWindow::rolling) {
      usage.add_day(key, detail::window_of(shape, event.time), change);
    } else {
      usage.add(key, change);
    }
  }
  use_budget(row, rule, value);
}

void RewardEngine::State::grant(RewardRow& row, const ReadyRule& rule, std::int64_t granted) {
  if (granted == row.granted) return;
  const std::int64_t value = granted - row.granted;
  const auto count =
      static_cast<std::int64_t>(granted > 0) - static_cast<std::int64_t>(row.granted > 0);
  row.granted = granted;
  use(row, rule, value, count);
}

RewardEngine::State::Room RewardEngine::State::room_for(const RewardRow& row, const ReadyRule& rule,
                                                        const OwnerView* owners) const {
  constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();
  Room room{endless, RewardBound::none, 0, 0};
  const auto own_count = static_cast<std::int64_t>(row.granted > 0);
  for (const detail::CapLimit& one : rule.caps) {
    const CapShape& shape = caps[one.cap];
    const bool value = shape.measure == RewardCapMeasure::value;
    const std::int64_t others =
        without(used(one.cap, row, rule, owners), value ? row.granted : own_count);
    const std::int64_t left = left_of(one.limit, others);
    const std::int64_t most = value ? left : left > 0 ? endless : 0;
    if (most < room.most) {
      room = {most, shape.times ? RewardBound::times : RewardBound::cap, one.cap, others};
    }
  }
  const int of = budget_of(rule.rule->kind);
  if (of >= 0) {
    const RewardPlanDraft& content = plans[events[row.event].plan].content();
    const auto& limit = of == 0 ? content.budget : content.points_budget;
    if (limit) {
      const detail::BudgetState& budget = budgets[of];
      const std::int64_t others =
          saturated(detail::int128{budget.reserved} + budget.spent - row.granted);
      const std::int64_t left = left_of(*limit, others);
      if (left < room.most) room = {left, RewardBound::budget, 0, others};
    }
  }
  return room;
}

}  // namespace emptor
