#pragma once
// What fits of explicit ratings report. No Eigen: reports include this. Thread safety: values.

#include <cstddef>
#include <vector>

namespace emptor {

struct RatingFitReport {
  std::size_t sweeps = 0;  ///< sweeps over all ratings that were done
  bool stopped = false;    ///< the progress callback asked to stop before the last sweep
  /// RMSE on the training ratings a sweep, not clipped. Of stochastic gradient fits: of each rating
  /// as predicted just before it was learned from; of alternating ones: after the sweep.
  std::vector<double> training_rmse;
};

}  // namespace emptor
