#include "emptor/hub/owned_forest.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::string_view kind = "owned-forest";

void forget(std::unordered_map<Customer, std::vector<std::uint32_t>>& slots, Customer customer,
            std::uint32_t slot) {
  const auto found = slots.find(customer);
  std::erase(found->second, slot);
  if (found->second.empty()) slots.erase(found);
}

}  // namespace

template <class Visit>
void OwnedForest::for_each_edge(const SlotsOf& slots, Customer owner, Visit&& visit) const {
  groups_.for_each_member(owner, [&](Customer member) {
    const auto found = slots.find(member);
    if (found == slots.end()) return;
    for (const Slot slot : found->second) visit(slot);
  });
}

void OwnedForest::set_standing(Slot slot, EdgeStanding standing) {
  EdgeStanding& now = facts_[slot].standing;
  dropped_ -= now == EdgeStanding::dropped ? 1 : 0;
  now = standing;
  dropped_ += now == EdgeStanding::dropped ? 1 : 0;
}

void OwnedForest::put_in_force(Slot slot) {
  set_standing(slot, EdgeStanding::in_force);
  set_above(child_owner(slot), slot);
}

Result<bool> OwnedForest::add(const OwnedReferral& referral) {
  const auto refuse = [](ErrorCode code, const char* message) {
    return Error{code, message, "OwnedForest::add"};
  };
  if (const auto found = by_edge_.find(referral.edge); found != by_edge_.end()) {
    if (facts_[found->second].referral == referral) return false;
    return refuse(ErrorCode::duplicate, "an edge with this number and other content is there");
  }
  if (referral.child == no_customer || referral.parent == no_customer) {
    return refuse(ErrorCode::invalid_value, "an edge needs a child and a parent");
  }
  if (referral.child == referral.parent) {
    return refuse(ErrorCode::invalid_value, "nobody is their own parent");
  }
  if (free_.empty()) {
    if (facts_.size() == max_ids) return refuse(ErrorCode::overflow, "too many edges");
    free_.push_back(static_cast<Slot>(facts_.size()));
    facts_.emplace_back();
  }
  const Slot slot = free_.back();
  free_.pop_back();
  const Customer child = owner(referral.child);
  const Customer parent = owner(referral.parent);
  const bool unknown_child =
      groups_.alone(child) && !by_child_.contains(child) && !by_parent_.contains(child);
  const bool last = !latest_ || *latest_ < rank(referral);
  facts_[slot] = {referral, EdgeStanding::outranked};
  by_edge_.emplace(referral.edge, slot);
  by_child_[referral.child].push_back(slot);
  by_parent_[referral.parent].push_back(slot);
  if (last) latest_ = rank(referral);

  const std::optional<Slot> above = slot_above(child);
  if (child == parent) {
    set_standing(slot, EdgeStanding::self_referral);
  } else if (unknown_child) {
    put_in_force(slot);  // nothing leads to the child, so no ring goes through it
  } else if (above && rank(facts_[*above].referral) < rank(referral)) {
    set_standing(slot, EdgeStanding::outranked);
  } else if (last) {
    // Nothing is decided after this edge; there is none above the child yet.
    put_in_force(slot);
    if (on_ring(child)) {
      above_.erase(static_cast<std::uint64_t>(child));
      set_standing(slot, EdgeStanding::dropped);
    }
  } else {
    settle(std::vector<Customer>{child, parent});
  }
  return true;
}

void OwnedForest::take_out(Slot slot) {
  const OwnedReferral referral = facts_[slot].referral;
  const Customer child = child_owner(slot);
  if (slot_above(child) == slot) above_.erase(static_cast<std::uint64_t>(child));
  set_standing(slot, EdgeStanding::outranked);
  forget(by_child_, referral.child, slot);
  forget(by_parent_, referral.parent, slot);
  by_edge_.erase(referral.edge);
  facts_[slot] = {};
  free_.push_back(slot);
}

bool OwnedForest::remove(ReferralEdgeId edge) {
  const auto found = by_edge_.find(edge);
  if (found == by_edge_.end()) return false;
  const Slot slot = found->second;
  // What is not in force has no part in any decision.
  const bool matters = facts_[slot].standing == EdgeStanding::in_force;
  const std::vector<Customer> ends{child_owner(slot), parent_owner(slot)};
  take_out(slot);
  if (matters) settle(ends);
  return true;
}

void OwnedForest::erase(Customer customer) {
  const auto found = by_child_.find(customer);
  if (found == by_child_.end()) return;
  std::vector<ReferralEdgeId> edges;
  for (const Slot slot : found->second) edges.push_back(facts_[slot].referral.edge);
  for (const ReferralEdgeId edge : edges) remove(edge);
}

