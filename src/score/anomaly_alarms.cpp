#include "emptor/score/anomaly_alarms.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace emptor {

AlarmCalibration::AlarmCalibration(std::vector<double> scores, std::size_t most)
    : scores_(std::move(scores)) {
  std::sort(scores_.begin(), scores_.end());
  if (scores_.size() <= most) return;
  const std::size_t last = scores_.size() - 1;
  for (std::size_t i = 0; i < most; ++i) {
    const double at = static_cast<double>(last) * static_cast<double>(i);
    scores_[i] = scores_[static_cast<std::size_t>(at / static_cast<double>(most - 1))];
  }
  scores_.resize(most);
}

double AlarmCalibration::p_value(double score) const noexcept {
  const auto at = std::lower_bound(scores_.begin(), scores_.end(), score);
  return (1 + static_cast<double>(scores_.end() - at)) / (1 + static_cast<double>(scores_.size()));
}

double AlarmCalibration::threshold_for(double share) const noexcept {
  // A share such as .29 of 100 must be 29, whatever its last bit.
  const double most = std::floor(share * static_cast<double>(scores_.size()) * (1 + 1e-12));
  const auto alarms = static_cast<std::size_t>(most);
  if (alarms >= scores_.size()) return -std::numeric_limits<double>::infinity();
  const double quiet = scores_[scores_.size() - alarms - 1];
  const auto next = std::upper_bound(scores_.begin(), scores_.end(), quiet);
  return next == scores_.end() ? std::nextafter(quiet, std::numeric_limits<double>::infinity())
                               : *next;
}

double AlarmCalibration::share_of_alarms(double threshold) const noexcept {
  if (scores_.empty()) return 0;
  const auto at = std::lower_bound(scores_.begin(), scores_.end(), threshold);
  return static_cast<double>(scores_.end() - at) / static_cast<double>(scores_.size());
}

std::vector<double> false_discovery_rates(std::span<const double> p_values) {
  std::vector<double> p(p_values.begin(), p_values.end());
  for (double& value : p) value = value >= 0 && value <= 1 ? value : 1;
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  const auto n = static_cast<double>(p.size());
  std::vector<double> out(p.size());
  double least = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    least = std::min(least, p[order[i]] * n / static_cast<double>(i + 1));
    out[order[i]] = least;
  }
  return out;
}

}  // namespace emptor
