// Linear and logistic regression: least squares against the normal equations by brute force, the
// conditions of the optimum with any penalties, and what must not change the fit.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/linear.hpp"
#include "emptor/score/logistic.hpp"
#include "emptor/score/penalty_path.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

/// Numbers, one of them often missing, and a category; a class and a value that depend on them.
struct Rows {
  ScoreTable table;
  std::vector<double> classes;
  std::vector<double> values;
  std::vector<double> weights;
};

Rows any_rows(std::uint64_t seed, std::size_t least = 40) {
  RandomStream random(seed);
  const std::size_t n = least + random.below(160);
  std::vector<double> a, b;
  std::vector<std::string> c;
  Rows out;
  for (std::size_t r = 0; r < n; ++r) {
    a.push_back(random.normal(50, 10));
    b.push_back(random.bernoulli(.2) ? std::nan("") : random.normal());
    c.push_back(std::string(1, static_cast<char>('p' + random.below(3))));
    const double eta = (a.back() - 50) / 10 - (std::isnan(b.back()) ? -1 : b.back());
    out.classes.push_back(random.bernoulli(1 / (1 + std::exp(-eta))) ? 1 : 0);
    out.values.push_back(eta + random.normal());
    out.weights.push_back(1 + random.below(3));
  }
  out.classes[0] = 1;
  out.classes[1] = 0;
  out.table = ScoreTableBuilder().number("a", a).number("b", b).category("c", c).finish();
  return out;
}

/// The design of the three columns, by hand: a, b, b missing, all three levels, standardised.
std::vector<std::vector<double>> design_of(const Rows& rows) {
  std::vector<std::vector<double>> out(6, std::vector<double>(rows.table.rows()));
  for (std::size_t r = 0; r < rows.table.rows(); ++r) {
    const auto x = rows.table.row(r);
    out[0][r] = double{x[0]};
    out[1][r] = double{x[1]};
    out[2][r] = std::isnan(x[1]) ? 1 : 0;
    for (std::size_t k = 0; k < 3; ++k) out[3 + k][r] = double{x[2]} == static_cast<double>(k);
  }
  for (std::vector<double>& column : out) {
    double weight = 0, sum = 0, all = 0, squares = 0;
    for (std::size_t r = 0; r < column.size(); ++r) {
      all += rows.weights[r];
      if (std::isnan(column[r])) continue;
      weight += rows.weights[r];
      sum += rows.weights[r] * column[r];
    }
    for (double& x : column) x = std::isnan(x) ? 0 : x - sum / weight;
    for (std::size_t r = 0; r < column.size(); ++r) {
      squares += rows.weights[r] * column[r] * column[r];
    }
    for (double& x : column) x /= squares > 0 ? std::sqrt(squares / all) : 1;
  }
  return out;
}

bool has_all_parts(const Rows& rows) {
  bool level[3] = {}, missing = false;
  for (std::size_t r = 0; r < rows.table.rows(); ++r) {
    level[static_cast<std::size_t>(rows.table.row(r)[2])] = true;
    missing = missing || std::isnan(rows.table.row(r)[1]);
  }
  return level[0] && level[1] && level[2] && missing;
}

/// How far the standardised coefficients are from where no step helps, at worst.
double off_optimum(const std::vector<double>& gradient, const LinearReport& report) {
  double worst = 0;
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    const double b = report.coefficients[j].standardised;
    const double pull = gradient[j] - report.l2 * b;
    const double off = b != 0 ? std::fabs(pull - std::copysign(report.l1, b))
                              : std::max(0.0, std::fabs(pull) - report.l1);
    worst = std::max(worst, off);
  }
  return worst;
}

