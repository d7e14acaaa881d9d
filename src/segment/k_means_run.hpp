#pragma once
// One start of k-means after Hamerly (include/emptor/segment/k_means.hpp). Internal to the room.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/segment/k_means.hpp"
#include "emptor/segment/kernels.hpp"

namespace emptor::detail {

/// The label of a row that has none yet.
inline constexpr std::uint32_t no_cluster = 0xffffffffU;

class KMeansRun {
 public:
  /// The points and weights must outlive the run and have been checked.
  KMeansRun(const Matrix<double>& points, std::span<const double> weights, Matrix<double> start,
            const Context& context);

  /// Iterates until no row changes, the centres' squared moves add up to at most `least_move`, or
  /// `iterations` are done. `start` is what the progress callback is told.
  void iterate(std::size_t iterations, double least_move, std::size_t start, std::size_t starts);

  /// What the last centres are worth; the run is used up.
  KMeansFit finish();

 private:
  std::size_t assign();
  std::size_t assign_chunk(std::size_t begin, std::size_t end);
  void add_up_moves();
  void reseed_empty();
  double move_centres();
  [[nodiscard]] double weight(std::size_t row) const noexcept {
    return weights_.empty() ? 1.0 : weights_[row];
  }

  const Matrix<double>& points_;
  std::span<const double> weights_;
  const Context& context_;
  const ClusterKernels& kernels_;
  Matrix<double> centres_;
  std::vector<double> panel_;
  std::vector<double> moves_;  // of the centres, in the last step
  // By cluster: how far its own centre has moved in all, and the farthest of the others a step. A
  // row was last looked at when the next centre was farther away than its own by its slack less
  // what was spent then; until that is used up no other centre can be nearer.
  std::vector<double> spent_;
  std::vector<std::uint32_t> labels_;
  std::vector<float> slack_;  // rounded down
  Matrix<double> sums_;       // of weight x row by cluster
  std::vector<double> masses_;
  std::vector<std::int64_t> counts_;  // rows of weight > 0
  // By chunk and cluster: what changed.
  Matrix<double> sum_changes_;
  std::vector<double> mass_changes_;
  std::vector<std::int64_t> count_changes_;
  std::vector<std::size_t> changed_;
  std::vector<std::uint64_t> looked_;
  KMeansReport report_;
};

}  // namespace emptor::detail
