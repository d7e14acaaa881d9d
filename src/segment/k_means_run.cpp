#include "segment/k_means_run.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/segment/kernels_portable.hpp"
#include "segment/cluster_rows.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t block = 512;  // rows whose bounds are tested at once
// Takes off more than what rounding, to float in the end, can have added.
constexpr double sure = 1 - 1e-6;

}  // namespace

KMeansRun::KMeansRun(const Matrix<double>& points, std::span<const double> weights,
                     Matrix<double> start, const Context& context)
    : points_(points),
      weights_(weights),
      context_(context),
      kernels_(cluster_kernels(context.kernels)),
      centres_(std::move(start)),
      panel_(make_centre_panel(centres_)),
      moves_(centres_.rows(), 0),
      spent_(centres_.rows(), 0),
      labels_(points.rows(), no_cluster),
      slack_(points.rows(), 0),
      sums_(centres_.rows(), centres_.columns()),
      masses_(centres_.rows(), 0),
      counts_(centres_.rows(), 0) {
  const std::size_t chunks = cluster_chunks(points.rows());
  sum_changes_ = Matrix<double>(chunks * centres_.rows(), centres_.columns());
  mass_changes_.assign(chunks * centres_.rows(), 0);
  count_changes_.assign(chunks * centres_.rows(), 0);
  changed_.assign(chunks, 0);
  looked_.assign(chunks, 0);
}

void KMeansRun::iterate(std::size_t iterations, double least_move, std::size_t start,
                        std::size_t starts) {
  while (report_.iterations < iterations) {
    if (context_.report({"k-means", start, starts}) == Go::stop) {
      report_.stopped = true;
      return;
    }
    ++report_.iterations;
    if (assign() == 0) {
      report_.converged = true;
      return;
    }
    add_up_moves();
    reseed_empty();
    if (move_centres() <= least_move) {
      report_.converged = true;
      return;
    }
  }
}

std::size_t KMeansRun::assign() {
  const std::size_t n = points_.rows();
  const std::size_t grain = cluster_chunk(n);
  parallel_chunks(context_, n, grain, [&](std::size_t begin, std::size_t end) {
    changed_[begin / grain] = assign_chunk(begin, end);
  });
  std::size_t changed = 0;
  for (const std::size_t count : changed_) changed += count;
  return changed;
}

std::size_t KMeansRun::assign_chunk(std::size_t begin, std::size_t end) {
  const std::size_t k = centres_.rows();
  const std::size_t d = centres_.columns();
  const std::size_t chunk = begin / cluster_chunk(points_.rows());
  double* const sums = sum_changes_.data() + chunk * k * sum_changes_.stride();
  double* const masses = mass_changes_.data() + chunk * k;
  std::int64_t* const counts = count_changes_.data() + chunk * k;
  std::uint32_t rows[block];
  std::uint32_t nearest[block];
  double distance[block];
  double next[block];
  std::size_t changed = 0;
  const auto shift = [&](std::uint32_t cluster, const double* row, double by) {
    double* const sum = sums + cluster * sum_changes_.stride();
    for (std::size_t j = 0; j < d; ++j) sum[j] += by * row[j];
    masses[cluster] += by;
    if (by != 0) counts[cluster] += by > 0 ? 1 : -1;
  };
  for (std::size_t from = begin; from < end; from += block) {
    const std::size_t to = std::min(end, from + block);
    std::size_t open = 0;
    for (std::size_t i = from; i < to; ++i) {
      const std::uint32_t own = labels_[i];
      rows[open] = static_cast<std::uint32_t>(i);
      open += own == no_cluster || !(static_cast<double>(slack_[i]) > spent_[own]) ? 1 : 0;
    }
    kernels_.nearest_two(points_.data(), points_.stride(), rows, open, d, panel_.data(), k, nearest,
                         distance, next);
    looked_[chunk] += open;
    for (std::size_t t = 0; t < open; ++t) {
      const std::size_t i = rows[t];
      const double ahead = std::sqrt(next[t]) - std::sqrt(distance[t]);
      slack_[i] = static_cast<float>((ahead + spent_[nearest[t]]) * sure);
      const std::uint32_t old = labels_[i];
      if (nearest[t] == old) continue;
      ++changed;
      labels_[i] = nearest[t];
      const double* const row = points_.data() + i * points_.stride();
      const double by = weight(i);
      if (old != no_cluster) shift(old, row, -by);
      shift(nearest[t], row, by);
    }
  }
  return changed;
}

