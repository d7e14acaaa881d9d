// Plans made ready for deciding: look-ups done, lists sorted, caps numbered across versions.

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "reward/reward_state.hpp"

namespace emptor {

using detail::CapLimit;
using detail::CapShape;
using detail::ReadyPlan;
using detail::ReadyRule;

namespace {

std::uint32_t bits(const std::vector<RewardCapPer>& per) {
  std::uint32_t out = 0;
  for (const RewardCapPer one : per) out |= 1U << static_cast<unsigned>(one);
  return out;
}

std::uint64_t segment_bits(const std::vector<std::uint8_t>& segments) {
  std::uint64_t out = 0;
  for (const std::uint8_t one : segments) out |= std::uint64_t{1} << one;
  return out;
}

CapShape shape_of(const RewardCap& cap, std::string name, RewardKind kind, bool of_rule) {
  CapShape out;
  out.name = std::move(name);
  out.per = bits(cap.per);
  out.measure = cap.measure;
  out.window = cap.window;
  out.rolling_days = static_cast<std::int32_t>(cap.rolling_days);
  out.offset = cap.offset;
  out.kind = kind;
  out.level = static_cast<std::uint8_t>(cap.level);
  out.of_rule = of_rule;
  return out;
}

/// Counts of a rule, kept like caps: '#' is in no id, so that names cannot meet.
CapShape count_of(const RewardRule& rule, std::string_view what, std::uint32_t per) {
  CapShape out;
  out.name = text(rule.id, '#', what);
  out.per = per;
  out.measure = RewardCapMeasure::count;
  out.kind = rule.kind;
  out.of_rule = true;
  return out;
}

CapLimit limit_of(const CapShape& shape, std::uint16_t number, std::int64_t limit) {
  const auto mask = [&](RewardCapPer dimension) {
    return shape.is_per(dimension) ? ~std::uint32_t{0} : 0;
  };
  CapLimit out;
  out.limit = limit;
  out.referee = mask(RewardCapPer::referee);
  out.beneficiary = mask(RewardCapPer::beneficiary);
  out.campaign = mask(RewardCapPer::campaign);
  out.level = static_cast<std::uint16_t>(mask(RewardCapPer::level));
  out.rule = static_cast<std::uint16_t>(mask(RewardCapPer::rule));
  out.cap = number;
  out.value = shape.measure == RewardCapMeasure::value;
  out.times = shape.times;
  out.per_event = shape.is_per(RewardCapPer::event);
  out.rolling = shape.window == RewardCapWindow::rolling;
  return out;
}

/// The members of all decisions of a rule that are the same.
RewardDecision pattern_of(const RewardPlan& plan, const RewardRule& rule, std::uint16_t place) {
  RewardDecision out;
  out.key.rule = place;
  if (rule.beneficiary.party == RewardParty::upline) {
    out.key.level = static_cast<std::uint8_t>(rule.beneficiary.level);
  }
  out.plan_version = plan.version();
  out.kind = rule.kind;
  out.currency = plan.currency();
  out.expires_after = rule.expires_after;
  out.gift = rule.gift;
  if (rule.hold.until) {
    out.held_until = Time::max();
    out.hold_event = *rule.hold.until;
  }
  return out;
}

Error other_meaning(const std::string& cap) {
  return {
      ErrorCode::invalid_value,
      text("the cap '", cap, "' counted something else in an earlier version: give it a new id"),
      "activate"};
}

}  // namespace

Result<std::uint16_t> RewardEngine::State::cap_number(CapShape shape) {
  for (std::size_t c = 0; c < caps.size(); ++c) {
    if (caps[c].name != shape.name) continue;
    if (caps[c] != shape) return other_meaning(shape.name);
    return static_cast<std::uint16_t>(c);
  }
  if (caps.size() == std::numeric_limits<std::uint16_t>::max()) {
    return Error{ErrorCode::overflow, "all versions together have at most 65535 caps", "activate"};
  }
  caps.push_back(std::move(shape));
  return static_cast<std::uint16_t>(caps.size() - 1);
}

Result<ReadyPlan> RewardEngine::State::make_ready(const RewardPlan& plan) {
  constexpr std::uint32_t per_beneficiary = 1U << static_cast<unsigned>(RewardCapPer::beneficiary);
  constexpr std::uint32_t per_pair =
      per_beneficiary | 1U << static_cast<unsigned>(RewardCapPer::referee);
  const RewardPlanDraft& content = plan.content();
  ReadyPlan out;
  for (const RewardRule& rule : content.rules) {
    ReadyRule& ready_rule = out.rules.emplace_back();
    ready_rule.rule = &rule;
    ready_rule.place = static_cast<std::uint16_t>(out.rules.size() - 1);
    const auto known = std::find(rule_names.begin(), rule_names.end(), rule.id);
    ready_rule.number = static_cast<std::uint16_t>(known - rule_names.begin());
    if (known == rule_names.end()) {
      if (rule_names.size() == std::numeric_limits<std::uint16_t>::max()) {
        return Error{ErrorCode::overflow, "all versions together have at most 65535 rules",
                     "activate"};
      }
      rule_names.push_back(rule.id);
    }
    for (std::size_t g = 0; g < content.groups.size(); ++g) {
      if (content.groups[g].id != rule.group) continue;
      ready_rule.group = static_cast<std::uint16_t>(g + 1);
      ready_rule.stacking = content.groups[g].stacking;
    }
    const bool upline = rule.beneficiary.party == RewardParty::upline;
    ready_rule.level = static_cast<std::uint8_t>(upline ? rule.beneficiary.level : 0);
    ready_rule.held = rule.hold.duration.count() > 0 || rule.hold.until.has_value();
    ready_rule.milestone = rule.amount.form == RewardForm::milestone;
    ready_rule.trigger = rule.trigger;
    RewardTrigger plain;
    plain.event = rule.trigger.event;
    plain.minimum_of = rule.trigger.minimum_of;
    plain.minimum = rule.trigger.minimum;
    ready_rule.filtered = !(rule.trigger == plain);
    ready_rule.pattern = pattern_of(plan, rule, ready_rule.place);
    std::sort(ready_rule.trigger.items.begin(), ready_rule.trigger.items.end());
    std::sort(ready_rule.trigger.categories.begin(), ready_rule.trigger.categories.end());
    std::sort(ready_rule.trigger.channels.begin(), ready_rule.trigger.channels.end());
    std::sort(ready_rule.trigger.campaigns.begin(), ready_rule.trigger.campaigns.end());
    ready_rule.segments = segment_bits(rule.trigger.segments);
    ready_rule.without_segments = segment_bits(rule.trigger.without_segments);
    if (ready_rule.milestone) {
      for (const bool due : {false, true}) {
        const auto number = cap_number(count_of(rule, due ? "due" : "total", per_beneficiary));
        if (!number) return number.error();
        (due ? ready_rule.due : ready_rule.total) = *number;
      }
    }
    const auto add = [&](CapShape shape, std::int64_t limit) -> Result<void> {
      const std::uint8_t only = shape.level;
      const auto number = cap_number(std::move(shape));
      if (!number) return number.error();
      if (only == 0 || only == ready_rule.level) {
        ready_rule.caps.push_back(limit_of(caps[*number], *number, limit));
      }
      return {};
    };
    if (rule.amount.times > 0) {
      CapShape shape = count_of(rule, "times", per_pair);
      shape.times = true;
      if (const auto done = add(std::move(shape), rule.amount.times); !done) return done.error();
    }
    for (const RewardCap& cap : rule.caps) {
      const auto done = add(shape_of(cap, text(rule.id, '/', cap.id), rule.kind, true), cap.limit);
      if (!done) return done.error();
    }
    for (const RewardCap& cap : content.caps) {
      if (cap.kind != rule.kind) continue;
      const auto done = add(shape_of(cap, cap.id, cap.kind, false), cap.limit);
      if (!done) return done.error();
    }
  }
  out.order.resize(out.rules.size());
  std::iota(out.order.begin(), out.order.end(), std::uint16_t{0});
  std::stable_sort(out.order.begin(), out.order.end(), [&](std::uint16_t a, std::uint16_t b) {
    return content.rules[a].priority > content.rules[b].priority;
  });
  return out;
}

Result<void> RewardEngine::State::activate(RewardPlan plan) {
  for (const RewardPlan& one : plans) {
    if (one.id() != plan.id()) {
      return Error{ErrorCode::invalid_value,
                   text("the engine is for the plan '", one.id(), "', got '", plan.id(), "'"),
                   "activate"};
    }
    if (one.currency() != plan.currency()) {
      return Error{ErrorCode::currency_mismatch,
                   text("the plan is in ", one.currency().code(), ", got ", plan.currency().code()),
                   "activate"};
    }
    if (one.version() != plan.version()) continue;
    if (one == plan) return {};
    return Error{ErrorCode::duplicate,
                 text("version ", plan.version(), " is there already, with other content"),
                 "activate"};
  }
  if (plans.size() == std::numeric_limits<std::uint16_t>::max()) {
    return Error{ErrorCode::overflow, "an engine has at most 65535 versions", "activate"};
  }
  const std::size_t caps_before = caps.size();
  const std::size_t rules_before = rule_names.size();
  plans.push_back(std::move(plan));
  Result<ReadyPlan> made = make_ready(plans.back());
  if (!made) {
    plans.pop_back();
    caps.resize(caps_before);
    rule_names.resize(rules_before);
    return made.error();
  }
  ready.push_back(std::move(*made));
  spans.resize(caps.size());
  return {};
}

RewardEngine::State::State(const State& other)
    : plans(other.plans),
      ready(other.ready),
      caps(other.caps),
      spans(other.spans),
      rule_names(other.rule_names),
      index(other.index),
      usage(other.usage),
      events(other.events),
      rows(other.rows),
      changes(other.changes),
      corrections(other.corrections) {
  for (std::size_t b = 0; b < 2; ++b) budgets[b] = other.budgets[b];
  for (std::size_t p = 0; p < plans.size(); ++p) {
    for (ReadyRule& rule : ready[p].rules) rule.rule = &plans[p].rules()[rule.place];
  }
}

std::uint32_t RewardEngine::State::plan_place(Time time) const noexcept {
  std::uint32_t best = detail::no_place;
  for (std::size_t p = 0; p < plans.size(); ++p) {
    if (plans[p].valid().contains(time) &&
        (best == detail::no_place || plans[p].version() > plans[best].version())) {
      best = static_cast<std::uint32_t>(p);
    }
  }
  return best;
}

}  // namespace emptor
