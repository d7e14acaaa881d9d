// Accelerated failure times and discrete hazards: likelihoods against the models' own functions,
// maxima by differences, orders of rows, weights, threads.

#include <cmath>
#include <functional>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/score/aft.hpp"
#include "emptor/score/cox.hpp"
#include "emptor/score/discrete_hazard.hpp"
#include "support/property.hpp"
#include "support/survival_rows.hpp"

namespace {

using namespace emptor;
using test::SurvivalRows;

constexpr AftDistribution distributions[] = {AftDistribution::weibull, AftDistribution::exponential,
                                             AftDistribution::log_normal,
                                             AftDistribution::log_logistic};

/// 1 - the integral of the density, hazard x survival, by Simpson's rule in log time.
double integrated_survival(const AftModel& model, std::span<const float> row, double time) {
  const auto density = [&](double u) {
    const double t = std::exp(u);
    return t * model.hazard(row, t) * model.survival(row, t);
  };
  const double from = std::log(time) - 40;
  const int steps = 8000;
  const double h = 40.0 / steps;
  double sum = density(from) + density(std::log(time));
  for (int k = 1; k < steps; ++k) sum += (k % 2 == 0 ? 2 : 4) * density(from + k * h);
  return model.survival(row, std::exp(from)) - sum * h / 3;
}

/// What an AFT model makes of the rows: losses at the density, the others at survival, over
/// survival at the entry.
double aft_likelihood(const SurvivalRows& rows, const ScoreTable& table, const AftModel& model) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    double own = std::log(model.survival(table.row(i), rows.time[i]));
    if (rows.event[i] != 0) own += std::log(model.hazard(table.row(i), rows.time[i]));
    own -= std::log(model.survival(table.row(i), rows.entry[i]));
    sum += rows.weight[i] * own;
  }
  return sum;
}

/// Slopes of `f` by central differences are all about 0.
void require_flat(const std::function<double(std::span<const double>)>& f, std::size_t size) {
  std::vector<double> moved(size, 0.0);
  for (std::size_t j = 0; j < size; ++j) {
    const double h = 1e-3;
    moved[j] = h;
    const double above = f(moved);
    moved[j] = -h;
    const double below = f(moved);
    moved[j] = 0;
    RC_ASSERT(std::abs(above - below) / (2 * h) < 2e-3);
    RC_ASSERT(above + below <= 2 * f(moved) + 1e-9);
  }
}

TEST_CASE("accelerated failure times maximise the likelihood of densities and survival") {
  test::check_property(
      "any lives",
      [](std::uint64_t seed) {
        const SurvivalRows rows = test::survival_rows(seed, 60);
        const ScoreTable table = rows.table();
        for (const AftDistribution kind : distributions) {
          const AftFit fit = fit_aft(table, rows.view(), {.distribution = kind});
          if (fit.report.separated || fit.report.no_events || fit.report.no_spread) continue;
          RC_ASSERT(fit.report.converged);
          const double value = aft_likelihood(rows, table, fit.model);
          RC_ASSERT(test::close(fit.report.log_likelihood, value, 1e-9));
          const double x = fit.report.coefficients[0].value;
          const double c = fit.report.coefficients[1].value;
          require_flat(
              [&](std::span<const double> by) {
                const SurvivalTerms terms(table.schema(), {-(x + by[0]), 0}, {0, 0},
                                          {0, -(c + by[1])});
                const double scale =
                    kind == AftDistribution::exponential ? 1 : fit.report.scale * std::exp(by[3]);
                return aft_likelihood(
                    rows, table, AftModel(terms, kind, fit.report.intercept.value + by[2], scale));
              },
              kind == AftDistribution::exponential ? 3 : 4);
          for (std::size_t i = 0; i < rows.size(); i += 17) {
            const double whole = fit.model.survival(table.row(i), rows.time[i]);
            const double summed = integrated_survival(fit.model, table.row(i), rows.time[i]);
            RC_ASSERT(std::abs(whole - summed) < 1e-7);
          }
        }
      },
      25);
}

