// Pseudonyms, encodings of records, and comparisons of encodings.

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/identity/bloom_encoding.hpp"
#include "emptor/identity/bloom_linkage.hpp"
#include "emptor/identity/generator.hpp"
#include "emptor/identity/pseudonym.hpp"

namespace {

using namespace emptor;

const SecretKey key("thirty-two random bytes, say so.");

void pseudonyms(benchmark::State& state) {
  std::string value = "ada.lovelace0000@example.org";
  for (auto _ : state) {
    value[12] = static_cast<char>('0' + state.iterations() % 10);
    benchmark::DoNotOptimize(pseudonym(key, "partner", "email", value));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(pseudonyms);

void encode(benchmark::State& state) {
  const GeneratedIdentities made = generate_identities({.persons = 8000});
  const LinkSchema schema{.fields = {{"full_name", FieldType::full_name},
                                     {"birth_date", FieldType::birth_date},
                                     {"email", FieldType::email},
                                     {"phone", FieldType::phone},
                                     {"address", FieldType::address},
                                     {"postcode", FieldType::postcode}}};
  for (auto _ : state) benchmark::DoNotOptimize(encode_records(made.records, schema, key));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(made.records.size()));
}
BENCHMARK(encode)->Unit(benchmark::kMillisecond);

/// Half full rows of 1,024 bits, all pairs.
void compare(benchmark::State& state) {
  constexpr std::size_t rows = 4096;
  RandomStream random(1);
  std::vector<std::uint64_t> a(rows * 16), b(rows * 16);
  for (std::uint64_t& word : a) word = random.bits64();
  for (std::uint64_t& word : b) word = random.bits64();
  const BloomEncodings ours(1024, 1, a), theirs(1024, 1, b);
  Context context;
  if (state.range(0) != 0) context.kernels = &native_kernels();
  for (auto _ : state) {
    benchmark::DoNotOptimize(link_encodings(ours, theirs, {.threshold = 0.8}, context));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows * rows));
}
BENCHMARK(compare)->ArgName("native")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
