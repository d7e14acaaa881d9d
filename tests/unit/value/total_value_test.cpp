#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/customer_value.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

struct Base {
  std::vector<std::uint32_t> repeats;
  std::vector<double> last, age, mean;
  [[nodiscard]] RepeatPurchases purchases() const {
    return RepeatPurchases::from_histories(repeats, last, age);
  }
  [[nodiscard]] std::vector<SpendHistory> spend() const {
    std::vector<SpendHistory> out;
    for (std::size_t c = 0; c < repeats.size(); ++c) {
      out.push_back({.purchases = repeats[c], .mean = mean[c], .weight = 1});
    }
    return out;
  }
};

Base simulated(std::size_t customers) {
  Base out;
  for (std::size_t c = 0; c < customers; ++c) {
    RandomStream random(21, c);
    const double age = 60 + random.below(40);
    const double rate = random.gamma(0.6, 1 / 10.0);
    const double stay = std::min(age, random.exponential(1 / random.gamma(0.7, 1 / 12.0)));
    std::uint32_t repeats = 0;
    double last = 0;
    for (double t = random.exponential(1 / rate); t < stay; t += random.exponential(1 / rate)) {
      last = t;
      ++repeats;
    }
    out.repeats.push_back(repeats);
    out.last.push_back(last);
    out.age.push_back(age);
    const double spend = random.gamma(3.7, 1 / 15.0);
    out.mean.push_back(repeats > 0 ? random.gamma(6.0 * repeats, 1 / (spend * repeats)) : 0);
  }
  return out;
}

constexpr CustomerValueOptions options{.horizon = 52, .draws = 60, .interval = 0.9};

}  // namespace

TEST_CASE("the value of all lies where its fits put it, closer with more customers") {
  double widths[2] = {};
  for (const std::size_t size : {std::size_t{1'500}, std::size_t{24'000}}) {
    const Base base = simulated(size);
    const RepeatPurchases purchases = base.purchases();
    const FittedParetoNbd buying = fit_pareto_nbd(purchases);
    const FittedGammaGamma spending = fit_gamma_gamma(base.spend());
    const CustomerValues values =
        customer_values_of(purchases, base.mean, buying.model, spending.model, {.horizon = 52});
    const TotalValueInterval total =
        total_value_interval_of(purchases, base.mean, buying.model, buying.report, spending.model,
                                spending.report, options);
    CHECK(total.low < values.total_value);
    CHECK(total.high > values.total_value);
    CHECK(total.median == Approx(values.total_value).epsilon(0.05));
    widths[size > 10'000 ? 1 : 0] = (total.high - total.low) / values.total_value;

    ThreadPool pool(2);
    Context context;
    context.executor = &pool;
    const TotalValueInterval again =
        total_value_interval_of(purchases, base.mean, buying.model, buying.report, spending.model,
                                spending.report, options, context);
    CHECK(again.low == total.low);
    CHECK(again.high == total.high);
  }
  // Sixteen times the customers: a fourth of the width, more or less.
  CHECK(widths[0] / widths[1] > 2.5);
  CHECK(widths[0] / widths[1] < 6.5);
}

TEST_CASE("the value of all cannot be placed without a covariance, or by other reports") {
  const Base base = simulated(1'500);
  const RepeatPurchases purchases = base.purchases();
  const FittedBgNbd buying = fit_bg_nbd(purchases);
  const FittedGammaGamma spending = fit_gamma_gamma(base.spend());
  const auto placed = [&](const ValueFitReport& buys, const ValueFitReport& spends) {
    return total_value_interval_of(purchases, base.mean, buying.model, buys, spending.model, spends,
                                   options);
  };
  CHECK(placed(buying.report, spending.report).low > 0);
  ValueFitReport blind = buying.report;
  blind.covariance.clear();
  CHECK(std::isnan(placed(blind, spending.report).low));
  CHECK_THROWS_AS(placed(spending.report, spending.report), Exception);
  CHECK_THROWS_AS(placed(buying.report, buying.report), Exception);
  CustomerValueOptions wrong = options;
  wrong.interval = 0;
  CHECK_THROWS_AS(total_value_interval_of(purchases, base.mean, buying.model, blind, spending.model,
                                          spending.report, wrong),
                  Exception);
}
