#include "emptor/score/satisfaction_trend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/normal.hpp"
#include "score/satisfaction_level.hpp"
#include "score/satisfaction_sums.hpp"

namespace emptor {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

struct MonthValue {
  double value, precision;
};

/// The largest likelihood ratio over all splits; `at`: where the later part begins.
double best_split(std::span<const MonthValue> months, std::size_t* at = nullptr) {
  double all = 0, weight = 0, best = -1;
  for (const MonthValue& month : months) {
    all += month.precision * month.value;
    weight += month.precision;
  }
  double left = 0, left_weight = 0;
  for (std::size_t t = 1; t < months.size(); ++t) {
    left += months[t - 1].precision * months[t - 1].value;
    left_weight += months[t - 1].precision;
    const double right_weight = weight - left_weight;
    const double apart = left / left_weight - (all - left) / right_weight;
    const double ratio = apart * apart * left_weight * right_weight / weight;
    if (ratio > best) {
      best = ratio;
      if (at != nullptr) *at = t;
    }
  }
  return best;
}

SatisfactionShift find_shift(std::span<const SatisfactionPoint> points,
                             const SatisfactionTrendOptions& options) {
  SatisfactionShift out;
  std::vector<MonthValue> months;
  std::vector<std::int32_t> names;
  for (const SatisfactionPoint& point : points) {
    if (point.estimate.answers == 0) continue;
    months.push_back({point.estimate.value, point.estimate.effective});
    names.push_back(point.month);
  }
  if (months.size() < 4 || options.permutations == 0) return out;
  std::size_t at = 0;
  const double observed = best_split(months, &at);
  const auto mean = [&](std::size_t begin, std::size_t end) {
    double sum = 0, weight = 0;
    for (std::size_t t = begin; t < end; ++t) {
      sum += months[t].precision * months[t].value;
      weight += months[t].precision;
    }
    return sum / weight;
  };
  out.month = names[at];
  out.before = mean(0, at);
  out.after = mean(at, months.size());
  std::uint32_t as_large = 1;
  std::vector<MonthValue> shuffled;
  for (std::uint32_t i = 0; i < options.permutations; ++i) {
    shuffled = months;
    RandomStream random(options.seed, i);
    random.shuffle(std::span(shuffled));
    as_large += best_split(shuffled) >= observed * (1 - 1e-12) ? 1 : 0;
  }
  out.p_value = static_cast<double>(as_large) / (options.permutations + 1.0);
  out.found = out.p_value < options.shift_p;
  return out;
}

/// Standard deviation of one answer in the chart, in the measure's unit.
double chart_deviation(const SatisfactionEstimate& baseline, double within) {
  const double bottom = baseline.shares[0], top = baseline.shares[2];
  if (baseline.measure == SatisfactionMeasure::csat) return 100 * std::sqrt(top * (1 - top));
  if (baseline.measure != SatisfactionMeasure::nps) return within;
  return 100 * std::sqrt(std::max(0.0, top + bottom - (top - bottom) * (top - bottom)));
}

void control_chart(SatisfactionTrend& out, double deviation, const SatisfactionOptions& measure,
                   const SatisfactionTrendOptions& options, std::size_t baseline) {
  const auto sigma = [&](const SatisfactionPoint& point) {
    return deviation / std::sqrt(point.estimate.effective);
  };
  double stretch = 1;
  if (options.laney && deviation > 0) {
    double before = unknown, moved = 0, moves = 0;
    for (std::size_t t = 0; t < baseline; ++t) {
      if (out.points[t].estimate.answers == 0) continue;
      const double z = (out.points[t].estimate.value - out.centre) / sigma(out.points[t]);
      if (!std::isnan(before)) {
        moved += std::abs(z - before);
        ++moves;
      }
      before = z;
    }
    if (moves > 0) stretch = moved / moves / 1.128;  // mean range of two normal values
  }
  const bool nps = measure.measure == SatisfactionMeasure::nps;
  const bool csat = measure.measure == SatisfactionMeasure::csat;
  const double least = nps ? -100 : csat ? 0 : measure.low;
  const double most = nps || csat ? 100 : measure.high;
  std::uint32_t run = 0;
  int side = 0;
  for (SatisfactionPoint& point : out.points) {
    if (point.estimate.answers == 0) continue;
    const double half = options.limit * stretch * sigma(point);
    const double value = point.estimate.value;
    point.limit_low = std::max(least, out.centre - half);
    point.limit_high = std::min(most, out.centre + half);
    const double slack = 1e-9 * (most - least);  // rounding is not beyond a limit
    point.beyond = value < point.limit_low - slack || value > point.limit_high + slack;
    const int now = value > out.centre + slack ? 1 : value < out.centre - slack ? -1 : 0;
    run = now == 0 ? 0 : now == side ? run + 1 : 1;
    side = now;
    point.run = run >= options.run;
  }
}

}  // namespace

