// Explicit ratings: sweeps of stochastic gradients (biased MF by number of factors, instruction set
// (0 portable, 1 AVX2, 2 AVX-512) and threads; SVD++) and of alternating least squares. Ratings a
// second of CPU time, of wall time where there are several threads.
// Data: recommend/ml-1m of EMPTOR_DATA_DIR when that is set, else generated in its shape.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/biased_mf.hpp"
#include "emptor/recommend/biased_mf_als.hpp"
#include "emptor/recommend/svd_pp.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t m = 6040;
constexpr std::uint32_t n = 3952;

RatingLog read(const std::string& file) {
  RatingLog log;
  std::ifstream in(file);
  std::uint32_t customer = 0;
  std::uint32_t item = 0;
  float rating = 0;
  std::string rest;
  char colon = 0;
  while (in >> customer >> colon >> colon >> item >> colon >> colon >> rating) {
    std::getline(in, rest);
    log.add(Customer{customer - 1}, Item{item - 1}, rating);
  }
  return log;
}

RatingLog generate() {
  RatingLog log;
  for (std::uint32_t c = 0; c < m; ++c) {
    RandomStream random(1, c);
    const auto length = static_cast<std::size_t>(20 + random.gamma(0.75, 200));
    for (std::size_t k = 0; k < length; ++k) {
      const double u = random.uniform();
      log.add(Customer{c}, Item{static_cast<std::uint32_t>(u * u * n)},
              static_cast<float>(1 + random.below(5)));
    }
  }
  return log;
}

const Ratings& data() {
  static const Ratings loaded = [] {
    const char* folder = std::getenv("EMPTOR_DATA_DIR");
    const RatingLog log =
        folder != nullptr ? read(std::string(folder) + "/recommend/ml-1m/ratings.dat") : generate();
    return Ratings(m, n, log);
  }();
  return loaded;
}

const Kernels* kernels_of(benchmark::State& state) {
  const Kernels* kernels = kernels_for(static_cast<Isa>(state.range(1)));
  if (kernels == nullptr) state.SkipWithError("not on this machine");
  return kernels;
}

constexpr std::size_t sweeps = 10;

void count(benchmark::State& state) {
  const double done =
      static_cast<double>(state.iterations()) * static_cast<double>(sweeps * data().entries());
  state.counters["ratings"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
}

/// The whole fit of ten sweeps: start values, blocks and the finished model are part of it.
void biased_mf(benchmark::State& state) {
  const Kernels* const kernels = kernels_of(state);
  if (kernels == nullptr) return;
  const auto threads = static_cast<std::size_t>(state.range(2));
  const auto pool = threads > 1 ? std::make_unique<ThreadPool>(threads) : nullptr;
  const Context context{.executor = pool.get(), .kernels = kernels};
  const BiasedMfOptions options = {.factors = static_cast<std::size_t>(state.range(0)),
                                   .sweeps = sweeps};
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_biased_mf(data(), options, context).report);
  count(state);
}
BENCHMARK(biased_mf)
    ->ArgsProduct({{64, 128}, {0, 1, 2}, {1}})
    ->ArgNames({"f", "isa", "threads"})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(biased_mf)
    ->Name("biased_mf_wall")
    ->ArgsProduct({{64}, {2}, {1, 2}})
    ->ArgNames({"f", "isa", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void svd_pp(benchmark::State& state) {
  const Kernels* const kernels = kernels_of(state);
  if (kernels == nullptr) return;
  const Context context{.kernels = kernels};
  const SvdPpOptions options = {.factors = static_cast<std::size_t>(state.range(0)),
                                .sweeps = sweeps};
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_svd_pp(data(), options, context).report);
  count(state);
}
BENCHMARK(svd_pp)->Args({64, 2})->ArgNames({"f", "isa"})->Unit(benchmark::kMillisecond);

void biased_mf_als(benchmark::State& state) {
  const Kernels* const kernels = kernels_of(state);
  if (kernels == nullptr) return;
  const Context context{.kernels = kernels};
  const BiasedMfAlsOptions options = {.factors = static_cast<std::size_t>(state.range(0)),
                                      .sweeps = sweeps};
  (void)data();
  for (auto _ : state) {
    benchmark::DoNotOptimize(fit_biased_mf_als(data(), options, context).report);
  }
  count(state);
}
BENCHMARK(biased_mf_als)->Args({64, 2})->ArgNames({"f", "isa"})->Unit(benchmark::kMillisecond);

}  // namespace
