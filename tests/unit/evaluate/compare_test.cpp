#include "emptor/evaluate/compare.hpp"

#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using emptor::BootstrapMethod;
using emptor::Customer;
using emptor::RankingEvaluation;
using emptor::RankingMetric;

using Column = std::vector<double>;
using Views = std::vector<std::span<const double>>;

Column normals(std::size_t rows, double mean, std::uint64_t seed) {
  emptor::RandomStream random(seed);
  Column out;
  for (std::size_t i = 0; i < rows; ++i) out.push_back(random.normal(mean));
  return out;
}

TEST_CASE("the interval of a mean is that of the theory") {
  const Column column = normals(4000, 3, 11);
  const Column scaled = [&] {
    Column out = column;
    for (double& value : out) value = 10 - 2 * value;
    return out;
  }();
  for (const auto method : {BootstrapMethod::percentile, BootstrapMethod::bca}) {
    const auto intervals =
        emptor::bootstrap_means(Views{column, scaled}, {.replicates = 4000, .method = method});
    const double half = 1.959964 / std::sqrt(4000.0);
    CHECK(intervals[0].low == Approx(intervals[0].estimate - half).margin(0.003));
    CHECK(intervals[0].high == Approx(intervals[0].estimate + half).margin(0.003));
    CHECK(intervals[0].standard_error == Approx(1 / std::sqrt(4000.0)).epsilon(0.05));
    // One draw of rows for all columns: a linear copy has the mirrored interval.
    CHECK(intervals[1].low == Approx(10 - 2 * intervals[0].high).margin(1e-6));
    CHECK(intervals[1].high == Approx(10 - 2 * intervals[0].low).margin(1e-6));
  }
}

