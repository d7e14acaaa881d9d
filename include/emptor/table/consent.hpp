#pragma once
// Consent: who may be contacted for what on which channel, and what the law calls proof of it.
//
// A record says what one customer said, when, and where it came from. Records are only ever added;
// what holds is read off them:
// - of ONE customer the last word counts: the latest record up to the instant, for the channel
//   asked or for all channels; of several at that instant the strictest;
// - of SEVERAL customers who are one, each has its own last word, and the strictest of these holds.
//   So a refusal on any of the records stands until it is taken back on that very record: a later
//   grant elsewhere does not outvote it.
// Strictness: withdrawn > denied > granted > unknown. An explicit `unknown` (proof was lost, a
// grant ran out) ends the word before it and says nothing itself.
//
// Purposes do not imply each other. Only `granted` allows contact.
// Cost: `add` O(n) in the customer's n records, `state` O(records of the purpose). Memory: 32 bytes
// a record. Thread safety: as a std::vector.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// What contact is for ("newsletter", "profiling", "research"); a host keeps `Keys<Purpose>`.
enum class Purpose : std::uint32_t {};
/// Where a statement came from ("web form 12", "call centre"); a host keeps `Keys<Source>`.
enum class Source : std::uint32_t {};

/// Of a consent record that is meant for every channel.
inline constexpr Channel all_channels = no_id<Channel>;

enum class ConsentState : std::uint8_t { unknown, denied, granted, withdrawn };

[[nodiscard]] constexpr std::string_view name(ConsentState state) noexcept {
  constexpr std::string_view names[] = {"unknown", "denied", "granted", "withdrawn"};
  return names[static_cast<std::size_t>(state)];
}

/// 0 unknown, 1 granted, 2 denied, 3 withdrawn: of two, the larger holds.
[[nodiscard]] constexpr int strictness(ConsentState state) noexcept {
  constexpr int ranks[] = {0, 2, 1, 3};
  return ranks[static_cast<std::size_t>(state)];
}

/// Of two customers who are one.
[[nodiscard]] constexpr ConsentState stricter(ConsentState a, ConsentState b) noexcept {
  return strictness(a) >= strictness(b) ? a : b;
}

struct ConsentRecord {
  Customer customer = no_customer;  ///< it arrived on
  Purpose purpose = no_id<Purpose>;
  Channel channel = all_channels;
  ConsentState state = ConsentState::unknown;
  Time time{};
  Source source = no_id<Source>;
  friend bool operator==(const ConsentRecord&, const ConsentRecord&) = default;
};

/// The records of one customer, or of several who are one. The order of adding does not matter.
class ConsentHistory {
 public:
  /// Throws `invalid_value` without a customer or a purpose.
  void add(const ConsentRecord& record) {
    if (record.customer == no_customer || record.purpose == no_id<Purpose>) {
      throw Exception(ErrorCode::invalid_value, "consent needs a customer and a purpose",
                      "ConsentHistory");
    }
    records_.insert(std::upper_bound(records_.begin(), records_.end(), record, before), record);
  }
  void merge(const ConsentHistory& other) {
    std::vector<ConsentRecord> all(records_.size() + other.records_.size());
    std::merge(records_.begin(), records_.end(), other.records_.begin(), other.records_.end(),
               all.begin(), before);
    records_.swap(all);
  }

  /// What held at the instant.
  [[nodiscard]] ConsentState state(Purpose purpose, Channel channel, Time at) const {
    const auto deciding = decision(purpose, channel, at);
    return deciding ? deciding->state : ConsentState::unknown;
  }
  /// Whether `state` is granted.
  [[nodiscard]] bool may_contact(Purpose purpose, Channel channel, Time at) const {
    return state(purpose, channel, at) == ConsentState::granted;
  }
  /// The record that decides: the strictest of the customers' last words, the latest of those.
  [[nodiscard]] std::optional<ConsentRecord> decision(Purpose purpose, Channel channel,
                                                      Time at) const {
    std::optional<ConsentRecord> strictest;
    std::optional<ConsentRecord> word;  // the customer's last one so far
    const auto close = [&] {
      if (word && (!strictest || rank(*strictest) < rank(*word))) strictest = word;
    };
    const auto [from, to] = std::equal_range(
        records_.begin(), records_.end(), ConsentRecord{.purpose = purpose},
        [](const ConsentRecord& a, const ConsentRecord& b) { return a.purpose < b.purpose; });
    for (auto record = from; record != to; ++record) {
      if (word && word->customer != record->customer) {
        close();
        word.reset();
      }
      const bool about = record->channel == channel || record->channel == all_channels;
      if (about && record->time <= at) word = *record;  // in order of time and strictness
    }
    close();
    return strictest;
  }

  /// By purpose, customer and time.
  [[nodiscard]] std::span<const ConsentRecord> records() const noexcept { return records_; }
  [[nodiscard]] bool empty() const noexcept { return records_.empty(); }

  /// Into one section: the columns of the records.
  void save(SectionWriter& section) const {
    section.put(std::uint64_t{records_.size()});
    for (const ConsentRecord& record : records_) {
      section.put(record.customer);
      section.put(record.purpose);
      section.put(record.channel);
      section.put(record.state);
      section.put(std::int64_t{record.time.time_since_epoch().count()});
      section.put(record.source);
    }
  }
  /// What `save` wrote. On damage the section has failed and the history is empty.
  [[nodiscard]] static ConsentHistory load(SectionReader& section) {
    ConsentHistory history;
    const auto count = section.get<std::uint64_t>();
    while (history.records_.size() < count && section.ok()) {
      ConsentRecord record;
      record.customer = section.get<Customer>();
      record.purpose = section.get<Purpose>();
      record.channel = section.get<Channel>();
      record.state = section.get_enum(ConsentState::withdrawn);
      record.time = Time{std::chrono::seconds{section.get<std::int64_t>()}};
      record.source = section.get<Source>();
      const bool named = record.customer != no_customer && record.purpose != no_id<Purpose>;
      section.require(named, "a consent record without a customer or a purpose");
      history.records_.push_back(record);
    }
    section.require(std::is_sorted(history.records_.begin(), history.records_.end(), before),
                    "consent records out of order");
    return section.ok() ? history : ConsentHistory{};
  }

  friend bool operator==(const ConsentHistory&, const ConsentHistory&) = default;

 private:
  // Total, so that equal sets of records are equal histories.
  static auto key(const ConsentRecord& r) noexcept {
    return std::tuple(r.purpose, r.customer, r.time, strictness(r.state), r.channel, r.source);
  }
  static bool before(const ConsentRecord& a, const ConsentRecord& b) noexcept {
    return key(a) < key(b);
  }
  static std::tuple<int, Time> rank(const ConsentRecord& record) noexcept {
    return {strictness(record.state), record.time};
  }

  std::vector<ConsentRecord> records_;
};

}  // namespace emptor
