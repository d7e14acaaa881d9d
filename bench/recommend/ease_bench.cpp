// EASE: the Gram matrix of the items, the inverse, the whole fit, an update by one customer in a
// hundred, top 10 for everybody, one recommendation; SLIM: fit, update, one recommendation; item
// neighbours: one recommendation. By instruction set (0 portable, 1 AVX2, 2 AVX-512), one thread,
// CPU time. Data: recommend/ncf-ml-1m of EMPTOR_DATA_DIR when that is set, else generated in its
// shape.

#include "emptor/recommend/ease.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/slim.hpp"

namespace {

using namespace emptor;

constexpr std::size_t customers = 6040;
constexpr std::size_t items = 3706;

Interactions read(const std::string& file) {
  InteractionLog log;
  std::ifstream in(file);
  std::uint32_t customer = 0;
  std::uint32_t item = 0;
  std::string rest;
  while (in >> customer >> item && std::getline(in, rest)) log.add(Customer{customer}, Item{item});
  return {customers, items, log, Duplicates::last};
}

/// Row lengths and popularities about as skewed as MovieLens 1M's.
Interactions generate() {
  InteractionLog log;
  for (std::uint32_t c = 0; c < customers; ++c) {
    RandomStream random(1, c);
    const auto length = static_cast<std::size_t>(20 + random.gamma(0.7, 280));
    for (std::size_t k = 0; k < length; ++k) {
      const double u = random.uniform();
      log.add(Customer{c}, Item{static_cast<std::uint32_t>(u * u * items)});
    }
  }
  return {customers, items, log, Duplicates::last};
}

const Interactions& data() {
  static const Interactions loaded = [] {
    const char* folder = std::getenv("EMPTOR_DATA_DIR");
    return folder != nullptr ? read(std::string(folder) + "/recommend/ncf-ml-1m/ml-1m.train.rating")
                             : generate();
  }();
  return loaded;
}

const Kernels* kernels_of(benchmark::State& state) {
  const Kernels* kernels = kernels_for(static_cast<Isa>(state.range(0)));
  if (kernels == nullptr) state.SkipWithError("not on this machine");
  return kernels;
}

/// An EASE model of any Isa answers alike, so the fit may take the fastest.
const EaseModel& model_of(const Kernels* kernels) {
  static const EaseModel native =
      fit_ease(data(), {.lambda = 1000}, {.kernels = &native_kernels()}).model;
  static const EaseModel portable = EaseModel::load(native.save()).value();
  return kernels->isa == Isa::portable ? portable : native;
}

Matrix<float> gram() {
  Matrix<float> out(items, items);
  (void)detail::item_gram<std::uint32_t>(data(), 1000, {}, out);
  return out;
}

void ease_gram(benchmark::State& state) {
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(gram().data());
}
BENCHMARK(ease_gram)->Unit(benchmark::kMillisecond);

/// n^3 flops are counted: a third for the factor, the rest for the inverse.
void ease_inverse(benchmark::State& state) {
  const Context context{.kernels = kernels_of(state)};
  if (context.kernels == nullptr) return;
  const Matrix<float> a = gram();
  for (auto _ : state) benchmark::DoNotOptimize(invert_positive_definite(a, context).data());
  state.counters["flop/s"] =
      benchmark::Counter(std::pow(double(items), 3), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(ease_inverse)->ArgName("isa")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

void ease_fit(benchmark::State& state) {
  const Context context{.kernels = kernels_of(state)};
  if (context.kernels == nullptr) return;
  (void)data();
  for (auto _ : state) {
    benchmark::DoNotOptimize(fit_ease(data(), {.lambda = 1000}, context).report.residual);
  }
}
BENCHMARK(ease_fit)->ArgName("isa")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

void ease_top_10_for_all(benchmark::State& state) {
  const Kernels* const kernels = kernels_of(state);
  if (kernels == nullptr) return;
  const EaseModel& model = model_of(kernels);
  std::vector<Customer> everybody;
  for (std::size_t c = 0; c < model.customers(); ++c) everybody.push_back(id_at<Customer>(c));
  std::vector<Recommendation> out(everybody.size() * 10);
  std::vector<std::uint32_t> counts(everybody.size());
  for (auto _ : state) model.recommend_batch(everybody, 10, {}, {}, out, counts);
  state.counters["customers/s"] = benchmark::Counter(static_cast<double>(everybody.size()),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(ease_top_10_for_all)->ArgName("isa")->Arg(0)->Arg(2)->Unit(benchmark::kMillisecond);

void ease_recommend(benchmark::State& state) {
  const Kernels* const kernels = kernels_of(state);
  if (kernels == nullptr) return;
  const EaseModel& model = model_of(kernels);
  std::uint32_t customer = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.recommend(Customer{customer}, 10).data());
    customer = (customer + 997) % customers;
  }
}
BENCHMARK(ease_recommend)->ArgName("isa")->Arg(0)->Arg(2)->Unit(benchmark::kMicrosecond);

/// All but the last item of every hundredth customer.
const Interactions& before() {
  static const Interactions cut = [] {
    InteractionLog log;
    for (std::size_t c = 0; c < customers; ++c) {
      const auto row = data().by_customer().row_indices(c);
      const std::size_t size = c % 100 == 0 && !row.empty() ? row.size() - 1 : row.size();
      for (std::size_t k = 0; k < size; ++k) log.add(id_at<Customer>(c), Item{row[k]});
    }
    return Interactions(customers, items, log);
  }();
  return cut;
}

void ease_update(benchmark::State& state) {
  const Context context{.kernels = kernels_of(state)};
  if (context.kernels == nullptr) return;
  const EaseModel model = fit_ease(before(), {.lambda = 1000}, context).model;
  for (auto _ : state) benchmark::DoNotOptimize(model.update(data(), context).items());
}
BENCHMARK(ease_update)->ArgName("isa")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

void slim_fit(benchmark::State& state) {
  (void)data();
  for (auto _ : state) benchmark::DoNotOptimize(fit_slim(data()).report.weights);
}
BENCHMARK(slim_fit)->Unit(benchmark::kMillisecond);

void slim_update(benchmark::State& state) {
  const SlimModel model = fit_slim(before()).model;
  for (auto _ : state) benchmark::DoNotOptimize(model.update(data()).items());
}
BENCHMARK(slim_update)->Unit(benchmark::kMillisecond);

template <class M>
void recommend_round(benchmark::State& state, const M& model) {
  std::uint32_t customer = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.recommend(Customer{customer}, 10).data());
    customer = (customer + 997) % customers;
  }
}

void slim_recommend(benchmark::State& state) {
  recommend_round(state, fit_slim(data()).model);
}
BENCHMARK(slim_recommend)->Unit(benchmark::kMicrosecond);

void neighbours_recommend(benchmark::State& state) {
  recommend_round(state, fit_item_neighbours(data()).model);
}
BENCHMARK(neighbours_recommend)->Unit(benchmark::kMicrosecond);

}  // namespace
