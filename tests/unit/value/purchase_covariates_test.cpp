#include "emptor/value/purchase_covariates.hpp"

#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr PurchaseFamily families[] = {PurchaseFamily::bg_nbd, PurchaseFamily::mbg_nbd,
                                       PurchaseFamily::pareto_nbd};

struct Shop {
  std::vector<std::uint32_t> repeats;
  std::vector<double> last, age;
  PurchaseCovariates covariates;
  [[nodiscard]] RepeatPurchases purchases(std::span<const double> weights = {}) const {
    return RepeatPurchases::from_histories(repeats, last, age, weights);
  }
};

std::vector<double> truth(PurchaseFamily family) {
  return family == PurchaseFamily::pareto_nbd ? std::vector<double>{0.9, 9, 0.8, 12}
                                              : std::vector<double>{0.7, 6, 0.9, 2.2};
}

/// Customers by a channel (0 or 1), which moves buying by 0.8, and of an age in decades, which
/// moves leaving by 0.3 (a, or the rate) and -0.2 (b).
Shop made(PurchaseFamily family, int customers, std::uint64_t seed, double effects = 1) {
  Shop shop;
  shop.covariates.buying.names = {"channel"};
  shop.covariates.leaving.names = {"decades"};
  RandomStream random(seed);
  const std::vector<double> p = truth(family);
  for (int i = 0; i < customers; ++i) {
    const double channel = random.bernoulli(0.4) ? 1 : 0;
    const double decades = 2 + random.below(6);
    shop.covariates.buying.values.push_back(channel);
    shop.covariates.leaving.values.push_back(decades);
    const double rate = random.gamma(p[0], std::exp(effects * 0.8 * channel) / p[1]);
    const double age = 30 + i % 30;
    double chance = 0;
    double until = age;
    bool here = true;
    if (family == PurchaseFamily::pareto_nbd) {
      const double leaving = random.gamma(p[2], std::exp(effects * 0.3 * decades) / p[3]);
      until = std::min(age, random.exponential() / leaving);
    } else {
      chance = random.beta(p[2] * std::exp(effects * 0.3 * decades),
                           p[3] * std::exp(effects * -0.2 * decades));
      here = family == PurchaseFamily::bg_nbd || !random.bernoulli(chance);
    }
    std::uint32_t repeats = 0;
    double last = 0;
    for (double time = random.exponential() / rate; here && time < until;
         time += random.exponential() / rate) {
      ++repeats;
      last = time;
      here = !random.bernoulli(chance);
    }
    shop.repeats.push_back(repeats);
    shop.last.push_back(last);
    shop.age.push_back(age);
  }
  return shop;
}

double sum(const std::vector<double>& values) {
  double out = 0;
  for (const double value : values) out += value;
  return out;
}