double hazard_likelihood(const SurvivalRows& rows, const ScoreTable& table,
                         const DiscreteHazardModel& model) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (double k = std::max(rows.entry[i], 0.0); k < rows.time[i]; ++k) {
      const double hazard = model.hazard(table.row(i), static_cast<std::size_t>(k));
      const bool lost = rows.event[i] != 0 && k + 1 == rows.time[i];
      sum += rows.weight[i] * (lost ? std::log(hazard) : std::log1p(-hazard));
    }
  }
  return sum;
}

TEST_CASE("discrete hazards maximise the likelihood of every customer and period") {
  test::check_property(
      "any lives",
      [](std::uint64_t seed) {
        const SurvivalRows rows = test::survival_rows(seed, 60);
        const ScoreTable table = rows.table();
        for (const HazardLink link : {HazardLink::logit, HazardLink::cloglog}) {
          for (const double least : {1.0, 12.0}) {
            DiscreteHazardOptions options;
            options.link = link;
            options.least_events = least;
            const DiscreteHazardFit fit = fit_discrete_hazard(table, rows.view(), options);
            if (fit.report.separated || fit.report.no_events) continue;
            RC_ASSERT(fit.report.converged);
            RC_ASSERT(fit.report.unseen == 0U);
            const double value = hazard_likelihood(rows, table, fit.model);
            RC_ASSERT(test::close(fit.report.log_likelihood, value, 1e-9));
            const double x = fit.report.coefficients[0].value;
            const double c = fit.report.coefficients[1].value;
            // The model's parts at 0 of both columns:
            const double base = fit.model.score(std::vector<float>{0, 0});
            require_flat(
                [&](std::span<const double> by) {
                  const SurvivalTerms terms(table.schema(), {x + by[0], 0}, {0, 0}, {0, c + by[1]});
                  std::vector<double> baseline = fit.model.baseline();
                  for (std::size_t k = 0; k < baseline.size(); ++k) {
                    baseline[k] += base + by[2 + fit.report.periods[k].group];
                  }
                  return hazard_likelihood(
                      rows, table, DiscreteHazardModel(terms, link, fit.model.ends(), baseline));
                },
                2 + fit.report.groups);
          }
        }
      },
      40);
}

TEST_CASE("survival models: the order of rows does not matter, a weight of 2 is a customer twice") {
  test::check_property(
      "any lives",
      [](std::uint64_t seed) {
        const SurvivalRows rows = test::survival_rows(seed, 60);
        const AftFit aft = fit_aft(rows.table(), rows.view());
        const DiscreteHazardFit hazard = fit_discrete_hazard(rows.table(), rows.view());
        for (const SurvivalRows& other : {test::shuffled(rows, seed), test::repeated(rows)}) {
          const AftFit same = fit_aft(other.table(), other.view());
          const DiscreteHazardFit alike = fit_discrete_hazard(other.table(), other.view());
          RC_ASSERT(same.report.separated == aft.report.separated);
          RC_ASSERT(alike.report.separated == hazard.report.separated);
          RC_ASSERT(test::close(same.report.log_likelihood, aft.report.log_likelihood, 1e-8));
          RC_ASSERT(test::close(alike.report.log_likelihood, hazard.report.log_likelihood, 1e-8));
          RC_ASSERT(alike.report.person_periods == hazard.report.person_periods);
          for (std::size_t j = 0; j < 2; ++j) {
            const auto near = [](const SurvivalCoefficient& a, const SurvivalCoefficient& b) {
              // Codes may be the other way round, names are not.
              return a.name == b.name && std::abs(a.value - b.value) < 1e-6 &&
                     std::abs(a.error - b.error) < 1e-6;
            };
            RC_ASSERT((aft.report.separated ||
                       near(same.report.coefficients[j], aft.report.coefficients[j])));
            RC_ASSERT((hazard.report.separated ||
                       near(alike.report.coefficients[j], hazard.report.coefficients[j])));
          }
        }
      },
      40);
}

