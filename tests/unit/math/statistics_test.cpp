#include "emptor/math/statistics.hpp"

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

using Doubles = std::vector<double>;
std::span<const double> span(const Doubles& values) {
  return values;
}

}  // namespace

TEST_CASE("mean, variance, deviation") {
  const Doubles values{2, 4, 4, 4, 5, 5, 7, 9};
  CHECK(mean(span(values)) == 5);
  CHECK(sample_variance(span(values)) == Approx(32.0 / 7));
  CHECK(sample_deviation(span(values)) == Approx(std::sqrt(32.0 / 7)));
  CHECK(std::isnan(mean(span({}))));
  CHECK(std::isnan(sample_variance(span({1}))));
  // NIST StRD NumAcc4: 1,001 values, mean 10000000.2, sample deviation 0.1.
  Doubles numacc4{10'000'000.2};
  for (int i = 0; i < 500; ++i) {
    numacc4.push_back(10'000'000.1);
    numacc4.push_back(10'000'000.3);
  }
  CHECK(mean(span(numacc4)) == Approx(10'000'000.2).epsilon(1e-15));
  CHECK(sample_deviation(span(numacc4)) == Approx(0.1).epsilon(1e-7));
}

TEST_CASE("quantiles as in R's quantile(x, p, type)") {
  // x <- c(15, 20, 35, 40, 50)
  const Doubles x{35, 15, 50, 20, 40};
  CHECK(quantile(span(x), 0.40) == Approx(29));  // type 7
  CHECK(quantile(span(x), 0.05) == Approx(16));
  CHECK(quantile(span(x), 0.40, QuantileRule::lower) == 20);  // type 1
  CHECK(quantile(span(x), 0.41, QuantileRule::lower) == 35);
  CHECK(quantile(span(x), 0.0) == 15);
  CHECK(quantile(span(x), 1.0) == 50);
  CHECK(quantile(span(x), 0.0, QuantileRule::lower) == 15);
  CHECK(quantile(span(x), 1.0, QuantileRule::lower) == 50);
  CHECK(median(span(x)) == 35);
  CHECK(median(span({1, 2})) == 1.5);
  CHECK_THROWS_AS(median(span({})), Exception);
  CHECK_THROWS_AS(quantile(span(x), 1.5), Exception);
  CHECK_THROWS_AS(quantile(span(x), std::nan("")), Exception);
}

TEST_CASE("ranks under every tie rule") {
  const Doubles x{3, 1, 3, 2};
  CHECK(ranks(span(x)) == Doubles{3.5, 1, 3.5, 2});
  CHECK(ranks(span(x), RankTies::lowest) == Doubles{3, 1, 3, 2});
  CHECK(ranks(span(x), RankTies::highest) == Doubles{4, 1, 4, 2});
  CHECK(ranks(span({3, 1, 3, 5}), RankTies::dense) == Doubles{2, 1, 2, 3});
  CHECK(ranks(span(x), RankTies::first) == Doubles{3, 1, 4, 2});
  CHECK(ranks(span({})).empty());
}

TEST_CASE("several places of the sorted sequence at once") {
  RandomStream random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<int> values(1 + random.below(50));
    for (int& value : values) value = static_cast<int>(random.below(20));
    std::vector<std::size_t> places;
    for (std::uint32_t k = random.below(8); k > 0; --k) {
      places.push_back(random.below(static_cast<std::uint32_t>(values.size())));
    }
    std::sort(places.begin(), places.end());
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    select_places(std::span(values), std::span<const std::size_t>(places));
    for (const std::size_t place : places) CHECK(values[place] == sorted[place]);
    std::sort(values.begin(), values.end());
    CHECK(values == sorted);
  }
}

TEST_CASE("Lorenz curve and Gini index of known distributions") {
  const std::vector<std::int64_t> equal(10, 7);
  const LorenzCurve<std::int64_t> flat(equal);
  CHECK(flat.gini() == Approx(0).margin(1e-15));
  for (const std::size_t n : {3U, 49U, 1000U, 99'999U}) {  // rounding must not take it below 0
    CHECK(LorenzCurve<std::int64_t>(std::vector<std::int64_t>(n, 2000)).gini() >= 0);
  }
  CHECK(flat.top_share(0.2) == Approx(0.2));
  std::vector<std::int64_t> one(10, 0);
  one[3] = 5;
  const LorenzCurve<std::int64_t> steep(one);
  CHECK(steep.gini() == Approx(0.9));
  CHECK(steep.top_share(0.01) == 1);
  // 1, 2, …, n: (n - 1) / (3 n).
  std::vector<double> ramp;
  for (int i = 1; i <= 50; ++i) ramp.push_back(i);
  CHECK(LorenzCurve<double>(ramp).gini() == Approx(49.0 / 150));
  CHECK(LorenzCurve<double>(ramp).top_share(0.1) == Approx(240.0 / 1275));
}

TEST_CASE("Gini index is the mean absolute difference over twice the mean") {
  RandomStream random(6);
  std::vector<std::int64_t> values;
  for (int i = 0; i < 60; ++i) values.push_back(random.below(1000));
  double differences = 0;
  for (const std::int64_t a : values) {
    for (const std::int64_t b : values) differences += static_cast<double>(a < b ? b - a : a - b);
  }
  const double n = static_cast<double>(values.size());
  const double center = mean(std::span<const std::int64_t>(values));
  CHECK(LorenzCurve<std::int64_t>(values).gini() ==
        Approx(differences / (2 * n * n * center)).epsilon(1e-12));
}

TEST_CASE("points of the curve rise from (0, 0) to (1, 1) below the diagonal") {
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < 1234; ++i) values.push_back(i * i);
  const auto points = LorenzCurve<std::int64_t>(values).points(50);
  REQUIRE(points.size() == 51);
  CHECK(points.front() == LorenzPoint{0, 0});
  CHECK(points.back() == LorenzPoint{1, 1});
  for (std::size_t i = 1; i < points.size(); ++i) {
    CHECK(points[i - 1].population < points[i].population);
    CHECK(points[i - 1].value <= points[i].value);
    CHECK(points[i].value <= points[i].population);
  }
  CHECK(LorenzCurve<std::int64_t>(std::span(values).first(3)).points(50).size() == 4);
}

TEST_CASE("nothing to share, and sums beyond 64 bits") {
  const std::vector<std::int64_t> zeros(3, 0);
  CHECK(LorenzCurve<std::int64_t>(zeros).gini() == 0);
  CHECK(LorenzCurve<std::int64_t>(zeros).points(3)[1].value == Approx(1.0 / 3));
  const std::vector<std::int64_t> none;
  CHECK(LorenzCurve<std::int64_t>(none).points(5).size() == 2);
  const std::vector<std::int64_t> huge(4, std::numeric_limits<std::int64_t>::max());
  CHECK(LorenzCurve<std::int64_t>(huge).top_share(0.25) == Approx(0.25));
  const std::vector<std::int64_t> negative{1, -1};
  CHECK_THROWS_AS(LorenzCurve<std::int64_t>(negative), Exception);
  const Doubles undefined{1, std::nan("")};
  CHECK_THROWS_AS(LorenzCurve<double>(undefined), Exception);
}
