#include <algorithm>
#include <array>
#include <cmath>

#include "emptor/math/minimise.hpp"
#include "emptor/value/kernels.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "value/fit_report.hpp"
#include "value/purchase_fit.hpp"
#include "value/rising_walk.hpp"

namespace emptor {

namespace {

/// The negative log-likelihood in ln r, ln alpha, ln s, ln beta: that of staying, from tables of
/// distinct x and T, and the odds of having left, an integral a pattern with its four derivatives.
class ParetoNbdObjective {
 public:
  ParetoNbdObjective(const RepeatPurchases& purchases, double time_scale, double prior_deviation,
                     const Context& context)
      : prior_deviation_(prior_deviation),
        context_(context),
        kernels_(purchase_kernels(context.kernels)) {
    const std::span<const PurchasePattern> patterns = purchases.patterns();
    std::vector<double> ages, lasts;
    for (const PurchasePattern& pattern : patterns) {
      ages.push_back(pattern.age * time_scale);
      lasts.push_back(pattern.last * time_scale);
    }
    ages_ = detail::DistinctTimes(ages);
    lasts_ = detail::DistinctTimes(lasts);
    age_weight_.resize(ages_.size());
    age_repeats_.resize(ages_.size());
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      const double weight = purchases.weights()[i];
      const double x = patterns[i].repeats;
      if (groups_.empty() || groups_.back().repeats != x) groups_.push_back({x, 0});
      groups_.back().weight += weight;
      const std::uint32_t age = ages_.place_of[i];
      age_weight_[age] += weight;
      age_repeats_[age] += weight * x;
      repeats_ += weight * x;
      if (patterns[i].age == patterns[i].last) continue;
      rows_.push_back({x, weight, age, lasts_.place_of[i]});
    }
    partial_.resize((rows_.size() + grain - 1) / grain);
    log_ages_.resize(ages_.size());
    log_lasts_.resize(lasts_.size());
  }

  double operator()(std::span<const double> at, std::span<double> gradient) {
    const ParetoNbdParameters p{std::exp(at[0]), std::exp(at[1]), std::exp(at[2]), std::exp(at[3])};
    tabulate(ages_, p, log_ages_);
    tabulate(lasts_, p, log_lasts_);
    // Slopes are by logarithms. Everything is in ratios of times to alpha and beta, so that it
    // holds where these run off together with r and s.
    double value = -repeats_ * at[1];
    std::array<double, 4> slope{0, -repeats_, 0, 0};
    for (std::size_t t = 0; t < ages_.size(); ++t) {
      const Logs& age = log_ages_[t];
      const double purchases = p.r * age_weight_[t] + age_repeats_[t];
      const double lives = p.s * age_weight_[t];
      value -= purchases * age.alpha + lives * age.beta;
      slope[0] -= p.r * age_weight_[t] * age.alpha;
      slope[1] += purchases * ages_.values[t] * age.inverse_alpha;
      slope[2] -= lives * age.beta;
      slope[3] += lives * ages_.values[t] * age.inverse_beta;
    }
    detail::RisingWalk of_r(p.r);
    for (const Group& group : groups_) {
      of_r.advance(group.repeats);
      value += group.weight * of_r.log();
      slope[0] += p.r * group.weight * of_r.slope();
    }
    parallel_chunks(context_, rows_.size(), grain, [&](std::size_t begin, std::size_t end) {
      partial_[begin / grain] = sums_of(p, std::span(rows_).subspan(begin, end - begin));
    });
    for (const Sums& sums : partial_) {
      value += sums.softplus;
      for (std::size_t i = 0; i < 4; ++i) slope[i] += sums.slope[i];
    }
    for (std::size_t i = 0; i < 4; ++i) gradient[i] = -slope[i];
    return -value + detail::add_log_prior(at, gradient, prior_deviation_);
  }

 private:
  static constexpr std::size_t grain = 4096;
  static constexpr std::size_t block = 64;

  struct Group {
    double repeats;
    double weight;
  };
  struct Row {
    double repeats;
    double weight;
    std::uint32_t age;
    std::uint32_t last;
  };
  /// ln(1 + t / alpha) and 1 / (alpha + t), and with beta.
  struct Logs {
    double alpha, beta, inverse_alpha, inverse_beta;
  };
  struct Sums {
    double softplus = 0;            ///< Σ w ln(1 + odds)
    std::array<double, 4> slope{};  ///< Σ w P(gone) d ln odds / d ln parameter
  };
  struct Block {
    std::array<double, block> until, steep, other, ratio;
    std::array<double, block> integral, log_steep, log_other, inverse_steep, inverse_other;
    std::array<double, block> log_odds, log_sum, gone;
    std::array<bool, block> by_alpha;
  };

  static void tabulate(const detail::DistinctTimes& times, const ParetoNbdParameters& p,
                       std::vector<Logs>& logs) {
    for (std::size_t t = 0; t < times.size(); ++t) {
      const double time = times.values[t];
      logs[t] = {std::log1p(time / p.alpha), std::log1p(time / p.beta), 1 / (p.alpha + time),
                 1 / (p.beta + time)};
    }
  }