TEST_CASE("penalised optima have no way down, whatever the penalties") {
  test::check_property(
      "conditions of the optimum",
      [](std::uint64_t seed) {
        const Rows rows = any_rows(seed);
        if (!has_all_parts(rows)) return;
        RandomStream random(seed, 1);
        const double l1 = random.bernoulli(.5) ? 0 : std::exp(random.normal(1, 2));
        const double l2 = std::exp(random.normal(0, 2));
        const LogisticFit logistic = fit_logistic(
            rows.table, rows.classes, {.l1 = l1, .l2 = l2, .tolerance = 1e-15}, rows.weights);
        const LinearFit linear = fit_linear(rows.table, rows.values,
                                            {.l1 = l1, .l2 = l2, .tolerance = 1e-15}, rows.weights);
        RC_ASSERT(logistic.report.l1 == l1);
        const std::vector<std::vector<double>> design = design_of(rows);
        std::vector<double> one(6, 0), two(6, 0);
        double free_one = 0, free_two = 0;
        for (std::size_t r = 0; r < rows.table.rows(); ++r) {
          const auto x = rows.table.row(r);
          const double w = rows.weights[r];
          const double off_class = w * (rows.classes[r] - logistic.model.score(x));
          const double off_value = w * (rows.values[r] - linear.model.score(x));
          free_one += off_class;
          free_two += off_value;
          for (std::size_t j = 0; j < 6; ++j) {
            one[j] += off_class * design[j][r];
            two[j] += off_value * design[j][r];
          }
        }
        RC_ASSERT(std::fabs(free_one) < 1e-3);
        RC_ASSERT(std::fabs(free_two) < 1e-3);
        RC_ASSERT(off_optimum(one, logistic.report) < 1e-3);
        RC_ASSERT(off_optimum(two, linear.report) < 1e-3);
      },
      200);
}

TEST_CASE("least squares are those of the normal equations") {
  test::check_property(
      "against elimination",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        const std::size_t n = 8 + random.below(20);
        constexpr std::size_t p = 4;  // three columns and the intercept
        std::vector<std::vector<double>> x(p, std::vector<double>(n, 1));
        std::vector<double> y, w;
        for (std::size_t r = 0; r < n; ++r) {
          for (std::size_t j = 0; j + 1 < p; ++j) x[j][r] = random.below(100) - 50.0 * double(j);
          y.push_back(random.normal());
          w.push_back(1 + random.below(4));
        }
        double m[p][p + 1] = {};
        for (std::size_t i = 0; i < p; ++i) {
          for (std::size_t r = 0; r < n; ++r) {
            for (std::size_t j = 0; j < p; ++j) m[i][j] += w[r] * x[i][r] * x[j][r];
            m[i][p] += w[r] * x[i][r] * y[r];
          }
        }
        for (std::size_t i = 0; i < p; ++i) {
          std::size_t pivot = i;
          for (std::size_t k = i; k < p; ++k) {
            if (std::fabs(m[k][i]) > std::fabs(m[pivot][i])) pivot = k;
          }
          std::swap(m[i], m[pivot]);
          if (std::fabs(m[i][i]) < 1e-3) return;  // collinear by chance
          for (std::size_t k = 0; k < p; ++k) {
            if (k == i) continue;
            const double times = m[k][i] / m[i][i];
            for (std::size_t j = i; j <= p; ++j) m[k][j] -= times * m[i][j];
          }
        }
        const ScoreTable table =
            ScoreTableBuilder().number("0", x[0]).number("1", x[1]).number("2", x[2]).finish();
        const LinearFit fit = fit_linear(table, y, {.l2 = 0}, w);
        for (std::size_t j = 0; j + 1 < p; ++j) {
          RC_ASSERT(std::fabs(fit.report.coefficients[j].value - m[j][p] / m[j][j]) < 1e-6);
        }
        RC_ASSERT(std::fabs(fit.report.intercept - m[3][p] / m[3][3]) < 1e-5);
      },
      300);
}

double largest_gap(const auto& a, const auto& b, const ScoreTable& rows, const ScoreTable& others) {
  double gap = 0;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    gap = std::max(gap, std::fabs(a.score(rows.row(r)) - b.score(others.row(r))));
  }
  return gap;
}

TEST_CASE("order, duplicates and units of a column do not change a linear fit") {
  test::check_property(
      "the same scores",
      [](std::uint64_t seed) {
        const Rows rows = any_rows(seed);
        const std::size_t n = rows.table.rows();
        const LogisticOptions logistic{.l2 = 2};
        const LinearOptions linear{.l1 = 3, .l2 = 1};
        const auto by_class = fit_logistic(rows.table, rows.classes, logistic, rows.weights).model;
        const auto by_value = fit_linear(rows.table, rows.values, linear, rows.weights).model;
        // Backwards, and each row as often as it weighs.
        std::vector<std::uint32_t> order;
        std::vector<double> classes, values;
        for (std::size_t r = n; r-- > 0;) {
          for (double w = 0; w < rows.weights[r]; ++w) {
            order.push_back(static_cast<std::uint32_t>(r));
            classes.push_back(rows.classes[r]);
            values.push_back(rows.values[r]);
          }
        }
        const ScoreTable all = rows.table.take(order);
        const ScoreTable& same = rows.table;
        RC_ASSERT(largest_gap(by_class, fit_logistic(all, classes, logistic).model, same, same) <
                  1e-5);
        RC_ASSERT(largest_gap(by_value, fit_linear(all, values, linear).model, same, same) < 1e-5);
        // Another unit and origin of a column.
        std::vector<double> a, b;
        std::vector<std::string> c;
        for (std::size_t r = 0; r < n; ++r) {
          a.push_back(double{same.row(r)[0]} * 1024 - 4096);
          b.push_back(double{same.row(r)[1]} / -64);
          c.push_back(same.schema()[2].categories[static_cast<std::size_t>(same.row(r)[2])]);
        }
        const ScoreTable other =
            ScoreTableBuilder().number("a", a).number("b", b).category("c", c).finish();
        const auto class_other = fit_logistic(other, rows.classes, logistic, rows.weights).model;
        const auto value_other = fit_linear(other, rows.values, linear, rows.weights).model;
        RC_ASSERT(largest_gap(by_class, class_other, same, other) < 1e-5);
        RC_ASSERT(largest_gap(by_value, value_other, same, other) < 1e-5);
      },
      100);
}

