#include "emptor/segment/ready_segments.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"

namespace emptor {

namespace {

bool is_purchase(const Orders& orders, std::size_t line) {
  return orders.line_customers()[line] != no_customer && !orders.is_refund(line) &&
         orders.line_amounts()[line] > 0;
}

void largest_first(std::vector<ReadySegment>& segments) {
  std::sort(segments.begin(), segments.end(), [](const ReadySegment& a, const ReadySegment& b) {
    if (a.customers.size() != b.customers.size()) return a.customers.size() > b.customers.size();
    return a.name < b.name;
  });
}

void check(const EngagementOptions& options) {
  require_option(options.days >= 1, "days", ">= 1", options.days);
  require_option(options.engaged_days >= 1, "engaged_days", ">= 1", options.engaged_days);
  require_option(options.share_days >= 1, "share_days", ">= 1", options.share_days);
  require_option(options.shares >= 1, "shares", ">= 1", options.shares);
}

/// The customers that stand in ascending keys (customer << 32 | anything) at least `least` times.
std::vector<Customer> frequent(const std::vector<std::uint64_t>& keys, std::size_t least) {
  std::vector<Customer> out;
  for (std::size_t i = 0; i < keys.size();) {
    std::size_t end = i;
    while (end < keys.size() && keys[end] >> 32 == keys[i] >> 32) ++end;
    if (end - i >= least) out.push_back(id_at<Customer>(keys[i] >> 32));
    i = end;
  }
  return out;
}

}  // namespace

std::vector<ReadySegment> segments_by_column(const Customers& customers, std::string_view column) {
  const TextColumn<Customer>* texts = customers.find_column(column);
  std::vector<ReadySegment> out(texts == nullptr ? 0 : texts->texts().size());
  for (std::size_t code = 0; code < out.size(); ++code) {
    out[code].name = std::string(texts->texts().key(id_at<TextCode>(code)));
    out[code].definition = text("customers whose ", column, " is ", out[code].name);
  }
  ReadySegment unknown{
      .name = "unknown", .definition = text("customers without a ", column), .customers = {}};
  for (std::size_t c = 0; c < customers.size(); ++c) {
    const auto customer = id_at<Customer>(c);
    const TextCode code = texts == nullptr ? no_id<TextCode> : texts->code_at(customer);
    (code == no_id<TextCode> ? unknown : out[index(code)]).customers.push_back(customer);
  }
  std::erase_if(out, [](const ReadySegment& one) { return one.customers.empty(); });
  largest_first(out);
  if (!unknown.customers.empty()) out.push_back(std::move(unknown));
  return out;
}

std::vector<ReadySegment> channel_segments(const Orders& orders, std::span<const ChannelSide> sides,
                                           const TimeWindow& window) {
  std::vector<ReadySegment> out = {
      {"online only", "all purchases on a known side were online", {}},
      {"offline only", "all purchases on a known side were offline", {}},
      {"multi-channel", "bought both online and offline", {}},
      {"unknown channel", "no purchase on a channel whose side is known", {}}};
  std::vector<std::uint8_t> seen;  // bits: 1 online, 2 offline, 4 unknown
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!is_purchase(orders, line) || !window.contains(orders.line_times()[line])) continue;
    const std::size_t c = index(orders.line_customers()[line]);
    if (c >= seen.size()) seen.resize(c + 1);
    const Channel channel = orders.line_channels()[line];
    const ChannelSide side = channel != no_id<Channel> && index(channel) < sides.size()
                                 ? sides[index(channel)]
                                 : ChannelSide::unknown;
    seen[c] = static_cast<std::uint8_t>(seen[c] | (side == ChannelSide::online    ? 1
                                                   : side == ChannelSide::offline ? 2
                                                                                  : 4));
  }
  for (std::size_t c = 0; c < seen.size(); ++c) {
    if (seen[c] == 0) continue;
    const std::size_t at = (seen[c] & 3) == 3   ? 2
                           : (seen[c] & 1) != 0 ? 0
                           : (seen[c] & 2) != 0 ? 1
                                                : 3;
    out[at].customers.push_back(id_at<Customer>(c));
  }
  return out;
}

