#include <algorithm>
#include <exception>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>

#include "identity/cluster_graph.hpp"
#include "identity/linking.hpp"
#include "identity/resolver_state.hpp"

namespace emptor {

namespace {

constexpr float no_weight = std::numeric_limits<float>::quiet_NaN();

[[nodiscard]] std::uint32_t number(Record record) noexcept {
  return static_cast<std::uint32_t>(index(record));
}

/// Without what lies outside the group; both ascending.
[[nodiscard]] std::vector<std::uint32_t> within(std::span<const Record> some,
                                                std::span<const std::uint32_t> members) {
  std::vector<std::uint32_t> out;
  for (const Record record : some) {
    if (std::binary_search(members.begin(), members.end(), number(record))) {
      out.push_back(number(record));
    }
  }
  return out;
}

}  // namespace

std::optional<Error> Resolver::State::unknown(Record record) const {
  if (index(record) < records.size() && !is_erased[index(record)]) return std::nullopt;
  return Error{ErrorCode::not_found,
               index(record) < records.size()
                   ? text("record ", index(record), " was erased")
                   : text("record ", index(record), " is not one of ", records.size()),
               "Resolver"};
}

void Resolver::State::note_merge(MergeId id) {
  const auto place = static_cast<std::uint32_t>(id);
  MergeEnds& ends = ends_[place];
  ends.next_of_kept = std::exchange(first_end_[ends.kept], place);
  ends.next_of_absorbed = std::exchange(first_end_[ends.absorbed], place);
}

void Resolver::State::merge(std::uint32_t kept, std::uint32_t absorbed, Time time,
                            std::string reason, const MergeGround& ground, Outcomes* out) {
  MergeLog::Outcome outcome =
      log.merge(id_at<Customer>(kept), id_at<Customer>(absorbed), time, std::move(reason));
  grounds.push_back(ground);
  ends_.push_back({.kept = kept,
                   .absorbed = absorbed,
                   .sequence = static_cast<std::uint32_t>(outcome.event.sequence)});
  note_merge(outcome.event.id);
  const std::uint32_t to = owners[kept], from = owners[absorbed];
  if (to != from) {
    for (const OwnerChange& change : outcome.changes) owners[index(change.customer)] = to;
    std::swap(next[to], next[from]);
    sizes[to] += std::exchange(sizes[from], 0);
  }
  if (out != nullptr) out->push_back(std::move(outcome));
}

void Resolver::State::refresh(std::span<const std::uint32_t> members) {
  for (const std::uint32_t member : members) {
    owners[member] = static_cast<std::uint32_t>(index(log.owner(id_at<Customer>(member))));
    next[member] = member;
    sizes[member] = 0;
  }
  for (const std::uint32_t member : members) {
    ++sizes[owners[member]];
    if (owners[member] != member) std::swap(next[member], next[owners[member]]);
  }
}

void Resolver::State::undo(MergeId id, Time time, std::string reason, const MergeGround& ground,
                           Outcomes& out) {
  const std::uint32_t kept = ends_[static_cast<std::size_t>(id)].kept;
  const std::vector<std::uint32_t> members = group(kept);
  out.push_back(log.unmerge(id, time, std::move(reason)).value());
  grounds.push_back(ground);
  refresh(members);
}

bool Resolver::State::by_person(MergeId id) const {
  return grounds[ends_[static_cast<std::size_t>(id)].sequence].by == DecidedBy::person;
}

std::vector<MergeId> Resolver::State::standing(std::span<const std::uint32_t> members) const {
  std::vector<MergeId> out;
  for (const std::uint32_t member : members) {
    for (std::uint32_t place = first_end_[member]; place != none;) {
      const MergeEnds& ends = ends_[place];
      const bool keeps = ends.kept == member;
      if (keeps && log.in_force(MergeId{place})) out.push_back(MergeId{place});
      place = keeps ? ends.next_of_kept : ends.next_of_absorbed;
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The clusters of a linkage as merges.
void Resolver::State::take_clusters(const Clustering& clustering) {
  const auto one = [&](std::uint32_t a, std::uint32_t b, float weight, float mean) {
    const bool keeps = owners[a] < owners[b];
    merge(keeps ? a : b, keeps ? b : a, options.linked, "linkage",
          {DecidedBy::linkage, {std::min(a, b), std::max(a, b)}, weight, mean}, nullptr);
  };
  for (const MergeStep& step : clustering.steps) one(step.a, step.b, step.weight, step.mean);
  for (std::uint32_t r = 0; r < clustering.cluster.size(); ++r) {
    if (owners[r] != owners[clustering.cluster[r]]) {
      one(clustering.cluster[r], r, no_weight, no_weight);
    }
  }
}

std::vector<RecordPair> Resolver::State::cannot_links(
    std::span<const std::uint32_t> members) const {
  std::vector<std::uint32_t> places;
  for (const std::uint32_t member : members) {
    const auto found = parted_.find(member);
    if (found == parted_.end()) continue;
    for (const auto& [decision, side] : found->second) places.push_back(decision);
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  std::vector<RecordPair> out;
  for (const std::uint32_t place : places) {
    const PersonDecision& decision = decisions[place];
    if (!decision.in_force) continue;
    const std::vector<std::uint32_t> other = within(decision.other, members);
    for (const std::uint32_t a : within(decision.one, members)) {
      for (const std::uint32_t b : other) out.push_back({std::min(a, b), std::max(a, b)});
    }
  }
  return out;
}

void Resolver::State::note_decision(std::size_t place) {
  const PersonDecision& decision = decisions[place];
  if (decision.kind == DecisionKind::join || decision.kind == DecisionKind::erase) return;
  for (const bool side : {false, true}) {
    for (const Record record : side ? decision.other : decision.one) {
      parted_[number(record)].emplace_back(static_cast<std::uint32_t>(place), side);
    }
  }
}

void Resolver::State::keep_decision(PersonDecision decision) {
  std::sort(decision.one.begin(), decision.one.end());
  std::sort(decision.other.begin(), decision.other.end());
  decisions.push_back(std::move(decision));
  note_decision(decisions.size() - 1);
}

Clustering Resolver::State::cluster(std::span<const std::uint32_t> members,
                                    std::span<const RecordPair> must,
                                    std::span<const RecordPair> cannot) const {
  const Lease lease(*this);
  detail::RecordScorer& scorer = (*lease).scorer;
  const std::size_t n = members.size();
  const auto place_of = [&](std::uint32_t record) {
    return static_cast<std::uint32_t>(std::lower_bound(members.begin(), members.end(), record) -
                                      members.begin());
  };
  std::vector<ScoredPair> pairs;
  const auto compare = [&](std::uint32_t i, std::uint32_t j) {
    if (!detail::in_scope(options.link.mode, records.sources()[members[i]],
                          records.sources()[members[j]])) {
      return;
    }
    const float weight = scorer.weight(members[j]);
    if (detail::joins(weight, options.link.clustering.threshold,
                      [&] { return scorer.cross_weight(members[j]); })) {
      pairs.push_back({i, j, weight});
    }
  };
  constexpr std::size_t all_below = 200;
  std::vector<std::uint32_t> near;
  for (std::uint32_t i = 0; i < n; ++i) {
    scorer.begin(members[i]);
    near.clear();
    if (n <= all_below) {
      near.resize(n - i - 1);
      std::iota(near.begin(), near.end(), i + 1);
    }
    for (std::size_t r = 0; n > all_below && r < rules.size(); ++r) {
      const std::uint64_t key = detail::rule_key(records, rules[r], members[i]);
      const auto block = key == 0 ? std::span<const std::uint32_t>{} : indexes[r].find(key);
      if (block.size() > options.max_block) continue;
      for (const std::uint32_t record : block) {
        if (record > members[i] && std::binary_search(members.begin(), members.end(), record)) {
          near.push_back(place_of(record));
        }
      }
    }
    std::sort(near.begin(), near.end());
    near.erase(std::unique(near.begin(), near.end()), near.end());
    for (const std::uint32_t j : near) compare(i, j);
  }
  std::vector<std::vector<std::uint32_t>> values;
  for (const std::size_t c : verified_) {
    std::vector<std::uint32_t>& codes = values.emplace_back();
    for (const std::uint32_t member : members) {
      codes.push_back(records.codes(member)[records.comparisons()[c].first_slot]);
    }
  }
  const std::vector<std::span<const std::uint32_t>> conflicts(values.begin(), values.end());
  std::vector<std::uint32_t> limits;
  std::vector<std::remove_cv_t<decltype(ClusterConstraints::identifiers)::element_type>>
      identifiers;
  for (const LimitedField& field : limited_) {
    const Comparison& comparison = records.comparisons()[field.comparison];
    for (std::uint32_t i = 0; i < n; ++i) {
      for (std::size_t s = 0; s < comparison.slots; ++s) {
        const std::uint32_t code = records.codes(members[i])[comparison.first_slot + s];
        if (code == 0) continue;
        identifiers.push_back({i, static_cast<std::uint32_t>(limits.size()), code});
      }
    }
    limits.push_back(field.values);
  }
  std::vector<std::uint64_t> fingerprints;
  for (const std::uint32_t member : members) fingerprints.push_back(records.fingerprint(member));
  const auto placed = [&](std::span<const RecordPair> some) {
    std::vector<RecordPair> out;
    for (const RecordPair& pair : some) out.push_back({place_of(pair.a), place_of(pair.b)});
    return out;
  };
  const std::vector<RecordPair> must_link = placed(must), cannot_link = placed(cannot);
  const auto weight_of = [&](std::uint32_t a, std::uint32_t b) {
    scorer.begin(members[a]);
    return scorer.cross_weight(members[b]);
  };
  return cluster_records(n, pairs, PairWeight(weight_of),
                         {.conflicts = conflicts,
                          .limits = limits,
                          .identifiers = identifiers,
                          .must_link = must_link,
                          .cannot_link = cannot_link,
                          .fingerprints = fingerprints},
                         options.link.clustering);
}

void Resolver::State::settle(std::vector<std::uint32_t> members, std::span<const MergeId> must,
                             Time time, const std::string& reason, Outcomes& out) {
  std::vector<RecordPair> must_link;
  for (const MergeId id : must) {
    const MergeEnds& ends = ends_[static_cast<std::size_t>(id)];
    must_link.push_back({ends.kept, ends.absorbed});
  }
  const Clustering clusters = cluster(members, must_link, cannot_links(members));
  const auto label = [&](std::uint32_t record) {
    return clusters.cluster[static_cast<std::size_t>(
        std::lower_bound(members.begin(), members.end(), record) - members.begin())];
  };
  for (const MergeId id : standing(members)) {
    const auto [kept, absorbed] = std::pair(ends_[static_cast<std::size_t>(id)].kept,
                                            ends_[static_cast<std::size_t>(id)].absorbed);
    if (label(kept) == label(absorbed)) continue;
    undo(id, time, reason, {DecidedBy::consequence, {kept, absorbed}, no_weight, no_weight}, out);
  }
  for (const MergeStep& step : clusters.steps) {
    const std::uint32_t a = members[step.a], b = members[step.b];
    if (owners[a] == owners[b]) continue;
    const bool keeps = owners[a] < owners[b];
    merge(keeps ? a : b, keeps ? b : a, time, reason,
          {DecidedBy::consequence, {a, b}, step.weight, step.mean}, &out);
  }
}

Result<Resolver::State::Outcomes> Resolver::State::unmerge(MergeId id, Time time,
                                                           std::string reason) {
  const auto place = static_cast<std::size_t>(id);
  if (place >= ends_.size()) {
    return Error{ErrorCode::not_found, text("there is no merge ", place), "Resolver::unmerge"};
  }
  if (!log.in_force(id)) {
    return Error{ErrorCode::duplicate, text("merge ", place, " is undone already"),
                 "Resolver::unmerge"};
  }
  const std::uint32_t kept = ends_[place].kept, absorbed = ends_[place].absorbed;
  const std::vector<std::uint32_t> members = group(kept);
  const std::vector<MergeId> merges = standing(members);
  // The two sides as they were when they were merged; what came later is decided again.
  detail::DisjointSets sets(members.size());
  const auto at = [&](std::uint32_t record) {
    return static_cast<std::uint32_t>(std::lower_bound(members.begin(), members.end(), record) -
                                      members.begin());
  };
  std::vector<MergeId> must;
  bool later = false;
  for (const MergeId merge : merges) {
    if (merge == id) continue;
    if (merge > id && !by_person(merge)) {
      later = true;
      continue;
    }
    must.push_back(merge);
    const MergeEnds& ends = ends_[static_cast<std::size_t>(merge)];
    if (merge < id) sets.unite(at(ends.kept), at(ends.absorbed));
  }
  PersonDecision decision{
      .kind = DecisionKind::unmerge, .time = time, .one = {}, .other = {}, .merge = id};
  for (const std::uint32_t member : members) {
    if (is_erased[member]) continue;
    if (sets.find(at(member)) == sets.find(at(kept))) decision.one.push_back(id_at<Record>(member));
    if (sets.find(at(member)) == sets.find(at(absorbed))) {
      decision.other.push_back(id_at<Record>(member));
    }
  }
  Outcomes out;
  undo(id, time, reason, {DecidedBy::person, {kept, absorbed}, no_weight, no_weight}, out);
  if (decision.one != decision.other) {
    const bool stay = owners[kept] == owners[absorbed];
    keep_decision(std::move(decision));
    if (later || stay) settle(members, must, time, text("follows from unmerge ", place), out);
  }
  tell(out);
  return out;
}

Result<Resolver::State::Outcomes> Resolver::State::split(Record record, Time time,
                                                         const std::string& reason) {
  if (std::optional<Error> error = unknown(record)) return *std::move(error);
  Outcomes out;
  const std::vector<std::uint32_t> members = group(number(record));
  if (members.size() < 2) return out;
  std::vector<MergeId> must;
  for (const MergeId id : standing(members)) {
    const MergeEnds& ends = ends_[static_cast<std::size_t>(id)];
    if (ends.kept != number(record) && ends.absorbed != number(record)) {
      must.push_back(id);
      continue;
    }
    undo(id, time, reason, {DecidedBy::person, {ends.kept, ends.absorbed}, no_weight, no_weight},
         out);
  }
  PersonDecision decision{.kind = DecisionKind::split, .time = time, .one = {record}, .other = {}};
  for (const std::uint32_t member : members) {
    if (member != number(record)) decision.other.push_back(id_at<Record>(member));
  }
  keep_decision(std::move(decision));
  settle(members, must, time, text("follows from the split of record ", index(record)), out);
  tell(out);
  return out;
}

Result<Resolver::State::Outcomes> Resolver::State::keep_apart(Record a, Record b, Time time,
                                                              const std::string& reason) {
  for (const Record record : {a, b}) {
    if (std::optional<Error> error = unknown(record)) return *std::move(error);
  }
  if (a == b) return Error{ErrorCode::invalid_value, "two records are needed", "Resolver"};
  keep_decision({.kind = DecisionKind::keep_apart, .time = time, .one = {a}, .other = {b}});
  Outcomes out;
  if (owners[index(a)] == owners[index(b)]) {
    const std::vector<std::uint32_t> members = group(number(a));
    std::vector<MergeId> must = standing(members);
    std::erase_if(must, [&](MergeId id) { return !by_person(id); });
    settle(members, must, time, reason, out);
  }
  tell(out);
  return out;
}

Result<Resolver::State::Outcomes> Resolver::State::join(Record a, Record b, Time time,
                                                        std::string reason) {
  for (const Record record : {a, b}) {
    if (std::optional<Error> error = unknown(record)) return *std::move(error);
  }
  if (a == b) return Error{ErrorCode::invalid_value, "two records are needed", "Resolver"};
  const std::vector<std::uint32_t> one = group(number(a)), other = group(number(b));
  const bool already = owners[number(a)] == owners[number(b)];
  if (!already) {
    const Lease lease(*this);
    const MergeRefusal why = refusal(*lease, one, other, false, true);
    if (why != MergeRefusal::none) {
      return Error{ErrorCode::invalid_value,
                   why == MergeRefusal::conflict
                       ? "the two have different values of a verified field"
                       : "the two have more values of a field than one customer may",
                   "Resolver::join"};
    }
    for (PersonDecision& decision : decisions) {
      if (!decision.in_force || decision.kind == DecisionKind::join ||
          decision.kind == DecisionKind::erase) {
        continue;
      }
      const bool parts =
          (!within(decision.one, one).empty() && !within(decision.other, other).empty()) ||
          (!within(decision.one, other).empty() && !within(decision.other, one).empty());
      if (parts) decision.in_force = false;
    }
  }
  Outcomes out;
  const bool keeps = owners[number(a)] <= owners[number(b)];
  const Lease lease(*this);
  (*lease).scorer.begin(number(a));
  const float weight = (*lease).scorer.weight(number(b));
  merge(number(keeps ? a : b), number(keeps ? b : a), time, std::move(reason),
        {DecidedBy::person, {number(a), number(b)}, weight, no_weight}, &out);
  keep_decision({.kind = DecisionKind::join,
                 .time = time,
                 .one = {a},
                 .other = {b},
                 .merge = out.back().event.id});
  tell(out);
  return out;
}

void Resolver::State::tell(std::span<const MergeLog::Outcome> outcomes) const {
  std::exception_ptr first;
  for (const MergeLog::Outcome& outcome : outcomes) {
    for (const Listener& listener : listeners_) {
      try {
        listener.tell(listener.object, outcome.event, outcome.changes);
      } catch (...) {
        if (!first) first = std::current_exception();
      }
    }
  }
  if (first) std::rethrow_exception(first);
}

void Resolver::State::add_listener(void* object, Tell to_tell) {
  MergeLog past;
  for (const MergeEvent& event : log.events()) {
    const MergeLog::Outcome outcome =
        event.kind == MergeKind::merge
            ? past.merge(event.kept, event.absorbed, event.time, event.reason)
            : past.unmerge(event.id, event.time, event.reason).value();
    to_tell(object, outcome.event, outcome.changes);
  }
  listeners_.push_back({object, to_tell});
}

bool Resolver::State::remove(void* object) {
  return std::erase_if(listeners_, [&](const Listener& one) { return one.object == object; }) != 0;
}

}  // namespace emptor
