#pragma once
// Counter-based random numbers: a stream is named by (seed, stream) and is the same on every
// machine, compiler and number of threads. Each row, customer or task takes a stream of its own.
//
// Generator: Philox4x32-10, John K. Salmon, Mark A. Moraes, Ron O. Dror, David E. Shaw, "Parallel
// random numbers: as easy as 1, 2, 3", SC 2011, doi:10.1145/2063384.2063405. Passes BigCrush; not
// for secrets. Period 2^66 numbers a stream. Distributions are our own, since those of the standard
// library differ between implementations; those that use log, exp, sin or pow are the same bits on
// one platform's math library. Thread safety: a RandomStream belongs to one thread.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "emptor/core/error.hpp"

namespace emptor {

namespace detail {

/// Ten rounds of Philox4x32 over one counter.
[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> x,
                                                                std::uint32_t key0,
                                                                std::uint32_t key1) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53U} * x[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * x[2];
    x = {static_cast<std::uint32_t>(b >> 32) ^ x[1] ^ key0, static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ x[3] ^ key1, static_cast<std::uint32_t>(a)};
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  return x;
}

}  // namespace detail

class RandomStream {
 public:
  using result_type = std::uint32_t;

  explicit constexpr RandomStream(std::uint64_t seed, std::uint64_t stream = 0) noexcept
      : seed_(seed), stream_(stream) {}

  /// 32 random bits.
  constexpr std::uint32_t operator()() noexcept {
    if (used_ == 4) {
      refill();
      used_ = 0;
    }
    return block_[used_++];
  }
  static constexpr std::uint32_t min() noexcept { return 0; }
  static constexpr std::uint32_t max() noexcept { return 0xffffffffU; }

  constexpr std::uint64_t bits64() noexcept {
    const std::uint64_t high = (*this)();
    return high << 32 | (*this)();
  }

  /// Uniform in [0, 1), 53 bits.
  constexpr double uniform() noexcept { return static_cast<double>(bits64() >> 11) * 0x1.0p-53; }
  /// Uniform in [low, high).
  constexpr double uniform(double low, double high) noexcept {
    return low + (high - low) * uniform();
  }
  /// True with probability p.
  constexpr bool bernoulli(double p) noexcept { return uniform() < p; }

  /// Uniform in [0, count), without bias; count > 0. Daniel Lemire, "Fast random integer generation
  /// in an interval", ACM TOMACS 29(1), 2019, doi:10.1145/3230636.
  constexpr std::uint32_t below(std::uint32_t count) noexcept {
    std::uint64_t product = std::uint64_t{(*this)()} * count;
    if (static_cast<std::uint32_t>(product) < count) {
      const std::uint32_t threshold = (0U - count) % count;
      while (static_cast<std::uint32_t>(product) < threshold) {
        product = std::uint64_t{(*this)()} * count;
      }
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  /// Normal by Marsaglia's polar method ("A convenient method for generating normal variables",
  /// SIAM Review 6(3), 1964, doi:10.1137/1006063). The second value of a pair is not kept.
  double normal(double mean = 0, double deviation = 1) noexcept {
    double u = 0;
    double square = 0;
    do {
      u = 2 * uniform() - 1;
      const double v = 2 * uniform() - 1;
      square = u * u + v * v;
    } while (square >= 1 || square == 0);
    return mean + deviation * u * std::sqrt(-2 * std::log(square) / square);
  }

  /// Exponential with this mean.
  double exponential(double mean = 1) noexcept { return -mean * std::log1p(-uniform()); }

  /// Gamma with this shape > 0 and scale. George Marsaglia, Wai Wan Tsang, "A simple method for
  /// generating gamma variables", ACM TOMS 26(3), 2000, doi:10.1145/358407.358414.
  double gamma(double shape, double scale = 1) noexcept {
    if (shape < 1) {
      const double boost = std::pow(1 - uniform(), 1 / shape);
      return gamma(shape + 1, scale) * boost;
    }
    const double d = shape - 1.0 / 3;
    const double c = 1 / std::sqrt(9 * d);
    for (;;) {
      const double x = normal();
      const double root = 1 + c * x;
      if (root <= 0) continue;
      const double v = root * root * root;
      const double log_u = std::log(1 - uniform());
      if (log_u < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v * scale;
    }
  }

  /// Beta(a, b), both > 0, as a ratio of gammas.
  double beta(double a, double b) noexcept {
    const double x = gamma(a);
    const double y = gamma(b);
    return x + y > 0 ? x / (x + y) : 0.5;
  }

  /// Poisson by counting exponential gaps; cost grows with the mean, meant for means up to 1,000.
  std::uint32_t poisson(double mean) noexcept {
    std::uint32_t count = 0;
    for (double sum = exponential(); sum < mean; sum += exponential()) ++count;
    return count;
  }

  /// An index with probability proportional to its weight; weights >= 0, not all 0. Linear time.
  /// Throws `invalid_value` when the weights do not sum to a positive finite number.
  std::size_t categorical(std::span<const double> weights) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    if (!(sum > 0) || !std::isfinite(sum)) {
      throw Exception(ErrorCode::invalid_value, "weights must sum to a positive finite number",
                      "categorical");
    }
    double left = uniform() * sum;
    std::size_t last = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] <= 0) continue;
      last = i;
      left -= weights[i];
      if (left < 0) break;
    }
    return last;
  }

  /// Puts the elements in uniformly random order (Fisher-Yates); at most 2^32 - 1 of them.
  template <class T>
  constexpr void shuffle(std::span<T> values) noexcept {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[below(static_cast<std::uint32_t>(i))]);
    }
  }

 private:
  constexpr void refill() noexcept {
    block_ = detail::philox4x32(
        {static_cast<std::uint32_t>(counter_), static_cast<std::uint32_t>(counter_ >> 32),
         static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
        static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32));
    ++counter_;
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t counter_ = 0;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

}  // namespace emptor
