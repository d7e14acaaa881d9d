#include "emptor/score/complaint.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/math/minimise.hpp"
#include "emptor/math/normal.hpp"
#include "emptor/math/statistics.hpp"
#include "score/complaint_chance.hpp"

namespace emptor {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double inner_z = 1.959963984540054;  // 95 %
constexpr std::size_t least_groups = 10;       // to see a dispersion
constexpr double outer_z = 3.090232306167813;  // 99.8 %

void check_confidence(double confidence) {
  require_option(confidence > 0 && confidence < 1, "confidence", "in (0, 1)", confidence);
}

class Rates {
 public:
  Rates(std::span<const ComplaintCount> groups, const ComplaintOptions& options)
      : groups_(groups), options_(options) {}

  ComplaintRates run() {
    out_.share = options_.share;
    out_.confidence = options_.confidence;
    for (const ComplaintCount& group : groups_) {
      out_.cases += group.cases;
      out_.exposure += group.exposure;
    }
    out_.rate =
        out_.exposure > 0 ? out_.cases / out_.exposure : std::numeric_limits<double>::quiet_NaN();
    const RateInterval whole = interval(out_.cases, out_.exposure);
    out_.low = whole.low;
    out_.high = whole.high;
    out_.prior_mean = out_.rate;
    fit_prior();
    for (const ComplaintCount& group : groups_) out_.groups.push_back(look_at(group));
    disperse();
    draw_funnel();
    return std::move(out_);
  }

 private:
  [[nodiscard]] RateInterval interval(double cases, double exposure) const {
    return options_.share ? exact_share_interval(cases, exposure, options_.confidence)
                          : poisson_rate_interval(cases, exposure, options_.confidence);
  }
  [[nodiscard]] detail::CountTails tails(double cases, double exposure) const {
    return options_.share ? detail::binomial_tails(cases, exposure, out_.rate)
                          : detail::poisson_tails(cases, exposure * out_.rate);
  }

  /// -ln likelihood of mean and prior exposure, without what does not depend on
  /// them.
  double prior_loss(double mean, double prior, double& by_mean, double& by_prior) const {
    double loss = 0;
    by_mean = by_prior = 0;
    const double a = mean * prior;
    for (const ComplaintCount& group : groups_) {
      const double x = group.cases, e = group.exposure;
      if (!(e > 0)) continue;
      const double rise = x > 0 ? digamma(a + x) - digamma(a) : 0;
      if (options_.share) {
        const double b = prior - a;
        const double fall = x < e ? digamma(b + e - x) - digamma(b) : 0;
        const double both = digamma(prior + e) - digamma(prior);
        loss -= log_rising(a, x) + log_rising(b, e - x) - log_rising(prior, e);
        by_mean -= prior * (rise - fall);
        by_prior -= mean * (rise - both) + (1 - mean) * (fall - both);
      } else {
        const double log_part = -std::log1p(e / prior);
        loss -= log_rising(a, x) + a * log_part - x * std::log(prior + e);
        by_mean -= prior * (rise + log_part);
        by_prior -= mean * (rise + log_part) + mean - (a + x) / (prior + e);
      }
    }
    return loss;
  }

  void fit_prior() {
    std::size_t seen = 0;
    double most = 0;
    double pooled = 0;  // -ln likelihood of one rate
    for (const ComplaintCount& group : groups_) {
      if (!(group.exposure > 0)) continue;
      ++seen;
      most = std::max(most, group.exposure);
      const double others = group.exposure - group.cases;
      pooled -= group.cases > 0 ? group.cases * std::log(out_.rate) : 0;
      if (options_.share) {
        pooled -= others > 0 ? others * std::log1p(-out_.rate) : 0;
      } else {
        pooled += group.exposure * out_.rate;
      }
    }
    if (seen < 2 || !(out_.rate > 0) || (options_.share && !(out_.rate < 1))) return;
    const double start[2] = {
        options_.share ? std::log(out_.rate) - std::log1p(-out_.rate) : std::log(out_.rate),
        std::log(out_.exposure / static_cast<double>(seen))};
    const auto mean_of = [&](double u) { return options_.share ? logistic(u) : std::exp(u); };
    const Minimum best = minimise(
        [&](std::span<const double> at, std::span<double> gradient) {
          const double mean = mean_of(at[0]);
          const double prior = std::exp(at[1]);
          double by_mean = 0, by_prior = 0;
          const double loss = prior_loss(mean, prior, by_mean, by_prior);
          gradient[0] = by_mean * mean * (options_.share ? 1 - mean : 1);
          gradient[1] = by_prior * prior;
          return loss;
        },
        start, {.largest_step = 2});
    const double prior = std::exp(best.at[1]);
    const bool varies = best.value < pooled - 1e-9 * (1 + std::abs(pooled));
    if (!varies || prior > 1e6 * most) return;
    out_.prior_mean = mean_of(best.at[0]);
    out_.prior_exposure = prior;
  }

