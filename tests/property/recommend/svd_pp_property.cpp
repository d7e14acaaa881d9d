// SVD++ against a twin in double that follows the paper's formulas rating by rating.

#include "emptor/recommend/svd_pp.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

using Rows = std::vector<std::vector<double>>;

Matrix<float> random_rows(std::size_t rows, std::size_t f, RandomStream& random, Rows& twin) {
  Matrix<float> out(rows, f);
  twin.assign(rows, std::vector<double>(f));
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t j = 0; j < f; ++j) {
      twin[r][j] = double{out(r, j) = static_cast<float>(random.normal(0, 0.3))};
    }
  }
  return out;
}

TEST_CASE("one customer's steps are those of the formulas") {
  test::check_property("svd_pp_row = twin", [](std::uint64_t seed) {
    RandomStream random(seed);
    const std::size_t f = 1 + random.below(40);
    const std::size_t n = 1 + random.below(20);
    Rows x;
    Rows v;
    Rows y;
    Matrix<float> customer = random_rows(1, f, random, x);
    Matrix<float> items = random_rows(n, f, random, v);
    Matrix<float> implicit = random_rows(n, f, random, y);
    std::vector<std::uint32_t> columns;
    std::vector<float> ratings;
    std::vector<float> item_biases(n);
    for (std::uint32_t i = 0; i < n; ++i) {
      item_biases[i] = static_cast<float>(random.normal());
      if (i > 0 && random.bernoulli(0.4)) continue;
      columns.push_back(i);
      ratings.push_back(static_cast<float>(random.normal()));
    }
    random.shuffle(std::span(columns));
    std::vector<double> b_i(item_biases.begin(), item_biases.end());
    auto bias = static_cast<float>(random.normal());
    auto b_u = double{bias};
    const detail::SvdPpRates rates{
        .rate = 0.01F, .lambda = 0.1F, .bias_lambda = 0.3F, .implicit_lambda = 0.2F};
    Matrix<float> work(2, f);
    const double squares = detail::svd_pp_row(
        columns, ratings, rates, linear_algebra_kernels<float>(nullptr), items, implicit,
        item_biases.data(), bias, customer.data(), work.row(0).data(), work.row(1).data());

    const double rate = double{rates.rate};
    const double norm = 1 / std::sqrt(static_cast<double>(columns.size()));
    const Rows old_y = y;
    double want = 0;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const std::uint32_t i = columns[k];
      std::vector<double> p = x[0];
      for (std::size_t j = 0; j < f; ++j) {
        for (const std::uint32_t other : columns) p[j] += norm * old_y[other][j];
      }
      double error = double{ratings[k]} - b_u - b_i[i];
      for (std::size_t j = 0; j < f; ++j) error -= p[j] * v[i][j];
      want += error * error;
      b_u += rate * (error - double{rates.bias_lambda} * b_u);
      b_i[i] += rate * (error - double{rates.bias_lambda} * b_i[i]);
      for (std::size_t j = 0; j < f; ++j) {
        const double old_v = v[i][j];
        v[i][j] += rate * (error * p[j] - double{rates.lambda} * old_v);
        x[0][j] += rate * (error * old_v - double{rates.lambda} * x[0][j]);
        for (const std::uint32_t other : columns) y[other][j] += rate * error * norm * old_v;
      }
    }
    for (const std::uint32_t i : columns) {
      for (double& value : y[i]) {
        value *=
            std::pow(1 - rate * double{rates.implicit_lambda}, static_cast<double>(columns.size()));
      }
    }
    const auto near = [](float got, double wanted) {
      return std::abs(double{got} - wanted) <= 1e-4 * (1 + std::abs(wanted));
    };
    RC_ASSERT(std::abs(squares - want) <= 1e-3 * (1 + want));
    RC_ASSERT(near(bias, b_u));
    for (std::size_t j = 0; j < f; ++j) RC_ASSERT(near(customer(0, j), x[0][j]));
    for (std::size_t i = 0; i < n; ++i) {
      RC_ASSERT(near(item_biases[i], b_i[i]));
      for (std::size_t j = 0; j < f; ++j) {
        RC_ASSERT(near(items(i, j), v[i][j]));
        RC_ASSERT(near(implicit(i, j), y[i][j]));
      }
    }
  });
}

TEST_CASE("the error on what it learns from falls from sweep to sweep when steps are small") {
  test::check_property(
      "training_rmse falls",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        RatingLog log;
        for (std::uint32_t c = 0; c < 30; ++c) {
          for (std::uint32_t i = 0; i < 20; ++i) {
            if (random.bernoulli(0.5)) {
              log.add(Customer{c}, Item{i}, static_cast<float>(1 + (c + i) % 3 + random.below(3)));
            }
          }
        }
        const Ratings data(30, 20, log);
        const SvdPpOptions options = {
            .factors = 4, .sweeps = 12, .learning_rate = 0.01, .seed = seed};
        const auto report = fit_svd_pp(data, options).report;
        RC_ASSERT(report.training_rmse.size() == 12U);
        for (std::size_t s = 1; s < 12; ++s) {
          RC_ASSERT(report.training_rmse[s] < report.training_rmse[s - 1]);
        }
      },
      30);
}

}  // namespace
}  // namespace emptor
