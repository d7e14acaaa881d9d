#include <algorithm>
#include <iterator>

#include "emptor/core/error.hpp"
#include "emptor/profile/features.hpp"
#include "profile/feature_magnitude.hpp"
#include "profile/feature_summary.hpp"

namespace emptor {

void FeatureState::add(const FeatureEvent& event) {
  const std::int64_t magnitude = detail::with_magnitude(magnitude_, event.amount, event.discount);
  if (lines_.empty() || !(event < lines_.back())) {
    lines_.push_back(event);
  } else {
    lines_.insert(std::upper_bound(lines_.begin(), lines_.end(), event), event);
  }
  magnitude_ = magnitude;
}

void FeatureState::add(std::span<const FeatureEvent> events) {
  std::int64_t magnitude = magnitude_;
  for (const FeatureEvent& event : events) {
    magnitude = detail::with_magnitude(magnitude, event.amount, event.discount);
  }
  const auto known = static_cast<std::ptrdiff_t>(lines_.size());
  lines_.insert(lines_.end(), events.begin(), events.end());
  magnitude_ = magnitude;
  if (!std::is_sorted(lines_.begin() + known, lines_.end())) {
    std::sort(lines_.begin() + known, lines_.end());
  }
  std::inplace_merge(lines_.begin(), lines_.begin() + known, lines_.end());
}

void FeatureState::merge(const FeatureState& other) {
  if (&other == this) {
    throw Exception(ErrorCode::invalid_value, "cannot merge a state with itself", "FeatureState");
  }
  const std::int64_t magnitude = detail::with_magnitude(magnitude_, other.magnitude_, 0);
  std::vector<FeatureEvent> all;
  all.reserve(lines_.size() + other.lines_.size());
  std::merge(lines_.begin(), lines_.end(), other.lines_.begin(), other.lines_.end(),
             std::back_inserter(all));
  lines_.swap(all);
  magnitude_ = magnitude;
}

void FeatureState::remove(const FeatureEvent& event) {
  const auto at = std::lower_bound(lines_.begin(), lines_.end(), event);
  if (at == lines_.end() || *at != event) {
    throw Exception(ErrorCode::not_found, "no such line has been added", "FeatureState");
  }
  magnitude_ -= detail::with_magnitude(0, event.amount, event.discount);
  lines_.erase(at);
}

void FeatureState::subtract(const FeatureState& other) {
  if (!std::includes(lines_.begin(), lines_.end(), other.lines_.begin(), other.lines_.end())) {
    throw Exception(ErrorCode::not_found, "not all of these lines have been added", "FeatureState");
  }
  const std::int64_t magnitude = magnitude_ - other.magnitude_;
  std::vector<FeatureEvent> rest;
  rest.reserve(lines_.size() - other.lines_.size());
  std::set_difference(lines_.begin(), lines_.end(), other.lines_.begin(), other.lines_.end(),
                      std::back_inserter(rest));
  lines_.swap(rest);
  magnitude_ = magnitude;
}

std::span<const FeatureEvent> FeatureState::lines(Time as_of,
                                                  const TimeWindow& window) const noexcept {
  const auto begin =
      std::partition_point(lines_.begin(), lines_.end(),
                           [&](const FeatureEvent& line) { return line.time < window.from; });
  const auto end = std::partition_point(begin, lines_.end(), [&](const FeatureEvent& line) {
    return line.time < window.to && line.time <= as_of;
  });
  return {begin, end};
}

CustomerFeatures FeatureState::at(Time as_of, UtcOffset offset, const TimeWindow& window) const {
  return detail::FeatureSummary().of(lines(as_of, window), as_of, offset);
}

}  // namespace emptor
