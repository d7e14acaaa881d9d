#pragma once

/// @file
/// What one set of fits is to be judged by: a train and a test side, cut by a plan.

#include <optional>
#include <string>

#include "arguments.hpp"
#include "dataset.hpp"
#include "model_kinds.hpp"

namespace leaderboard {

struct Problem {
  FitInput input{};
  emptor::Interactions test{};
  std::optional<emptor::Interactions> known{};  ///< of customers that are not in train
  std::vector<Question> questions{};            ///< instead of `test`, if there are any
  emptor::Ratings rated_test{};                 ///< of models of ratings
  std::string split{};                          ///< how it was cut, in a sentence
};

/// The board's problem. Throws emptor::Exception when a side is empty or the plan needs what the
/// data have not.
[[nodiscard]] Problem cut(const Dataset& data, const Arguments& arguments);

/// The problem of tuning: the train side of `problem` cut once more, in the same way where that can
/// be, else by holding out a tenth of every customer's items. The test side is not looked at.
[[nodiscard]] Problem cut_validation(const Dataset& data, const Problem& problem,
                                     const Arguments& arguments);

}  // namespace leaderboard
