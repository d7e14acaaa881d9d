#include "emptor/score/credit_card.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::string_view kind = "credit-card";

/// Solves the positive definite system in place by Cholesky; `a` is d x d, its lower half is read.
void solve(std::vector<double>& a, std::vector<double>& b) {
  const std::size_t d = b.size();
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      for (std::size_t i = j; i < d; ++i) a[i * d + j] -= a[i * d + k] * a[j * d + k];
    }
    const double root = std::sqrt(std::max(a[j * d + j], 1e-300));
    for (std::size_t i = j; i < d; ++i) a[i * d + j] /= root;
  }
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * d + k] * b[k];
    b[i] /= a[i * d + i];
  }
  for (std::size_t i = d; i-- > 0;) {
    for (std::size_t k = i + 1; k < d; ++k) b[i] -= a[k * d + i] * b[k];
    b[i] /= a[i * d + i];
  }
}

void go_on(const Context& context, std::string_view what, std::size_t done, std::size_t total) {
  if (context.report({what, done, total}) == Go::on) return;
  throw Exception(ErrorCode::stopped, "stopped by the caller", "fit_credit_card");
}

/// −ln σ(z), without overflow.
double loss_of(double z) {
  return z > 0 ? std::log1p(std::exp(-z)) : -z + std::log1p(std::exp(z));
}

struct Rows {
  const std::vector<double>& x;  // m x (d + 1), the first column 1
  std::span<const double> target;
  std::span<const double> weights;
  std::size_t d;
  double penalty;

  [[nodiscard]] double weight(std::size_t r) const { return weights.empty() ? 1 : weights[r]; }
  [[nodiscard]] double margin(std::size_t r, const std::vector<double>& beta) const {
    double z = 0;
    for (std::size_t j = 0; j < d; ++j) z += x[r * d + j] * beta[j];
    return z;
  }
  [[nodiscard]] double objective(const std::vector<double>& beta) const {
    double sum = 0;
    for (std::size_t j = 1; j < d; ++j) sum += penalty / 2 * beta[j] * beta[j];
    for (std::size_t r = 0; r < target.size(); ++r) {
      const double z = margin(r, beta);
      sum += weight(r) * loss_of(target[r] == 0 ? z : -z);
    }
    return sum;
  }
};

/// Newton's steps, halved while they do not lead down.
std::vector<double> newton(const Rows& rows, double start, CreditCardReport& report,
                           const Context& context) {
  const std::size_t d = rows.d;
  std::vector<double> beta(d);
  beta[0] = start;
  double value = rows.objective(beta);
  report.converged = false;
  while (report.steps < 50 && !report.converged) {
    go_on(context, "credit card", report.steps, 50);
    ++report.steps;
    std::vector<double> hessian(d * d);
    std::vector<double> step(d);
    for (std::size_t j = 1; j < d; ++j) {
      hessian[j * d + j] = rows.penalty;
      step[j] = -rows.penalty * beta[j];
    }
    for (std::size_t r = 0; r < rows.target.size(); ++r) {
      const double p = 1 / (1 + std::exp(-rows.margin(r, beta)));
      const double slope = rows.weight(r) * ((rows.target[r] == 0 ? 1.0 : 0.0) - p);
      const double curve = rows.weight(r) * p * (1 - p);
      const double* x = rows.x.data() + r * d;
      for (std::size_t i = 0; i < d; ++i) {
        step[i] += slope * x[i];
        for (std::size_t j = 0; j <= i; ++j) hessian[i * d + j] += curve * x[i] * x[j];
      }
    }
    hessian[0] += 1e-12;
    const std::vector<double> gradient = step;
    solve(hessian, step);
    double gain = 0;  // that the step promises, twice
    for (std::size_t j = 0; j < d; ++j) gain += gradient[j] * step[j];
    // What is below the objective's rounding cannot be seen in it: a last step is taken unseen.
    report.converged = gain <= 1e-13 * value;
    bool down = false;
    for (int halving = 0; halving < 40 && !down; ++halving) {
      std::vector<double> next = beta;
      for (std::size_t j = 0; j < d; ++j) next[j] += std::ldexp(step[j], -halving);
      const double there = rows.objective(next);
      down = there <= value || report.converged;
      if (down) beta = std::move(next), value = there;
    }
    if (!down) report.converged = true;
  }
  return beta;
}

}  // namespace

