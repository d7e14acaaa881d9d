#pragma once
// One customer's lines and events as exact faded weights of values, dimension by dimension.
// Memory: 32 bytes a line or event, kept from one customer to the next. Thread safety: one thread.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
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

class PreferenceCells {
 public:
  PreferenceCells(const PreferenceOptions& options, Time as_of)
      : options_(&options), as_of_(as_of), today_(day_of(as_of)) {}

  /// The customer's values of a dimension, ascending, each once, with weights > 0. The span holds
  /// until the next call.
  std::span<const PreferenceCell> of(PreferenceDimension dimension,
                                     std::span<const FeatureEvent> lines,
                                     std::span<const CustomerEvent> events) {
    cells_.clear();
    if (dimension == PreferenceDimension::price_band && options_->price_edges.empty()) return {};
    for (const FeatureEvent& line : lines) {
      if (line.is_refund() || line.time > as_of_) continue;
      const std::uint32_t value = value_of(dimension, line);
      if (value == none) continue;
      cells_.push_back({value, static_cast<std::uint32_t>(line.order),
                        int128{weight_of(line)} * fade(line.time)});
    }
    if (options_->weight != PreferenceWeight::amount) {
      for (const CustomerEvent& event : events) {
        const std::uint32_t weight = options_->event_weights[static_cast<std::size_t>(event.kind)];
        if (event.time > as_of_ || weight == 0) continue;
        const std::uint32_t value = value_of(dimension, event);
        if (value == none) continue;
        cells_.push_back({value, none, int128{weight} * fade(event.time)});
      }
    }
    unite();
    return cells_;
  }

  /// Not faded.
  [[nodiscard]] std::int64_t weight_of(const FeatureEvent& line) const noexcept {
    switch (options_->weight) {
      case PreferenceWeight::units:
        return line_hundredths * line.quantity;
      case PreferenceWeight::amount:
        return line.amount;
      default:
        return line_hundredths;
    }
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;

  [[nodiscard]] std::int64_t day_of(Time time) const noexcept {
    return local_day(time, options_->offset).time_since_epoch().count();
  }
  [[nodiscard]] std::uint32_t clock(PreferenceDimension dimension, Time time) const noexcept {
    const auto seconds = (time + options_->offset).time_since_epoch().count();
    const std::int64_t day = day_of(time);
    if (dimension == PreferenceDimension::hour) {
      return static_cast<std::uint32_t>((seconds - day * 86'400) / 3600);
    }
    return static_cast<std::uint32_t>(((day + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
  }
  template <class Fact>
  [[nodiscard]] std::uint32_t value_of(PreferenceDimension dimension, const Fact& fact) const {
    switch (dimension) {
      case PreferenceDimension::channel:
        return static_cast<std::uint32_t>(fact.channel);
      case PreferenceDimension::category:
        return static_cast<std::uint32_t>(fact.category);
      case PreferenceDimension::brand:
        return static_cast<std::uint32_t>(fact.brand);
      case PreferenceDimension::price_band:
        return band_of(fact);
      default:
        return clock(dimension, fact.time);
    }
  }
  [[nodiscard]] std::uint32_t band_of(const FeatureEvent& line) const {
    if (line.quantity == 0) return none;
    const std::vector<std::int64_t>& edges = options_->price_edges;
    return static_cast<std::uint32_t>(
        std::upper_bound(edges.begin(), edges.end(), unit_price(line.amount, line.quantity)) -
        edges.begin());
  }
  [[nodiscard]] static std::uint32_t band_of(const CustomerEvent&) noexcept { return none; }

  [[nodiscard]] std::int64_t fade(Time time) {
    if (!options_->half_life_days) return std::int64_t{1} << fade_bits;
    const std::int64_t age = today_ - day_of(time);
    constexpr std::int64_t most_kept = 4096;
    if (age >= most_kept) return faded(age);
    while (static_cast<std::int64_t>(fades_.size()) <= age) {
      fades_.push_back(faded(static_cast<std::int64_t>(fades_.size())));
    }
    return fades_[static_cast<std::size_t>(age)];
  }
  [[nodiscard]] std::int64_t faded(std::int64_t age) const noexcept {
    return std::llround(
        std::exp2(fade_bits - static_cast<double>(age) / *options_->half_life_days));
  }

  void unite() {
    const bool once = options_->weight == PreferenceWeight::orders;
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

  const PreferenceOptions* options_;
  Time as_of_;
  std::int64_t today_;
  std::vector<PreferenceCell> cells_;
  std::vector<std::int64_t> fades_;  // by age
};

}  // namespace emptor::detail
