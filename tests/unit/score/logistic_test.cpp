#include "emptor/score/logistic.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/score/linear.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

LogisticOptions free_fit() {
  LogisticOptions options;
  options.l2 = 0;
  return options;
}

struct Made {
  ScoreTable table;
  std::vector<double> target;
};

/// Two numbers (one with missing ones), a category; a logit that is linear in them.
Made made(std::size_t rows, std::uint64_t seed = 3) {
  std::vector<double> a, b, target;
  std::vector<std::string> kind;
  const std::vector<std::string> kinds = {"x", "y", "z"};
  for (std::size_t r = 0; r < rows; ++r) {
    RandomStream random(seed, r);
    a.push_back(random.normal(1000, 5));
    b.push_back(random.below(10) == 0 ? std::nan("") : random.normal());
    const std::uint32_t k = random.below(3);
    kind.push_back(kinds[k]);
    const double logit =
        0.1 * (a.back() - 1000) - (std::isnan(b.back()) ? -1 : b.back()) + 0.7 * k - 1;
    target.push_back(random.bernoulli(1 / (1 + std::exp(-logit))) ? 1 : 0);
  }
  ScoreTableBuilder builder;
  builder.number("a", a).number("b", b).category("kind", kind);
  return {builder.finish(), target};
}

TEST_CASE("dose and response by hand: logistic regression of two groups") {
  // 10 of 40 and 30 of 50: log odds ln(10/30) and ln(30/20); variances 1/10 + 1/30, 1/30 + 1/20.
  std::vector<double> x, y;
  for (int i = 0; i < 90; ++i) {
    x.push_back(i < 40 ? 2 : 3);
    y.push_back(i < 10 || (i >= 40 && i < 70) ? 1 : 0);
  }
  ScoreTableBuilder builder;
  const ScoreTable table = builder.number("dose", x).finish();
  const LogisticFit fit = fit_logistic(table, y, free_fit());
  const LinearCoefficient& dose = fit.report.coefficients.at(0);
  CHECK(dose.value == Approx(std::log(1.5) + std::log(3.0)).epsilon(1e-9));
  CHECK(dose.standard_error == Approx(std::sqrt(0.1 + 1 / 30.0 + 1 / 30.0 + 0.05)).epsilon(1e-7));
  CHECK(fit.report.intercept == Approx(-std::log(3.0) - 2 * dose.value).epsilon(1e-9));
  // The intercept is 3 u - 2 v of the groups' log odds u and v.
  CHECK(fit.report.intercept_error ==
        Approx(std::sqrt(9 * (0.1 + 1 / 30.0) + 4 * (1 / 30.0 + 0.05))).epsilon(1e-7));
  const double loss =
      -(10 * std::log(0.25) + 30 * std::log(0.75) + 30 * std::log(0.6) + 20 * std::log(0.4));
  CHECK(fit.report.deviance == Approx(2 * loss).epsilon(1e-12));
  CHECK(fit.report.aic == Approx(2 * loss + 4).epsilon(1e-9));
  CHECK(fit.report.converged);
  CHECK_FALSE(fit.report.separated);
  CHECK(fit.model.score(table.row(0)) == Approx(0.25).epsilon(1e-9));
  std::vector<double> weights(90, 2.0);
  const LogisticFit twice = fit_logistic(table, y, free_fit(), weights);
  CHECK(twice.report.coefficients[0].value == Approx(dose.value).epsilon(1e-9));
  CHECK(twice.report.coefficients[0].standard_error ==
        Approx(dose.standard_error / std::sqrt(2)).epsilon(1e-7));
}

