#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "emptor/math/minimise.hpp"
#include "emptor/math/special_functions.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/kernels.hpp"
#include "value/fit_report.hpp"
#include "value/purchase_fit.hpp"
#include "value/rising_walk.hpp"

namespace emptor {

namespace {

/// The negative log-likelihood in ln r, ln alpha, ln a, ln b. Terms in x alone are computed once a
/// distinct x, logarithms of times once a distinct time; what is left for a pattern is its odds.
class BgNbdObjective {
 public:
  BgNbdObjective(const RepeatPurchases& purchases, BgNbdVariant variant, double time_scale,
                 double prior_deviation, const Context& context)
      : prior_deviation_(prior_deviation),
        context_(context),
        kernels_(purchase_kernels(context.kernels)) {
    const std::span<const PurchasePattern> patterns = purchases.patterns();
    first_try_ = variant == BgNbdVariant::mbg ? 1 : 0;
    std::vector<double> ages, lasts;
    for (const PurchasePattern& pattern : patterns) {
      ages.push_back(pattern.age * time_scale);
      if (pattern.repeats + first_try_ > 0) lasts.push_back(pattern.last * time_scale);
    }
    ages_ = detail::DistinctTimes(ages);
    lasts_ = detail::DistinctTimes(lasts);
    age_weight_.resize(ages_.size());
    age_repeats_.resize(ages_.size());
    std::size_t row = 0;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      const double weight = purchases.weights()[i];
      const double x = patterns[i].repeats;
      if (groups_.empty() || groups_.back().repeats != x) groups_.push_back({x, 0});
      groups_.back().weight += weight;
      const std::uint32_t age = ages_.place_of[i];
      age_weight_[age] += weight;
      age_repeats_[age] += weight * x;
      repeats_ += weight * x;
      if (x + first_try_ == 0) continue;
      rows_.push_back(
          {static_cast<std::uint32_t>(groups_.size() - 1), age, lasts_.place_of[row++], weight});
    }
    partial_.resize((rows_.size() + grain - 1) / grain);
    log_ages_.resize(ages_.size());
    log_lasts_.resize(lasts_.size());
    inverse_ages_.resize(ages_.size());
    inverse_lasts_.resize(lasts_.size());
    odds_.resize(groups_.size());
  }

  double operator()(std::span<const double> at, std::span<double> gradient) {
    const double r = std::exp(at[0]);
    const double alpha = std::exp(at[1]);
    const double a = std::exp(at[2]);
    const double b = std::exp(at[3]);
    const double log_a = at[2];
    tabulate(alpha);
    // In ratios of times to alpha, so that it holds where alpha runs off together with r.
    double value = -repeats_ * at[1];
    std::array<double, 4> slope{0, -repeats_ / alpha, 0, 0};
    for (std::size_t t = 0; t < ages_.size(); ++t) {
      const double purchases = r * age_weight_[t] + age_repeats_[t];
      value -= purchases * log_ages_[t];
      slope[0] -= age_weight_[t] * log_ages_[t];
      slope[1] += purchases * ages_.values[t] * inverse_ages_[t] / alpha;
    }
    detail::RisingWalk of_r(r), of_b(b), of_ab(a + b);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const auto [x, weight] = groups_[g];
      const double tries = x + first_try_;
      of_r.advance(x);
      of_b.advance(tries);
      of_ab.advance(tries);
      value += weight * (of_r.log() + of_b.log() - of_ab.log());
      slope[0] += weight * of_r.slope();
      slope[2] -= weight * of_ab.slope();
      slope[3] += weight * (of_b.slope() - of_ab.slope());
      odds_[g] = {log_a - (tries > 0 ? std::log(b + tries - 1) : 0), r + x, 1 / (b + tries - 1)};
    }
    parallel_chunks(context_, rows_.size(), grain, [&](std::size_t begin, std::size_t end) {
      partial_[begin / grain] = sums_of(std::span(rows_).subspan(begin, end - begin));
    });
    for (const Sums& sums : partial_) {
      value += sums.softplus;
      slope[0] += sums.by_shape;
      slope[1] += sums.by_scale;
      slope[2] += sums.gone / a;
      slope[3] -= sums.by_b;
    }
    const std::array<double, 4> parameters{r, alpha, a, b};
    for (std::size_t i = 0; i < 4; ++i) gradient[i] = -slope[i] * parameters[i];
    return -value + detail::add_log_prior(at, gradient, prior_deviation_);
  }

 private:
  static constexpr std::size_t grain = 16'384;
  static constexpr std::size_t block = 256;

