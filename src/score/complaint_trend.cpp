#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/math/normal.hpp"
#include "emptor/math/statistics.hpp"
#include "emptor/score/anomaly_alarms.hpp"
#include "emptor/score/complaint.hpp"
#include "emptor/score/kaplan_meier.hpp"
#include "score/complaint_chance.hpp"

namespace emptor {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double seconds_a_day = 86'400;

void check_categories(std::span<const CaseRecord> cases, std::size_t categories,
                      const char* where) {
  for (const CaseRecord& record : cases) {
    if (record.category >= categories) {
      throw Exception(ErrorCode::invalid_value,
                      text("category ", record.category, " has no name, there are ", categories),
                      where);
    }
  }
}

/// Cases and exposure of some months.
struct Sum {
  double cases = 0;
  double exposure = 0;
  [[nodiscard]] double rate() const noexcept { return exposure > 0 ? cases / exposure : 0; }
};

/// Pearson's statistic a degree of freedom, at least 1.
double dispersion_of(std::span<const CaseMonth> months, double rate) {
  double sum = 0;
  double count = 0;
  for (const CaseMonth& month : months) {
    const double expected = month.exposure * rate;
    if (!(expected > 0)) continue;
    sum += (month.cases - expected) * (month.cases - expected) / expected;
    ++count;
  }
  return count >= 3 ? std::max(1.0, sum / (count - 1)) : 1;
}

void compare(CaseTrend& trend, std::size_t recent_months, double confidence) {
  Sum before, recent;
  const std::size_t cut = trend.months.size() - recent_months;
  for (std::size_t i = 0; i < trend.months.size(); ++i) {
    if (!(trend.months[i].exposure > 0)) continue;
    Sum& sum = i < cut ? before : recent;
    sum.cases += trend.months[i].cases;
    sum.exposure += trend.months[i].exposure;
  }
  trend.recent = recent.cases;
  trend.expected = before.rate() * recent.exposure;
  if (!(before.exposure > 0) || !(recent.exposure > 0)) return;
  trend.dispersion = dispersion_of(std::span(trend.months).first(cut), before.rate());
  if (before.cases + recent.cases == 0) return;
  trend.ratio = before.cases > 0 ? recent.rate() / before.rate() : infinity;
  const double x = recent.cases / trend.dispersion;
  const double n = x + before.cases / trend.dispersion;
  const double share = recent.exposure / (recent.exposure + before.exposure);
  const detail::CountTails chance = detail::binomial_tails(x, n, share);
  trend.p_value = std::min(1.0, 2 * (std::min(chance.fewer, chance.more) + chance.same));
  const RateInterval interval = exact_share_interval(x, n, confidence);
  const double odds = before.exposure / recent.exposure;
  trend.ratio_low = interval.low / (1 - interval.low) * odds;
  trend.ratio_high = interval.high < 1 ? interval.high / (1 - interval.high) * odds : infinity;
}

void mann_kendall(CaseTrend& trend) {
  std::vector<double> rates;
  std::vector<double> at;
  for (std::size_t i = 0; i < trend.months.size(); ++i) {
    if (!(trend.months[i].exposure > 0)) continue;
    rates.push_back(trend.months[i].rate);
    at.push_back(static_cast<double>(i));
  }
  const auto n = static_cast<double>(rates.size());
  if (rates.size() < 3) return;
  std::vector<double> slopes;
  double s = 0;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    for (std::size_t j = i + 1; j < rates.size(); ++j) {
      const double up = rates[j] - rates[i];
      s += up > 0 ? 1 : up < 0 ? -1 : 0;
      slopes.push_back(up / (at[j] - at[i]));
    }
  }
  trend.slope = median(std::span<const double>(slopes));
  double variance = n * (n - 1) * (2 * n + 5);
  double tied = 0;
  std::sort(rates.begin(), rates.end());
  for (std::size_t i = 0; i < rates.size();) {
    std::size_t end = i;
    while (end < rates.size() && rates[end] == rates[i]) ++end;
    const auto t = static_cast<double>(end - i);
    variance -= t * (t - 1) * (2 * t + 5);
    tied += t * (t - 1) / 2;
    i = end;
  }
  const double pairs = n * (n - 1) / 2;
  if (!(pairs > tied)) return;  // all rates are equal
  trend.kendall = s / std::sqrt(pairs * (pairs - tied));
  const double z = std::max(0.0, std::abs(s) - 1) / std::sqrt(variance / 18);
  trend.trend_p = std::min(1.0, 2 * detail::normal_cdf(-z));
}

}  // namespace

