#include "emptor/score/satisfaction_drivers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

using namespace emptor;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Fertility and five indicators of 47 Swiss provinces, 1888: Frederick Mosteller, John W. Tukey,
/// "Data analysis and regression", Addison-Wesley 1977, the data of Groemping's example.
constexpr std::array<std::array<double, 6>, 47> swiss = {{
    {80.2, 17, 15, 12, 9.96, 22.2},    {83.1, 45.1, 6, 9, 84.84, 22.2},
    {92.5, 39.7, 5, 5, 93.4, 20.2},    {85.8, 36.5, 12, 7, 33.77, 20.3},
    {76.9, 43.5, 17, 15, 5.16, 20.6},  {76.1, 35.3, 9, 7, 90.57, 26.6},
    {83.8, 70.2, 16, 7, 92.85, 23.6},  {92.4, 67.8, 14, 8, 97.16, 24.9},
    {82.4, 53.3, 12, 7, 97.67, 21},    {82.9, 45.2, 16, 13, 91.38, 24.4},
    {87.1, 64.5, 14, 6, 98.61, 24.5},  {64.1, 62, 21, 12, 8.52, 16.5},
    {66.9, 67.5, 14, 7, 2.27, 19.1},   {68.9, 60.7, 19, 12, 4.43, 22.7},
    {61.7, 69.3, 22, 5, 2.82, 18.7},   {68.3, 72.6, 18, 2, 24.2, 21.2},
    {71.7, 34, 17, 8, 3.3, 20},        {55.7, 19.4, 26, 28, 12.11, 20.2},
    {54.3, 15.2, 31, 20, 2.15, 10.8},  {65.1, 73, 19, 9, 2.84, 20},
    {65.5, 59.8, 22, 10, 5.23, 18},    {65, 55.1, 14, 3, 4.52, 22.4},
    {56.6, 50.9, 22, 12, 15.14, 16.7}, {57.4, 54.1, 20, 6, 4.2, 15.3},
    {72.5, 71.2, 12, 1, 2.4, 21},      {74.2, 58.1, 14, 8, 5.23, 23.8},
    {72, 63.5, 6, 3, 2.56, 18},        {60.5, 60.8, 16, 10, 7.72, 16.3},
    {58.3, 26.8, 25, 19, 18.46, 20.9}, {65.4, 49.5, 15, 8, 6.1, 22.5},
    {75.5, 85.9, 3, 2, 99.71, 15.1},   {69.3, 84.9, 7, 6, 99.68, 19.8},
    {77.3, 89.7, 5, 2, 100, 18.3},     {70.5, 78.2, 12, 6, 98.96, 19.4},
    {79.4, 64.9, 7, 3, 98.22, 20.2},   {65, 75.9, 9, 9, 99.06, 17.8},
    {92.2, 84.6, 3, 3, 99.46, 16.3},   {79.3, 63.1, 13, 13, 96.83, 18.1},
    {70.4, 38.4, 26, 12, 5.62, 20.3},  {65.7, 7.7, 29, 11, 13.79, 20.5},
    {72.7, 16.7, 22, 13, 11.22, 18.9}, {64.4, 17.6, 35, 32, 16.92, 23},
    {77.6, 37.6, 15, 7, 4.97, 20},     {67.6, 18.7, 25, 7, 8.65, 19.5},
    {35, 1.2, 37, 53, 42.34, 18},      {44.7, 46.6, 16, 29, 50.43, 18.2},
    {42.8, 27.7, 22, 29, 58.33, 19.3},
}};

struct Swiss {
  ScoreTable table;
  std::vector<double> target;
  Swiss() {
    const char* names[] = {"agriculture", "examination", "education", "catholic", "mortality"};
    ScoreTableBuilder builder;
    for (std::size_t c = 1; c < 6; ++c) {
      std::vector<double> values;
      for (const auto& row : swiss) values.push_back(row[c]);
      builder.number(names[c - 1], values);
    }
    table = builder.finish();
    for (const auto& row : swiss) target.push_back(row[0]);
  }
};

/// R² of the columns in `set` by elimination of normal equations, as the textbook has it.
double r_squared(const std::vector<std::vector<double>>& columns, const std::vector<double>& y,
                 const std::vector<std::size_t>& set) {
  const std::size_t n = y.size(), k = set.size();
  const auto mean = [&](const std::vector<double>& v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(n);
  };
  const auto product = [&](const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += (a[i] - mean(a)) * (b[i] - mean(b));
    return sum;
  };
  std::vector<std::vector<double>> a(k, std::vector<double>(k + 1));
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) a[i][j] = product(columns[set[i]], columns[set[j]]);
    a[i][k] = product(columns[set[i]], y);
  }
  double explained = 0;
  for (std::size_t i = 0; i < k; ++i) {
    if (a[i][i] < 1e-9) continue;
    explained += a[i][k] * a[i][k] / a[i][i];
    for (std::size_t r = i + 1; r < k; ++r) {
      const double factor = a[r][i] / a[i][i];
      for (std::size_t c = i; c <= k; ++c) a[r][c] -= factor * a[i][c];
    }
  }
  return explained / product(y, y);
}

