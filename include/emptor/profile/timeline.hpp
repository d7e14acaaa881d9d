#pragma once
// Everything that happened to a customer, in the order of time: orders, refunds, events, contacts,
// consent, tags, merges.
//
// An entry says what happened, to whom, and where to read on: `subject` is the number of the order,
// item, purpose or tag, and `reference` a number of the host's own. Entries are sorted by time,
// then kind, customer, subject and the rest, so the same entries make the same timeline, whatever
// the order of their coming; equal ones stand as often as they were added.
//
// Cost: `add` O(n), `merge` linear, `within` O(log n). Memory: 48 bytes an entry. Thread safety: as
// a std::vector.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/events.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

enum class TimelineKind : std::uint8_t {
  order,    ///< subject: Order; amount: of its sales
  refund,   ///< subject: Order; amount: of its refunds, usually < 0
  event,    ///< subject: Item or none; detail: EventKind
  contact,  ///< the shop wrote or called; subject and detail are the host's
  consent,  ///< subject: Purpose; detail: ConsentState
  tag_on,   ///< subject: Tag
  tag_off,  ///< subject: Tag
  merge,    ///< customer kept, other absorbed; reference: place in the log
  unmerge,  ///< the merge of these two undone; reference: place in the log
};

[[nodiscard]] constexpr std::string_view name(TimelineKind kind) noexcept {
  constexpr std::string_view names[] = {"order",  "refund",  "event", "contact", "consent",
                                        "tag_on", "tag_off", "merge", "unmerge"};
  return names[static_cast<std::size_t>(kind)];
}

struct TimelineEntry {
  static constexpr std::uint32_t none = 0xffffffff;  ///< no subject

  Time time{};
  TimelineKind kind = TimelineKind::event;
  Customer customer = no_customer;  ///< it arrived on
  std::uint32_t subject = none;
  std::uint32_t detail = 0;
  Channel channel = no_id<Channel>;
  Customer other = no_customer;  ///< of merges
  std::int64_t amount = 0;       ///< 10^-price_scale major units
  std::uint64_t reference = 0;

  friend constexpr auto operator<=>(const TimelineEntry&, const TimelineEntry&) = default;
  friend constexpr bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};

class Timeline {
 public:
  EMPTOR_API void add(const TimelineEntry& entry);
  /// The same as adding them one by one, quicker.
  EMPTOR_API void add(std::span<const TimelineEntry> entries);
  EMPTOR_API void merge(const Timeline& other);

  [[nodiscard]] std::span<const TimelineEntry> entries() const noexcept { return entries_; }
  /// Those of the half-open window.
  [[nodiscard]] EMPTOR_API std::span<const TimelineEntry> within(const TimeWindow& window) const;
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  friend bool operator==(const Timeline&, const Timeline&) = default;

 private:
  std::vector<TimelineEntry> entries_;
};

// What tables say, as entries in their own order; lines and events without a customer have none.

/// One entry an order and customer for its sales, at the first of them, and one for its refunds.
/// O(lines log lines). Throws `overflow` for amounts that add up beyond int64.
[[nodiscard]] EMPTOR_API std::vector<TimelineEntry> timeline_entries(const Orders& orders);
/// One entry an event; `reference` is its place in the table.
[[nodiscard]] EMPTOR_API std::vector<TimelineEntry> timeline_entries(const Events& events);
[[nodiscard]] EMPTOR_API TimelineEntry timeline_entry(const ConsentRecord& record);

}  // namespace emptor
