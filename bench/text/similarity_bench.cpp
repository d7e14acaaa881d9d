// String similarity: millions of pairs a second, one thread. Arbitrary pairs of a dictionary of
// surnames, made from syllables by a seed with about the lengths of real ones (3 to 16, mean 8), or
// read from the file named by EMPTOR_SURNAMES, one a line. By instruction set (0 portable,
// 1 AVX2, 2 AVX-512), and one pair at a time. rapidfuzz-cpp runs beside it where its headers are
// on the include path.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <unordered_set>
#include <vector>

#if __has_include(<rapidfuzz/distance.hpp>)
#include <rapidfuzz/distance.hpp>
#endif

#include "emptor/core/random.hpp"
#include "emptor/text/packed_texts.hpp"
#include "emptor/text/similarity.hpp"

namespace {

using namespace emptor;

std::size_t below(RandomStream& random, std::size_t n) {
  return static_cast<std::size_t>(random.uniform(0, static_cast<double>(n)));
}

std::vector<std::string> made_surnames(std::size_t count) {
  static const char* const starts[] = {"b",   "br", "c", "ch", "d", "dr", "f", "g", "gr",
                                       "h",   "j",  "k", "l",  "m", "n",  "p", "r", "s",
                                       "sch", "st", "t", "th", "v", "w",  "z", ""};
  static const char* const vowels[] = {"a", "e", "i", "o", "u", "ai", "ee", "ou", "ie", "a", "e"};
  static const char* const ends[] = {"",  "n",  "r",  "l",  "s",  "m", "ck", "nd",
                                     "t", "ng", "rt", "ll", "ss", "",  "",   "n"};
  static const char* const tails[] = {"", "", "", "son", "er", "man", "ton", "ley", "ski", "ez"};
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (std::uint64_t row = 0; names.size() < count; ++row) {
    RandomStream random(1, row);
    std::string name;
    const std::size_t syllables = 1 + below(random, 3);
    for (std::size_t s = 0; s < syllables; ++s) {
      name += starts[below(random, std::size(starts))];
      name += vowels[below(random, std::size(vowels))];
      name += ends[below(random, std::size(ends))];
    }
    name += tails[below(random, std::size(tails))];
    if (name.size() >= 3 && name.size() <= 16 && seen.insert(name).second) names.push_back(name);
  }
  return names;
}

struct Surnames {
  std::vector<std::string> texts;
  PackedTexts packed;
  std::vector<std::uint32_t> a, b;
};

const Surnames& surnames() {
  static const Surnames data = [] {
    Surnames made;
    if (const char* path = std::getenv("EMPTOR_SURNAMES")) {
      std::ifstream file(path);
      for (std::string line; std::getline(file, line);) made.texts.push_back(line);
    }
    if (made.texts.empty()) made.texts = made_surnames(10000);
    for (const std::string& text : made.texts) made.packed.add(text);
    RandomStream random(2, 0);
    for (std::size_t i = 0; i < 1 << 16; ++i) {
      made.a.push_back(static_cast<std::uint32_t>(below(random, made.texts.size())));
      made.b.push_back(static_cast<std::uint32_t>(below(random, made.texts.size())));
    }
    return made;
  }();
  return data;
}

void count_pairs(benchmark::State& state) {
  state.counters["pairs/s"] = benchmark::Counter(static_cast<double>(surnames().a.size()),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

template <class Out, class Compare>
void batched(benchmark::State& state, Compare compare) {
  const Kernels* kernels = kernels_for(static_cast<Isa>(state.range(0)));
  if (kernels == nullptr) return state.SkipWithError("not on this machine");
  const Surnames& data = surnames();
  std::vector<Out> out(data.a.size());
  for (auto _ : state) {
    compare(data.packed, data.a, data.b, out, kernels);
    benchmark::ClobberMemory();
  }
  count_pairs(state);
}

void jaro_winkler_batched(benchmark::State& state) {
  batched<float>(
      state, [](const auto& packed, const auto& a, const auto& b, auto& out,
                const Kernels* kernels) { jaro_winkler_similarities(packed, a, b, out, kernels); });
}
BENCHMARK(jaro_winkler_batched)->ArgName("isa")->DenseRange(0, 2);

void levenshtein_batched(benchmark::State& state) {
  batched<std::uint8_t>(
      state, [](const auto& packed, const auto& a, const auto& b, auto& out,
                const Kernels* kernels) { levenshtein_distances(packed, a, b, out, kernels); });
}
BENCHMARK(levenshtein_batched)->ArgName("isa")->DenseRange(0, 2);

template <class Measure>
void single(benchmark::State& state, Measure measure) {
  const Surnames& data = surnames();
  for (auto _ : state) {
    double sum = 0;
    for (std::size_t i = 0; i < data.a.size(); ++i) {
      sum += static_cast<double>(measure(data.texts[data.a[i]], data.texts[data.b[i]]));
    }
    benchmark::DoNotOptimize(sum);
  }
  count_pairs(state);
}

using Text = const std::string&;

BENCHMARK_CAPTURE(single, jaro_winkler,
                  [](Text a, Text b) { return jaro_winkler_similarity(a, b); });
BENCHMARK_CAPTURE(single, levenshtein, [](Text a, Text b) { return levenshtein_distance(a, b); });
BENCHMARK_CAPTURE(single, levenshtein_to_2,
                  [](Text a, Text b) { return levenshtein_distance(a, b, 2); });
BENCHMARK_CAPTURE(single, damerau_levenshtein,
                  [](Text a, Text b) { return damerau_levenshtein_distance(a, b); });
BENCHMARK_CAPTURE(single, common_subsequence,
                  [](Text a, Text b) { return common_subsequence_similarity(a, b); });
BENCHMARK_CAPTURE(single, dice_bigrams, [](Text a, Text b) { return dice_ngram_similarity(a, b); });

#if __has_include(<rapidfuzz/distance.hpp>)
BENCHMARK_CAPTURE(single, rapidfuzz_jaro_winkler,
                  [](Text a, Text b) { return rapidfuzz::jaro_winkler_similarity(a, b); });
BENCHMARK_CAPTURE(single, rapidfuzz_levenshtein,
                  [](Text a, Text b) { return rapidfuzz::levenshtein_distance(a, b); });
BENCHMARK_CAPTURE(single, rapidfuzz_damerau_levenshtein,
                  [](Text a, Text b) { return rapidfuzz::osa_distance(a, b); });
#endif

}  // namespace
