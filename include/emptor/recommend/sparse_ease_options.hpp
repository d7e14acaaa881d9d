#pragma once
// Options and report of sparse EASE; see sparse_ease.hpp. Thread safety: values.

#include <cstddef>

namespace emptor {

struct SparseEaseOptions {
  double lambda = 500;           ///< > 0; as of EASE
  std::size_t neighbours = 200;  ///< K: weights that lead to an item, >= 1; n - 1 or more: EASE
  /// p, at least 0 and below 1: the share of what customers have that is hidden from one another
  /// while learning (Steck 2020), so that frequent items are held back more; EASE has 0.
  double dropout = 0;
  bool use_weights = false;  ///< X holds the interactions' weights; else 1
};

struct SparseEaseReport {
  std::size_t items = 0;    ///< items whose weights were learned: n unless stopped
  std::size_t weights = 0;  ///< that are not 0, of all items
  bool stopped = false;     ///< by the progress callback: nothing leads to later items
};

}  // namespace emptor
