#pragma once

/// @file
/// Memberships told midnight by midnight: every instant at which anything could happen is visited,
/// and every count is summed anew. Nothing is shared with MembershipAccount but rules and facts.

#include <algorithm>
#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#include "emptor/reward/membership_account.hpp"

namespace emptor::test {

class MembershipTwin {
 public:
  MembershipTwin(std::vector<MembershipFact> facts, const MembershipRules& rules, Time now)
      : rules_(rules) {
    std::sort(facts.begin(), facts.end(), [](const MembershipFact& a, const MembershipFact& b) {
      return std::tuple(a.time, a.id) < std::tuple(b.time, b.id);
    });
    std::erase_if(facts, [&](const MembershipFact& fact) { return fact.time > now; });
    if (facts.empty()) return;
    origin_ = day_of(facts.front().time);
    std::set<Time> instants;
    for (const MembershipFact& fact : facts) {
      instants.insert(fact.time);
      for (const Time end : {fact.until, ceiling(fact.until)}) {
        if (end > fact.time && end <= now) instants.insert(end);
      }
    }
    for (Day day = origin_; midnight(day) <= now; day += std::chrono::days{1}) {
      instants.insert(midnight(day));
    }
    std::size_t next = 0;
    for (const Time instant : instants) {
      if (earned_ > 0) decide(instant);
      for (; next < facts.size() && facts[next].time == instant; ++next) {
        known_.push_back(facts[next]);
        take(facts[next]);
      }
      std::uint32_t granted = 0;
      for (const MembershipFact& fact : known_) {
        if (fact.kind == MembershipFactKind::revoke) granted = 0;
        if (fact.kind == MembershipFactKind::grant && instant < fact.until) {
          granted = std::max(granted, fact.tier);
        }
      }
      const std::uint32_t tier = std::max(earned_, granted);
      if (!known_.empty() && (tiers_.empty() || tiers_.back().second != tier)) {
        tiers_.emplace_back(instant, tier);
      }
    }
  }

  [[nodiscard]] std::uint32_t earned() const { return earned_; }
  /// When each tier in force began.
  [[nodiscard]] const std::vector<std::pair<Time, std::uint32_t>>& tiers() const { return tiers_; }

 private:
  Day day_of(Time time) const { return local_day(time, rules_.offset); }
  Time midnight(Day day) const { return Time{day} - rules_.offset; }
  Time ceiling(Time time) const {
    if (time > Time{Day{std::chrono::year{9000} / 1 / 1}}) return time;
    const Time start = midnight(day_of(time));
    return start == time ? time : start + std::chrono::days{1};
  }
  bool rolling() const { return rules_.window == MembershipWindow::rolling; }
  /// First days of periods, from the one before the first fact's.
  std::vector<Day> periods() const {
    using namespace std::chrono;
    std::vector<Day> out;
    const year first = year_month_day{origin_}.year() - years{2};
    for (year y = first; y < first + years{9}; ++y) {
      if (rules_.window == MembershipWindow::anniversary) {
        const year_month_day of{origin_};
        year_month_day date{y, of.month(), of.day()};
        if (!date.ok()) {
          date = rules_.leap_day == LeapDay::march_1 ? y / March / day{1} : y / February / day{28};
        }
        out.push_back(date);
        continue;
      }
      const int months = rules_.window == MembershipWindow::calendar_month     ? 1
                         : rules_.window == MembershipWindow::calendar_quarter ? 3
                         : rules_.window == MembershipWindow::calendar_half    ? 6
                                                                               : 12;
      for (int m = 1; m <= 12; m += months) {
        out.push_back(y / month{static_cast<unsigned>(m)} / day{1});
      }
    }
    return out;
  }
  Day period_of(Day day) const {
    Day found{};
    for (const Day start : periods()) {
      if (start <= day) found = start;
    }
    return found;
  }
  TierCounts counted(Time from, Time to) const {
    TierCounts sum;
    for (const MembershipFact& fact : known_) {
      if (fact.time < from || fact.time >= to) continue;
      sum.spend += fact.counts.spend;
      sum.orders += fact.counts.orders;
      sum.qualifying_points += fact.counts.qualifying_points;
    }
    return sum;
  }
  Time running(Time instant) const {
    const Day day = day_of(instant);
    return midnight(rolling() ? day - std::chrono::days{rules_.rolling_days - 1} : period_of(day));
  }
  std::uint32_t reached(const TierCounts& counts) const {
    std::uint32_t best = 0;
    for (std::uint32_t tier = 1; tier < rules_.tiers.size(); ++tier) {
      std::size_t held = 0;
      for (const TierThreshold& one : rules_.tiers[tier].thresholds) {
        if (counts.of(one.measure) >= one.at_least) ++held;
      }
      const std::size_t needed = rules_.tiers[tier].all ? rules_.tiers[tier].thresholds.size() : 1;
      if (held >= needed) best = tier;
    }
    return best;
  }
  Time postponed(Time due) const {
    const Time before = due;
    for (const MembershipFact& fact : known_) {
      if (fact.kind == MembershipFactKind::extend && fact.time < due && due < fact.until) {
        due = std::max(due, fact.until);
      }
    }
    return due == before ? due : postponed(due);
  }
  void decide(Time instant) {
    using std::chrono::days;
    Time from{};
    if (!rolling()) {
      bool due = false;
      const std::vector<Day> starts = periods();
      for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
        if (starts[i] < undecided_) continue;
        if (postponed(midnight(starts[i + 1]) + days{rules_.grace_days}) != instant) continue;
        due = true;
        from = midnight(starts[i]);
        undecided_ = starts[i + 1];
      }
      if (!due) return;
    } else {
      const Day today = day_of(instant);
      if (midnight(today) != instant || instant < not_before_ || instant <= since_) return;
      bool due = instant == not_before_;
      const days length{rules_.rolling_days + rules_.grace_days};
      for (const MembershipFact& fact : known_) {
        const bool taken =
            fact.counts.spend < 0 || fact.counts.orders < 0 || fact.counts.qualifying_points < 0;
        if (day_of(fact.time) + length == today) due = true;
        if (taken && day_of(fact.time) + days{1} == today) due = true;
        if (fact.kind == MembershipFactKind::extend && ceiling(fact.until) == instant) due = true;
      }
      if (!due || postponed(instant) != instant) return;
      from = midnight(today - (length - days{1}));
    }
    const std::uint32_t found =
        std::max(reached(counted(from, instant)), reached(counted(running(instant), instant)));
    if (found >= earned_) return;
    earned_ = rules_.fall == TierFall::to_balance ? found : std::max(found, earned_ - 1);
    not_before_ = earned_ > found ? instant + days{rules_.rolling_days} : Time::min();
  }
  void take(const MembershipFact& fact) {
    const std::uint32_t found =
        reached(counted(running(fact.time), fact.time + std::chrono::seconds{1}));
    if (found <= earned_) return;
    if (earned_ == 0) {
      undecided_ = period_of(day_of(fact.time));
      since_ = fact.time;
    }
    earned_ = found;
    not_before_ = Time::min();
  }