/// A handful of rows: ties, zeros, weights of 0 or far apart, times and numbers at the ends.
template <class Check>
void of_awkward_rows(std::uint64_t seed, Check&& check) {
  const double values[] = {0, 1, 2, 3, 1e-300, 1e300, 5, 7};
  RandomStream random(seed);
  const bool extreme = random.below(3) == 0;
  const bool heavy = random.below(5) == 0;
  SurvivalRows rows;
  for (std::size_t i = random.below(9); i > 0; --i) {
    rows.time.push_back(values[random.below(extreme ? 8 : 4)]);
    rows.entry.push_back(random.below(3) == 0 && rows.time.back() > 0 ? rows.time.back() / 2 : -1);
    rows.weight.push_back(heavy ? (random.below(2) == 0 ? 1e-12 : 1e12) : random.below(3));
    rows.x.push_back(random.below(4) * (extreme ? 1e30 : 1.0));
    rows.c.emplace_back(1, static_cast<char>('a' + random.below(3)));
    rows.event.push_back(static_cast<std::uint8_t>(random.below(2)));
    rows.stratum.push_back(random.below(2));
  }
  check(rows, extreme);
}

template <class Report>
bool finite(const Report& report) {
  for (const SurvivalCoefficient& coefficient : report.coefficients) {
    if (!std::isfinite(coefficient.value) || !std::isfinite(coefficient.error)) return false;
  }
  return std::isfinite(report.log_likelihood);
}

TEST_CASE("survival models: whatever the rows, what comes out is finite") {
  test::check_property(
      "awkward rows",
      [](std::uint64_t seed) {
        of_awkward_rows(seed, [](const SurvivalRows& rows, bool extreme) {
          const ScoreTable table = rows.table();
          for (const AftDistribution kind : distributions) {
            const AftFit fit = fit_aft(table, rows.view(), {.distribution = kind});
            RC_ASSERT(finite(fit.report));
            RC_ASSERT(fit.model.scale() > 0);
          }
          for (const HazardLink link : {HazardLink::logit, HazardLink::cloglog}) {
            DiscreteHazardOptions options;
            options.link = link;
            options.least_events = 1;
            if (extreme) options.ends = {1, 2, 3.5};
            const DiscreteHazardFit fit = fit_discrete_hazard(table, rows.view(), options);
            RC_ASSERT(finite(fit.report));
            for (const HazardPeriod& period : fit.report.periods) {
              RC_ASSERT(std::isfinite(period.baseline));
              RC_ASSERT(std::isfinite(period.error));
              RC_ASSERT((period.hazard >= 0 && period.hazard <= 1));
            }
          }
          RC_ASSERT(finite(fit_cox(table, rows.view()).report));
        });
      },
      500);
}

TEST_CASE("survival models: one thread or three give the same bits") {
  const SurvivalRows rows = test::survival_rows(5, 9000);
  const ScoreTable table = rows.table();
  ThreadPool pool(3);
  Context threads;
  threads.executor = &pool;
  for (const AftDistribution kind : distributions) {
    const AftFit one = fit_aft(table, rows.view(), {.distribution = kind});
    const AftFit three = fit_aft(table, rows.view(), {.distribution = kind}, threads);
    CHECK(one.model == three.model);
    CHECK(one.report.log_likelihood == three.report.log_likelihood);
    CHECK(one.report.coefficients[0].error == three.report.coefficients[0].error);
    std::vector<double> alone(table.rows()), together(table.rows());
    one.model.score(table, alone);
    one.model.score(table, together, threads);
    CHECK(alone == together);
  }
  for (const HazardLink link : {HazardLink::logit, HazardLink::cloglog}) {
    DiscreteHazardOptions options;
    options.link = link;
    const DiscreteHazardFit one = fit_discrete_hazard(table, rows.view(), options);
    const DiscreteHazardFit three = fit_discrete_hazard(table, rows.view(), options, threads);
    CHECK(one.model == three.model);
    CHECK(one.report.log_likelihood == three.report.log_likelihood);
    CHECK(one.report.coefficients[0].error == three.report.coefficients[0].error);
  }
  CHECK(fit_cox(table, rows.view()).model == fit_cox(table, rows.view(), {}, threads).model);
}

}  // namespace