  [[nodiscard]] ComplaintGroup look_at(const ComplaintCount& count) const {
    ComplaintGroup group;
    group.name = count.name;
    group.cases = count.cases;
    group.exposure = count.exposure;
    group.rate = count.exposure > 0 ? count.cases / count.exposure
                                    : std::numeric_limits<double>::quiet_NaN();
    const RateInterval own = interval(count.cases, count.exposure);
    group.low = own.low;
    group.high = own.high;
    shrink(group);
    if (!(out_.exposure > 0)) return group;
    group.expected = count.exposure * out_.rate;
    const detail::CountTails chance = tails(count.cases, count.exposure);
    const bool many = chance.more < chance.fewer;
    const double tail = (many ? chance.more : chance.fewer) + chance.same / 2;
    const double z = tail >= .5 ? 0 : detail::normal_quantile(tail);
    group.z = many ? -z : z;
    return group;
  }

  void shrink(ComplaintGroup& group) const {
    const double prior = out_.prior_exposure;
    group.shrunk = out_.prior_mean;
    group.shrunk_low = out_.low;
    group.shrunk_high = out_.high;
    if (prior == infinity) return;
    group.weight = group.exposure / (group.exposure + prior);
    const double a = out_.prior_mean * prior + group.cases;
    const double all = prior + group.exposure;
    group.shrunk = a / all;
    const double outside = (1 - options_.confidence) / 2;
    if (options_.share) {
      group.shrunk_low = detail::beta_quantile(a, all - a, outside);
      group.shrunk_high = detail::beta_quantile(a, all - a, 1 - outside);
      group.above = incomplete_beta(all - a, a, 1 - out_.rate);
    } else {
      group.shrunk_low = detail::gamma_quantile(a, outside) / all;
      group.shrunk_high = detail::gamma_quantile(a, 1 - outside) / all;
      group.above = detail::gamma_shares(a, out_.rate * all).above;
    }
  }

  void disperse() {
    std::vector<double> z;
    for (const ComplaintGroup& group : out_.groups) {
      if (group.exposure > 0) z.push_back(group.z);
    }
    if (options_.dispersion && z.size() >= least_groups) {
      std::sort(z.begin(), z.end());
      const double low = quantile_of_sorted(std::span<const double>(z), .1);
      const double high = quantile_of_sorted(std::span<const double>(z), .9);
      double squares = 0;
      for (const double value : z) {
        const double kept = std::clamp(value, low, high);
        squares += kept * kept;
      }
      const auto n = static_cast<double>(z.size());
      if (squares / n > 1 + 2 * std::sqrt(2 / n)) out_.dispersion = squares / n;
    }
    for (ComplaintGroup& group : out_.groups) {
      group.z /= std::sqrt(out_.dispersion);
      if (group.z > inner_z) group.place = FunnelPlace::high;
      if (group.z < -inner_z) group.place = FunnelPlace::low;
      if (group.z > outer_z) group.place = FunnelPlace::high_alarm;
      if (group.z < -outer_z) group.place = FunnelPlace::low_alarm;
    }
  }

