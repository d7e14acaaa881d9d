// Sessions against a twin that asks for each event alone who was signed in and who came next.

#include "emptor/identity/session.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "support/property.hpp"

namespace emptor {
namespace {

using std::chrono::seconds;

std::vector<DeviceEvent> some_events() {
  std::vector<DeviceEvent> events(*rc::gen::inRange(std::size_t{0}, std::size_t{40}));
  for (DeviceEvent& event : events) {
    event.device = Device{*rc::gen::inRange(0U, 3U)};
    event.time = Time{seconds{*rc::gen::inRange(0, 400)}};
    const int kind = *rc::gen::inRange(0, 6);
    if (kind == 0) event.kind = DeviceEventKind::logout;
    if (kind == 1) {
      event.kind = DeviceEventKind::login;
      event.user = Customer{*rc::gen::inRange(0U, 3U)};
    } else if (*rc::gen::inRange(0, 4) == 0) {
      event.campaign = Channel{*rc::gen::inRange(0U, 2U)};
    }
  }
  return events;
}

/// The device's events by time, as places.
std::vector<std::uint32_t> line(const std::vector<DeviceEvent>& events, Device device) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    if (events[i].device == device) out.push_back(i);
  }
  std::stable_sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) {
    return events[a].time < events[b].time;
  });
  return out;
}

/// Who is signed in while the event at `i` happens.
Customer signed_in(const std::vector<DeviceEvent>& events, const std::vector<std::uint32_t>& places,
                   std::size_t i) {
  if (events[places[i]].kind == DeviceEventKind::login) return events[places[i]].user;
  while (i-- > 0) {
    const DeviceEvent& before = events[places[i]];
    if (before.kind == DeviceEventKind::login) return before.user;
    if (before.kind == DeviceEventKind::logout) return no_customer;
  }
  return no_customer;
}

EventOwner owner(const std::vector<DeviceEvent>& events, const std::vector<std::uint32_t>& places,
                 std::size_t i, const SessionOptions& options) {
  const Customer now = signed_in(events, places, i);
  if (now != no_customer) return {now, std::nullopt};
  std::uint32_t visitor = places[i];
  for (std::size_t j = i; j-- > 0 && signed_in(events, places, j) == no_customer;) {
    visitor = std::min(visitor, places[j]);
  }
  for (std::size_t j = i + 1; j < places.size(); ++j) {
    const Customer next = signed_in(events, places, j);
    if (next == no_customer) {
      visitor = std::min(visitor, places[j]);
      continue;
    }
    const bool near = events[places[j]].time - events[places[i]].time <= options.lookback;
    return {near ? next : no_customer, visitor};
  }
  return {no_customer, visitor};
}

}  // namespace

TEST_CASE("Owners and sessions of events are their twin's, and the same after a rebuild") {
  const auto body = [] {
    SessionOptions options;
    options.gap = seconds{*rc::gen::inRange(1, 60)};
    options.lookback = seconds{*rc::gen::inRange(0, 300)};
    options.new_campaign = *rc::gen::arbitrary<bool>();
    const std::vector<DeviceEvent> events = some_events();
    DeviceLog log(options);
    for (const DeviceEvent& event : events) log.append(event);

    const std::vector<EventOwner> owners = log.owners();
    std::vector<DeviceSession> all;
    for (std::uint32_t d = 0; d < 4; ++d) {
      const std::vector<std::uint32_t> places = line(events, Device{d});
      const std::vector<DeviceSession> sessions = log.sessions(Device{d});
      all.insert(all.end(), sessions.begin(), sessions.end());
      std::size_t s = 0;  // sessions begun
      Channel campaign = no_id<Channel>;
      for (std::size_t i = 0; i < places.size(); ++i) {
        const EventOwner want = owner(events, places, i, options);
        RC_ASSERT(owners[places[i]] == want);
        const DeviceEvent& event = events[places[i]];
        const bool begins = i == 0 || event.time - events[places[i - 1]].time >= options.gap ||
                            owner(events, places, i - 1, options).user != want.user ||
                            (options.new_campaign && event.campaign != no_id<Channel> &&
                             event.campaign != campaign);
        if (begins) {
          RC_ASSERT(s < sessions.size());
          RC_ASSERT(sessions[s].begin == event.time);
          RC_ASSERT(sessions[s].first_event == places[i]);
          RC_ASSERT(sessions[s].user == want.user);
          RC_ASSERT(sessions[s].visitor == want.visitor);
          campaign = no_id<Channel>;
          ++s;
        }
        if (event.campaign != no_id<Channel>) campaign = event.campaign;
      }
      RC_ASSERT(s == sessions.size());
      std::size_t counted = 0;
      for (const DeviceSession& session : sessions) counted += session.events;
      RC_ASSERT(counted == places.size());
    }
    RC_ASSERT(log.sessions() == all);

    DeviceLog again(options);
    for (const DeviceEvent& event : log.events()) again.append(event);
    RC_ASSERT(again.sessions() == all);
    RC_ASSERT(again.owners() == owners);
  };
  test::check_property("any events", body, 500);
}

TEST_CASE("Whose events are does not depend on the order of their arrival") {
  const auto body = [] {
    std::vector<DeviceEvent> events = some_events();
    for (std::size_t i = 0; i < events.size(); ++i) {  // no two at once
      events[i].time = Time{seconds{static_cast<std::int64_t>(i * 11 % 41)}};
    }
    std::vector<std::size_t> order(events.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[*rc::gen::inRange(std::size_t{0}, i)]);
    }
    DeviceLog log, shuffled;
    for (const DeviceEvent& event : events) log.append(event);
    for (const std::size_t i : order) shuffled.append(events[i]);
    const auto a = log.owners(), b = shuffled.owners();
    for (std::size_t i = 0; i < order.size(); ++i) {
      RC_ASSERT(b[i].user == a[order[i]].user);
      RC_ASSERT(b[i].visitor.has_value() == a[order[i]].visitor.has_value());
    }
    RC_ASSERT(log.sessions().size() == shuffled.sessions().size());
  };
  test::check_property("shuffled", body, 200);
}

}  // namespace emptor
