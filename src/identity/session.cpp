#include "emptor/identity/session.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

using Places = std::span<const std::uint32_t>;

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

/// The owners of one device's events, which stand by time; parallel to `places`.
[[nodiscard]] std::vector<EventOwner> owners_of(std::span<const DeviceEvent> events, Places places,
                                                const SessionOptions& options) {
  std::vector<EventOwner> owners(places.size());
  Customer user = no_customer;
  std::size_t visit = 0;  // where the visitor's events begin
  const auto close_visit = [&](std::size_t end) {
    if (visit == end) return;
    const std::uint32_t name =
        *std::min_element(places.begin() + static_cast<std::ptrdiff_t>(visit),
                          places.begin() + static_cast<std::ptrdiff_t>(end));
    for (std::size_t i = visit; i < end; ++i) owners[i].visitor = name;
  };
  for (std::size_t i = 0; i < places.size(); ++i) {
    const DeviceEvent& event = events[places[i]];
    if (event.kind == DeviceEventKind::login) {
      if (user == no_customer) {
        close_visit(i);
        for (std::size_t j = i; j > visit; --j) {
          if (event.time - events[places[j - 1]].time > options.lookback) break;
          owners[j - 1].user = event.user;
        }
      }
      user = event.user;
    }
    owners[i].user = user;
    if (event.kind == DeviceEventKind::logout) {
      if (user != no_customer) visit = i + 1;
      user = no_customer;
    }
  }
  if (user == no_customer) close_visit(places.size());
  return owners;
}

[[nodiscard]] bool begins_session(const DeviceSession& last, const DeviceEvent& event,
                                  const EventOwner& owner, const SessionOptions& options) {
  return owner.user != last.user || event.time - last.end >= options.gap ||
         (options.new_day &&
          local_day(event.time, options.offset) != local_day(last.end, options.offset)) ||
         (options.new_campaign && event.campaign != no_id<Channel> &&
          event.campaign != last.campaign);
}

void cut(std::span<const DeviceEvent> events, Places places, const SessionOptions& options,
         std::vector<DeviceSession>& sessions) {
  const std::vector<EventOwner> owners = owners_of(events, places, options);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const DeviceEvent& event = events[places[i]];
    const EventOwner& owner = owners[i];
    if (i == 0 || begins_session(sessions.back(), event, owner, options)) {
      DeviceSession& session = sessions.emplace_back();
      session.device = event.device;
      session.user = owner.user;
      session.visitor = owner.visitor;
      session.begin = event.time;
      session.first_event = places[i];
    }
    DeviceSession& session = sessions.back();
    session.end = event.time;
    ++session.events;
    if (owner.user != no_customer && owner.visitor) ++session.reattributed;
    if (event.campaign != no_id<Channel>) session.campaign = event.campaign;
  }
}

/// All places by device, time and arrival.
[[nodiscard]] std::vector<std::uint32_t> in_order(std::span<const DeviceEvent> events) {
  std::vector<std::uint32_t> places(events.size());
  std::iota(places.begin(), places.end(), 0U);
  std::sort(places.begin(), places.end(), [events](std::uint32_t a, std::uint32_t b) {
    const DeviceEvent &x = events[a], &y = events[b];
    if (x.device != y.device) return x.device < y.device;
    return x.time != y.time ? x.time < y.time : a < b;
  });
  return places;
}

/// Calls `visit(places)` device by device.
template <class F>
void for_each_device(std::span<const DeviceEvent> events, Places places, F visit) {
  for (std::size_t begin = 0, end = 0; begin < places.size(); begin = end) {
    while (end < places.size() && events[places[end]].device == events[places[begin]].device) ++end;
    visit(places.subspan(begin, end - begin));
  }
}

}  // namespace

DeviceLog::DeviceLog(const SessionOptions& options) : options_(options) {
  require_option(options.gap.count() > 0, "gap", "> 0 s", options.gap.count());
  require_option(options.lookback.count() >= 0, "lookback", ">= 0 s", options.lookback.count());
  const auto minutes = options.offset.count();
  require_option(minutes >= -18 * 60 && minutes <= 18 * 60, "offset", "within 18 h", minutes);
}

std::uint32_t DeviceLog::append(const DeviceEvent& event) {
  constexpr std::int64_t furthest = 1'000'000'000'000'000;
  constexpr const char* where = "DeviceLog::append";
  const auto seconds = event.time.time_since_epoch().count();
  if (event.kind > DeviceEventKind::logout ||
      (event.kind == DeviceEventKind::login) == (event.user == no_customer)) {
    throw Exception(ErrorCode::invalid_value, "a login has a user, other events have none", where);
  }
  if (seconds < -furthest || seconds > furthest) {
    throw Exception(ErrorCode::invalid_value, "a time is beyond 10^15 s from 1970", where);
  }
  if (events_.size() == max_ids) throw Exception(ErrorCode::overflow, "too many events", where);
  const auto place = static_cast<std::uint32_t>(events_.size());
  events_.push_back(event);
  const auto [latest, is_new] = latest_.try_emplace(event.device, place);
  previous_.push_back(is_new ? none : latest->second);
  latest->second = place;
  return place;
}

std::vector<DeviceSession> DeviceLog::sessions() const {
  std::vector<DeviceSession> out;
  for_each_device(events_, in_order(events_),
                  [&](Places places) { cut(events_, places, options_, out); });
  return out;
}

std::vector<DeviceSession> DeviceLog::sessions(Device device) const {
  std::vector<DeviceSession> out;
  const auto latest = latest_.find(device);
  if (latest == latest_.end()) return out;
  std::vector<std::uint32_t> places;
  for (std::uint32_t at = latest->second; at != none; at = previous_[at]) places.push_back(at);
  std::sort(places.begin(), places.end(), [this](std::uint32_t a, std::uint32_t b) {
    return events_[a].time != events_[b].time ? events_[a].time < events_[b].time : a < b;
  });
  cut(events_, places, options_, out);
  return out;
}

std::vector<EventOwner> DeviceLog::owners() const {
  std::vector<EventOwner> out(events_.size());
  for_each_device(events_, in_order(events_), [&](Places places) {
    const std::vector<EventOwner> owners = owners_of(events_, places, options_);
    for (std::size_t i = 0; i < places.size(); ++i) out[places[i]] = owners[i];
  });
  return out;
}

}  // namespace emptor
