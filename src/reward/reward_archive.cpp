// Saving and loading an engine: the plans and the records as they are. Usage of caps, totals of
// milestones and budgets are sums over the records and made anew, so that they cannot contradict
// them.

#include <string>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/reward/plan_json.hpp"
#include "reward/reward_state.hpp"

namespace emptor {

using detail::ChangeRecord;
using detail::CorrectionRecord;
using detail::EventRecord;
using detail::no_place;
using detail::ReadyRule;
using detail::RewardRow;

namespace {

constexpr std::string_view kind = "reward-engine";

bool sound(std::int64_t amount) {
  return amount >= -detail::most_amount && amount <= detail::most_amount;
}
bool sound_time(std::int64_t time) {
  return time >= -detail::most_time && time <= detail::most_time;
}

}  // namespace

std::vector<std::byte> RewardEngine::save() const {
  const State& state = *state_;
  ArchiveWriter writer(kind, 1);
  SectionWriter& plans = writer.section("plans");
  plans.put(std::uint64_t{state.plans.size()});
  for (const RewardPlan& plan : state.plans) plans.put_text(to_json(plan));

  SectionWriter& events = writer.section("events");
  events.put(std::uint64_t{state.events.size()});
  for (const EventRecord& event : state.events) {
    events.put(event.id);
    events.put(event.known);
    events.put(event.voided);
    events.put(event.corrections);
    events.put(event.in_force);
    if (!event.known) continue;
    events.put(event.time);
    events.put(event.gross);
    events.put(event.net);
    events.put(event.margin);
    events.put(event.customer);
    events.put(event.item);
    events.put(event.category);
    events.put(event.channel);
    events.put(event.campaign);
    events.put(event.kind);
    events.put(event.plan);
    events.put(event.rows);
    for (std::uint32_t r = event.first_row; r < event.first_row + event.rows; ++r) {
      const RewardRow& row = state.rows[r];
      events.put(row.beneficiary);
      events.put(row.rule);
      events.put(row.released);
      events.put(row.closed);
      events.put(row.last_change);
      events.put(row.counted);
      events.put(row.desired);
      events.put(row.wanted);
      events.put(row.granted);
    }
  }

  SectionWriter& changes = writer.section("changes");
  changes.put(std::uint64_t{state.changes.size()});
  for (const ChangeRecord& change : state.changes) {
    changes.put(change.previous);
    changes.put(change.correction);
    changes.put(change.cap);
    changes.put(change.bound);
    changes.put(change.desired);
    changes.put(change.granted);
    changes.put(change.used);
    changes.put(change.time);
  }

  SectionWriter& corrections = writer.section("corrections");
  corrections.put(std::uint64_t{state.corrections.size()});
  for (const CorrectionRecord& correction : state.corrections) {
    corrections.put(correction.previous);
    corrections.put(correction.revision);
    corrections.put(correction.gross);
    corrections.put(correction.net);
    corrections.put(correction.margin);
    corrections.put(correction.time);
  }
  return std::move(writer).finish();
}

Result<RewardEngine> RewardEngine::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  auto loaded = std::make_unique<State>();
  State& state = *loaded;

  Result<SectionReader> plans = reader->section("plans");
  if (!plans) return plans.error();
  const auto versions = plans->get<std::uint64_t>();
  plans->require(versions > 0, "no plan");
  for (std::uint64_t p = 0; p < versions && plans->ok(); ++p) {
    Result<RewardPlan> plan = parse_reward_plan(plans->get_text());
    if (!plans->require(plan.has_value(), "a plan that is none")) break;
    const std::size_t before = state.plans.size();
    const bool added = state.activate(std::move(*plan)).has_value();
    plans->require(added && state.plans.size() == before + 1, "plans that are not of one line");
  }
  if (const Result<void> done = plans->finish(); !done) return done.error();

  Result<SectionReader> in = reader->section("corrections");
  if (!in) return in.error();
  const auto corrections = in->get<std::uint64_t>();
  for (std::uint64_t c = 0; c < corrections && in->ok(); ++c) {
    CorrectionRecord one;
    one.previous = in->get<std::uint32_t>();
    one.revision = in->get<std::uint32_t>();
    one.gross = in->get<std::int64_t>();
    one.net = in->get<std::int64_t>();
    one.margin = in->get<std::int64_t>();
    one.time = in->get<std::int64_t>();
    in->require((one.previous == no_place || one.previous < c) && one.revision > 0 &&
                    sound(one.gross) && sound(one.net) && sound(one.margin) && sound_time(one.time),
                "an impossible correction");
    if (in->ok()) state.corrections.push_back(one);
  }
  if (const Result<void> done = in->finish(); !done) return done.error();