TEST_CASE("BCa leans towards the long tail") {
  emptor::RandomStream random(5);
  Column skewed;
  for (int i = 0; i < 60; ++i) skewed.push_back(random.exponential());
  const auto plain = emptor::bootstrap_means(Views{skewed}, {.replicates = 20'000})[0];
  const auto bca = emptor::bootstrap_means(
      Views{skewed}, {.replicates = 20'000, .method = BootstrapMethod::bca})[0];
  CHECK(bca.low > plain.low);
  CHECK(bca.high > plain.high);
  CHECK(bca.estimate == plain.estimate);
}

TEST_CASE("the interval covers the truth as often as it says") {
  int covered = 0;
  for (std::uint64_t trial = 0; trial < 400; ++trial) {
    const Column column = normals(80, 1, 1000 + trial);
    const auto interval = emptor::bootstrap_means(
        Views{column}, {.replicates = 400, .confidence = 0.9, .seed = trial})[0];
    covered += interval.low <= 1 && 1 <= interval.high ? 1 : 0;
  }
  // Binomial(400, about 0.89): four standard deviations each side.
  CHECK(covered > 330);
  CHECK(covered < 381);
}

TEST_CASE("small and empty data") {
  const Column one = {0.25};
  const auto single = emptor::bootstrap_means(Views{one})[0];
  CHECK(single == emptor::ConfidenceInterval{0.25, 0.25, 0.25, 0});
  CHECK(emptor::sign_flip_test(Views{one})[0] == 1);
  const Column same(700, 0.5);
  for (const auto method : {BootstrapMethod::percentile, BootstrapMethod::bca}) {
    const auto constant = emptor::bootstrap_means(Views{same}, {.method = method})[0];
    CHECK(constant == emptor::ConfidenceInterval{0.5, 0.5, 0.5, 0});
  }
  const Column none;
  CHECK(std::isnan(emptor::bootstrap_means(Views{none})[0].low));
  CHECK(emptor::sign_flip_test(Views{none})[0] == 1);
  CHECK(emptor::bootstrap_means({}).empty());
}

TEST_CASE("bad values and options are refused") {
  const Column good(3, 1.0);
  const Column nan = {1, std::numeric_limits<double>::quiet_NaN(), 0};
  const Column shorter(2, 1.0);
  CHECK_THROWS_WITH(emptor::bootstrap_means(Views{nan}), ContainsSubstring("finite"));
  CHECK_THROWS_WITH(emptor::bootstrap_means(Views{good, shorter}), ContainsSubstring("one length"));
  CHECK_THROWS_WITH(emptor::bootstrap_means(Views{good}, {.replicates = 0}),
                    ContainsSubstring("'replicates'"));
  CHECK_THROWS_WITH(emptor::bootstrap_means(Views{good}, {.confidence = 1}),
                    ContainsSubstring("'confidence'"));
}

TEST_CASE("the sign-flip test against all sign changes") {
  // Sums of +-1 +-2 +-3 +-4 at least as far from 0 as 1 + 2 + 3 + 4 - 0: 2 of 16; and of 1 + 2 - 3
  // + 4 = 4: |sum| >= 4 in 10 of 16 (sums 10, 8, 6, 4, 4 and their negatives).
  const Column all = {1, 2, 3, 4};
  const Column mixed = {0.1, 0.2, -0.3, 0.4};
  const auto p = emptor::sign_flip_test(Views{all, mixed}, {.replicates = 40'000});
  CHECK(p[0] == Approx(2.0 / 16).margin(0.007));
  CHECK(p[1] == Approx(10.0 / 16).margin(0.01));
  const Column far = normals(500, 1, 3);
  CHECK(emptor::sign_flip_test(Views{far})[0] == Approx(1.0 / 1001));
}

TEST_CASE("Holm's adjustment by hand") {
  const Column p = {0.01, 0.04, 0.03, 0.005};
  const Column adjusted = emptor::holm_adjusted(p);
  CHECK(adjusted[3] == Approx(0.02));
  CHECK(adjusted[0] == Approx(0.03));
  CHECK(adjusted[2] == Approx(0.06));
  CHECK(adjusted[1] == Approx(0.06));  // never below the one before
  CHECK(emptor::holm_adjusted(Column{0.9, 0.8}) == Column{1, 1});
  CHECK(emptor::holm_adjusted({}).empty());
  CHECK_THROWS_AS(emptor::holm_adjusted(Column{1.5}), emptor::Exception);
}

RankingEvaluation evaluation(std::string model, const Column& recall) {
  RankingEvaluation out;
  out.model = std::move(model);
  out.ks = {20};
  for (std::size_t c = 0; c < recall.size(); ++c)
    out.customers.push_back(emptor::id_at<Customer>(c));
  out.values = recall;
  double sum = 0;
  for (const double value : recall) sum += value;
  out.means = {{RankingMetric::recall, 20, sum / static_cast<double>(recall.size())}};
  out.catalogue = {{RankingMetric::coverage, 20, 0.25}};
  return out;
}

TEST_CASE("models are compared in pairs") {
  const Column base = normals(1000, 0.5, 1);
  Column better = base;
  Column alike = base;
  emptor::RandomStream random(9);
  for (double& value : better) value += random.normal(0.05, 0.1);
  for (double& value : alike) value += random.normal(0, 0.1);
  const std::vector<RankingEvaluation> models = {
      evaluation("base", base), evaluation("better", better), evaluation("alike", alike)};
  const auto pairs = emptor::compare_models(models, RankingMetric::recall, 20);
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[0].model == "better");
  CHECK(pairs[0].baseline == "base");
  CHECK(pairs[0].difference == Approx(0.05).margin(0.015));
  CHECK(pairs[0].low > 0);
  CHECK(pairs[0].p_adjusted < 0.01);
  CHECK(pairs[1].model == "alike");
  CHECK(pairs[1].baseline == "base");
  CHECK(pairs[1].low < 0);
  CHECK(pairs[1].high > 0);
  CHECK(pairs[1].p_adjusted >= pairs[1].p_value);
  CHECK(pairs[1].p_value > 0.05);
  CHECK(pairs[2].difference < 0);

  CHECK(emptor::compare_models({}, RankingMetric::recall, 20).empty());
  CHECK_THROWS_WITH(emptor::compare_models(models, RankingMetric::ndcg, 20),
                    ContainsSubstring("NDCG@20"));
  CHECK_THROWS_AS(emptor::compare_models(models, RankingMetric::coverage, 20), emptor::Exception);
  const std::vector<RankingEvaluation> others = {
      models[0], evaluation("few", Column(base.begin(), base.end() - 1))};
  CHECK_THROWS_WITH(emptor::compare_models(others, RankingMetric::recall, 20),
                    ContainsSubstring("same customers"));

  const auto estimates = emptor::estimate_metrics(models[0], {.confidence = 0.99});
  CHECK(estimates.model == "base");
  CHECK(estimates.customers == 1000);
  REQUIRE(estimates.metrics.size() == 2);
  CHECK(estimates.metrics[0].low < estimates.metrics[0].value);
  CHECK(estimates.metrics[0].value < estimates.metrics[0].high);
  CHECK(estimates.metrics[1].value == 0.25);
  CHECK(std::isnan(estimates.metrics[1].low));
}

class EachOnAThread final : public emptor::Executor {
 public:
  void run(std::size_t tasks, emptor::FunctionRef<void(std::size_t)> task) override {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < tasks; ++i) threads.emplace_back([i, task] { task(i); });
    for (std::thread& thread : threads) thread.join();
  }
  [[nodiscard]] std::size_t concurrency() const noexcept override { return 2; }
};

TEST_CASE("threads change no bit of an interval") {
  const Column a = normals(1300, 0, 1);
  const Column b = normals(1300, 0.02, 2);
  EachOnAThread executor;
  const emptor::BootstrapOptions options{.replicates = 99, .method = BootstrapMethod::bca};
  CHECK(emptor::bootstrap_means(Views{a, b}, options) ==
        emptor::bootstrap_means(Views{a, b}, options, {.executor = &executor}));
  CHECK(emptor::sign_flip_test(Views{a, b}, options) ==
        emptor::sign_flip_test(Views{a, b}, options, {.executor = &executor}));
}

}  // namespace
