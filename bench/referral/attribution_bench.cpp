// A book of referrals, event by event, a million people: touches, sign-ups, first orders, approval,
// and whose a customer is. Every person is new and told of in another order than numbered.

#include <benchmark/benchmark.h>

#include "emptor/referral/attribution.hpp"
#include "emptor/referral/funnel.hpp"
#include "emptor/referral/growth.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t people = 1'000'000;
const Time start{std::chrono::seconds{1'700'000'000}};

Customer person(std::uint32_t i) {
  return id_at<Customer>(std::uint64_t{i} * 617'411 % people);
}
Time when(std::uint32_t i) {
  return start + std::chrono::seconds{i};
}

void told_of(AttributionBook& book, std::uint64_t first_id, TouchKind kind, std::uint32_t shift) {
  for (std::uint32_t i = 0; i < people; ++i) {
    book.touch({.id = first_id + i,
                .time = when(i),
                .referrer = person((i + shift) / 7),
                .customer = person(i),
                .channel = Channel{i % 5},
                .method = ReferralMethod::code,
                .kind = kind});
  }
}
void signed_up(AttributionBook& book) {
  for (std::uint32_t i = 0; i < people; ++i) {
    book.register_customer(person(i), when(i) + std::chrono::hours{1});
  }
}
void ordered(AttributionBook& book) {
  for (std::uint32_t i = 0; i < people; ++i) {
    book.qualify(person(i), when(i) + std::chrono::hours{2});
  }
}

/// Runs `steps` up to the one that is measured.
template <class Measured>
void measure(benchmark::State& state, int steps, Measured&& measured) {
  for (auto _ : state) {
    state.PauseTiming();
    AttributionBook book;
    book.reserve(2 * people);
    if (steps > 0) told_of(book, 0, TouchKind::click, 7);
    if (steps > 1) signed_up(book);
    if (steps > 2) ordered(book);
    state.ResumeTiming();
    measured(book);
    benchmark::DoNotOptimize(book.log().data());
    state.PauseTiming();
    book = AttributionBook();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * people);
}

void attribution_touch(benchmark::State& state) {
  measure(state, 0, [](AttributionBook& book) { told_of(book, 0, TouchKind::click, 7); });
}
BENCHMARK(attribution_touch)->Unit(benchmark::kMillisecond);

void attribution_second_touch(benchmark::State& state) {
  measure(state, 1, [](AttributionBook& book) { told_of(book, people, TouchKind::claim, 9); });
}
BENCHMARK(attribution_second_touch)->Unit(benchmark::kMillisecond);

void attribution_sign_up(benchmark::State& state) {
  measure(state, 1, signed_up);
}
BENCHMARK(attribution_sign_up)->Unit(benchmark::kMillisecond);

void attribution_qualify(benchmark::State& state) {
  measure(state, 2, ordered);
}
BENCHMARK(attribution_qualify)->Unit(benchmark::kMillisecond);

void attribution_approve(benchmark::State& state) {
  measure(state, 3, [](AttributionBook& book) {
    for (std::uint32_t i = 0; i < people; ++i) {
      book.advance(when(i) + std::chrono::hours{2});
    }
  });
}
BENCHMARK(attribution_approve)->Unit(benchmark::kMillisecond);

void attribution_asked(benchmark::State& state) {
  measure(state, 3, [](AttributionBook& book) {
    for (std::uint32_t i = 0; i < people; ++i) {
      benchmark::DoNotOptimize(book.attribution_of(person(i), when(i) + std::chrono::hours{3}));
    }
  });
}
BENCHMARK(attribution_asked)->Unit(benchmark::kMillisecond);

void attribution_save_and_load(benchmark::State& state) {
  measure(state, 3, [](AttributionBook& book) {
    benchmark::DoNotOptimize(AttributionBook::load(book.save()).has_value());
  });
}
BENCHMARK(attribution_save_and_load)->Unit(benchmark::kMillisecond);

void referral_funnel(benchmark::State& state) {
  measure(state, 3, [](AttributionBook& book) {
    benchmark::DoNotOptimize(referral_funnel_of(book.paths()).total.shares);
  });
}
BENCHMARK(referral_funnel)->Unit(benchmark::kMillisecond);

void referral_growth(benchmark::State& state) {
  std::vector<ReferralMember> members;
  for (std::uint32_t i = 0; i < people; ++i) {
    members.push_back({person(i), when(i) + std::chrono::hours{1}});
  }
  measure(state, 3, [&](AttributionBook& book) {
    benchmark::DoNotOptimize(
        referral_growth_of(book.paths(), members, {.as_of = when(people)}).members);
  });
}
BENCHMARK(referral_growth)->Unit(benchmark::kMillisecond);

}  // namespace