ReadySegment highly_engaged(const Events& events, const Orders& orders,
                            const EngagementOptions& options) {
  check(options);
  ReadySegment out{.name = "highly engaged",
                   .definition = text("active on at least ", options.engaged_days, " of the last ",
                                      options.days, " days"),
                   .customers = {}};
  const std::int64_t today = local_day(options.as_of, options.offset).time_since_epoch().count();
  std::vector<std::uint64_t> keys;
  const auto note = [&](Customer customer, Time time) {
    if (customer == no_customer || time > options.as_of) return;
    const std::int64_t ago = today - local_day(time, options.offset).time_since_epoch().count();
    if (ago >= options.days) return;
    keys.push_back(std::uint64_t{index(customer)} << 32 | static_cast<std::uint64_t>(ago));
  };
  for (std::size_t e = 0; e < events.size(); ++e) {
    if (events.kinds()[e] == EventKind::impression && !options.impressions) continue;
    note(events.customers()[e], events.times()[e]);
  }
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (is_purchase(orders, line)) note(orders.line_customers()[line], orders.line_times()[line]);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  out.customers = frequent(keys, static_cast<std::size_t>(options.engaged_days));
  return out;
}

ReadySegment sharers(const Events& events, const EngagementOptions& options) {
  check(options);
  ReadySegment out{.name = "sharers",
                   .definition = text("shared something at least ", options.shares,
                                      " times in the last ", options.share_days, " days"),
                   .customers = {}};
  const std::int64_t today = local_day(options.as_of, options.offset).time_since_epoch().count();
  std::vector<std::uint64_t> keys;
  for (std::size_t e = 0; e < events.size(); ++e) {
    const Customer customer = events.customers()[e];
    const Time time = events.times()[e];
    if (events.kinds()[e] != EventKind::share || customer == no_customer || time > options.as_of) {
      continue;
    }
    const std::int64_t ago = today - local_day(time, options.offset).time_since_epoch().count();
    if (ago < options.share_days) keys.push_back(std::uint64_t{index(customer)} << 32);
  }
  std::sort(keys.begin(), keys.end());
  out.customers = frequent(keys, static_cast<std::size_t>(options.shares));
  return out;
}

ReadySegment vip_segment(const RfmResult& rfm, const VipOptions& options) {
  require_option(options.share > 0 && options.share <= 1, "share", "in (0, 1]", options.share);
  ReadySegment out{
      .name = "VIP",
      .definition = text("among the ", options.share * 100,
                         "% of customers with the highest sales, at least ", options.orders,
                         " orders, the last at most ", options.recency_days, " days ago"),
      .customers = {}};
  if (rfm.rows.empty()) return out;
  std::vector<std::int64_t> values;
  values.reserve(rfm.rows.size());
  for (const RfmRow& row : rfm.rows) values.push_back(row.monetary);
  const double wanted = std::ceil(options.share * static_cast<double>(values.size()) - 1e-9);
  const auto place = static_cast<std::ptrdiff_t>(std::max(wanted, 1.0)) - 1;
  std::nth_element(values.begin(), values.begin() + place, values.end(), std::greater<>());
  const std::int64_t least = values[static_cast<std::size_t>(place)];
  for (const RfmRow& row : rfm.rows) {
    if (row.monetary >= least && row.orders >= options.orders &&
        row.recency_days <= options.recency_days) {
      out.customers.push_back(row.customer);
    }
  }
  return out;
}

