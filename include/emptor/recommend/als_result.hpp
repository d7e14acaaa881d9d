#pragma once
// What a fit of implicit ALS reports. No Eigen: reports include this.

#include <cstddef>
#include <vector>

namespace emptor {

struct AlsReport {
  std::size_t sweeps = 0;    ///< sweeps over both sides that were done
  bool stopped = false;      ///< the progress callback asked to stop before the last sweep
  std::vector<double> loss;  ///< the loss after each sweep, if `trace_loss`; it never rises but by
                             ///< rounding
};

}  // namespace emptor
