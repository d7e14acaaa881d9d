#include "emptor/value/pareto_nbd.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"
#include "emptor/value/kernels.hpp"
#include "value/gauss_legendre.hpp"
#include "value/pareto_terms.hpp"

namespace emptor {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// e^-40 of a purchase does not count.
constexpr double forgotten = 40;

/// ln of the odds to be gone, from the integral over w.
double log_odds_from(const ParetoNbdParameters& p, const PurchasePattern& pattern,
                     const detail::LeavingTerms& terms, double integral) noexcept {
  const double since = pattern.age - pattern.last;
  const double alpha = p.alpha + pattern.last;
  const double beta = p.beta + pattern.last;
  return std::log(p.s * integral * (terms.steep_is_alpha ? alpha / beta : 1)) +
         (p.r + pattern.repeats) * std::log1p(since / alpha) + p.s * std::log1p(since / beta);
}

/// (1 - e^(-e length)) / e, also at e = 0.
double decayed(double e, double length) noexcept {
  if (e == 0) return length;
  if (length == infinity) return e > 0 ? 1 / e : infinity;
  return -std::expm1(-e * length) / e;
}

}  // namespace

ParetoNbdModel::ParetoNbdModel(const ParetoNbdParameters& parameters) : parameters_(parameters) {
  const auto check = [](double value, std::string_view name) {
    require_option(value > 0 && std::isfinite(value), name, "> 0 and finite", value);
  };
  check(parameters.r, "r");
  check(parameters.alpha, "alpha");
  check(parameters.s, "s");
  check(parameters.beta, "beta");
}

std::string_view ParetoNbdModel::name() const noexcept {
  return "pareto_nbd";
}

double ParetoNbdModel::log_odds_gone(const PurchasePattern& pattern) const {
  if (!(pattern.age > pattern.last)) return -infinity;
  const detail::LeavingTerms terms =
      detail::leaving_terms(parameters_, pattern.repeats, pattern.last, pattern.age);
  double integral = 0;
  purchase_kernels(nullptr).leaving_integral(
      {&terms.until, &terms.steep, &terms.other, &terms.ratio}, &integral, 1);
  return log_odds_from(parameters_, pattern, terms, integral);
}

