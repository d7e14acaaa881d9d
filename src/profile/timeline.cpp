#include "emptor/profile/timeline.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace emptor {

void Timeline::add(const TimelineEntry& entry) {
  entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry), entry);
}

void Timeline::add(std::span<const TimelineEntry> entries) {
  Timeline more;
  more.entries_.assign(entries.begin(), entries.end());
  std::sort(more.entries_.begin(), more.entries_.end());
  merge(more);
}

void Timeline::merge(const Timeline& other) {
  std::vector<TimelineEntry> all;
  all.reserve(entries_.size() + other.entries_.size());
  std::merge(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(),
             std::back_inserter(all));
  entries_.swap(all);
}

std::span<const TimelineEntry> Timeline::within(const TimeWindow& window) const {
  const auto earlier = [](const TimelineEntry& entry, Time time) { return entry.time < time; };
  const auto from = std::lower_bound(entries_.begin(), entries_.end(), window.from, earlier);
  const auto to = std::lower_bound(from, entries_.end(), std::max(window.from, window.to), earlier);
  return {from, to};
}

std::vector<TimelineEntry> timeline_entries(const Orders& orders) {
  std::vector<TimelineEntry> lines;
  lines.reserve(orders.lines());
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.line_customers()[line] == no_customer) continue;
    lines.push_back({.time = orders.line_times()[line],
                     .kind = orders.is_refund(line) ? TimelineKind::refund : TimelineKind::order,
                     .customer = orders.line_customers()[line],
                     .subject = static_cast<std::uint32_t>(orders.line_orders()[line]),
                     .channel = orders.line_channels()[line],
                     .amount = orders.line_amounts()[line]});
  }
  std::sort(lines.begin(), lines.end(), [](const TimelineEntry& a, const TimelineEntry& b) {
    return std::tie(a.subject, a.customer, a.kind, a.time, a.channel) <
           std::tie(b.subject, b.customer, b.kind, b.time, b.channel);
  });
  std::vector<TimelineEntry> out;
  for (const TimelineEntry& line : lines) {
    const bool again = !out.empty() && out.back().subject == line.subject &&
                       out.back().customer == line.customer && out.back().kind == line.kind;
    if (!again) {
      out.push_back(line);
    } else if (__builtin_add_overflow(out.back().amount, line.amount, &out.back().amount)) {
      throw Exception(ErrorCode::overflow, "an order's amounts add up beyond 9.2e18 units",
                      "timeline_entries");
    }
  }
  return out;
}

std::vector<TimelineEntry> timeline_entries(const Events& events) {
  std::vector<TimelineEntry> out;
  out.reserve(events.size());
  for (std::size_t e = 0; e < events.size(); ++e) {
    if (events.customers()[e] == no_customer) continue;
    out.push_back({.time = events.times()[e],
                   .kind = TimelineKind::event,
                   .customer = events.customers()[e],
                   .subject = static_cast<std::uint32_t>(events.items()[e]),
                   .detail = static_cast<std::uint32_t>(events.kinds()[e]),
                   .channel = events.event_channels()[e],
                   .reference = e});
  }
  return out;
}

TimelineEntry timeline_entry(const ConsentRecord& record) {
  return {.time = record.time,
          .kind = TimelineKind::consent,
          .customer = record.customer,
          .subject = static_cast<std::uint32_t>(record.purpose),
          .detail = static_cast<std::uint32_t>(record.state),
          .channel = record.channel};
}

}  // namespace emptor
