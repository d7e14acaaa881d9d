// Clustering 1M customers by 30 features into 8, one start from given centres, to the end (143
// iterations from the first eight rows); and what leads to it and comes after.

#include <benchmark/benchmark.h>

#include <algorithm>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/segment/cluster_quality.hpp"
#include "emptor/segment/gaussian_mixture.hpp"
#include "emptor/segment/k_means.hpp"
#include "emptor/segment/lookalike.hpp"
#include "emptor/segment/mini_batch.hpp"

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

/// Overlapping clouds, 100,000 rows of 10 columns.
const Matrix<double>& clouds() {
  static const Matrix<double> made = [] {
    Matrix<double> out(100'000, 10);
    for (std::size_t i = 0; i < out.rows(); ++i) {
      RandomStream random(8, i);
      const double middle = 2.0 * static_cast<double>(random.below(5));
      for (std::size_t j = 0; j < out.columns(); ++j) {
        out(i, j) = random.normal(j % 2 == 0 ? middle : -middle, 1 + middle / 8);
      }
    }
    return out;
  }();
  return made;
}

void mini_batches_million(benchmark::State& state) {
  const Context context = context_of(native_kernels().isa);
  for (auto _ : state) {
    const KMeansFit fit = fit_mini_batch_k_means(points(), {}, context);
    state.counters["steps"] = static_cast<double>(fit.report.iterations);
    state.counters["inertia"] = fit.report.inertia;
  }
}
BENCHMARK(mini_batches_million)->Unit(benchmark::kMillisecond);

void mixture_step(benchmark::State& state) {
  for (auto _ : state) {
    const MixtureFit fit =
        fit_mixture(clouds(), {.components = 5,
                               .covariance = static_cast<MixtureCovariance>(state.range(0)),
                               .iterations = 20,
                               .tolerance = 0});
    state.counters["log likelihood a row"] = fit.report.log_likelihood / 1e5;
    state.counters["steps"] = static_cast<double>(fit.report.iterations);
  }
}
BENCHMARK(mixture_step)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->Iterations(1);

void lookalikes(benchmark::State& state) {
  std::vector<std::uint32_t> seeds;
  for (std::uint32_t i = 0; i < clouds().rows() && seeds.size() < 2000; ++i) {
    if (clouds()(i, 0) > 6) seeds.push_back(i);
  }
  for (auto _ : state) {
    state.counters["AUC"] =
        fit_lookalikes(clouds(), seeds, {.method = static_cast<LookalikeMethod>(state.range(0))})
            .report.auc;
  }
}
BENCHMARK(lookalikes)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

}  // namespace
