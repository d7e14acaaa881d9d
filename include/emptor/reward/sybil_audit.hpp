#pragma once
// Does it pay to be several people? A search over small trees for the split that pays best.
//
// One person in a tree becomes two or three identities who make the same purchases in the same
// order, but each under the name that pays best; they stand below one another or side by side where
// the person stood, and the people the person brought are divided among them in any way. All such
// ways are tried in all trees of a few people with 0 to 2 purchases each. What splits gain on
// purchases made for the gain's sake is not looked at. Method of the search: the attack of Lv and
// Moscibroda's property USA (reward/mechanism.hpp). That nothing is found is no proof.
// Time: a way to split takes some .2 us with a mechanism and 1.5 us with a plan of three rules;
// there are 142,000 in all trees of up to 4 people, 1.9 million with 5. Thread safety: pure.

#include <cstdint>

#include "emptor/core/export.hpp"
#include "emptor/reward/laboratory.hpp"
#include "emptor/reward/laboratory_result.hpp"

namespace emptor {

struct SybilAuditOptions {
  std::uint32_t people = 4;      ///< in the honest tree at most, in [1, 6]
  std::uint32_t identities = 3;  ///< of who splits at most, in [2, 3]
  std::uint32_t purchases = 2;   ///< a person at most, in [1, 2]
  /// One purchase, minor units, > 0. Large enough that a gain is not one of rounding: gains of up
  /// to two minor units a purchase or identity are not counted.
  std::int64_t unit = 10'000;
};

/// Throws `invalid_option`.
[[nodiscard]] EMPTOR_API SybilAudit sybil_audit(const PayoutScheme& scheme,
                                                const SybilAuditOptions& options = {});
[[nodiscard]] EMPTOR_API SybilAudit sybil_audit(const Mechanism& mechanism,
                                                const SybilAuditOptions& options = {});
[[nodiscard]] EMPTOR_API SybilAudit sybil_audit(const RewardPlan& plan,
                                                const SybilAuditOptions& options = {},
                                                const PlanScenario& scenario = {});

}  // namespace emptor
