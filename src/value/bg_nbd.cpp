#include "emptor/value/bg_nbd.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"
#include "value/beta_mean.hpp"
#include "value/gauss_legendre.hpp"

namespace emptor {

namespace {

/// Purchases that the chance to leave has been tried at, beside the repeats.
double first_try(BgNbdVariant variant) noexcept {
  return variant == BgNbdVariant::mbg ? 1 : 0;
}

}  // namespace

BgNbdModel::BgNbdModel(const BgNbdParameters& parameters, BgNbdVariant variant)
    : parameters_(parameters), variant_(variant) {
  const auto check = [](double value, std::string_view name) {
    require_option(value > 0 && std::isfinite(value), name, "> 0 and finite", value);
  };
  check(parameters.r, "r");
  check(parameters.alpha, "alpha");
  check(parameters.a, "a");
  check(parameters.b, "b");
}

std::string_view BgNbdModel::name() const noexcept {
  return variant_ == BgNbdVariant::mbg ? "mbg_nbd" : "bg_nbd";
}

BgNbdModel::Posterior BgNbdModel::posterior(const PurchasePattern& pattern) const noexcept {
  const double x = pattern.repeats;
  return {parameters_.r + x, parameters_.alpha + pattern.age, parameters_.a,
          parameters_.b + x + first_try(variant_)};
}

double BgNbdModel::log_odds_gone(const PurchasePattern& pattern) const {
  const auto& [r, alpha, a, b] = parameters_;
  const double tries = pattern.repeats + first_try(variant_);
  if (tries == 0) return -std::numeric_limits<double>::infinity();
  return std::log(a / (b + tries - 1)) +
         (r + pattern.repeats) * std::log1p((pattern.age - pattern.last) / (alpha + pattern.last));
}

double BgNbdModel::log_likelihood_of(const PurchasePattern& pattern) const {
  const auto& [r, alpha, a, b] = parameters_;
  const double x = pattern.repeats;
  const double tries = x + first_try(variant_);
  const double bought = log_rising(r, x) - r * std::log1p(pattern.age / alpha) -
                        (x > 0 ? x * std::log(alpha + pattern.age) : 0);
  const double stayed = log_rising(b, tries) - log_rising(a + b, tries);
  return bought + stayed + softplus(log_odds_gone(pattern));
}

double BgNbdModel::survival(const PurchasePattern& pattern, double later) const {
  const Posterior known = posterior(pattern);
  return detail::mean_stay(known.shape, known.a, known.b, later / known.scale);
}

double BgNbdModel::purchases_alive(const PurchasePattern& pattern, double horizon) const {
  const Posterior known = posterior(pattern);
  return detail::mean_purchases(known.shape, known.a, known.b, horizon / known.scale);
}

double BgNbdModel::discounted_alive(const PurchasePattern& pattern, double rate,
                                    double horizon) const {
  const Posterior known = posterior(pattern);
  const double c = rate * known.scale;
  constexpr double forgotten = 40;  // e^-40 of a purchase does not count
  if (rate * horizon > forgotten) {
    return detail::mean_discounted(known.shape, known.a, known.b, c);
  }
  // The rate of purchases at w scales from now, E[λ e^(-λ p w)], discounted and over u = ln(1 + w).
  const double until = std::log1p(horizon / known.scale);
  const auto density = [&](double u) {
    const double w = std::expm1(u);
    return known.shape * detail::mean_stay(known.shape + 1, known.a, known.b, w) *
           std::exp(u - c * w);
  };
  return detail::gauss_integral(detail::gauss_32, 0, until / 2, density) +
         detail::gauss_integral(detail::gauss_32, until / 2, until, density);
}

void BgNbdModel::probabilities_alive(const PurchasePattern& pattern, double horizon,
                                     std::span<double> out) const {
  // Fader, Hardie & Lee (2005), equation 8, for what is known of an alive customer.
  const auto [k, scale, a, b] = posterior(pattern);
  const double z = horizon / (scale + horizon);
  const double log_none = -k * std::log1p(horizon / scale);
  double log_count = log_none;  // of n purchases by someone who cannot leave
  for (std::size_t n = 0; n < out.size(); ++n) {
    out[n] = std::exp(log_count);
    const double m = static_cast<double>(n);
    log_count += std::log((k + m) / (m + 1) * z);
  }
  double more = incomplete_beta(static_cast<double>(out.size()), k, z);  // of size() or more
  std::vector<double> at_least(out.size());
  for (std::size_t n = out.size(); n-- > 0;) {
    more += out[n];
    at_least[n] = more;
  }
  double stayed = 1;          // at n purchases
  double left = a / (a + b);  // at the n-th, not before
  for (std::size_t n = 0; n < out.size(); ++n) {
    const double m = static_cast<double>(n);
    if (n > 0) {
      stayed *= (b + m - 1) / (a + b + m - 1);
      if (n > 1) left *= (b + m - 2) / (a + b + m - 1);
    }
    out[n] = stayed * out[n] + (n > 0 ? left * std::min(1.0, at_least[n]) : 0);
  }
}

std::vector<std::byte> BgNbdModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("parameters");
  section.put(variant_);
  section.put(parameters_.r);
  section.put(parameters_.alpha);
  section.put(parameters_.a);
  section.put(parameters_.b);
  return std::move(writer).finish();
}

Result<BgNbdModel> BgNbdModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("parameters");
  if (!section) return section.error();
  const auto variant = section->get_enum(BgNbdVariant::mbg);
  BgNbdParameters parameters;
  for (double* parameter : {&parameters.r, &parameters.alpha, &parameters.a, &parameters.b}) {
    *parameter = section->get<double>();
    section->require(*parameter > 0 && std::isfinite(*parameter),
                     "a parameter must be a number > 0");
  }
  if (const Result<void> read = section->finish(); !read) return read.error();
  return BgNbdModel(parameters, variant);
}

}  // namespace emptor