SatisfactionTrend satisfaction_trend(std::span<const double> scores, std::span<const Time> times,
                                     const SatisfactionOptions& measure,
                                     const SatisfactionTrendOptions& options,
                                     std::span<const double> weights) {
  constexpr const char* where = "satisfaction_trend";
  require_option(options.smoothing > 0 && options.smoothing <= 1, "smoothing", "in (0, 1]",
                 options.smoothing);
  require_option(options.limit > 0 && std::isfinite(options.limit), "limit", "> 0", options.limit);
  require_option(options.run >= 2, "run", ">= 2", options.run);
  require_option(options.permutations <= 100'000, "permutations", "<= 100000",
                 options.permutations);
  require_option(options.shift_p > 0 && options.shift_p < 1, "shift_p", "in (0, 1)",
                 options.shift_p);
  detail::require_satisfaction_options(measure);
  detail::require_survey_weights(weights, scores.size(), where);
  if (times.size() != scores.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(times.size(), " times for ", scores.size(), " scores"), where);
  }
  constexpr std::int64_t far = std::int64_t{1} << 40;  // seconds: 34,000 years either way
  std::vector<std::int32_t> months(scores.size());
  std::int32_t first = 0, last = -1;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const bool on_scale = scores[row] >= measure.low && scores[row] <= measure.high;
    if (!on_scale || (!weights.empty() && weights[row] == 0)) continue;
    const std::int64_t seconds = times[row].time_since_epoch().count();
    if (seconds < -far || seconds > far) {
      throw Exception(ErrorCode::invalid_value, "a time is beyond 2^40 seconds", where);
    }
    months[row] = month_number(local_day(times[row], options.offset));
    first = last < first ? months[row] : std::min(first, months[row]);
    last = std::max(last < first ? months[row] : last, months[row]);
  }
  SatisfactionTrend out;
  if (last < first) return out;
  const std::size_t count = static_cast<std::size_t>(last - first) + 1;
  if (count > 2400) {
    throw Exception(ErrorCode::invalid_shape, text("at most 2400 months, got ", count), where);
  }
  const std::size_t baseline =
      options.baseline_months == 0 ? count : std::min<std::size_t>(count, options.baseline_months);
  const detail::SatisfactionScale scale(measure);
  std::vector<detail::SatisfactionSums> sums(count);
  detail::SatisfactionSums base;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const bool on_scale = scores[row] >= measure.low && scores[row] <= measure.high;
    if (!on_scale || (!weights.empty() && weights[row] == 0)) continue;
    const auto month = static_cast<std::size_t>(months[row] - first);
    const double weight = weights.empty() ? 1 : weights[row];
    detail::add_answer(sums[month], scale, scores[row], weight);
    if (month < baseline) detail::add_answer(base, scale, scores[row], weight);
  }
  const double z = detail::normal_quantile(0.5 + measure.confidence / 2);
  const double within = std::sqrt(detail::spread_within(sums)) * scale.unit;
  std::vector<double> values, variances;
  double ewma = unknown;
  for (std::size_t t = 0; t < count; ++t) {
    SatisfactionPoint& point = out.points.emplace_back();
    point.month = first + static_cast<std::int32_t>(t);
    point.estimate = detail::estimate_satisfaction(sums[t], scale, measure, 0, z);
    const double value = point.estimate.value;
    values.push_back(value);
    variances.push_back(std::isnan(value) ? 0 : within * within / point.estimate.effective);
    if (!std::isnan(value)) {
      ewma = std::isnan(ewma) ? value : options.smoothing * value + (1 - options.smoothing) * ewma;
    }
    point.ewma = ewma;
  }
  const detail::LocalLevel level = detail::local_level(values, variances);
  out.level_step = std::sqrt(level.step);
  for (std::size_t t = 0; t < count; ++t) {
    const double half = z * std::sqrt(std::max(0.0, level.variance[t]));
    out.points[t].level = level.level[t];
    out.points[t].level_low = level.level[t] - half;
    out.points[t].level_high = level.level[t] + half;
  }
  const SatisfactionEstimate centre = detail::estimate_satisfaction(base, scale, measure, 0, z);
  out.centre = centre.value;
  control_chart(out, chart_deviation(centre, within), measure, options, baseline);
  out.trend = mann_kendall(values, measure.confidence);
  out.shift = find_shift(out.points, options);
  return out;
}

