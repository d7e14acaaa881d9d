// The fraud gate: checks of a programme of a million customers, warm and at random places, what
// facts cost, an audit of all claims; matching and who to ask of a million customers.

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/advocate.hpp"
#include "emptor/referral/fraud.hpp"
#include "emptor/referral/matched_value.hpp"

namespace {

using namespace emptor;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{1'700'000'000 + seconds}};
}

/// Customers of a random recursive tree, each with an e-mail, a device and an address (a tenth of
/// the addresses shared by two), half of them with an order or two.
FraudMonitor programme(std::uint32_t customers) {
  FraudMonitor monitor;
  std::uint32_t order = 0;
  for (std::uint32_t c = 0; c < customers; ++c) {
    RandomStream random(1, c);
    const std::int64_t time = std::int64_t{c} * 30;
    monitor.add(FraudSignUp{Customer{c}, at(time)});
    monitor.add(FraudKey{Customer{c}, IdentityKind::email, random.bits64(), at(time)});
    monitor.add(FraudKey{Customer{c}, IdentityKind::device, random.bits64(), at(time)});
    const std::uint64_t home = c % 10 == 1 ? c - 1 : c;
    monitor.add(FraudKey{Customer{c}, IdentityKind::address, home, at(time)});
    if (c > 0) monitor.add(FraudClaim{Customer{random.below(c)}, Customer{c}, at(time)});
    for (std::uint32_t i = random.below(4); i > 1; --i) {
      monitor.add(FraudOrder{Order{order++}, Customer{c}, at(time + 9), 1000 + random.below(9000)});
    }
  }
  return monitor;
}

const FraudMonitor& million() {
  static const FraudMonitor monitor = programme(1'000'000);
  return monitor;
}

void BM_FraudCheck(benchmark::State& state) {
  const FraudMonitor& monitor = million();
  RandomStream random(2);
  std::vector<FraudOccasion> occasions;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const FraudClaim claim =
        monitor.claim(random.below(static_cast<std::uint32_t>(monitor.claims())));
    occasions.push_back({claim.referrer, claim.referee, claim.time, 5000, 3000});
  }
  FraudVerdict verdict;
  std::size_t next = 0;
  for (auto _ : state) {
    monitor.check(occasions[next], verdict);
    benchmark::DoNotOptimize(verdict);
    next = next + 1 == occasions.size() ? 0 : next + 1;
  }
}
BENCHMARK(BM_FraudCheck)->ArgName("places")->Arg(16)->Arg(1'000)->Arg(1'000'000);

void BM_FraudProgramme(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(programme(100'000));
}
BENCHMARK(BM_FraudProgramme)->Unit(benchmark::kMillisecond);

void BM_FraudAudit(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(audit_referrals(million()));
}
BENCHMARK(BM_FraudAudit)->Unit(benchmark::kMillisecond);

void BM_FraudSaveAndLoad(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(FraudMonitor::load(million().save()));
}
BENCHMARK(BM_FraudSaveAndLoad)->Unit(benchmark::kMillisecond);

void BM_WhoToAsk(benchmark::State& state) {
  AdvocateBook book;
  for (std::uint32_t c = 0; c < 1'000'000; ++c) {
    RandomStream random(3, c);
    for (int i = 0; i < 2; ++i) {
      book.tell(Customer{c}, static_cast<AdvocateTrigger>(random.below(7)),
                at(random.below(10'000'000)));
    }
  }
  for (auto _ : state) benchmark::DoNotOptimize(book.who_to_ask(at(10'000'000), 1000));
}
BENCHMARK(BM_WhoToAsk)->Unit(benchmark::kMillisecond);

struct Matching {
  std::vector<std::uint8_t> referred;
  std::vector<double> value;
  std::vector<std::int32_t> month;
  std::vector<Channel> channel;
  std::vector<std::int64_t> first_order;
  explicit Matching(std::size_t customers) {
    for (std::size_t c = 0; c < customers; ++c) {
      RandomStream random(4, c);
      referred.push_back(random.bernoulli(0.1) ? 1 : 0);
      month.push_back(static_cast<std::int32_t>(24'000 + random.below(36)));
      channel.push_back(Channel{random.below(5)});
      first_order.push_back(static_cast<std::int64_t>(2000 * std::exp(random.normal())));
      value.push_back(static_cast<double>(first_order.back()) + 100 * random.normal());
    }
  }
  MatchColumns columns() const { return {referred, value, month, channel, first_order}; }
};

void BM_CoarsenedMatch(benchmark::State& state) {
  const Matching world(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(coarsened_matched_value(world.columns(), {.replicates = 200}));
  }
}
BENCHMARK(BM_CoarsenedMatch)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_NearestMatch(benchmark::State& state) {
  const Matching world(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(nearest_matched_value(world.columns(), {.replicates = 200}));
  }
}
BENCHMARK(BM_NearestMatch)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