TEST_CASE("an unpenalised optimum has no gradient, with missing values and categories") {
  const Made data = made(3000);
  const LogisticFit fit = fit_logistic(data.table, data.target, free_fit());
  REQUIRE(fit.report.converged);
  REQUIRE(fit.report.coefficients.size() == 5);  // a, b, b missing, two of three kinds
  double sum = 0, sum_a = 0, sum_missing = 0, parts[3] = {};
  std::vector<double> row(3), mean(3, 0);
  for (std::size_t r = 0; r < data.table.rows(); ++r) {
    const auto x = data.table.row(r);
    const double residual = data.target[r] - fit.model.score(x);
    sum += residual;
    sum_a += residual * (double{x[0]} - 1000);
    if (std::isnan(x[1])) sum_missing += residual;
    parts[static_cast<std::size_t>(x[2])] += residual;
    fit.model.predictor().explain(x, row);
    double total = fit.model.predictor().base();
    for (std::size_t c = 0; c < 3; ++c) {
      total += row[c];
      mean[c] += row[c] / 3000;
    }
    REQUIRE(total == fit.model.logit(x));
  }
  for (const double gradient : {sum, sum_a, sum_missing, parts[0], parts[1], parts[2]}) {
    CHECK(std::fabs(gradient) < 1e-4);
  }
  for (const double part : mean) CHECK(std::fabs(part) < 1e-10);
  CHECK(fit.report.coefficients[0].value == Approx(0.1).margin(0.03));
  std::vector<float> row_of = data.table.schema().row();
  CHECK(std::isfinite(fit.model.score(row_of)));
  row_of[2] = 17;
  CHECK(std::isfinite(fit.model.score(row_of)));
}

TEST_CASE("collinear, constant and all-missing columns are told and harmless") {
  const Made data = made(500);
  std::vector<double> a, twice, constant(500, 7), nothing(500, std::nan(""));
  for (std::size_t r = 0; r < 500; ++r) {
    a.push_back(double{data.table.row(r)[0]});
    twice.push_back(2 * a.back() - 3);
  }
  ScoreTableBuilder builder;
  const ScoreTable table = builder.number("a", a)
                               .number("constant", constant)
                               .number("twice", twice)
                               .number("nothing", nothing)
                               .category("same", std::vector<std::string>(500, "s"))
                               .finish();
  const LogisticFit fit = fit_logistic(table, data.target, free_fit());
  CHECK(fit.report.constant_columns == std::vector<std::string>{"constant", "same"});
  CHECK(fit.report.all_missing_columns == std::vector<std::string>{"nothing"});
  REQUIRE(fit.report.coefficients.size() == 2);
  CHECK_FALSE(fit.report.coefficients[0].dropped);
  CHECK(fit.report.coefficients[1].dropped);
  CHECK(fit.report.coefficients[1].value == 0);
  CHECK(std::isnan(fit.report.coefficients[1].standard_error));
  CHECK(fit.report.parameters == Approx(2));
  ScoreTableBuilder alone;
  const LogisticFit single = fit_logistic(alone.number("a", a).finish(), data.target, free_fit());
  CHECK(fit.report.deviance == Approx(single.report.deviance).epsilon(1e-10));
  std::vector<float> row = table.schema().row();
  row[3] = 5;
  row[1] = 9;
  CHECK(fit.model.logit(row) == fit.model.predictor().base());
}

TEST_CASE("separated classes and one class give finite models and are told") {
  std::vector<double> x, y, ones(40, 1);
  std::vector<std::string> level;
  for (int i = 0; i < 40; ++i) {
    x.push_back(i);
    y.push_back(i < 20 ? 0 : 1);
    level.emplace_back(i % 4 == 0 ? "rare" : "common");
  }
  ScoreTableBuilder builder;
  const ScoreTable table = builder.number("x", x).finish();
  for (const double l2 : {0.0, 1.0}) {
    LogisticOptions options;
    options.l2 = l2;
    const LogisticFit fit = fit_logistic(table, y, options);
    CHECK(fit.report.separated);
    CHECK(fit.report.l2 == 1);
    CHECK(std::isfinite(fit.report.coefficients[0].value));
    CHECK(fit.model.score(table.row(0)) < 0.1);
    const LogisticFit one = fit_logistic(table, ones, options);
    CHECK(one.report.one_class);
    CHECK(one.model.score(table.row(3)) == Approx(40.5 / 41));
  }
  // Quasi-complete: one level has no 1, the other both.
  std::vector<double> some;
  for (int i = 0; i < 40; ++i) some.push_back(i % 4 != 0 && i % 3 == 0 ? 1 : 0);
  const ScoreTable levels = builder.category("level", level).finish();
  CHECK(fit_logistic(levels, some, free_fit()).report.separated);
  CHECK_FALSE(fit_logistic(levels, some).report.separated);
}

