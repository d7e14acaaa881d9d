#include "emptor/hub/owned_profile.hpp"

#include <algorithm>
#include <span>

namespace emptor {

void OwnedTimelines::add(std::vector<TimelineEntry> entries) {
  const auto by_customer = [](const TimelineEntry& a, const TimelineEntry& b) {
    return a.customer < b.customer;
  };
  std::stable_sort(entries.begin(), entries.end(), by_customer);
  for (auto from = entries.begin(); from != entries.end();) {
    const auto to = std::upper_bound(from, entries.end(), *from, by_customer);
    add_by(from->customer, [&](Timeline& state) { state.add(std::span(from, to)); });
    from = to;
  }
}

Timeline timeline_of(const MergeHub& hub, const OwnedTimelines& timelines, Customer customer) {
  Timeline out = timelines.of(customer);
  std::vector<TimelineEntry> merges;
  for (const std::size_t place : hub.history(customer)) {
    const MergeEvent& event = hub.log().events()[place];
    merges.push_back(
        {.time = event.time,
         .kind = event.kind == MergeKind::merge ? TimelineKind::merge : TimelineKind::unmerge,
         .customer = event.kept,
         .other = event.absorbed,
         .reference = event.sequence});
  }
  out.add(merges);
  return out;
}

}  // namespace emptor
