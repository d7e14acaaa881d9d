#pragma once
// What a customer has done, as rule scorecards see it: a set of events, kept by time.
//
// The state of a customer is this set and nothing else. It does not depend on the order of arrival,
// an event that arrives twice changes nothing, and two customers who turn out to be one have the
// union. No scorecard takes part: a changed card scores the same events.
//
// Cost: an event at the end O(1) amortised, a late one O(n) moves of 32 bytes. Memory: 32 bytes an
// event. Thread safety: any number of readers, or one writer.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

/// The order of the members is the order of events. Events are the same when all members are.
struct ScorecardEvent {
  Time time{};           ///< in years 1 to 9999
  std::uint64_t id = 0;  ///< the host's; tells events apart that are otherwise the same
  std::uint32_t kind = 0;
  Channel channel = no_id<Channel>;  ///< none
  std::uint32_t count = 1;           ///< so many at once; in [1, 1000]

  friend auto operator<=>(const ScorecardEvent&, const ScorecardEvent&) = default;
};

inline constexpr std::uint32_t max_scorecard_event_count = 1000;
/// Most events of a customer: with the bounds of points no sum leaves 64 bits.
inline constexpr std::size_t max_scorecard_events = std::size_t{1} << 20U;

class ScorecardEvents {
 public:
  ScorecardEvents() = default;
  /// All at once. Throws as `add`. O(n log n).
  EMPTOR_API explicit ScorecardEvents(std::vector<ScorecardEvent> events);

  /// True when it is new. Throws `invalid_value` for a time or count outside its range, `overflow`
  /// when there are `max_scorecard_events`.
  EMPTOR_API bool add(const ScorecardEvent& event);
  /// The union. Throws `overflow`; then nothing has changed.
  EMPTOR_API void merge(const ScorecardEvents& other);
  /// Drops events before `time`. Scores are the same as before if no rule without a window and no
  /// reset looks back further. Returns how many.
  EMPTOR_API std::size_t forget_before(Time time);

  /// By time, then id.
  [[nodiscard]] std::span<const ScorecardEvent> events() const noexcept { return events_; }
  [[nodiscard]] std::size_t size() const noexcept { return events_.size(); }
  [[nodiscard]] bool empty() const noexcept { return events_.empty(); }

  /// Into a section of a host's archive, or as an archive of its own (kind `scorecard-events`).
  EMPTOR_API void save(SectionWriter& section) const;
  [[nodiscard]] EMPTOR_API static Result<ScorecardEvents> load(SectionReader& section);
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<ScorecardEvents> load(std::span<const std::byte> bytes);

  friend bool operator==(const ScorecardEvents&, const ScorecardEvents&) = default;

 private:
  std::vector<ScorecardEvent> events_;  // ascending, none twice
};

}  // namespace emptor
