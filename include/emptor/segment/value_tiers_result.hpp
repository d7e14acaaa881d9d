#pragma once
// Value tiers by share of revenue (ABC). Plain data; thread safety: values.

#include <cstdint>
#include <string>
#include <vector>

#include "emptor/core/money.hpp"

namespace emptor {

/// Customers of one value who stand where a tier ends.
enum class TierTies : std::uint8_t {
  together,  ///< all are in the better tier
  by_place,  ///< in the order of the values given, until the tier is full
};

struct ValueTierOptions {
  /// Each tier ends where the best customers bring this share of the total: ascending, in (0, 1).
  /// Who brings the sum up to a share or beyond it is still in the better tier.
  std::vector<double> shares = {0.8, 0.95};
  std::vector<std::string> names = {"A", "B", "C"};  ///< one more than shares
  TierTies ties = TierTies::together;
  friend bool operator==(const ValueTierOptions&, const ValueTierOptions&) = default;
};

struct ValueTier {
  std::string name;
  std::uint64_t customers = 0;
  std::int64_t value = 0;     ///< sum
  std::int64_t smallest = 0;  ///< value of a customer in it; 0 when empty
  double customer_share = 0;
  double value_share = 0;  ///< of the sum of positive values; 0 without any
  friend bool operator==(const ValueTier&, const ValueTier&) = default;
};

/// The best `customer_share` of the customers bring `value_share` of the positive values.
struct TierCurvePoint {
  double customer_share = 0;
  double value_share = 0;
};

struct ValueTiers {
  static constexpr std::uint8_t no_tier = 255;
  ValueTierOptions options;
  Currency currency;
  int price_scale = 2;
  std::vector<ValueTier> tiers;        ///< best first
  std::vector<std::uint8_t> of_value;  ///< place in `tiers` of each of the values given
  std::vector<TierCurvePoint> curve;   ///< the ABC curve: at most 201 points from (0, 0) to (1, 1)
};

}  // namespace emptor