CaseTrends case_trends(std::span<const CaseRecord> cases, std::span<const std::string> categories,
                       std::span<const double> exposure, const CaseTrendOptions& options) {
  require_option(options.months >= 2 && options.months <= 1200, "months", "in [2, 1200]",
                 options.months);
  require_option(options.recent_months >= 1 && options.recent_months < options.months,
                 "recent_months", "in [1, months)", options.recent_months);
  require_option(options.level > 0 && options.level < 1, "level", "in (0, 1)", options.level);
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  if (!exposure.empty() && exposure.size() != options.months) {
    throw Exception(ErrorCode::invalid_shape,
                    text(options.months, " months, exposures of ", exposure.size()), "case_trends");
  }
  for (const double value : exposure) {
    if (!(value >= 0) || !std::isfinite(value)) {
      throw Exception(ErrorCode::invalid_value, "an exposure must be finite and >= 0",
                      "case_trends");
    }
  }
  check_categories(cases, categories.size(), "case_trends");

  CaseTrends out;
  out.first_month = options.first_month;
  out.months = options.months;
  out.recent_months = options.recent_months;
  out.level = options.level;
  out.categories.resize(categories.size());
  std::vector<double> totals(options.months, 0);
  for (std::size_t c = 0; c < categories.size(); ++c) {
    out.categories[c].category = categories[c];
    for (std::size_t m = 0; m < options.months; ++m) {
      CaseMonth month;
      month.month = options.first_month + static_cast<std::int32_t>(m);
      month.exposure = exposure.empty() ? 1 : exposure[m];
      out.categories[c].months.push_back(month);
    }
  }
  for (const CaseRecord& record : cases) {
    const std::int64_t month =
        std::int64_t{month_number(local_day(record.opened, options.offset))} - options.first_month;
    if (month < 0 || month >= static_cast<std::int64_t>(options.months)) {
      ++out.other_months;
      continue;
    }
    const auto place = static_cast<std::size_t>(month);
    ++out.categories[record.category].months[place].cases;
    ++totals[place];
  }
  std::vector<double> p_values;
  for (CaseTrend& trend : out.categories) {
    for (std::size_t m = 0; m < options.months; ++m) {
      CaseMonth& month = trend.months[m];
      trend.cases += month.cases;
      month.rate = month.exposure > 0 ? month.cases / month.exposure
                                      : std::numeric_limits<double>::quiet_NaN();
      month.share = totals[m] > 0 ? month.cases / totals[m] : 0;
    }
    compare(trend, options.recent_months, options.confidence);
    mann_kendall(trend);
    p_values.push_back(trend.p_value);
  }
  const std::vector<double> q_values = false_discovery_rates(p_values);
  for (std::size_t c = 0; c < q_values.size(); ++c) {
    out.categories[c].q_value = q_values[c];
    out.categories[c].changed = q_values[c] <= options.level;
    out.changed += out.categories[c].changed ? 1 : 0;
  }
  std::stable_sort(out.categories.begin(), out.categories.end(),
                   [](const CaseTrend& a, const CaseTrend& b) {
                     if (a.ratio_low != b.ratio_low) return a.ratio_low > b.ratio_low;
                     return a.category < b.category;
                   });
  return out;
}

std::vector<CaseTimes> case_times(std::span<const CaseRecord> cases,
                                  std::span<const std::string> categories,
                                  const CaseTimesOptions& options) {
  require_option(options.target_days >= 0 && std::isfinite(options.target_days), "target_days",
                 ">= 0", options.target_days);
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  check_categories(cases, categories.size(), "case_times");
  std::vector<std::vector<double>> days(categories.size());
  std::vector<std::vector<std::uint8_t>> closed(categories.size());
  std::vector<std::size_t> later(categories.size(), 0);
  for (const CaseRecord& record : cases) {
    if (record.closed && *record.closed < record.opened) {
      throw Exception(ErrorCode::invalid_value, "a case was closed before it was opened",
                      "case_times");
    }
    if (record.opened > options.as_of) {
      ++later[record.category];
      continue;
    }
    const bool done = record.closed && *record.closed <= options.as_of;
    const Time end = done ? *record.closed : options.as_of;
    const double seconds = static_cast<double>(end.time_since_epoch().count()) -
                           static_cast<double>(record.opened.time_since_epoch().count());
    days[record.category].push_back(seconds / seconds_a_day);
    closed[record.category].push_back(done ? 1 : 0);
  }
  std::vector<CaseTimes> out;
  for (std::size_t c = 0; c < categories.size(); ++c) {
    CaseTimes times;
    times.category = categories[c];
    times.cases = days[c].size();
    times.later = later[c];
    for (const std::uint8_t done : closed[c]) times.open += done == 0 ? 1 : 0;
    const SurvivalCurve curve =
        kaplan_meier({.time = days[c], .event = closed[c]},
                     {.level = options.confidence, .interval = SurvivalInterval::log_log});
    const SurvivalQuantile half = survival_quantile(curve, .5);
    times.median = half.time;
    times.median_low = half.lower <= half.time ? half.lower : 0;
    times.median_high = half.upper;
    times.ninety = survival_quantile(curve, .9).time;
    const auto after = std::partition_point(
        curve.points.begin(), curve.points.end(),
        [&](const SurvivalPoint& point) { return point.time <= options.target_days; });
    const double open = after == curve.points.begin() ? 1 : (after - 1)->survival;
    times.within_target = 1 - open;
    if (open > 0 && open < 1) {
      times.within_target_low = 1 - (after - 1)->upper;
      times.within_target_high = 1 - (after - 1)->lower;
    } else {
      // None or all: the curve's own interval has no width, that of a share has.
      double known = 0;
      double within = 0;
      for (std::size_t i = 0; i < days[c].size(); ++i) {
        const bool done = closed[c][i] != 0 && days[c][i] <= options.target_days;
        within += done ? 1 : 0;
        known += done || days[c][i] > options.target_days ? 1 : 0;
      }
      const RateInterval ends = exact_share_interval(within, known, options.confidence);
      times.within_target_low = ends.low;
      times.within_target_high = ends.high;
    }
    out.push_back(std::move(times));
  }
  return out;
}

}  // namespace emptor
