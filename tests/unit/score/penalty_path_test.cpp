#include "emptor/score/penalty_path.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/score/linear.hpp"
#include "emptor/score/logistic.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

struct Sparse {
  ScoreTable table;
  std::vector<double> classes;
  std::vector<double> values;
};

/// `columns` normal numbers, of which the first three matter.
Sparse sparse(std::size_t rows, std::size_t columns, std::uint64_t seed, double signal = 2) {
  RandomStream random(seed);
  std::vector<std::vector<double>> x(columns);
  Sparse out;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::vector<double>& column : x) column.push_back(random.normal());
    const double eta = signal * (x[0][r] - x[1][r] + x[2][r] / 2);
    out.classes.push_back(random.bernoulli(1 / (1 + std::exp(-eta))) ? 1 : 0);
    out.values.push_back(eta + random.normal());
  }
  ScoreTableBuilder builder;
  for (std::size_t c = 0; c < columns; ++c) builder.number("c" + std::to_string(c), x[c]);
  out.table = builder.finish();
  return out;
}

TEST_CASE("a lasso of an orthogonal column is the soft threshold") {
  // x is -1 or 1, so the coefficient is (sum x y - l1) / n where that is positive.
  const ScoreTable table = ScoreTableBuilder().number("x", {-1, 1, -1, 1}).finish();
  const std::vector<double> y = {0, 3, 1, 4};
  PenaltyPathOptions options;
  options.penalties = {6, 4, 2, 0};
  options.folds = 0;
  const PenaltyPath path = linear_penalty_path(table, y, options);
  REQUIRE(path.points.size() == 4);
  const double expected[] = {0, 0.5, 1, 1.5};
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(path.points[k].standardised.at(0) == Approx(expected[k]).margin(1e-6));
    CHECK(path.points[k].l1 == options.penalties[k]);
    CHECK(std::isnan(path.points[k].held_out));
  }
  // Of 10 squares 9 are explained in the end.
  CHECK(path.points[3].explained == Approx(0.9));
  CHECK(path.columns == std::vector<std::string>{"x"});
  CHECK(path.best == 3);
}

TEST_CASE("a path finds the columns that matter among more columns than rows") {
  const Sparse data = sparse(100, 150, 4);
  for (const bool classes : {true, false}) {
    const PenaltyPath path = classes ? logistic_penalty_path(data.table, data.classes)
                                     : linear_penalty_path(data.table, data.values);
    REQUIRE(path.points.size() == 50);
    CHECK(path.folds == 10);
    CHECK(path.points.front().nonzero <= 1);
    for (std::size_t k = 1; k < 50; ++k) {
      CHECK(path.points[k].l1 < path.points[k - 1].l1);
      CHECK(path.points[k].explained >= path.points[k - 1].explained - 1e-5);
    }
    CHECK(path.one_standard_error <= path.best);
    CHECK(path.best > 5);
    CHECK(path.best < 45);
    const PenaltyPathPoint& point = path.points[path.one_standard_error];
    CHECK(point.standardised[0] > 0.1);
    CHECK(point.standardised[1] < -0.1);
    CHECK(point.nonzero < 30);
    CHECK(path.points[path.best].held_out < 0.8 * path.points.front().held_out);
  }
}

