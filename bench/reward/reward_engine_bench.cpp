// Deciding rewards: an order through three levels with caps and a budget, refunds of it, and the
// half-even share of an order line.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <array>
#include <optional>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/reward/plan_share.hpp"
#include "emptor/reward/reward_engine.hpp"

namespace {

using namespace emptor;

RewardPlan three_levels(bool caps) {
  RewardPlanDraft draft;
  draft.id = "three";
  draft.currency = Currency("EUR");
  draft.max_paid_depth = 3;
  for (const std::int64_t rate : {1000, 500, 200}) {
    RewardRule rule;
    rule.beneficiary.level = static_cast<std::int64_t>(draft.rules.size()) + 1;
    rule.id = text("level-", rule.beneficiary.level);
    rule.amount = share_reward(rate);
    rule.hold.duration = std::chrono::days{14};
    draft.rules.push_back(std::move(rule));
  }
  if (caps) {
    RewardCap cap;
    cap.id = "monthly";
    cap.per = {RewardCapPer::beneficiary};
    cap.window = RewardCapWindow::month;
    cap.limit = 500'000;
    draft.caps.push_back(cap);
    draft.budget = 1'000'000'000'000;
  }
  return RewardPlan(std::move(draft));
}

/// `state.range(0)` customers take turns in an order that no cache foresees.
void decide_three_levels(benchmark::State& state, bool caps) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  constexpr std::size_t most = 200'000;
  // Memory stays with the process, so that what is measured is deciding and not the kernel's pages.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  const RewardPlan plan = three_levels(caps);
  std::optional<RewardEngine> engine;
  const auto begin_anew = [&] {
    engine.reset();
    engine.emplace(plan);
    engine->reserve(most, 3 * most);
  };
  std::vector<RewardDecision> out;
  out.reserve(8);
  RewardOccasion occasion;
  occasion.time = Time{std::chrono::seconds{1'770'000'000}};
  std::array<UplineMember, 3> upline;
  std::uint64_t event = 0;
  const auto one = [&] {
    const std::uint64_t mixed = ++event * 0x9e3779b97f4a7c15ULL;
    occasion.event = event;
    occasion.customer = id_at<Customer>((mixed >> 40) % customers);
    upline[0].customer = id_at<Customer>((mixed >> 30 & 0xffffff) % customers);
    upline[1].customer = id_at<Customer>((mixed >> 20 & 0xffffff) % customers);
    upline[2].customer = id_at<Customer>((mixed >> 10 & 0xffffff) % customers);
    occasion.gross = 1'000 + static_cast<std::int64_t>(mixed >> 50);
    occasion.net = occasion.gross - 160;
    occasion.margin = occasion.net / 4;
    out.clear();
    benchmark::DoNotOptimize(engine->decide(occasion, upline, out));
    benchmark::DoNotOptimize(out.data());
  };
  begin_anew();
  for (std::size_t e = 0; e < most; ++e) one();  // touches the memory
  begin_anew();
  std::size_t used = 0;
  for (auto _ : state) {
    if (used++ == most) {
      state.PauseTiming();
      begin_anew();
      used = 1;
      state.ResumeTiming();
    }
    one();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(decide_three_levels, no_caps, false)->Arg(100'000);
BENCHMARK_CAPTURE(decide_three_levels, cap_and_budget, true)
    ->Arg(1'000)
    ->Arg(100'000)
    ->Arg(1'000'000);

/// A refund of a random order among 200,000.
void adjust_three_levels(benchmark::State& state) {
  RewardEngine engine(three_levels(true));
  constexpr std::uint64_t orders = 200'000;
  std::vector<RewardDecision> out;
  RewardOccasion occasion;
  occasion.time = Time{std::chrono::seconds{1'770'000'000}};
  for (std::uint64_t e = 0; e < orders; ++e) {
    occasion.event = e;
    occasion.customer = id_at<Customer>(e % 1000);
    occasion.gross = occasion.net = 12'000;
    const std::array<UplineMember, 3> upline{{{id_at<Customer>(1000 + e % 5000)},
                                              {id_at<Customer>(6000 + e % 1000)},
                                              {id_at<Customer>(7000 + e % 100)}}};
    out.clear();
    static_cast<void>(engine.decide(occasion, upline, out));
  }
  RewardAdjustment adjustment;
  adjustment.time = occasion.time;
  std::uint64_t step = 0;
  for (auto _ : state) {
    adjustment.event = step * 77'773 % orders;
    adjustment.revision = static_cast<std::uint32_t>(step / orders) + 1;
    adjustment.gross = adjustment.net = static_cast<std::int64_t>(step * 7919 % 12'000);
    ++step;
    out.clear();
    benchmark::DoNotOptimize(engine.adjust(adjustment, out));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(adjust_three_levels);

void half_even_share(benchmark::State& state) {
  std::vector<std::int64_t> lines(4096);
  RandomStream random(1, 0);
  for (std::int64_t& line : lines) line = random.below(1'000'000);
  std::int64_t sum = 0;
  for (auto _ : state) {
    for (const std::int64_t line : lines) {
      std::int64_t share = basis_point_share(line, 575);
      benchmark::DoNotOptimize(share);
      sum += share;
    }
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lines.size()));
}
BENCHMARK(half_even_share);

void explain_decision(benchmark::State& state) {
  RewardEngine engine(three_levels(true));
  std::vector<RewardDecision> out;
  RewardOccasion occasion;
  occasion.customer = Customer{9};
  occasion.gross = occasion.net = 12'000'000;
  const std::array<UplineMember, 3> upline{{{Customer{1}}, {Customer{2}}, {Customer{3}}}};
  static_cast<void>(engine.decide(occasion, upline, out));
  for (auto _ : state) benchmark::DoNotOptimize(engine.explain(out[0]));
}
BENCHMARK(explain_decision);

}  // namespace
