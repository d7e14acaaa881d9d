// Reading the Online Retail file (47 MB, 541,909 rows): cut into fields alone, and into typed
// orders with keys. Needs EMPTOR_DATA_DIR. bench/ingest/against_pandas.py runs it in turns with
// pandas.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "emptor/ingest/orders_csv.hpp"

namespace {

using namespace emptor;

std::string retail_file() {
  const char* folder = std::getenv("EMPTOR_DATA_DIR");
  return std::string(folder == nullptr ? "." : folder) + "/shop/online_retail.csv";
}

Mapping retail_mapping() {
  Mapping mapping;
  mapping.currency = "GBP";
  mapping.price_scale = 3;
  mapping.fields = {{.source = "InvoiceNo", .target = "order"},
                    {.source = "StockCode", .target = "item"},
                    {.source = "Description", .target = "item.name"},
                    {.source = "Quantity", .target = "quantity"},
                    {.source = "InvoiceDate", .target = "time"},
                    {.source = "UnitPrice", .target = "unit_price"},
                    {.source = "CustomerID", .target = "customer"},
                    {.source = "Country", .target = "customer.country"}};
  mapping.cancellations = {{.target = "order", .prefix = "C"}};
  return mapping;
}

void fields(benchmark::State& state) {
  const std::string path = retail_file();
  for (auto _ : state) {
    Result<CsvReader> reader = CsvReader::open(path);
    if (!reader) return state.SkipWithError(reader.error().to_string().c_str());
    std::size_t count = 0;
    while (*reader->next()) count += reader->fields();
    benchmark::DoNotOptimize(count);
    state.counters["fields"] = static_cast<double>(count);
  }
}
BENCHMARK(fields)->Unit(benchmark::kMillisecond);

void orders(benchmark::State& state) {
  const std::string path = retail_file();
  const Mapping mapping = retail_mapping();
  for (auto _ : state) {
    Customers customers;
    Items items;
    const Result<OrdersRead> read = read_orders_csv(path, mapping, customers, items);
    if (!read) return state.SkipWithError(read.error().to_string().c_str());
    state.counters["lines"] = static_cast<double>(read->orders.lines());
  }
}
BENCHMARK(orders)->Unit(benchmark::kMillisecond);

}  // namespace
