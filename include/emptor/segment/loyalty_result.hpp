#pragma once
// How loyal customers are: to the shop, and to brands in it. Plain data; thread safety: values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

struct LoyaltyOptions {
  Day as_of{};           ///< purchases after it do not count
  int period_days = 30;  ///< of the share of periods active; >= 1
  // Weights of the index' parts; >= 0, not all 0. Parts that are not known drop out.
  double activity_weight = 1;
  double repeat_weight = 1;
  double brand_weight = 1;
  friend bool operator==(const LoyaltyOptions&, const LoyaltyOptions&) = default;
};

struct CustomerLoyalty {
  Customer customer{};
  std::uint32_t purchase_days = 0;
  std::uint32_t periods = 0;         ///< from the first purchase to as_of, the last begun one too
  std::uint32_t active_periods = 0;  ///< with a purchase
  // Brands: of orders in which a brand is known; 0 without brands.
  std::uint32_t brand_orders = 0;  ///< with a known main brand
  std::uint32_t brands = 0;        ///< distinct main brands
  std::uint32_t switches = 0;      ///< an order's main brand is another than the order's before
  std::uint32_t top_brand = 0xffffffffU;  ///< TextCode of the main brand of most orders
  std::uint32_t top_brand_orders = 0;
  double index = 0;  ///< 0 to 100, see segment/loyalty.hpp

  [[nodiscard]] double activity() const noexcept {
    return periods == 0 ? 0 : static_cast<double>(active_periods) / periods;
  }
  /// Of purchase days, the share that were repeats: 0 for one, 1/2 for two, …
  [[nodiscard]] double repeat_share() const noexcept {
    return purchase_days == 0 ? 0 : 1 - 1.0 / purchase_days;
  }
  /// Switches over chances to switch; none with fewer than two orders of known brands.
  [[nodiscard]] std::optional<double> switching() const noexcept {
    if (brand_orders < 2) return std::nullopt;
    return static_cast<double>(switches) / (brand_orders - 1);
  }
  friend bool operator==(const CustomerLoyalty&, const CustomerLoyalty&) = default;
};

/// How often an order of one main brand was followed by one of another, or the same.
struct BrandMoves {
  std::vector<std::string> brands;    ///< those that were a main brand, in the order of their codes
  std::vector<std::uint64_t> counts;  ///< brands x brands, row by row: from, to

  [[nodiscard]] std::uint64_t at(std::size_t from, std::size_t to) const noexcept {
    return counts[from * brands.size() + to];
  }
};

struct LoyaltyReport {
  LoyaltyOptions options;
  std::vector<CustomerLoyalty> customers;  ///< with a purchase, in the order of their ids
  std::uint64_t repeaters = 0;             ///< with two or more purchase days
  double repurchase_rate = 0;              ///< repeaters / customers; 0 of nobody
  double mean_activity = 0;                ///< of customers, as the next
  double mean_index = 0;
  std::optional<double> switching;  ///< all switches over all chances; none without chances
  BrandMoves moves;                 ///< at most 2,000 brands, else empty
};

}  // namespace emptor