void ParetoNbdModel::all_log_odds_gone(std::span<const PurchasePattern> patterns,
                                       std::span<double> out, const Kernels* kernels) const {
  constexpr std::size_t block = 64;
  std::array<detail::LeavingTerms, block> terms;
  std::array<double, block> until, steep, other, ratio, integral;
  for (std::size_t from = 0; from < patterns.size(); from += block) {
    const std::size_t count = std::min(block, patterns.size() - from);
    for (std::size_t i = 0; i < count; ++i) {
      const PurchasePattern& pattern = patterns[from + i];
      // Where the integral is empty its value is not looked at.
      terms[i] = detail::leaving_terms(parameters_, pattern.repeats, pattern.last,
                                       pattern.age > pattern.last ? pattern.age : pattern.last + 1);
      until[i] = terms[i].until;
      steep[i] = terms[i].steep;
      other[i] = terms[i].other;
      ratio[i] = terms[i].ratio;
    }
    purchase_kernels(kernels).leaving_integral(
        {until.data(), steep.data(), other.data(), ratio.data()}, integral.data(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const PurchasePattern& pattern = patterns[from + i];
      out[from + i] = pattern.age > pattern.last
                          ? log_odds_from(parameters_, pattern, terms[i], integral[i])
                          : -infinity;
    }
  }
}

double ParetoNbdModel::log_likelihood_of(const PurchasePattern& pattern) const {
  const auto& [r, alpha, s, beta] = parameters_;
  const double x = pattern.repeats;
  const double alive = log_rising(r, x) - r * std::log1p(pattern.age / alpha) -
                       (x > 0 ? x * std::log(alpha + pattern.age) : 0) -
                       s * std::log1p(pattern.age / beta);
  return alive + softplus(log_odds_gone(pattern));
}

double ParetoNbdModel::survival(const PurchasePattern& pattern, double later) const {
  return std::exp(-parameters_.s * std::log1p(later / (parameters_.beta + pattern.age)));
}

double ParetoNbdModel::purchases_alive(const PurchasePattern& pattern, double horizon) const {
  const double beta = parameters_.beta + pattern.age;
  return (parameters_.r + pattern.repeats) / (parameters_.alpha + pattern.age) * beta *
         decayed(parameters_.s - 1, std::log1p(horizon / beta));
}

double ParetoNbdModel::discounted_alive(const PurchasePattern& pattern, double rate,
                                        double horizon) const {
  const double s = parameters_.s;
  const double beta = parameters_.beta + pattern.age;
  const double z = rate * beta;
  const double factor =
      (parameters_.r + pattern.repeats) / (parameters_.alpha + pattern.age) * beta;
  if (rate * horizon > forgotten) return factor * scaled_exponential_integral(s, z);
  // Over u = ln((beta + T + τ) / (beta + T)).
  const double until = std::log1p(horizon / beta);
  const auto density = [&](double u) { return std::exp((1 - s) * u - z * std::expm1(u)); };
  return factor * (detail::gauss_integral(detail::gauss_32, 0, until / 2, density) +
                   detail::gauss_integral(detail::gauss_32, until / 2, until, density));
}

void ParetoNbdModel::probabilities_alive(const PurchasePattern& pattern, double horizon,
                                         std::span<double> out) const {
  // Those who stay until the horizon, and over φ those who leave at scale tan² φ: purchases until
  // then are negative binomial with the odds sin² φ to cos² φ. A count of n has a bump of width
  // 1 / (2 sqrt(k + n)) in φ, the chance to leave one of sqrt(beta / (scale (1 + s))); steps are
  // short enough for both.
  const double k = parameters_.r + pattern.repeats;
  const double scale = parameters_.alpha + pattern.age;
  const double s = parameters_.s;
  const double beta = parameters_.beta + pattern.age;
  std::vector<double> log_ways(out.size());
  for (std::size_t n = 0; n < out.size(); ++n) {
    log_ways[n] = n == 0 ? 0
                         : log_ways[n - 1] +
                               std::log((k + static_cast<double>(n) - 1) / static_cast<double>(n));
    out[n] = 0;
  }
  const auto add = [&](double weight, double log_sine, double log_cosine) {
    const double none = 2 * k * log_cosine;
    for (std::size_t n = 0; n < out.size(); ++n) {
      out[n] += weight * std::exp(log_ways[n] + none + 2 * static_cast<double>(n) * log_sine);
    }
  };
  const double most = std::atan(std::sqrt(horizon / scale));
  const double bump = 3 / std::sqrt(k + static_cast<double>(out.size()));
  const double pole = std::sqrt(beta / (scale * (1 + s)));
  for (double from = 0; from < most;) {
    const double width = std::min({most - from, bump, std::hypot(from, pole)});
    const double radius = 0.5 * width;
    for (const detail::GaussNode& node : detail::gauss_24) {
      for (const double sign : {-1.0, 1.0}) {
        const double angle = from + radius + sign * radius * node.place;
        const double tangent = std::tan(angle);
        const double left = scale * tangent * tangent;
        const double density = s / (beta + left) * std::exp(-s * std::log1p(left / beta)) * 2 *
                               scale * tangent * (1 + tangent * tangent);
        const double log_cosine = -0.5 * std::log1p(tangent * tangent);
        add(radius * node.weight * density, std::log(tangent) + log_cosine, log_cosine);
      }
    }
    from = width == most - from ? most : from + width;
  }
  const double log_cosine = -0.5 * std::log1p(horizon / scale);
  add(std::exp(-s * std::log1p(horizon / beta)), 0.5 * std::log(horizon / scale) + log_cosine,
      log_cosine);
}

std::vector<std::byte> ParetoNbdModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("parameters");
  section.put(parameters_.r);
  section.put(parameters_.alpha);
  section.put(parameters_.s);
  section.put(parameters_.beta);
  return std::move(writer).finish();
}

Result<ParetoNbdModel> ParetoNbdModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("parameters");
  if (!section) return section.error();
  ParetoNbdParameters parameters;
  for (double* parameter : {&parameters.r, &parameters.alpha, &parameters.s, &parameters.beta}) {
    *parameter = section->get<double>();
    section->require(*parameter > 0 && std::isfinite(*parameter),
                     "a parameter must be a number > 0");
  }
  if (const Result<void> read = section->finish(); !read) return read.error();
  return ParetoNbdModel(parameters);
}

}  // namespace emptor