TEST_CASE("the penalty that no one gave suits the rows") {
  const Sparse few = sparse(100, 150, 5);
  const LogisticFit fit = fit_logistic(few.table, few.classes);
  CHECK(fit.report.l1 > 0);  // a lasso is clearly better here
  const Sparse test = sparse(2000, 150, 6);
  const auto loss = [&](const LogisticModel& model) {
    double sum = 0;
    for (std::size_t r = 0; r < 2000; ++r) {
      const double p = model.score(test.table.row(r));
      sum -= std::log(test.classes[r] > 0 ? p : 1 - p) / 2000;
    }
    return sum;
  };
  CHECK(loss(fit.model) < 0.8 * loss(fit_logistic(few.table, few.classes, {.l2 = 1}).model));
  // Of noise little is kept; where rows abound nothing is searched.
  const Sparse noise = sparse(200, 20, 7, 0);
  CHECK(fit_logistic(noise.table, noise.classes, {.l2 = 1}).report.parameters > 20);
  CHECK(fit_logistic(noise.table, noise.classes).report.parameters < 15);
  CHECK(fit_linear(noise.table, noise.values).report.parameters < 15);
  const Sparse many = sparse(5000, 3, 8);
  const LogisticFit plain = fit_logistic(many.table, many.classes);
  CHECK(plain.report.l1 == 0);
  CHECK(plain.report.l2 == 1);
  CHECK(fit_linear(many.table, many.values).report.l2 == 1);
  // The unit of the weights does not matter.
  const LogisticFit heavy =
      fit_logistic(noise.table, noise.classes, {}, std::vector<double>(200, 1024));
  const LogisticFit light = fit_logistic(noise.table, noise.classes);
  CHECK(heavy.report.l2 == 1024 * light.report.l2);
  // Too few to be parted; an l1 given.
  const Sparse three = sparse(3, 3, 9);
  const std::vector<double> one = {1, 0, 0};
  CHECK(fit_logistic(three.table, one).report.l2 == 1);
  CHECK(fit_logistic(few.table, few.classes, {.l1 = 5}).report.l2 == 0);
}

TEST_CASE("paths are the same for any threads and stand up to hard columns") {
  const Sparse data = sparse(300, 20, 10);
  ThreadPool pool(3);
  Context three;
  three.executor = &pool;
  const PenaltyPath one = logistic_penalty_path(data.table, data.classes);
  const PenaltyPath many = logistic_penalty_path(data.table, data.classes, {}, {}, three);
  REQUIRE(many.best == one.best);
  for (std::size_t k = 0; k < one.points.size(); ++k) {
    CHECK(many.points[k].standardised == one.points[k].standardised);
    CHECK(many.points[k].held_out == one.points[k].held_out);
  }
  CHECK(logistic_penalty_path(data.table, std::vector<double>(300, 1)).points.empty());
  CHECK(linear_penalty_path(data.table, std::vector<double>(300, 1)).points.empty());
  const ScoreTable nothing =
      ScoreTableBuilder().number("nothing", std::vector<double>(300, std::nan(""))).finish();
  CHECK(logistic_penalty_path(nothing, data.classes).points.empty());
  // Separated, and the same column twice.
  std::vector<double> x, y;
  for (int i = 0; i < 40; ++i) {
    x.push_back(i);
    y.push_back(i < 20 ? 0 : 1);
  }
  const ScoreTable twice = ScoreTableBuilder().number("x", x).number("again", x).finish();
  for (const double share : {0.0, 0.5, 1.0}) {
    PenaltyPathOptions options;
    options.l1_share = share;
    options.smallest = 1e-6;
    for (const PenaltyPathPoint& point : logistic_penalty_path(twice, y, options).points) {
      for (const double b : point.standardised) CHECK(std::isfinite(b));
      CHECK(std::isfinite(point.held_out));
    }
  }
}

TEST_CASE("paths that are refused") {
  const Sparse data = sparse(30, 3, 11);
  const auto runs = [&](auto&& spoil) {
    PenaltyPathOptions options;
    spoil(options);
    (void)logistic_penalty_path(data.table, data.classes, options);
  };
  CHECK_THROWS_AS(runs([](auto& o) { o.l1_share = 1.5; }), Exception);
  CHECK_THROWS_AS(runs([](auto& o) { o.points = 1; }), Exception);
  CHECK_THROWS_AS(runs([](auto& o) { o.smallest = 1; }), Exception);
  CHECK_THROWS_AS(runs([](auto& o) { o.folds = 1; }), Exception);
  CHECK_THROWS_AS(runs([](auto& o) { o.tolerance = 0; }), Exception);
  CHECK_THROWS_AS(runs([](auto& o) { o.penalties = {1, 2}; }), Exception);
  CHECK_THROWS_AS(runs([](auto& o) { o.penalties = {-1}; }), Exception);
  CHECK_THROWS_AS(logistic_penalty_path(data.table, data.values), Exception);
  CHECK_THROWS_AS(linear_penalty_path(data.table, std::vector<double>(29)), Exception);
  CHECK_THROWS_AS(fit_logistic(data.table, data.classes, {.l2 = -0.5}), Exception);
}

}  // namespace