  struct Group {
    double repeats;
    double weight;
  };
  /// ln of the odds to be gone: `base` + `power` ln((alpha + T) / (alpha + t_x)).
  struct Odds {
    double base;
    double power;
    double inverse;  ///< -d base / d b
  };
  struct Row {
    std::uint32_t group;
    std::uint32_t age;
    std::uint32_t last;
    double weight;
  };
  struct Sums {
    double softplus = 0;  ///< Σ w ln(1 + odds)
    double gone = 0;      ///< Σ w P(gone), and times d ln odds / d parameter
    double by_shape = 0;
    double by_scale = 0;
    double by_b = 0;
  };

  void tabulate(double alpha) {
    const auto fill = [&](const detail::DistinctTimes& times, std::vector<double>& logs,
                          std::vector<double>& inverses) {
      for (std::size_t t = 0; t < times.size(); ++t) {
        logs[t] = std::log1p(times.values[t] / alpha);
        inverses[t] = 1 / (alpha + times.values[t]);
      }
    };
    fill(ages_, log_ages_, inverse_ages_);
    fill(lasts_, log_lasts_, inverse_lasts_);
  }

  [[nodiscard]] Sums sums_of(std::span<const Row> rows) const {
    Sums out;
    std::array<double, block> distance, log_odds, log_sum, gone;
    for (std::size_t from = 0; from < rows.size(); from += block) {
      const std::span<const Row> part = rows.subspan(from, std::min(block, rows.size() - from));
      for (std::size_t i = 0; i < part.size(); ++i) {
        const Odds& odds = odds_[part[i].group];
        distance[i] = log_ages_[part[i].age] - log_lasts_[part[i].last];
        log_odds[i] = odds.base + odds.power * distance[i];
      }
      kernels_.softplus_and_logistic(log_odds.data(), log_sum.data(), gone.data(), part.size());
      for (std::size_t i = 0; i < part.size(); ++i) {
        const Row& row = part[i];
        const Odds& odds = odds_[row.group];
        const double share = row.weight * gone[i];
        out.softplus += row.weight * log_sum[i];
        out.gone += share;
        out.by_shape += share * distance[i];
        out.by_scale += share * odds.power * (inverse_ages_[row.age] - inverse_lasts_[row.last]);
        out.by_b += share * odds.inverse;
      }
    }
    return out;
  }

  double prior_deviation_;
  const Context& context_;
  const PurchaseKernels& kernels_;
  double first_try_ = 0;
  double repeats_ = 0;  // Σ w x
  detail::DistinctTimes ages_, lasts_;
  std::vector<double> age_weight_, age_repeats_;  // by distinct age: Σ w, Σ w x
  std::vector<Group> groups_;                     // by distinct x
  std::vector<Row> rows_;
  // For one set of parameters:
  // ln(1 + t / alpha) and 1 / (alpha + t):
  std::vector<double> log_ages_, log_lasts_, inverse_ages_, inverse_lasts_;
  std::vector<Odds> odds_;
  std::vector<Sums> partial_;
};

FittedBgNbd fit(const RepeatPurchases& purchases, BgNbdVariant variant, const BgNbdOptions& options,
                const Context& context) {
  detail::require_fit_options(options.max_iterations, options.prior_deviation);
  const detail::PurchaseMoments moments = detail::moments_of(purchases);
  BgNbdObjective objective(purchases, variant, moments.time_scale, options.prior_deviation,
                           context);
  const std::array<double, 4> start{
      std::log(moments.shape), std::log(moments.scale * moments.time_scale), 0.0, std::log(3.0)};
  const Minimum found =
      minimise(objective, start,
               {.max_iterations = options.max_iterations, .largest_step = detail::largest_log_step},
               context);
  ValueFitReport report = detail::report_of_fit(
      variant == BgNbdVariant::mbg ? "mbg_nbd" : "bg_nbd", {"r", "alpha", "a", "b"}, objective,
      found, options.prior_deviation, moments.customers, purchases.patterns().size());
  detail::unscale_times(report, {1}, moments);
  report.dropout_identified =
      detail::is_identified(report.parameters[2]) && detail::is_identified(report.parameters[3]);
  report.sentence = detail::purchase_sentence(report, options.prior_deviation > 0);
  const auto value = [&](std::size_t i) { return report.parameters[i].value; };
  return {BgNbdModel({value(0), value(1), value(2), value(3)}, variant), std::move(report)};
}

}  // namespace

FittedBgNbd fit_bg_nbd(const RepeatPurchases& purchases, const BgNbdOptions& options,
                       const Context& context) {
  return fit(purchases, BgNbdVariant::bg, options, context);
}

FittedBgNbd fit_mbg_nbd(const RepeatPurchases& purchases, const BgNbdOptions& options,
                        const Context& context) {
  return fit(purchases, BgNbdVariant::mbg, options, context);
}

}  // namespace emptor