void KMeansRun::add_up_moves() {
  const std::size_t k = centres_.rows();
  for (std::size_t chunk = 0; chunk < changed_.size(); ++chunk) {
    if (changed_[chunk] == 0) continue;
    for (std::size_t c = 0; c < k; ++c) {
      const std::size_t at = chunk * k + c;
      const std::span<double> change = sum_changes_.row(at);
      const std::span<double> sum = sums_.row(c);
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += std::exchange(change[j], 0.0);
      masses_[c] += std::exchange(mass_changes_[at], 0.0);
      counts_[c] += std::exchange(count_changes_[at], 0);
    }
  }
}

// Each cluster without rows takes the row that is farthest from its centre, the first of equally
// far ones.
void KMeansRun::reseed_empty() {
  for (std::size_t c = 0; c < centres_.rows(); ++c) {
    if (counts_[c] > 0) continue;
    std::size_t farthest = points_.rows();
    double distance = 0;
    for (std::size_t i = 0; i < points_.rows(); ++i) {
      if (!(weight(i) > 0) || counts_[labels_[i]] < 2) continue;
      const std::span<const double> row = points_.row(i);
      const std::span<const double> centre = centres_.row(labels_[i]);
      double sum = 0;
      for (std::size_t j = 0; j < row.size(); ++j) {
        sum += (row[j] - centre[j]) * (row[j] - centre[j]);
      }
      if (sum > distance) {
        distance = sum;
        farthest = i;
      }
    }
    if (farthest == points_.rows()) {
      std::size_t filled = 0;
      for (const std::int64_t count : counts_) filled += count > 0 ? 1 : 0;
      throw Exception(ErrorCode::invalid_value,
                      text("there are fewer distinct rows than clusters: at most ", filled,
                           " clusters are possible, not ", centres_.rows()),
                      "k_means");
    }
    const std::uint32_t old = labels_[farthest];
    const double by = weight(farthest);
    const std::span<const double> row = points_.row(farthest);
    for (std::size_t j = 0; j < row.size(); ++j) {
      sums_(old, j) -= by * row[j];
      sums_(c, j) = by * row[j];
    }
    masses_[old] -= by;
    masses_[c] = by;
    --counts_[old];
    counts_[c] = 1;
    labels_[farthest] = static_cast<std::uint32_t>(c);
    slack_[farthest] = -1;
    ++report_.reseeded;
  }
}

double KMeansRun::move_centres() {
  const std::size_t k = centres_.rows();
  double total = 0;
  std::size_t most = 0;
  for (std::size_t c = 0; c < k; ++c) {
    const std::span<double> centre = centres_.row(c);
    const std::span<const double> sum = sums_.row(c);
    double square = 0;
    for (std::size_t j = 0; j < centre.size(); ++j) {
      const double moved = sum[j] / masses_[c];
      square += (moved - centre[j]) * (moved - centre[j]);
      centre[j] = moved;
    }
    total += square;
    moves_[c] = std::sqrt(square);
    if (moves_[c] > moves_[most]) most = c;
  }
  double other = 0;
  for (std::size_t c = 0; c < k; ++c) {
    if (c != most) other = std::max(other, moves_[c]);
  }
  for (std::size_t c = 0; c < k; ++c) spent_[c] += moves_[c] + (c == most ? other : moves_[most]);
  fill_centre_panel(centres_.data(), centres_.stride(), k, centres_.columns(), panel_.data());
  return total;
}

KMeansFit KMeansRun::finish() {
  const std::size_t n = points_.rows();
  const std::size_t k = centres_.rows();
  const std::size_t grain = cluster_chunk(n);
  std::vector<double> inertias(cluster_chunks(n), 0);
  std::vector<double> masses(cluster_chunks(n) * k, 0);
  parallel_chunks(context_, n, grain, [&](std::size_t begin, std::size_t end) {
    double distance[block];
    double next[block];
    const std::size_t chunk = begin / grain;
    for (std::size_t from = begin; from < end; from += block) {
      const std::size_t count = std::min(end - from, block);
      kernels_.nearest_two(points_.data() + from * points_.stride(), points_.stride(), nullptr,
                           count, points_.columns(), panel_.data(), k, labels_.data() + from,
                           distance, next);
      for (std::size_t t = 0; t < count; ++t) {
        const double by = weight(from + t);
        inertias[chunk] += by * distance[t];
        masses[chunk * k + labels_[from + t]] += by;
      }
    }
  });
  masses_.assign(k, 0);
  for (std::size_t chunk = 0; chunk < inertias.size(); ++chunk) {
    report_.inertia += inertias[chunk];
    report_.rows_looked += looked_[chunk];
    for (std::size_t c = 0; c < k; ++c) masses_[c] += masses[chunk * k + c];
  }
  report_.inertias = {report_.inertia};
  return {KMeansModel(std::move(centres_), std::move(masses_), report_.inertia), report_,
          std::move(labels_)};
}

}  // namespace emptor::detail
