// Satisfaction at random: order does not matter, weights scale freely, intervals hold their values,
// shares of R² add up, shrunk groups lie between their own mean and that of all and are nearer to
// the truth, levels turn with their values.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/satisfaction.hpp"
#include "emptor/score/satisfaction_drivers.hpp"
#include "emptor/score/satisfaction_shrinkage.hpp"
#include "emptor/score/satisfaction_trend.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

bool near(double a, double b, double tolerance = 1e-9) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::abs(a - b) <= tolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

struct Answers {
  std::vector<double> scores, weights;
  std::vector<std::uint32_t> groups;
};

Answers any_answers() {
  Answers out;
  const int n = *rc::gen::inRange(0, 60);
  for (int i = 0; i < n; ++i) {
    out.scores.push_back(*rc::gen::inRange(-1, 13));
    if (out.scores.back() == 12) out.scores.back() = std::nan("");
    out.weights.push_back(*rc::gen::element(0.0, 0.5, 1.0, 2.0, 3.25));
    out.groups.push_back(static_cast<std::uint32_t>(*rc::gen::inRange(0, 7)));
  }
  return out;
}

SatisfactionOptions any_measure() {
  SatisfactionOptions out;
  out.measure = *rc::gen::element(SatisfactionMeasure::csat, SatisfactionMeasure::nps,
                                  SatisfactionMeasure::ces);
  out.interval =
      *rc::gen::element(SatisfactionInterval::wilson, SatisfactionInterval::agresti_coull);
  out.population = *rc::gen::element(0.0, 30.0, 1000.0);
  return out;
}

void same(const SatisfactionEstimate& a, const SatisfactionEstimate& b) {
  RC_ASSERT(a.answers == b.answers);
  RC_ASSERT(a.missing == b.missing);
  RC_ASSERT(a.off_scale == b.off_scale);
  RC_ASSERT(near(a.value, b.value));
  RC_ASSERT(near(a.standard_error, b.standard_error, 1e-6));
  RC_ASSERT(near(a.low, b.low, 1e-6));
  RC_ASSERT(near(a.high, b.high, 1e-6));
  RC_ASSERT(near(a.effective, b.effective));
}

}  // namespace

