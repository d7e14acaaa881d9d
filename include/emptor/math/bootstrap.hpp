#pragma once
// How sure is a mean? Bootstrap confidence intervals of the means of several columns at once, and
// the sign-flip randomisation test for paired differences.
//
// A replicate draws n of the n rows with replacement, the same rows for all columns, so intervals
// of several metrics belong together. Percentile and BCa intervals: Bradley Efron, Robert J.
// Tibshirani, "An introduction to the bootstrap", Chapman & Hall 1993, chapters 13 and 14,
// doi:10.1201/9780429246593. Randomisation test: Mark D. Smucker, James Allan, Ben Carterette, "A
// comparison of statistical significance tests for information retrieval evaluation", CIKM 2007,
// doi:10.1145/1321440.1321528.
//
// Cost: replicates x n draws, and as many multiply-adds a column: eight replicates share one pass
// over the data. Memory: 8 n bytes a thread and 8 replicates a column. Each replicate has a random
// stream of its own, so the result is the same bits for any executor. Thread safety: pure.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/normal.hpp"

namespace emptor {

enum class BootstrapMethod : std::uint8_t {
  percentile,  ///< quantiles of the replicates
  bca,         ///< bias-corrected and accelerated: better for skewed data
};

struct BootstrapOptions {
  std::size_t replicates = 1000;  ///< R in [1, 1,000,000]; 1,000 after Efron and Tibshirani
  double confidence = 0.95;       ///< in (0, 1)
  std::uint64_t seed = 1;
  BootstrapMethod method = BootstrapMethod::percentile;
};

struct ConfidenceInterval {
  double estimate = 0;  ///< the mean of the data
  double low = 0;       ///< ends of the two-sided interval
  double high = 0;
  double standard_error = 0;  ///< standard deviation of the replicates
  friend bool operator==(const ConfidenceInterval&, const ConfidenceInterval&) = default;
};

namespace detail {

inline constexpr std::size_t bootstrap_lanes = 8;

/// Columns of equal length, checked.
inline std::size_t bootstrap_rows(std::span<const std::span<const double>> columns,
                                  const BootstrapOptions& options) {
  require_option(options.replicates >= 1 && options.replicates <= 1'000'000, "replicates",
                 "in [1, 1000000]", options.replicates);
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  const std::size_t rows = columns.empty() ? 0 : columns.front().size();
  for (const std::span<const double> column : columns) {
    if (column.size() != rows || rows > 0xffffffffU) {
      throw Exception(ErrorCode::invalid_shape, "columns must be of one length below 2^32",
                      "bootstrap");
    }
    for (const double value : column) {
      if (!std::isfinite(value)) {
        throw Exception(ErrorCode::invalid_value, text("values must be finite, got ", value),
                        "bootstrap");
      }
    }
  }
  return rows;
}

/// sums[c * replicates + b] = the sum over the rows of columns[c][row] x the weight of the row in
/// replicate b, which `fill(RandomStream&, int8_t* weights)` makes.
template <class Fill>
std::vector<double> resampled_sums(std::span<const std::span<const double>> columns,
                                   std::size_t rows, const BootstrapOptions& options,
                                   const Context& context, const Fill& fill) {
  constexpr std::size_t lanes = bootstrap_lanes;
  constexpr std::size_t block = 512;  // rows whose weights for 8 replicates fill a level-1 cache
  const std::size_t replicates = options.replicates;
  std::vector<double> sums(columns.size() * replicates, 0);
  parallel_chunks(context, replicates, lanes, [&](std::size_t begin, std::size_t end) {
    std::vector<std::int8_t> weights(lanes * rows, 0);
    for (std::size_t b = begin; b < end; ++b) {
      RandomStream random(options.seed, b);
      fill(random, weights.data() + (b - begin) * rows);
    }
    std::vector<double> lane_sums(columns.size() * lanes, 0);
    double wide[block * lanes];
    for (std::size_t from = 0; from < rows; from += block) {
      const std::size_t count = std::min(block, rows - from);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const std::int8_t* narrow = weights.data() + lane * rows + from;
        for (std::size_t i = 0; i < count; ++i) wide[i * lanes + lane] = narrow[i];
      }
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const double* values = columns[c].data() + from;
        double sum[lanes] = {};
        for (std::size_t i = 0; i < count; ++i) {
          for (std::size_t lane = 0; lane < lanes; ++lane) {
            sum[lane] += values[i] * wide[i * lanes + lane];
          }
        }
        for (std::size_t lane = 0; lane < lanes; ++lane) lane_sums[c * lanes + lane] += sum[lane];
      }
    }
    for (std::size_t c = 0; c < columns.size(); ++c) {
      for (std::size_t b = begin; b < end; ++b) {
        sums[c * replicates + b] = lane_sums[c * lanes + (b - begin)];
      }
    }
  });
  return sums;
}

