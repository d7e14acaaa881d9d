// Fits and answers of the models of buying on customers that the models' own story made: 23,570 as
// CDNOW has, and a million; times in whole days, as orders have them.

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "emptor/value/purchase_covariates.hpp"

namespace {

using namespace emptor;

struct Histories {
  std::vector<std::uint32_t> repeats;
  std::vector<double> last, age;
};

/// Buyers of a year and a half who joined in its first `joining` days; BG/NBD with CDNOW's
/// parameters. A rate of shape 1/4 is the fourth power of a uniform number, nearly.
Histories made(std::size_t customers, double joining) {
  Histories out;
  RandomStream random(7);
  for (std::size_t c = 0; c < customers; ++c) {
    const double age = 273 + 273 - std::floor(joining * random.uniform());
    const double rate = std::pow(random.uniform(), 4) * -std::log(random.uniform()) / 15;
    const double stay = std::pow(random.uniform(), 1.3);
    double day = 0;
    double last = 0;
    std::uint32_t repeats = 0;
    while (true) {
      day += -std::log(random.uniform()) / rate;
      if (day >= age) break;
      const double whole = std::ceil(day);
      if (whole > last) {
        ++repeats;
        last = whole;
      }
      if (random.uniform() > stay) break;
    }
    out.repeats.push_back(repeats);
    out.last.push_back(last / 7);
    out.age.push_back(age / 7);
  }
  return out;
}

RepeatPurchases collapsed(const Histories& histories) {
  return RepeatPurchases::from_histories(histories.repeats, histories.last, histories.age);
}

const Histories& histories(std::int64_t customers) {
  static const Histories few = made(23'570, 84);
  static const Histories many = made(1'000'000, 365);
  return customers == 23'570 ? few : many;
}

const Context& native() {
  static const Context context{.kernels = &native_kernels()};
  return context;
}

void collapse(benchmark::State& state) {
  const Histories& given = histories(state.range(0));
  for (auto _ : state) {
    const RepeatPurchases purchases = collapsed(given);
    benchmark::DoNotOptimize(purchases.patterns().data());
    state.counters["patterns"] = static_cast<double>(purchases.patterns().size());
  }
}

template <class Fit>
void fit(benchmark::State& state, Fit&& fit_it, bool portable = false) {
  const RepeatPurchases purchases = collapsed(histories(state.range(0)));
  for (auto _ : state) {
    const auto fitted = fit_it(purchases, portable ? Context{} : native());
    state.counters["evaluations"] = fitted.report.evaluations;
    benchmark::DoNotOptimize(fitted.report.log_likelihood);
  }
}

void fit_bg(benchmark::State& state) {
  fit(state, [](const RepeatPurchases& purchases, const Context& context) {
    return fit_bg_nbd(purchases, {}, context);
  });
}
void fit_mbg(benchmark::State& state) {
  fit(state, [](const RepeatPurchases& purchases, const Context& context) {
    return fit_mbg_nbd(purchases, {}, context);
  });
}
void fit_pareto(benchmark::State& state) {
  fit(state, [](const RepeatPurchases& purchases, const Context& context) {
    return fit_pareto_nbd(purchases, {}, context);
  });
}
void fit_pareto_portable(benchmark::State& state) {
  fit(
      state,
      [](const RepeatPurchases& purchases, const Context& context) {
        return fit_pareto_nbd(purchases, {}, context);
      },
      true);
}

/// One covariate of buying and of leaving, yes or no.
template <PurchaseFamily family>
void fit_covariates(benchmark::State& state) {
  const RepeatPurchases purchases = collapsed(histories(state.range(0)));
  PurchaseCovariates covariates;
  covariates.buying.names = covariates.leaving.names = {"channel"};
  RandomStream random(9);
  for (std::size_t c = 0; c < purchases.customers(); ++c) {
    covariates.buying.values.push_back(random.below(2));
  }
  covariates.leaving.values = covariates.buying.values;
  for (auto _ : state) {
    const auto fitted = fit_with_covariates(family, purchases, covariates, {}, native());
    state.counters["evaluations"] = fitted.report.evaluations;
    benchmark::DoNotOptimize(fitted.report.log_likelihood);
  }
}

const BgNbdModel bg({0.243, 4.414, 0.793, 2.426});
const ParetoNbdModel pareto({0.553, 10.578, 0.606, 11.669});

/// From the patterns to one number a customer.
template <class Answer>
void answer(benchmark::State& state, Answer&& answers) {
  const RepeatPurchases purchases = collapsed(histories(state.range(0)));
  for (auto _ : state) {
    const std::vector<double> values = purchases.by_customer(answers(purchases.patterns()));
    benchmark::DoNotOptimize(values.data());
  }
}

void alive_and_expected_bg(benchmark::State& state) {
  answer(state, [](std::span<const PurchasePattern> patterns) {
    benchmark::DoNotOptimize(bg.probability_alive(patterns, 0, native()));
    return bg.expected_purchases(patterns, 39, native());
  });
}
void alive_and_expected_pareto(benchmark::State& state) {
  answer(state, [](std::span<const PurchasePattern> patterns) {
    benchmark::DoNotOptimize(pareto.probability_alive(patterns, 0, native()));
    return pareto.expected_purchases(patterns, 39, native());
  });
}
void discounted_bg(benchmark::State& state) {
  answer(state, [](std::span<const PurchasePattern> patterns) {
    return bg.discounted_purchases(patterns, std::log(1.15) / 52, endless, native());
  });
}
void discounted_year_bg(benchmark::State& state) {
  answer(state, [](std::span<const PurchasePattern> patterns) {
    return bg.discounted_purchases(patterns, std::log(1.15) / 52, 52, native());
  });
}
void discounted_pareto(benchmark::State& state) {
  answer(state, [](std::span<const PurchasePattern> patterns) {
    return pareto.discounted_purchases(patterns, std::log(1.15) / 52, endless, native());
  });
}

}  // namespace

BENCHMARK(collapse)->Arg(23'570)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_bg)->Arg(23'570)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_mbg)->Arg(23'570)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_pareto)->Arg(23'570)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_pareto_portable)->Arg(23'570)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_covariates<PurchaseFamily::bg_nbd>)->Arg(23'570)->Unit(benchmark::kMillisecond);
BENCHMARK(fit_covariates<PurchaseFamily::pareto_nbd>)->Arg(23'570)->Unit(benchmark::kMillisecond);
BENCHMARK(alive_and_expected_bg)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(alive_and_expected_pareto)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(discounted_bg)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(discounted_year_bg)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(discounted_pareto)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