TEST_CASE("satisfaction of any answers", "[satisfaction]") {
  test::check_property("bounds, order, scale of weights", [] {
    const Answers a = any_answers();
    const SatisfactionOptions options = any_measure();
    const SatisfactionReport found = measure_satisfaction(a.scores, options, a.weights, a.groups);
    std::uint64_t rows = 0;
    for (const SatisfactionGroup& group : found.groups) {
      const SatisfactionEstimate& e = group.estimate;
      rows += e.answers + e.missing + e.off_scale + e.without_weight;
      if (e.answers == 0) continue;
      RC_ASSERT(std::isnan(e.low) || e.low <= e.value + 1e-9);
      RC_ASSERT(std::isnan(e.high) || e.high >= e.value - 1e-9);
      RC_ASSERT(e.effective <= static_cast<double>(e.answers) + 1e-9);
      RC_ASSERT(near(e.shares[0] + e.shares[1] + e.shares[2], 1));
      if (!found.shrunk) continue;
      RC_ASSERT(group.shrinkage >= 0 && group.shrinkage <= 1);
      RC_ASSERT(std::min(e.value, found.mean_of_groups) - 1e-9 <= group.shrunk);
      RC_ASSERT(group.shrunk <= std::max(e.value, found.mean_of_groups) + 1e-9);
      RC_ASSERT(std::isfinite(group.shrunk_error));
    }
    RC_ASSERT(rows == a.scores.size());

    std::vector<std::size_t> order(a.scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    RandomStream(*rc::gen::arbitrary<std::uint64_t>()).shuffle(std::span(order));
    Answers b;
    for (const std::size_t i : order) {
      b.scores.push_back(a.scores[i]);
      b.weights.push_back(7 * a.weights[i]);
      b.groups.push_back(a.groups[i]);
    }
    const SatisfactionReport again = measure_satisfaction(b.scores, options, b.weights, b.groups);
    same(found.total, again.total);
    for (std::size_t g = 0; g < found.groups.size(); ++g) {
      same(found.groups[g].estimate, again.groups[g].estimate);
    }
  });

  test::check_property("a weight of two has the value of the answer twice", [] {
    Answers a = any_answers();
    Answers twice;
    for (std::size_t i = 0; i < a.scores.size(); ++i) {
      a.weights[i] = std::floor(a.weights[i]);
      for (int k = 0; k < static_cast<int>(a.weights[i]); ++k) twice.scores.push_back(a.scores[i]);
    }
    const SatisfactionOptions options = any_measure();
    const SatisfactionEstimate x = measure_satisfaction(a.scores, options, a.weights).total;
    const SatisfactionEstimate y = measure_satisfaction(twice.scores, options).total;
    RC_ASSERT(near(x.value, y.value));
    RC_ASSERT(near(x.weight, y.weight));
    RC_ASSERT(near(x.shares[0], y.shares[0]));
  });

  test::check_property("a difference turned round", [] {
    const SatisfactionOptions options = any_measure();
    const auto a = measure_satisfaction(any_answers().scores, options).total;
    const auto b = measure_satisfaction(any_answers().scores, options).total;
    const SatisfactionDifference x = compare_satisfaction(a, b), y = compare_satisfaction(b, a);
    RC_ASSERT(near(x.difference, -y.difference));
    RC_ASSERT(near(x.low, -y.high));
    RC_ASSERT(near(x.p_value, y.p_value));
    if (!std::isnan(x.low)) RC_ASSERT(x.low <= x.difference + 1e-9);
  });
}

TEST_CASE("shares of explained variance at random", "[satisfaction]") {
  test::check_property(
      "adding up, order of columns, scale",
      [] {
        const std::size_t p = static_cast<std::size_t>(*rc::gen::inRange(1, 9));
        const int n = *rc::gen::inRange(3, 40);
        std::vector<std::vector<double>> columns(p);
        std::vector<double> target, weights;
        for (int i = 0; i < n; ++i) {
          for (auto& column : columns) column.push_back(*rc::gen::inRange(1, 6));
          target.push_back(*rc::gen::inRange(0, 11));
          weights.push_back(*rc::gen::element(0.5, 1.0, 2.0));
        }
        ScoreTableBuilder builder;
        for (std::size_t j = 0; j < p; ++j) builder.number(text("x", j), columns[j]);
        const auto found = satisfaction_drivers(builder.finish(), target, {}, {}, weights);
        for (std::size_t j = p; j-- > 0;) {
          for (double& x : columns[j]) x = 3 * x - 1;
          builder.number(text("x", j), columns[j]);
        }
        const auto turned = satisfaction_drivers(builder.finish(), target, {}, {}, weights);
        double shapley = 0, relative = 0;
        for (std::size_t j = 0; j < p; ++j) {
          const SatisfactionDriver& driver = found.drivers[j];
          shapley += driver.shapley;
          relative += driver.relative_weight;
          RC_ASSERT(driver.shapley >= -1e-9);
          RC_ASSERT(std::isfinite(driver.coefficient));
          RC_ASSERT(near(driver.shapley, turned.drivers[p - 1 - j].shapley, 1e-7));
        }
        RC_ASSERT(near(shapley, found.r_squared, 1e-8));
        RC_ASSERT(near(relative, found.r_squared, 1e-8));
        RC_ASSERT(near(found.r_squared, turned.r_squared, 1e-7));
      },
      150);
}

TEST_CASE("shrunk groups are nearer to the truth", "[satisfaction]") {
  double raw = 0, shrunk = 0, covered = 0, all = 0;
  for (std::uint64_t world = 0; world < 300; ++world) {
    RandomStream random(3, world);
    std::vector<double> truth, seen, variances;
    for (int g = 0; g < 12; ++g) {
      truth.push_back(random.normal(30, 8));
      variances.push_back(4.0 + 60 * random.uniform());
      seen.push_back(random.normal(truth.back(), std::sqrt(variances.back())));
    }
    const GroupShrinkage found = shrink_groups(seen, variances);
    for (std::size_t g = 0; g < truth.size(); ++g) {
      raw += (seen[g] - truth[g]) * (seen[g] - truth[g]);
      const double off = found.groups[g].estimate - truth[g];
      shrunk += off * off;
      covered += std::abs(off) <= 1.96 * found.groups[g].error ? 1 : 0;
      ++all;
    }
  }
  CHECK(shrunk < 0.8 * raw);
  CHECK(covered / all > 0.92);
  CHECK(covered / all < 0.98);
}

TEST_CASE("intervals of satisfaction cover the truth", "[satisfaction]") {
  // Of 4,000 samples each; the standard error of a coverage of 95 % is .34 %.
  const auto coverage = [](SatisfactionOptions options, std::uint32_t n, bool weighted) {
    const double shares[] = {0.2, 0.3, 0.5};  // of 3, 8 and 10
    double truth = options.measure == SatisfactionMeasure::nps ? 30 : 50;
    if (options.measure == SatisfactionMeasure::ces) truth = 0.2 * 3 + 0.3 * 8 + 0.5 * 10;
    double held = 0;
    for (std::uint64_t sample = 0; sample < 4000; ++sample) {
      RandomStream random(11, sample);
      std::vector<double> scores, weights;
      for (std::uint32_t i = 0; i < n; ++i) {
        const double drawn = random.uniform();
        scores.push_back(drawn < shares[0] ? 3 : drawn < shares[0] + shares[1] ? 8 : 10);
        weights.push_back(weighted ? 0.3 + 2 * random.uniform() : 1);
      }
      const SatisfactionEstimate found = measure_satisfaction(scores, options, weights).total;
      held += found.low <= truth && truth <= found.high ? 1 : 0;
    }
    return held / 4000;
  };
  for (const SatisfactionMeasure measure :
       {SatisfactionMeasure::csat, SatisfactionMeasure::nps, SatisfactionMeasure::ces}) {
    SatisfactionOptions options;
    options.measure = measure;
    for (const std::uint32_t n : {15U, 40U, 150U}) {
      for (const bool weighted : {false, true}) {
        const double found = coverage(options, n, weighted);
        INFO(name(measure) << " of " << n << (weighted ? ", weighted" : ""));
        // Student's interval of a skewed mean with few answers and unequal weights is known to be
        // too short; docs/satisfaction.md says so.
        const bool scarce = weighted && n < 20 && measure == SatisfactionMeasure::ces;
        CHECK(found > (scarce ? 0.88 : 0.92));
        CHECK(found < 0.98);
      }
    }
  }
}

TEST_CASE("trends turn with their values", "[satisfaction]") {
  test::check_property(
      "any months",
      [] {
        std::vector<double> scores, turned;
        std::vector<Time> times;
        const int n = *rc::gen::inRange(0, 80);
        for (int i = 0; i < n; ++i) {
          scores.push_back(*rc::gen::inRange(0, 11));
          turned.push_back(10 - scores.back());
          times.push_back(Time{std::chrono::days{*rc::gen::inRange(0, 700)}});
        }
        SatisfactionOptions measure = ces_options();
        measure.low = 0;
        measure.high = 10;
        SatisfactionTrendOptions options;
        options.permutations = 20;
        const SatisfactionTrend a = satisfaction_trend(scores, times, measure, options);
        const SatisfactionTrend b = satisfaction_trend(turned, times, measure, options);
        RC_ASSERT(a.points.size() == b.points.size());
        RC_ASSERT(near(a.trend.slope, -b.trend.slope));
        RC_ASSERT(near(a.trend.p_value, b.trend.p_value));
        for (std::size_t t = 0; t < a.points.size(); ++t) {
          const SatisfactionPoint &x = a.points[t], &y = b.points[t];
          RC_ASSERT(std::isfinite(x.level) && x.level_low <= x.level && x.level <= x.level_high);
          RC_ASSERT(near(x.level, 10 - y.level, 1e-5));
          RC_ASSERT(near(x.ewma, 10 - y.ewma));
          RC_ASSERT(x.beyond == y.beyond);
        }
      },
      60);
}
