#pragma once
// The log of merges, and who owns whom by them.
//
// Every merge is an event "these two are one, keep this one" that another event can undo. The
// merges in force (not undone), taken in their sequence, decide the owners: merging kept k and
// absorbed a gives all of a's group to the owner of k's group. So the owners depend on the set of
// merges in force alone, never on the way there: undoing a merge equals a rebuild without it, also
// when later merges built upon it. The log only grows.
//
// A merge of two customers who have one owner already is a further reason to keep them together: it
// changes no owner now, and holds when the other reason is undone.
//
// Cost: `merge` O(size of the absorbed group); `unmerge` O(s log s) for s merges in force and
// customers in the group; `owner` O(1) expected. Memory: the events and one entry a customer that
// was ever merged. Thread safety: as a std::vector (any number of readers, or one writer).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

/// The append-only log of merges and the owners that follow from it.
class MergeLog {
 public:
  /// What an appended event did.
  struct Outcome {
    MergeEvent event;
    std::vector<OwnerChange> changes;  ///< ascending by customer
  };

  /// Records that `kept` and `absorbed` are one customer. Either may have been merged before.
  /// Throws `invalid_value` for the same customer twice or `no_customer`.
  EMPTOR_API Outcome merge(Customer kept, Customer absorbed, Time time, std::string reason);

  /// Undoes one merge. Errors: `not_found` when there is no such merge, `duplicate` when it is
  /// undone already.
  [[nodiscard]] EMPTOR_API Result<Outcome> unmerge(MergeId id, Time time, std::string reason);

  /// Who owns the customer's records now: itself unless it was absorbed.
  [[nodiscard]] Customer owner(Customer customer) const {
    const auto found = nodes_.find(customer);
    return found == nodes_.end() ? customer : found->second.owner;
  }
  /// The owners of customers 0 to `customers` - 1, for loops over tables.
  [[nodiscard]] EMPTOR_API std::vector<Customer> owners(std::size_t customers) const;
  /// All customers with the same owner, ascending; at least the customer itself.
  [[nodiscard]] EMPTOR_API std::vector<Customer> members(Customer customer) const;
  /// Whether the merge exists and is not undone.
  [[nodiscard]] bool in_force(MergeId id) const noexcept {
    const auto place = static_cast<std::size_t>(id);
    return place < merges_.size() && merges_[place].in_force;
  }
  /// Everything that ever happened, in sequence.
  [[nodiscard]] std::span<const MergeEvent> events() const noexcept { return events_; }

  /// The log that has these events. Errors: `corrupt` when they are not a log's events in sequence.
  [[nodiscard]] EMPTOR_API static Result<MergeLog> replay(std::span<const MergeEvent> events);

  /// Into one section: the events, one after another.
  EMPTOR_API void save(SectionWriter& section) const;
  /// What `save` wrote.
  [[nodiscard]] EMPTOR_API static Result<MergeLog> load(SectionReader& section);

 private:
  struct Merge {
    Customer kept;
    Customer absorbed;
    bool in_force;
  };
  struct Node {
    Customer owner;
    std::vector<Customer> members;  // of owners alone: whom they own, themselves too
    std::vector<MergeId> merges;    // that name this customer
  };

  Node& node(Customer customer);
  /// Gives the group of `absorbed` to the owner of `kept`; returns who moved.
  std::vector<Customer> join(Customer kept, Customer absorbed);
  /// Takes the owner's group apart and replays the merges in force that lie within it.
  std::vector<OwnerChange> rebuild_group(Customer before);

  std::vector<MergeEvent> events_;
  std::vector<Merge> merges_;  // by id
  std::unordered_map<Customer, Node> nodes_;
};

}  // namespace emptor
