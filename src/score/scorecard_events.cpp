#include "emptor/score/scorecard_events.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::string_view kind = "scorecard-events";
constexpr Time first_time{Day{std::chrono::year{1} / 1 / 1}};
constexpr Time end_time{Day{std::chrono::year{10'000} / 1 / 1}};

bool sound(const ScorecardEvent& event) {
  return event.time >= first_time && event.time < end_time && event.count >= 1 &&
         event.count <= max_scorecard_event_count;
}

void require_sound(const ScorecardEvent& event) {
  if (sound(event)) return;
  throw Exception(ErrorCode::invalid_value,
                  text("an event has a time in years 1 to 9999 and a count in [1, ",
                       max_scorecard_event_count, "]"),
                  "ScorecardEvents");
}

void require_room(std::size_t events) {
  if (events <= max_scorecard_events) return;
  throw Exception(ErrorCode::overflow, text("at most ", max_scorecard_events, " events"),
                  "ScorecardEvents");
}

}  // namespace

ScorecardEvents::ScorecardEvents(std::vector<ScorecardEvent> events) {
  for (const ScorecardEvent& event : events) require_sound(event);
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  require_room(events.size());
  events_ = std::move(events);
}

bool ScorecardEvents::add(const ScorecardEvent& event) {
  require_sound(event);
  const auto at = events_.empty() || events_.back() < event
                      ? events_.end()
                      : std::lower_bound(events_.begin(), events_.end(), event);
  if (at != events_.end() && *at == event) return false;
  require_room(events_.size() + 1);
  events_.insert(at, event);
  return true;
}

void ScorecardEvents::merge(const ScorecardEvents& other) {
  std::vector<ScorecardEvent> all;
  all.reserve(events_.size() + other.events_.size());
  std::set_union(events_.begin(), events_.end(), other.events_.begin(), other.events_.end(),
                 std::back_inserter(all));
  require_room(all.size());
  events_ = std::move(all);
}

std::size_t ScorecardEvents::forget_before(Time time) {
  const auto kept =
      std::lower_bound(events_.begin(), events_.end(), time,
                       [](const ScorecardEvent& event, Time t) { return event.time < t; });
  const auto count = static_cast<std::size_t>(kept - events_.begin());
  events_.erase(events_.begin(), kept);
  return count;
}

void ScorecardEvents::save(SectionWriter& section) const {
  section.put(std::uint64_t{events_.size()});
  for (const ScorecardEvent& event : events_) {
    section.put(std::int64_t{event.time.time_since_epoch().count()});
    section.put(event.id);
    section.put(event.kind);
    section.put(static_cast<std::uint32_t>(event.channel));
    section.put(event.count);
  }
}

Result<ScorecardEvents> ScorecardEvents::load(SectionReader& section) {
  ScorecardEvents out;
  const auto count = section.get<std::uint64_t>();
  section.require(count <= max_scorecard_events, "too many events");
  for (std::uint64_t i = 0; i < count && section.ok(); ++i) {
    ScorecardEvent event;
    event.time = Time{std::chrono::seconds{section.get<std::int64_t>()}};
    event.id = section.get<std::uint64_t>();
    event.kind = section.get<std::uint32_t>();
    event.channel = static_cast<Channel>(section.get<std::uint32_t>());
    event.count = section.get<std::uint32_t>();
    if (!section.ok()) break;
    section.require(sound(event) && (out.empty() || out.events_.back() < event),
                    "events that are out of range or out of order");
    if (section.ok()) out.events_.push_back(event);
  }
  if (!section.ok()) return section.finish().error();
  return out;
}

std::vector<std::byte> ScorecardEvents::save() const {
  ArchiveWriter writer(kind, 1);
  save(writer.section("events"));
  return std::move(writer).finish();
}

Result<ScorecardEvents> ScorecardEvents::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("events");
  if (!section) return section.error();
  Result<ScorecardEvents> out = load(*section);
  if (!out) return out;
  if (const Result<void> done = section->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