/// Linear between order statistics (R's type 7); `sorted` is not empty.
[[nodiscard]] inline double sorted_quantile(std::span<const double> sorted, double p) noexcept {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const std::size_t below = std::min(static_cast<std::size_t>(place), sorted.size() - 1);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// The levels between which BCa reads the quantiles; `alpha` is one tail's share.
struct BcaLevels {
  double low;
  double high;

  BcaLevels(std::span<const double> column, double mean, std::span<const double> sorted,
            double alpha) {
    double below = 0;
    for (const double replicate : sorted) {
      below += replicate < mean ? 1 : replicate == mean ? 0.5 : 0;
    }
    const double total = static_cast<double>(sorted.size());
    const double share = std::clamp(below / total, 0.5 / total, 1 - 0.5 / total);
    const double bias = normal_quantile(share);
    double squares = 0;
    double cubes = 0;
    for (const double value : column) {
      const double off = value - mean;
      squares += off * off;
      cubes += off * off * off;
    }
    // The jackknife of a mean in closed form (Efron and Tibshirani, equation 14.15).
    const double acceleration = squares > 0 ? cubes / (6 * squares * std::sqrt(squares)) : 0;
    const auto level = [&](double z) {
      const double shifted = bias + z;
      return normal_cdf(bias + shifted / (1 - acceleration * shifted));
    };
    low = level(normal_quantile(alpha));
    high = level(normal_quantile(1 - alpha));
  }
};

}  // namespace detail

/// The mean of every column with its interval. Columns have n rows each, all values finite. No
/// rows: every field is NaN. Throws `invalid_option`, `invalid_shape`, `invalid_value`.
[[nodiscard]] inline std::vector<ConfidenceInterval> bootstrap_means(
    std::span<const std::span<const double>> columns, const BootstrapOptions& options = {},
    const Context& context = {}) {
  const std::size_t rows = detail::bootstrap_rows(columns, options);
  if (rows == 0) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return std::vector<ConfidenceInterval>(columns.size(), {nan, nan, nan, nan});
  }
  // A row is drawn more than 127 times with a probability below n / 127! < 1e-200.
  std::vector<double> sums = detail::resampled_sums(
      columns, rows, options, context, [rows](RandomStream& random, std::int8_t* counts) {
        const auto limit = static_cast<std::uint32_t>(rows);
        for (std::size_t draw = 0; draw < rows; ++draw) ++counts[random.below(limit)];
      });
  const std::size_t replicates = options.replicates;
  const double n = static_cast<double>(rows);
  std::vector<ConfidenceInterval> out(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::span<double> means = std::span(sums).subspan(c * replicates, replicates);
    double centre = 0;
    for (double& mean : means) centre += mean /= n;
    centre /= static_cast<double>(replicates);
    double squares = 0;
    for (const double mean : means) squares += (mean - centre) * (mean - centre);
    std::sort(means.begin(), means.end());
    ConfidenceInterval& to = out[c];
    for (const double value : columns[c]) to.estimate += value;
    to.estimate /= n;
    to.standard_error =
        replicates > 1 ? std::sqrt(squares / static_cast<double>(replicates - 1)) : 0;
    const double alpha = (1 - options.confidence) / 2;
    if (options.method == BootstrapMethod::percentile) {
      to.low = detail::sorted_quantile(means, alpha);
      to.high = detail::sorted_quantile(means, 1 - alpha);
    } else {
      const detail::BcaLevels levels(columns[c], to.estimate, means, alpha);
      to.low = detail::sorted_quantile(means, levels.low);
      to.high = detail::sorted_quantile(means, levels.high);
    }
  }
  return out;
}

/// Two-sided p-values that the mean of a column of paired differences is 0: the share of random
/// sign changes (the observed one included) whose |mean| is no smaller than the observed. At least
/// 1 / (replicates + 1); no rows: 1. Throws as `bootstrap_means`.
[[nodiscard]] inline std::vector<double> sign_flip_test(
    std::span<const std::span<const double>> differences, const BootstrapOptions& options = {},
    const Context& context = {}) {
  const std::size_t rows = detail::bootstrap_rows(differences, options);
  const std::size_t replicates = options.replicates;
  const std::vector<double> sums = detail::resampled_sums(
      differences, rows, options, context, [rows](RandomStream& random, std::int8_t* signs) {
        for (std::size_t row = 0; row < rows; row += 32) {
          std::uint32_t bits = random();
          const std::size_t end = std::min(rows, row + 32);
          for (std::size_t i = row; i < end; ++i, bits >>= 1) {
            signs[i] = static_cast<std::int8_t>(static_cast<int>(bits & 1U) * 2 - 1);
          }
        }
      });
  std::vector<double> out;
  for (std::size_t c = 0; c < differences.size(); ++c) {
    double observed = 0;
    double size = 0;
    for (const double difference : differences[c]) {
      observed += difference;
      size += std::fabs(difference);
    }
    // Sums that are equal in exact arithmetic must count as equal in any order of adding.
    const double border = std::fabs(observed) - 1e-12 * size;
    std::size_t as_large = 1;
    for (std::size_t b = 0; b < replicates; ++b) {
      as_large += std::fabs(sums[c * replicates + b]) >= border ? 1 : 0;
    }
    out.push_back(static_cast<double>(as_large) / static_cast<double>(replicates + 1));
  }
  return out;
}

}  // namespace emptor
