#pragma once
// What customers did besides buying, as columns: who viewed, searched, liked or shared which item
// when. Events stay in the order in which they were added. Memory: 21 bytes an event. Thread
// safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/keys.hpp"

namespace emptor {

enum class EventKind : std::uint8_t {
  view,
  search,
  cart,
  uncart,  ///< taken out of the cart again
  wish,
  like,
  dislike,
  rate,
  share,
  click,
  impression,  ///< was shown, whether or not it was looked at
  consult,     ///< asked an advisor
  sign_up,
  visit,
};

inline constexpr std::size_t event_kind_count = static_cast<std::size_t>(EventKind::visit) + 1;

/// The kind's name as written above.
[[nodiscard]] constexpr std::string_view name(EventKind kind) noexcept {
  constexpr std::string_view names[event_kind_count] = {
      "view", "search", "cart",  "uncart",     "wish",    "like",    "dislike",
      "rate", "share",  "click", "impression", "consult", "sign_up", "visit"};
  return names[static_cast<std::size_t>(kind)];
}

/// The kind of this name, or nothing.
[[nodiscard]] constexpr std::optional<EventKind> event_kind(std::string_view text) noexcept {
  for (std::size_t i = 0; i < event_kind_count; ++i) {
    const auto kind = static_cast<EventKind>(i);
    if (name(kind) == text) return kind;
  }
  return std::nullopt;
}

class Events {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }

  // Columns, one element an event.
  /// `no_customer` for a visitor who is not known.
  [[nodiscard]] std::span<const Customer> customers() const noexcept { return customers_; }
  /// `no_item` for an event without one (search, visit).
  [[nodiscard]] std::span<const Item> items() const noexcept { return items_; }
  [[nodiscard]] std::span<const EventKind> kinds() const noexcept { return kinds_; }
  [[nodiscard]] std::span<const Time> times() const noexcept { return times_; }
  [[nodiscard]] std::span<const Channel> event_channels() const noexcept { return channels_; }
  [[nodiscard]] const Keys<Channel>& channels() const noexcept { return channel_keys_; }

  /// Adds an event; an empty channel is none. Amortised O(length of the channel).
  void add(Customer customer, Item item, EventKind kind, Time time, std::string_view channel = {}) {
    channels_.push_back(channel.empty() ? no_id<Channel> : channel_keys_.add(channel));
    customers_.push_back(customer);
    items_.push_back(item);
    kinds_.push_back(kind);
    times_.push_back(time);
  }

 private:
  std::vector<Customer> customers_;
  std::vector<Item> items_;
  std::vector<EventKind> kinds_;
  std::vector<Time> times_;
  std::vector<Channel> channels_;
  Keys<Channel> channel_keys_;
};

}  // namespace emptor
