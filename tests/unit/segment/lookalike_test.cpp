#include "emptor/segment/lookalike.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr LookalikeMethod methods[] = {LookalikeMethod::cosine, LookalikeMethod::mahalanobis,
                                       LookalikeMethod::logistic, LookalikeMethod::hashing};

/// Every tenth row is of a kind that lies about (3, 3, 0, ...); of these every third is a seed.
struct Shop {
  Matrix<double> points;
  std::vector<std::uint32_t> seeds;
};
Shop shop(std::size_t rows, double apart = 3) {
  Shop out{Matrix<double>(rows, 5), {}};
  for (std::uint32_t i = 0; i < rows; ++i) {
    RandomStream random(21, i);
    for (double& value : out.points.row(i)) value = random.normal();
    if (i % 10 != 0) continue;
    out.points(i, 0) = apart + out.points(i, 0) / 2;
    out.points(i, 1) += apart;
    if (i % 30 == 0) out.seeds.push_back(i);
  }
  return out;
}

double cosine(std::span<const double> a, std::span<const double> b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    ab += a[j] * b[j];
    aa += a[j] * a[j];
    bb += b[j] * b[j];
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("held-out seeds rank high, whatever the method") {
  const Shop data = shop(6000);
  for (const LookalikeMethod method : methods) {
    INFO(static_cast<int>(method));
    const LookalikeFit fit = fit_lookalikes(data.points, data.seeds, {.method = method});
    CHECK(fit.report.seeds == 200);
    CHECK(fit.report.held_out == 40);
    // 400 others are of the seeds' kind: no score could do better than 1 - 400 / 5800 / 2 = .966.
    CHECK(fit.report.auc > (method == LookalikeMethod::hashing ? 0.88 : 0.93));
    CHECK(fit.report.auc < 0.98);
    REQUIRE(fit.report.curve.size() == 11);
    CHECK(fit.report.curve.back().found == 1);
    CHECK(fit.report.curve.back().lift == Approx(1));
    CHECK(fit.report.curve[3].lift > 6);  // the best tenth
    for (std::size_t i = 1; i < 11; ++i) {
      CHECK(fit.report.curve[i].customers > fit.report.curve[i - 1].customers);
      CHECK(fit.report.curve[i].found >= fit.report.curve[i - 1].found);
      CHECK(fit.report.curve[i].least_score <= fit.report.curve[i - 1].least_score);
    }
    CHECK(fit.report.curve.front().similarity > fit.report.curve.back().similarity + 0.3);
    // Of the 400 best of all others most are of the seeds' kind; by chance 40 would be.
    const auto best = rank_lookalikes(fit.model.scores(data.points), {}, data.seeds, 400);
    const auto hits = std::count_if(best.begin(), best.end(), [](const RankedLookalike& one) {
      return index(one.customer) % 10 == 0;
    });
    CHECK(hits > (method == LookalikeMethod::hashing ? 240 : 300));
  }
}

TEST_CASE("the logistic method knows the share of seeds and gives probabilities") {
  const Shop data = shop(12'000, 4);
  const LookalikeFit fit = fit_lookalikes(data.points, data.seeds);
  CHECK(fit.report.converged);
  CHECK(fit.report.label_share == Approx(1.0 / 3).margin(0.04));
  const std::vector<double> scores = fit.model.scores(data.points);
  double kind = 0;
  double others = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    REQUIRE((scores[i] >= 0 && scores[i] <= 1));
    (i % 10 == 0 ? kind : others) += scores[i];
  }
  CHECK(kind / 1200 > 0.85);
  CHECK(others / 10'800 < 0.02);
}

TEST_CASE("a drawn sample of the unlabelled gives nearly the same weights") {
  const Shop data = shop(12'000, 1);
  const auto all = fit_lookalikes(data.points, data.seeds).model.scores(data.points);
  const auto some =
      fit_lookalikes(data.points, data.seeds, {.unlabelled = 5000}).model.scores(data.points);
  double difference = 0;
  for (std::size_t i = 0; i < all.size(); ++i) difference += std::fabs(all[i] - some[i]);
  CHECK(difference / 12'000 < 0.02);
}

TEST_CASE("seeds in the middle are found with squares, not without") {
  Shop data = shop(4000, 0);
  data.seeds.clear();
  for (std::uint32_t i = 0; i < 4000; ++i) {
    double square = 0;
    for (const double value : data.points.row(i)) square += value * value;
    if (square < 2 && i % 2 == 0) data.seeds.push_back(i);
  }
  CHECK(fit_lookalikes(data.points, data.seeds).report.auc > 0.9);
  CHECK(fit_lookalikes(data.points, data.seeds, {.squares = false}).report.auc < 0.7);
}

TEST_CASE("hashing finds the nearest seed of most rows") {
  const Shop data = shop(3000);
  const LookalikeFit fit =
      fit_lookalikes(data.points, data.seeds,
                     {.method = LookalikeMethod::hashing, .held_out = 0, .tables = 24, .bits = 6});
  CHECK(std::isnan(fit.report.auc));
  const std::vector<double> scores = fit.model.scores(data.points);
  std::size_t exact = 0;
  std::size_t close = 0;
  for (std::size_t i = 0; i < 3000; ++i) {
    double nearest = -1;
    for (const std::uint32_t seed : data.seeds) {
      nearest = std::max(nearest, cosine(data.points.row(i), data.points.row(seed)));
    }
    REQUIRE(scores[i] <= nearest + 1e-12);
    // At a cosine of .8 a table finds a pair with probability (1 - .205)^6 = .25.
    if (nearest < 0.8) continue;
    ++close;
    exact += scores[i] > nearest - 1e-12 ? 1 : 0;
  }
  CHECK(close > 500);
  CHECK(static_cast<double>(exact) > 0.98 * static_cast<double>(close));
  for (const std::uint32_t seed : data.seeds) REQUIRE(scores[seed] == Approx(1));
}

TEST_CASE("distances to the seeds' mean by hand") {
  Matrix<double> points(4, 2);
  const double at[4][2] = {{1, 0}, {3, 0}, {2, 1}, {2, -1}};
  for (std::size_t i = 0; i < 4; ++i) std::copy_n(at[i], 2, points.row(i).begin());
  const std::vector<std::uint32_t> seeds{0, 1, 2};
  const LookalikeFit fit = fit_lookalikes(
      points, seeds, {.method = LookalikeMethod::mahalanobis, .held_out = 0, .shrinkage = 0});
  // Mean (2, 1/3), variances 2/3 and 2/9, no covariance.
  CHECK(fit.model.scores(points)[3] == Approx(-std::sqrt(16.0 / 9 / (2.0 / 9))));
  CHECK(fit.model.scores(points)[0] == Approx(-std::sqrt(1.5 + 0.5)));
  const LookalikeFit angle =
      fit_lookalikes(points, seeds, {.method = LookalikeMethod::cosine, .held_out = 0});
  CHECK(angle.model.scores(points)[3] ==
        Approx(cosine(points.row(3), std::vector<double>{2, 1.0 / 3})));
}

TEST_CASE("lookalikes are the same bits with threads, and saved and loaded") {
  const Shop data = shop(9000);
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  for (const LookalikeMethod method : methods) {
    const LookalikeFit fit = fit_lookalikes(data.points, data.seeds, {.method = method});
    const std::vector<std::byte> bytes = fit.model.save();
    CHECK(bytes ==
          fit_lookalikes(data.points, data.seeds, {.method = method}, context).model.save());
    const LookalikeModel loaded = LookalikeModel::load(bytes).value();
    CHECK(loaded.scores(data.points, context) == fit.model.scores(data.points));
    CHECK(!LookalikeModel::load(std::span(bytes).first(60)).has_value());
  }
}

TEST_CASE("what lookalikes refuse") {
  Shop data = shop(100);
  const auto fit = [&](std::vector<std::uint32_t> seeds, const LookalikeOptions& options = {}) {
    return fit_lookalikes(data.points, seeds, options);
  };
  CHECK_THROWS_WITH(fit({0}), ContainsSubstring("2 or more seeds"));
  CHECK_THROWS_WITH(fit({0, 100}), ContainsSubstring("none of the 100 rows"));
  CHECK_THROWS_WITH(fit({3, 3}), ContainsSubstring("a seed twice"));
  CHECK_THROWS_WITH(fit({3, 4}, {.held_out = 0}), ContainsSubstring("'held_out'"));
  CHECK_THROWS_AS(fit({3, 4}, {.ridge = 0}), Exception);
  std::vector<std::uint32_t> all(100);
  for (std::uint32_t i = 0; i < 100; ++i) all[i] = i;
  CHECK_THROWS_AS(fit(all), Exception);
  const LookalikeFit two = fit({3, 4});
  CHECK(two.report.held_out == 1);
  CHECK_THROWS_AS(two.model.scores(Matrix<double>(1, 2)), Exception);
  data.points(7, 1) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(fit({3, 4}), ContainsSubstring("row 7, column 1"));
  CHECK_THROWS_AS(rank_lookalikes(std::vector<double>{1, 2}, {}, std::vector<std::uint32_t>{2}, 1),
                  Exception);
  const std::vector<Customer> customers{Customer{5}, Customer{6}, Customer{7}};
  CHECK(rank_lookalikes(std::vector<double>{1, 3, 3}, customers, std::vector<std::uint32_t>{0},
                        9) == std::vector<RankedLookalike>{{Customer{6}, 3}, {Customer{7}, 3}});
}