struct CreditCardFitting {
  static CreditCardFit fit(const ScoreTable& table, std::span<const double> target,
                           const CreditCardOptions& options, std::span<const double> weights,
                           const Context& context) {
    CreditCardFit out{CreditCard{}, {}};
    CreditCard& card = out.model;
    card.schema_ = table.schema();
    double good = 0;
    double bad = 0;
    if (target.size() != table.rows() || (!weights.empty() && weights.size() != table.rows())) {
      throw Exception(ErrorCode::invalid_shape, "a target and a weight for each row are needed",
                      "fit_credit_card");
    }
    for (std::size_t r = 0; r < table.rows(); ++r) {
      (target[r] == 0 ? good : bad) += weights.empty() ? 1 : weights[r];
    }
    out.report.one_class = !(good > 0 && bad > 0);
    for (std::size_t c = 0; c < table.columns(); ++c) {
      go_on(context, "bin variables", c, table.columns());
      WoeVariable one = bin_variable(table, c, target, options.binning, weights);
      if (out.report.one_class || one.constant || one.iv < options.least_iv) {
        out.report.left_out.push_back(c);
        continue;
      }
      card.variables_.push_back(std::move(one));
      card.columns_.push_back(static_cast<std::uint32_t>(c));
    }
    const std::size_t d = card.variables_.size() + 1;
    std::vector<double> beta(d);
    beta[0] = std::log((good + 0.5) / (bad + 0.5));
    if (d > 1) {
      std::vector<double> x(table.rows() * d, 1);
      for (std::size_t r = 0; r < table.rows(); ++r) {
        for (std::size_t v = 0; v + 1 < d; ++v) {
          const WoeVariable& variable = card.variables_[v];
          x[r * d + v + 1] = variable.bins[woe_bin(variable, table.row(r)[card.columns_[v]])].woe;
        }
      }
      beta = newton({x, target, weights, d, options.penalty}, beta[0], out.report, context);
    }
    card.factor_ = options.pdo / std::log(2.0);
    card.offset_ = options.base_points - card.factor_ * std::log(options.base_odds);
    const double common = card.offset_ + card.factor_ * beta[0];
    if (d == 1) card.base_ = options.whole_points ? std::round(common) : common;
    for (std::size_t v = 0; v + 1 < d; ++v) {
      WoeVariable& variable = card.variables_[v];
      variable.coefficient = beta[v + 1];
      for (WoeBin& bin : variable.bins) {
        bin.points = card.factor_ * beta[v + 1] * bin.woe + common / static_cast<double>(d - 1);
        if (options.whole_points) bin.points = std::round(bin.points);
      }
    }
    return out;
  }
};

CreditCardFit fit_credit_card(const ScoreTable& table, std::span<const double> target,
                              const CreditCardOptions& options, std::span<const double> weights,
                              const Context& context) {
  require_option(options.penalty > 0 && options.penalty <= 1e9, "penalty", "in (0, 1e9]",
                 options.penalty);
  require_option(options.least_iv >= 0, "least_iv", ">= 0", options.least_iv);
  require_option(std::abs(options.base_points) <= 1e9, "base_points", "within 1e9",
                 options.base_points);
  require_option(options.base_odds >= 1e-6 && options.base_odds <= 1e6, "base_odds",
                 "in [1e-6, 1e6]", options.base_odds);
  require_option(options.pdo >= 1e-3 && options.pdo <= 1e6, "pdo", "in [1e-3, 1e6]", options.pdo);
  return CreditCardFitting::fit(table, target, options, weights, context);
}

double CreditCard::points(std::span<const float> row) const noexcept {
  double sum = base_;
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    sum += variables_[v].bins[woe_bin(variables_[v], row[columns_[v]])].points;
  }
  return sum;
}

double CreditCard::score(std::span<const float> row) const noexcept {
  return 1 / (1 + std::exp((points(row) - offset_) / factor_));
}

void CreditCard::score(const ScoreTable& table, std::span<double> out, const Context&) const {
  if (table.schema() != schema_ || out.size() != table.rows()) {
    throw Exception(ErrorCode::invalid_shape,
                    "a table of the card's schema and room for each of its rows (see map_rows)",
                    "CreditCard::score");
  }
  for (std::size_t r = 0; r < table.rows(); ++r) out[r] = score(table.row(r));
}

void CreditCard::explain(std::span<const float> row, std::span<double> out) const {
  if (row.size() != schema_.size() || out.size() != variables_.size()) {
    throw Exception(ErrorCode::invalid_shape, "a row of the schema and a place for each variable",
                    "explain");
  }
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    out[v] = variables_[v].bins[woe_bin(variables_[v], row[columns_[v]])].points;
  }
}

