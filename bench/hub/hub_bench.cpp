// A hub of a million customers: merges and unmerges with nobody listening and with features,
// interactions, consent and timelines in step; golden profiles of a million records at once.

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_consent.hpp"
#include "emptor/hub/owned_features.hpp"
#include "emptor/hub/owned_interactions.hpp"
#include "emptor/hub/owned_profile.hpp"
#include "emptor/identity/golden_profile.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t customers = 1'000'000;
constexpr std::uint32_t merges = 200'000;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

struct Listeners {
  Listeners() {
    RandomStream random(1);
    for (std::uint32_t i = 0; i < 3 * customers; ++i) {
      const Customer customer{static_cast<std::uint32_t>(random.below(customers))};
      const auto item = static_cast<Item>(random.below(10'000));
      features.add(customer, {.order = Order{i}, .item = item, .time = at(i), .amount = 100});
      interactions.add(customer, item);
      timelines.add(
          {.time = at(i), .kind = TimelineKind::order, .customer = customer, .subject = i});
      if (i % 3 == 0) {
        consent.add({.customer = customer,
                     .purpose = Purpose{i % 2},
                     .state = ConsentState::granted,
                     .time = at(i)});
      }
    }
  }
  OwnedFeatures features;
  OwnedInteractions interactions;
  OwnedConsent consent;
  OwnedTimelines timelines;
};

/// Merges of random pairs, then each undone; an iteration is `merges` of both.
void merge_and_unmerge(benchmark::State& state) {
  MergeHub hub;
  static Listeners listeners;
  if (state.range(0) != 0) {
    hub.add("features", listeners.features);
    hub.add("interactions", listeners.interactions);
    hub.add("consent", listeners.consent);
    hub.add("timelines", listeners.timelines);
  }
  RandomStream random(2);
  for (auto _ : state) {
    const std::size_t from = hub.log().events().size() / 2;
    for (std::uint32_t i = 0; i < merges; ++i) {
      const Customer kept{static_cast<std::uint32_t>(random.below(customers))};
      const Customer absorbed{(static_cast<std::uint32_t>(kept) + 1 + i) % customers};
      hub.merge(kept, absorbed, at(i), "");
    }
    for (std::uint32_t i = 0; i < merges; ++i) {
      benchmark::DoNotOptimize(
          hub.unmerge(MergeId{static_cast<std::uint32_t>(from) + i}, at(i), ""));
    }
  }
  state.SetItemsProcessed(state.iterations() * 2 * merges);
}
BENCHMARK(merge_and_unmerge)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->Iterations(2);

void golden_profiles_of_a_million_records(benchmark::State& state) {
  Records records({"name", "email", "phone", "postcode", "city"});
  RandomStream random(3);
  std::vector<RecordOrigin> origins;
  std::vector<Customer> owners;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    const auto owner = static_cast<std::uint32_t>(random.below(400'000));
    const auto copy = random.below(3);
    const std::string name = "name " + std::to_string(owner) + std::string(copy, 'x');
    const std::string email = std::to_string(owner % 390'000) + "@example.org";
    const std::string phone = copy == 0 ? "" : std::to_string(5'550'000 + owner);
    const std::string postcode = std::to_string(1000 + owner % 2000);
    const std::string city = copy == 1 ? "" : "city " + std::to_string(owner % 200);
    (void)records.add(std::vector<std::string_view>{name, email, phone, postcode, city}).value();
    origins.push_back({Customer{owner}, Source{i % 3}, at(i)});
    owners.push_back(Customer{owner});
  }
  SurvivorshipOptions options;
  options.fields = {{.column = "name", .rule = SurvivorRule::most_frequent},
                    {.column = "email"},
                    {.column = "phone", .rule = SurvivorRule::longest},
                    {.column = "postcode"},
                    {.column = "city", .infer_from = "postcode"}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(golden_profiles(records, origins, owners, options));
  }
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(golden_profiles_of_a_million_records)->Unit(benchmark::kMillisecond)->Iterations(2);

}  // namespace
