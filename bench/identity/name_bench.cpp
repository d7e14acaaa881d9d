// Names a second: English ones in five forms, and Chinese ones.

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/identity/name.hpp"
#include "emptor/identity/nicknames.hpp"

namespace {

constexpr std::string_view given[] = {"Thomas", "Mary",        "William",  "Elizabeth",
                                      "Peter",  "Jean-Pierre", "Margaret", "Bob",
                                      "Xavier", "Ann Marie"};
constexpr std::string_view family[] = {"Clifford", "Smith",       "O'Brien",  "van der Berg",
                                       "Jones",    "Smith-Jones", "McDonald", "Robinson",
                                       "Li",       "Featherstone"};

std::vector<std::string> english() {
  std::vector<std::string> names;
  emptor::RandomStream random(7, 0);
  for (int i = 0; i < 4096; ++i) {
    const std::string first(given[random.below(std::size(given))]);
    const std::string last(family[random.below(std::size(family))]);
    switch (random.below(5)) {
      case 0:
        names.push_back(last + ", " + first);
        break;
      case 1:
        names.push_back("Dr. " + first + " J. " + last + " Jr.");
        break;
      default:
        names.push_back(first + " " + last);
    }
  }
  return names;
}

void normalise_all(benchmark::State& state, const std::vector<std::string>& names) {
  emptor::PersonName name;
  for (auto _ : state) {
    for (const auto& raw : names) {
      benchmark::DoNotOptimize(emptor::normalise_name(raw, name));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(names.size()));
}

void name_english(benchmark::State& state) {
  normalise_all(state, english());
}
BENCHMARK(name_english);

void name_chinese(benchmark::State& state) {
  normalise_all(state, {"王伟", "李小龙", "歐陽修", "张秀英", "單雄信", "Wang Xiaoming"});
}
BENCHMARK(name_chinese);

void name_noble(benchmark::State& state) {
  normalise_all(state, {"thomas clifford, 1st baron clifford of chudleigh"});
}
BENCHMARK(name_noble);

void shares_name(benchmark::State& state) {
  const auto table = emptor::Nicknames::standard();
  constexpr std::string_view words[] = {"bob", "robert", "smith", "elizabeth", "liz", "mary"};
  for (auto _ : state) {
    for (const auto a : words) {
      for (const auto b : words) benchmark::DoNotOptimize(table.shares_name(a, b));
    }
  }
  state.SetItemsProcessed(state.iterations() * 36);
}
BENCHMARK(shares_name);

void nicknames_standard(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(emptor::Nicknames::standard());
}
BENCHMARK(nicknames_standard)->Unit(benchmark::kMicrosecond);

}  // namespace
