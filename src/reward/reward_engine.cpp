#include "emptor/reward/reward_engine.hpp"

#include <algorithm>
#include <utility>

#include "reward/reward_state.hpp"

namespace emptor {

using detail::ChangeRecord;
using detail::EventRecord;
using detail::no_place;
using detail::ReadyRule;
using detail::RewardRow;

namespace {

bool in_range(std::int64_t gross, std::int64_t net, std::int64_t margin) {
  const auto fits = [](std::int64_t amount) {
    return amount >= -detail::most_amount && amount <= detail::most_amount;
  };
  return fits(gross) && fits(net) && fits(margin);
}
bool in_range(Time time) {
  const std::int64_t seconds = time.time_since_epoch().count();
  return seconds >= -detail::most_time && seconds <= detail::most_time;
}

bool same_facts(const EventRecord& event, const RewardOccasion& occasion) {
  return event.time == occasion.time.time_since_epoch().count() && event.gross == occasion.gross &&
         event.net == occasion.net && event.margin == occasion.margin &&
         event.kind == occasion.kind && event.customer == occasion.customer &&
         event.item == occasion.item && event.category == occasion.category &&
         event.channel == occasion.channel;
}

}  // namespace

std::uint32_t RewardEngine::State::find(std::uint64_t event) const noexcept {
  return index.find(detail::HashedPlaces::hash(event),
                    [&](std::uint32_t place) { return events[place].id == event; });
}

std::uint32_t RewardEngine::State::find_or_add(std::uint64_t event) {
  std::uint32_t place = find(event);
  if (place != no_place) return place;
  if (events.size() >= no_place) {
    throw Exception(ErrorCode::overflow, "an engine has at most 4.2e9 events", "RewardEngine");
  }
  place = static_cast<std::uint32_t>(events.size());
  events.emplace_back().id = event;
  index.insert(detail::HashedPlaces::hash(event), place);
  return place;
}

bool RewardEngine::is_valid(const RewardOccasion& occasion) noexcept {
  return occasion.customer != no_customer && occasion.ordinal != 0 && in_range(occasion.time) &&
         in_range(occasion.gross, occasion.net, occasion.margin);
}

RewardStatus RewardEngine::decide(const RewardOccasion& occasion,
                                  std::span<const UplineMember> upline,
                                  std::vector<RewardDecision>& out, const OwnerView* owners) {
  State& state = *state_;
  state.index.prefetch(detail::HashedPlaces::hash(occasion.event));
  if (!is_valid(occasion)) return RewardStatus::invalid;
  std::uint32_t place = state.find(occasion.event);
  if (place != no_place && state.events[place].known) {
    return same_facts(state.events[place], occasion) ? RewardStatus::repeated
                                                     : RewardStatus::conflict;
  }
  const std::uint32_t plan = state.plan_place(occasion.time);
  if (plan == no_place) return RewardStatus::no_plan;
  place = state.find_or_add(occasion.event);
  EventRecord& event = state.events[place];
  event.time = occasion.time.time_since_epoch().count();
  event.gross = occasion.gross;
  event.net = occasion.net;
  event.margin = occasion.margin;
  event.customer = occasion.customer;
  event.item = occasion.item;
  event.category = occasion.category;
  event.channel = occasion.channel;
  event.campaign = occasion.campaign;
  event.kind = occasion.kind;
  event.plan = static_cast<std::uint16_t>(plan);
  event.known = true;
  state.add_rows(place, occasion, upline, owners);
  state.settle(place, occasion.time, true, owners, out);
  return RewardStatus::decided;
}

RewardStatus RewardEngine::adjust(const RewardAdjustment& adjustment,
                                  std::vector<RewardDecision>& out, const OwnerView* owners) {
  State& state = *state_;
  if (adjustment.revision == 0 || !in_range(adjustment.time) ||
      !in_range(adjustment.gross, adjustment.net, adjustment.margin)) {
    return RewardStatus::invalid;
  }
  const std::uint32_t place = state.find_or_add(adjustment.event);
  EventRecord& event = state.events[place];
  const detail::CorrectionRecord content{
      event.corrections, adjustment.revision, adjustment.gross,
      adjustment.net,    adjustment.margin,   adjustment.time.time_since_epoch().count()};
  for (std::uint32_t c = event.corrections; c != no_place;) {
    const detail::CorrectionRecord& one = state.corrections[c];
    if (one.revision == content.revision) {
      const bool same = one.gross == content.gross && one.net == content.net &&
                        one.margin == content.margin && one.time == content.time;
      return same ? RewardStatus::repeated : RewardStatus::conflict;
    }
    c = one.previous;
  }
  if (state.corrections.size() >= no_place) {
    throw Exception(ErrorCode::overflow, "an engine has at most 4.2e9 corrections", "RewardEngine");
  }
  state.corrections.push_back(content);
  event.corrections = static_cast<std::uint32_t>(state.corrections.size() - 1);
  const bool newest =
      event.in_force == no_place || state.corrections[event.in_force].revision < content.revision;
  if (newest) event.in_force = event.corrections;
  if (!event.known) return RewardStatus::parked;
  if (!newest) return RewardStatus::superseded;
  state.settle(place, adjustment.time, false, owners, out);
  return RewardStatus::decided;
}

RewardStatus RewardEngine::void_event(std::uint64_t id, Time time,
                                      std::vector<RewardDecision>& out) {
  State& state = *state_;
  if (!in_range(time)) return RewardStatus::invalid;
  const std::uint32_t place = state.find_or_add(id);
  EventRecord& event = state.events[place];
  if (event.voided) return RewardStatus::repeated;
  event.voided = true;
  if (!event.known) return RewardStatus::parked;
  state.settle(place, time, false, nullptr, out);
  return RewardStatus::decided;
}

std::uint32_t RewardEngine::State::row_of(const RewardKey& key) const noexcept {
  const std::uint32_t place = find(key.event);
  if (place == no_place) return no_place;
  const EventRecord& event = events[place];
  for (std::uint32_t r = event.first_row; r < event.first_row + event.rows; ++r) {
    if (rows[r].rule == key.rule && rows[r].beneficiary == key.beneficiary &&
        rows[r].last_change != no_place && rule_of(rows[r]).level == key.level) {
      return r;
    }
  }
  return no_place;
}

RewardStatus RewardEngine::close(const RewardKey& key, RewardBound cause, Time time,
                                 std::vector<RewardDecision>& out) {
  if (cause != RewardBound::voided && cause != RewardBound::expired) {
    throw Exception(ErrorCode::invalid_option,
                    text("'cause' must be voided or expired, got ", name(cause)), "cause");
  }
  State& state = *state_;
  if (!in_range(time)) return RewardStatus::invalid;
  const std::uint32_t place = state.row_of(key);
  if (place == no_place) return RewardStatus::unknown;
  RewardRow& row = state.rows[place];
  if (row.closed != RewardBound::none) {
    return row.closed == cause ? RewardStatus::repeated : RewardStatus::closed;
  }
  state.keys.clear();
  state.append_keys(row, state.rule_of(row), state.events[row.event]);
  state.grant(row, state.rule_of(row), 0, state.keys.data());
  row.closed = cause;
  ChangeRecord change;
  change.correction = state.events[row.event].in_force;
  change.bound = cause;
  change.desired = row.desired;
  change.time = time.time_since_epoch().count();
  state.record(place, change, out);
  return RewardStatus::decided;
}

RewardStatus RewardEngine::release(const RewardKey& key) {
  State& state = *state_;
  const std::uint32_t place = state.row_of(key);
  if (place == no_place) return RewardStatus::unknown;
  RewardRow& row = state.rows[place];
  if (row.closed != RewardBound::none) return RewardStatus::closed;
  const ReadyRule& rule = state.rule_of(row);
  if (row.released || !rule.held) return RewardStatus::repeated;
  state.use_budget(row, rule, -row.granted);
  row.released = true;
  state.use_budget(row, rule, row.granted);
  return RewardStatus::decided;
}

bool RewardEngine::decisions_of(std::uint64_t id, std::vector<RewardDecision>& out) const {
  const State& state = *state_;
  const std::uint32_t place = state.find(id);
  if (place == no_place || !state.events[place].known) return false;
  const EventRecord& event = state.events[place];
  for (std::uint32_t r = event.first_row; r < event.first_row + event.rows; ++r) {
    const RewardRow& row = state.rows[r];
    const std::size_t begin = out.size();
    for (std::uint32_t c = row.last_change; c != no_place;) {
      const ChangeRecord& change = state.changes[c];
      const std::int64_t stood =
          change.previous == no_place ? 0 : state.changes[change.previous].granted;
      state.append_decision(row, change, stood, out);
      c = change.previous;
    }
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
  }
  return true;
}

RewardEngine::RewardEngine(RewardPlan plan) : state_(std::make_unique<State>()) {
  state_->activate(std::move(plan)).value();
}
RewardEngine::RewardEngine(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
RewardEngine::~RewardEngine() = default;
RewardEngine::RewardEngine(RewardEngine&&) noexcept = default;
RewardEngine& RewardEngine::operator=(RewardEngine&&) noexcept = default;
RewardEngine::RewardEngine(const RewardEngine& other)
    : state_(std::make_unique<State>(*other.state_)) {}
RewardEngine& RewardEngine::operator=(const RewardEngine& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}

Result<void> RewardEngine::activate(RewardPlan plan) {
  return state_->activate(std::move(plan));
}
std::span<const RewardPlan> RewardEngine::plans() const noexcept {
  return state_->plans;
}
const RewardPlan* RewardEngine::plan_at(Time time) const noexcept {
  const std::uint32_t place = state_->plan_place(time);
  return place == no_place ? nullptr : &state_->plans[place];
}
const RewardPlan* RewardEngine::plan(std::uint32_t version) const noexcept {
  for (const RewardPlan& one : state_->plans) {
    if (one.version() == version) return &one;
  }
  return nullptr;
}

void RewardEngine::reserve(std::size_t events, std::size_t rewards) {
  State& state = *state_;
  state.events.reserve(state.events.size() + events);
  state.rows.reserve(state.rows.size() + rewards);
  state.changes.reserve(state.changes.size() + rewards);
  state.index.reserve(state.events.size() + events);
  state.usage.reserve(rewards / 8);  // many rewards share a window; it doubles when it must
}

namespace {

RewardBudgetUse use_of(const std::vector<RewardPlan>& plans,
                       std::optional<std::int64_t> RewardPlanDraft::*limit,
                       const detail::BudgetState& budget) {
  const RewardPlan* newest = &plans.front();
  for (const RewardPlan& plan : plans) {
    if (plan.version() > newest->version()) newest = &plan;
  }
  return {newest->content().*limit, budget.reserved, budget.spent};
}

}  // namespace

RewardBudgetUse RewardEngine::budget() const noexcept {
  return use_of(state_->plans, &RewardPlanDraft::budget, state_->budgets[0]);
}
RewardBudgetUse RewardEngine::points_budget() const noexcept {
  return use_of(state_->plans, &RewardPlanDraft::points_budget, state_->budgets[1]);
}
std::size_t RewardEngine::events() const noexcept {
  return state_->events.size();
}

std::string_view RewardEngine::cap_name(std::uint16_t cap) const {
  if (cap >= state_->caps.size()) {
    throw Exception(ErrorCode::out_of_range, text("there is no cap ", cap), "RewardEngine");
  }
  return state_->caps[cap].name;
}

std::string_view name(RewardStatus status) noexcept {
  switch (status) {
    case RewardStatus::decided:
      return "decided";
    case RewardStatus::repeated:
      return "repeated";
    case RewardStatus::superseded:
      return "superseded";
    case RewardStatus::parked:
      return "parked";
    case RewardStatus::no_plan:
      return "no_plan";
    case RewardStatus::conflict:
      return "conflict";
    case RewardStatus::invalid:
      return "invalid";
    case RewardStatus::unknown:
      return "unknown";
    case RewardStatus::closed:
      return "closed";
  }
  return "unknown";
}

}  // namespace emptor