TEST_CASE("lasso and elastic net meet the conditions of their optimum") {
  const Made data = made(800);
  for (const double l1 : {2.0, 20.0, 5000.0}) {
    LogisticOptions options;
    options.l1 = l1;
    options.l2 = 3;
    options.tolerance = 1e-14;
    const LogisticFit fit = fit_logistic(data.table, data.target, options);
    REQUIRE(fit.report.coefficients.size() == 6);
    const LinearCoefficient& a = fit.report.coefficients[0];
    const double deviation = a.value != 0 ? a.standardised / a.value : 5;
    double gradient = 0, mean = 0;
    for (std::size_t r = 0; r < 800; ++r) mean += double{data.table.row(r)[0]} / 800;
    for (std::size_t r = 0; r < 800; ++r) {
      const auto x = data.table.row(r);
      gradient += (data.target[r] - fit.model.score(x)) * (double{x[0]} - mean) / deviation;
    }
    if (a.standardised != 0) {
      CHECK(gradient ==
            Approx(l1 * (a.standardised > 0 ? 1 : -1) + 3 * a.standardised).margin(1e-4));
    } else {
      CHECK(std::fabs(gradient) <= l1);
    }
    if (l1 == 5000) {
      CHECK(fit.report.parameters == 1);
      CHECK(fit.report.deviance == Approx(fit.report.null_deviance));
    }
  }
}

TEST_CASE("linear regression by hand, weighted, and its ridge") {
  ScoreTableBuilder builder;
  const ScoreTable table = builder.number("x", {1, 2, 3, 4}).finish();
  const std::vector<double> y = {1, 3, 2, 5};
  LinearOptions options;
  options.l2 = 0;
  const LinearFit fit = fit_linear(table, y, options);
  // Sums: x 10, y 11, xx 30, xy 33: slope (33 - 27.5) / 5, intercept 2.75 - 2.5 x 1.1 = 0.
  CHECK(fit.report.coefficients[0].value == Approx(1.1).epsilon(1e-12));
  CHECK(fit.report.intercept == Approx(0).margin(1e-12));
  CHECK(fit.report.deviance == Approx(2.7).epsilon(1e-12));
  CHECK(fit.report.noise == Approx(std::sqrt(1.35)).epsilon(1e-12));
  CHECK(fit.report.coefficients[0].standard_error == Approx(std::sqrt(1.35 / 5)).epsilon(1e-12));
  CHECK(fit.report.intercept_error == Approx(std::sqrt(1.35 * 30 / 20)).epsilon(1e-12));
  options.l2 = 4;  // as many as rows, so half the standardised slope
  CHECK(fit_linear(table, y, options).report.coefficients[0].value == Approx(0.55).epsilon(1e-12));
  const std::vector<double> weights = {1, 1, 1, 0};
  options.l2 = 0;
  CHECK(fit_linear(table, y, options, weights).report.coefficients[0].value ==
        Approx(0.5).epsilon(1e-12));
  const LinearFit flat = fit_linear(table, std::vector<double>(4, 2.5));
  CHECK(flat.model.score(table.row(2)) == Approx(2.5));
}

