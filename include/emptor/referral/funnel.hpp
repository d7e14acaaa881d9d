#pragma once
// The referral funnel by channel and campaign, from the paths of claims and from orders.
//
//     const auto funnel = referral_funnel_of(book.paths(), {order_customers, order_times},
//     options);
//
// A referral counts under the channel of its first touch. Shares are counted beside the funnel and
// not in it: one share may bring nobody or many. Intervals: the score interval of Edwin B. Wilson,
// "Probable inference, the law of succession, and statistical inference", JASA 22(158), 1927,
// doi:10.1080/01621459.1927.10502953.
// Cost: O((paths + orders) log) time, O(paths) memory. Thread safety: pure.

#include <cstdint>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/attribution_result.hpp"
#include "emptor/referral/funnel_result.hpp"

namespace emptor {

/// Orders as far as retention asks about them, in any order of lines.
struct ReferralOrders {
  std::span<const Customer> customers{};
  std::span<const Time> times{};  ///< as long as `customers`
};

/// `went` of `of` with Wilson's interval. Throws `invalid_option` unless confidence is in (0, 1),
/// `invalid_value` for went > of.
[[nodiscard]] EMPTOR_API FunnelRate funnel_rate(std::uint64_t went, std::uint64_t of,
                                                double confidence = 0.95);

/// Throws `invalid_option`, and `invalid_shape` unless there is a time for each order's customer.
[[nodiscard]] EMPTOR_API ReferralFunnelResult
referral_funnel_of(std::span<const ReferralPath> paths, const ReferralOrders& orders = {},
                   const FunnelOptions& options = {});

}  // namespace emptor
