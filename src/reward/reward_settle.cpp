// Deciding: which rules look at an event, what they desire, and what caps and budget leave of it.

#include <algorithm>

#include "emptor/reward/plan_share.hpp"
#include "reward/reward_state.hpp"

namespace emptor {

using detail::BaseAmounts;
using detail::ChangeRecord;
using detail::EventRecord;
using detail::no_place;
using detail::ReadyRule;
using detail::RewardRow;

namespace {

template <class Id>
bool is_listed(const std::vector<Id>& list, Id id) {
  return list.empty() || std::binary_search(list.begin(), list.end(), id);
}

/// Whether the rule looks at such an event, whatever its amounts.
bool looks_at(const ReadyRule& rule, const RewardOccasion& occasion) {
  const RewardTrigger& trigger = rule.trigger;
  if (trigger.event != occasion.kind) return false;
  if (!rule.filtered) return true;
  const auto ordinal = std::int64_t{occasion.ordinal};
  if (ordinal < trigger.first || (trigger.last != 0 && ordinal > trigger.last)) return false;
  if (trigger.every != 1 && (ordinal - trigger.first) % trigger.every != 0) return false;
  if (occasion.tier < trigger.lowest_tier || occasion.tier > trigger.highest_tier) return false;
  if (rule.segments != 0 && (rule.segments & occasion.segments) == 0) return false;
  if ((rule.without_segments & occasion.segments) != 0) return false;
  return is_listed(trigger.items, occasion.item) &&
         is_listed(trigger.categories, occasion.category) &&
         is_listed(trigger.channels, occasion.channel) &&
         is_listed(trigger.campaigns, occasion.campaign);
}

bool is_self(Customer beneficiary, Customer customer, const OwnerView* owners) {
  if (beneficiary == customer) return true;
  if (owners == nullptr) return false;
  const auto members = (*owners)(customer);
  return std::find(members.begin(), members.end(), beneficiary) != members.end();
}

}  // namespace

std::int64_t detail::milestone_earned(const RewardAmount& amount, std::int64_t total) {
  std::int64_t sum = 0;
  for (const RewardStep& step : amount.steps) {
    if (step.from > total) break;
    sum += step.value;
  }
  return sum;
}

std::int64_t detail::desired_amount(const RewardRule& rule, const BaseAmounts& amounts) {
  const RewardAmount& amount = rule.amount;
  if (amount.form == RewardForm::fixed) return amount.fixed;
  const std::int64_t base = amounts.of(amount.base);
  if (base <= 0) return 0;
  if (amount.form == RewardForm::basis_points) {
    return basis_point_share(base, static_cast<std::uint32_t>(amount.basis_points), rule.rounding);
  }
  const std::vector<RewardStep>& steps = amount.steps;
  std::size_t last = 0;
  while (last + 1 < steps.size() && steps[last + 1].from <= base) ++last;
  if (!amount.marginal) {
    return basis_point_share(base, static_cast<std::uint32_t>(steps[last].value), rule.rounding);
  }
  int128 sum = 0;  // rounded once
  for (std::size_t s = 0; s <= last; ++s) {
    const std::int64_t end = s == last ? base : steps[s + 1].from;
    sum += int128{end - steps[s].from} * steps[s].value;
  }
  return static_cast<std::int64_t>(divide(sum, 10'000, rule.rounding));
}

BaseAmounts RewardEngine::State::amounts_of(const EventRecord& event) const noexcept {
  if (event.in_force == no_place) return {event.gross, event.net, event.margin};
  const detail::CorrectionRecord& now = corrections[event.in_force];
  return {now.gross, now.net, now.margin};
}

bool RewardEngine::State::qualifies(const ReadyRule& rule, const EventRecord& event,
                                    const BaseAmounts& amounts) const noexcept {
  if (event.voided) return false;
  if (is_sale(event.kind) ? amounts.gross <= 0
                          : event.in_force != no_place && amounts.gross == 0 && amounts.net == 0 &&
                                amounts.margin == 0) {
    return false;
  }
  return rule.trigger.minimum == 0 || amounts.of(rule.trigger.minimum_of) >= rule.trigger.minimum;
}

void RewardEngine::State::add_rows(std::uint32_t event, const RewardOccasion& occasion,
                                   std::span<const UplineMember> upline, const OwnerView* owners) {
  EventRecord& record = events[event];
  const detail::ReadyPlan& plan = ready[record.plan];
  record.first_row = static_cast<std::uint32_t>(rows.size());
  for (const std::uint16_t r : plan.order) {
    const ReadyRule& rule = plan.rules[r];
    if (!looks_at(rule, occasion)) continue;
    const RewardBeneficiary& to = rule.rule->beneficiary;
    Customer beneficiary = occasion.customer;
    if (to.party == RewardParty::upline) {
      if (rule.level > upline.size()) continue;
      const UplineMember& member = upline[rule.level - 1U];
      if (!member.eligible || member.tier < to.lowest_tier) continue;
      beneficiary = member.customer;
    } else if (to.party == RewardParty::role) {
      const auto holder =
          std::find_if(occasion.roles.begin(), occasion.roles.end(),
                       [&](const RewardRoleHolder& one) { return one.role == to.role; });
      if (holder == occasion.roles.end()) continue;
      beneficiary = holder->customer;
    }
    if (beneficiary == no_customer) continue;
    if (to.party != RewardParty::referee && is_self(beneficiary, occasion.customer, owners)) {
      continue;
    }
    RewardRow& row = rows.emplace_back();
    row.event = event;
    row.beneficiary = beneficiary;
    row.rule = r;
  }
  if (rows.size() >= no_place) {
    throw Exception(ErrorCode::overflow, "an engine has at most 4.2e9 rewards", "RewardEngine");
  }
  record.rows = static_cast<std::uint32_t>(rows.size()) - record.first_row;
}

void RewardEngine::State::desire(RewardRow& row, const ReadyRule& rule, const EventRecord& event,
                                 const BaseAmounts& amounts, bool first, const OwnerView* owners) {
  const bool counts = qualifies(rule, event, amounts);
  if (!rule.milestone) {
    if (row.closed == RewardBound::none) {
      row.desired = counts ? detail::desired_amount(*rule.rule, amounts) : 0;
    }
    return;
  }
  const RewardAmount& amount = rule.rule->amount;
  std::int64_t counted = 0;
  if (counts) {
    counted = amount.measure == MilestoneMeasure::events
                  ? 1
                  : std::max<std::int64_t>(0, amounts.of(static_cast<RewardBase>(
                                                  static_cast<int>(amount.measure) -
                                                  static_cast<int>(MilestoneMeasure::gross))));
  }
  const auto key = [&](std::uint32_t number) {
    return detail::UsageKey(number, static_cast<std::uint32_t>(row.beneficiary));
  };
  if (counted != row.counted) {
    usage.add(key(rule.total), counted - row.counted);
    row.counted = counted;
  } else if (!first) {
    return;
  }
  if (row.closed != RewardBound::none) return;
  std::int64_t desired = 0;
  if (counted > 0) {
    const std::int64_t earned =
        detail::milestone_earned(amount, total_of(rule.total, row.beneficiary, owners));
    const std::int64_t due = total_of(rule.due, row.beneficiary, owners);
    desired = static_cast<std::int64_t>(
        std::max(detail::int128{0}, detail::int128{row.desired} + earned - due));
  }
  if (desired == row.desired) return;
  usage.add(key(rule.due), desired - row.desired);
  row.desired = desired;
}

void RewardEngine::State::settle(std::uint32_t place, Time time, bool first,
                                 const OwnerView* owners, std::vector<RewardDecision>& out) {
  const EventRecord& event = events[place];
  const detail::ReadyPlan& plan = ready[event.plan];
  const BaseAmounts amounts = amounts_of(event);
  const std::span<RewardRow> run(rows.data() + event.first_row, event.rows);
  before.clear();
  keys.clear();
  bool grouped = false;
  for (RewardRow& row : run) {
    const ReadyRule& rule = plan.rules[row.rule];
    before.push_back({row.desired, row.wanted, row.granted, keys.size()});
    append_keys(row, rule, event);
    desire(row, rule, event, amounts, first, owners);
    grouped = grouped || (rule.group != 0 && rule.stacking != RewardStacking::all);
    if (row.closed == RewardBound::none) row.wanted = row.desired;
  }
  if (grouped) {
    for (std::size_t i = 0; i < run.size(); ++i) {
      const ReadyRule& rule = plan.rules[run[i].rule];
      if (rule.group == 0 || rule.stacking == RewardStacking::all) continue;
      for (std::size_t j = 0; j < run.size(); ++j) {
        if (j == i || plan.rules[run[j].rule].group != rule.group ||
            run[j].beneficiary != run[i].beneficiary) {
          continue;
        }
        const bool beats =
            rule.stacking == RewardStacking::first
                ? j < i && run[j].desired > 0
                : run[j].desired > run[i].desired || (run[j].desired == run[i].desired && j < i);
        if (beats && run[i].closed == RewardBound::none) run[i].wanted = 0;
      }
    }
  }
  if (!first) {
    for (std::size_t i = 0; i < run.size(); ++i) {  // what is given back can be had by others
      if (run[i].closed == RewardBound::none && run[i].wanted < run[i].granted) {
        grant(run[i], plan.rules[run[i].rule], run[i].wanted, keys.data() + before[i].first_key);
      }
    }
  }
  for (std::size_t i = 0; i < run.size(); ++i) {
    RewardRow& row = run[i];
    if (row.closed != RewardBound::none) continue;
    const Before& was = before[i];
    if (first ? row.desired == 0 : row.desired == was.desired && row.wanted == was.wanted) {
      continue;
    }
    ChangeRecord change;
    if (row.wanted > was.wanted) {
      const ReadyRule& rule = plan.rules[row.rule];
      const detail::HashedKey* of_caps = keys.data() + was.first_key;
      const Room room = room_for(row, rule, of_caps, owners);
      grant(row, rule, std::max(row.granted, std::min(row.wanted, room.most)), of_caps);
      if (row.granted < row.wanted) {
        change.bound = room.bound;
        change.cap = room.cap;
        change.used = room.used;
      }
    } else if (event.voided) {
      change.bound = RewardBound::voided;
    } else if (row.granted < row.wanted) {  // cut before, and not by this
      const ChangeRecord& last = changes[row.last_change];
      change.bound = last.bound;
      change.cap = last.cap;
      change.used = last.used;
    }
    if (row.wanted < row.desired && row.wanted == 0) change.bound = RewardBound::stacking;
    change.correction = event.in_force;
    change.desired = row.desired;
    change.granted = row.granted;
    change.time = time.time_since_epoch().count();
    record(event.first_row + static_cast<std::uint32_t>(i), change, out);
  }
}

void RewardEngine::State::record(std::uint32_t place, const ChangeRecord& what,
                                 std::vector<RewardDecision>& out) {
  RewardRow& row = rows[place];
  if (changes.size() >= no_place) {
    throw Exception(ErrorCode::overflow, "an engine has at most 4.2e9 decisions", "RewardEngine");
  }
  std::int64_t stood = 0;
  ChangeRecord& change = changes.emplace_back(what);
  change.previous = row.last_change;
  if (row.last_change != no_place) {
    stood = changes[row.last_change].granted;
    change.revision = changes[row.last_change].revision + 1;
  }
  row.last_change = static_cast<std::uint32_t>(changes.size() - 1);
  append_decision(row, change, stood, out);
}

void RewardEngine::State::append_decision(const RewardRow& row, const ChangeRecord& change,
                                          std::int64_t stood,
                                          std::vector<RewardDecision>& to) const {
  const EventRecord& event = events[row.event];
  const ReadyRule& ready_rule = ready[event.plan].rules[row.rule];
  const RewardRule& rule = *ready_rule.rule;
  RewardDecision& out = to.emplace_back(ready_rule.pattern);
  out.key.event = event.id;
  out.key.beneficiary = row.beneficiary;
  out.revision = change.revision;
  out.referee = event.customer;
  out.bound = change.bound;
  out.cap = change.cap;
  out.desired = change.desired;
  out.granted = change.granted;
  out.change = change.granted - stood;
  if (change.bound == RewardBound::cap || change.bound == RewardBound::times) {
    out.bound_used = change.used;
    for (const detail::CapLimit& one : ready_rule.caps) {
      if (one.cap == change.cap) out.bound_limit = one.limit;
    }
  } else if (change.bound == RewardBound::budget) {
    const RewardPlanDraft& plan = plans[event.plan].content();
    out.bound_used = change.used;
    out.bound_limit = (budget_of(rule.kind) == 0 ? plan.budget : plan.points_budget).value_or(0);
  }
  if (change.correction == no_place) {
    out.gross = event.gross, out.net = event.net, out.margin = event.margin;
  } else {
    const detail::CorrectionRecord& correction = corrections[change.correction];
    out.gross = correction.gross, out.net = correction.net, out.margin = correction.margin;
  }
  out.time = Time{std::chrono::seconds{change.time}};
  out.event_time = Time{std::chrono::seconds{event.time}};
  if (rule.hold.until) return;
  if (rule.hold.duration.count() > 0) out.held_until = out.event_time + rule.hold.duration;
  if (rule.expires_after.count() > 0) {
    out.expires = out.event_time + rule.hold.duration + rule.expires_after;
  }
}

}  // namespace emptor
