// One order through a whole referral programme, in memory: attribution, upline of three levels, the
// fraud gate, the plan with a monthly cap, ledger postings, outbox.

#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/hub/referral_programme.hpp"

using namespace emptor;

namespace {

const Currency eur("EUR");

Time minute(std::uint64_t minutes) {
  return Time{std::chrono::days{20'000} + std::chrono::minutes{minutes}};
}

RewardPlan three_levels() {
  RewardPlanDraft draft;
  draft.id = "bench";
  draft.currency = eur;
  draft.max_paid_depth = 3;
  std::int64_t level = 0;
  for (const std::int64_t points : {1'000, 500, 200}) {
    RewardRule rule;
    rule.id = "level-" + std::to_string(++level);
    rule.beneficiary.level = level;
    rule.amount = share_reward(points);
    draft.rules.push_back(rule);
  }
  RewardCap cap;
  cap.id = "monthly";
  cap.per = {RewardCapPer::beneficiary};
  cap.window = RewardCapWindow::month;
  cap.limit = 1'000'000;
  draft.caps = {cap};
  return RewardPlan(draft);
}

// A random recursive tree of customers who signed up.
ReferralProgramme grown(std::uint32_t customers) {
  ReferralProgrammeOptions options;
  options.terms.campaigns = {{.campaign = Campaign{0}, .name = "bench"}};
  options.payout.unfunded = true;
  ReferralProgramme programme(std::move(options), three_levels());
  RandomStream random(7, 0);
  for (std::uint32_t c = 0; c < customers; ++c) {
    if (c > 0) {
      ReferralTouch touch;
      touch.id = c;
      touch.time = minute(c);
      touch.referrer = Customer{static_cast<std::uint32_t>(random.below(c))};
      touch.customer = Customer{c};
      touch.campaign = Campaign{0};
      programme.touch(touch);
    }
    programme.sign_up(Customer{c}, minute(c));
  }
  return programme;
}

void order_to_ledger(benchmark::State& state) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  ReferralProgramme programme = grown(customers);
  RandomStream random(8, 0);
  std::vector<RewardOccasion> orders(1U << 20U);
  for (std::size_t i = 0; i < orders.size(); ++i) {
    RewardOccasion& order = orders[i];
    order.event = i + 1;
    order.customer = Customer{static_cast<std::uint32_t>(random.below(customers))};
    order.time = minute(customers + i / 16);
    order.gross = order.net = order.margin = static_cast<std::int64_t>(random.below(20'000)) + 100;
  }
  programme.reserve(orders.size());
  std::size_t next = 0;
  std::size_t rewards = 0;
  for (auto _ : state) {
    rewards += programme.order(orders[next]).decisions.size();
    if (++next == orders.size()) {
      state.SkipWithError("out of orders");
      break;
    }
  }
  state.counters["rewards_an_order"] = static_cast<double>(rewards) / static_cast<double>(next);
}
BENCHMARK(order_to_ledger)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Iterations(500'000);

}  // namespace
