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

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

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
  Outcome merge(Customer kept, Customer absorbed, Time time, std::string reason) {
    if (kept == absorbed || kept == no_customer || absorbed == no_customer) {
      throw Exception(ErrorCode::invalid_value, "a merge needs two different customers",
                      "MergeLog::merge");
    }
    if (merges_.size() == max_ids) {
      throw Exception(ErrorCode::overflow, "too many merges", "MergeLog::merge");
    }
    const auto id = static_cast<MergeId>(merges_.size());
    events_.push_back(
        {id, MergeKind::merge, kept, absorbed, time, std::move(reason), events_.size()});
    merges_.push_back({kept, absorbed, true});
    node(kept).merges.push_back(id);
    node(absorbed).merges.push_back(id);
    std::vector<OwnerChange> changes;
    const Customer left = owner(absorbed);
    for (const Customer moved : join(kept, absorbed)) {
      changes.push_back({moved, left, owner(kept)});
    }
    sort_changes(changes);
    return {events_.back(), std::move(changes)};
  }

  /// Undoes one merge. Errors: `not_found` when there is no such merge, `duplicate` when it is
  /// undone already.
  [[nodiscard]] Result<Outcome> unmerge(MergeId id, Time time, std::string reason) {
    const auto place = static_cast<std::size_t>(id);
    if (place >= merges_.size()) {
      return Error{ErrorCode::not_found, text("there is no merge ", place), "MergeLog::unmerge"};
    }
    Merge& undone = merges_[place];
    if (!undone.in_force) {
      return Error{ErrorCode::duplicate, text("merge ", place, " is undone already"),
                   "MergeLog::unmerge"};
    }
    events_.push_back({id, MergeKind::unmerge, undone.kept, undone.absorbed, time,
                       std::move(reason), events_.size()});
    undone.in_force = false;
    std::vector<OwnerChange> changes = rebuild_group(owner(undone.kept));
    return Outcome{events_.back(), std::move(changes)};
  }

  /// Who owns the customer's records now: itself unless it was absorbed.
  [[nodiscard]] Customer owner(Customer customer) const {
    const auto found = nodes_.find(customer);
    return found == nodes_.end() ? customer : found->second.owner;
  }
  /// The owners of customers 0 to `customers` - 1, for loops over tables.
  [[nodiscard]] std::vector<Customer> owners(std::size_t customers) const {
    std::vector<Customer> out(customers);
    for (std::size_t i = 0; i < customers; ++i) out[i] = id_at<Customer>(i);
    for (const auto& [customer, node] : nodes_) {
      if (index(customer) < customers) out[index(customer)] = node.owner;
    }
    return out;
  }
  /// All customers with the same owner, ascending; at least the customer itself.
  [[nodiscard]] std::vector<Customer> members(Customer customer) const {
    const auto found = nodes_.find(owner(customer));
    if (found == nodes_.end()) return {customer};
    std::vector<Customer> out = found->second.members;
    std::sort(out.begin(), out.end());
    return out;
  }
  /// Whether the merge exists and is not undone.
  [[nodiscard]] bool in_force(MergeId id) const noexcept {
    const auto place = static_cast<std::size_t>(id);
    return place < merges_.size() && merges_[place].in_force;
  }
  /// Everything that ever happened, in sequence.
  [[nodiscard]] std::span<const MergeEvent> events() const noexcept { return events_; }

  /// The log that has these events. Errors: `corrupt` when they are not a log's events in sequence.
  [[nodiscard]] static Result<MergeLog> replay(std::span<const MergeEvent> events) {
    MergeLog log;
    for (const MergeEvent& event : events) {
      const bool merges = event.kind == MergeKind::merge;
      bool good = event.kept != event.absorbed && event.kept != no_customer &&
                  event.absorbed != no_customer && (merges || log.in_force(event.id));
      if (good && merges) log.merge(event.kept, event.absorbed, event.time, event.reason);
      if (good && !merges) good = log.unmerge(event.id, event.time, event.reason).has_value();
      if (!good || log.events_.back() != event) {
        return Error{ErrorCode::corrupt,
                     text("event ", log.events_.size(), " does not follow from those before"),
                     "MergeLog::replay"};
      }
    }
    return log;
  }

  /// Into one section: the events, one after another.
  void save(SectionWriter& section) const {
    section.put(std::uint64_t{events_.size()});
    for (const MergeEvent& event : events_) {
      section.put(event.id);
      section.put(event.kind);
      section.put(event.kept);
      section.put(event.absorbed);
      section.put(std::int64_t{event.time.time_since_epoch().count()});
      section.put_text(event.reason);
    }
  }
  /// What `save` wrote.
  [[nodiscard]] static Result<MergeLog> load(SectionReader& section) {
    const auto count = section.get<std::uint64_t>();
    std::vector<MergeEvent> events;
    while (events.size() < count && section.ok()) {
      MergeEvent event;
      event.id = section.get<MergeId>();
      event.kind = section.get_enum(MergeKind::unmerge);
      event.kept = section.get<Customer>();
      event.absorbed = section.get<Customer>();
      event.time = Time{std::chrono::seconds{section.get<std::int64_t>()}};
      event.reason = section.get_text();
      event.sequence = events.size();
      events.push_back(std::move(event));
    }
    if (!section.ok()) return section.finish().error();
    return replay(events);
  }

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

  Node& node(Customer customer) {
    return nodes_.try_emplace(customer, Node{customer, {customer}, {}}).first->second;
  }
  static void sort_changes(std::vector<OwnerChange>& changes) {
    std::sort(changes.begin(), changes.end(),
              [](const OwnerChange& a, const OwnerChange& b) { return a.customer < b.customer; });
  }
  /// Gives the group of `absorbed` to the owner of `kept`; returns who moved.
  std::vector<Customer> join(Customer kept, Customer absorbed) {
    Node& to = node(owner(kept));
    Node& from = node(owner(absorbed));
    if (&to == &from) return {};
    std::vector<Customer> moved = std::move(from.members);
    from.members.clear();
    for (const Customer member : moved) node(member).owner = to.owner;
    to.members.insert(to.members.end(), moved.begin(), moved.end());
    return moved;
  }
  /// Takes the owner's group apart and replays the merges in force that lie within it.
  std::vector<OwnerChange> rebuild_group(Customer before) {
    const std::vector<Customer> members = node(before).members;
    std::vector<MergeId> merges;
    for (const Customer member : members) {
      Node& alone = node(member);
      std::erase_if(alone.merges, [this](MergeId id) { return !in_force(id); });
      for (const MergeId id : alone.merges) {
        if (merges_[static_cast<std::size_t>(id)].kept == member) merges.push_back(id);
      }
      alone.owner = member;
      alone.members = {member};
    }
    std::sort(merges.begin(), merges.end());
    for (const MergeId id : merges) {
      const Merge& merge = merges_[static_cast<std::size_t>(id)];
      join(merge.kept, merge.absorbed);
    }
    std::vector<OwnerChange> changes;
    for (const Customer member : members) {
      if (owner(member) != before) changes.push_back({member, before, owner(member)});
    }
    sort_changes(changes);
    return changes;
  }

  std::vector<MergeEvent> events_;
  std::vector<Merge> merges_;  // by id
  std::unordered_map<Customer, Node> nodes_;
};

}  // namespace emptor