/// Over all orders, by definition.
std::vector<double> lmg(const std::vector<std::vector<double>>& columns,
                        const std::vector<double>& y) {
  std::vector<std::size_t> order(columns.size());
  std::iota(order.begin(), order.end(), 0U);
  std::vector<double> out(columns.size(), 0.0);
  double orders = 0;
  do {
    double before = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::vector<std::size_t> set(order.begin(),
                                         order.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      const double now = r_squared(columns, y, set);
      out[order[i]] += now - before;
      before = now;
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  for (double& share : out) share /= orders;
  return out;
}

}  // namespace

TEST_CASE("drivers of Swiss fertility, as published and as R has them", "[satisfaction]") {
  const Swiss data;
  const SatisfactionDrivers found = satisfaction_drivers(data.table, data.target);
  CHECK(found.rows == 47);
  CHECK(found.exact);
  CHECK_THAT(found.r_squared, WithinAbs(0.706735001592726, 2e-7));  // columns are floats
  CHECK_THAT(found.adjusted, WithinAbs(0.670970977396716, 2e-7));
  CHECK_THAT(found.intercept, WithinAbs(66.9151816789686, 2e-5));
  // R: lm(Fertility ~ ., swiss).
  const double coefficients[] = {-0.172113970941455, -0.258008239834724, -0.870940062939424,
                                 0.104115330743767, 1.077048140690988};
  const double errors[] = {0.0703039231786481, 0.2538782008920986, 0.1830286015712589,
                           0.0352578525361689, 0.3817196508580713};
  const double p_values[] = {1.87271543851755e-02, 3.15461723143726e-01, 2.43060459073792e-05,
                             5.19007854516596e-03, 7.33571532060147e-03};
  // Ulrike Groemping, "Relative importance for linear regression in R: the package relaimpo", J.
  // Stat. Software 17(1), 2006, doi:10.18637/jss.v017.i01, prints .0571, .1712, .2601, .1056,
  // .1128.
  const double shares[] = {0.0570912207680911, 0.1711730289002344, 0.2601346786243840,
                           0.1055701503734936, 0.1127659229265220};
  // R: by the definition, with eigen().
  const double weights[] = {0.0484168958119006, 0.1547082498061600, 0.2719641046459990,
                            0.1146800299475615, 0.1169657213811046};
  const double inflation[] = {2.28412937759729, 3.67541957554434, 2.77494278112695,
                              1.93716038026313, 1.10754222555695};
  for (std::size_t j = 0; j < 5; ++j) {
    const SatisfactionDriver& driver = found.drivers[j];
    CHECK_THAT(driver.coefficient, WithinRel(coefficients[j], 2e-6));
    CHECK_THAT(driver.standard_error, WithinRel(errors[j], 2e-6));
    CHECK_THAT(driver.p_value, WithinRel(p_values[j], 2e-5));
    CHECK_THAT(driver.shapley, WithinRel(shares[j], 2e-6));
    CHECK_THAT(driver.relative_weight, WithinRel(weights[j], 2e-6));
    CHECK_THAT(driver.inflation, WithinRel(inflation[j], 2e-6));
    CHECK_THAT(driver.importance, WithinRel(driver.shapley / found.r_squared, 1e-9));
  }
  CHECK(found.drivers[2].importance > found.mean_importance);
}

TEST_CASE("drivers with survey weights have the errors of R's svyglm", "[satisfaction]") {
  const Swiss data;
  std::vector<double> weights;
  const double cycle[] = {1, 2, .5, 3, 1.25};
  for (std::size_t i = 0; i < 47; ++i) weights.push_back(cycle[i % 5]);
  const SatisfactionDrivers found = satisfaction_drivers(data.table, data.target, {}, {}, weights);
  const double coefficients[] = {-0.1646171444719520, -0.3113634965294783, -0.8214788540629807,
                                 0.0924344581475326, 1.0223098664080770};
  const double errors[] = {0.0646899398685656, 0.2548678995623073, 0.2005474063290485,
                           0.0285511951411424, 0.3896399831733836};
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK_THAT(found.drivers[j].coefficient, WithinRel(coefficients[j], 2e-6));
    CHECK_THAT(found.drivers[j].standard_error, WithinRel(errors[j], 2e-6));
  }
  CHECK_THAT(found.drivers[0].p_value, WithinRel(1.47978288133981e-02, 2e-5));
}

