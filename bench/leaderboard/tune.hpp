#pragma once

/// @file
/// Searches for a model's options on a validation side that was cut from train.

#include <string>

#include "arguments.hpp"
#include "emptor/core/context.hpp"
#include "model_spec.hpp"
#include "problem.hpp"

namespace leaderboard {

struct Tuned {
  ModelSpec spec;          ///< with the options that were found; as given, if there is no range
  std::size_t trials = 0;  ///< that were run, of all parts of a composite
  std::size_t failed = 0;  ///< of these
  double value = 0;        ///< the best on validation: NDCG at the last k, or minus the RMSE
};

/// Successive halving over sweeps or epochs where the model has them, else random search; options
/// that are set stay. Parts of composites are tuned one by one. Throws emptor::Exception when all
/// trials fail, with what the first one said.
[[nodiscard]] Tuned tune(const ModelSpec& spec, const Problem& validation,
                         const Arguments& arguments, const emptor::Context& context);

}  // namespace leaderboard
