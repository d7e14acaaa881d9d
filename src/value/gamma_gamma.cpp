#include "emptor/value/gamma_gamma.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"
#include "value/fit_report.hpp"

namespace emptor {

namespace {

constexpr double much_correlation = 0.2;
constexpr std::size_t grain = 16'384;

bool counts(const SpendHistory& customer) noexcept {
  return customer.purchases > 0 && customer.mean > 0;
}

/// A customer as the likelihood sees it, spend in units of the overall mean.
struct Row {
  double purchases, spend, log_spend, weight;
};

/// Terms that depend on the number of purchases only.
struct OfPurchases {
  double purchases, weight;
};

double log_density(const GammaGammaParameters& g, double x, double mean) noexcept {
  // Gamma functions and powers are paired so that nothing large cancels.
  const double spend = x * mean;
  return -log_beta(g.p * x, g.q) - g.p * x * std::log1p(g.v / spend) -
         g.q * std::log1p(spend / g.v) - std::log(mean);
}

class Likelihood {
 public:
  Likelihood(std::span<const SpendHistory> customers, GammaGammaReport& report) {
    std::vector<SpendHistory> sorted;
    double sum = 0;
    double weights = 0;
    for (std::size_t i = 0; i < customers.size(); ++i) {
      const SpendHistory& c = customers[i];
      if (!std::isfinite(c.mean) || !(c.weight >= 0) || !std::isfinite(c.weight)) {
        throw Exception(ErrorCode::invalid_value,
                        text("customer ", i, ": mean and weight must be numbers, weight >= 0"),
                        "fit_gamma_gamma");
      }
      if (c.purchases == 0) {
        report.without_purchase += c.weight;
      } else if (!(c.mean > 0)) {
        report.without_spend += c.weight;
      } else if (c.weight > 0) {
        sorted.push_back(c);
        sum += c.weight * c.mean;
        weights += c.weight;
      }
    }
    if (sorted.empty()) {
      throw Exception(ErrorCode::invalid_value,
                      "a fit needs customers with repeat purchases of a positive mean",
                      "fit_gamma_gamma");
    }
    customers_ = weights;
    mean_ = sum / weights;
    std::sort(sorted.begin(), sorted.end(), [](const SpendHistory& a, const SpendHistory& b) {
      return std::pair(a.purchases, a.mean) < std::pair(b.purchases, b.mean);
    });
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const SpendHistory& c = sorted[i];
      const double x = c.purchases;
      if (groups_.empty() || groups_.back().purchases != x) {
        groups_.push_back({x, 0});
      } else if (sorted[i - 1].mean == c.mean) {
        groups_.back().weight += c.weight;
        rows_.back().weight += c.weight;
        continue;
      }
      groups_.back().weight += c.weight;
      const double spend = x * c.mean / mean_;
      rows_.push_back({x, spend, std::log(spend), c.weight});
    }
    report.correlation = correlation_of(sorted);
  }

  [[nodiscard]] double customers() const noexcept { return customers_; }
  [[nodiscard]] double mean() const noexcept { return mean_; }
  [[nodiscard]] std::size_t patterns() const noexcept { return rows_.size(); }

  /// Of means in units of the overall mean; slopes by p, q, v.
  double operator()(const GammaGammaParameters& g, std::span<double> slopes,
                    const Context& context) const {
    const double log_v = std::log(g.v);
    struct Sums {
      double value = 0, p = 0, q = 0, v = 0;
    };
    std::vector<Sums> parts((rows_.size() + grain - 1) / grain);
    parallel_chunks(context, rows_.size(), grain, [&](std::size_t begin, std::size_t end) {
      Sums s;
      for (std::size_t i = begin; i < end; ++i) {
        const Row& row = rows_[i];
        const double low = std::log1p(g.v / row.spend);   // ln (v + xz) / xz
        const double high = low + row.log_spend - log_v;  // ln (v + xz) / v
        const double px = g.p * row.purchases;
        s.value -= row.weight * (px * low + g.q * high + row.log_spend);
        s.p -= row.weight * row.purchases * low;
        s.q -= row.weight * high;
        s.v += row.weight * (g.q / g.v - (px + g.q) / (g.v + row.spend));
      }
      parts[begin / grain] = s;
    });
    Sums all;
    for (const Sums& part : parts) {
      all.value += part.value;
      all.p += part.p;
      all.q += part.q;
      all.v += part.v;
    }
    const double digamma_q = digamma(g.q);
    for (const OfPurchases& group : groups_) {
      const double px = g.p * group.purchases;
      const double above = digamma(px + g.q);
      all.value += group.weight * (std::log(group.purchases) - log_beta(px, g.q));
      all.p += group.weight * group.purchases * (above - digamma(px));
      all.q += group.weight * (above - digamma_q);
    }
    slopes[0] = all.p;
    slopes[1] = all.q;
    slopes[2] = all.v;
    return all.value;
  }

 private:
  double correlation_of(const std::vector<SpendHistory>& rows) const noexcept {
    double mean_x = 0;
    for (const SpendHistory& row : rows) mean_x += row.weight * row.purchases / customers_;
    double xx = 0, xz = 0, zz = 0;
    for (const SpendHistory& row : rows) {
      const double x = row.purchases - mean_x;
      const double z = row.mean / mean_ - 1;
      xx += row.weight * x * x;
      xz += row.weight * x * z;
      zz += row.weight * z * z;
    }
    // What rounding leaves of no difference at all is below these.
    const bool differ = xx > 1e-24 * customers_ * mean_x * mean_x && zz > 1e-24 * customers_;
    return differ ? xz / std::sqrt(xx * zz) : std::numeric_limits<double>::quiet_NaN();
  }

