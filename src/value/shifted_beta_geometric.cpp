#include "emptor/value/shifted_beta_geometric.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"
#include "value/fit_report.hpp"
#include "value/rising_factorial.hpp"

namespace emptor {

namespace {

constexpr std::size_t most_periods = 100'000;

/// What the likelihood needs of all cohorts: customers by the period they cancelled at, the last
/// period they were seen to survive, and the one from which they were watched.
struct Lifetimes {
  std::vector<double> cancelled, kept, watched_from;
  double customers = 0;
  double lost = 0;

  void add(const RetentionCohort& cohort, std::size_t number) {
    const std::vector<double>& s = cohort.survivors;
    const auto refuse = [number](std::string_view why) {
      throw Exception(ErrorCode::invalid_value, text("cohort ", number, ": ", why),
                      "shifted_beta_geometric");
    };
    if (s.size() < 2) refuse("needs at least two numbers of survivors");
    if (s.size() + cohort.renewed > most_periods) refuse("has more than 100000 periods");
    if (!(cohort.weight >= 0) || !std::isfinite(cohort.weight))
      refuse("has a weight that is not >= 0");
    for (std::size_t t = 0; t < s.size(); ++t) {
      if (!(s[t] >= 0) || !std::isfinite(s[t])) refuse("has survivors that are no numbers >= 0");
      if (t > 0 && s[t] > s[t - 1]) refuse("has more survivors than in the period before");
    }
    const std::size_t end = cohort.renewed + s.size();
    if (cancelled.size() < end) {
      cancelled.resize(end, 0.0);
      kept.resize(end, 0.0);
      watched_from.resize(end, 0.0);
    }
    for (std::size_t t = 1; t < s.size(); ++t) {
      cancelled[cohort.renewed + t] += cohort.weight * (s[t - 1] - s[t]);
    }
    kept[end - 1] += cohort.weight * s.back();
    watched_from[cohort.renewed] += cohort.weight * s.front();
    customers += cohort.weight * s.front();
    lost += cohort.weight * (s.front() - s.back());
  }

