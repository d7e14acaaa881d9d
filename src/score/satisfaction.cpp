#include "emptor/score/satisfaction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/evaluate/reliability.hpp"
#include "emptor/math/normal.hpp"
#include "emptor/score/satisfaction_shrinkage.hpp"
#include "score/satisfaction_sums.hpp"
#include "score/student_t.hpp"

namespace emptor {

namespace detail {

double SatisfactionSums::spread() const noexcept {
  if (same() || !(weight > 0)) return 0;
  const double mean = y / weight;
  return std::max(0.0, yy / weight - mean * mean);
}

double SatisfactionSums::variance() const noexcept {
  if (answers < 2) return std::numeric_limits<double>::quiet_NaN();
  if (same()) return 0;
  const double n = static_cast<double>(answers);
  const double mean = y / weight;
  return std::max(0.0, wyy - 2 * mean * wy + mean * mean * squares) / (weight * weight) * n /
         (n - 1);
}

SatisfactionScale::SatisfactionScale(const SatisfactionOptions& options)
    : measure(options.measure),
      low(options.low),
      high(options.high),
      bottom(options.bottom),
      top(options.top),
      zero(0),
      unit(100),
      least(0),
      most(1),
      shares(true) {
  if (measure == SatisfactionMeasure::nps) least = -1;
  if (measure == SatisfactionMeasure::ces || measure == SatisfactionMeasure::index) {
    shares = false;
    least = -0.5;
    most = 0.5;
    zero = low + (high - low) / 2;
    unit = high - low;
  }
}

void add_answer(SatisfactionSums& sums, const SatisfactionScale& scale, double score,
                double weight) noexcept {
  if (!(score >= scale.low && score <= scale.high)) {
    ++(std::isnan(score) ? sums.missing : sums.off_scale);
    return;
  }
  if (weight == 0) {
    ++sums.without_weight;
    return;
  }
  const bool top = score >= scale.top;
  const bool bottom = score <= scale.bottom;
  sums.top += top ? weight : 0;
  sums.bottom += bottom ? weight : 0;
  double y = top ? 1 : 0;
  if (scale.measure == SatisfactionMeasure::nps) y -= bottom ? 1 : 0;
  if (!scale.shares) y = (score - scale.zero) / scale.unit;
  sums.add(y, weight);
}

namespace {

/// Ends of the interval of a mean y that `n` answers of equal weight would have.
ShareInterval interval_of(const SatisfactionSums& sums, const SatisfactionScale& scale,
                          const SatisfactionOptions& options, double n, double z) {
  const double mean = sums.y / sums.weight;
  if (std::isinf(n)) return {mean, mean};
  double centre = mean;
  double half = 0;
  if (scale.measure == SatisfactionMeasure::nps) {
    const double more = options.pseudo_answers;
    const double promoters = (sums.top / sums.weight * n + more / 4) / (n + more);
    const double detractors = (sums.bottom / sums.weight * n + more / 4) / (n + more);
    centre = promoters - detractors;
    half = z * std::sqrt(std::max(0.0, promoters + detractors - centre * centre) / (n + more));
  } else if (options.interval == SatisfactionInterval::wilson) {
    return wilson_interval(std::clamp(mean, 0.0, 1.0), n, options.confidence);
  } else {
    centre = (mean * n + z * z / 2) / (n + z * z);
    half = z * std::sqrt(std::max(0.0, centre * (1 - centre)) / (n + z * z));
  }
  return {std::min(mean, std::max(scale.least, centre - half)),
          std::max(mean, std::min(scale.most, centre + half))};
}

}  // namespace

SatisfactionEstimate estimate_satisfaction(const SatisfactionSums& sums,
                                           const SatisfactionScale& scale,
                                           const SatisfactionOptions& options, double population,
                                           double z) {
  SatisfactionEstimate out;
  out.measure = scale.measure;
  out.answers = sums.answers;
  out.missing = sums.missing;
  out.off_scale = sums.off_scale;
  out.without_weight = sums.without_weight;
  out.weight = sums.weight;
  out.confidence = options.confidence;
  if (sums.answers == 0) return out;
  const double n = static_cast<double>(sums.answers);
  out.effective = sums.effective();
  out.design_effect = n / out.effective;
  const double bottom = std::clamp(sums.bottom / sums.weight, 0.0, 1.0);
  const double top = std::clamp(sums.top / sums.weight, 0.0, 1.0);
  out.shares = {bottom, std::max(0.0, 1 - bottom - top), top};
  const double mean = sums.same() ? sums.least : sums.y / sums.weight;
  out.value = scale.value(std::clamp(mean, scale.least, scale.most));
  const double unseen = population > 0 ? std::max(0.0, 1 - n / population) : 1;
  const double variance = sums.variance() * unseen;
  out.standard_error = scale.unit * std::sqrt(variance);
  if (scale.shares) {
    const double spread = sums.spread();
    const double alike =
        variance > 0 && spread > 0 ? spread * n / (n - 1) / variance : out.effective / unseen;
    const ShareInterval ends = interval_of(sums, scale, options, alike, z);
    out.low = scale.value(ends.low);
    out.high = scale.value(ends.high);
  } else if (sums.answers > 1) {
    const double half = out.standard_error * student_quantile(1 - options.confidence, n - 1);
    out.low = std::max(scale.low, out.value - half);
    out.high = std::min(scale.high, out.value + half);
  }
  return out;
}

double spread_within(std::span<const SatisfactionSums> groups) noexcept {
  double degrees = 0;
  double sum = 0;
  for (const SatisfactionSums& group : groups) {
    if (group.answers < 2) continue;
    const double free = static_cast<double>(group.answers) - 1;
    degrees += free;
    sum += free * group.variance() * group.effective();
  }
  return degrees > 0 ? sum / degrees : 0;
}

void require_satisfaction_options(const SatisfactionOptions& options) {
  require_option(std::isfinite(options.low), "low", "finite", options.low);
  require_option(std::isfinite(options.high) && options.high > options.low &&
                     std::isfinite(options.high - options.low),
                 "high", "finite and > low", options.high);
  require_option(options.bottom >= options.low && options.bottom < options.top, "bottom",
                 "in [low, top)", options.bottom);
  require_option(options.top <= options.high, "top", "<= high", options.top);
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  require_option(options.pseudo_answers >= 0 && std::isfinite(options.pseudo_answers),
                 "pseudo_answers", ">= 0 and finite", options.pseudo_answers);
  require_option(options.population >= 0, "population", ">= 0", options.population);
  for (const double population : options.group_populations) {
    require_option(population >= 0, "group_populations", ">= 0", population);
  }
}

void require_survey_weights(std::span<const double> weights, std::size_t rows, const char* where) {
  if (!weights.empty() && weights.size() != rows) {
    throw Exception(ErrorCode::invalid_shape, text(weights.size(), " weights for ", rows, " rows"),
                    where);
  }
  for (const double weight : weights) {
    if (!(weight == 0 || (weight >= 1e-100 && weight <= 1e100))) {
      throw Exception(ErrorCode::invalid_value,
                      text("weights must be 0 or in [1e-100, 1e100], got ", weight), where);
    }
  }
}

std::size_t survey_group_count(std::span<const std::uint32_t> groups, std::size_t rows,
                               const char* where) {
  if (!groups.empty() && groups.size() != rows) {
    throw Exception(ErrorCode::invalid_shape, text(groups.size(), " groups for ", rows, " rows"),
                    where);
  }
  std::size_t count = 0;
  for (const std::uint32_t group : groups) {
    if (group == no_survey_group) continue;
    if (group >= 1U << 24U) {
      throw Exception(ErrorCode::out_of_range, text("groups must be below 2^24, got ", group),
                      where);
    }
    count = std::max<std::size_t>(count, group + std::size_t{1});
  }
  return count;
}

SatisfactionReport report_satisfaction(std::span<const SatisfactionSums> groups,
                                       const SatisfactionSums& total,
                                       const SatisfactionOptions& options) {
  const SatisfactionScale scale(options);
  const double z = normal_quantile(0.5 + options.confidence / 2);
  SatisfactionReport out;
  out.total = estimate_satisfaction(total, scale, options, options.population, z);
  // Where no group has two answers that differ, the spread within them is not seen: that of all
  // answers is more.
  const double seen = spread_within(groups);
  const double apart = total.answers > 1 ? total.variance() * total.effective() : 0;
  const double within = (seen > 0 ? seen : apart) * scale.unit * scale.unit;
  std::vector<double> values, variances;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const double population =
        g < options.group_populations.size() ? options.group_populations[g] : 0;
    SatisfactionGroup& to = out.groups.emplace_back();
    to.group = static_cast<std::uint32_t>(g);
    to.estimate = estimate_satisfaction(groups[g], scale, options, population, z);
    const double n = static_cast<double>(to.estimate.answers);
    const double unseen = population > 0 ? std::max(0.0, 1 - n / population) : 1;
    values.push_back(to.estimate.value);
    variances.push_back(n > 0 ? within * unseen / to.estimate.effective : 0);
  }
  const GroupShrinkage shrunk = shrink_groups(values, variances);
  out.shrunk = shrunk.applied;
  out.mean_of_groups = shrunk.mean;
  out.spread_of_groups = shrunk.spread;
  const double least = scale.value(scale.least), most = scale.value(scale.most);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    SatisfactionGroup& to = out.groups[g];
    const ShrunkMean& from = shrunk.groups[g];
    to.shrinkage = from.shrinkage;
    to.shrunk = from.estimate;
    if (total.answers < 2) continue;
    to.shrunk_error = from.error;
    to.shrunk_low = std::max(least, from.estimate - z * from.error);
    to.shrunk_high = std::min(most, from.estimate + z * from.error);
  }
  return out;
}

}  // namespace detail

