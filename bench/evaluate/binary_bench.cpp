// Measures of a million scores, a quarter of them of customers who did it.

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/binary.hpp"
#include "emptor/evaluate/calibration.hpp"
#include "emptor/evaluate/lift.hpp"
#include "emptor/evaluate/reliability.hpp"

namespace {

struct Rows {
  std::vector<double> target, score, other;
  Rows() {
    emptor::RandomStream random(1);
    for (int i = 0; i < 1'000'000; ++i) {
      const double odds = random.normal(-1.5, 1.5);
      score.push_back(1 / (1 + std::exp(-odds)));
      other.push_back(1 / (1 + std::exp(-odds - random.normal())));
      target.push_back(random.bernoulli(score.back()) ? 1 : 0);
    }
  }
  [[nodiscard]] emptor::BinaryScores scores() const { return {target, score, {}}; }
};

const Rows& rows() {
  static const Rows made;
  return made;
}

void auc_with_delong(benchmark::State& state) {
  const emptor::BinaryScores given = rows().scores();
  for (auto _ : state) benchmark::DoNotOptimize(emptor::roc_auc(given));
}
BENCHMARK(auc_with_delong)->Unit(benchmark::kMillisecond);

void paired_auc_test(benchmark::State& state) {
  const emptor::BinaryScores given = rows().scores();
  for (auto _ : state) benchmark::DoNotOptimize(emptor::compare_roc_auc(given, rows().other));
}
BENCHMARK(paired_auc_test)->Unit(benchmark::kMillisecond);

void reliability(benchmark::State& state) {
  const emptor::BinaryScores given = rows().scores();
  for (auto _ : state) benchmark::DoNotOptimize(emptor::reliability_curve(given));
}
BENCHMARK(reliability)->Unit(benchmark::kMillisecond);

void calibrator(benchmark::State& state) {
  const emptor::BinaryScores given = rows().scores();
  const emptor::CalibrationOptions options{
      .method = static_cast<emptor::CalibrationMethod>(state.range(0))};
  for (auto _ : state) benchmark::DoNotOptimize(emptor::fit_calibrator(given, options));
}
BENCHMARK(calibrator)->DenseRange(0, 2)->ArgName("method")->Unit(benchmark::kMillisecond);

void folds(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(emptor::stratified_folds(rows().target));
}
BENCHMARK(folds)->Unit(benchmark::kMillisecond);

}  // namespace
