#include "emptor/score/kaplan_meier.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/math/normal.hpp"
#include "score/survival_order.hpp"

namespace emptor {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

void set_interval(SurvivalPoint& point, SurvivalInterval scale, double z) {
  const double s = point.survival;
  if (s <= 0) {
    point.lower = point.upper = nan;
    return;
  }
  const double width = z * point.log_error;
  switch (scale) {
    case SurvivalInterval::plain:
      point.lower = s - s * width;
      point.upper = s + s * width;
      break;
    case SurvivalInterval::log:
      point.lower = s * std::exp(-width);
      point.upper = s * std::exp(width);
      break;
    case SurvivalInterval::log_log: {
      if (s >= 1) {
        point.lower = point.upper = 1;
        break;
      }
      const double factor = std::exp(width / -std::log(s));
      point.lower = std::pow(s, factor);
      point.upper = std::pow(s, 1 / factor);
      break;
    }
  }
  point.lower = std::clamp(point.lower, 0.0, 1.0);
  point.upper = std::clamp(point.upper, 0.0, 1.0);
}

/// The first time at which the values that `of` takes from points are at most `level`; the middle
/// of the time for which they are equal to it.
template <class Of>
double first_at_most(const SurvivalCurve& curve, double level, Of&& of) {
  const double slack = 1e-9;
  const auto& points = curve.points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double value = of(points[i]);
    if (std::isnan(value) || value > level + slack) {
      if (std::isnan(value) && points[i].survival <= 0) return infinity;
      continue;
    }
    if (value < level - slack) return points[i].time;
    for (std::size_t later = i + 1; later < points.size(); ++later) {
      const double next = of(points[later]);
      if (points[later].events > 0 && !(next >= level - slack)) {
        return (points[i].time + points[later].time) / 2;
      }
    }
    return points[i].time;
  }
  return infinity;
}

}  // namespace

SurvivalCurve kaplan_meier(const SurvivalTimes& times, const KaplanMeierOptions& options) {
  require_option(options.level > 0 && options.level < 1, "level", "in (0, 1)", options.level);
  require_survival_times(times, "kaplan_meier");
  SurvivalTimes pooled = times;
  pooled.stratum = {};
  const detail::SurvivalOrder order = detail::survival_order(pooled);

  SurvivalCurve curve;
  curve.customers = order.by_time.size();
  double at_risk = 0;
  std::size_t count = 0;  // exact, so that nobody at risk weighs exactly nothing
  detail::walk_back(
      pooled, order, 0, order.by_time.size(),
      [&](std::uint32_t row) {
        at_risk += times.weight_of(row);
        ++count;
      },
      [&](std::uint32_t row) { at_risk = --count == 0 ? 0 : at_risk - times.weight_of(row); },
      [&](std::size_t first, std::size_t last) {
        SurvivalPoint point{.time = times.time[order.by_time[first]], .at_risk = at_risk};
        std::size_t lost = 0;
        for (std::size_t at = first; at < last; ++at) {
          const std::uint32_t row = order.by_time[at];
          lost += times.event[row];
          (times.event[row] != 0 ? point.events : point.censored) += times.weight_of(row);
        }
        if (lost == count) point.events = point.at_risk;
        curve.events += point.events;
        curve.weight += point.events + point.censored;
        curve.points.push_back(point);
      });
  std::reverse(curve.points.begin(), curve.points.end());

  const double z = detail::normal_quantile(0.5 + options.level / 2);
  double survival = 1;
  double variance = 0;
  for (SurvivalPoint& point : curve.points) {
    if (point.events > 0) {
      const double left = point.at_risk - point.events;
      survival *= left > 0 ? left / point.at_risk : 0;
      variance += left > 0 ? point.events / (point.at_risk * left) : infinity;
    }
    point.survival = survival;
    point.log_error = std::sqrt(variance);
    set_interval(point, options.interval, z);
  }
  return curve;
}

double survival_at(const SurvivalCurve& curve, double time) noexcept {
  const auto later =
      std::upper_bound(curve.points.begin(), curve.points.end(), time,
                       [](double t, const SurvivalPoint& point) { return t < point.time; });
  return later == curve.points.begin() ? 1 : (later - 1)->survival;
}

SurvivalQuantile survival_quantile(const SurvivalCurve& curve, double p) {
  require_option(p > 0 && p < 1, "p", "in (0, 1)", p);
  return {.time = first_at_most(curve, 1 - p, [](const SurvivalPoint& a) { return a.survival; }),
          .lower = first_at_most(curve, 1 - p, [](const SurvivalPoint& a) { return a.lower; }),
          .upper = first_at_most(curve, 1 - p, [](const SurvivalPoint& a) { return a.upper; })};
}

RestrictedMean restricted_mean(const SurvivalCurve& curve, double until) {
  require_option(until > 0 && std::isfinite(until), "until", "> 0 and finite", until);
  RestrictedMean out{.until = until};
  // From the end: the area after each time is what its losses cost.
  double area = 0;
  double end = until;
  double variance = 0;
  for (std::size_t i = curve.points.size(); i-- > 0;) {
    const SurvivalPoint& point = curve.points[i];
    if (point.time >= until) continue;
    area += point.survival * (end - point.time);
    end = point.time;
    const double left = point.at_risk - point.events;
    if (point.events > 0 && left > 0) {
      variance += area * area * point.events / (point.at_risk * left);
    }
  }
  out.mean = area + end;
  out.error = std::sqrt(variance);
  return out;
}

}  // namespace emptor
