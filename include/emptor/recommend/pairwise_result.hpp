#pragma once
// What a pairwise fit (BPR, WARP) reports. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace emptor {

struct PairwiseReport {
  std::size_t epochs = 0;        ///< epochs that were done
  std::uint64_t samples = 0;     ///< interactions that a negative was found for
  std::uint64_t skipped = 0;     ///< interactions left out, no negative being found for them
  bool stopped = false;          ///< the progress callback asked to stop before the last epoch
  std::vector<double> in_order;  ///< by epoch: the share of drawn negatives that scored below their
                                 ///< positive already; it tends to rise
};

}  // namespace emptor
