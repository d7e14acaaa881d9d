#include "emptor/value/shifted_beta_geometric.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

// Fader & Hardie (2007), table 1: per cent of two groups of customers, over twelve years, of which
// the first seven are fitted.
const std::vector<double> high_end{100,  86.9, 74.3, 65.3, 59.3, 55.1, 51.7,
                                   49.1, 46.8, 44.5, 42.7, 40.9, 39.4};
const std::vector<double> regular{100,  63.1, 46.8, 38.2, 32.6, 28.9, 26.2,
                                  24.1, 22.3, 20.7, 19.4, 18.3, 17.3};

FittedShiftedBetaGeometric fit_of_seven(const std::vector<double>& percent) {
  RetentionCohort cohort{.survivors = {}, .weight = 10};  // of 1,000 customers
  cohort.survivors.assign(percent.begin(), percent.begin() + 8);
  return fit_shifted_beta_geometric(std::span(&cohort, 1));
}

}  // namespace

TEST_CASE("retention of Fader and Hardie's two groups of subscribers") {
  const FittedShiftedBetaGeometric high = fit_of_seven(high_end);
  CHECK(high.report.converged);
  CHECK(high.report.customers == Approx(1000));
  // Published: alpha .668, beta 3.806; alpha .704, beta 1.182.
  CHECK(std::abs(high.model.parameters().alpha - 0.668) < 6e-4);
  CHECK(std::abs(high.model.parameters().beta - 3.806) < 6e-4);
  CHECK(std::abs(high.report.log_likelihood - -1611.2) < 0.06);
  const FittedShiftedBetaGeometric low = fit_of_seven(regular);
  CHECK(std::abs(low.model.parameters().alpha - 0.704) < 6e-4);
  CHECK(std::abs(low.model.parameters().beta - 1.182) < 6e-4);
  // The five years that were held out come within two percentage points, and one.
  for (std::uint32_t t = 8; t <= 12; ++t) {
    CHECK(std::abs(100 * high.model.survival(t) - high_end[t]) < 1.8);
    CHECK(std::abs(100 * low.model.survival(t) - regular[t]) < 1);
  }
}