SatisfactionOptions csat_options() {
  SatisfactionOptions out;
  out.measure = SatisfactionMeasure::csat;
  out.low = 1;
  out.high = 5;
  out.bottom = 2;
  out.top = 4;
  return out;
}

SatisfactionOptions nps_options() {
  return {};
}

SatisfactionOptions ces_options() {
  SatisfactionOptions out;
  out.measure = SatisfactionMeasure::ces;
  out.low = 1;
  out.high = 7;
  out.bottom = 3;
  out.top = 5;
  return out;
}

SatisfactionReport measure_satisfaction(std::span<const double> scores,
                                        const SatisfactionOptions& options,
                                        std::span<const double> weights,
                                        std::span<const std::uint32_t> groups) {
  detail::require_satisfaction_options(options);
  detail::require_survey_weights(weights, scores.size(), "measure_satisfaction");
  const std::size_t count =
      detail::survey_group_count(groups, scores.size(), "measure_satisfaction");
  const detail::SatisfactionScale scale(options);
  const bool boxes =
      options.measure != SatisfactionMeasure::index && options.high - options.low <= 100;
  std::vector<double> distribution(boxes ? static_cast<std::size_t>(options.high - options.low) + 1
                                         : 0);
  std::vector<detail::SatisfactionSums> sums(count);
  detail::SatisfactionSums total;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const double score = scores[row];
    const double weight = weights.empty() ? 1 : weights[row];
    detail::add_answer(total, scale, score, weight);
    if (!groups.empty() && groups[row] != no_survey_group) {
      detail::add_answer(sums[groups[row]], scale, score, weight);
    }
    if (boxes && score >= options.low && score <= options.high) {
      distribution[static_cast<std::size_t>(score - options.low)] += weight;
    }
  }
  SatisfactionReport out = detail::report_satisfaction(sums, total, options);
  if (total.weight > 0) {
    for (double& share : distribution) share /= total.weight;
  }
  out.distribution = std::move(distribution);
  return out;
}

