#include "referral/durations.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/math/normal.hpp"
#include "emptor/referral/funnel.hpp"

namespace emptor::detail {

GrowthEstimate log_interval(double value, double variance, double confidence) {
  const double z = normal_quantile(0.5 + confidence / 2);
  const double factor = std::exp(z * std::sqrt(variance) / value);
  return {value, value / factor, value * factor};
}

EndingCurve::EndingCurve(std::span<const WatchedDuration> durations) {
  std::vector<WatchedDuration> sorted(durations.begin(), durations.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.ended > b.ended;
  });
  watched_ = sorted.size();
  Step now;
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin;
    while (end < sorted.size() && sorted[end].ended &&
           sorted[end].seconds == sorted[begin].seconds) {
      ++end;
    }
    if (const std::size_t ends = end - begin; ends > 0) {
      const double at_risk = static_cast<double>(sorted.size() - begin);
      const double left = at_risk - static_cast<double>(ends);
      now.seconds = sorted[begin].seconds;
      now.survival *= left / at_risk;
      if (left > 0) now.greenwood += static_cast<double>(ends) / (at_risk * left);
      steps_.push_back(now);
      ended_ += ends;
    }
    begin = std::max(end, begin + 1);
  }
}

EndingCurve::Chance EndingCurve::at(std::int64_t seconds, double confidence) const {
  const auto after = std::partition_point(
      steps_.begin(), steps_.end(), [&](const Step& step) { return step.seconds <= seconds; });
  Chance chance;
  if (after == steps_.begin()) {
    chance.estimate.high = funnel_rate(0, watched_, confidence).high;
    return chance;
  }
  const Step& step = *(after - 1);
  chance.estimate.value = 1 - step.survival;
  if (step.survival <= 0) {
    chance.estimate = {1, funnel_rate(watched_, watched_, confidence).low, 1};
    return chance;
  }
  chance.variance = step.survival * step.survival * step.greenwood;
  const double z = normal_quantile(0.5 + confidence / 2);
  const double width = std::exp(z * std::sqrt(step.greenwood) / std::abs(std::log(step.survival)));
  chance.estimate.low = 1 - std::pow(step.survival, 1 / width);
  chance.estimate.high = 1 - std::pow(step.survival, width);
  return chance;
}

DurationQuantiles EndingCurve::quantiles() const {
  const auto reached = [&](double p) -> std::optional<double> {
    for (const Step& step : steps_) {
      // 1e-12: three of four is .75, whatever the last bit of the product.
      if (1 - step.survival >= p - 1e-12) return static_cast<double>(step.seconds);
    }
    return std::nullopt;
  };
  return {watched_, ended_, reached(0.25), reached(0.5), reached(0.75), reached(0.9)};
}

MeanEvents mean_events(std::span<const std::int64_t> watches,
                       std::span<const RecurrentEvent> events, double confidence) {
  MeanEvents out;
  if (watches.empty()) return out;
  std::vector<std::int64_t> sorted(watches.begin(), watches.end());
  std::sort(sorted.begin(), sorted.end());
  const auto at_risk = [&](std::int64_t seconds) {
    return static_cast<double>(sorted.end() -
                               std::lower_bound(sorted.begin(), sorted.end(), seconds));
  };
  std::vector<std::int64_t> ages;
  ages.reserve(events.size());
  for (const RecurrentEvent& event : events) ages.push_back(event.seconds);
  std::sort(ages.begin(), ages.end());
  // Of all events up to each: the mean so far, and what a member without events lacks.
  std::vector<double> lacking(ages.size() + 1, 0);
  for (std::size_t i = 0; i < ages.size(); ++i) {
    const double risk = at_risk(ages[i]);
    out.estimate.value += 1 / risk;
    lacking[i + 1] = lacking[i] + 1 / (risk * risk);
  }
  std::vector<double> influence(watches.size(), 0);
  for (const RecurrentEvent& event : events) influence[event.watch] += 1 / at_risk(event.seconds);
  for (std::size_t i = 0; i < watches.size(); ++i) {
    const auto seen = std::upper_bound(ages.begin(), ages.end(), watches[i]) - ages.begin();
    const double own = influence[i] - lacking[static_cast<std::size_t>(seen)];
    out.variance += own * own;
  }
  if (out.estimate.value > 0) {
    out.estimate = log_interval(out.estimate.value, out.variance, confidence);
  } else {
    // No event at all: the mean of a Poisson law that shows none with the chance (1 - c) / 2.
    out.estimate.high = -std::log((1 - confidence) / 2) / static_cast<double>(watches.size());
  }
  return out;
}

}  // namespace emptor::detail
