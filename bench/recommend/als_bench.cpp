// Implicit ALS: a sweep over both sides by each solver, top 10 for everybody, one recommendation,
// one fold-in, one update; by data set (0 Gowalla, 1 MovieLens 1M), number of factors and
// instruction set (0 portable, 1 AVX2, 2 AVX-512), one thread, CPU time, beside what a probe of the
// machine found in the same minute. `two_threads` is wall time and the speed-up over one. Data:
// recommend/gowalla and recommend/ncf-ml-1m of EMPTOR_DATA_DIR when that is set, else generated in
// their shapes.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "../support/probe.hpp"
#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/als.hpp"

namespace {

using namespace emptor;
using bench::cpu_seconds;

constexpr std::size_t customers_of[] = {29'858, 6040};
constexpr std::size_t items_of[] = {40'981, 3706};

/// Lines of a customer and the items.
void read_lists(std::ifstream in, InteractionLog& log) {
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream numbers(line);
    std::uint32_t customer = 0;
    std::uint32_t item = 0;
    if (!(numbers >> customer)) continue;
    while (numbers >> item) log.add(Customer{customer}, Item{item});
  }
}

/// Lines of a customer, an item and more.
void read_pairs(std::ifstream in, InteractionLog& log) {
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream numbers(line);
    std::uint32_t customer = 0;
    std::uint32_t item = 0;
    if (numbers >> customer >> item) log.add(Customer{customer}, Item{item});
  }
}

/// Row lengths and popularities about as skewed as the real data's.
void generate(std::size_t set, InteractionLog& log) {
  for (std::uint32_t c = 0; c < customers_of[set]; ++c) {
    RandomStream random(1, c);
    const auto length = static_cast<std::size_t>(set == 0 ? 8 + random.gamma(0.45, 42)
                                                          : 19 + random.gamma(0.75, 300));
    for (std::size_t k = 0; k < length; ++k) {
      const double u = random.uniform();
      log.add(Customer{c}, Item{static_cast<std::uint32_t>(u * u * double(items_of[set]))});
    }
  }
}

const Interactions& data(std::size_t set) {
  static Interactions loaded[2];
  if (loaded[set].entries() == 0) {
    InteractionLog log;
    const char* folder = std::getenv("EMPTOR_DATA_DIR");
    if (folder == nullptr) {
      generate(set, log);
    } else if (set == 0) {
      read_lists(std::ifstream(std::string(folder) + "/recommend/gowalla/train.txt"), log);
    } else {
      read_pairs(std::ifstream(std::string(folder) + "/recommend/ncf-ml-1m/ml-1m.train.rating"),
                 log);
    }
    loaded[set] = Interactions(customers_of[set], items_of[set], log, Duplicates::last);
  }
  return loaded[set];
}

AlsOptions options_of(std::size_t set, std::size_t factors, std::size_t sweeps,
                      AlsSolver solver = AlsSolver::exact) {
  return {.factors = factors,
          .sweeps = sweeps,
          .unobserved_weight = set == 0 ? 0.02 : 0.2,
          .lambda = set == 0 ? 0.003 : 0.0075,
          .solver = solver};
}

const Kernels* kernels_of(benchmark::State& state, std::int64_t isa) {
  const Kernels* kernels = kernels_for(static_cast<Isa>(isa));
  if (kernels == nullptr) state.SkipWithError("not on this machine");
  return kernels;
}

const AlsModel& model_of(std::size_t set) {
  static const AlsModel models[] = {
      fit_als(data(0), options_of(0, 64, 5), {.kernels = &native_kernels()}).model,
      fit_als(data(1), options_of(1, 64, 5), {.kernels = &native_kernels()}).model};
  return models[set];
}

std::size_t argument(const benchmark::State& state, std::size_t i) {
  return static_cast<std::size_t>(state.range(i));
}

/// Seconds a sweep by `now`, without the first, which also makes the start values, and the last.
template <class Clock>
double sweep_seconds(std::size_t set, const AlsOptions& options, Context context, Clock&& now) {
  double begin = 0;
  double end = 0;
  context.progress = [&](const ProgressStep& step) {
    if (step.done == 1) begin = now();
    if (step.done + 1 == step.total) end = now();
    return Go::on;
  };
  const auto fit = fit_als(data(set), options, context);
  benchmark::DoNotOptimize(fit.model.item_factors().data());
  return (end - begin) / double(options.sweeps - 2);
}

void als_sweep(benchmark::State& state) {
  const Context context{.kernels = kernels_of(state, state.range(3))};
  if (context.kernels == nullptr) return;
  const std::size_t set = argument(state, 0);
  (void)data(set);
  for (auto _ : state) {
    state.SetIterationTime(sweep_seconds(
        set, options_of(set, argument(state, 1), 5, static_cast<AlsSolver>(state.range(2))),
        context, cpu_seconds));
  }
  bench::add_probe(state);
}
BENCHMARK(als_sweep)
    ->ArgNames({"set", "factors", "solver", "isa"})
    ->ArgsProduct({{0, 1}, {64, 128}, {0, 1}, {2}})
    ->ArgsProduct({{0, 1}, {64}, {0, 1}, {1}})
    ->ArgsProduct({{0, 1}, {256}, {0, 1, 2}, {2}})
    ->Args({0, 64, 0, 0})
    ->UseManualTime()
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);