SatisfactionDifference compare_satisfaction(const SatisfactionEstimate& a,
                                            const SatisfactionEstimate& b) {
  if (a.measure != b.measure || a.confidence != b.confidence) {
    throw Exception(ErrorCode::invalid_value, "estimates of one measure and confidence are needed",
                    "compare_satisfaction");
  }
  SatisfactionDifference out;
  out.measure = a.measure;
  out.difference = b.value - a.value;
  const double va = a.standard_error * a.standard_error;
  const double vb = b.standard_error * b.standard_error;
  out.standard_error = std::sqrt(va + vb);
  const bool shares =
      a.measure == SatisfactionMeasure::csat || a.measure == SatisfactionMeasure::nps;
  if (!(out.standard_error > 0)) {
    const bool equal = out.standard_error == 0 && out.difference == 0;
    out.p_value = equal ? 1 : std::numeric_limits<double>::quiet_NaN();
  } else {
    out.statistic = out.difference / out.standard_error;
  }
  if (shares) {
    out.low = out.difference - std::hypot(b.value - b.low, a.high - a.value);
    out.high = out.difference + std::hypot(b.high - b.value, a.value - a.low);
    if (out.standard_error > 0) out.p_value = 2 * detail::normal_cdf(-std::abs(out.statistic));
    return out;
  }
  if (out.standard_error > 0) {
    const double na = static_cast<double>(a.answers) - 1;
    const double nb = static_cast<double>(b.answers) - 1;
    const double degrees = (va + vb) * (va + vb) / (va * va / na + vb * vb / nb);
    const double half = out.standard_error * detail::student_quantile(1 - a.confidence, degrees);
    out.p_value = detail::student_tails(out.statistic, degrees);
    out.low = out.difference - half;
    out.high = out.difference + half;
  } else if (out.standard_error == 0) {
    out.low = out.high = out.difference;
  }
  return out;
}

}  // namespace emptor
