// Records to customers: a public file from CSV to clusters, and made-up records of many sizes; how
// many candidate pairs are scored in a second of the scoring step.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "emptor/evaluate/clustering.hpp"
#include "emptor/identity/generator.hpp"
#include "emptor/identity/link.hpp"
#include "emptor/ingest/records_csv.hpp"

namespace {

using namespace emptor;
using Clock = std::chrono::steady_clock;

/// Seconds between the beginnings of two steps that a linkage reports.
class StepClock {
 public:
  [[nodiscard]] Context context() {
    Context context;
    context.progress = [this](const ProgressStep& step) {
      if (step.what == "score pairs") begin_ = Clock::now();
      if (step.what == "cluster" && end_ < begin_) end_ = Clock::now();
      return Go::on;
    };
    return context;
  }
  [[nodiscard]] double scoring_seconds() const {
    return std::chrono::duration<double>(end_ - begin_).count();
  }

 private:
  Clock::time_point begin_{}, end_{};
};

LinkSchema schema_of_made_up_records() {
  return {.fields = {{"full_name", FieldType::full_name},
                     {"given_name", FieldType::given_name},
                     {"family_name", FieldType::family_name},
                     {"gender", FieldType::gender},
                     {"birth_date", FieldType::birth_date},
                     {"email", FieldType::email},
                     {"phone", FieldType::phone},
                     {"address", FieldType::address},
                     {"city", FieldType::city},
                     {"postcode", FieldType::postcode},
                     {"country", FieldType::country},
                     {"device", FieldType::device},
                     {"openid", FieldType::account},
                     {"unionid", FieldType::account},
                     {"user_id", FieldType::account}}};
}

void link_made_up_records(benchmark::State& state) {
  const GeneratedIdentities made =
      generate_identities({.persons = static_cast<std::size_t>(state.range(0))});
  const LinkSchema schema = schema_of_made_up_records();
  double candidates = 0, scoring = 0;
  for (auto _ : state) {
    StepClock clock;
    const Linkage linkage = link(made.records, schema, {}, {}, clock.context());
    candidates += static_cast<double>(linkage.report.candidates);
    scoring += clock.scoring_seconds();
    const ClusteringEvaluation quality =
        evaluate_clustering(made.person, linkage.clustering.cluster);
    state.counters["pairwise F1"] = quality.pairs.f1;
    state.counters["B3 F1"] = quality.b_cubed.f1;
  }
  state.counters["records"] = static_cast<double>(made.records.size());
  state.counters["candidates"] = candidates / static_cast<double>(state.iterations());
  state.counters["scored pairs/s"] = candidates / scoring;
}
BENCHMARK(link_made_up_records)->Arg(20000)->Arg(400000)->Unit(benchmark::kMillisecond);

void link_historical_from_csv(benchmark::State& state) {
  const char* folder = std::getenv("EMPTOR_DATA_DIR");
  const std::string path = folder == nullptr
                               ? std::string()
                               : std::string(folder) + "/identity/historical50k/historical_50k.csv";
  const LinkSchema schema{.fields = {{"full_name", FieldType::full_name},
                                     {"first_name", FieldType::given_name},
                                     {"surname", FieldType::family_name},
                                     {"dob", FieldType::birth_date},
                                     {"birth_place", FieldType::birth_place},
                                     {"postcode_fake", FieldType::postcode},
                                     {"gender", FieldType::gender},
                                     {"occupation", FieldType::text}}};
  for (auto _ : state) {
    const Result<RecordsRead> read = read_records(path);
    if (!read) {
      state.SkipWithError("historical50k is not in EMPTOR_DATA_DIR");
      break;
    }
    benchmark::DoNotOptimize(link(read->records, schema));
  }
}
BENCHMARK(link_historical_from_csv)->Unit(benchmark::kMillisecond);

}  // namespace
