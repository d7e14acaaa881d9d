// RFM of 10M and 100M generated orders of 1M customers, all in memory: the aggregation, the
// scoring, one more order, and the floor that memory sets: reading the three columns once.

#include <benchmark/benchmark.h>

#include <cmath>
#include <map>

#include "emptor/core/random.hpp"
#include "emptor/segment/rfm.hpp"
#include "emptor/segment/rfm_segments.hpp"
#include "emptor/segment/rfm_stream.hpp"

namespace {

using namespace emptor;

struct Columns {
  std::vector<Customer> customers;
  std::vector<Time> times;
  std::vector<std::int64_t> amounts;
  [[nodiscard]] RfmColumns view() const {
    return {.customers = customers, .times = times, .amounts = amounts};
  }
};

/// Three years of orders in order of time; how often a customer buys is skewed, amounts are
/// log-normal around 30.
const Columns& columns(std::int64_t millions = 10) {
  static std::map<std::int64_t, Columns> kept;
  if (kept.contains(millions)) return kept[millions];
  kept.clear();
  return kept[millions] = [&] {
    const auto orders = static_cast<std::size_t>(millions) * 1'000'000;
    constexpr std::uint32_t customers = 1'000'000;
    Columns out;
    out.customers.reserve(orders);
    out.times.reserve(orders);
    out.amounts.reserve(orders);
    RandomStream random(1);
    for (std::size_t i = 0; i < orders; ++i) {
      const double skewed = std::pow(random.uniform(), 1.5);
      const auto customer = static_cast<std::uint32_t>(skewed * customers);
      // A fixed permutation, so that frequent customers are not neighbours.
      out.customers.push_back(id_at<Customer>(std::uint64_t{customer} * 617'411 % customers));
      const auto second = static_cast<std::int64_t>(i * 90 / static_cast<std::size_t>(millions));
      out.times.push_back(Time{std::chrono::seconds{1'600'000'000 + second}});
      out.amounts.push_back(static_cast<std::int64_t>(3000 * std::exp(random.normal())) + 1);
    }
    return out;
  }();
}

void rfm_aggregate(benchmark::State& state) {
  const RfmColumns view = columns(state.range(0)).view();
  for (auto _ : state) {
    RfmAccumulator accumulator;
    accumulator.add(view);
    benchmark::DoNotOptimize(accumulator.states().data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(view.times.size()));
}

void rfm_score_all(benchmark::State& state) {
  RfmAccumulator accumulator;
  accumulator.add(columns().view());
  for (auto _ : state) {
    const RfmResult result = accumulator.score();
    benchmark::DoNotOptimize(result.rows.data());
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(accumulator.states().size()));
}

void rfm_whole(benchmark::State& state) {
  const RfmColumns view = columns(state.range(0)).view();
  for (auto _ : state) {
    RfmAccumulator accumulator;
    accumulator.add(view);
    const RfmResult result = accumulator.score();
    benchmark::DoNotOptimize(result.rows.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(view.times.size()));
}

void one_more_order(benchmark::State& state) {
  RfmAccumulator accumulator;
  accumulator.add(columns().view());
  const RfmThresholds thresholds = accumulator.score().thresholds;
  const Columns& from = columns();
  std::size_t i = 0;
  for (auto _ : state) {
    const Customer customer = from.customers[i];
    accumulator.add(RfmLine{.customer = customer,
                            .order = id_at<Order>(i),
                            .time = from.times[i],
                            .amount = from.amounts[i],
                            .line = i});
    const RfmState& now = accumulator.states()[index(customer)];
    benchmark::DoNotOptimize(rfm_score(thresholds, 0, now.orders, now.monetary, now.first_line));
    i = (i + 1) % from.customers.size();
  }
}

/// The same with the scores of the moment: the ends of bins follow every order.
void one_more_order_streamed(benchmark::State& state) {
  RfmAccumulator accumulator({.ties = RfmTies::value});
  accumulator.add(columns().view());
  RfmStream stream(std::move(accumulator));
  const Columns& from = columns();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(stream.add(RfmLine{.customer = from.customers[i],
                                                .order = id_at<Order>(i),
                                                .time = from.times[i],
                                                .amount = from.amounts[i],
                                                .line = i}));
    i = (i + 1) % from.customers.size();
  }
}

void segments(benchmark::State& state) {
  RfmAccumulator accumulator;
  accumulator.add(columns().view());
  const RfmResult result = accumulator.score();
  for (auto _ : state) benchmark::DoNotOptimize(rfm_segments_of(result).of_row.data());
}

void floor_read_columns(benchmark::State& state) {
  const RfmColumns view = columns(state.range(0)).view();
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const Customer customer : view.customers) sum += index(customer);
    for (const Time time : view.times) {
      sum += static_cast<std::uint64_t>(time.time_since_epoch().count());
    }
    for (const std::int64_t amount : view.amounts) sum += static_cast<std::uint64_t>(amount);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(view.times.size()));
}

BENCHMARK(rfm_aggregate)->ArgName("millions")->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(rfm_score_all)->Unit(benchmark::kMillisecond);
BENCHMARK(rfm_whole)->ArgName("millions")->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(segments)->Unit(benchmark::kMillisecond);
BENCHMARK(one_more_order);
BENCHMARK(one_more_order_streamed);
BENCHMARK(floor_read_columns)->ArgName("millions")->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(rfm_aggregate)->ArgName("millions")->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK(rfm_whole)->ArgName("millions")->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK(floor_read_columns)->ArgName("millions")->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
