// Satisfaction and surveys: a million answers by group, shares of R² over all sets of drivers,
// raking a million rows, screening.

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/satisfaction.hpp"
#include "emptor/score/satisfaction_drivers.hpp"
#include "emptor/score/satisfaction_trend.hpp"
#include "emptor/score/survey_sampling.hpp"
#include "emptor/score/survey_screening.hpp"
#include "emptor/score/survey_weights.hpp"

namespace {

using namespace emptor;

constexpr std::size_t million = 1'000'000;

struct Answers {
  std::vector<double> scores, weights;
  std::vector<std::uint32_t> groups;
  std::vector<Time> times;
  Answers() {
    RandomStream random(1);
    for (std::size_t i = 0; i < million; ++i) {
      scores.push_back(random.below(11));
      weights.push_back(0.5 + random.uniform());
      groups.push_back(random.below(1000));
      times.push_back(Time{std::chrono::days{random.below(5 * 365)}});
    }
  }
};

const Answers& answers() {
  static const Answers made;
  return made;
}

/// Rows of p items of 1 to 5 that share a mood, and an overall answer.
struct Questionnaires {
  ScoreTable table;
  std::vector<double> overall;
  std::vector<SatisfactionItem> items;
  Questionnaires(std::size_t rows, std::size_t p) {
    std::vector<std::vector<double>> columns(p, std::vector<double>(rows));
    overall.resize(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      RandomStream random(2, i);
      const std::uint32_t mood = random.below(3);
      double sum = 0;
      for (std::size_t j = 0; j < p; ++j) {
        columns[j][i] = 1 + mood + random.below(3);
        sum += columns[j][i] * static_cast<double>(1 + j % 3);
      }
      overall[i] = sum + random.normal(0, 4);
    }
    ScoreTableBuilder builder;
    for (std::size_t j = 0; j < p; ++j) {
      items.push_back({text("q", j)});
      builder.number(items.back().column, columns[j]);
    }
    table = builder.finish();
  }
};

/// Arguments: measure; weighted or not. A million answers in a thousand groups.
void BM_MeasureSatisfaction(benchmark::State& state) {
  SatisfactionOptions options = nps_options();
  options.measure = static_cast<SatisfactionMeasure>(state.range(0));
  const std::span<const double> weights =
      state.range(1) != 0 ? std::span<const double>(answers().weights) : std::span<const double>();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        measure_satisfaction(answers().scores, options, weights, answers().groups));
  }
}
BENCHMARK(BM_MeasureSatisfaction)->ArgsProduct({{0, 1, 2}, {0, 1}})->Unit(benchmark::kMillisecond);

void BM_SatisfactionTrend(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(satisfaction_trend(answers().scores, answers().times));
  }
}
BENCHMARK(BM_SatisfactionTrend)->Unit(benchmark::kMillisecond);

/// Arguments: rows, drivers.
void BM_SatisfactionDrivers(benchmark::State& state) {
  const Questionnaires made(static_cast<std::size_t>(state.range(0)),
                            static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(satisfaction_drivers(made.table, made.overall));
  }
}
BENCHMARK(BM_SatisfactionDrivers)
    ->Args({1000, 10})
    ->Args({1000, 15})
    ->Args({1000, 20})
    ->Args({million, 15})
    ->Unit(benchmark::kMillisecond);

void BM_RakeSurvey(benchmark::State& state) {
  std::vector<std::vector<std::uint32_t>> levels(4);
  std::vector<double> old;
  RandomStream random(3);
  for (std::size_t i = 0; i < million; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      levels[j].push_back(random.below(static_cast<std::uint32_t>(4 + 2 * j)));
    }
    old.push_back(0.5 + random.uniform());
  }
  std::vector<SurveyMargin> margins;
  for (std::size_t j = 0; j < 4; ++j) {
    SurveyMargin margin{text("m", j), levels[j], {}};
    for (std::size_t k = 0; k < 4 + 2 * j; ++k) margin.shares.push_back(0.3 + random.uniform());
    margins.push_back(margin);
  }
  for (auto _ : state) benchmark::DoNotOptimize(rake_survey(margins, {}, old));
}
BENCHMARK(BM_RakeSurvey)->Unit(benchmark::kMillisecond);

void BM_ScreenSurvey(benchmark::State& state) {
  const Questionnaires made(100'000, 20);
  std::vector<double> seconds;
  std::vector<std::uint64_t> who;
  RandomStream random(4);
  for (std::size_t i = 0; i < 100'000; ++i) {
    seconds.push_back(20 + random.exponential(100));
    who.push_back(random.below(90'000));
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(screen_survey(made.table, made.items, {seconds, who, {}}));
  }
}
BENCHMARK(BM_ScreenSurvey)->Unit(benchmark::kMillisecond);

void BM_SelectSurvey(benchmark::State& state) {
  std::vector<SurveyCandidate> frame;
  for (std::uint32_t c = 0; c < million; ++c) frame.push_back({Customer{c}, c % 10, never_asked});
  const std::vector<std::uint64_t> wanted(10, 100);
  for (auto _ : state) benchmark::DoNotOptimize(select_survey(frame, wanted, Time{}));
}
BENCHMARK(BM_SelectSurvey)->Unit(benchmark::kMillisecond);

}  // namespace