TEST_CASE("retention of several cohorts at once") {
  // Fader & Hardie (2010), section 3, and their note "Fitting the sBG model to multi-cohort data".
  const std::vector<RetentionCohort> cohorts{{.survivors = {10'000, 8'000, 6'480, 5'307, 4'391}},
                                             {.survivors = {10'000, 8'000, 6'480, 5'307}},
                                             {.survivors = {10'000, 8'000, 6'480}},
                                             {.survivors = {10'000, 8'000}}};
  const FittedShiftedBetaGeometric fit = fit_shifted_beta_geometric(cohorts);
  CHECK(std::abs(fit.model.parameters().alpha - 3.80) < 0.006);
  CHECK(std::abs(fit.model.parameters().beta - 15.19) < 0.02);
  double sum = 0;
  for (const RetentionCohort& cohort : cohorts) sum += fit.model.log_likelihood(cohort);
  CHECK(sum == Approx(fit.report.log_likelihood).epsilon(1e-12));

  // Watched from the second year on only, the oldest cohort tells less, but nothing else.
  std::vector<RetentionCohort> later = cohorts;
  later[0] = {.survivors = {8'000, 6'480, 5'307, 4'391}, .renewed = 1};
  const FittedShiftedBetaGeometric part = fit_shifted_beta_geometric(later);
  CHECK(part.model.parameters().alpha == Approx(fit.model.parameters().alpha).epsilon(0.05));
  CHECK(fit.model.log_likelihood(cohorts[0]) ==
        Approx(fit.model.log_likelihood(later[0]) + 2'000 * std::log(fit.model.cancellation(1)) +
               8'000 * std::log(fit.model.survival(1))));
}

TEST_CASE("curves of retention hang together") {
  const ShiftedBetaGeometricModel model({.alpha = 0.668, .beta = 3.806});
  const std::vector<double> survival = model.survival_curve(40);
  const std::vector<double> retention = model.retention_curve(40);
  double cancelled = 0;
  for (std::uint32_t t = 1; t <= 40; ++t) {
    cancelled += model.cancellation(t);
    CHECK(survival[t] == Approx(model.survival(t)).epsilon(1e-12));
    CHECK(survival[t] == Approx(survival[t - 1] * retention[t - 1]).epsilon(1e-12));
    CHECK(1 - cancelled == Approx(survival[t]).epsilon(1e-10));
    if (t > 1) CHECK(retention[t - 1] > retention[t - 2]);
  }
  CHECK(model.survival_after(3, 5) == Approx(survival[8] / survival[3]));
  CHECK(model.survival(0) == 1);
  CHECK(model.cancellation(0) == 0);
  CHECK(std::isinf(model.expected_lifetime()));
  CHECK(ShiftedBetaGeometricModel({.alpha = 2, .beta = 3}).expected_lifetime() == Approx(4));
  // Long lives in closed form are the product of the retention rates.
  double product = 1;
  for (std::uint32_t t = 1; t <= 20'000; ++t) {
    product *= model.retention(t);
    if (t == 63 || t == 64 || t == 65 || t == 1000 || t == 20'000) {
      CHECK(model.survival(t) == Approx(product).epsilon(1e-12));
      CHECK(model.survival_after(7, t) * model.survival(7) ==
            Approx(model.survival(t + 7)).epsilon(1e-12));
    }
  }
  CHECK(model.survival(4'000'000'000U) > 0);
  CHECK(model.survival(4'000'000'000U) < model.survival(1'000'000'000U));
}

TEST_CASE("discounted lifetimes are sums over the years to come") {
  const ShiftedBetaGeometricModel model({.alpha = 0.668, .beta = 3.806});
  for (const double discount : {0.05, 0.1, 1.0}) {
    double lifetime = 0;
    for (std::uint32_t t = 0; t < 900; ++t) {
      lifetime += model.survival(t) * std::pow(1 + discount, -static_cast<double>(t));
    }
    CHECK(model.discounted_lifetime(discount) == Approx(lifetime).epsilon(1e-12));
    for (const std::uint32_t renewals : {0U, 1U, 7U}) {
      double residual = 0;
      for (std::uint32_t t = 1; t < 900; ++t) {
        residual +=
            model.survival_after(renewals, t) * std::pow(1 + discount, 1 - static_cast<double>(t));
      }
      CHECK(model.discounted_residual_lifetime(renewals, discount) ==
            Approx(residual).epsilon(1e-12));
    }
  }
  // The seventh renewal behind them, at 10 %: 7.53 (an independent implementation's test value).
  CHECK(std::abs(model.discounted_residual_lifetime(7, 0.1) - 7.53) < 1e-3);
}

TEST_CASE("retention finds what made the data") {
  std::vector<double> survivors(13, 0.0);
  for (std::uint64_t i = 0; i < 30'000; ++i) {
    RandomStream random(3, i);
    const double leaves = random.beta(1.5, 4);
    survivors[0] += 1;
    for (std::size_t t = 1; t < survivors.size() && !random.bernoulli(leaves); ++t) {
      survivors[t] += 1;
    }
  }
  const RetentionCohort cohort{.survivors = survivors};
  const FittedShiftedBetaGeometric fit = fit_shifted_beta_geometric(std::span(&cohort, 1));
  CHECK(std::abs(fit.report.parameters[0].value - 1.5) <
        4 * fit.report.parameters[0].standard_error);
  CHECK(std::abs(fit.report.parameters[1].value - 4) < 4 * fit.report.parameters[1].standard_error);
}

TEST_CASE("retention says what it cannot know") {
  const RetentionCohort kept{.survivors = {50, 50, 50}};
  const FittedShiftedBetaGeometric none = fit_shifted_beta_geometric(std::span(&kept, 1));
  CHECK_FALSE(none.report.dropout_identified);
  CHECK(none.model.survival(2) > 0.999);
  // One rate for all: S(t) = .8^t.
  const RetentionCohort same{.survivors = {10'000, 8'000, 6'400, 5'120, 4'096}};
  const FittedShiftedBetaGeometric one = fit_shifted_beta_geometric(std::span(&same, 1));
  CHECK(one.report.sentence.find("one retention rate") != std::string::npos);
  CHECK(one.model.retention(3) == Approx(0.8).epsilon(1e-3));
  const RetentionCohort gone{.survivors = {10, 0, 0}};
  CHECK(fit_shifted_beta_geometric(std::span(&gone, 1)).model.survival(1) < 1e-3);
}

TEST_CASE("retention refuses what cannot be") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const RetentionCohort& wrong :
       {RetentionCohort{.survivors = {5}}, RetentionCohort{.survivors = {5, 6}},
        RetentionCohort{.survivors = {5, -1}}, RetentionCohort{.survivors = {5, nan}},
        RetentionCohort{.survivors = {0, 0}}, RetentionCohort{.survivors = {2, 1}, .weight = -1},
        RetentionCohort{.survivors = {2, 1}, .renewed = 100'000}}) {
    CHECK_THROWS_AS(fit_shifted_beta_geometric(std::span(&wrong, 1)), Exception);
  }
  CHECK_THROWS_AS(fit_shifted_beta_geometric({}), Exception);
  CHECK_THROWS_AS(ShiftedBetaGeometricModel({.alpha = 0, .beta = 1}), Exception);
  CHECK_THROWS_AS(ShiftedBetaGeometricModel({.alpha = 1, .beta = nan}), Exception);
  const ShiftedBetaGeometricModel model({.alpha = 1, .beta = 1});
  CHECK_THROWS_AS(model.discounted_lifetime(0), Exception);
  CHECK_THROWS_AS(model.discounted_residual_lifetime(1, -0.5), Exception);
}

TEST_CASE("the retention model comes back from an archive") {
  const ShiftedBetaGeometricModel model({.alpha = 0.7, .beta = 1.25});
  const std::vector<std::byte> bytes = model.save();
  const Result<ShiftedBetaGeometricModel> back = ShiftedBetaGeometricModel::load(bytes);
  REQUIRE(back);
  CHECK(back->parameters().beta == 1.25);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> broken = bytes;
    broken[i] ^= std::byte{4};
    CHECK_FALSE(ShiftedBetaGeometricModel::load(broken));
  }
}
