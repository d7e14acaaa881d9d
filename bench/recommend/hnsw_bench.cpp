// The approximate index beside hnswlib (libhnswlib-dev, where installed), on the same item factors
// with the same parameters: recall@10 and queries a second by width, one thread.
// Data: recommend/gowalla of EMPTOR_DATA_DIR when that is set, else generated.

#include <benchmark/benchmark.h>

#if __has_include(<hnswlib/hnswlib.h>)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <hnswlib/hnswlib.h>
#pragma GCC diagnostic pop
#define BENCH_HAS_HNSWLIB 1
#endif

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/hnsw_index.hpp"

namespace {

using namespace emptor;

constexpr std::size_t queries = 2000;
constexpr std::size_t k = 10;
constexpr std::size_t factors = 64;

struct Vectors {
  Matrix<float> items;
  Matrix<float> asked;
  std::vector<std::vector<std::uint32_t>> wanted;  // the exact lists
};

Interactions interactions() {
  InteractionLog log;
  const char* folder = std::getenv("EMPTOR_DATA_DIR");
  if (folder != nullptr) {
    std::ifstream in(std::string(folder) + "/recommend/gowalla/train.txt");
    for (std::string line; std::getline(in, line);) {
      std::istringstream numbers(line);
      std::uint32_t customer = 0;
      std::uint32_t item = 0;
      if (!(numbers >> customer)) continue;
      while (numbers >> item) log.add(Customer{customer}, Item{item});
    }
  } else {
    for (std::uint32_t c = 0; c < 29'858; ++c) {
      RandomStream random(1, c);
      for (std::uint32_t i = 0; i < 27; ++i) {
        const double u = random.uniform();
        log.add(Customer{c}, Item{static_cast<std::uint32_t>(u * u * 40'981)});
      }
    }
  }
  return {29'858, 40'981, log, Duplicates::last};
}

const Vectors& vectors() {
  static const Vectors made = [] {
    const Context context{.executor = nullptr, .progress = {}, .kernels = &native_kernels()};
    const auto model =
        fit_als(interactions(), {.factors = factors, .sweeps = 8, .unobserved_weight = 0.02},
                context)
            .model;
    Vectors out{Matrix<float>(model.items(), factors), Matrix<float>(queries, factors), {}};
    for (std::size_t r = 0; r < model.items(); ++r) {
      const auto from = model.item_factors().row(r);
      std::copy(from.begin(), from.end(), out.items.row(r).begin());
    }
    for (std::size_t q = 0; q < queries; ++q) {
      const Customer customer = id_at<Customer>(q * 14);
      const auto from = model.customer_factors().row(index(customer));
      std::copy(from.begin(), from.end(), out.asked.row(q).begin());
      out.wanted.emplace_back();
      for (const auto& one : model.recommend(customer, k, {.exclude_seen = false})) {
        out.wanted.back().push_back(static_cast<std::uint32_t>(one.item));
      }
    }
    return out;
  }();
  return made;
}

std::size_t hits(std::size_t q, std::uint32_t item) {
  const auto& wanted = vectors().wanted[q];
  return std::count(wanted.begin(), wanted.end(), item) != 0 ? 1 : 0;
}

const HnswIndex& ours() {
  static const HnswIndex made = [] {
    Context context;
    context.kernels = &native_kernels();
    return fit_hnsw(vectors().items, {}, context);
  }();
  return made;
}

void search(benchmark::State& state) {
  const HnswIndex& hnsw = ours();
  const auto width = static_cast<std::size_t>(state.range(0));
  std::size_t found = 0;
  for (auto _ : state) {
    found = 0;
    for (std::size_t q = 0; q < queries; ++q) {
      for (const auto& one : hnsw.search(vectors().asked.row(q), k, width)) {
        found += hits(q, static_cast<std::uint32_t>(one.item));
      }
    }
  }
  state.counters["recall"] = static_cast<double>(found) / static_cast<double>(queries * k);
  state.counters["queries"] =
      benchmark::Counter(static_cast<double>(queries) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(search)->Arg(16)->Arg(32)->Arg(64)->Arg(128)->Arg(512)->Unit(benchmark::kMillisecond);

void fit(benchmark::State& state) {
  Context context;
  context.kernels = &native_kernels();
  for (auto _ : state) benchmark::DoNotOptimize(fit_hnsw(vectors().items, {}, context));
}
BENCHMARK(fit)->Unit(benchmark::kMillisecond)->Iterations(1);

#if defined(BENCH_HAS_HNSWLIB)

struct Rival {
  hnswlib::InnerProductSpace space{factors};
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph;
};

std::unique_ptr<Rival> rival_of(const Vectors& from) {
  auto out = std::make_unique<Rival>();
  out->graph =
      std::make_unique<hnswlib::HierarchicalNSW<float>>(&out->space, from.items.rows(), 16, 200);
  for (std::size_t r = 0; r < from.items.rows(); ++r) {
    const auto row = from.items.row(r);
    if (std::all_of(row.begin(), row.end(), [](float x) { return x == 0; })) continue;
    out->graph->addPoint(row.data(), r);
  }
  return out;
}

void hnswlib_search(benchmark::State& state) {
  static const std::unique_ptr<Rival> rival = rival_of(vectors());
  rival->graph->setEf(static_cast<std::size_t>(state.range(0)));
  std::size_t found = 0;
  for (auto _ : state) {
    found = 0;
    for (std::size_t q = 0; q < queries; ++q) {
      auto list = rival->graph->searchKnn(vectors().asked.row(q).data(), k);
      for (; !list.empty(); list.pop()) {
        found += hits(q, static_cast<std::uint32_t>(list.top().second));
      }
    }
  }
  state.counters["recall"] = static_cast<double>(found) / static_cast<double>(queries * k);
  state.counters["queries"] =
      benchmark::Counter(static_cast<double>(queries) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(hnswlib_search)
    ->Arg(16)
    ->Arg(32)
    ->Arg(64)
    ->Arg(128)
    ->Arg(512)
    ->Unit(benchmark::kMillisecond);

void hnswlib_fit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(rival_of(vectors()));
}
BENCHMARK(hnswlib_fit)->Unit(benchmark::kMillisecond)->Iterations(1);

#endif

}  // namespace
