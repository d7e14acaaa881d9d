#pragma once
// Reward plans as JSON; docs/reward-plans.md describes the format with an example.
//
// All numbers are integers (minor units, basis points, seconds, ids); a fraction is refused.
// Unknown and doubled members are refused; members with their default may be left out. Times are
// UTC seconds since 1970. The canonical form has the members in a fixed order, leaves defaults out
// and has no spaces, so that equal plans are equal bytes.
// Limits: 1 MiB, 16 levels of nesting. Time and memory: linear. Thread safety: pure functions.

#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/reward/plan.hpp"

namespace emptor {

inline constexpr std::size_t max_reward_plan_bytes = std::size_t{1} << 20;

/// Errors: `invalid_value` for what is no JSON (`where` is "line:column"); `invalid_option` with a
/// JSON pointer in `where` ("/rules/2/amount/basis_points") for everything else.
[[nodiscard]] EMPTOR_API Result<RewardPlan> parse_reward_plan(std::string_view json);

/// Canonical; `parse_reward_plan` of it gives an equal plan.
[[nodiscard]] EMPTOR_API std::string to_json(const RewardPlan& plan);
/// The same with line breaks and `indent` spaces a level, for people; `indent` in [0, 8].
[[nodiscard]] EMPTOR_API std::string to_json(const RewardPlan& plan, int indent);

}  // namespace emptor
