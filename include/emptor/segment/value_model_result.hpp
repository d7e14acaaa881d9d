#pragma once
// The value model of eight classes: each of recency, frequency and monetary value is high or low.
// Plain data; thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/segment/rfm_segments_result.hpp"

namespace emptor {

/// What is compared with what.
enum class ValueLevels : std::uint8_t {
  /// Recency is high with fewer days than the mean of all rows' days; frequency and money are high
  /// above the mean of all rows' orders and money.
  mean_of_values,
  /// Each score is high above the mean of all rows' scores.
  mean_of_scores,
  /// Recency is high with at most `recency_days`, the others with at least `orders`, `monetary`.
  fixed,
};

/// The place of a class: 4 with high recency + 2 with high frequency + 1 with high money.
inline constexpr std::size_t value_class_count = 8;

struct ValueModelOptions {
  ValueLevels levels = ValueLevels::mean_of_scores;
  // Under ValueLevels::fixed alone:
  std::int64_t recency_days = 0;
  std::uint32_t orders = 0;
  std::int64_t monetary = 0;  ///< 10^-price_scale major units
  /// Names by place; several places may have one name. Default: `value_class_names()`.
  std::optional<std::array<std::string, value_class_count>> names{};
  friend bool operator==(const ValueModelOptions&, const ValueModelOptions&) = default;
};

struct ValueClasses {
  ValueModelOptions options;  ///< as given, with the names that were used
  // The means that decided, of values or scores; the limits under ValueLevels::fixed. 0 of nobody.
  double recency = 0;
  double frequency = 0;
  double monetary = 0;
  /// In the order of places from 7 (all high) down; a name that stands twice has one summary.
  std::vector<RfmSegmentSummary> classes;
  std::vector<std::uint8_t> of_row;    ///< place in `classes` of each row of the RfmResult
  std::vector<std::uint8_t> place_of;  ///< 0 to 7 of each row: its three levels
};

}  // namespace emptor
