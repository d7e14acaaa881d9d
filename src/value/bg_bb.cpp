#include "emptor/value/bg_bb.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "emptor/core/archive.hpp"
#include "value/fit_report.hpp"
#include "value/rising_factorial.hpp"

namespace emptor {

namespace {

constexpr std::uint32_t most_periods = 100'000;
constexpr std::uint32_t most_ahead = 1'000'000;

bool consistent(const OpportunityCounts& c) noexcept {
  return c.bought <= c.last && c.last <= c.periods && (c.bought > 0) == (c.last > 0) &&
         c.periods <= most_periods;
}

void check(const OpportunityCounts& customer) {
  if (!consistent(customer)) {
    throw Exception(ErrorCode::invalid_value,
                    "counts need bought <= last <= periods <= 100000, and bought and last both 0 "
                    "or both not",
                    "BgBbModel");
  }
}

void require_ahead(std::uint32_t opportunities, const char* what) {
  require_option(opportunities <= most_ahead, what, "at most 1,000,000", opportunities);
}

/// The logarithms of what the likelihood is made of, for one set of parameters.
struct Tables {
  detail::RisingFactorials a, b, ab, d, gd;
  double log_gamma_parameter = 0;

  void fill(const BgBbParameters& p, std::size_t periods) {
    a.fill(p.alpha, periods);
    b.fill(p.beta, periods);
    ab.fill(p.alpha + p.beta, periods);
    d.fill(p.delta, periods);
    gd.fill(p.gamma + p.delta, periods + 1);
    log_gamma_parameter = std::log(p.gamma);
  }
  /// Took x of n opportunities and was there at the last.
  [[nodiscard]] double log_stayed(std::size_t x, std::size_t n) const noexcept {
    return a.log(x) + b.log(n - x) - ab.log(n) + d.log(n) - gd.log(n);
  }
  /// Took x of the first m and left before the next.
  [[nodiscard]] double log_left(std::size_t x, std::size_t m) const noexcept {
    return a.log(x) + b.log(m - x) - ab.log(m) + log_gamma_parameter + d.log(m) - gd.log(m + 1);
  }
};

/// The share of one way to the data that ends before opportunity m + 1, by that of m: both factors
/// fall with m, so that the first is the largest.
double left_ratio(const BgBbParameters& p, std::size_t x, std::size_t m) noexcept {
  const double at = static_cast<double>(m);
  return (p.beta + at - static_cast<double>(x)) / (p.alpha + p.beta + at) * (p.delta + at) /
         (p.gamma + p.delta + at + 1);
}

/// ln likelihood and the share of it in which the customer is alive at the last opportunity.
struct Split {
  double log_likelihood;
  double alive;
};

Split split_of(const BgBbParameters& p, const Tables& t, const OpportunityCounts& c) noexcept {
  const double stayed = t.log_stayed(c.bought, c.periods);
  if (c.last == c.periods) return {stayed, 1};
  const double first = t.log_left(c.bought, c.last);
  double sum = 1;
  double term = 1;
  for (std::size_t m = c.last; m + 1 < c.periods && term > 0; ++m) {
    term *= left_ratio(p, c.bought, m);
    sum += term;
  }
  const double left = first + std::log(sum);
  const double high = std::max(stayed, left);
  const double low = std::min(stayed, left);
  return {high + std::log1p(std::exp(low - high)), 1 / (1 + std::exp(left - stayed))};
}

Split split_of(const BgBbParameters& p, const OpportunityCounts& c) {
  check(c);
  Tables tables;
  tables.fill(p, c.periods);
  return split_of(p, tables, c);
}

/// d ln likelihood by each parameter, added with the weight; returns ln likelihood.
double add_gradient(const BgBbParameters& p, const Tables& t, const OpportunityCounts& c,
                    double* into) noexcept {
  const std::size_t x = c.bought;
  const std::size_t n = c.periods;
  const Split split = split_of(p, t, c);
  const double alive = split.alive * c.weight;
  into[0] += c.weight * t.a.slope(x) - alive * t.ab.slope(n);
  into[1] += alive * (t.b.slope(n - x) - t.ab.slope(n));
  into[2] -= alive * t.gd.slope(n);
  into[3] += alive * (t.d.slope(n) - t.gd.slope(n));
  if (c.last == n) return split.log_likelihood;
  double share = c.weight * std::exp(t.log_left(x, c.last) - split.log_likelihood);
  for (std::size_t m = c.last; m < n && share > 0; ++m) {
    into[0] -= share * t.ab.slope(m);
    into[1] += share * (t.b.slope(m - x) - t.ab.slope(m));
    into[2] += share * (1 / p.gamma - t.gd.slope(m + 1));
    into[3] += share * (t.d.slope(m) - t.gd.slope(m + 1));
    share *= left_ratio(p, x, m);
  }
  return split.log_likelihood;
}

/// Equal counts as one, by last, bought, periods; no weights of 0.
std::vector<OpportunityCounts> collapsed(std::span<const OpportunityCounts> customers) {
  std::vector<OpportunityCounts> out;
  out.reserve(customers.size());
  for (std::size_t i = 0; i < customers.size(); ++i) {
    if (!consistent(customers[i])) {
      throw Exception(ErrorCode::invalid_value,
                      text("customer ", i, ": counts need bought <= last <= periods <= ",
                           most_periods, ", and bought and last both 0 or both not"),
                      "fit_bg_bb");
    }
    if (!(customers[i].weight >= 0) || !std::isfinite(customers[i].weight)) {
      throw Exception(ErrorCode::invalid_value,
                      text("customer ", i, ": the weight must be >= 0, got ", customers[i].weight),
                      "fit_bg_bb");
    }
    if (customers[i].weight > 0) out.push_back(customers[i]);
  }
  const auto key = [](const OpportunityCounts& c) {
    return std::tuple(c.periods, c.bought, c.last);
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (kept > 0 && key(out[kept - 1]) == key(out[i])) {
      out[kept - 1].weight += out[i].weight;
    } else {
      out[kept++] = out[i];
    }
  }
  out.resize(kept);
  return out;
}

BgBbParameters parameters_at(std::span<const double> logs) noexcept {
  return {std::exp(logs[0]), std::exp(logs[1]), std::exp(logs[2]), std::exp(logs[3])};
}

}  // namespace

BgBbModel::BgBbModel(const BgBbParameters& parameters) : parameters_(parameters) {
  const auto check = [](double value, std::string_view name) {
    require_option(value > 0 && std::isfinite(value), name, "> 0 and finite", value);
  };
  check(parameters.alpha, "alpha");
  check(parameters.beta, "beta");
  check(parameters.gamma, "gamma");
  check(parameters.delta, "delta");
}

double BgBbModel::log_likelihood(const OpportunityCounts& customer) const {
  return split_of(parameters_, customer).log_likelihood;
}

double BgBbModel::probability_alive(const OpportunityCounts& customer, std::uint32_t ahead) const {
  require_ahead(ahead, "ahead");
  const BgBbParameters& p = parameters_;
  double alive = split_of(p, customer).alive;
  for (std::uint32_t j = 0; j < ahead && alive > 0; ++j) {
    const double at = p.delta + customer.periods + j;
    alive *= at / (p.gamma + at);
  }
  return alive;
}

double BgBbModel::expected_purchases(const OpportunityCounts& customer,
                                     std::uint32_t periods) const {
  require_ahead(periods, "periods");
  const BgBbParameters& p = parameters_;
  double alive = split_of(p, customer).alive;
  double sum = 0;
  for (std::uint32_t j = 0; j < periods && alive > 0; ++j) {
    const double at = p.delta + customer.periods + j;
    alive *= at / (p.gamma + at);
    sum += alive;
  }
  return sum * (p.alpha + customer.bought) / (p.alpha + p.beta + customer.periods);
}

double BgBbModel::purchase_probability(const OpportunityCounts& customer, std::uint32_t purchases,
                                       std::uint32_t periods) const {
  require_ahead(periods, "periods");
  const double alive = split_of(parameters_, customer).alive;
  if (purchases > periods) return 0;
  // Given alive at n, what is known of p and theta is Beta again, as for a customer at the start
  // who leaves before opportunity i + 1 of those to come, or takes all chances.
  const std::uint32_t x = customer.bought;
  const std::uint32_t n = customer.periods;
  const BgBbParameters from{parameters_.alpha + x, parameters_.beta + (n - x), parameters_.gamma,
                            parameters_.delta + n};
  Tables tables;
  tables.fill(from, periods);
  const detail::RisingFactorials ones(1, periods);
  const auto ways = [&](std::size_t of) {
    return ones.log(of) - ones.log(purchases) - ones.log(of - purchases);
  };
  double sum = std::exp(ways(periods) + tables.log_stayed(purchases, periods));
  for (std::size_t m = purchases; m < periods; ++m) {
    sum += std::exp(ways(m) + tables.log_left(purchases, m));
  }
  return alive * sum + (purchases == 0 ? 1 - alive : 0);
}

double BgBbModel::discounted_purchases(const OpportunityCounts& customer, double discount) const {
  require_option(discount > 0 && std::isfinite(discount), "discount", "> 0 and finite", discount);
  const BgBbParameters& p = parameters_;
  const double next = probability_alive(customer, 1);
  const double share = (p.alpha + customer.bought) / (p.alpha + p.beta + customer.periods);
  const double from = p.delta + customer.periods + 1;
  const double kept = 1 / (1 + discount);
  return next * share * kept * detail::geometric_hypergeometric(from, from + p.gamma, kept);
}

FittedBgBb fit_bg_bb(std::span<const OpportunityCounts> customers, const BgBbOptions& options,
                     const Context& context) {
  require_option(options.max_iterations >= 1, "max_iterations", ">= 1", options.max_iterations);
  require_option(options.prior_deviation >= 0 && std::isfinite(options.prior_deviation),
                 "prior_deviation", ">= 0", options.prior_deviation);
  const std::vector<OpportunityCounts> rows = collapsed(customers);
  if (rows.empty()) {
    throw Exception(ErrorCode::invalid_value, "a fit needs customers", "fit_bg_bb");
  }
  double weights = 0;
  double taken = 0;
  double chances = 0;
  for (const OpportunityCounts& row : rows) {
    weights += row.weight;
    taken += row.weight * row.bought;
    chances += row.weight * std::max<double>(row.last, 0.5 * row.periods);
  }
  Tables tables;
  const auto objective = [&](std::span<const double> at, std::span<double> gradient) {
    const BgBbParameters p = parameters_at(at);
    tables.fill(p, rows.back().periods);
    double slopes[4] = {};
    double sum = 0;
    for (const OpportunityCounts& row : rows) {
      sum += row.weight * add_gradient(p, tables, row, slopes);
    }
    const double values[] = {p.alpha, p.beta, p.gamma, p.delta};
    for (std::size_t i = 0; i < 4; ++i) gradient[i] = -slopes[i] * values[i];
    return -sum + detail::add_log_prior(at, gradient, options.prior_deviation);
  };
  const double rate = std::clamp(chances > 0 ? taken / chances : 0, 0.02, 0.98);
  const double start[] = {std::log(2 * rate), std::log(2 - 2 * rate), std::log(0.5), std::log(3)};
  const Minimum found =
      minimise(objective, start,
               {.max_iterations = options.max_iterations, .largest_step = detail::largest_log_step},
               context);

  FittedBgBb out{BgBbModel(parameters_at(found.at)),
                 detail::report_of_fit("bg_bb", {"alpha", "beta", "gamma", "delta"}, objective,
                                       found, options.prior_deviation, weights, rows.size())};
  ValueFitReport& report = out.report;
  report.dropout_identified = taken > 0 && detail::is_identified(report.parameters[2]) &&
                              detail::is_identified(report.parameters[3]);
  report.sentence = detail::convergence_sentence(report);
  if (taken == 0) {
    report.sentence += " Nobody bought again: neither rates nor dropout can be told.";
  } else if (!report.dropout_identified) {
    report.sentence +=
        " Dropout is not identified: the data do not tell those who left from those "
        "who buy rarely.";
  }
  return out;
}

std::vector<std::byte> BgBbModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("parameters", 1);
  section.put(parameters_.alpha);
  section.put(parameters_.beta);
  section.put(parameters_.gamma);
  section.put(parameters_.delta);
  return std::move(writer).finish();
}

Result<BgBbModel> BgBbModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("parameters");
  if (!section) return section.error();
  BgBbParameters p;
  for (double* const value : {&p.alpha, &p.beta, &p.gamma, &p.delta}) {
    *value = section->get<double>();
    section->require(*value > 0 && std::isfinite(*value), "a parameter is not positive");
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return BgBbModel(p);
}

}  // namespace emptor