std::optional<OwnedForest::Slot> OwnedForest::slot_above(Customer owner) const noexcept {
  const detail::ArrayPlace* found = above_.find(static_cast<std::uint64_t>(owner));
  if (found == nullptr) return std::nullopt;
  return found->at;
}

void OwnedForest::set_above(Customer owner, Slot slot) {
  above_.erase(static_cast<std::uint64_t>(owner));
  above_.insert(static_cast<std::uint64_t>(owner), {slot});
}

bool OwnedForest::on_ring(Customer start) const {
  // Above the start all is a forest but for edges of the start, or of other owners just settled: R.
  // P. Brent's search for a circle, BIT 20(2), 1980, doi:10.1007/BF01933190.
  Customer at = start;
  Customer waiting = start;
  std::size_t steps = 0;
  std::size_t moves_at = 1;
  for (;;) {
    const std::optional<Slot> above = slot_above(at);
    if (!above) return false;
    at = parent_owner(*above);
    if (at == waiting) return true;
    if (++steps != moves_at) continue;
    waiting = at;
    moves_at *= 2;
  }
}

bool OwnedForest::settle_alone(std::span<const Customer> owners) {
  for (const Customer owner : owners) {
    std::optional<Slot> first;
    for_each_edge(by_child_, owner, [&](Slot slot) {
      if (parent_owner(slot) == owner) {
        set_standing(slot, EdgeStanding::self_referral);
        return;
      }
      set_standing(slot, EdgeStanding::outranked);
      if (!first || rank(facts_[slot].referral) < rank(facts_[*first].referral)) first = slot;
    });
    if (first) {
      put_in_force(*first);
    } else {
      above_.erase(static_cast<std::uint64_t>(owner));
    }
  }
  return std::none_of(owners.begin(), owners.end(),
                      [this](Customer owner) { return on_ring(owner); });
}

void OwnedForest::settle_components(std::span<const Customer> owners) {
  std::unordered_map<Customer, std::uint32_t> place;
  std::vector<Customer> met;
  const auto meet = [&](Customer owner) {
    if (place.try_emplace(owner, static_cast<std::uint32_t>(met.size())).second) {
      met.push_back(owner);
    }
  };
  for (const Customer owner : owners) meet(owner);
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < met.size(); ++i) {
    const Customer owner = met[i];
    above_.erase(static_cast<std::uint64_t>(owner));
    for_each_edge(by_child_, owner, [&](Slot slot) {
      slots.push_back(slot);
      meet(parent_owner(slot));
    });
    for_each_edge(by_parent_, owner, [&](Slot slot) { meet(child_owner(slot)); });
  }
  std::sort(slots.begin(), slots.end(),
            [this](Slot a, Slot b) { return rank(facts_[a].referral) < rank(facts_[b].referral); });
  // An owner without an edge above is the top of its tree, so a parent in the same tree is below.
  std::vector<std::uint32_t> tree(met.size());
  std::iota(tree.begin(), tree.end(), 0U);
  const auto tree_of = [&tree](std::uint32_t at) {
    while (tree[at] != at) at = tree[at] = tree[tree[at]];
    return at;
  };
  for (const Slot slot : slots) {
    const Customer child = child_owner(slot);
    const Customer parent = parent_owner(slot);
    if (child == parent) {
      set_standing(slot, EdgeStanding::self_referral);
    } else if (slot_above(child)) {
      set_standing(slot, EdgeStanding::outranked);
    } else if (tree_of(place.at(child)) == tree_of(place.at(parent))) {
      set_standing(slot, EdgeStanding::dropped);
    } else {
      tree[tree_of(place.at(child))] = tree_of(place.at(parent));
      put_in_force(slot);
    }
  }
}

void OwnedForest::settle(std::span<const Customer> owners) {
  if (dropped_ == 0 && settle_alone(owners)) return;
  settle_components(owners);
}

void OwnedForest::follow(std::span<const OwnerChange> changes) {
  groups_.follow(changes);
  const bool known = std::any_of(changes.begin(), changes.end(), [this](const OwnerChange& c) {
    return by_child_.contains(c.customer) || by_parent_.contains(c.customer);
  });
  if (!known) return;
  // Who owns nothing any more has nothing above.
  std::vector<Customer> owners;
  for (const Customer customer : touched_owners(changes)) {
    if (owner(customer) == customer) {
      owners.push_back(customer);
    } else {
      above_.erase(static_cast<std::uint64_t>(customer));
    }
  }
  settle(owners);
}

void OwnedForest::on_merge(const MergeEvent&, std::span<const OwnerChange> changes) {
  follow(changes);
}
void OwnedForest::on_unmerge(const MergeEvent&, std::span<const OwnerChange> changes) {
  follow(changes);
}

