#pragma once
// Segments that most shops want, ready made: by region, by channel, by engagement, by sharing, the
// most valuable, friends of a brand, and by the kind of need that purchases speak of.
//
// docs/segments.md has all definitions; each result says its own in a sentence. As everywhere in
// this room a purchase is a line that is no refund and has an amount above 0, and lines and events
// without a customer are left out. Cost: linear in lines or events, and sorting. Thread safety:
// pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/segment/loyalty_result.hpp"
#include "emptor/segment/ready_segments_result.hpp"
#include "emptor/segment/rfm_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/events.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// One segment a distinct text of the customers' column ("country", "region", "city"), largest
/// first, of equals by text; then "unknown" for those without, if there are any. No column: all are
/// unknown.
[[nodiscard]] EMPTOR_API std::vector<ReadySegment> segments_by_column(const Customers& customers,
                                                                      std::string_view column);

/// "online only", "offline only", "multi-channel" and "unknown channel": by all purchases in the
/// window. `sides` is by Channel id; channels beyond its end are unknown. Multi-channel customers
/// bought on both sides; purchases on unknown channels count only for who has no others.
[[nodiscard]] EMPTOR_API std::vector<ReadySegment> channel_segments(
    const Orders& orders, std::span<const ChannelSide> sides, const TimeWindow& window = {});

struct EngagementOptions {
  Time as_of{};              ///< events after it do not count
  int days = 30;             ///< back from as_of; >= 1
  int engaged_days = 8;      ///< distinct local days with an event or purchase; >= 1
  int share_days = 90;       ///< back from as_of; >= 1
  int shares = 2;            ///< events of kind share; >= 1
  UtcOffset offset{0};       ///< of the shop's clock
  bool impressions = false;  ///< being shown something is engagement, too
};
/// "highly engaged": active on many days of late. `orders` may be empty.
[[nodiscard]] EMPTOR_API ReadySegment highly_engaged(const Events& events, const Orders& orders,
                                                     const EngagementOptions& options);
/// "sharers": who passed something on of late.
[[nodiscard]] EMPTOR_API ReadySegment sharers(const Events& events,
                                              const EngagementOptions& options);

struct VipOptions {
  double share = 0.05;              ///< of customers with a purchase, by money; in (0, 1]
  std::uint32_t orders = 3;         ///< at least
  std::int64_t recency_days = 180;  ///< at most
};
/// "VIP": the share's best by money, and all who are equal to the last of them, of those the ones
/// who bought often enough and not too long ago.
[[nodiscard]] EMPTOR_API ReadySegment vip_segment(const RfmResult& rfm,
                                                  const VipOptions& options = {});

struct BrandFriendOptions {
  std::uint32_t orders = 3;  ///< with the brand as main brand, at least
  double share = 0.6;        ///< of the orders with a known main brand, at least; in (0, 1]
};
/// "friends of <brand>": one segment a brand that has some, largest first, of equals by name.
/// `brands` are those that the loyalty report was made with.
[[nodiscard]] EMPTOR_API std::vector<ReadySegment> brand_friends(
    const LoyaltyReport& loyalty, const TextColumn<Item>& brands,
    const BrandFriendOptions& options = {});

struct NeedKindOptions {
  TimeWindow window{};       ///< purchases outside do not count
  std::uint32_t orders = 2;  ///< with a mapped category, at least
  double share = 0.5;        ///< of the need, at least; in (0, 1]
};
/// What purchases say of needs: every purchase line gives its amount to the needs of its category,
/// in the proportions of `mapping`; a customer's shares are those of the sums. Throws
/// `invalid_option` for weights that are negative or all 0, and for a category named twice.
[[nodiscard]] EMPTOR_API NeedKindReport need_kinds(const Orders& orders,
                                                   const TextColumn<Item>& categories,
                                                   std::span<const CategoryNeeds> mapping,
                                                   const NeedKindOptions& options = {});

}  // namespace emptor
