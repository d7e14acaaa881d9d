#include "emptor/core/merge_log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

void sort_changes(std::vector<OwnerChange>& changes) {
  std::sort(changes.begin(), changes.end(),
            [](const OwnerChange& a, const OwnerChange& b) { return a.customer < b.customer; });
}

}  // namespace

MergeLog::Outcome MergeLog::merge(Customer kept, Customer absorbed, Time time, std::string reason) {
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

Result<MergeLog::Outcome> MergeLog::unmerge(MergeId id, Time time, std::string reason) {
  const auto place = static_cast<std::size_t>(id);
  if (place >= merges_.size()) {
    return Error{ErrorCode::not_found, text("there is no merge ", place), "MergeLog::unmerge"};
  }
  Merge& undone = merges_[place];
  if (!undone.in_force) {
    return Error{ErrorCode::duplicate, text("merge ", place, " is undone already"),
                 "MergeLog::unmerge"};
  }
  events_.push_back({id, MergeKind::unmerge, undone.kept, undone.absorbed, time, std::move(reason),
                     events_.size()});
  undone.in_force = false;
  std::vector<OwnerChange> changes = rebuild_group(owner(undone.kept));
  return Outcome{events_.back(), std::move(changes)};
}

std::vector<Customer> MergeLog::owners(std::size_t customers) const {
  std::vector<Customer> out(customers);
  for (std::size_t i = 0; i < customers; ++i) out[i] = id_at<Customer>(i);
  for (const auto& [customer, node] : nodes_) {
    if (index(customer) < customers) out[index(customer)] = node.owner;
  }
  return out;
}

std::vector<Customer> MergeLog::members(Customer customer) const {
  const auto found = nodes_.find(owner(customer));
  if (found == nodes_.end()) return {customer};
  std::vector<Customer> out = found->second.members;
  std::sort(out.begin(), out.end());
  return out;
}

Result<MergeLog> MergeLog::replay(std::span<const MergeEvent> events) {
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

void MergeLog::save(SectionWriter& section) const {
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

Result<MergeLog> MergeLog::load(SectionReader& section) {
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

MergeLog::Node& MergeLog::node(Customer customer) {
  return nodes_.try_emplace(customer, Node{customer, {customer}, {}}).first->second;
}

std::vector<Customer> MergeLog::join(Customer kept, Customer absorbed) {
  Node& to = node(owner(kept));
  Node& from = node(owner(absorbed));
  if (&to == &from) return {};
  std::vector<Customer> moved = std::move(from.members);
  from.members.clear();
  for (const Customer member : moved) node(member).owner = to.owner;
  to.members.insert(to.members.end(), moved.begin(), moved.end());
  return moved;
}

std::vector<OwnerChange> MergeLog::rebuild_group(Customer before) {
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

}  // namespace emptor
