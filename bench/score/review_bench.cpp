// Reviews a second: sentiment by lexicon, a full reading, signals of fake reviews.

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/review.hpp"
#include "emptor/score/review_signals.hpp"

namespace {

using namespace emptor;

/// About 30 words each, of a vocabulary of 3,000 of which every tenth is in the lexicon.
struct Reviews {
  LexiconSentiment sentiment{SentimentLexicon{}};
  std::vector<std::string> texts;
  std::size_t bytes = 0;

  Reviews() {
    const std::vector<std::string> common = {"the",      "was",  "very", "not", "but",
                                             "delivery", "food", "and",  "it",  "staff"};
    SentimentLexicon lexicon;
    std::vector<std::string> words;
    for (std::uint64_t w = 0; w < 3000; ++w) {
      RandomStream random(1, w);
      std::string word;
      for (std::uint32_t i = 4 + random.below(5); i > 0; --i) {
        word.push_back(static_cast<char>('a' + random.below(26)));
      }
      if (w % 10 == 0) lexicon.add(word, 3 * random.normal()).value();
      words.push_back(std::move(word));
    }
    sentiment = LexiconSentiment(lexicon);
    for (std::uint64_t r = 0; r < 20'000; ++r) {
      RandomStream random(2, r);
      std::string text;
      for (int i = 0; i < 30; ++i) {
        if (i > 0) text += i % 8 == 0 ? ", " : " ";
        text += random.below(3) == 0 ? common[random.below(10)] : words[random.below(3000)];
      }
      bytes += text.size();
      texts.push_back(std::move(text));
    }
  }
};

const Reviews& reviews() {
  static const Reviews made;
  return made;
}

void BM_LexiconSentiment(benchmark::State& state) {
  SentimentWork work;
  SentimentAnalysis out;
  for (auto _ : state) {
    for (const std::string& text : reviews().texts) {
      reviews().sentiment.analyse(text, work, out);
      benchmark::DoNotOptimize(out.compound);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(reviews().texts.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(reviews().bytes));
}
BENCHMARK(BM_LexiconSentiment)->Unit(benchmark::kMillisecond);

void BM_ReviewReading(benchmark::State& state) {
  const ReviewReader reader(reviews().sentiment);
  SentimentWork work;
  ReviewReading out;
  for (auto _ : state) {
    for (const std::string& text : reviews().texts) {
      reader.read(text, 0, work, out);
      benchmark::DoNotOptimize(out.sentiment.compound);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(reviews().texts.size()));
}
BENCHMARK(BM_ReviewReading)->Unit(benchmark::kMillisecond);

void BM_ReviewSignals(benchmark::State& state) {
  std::vector<ReviewRecord> records;
  for (std::uint64_t r = 0; r < reviews().texts.size(); ++r) {
    RandomStream random(3, r);
    records.push_back({Customer{random.below(8000)}, Item{random.below(500)},
                       Time{std::chrono::seconds{random.below(30'000'000)}}, 1.0 + random.below(5),
                       reviews().texts[r]});
  }
  for (auto _ : state) benchmark::DoNotOptimize(check_reviews(records));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records.size()));
}
BENCHMARK(BM_ReviewSignals)->Unit(benchmark::kMillisecond);

}  // namespace