template <class F>
ErrorCode code_of(F&& f) {
  try {
    f();
  } catch (const Exception& problem) {
    return problem.code();
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("covariates of a fit: the effects that made the customers are found") {
  for (const PurchaseFamily family : families) {
    const Shop shop = made(family, 20'000, 4);
    const RepeatPurchases purchases = shop.purchases();
    const Context native{.kernels = &native_kernels()};
    const FittedCovariatePurchases fitted =
        fit_with_covariates(family, purchases, shop.covariates, {}, native);
    const ValueFitReport& report = fitted.report;
    CAPTURE(report.model, report.evaluations, report.sentence);
    CHECK(report.converged);
    CHECK(report.gradient < 0.05);
    CHECK(report.log_likelihood ==
          Approx(sum(fitted.model.log_likelihood(purchases, shop.covariates))).epsilon(1e-11));
    std::vector<double> wanted = truth(family);
    wanted.push_back(0.8);
    wanted.push_back(0.3);
    if (family != PurchaseFamily::pareto_nbd) wanted.push_back(-0.2);
    REQUIRE(report.parameters.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CAPTURE(report.parameters[i].name, report.parameters[i].value, wanted[i],
              report.parameters[i].standard_error);
      CHECK(std::abs(report.parameters[i].value - wanted[i]) <
            4 * report.parameters[i].standard_error);
    }
    CHECK(report.parameters[4].name == "buying: channel");
    CHECK(report.parameters[4].standard_error < 0.1);
  }
}

TEST_CASE("covariates of a fit: derivatives are differences of the log-likelihood") {
  for (const PurchaseFamily family : families) {
    const Shop shop = made(family, 500, 5);
    const RepeatPurchases purchases = shop.purchases();
    const FittedCovariatePurchases fitted =
        fit_with_covariates(family, purchases, shop.covariates, {});
    // At the maximum all differences vanish to second order, and curve down.
    const std::vector<ValueParameter>& p = fitted.report.parameters;
    const auto at = [&](std::size_t moved, double step) {
      std::vector<double> parameters, buying, leaving;
      for (std::size_t i = 0; i < p.size(); ++i) {
        if (i < 4) parameters.push_back(p[i].value * std::exp(i == moved ? step : 0));
        if (i == 4) buying.push_back(p[i].value + (i == moved ? step : 0));
        if (i > 4) leaving.push_back(p[i].value + (i == moved ? step : 0));
      }
      return sum(
          CovariatePurchaseModel(family, parameters, {"channel"}, buying, {"decades"}, leaving)
              .log_likelihood(purchases, shop.covariates));
    };
    for (std::size_t i = 0; i < p.size(); ++i) {
      CAPTURE(fitted.report.model, p[i].name);
      CHECK(std::abs(at(i, 1e-4) - at(i, -1e-4)) / 2e-4 < 2e-3);
      CHECK(at(i, 1e-2) < fitted.report.log_likelihood);
      CHECK(at(i, -1e-2) < fitted.report.log_likelihood);
    }
  }
}

TEST_CASE("covariates of a fit: units, threads and collapsing change nothing") {
  ThreadPool pool(3);
  for (const PurchaseFamily family : families) {
    const Shop shop = made(family, 3000, 6);
    const auto plain = fit_with_covariates(family, shop.purchases(), shop.covariates);
    const auto threads =
        fit_with_covariates(family, shop.purchases(), shop.covariates, {}, {.executor = &pool});
    CHECK(plain.model.save() == threads.model.save());
    Shop years = shop;
    for (double& decades : years.covariates.leaving.values) decades = 10 * decades + 1000;
    const auto moved = fit_with_covariates(family, years.purchases(), years.covariates);
    CHECK(moved.report.log_likelihood == Approx(plain.report.log_likelihood).epsilon(1e-10));
    CHECK(moved.report.parameters[5].value ==
          Approx(plain.report.parameters[5].value / 10).epsilon(1e-4));
    CHECK(moved.report.parameters[5].standard_error ==
          Approx(plain.report.parameters[5].standard_error / 10).epsilon(1e-4));
    Shop twice = shop;
    for (auto* column : {&twice.last, &twice.age, &twice.covariates.buying.values,
                         &twice.covariates.leaving.values}) {
      const std::vector<double> copy = *column;
      column->insert(column->end(), copy.begin(), copy.end());
    }
    const auto repeats = twice.repeats;
    twice.repeats.insert(twice.repeats.end(), repeats.begin(), repeats.end());
    const auto doubled = fit_with_covariates(family, twice.purchases(), twice.covariates);
    CHECK(doubled.report.log_likelihood == Approx(2 * plain.report.log_likelihood).epsilon(1e-9));
    const auto weighted = fit_with_covariates(
        family, shop.purchases(std::vector<double>(3000, 2.0)), shop.covariates);
    CHECK(weighted.report.log_likelihood == Approx(doubled.report.log_likelihood).epsilon(1e-9));
  }
}

TEST_CASE("covariates of a fit: without any it is the plain fit") {
  const PurchaseCovariates none;
  const auto near = [](const ValueFitReport& a, const ValueFitReport& b) {
    CHECK(a.log_likelihood == Approx(b.log_likelihood).epsilon(1e-11));
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(a.parameters[i].value == Approx(b.parameters[i].value).epsilon(1e-5));
      CHECK(a.parameters[i].standard_error == Approx(b.parameters[i].standard_error).epsilon(1e-4));
    }
  };
  for (const PurchaseFamily family : families) {
    const RepeatPurchases purchases = made(family, 3000, 7, 0).purchases();
    const ValueFitReport plain = family == PurchaseFamily::pareto_nbd
                                     ? fit_pareto_nbd(purchases).report
                                 : family == PurchaseFamily::mbg_nbd ? fit_mbg_nbd(purchases).report
                                                                     : fit_bg_nbd(purchases).report;
    CHECK(plain.dropout_identified);
    near(fit_with_covariates(family, purchases, none).report, plain);
  }
}

TEST_CASE("covariates of a fit: each customer's answers are those of the customer's own model") {
  const Shop shop = made(PurchaseFamily::pareto_nbd, 300, 8);
  const RepeatPurchases purchases = shop.purchases();
  const CovariatePurchaseModel model(PurchaseFamily::pareto_nbd, truth(families[2]), {"channel"},
                                     std::vector<double>{0.8}, {"decades"},
                                     std::vector<double>{0.3});
  const auto expected = model.expected_purchases(purchases, shop.covariates, 20);
  const auto alive = model.probability_alive(purchases, shop.covariates, 2);
  const auto discounted = model.discounted_purchases(purchases, shop.covariates, 0.01);
  for (std::size_t c = 0; c < 300; c += 7) {
    const std::vector<double> p = truth(families[2]);
    const ParetoNbdModel own({p[0], p[1] * std::exp(-0.8 * shop.covariates.buying.values[c]), p[2],
                              p[3] * std::exp(-0.3 * shop.covariates.leaving.values[c])});
    const PurchasePattern& pattern = purchases.patterns()[purchases.pattern_of()[c]];
    CHECK(expected[c] == Approx(own.expected_purchases(pattern, 20)).epsilon(1e-13));
    CHECK(alive[c] == Approx(own.probability_alive(pattern, 2)).epsilon(1e-13));
    CHECK(discounted[c] == Approx(own.discounted_purchases(pattern, 0.01)).epsilon(1e-13));
  }
  const std::vector<std::byte> bytes = model.save();
  const Result<CovariatePurchaseModel> read = CovariatePurchaseModel::load(bytes);
  CHECK(read->expected_purchases(purchases, shop.covariates, 20) == expected);
  CHECK(read->leaving_names()[0] == "decades");
  for (std::size_t cut = 0; cut < bytes.size(); cut += 5) {
    CHECK_FALSE(CovariatePurchaseModel::load(std::span(bytes).first(cut)).has_value());
  }
}

TEST_CASE("covariates of a fit: what does not fit is refused") {
  Shop shop = made(PurchaseFamily::bg_nbd, 50, 9);
  const RepeatPurchases purchases = shop.purchases();
  const auto fit = [&](const PurchaseCovariates& covariates) {
    return code_of([&] { (void)fit_with_covariates(families[0], purchases, covariates); });
  };
  PurchaseCovariates wrong = shop.covariates;
  wrong.buying.values.pop_back();
  CHECK(fit(wrong) == ErrorCode::invalid_shape);
  wrong = shop.covariates;
  wrong.leaving.values[3] = std::nan("");
  CHECK(fit(wrong) == ErrorCode::invalid_value);
  wrong = shop.covariates;
  for (double& value : wrong.buying.values) value = 7;
  CHECK(fit(wrong) == ErrorCode::invalid_value);
  const CovariatePurchaseModel model(families[0], truth(families[0]), {"channel"},
                                     std::vector<double>{0.8}, {}, {});
  CHECK(code_of([&] { (void)model.expected_purchases(purchases, shop.covariates, 3); }) ==
        ErrorCode::invalid_shape);
  CHECK(code_of([&] { (void)model.of({}, {}); }) == ErrorCode::invalid_shape);
  CHECK(code_of([&] { (void)model.of(std::vector<double>{1e9}, {}); }) == ErrorCode::invalid_value);
  CHECK(code_of([&] {
          CovariatePurchaseModel(families[0], truth(families[0]), {}, {}, {"x"},
                                 std::vector<double>{1});
        }) == ErrorCode::invalid_shape);
  CHECK(code_of([&] {
          CovariatePurchaseModel(families[0], std::vector<double>{1, 1, 1, 0}, {}, {}, {}, {});
        }) == ErrorCode::invalid_option);
}
