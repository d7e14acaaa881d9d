// Social recommenders: one sweep of social ALS beside one of ALS, folding in with friends, one list
// of the blend; one thread. Data: a generated crowd of communities in the shape of Last.FM (1,892
// customers with 49 items each and 13 friends, 17,632 items).

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/social_blend.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t customers = 1892;
constexpr std::uint32_t items = 17632;
constexpr std::uint32_t communities = 40;

struct Crowd {
  Interactions data;
  Links links;
};

const Crowd& crowd() {
  static const Crowd made = [] {
    InteractionLog log;
    LinkLog links;
    for (std::uint32_t c = 0; c < customers; ++c) {
      RandomStream random(1, c);
      for (int k = 0; k < 49; ++k) {
        const double u = random.uniform();
        auto item = static_cast<std::uint32_t>(u * u * u * items);
        if (random.bernoulli(0.5)) item = item / communities * communities + c % communities;
        log.add(Customer{c}, Item{std::min(item, items - 1)});
      }
      for (int k = 0; k < 7; ++k) {
        const std::uint32_t near = random.below(customers / communities) * communities;
        const std::uint32_t other = near + c % communities;
        if (other != c && other < customers) links.add(Customer{c}, Customer{other});
      }
    }
    return Crowd{Interactions(customers, items, log, Duplicates::largest),
                 Links(customers, links, LinkDirection::mutual)};
  }();
  return made;
}

SocialAlsOptions options_of(SocialPull pull) {
  SocialAlsOptions options;
  options.sweeps = 4;
  options.pull = pull;
  return options;
}

const SocialBlendModel& blend() {
  static const SocialBlendModel model =
      fit_social_blend(crowd().data, crowd().links, options_of(SocialPull::pairs), {},
                       {.kernels = &native_kernels()})
          .model;
  return model;
}

void als_four_sweeps(benchmark::State& state) {
  for (auto _ : state) {
    const auto fit = fit_als(crowd().data, {.sweeps = 4}, {.kernels = &native_kernels()});
    benchmark::DoNotOptimize(fit.model.item_factors().data());
  }
}
BENCHMARK(als_four_sweeps)->Unit(benchmark::kMillisecond);

void social_als_four_sweeps(benchmark::State& state) {
  const SocialAlsOptions options = options_of(static_cast<SocialPull>(state.range(0)));
  for (auto _ : state) {
    const auto fit =
        fit_social_als(crowd().data, crowd().links, options, {.kernels = &native_kernels()});
    benchmark::DoNotOptimize(fit.model.item_factors().data());
  }
}
BENCHMARK(social_als_four_sweeps)->ArgName("pull")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void social_fold_in(benchmark::State& state) {
  const std::vector<Item> has{Item{1}, Item{41}, Item{81}, Item{121}, Item{161}};
  const std::vector<Customer> friends{Customer{1}, Customer{41}, Customer{81}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(blend().base().fold_in(has, {}, friends).factors.data());
  }
}
BENCHMARK(social_fold_in)->Unit(benchmark::kMicrosecond);

void blend_recommend(benchmark::State& state) {
  std::uint32_t c = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(blend().recommend(Customer{c}, 20).data());
    c = (c + 1) % customers;
  }
}
BENCHMARK(blend_recommend)->Unit(benchmark::kMicrosecond);

}  // namespace