  /// Spiegelhalter's interpolated exact limit, A.1.1.
  [[nodiscard]] double limit(double exposure, double p) const {
    const auto up_to = [&](double x) {
      if (x < 0) return 0.0;
      if (options_.share && x >= exposure) return 1.0;
      const detail::CountTails chance = tails(x, exposure);
      return 1 - chance.more;
    };
    double low = -1;
    double high = 1;
    while (up_to(high) < p) high *= 2;
    while (high - low > 1) {
      const double middle = std::floor((low + high) / 2);
      (up_to(middle) < p ? low : high) = middle;
    }
    const double at = up_to(high), before = up_to(high - 1);
    const double cases = high - (at > before ? (at - p) / (at - before) : 0);
    const double rate = std::max(0.0, cases / exposure);
    return options_.share ? std::min(1.0, rate) : rate;
  }

  void draw_funnel() {
    double least = infinity, most = 0;
    for (const ComplaintGroup& group : out_.groups) {
      if (!(group.exposure > 0)) continue;
      least = std::min(least, group.exposure);
      most = std::max(most, group.exposure);
    }
    const std::size_t points = most > 0 ? options_.funnel_points : 0;
    for (std::size_t i = 0; i < points; ++i) {
      const double along =
          points == 1 ? 1 : static_cast<double>(i) / static_cast<double>(points - 1);
      FunnelPoint point;
      point.exposure = i + 1 == points ? most : least * std::pow(most / least, along);
      const double e = point.exposure;
      const double spread =
          std::sqrt(out_.dispersion * out_.rate * (options_.share ? 1 - out_.rate : 1) / e);
      const auto at = [&](double z) {
        if (out_.dispersion <= 1) return limit(e, detail::normal_cdf(z));
        const double rate = std::max(0.0, out_.rate + z * spread);
        return options_.share ? std::min(1.0, rate) : rate;
      };
      point.low_alarm = at(-outer_z);
      point.low = at(-inner_z);
      point.high = at(inner_z);
      point.high_alarm = at(outer_z);
      out_.funnel.push_back(point);
    }
  }

  std::span<const ComplaintCount> groups_;
  const ComplaintOptions& options_;
  ComplaintRates out_;
};

}  // namespace

std::string_view name(FunnelPlace place) noexcept {
  constexpr std::string_view names[] = {"within", "low", "high", "low_alarm", "high_alarm"};
  const auto at = static_cast<std::size_t>(place);
  return at < std::size(names) ? names[at] : "unknown";
}

RateInterval poisson_rate_interval(double cases, double exposure, double confidence) {
  check_confidence(confidence);
  require_option(cases >= 0 && cases <= 1e15, "cases", "in [0, 1e15]", cases);
  require_option(exposure >= 0 && std::isfinite(exposure), "exposure", "finite and >= 0", exposure);
  if (exposure == 0) return {0, infinity};
  const double outside = (1 - confidence) / 2;
  return {cases > 0 ? detail::gamma_quantile(cases, outside) / exposure : 0,
          detail::gamma_quantile(cases + 1, 1 - outside) / exposure};
}

RateInterval exact_share_interval(double cases, double count, double confidence) {
  check_confidence(confidence);
  require_option(count >= 0 && count <= 1e15, "count", "in [0, 1e15]", count);
  require_option(cases >= 0 && cases <= count, "cases", "in [0, count]", cases);
  const double outside = (1 - confidence) / 2;
  const double rest = count - cases;
  return {cases > 0 ? detail::beta_quantile(cases, rest + 1, outside) : 0,
          rest > 0 ? detail::beta_quantile(cases + 1, rest, 1 - outside) : 1};
}

ComplaintRates complaint_rates(std::span<const ComplaintCount> groups,
                               const ComplaintOptions& options) {
  check_confidence(options.confidence);
  require_option(options.funnel_points <= 100'000, "funnel_points", "in [0, 100000]",
                 options.funnel_points);
  for (const ComplaintCount& group : groups) {
    const bool good = group.cases >= 0 && group.cases <= 1e15 && group.exposure >= 0 &&
                      group.exposure <= 1e15 && (group.exposure > 0 || group.cases == 0) &&
                      (!options.share || group.cases <= group.exposure);
    if (!good) {
      throw Exception(ErrorCode::invalid_value,
                      text("a group has ", group.cases, " cases of ", group.exposure),
                      "complaint_rates");
    }
  }
  return Rates(groups, options).run();
}

}  // namespace emptor
