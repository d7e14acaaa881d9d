// Clustering 1M customers by 30 features into 8, one start from given centres, to the end (143
// iterations from the first eight rows); and what leads to it and comes after.

#include <benchmark/benchmark.h>

#include <algorithm>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/segment/cluster_quality.hpp"
#include "emptor/segment/k_means.hpp"

namespace {

using namespace emptor;

/// Independent standard normals: no structure at all, the slowest to converge.
const Matrix<double>& points() {
  static const Matrix<double> made = [] {
    Matrix<double> out(1'000'000, 30);
    for (std::size_t i = 0; i < out.rows(); ++i) {
      RandomStream random(7, i);
      random.below(20);
      for (double& value : out.row(i)) value = random.normal();
    }
    return out;
  }();
  return made;
}

Matrix<double> first_rows(std::size_t count) {
  Matrix<double> out(count, points().columns());
  for (std::size_t c = 0; c < count; ++c) std::ranges::copy(points().row(c), out.row(c).begin());
  return out;
}

Context context_of(Isa isa) {
  Context context;
  context.kernels = kernels_for(isa);
  return context;
}

void k_means_million(benchmark::State& state) {
  const Context context = context_of(static_cast<Isa>(state.range(0)));
  const Matrix<double> start = first_rows(8);
  if (context.kernels == nullptr) {
    state.SkipWithError("this machine cannot");
    return;
  }
  for (auto _ : state) {
    const KMeansFit fit = fit_k_means_from(points(), start, {}, {}, context);
    state.counters["iterations"] = static_cast<double>(fit.report.iterations);
    state.counters["inertia"] = fit.report.inertia;
    state.counters["looked"] =
        static_cast<double>(fit.report.rows_looked) /
        (static_cast<double>(fit.report.iterations) * static_cast<double>(points().rows()));
  }
}
BENCHMARK(k_means_million)->Arg(2)->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond)->Iterations(1);

void k_means_seeds_million(benchmark::State& state) {
  const Context context = context_of(native_kernels().isa);
  for (auto _ : state) {
    benchmark::DoNotOptimize(k_means_seeds(points(), 8, 3, {}, 0, context).data());
  }
}
BENCHMARK(k_means_seeds_million)->Unit(benchmark::kMillisecond)->Iterations(1);

void silhouettes(benchmark::State& state) {
  const Context context = context_of(native_kernels().isa);
  const std::vector<std::uint32_t> labels =
      KMeansModel(first_rows(8), std::vector<double>(8, 1)).labels(points(), context);
  for (auto _ : state) {
    benchmark::DoNotOptimize(silhouettes_of(points(), labels,
                                            {.sample = static_cast<std::size_t>(state.range(0))},
                                            context)
                                 .mean);
  }
}
BENCHMARK(silhouettes)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
