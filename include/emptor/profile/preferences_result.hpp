#pragma once
// What customers prefer, as plain data. Thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/events.hpp"

namespace emptor {

enum class PreferenceDimension : std::uint8_t {
  channel,
  category,
  brand,
  price_band,  ///< of what a unit cost
  hour,        ///< of the local day, 0 to 23
  weekday,     ///< of the local day, 0: Monday to 6: Sunday
};
inline constexpr std::size_t preference_dimensions = 6;

[[nodiscard]] constexpr std::string_view name(PreferenceDimension dimension) noexcept {
  constexpr std::string_view names[preference_dimensions] = {"channel",    "category", "brand",
                                                             "price_band", "hour",     "weekday"};
  return names[static_cast<std::size_t>(dimension)];
}

/// What a sale counts for.
enum class PreferenceWeight : std::uint8_t {
  lines,   ///< every line the same
  orders,  ///< an order once for each of its values, at the first line that has it
  units,   ///< its quantity
  amount,  ///< what was paid; events do not count
};

/// How many hundredths of a line an event counts, by kind.
using EventWeights = std::array<std::uint32_t, event_kind_count>;

[[nodiscard]] constexpr EventWeights default_event_weights() noexcept {
  EventWeights weights{};
  weights[static_cast<std::size_t>(EventKind::view)] = 10;
  weights[static_cast<std::size_t>(EventKind::click)] = 10;
  weights[static_cast<std::size_t>(EventKind::cart)] = 40;
  weights[static_cast<std::size_t>(EventKind::wish)] = 40;
  weights[static_cast<std::size_t>(EventKind::like)] = 30;
  weights[static_cast<std::size_t>(EventKind::share)] = 30;
  weights[static_cast<std::size_t>(EventKind::consult)] = 30;
  return weights;
}

struct PreferenceOptions {
  PreferenceWeight weight = PreferenceWeight::lines;
  /// Local days in which a sale or an event loses half of its weight, h, >= 1; none: never.
  std::optional<double> half_life_days = 180;
  /// Of the shop-wide shares in everybody's, as so many typical lines, >= 0.
  double strength = 5;
  UtcOffset offset{0};  ///< of the shop's clock
  /// What a unit costs from band to band, ascending, in 10^-price_scale major units: band 0 is
  /// below the first edge, band b from edge b - 1 on. Empty: no bands are looked at.
  std::vector<std::int64_t> price_edges{};
  EventWeights event_weights = default_event_weights();
  friend bool operator==(const PreferenceOptions&, const PreferenceOptions&) = default;
};

struct PreferredValue {
  std::uint32_t value = 0;  ///< Channel, Category, Brand, band, hour or weekday
  double weight = 0;        ///< faded, in hundredths of lines or orders, units or amount
  double share = 0;         ///< smoothed towards the shop's share of it
  double observed = 0;      ///< weight / weight of all values
  friend bool operator==(const PreferredValue&, const PreferredValue&) = default;
};

/// One customer's preferences in one dimension.
struct Preference {
  double weight = 0;      ///< W: faded, of all values
  double confidence = 0;  ///< W / (W + strength): the customer's own part in the shares; in [0, 1]
  double entropy = 0;     ///< of the smoothed shares of all values of the shop, nats
  double evenness = 0;    ///< entropy / ln(number of those values); 0 when there is but one
  std::optional<std::uint32_t> top;  ///< the value with the largest smoothed share, the lower of
                                     ///< equals; none when nobody has any value
  double top_share = 0;              ///< its smoothed share
  double loyalty = 0;  ///< largest observed share, as of a brand in what was bought; 0 without any
  std::size_t begin = 0;  ///< of its values in CustomerPreferences::values
  std::size_t end = 0;
  friend bool operator==(const Preference&, const Preference&) = default;
};

struct CustomerPreferences {
  std::array<Preference, preference_dimensions> dimensions{};
  /// Those the customer has, by dimension; within by share, the largest first, then value.
  std::vector<PreferredValue> values;

  [[nodiscard]] const Preference& in(PreferenceDimension dimension) const noexcept {
    return dimensions[static_cast<std::size_t>(dimension)];
  }
  [[nodiscard]] std::span<const PreferredValue> values_of(
      PreferenceDimension dimension) const noexcept {
    const Preference& part = in(dimension);
    return std::span(values).subspan(part.begin, part.end - part.begin);
  }
  friend bool operator==(const CustomerPreferences&, const CustomerPreferences&) = default;
};

/// The values of a dimension and the shop's shares of them, by value.
struct PreferenceAxis {
  PreferenceDimension dimension = PreferenceDimension::channel;
  std::vector<std::string> labels;
  std::vector<double> shares;  ///< faded; add up to 1, or all 0
};

struct PreferenceTable {
  PreferenceOptions options;
  Time as_of{};
  Currency currency;
  int price_scale = 2;
  std::array<PreferenceAxis, preference_dimensions> axes;
  std::vector<CustomerPreferences> customers;  ///< by customer id

  [[nodiscard]] const PreferenceAxis& axis(PreferenceDimension dimension) const noexcept {
    return axes[static_cast<std::size_t>(dimension)];
  }
};

}  // namespace emptor
