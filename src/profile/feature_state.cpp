#include "emptor/core/error.hpp"
#include "emptor/profile/features.hpp"
#include "profile/feature_magnitude.hpp"
#include "profile/feature_summary.hpp"

namespace emptor {

void FeatureState::add(const FeatureEvent& event) {
  const std::int64_t magnitude = detail::with_magnitude(magnitude_, event.amount, event.discount);
  log_.add(event);
  magnitude_ = magnitude;
}

void FeatureState::add(std::span<const FeatureEvent> events) {
  std::int64_t magnitude = magnitude_;
  for (const FeatureEvent& event : events) {
    magnitude = detail::with_magnitude(magnitude, event.amount, event.discount);
  }
  log_.add(events);
  magnitude_ = magnitude;
}

void FeatureState::merge(const FeatureState& other) {
  const std::int64_t magnitude = detail::with_magnitude(magnitude_, other.magnitude_, 0);
  log_.merge(other.log_);
  magnitude_ = magnitude;
}

void FeatureState::remove(const FeatureEvent& event) {
  log_.remove(event);
  magnitude_ -= detail::with_magnitude(0, event.amount, event.discount);
}

void FeatureState::subtract(const FeatureState& other) {
  const std::int64_t magnitude = magnitude_ - other.magnitude_;
  log_.subtract(other.log_);
  magnitude_ = magnitude;
}

CustomerFeatures FeatureState::at(Time as_of, UtcOffset offset, const TimeWindow& window) const {
  return detail::FeatureSummary().of(lines(as_of, window), as_of, offset);
}

}  // namespace emptor
