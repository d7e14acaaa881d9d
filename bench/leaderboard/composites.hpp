#pragma once

/// @file
/// Models made of other models: blends with given weights, and stacks, which learn the weights on
/// a tenth of every customer's items that is held out of train for it; the parts are fitted to all
/// of train then.

#include <vector>

#include "model_kinds.hpp"

namespace leaderboard {

/// Both throw `invalid_option` for settings that do not fit.
[[nodiscard]] FitFunction bind_blend(std::vector<FitFunction> parts, const Settings& settings);
[[nodiscard]] FitFunction bind_stack(std::vector<FitFunction> parts, const Settings& settings);

}  // namespace leaderboard
