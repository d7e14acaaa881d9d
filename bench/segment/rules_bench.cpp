// 100 rule segments over 1M customers: everybody at once, one more order or event, and the day.

#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>

#include "emptor/core/random.hpp"
#include "emptor/segment/rule_batch.hpp"
#include "emptor/segment/rule_stream.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t people = 1'000'000;
constexpr std::size_t lines = 5'000'000;
constexpr std::int64_t begin = 1'600'000'000;
constexpr std::int64_t step = 6;  // seconds from line to line: a year in all

struct Shop {
  Customers customers;
  Items items;
  RuleSchema schema;
};

/// Customers of three countries, a hundred items of ten categories.
const Shop& shop() {
  static const Shop made = [] {
    Shop out;
    const char* countries[] = {"FR", "DE", "IT"};
    (void)out.customers.column("country");
    for (std::uint32_t c = 0; c < people; ++c) {
      out.customers.column("country").set(out.customers.add(text(c)), countries[c % 3]);
    }
    (void)out.items.column("category");
    for (std::uint32_t i = 0; i < 100; ++i) {
      out.items.column("category").set(out.items.add(text(i)), text("category ", i % 10));
    }
    out.schema.attributes = {{"country", RuleType::text}};
    out.schema.item_columns = {"category"};
    return out;
  }();
  return made;
}

/// A hundred rules of the kinds that shops have; most ask about orders.
RuleSegments rules() {
  std::vector<SegmentDefinition> out;
  const auto add = [&](std::string rule) {
    out.push_back({text("s", out.size()), std::move(rule)});
  };
  const int days[] = {7, 30, 60, 90, 180};
  for (const int d : days) {
    for (int k = 1; k <= 3; ++k) add(text("count(orders in last ", d, " days) >= ", k));
    for (const int m : {50, 100, 200}) {
      add(text("sum(amount of sales in last ", d, " days) > ", m,
               " and customer.country = \"FR\""));
    }
    add(text("count(orders in last ", d, " days) >= 2 and not count(refunds in last ", d,
             " days) >= 1"));
    add(text("age(last(orders)) >= ", d, " days and count(orders) >= 2"));
    add(text("count(view in last ", d, " days) >= 5 and count(orders in last ", d, " days) = 0"));
  }
  for (int c = 0; c < 10; ++c) {
    add(text("count(sales where category = \"category ", c, "\") >= 2"));
    add(text("sum(amount of sales in last 90 days where category = \"category ", c, "\") >= 40"));
  }
  for (const char* period : {"day", "week", "month", "quarter", "year"}) {
    add(text("count(orders in this ", period, ") >= 2"));
    add(text("sum(amount of sales in this ", period, ") > 80"));
  }
  for (int k = 1; k <= 10; ++k) {
    add(text("average(amount of orders) >= ", 10 * k));
    add(text("max(amount of sales) >= ", 20 * k, " and count(orders) <= ", k));
  }
  add("distinct(category of sales) >= 3");
  add("did(view then orders within 1 day, in last 30 days)");
  add("did(cart then no orders within 1 day, in last 7 days)");
  add("at least 2 of (segment \"s0\", segment \"s9\", segment \"s18\")");
  add("count(view since last orders) >= 3");
  return RuleSegments::compile(out, shop().schema).value();
}

/// The i-th line of a stream in order of time.
SegmentOrderLine line_at(std::size_t i) {
  const std::uint64_t mixed = (i + 1) * 0x9e3779b97f4a7c15U;
  const double skewed = std::pow(static_cast<double>(mixed >> 11) * 0x1p-53, 1.5);
  const auto rank = static_cast<std::uint64_t>(skewed * people);
  return {.customer = id_at<Customer>(rank * 617'411 % people),
          .order = id_at<Order>(i),
          .item = id_at<Item>(mixed >> 7 & 63U),
          .time = Time{std::chrono::seconds{begin + static_cast<std::int64_t>(i) * step}},
          .amount = static_cast<std::int64_t>(500 + (mixed >> 20) % 6000)};
}

SegmentStream& stream() {
  static SegmentStream made = [] {
    SegmentStream out(rules(), Time{std::chrono::seconds{begin}}, &shop().customers, &shop().items);
    out.add_customers(people);
    for (std::size_t i = 0; i < lines; ++i) {
      const SegmentOrderLine line = line_at(i);
      out.add(line);
      if (i % 14'400 == 0) out.advance(line.time);  // a day
    }
    out.advance(line_at(lines).time);
    return out;
  }();
  return made;
}

/// Orders that came after those of the stream, all over the customers, a thousand a second.
SegmentOrderLine more_at(std::size_t i) {
  SegmentOrderLine line = line_at(lines + i);
  line.time =
      Time{std::chrono::seconds{begin + static_cast<std::int64_t>(lines * step + i / 1000)}};
  return line;
}

std::size_t next_order = 0;

void rules_one_more_order(benchmark::State& state) {
  SegmentStream& segments = stream();
  for (auto _ : state) benchmark::DoNotOptimize(segments.add(more_at(next_order++)).data());
  state.counters["measures"] = static_cast<double>(segments.segments().measures());
  state.counters["clauses"] = static_cast<double>(segments.segments().clauses());
}

/// What time costs: a day goes by for everybody, after the orders above.
void rules_one_more_day(benchmark::State& state) {
  SegmentStream& segments = stream();
  segments.advance(more_at(next_order).time);
  for (auto _ : state) {
    benchmark::DoNotOptimize(segments.advance(segments.now() + std::chrono::hours{24}).data());
  }
}

void rules_one_more_view(benchmark::State& state) {
  SegmentStream& segments = stream();
  const Time now = segments.now() + std::chrono::seconds{1};
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        segments.add(SegmentEvent{.customer = line_at(i++).customer, .item = Item{1}, .time = now})
            .data());
  }
}

void rules_batch(benchmark::State& state) {
  static const RuleSegments segments = rules();
  static Customers customers = shop().customers;
  static Items items = shop().items;
  static const Orders orders = [] {
    OrdersBuilder builder(customers, items, {});
    builder.reserve(lines);
    for (std::size_t i = 0; i < lines; ++i) {
      const SegmentOrderLine line = line_at(i);
      builder.add({.order = {}, .time = line.time, .amount = line.amount}, line.customer,
                  line.item);
    }
    return std::move(builder).finish();
  }();
  const RuleTables tables{.customers = &customers, .items = &items, .orders = &orders};
  for (auto _ : state) {
    const RuleBatch batch(segments, tables);
    benchmark::DoNotOptimize(batch.at(line_at(lines).time).sets.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines));
}

BENCHMARK(rules_one_more_order)->Iterations(500'000);
BENCHMARK(rules_one_more_day)->Unit(benchmark::kMillisecond)->Iterations(7);
BENCHMARK(rules_one_more_view)->Iterations(300'000);
BENCHMARK(rules_batch)->Unit(benchmark::kMillisecond);

}  // namespace
