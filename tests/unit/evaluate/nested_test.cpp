// Nested search: who sees which rows, and that the outer value is honest.

#include "emptor/evaluate/nested.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr auto thirds = [](std::span<const std::uint32_t> rows) {
  RowFolds out{{}, 3};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.fold.push_back(static_cast<std::uint32_t>(i % 3));
  }
  return out;
};

}  // namespace

TEST_CASE("nested search keeps the outer rows out of the choice", "[evaluate][nested]") {
  const std::vector<double> target(30, 0);
  const RowFolds outer = stratified_folds(target, {.folds = 5});
  std::size_t calls = 0;
  std::size_t outer_calls = 0;
  const auto objective = [&](const TuningPoint& point, std::span<const std::uint32_t> train,
                             std::span<const std::uint32_t> test, const Context&) {
    ++calls;
    const std::set<std::uint32_t> in(train.begin(), train.end());
    for (const std::uint32_t row : test) CHECK(in.count(row) == 0);
    CHECK((train.size() + test.size() == 24 || train.size() + test.size() == 30));
    if (test.size() == 6) ++outer_calls;
    return -std::abs(point.number("x") - 0.3);
  };
  const NestedSearchResult result =
      nested_search({tune_uniform("x", 0, 1)}, outer, thirds, objective, {.trials = 20, .seed = 3});
  CHECK(result.completed);
  REQUIRE(result.folds.size() == 5);
  CHECK(outer_calls == 5);
  CHECK(calls == 6 * 20 * 3 + 5);
  CHECK(result.mean == Approx(result.folds[0].outer));
  CHECK(result.deviation == Approx(0).margin(1e-12));
  CHECK(std::abs(result.chosen.point[0] - 0.3) < 0.15);
  CHECK(result.chosen.options.rfind("x = 0.", 0) == 0);
  CHECK(std::isnan(result.chosen.outer));
}

TEST_CASE("the best of many useless options promises too much inside only", "[evaluate][nested]") {
  // Each option guesses at random: inside the best looks good, outside none is.
  std::vector<double> target;
  for (int i = 0; i < 60; ++i) target.push_back(i % 2);
  const auto guess = [&](const TuningPoint& point, std::span<const std::uint32_t>,
                         std::span<const std::uint32_t> test, const Context&) {
    double right = 0;
    for (const std::uint32_t row : test) {
      RandomStream random(static_cast<std::uint64_t>(point.integer("guess")), row);
      right += random.bernoulli(0.5) == (target[row] == 1) ? 1 : 0;
    }
    return right / static_cast<double>(test.size());
  };
  double inner = 0;
  double mean = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const NestedSearchResult result = nested_search({tune_integer("guess", 1, 1'000'000)},
                                                    stratified_folds(target, {.seed = seed}),
                                                    thirds, guess, {.trials = 40, .seed = seed});
    inner += result.chosen.inner / 10;
    mean += result.mean / 10;
  }
  CHECK(inner > 0.6);
  CHECK(mean == Approx(0.5).margin(0.05));
}

TEST_CASE("nested search stops when asked and says when all trials fail", "[evaluate][nested]") {
  const std::vector<double> target(12, 0);
  const RowFolds outer = stratified_folds(target, {.folds = 3});
  const auto fine = [](const TuningPoint&, std::span<const std::uint32_t>,
                       std::span<const std::uint32_t>, const Context&) { return 1.0; };
  int asked = 0;
  Context context;
  context.progress = [&](const ProgressStep&) { return ++asked > 3 ? Go::stop : Go::on; };
  const NestedSearchResult stopped =
      nested_search({tune_uniform("x", 0, 1)}, outer, thirds, fine, {.trials = 10}, context);
  CHECK_FALSE(stopped.completed);
  const auto never = [](const TuningPoint&, std::span<const std::uint32_t>,
                        std::span<const std::uint32_t>, const Context&) { return NAN; };
  CHECK_THROWS_AS(nested_search({tune_uniform("x", 0, 1)}, outer, thirds, never), Exception);
  const auto none = [](std::span<const std::uint32_t>) { return RowFolds{}; };
  CHECK_THROWS_AS(nested_search({tune_uniform("x", 0, 1)}, outer, none, fine), Exception);
}
