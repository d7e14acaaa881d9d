#pragma once
// One customer's lines and events as exact faded weights of values, dimension by dimension.
// Memory: 64 bytes a line or event. Thread safety: one thread.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/profile/preferences.hpp"
#include "profile/unit_price.hpp"

namespace emptor::detail {

/// Fading is in units of 2^-30.
inline constexpr int fade_bits = 30;
/// A line or an order is so many hundredths of a line.
inline constexpr std::int64_t line_hundredths = 100;

struct PreferenceCell {
  std::uint32_t value;
  std::uint32_t order;  // none: an event
  int128 weight;
};

/// Not faded.
[[nodiscard]] inline std::int64_t preference_weight(PreferenceWeight weight,
                                                    const FeatureEvent& line) noexcept {
  switch (weight) {
    case PreferenceWeight::units:
      return line_hundredths * line.quantity;
    case PreferenceWeight::amount:
      return line.amount;
    default:
      return line_hundredths;
  }
}

/// Of one customer; lines and events must outlive it.
class PreferenceCells {
 public:
  PreferenceCells(const PreferenceOptions& options, Time as_of, std::span<const FeatureEvent> lines,
                  std::span<const CustomerEvent> events)
      : options_(options), today_(day_of(as_of)) {
    lines_.reserve(lines.size());
    for (const FeatureEvent& line : lines) {
      if (line.is_refund() || line.time > as_of) continue;
      lines_.push_back(faded(line, preference_weight(options.weight, line)));
    }
    if (options.weight == PreferenceWeight::amount) return;
    for (const CustomerEvent& event : events) {
      const std::uint32_t weight = options.event_weights[static_cast<std::size_t>(event.kind)];
      if (event.time <= as_of && weight > 0) events_.push_back(faded(event, weight));
    }
  }

  /// The customer's values of a dimension, ascending, each once, with weights > 0. The span holds
  /// until the next call.
  std::span<const PreferenceCell> of(PreferenceDimension dimension) {
    cells_.clear();
    if (dimension == PreferenceDimension::price_band && options_.price_edges.empty()) return {};
    for (const Faded<FeatureEvent>& line : lines_) {
      put(value_of(dimension, line), static_cast<std::uint32_t>(line.fact->order), line.weight);
    }
    for (const Faded<CustomerEvent>& event : events_) {
      put(value_of(dimension, event), none, event.weight);
    }
    unite();
    return cells_;
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;

  template <class Fact>
  struct Faded {
    const Fact* fact;
    std::uint32_t hour;
    std::uint32_t weekday;
    int128 weight;
  };

  [[nodiscard]] std::int64_t day_of(Time time) const noexcept {
    return local_day(time, options_.offset).time_since_epoch().count();
  }
  template <class Fact>
  [[nodiscard]] Faded<Fact> faded(const Fact& fact, std::int64_t weight) noexcept {
    const std::int64_t day = day_of(fact.time);
    const std::int64_t seconds = (fact.time + options_.offset).time_since_epoch().count();
    return {.fact = &fact,
            .hour = static_cast<std::uint32_t>((seconds - day * 86'400) / 3600),
            .weekday = static_cast<std::uint32_t>(((day + 3) % 7 + 7) % 7),  // day 0: a Thursday
            .weight = int128{weight} * fade(today_ - day)};
  }
  /// Most facts are of the day of the one before.
  [[nodiscard]] std::int64_t fade(std::int64_t age) noexcept {
    if (!options_.half_life_days) return std::int64_t{1} << fade_bits;
    if (age != last_age_) {
      last_age_ = age;
      last_fade_ =
          std::llround(std::exp2(fade_bits - static_cast<double>(age) / *options_.half_life_days));
    }
    return last_fade_;
  }
  template <class Fact>
  [[nodiscard]] std::uint32_t value_of(PreferenceDimension dimension,
                                       const Faded<Fact>& faded) const {
    switch (dimension) {
      case PreferenceDimension::channel:
        return static_cast<std::uint32_t>(faded.fact->channel);
      case PreferenceDimension::category:
        return static_cast<std::uint32_t>(faded.fact->category);
      case PreferenceDimension::brand:
        return static_cast<std::uint32_t>(faded.fact->brand);
      case PreferenceDimension::price_band:
        return band_of(*faded.fact);
      case PreferenceDimension::hour:
        return faded.hour;
      case PreferenceDimension::weekday:
        return faded.weekday;
    }
    return none;
  }
  [[nodiscard]] std::uint32_t band_of(const FeatureEvent& line) const {
    if (line.quantity == 0) return none;
    const std::vector<std::int64_t>& edges = options_.price_edges;
    return static_cast<std::uint32_t>(
        std::upper_bound(edges.begin(), edges.end(), unit_price(line.amount, line.quantity)) -
        edges.begin());
  }
  [[nodiscard]] static std::uint32_t band_of(const CustomerEvent&) noexcept { return none; }

  /// Lines of one order often say the same as the one before.
  void put(std::uint32_t value, std::uint32_t order, int128 weight) {
    if (value == none) return;
    if (options_.weight != PreferenceWeight::orders && !cells_.empty() &&
        cells_.back().value == value) {
      cells_.back().weight += weight;
    } else {
      cells_.push_back({value, order, weight});
    }
  }
  void unite() {
    const bool once = options_.weight == PreferenceWeight::orders;
    std::sort(cells_.begin(), cells_.end(), [&](const PreferenceCell& a, const PreferenceCell& b) {
      if (a.value != b.value) return a.value < b.value;
      if (!once) return false;
      if (a.order != b.order) return a.order < b.order;
      return a.weight < b.weight;
    });
    std::size_t kept = 0;
    std::uint32_t last_order = none;
    for (const PreferenceCell& cell : cells_) {
      const bool same = kept > 0 && cells_[kept - 1].value == cell.value;
      const bool again = once && same && cell.order != none && cell.order == last_order;
      last_order = cell.order;
      if (again) continue;  // the earliest line, which has faded most, stands for the order
      if (same) {
        cells_[kept - 1].weight += cell.weight;
      } else {
        cells_[kept++] = cell;
      }
    }
    cells_.resize(kept);
    std::erase_if(cells_, [](const PreferenceCell& cell) { return cell.weight == 0; });
  }

  const PreferenceOptions& options_;
  std::int64_t today_;
  std::int64_t last_age_ = -1;
  std::int64_t last_fade_ = 0;
  std::vector<Faded<FeatureEvent>> lines_;
  std::vector<Faded<CustomerEvent>> events_;
  std::vector<PreferenceCell> cells_;
};

}  // namespace emptor::detail