void two_threads(benchmark::State& state) {
  const auto wall = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  ThreadPool pool(2);
  const std::size_t set = argument(state, 0);
  const AlsOptions options = options_of(set, argument(state, 1), 6);
  (void)data(set);
  double one = 0;
  double two = 0;
  for (auto _ : state) {
    one += sweep_seconds(set, options, {.kernels = &native_kernels()}, wall);
    const double seconds =
        sweep_seconds(set, options, {.executor = &pool, .kernels = &native_kernels()}, wall);
    two += seconds;
    state.SetIterationTime(seconds);
  }
  state.counters["speed_up"] = one / two;
}
BENCHMARK(two_threads)
    ->ArgNames({"set", "factors"})
    ->ArgsProduct({{0, 1}, {64, 128}})
    ->UseManualTime()
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond);

template <class Model>
void top_10(benchmark::State& state, const Model& model) {
  const Context context{.kernels = kernels_of(state, state.range(1))};
  if (context.kernels == nullptr) return;
  std::vector<Customer> customers;
  for (std::size_t c = 0; c < model.customers(); ++c) customers.push_back(id_at<Customer>(c));
  std::vector<Recommendation> out(customers.size() * 10);
  std::vector<std::uint32_t> counts(customers.size());
  for (auto _ : state) model.recommend_batch(customers, 10, {}, context, out, counts);
  state.counters["customers/s"] = benchmark::Counter(static_cast<double>(customers.size()),
                                                     benchmark::Counter::kIsIterationInvariantRate);
  bench::add_probe(state);
}
void top_10_for_all(benchmark::State& state) {
  top_10(state, model_of(argument(state, 0)));
}
BENCHMARK(top_10_for_all)
    ->ArgNames({"set", "isa"})
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->Unit(benchmark::kMillisecond);
void top_10_for_all_compact(benchmark::State& state) {
  top_10(state, model_of(argument(state, 0)).compact());
}
BENCHMARK(top_10_for_all_compact)
    ->ArgNames({"set", "isa"})
    ->ArgsProduct({{0, 1}, {2}})
    ->Unit(benchmark::kMillisecond);

template <class Model>
void recommend_10(benchmark::State& state, const Model& model) {
  std::size_t c = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.recommend(id_at<Customer>(c), 10));
    c = (c + 7919) % model.customers();
  }
  bench::add_probe(state);
}
void recommend_one(benchmark::State& state) {
  recommend_10(state, model_of(argument(state, 0)));
}
BENCHMARK(recommend_one)->ArgName("set")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
void recommend_one_compact(benchmark::State& state) {
  recommend_10(state, model_of(argument(state, 0)).compact());
}
BENCHMARK(recommend_one_compact)->ArgName("set")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void fold_in(benchmark::State& state) {
  const std::size_t set = argument(state, 0);
  const AlsModel& model = model_of(set);
  std::vector<std::vector<Item>> baskets(2000);
  for (std::size_t c = 0; c < baskets.size(); ++c) {
    for (const auto item : data(set).by_customer().row_indices(c)) {
      baskets[c].push_back(Item{item});
    }
  }
  std::size_t c = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.fold_in(baskets[c]));
    c = (c + 1) % baskets.size();
  }
  bench::add_probe(state);
}
BENCHMARK(fold_in)->ArgName("set")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

/// With one interaction in a hundred that is new.
void update(benchmark::State& state) {
  const std::size_t set = argument(state, 0);
  InteractionLog some;
  const Csr<float>& all = data(set).by_customer();
  for (std::uint32_t c = 0; c < all.rows(); ++c) {
    for (const auto item : all.row_indices(c)) {
      if (RandomStream(c, item).uniform() > 0.01) some.add(Customer{c}, Item{item});
    }
  }
  const Context context{.kernels = &native_kernels()};
  const Interactions before(data(set).customers(), data(set).items(), some);
  const AlsModel model = fit_als(before, options_of(set, 64, 5), context).model;
  for (auto _ : state) benchmark::DoNotOptimize(model.update(data(set), context));
  bench::add_probe(state);
}
BENCHMARK(update)->ArgName("set")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
