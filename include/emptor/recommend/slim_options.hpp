#pragma once
// Options and report of SLIM; see slim.hpp. Thread safety: values.

#include <cstddef>

namespace emptor {

struct SlimOptions {
  double l1 = 5;             ///< >= 0; more leaves fewer weights
  double l2 = 500;           ///< > 0; more makes weights smaller and spreads them over alike items
  double tolerance = 1e-3;   ///< > 0: an item is done when no weight changes by more in a sweep
  std::size_t sweeps = 100;  ///< at most, an item; >= 1
  std::size_t max_bytes = std::size_t{8} << 30;  ///< the most that the Gram matrix may take
};

struct SlimReport {
  std::size_t items = 0;      ///< items whose weights were learned: n unless stopped
  std::size_t weights = 0;    ///< weights > 0, of all items
  std::size_t unsettled = 0;  ///< items that still changed by more than `tolerance` after `sweeps`
  bool stopped = false;       ///< by the progress callback: nothing leads to later items
};

}  // namespace emptor