std::vector<ReadySegment> brand_friends(const LoyaltyReport& loyalty,
                                        const TextColumn<Item>& brands,
                                        const BrandFriendOptions& options) {
  require_option(options.share > 0 && options.share <= 1, "share", "in (0, 1]", options.share);
  require_option(options.orders >= 1, "orders", ">= 1", options.orders);
  std::vector<ReadySegment> out(brands.texts().size());
  for (const CustomerLoyalty& one : loyalty.customers) {
    if (one.top_brand >= out.size() || one.top_brand_orders < options.orders ||
        static_cast<double>(one.top_brand_orders) <
            options.share * static_cast<double>(one.brand_orders)) {
      continue;
    }
    out[one.top_brand].customers.push_back(one.customer);
  }
  for (std::size_t code = 0; code < out.size(); ++code) {
    const std::string_view brand = brands.texts().key(id_at<TextCode>(code));
    out[code].name = text("friends of ", brand);
    out[code].definition = text("main brand of at least ", options.orders, " orders and ",
                                options.share * 100, "% of those with a known brand: ", brand);
  }
  std::erase_if(out, [](const ReadySegment& one) { return one.customers.empty(); });
  largest_first(out);
  return out;
}

NeedKindReport need_kinds(const Orders& orders, const TextColumn<Item>& categories,
                          std::span<const CategoryNeeds> mapping, const NeedKindOptions& options) {
  require_option(options.share > 0 && options.share <= 1, "share", "in (0, 1]", options.share);
  using Shares = std::array<double, need_kind_count>;
  std::vector<Shares> shares(categories.texts().size());
  for (std::size_t i = 0; i < mapping.size(); ++i) {
    const CategoryNeeds& one = mapping[i];
    const Shares weights = {one.functional, one.emotional, one.responsibility};
    double sum = 0;
    for (const double weight : weights) {
      require_option(weight >= 0 && weight < 1e100, "mapping", "weights >= 0 and finite", weight);
      sum += weight;
    }
    require_option(sum > 0, "mapping", "a weight > 0 for each category", one.category);
    for (std::size_t j = 0; j < i; ++j) {
      require_option(mapping[j].category != one.category, "mapping", "each category once",
                     one.category);
    }
    const auto code = categories.texts().find(one.category);
    if (!code) continue;
    for (std::size_t k = 0; k < need_kind_count; ++k) shares[index(*code)][k] = weights[k] / sum;
  }

  NeedKindReport out;
  struct Sums {
    Shares needs{};
    double all = 0;
  };
  std::vector<Sums> sums;
  std::vector<std::uint64_t> customer_orders;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!is_purchase(orders, line) || !options.window.contains(orders.line_times()[line])) continue;
    const TextCode code = categories.code_at(orders.line_items()[line]);
    const Shares known = code == no_id<TextCode> ? Shares{} : shares[index(code)];
    if (known[0] + known[1] + known[2] == 0) {
      ++out.unmapped_lines;
      continue;
    }
    const std::size_t c = index(orders.line_customers()[line]);
    if (c >= sums.size()) sums.resize(c + 1);
    const double amount = static_cast<double>(orders.line_amounts()[line]);
    for (std::size_t k = 0; k < need_kind_count; ++k) sums[c].needs[k] += amount * known[k];
    sums[c].all += amount;
    customer_orders.push_back(std::uint64_t{c} << 32 | index(orders.line_orders()[line]));
  }
  std::sort(customer_orders.begin(), customer_orders.end());
  customer_orders.erase(std::unique(customer_orders.begin(), customer_orders.end()),
                        customer_orders.end());
  for (std::size_t k = 0; k < need_kind_count; ++k) {
    const auto kind = static_cast<NeedKind>(k);
    out.segments.push_back({text(name(kind), " needs"),
                            text("at least ", options.share * 100, "% of the sales in ",
                                 options.orders, " or more orders meet ", name(kind), " needs"),
                            {}});
  }
  std::size_t at = 0;
  for (std::size_t c = 0; c < sums.size(); ++c) {
    if (sums[c].all == 0) continue;
    CustomerNeedKinds one{.customer = id_at<Customer>(c), .shares = {}, .orders = 0};
    while (at < customer_orders.size() && customer_orders[at] >> 32 == c) {
      ++one.orders;
      ++at;
    }
    for (std::size_t k = 0; k < need_kind_count; ++k) {
      one.shares[k] = sums[c].needs[k] / sums[c].all;
      if (one.orders >= options.orders && one.shares[k] >= options.share) {
        out.segments[k].customers.push_back(one.customer);
      }
    }
    out.customers.push_back(one);
  }
  return out;
}

}  // namespace emptor