std::vector<CreditReason> CreditCard::reasons(std::span<const float> row, std::size_t k,
                                              CreditReasonBase base) const {
  if (row.size() != schema_.size()) {
    throw Exception(ErrorCode::invalid_shape, "a row of the card's schema", "reasons");
  }
  std::vector<CreditReason> out;
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    const std::vector<WoeBin>& bins = variables_[v].bins;
    CreditReason one{v, woe_bin(variables_[v], row[columns_[v]]), 0, 0};
    one.points = bins[one.bin].points;
    double goal = 0;
    double weight = 0;
    double best = -1e300;
    for (const WoeBin& bin : bins) {
      const double here = bin.good + bin.bad;
      if (here <= 0) continue;  // nobody has these points
      best = std::max(best, bin.points);
      goal += here * bin.points;
      weight += here;
    }
    goal = base == CreditReasonBase::best ? best : goal / weight;
    one.loss = goal - one.points;
    if (one.loss > 0) out.push_back(one);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const CreditReason& a, const CreditReason& b) { return a.loss > b.loss; });
  if (out.size() > k) out.resize(k);
  return out;
}

std::vector<std::byte> CreditCard::save() const {
  ArchiveWriter writer(kind, 1);
  SectionWriter& section = writer.section("card");
  schema_.save(section);
  section.put(base_);
  section.put(factor_);
  section.put(offset_);
  section.put_array(columns_);
  for (const WoeVariable& variable : variables_) {
    section.put(variable.iv);
    section.put(variable.coefficient);
    section.put(variable.rising);
    section.put(std::uint64_t{variable.bins.size()});
    for (const WoeBin& bin : variable.bins) {
      section.put(static_cast<std::uint8_t>(bin.kind));
      section.put_array(bin.categories);
      for (const double one :
           {bin.from, bin.to, bin.special, bin.good, bin.bad, bin.woe, bin.iv, bin.points}) {
        section.put(one);
      }
    }
  }
  return std::move(writer).finish();
}

Result<CreditCard> CreditCard::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> in = reader->section("card");
  if (!in) return in.error();
  CreditCard card;
  Result<ScoreSchema> schema = ScoreSchema::load(*in);
  if (!schema) return schema.error();
  card.schema_ = std::move(*schema);
  card.base_ = in->get<double>();
  card.factor_ = in->get<double>();
  card.offset_ = in->get<double>();
  card.columns_ = in->get_array<std::uint32_t>();
  in->require(std::isfinite(card.base_) && std::isfinite(card.offset_) && card.factor_ > 0 &&
                  std::isfinite(card.factor_),
              "a scale that is none");
  for (std::size_t v = 0; v < card.columns_.size() && in->ok(); ++v) {
    const std::uint32_t column = card.columns_[v];
    if (!in->require(column < card.schema_.size() && (v == 0 || column > card.columns_[v - 1]),
                     "columns that are not there or out of order")) {
      break;
    }
    WoeVariable variable;
    variable.name = card.schema_[column].name;
    variable.iv = in->get<double>();
    variable.coefficient = in->get<double>();
    variable.rising = in->get<bool>();
    const auto bins = in->get<std::uint64_t>();
    in->require(bins >= 2 && bins <= 130 && std::isfinite(variable.iv) &&
                    std::isfinite(variable.coefficient),
                "an impossible variable");
    for (std::uint64_t b = 0; b < bins && in->ok(); ++b) {
      WoeBin bin;
      bin.kind = in->get_enum(WoeBinKind::missing);
      bin.categories = in->get_array<std::uint32_t>();
      for (double* one : {&bin.from, &bin.to, &bin.special, &bin.good, &bin.bad, &bin.woe, &bin.iv,
                          &bin.points}) {
        *one = in->get<double>();
      }
      bool sound = std::is_sorted(bin.categories.begin(), bin.categories.end()) &&
                   (bin.kind == WoeBinKind::missing) == (b + 1 == bins) && bin.good >= 0 &&
                   bin.bad >= 0 && bin.from <= bin.to;
      for (const double one : {bin.special, bin.good, bin.bad, bin.woe, bin.iv, bin.points}) {
        sound = sound && std::isfinite(one);
      }
      if (in->require(sound, "an impossible bin")) variable.bins.push_back(std::move(bin));
    }
    if (in->ok()) card.variables_.push_back(std::move(variable));
  }
  if (const Result<void> done = in->finish(); !done) return done.error();
  return card;
}

}  // namespace emptor
