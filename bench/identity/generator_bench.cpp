// Made-up identities with their defaults, some 2.5 records a person.

#include <benchmark/benchmark.h>

#include "emptor/identity/generator.hpp"

namespace {

using namespace emptor;

void generate(benchmark::State& state) {
  IdentityGeneratorOptions options;
  options.persons = static_cast<std::size_t>(state.range(0));
  std::size_t records = 0;
  for (auto _ : state) {
    const GeneratedIdentities made = generate_identities(options);
    records += made.records.size();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(records));
}
BENCHMARK(generate)->Arg(40'000)->Arg(400'000)->Unit(benchmark::kMillisecond);

}  // namespace
