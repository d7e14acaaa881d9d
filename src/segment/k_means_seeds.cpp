// Greedy k-means++ (include/emptor/segment/k_means.hpp).

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "emptor/segment/k_means.hpp"
#include "emptor/segment/kernels_portable.hpp"
#include "segment/cluster_rows.hpp"

namespace emptor {

namespace {

constexpr std::size_t block = 256;

/// Each row's weight x squared distance to the nearest seed so far, and their sums by chunk.
class Potential {
 public:
  Potential(const Matrix<double>& points, std::span<const double> weights, const Context& context)
      : points_(points),
        weights_(weights),
        context_(context),
        kernels_(cluster_kernels(context.kernels)),
        grain_(detail::cluster_chunk(points.rows())),
        nearest_(points.rows(), std::numeric_limits<double>::infinity()),
        sums_(detail::cluster_chunks(points.rows()), 0) {}

  [[nodiscard]] double total() const {
    double sum = 0;
    for (const double part : sums_) sum += part;
    return sum;
  }

  /// A row by its share of the total.
  [[nodiscard]] std::uint32_t draw(RandomStream& random) const {
    double left = random.uniform() * total();
    std::size_t chunk = 0;
    while (chunk + 1 < sums_.size() && left >= sums_[chunk]) left -= sums_[chunk++];
    while (!(sums_[chunk] > 0)) --chunk;  // what rounding left over at the end
    std::size_t last = 0;
    const std::size_t end = std::min(points_.rows(), (chunk + 1) * grain_);
    for (std::size_t i = chunk * grain_; i < end; ++i) {
      const double part = weight(i) * nearest_[i];
      if (!(part > 0)) continue;
      last = i;
      left -= part;
      if (left < 0) break;
    }
    return static_cast<std::uint32_t>(last);
  }

  /// The total that each candidate would leave.
  [[nodiscard]] std::vector<double> totals_with(std::span<const std::uint32_t> candidates) const {
    const std::vector<double> panel = panel_of(candidates);
    const std::size_t padded = detail::padded_centres(candidates.size());
    Matrix<double> parts(sums_.size(), padded);
    parallel_chunks(context_, points_.rows(), grain_, [&](std::size_t begin, std::size_t end) {
      double distances[block * centre_group];
      const std::span<double> part = parts.row(begin / grain_);
      for (std::size_t from = begin; from < end; from += block) {
        const std::size_t count = std::min(end - from, block);
        measure(from, count, panel, candidates.size(), distances);
        for (std::size_t t = 0; t < count; ++t) {
          const double by = weight(from + t);
          const double near = nearest_[from + t];
          for (std::size_t c = 0; c < centre_group; ++c) {
            part[c] += by * std::min(near, distances[t * padded + c]);
          }
        }
      }
    });
    std::vector<double> totals(candidates.size(), 0);
    for (std::size_t chunk = 0; chunk < sums_.size(); ++chunk) {
      for (std::size_t c = 0; c < totals.size(); ++c) totals[c] += parts(chunk, c);
    }
    return totals;
  }

  void add(std::uint32_t seed) {
    const std::vector<double> panel = panel_of({&seed, 1});
    parallel_chunks(context_, points_.rows(), grain_, [&](std::size_t begin, std::size_t end) {
      double distances[block * centre_group];
      double sum = 0;
      for (std::size_t from = begin; from < end; from += block) {
        const std::size_t count = std::min(end - from, block);
        measure(from, count, panel, 1, distances);
        for (std::size_t t = 0; t < count; ++t) {
          double& near = nearest_[from + t];
          near = std::min(near, distances[t * centre_group]);
          sum += weight(from + t) * near;
        }
      }
      sums_[begin / grain_] = sum;
    });
  }

 private:
  [[nodiscard]] double weight(std::size_t row) const noexcept {
    return weights_.empty() ? 1.0 : weights_[row];
  }
  [[nodiscard]] std::vector<double> panel_of(std::span<const std::uint32_t> rows) const {
    Matrix<double> centres(rows.size(), points_.columns());
    for (std::size_t c = 0; c < rows.size(); ++c) {
      std::ranges::copy(points_.row(rows[c]), centres.row(c).begin());
    }
    return detail::make_centre_panel(centres);
  }
  void measure(std::size_t from, std::size_t count, std::span<const double> panel,
               std::size_t centres, double* out) const {
    kernels_.squared_distances(points_.data() + from * points_.stride(), points_.stride(), nullptr,
                               count, points_.columns(), panel.data(), centres, out);
  }

  const Matrix<double>& points_;
  std::span<const double> weights_;
  const Context& context_;
  const ClusterKernels& kernels_;
  std::size_t grain_;
  std::vector<double> nearest_;
  std::vector<double> sums_;
};

std::uint32_t first_seed(RandomStream& random, std::size_t rows, std::span<const double> weights) {
  if (weights.empty()) return random.below(static_cast<std::uint32_t>(rows));
  return static_cast<std::uint32_t>(random.categorical(weights));
}

}  // namespace

std::vector<std::uint32_t> k_means_seeds(const Matrix<double>& points, std::size_t count,
                                         std::uint64_t seed, std::span<const double> weights,
                                         std::size_t candidates, const Context& context) {
  require_option(count >= 1 && count <= 65536, "clusters", "in [1, 65536]", count);
  require_option(candidates <= centre_group, "candidates", "in [0, 8]", candidates);
  detail::require_cluster_shape(points, weights, "k_means_seeds");
  if (candidates == 0) {
    candidates =
        std::min(centre_group, 2 + static_cast<std::size_t>(std::log(static_cast<double>(count))));
  }
  RandomStream random(seed);
  Potential potential(points, weights, context);
  std::vector<std::uint32_t> seeds{first_seed(random, points.rows(), weights)};
  while (seeds.size() < count) {
    potential.add(seeds.back());
    const double total = potential.total();
    if (!std::isfinite(total)) detail::require_finite_rows(points, "k_means_seeds", context);
    if (!(total > 0)) {
      throw Exception(ErrorCode::invalid_value,
                      text("there are only ", seeds.size(),
                           " distinct rows: 'clusters' must be at "
                           "most that, got ",
                           count),
                      "clusters");
    }
    std::vector<std::uint32_t> drawn(candidates);
    for (std::uint32_t& row : drawn) row = potential.draw(random);
    std::size_t best = 0;
    if (candidates > 1) {
      const std::vector<double> totals = potential.totals_with(drawn);
      best =
          static_cast<std::size_t>(std::min_element(totals.begin(), totals.end()) - totals.begin());
    }
    seeds.push_back(drawn[best]);
  }
  return seeds;
}

}  // namespace emptor
