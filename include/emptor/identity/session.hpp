#pragma once
// Sessions and their people from raw events of devices: views, logins, logouts.
//
// `DeviceLog` only grows: events are appended as they come, also late ones. Sessions are derived
// from it whenever they are asked for, so a rebuild from the same events gives the same bytes, and
// what is learned later (a login, a late event) changes what came before. Of one device, by time,
// events of the same second as they came:
//  * From a login until the next logout or another user's login, events are the user's.
//  * While nobody is signed in they are anonymous. At a login those since somebody was last signed
//    in become the user's (re-attribution), as far as `lookback` goes. So a shared device starts
//    anew with each user, and nobody gets another's history; a user who left and comes back gets
//    what came in between.
//  * What no login claims belongs to an anonymous visitor. A visitor is what came on a device
//    between a logout and the next login; it is named by the place in the log of its first-appended
//    event. Events that a login claims keep the name of the visitor who they were.
//  * A session ends where the next event is `gap` or more later, when the owner changes, and, where
//    asked for, at midnight and when another campaign brings the visitor. (30 minutes, midnight,
//    campaign: what web analytics has agreed upon, e.g. Google Analytics, "How a web session is
//    defined", https://support.google.com/analytics/answer/2731565.)
// A login and a logout are events of the user's session themselves. Repeated logins of who is
// signed in, and logouts when nobody is, change nobody.
//
// Cost: append O(1); deriving O(n log n) for the n events of the device or of all. Memory: 32 bytes
// an event. Thread safety: as a std::vector (any number of readers, or one writer).

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// A browser by its cookie, an app's installation.
enum class Device : std::uint32_t {};

enum class DeviceEventKind : std::uint8_t { activity, login, logout };

struct DeviceEvent {
  Device device{};
  Customer user = no_customer;  ///< of a login, the user; else `no_customer`
  Time time{};
  Channel campaign = no_id<Channel>;  ///< that brought the visitor just now, or none
  DeviceEventKind kind = DeviceEventKind::activity;

  friend bool operator==(const DeviceEvent&, const DeviceEvent&) = default;
};

struct SessionOptions {
  std::chrono::seconds gap{std::chrono::minutes{30}};  ///< without an event, ends a session; > 0
  bool new_day = false;                                ///< midnight ends a session
  UtcOffset offset{0};                                 ///< whose midnight
  bool new_campaign = false;                           ///< another campaign ends a session
  /// How far before its login an anonymous event may be and become the user's; >= 0.
  std::chrono::seconds lookback{std::chrono::days{30}};
};

/// Whose an event is.
struct EventOwner {
  Customer user = no_customer;  ///< `no_customer`: the anonymous visitor's
  /// The visitor: the place in the log of its first-appended event. Nothing for events of a user
  /// who was signed in.
  std::optional<std::uint32_t> visitor;

  friend bool operator==(const EventOwner&, const EventOwner&) = default;
};

struct DeviceSession {
  Device device{};
  Customer user = no_customer;           ///< `no_customer`: anonymous
  std::optional<std::uint32_t> visitor;  ///< who it was before the login, if it began anonymously
  Time begin{};                          ///< of the first event
  Time end{};                            ///< of the last event
  std::uint32_t events = 0;
  std::uint32_t reattributed = 0;     ///< events that a later login made the user's
  std::uint32_t first_event = 0;      ///< place in the log
  Channel campaign = no_id<Channel>;  ///< the last that brought the visitor until the session ended

  friend bool operator==(const DeviceSession&, const DeviceSession&) = default;
};

class DeviceLog {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API explicit DeviceLog(const SessionOptions& options = {});

  /// Appends; returns the place in the log. Throws `invalid_value` for a login without a user, a
  /// user of another kind of event, a time more than 10^15 s from 1970, and `overflow` beyond
  /// `max_ids` events.
  EMPTOR_API std::uint32_t append(const DeviceEvent& event);
  std::uint32_t activity(Device device, Time time, Channel campaign = no_id<Channel>) {
    return append({device, no_customer, time, campaign, DeviceEventKind::activity});
  }
  std::uint32_t login(Device device, Customer user, Time time) {
    return append({device, user, time, no_id<Channel>, DeviceEventKind::login});
  }
  std::uint32_t logout(Device device, Time time) {
    return append({device, no_customer, time, no_id<Channel>, DeviceEventKind::logout});
  }

  /// All events, in the order of their arrival.
  [[nodiscard]] std::span<const DeviceEvent> events() const noexcept { return events_; }
  [[nodiscard]] const SessionOptions& options() const noexcept { return options_; }

  /// Of all devices, by device and time.
  [[nodiscard]] EMPTOR_API std::vector<DeviceSession> sessions() const;
  /// Of one device, by time; empty for a device that is not there.
  [[nodiscard]] EMPTOR_API std::vector<DeviceSession> sessions(Device device) const;
  /// Of every event, in the order of the log.
  [[nodiscard]] EMPTOR_API std::vector<EventOwner> owners() const;

 private:
  SessionOptions options_;
  std::vector<DeviceEvent> events_;
  std::vector<std::uint32_t> previous_;               // by event: of the same device, or `none`
  std::unordered_map<Device, std::uint32_t> latest_;  // the last appended
};

}  // namespace emptor
