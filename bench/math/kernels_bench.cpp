// The linear algebra kernels by instruction set (0 portable, 1 AVX2, 2 AVX-512), one thread.
// `gemm` on operands that stay in cache is the probe of this machine's multiply-add rate; `copy`
// that of its memory.

#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/math/positive_definite.hpp"

namespace {

using namespace emptor;

Matrix<float> random_matrix(std::size_t rows, std::size_t columns) {
  Matrix<float> out(rows, columns);
  for (std::size_t r = 0; r < rows; ++r) {
    RandomStream random(1, r);
    for (float& value : out.row(r)) value = static_cast<float>(random.uniform(-1, 1));
  }
  return out;
}

const Kernels* kernels_of(benchmark::State& state, std::int64_t isa) {
  const Kernels* kernels = kernels_for(static_cast<Isa>(isa));
  if (kernels == nullptr) state.SkipWithError("not on this machine");
  return kernels;
}

void count_flops(benchmark::State& state, double flops) {
  state.counters["flop/s"] =
      benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
}

void gemm(benchmark::State& state) {
  const Kernels* kernels = kernels_of(state, state.range(1));
  if (kernels == nullptr) return;
  const auto n = static_cast<std::size_t>(state.range(0));
  const Matrix<float> a = random_matrix(n, n);
  const Matrix<float> b = random_matrix(n, n);
  Matrix<float> c(n, n);
  const auto& table = linear_algebra_kernels<float>(kernels);
  for (auto _ : state) {
    table.gemm(n, c.stride(), n, 1e-3F, a.data(), a.stride(), 1, b.data(), b.stride(), c.data(),
               c.stride());
    benchmark::ClobberMemory();
  }
  count_flops(state, 2 * static_cast<double>(n * n * n));
}
BENCHMARK(gemm)->ArgNames({"n", "isa"})->ArgsProduct({{96, 1024}, {0, 1, 2}});

void cholesky_solve(benchmark::State& state) {
  const Kernels* kernels = kernels_of(state, state.range(1));
  if (kernels == nullptr) return;
  const auto n = static_cast<std::size_t>(state.range(0));
  Matrix<float> a(n, n);
  const Matrix<float> b = random_matrix(n, n);
  const auto& table = linear_algebra_kernels<float>(kernels);
  table.gram_rows(b.data(), b.stride(), n, b.stride(), a.data(), a.stride());
  for (std::size_t i = 0; i < n; ++i) a(i, i) += static_cast<float>(n);
  Matrix<float> work = a;
  Matrix<float> y(1, n);
  for (auto _ : state) {
    std::memcpy(work.data(), a.data(), a.bytes());
    for (float& value : y.row(0)) value = 1;
    benchmark::DoNotOptimize(table.cholesky_solve(work.data(), n, work.stride(), y.data()));
  }
  const auto size = static_cast<double>(n);
  count_flops(state, size * size * size / 3 + 2 * size * size);
}
BENCHMARK(cholesky_solve)->ArgNames({"n", "isa"})->ArgsProduct({{32, 64, 128}, {0, 1, 2}});

void inverse(benchmark::State& state) {
  const Context context{.kernels = kernels_of(state, state.range(1))};
  if (context.kernels == nullptr) return;
  const auto n = static_cast<std::size_t>(state.range(0));
  Matrix<float> a = random_matrix(n, n);
  for (std::size_t i = 0; i < n; ++i) a(i, i) += 2 * static_cast<float>(n);
  for (auto _ : state) {
    benchmark::DoNotOptimize(invert_positive_definite(a, context).data());
  }
  count_flops(state, static_cast<double>(n * n * n));
}
BENCHMARK(inverse)
    ->ArgNames({"n", "isa"})
    ->ArgsProduct({{1024}, {1, 2}})
    ->Unit(benchmark::kMillisecond);

void exp_array(benchmark::State& state) {
  const Kernels* kernels = kernels_of(state, state.range(0));
  if (kernels == nullptr) return;
  const Matrix<float> x = random_matrix(1, 4096);
  Matrix<float> y(1, 4096);
  for (auto _ : state) {
    linear_algebra_kernels<float>(kernels).exp(x.data(), 4096, y.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * 4096);
}
BENCHMARK(exp_array)->ArgName("isa")->Arg(0)->Arg(1)->Arg(2);

void copy(benchmark::State& state) {
  const std::vector<char> from(64 << 20, 1);
  std::vector<char> to(from.size());
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * 2 * static_cast<std::int64_t>(from.size()));
}
BENCHMARK(copy)->Unit(benchmark::kMillisecond);

}  // namespace
