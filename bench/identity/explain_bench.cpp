// What an explanation costs: one pair, one cluster, the whole linkage, a labelling file.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

#include "emptor/identity/explain.hpp"
#include "emptor/identity/generator.hpp"
#include "emptor/identity/labelling.hpp"

namespace {

using namespace emptor;

/// 100,000 records.
const Linkage& linkage() {
  static const Linkage one = link(generate_identities({.seed = 3, .persons = 40000}).records,
                                  {.fields = {{"given_name", FieldType::given_name},
                                              {"family_name", FieldType::family_name},
                                              {"full_name", FieldType::full_name},
                                              {"birth_date", FieldType::birth_date},
                                              {"email", FieldType::email},
                                              {"phone", FieldType::phone},
                                              {"address", FieldType::address},
                                              {"city", FieldType::city},
                                              {"postcode", FieldType::postcode},
                                              {"device", FieldType::device}}});
  return one;
}

const ScoredPair& some_pair(std::size_t i) {
  return linkage().pairs[i * 7919 % linkage().pairs.size()];
}

void explain_evidence(benchmark::State& state) {
  LinkageExplainer explainer(linkage());
  std::size_t i = 0;
  for (auto _ : state) {
    const ScoredPair& pair = some_pair(++i);
    benchmark::DoNotOptimize(explainer.evidence(pair.a, pair.b));
  }
}
BENCHMARK(explain_evidence)->Unit(benchmark::kMicrosecond);

void explain_whole_pair(benchmark::State& state) {
  LinkageExplainer explainer(linkage());
  std::size_t i = 0;
  for (auto _ : state) {
    const ScoredPair& pair = some_pair(++i);
    benchmark::DoNotOptimize(explainer.pair(pair.a, pair.b));
  }
}
BENCHMARK(explain_whole_pair)->Unit(benchmark::kMicrosecond);

void explain_merge_tree(benchmark::State& state) {
  LinkageExplainer explainer(linkage());
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(explainer.cluster(some_pair(++i).a));
}
BENCHMARK(explain_merge_tree)->Unit(benchmark::kMicrosecond);

void explain_whole_linkage(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(summarise_linkage(linkage()));
}
BENCHMARK(explain_whole_linkage)->Unit(benchmark::kMillisecond);

void explain_by_labels(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(labelling_file(linkage()));
}
BENCHMARK(explain_by_labels)->Unit(benchmark::kMillisecond);

}  // namespace
