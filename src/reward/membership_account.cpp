#include "emptor/reward/membership_account.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/core/money.hpp"

namespace emptor {

namespace {

constexpr Time first_time{Day{std::chrono::year{1} / 1 / 1}};
constexpr Time end_time{Day{std::chrono::year{10000} / 1 / 1}};

bool before(const MembershipFact& fact, Time time, std::uint64_t id) {
  return fact.time != time ? fact.time < time : fact.id < id;
}

bool earlier(const MembershipFact& a, const MembershipFact& b) {
  return before(a, b.time, b.id);
}

bool small(const TierCounts& counts) {
  const auto fits = [](std::int64_t count) {
    return count >= -max_tier_count && count <= max_tier_count;
  };
  return fits(counts.spend) && fits(counts.orders) && fits(counts.qualifying_points);
}

std::int32_t months_of(MembershipWindow window) {
  switch (window) {
    case MembershipWindow::calendar_month:
      return 1;
    case MembershipWindow::calendar_quarter:
      return 3;
    case MembershipWindow::calendar_half:
      return 6;
    default:
      return 12;
  }
}

Day first_day(std::int32_t month) {  // by its month_number, which is not below 0 here
  return std::chrono::year{month / 12} / std::chrono::month{static_cast<unsigned>(month % 12) + 1} /
         std::chrono::day{1};
}

std::chrono::month_day month_day_of(Day day) {
  const std::chrono::year_month_day date{day};
  return date.month() / date.day();
}

}  // namespace

bool MembershipAccount::rolling() const noexcept {
  return rules_->window == MembershipWindow::rolling;
}

Time MembershipAccount::midnight(Day day) const noexcept {
  return Time{day} - rules_->offset;
}

// Periods are numbered by their first month over the window's months, or by the year they begin in.
std::int32_t MembershipAccount::period_of(Time time) const noexcept {
  const Day day = local_day(time, rules_->offset);
  if (rules_->window != MembershipWindow::anniversary) {
    const std::int32_t month = month_number(day);
    const std::int32_t months = months_of(rules_->window);
    return month >= 0 ? month / months : (month - months + 1) / months;
  }
  const std::chrono::year year = std::chrono::year_month_day{day}.year();
  const Day origin = local_day(facts_.front().time, rules_->offset);
  const Day begins = anniversary_in(year, month_day_of(origin), rules_->leap_day);
  return static_cast<int>(year) - (day < begins ? 1 : 0);
}

Time MembershipAccount::start_of(std::int32_t period) const noexcept {
  if (rules_->window != MembershipWindow::anniversary) {
    return midnight(first_day(period * months_of(rules_->window)));
  }
  const Day origin = local_day(facts_.front().time, rules_->offset);
  return midnight(
      anniversary_in(std::chrono::year{period}, month_day_of(origin), rules_->leap_day));
}

Time MembershipAccount::window_start(Time time, std::int32_t more_days) const noexcept {
  if (!rolling()) return start_of(period_of(time));
  const Day day = local_day(time, rules_->offset);
  return midnight(day - std::chrono::days{rules_->rolling_days + more_days - 1});
}

TierCounts MembershipAccount::sum(Time from, Time to) const {
  const auto place = [&](Time time) {
    return static_cast<std::size_t>(
        std::lower_bound(facts_.begin(),
                         facts_.begin() + static_cast<std::ptrdiff_t>(sums_.size()) - 1, time,
                         [](const MembershipFact& fact, Time at) { return fact.time < at; }) -
        facts_.begin());
  };
  const TierCounts& a = sums_[place(from)];
  const TierCounts& b = sums_[place(to)];
  return {b.spend - a.spend, b.orders - a.orders, b.qualifying_points - a.qualifying_points};
}

std::uint32_t MembershipAccount::reached(const TierCounts& counts) const noexcept {
  for (std::size_t tier = rules_->tiers.size(); tier-- > 1;) {
    const MembershipTier& one = rules_->tiers[tier];
    const auto holds = [&](const TierThreshold& threshold) {
      return counts.of(threshold.measure) >= threshold.at_least;
    };
    if (one.all ? std::all_of(one.thresholds.begin(), one.thresholds.end(), holds)
                : std::any_of(one.thresholds.begin(), one.thresholds.end(), holds)) {
      return static_cast<std::uint32_t>(tier);
    }
  }
  return 0;
}

Time MembershipAccount::postponed(Time due) const {
  for (bool moved = true; moved;) {
    moved = false;
    for (const std::uint32_t at : special_) {
      const MembershipFact& fact = facts_[at];
      if (fact.kind == MembershipFactKind::extend && fact.time < due && due < fact.until) {
        due = fact.until;
        moved = true;
      }
    }
  }
  return due;
}

// While a tier is held. Under periods it may move `period` on to the last of several decisions that
// fall on one instant.
Time MembershipAccount::next_decision(Standing& standing) const {
  const std::chrono::days grace{rules_->grace_days};
  if (!rolling()) {
    const auto due = [&](std::int32_t period) { return postponed(start_of(period + 1) + grace); };
    const Time first = due(standing.period);
    while (due(standing.period + 1) == first) ++standing.period;
    return first;
  }
  // The next fact to leave the window, from those whose leaving has not been decided on.
  const std::chrono::days length{rules_->rolling_days + rules_->grace_days};
  const auto leaves = [&](Time time) { return midnight(local_day(time, rules_->offset) + length); };
  const auto known = facts_.begin() + static_cast<std::ptrdiff_t>(sums_.size()) - 1;
  const Time after = standing.not_before > standing.decided
                         ? standing.not_before - std::chrono::seconds{1}
                         : standing.decided;
  const auto leaving = std::upper_bound(
      facts_.begin(), known, after,
      [&](Time time, const MembershipFact& fact) { return time < leaves(fact.time); });
  Time next = leaving == known ? Time::max() : leaves(leaving->time);
  if (standing.check > standing.decided)
    next = std::min(next, std::max(standing.check, standing.not_before));
  if (standing.not_before > standing.decided) next = std::min(next, standing.not_before);
  // An extension's end is a decision of its own, at the next midnight.
  const auto ceiling = [&](Time time) {
    const Time start = midnight(local_day(time, rules_->offset));
    return start == time ? start : start + std::chrono::days{1};
  };
  for (const std::uint32_t at : special_) {
    const MembershipFact& fact = facts_[at];
    if (fact.kind != MembershipFactKind::extend || fact.time >= ceiling(fact.until)) continue;
    const Time end = std::max(ceiling(fact.until), standing.not_before);
    if (end > standing.decided) next = std::min(next, end);
  }
  if (next == Time::max()) return next;
  for (Time moved = postponed(next); moved != next; moved = postponed(next)) next = ceiling(moved);
  return next;
}

std::uint32_t MembershipAccount::fallen(std::uint32_t from, std::uint32_t reached) const noexcept {
  if (reached >= from) return from;
  return rules_->fall == TierFall::to_balance ? reached : std::max(reached, from - 1);
}

bool MembershipAccount::decide(Standing& standing, Time due) const {
  const Time closing =
      rolling() ? window_start(due, rules_->grace_days) : start_of(standing.period);
  const std::uint32_t found =
      std::max(reached(sum(closing, due)), reached(sum(window_start(due), due)));
  const std::uint32_t tier = fallen(standing.tier, found);
  ++standing.period;
  standing.decided = due;
  if (standing.check <= due) standing.check = Time::max();
  if (tier == standing.tier) return false;
  standing.tier = tier;
  standing.not_before = rules_->fall == TierFall::one_step && tier > found
                            ? due + std::chrono::days{rules_->rolling_days}
                            : Time::min();
  return true;
}

void MembershipAccount::advance(Standing& standing, Time to, std::vector<Change>* changes) const {
  while (standing.tier != 0) {
    const Time due = next_decision(standing);
    if (due > to || due == Time::max()) return;
    if (decide(standing, due) && changes != nullptr) {
      changes->push_back({due, standing.tier, TierCause::lowered});
    }
  }
}

void MembershipAccount::apply(const MembershipFact& fact) {
  advance(standing_, fact.time, &changes_);
  const auto at = static_cast<std::uint32_t>(sums_.size() - 1);
  if (at == 0) changes_.push_back({fact.time, 0, TierCause::joined});
  if (fact.kind != MembershipFactKind::count && fact.kind != MembershipFactKind::join) {
    special_.push_back(at);
  }
  TierCounts sums = sums_.back();
  sums.spend += fact.counts.spend;
  sums.orders += fact.counts.orders;
  sums.qualifying_points += fact.counts.qualifying_points;
  sums_.push_back(sums);
  const std::chrono::seconds second{1};
  const std::uint32_t tier = reached(sum(window_start(fact.time), fact.time + second));
  if (standing_.check <= fact.time) standing_.check = Time::max();
  if (fact.counts.spend < 0 || fact.counts.orders < 0 || fact.counts.qualifying_points < 0) {
    standing_.check = std::min(
        standing_.check, midnight(local_day(fact.time, rules_->offset) + std::chrono::days{1}));
  }
  if (tier <= standing_.tier) return;
  if (standing_.tier == 0) {
    standing_.period = rolling() ? 0 : period_of(fact.time);
    standing_.decided = fact.time;
  }
  standing_.tier = tier;
  standing_.not_before = Time::min();
  changes_.push_back({fact.time, tier, TierCause::reached});
}

MembershipVerdict MembershipAccount::check(const MembershipFact& fact,
                                           const MembershipRules& rules) const {
  const bool until_ok =
      fact.kind == MembershipFactKind::grant
          ? fact.until > fact.time && fact.tier >= 1 && fact.tier < rules.tiers.size()
      : fact.kind == MembershipFactKind::extend ? fact.until > fact.time && fact.until < end_time
                                                : true;
  const bool counts_ok =
      fact.kind == MembershipFactKind::count ? small(fact.counts) : fact.counts == TierCounts{};
  if (fact.customer == no_customer || fact.kind > MembershipFactKind::join ||
      fact.time < first_time || fact.time >= end_time || !until_ok || !counts_ok) {
    return MembershipVerdict::invalid;
  }
  if (const MembershipFact* there = find(fact.time, fact.id)) {
    return *there == fact ? MembershipVerdict::repeated : MembershipVerdict::conflict;
  }
  return facts_.size() < max_membership_facts ? MembershipVerdict::accepted
                                              : MembershipVerdict::full;
}

void MembershipAccount::add(const MembershipFact& fact, const Rules& rules) {
  const MembershipVerdict verdict = check(fact, *rules);
  if (verdict == MembershipVerdict::repeated) return;
  if (verdict != MembershipVerdict::accepted) {
    const bool full = verdict == MembershipVerdict::full;
    throw Exception(full ? ErrorCode::overflow : ErrorCode::invalid_value,
                    text("a fact of a membership that is '", name(verdict), "' cannot be taken"),
                    "MembershipAccount");
  }
  if (facts_.empty()) {
    rules_ = rules;
    sums_.assign(1, {});
  }
  const bool late = !facts_.empty() && !earlier(facts_.back(), fact);
  if (!late) {
    facts_.push_back(fact);
    apply(fact);
    return;
  }
  MembershipAccount next;
  next.rules_ = rules_;
  next.facts_ = facts_;
  next.facts_.insert(std::lower_bound(next.facts_.begin(), next.facts_.end(), fact, earlier), fact);
  next.replay();
  *this = std::move(next);
}

void MembershipAccount::replay() {
  sums_.assign(1, {});
  for (const MembershipFact& fact : facts_) apply(fact);
}

void MembershipAccount::merge(const MembershipAccount& other) {
  if (other.facts_.empty()) return;
  MembershipAccount next;
  next.rules_ = other.rules_;
  next.facts_.reserve(facts_.size() + other.facts_.size());
  std::set_union(facts_.begin(), facts_.end(), other.facts_.begin(), other.facts_.end(),
                 std::back_inserter(next.facts_), earlier);
  if (next.facts_.size() > max_membership_facts) {
    throw Exception(ErrorCode::overflow,
                    text("an account has at most ", max_membership_facts, " facts"),
                    "MembershipAccount::merge");
  }
  next.replay();
  *this = std::move(next);
}

MembershipAccount MembershipAccount::known_at(Time now) const {
  MembershipAccount out;
  out.rules_ = rules_;
  for (const MembershipFact& fact : facts_) {
    if (fact.time <= now) out.facts_.push_back(fact);
  }
  if (!out.facts_.empty()) out.replay();
  return out;
}

std::uint32_t MembershipAccount::granted(Time now) const {
  std::uint32_t tier = 0;
  for (const std::uint32_t at : special_) {
    const MembershipFact& fact = facts_[at];
    if (fact.time > now) break;
    if (fact.kind == MembershipFactKind::revoke) tier = 0;
    if (fact.kind == MembershipFactKind::grant && now < fact.until)
      tier = std::max(tier, fact.tier);
  }
  return tier;
}

std::uint32_t MembershipAccount::earned(Time now) const {
  if (facts_.empty() || now < facts_.front().time) return 0;
  if (now < facts_.back().time) return known_at(now).earned(now);
  Standing standing = standing_;
  advance(standing, now, nullptr);
  return standing.tier;
}

std::uint32_t MembershipAccount::tier(Time now) const {
  return special_.empty() ? earned(now) : std::max(earned(now), granted(now));
}

std::vector<TierInterval> MembershipAccount::history(Time now) const {
  if (facts_.empty() || now < facts_.front().time) return {};
  if (now < facts_.back().time) return known_at(now).history(now);
  std::vector<Change> changes = changes_;
  Standing standing = standing_;
  advance(standing, now, &changes);
  std::vector<Time> instants;
  for (const Change& change : changes) instants.push_back(change.time);
  for (const std::uint32_t at : special_) {
    instants.push_back(facts_[at].time);
    if (facts_[at].kind == MembershipFactKind::grant && facts_[at].until <= now) {
      instants.push_back(facts_[at].until);
    }
  }
  std::sort(instants.begin(), instants.end());
  instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
  std::vector<TierInterval> out;
  std::size_t next = 0;
  Change earned{};
  for (const Time time : instants) {
    while (next < changes.size() && changes[next].time <= time) earned = changes[next++];
    const std::uint32_t by_hand = granted(time);
    const std::uint32_t tier = std::max(earned.tier, by_hand);
    if (!out.empty() && out.back().tier == tier) continue;
    const bool up = out.empty() || tier > out.back().tier;
    TierCause cause = earned.cause;
    if (up && by_hand > earned.tier) {
      cause = TierCause::granted;
    } else if (!up && (earned.time != time || earned.cause != TierCause::lowered)) {
      cause = TierCause::grant_ended;
    }
    if (!out.empty()) out.back().to = time;
    out.push_back({time, Time::max(), tier, cause});
  }
  return out;
}

TierCounts MembershipAccount::counts(Time now) const {
  if (facts_.empty() || now < facts_.front().time) return {};
  now = std::min(now, end_time);
  return sum(window_start(now), now + std::chrono::seconds{1});
}

TierOutlook MembershipAccount::outlook(Time now) const {
  now = std::min(now, end_time);
  TierOutlook out;
  out.as_of = now;
  if (facts_.empty() || now < facts_.front().time) return out;
  if (now < facts_.back().time) return known_at(now).outlook(now);
  Standing standing = standing_;
  advance(standing, now, nullptr);
  out.earned = standing.tier;
  const std::uint32_t by_hand = granted(now);
  out.tier = std::max(out.earned, by_hand);
  if (by_hand > out.earned) {
    for (Time end = now; !out.granted_until;) {
      Time next = Time::max();
      for (const std::uint32_t at : special_) {
        const MembershipFact& fact = facts_[at];
        if (fact.kind == MembershipFactKind::grant && fact.until > end) {
          next = std::min(next, fact.until);
        }
      }
      end = next;
      if (end == Time::max() || granted(end) <= out.earned) out.granted_until = end;
    }
  }
  out.window_from = window_start(now);
  out.window_to = rolling() ? midnight(local_day(now, rules_->offset) + std::chrono::days{1})
                            : start_of(period_of(now) + 1);
  out.counts = counts(now);
  out.projected = out.earned;
  if (!rolling() && now > out.window_from) {
    const std::int64_t passed = (now - out.window_from).count();
    const std::int64_t whole = (out.window_to - out.window_from).count();
    const auto grown = [&](std::int64_t count) {
      return static_cast<std::int64_t>(
          detail::divide(detail::int128{count} * whole, passed, Rounding::floor));
    };
    const std::uint32_t at_end = reached(
        {grown(out.counts.spend), grown(out.counts.orders), grown(out.counts.qualifying_points)});
    out.projected = at_end > out.earned ? at_end : fallen(out.earned, at_end);
  }
  while (standing.tier != 0) {
    const Time due = next_decision(standing);
    if (due == Time::max()) break;
    if (!decide(standing, due)) continue;
    out.falls_at = due;
    out.falls_to = standing.tier;
    break;
  }
  const auto missing = [&](std::uint32_t tier) {
    std::vector<TierMissing> list;
    for (const TierThreshold& threshold : rules_->tiers[tier].thresholds) {
      const std::int64_t count = out.counts.of(threshold.measure);
      list.push_back({threshold.measure, threshold.at_least,
                      std::max<std::int64_t>(0, threshold.at_least - count)});
    }
    return list;
  };
  out.to_keep = missing(out.earned);
  if (out.earned + 1 < rules_->tiers.size()) out.to_rise = missing(out.earned + 1);
  return out;
}

void MembershipAccount::changes(Time after, Time until, Customer of,
                                std::vector<TierChange>& out) const {
  if (facts_.empty() || until < facts_.front().time) return;
  if (facts_.back().time <= after && standing_.tier == 0 && special_.empty()) return;
  std::uint32_t from = 0;
  for (const TierInterval& interval : history(until)) {
    if (interval.from > after && interval.tier != from) {
      out.push_back({of, interval.from, from, interval.tier, interval.cause});
    }
    from = interval.tier;
  }
}

const MembershipFact* MembershipAccount::find(Time time, std::uint64_t id) const {
  const auto at = std::lower_bound(
      facts_.begin(), facts_.end(), id,
      [&](const MembershipFact& fact, std::uint64_t wanted) { return before(fact, time, wanted); });
  return at != facts_.end() && at->time == time && at->id == id ? &*at : nullptr;
}

}  // namespace emptor
