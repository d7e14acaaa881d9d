#include "emptor/value/gamma_gamma.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

std::vector<SpendHistory> simulated(const GammaGammaParameters& g, std::size_t customers) {
  std::vector<SpendHistory> out;
  for (std::size_t i = 0; i < customers; ++i) {
    RandomStream random(11, i);
    const double rate = random.gamma(g.q, 1 / g.v);
    const std::uint32_t purchases = random.poisson(1.5);
    double sum = 0;
    for (std::uint32_t k = 0; k < purchases; ++k) sum += random.gamma(g.p, 1 / rate);
    out.push_back({.purchases = purchases, .mean = purchases > 0 ? sum / purchases : 0});
  }
  return out;
}

constexpr GammaGammaParameters some{.p = 6.25, .q = 3.74, .v = 15.44};

}  // namespace

TEST_CASE("spend by hand") {
  const GammaGammaModel model({.p = 2, .q = 3, .v = 5});
  // Γ(2x + 3) / (Γ(2x) Γ(3)) 5^3 z^(2x - 1) x^(2x) / (5 + x z)^(2x + 3), x = 1, z = 5.
  const double density = 24.0 / (1 * 2) * 125 * 5 / 1e5;
  CHECK(model.log_likelihood({.purchases = 1, .mean = 5}) == Approx(std::log(density)));
  CHECK(model.expected_spend() == Approx(5));
  CHECK(model.expected_spend({.purchases = 1, .mean = 5}) == Approx(2 * 10.0 / 4));
  CHECK(model.expected_spend({.purchases = 2, .mean = 20}) == Approx(2 * 45.0 / 6));
  // With many purchases, the customer's own mean; new, everyone's.
  CHECK(model.expected_spend({.purchases = 4'000'000'000U, .mean = 20}) == Approx(20));
  CHECK(model.expected_spend({.purchases = 0, .mean = 20}) == model.expected_spend());
  CHECK(model.expected_spend({.purchases = 2, .mean = -1}) == model.expected_spend());
  CHECK(std::isnan(model.log_likelihood({.purchases = 0, .mean = 1})));
  CHECK(std::isinf(GammaGammaModel({.p = 2, .q = 1, .v = 5}).expected_spend()));
}

TEST_CASE("spend finds what made the data, whatever the currency") {
  const std::vector<SpendHistory> rows = simulated(some, 20'000);
  const FittedGammaGamma fit = fit_gamma_gamma(rows);
  CHECK(fit.report.converged);
  const double truth[] = {some.p, some.q, some.v};
  for (std::size_t i = 0; i < 3; ++i) {
    const ValueParameter& p = fit.report.parameters[i];
    CHECK(p.standard_error > 0);
    CHECK(std::abs(p.value - truth[i]) < 4 * p.standard_error);
  }
  CHECK_FALSE(fit.report.correlated);
  double sum = 0;
  for (const SpendHistory& row : rows) {
    if (row.purchases > 0) sum += fit.model.log_likelihood(row);
  }
  CHECK(sum == Approx(fit.report.log_likelihood).epsilon(1e-11));

  std::vector<SpendHistory> yen = rows;
  for (SpendHistory& row : yen) row.mean *= 1e7;
  const FittedGammaGamma in_yen = fit_gamma_gamma(yen);
  CHECK(in_yen.model.parameters().p == Approx(fit.model.parameters().p).epsilon(1e-6));
  CHECK(in_yen.model.parameters().v == Approx(1e7 * fit.model.parameters().v).epsilon(1e-6));

  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  const FittedGammaGamma parallel = fit_gamma_gamma(rows, {}, context);
  CHECK(parallel.model.save() == fit.model.save());
}

TEST_CASE("spend takes weights for so many customers") {
  const std::vector<SpendHistory> rows = simulated(some, 300);
  std::vector<SpendHistory> twice = rows;
  twice.insert(twice.end(), rows.rbegin(), rows.rend());
  std::vector<SpendHistory> heavy = rows;
  for (SpendHistory& row : heavy) row.weight = 2;
  const FittedGammaGamma a = fit_gamma_gamma(twice);
  const FittedGammaGamma b = fit_gamma_gamma(heavy);
  CHECK(a.report.customers == b.report.customers);
  CHECK(a.report.patterns == b.report.patterns);
  CHECK(a.model.parameters().q == Approx(b.model.parameters().q).epsilon(1e-8));
}

TEST_CASE("spend warns of what its assumptions do not hold for") {
  std::vector<SpendHistory> rows = simulated(some, 2'000);
  for (SpendHistory& row : rows) row.mean *= row.purchases;
  const FittedGammaGamma tied = fit_gamma_gamma(rows);
  CHECK(tied.report.correlated);
  CHECK(tied.report.sentence.find("Frequent customers spend more") != std::string::npos);
  // All alike: a price that never changes.
  const std::vector<SpendHistory> same(50, {.purchases = 2, .mean = 9.99});
  const FittedGammaGamma flat = fit_gamma_gamma(same);
  CHECK(std::isnan(flat.report.correlation));
  CHECK_FALSE(flat.report.correlated);
  CHECK(flat.report.sentence.find("cannot be told") != std::string::npos);
  CHECK(flat.model.expected_spend({.purchases = 2, .mean = 9.99}) == Approx(9.99).epsilon(1e-3));
  const FittedGammaGamma one = fit_gamma_gamma(std::span(same).first(1));
  CHECK(std::isfinite(one.report.log_likelihood));
  // Refunds in excess of sales are left out and counted.
  rows.push_back({.purchases = 3, .mean = -5});
  rows.push_back({.purchases = 3, .mean = 0});
  CHECK(fit_gamma_gamma(rows).report.without_spend == 2);
}

TEST_CASE("spend refuses what is no number") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const SpendHistory& wrong :
       {SpendHistory{.purchases = 1, .mean = nan}, SpendHistory{.purchases = 0, .mean = 1},
        SpendHistory{.purchases = 1, .mean = -1},
        SpendHistory{.purchases = 1, .mean = 1, .weight = -1},
        SpendHistory{.purchases = 1, .mean = 1, .weight = nan},
        SpendHistory{.purchases = 1, .mean = 1, .weight = 0}}) {
    CHECK_THROWS_AS(fit_gamma_gamma(std::span(&wrong, 1)), Exception);
  }
  CHECK_THROWS_AS(fit_gamma_gamma({}), Exception);
  CHECK_THROWS_AS(GammaGammaModel({.p = 1, .q = -1, .v = 1}), Exception);
}

TEST_CASE("the spend model comes back from an archive") {
  const GammaGammaModel model(some);
  const std::vector<std::byte> bytes = model.save();
  const Result<GammaGammaModel> back = GammaGammaModel::load(bytes);
  REQUIRE(back);
  CHECK(back->parameters().v == some.v);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> broken = bytes;
    broken[i] ^= std::byte{16};
    CHECK_FALSE(GammaGammaModel::load(broken));
  }
}
