#include "emptor/segment/value_tiers.hpp"

#include <algorithm>
#include <numeric>

#include "emptor/core/error.hpp"
#include "segment/segment_summary.hpp"

namespace emptor {

namespace {

constexpr std::size_t curve_points = 200;

void check(const ValueTierOptions& options) {
  require_option(!options.shares.empty() && options.shares.size() < ValueTiers::no_tier, "shares",
                 "1 to 254 of them", options.shares.size());
  double before = 0;
  for (const double share : options.shares) {
    require_option(share > before && share < 1, "shares", "ascending in (0, 1)", share);
    before = share;
  }
  require_option(options.names.size() == options.shares.size() + 1, "names", "one more than shares",
                 options.names.size());
}

}  // namespace

ValueTiers value_tiers_of(std::span<const std::int64_t> values, const ValueTierOptions& options) {
  check(options);
  ValueTiers out;
  out.options = options;
  for (const std::string& name : options.names) out.tiers.emplace_back().name = name;
  out.of_value.assign(values.size(), static_cast<std::uint8_t>(options.shares.size()));
  const std::size_t n = values.size();
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return values[a] != values[b] ? values[a] > values[b] : a < b;
  });
  std::int64_t total = 0;
  for (const std::int64_t value : values) {
    if (value > 0) detail::add_amount(total, value, "value_tiers_of");
  }
  const double whole = static_cast<double>(total);
  out.curve.push_back({0, 0});
  std::int64_t before = 0;
  std::uint8_t tier = 0;
  for (std::size_t place = 0; place < n; ++place) {
    const std::int64_t value = values[order[place]];
    const bool tied = place > 0 && value == values[order[place - 1]];
    if (value > 0 && (options.ties == TierTies::by_place || !tied)) {
      while (tier < options.shares.size() &&
             static_cast<double>(before) >= options.shares[tier] * whole) {
        ++tier;
      }
    }
    const std::uint8_t at = value > 0 ? tier : static_cast<std::uint8_t>(options.shares.size());
    out.of_value[order[place]] = at;
    ValueTier& to = out.tiers[at];
    to.smallest = value;
    ++to.customers;
    detail::add_amount(to.value, value, "value_tiers_of");
    before += std::max<std::int64_t>(value, 0);
    if ((place + 1) * curve_points / n > place * curve_points / n) {
      out.curve.push_back({static_cast<double>(place + 1) / static_cast<double>(n),
                           total > 0 ? static_cast<double>(before) / whole : 0});
    }
  }
  for (ValueTier& one : out.tiers) {
    if (n > 0) one.customer_share = static_cast<double>(one.customers) / static_cast<double>(n);
    if (total > 0) one.value_share = static_cast<double>(one.value) / whole;
  }
  return out;
}

ValueTiers value_tiers_of(const RfmResult& result, const ValueTierOptions& options) {
  std::vector<std::int64_t> values;
  values.reserve(result.rows.size());
  for (const RfmRow& row : result.rows) values.push_back(row.monetary);
  ValueTiers out = value_tiers_of(values, options);
  out.currency = result.currency;
  out.price_scale = result.price_scale;
  return out;
}

}  // namespace emptor
