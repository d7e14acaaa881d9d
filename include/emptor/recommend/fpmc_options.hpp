#pragma once
// Options of FPMC, see fpmc.hpp. Thread safety: values.

#include <cstddef>
#include <cstdint>

#include "emptor/recommend/sequence_step.hpp"

namespace emptor {

struct FpmcOptions {
  SequenceStep step = SequenceStep::session;  ///< what follows what
  std::size_t factors = 32;                   ///< f, 1 to 4096
  std::size_t epochs = 30;                    ///< each takes every event once; >= 1
  double learning_rate = 0.05;                ///< > 0
  double lambda = 0.005;            ///< L2 of the vectors a step, >= 0; learning_rate lambda < 1
  double initial_deviation = 0.1;   ///< > 0: standard deviation of start values is this / sqrt(f)
  std::size_t update_epochs = 10;   ///< of `update`; >= 1
  std::size_t fold_in_epochs = 30;  ///< steps an event for a new customer, 1 to 100000
  std::uint64_t seed = 1;
};

}  // namespace emptor
