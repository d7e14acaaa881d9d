// One record at a time against a million: how long a look-up and an arrival take, by quantiles.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

#include "emptor/identity/generator.hpp"
#include "emptor/identity/resolver.hpp"

namespace {

using namespace emptor;

constexpr std::size_t arriving = 100000;

const LinkSchema& schema() {
  static const LinkSchema made{.fields = {{"given_name", FieldType::given_name},
                                          {"family_name", FieldType::family_name},
                                          {"full_name", FieldType::full_name},
                                          {"gender", FieldType::gender},
                                          {"birth_date", FieldType::birth_date},
                                          {"email", FieldType::email},
                                          {"phone", FieldType::phone},
                                          {"address", FieldType::address},
                                          {"city", FieldType::city},
                                          {"postcode", FieldType::postcode},
                                          {"device", FieldType::device},
                                          {"user_id", FieldType::account}}};
  return made;
}

void row_of(const Records& records, std::size_t r, std::vector<std::string_view>& row) {
  row.clear();
  for (std::size_t c = 0; c < records.columns().size(); ++c) {
    row.push_back(records.value(id_at<Record>(r), c));
  }
}

struct Crowd {
  Records later{std::vector<std::string>{"none"}};
  std::unique_ptr<Resolver> resolver;
};

/// All but the last 100,000 records of so many persons linked, the others yet to come.
Crowd& crowd(std::size_t persons) {
  static Crowd made;
  static std::size_t made_for = 0;
  if (made_for == persons) return made;
  const Records all = generate_identities({.seed = 9, .persons = persons}).records;
  const std::vector<std::string> columns(all.columns().begin(), all.columns().end());
  const std::size_t first = all.size() - std::min(arriving, all.size() / 2);
  Records base(columns);
  made.later = Records(columns);
  std::vector<std::string_view> row;
  for (std::size_t r = 0; r < all.size(); ++r) {
    row_of(all, r, row);
    static_cast<void>((r < first ? base : made.later).add(row).value());
  }
  made.resolver = std::make_unique<Resolver>(link(base, schema()));
  made_for = persons;
  return made;
}

template <class Answer>
void by_quantiles(benchmark::State& state, Answer&& answer) {
  Crowd& now = crowd(static_cast<std::size_t>(state.range(0)));
  std::vector<double> took;
  std::vector<std::string_view> row;
  std::size_t next = 0, candidates = 0, found = 0;
  for (auto _ : state) {
    row_of(now.later, next++ % now.later.size(), row);
    const auto begin = std::chrono::steady_clock::now();
    const Resolved got = answer(*now.resolver, row);
    const auto end = std::chrono::steady_clock::now();
    took.push_back(std::chrono::duration<double, std::micro>(end - begin).count());
    candidates += got.candidates;
    found += got.outcome != RecordOutcome::made ? 1 : 0;
  }
  std::sort(took.begin(), took.end());
  const auto quantile = [&](double share) {
    return took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))];
  };
  state.counters["p50_us"] = quantile(.5);
  state.counters["p90_us"] = quantile(.9);
  state.counters["p99_us"] = quantile(.99);
  state.counters["p999_us"] = quantile(.999);
  const auto n = static_cast<double>(took.size());
  state.counters["candidates"] = static_cast<double>(candidates) / n;
  state.counters["found"] = static_cast<double>(found) / n;
}

void resolver_look_up(benchmark::State& state) {
  by_quantiles(state, [](const Resolver& resolver, std::span<const std::string_view> row) {
    return resolver.look_up(row).value();
  });
}
BENCHMARK(resolver_look_up)
    ->Arg(8000)
    ->Arg(400000)
    ->Iterations(arriving)
    ->Unit(benchmark::kMicrosecond);

void resolver_resolve(benchmark::State& state) {
  by_quantiles(state, [](Resolver& resolver, std::span<const std::string_view> row) {
    return resolver.resolve(row, Time{}).value();
  });
}
BENCHMARK(resolver_resolve)->Arg(400000)->Iterations(arriving)->Unit(benchmark::kMicrosecond);

}  // namespace
