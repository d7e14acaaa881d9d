#pragma once
// What a fit of EASE reports. No Eigen: reports include this.

#include <cstddef>

namespace emptor {

struct EaseReport {
  std::size_t items = 0;  ///< items that somebody took; the others have no weights
  std::size_t pairs = 0;  ///< unordered pairs of items with a customer in common
  std::size_t bytes = 0;  ///< peak memory of the fit beside the interactions
  double residual = 0;    ///< how well the inverse P solves (X'X + lambda I) P z = z for a z of
                          ///< +-1: the root mean square of what is left; a few 1e-7 to 1e-4
};

}  // namespace emptor
