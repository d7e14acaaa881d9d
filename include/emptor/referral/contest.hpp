#pragma once
// Contests: who brought most in a week, a quarter, a campaign, told after every happening.
//
// A happening (a referral that qualified, an order, points) counts in the window in which it
// happened, however late it is told. A customer's score is how many of them count there, or the sum
// of their values. Ties go to who got there first: whose latest happening that counts, by its own
// time, is the earliest; then to the lower number. A happening can be revised (an order refunded in
// part: the same id, a higher revision, what is left) or voided for good, also before it is told.
// The happening with the highest revision counts, so the ranking does not depend on the order in
// which they are told.
//
//     Contest contest({.name = "Autumn", .period = ContestPeriod::week, .utc_offset = 8h});
//     contest.record({.id = referral, .customer = anna, .time = qualified_at});
//     std::array<ContestEntry, 10> first;
//     contest.top(now, first);                        // the ten first of the week of `now`
//     contest.freeze(now, 100, now);                  // the same for the records, with a hash
//
// Prizes: ranks and scores are plain spans, so any mechanism of the room reward takes them.
//
// Cost: record and void_event O(log n) amortised in n happenings and customers of the window, about
// 3 µs at a million; top O(log n + k); standing and around O(log n). Memory: some 80 bytes a
// happening, 170 a customer and window. Thread safety: as a std::vector.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/contest_board.hpp"
#include "emptor/referral/contest_result.hpp"

namespace emptor {

class MergeLog;  // core/merge_log.hpp

/// How the time of a contest is cut into windows, each with a ranking of its own.
enum class ContestPeriod : std::uint8_t {
  whole,  ///< one window
  fixed,  ///< windows of one length from the contest's beginning
  day,    ///< calendar days at the offset, and so below
  week,   ///< from Monday
  month,
  quarter,
  year
};

struct ContestOptions {
  std::string name = {};                               ///< shown in snapshots
  ContestMeasure measure = ContestMeasure::count;      ///< what the score is
  ContestPeriod period = ContestPeriod::whole;         ///< how it is cut
  TimeWindow span = {};                                ///< when it runs; within years 0 to 9999
  std::chrono::seconds length = std::chrono::days{7};  ///< of a fixed window, at least 1 s
  UtcOffset utc_offset = UtcOffset{0};  ///< of calendar windows, at most 18 h either way
};

/// A happening that counts.
struct ContestEvent {
  std::uint64_t id = 0;             ///< the host's
  std::uint32_t revision = 0;       ///< the highest one told counts
  Customer customer = no_customer;  ///< whose score it raises
  std::int64_t value = 1;           ///< >= 0; what a sum adds; 0 counts as nothing in a sum
  Time time = Time{};               ///< when it happened

  friend bool operator==(const ContestEvent&, const ContestEvent&) noexcept = default;
};

/// What became of a happening.
enum class ContestOutcome : std::uint8_t {
  counted,
  repeated,    ///< told before: nothing changed
  superseded,  ///< a higher revision was told before: nothing changed
  voided,      ///< noted, but it was voided before
  // Refused, and not noted:
  nobody,        ///< without a customer
  negative,      ///< a value below 0
  outside,       ///< not while the contest runs
  event_reused,  ///< the same id and revision with other content
  overflow       ///< the score would leave its range
};

/// The outcome's name as written above.
[[nodiscard]] EMPTOR_API std::string_view name(ContestOutcome outcome) noexcept;

class Contest {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API explicit Contest(ContestOptions options);

  EMPTOR_API ContestOutcome record(const ContestEvent& event);
  /// The happening, told or not yet, never counts again; whether it did until now.
  EMPTOR_API bool void_event(std::uint64_t id);

  /// The window in which an instant lies; nothing while the contest does not run.
  [[nodiscard]] EMPTOR_API std::optional<TimeWindow> window_at(Time time) const noexcept;
  /// The windows in which anybody has a score, ascending.
  [[nodiscard]] EMPTOR_API std::vector<TimeWindow> windows() const;

  // Of the window in which `at` lies:

  /// Customers with a score.
  [[nodiscard]] EMPTOR_API std::size_t participants(Time at) const noexcept;
  /// The first places, as many as fit and there are; returns how many.
  EMPTOR_API std::size_t top(Time at, std::span<ContestEntry> out) const noexcept;
  /// A customer's place; nothing without a score.
  [[nodiscard]] EMPTOR_API std::optional<ContestEntry> standing(Time at,
                                                                Customer customer) const noexcept;
  /// A customer's place in the midst of the neighbours: at most `above` before it and as many after
  /// it as fit; returns how many, 0 without a score.
  EMPTOR_API std::size_t around(Time at, Customer customer, std::size_t above,
                                std::span<ContestEntry> out) const noexcept;
  /// The first `most` places as they are, with a hash (referral/contest_snapshot.hpp). Throws
  /// `out_of_range` when `at` lies in no window.
  [[nodiscard]] EMPTOR_API ContestSnapshot freeze(Time at, std::size_t most, Time frozen) const;

  /// The same happenings, counted for who owns their customers by the log now. O(happenings).
  [[nodiscard]] EMPTOR_API Contest for_owners(const MergeLog& log) const;

  [[nodiscard]] const ContestOptions& options() const noexcept { return options_; }

  /// An archive of the kind "contest": options and happenings. The same happenings give the same
  /// bytes, in whatever order they were told.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote. Errors: `corrupt`, `invalid_value` (another kind), `unsupported`.
  [[nodiscard]] EMPTOR_API static Result<Contest> load(std::span<const std::byte> archive);

 private:
  struct Event {
    ContestEvent event;
    std::uint32_t slot = 0;
    bool told = false;  // its content is known
    bool voided = false;
    bool counts = false;
  };
  struct Board {
    TimeWindow window;
    detail::ContestBoard ranking;
    std::vector<std::vector<std::uint32_t>> latest;  // a slot's happenings, a heap by time
  };

  [[nodiscard]] const Board* board_at(Time time) const noexcept;
  [[nodiscard]] std::int64_t worth(const ContestEvent& event) const noexcept {
    return options_.measure == ContestMeasure::count ? 1 : event.value;
  }
  /// Takes a happening's worth out of its score.
  void uncount(std::uint32_t place);
  /// Puts it in; whether the score holds it.
  bool count(std::uint32_t place);
  void settle(Board& board, std::uint32_t slot, std::int64_t score);

  ContestOptions options_;
  TimeWindow span_;  // within years 0 to 9999
  std::vector<Event> events_;
  detail::IdPlaces<std::uint64_t, 3> by_id_;
  std::map<Time, Board> boards_;  // by the window's beginning
};

}  // namespace emptor
