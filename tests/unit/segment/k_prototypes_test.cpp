#include "emptor/segment/k_prototypes.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

/// Row i belongs to kind i mod 4: two by their number, two by their category, the second category
/// says nothing and is 1 in every tenth row.
MixedRows mixed(std::size_t rows) {
  MixedRows out{Matrix<double>(rows, 1), Matrix<std::uint32_t>(rows, 2)};
  for (std::size_t i = 0; i < rows; ++i) {
    RandomStream random(6, i);
    out.numbers(i, 0) = (i % 2 == 0 ? -3 : 3) + 0.3 * random.normal();
    out.categories(i, 0) = i % 4 < 2 ? 17 : 40'000;
    out.categories(i, 1) = random.bernoulli(0.1) ? 1 : 0;
  }
  return out;
}

}  // namespace

TEST_CASE("k-prototypes finds kinds told apart by numbers and by categories") {
  const MixedRows rows = mixed(800);
  const KPrototypesFit fit = fit_k_prototypes(rows, {.clusters = 4, .starts = 6, .gamma = 4});
  CHECK(fit.report.converged);
  for (std::size_t i = 4; i < 800; ++i) REQUIRE(fit.labels[i] == fit.labels[i % 4]);
  const MixedRows& centres = fit.model.centres();
  CHECK(centres.numbers(fit.labels[0], 0) == Approx(-3).margin(0.1));
  CHECK(centres.categories(fit.labels[0], 0) == 17);
  CHECK(centres.categories(fit.labels[3], 0) == 40'000);
  CHECK(fit.model.labels(rows) == fit.labels);
  const std::vector<std::byte> bytes = fit.model.save();
  CHECK(KPrototypesModel::load(bytes).value().labels(rows) == fit.labels);
  CHECK(!KPrototypesModel::load(std::span(bytes).first(20)).has_value());
}

TEST_CASE("the cost of k-prototypes is its definition and no worse than any single move") {
  const MixedRows rows = mixed(60);
  const KPrototypesFit fit = fit_k_prototypes(rows, {.clusters = 3});
  double cost = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    double own = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < 3; ++c) {
      const MixedRows& centres = fit.model.centres();
      double here = std::pow(rows.numbers(i, 0) - centres.numbers(c, 0), 2);
      for (std::size_t j = 0; j < 2; ++j) {
        if (rows.categories(i, j) != centres.categories(c, j)) here += fit.model.gamma();
      }
      least = std::min(least, here);
      if (c == fit.labels[i]) own = here;
    }
    REQUIRE(own == least);
    cost += own;
  }
  CHECK(fit.report.cost == Approx(cost));
  CHECK(fit.report.gamma == Approx(1.5).margin(0.1));  // half of a deviation of about 3
}

TEST_CASE("k-prototypes of numbers alone, of categories alone, with threads") {
  const MixedRows rows = mixed(9000);
  const MixedRows numbers{rows.numbers, {}};
  const MixedRows categories{{}, rows.categories};
  CHECK(fit_k_prototypes(numbers, {.clusters = 2}).model.centres().categories.columns() == 0);
  const KPrototypesFit modes = fit_k_prototypes(categories, {.clusters = 4});
  CHECK(modes.report.cost == 0);  // four different rows
  CHECK(modes.report.gamma == 1);
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  const KPrototypesOptions options{.clusters = 5, .starts = 2};
  CHECK(fit_k_prototypes(rows, options).model.save() ==
        fit_k_prototypes(rows, options, context).model.save());
}

TEST_CASE("what k-prototypes refuses") {
  MixedRows rows = mixed(20);
  CHECK_THROWS_AS(fit_k_prototypes({}), Exception);
  CHECK_THROWS_WITH(fit_k_prototypes({{}, rows.categories}, {.clusters = 7}),
                    ContainsSubstring("distinct rows"));
  CHECK_THROWS_AS(fit_k_prototypes({rows.numbers, Matrix<std::uint32_t>(3, 1)}), Exception);
  CHECK_THROWS_AS(fit_k_prototypes(rows, {.gamma = -1}), Exception);
  rows.categories(4, 1) = 65'536;
  CHECK_THROWS_WITH(fit_k_prototypes(rows), ContainsSubstring("row 4, category 1"));
  rows.categories(4, 1) = 0;
  rows.numbers(3, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(fit_k_prototypes(rows), ContainsSubstring("row 3, number 0 is nan"));
}
