// Points, memberships and the outbox: what one fact costs when memory is warm (a thousand
// customers) and over many customers.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <memory>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/reward/membership.hpp"
#include "emptor/reward/outbox.hpp"
#include "emptor/reward/points.hpp"
#include "emptor/reward/points_forecast.hpp"

namespace {

using namespace emptor;

Time at(std::int64_t seconds) {
  return Time{Day{std::chrono::year{2024} / 1 / 1} + std::chrono::seconds{seconds}};
}

constexpr std::int64_t year = 365 * 86'400;
constexpr std::uint32_t rounds = 16;

// Memory that is given back stays mapped, so that a book made anew is warm.
const bool warm =
    mallopt(M_MMAP_THRESHOLD, 1 << 30) != 0 && mallopt(M_TRIM_THRESHOLD, 1 << 30) != 0;

// The customers in turn, not in the order of memory.
Customer customer(std::uint32_t i, std::uint32_t customers) {
  return Customer{static_cast<std::uint32_t>(std::uint64_t{i} * 7919 % customers)};
}

/// Room for `rounds` earns and as many spends a customer.
PointsBook room(std::uint32_t customers) {
  benchmark::DoNotOptimize(warm);
  PointsBook book;
  book.reserve(std::size_t{2} * rounds * customers, customers);
  for (std::uint32_t c = 0; c < customers; ++c) book.reserve_account(Customer{c}, 2 * rounds);
  return book;
}

void earn_all(PointsBook& book, std::uint32_t customers) {
  for (std::uint32_t i = 0; i < rounds * customers; ++i) {
    benchmark::DoNotOptimize(book.earn(i + 1, customer(i, customers), at(i), 100 + i % 50,
                                       {.expires_at = at(i + year)}));
  }
}

void points_earn(benchmark::State& state) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto book = std::make_unique<PointsBook>(room(customers));
    state.ResumeTiming();
    earn_all(*book, customers);
    state.PauseTiming();
    book.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * rounds * customers);
}
BENCHMARK(points_earn)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void points_spend(benchmark::State& state) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto book = std::make_unique<PointsBook>(room(customers));
    earn_all(*book, customers);
    state.ResumeTiming();
    for (std::uint32_t i = 0; i < rounds * customers; ++i) {
      benchmark::DoNotOptimize(
          book->spend(1'000'000'000 + i, customer(i, customers), at(rounds * customers + i), 90));
    }
    state.PauseTiming();
    book.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * rounds * customers);
}
BENCHMARK(points_spend)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void points_retry(benchmark::State& state) {
  constexpr std::uint32_t customers = 10'000;
  PointsBook book = room(customers);
  earn_all(book, customers);
  for (auto _ : state) earn_all(book, customers);
  state.SetItemsProcessed(state.iterations() * rounds * customers);
}
BENCHMARK(points_retry)->Unit(benchmark::kMillisecond);

/// Some of what was earned is spent at once, some later, some never.
PointsBook history(std::uint32_t customers) {
  PointsBook book;
  book.reserve(std::size_t{8} * customers, customers);
  RandomStream random(5);
  for (std::uint32_t i = 0; i < 4 * customers; ++i) {
    const Customer who = customer(i, customers);
    const std::int64_t time = std::int64_t{i} * year / customers;
    (void)book.earn(i + 1, who, at(time), 100, {.expires_at = at(time + 2 * year)});
    if (random.bernoulli(0.4)) (void)book.spend(1'000'000'000 + i, who, at(time + 5), 80);
  }
  return book;
}

void points_balances(benchmark::State& state) {
  constexpr std::uint32_t customers = 250'000;
  const PointsBook book = history(customers);
  for (auto _ : state) benchmark::DoNotOptimize(book.total(at(5 * year)));
  state.SetItemsProcessed(state.iterations() * customers);
}
BENCHMARK(points_balances)->Unit(benchmark::kMillisecond);

void points_forecast(benchmark::State& state) {
  const PointsBook book = history(250'000);  // a million lots
  const std::vector<const PointsAccount*> accounts = book.accounts();
  for (auto _ : state) benchmark::DoNotOptimize(forecast_points(accounts, at(4 * year + 10)));
}
BENCHMARK(points_forecast)->Unit(benchmark::kMillisecond);

void points_expiring(benchmark::State& state) {
  const PointsBook book = history(250'000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(book.expiring(at(4 * year), at(4 * year + 30 * 86'400)));
  }
}
BENCHMARK(points_expiring)->Unit(benchmark::kMillisecond);

void membership_facts(benchmark::State& state, MembershipWindow window) {
  constexpr std::uint32_t customers = 10'000;
  MembershipRules rules = default_membership();
  rules.window = window;
  for (auto _ : state) {
    MembershipBook book(rules);
    for (std::uint32_t i = 0; i < 32 * customers; ++i) {
      benchmark::DoNotOptimize(book.add({.id = i + 1,
                                         .customer = customer(i, customers),
                                         .time = at(std::int64_t{i} * 3 * year / (32 * customers)),
                                         .counts = {.spend = 5'000 + i % 30'000, .orders = 1}}));
    }
  }
  state.SetItemsProcessed(state.iterations() * 32 * customers);
}
BENCHMARK_CAPTURE(membership_facts, year, MembershipWindow::calendar_year)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(membership_facts, rolling, MembershipWindow::rolling)
    ->Unit(benchmark::kMillisecond);

void membership_night(benchmark::State& state) {
  constexpr std::uint32_t customers = 250'000;
  MembershipBook book(default_membership());
  for (std::uint32_t i = 0; i < 4 * customers; ++i) {
    (void)book.add({.id = i + 1,
                    .customer = customer(i, customers),
                    .time = at(std::int64_t{i} * year / (4 * customers)),
                    .counts = {.spend = 5'000 + i % 70'000, .orders = 1}});
  }
  std::vector<TierChange> changes;
  for (auto _ : state) {
    changes.clear();
    book.changes(at(2 * year), at(2 * year + 86'400), changes);
    benchmark::DoNotOptimize(changes.data());
  }
  state.SetItemsProcessed(state.iterations() * customers);
}
BENCHMARK(membership_night)->Unit(benchmark::kMillisecond);

void outbox_append(benchmark::State& state) {
  constexpr std::uint32_t records = 200'000;
  for (auto _ : state) {
    state.PauseTiming();
    Outbox outbox;
    outbox.reserve(records);
    state.ResumeTiming();
    for (std::uint32_t i = 0; i < records; ++i) {
      benchmark::DoNotOptimize(
          outbox.append(emptor::points_earned(Customer{i % 1000}, i, 100, at(i))));
    }
  }
  state.SetItemsProcessed(state.iterations() * records);
}
BENCHMARK(outbox_append)->Unit(benchmark::kMillisecond);

}  // namespace
