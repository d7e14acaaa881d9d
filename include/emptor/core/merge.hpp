#pragma once
// Merges: two customers turn out to be one, or one turns out to be two after all. The words that
// every room uses to follow them; core/merge_log.hpp keeps the log and derives the owners.
//
// Records never move: each belongs for ever to the customer it arrived on, and who OWNS it now is
// derived from the merges in force. Thread safety: values.

#include <concepts>
#include <cstdint>
#include <span>
#include <string>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

enum class MergeKind : std::uint8_t { merge, unmerge };

/// Names one merge of a log: 0, 1, 2, … in the order of the merges. An unmerge names what it
/// undoes.
enum class MergeId : std::uint32_t {};

struct MergeEvent {
  MergeId id{};
  MergeKind kind = MergeKind::merge;
  Customer kept = no_customer;      ///< whose group goes on
  Customer absorbed = no_customer;  ///< whose group joins it, or leaves again
  Time time{};                      ///< when it was decided
  std::string reason;               ///< why, in words for people; nothing personal
  std::uint64_t sequence = 0;       ///< place in the log, from 0, of merges and unmerges together

  friend bool operator==(const MergeEvent&, const MergeEvent&) = default;
};

/// A customer whose owner an event changed.
struct OwnerChange {
  Customer customer = no_customer;
  Customer before = no_customer;
  Customer after = no_customer;

  friend bool operator==(const OwnerChange&, const OwnerChange&) = default;
};

/// What keeps derived state per owner and follows merges. `changes` has every customer whose owner
/// changed, ascending; it may be empty. Both are called after the log has changed.
template <class L>
concept MergeListener =
    requires(L& listener, const MergeEvent& event, std::span<const OwnerChange> changes) {
      listener.on_merge(event, changes);
      listener.on_unmerge(event, changes);
    };

/// Tells the listener what happened, by the event's kind.
template <MergeListener L>
void notify(L& listener, const MergeEvent& event, std::span<const OwnerChange> changes) {
  if (event.kind == MergeKind::merge) {
    listener.on_merge(event, changes);
  } else {
    listener.on_unmerge(event, changes);
  }
}

}  // namespace emptor
