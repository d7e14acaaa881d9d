#include "emptor/referral/edge_log.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::string_view kind = "referral-edge-log";

Error refused_fact(std::string message) {
  return {ErrorCode::invalid_value, std::move(message), "ReferralEdgeLog::add"};
}

/// The order in which edges begin.
bool begins_before(const ReferralEdge& a, const ReferralEdge& b) noexcept {
  return std::tie(a.valid_from, a.edge) < std::tie(b.valid_from, b.edge);
}

/// Calls `visit` for what is believed at the instant of each edge of a child
/// that holds then.
template <class Places, class Visit>
void for_each_holding(std::span<const ReferralEdge> facts, const Places& places,
                      const EdgeInstant& instant, Visit&& visit) {
  const ReferralEdge* believed = nullptr;
  const auto take = [&] {
    if (believed != nullptr && believed->valid_from <= instant.time &&
        instant.time < believed->valid_to) {
      visit(*believed);
    }
  };
  for (const auto place : places) {
    const ReferralEdge& fact = facts[place];
    if (fact.programme != instant.programme || fact.recorded_at > instant.known_at) continue;
    if (believed != nullptr && believed->edge != fact.edge) take();
    believed = &fact;
  }
  take();
}

}  // namespace

Result<bool> ReferralEdgeLog::add(const ReferralEdge& fact) {
  if (const auto found = by_id_.find(fact.id); found != by_id_.end()) {
    if (facts_[found->second] == fact) return false;
    return Error{ErrorCode::duplicate, "a fact with this id and other content is there already",
                 "ReferralEdgeLog::add"};
  }
  if (fact.child == no_customer || fact.parent == no_customer) {
    return refused_fact("an edge needs a child and a parent");
  }
  if (fact.child == fact.parent) return refused_fact("nobody is their own parent");
  if (fact.valid_from > fact.valid_to) return refused_fact("an edge ends before it begins");
  if (const auto found = by_edge_.find(fact.edge); found != by_edge_.end()) {
    const ReferralEdge& known = facts_[found->second];
    if (known.child != fact.child || known.programme != fact.programme) {
      return refused_fact("the edge is known with another child or programme");
    }
  }
  if (facts_.size() == max_ids) {
    return Error{ErrorCode::overflow, "too many facts", "ReferralEdgeLog::add"};
  }
  if (!rings_possible_) rings_possible_ = may_close_ring(fact);
  parents_.insert(fact.parent);
  const auto place = static_cast<Place>(facts_.size());
  facts_.push_back(fact);
  by_id_.emplace(fact.id, place);
  by_edge_.emplace(fact.edge, place);
  std::vector<Place>& of_child = by_child_[fact.child];
  const auto key = [this](Place at) {
    const ReferralEdge& of = facts_[at];
    return std::tie(of.edge, of.recorded_at, of.id);
  };
  of_child.insert(std::upper_bound(of_child.begin(), of_child.end(), place,
                                   [&](Place a, Place b) { return key(a) < key(b); }),
                  place);
  return true;
}

bool ReferralEdgeLog::may_close_ring(const ReferralEdge& fact) const {
  if (!parents_.contains(fact.child)) return false;
  std::size_t facts_left = 1000;
  std::vector<Customer> open{fact.parent};
  while (!open.empty()) {
    const Customer at = open.back();
    open.pop_back();
    if (at == fact.child) return true;
    const auto found = by_child_.find(at);
    if (found == by_child_.end()) continue;
    for (const Place place : found->second) {
      if (facts_left-- == 0) return true;
      open.push_back(facts_[place].parent);
    }
  }
  return false;
}

std::vector<ReferralEdge> ReferralEdgeLog::history(Customer child) const {
  std::vector<ReferralEdge> out;
  const auto found = by_child_.find(child);
  if (found == by_child_.end()) return out;
  for (const Place place : found->second) out.push_back(facts_[place]);
  return out;
}

const ReferralEdge* ReferralEdgeLog::first_edge(Customer child, const EdgeInstant& instant,
                                                std::span<const ReferralEdgeId> refused) const {
  const auto found = by_child_.find(child);
  if (found == by_child_.end()) return nullptr;
  const ReferralEdge* first = nullptr;
  for_each_holding(facts_, found->second, instant, [&](const ReferralEdge& edge) {
    if ((first == nullptr || begins_before(edge, *first)) &&
        !std::binary_search(refused.begin(), refused.end(), edge.edge)) {
      first = &edge;
    }
  });
  return first;
}

std::vector<ReferralEdgeId> ReferralEdgeLog::refused_above(Customer customer,
                                                           const EdgeInstant& instant) const {
  std::vector<ReferralEdgeId> refused;
  std::vector<const ReferralEdge*> chain;         // chain[i] leads up from the i-th customer
  std::unordered_map<Customer, std::size_t> met;  // the i-th customer's i
  Customer at = customer;
  for (;;) {
    const ReferralEdge* edge = first_edge(at, instant, refused);
    if (edge == nullptr) return refused;
    met.emplace(at, chain.size());
    chain.push_back(edge);
    at = edge->parent;
    const auto ring = met.find(at);
    if (ring == met.end()) continue;
    const auto last = std::max_element(
        chain.begin() + static_cast<std::ptrdiff_t>(ring->second), chain.end(),
        [](const ReferralEdge* a, const ReferralEdge* b) { return begins_before(*a, *b); });
    at = (*last)->child;
    refused.insert(std::upper_bound(refused.begin(), refused.end(), (*last)->edge), (*last)->edge);
    for (auto back = last; back != chain.end(); ++back) met.erase((*back)->child);
    chain.erase(last, chain.end());
  }
}

