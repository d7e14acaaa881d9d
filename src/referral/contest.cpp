#include "emptor/referral/contest.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/core/merge_log.hpp"
#include "emptor/referral/contest_snapshot.hpp"

namespace emptor {
namespace {

using std::chrono::seconds;
using std::chrono::year;

constexpr std::uint32_t nowhere = detail::IdPlaces<>::none;
constexpr std::chrono::hours furthest{18};  // clocks from UTC
constexpr Time first_time = Day{year{0} / 1 / 1};
constexpr Time last_time = Day{year{10'000} / 1 / 1};

/// The first day of the calendar period in which a day lies, and of the next one.
std::pair<Day, Day> calendar_period(Day day, ContestPeriod period) noexcept {
  using std::chrono::days;
  using std::chrono::months;
  const std::chrono::year_month_day date{day};
  const unsigned month = static_cast<unsigned>(date.month());
  const auto from_month = [&](unsigned first, int length) {
    const std::chrono::year_month_day from = date.year() / static_cast<int>(first) / 1;
    return std::pair<Day, Day>{from, from + months{length}};
  };
  switch (period) {
    case ContestPeriod::week: {
      const std::chrono::weekday weekday{day};
      const Day monday = day - (weekday - std::chrono::Monday);
      return {monday, monday + days{7}};
    }
    case ContestPeriod::month:
      return from_month(month, 1);
    case ContestPeriod::quarter:
      return from_month((month - 1) / 3 * 3 + 1, 3);
    case ContestPeriod::year:
      return from_month(1, 12);
    default:
      return {day, day + days{1}};
  }
}

}  // namespace

std::string_view name(ContestOutcome outcome) noexcept {
  switch (outcome) {
    case ContestOutcome::counted:
      return "counted";
    case ContestOutcome::repeated:
      return "repeated";
    case ContestOutcome::superseded:
      return "superseded";
    case ContestOutcome::voided:
      return "voided";
    case ContestOutcome::nobody:
      return "nobody";
    case ContestOutcome::negative:
      return "negative";
    case ContestOutcome::outside:
      return "outside";
    case ContestOutcome::event_reused:
      return "event_reused";
    case ContestOutcome::overflow:
      return "overflow";
  }
  return "unknown";
}

Contest::Contest(ContestOptions options) : options_(std::move(options)) {
  require_option(options_.span.from < options_.span.to, "span", "a window that is not empty",
                 "an empty one");
  span_ = {std::max(options_.span.from, first_time), std::min(options_.span.to, last_time)};
  require_option(span_.from < span_.to, "span", "within years 0 to 9999", "another one");
  require_option(options_.length >= seconds{1}, "length", ">= 1 s", options_.length.count());
  require_option(options_.utc_offset >= -furthest && options_.utc_offset <= furthest, "utc_offset",
                 "at most 18 h either way", options_.utc_offset.count());
}

std::optional<TimeWindow> Contest::window_at(Time time) const noexcept {
  if (!span_.contains(time)) return std::nullopt;
  TimeWindow window = span_;
  if (options_.period == ContestPeriod::fixed) {
    window.from = time - (time - span_.from) % options_.length;
    if (options_.length < span_.to - window.from) window.to = window.from + options_.length;
  } else if (options_.period != ContestPeriod::whole) {
    const auto [from, to] = calendar_period(local_day(time, options_.utc_offset), options_.period);
    window.from = std::max(window.from, Time{from} - options_.utc_offset);
    window.to = std::min(window.to, Time{to} - options_.utc_offset);
  }
  return window;
}

std::vector<TimeWindow> Contest::windows() const {
  std::vector<TimeWindow> out;
  for (const auto& [from, board] : boards_) {
    if (board.ranking.size() != 0) out.push_back(board.window);
  }
  return out;
}

const Contest::Board* Contest::board_at(Time time) const noexcept {
  if (boards_.empty()) return nullptr;
  const auto after = boards_.upper_bound(time);
  if (after == boards_.begin()) return nullptr;
  const Board& board = std::prev(after)->second;
  return board.window.contains(time) ? &board : nullptr;
}

void Contest::settle(Board& board, std::uint32_t slot, std::int64_t score) {
  std::vector<std::uint32_t>& heap = board.latest[slot];
  const auto earlier = [this](std::uint32_t a, std::uint32_t b) {
    return events_[a].event.time < events_[b].event.time;
  };
  while (!heap.empty() && !events_[heap.front()].counts) {
    std::pop_heap(heap.begin(), heap.end(), earlier);
    heap.pop_back();
  }
  board.ranking.set(slot, score, heap.empty() ? Time{} : events_[heap.front()].event.time);
}

void Contest::uncount(std::uint32_t place) {
  Event& event = events_[place];
  if (!event.counts) return;
  event.counts = false;
  Board& board = std::prev(boards_.upper_bound(event.event.time))->second;
  settle(board, event.slot, board.ranking.score(event.slot) - worth(event.event));
}

bool Contest::count(std::uint32_t place) {
  Event& event = events_[place];
  const std::int64_t value = worth(event.event);
  if (value == 0) return true;
  const TimeWindow window = *window_at(event.event.time);
  Board& board = boards_.try_emplace(window.from, Board{window, {}, {}}).first->second;
  const std::uint32_t slot = board.ranking.slot(event.event.customer);
  if (board.ranking.score(slot) > std::numeric_limits<std::int64_t>::max() - value) return false;
  if (slot == board.latest.size()) board.latest.emplace_back();
  event.slot = slot;
  event.counts = true;
  std::vector<std::uint32_t>& heap = board.latest[slot];
  heap.push_back(place);
  std::push_heap(heap.begin(), heap.end(), [this](std::uint32_t a, std::uint32_t b) {
    return events_[a].event.time < events_[b].event.time;
  });
  settle(board, slot, board.ranking.score(slot) + value);
  return true;
}

ContestOutcome Contest::record(const ContestEvent& event) {
  if (event.customer == no_customer) return ContestOutcome::nobody;
  if (event.value < 0) return ContestOutcome::negative;
  if (!span_.contains(event.time)) return ContestOutcome::outside;
  const std::uint32_t known = by_id_.find(event.id);
  Event next{.event = event, .told = true};
  if (known != nowhere) {
    const Event& before = events_[known];
    if (before.told && event.revision < before.event.revision) return ContestOutcome::superseded;
    if (before.told && event.revision == before.event.revision) {
      return event == before.event ? ContestOutcome::repeated : ContestOutcome::event_reused;
    }
    next.voided = before.voided;
  }
  if (events_.size() >= max_ids) return ContestOutcome::overflow;
  // What the heaps hold must not change: a revision is a happening of its own.
  const auto place = static_cast<std::uint32_t>(events_.size());
  events_.push_back(next);
  if (!next.voided) {
    const bool counted_before = known != nowhere && events_[known].counts;
    if (counted_before) uncount(known);
    if (!count(place)) {
      events_.pop_back();
      if (counted_before) count(known);
      return ContestOutcome::overflow;
    }
  }
  by_id_.set(event.id, place);
  return next.voided ? ContestOutcome::voided : ContestOutcome::counted;
}

bool Contest::void_event(std::uint64_t id) {
  std::uint32_t place = by_id_.find(id);
  if (place == nowhere) {
    if (events_.size() >= max_ids) {
      throw Exception(ErrorCode::overflow, "a contest holds at most 2^32 - 1 happenings",
                      "Contest::void_event");
    }
    place = static_cast<std::uint32_t>(events_.size());
    events_.push_back({.event = {.id = id}});
    by_id_.set(id, place);
  }
  const bool counted = events_[place].told && !events_[place].voided;
  events_[place].voided = true;
  uncount(place);
  return counted;
}

std::size_t Contest::participants(Time at) const noexcept {
  const Board* board = board_at(at);
  return board == nullptr ? 0 : board->ranking.size();
}

std::size_t Contest::top(Time at, std::span<ContestEntry> out) const noexcept {
  const Board* board = board_at(at);
  return board == nullptr ? 0 : board->ranking.places(0, out);
}

std::optional<ContestEntry> Contest::standing(Time at, Customer customer) const noexcept {
  ContestEntry entry;
  if (around(at, customer, 0, std::span(&entry, 1)) == 0) return std::nullopt;
  return entry;
}

std::size_t Contest::around(Time at, Customer customer, std::size_t above,
                            std::span<ContestEntry> out) const noexcept {
  const Board* board = board_at(at);
  if (board == nullptr) return 0;
  const std::uint32_t slot = board->ranking.find(customer);
  if (slot == nowhere || board->ranking.score(slot) == 0) return 0;
  const std::size_t rank = board->ranking.rank(slot);
  return board->ranking.places(rank - std::min(rank, above), out);
}

ContestSnapshot Contest::freeze(Time at, std::size_t most, Time frozen) const {
  const std::optional<TimeWindow> window = window_at(at);
  if (!window) {
    throw Exception(ErrorCode::out_of_range, "the instant must lie within the contest's span",
                    "Contest::freeze");
  }
  ContestSnapshot out;
  out.name = options_.name;
  out.measure = options_.measure;
  out.window = *window;
  out.frozen = frozen;
  out.participants = participants(at);
  out.entries.resize(std::min(most, participants(at)));
  top(at, out.entries);
  out.hash = contest_hash(out);
  return out;
}

Contest Contest::for_owners(const MergeLog& log) const {
  Contest out(options_);
  for (std::uint32_t place = 0; place < events_.size(); ++place) {
    const Event& event = events_[place];
    if (by_id_.find(event.event.id) != place) continue;
    if (event.voided) out.void_event(event.event.id);
    if (!event.told) continue;
    ContestEvent owned = event.event;
    owned.customer = log.owner(owned.customer);
    if (out.record(owned) == ContestOutcome::overflow) {
      throw Exception(ErrorCode::overflow, "a score of joined customers leaves its range",
                      "Contest::for_owners");
    }
  }
  return out;
}

std::vector<std::byte> Contest::save() const {
  ArchiveWriter writer("contest", 1);
  SectionWriter& head = writer.section("options");
  head.put_text(options_.name);
  head.put(options_.measure);
  head.put(options_.period);
  head.put(std::int64_t{options_.span.from.time_since_epoch().count()});
  head.put(std::int64_t{options_.span.to.time_since_epoch().count()});
  head.put(std::int64_t{options_.length.count()});
  head.put(std::int64_t{options_.utc_offset.count()});
  std::vector<const Event*> kept;
  for (std::uint32_t place = 0; place < events_.size(); ++place) {
    if (by_id_.find(events_[place].event.id) == place) kept.push_back(&events_[place]);
  }
  std::sort(kept.begin(), kept.end(),
            [](const Event* a, const Event* b) { return a->event.id < b->event.id; });
  SectionWriter& section = writer.section("events");
  section.put(std::uint64_t{kept.size()});
  for (const Event* event : kept) {
    section.put(event->event.id);
    section.put(event->voided);
    section.put(event->told);
    if (!event->told) continue;
    section.put(event->event.revision);
    section.put(event->event.customer);
    section.put(event->event.value);
    section.put(std::int64_t{event->event.time.time_since_epoch().count()});
  }
  return std::move(writer).finish();
}

Result<Contest> Contest::load(std::span<const std::byte> archive) {
  Result<ArchiveReader> reader = ArchiveReader::open(archive, "contest", 1);
  if (!reader) return reader.error();
  Result<SectionReader> head = reader->section("options");
  if (!head) return head.error();
  ContestOptions options;
  options.name = head->get_text();
  options.measure = head->get_enum(ContestMeasure::sum);
  options.period = head->get_enum(ContestPeriod::year);
  options.span.from = Time{seconds{head->get<std::int64_t>()}};
  options.span.to = Time{seconds{head->get<std::int64_t>()}};
  options.length = seconds{head->get<std::int64_t>()};
  options.utc_offset = UtcOffset{head->get<std::int64_t>()};
  const bool possible = options.span.from < options.span.to && options.span.from < last_time &&
                        options.span.to > first_time && options.length >= seconds{1} &&
                        options.utc_offset >= -furthest && options.utc_offset <= furthest;
  head->require(possible, "options out of range");
  if (Result<void> done = head->finish(); !done) return done.error();

  Result<SectionReader> section = reader->section("events");
  if (!section) return section.error();
  Contest contest(std::move(options));
  const auto count = section->get<std::uint64_t>();
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < count && section->ok(); ++i) {
    ContestEvent event;
    event.id = section->get<std::uint64_t>();
    section->require(i == 0 || event.id > last, "happenings out of order");
    last = event.id;
    const bool voided = section->get<bool>();
    const bool told = section->get<bool>();
    section->require(voided || told, "a happening that nobody told");
    if (!section->ok()) break;
    if (voided) contest.void_event(event.id);
    if (!told) continue;
    event.revision = section->get<std::uint32_t>();
    event.customer = section->get<Customer>();
    event.value = section->get<std::int64_t>();
    event.time = Time{seconds{section->get<std::int64_t>()}};
    const ContestOutcome outcome = section->ok() ? contest.record(event) : ContestOutcome::outside;
    section->require(outcome == ContestOutcome::counted || outcome == ContestOutcome::voided,
                     "a happening that could not have been told");
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return contest;
}

}  // namespace emptor