  /// ln likelihood; adds its derivatives by alpha and beta.
  double log_likelihood(double alpha, double beta, detail::RisingFactorials& b,
                        detail::RisingFactorials& ab, double* slopes) const {
    b.fill(beta, cancelled.size());
    ab.fill(alpha + beta, cancelled.size());
    double sum = 0;
    for (std::size_t t = 0; t < cancelled.size(); ++t) {
      const double at_end = kept[t] - watched_from[t];
      sum += at_end * (b.log(t) - ab.log(t));
      slopes[0] -= at_end * ab.slope(t);
      slopes[1] += at_end * (b.slope(t) - ab.slope(t));
      if (cancelled[t] == 0) continue;
      sum += cancelled[t] * (std::log(alpha) + b.log(t - 1) - ab.log(t));
      slopes[0] += cancelled[t] * (1 / alpha - ab.slope(t));
      slopes[1] += cancelled[t] * (b.slope(t - 1) - ab.slope(t));
    }
    return sum;
  }
};

}  // namespace

ShiftedBetaGeometricModel::ShiftedBetaGeometricModel(
    const ShiftedBetaGeometricParameters& parameters)
    : parameters_(parameters) {
  require_option(parameters.alpha > 0 && std::isfinite(parameters.alpha), "alpha", "> 0 and finite",
                 parameters.alpha);
  require_option(parameters.beta > 0 && std::isfinite(parameters.beta), "beta", "> 0 and finite",
                 parameters.beta);
}

double ShiftedBetaGeometricModel::retention(std::uint32_t period) const noexcept {
  if (period == 0) return 1;
  const double at = parameters_.beta + (period - 1);
  return at / (parameters_.alpha + at);
}

double ShiftedBetaGeometricModel::survival_after(std::uint32_t renewals,
                                                 std::uint32_t periods) const noexcept {
  // The product of (b + t) / (a + b + t) for t < n is B(b + n, a) / B(b, a); few factors are exact
  // enough one by one.
  constexpr std::uint32_t few = 64;
  const double b = parameters_.beta + renewals;
  if (periods > few) {
    return std::exp(log_rising(b, parameters_.alpha) - log_rising(b + periods, parameters_.alpha));
  }
  double share = 1;
  for (std::uint32_t t = 0; t < periods && share > 0; ++t) share *= retention(renewals + t + 1);
  return share;
}

double ShiftedBetaGeometricModel::survival(std::uint32_t periods) const noexcept {
  return survival_after(0, periods);
}

double ShiftedBetaGeometricModel::cancellation(std::uint32_t period) const noexcept {
  if (period == 0) return 0;
  const double at = parameters_.alpha + parameters_.beta + (period - 1);
  return survival(period - 1) * parameters_.alpha / at;
}

double ShiftedBetaGeometricModel::log_likelihood(const RetentionCohort& cohort) const {
  Lifetimes lifetimes;
  lifetimes.add(cohort, 0);
  detail::RisingFactorials b, ab;
  double ignored[2] = {};
  return lifetimes.log_likelihood(parameters_.alpha, parameters_.beta, b, ab, ignored);
}

std::vector<double> ShiftedBetaGeometricModel::survival_curve(std::uint32_t periods) const {
  std::vector<double> curve{1};
  curve.reserve(std::size_t{periods} + 1);
  for (std::uint32_t t = 1; t <= periods; ++t) curve.push_back(curve.back() * retention(t));
  return curve;
}

std::vector<double> ShiftedBetaGeometricModel::retention_curve(std::uint32_t periods) const {
  std::vector<double> curve;
  curve.reserve(periods);
  for (std::uint32_t t = 1; t <= periods; ++t) curve.push_back(retention(t));
  return curve;
}

double ShiftedBetaGeometricModel::expected_lifetime() const noexcept {
  const auto [alpha, beta] = parameters_;
  return alpha > 1 ? (alpha + beta - 1) / (alpha - 1) : std::numeric_limits<double>::infinity();
}

double ShiftedBetaGeometricModel::discounted_lifetime(double discount) const {
  require_option(discount > 0 && std::isfinite(discount), "discount", "> 0 and finite", discount);
  const auto [alpha, beta] = parameters_;
  return detail::geometric_hypergeometric(beta, alpha + beta, 1 / (1 + discount));
}

double ShiftedBetaGeometricModel::discounted_residual_lifetime(std::uint32_t renewals,
                                                               double discount) const {
  require_option(discount > 0 && std::isfinite(discount), "discount", "> 0 and finite", discount);
  const auto [alpha, beta] = parameters_;
  const double at = beta + renewals;
  return at / (alpha + at) *
         detail::geometric_hypergeometric(at + 1, alpha + at + 1, 1 / (1 + discount));
}

FittedShiftedBetaGeometric fit_shifted_beta_geometric(std::span<const RetentionCohort> cohorts,
                                                      const ShiftedBetaGeometricOptions& options,
                                                      const Context& context) {
  require_option(options.max_iterations >= 1, "max_iterations", ">= 1", options.max_iterations);
  require_option(options.prior_deviation >= 0 && std::isfinite(options.prior_deviation),
                 "prior_deviation", ">= 0", options.prior_deviation);
  Lifetimes lifetimes;
  for (std::size_t i = 0; i < cohorts.size(); ++i) lifetimes.add(cohorts[i], i);
  if (!(lifetimes.customers > 0)) {
    throw Exception(ErrorCode::invalid_value, "a fit needs customers",
                    "fit_shifted_beta_geometric");
  }
  detail::RisingFactorials b, ab;
  const auto objective = [&](std::span<const double> at, std::span<double> gradient) {
    const double alpha = std::exp(at[0]);
    const double beta = std::exp(at[1]);
    double slopes[2] = {};
    const double sum = lifetimes.log_likelihood(alpha, beta, b, ab, slopes);
    gradient[0] = -slopes[0] * alpha;
    gradient[1] = -slopes[1] * beta;
    return -sum + detail::add_log_prior(at, gradient, options.prior_deviation);
  };
  const double start[] = {0, std::log(2.0)};
  const Minimum found =
      minimise(objective, start,
               {.max_iterations = options.max_iterations, .largest_step = detail::largest_log_step},
               context);
  std::uint64_t patterns = 0;
  for (std::size_t t = 0; t < lifetimes.cancelled.size(); ++t) {
    patterns += (lifetimes.cancelled[t] > 0 ? 1U : 0U) + (lifetimes.kept[t] > 0 ? 1U : 0U);
  }
  FittedShiftedBetaGeometric out{
      ShiftedBetaGeometricModel({.alpha = std::exp(found.at[0]), .beta = std::exp(found.at[1])}),
      detail::report_of_fit("shifted_beta_geometric", {"alpha", "beta"}, objective, found,
                            options.prior_deviation, lifetimes.customers, patterns)};
  ValueFitReport& report = out.report;
  const bool differ =
      detail::is_identified(report.parameters[0]) && detail::is_identified(report.parameters[1]);
  report.dropout_identified = lifetimes.lost > 0;
  report.sentence = detail::convergence_sentence(report);
  if (lifetimes.lost == 0) {
    report.sentence += " Nobody cancelled: dropout is not identified.";
  } else if (!differ) {
    report.sentence +=
        " How customers differ cannot be told: as if all had one retention rate, or "
        "each stayed or left at once.";
  }
  return out;
}

std::vector<std::byte> ShiftedBetaGeometricModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("parameters", 1);
  section.put(parameters_.alpha);
  section.put(parameters_.beta);
  return std::move(writer).finish();
}

Result<ShiftedBetaGeometricModel> ShiftedBetaGeometricModel::load(
    std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("parameters");
  if (!section) return section.error();
  ShiftedBetaGeometricParameters p;
  for (double* const value : {&p.alpha, &p.beta}) {
    *value = section->get<double>();
    section->require(*value > 0 && std::isfinite(*value), "a parameter is not positive");
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return ShiftedBetaGeometricModel(p);
}

}  // namespace emptor