std::size_t ReferralEdgeLog::edges_above(Customer customer, const EdgeInstant& instant,
                                         std::span<const ReferralEdge*> out) const {
  std::vector<ReferralEdgeId> refused;
  // Finds rings by R. P. Brent, BIT 20(2), 1980, doi:10.1007/BF01933190:
  // `waiting` is caught up with when the walk goes round.
  Customer at = customer;
  Customer waiting = customer;
  std::size_t steps = 0;
  std::size_t moves_at = 1;
  for (;;) {
    if (steps == out.size() && !rings_possible_) return steps;
    const ReferralEdge* edge = first_edge(at, instant, refused);
    if (edge == nullptr) return std::min(steps, out.size());
    if (steps < out.size()) out[steps] = edge;
    ++steps;
    at = edge->parent;
    if (at == waiting) break;
    if (steps != moves_at) continue;
    waiting = at;
    moves_at *= 2;
  }
  refused = refused_above(customer, instant);
  at = customer;
  for (steps = 0; steps < out.size(); ++steps) {
    const ReferralEdge* edge = first_edge(at, instant, refused);
    if (edge == nullptr) break;
    out[steps] = edge;
    at = edge->parent;
  }
  return steps;
}

const ReferralEdge* ReferralEdgeLog::in_force(Customer child, const EdgeInstant& instant) const {
  const ReferralEdge* edge = nullptr;
  return edges_above(child, instant, {&edge, 1}) == 0 ? nullptr : edge;
}

std::size_t ReferralEdgeLog::upline(Customer customer, const EdgeInstant& instant,
                                    std::span<Customer> out) const {
  constexpr std::size_t at_once = 32;
  const ReferralEdge* edges[at_once];
  std::size_t levels = 0;
  while (levels < out.size()) {
    const std::size_t wanted = std::min(at_once, out.size() - levels);
    const std::size_t got = edges_above(customer, instant, {edges, wanted});
    for (std::size_t i = 0; i < got; ++i) out[levels + i] = edges[i]->parent;
    levels += got;
    if (got < wanted) break;
    customer = out[levels - 1];
  }
  return levels;
}

ReferralForest ReferralEdgeLog::forest(std::size_t customers, const EdgeInstant& instant,
                                       const ReferralForestOptions& options) const {
  std::vector<const ReferralEdge*> edges;
  for (const auto& [child, places] : by_child_) {
    for_each_holding(facts_, places, instant, [&](const ReferralEdge& edge) {
      if (index(edge.child) < customers && index(edge.parent) < customers) edges.push_back(&edge);
    });
  }
  std::sort(edges.begin(), edges.end(),
            [](const ReferralEdge* a, const ReferralEdge* b) { return begins_before(*a, *b); });
  ReferralForest forest(customers, options);
  for (const ReferralEdge* edge : edges) {
    forest.attach({.child = edge->child,
                   .parent = edge->parent,
                   .time = instant.time,
                   .valid_until = edge->valid_to});
  }
  return forest;
}

std::vector<std::byte> ReferralEdgeLog::save() const {
  ArchiveWriter writer(kind, 1);
  SectionWriter& section = writer.section("facts");
  section.put(std::uint64_t{facts_.size()});
  for (const ReferralEdge& fact : facts_) {
    section.put(fact.id);
    section.put(fact.edge);
    section.put(fact.child);
    section.put(fact.parent);
    section.put(fact.programme);
    section.put(fact.campaign);
    section.put(fact.channel);
    section.put(fact.method);
    section.put(fact.cause);
    for (const Time time : {fact.valid_from, fact.valid_to, fact.recorded_at}) {
      section.put(std::int64_t{time.time_since_epoch().count()});
    }
  }
  return std::move(writer).finish();
}

Result<ReferralEdgeLog> ReferralEdgeLog::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("facts");
  if (!section) return section.error();
  ReferralEdgeLog log;
  const auto count = section->get<std::uint64_t>();
  const auto time = [&section] { return Time{std::chrono::seconds{section->get<std::int64_t>()}}; };
  for (std::uint64_t i = 0; i < count && section->ok(); ++i) {
    ReferralEdge fact;
    fact.id = section->get<EdgeFactId>();
    fact.edge = section->get<ReferralEdgeId>();
    fact.child = section->get<Customer>();
    fact.parent = section->get<Customer>();
    fact.programme = section->get<Programme>();
    fact.campaign = section->get<Campaign>();
    fact.channel = section->get<Channel>();
    fact.method = section->get_enum(ReferralMethod::other);
    fact.cause = section->get_enum(EdgeCause::withdrawn);
    fact.valid_from = time();
    fact.valid_to = time();
    fact.recorded_at = time();
    if (!section->ok()) break;
    const Result<bool> added = log.add(fact);
    section->require(added && *added, "a fact that does not fit those before");
  }
  if (const Result<void> done = section->finish(); !done) return done.error();
  return log;
}

}  // namespace emptor