Customer OwnedForest::parent(Customer customer) const {
  const std::optional<Slot> above = slot_above(owner(customer));
  return above ? parent_owner(*above) : no_customer;
}

std::optional<OwnedReferral> OwnedForest::edge_above(Customer customer) const {
  const std::optional<Slot> above = slot_above(owner(customer));
  if (!above) return std::nullopt;
  return facts_[*above].referral;
}

std::size_t OwnedForest::upline(Customer customer, std::span<Customer> out) const {
  std::size_t levels = 0;
  for (Customer at = customer; levels < out.size(); ++levels) {
    at = parent(at);
    if (at == no_customer) break;
    out[levels] = at;
  }
  return levels;
}

std::vector<Customer> OwnedForest::children(Customer customer) const {
  std::vector<Customer> out;
  for_each_edge(by_parent_, owner(customer), [&](Slot slot) {
    if (facts_[slot].standing == EdgeStanding::in_force) out.push_back(child_owner(slot));
  });
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Customer> OwnedForest::parents(std::size_t customers) const {
  std::vector<Customer> out(customers, no_customer);
  for (const auto& [edge, slot] : by_edge_) {
    if (facts_[slot].standing != EdgeStanding::in_force) continue;
    const Customer child = child_owner(slot);
    const Customer up = parent_owner(slot);
    if (index(child) >= customers || index(up) >= customers) {
      throw Exception(ErrorCode::out_of_range, text("an owner is none of ", customers),
                      "OwnedForest::parents");
    }
    out[index(child)] = up;
  }
  return out;
}

std::optional<EdgeStanding> OwnedForest::standing(ReferralEdgeId edge) const {
  const auto found = by_edge_.find(edge);
  if (found == by_edge_.end()) return std::nullopt;
  return facts_[found->second].standing;
}

std::vector<OwnedReferral> OwnedForest::self_referrals(Customer customer) const {
  std::vector<OwnedReferral> out;
  for_each_edge(by_child_, owner(customer), [&](Slot slot) {
    const Fact& fact = facts_[slot];
    if (fact.standing == EdgeStanding::self_referral) out.push_back(fact.referral);
  });
  std::sort(out.begin(), out.end(),
            [](const OwnedReferral& a, const OwnedReferral& b) { return a.edge < b.edge; });
  return out;
}

std::vector<StandingReferral> OwnedForest::edges() const {
  std::vector<StandingReferral> out;
  out.reserve(by_edge_.size());
  for (const auto& [edge, slot] : by_edge_) {
    out.push_back(
        {facts_[slot].referral, child_owner(slot), parent_owner(slot), facts_[slot].standing});
  }
  std::sort(out.begin(), out.end(), [](const StandingReferral& a, const StandingReferral& b) {
    return a.referral.edge < b.referral.edge;
  });
  return out;
}

bool operator==(const OwnedForest& a, const OwnedForest& b) {
  return a.groups_ == b.groups_ && a.edges() == b.edges();
}

std::vector<std::byte> OwnedForest::save() const {
  ArchiveWriter writer(kind, 1);
  SectionWriter& section = writer.section("edges");
  section.put(std::uint64_t{size()});
  for (const StandingReferral& edge : edges()) {
    section.put(edge.referral.edge);
    section.put(edge.referral.child);
    section.put(edge.referral.parent);
    section.put(std::int64_t{edge.referral.since.time_since_epoch().count()});
  }
  return std::move(writer).finish();
}

Result<OwnedForest> OwnedForest::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("edges");
  if (!section) return section.error();
  std::vector<OwnedReferral> edges;
  const auto count = section->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && section->ok(); ++i) {
    OwnedReferral edge;
    edge.edge = section->get<ReferralEdgeId>();
    edge.child = section->get<Customer>();
    edge.parent = section->get<Customer>();
    edge.since = Time{std::chrono::seconds{section->get<std::int64_t>()}};
    section->require(edges.empty() || edges.back().edge < edge.edge, "edges do not ascend");
    edges.push_back(edge);
  }
  if (const Result<void> done = section->finish(); !done) return done.error();
  // In the order of their beginning, each is decided at once.
  std::sort(edges.begin(), edges.end(),
            [](const OwnedReferral& a, const OwnedReferral& b) { return rank(a) < rank(b); });
  OwnedForest forest;
  for (const OwnedReferral& edge : edges) {
    if (const Result<bool> added = forest.add(edge); !added) {
      return Error{ErrorCode::corrupt, added.error().message, std::string(kind)};
    }
  }
  return forest;
}

}  // namespace emptor
