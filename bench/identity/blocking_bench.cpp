// Six rules over records of 2.5 a person: building the plan, and the stream of pairs.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/text.hpp"
#include "emptor/identity/blocking.hpp"
#include "emptor/identity/blocking_choice.hpp"
#include "emptor/identity/blocking_minhash.hpp"
#include "support/probe.hpp"

namespace {

using namespace emptor;

struct People {
  std::vector<std::vector<std::uint64_t>> keys;
  std::vector<BlockingRule> rules;
};

/// Keys as e-mail, phone, birthday with surname, both names, surname with postcode, and postcode
/// with birth year give them; one value in five is missing, one in seven is another.
People people(std::size_t records) {
  People people;
  people.keys.assign(6, std::vector<std::uint64_t>(records));
  RandomStream random(1);
  const auto persons = static_cast<std::uint32_t>(records * 2 / 5);
  const auto skewed = [](RandomStream& stream, double values) {
    return std::uint64_t(std::exp(stream.uniform() * std::log(values)));
  };
  for (std::size_t row = 0; row < records; ++row) {
    const std::uint32_t person = random.below(persons);
    RandomStream truth(2, person);
    const std::uint64_t surname = skewed(truth, 50'000), given = skewed(truth, 5'000);
    const std::uint64_t postcode = truth.below(20'000), birthday = truth.below(25'000);
    const std::uint64_t parts[6] = {person + 1ULL,
                                    person + 1ULL + (truth.below(10) == 0 ? 1ULL << 40 : 0),
                                    birthday * 50'000 + surname,
                                    given * 50'000 + surname,
                                    postcode * 50'000 + surname,
                                    postcode * 100 + birthday / 365};
    for (std::size_t r = 0; r < 6; ++r) {
      if (random.below(5) == 0) continue;
      const std::uint64_t typo = random.below(7) == 0 ? std::uint64_t{random()} << 30 : 0;
      people.keys[r][row] = (parts[r] + typo) * 0x9e3779b97f4a7c15U | 1;
    }
  }
  for (const std::vector<std::uint64_t>& keys : people.keys) people.rules.push_back({"", keys});
  return people;
}

void plan(benchmark::State& state) {
  const People in = people(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const BlockingPlan plan = build_blocking_plan(in.rules);
    state.counters["pairs"] = double(plan.report().pairs);
    state.counters["MB"] = double(plan.report().bytes) / 1e6;
  }
  bench::add_probe(state);
}
BENCHMARK(plan)->Arg(1'000'000)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

void costs(benchmark::State& state) {
  const People in = people(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(blocking_costs(in.rules));
}
BENCHMARK(costs)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void stream(benchmark::State& state) {
  const People in = people(static_cast<std::size_t>(state.range(0)));
  const BlockingPlan plan = build_blocking_plan(in.rules);
  std::uint64_t sum = 0, pairs = 0;
  for (auto _ : state) {
    plan.for_each_batch({}, [&](std::span<const RecordPair> batch, std::size_t, std::size_t) {
      pairs += batch.size();
      for (const RecordPair& pair : batch) sum += pair.a ^ pair.b;
    });
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(static_cast<std::int64_t>(pairs));
  state.counters["candidates"] = double(pairs) / double(state.iterations());
  state.counters["met"] = double(plan.report().pairs);
}
BENCHMARK(stream)->Arg(1'000'000)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

void choose(benchmark::State& state) {
  const People in = people(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(choose_blocking_rules(in.rules));
}
BENCHMARK(choose)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

/// Sets of ten tokens, 24 values each.
void minhash(benchmark::State& state) {
  const auto sets = static_cast<std::size_t>(state.range(0));
  std::vector<std::size_t> offsets(sets + 1);
  std::vector<std::uint32_t> tokens(sets * 10);
  RandomStream random(4);
  for (std::size_t i = 0; i <= sets; ++i) offsets[i] = i * 10;
  for (std::uint32_t& token : tokens) token = random.below(100'000);
  for (auto _ : state) benchmark::DoNotOptimize(minhash_keys(offsets, tokens));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(sets));
}
BENCHMARK(minhash)->Arg(100'000)->Unit(benchmark::kMillisecond);

void minhash_text(benchmark::State& state) {
  std::vector<std::string> texts;
  RandomStream random(5);
  for (int i = 0; i < 10'000; ++i) {
    texts.push_back(text(random.below(300), " Northumberland Street ", random.below(40), ", ",
                         random.below(100'000), " Newcastle"));
  }
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  for (auto _ : state) benchmark::DoNotOptimize(minhash_text_keys(views));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(texts.size()));
}
BENCHMARK(minhash_text)->Unit(benchmark::kMillisecond);

}  // namespace
