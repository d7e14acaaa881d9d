// A scorecard of 50 rules for one customer: 25 on attributes, 25 on events.

#include "emptor/score/scorecard.hpp"

#include <benchmark/benchmark.h>

#include "emptor/core/random.hpp"

namespace {

using namespace emptor;

Time hour(std::int64_t h) {
  return Time{Day{std::chrono::year{2026} / 1 / 1}} + std::chrono::hours{h};
}

Scorecard card_of_50() {
  ScorecardDraft draft;
  draft.id = "bench";
  draft.axes = {{"fit", 0, 100}, {"engagement", 0, 100}};
  for (int i = 0; i < 10; ++i) {
    draft.attributes.push_back({text("number", i), {}});
    draft.attributes.push_back({text("category", i), {"a", "b", "c", "d"}});
    draft.events.push_back({text("event", i), i});
  }
  draft.channels = {{"web", 0}, {"mail", 1}};
  for (int r = 0; r < 50; ++r) {
    ScorecardRule rule;
    rule.id = text("rule", r);
    rule.points = r % 7 == 0 ? -5 : 3 + r % 11;
    if (r < 25) {
      rule.axis = "fit";
      rule.attribute = text(r % 2 == 0 ? "number" : "category", r % 10);
      if (r % 2 == 0) rule.from = r * 2, rule.to = 40 + r * 3;
      if (r % 2 != 0) rule.any_of = {"b", "d"};
    } else {
      rule.axis = "engagement";
      rule.events = {text("event", r % 10)};
      if (r % 3 == 0) rule.channels = {"web"};
      if (r % 4 == 0) rule.window = std::chrono::hours{24 * 90};
      if (r % 4 != 1) rule.half_life = std::chrono::hours{24 * (5 + r)};
      if (r % 4 == 1) rule.at_least = 2;
      if (r % 4 == 2) rule.maximum = 40;
    }
    draft.rules.push_back(rule);
  }
  draft.resets = {{"event9", {"engagement"}, {}}};
  draft.gradings = {{"fit", {{"A", 60, 55}, {"B", 30, 25}, {"C", 0, 0}}},
                    {"engagement", {{"1", 60, 50}, {"2", 30, 20}, {"3", 0, 0}}}};
  return Scorecard(std::move(draft));
}

/// Points and grade of customers with `range(0)` events each, of the last 60 days.
void score_customer(benchmark::State& state) {
  const Scorecard card = card_of_50();
  RandomStream random(1, 0);
  std::vector<ScorecardEvents> customers(256);
  std::vector<std::vector<float>> rows;
  for (ScorecardEvents& events : customers) {
    for (std::int64_t e = 0; e < state.range(0); ++e) {
      events.add({hour(static_cast<std::int64_t>(random.below(1440))),
                  static_cast<std::uint64_t>(e), static_cast<std::uint32_t>(random.below(9)),
                  static_cast<Channel>(random.below(2)), 1});
    }
    std::vector<float>& row = rows.emplace_back(card.schema().row());
    for (std::size_t c = 0; c < row.size(); ++c) {
      row[c] = static_cast<float>(random.below(c % 2 == 0 ? 100 : 4));
    }
  }
  std::size_t at = 0;
  for (auto _ : state) {
    const ScorecardPoints points = card.score(rows[at], customers[at], hour(1440));
    benchmark::DoNotOptimize(card.grade(points));
    at = (at + 1) % customers.size();
  }
}
BENCHMARK(score_customer)->ArgName("events")->Arg(0)->Arg(10)->Arg(30)->Arg(100);

void explain_customer(benchmark::State& state) {
  const Scorecard card = card_of_50();
  ScorecardEvents events;
  for (std::uint32_t e = 0; e < 30; ++e) events.add({hour(e * 40), e, e % 9, Channel{e % 2}, 1});
  const std::vector<float> row(card.schema().size(), 1.0F);
  for (auto _ : state) benchmark::DoNotOptimize(card.explain(row, events, hour(1440)));
}
BENCHMARK(explain_customer);

}  // namespace