TEST_CASE("shares of explained variance are those over all orders", "[satisfaction]") {
  RandomStream random(7);
  for (std::size_t p = 1; p <= 6; ++p) {
    std::vector<std::vector<double>> columns(p);
    std::vector<double> y;
    for (int i = 0; i < 30; ++i) {
      const double common = random.below(5);
      double sum = random.normal();
      for (auto& column : columns) {
        column.push_back(common + random.below(6));
        sum += column.back() * static_cast<double>(1 + (&column - columns.data()));
      }
      y.push_back(sum);
    }
    if (p >= 4) columns[3] = columns[0];  // collinear: shared
    ScoreTableBuilder builder;
    for (std::size_t j = 0; j < p; ++j) builder.number(text("x", j), columns[j]);
    const SatisfactionDrivers found = satisfaction_drivers(builder.finish(), y);
    const std::vector<double> wanted = lmg(columns, y);
    double sum = 0, relative = 0;
    for (std::size_t j = 0; j < p; ++j) {
      CHECK_THAT(found.drivers[j].shapley, WithinAbs(wanted[j], 1e-9));
      sum += found.drivers[j].shapley;
      relative += found.drivers[j].relative_weight;
    }
    CHECK_THAT(sum, WithinAbs(found.r_squared, 1e-9));
    CHECK_THAT(relative, WithinAbs(found.r_squared, 1e-9));
    if (p >= 4) {
      CHECK(found.drivers[3].collinear);
      CHECK(found.drivers[3].coefficient == 0);
      CHECK(std::isinf(found.drivers[3].inflation));
      CHECK_THAT(found.drivers[3].shapley, WithinAbs(found.drivers[0].shapley, 1e-9));
    }
  }
}

TEST_CASE("drivers of bad tables", "[satisfaction]") {
  ScoreTableBuilder builder;
  builder.number("same", {3, 3, 3, 3, 3, 3})
      .number("void", {unknown, unknown, unknown, unknown, unknown, unknown})
      .number("x", {1, 2, 3, 4, 5, unknown})
      .category("kind", {"a", "b", "a", "b", "a", "b"});
  const ScoreTable table = builder.finish();
  const std::vector<double> y = {2, 4, 7, 8, 9, 1};
  const SatisfactionDrivers found = satisfaction_drivers(table, y);
  REQUIRE(found.drivers.size() == 3);
  CHECK(found.rows == 5);
  CHECK(found.incomplete == 1);
  CHECK(found.drivers[0].constant);
  CHECK(found.drivers[1].constant);
  CHECK_THAT(found.drivers[2].importance, WithinAbs(1, 1e-12));
  CHECK_THAT(found.drivers[2].coefficient, WithinRel(1.8, 1e-6));

  const SatisfactionDrivers flat = satisfaction_drivers(table, std::vector<double>(6, 5.0));
  CHECK(flat.constant_target);
  CHECK(flat.r_squared == 0);
  CHECK(flat.drivers[2].importance == 0);
  CHECK(flat.drivers[2].coefficient == 0);
  const SatisfactionDrivers none = satisfaction_drivers(table, std::vector<double>(6, unknown));
  CHECK(none.rows == 0);
  CHECK(none.incomplete == 6);
  const SatisfactionDrivers one = satisfaction_drivers(
      table, std::vector<double>{unknown, unknown, 3, unknown, unknown, unknown});
  CHECK(one.rows == 1);
  CHECK(one.too_few_rows);
  CHECK(satisfaction_drivers(ScoreTable{}, {}).drivers.empty());

  CHECK_THROWS_AS(satisfaction_drivers(table, std::vector<double>(5, 1.0)), Exception);
  CHECK_THROWS_AS(
      satisfaction_drivers(table, std::vector<double>(6, std::numeric_limits<double>::infinity())),
      Exception);
  const std::vector<SatisfactionItem> absent = {{"absent"}}, category = {{"kind"}};
  CHECK_THROWS_AS(satisfaction_drivers(table, y, absent), Exception);
  CHECK_THROWS_AS(satisfaction_drivers(table, y, category), Exception);
}

TEST_CASE("beyond the exact number of drivers, with intervals, by threads", "[satisfaction]") {
  const Swiss data;
  SatisfactionDriverOptions options;
  options.most_exact = 4;
  options.replicates = 200;
  const SatisfactionDrivers found = satisfaction_drivers(data.table, data.target, {}, options);
  CHECK_FALSE(found.exact);
  for (const SatisfactionDriver& driver : found.drivers) {
    CHECK(std::isnan(driver.shapley));
    CHECK_THAT(driver.importance, WithinRel(driver.relative_weight / found.r_squared, 1e-9));
    CHECK(driver.importance_low <= driver.importance);
    CHECK(driver.importance <= driver.importance_high);
  }
  ThreadPool pool(3);
  Context threads;
  threads.executor = &pool;
  const SatisfactionDrivers again =
      satisfaction_drivers(data.table, data.target, {}, options, {}, threads);
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK(again.drivers[j].importance_low == found.drivers[j].importance_low);
    CHECK(again.drivers[j].standard_error == found.drivers[j].standard_error);
  }
}

TEST_CASE("drivers of targets without range", "[satisfaction]") {
  const ScoreTable table = ScoreTableBuilder().number("a", {1, 2, 3, 5}).finish();
  const std::vector<double> target = {1e300, -1e300, 2, 3};
  CHECK_THROWS_AS(satisfaction_drivers(table, target), Exception);
}