  in = reader->section("changes");
  if (!in) return in.error();
  const auto changes = in->get<std::uint64_t>();
  for (std::uint64_t c = 0; c < changes && in->ok(); ++c) {
    ChangeRecord one;
    one.previous = in->get<std::uint32_t>();
    one.correction = in->get<std::uint32_t>();
    one.cap = in->get<std::uint16_t>();
    one.bound = in->get_enum(RewardBound::expired);
    one.desired = in->get<std::int64_t>();
    one.granted = in->get<std::int64_t>();
    one.used = in->get<std::int64_t>();
    one.time = in->get<std::int64_t>();
    in->require((one.previous == no_place || one.previous < c) &&
                    (one.correction == no_place || one.correction < state.corrections.size()) &&
                    (one.bound != RewardBound::cap || one.cap < state.caps.size()) &&
                    one.granted >= 0 && one.granted <= one.desired && sound_time(one.time),
                "an impossible decision");
    if (!in->ok()) break;
    if (one.previous != no_place) one.revision = state.changes[one.previous].revision + 1;
    state.changes.push_back(one);
  }
  if (const Result<void> done = in->finish(); !done) return done.error();

  in = reader->section("events");
  if (!in) return in.error();
  const auto events = in->get<std::uint64_t>();
  for (std::uint64_t e = 0; e < events && in->ok(); ++e) {
    if (!state.load_event(*in)) break;
  }
  if (const Result<void> done = in->finish(); !done) return done.error();
  return RewardEngine(std::move(loaded));
}

bool RewardEngine::State::load_event(SectionReader& in) {
  EventRecord event;
  event.id = in.get<std::uint64_t>();
  event.known = in.get<bool>();
  event.voided = in.get<bool>();
  event.corrections = in.get<std::uint32_t>();
  event.in_force = in.get<std::uint32_t>();
  const auto is_correction = [&](std::uint32_t c) {
    return c == no_place || c < corrections.size();
  };
  in.require(events.size() < no_place && is_correction(event.corrections) &&
                 is_correction(event.in_force) && find(event.id) == no_place,
             "an impossible event");
  if (!in.ok()) return false;
  const auto place = static_cast<std::uint32_t>(events.size());
  if (event.known) {
    event.time = in.get<std::int64_t>();
    event.gross = in.get<std::int64_t>();
    event.net = in.get<std::int64_t>();
    event.margin = in.get<std::int64_t>();
    event.customer = in.get<Customer>();
    event.item = in.get<Item>();
    event.category = in.get<Category>();
    event.channel = in.get<Channel>();
    event.campaign = in.get<Campaign>();
    event.kind = in.get<RewardEventKind>();
    event.plan = in.get<std::uint16_t>();
    event.rows = in.get<std::uint32_t>();
    event.first_row = static_cast<std::uint32_t>(rows.size());
    in.require(sound_time(event.time) && sound(event.gross) && sound(event.net) &&
                   sound(event.margin) && event.customer != no_customer &&
                   event.plan < plans.size() && event.rows <= plans[event.plan].rules().size() &&
                   rows.size() + event.rows < no_place,
               "an impossible event");
    if (!in.ok()) return false;
  }
  events.push_back(event);
  index.insert(detail::HashedPlaces::hash(event.id), place);
  for (std::uint32_t r = 0; r < event.rows; ++r) {
    RewardRow row;
    row.event = place;
    row.beneficiary = in.get<Customer>();
    row.rule = in.get<std::uint16_t>();
    row.released = in.get<bool>();
    row.closed = in.get_enum(RewardBound::expired);
    row.last_change = in.get<std::uint32_t>();
    row.counted = in.get<std::int64_t>();
    row.desired = in.get<std::int64_t>();
    row.wanted = in.get<std::int64_t>();
    row.granted = in.get<std::int64_t>();
    const bool decided = row.last_change != no_place;
    in.require(row.beneficiary != no_customer && row.rule < plans[event.plan].rules().size() &&
                   (!decided || row.last_change < changes.size()) &&
                   (decided || (row.desired == 0 && row.granted == 0)) && row.counted >= 0 &&
                   sound(row.counted) && row.granted >= 0 && row.granted <= row.wanted &&
                   row.wanted <= row.desired &&
                   (!decided || (changes[row.last_change].granted == row.granted &&
                                 changes[row.last_change].desired == row.desired)) &&
                   (row.closed == RewardBound::none ||
                    (row.closed >= RewardBound::voided && row.granted == 0)),
               "an impossible reward");
    if (!in.ok()) return false;
    rows.push_back(row);
    const ReadyRule& rule = rule_of(row);
    keys.clear();
    append_keys(row, rule, event);
    use(row, rule, row.granted, static_cast<std::int64_t>(row.granted > 0), keys.data());
    if (!rule.milestone) continue;
    const auto to = static_cast<std::uint32_t>(row.beneficiary);
    usage.add(detail::UsageKey(rule.total, to), row.counted);
    usage.add(detail::UsageKey(rule.due, to), row.desired);
  }
  return true;
}

}  // namespace emptor
