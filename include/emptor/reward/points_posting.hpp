#pragma once
// The six things that can happen to points, as calls: each makes a fact and posts it. Shared by
// PointsBook and OwnedPoints. Thread safety: theirs.

#include <cstdint>

#include "emptor/reward/points_fact.hpp"

namespace emptor {

/// Of a lot that is earned.
struct PointsTerms {
  std::uint64_t source = 0;         ///< the host's: an order, a rule
  Time available_at = Time::min();  ///< at once; Time::max(): once activated
  Time expires_at = Time::max();    ///< never; see PointExpiry (reward/points_value.hpp)
};

/// `Derived` has `PointsVerdict post(PointFact)`. Ids are unique over all calls, and the same call
/// again is `repeated` and changes nothing.
template <class Derived>
class PointsPosting {
 public:
  /// A lot comes to be. Refusals: expired (it would lapse before it can be spent), invalid, full.
  PointsVerdict earn(std::uint64_t id, Customer customer, Time time, std::int64_t points,
                     const PointsTerms& terms = {}) {
    return post({.id = id,
                 .customer = customer,
                 .time = time,
                 .amount = points,
                 .source = terms.source,
                 .available_at = terms.available_at,
                 .expires_at = terms.expires_at});
  }
  /// Refusals: insufficient, invalid, full.
  PointsVerdict spend(std::uint64_t id, Customer customer, Time time, std::int64_t points,
                      std::uint64_t source = 0) {
    return post({.id = id,
                 .customer = customer,
                 .kind = PointFactKind::spend,
                 .time = time,
                 .amount = points,
                 .source = source});
  }
  /// A correction downwards; what is not covered is owed. Refusals: invalid, full.
  PointsVerdict deduct(std::uint64_t id, Customer customer, Time time, std::int64_t points,
                       std::uint64_t source = 0) {
    return post({.id = id,
                 .customer = customer,
                 .kind = PointFactKind::deduct,
                 .time = time,
                 .amount = points,
                 .source = source});
  }
  /// A pending lot becomes available. Refusals: unknown, expired, too_early, invalid, full.
  PointsVerdict activate(std::uint64_t id, std::uint64_t earned, Time time) {
    return post(
        {.id = id, .kind = PointFactKind::activate, .time = time, .amount = 0, .source = earned});
  }
  /// Undoes points of a spend or deduction. Those of lots that lapsed meanwhile become a new lot
  /// until `renewed_until`, or breakage when that is not after `time`. Refusals: unknown, too_much,
  /// too_early, invalid, full.
  PointsVerdict refund(std::uint64_t id, std::uint64_t spent, Time time, std::int64_t points,
                       Time renewed_until = Time::min()) {
    return post({.id = id,
                 .kind = PointFactKind::refund,
                 .time = time,
                 .amount = points,
                 .source = spent,
                 .expires_at = renewed_until});
  }
  /// Takes points of a lot back. Refusals: unknown, too_much, too_early, invalid, full.
  PointsVerdict claw_back(std::uint64_t id, std::uint64_t earned, Time time, std::int64_t points,
                          PointClawback policy = PointClawback::unlimited) {
    return post({.id = id,
                 .kind = PointFactKind::claw_back,
                 .time = time,
                 .amount = points,
                 .source = earned,
                 .clawback = policy});
  }

 private:
  PointsVerdict post(const PointFact& fact) { return static_cast<Derived*>(this)->post(fact); }
};

}  // namespace emptor
