#pragma once
// Who brought whom, when that holds, and since when it is known: an append-only log of edges with
// two times, from which every past answer can be given again.
//
// A fact says of one edge what is believed from `recorded_at` on: that `parent` brought `child` in
// a programme and that this holds in [valid_from, valid_to). A later fact about the same edge
// replaces what was believed; an empty span withdraws the edge. Nothing is ever changed or removed,
// and facts may arrive in any order. So "the upline of an order of last month" can be asked as of
// today or as it was known on the day of the payout. R. T. Snodgrass, "Developing Time-Oriented
// Database Applications in SQL", Morgan Kaufmann 1999, calls these valid and transaction time.
//
// At every instant a customer has at most one parent in a programme: of the edges that hold, the
// one that began first (then the one with the smaller number). Of a ring of such edges the one that
// began last does not hold, and its child's next edge is tried. This is what taking all edges in
// that order into a forest without rings gives (as J. B. Kruskal does, Proc. AMS 7(1), 1956,
// doi:10.1090/S0002-9939-1956-0078686-7), found by walking alone: a node points to its first
// edge that was not refused, rings of a function's graph are disjoint, and the last edge of each is
// one that the forest refuses, since all others of the ring are in it before.
//
// Cost: `add` O(facts of the child), and for a child that is a parent already a search upwards over
// all edges ever, of 1,000 facts at most; a step upwards O(facts of the child). As long as those
// searches found that no ring can be, an upline costs its levels; after that it goes on to the root
// each time. Memory: some 160 bytes a fact, 60 a child and 30 a parent. Queries
// allocate nothing but where there are rings. Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/forest.hpp"
#include "emptor/referral/programme.hpp"

namespace emptor {

/// Names an edge for ever, and one fact about an edge: the host's own numbers.
enum class ReferralEdgeId : std::uint64_t {};
enum class EdgeFactId : std::uint64_t {};

/// Why a fact was recorded.
enum class EdgeCause : std::uint8_t {
  attributed,  ///< a claim was given to the parent
  imported,    ///< taken over from elsewhere
  ended,       ///< its time is over, or was made shorter
  renewed,     ///< holds longer than was believed
  corrected,   ///< the fact before was wrong
  withdrawn,   ///< never counted: fraud, refusal, a claim that was voided
};

/// The cause's name as written above.
[[nodiscard]] constexpr std::string_view name(EdgeCause cause) noexcept {
  switch (cause) {
    case EdgeCause::attributed:
      return "attributed";
    case EdgeCause::imported:
      return "imported";
    case EdgeCause::ended:
      return "ended";
    case EdgeCause::renewed:
      return "renewed";
    case EdgeCause::corrected:
      return "corrected";
    case EdgeCause::withdrawn:
      return "withdrawn";
  }
  return "unknown";
}

/// One fact. All facts about an edge have the same child and programme.
struct ReferralEdge {
  EdgeFactId id{};        ///< the idempotency key: the same fact again changes nothing
  ReferralEdgeId edge{};  ///< which edge is spoken of
  Customer child = no_customer;
  Customer parent = no_customer;
  Programme programme{};
  Campaign campaign = no_id<Campaign>;
  Channel channel = no_id<Channel>;
  ReferralMethod method = ReferralMethod::other;
  EdgeCause cause = EdgeCause::attributed;
  Time valid_from{};
  Time valid_to = Time::max();  ///< exclusive
  Time recorded_at{};           ///< since when this is known

  friend bool operator==(const ReferralEdge&, const ReferralEdge&) = default;
};

/// What is asked: of which programme, at which event time, as known when.
struct EdgeInstant {
  Programme programme{};
  Time time{};
  Time known_at = Time::max();
};

/// Is saved as an archive "referral-edge-log".
class ReferralEdgeLog {
 public:
  /// Whether the fact was new. Errors: `duplicate` for an id that is there with other content,
  /// `invalid_value` without child or parent, for a referral of oneself, a span that ends before it
  /// begins, or an edge that has another child or programme. Then nothing has changed.
  [[nodiscard]] EMPTOR_API Result<bool> add(const ReferralEdge& fact);

  /// In the order of arrival; valid until the next `add`, as is every fact that is returned.
  [[nodiscard]] std::span<const ReferralEdge> facts() const noexcept { return facts_; }
  /// All facts about a child's edges, by edge and then by when they were recorded.
  [[nodiscard]] EMPTOR_API std::vector<ReferralEdge> history(Customer child) const;

  /// The fact that is in force for the child then; null for none.
  [[nodiscard]] EMPTOR_API const ReferralEdge* in_force(Customer child,
                                                        const EdgeInstant& instant) const;
  /// The facts in force above the customer, nearest first, as many as there are or `out` holds;
  /// returns how many.
  [[nodiscard]] EMPTOR_API std::size_t edges_above(Customer customer, const EdgeInstant& instant,
                                                   std::span<const ReferralEdge*> out) const;
  /// The same as customers.
  [[nodiscard]] EMPTOR_API std::size_t upline(Customer customer, const EdgeInstant& instant,
                                              std::span<Customer> out) const;

  /// The forest of customers 0 to `customers` - 1 at that instant: all edges that hold, in the
  /// order of their beginning, then number, each with its end. Edges to customers beyond are left
  /// out, and so is what the options refuse. O(facts log facts).
  [[nodiscard]] EMPTOR_API ReferralForest forest(std::size_t customers, const EdgeInstant& instant,
                                                 const ReferralForestOptions& options = {}) const;

  /// The facts in the order of arrival.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote. Errors: those of archives; `corrupt` for facts that could not be added.
  [[nodiscard]] EMPTOR_API static Result<ReferralEdgeLog> load(std::span<const std::byte> bytes);

  friend bool operator==(const ReferralEdgeLog& a, const ReferralEdgeLog& b) {
    return a.facts_ == b.facts_;
  }

 private:
  using Place = std::uint32_t;

  /// Whether going up from the parent, over all edges ever, may come to the child.
  [[nodiscard]] bool may_close_ring(const ReferralEdge& fact) const;
  /// The child's first edge at the instant that is not in `refused`, which ascends.
  [[nodiscard]] const ReferralEdge* first_edge(Customer child, const EdgeInstant& instant,
                                               std::span<const ReferralEdgeId> refused = {}) const;
  /// The edges above the customer that rings refuse, ascending.
  [[nodiscard]] std::vector<ReferralEdgeId> refused_above(Customer customer,
                                                          const EdgeInstant& instant) const;

  std::vector<ReferralEdge> facts_;
  std::unordered_map<EdgeFactId, Place> by_id_;
  std::unordered_map<ReferralEdgeId, Place> by_edge_;  // some fact about it
  // By edge, recorded_at, id.
  std::unordered_map<Customer, std::vector<Place>> by_child_;
  std::unordered_set<Customer> parents_;  // of any fact
  bool rings_possible_ = false;
};

}  // namespace emptor
