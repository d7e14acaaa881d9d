// Implicit ALS: a sweep over both sides, top 10 for everybody, one recommendation, one fold-in; by
// number of factors and instruction set (0 portable, 1 AVX2, 2 AVX-512), one thread, CPU time.
// Data: recommend/gowalla of EMPTOR_DATA_DIR when that is set, else generated in its shape.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/als.hpp"

namespace {

using namespace emptor;

Interactions read(const std::string& file) {
  InteractionLog log;
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream numbers(line);
    std::uint32_t customer = 0;
    std::uint32_t item = 0;
    if (!(numbers >> customer)) continue;
    while (numbers >> item) log.add(Customer{customer}, Item{item});
  }
  return {29'858, 40'981, log, Duplicates::last};
}

/// Row lengths and popularities about as skewed as Gowalla's.
Interactions generate() {
  InteractionLog log;
  for (std::uint32_t c = 0; c < 29'858; ++c) {
    RandomStream random(1, c);
    const auto length = static_cast<std::size_t>(8 + random.gamma(0.45, 42));
    for (std::size_t k = 0; k < length; ++k) {
      const double u = random.uniform();
      log.add(Customer{c}, Item{static_cast<std::uint32_t>(u * u * 40'981)});
    }
  }
  return {29'858, 40'981, log, Duplicates::last};
}

const Interactions& data() {
  static const Interactions loaded = [] {
    const char* folder = std::getenv("EMPTOR_DATA_DIR");
    return folder != nullptr ? read(std::string(folder) + "/recommend/gowalla/train.txt")
                             : generate();
  }();
  return loaded;
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

AlsOptions options_of(std::size_t factors, std::size_t sweeps) {
  return {.factors = factors, .sweeps = sweeps, .unobserved_weight = 0.02, .lambda = 0.003};
}

const Kernels* kernels_of(benchmark::State& state, std::int64_t isa) {
  const Kernels* kernels = kernels_for(static_cast<Isa>(isa));
  if (kernels == nullptr) state.SkipWithError("not on this machine");
  return kernels;
}

const AlsModel& model_of(const Kernels* kernels) {
  static const AlsModel model =
      fit_als(data(), options_of(64, 5), {.kernels = &native_kernels()}).model;
  static const auto bytes = model.save();
  static const AlsModel portable = AlsModel::load(bytes).value();
  return kernels->isa == Isa::portable ? portable : model;
}

/// The second to fourth sweep of a fit; the first also makes the start values.
void als_sweep(benchmark::State& state) {
  Context context{.kernels = kernels_of(state, state.range(1))};
  if (context.kernels == nullptr) return;
  (void)data();
  for (auto _ : state) {
    double begin = 0;
    context.progress = [&](const ProgressStep& step) {
      if (step.done == 1) begin = cpu_seconds();
      return Go::on;
    };
    const auto fit =
        fit_als(data(), options_of(static_cast<std::size_t>(state.range(0)), 4), context);
    state.SetIterationTime((cpu_seconds() - begin) / 3);
    benchmark::DoNotOptimize(fit.model.item_factors().data());
  }
}
BENCHMARK(als_sweep)
    ->ArgNames({"factors", "isa"})
    ->ArgsProduct({{64, 128}, {1, 2}})
    ->Args({64, 0})
    ->UseManualTime()
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);

void top_10_for_all(benchmark::State& state) {
  const Context context{.kernels = kernels_of(state, state.range(0))};
  if (context.kernels == nullptr) return;
  const AlsModel& model = model_of(context.kernels);
  std::vector<Customer> customers;
  for (std::size_t c = 0; c < model.customers(); ++c) customers.push_back(id_at<Customer>(c));
  std::vector<Recommendation> out(customers.size() * 10);
  std::vector<std::uint32_t> counts(customers.size());
  for (auto _ : state) model.recommend_batch(customers, 10, {}, context, out, counts);
  state.counters["customers/s"] = benchmark::Counter(static_cast<double>(customers.size()),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(top_10_for_all)->ArgName("isa")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

void recommend_one(benchmark::State& state) {
  const AlsModel& model = model_of(&native_kernels());
  std::size_t c = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.recommend(id_at<Customer>(c), 10));
    c = (c + 7919) % model.customers();
  }
}
BENCHMARK(recommend_one)->Unit(benchmark::kMicrosecond);

void fold_in(benchmark::State& state) {
  const AlsModel& model = model_of(&native_kernels());
  std::vector<std::vector<Item>> baskets;
  for (std::size_t c = 0; c < 2000; ++c) {
    baskets.emplace_back();
    for (const auto item : data().by_customer().row_indices(c)) {
      baskets.back().push_back(Item{item});
    }
  }
  std::size_t c = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.fold_in(baskets[c]));
    c = (c + 1) % baskets.size();
  }
}
BENCHMARK(fold_in)->Unit(benchmark::kMicrosecond);

}  // namespace
