// Content on a made-up catalogue of 40,000 items: titles of 8 and descriptions of 60 words drawn
// from a power law of 30,000 words, a brand of 500, two tags of 200, a price; 20,000 customers of
// 20 items on average. And the tokeniser, in bytes a second. One thread;
// lists for all by instruction set (0 portable, 1 AVX2, 2 AVX-512).

#include "emptor/recommend/content.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "emptor/table/feature_builder.hpp"

namespace {

using namespace emptor;

constexpr std::size_t items = 40'000;
constexpr std::size_t customers = 20'000;

std::string words(RandomStream& random, std::size_t count) {
  std::string out;
  for (std::size_t w = 0; w < count; ++w) {
    auto rank = static_cast<std::uint32_t>(std::pow(30'000.0, random.uniform()));
    for (int letter = 0; letter < 5; ++letter, rank /= 12) {
      out.push_back("tnsrhldcmfpg"[rank % 12]);
      out.push_back("aeiou"[rank % 5]);
    }
    out.push_back(' ');
  }
  return out;
}

const ItemProfiles& profiles() {
  static const ItemProfiles made = [] {
    FeatureBuilder builder(items);
    ContentField title{.name = "title", .weight = 3};
    ContentField about{.name = "about"};
    for (std::size_t i = 0; i < items; ++i) {
      RandomStream random(3, i);
      title.texts.push_back(words(random, 8));
      about.texts.push_back(words(random, 60));
      builder.add_category(i, "brand", text("b", random.below(500)));
      builder.add_tag(i, "tag", text("t", random.below(200)));
      builder.add_tag(i, "tag", text("t", random.below(20)));
      builder.add_number(i, "price", std::exp(3 * random.uniform()));
    }
    return ItemProfiles{.items = items,
                        .features = builder.build(),
                        .fields = {std::move(title), std::move(about)}};
  }();
  return made;
}

const Interactions& data() {
  static const Interactions made = [] {
    InteractionLog log;
    for (std::size_t c = 0; c < customers; ++c) {
      RandomStream random(4, c);
      const auto count = static_cast<std::size_t>(2 + random.exponential(18));
      for (std::size_t e = 0; e < count; ++e) {
        log.add(id_at<Customer>(c), id_at<Item>(random.below(items)));
      }
    }
    return Interactions(customers, items, log, Duplicates::largest);
  }();
  return made;
}

const ContentModel& model() {
  static const ContentModel fitted = fit_content(profiles(), data()).model;
  return fitted;
}

void fit(benchmark::State& state) {
  (void)data();
  (void)profiles();
  for (auto _ : state) {
    const auto fitted = fit_content(profiles(), data());
    state.counters["features"] = static_cast<double>(fitted.report.features);
    state.counters["entries"] = static_cast<double>(fitted.model.vectors().entries());
  }
}
BENCHMARK(fit)->Unit(benchmark::kMillisecond);

void top_10_of_all(benchmark::State& state) {
  const Kernels* const kernels = kernels_for(static_cast<Isa>(state.range(0)));
  if (kernels == nullptr) return state.SkipWithError("not on this machine");
  (void)model();
  for (auto _ : state) {
    benchmark::DoNotOptimize(recommend_all(model(), 10, {}, {.kernels = kernels}));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(customers));
}
BENCHMARK(top_10_of_all)->ArgName("isa")->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

/// The same without the index: every item scored in full.
void full_scan(benchmark::State& state) {
  std::vector<Item> all;
  for (std::size_t i = 0; i < items; ++i) all.push_back(id_at<Item>(i));
  std::vector<float> scores(items);
  std::size_t customer = 0;
  for (auto _ : state) {
    model().score(id_at<Customer>(customer++ % customers), all, scores);
    TopK<float> best(10);
    for (std::size_t i = 0; i < items; ++i) best.push(static_cast<std::uint32_t>(i), scores[i]);
    benchmark::DoNotOptimize(best.take());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(full_scan)->Unit(benchmark::kMicrosecond);

void recommend_one(benchmark::State& state) {
  std::size_t customer = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model().recommend(id_at<Customer>(customer++ % customers), 10));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(recommend_one)->Unit(benchmark::kMicrosecond);

void search_three_words(benchmark::State& state) {
  std::size_t query = 0;
  for (auto _ : state) {
    RandomStream random(6, query++);
    benchmark::DoNotOptimize(model().search(words(random, 3), 10));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(search_three_words)->Unit(benchmark::kMicrosecond);

void tokenise_text(benchmark::State& state) {
  std::string text;
  for (std::size_t i = 0; i < 2000; ++i) {
    RandomStream random(7, i);
    text += words(random, 50);
    if (state.range(0) != 0) text += "这家店的东西很好吃，送餐也快，下次还会再来";
  }
  Tokeniser tokenise;
  std::size_t tokens = 0;
  for (auto _ : state) {
    tokens += tokenise(text, [](std::string_view token, TokenKind) {
                benchmark::DoNotOptimize(token.data());
              }).tokens;
  }
  benchmark::DoNotOptimize(tokens);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(tokenise_text)->Arg(0)->Arg(1);

}  // namespace