  const MembershipRules& rules_;
  Day origin_{};
  std::vector<MembershipFact> known_;
  std::uint32_t earned_ = 0;
  Day undecided_{};
  Time since_{};
  Time not_before_ = Time::min();
  std::vector<std::pair<Time, std::uint32_t>> tiers_;
};

/// Facts from random numbers.
using MemberSteps =
    std::vector<std::tuple<std::uint8_t, std::uint16_t, std::uint8_t, std::uint16_t>>;

inline Time member_time(int hours) {
  return Time{Day{std::chrono::year{2023} / 11 / 20} + std::chrono::hours{hours}};
}

inline MembershipFact member_fact(const MemberSteps::value_type& step, std::uint64_t id,
                                  Customer customer) {
  const auto& [what, when, amount, until] = step;
  MembershipFact fact{.id = id, .customer = customer, .time = member_time(when % 10'000)};
  if (what % 12 == 0) {
    fact.kind = MembershipFactKind::grant;
    fact.tier = 1 + amount % 3U;
    fact.until = amount % 7 == 0 ? Time::max() : fact.time + std::chrono::hours{1 + until % 5000};
  } else if (what % 12 == 1) {
    fact.kind = MembershipFactKind::extend;
    fact.until = fact.time + std::chrono::hours{1 + until % 4000};
  } else if (what % 24 == 2) {
    fact.kind = MembershipFactKind::revoke;
  } else if (what % 24 == 3) {
    fact.kind = MembershipFactKind::join;
  } else {
    fact.counts = {what % 5 == 0 ? -amount % 40 : amount % 60, what % 5 == 0 ? -1 : 1,
                   amount % 3 == 0 ? amount % 20 : 0};
  }
  return fact;
}

inline MembershipRules member_rules(std::uint16_t choice) {
  MembershipRules rules;
  rules.tiers.resize(4);
  for (std::size_t i = 0; i < 4; ++i) rules.tiers[i].name = std::string(1 + i, '*');
  rules.tiers[1].thresholds = {{TierMeasure::spend, 50}, {TierMeasure::orders, 3}};
  rules.tiers[2].thresholds = {{TierMeasure::spend, 100}};
  rules.tiers[3].thresholds = {{TierMeasure::spend, 160}, {TierMeasure::qualifying_points, 30}};
  rules.tiers[3].all = choice % 2 == 0;
  rules.window = static_cast<MembershipWindow>(choice / 2U % 6);
  rules.fall = choice / 12U % 2 == 0 ? TierFall::one_step : TierFall::to_balance;
  rules.grace_days = choice / 24U % 3 == 0 ? 0 : choice / 24U % 50;
  rules.rolling_days = 1 + choice / 100U % 120;
  rules.offset = UtcOffset{choice % 7 == 0 ? 480 : choice % 7 == 1 ? -210 : 0};
  rules.leap_day = choice % 3 == 0 ? LeapDay::march_1 : LeapDay::february_28;
  return rules;
}

}  // namespace emptor::test
