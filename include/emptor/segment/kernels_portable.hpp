#pragma once
// The clustering kernels in plain C++: what runs everywhere, and the oracle of the SIMD ones.
// Contracts stand in segment/kernels.hpp. Loops run along a group of centres, so a compiler
// vectorises most of them.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "emptor/core/matrix.hpp"
#include "emptor/segment/kernels.hpp"

namespace emptor::detail {

[[nodiscard]] constexpr std::size_t padded_centres(std::size_t centres) noexcept {
  return (centres + centre_group - 1) / centre_group * centre_group;
}

/// For each group of eight centres `width` + 1 rows of eight numbers: what a distance starts from,
/// 0 or infinity, and then the centres' coordinates, column by column.
/// `panel` has room for padded_centres(centres) * (width + 1) elements.
inline void fill_centre_panel(const double* centres, std::size_t stride, std::size_t count,
                              std::size_t width, double* panel) noexcept {
  for (std::size_t first = 0; first < count; first += centre_group) {
    for (std::size_t lane = 0; lane < centre_group; ++lane) {
      const std::size_t c = first + lane;
      panel[lane] = c < count ? 0 : std::numeric_limits<double>::infinity();
      for (std::size_t j = 0; j < width; ++j) {
        panel[(j + 1) * centre_group + lane] = c < count ? centres[c * stride + j] : 0;
      }
    }
    panel += centre_group * (width + 1);
  }
}

[[nodiscard]] inline std::vector<double> make_centre_panel(const Matrix<double>& centres) {
  std::vector<double> panel(padded_centres(centres.rows()) * (centres.columns() + 1));
  fill_centre_panel(centres.data(), centres.stride(), centres.rows(), centres.columns(),
                    panel.data());
  return panel;
}

inline void portable_group_distances(const double* row, std::size_t width, const double* group,
                                     double* out) noexcept {
  double sums[centre_group];
  for (std::size_t lane = 0; lane < centre_group; ++lane) sums[lane] = group[lane];
  for (std::size_t j = 0; j < width; ++j) {
    const double* const at = group + (j + 1) * centre_group;
    for (std::size_t lane = 0; lane < centre_group; ++lane) {
      const double off = at[lane] - row[j];
      sums[lane] += off * off;
    }
  }
  for (std::size_t lane = 0; lane < centre_group; ++lane) out[lane] = sums[lane];
}

inline void portable_squared_distances(const double* rows, std::size_t stride,
                                       const std::uint32_t* index, std::size_t count,
                                       std::size_t width, const double* panel, std::size_t centres,
                                       double* out) {
  const std::size_t padded = padded_centres(centres);
  for (std::size_t i = 0; i < count; ++i) {
    const double* const row = rows + (index != nullptr ? index[i] : i) * stride;
    for (std::size_t first = 0; first < padded; first += centre_group) {
      portable_group_distances(row, width, panel + first * (width + 1), out + i * padded + first);
    }
  }
}

inline void portable_nearest_two(const double* rows, std::size_t stride, const std::uint32_t* index,
                                 std::size_t count, std::size_t width, const double* panel,
                                 std::size_t centres, std::uint32_t* nearest, double* distance,
                                 double* next_distance) {
  for (std::size_t i = 0; i < count; ++i) {
    const double* const row = rows + (index != nullptr ? index[i] : i) * stride;
    double best = std::numeric_limits<double>::infinity();
    double next = best;
    std::uint32_t at = 0;
    for (std::size_t first = 0; first < centres; first += centre_group) {
      double group[centre_group];
      portable_group_distances(row, width, panel + first * (width + 1), group);
      for (std::size_t lane = 0; lane < centre_group; ++lane) {
        const bool nearer = group[lane] < best;
        const double second = nearer ? best : group[lane];
        if (second < next) next = second;
        if (nearer) {
          best = group[lane];
          at = static_cast<std::uint32_t>(first + lane);
        }
      }
    }
    nearest[i] = at;
    distance[i] = best;
    next_distance[i] = next;
  }
}

inline constexpr ClusterKernels portable_clusters = {portable_nearest_two,
                                                     portable_squared_distances};

}  // namespace emptor::detail

namespace emptor {

/// The table to use under `kernels`; null means the portable one.
[[nodiscard]] inline const ClusterKernels& cluster_kernels(const Kernels* kernels) noexcept {
  return kernels != nullptr && kernels->clusters != nullptr ? *kernels->clusters
                                                            : detail::portable_clusters;
}

}  // namespace emptor
