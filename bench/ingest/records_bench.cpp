// Reading a table of people as raw records: historical50k (50,578 rows of eleven columns, 5.0 MB).
// Needs EMPTOR_DATA_DIR.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "emptor/ingest/records_csv.hpp"

namespace {

using namespace emptor;

void records(benchmark::State& state) {
  const char* folder = std::getenv("EMPTOR_DATA_DIR");
  const std::string path =
      std::string(folder == nullptr ? "." : folder) + "/identity/historical50k/historical_50k.csv";
  for (auto _ : state) {
    const Result<RecordsRead> read = read_records(path);
    if (!read) return state.SkipWithError(read.error().to_string().c_str());
    state.counters["records"] = static_cast<double>(read->records.size());
  }
}
BENCHMARK(records)->Unit(benchmark::kMillisecond);

}  // namespace