TrendTest mann_kendall(std::span<const double> values, double confidence) {
  require_option(confidence > 0 && confidence < 1, "confidence", "in (0, 1)", confidence);
  if (values.size() > 5000) {
    throw Exception(ErrorCode::invalid_shape, text("at most 5000 values, got ", values.size()),
                    "mann_kendall");
  }
  std::vector<double> known, slopes;
  std::vector<std::size_t> places;
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (std::isnan(values[t])) continue;
    if (std::abs(values[t]) > 1e100) {
      throw Exception(ErrorCode::invalid_value, "values must be in [-1e100, 1e100]",
                      text("value ", t));
    }
    known.push_back(values[t]);
    places.push_back(t);
  }
  TrendTest out;
  const std::size_t n = known.size();
  out.months = static_cast<std::uint32_t>(n);
  if (n < 2) return out;
  double largest = 0;
  for (const double value : known) largest = std::max(largest, std::abs(value));
  const double tie = 1e-12 * largest;  // apart by rounding alone
  slopes.reserve(n * (n - 1) / 2);
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = a + 1; b < n; ++b) {
      const double rise = std::abs(known[b] - known[a]) <= tie ? 0 : known[b] - known[a];
      out.s += (rise > 0 ? 1 : 0) - (rise < 0 ? 1 : 0);
      slopes.push_back(rise / static_cast<double>(places[b] - places[a]));
    }
  }
  const double pairs = static_cast<double>(slopes.size());
  out.tau = out.s / pairs;
  const auto square = [](double k) { return k * (k - 1) * (2 * k + 5); };
  double variance = square(static_cast<double>(n));
  std::sort(known.begin(), known.end());
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    while (end < n && known[end] - known[begin] <= tie) ++end;
    variance -= square(static_cast<double>(end - begin));
  }
  variance = std::max(0.0, variance / 18);
  std::sort(slopes.begin(), slopes.end());
  const std::size_t m = slopes.size();
  out.slope = m % 2 == 1 ? slopes[m / 2] : (slopes[m / 2 - 1] + slopes[m / 2]) / 2;
  if (n < 3) return out;
  if (variance > 0) {
    out.z = (out.s > 0 ? out.s - 1 : out.s < 0 ? out.s + 1 : 0) / std::sqrt(variance);
    out.p_value = 2 * detail::normal_cdf(-std::abs(out.z));
  }
  // Sen: the slopes C / 2 places away from the middle.
  const double away = detail::normal_quantile(0.5 + confidence / 2) * std::sqrt(variance);
  const double low = std::floor((pairs - away) / 2), high = std::ceil((pairs + away) / 2) + 1;
  out.slope_low = slopes[low < 1 ? 0 : static_cast<std::size_t>(low) - 1];
  out.slope_high = slopes[high > pairs ? m - 1 : static_cast<std::size_t>(high) - 1];
  return out;
}

}  // namespace emptor
