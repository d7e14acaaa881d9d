#include "emptor/value/shifted_beta_geometric.hpp"

#include <cmath>

#include "support/property.hpp"

namespace {

using namespace emptor;

/// ln B(a, b), in other words than the model's.
double log_beta_of(double a, double b) {
  return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
}

std::vector<RetentionCohort> any_cohorts() {
  std::vector<RetentionCohort> out;
  const int cohorts = *rc::gen::inRange(1, 5);
  for (int i = 0; i < cohorts; ++i) {
    RetentionCohort cohort{.survivors = {}, .renewed = *rc::gen::inRange(0U, 4U), .weight = 1};
    int left = *rc::gen::inRange(1, 500);
    const int periods = *rc::gen::inRange(2, 9);
    for (int t = 0; t < periods; ++t) {
      cohort.survivors.push_back(left);
      left -= *rc::gen::inRange(0, left / 2 + 1);
    }
    out.push_back(cohort);
  }
  return out;
}

}  // namespace

TEST_CASE("the likelihood of contracts is that of each customer") {
  CHECK(rc::check("customer by customer", [] {
    const double alpha = std::exp(*rc::gen::inRange(-20, 21) * 0.1);
    const double beta = std::exp(*rc::gen::inRange(-20, 21) * 0.1);
    const ShiftedBetaGeometricModel model({.alpha = alpha, .beta = beta});
    const double base = log_beta_of(alpha, beta);
    for (const RetentionCohort& cohort : any_cohorts()) {
      double sum = 0;
      const auto& s = cohort.survivors;
      const double from = log_beta_of(alpha, beta + cohort.renewed) - base;
      for (std::size_t t = 1; t < s.size(); ++t) {
        const double period = static_cast<double>(cohort.renewed + t);
        sum += (s[t - 1] - s[t]) * (log_beta_of(alpha + 1, beta + period - 1) - base - from);
      }
      const double end = static_cast<double>(cohort.renewed + s.size() - 1);
      sum += s.back() * (log_beta_of(alpha, beta + end) - base - from);
      RC_ASSERT(std::abs(model.log_likelihood(cohort) - sum) < 1e-8 * (1 + std::abs(sum)));
    }
  }));
}

TEST_CASE("no parameters nearby fit contracts better than those of the fit") {
  CHECK(rc::check("a maximum", [] {
    const std::vector<RetentionCohort> cohorts = any_cohorts();
    const FittedShiftedBetaGeometric fit = fit_shifted_beta_geometric(cohorts);
    RC_PRE(fit.report.converged);
    const auto at = [&](double alpha, double beta) {
      const ShiftedBetaGeometricModel model({.alpha = alpha, .beta = beta});
      double sum = 0;
      for (const RetentionCohort& cohort : cohorts) sum += model.log_likelihood(cohort);
      return sum;
    };
    const auto [alpha, beta] = fit.model.parameters();
    const double best = at(alpha, beta);
    RC_ASSERT(std::abs(best - fit.report.log_likelihood) < 1e-6 * (1 + std::abs(best)));
    const double slack = 1e-6 * (1 + std::abs(best));
    for (const double a : {0.9, 1.0, 1.1}) {
      for (const double b : {0.9, 1.0, 1.1}) RC_ASSERT(at(a * alpha, b * beta) <= best + slack);
    }
  }));
}