  std::vector<Row> rows_;
  std::vector<OfPurchases> groups_;
  double customers_ = 0;
  double mean_ = 1;
};

}  // namespace

GammaGammaModel::GammaGammaModel(const GammaGammaParameters& parameters) : parameters_(parameters) {
  const auto check = [](double value, std::string_view name) {
    require_option(value > 0 && std::isfinite(value), name, "> 0 and finite", value);
  };
  check(parameters.p, "p");
  check(parameters.q, "q");
  check(parameters.v, "v");
}

double GammaGammaModel::log_likelihood(const SpendHistory& customer) const noexcept {
  if (!counts(customer)) return std::numeric_limits<double>::quiet_NaN();
  return log_density(parameters_, customer.purchases, customer.mean);
}

double GammaGammaModel::expected_spend(const SpendHistory& customer) const noexcept {
  if (!counts(customer)) return expected_spend();
  const auto [p, q, v] = parameters_;
  const double x = customer.purchases;
  const double shape = p * x + q - 1;
  return shape > 0 ? p * (v + x * customer.mean) / shape : std::numeric_limits<double>::infinity();
}

double GammaGammaModel::expected_spend() const noexcept {
  const auto [p, q, v] = parameters_;
  return q > 1 ? p * v / (q - 1) : std::numeric_limits<double>::infinity();
}

FittedGammaGamma fit_gamma_gamma(std::span<const SpendHistory> customers,
                                 const GammaGammaOptions& options, const Context& context) {
  require_option(options.max_iterations >= 1, "max_iterations", ">= 1", options.max_iterations);
  require_option(options.prior_deviation >= 0 && std::isfinite(options.prior_deviation),
                 "prior_deviation", ">= 0", options.prior_deviation);
  GammaGammaReport report;
  const Likelihood likelihood(customers, report);
  const auto parameters_at = [](std::span<const double> at) {
    return GammaGammaParameters{std::exp(at[0]), std::exp(at[1]), std::exp(at[2])};
  };
  const auto objective = [&](std::span<const double> at, std::span<double> gradient) {
    const GammaGammaParameters g = parameters_at(at);
    const double value = likelihood(g, gradient, context);
    gradient[0] *= -g.p;
    gradient[1] *= -g.q;
    gradient[2] *= -g.v;
    return -value + detail::add_log_prior(at, gradient, options.prior_deviation);
  };
  const double start[] = {std::log(2.0), std::log(4.0), std::log(1.5)};
  const Minimum found =
      minimise(objective, start,
               {.max_iterations = options.max_iterations, .largest_step = detail::largest_log_step},
               context);
  static_cast<ValueFitReport&>(report) =
      detail::report_of_fit("gamma_gamma", {"p", "q", "v"}, objective, found,
                            options.prior_deviation, likelihood.customers(), likelihood.patterns());

  // Back from units of the mean to money.
  GammaGammaParameters g = parameters_at(found.at);
  g.v *= likelihood.mean();
  report.parameters[2].value = g.v;
  report.parameters[2].standard_error *= likelihood.mean();
  const double shift = likelihood.customers() * std::log(likelihood.mean());
  report.log_likelihood -= shift;
  report.aic += 2 * shift;
  report.bic += 2 * shift;

  report.correlated = std::abs(report.correlation) > much_correlation;
  report.sentence = detail::convergence_sentence(report);
  for (const ValueParameter& parameter : report.parameters) {
    if (detail::is_identified(
            {{},
             parameter.value / (parameter.name == "v" ? likelihood.mean() : 1),
             parameter.standard_error / (parameter.name == "v" ? likelihood.mean() : 1)})) {
      continue;
    }
    report.sentence += " How spend differs within or between customers cannot be told.";
    break;
  }
  if (g.q <= 1) report.sentence += " The mean spend of a new customer has no bound (q <= 1).";
  if (report.correlated) {
    report.sentence += text(" Frequent customers spend ", report.correlation > 0 ? "more" : "less",
                            " a purchase (correlation ", std::round(report.correlation * 100) / 100,
                            "), which the model does not know: take values with care.");
  }
  return {GammaGammaModel(g), std::move(report)};
}

std::vector<SpendHistory> spend_histories_of(const RepeatPurchases& purchases) {
  const std::vector<double> means = purchases.mean_spend();
  std::vector<SpendHistory> out(purchases.customers());
  for (std::size_t c = 0; c < means.size(); ++c) {
    const std::uint32_t pattern = purchases.pattern_of()[c];
    if (pattern == no_pattern) continue;
    out[c].purchases = purchases.patterns()[pattern].repeats;
    out[c].mean = means[c];
  }
  return out;
}

std::vector<std::byte> GammaGammaModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("parameters", 1);
  section.put(parameters_.p);
  section.put(parameters_.q);
  section.put(parameters_.v);
  return std::move(writer).finish();
}

Result<GammaGammaModel> GammaGammaModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("parameters");
  if (!section) return section.error();
  GammaGammaParameters g;
  for (double* const value : {&g.p, &g.q, &g.v}) {
    *value = section->get<double>();
    section->require(*value > 0 && std::isfinite(*value), "a parameter is not positive");
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return GammaGammaModel(g);
}

}  // namespace emptor