  [[nodiscard]] Sums sums_of(const ParetoNbdParameters& p, std::span<const Row> rows) const {
    Sums out;
    Block b;
    for (std::size_t from = 0; from < rows.size(); from += block) {
      const std::span<const Row> part = rows.subspan(from, std::min(block, rows.size() - from));
      prepare(p, part, b);
      kernels_.leaving_integrals({b.until.data(), b.steep.data(), b.other.data(), b.ratio.data()},
                                 {b.integral.data(), b.log_steep.data(), b.log_other.data(),
                                  b.inverse_steep.data(), b.inverse_other.data()},
                                 part.size());
      for (std::size_t i = 0; i < part.size(); ++i) {
        const Logs& age = log_ages_[part[i].age];
        const Logs& last = log_lasts_[part[i].last];
        // The integral is over (c + t_x) / (beta + t_x) dw.
        const double change = b.by_alpha[i] ? last.inverse_beta / last.inverse_alpha : 1;
        b.log_odds[i] = std::log(p.s * change * b.integral[i]) +
                        (p.r + part[i].repeats) * (age.alpha - last.alpha) +
                        p.s * (age.beta - last.beta);
      }
      kernels_.softplus_and_logistic(b.log_odds.data(), b.log_sum.data(), b.gone.data(),
                                     part.size());
      for (std::size_t i = 0; i < part.size(); ++i) {
        const Logs& age = log_ages_[part[i].age];
        const Logs& last = log_lasts_[part[i].last];
        const double share = part[i].weight * b.gone[i];
        const double bought = p.r + part[i].repeats;
        const bool by_alpha = b.by_alpha[i];
        const double log_alpha = (by_alpha ? b.log_steep : b.log_other)[i] / b.integral[i];
        const double log_beta = (by_alpha ? b.log_other : b.log_steep)[i] / b.integral[i];
        const double alpha = (by_alpha ? b.inverse_steep : b.inverse_other)[i] / b.integral[i];
        const double beta = (by_alpha ? b.inverse_other : b.inverse_steep)[i] / b.integral[i];
        out.softplus += part[i].weight * b.log_sum[i];
        out.slope[0] += share * p.r * (age.alpha - last.alpha - log_alpha);
        out.slope[1] += share * bought * p.alpha * (age.inverse_alpha - last.inverse_alpha * alpha);
        out.slope[2] += share * (1 + p.s * (age.beta - last.beta - log_beta));
        out.slope[3] +=
            share * p.beta * (p.s * age.inverse_beta - (p.s + 1) * last.inverse_beta * beta);
      }
    }
    return out;
  }

  void prepare(const ParetoNbdParameters& p, std::span<const Row> rows, Block& b) const {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Logs& age = log_ages_[rows[i].age];
      const Logs& last = log_lasts_[rows[i].last];
      const double bought = p.r + rows[i].repeats;
      const double by_alpha = bought * last.inverse_alpha;
      const double by_beta = (p.s + 1) * last.inverse_beta;
      const bool steep = by_alpha >= by_beta;
      b.by_alpha[i] = steep;
      b.until[i] = steep ? age.alpha - last.alpha : age.beta - last.beta;
      b.steep[i] = steep ? bought : p.s + 1;
      b.other[i] = steep ? p.s + 1 : bought;
      b.ratio[i] =
          steep ? last.inverse_beta / last.inverse_alpha : last.inverse_alpha / last.inverse_beta;
    }
  }

  double prior_deviation_;
  const Context& context_;
  const PurchaseKernels& kernels_;
  double repeats_ = 0;  // Σ w x
  detail::DistinctTimes ages_, lasts_;
  std::vector<double> age_weight_, age_repeats_;  // by distinct age: Σ w, Σ w x
  std::vector<Group> groups_;                     // by distinct x
  std::vector<Row> rows_;                         // of those who may have left
  std::vector<Logs> log_ages_, log_lasts_;        // for one set of parameters
  std::vector<Sums> partial_;
};

}  // namespace

FittedParetoNbd fit_pareto_nbd(const RepeatPurchases& purchases, const ParetoNbdOptions& options,
                               const Context& context) {
  detail::require_fit_options(options.max_iterations, options.prior_deviation);
  const detail::PurchaseMoments moments = detail::moments_of(purchases);
  ParetoNbdObjective objective(purchases, moments.time_scale, options.prior_deviation, context);
  const std::array<double, 4> start{std::log(moments.shape),
                                    std::log(moments.scale * moments.time_scale), std::log(0.7),
                                    std::log(5.0)};
  const Minimum found =
      minimise(objective, start,
               {.max_iterations = options.max_iterations, .largest_step = detail::largest_log_step},
               context);
  ValueFitReport report = detail::report_of_fit("pareto_nbd", {"r", "alpha", "s", "beta"},
                                                objective, found, options.prior_deviation,
                                                moments.customers, purchases.patterns().size());
  report.dropout_identified =
      detail::is_identified(report.parameters[2]) && detail::is_identified(report.parameters[3]);
  detail::unscale_times(report, {1, 3}, moments);
  report.sentence = detail::purchase_sentence(report, options.prior_deviation > 0);
  const auto value = [&](std::size_t i) { return report.parameters[i].value; };
  return {ParetoNbdModel({value(0), value(1), value(2), value(3)}), std::move(report)};
}

}  // namespace emptor
