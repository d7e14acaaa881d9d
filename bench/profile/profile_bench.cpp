// Features, preferences, discounts, cohorts and sales of 1M generated order lines of 100,000
// customers, and one more line.

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/profile/cohort.hpp"
#include "emptor/profile/customer_columns.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/profile/list_prices.hpp"
#include "emptor/profile/preferences.hpp"
#include "emptor/profile/rates.hpp"
#include "emptor/profile/sales.hpp"
#include "emptor/table/order_interactions.hpp"

namespace {

using namespace emptor;

struct Shop {
  Customers customers;
  Items items;
  Orders orders;
};

/// Two years of orders of about four lines; one line in fifty is a refund.
const Shop& shop() {
  static const Shop made = [] {
    Shop out;
    OrdersBuilder builder(out.customers, out.items);
    RandomStream random(2);
    std::string order, customer;
    Time time{std::chrono::seconds{1'600'000'000}};
    for (std::size_t i = 0; i < 1'000'000; ++i) {
      if (i == 0 || random.below(4) == 0) {
        order = std::to_string(i);
        customer = std::to_string(static_cast<int>(std::pow(random.uniform(), 1.5) * 100'000));
        time += std::chrono::seconds{random.below(500)};
      }
      const bool refund = random.below(50) == 0;
      builder.add({.order = order,
                   .customer = customer,
                   .item = std::to_string(random.below(5'000)),
                   .time = time,
                   .amount = (refund ? -1 : 1) * (1 + std::int64_t{random.below(10'000)}),
                   .quantity = refund ? -1 : 1});
    }
    for (std::size_t i = 0; i < out.items.size(); ++i) {
      out.items.column("category").set(id_at<Item>(i), std::to_string(i % 40));
    }
    out.orders = std::move(builder).finish();
    return out;
  }();
  return made;
}

void count_lines(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shop().orders.lines()));
}

void features(benchmark::State& state) {
  for (auto _ : state) {
    const FeatureTable table = features_of(shop().orders, shop().customers, shop().items);
    benchmark::DoNotOptimize(table.customers.data());
  }
  count_lines(state);
}

void features_in_four_windows(benchmark::State& state) {
  const Time as_of{std::chrono::seconds{1'662'000'000}};
  const std::vector<TimeWindow> windows{trailing_window(as_of, 30), trailing_window(as_of, 90),
                                        trailing_window(as_of, 365), TimeWindow{}};
  for (auto _ : state) {
    const auto tables = features_over(shop().orders, shop().customers.size(),
                                      feature_columns(shop().items), windows, {.as_of = as_of});
    benchmark::DoNotOptimize(tables.data());
  }
  count_lines(state);
}

/// The shop's lines in the order of time, each into its customer's state; with `state.range(0)`,
/// the customer's features are read after every line.
void one_more_line(benchmark::State& state) {
  const Orders& orders = shop().orders;
  const bool read = state.range(0) != 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<FeatureState> customers(shop().customers.size());
    state.ResumeTiming();
    for (std::size_t i = 0; i < orders.lines(); ++i) {
      FeatureState& customer = customers[index(orders.line_customers()[i])];
      customer.add({.order = orders.line_orders()[i],
                    .item = orders.line_items()[i],
                    .time = orders.line_times()[i],
                    .amount = orders.line_amounts()[i],
                    .quantity = orders.line_quantities()[i]});
      if (read) benchmark::DoNotOptimize(customer.at(orders.line_times()[i]).orders);
    }
    state.PauseTiming();
    customers = {};
    state.ResumeTiming();
  }
  count_lines(state);
}

void discounts(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(inferred_discounts(shop().orders).discounted_lines);
  }
  count_lines(state);
}

void preferences(benchmark::State& state) {
  const Time as_of{std::chrono::seconds{1'662'000'000}};
  const PreferenceOptions options{.price_edges = price_band_edges(shop().orders, 5, as_of)};
  for (auto _ : state) {
    const PreferenceTable table =
        preferences_of(shop().orders, shop().customers, shop().items, as_of, options);
    benchmark::DoNotOptimize(table.customers.data());
  }
  count_lines(state);
}

void columns(benchmark::State& state) {
  const Time as_of{std::chrono::seconds{1'662'000'000}};
  const FeatureTable table =
      features_of(shop().orders, shop().customers, shop().items, {.as_of = as_of});
  const PreferenceTable preferences =
      preferences_of(shop().orders, shop().customers, shop().items, as_of);
  const NamedFeatures part{.table = &table};
  for (auto _ : state) {
    benchmark::DoNotOptimize(profile_columns({&part, 1}, &preferences).values.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(shop().customers.size()));
}

void conversion(benchmark::State& state) {
  RateTable rates;
  for (int day = 18'000; day < 20'000; ++day) {
    rates.add(Currency("EUR"), Currency("USD"), Day{std::chrono::days{day}}, 10'000 + day, 10'000);
  }
  for (auto _ : state) {
    const auto converted = convert_orders(shop().orders, rates, {.currency = Currency("USD")});
    benchmark::DoNotOptimize(converted->orders.line_amounts().data());
  }
  count_lines(state);
}

void cohorts(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(cohorts_of(shop().orders).counts.data());
  count_lines(state);
}

void sales_by_day(benchmark::State& state) {
  for (auto _ : state) {
    const SalesOverTime sales = sales_over_time(shop().orders, {.period = Period::day});
    benchmark::DoNotOptimize(sales.periods.data());
  }
  count_lines(state);
}

void concentration(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(concentration_of(shop().orders).gini);
  count_lines(state);
}

void interactions(benchmark::State& state) {
  for (auto _ : state) {
    const InteractionLog log = interactions_of(shop().orders);
    benchmark::DoNotOptimize(log.weights.data());
  }
  count_lines(state);
}

BENCHMARK(features)->Unit(benchmark::kMillisecond);
BENCHMARK(features_in_four_windows)->Unit(benchmark::kMillisecond);
BENCHMARK(discounts)->Unit(benchmark::kMillisecond);
BENCHMARK(preferences)->Unit(benchmark::kMillisecond);
BENCHMARK(columns)->Unit(benchmark::kMillisecond);
BENCHMARK(conversion)->Unit(benchmark::kMillisecond);
BENCHMARK(cohorts)->Unit(benchmark::kMillisecond);
BENCHMARK(sales_by_day)->Unit(benchmark::kMillisecond);
BENCHMARK(concentration)->Unit(benchmark::kMillisecond);
BENCHMARK(interactions)->Unit(benchmark::kMillisecond);
BENCHMARK(one_more_line)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