TEST_CASE("the same bits for any threads, and close ones on large tables for any kernels") {
  const Made data = made(200'000);
  std::vector<double> columns[40];
  ScoreTableBuilder builder;
  for (std::size_t c = 0; c < 40; ++c) {
    for (std::size_t r = 0; r < data.table.rows(); ++r) {
      RandomStream random(c + 100, r);
      columns[c].push_back(random.uniform() + (c < 2 ? 0.3 * data.target[r] : 0));
    }
    builder.number(text("c", c), columns[c]);
  }
  const ScoreTable table = builder.finish();
  ThreadPool pool(3);
  Context one, three, native;
  three.executor = &pool;
  native.kernels = &native_kernels();
  const LogisticFit a = fit_logistic(table, data.target, {}, {}, one);
  CHECK(a.model.save() == fit_logistic(table, data.target, {}, {}, three).model.save());
  const LogisticFit c = fit_logistic(table, data.target, {}, {}, native);
  const LogisticFit exact = fit_logistic(table, data.target, free_fit());
  CHECK(a.report.converged);
  CHECK(exact.report.converged);
  for (std::size_t j = 0; j < 40; ++j) {
    CHECK(a.report.coefficients[j].value == Approx(c.report.coefficients[j].value).margin(1e-5));
    CHECK(a.report.coefficients[j].value ==
          Approx(exact.report.coefficients[j].value).margin(1e-3));
    CHECK(a.report.coefficients[j].standard_error ==
          Approx(exact.report.coefficients[j].standard_error).epsilon(1e-3));
  }
}

TEST_CASE("linear models come back from their bytes, hostile ones do not") {
  const Made data = made(300);
  const LogisticModel model = fit_logistic(data.table, data.target).model;
  const std::vector<std::byte> bytes = model.save();
  const Result<LogisticModel> loaded = LogisticModel::load(bytes);
  REQUIRE(loaded);
  CHECK(loaded->save() == bytes);
  CHECK(loaded->score(data.table.row(5)) == model.score(data.table.row(5)));
  CHECK_FALSE(LinearModel::load(bytes));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    CHECK_FALSE(LogisticModel::load(std::span(bytes).first(at)));
    std::vector<std::byte> bad = bytes;
    bad[at] ^= std::byte{0x01};
    CHECK_FALSE(LogisticModel::load(bad));
  }
  const LinearModel linear = fit_linear(data.table, data.target).model;
  CHECK(LinearModel::load(linear.save())->save() == linear.save());
  LinearTerm term;
  term.slope = std::numeric_limits<double>::infinity();
  ScoreColumn column;
  column.name.assign("a");
  CHECK_THROWS_AS(LinearPredictor(ScoreSchema({column}), 0, {term}, {}), Exception);
  CHECK_THROWS_AS(LinearPredictor(ScoreSchema({column}), 0, {}, {}), Exception);
}

TEST_CASE("a row with infinite numbers is scored as if they were missing") {
  ScoreTableBuilder builder;
  builder.number("x", {1, 2, 3, 4, 5, 6})
      .number("z", {2, 1, 4, 3, 6, 5})
      .number("c", {1, 1, 1, 1, 1, 1});
  const ScoreTable table = builder.finish();
  const LogisticFit fit = fit_logistic(table, std::vector<double>{0, 0, 1, 0, 1, 1});
  constexpr float infinite = std::numeric_limits<float>::infinity();
  const std::vector<float> row{infinite, -infinite, infinite};
  CHECK(fit.model.score(row) == fit.model.score(table.schema().row()));
  const LinearFit line = fit_linear(table, std::vector<double>{0, 1, 2, 3, 4, 6});
  CHECK(line.model.score(row) == line.model.score(table.schema().row()));
}

TEST_CASE("what a linear fit refuses") {
  const Made data = made(20);
  std::vector<double> bad = data.target;
  bad[3] = 0.5;
  CHECK_THROWS_AS(fit_logistic(data.table, bad), Exception);
  bad[3] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(fit_linear(data.table, bad), Exception);
  CHECK_THROWS_AS(fit_logistic(data.table, std::vector<double>(19)), Exception);
  CHECK_THROWS_AS(fit_logistic(data.table, data.target, {}, std::vector<double>(20, 0.0)),
                  Exception);
  CHECK_THROWS_AS(fit_logistic(data.table, data.target, {}, std::vector<double>(20, -1.0)),
                  Exception);
  CHECK_THROWS_AS(fit_logistic(ScoreTable(), {}), Exception);
  LogisticOptions options;
  options.l1 = -1;
  CHECK_THROWS_AS(fit_logistic(data.table, data.target, options), Exception);
  const LogisticModel model = fit_logistic(data.table, data.target).model;
  std::vector<double> out(19);
  CHECK_THROWS_AS(model.score(data.table, out), Exception);
}

}  // namespace