TEST_CASE("any linear fit is finite and its parts add up") {
  test::check_property(
      "hard rows",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        const std::size_t n = 1 + random.below(30);
        std::vector<double> number, constant(n, 3), twice, target, value;
        std::vector<std::string> level;
        for (std::size_t r = 0; r < n; ++r) {
          number.push_back(random.bernoulli(.3) ? std::nan("") : random.below(3) * 1e8);
          twice.push_back(2 * number.back() + 7);
          level.push_back(random.bernoulli(.2) ? "" : std::to_string(random.below(20)));
          target.push_back(random.bernoulli(.3) ? 1 : 0);
          value.push_back(random.normal(0, 1e6));
        }
        const ScoreTable table = ScoreTableBuilder()
                                     .number("number", number)
                                     .number("constant", constant)
                                     .number("twice", twice)
                                     .number("nothing", std::vector<double>(n, std::nan("")))
                                     .category("level", level)
                                     .finish();
        for (const double l2 : {0.0, 1.0, penalty_by_rows}) {
          const LogisticFit fit = fit_logistic(table, target, {.l2 = l2});
          const LinearFit line = fit_linear(table, value, {.l2 = l2});
          RC_ASSERT((fit.report.one_class || fit.report.l2 > 0 || fit.report.l1 > 0 || l2 == 0));
          std::vector<double> parts(table.columns());
          for (std::size_t r = 0; r <= n; ++r) {
            const std::vector<float> unknown = table.schema().row();
            const std::span<const float> row = r < n ? table.row(r) : unknown;
            for (const LinearPredictor* predictor :
                 {&fit.model.predictor(), &line.model.predictor()}) {
              predictor->explain(row, parts);
              double sum = predictor->base();
              for (const double part : parts) sum += part;
              RC_ASSERT(std::isfinite(sum));
              RC_ASSERT(sum == predictor->value(row));
            }
          }
        }
      },
      200);
}

TEST_CASE("points of a path are the fits of their penalties") {
  test::check_property(
      "path against fit",
      [](std::uint64_t seed) {
        const Rows rows = any_rows(seed);
        RandomStream random(seed, 2);
        PenaltyPathOptions options;
        options.l1_share = random.bernoulli(.3) ? 0 : random.uniform();
        options.points = 12;
        options.folds = 0;
        options.tolerance = 1e-12;
        const bool classes = random.bernoulli(.5);
        const PenaltyPath path =
            classes ? logistic_penalty_path(rows.table, rows.classes, options, rows.weights)
                    : linear_penalty_path(rows.table, rows.values, options, rows.weights);
        RC_ASSERT(path.points.size() == 12U);
        for (const PenaltyPathPoint& point : path.points) {
          const LinearReport report =
              classes ? fit_logistic(rows.table, rows.classes, {.l1 = point.l1, .l2 = point.l2},
                                     rows.weights)
                            .report
                      : fit_linear(rows.table, rows.values, {.l1 = point.l1, .l2 = point.l2},
                                   rows.weights)
                            .report;
          RC_ASSERT(report.coefficients.size() == point.standardised.size());
          for (std::size_t j = 0; j < point.standardised.size(); ++j) {
            const double gap = report.coefficients[j].standardised - point.standardised[j];
            RC_ASSERT(std::fabs(gap) < 2e-3);
          }
        }
        if (options.l1_share > 0) RC_ASSERT(path.points.front().nonzero <= 1U);
      },
      100);
}

}  // namespace
