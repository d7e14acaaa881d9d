// Needs by stage and ready-made segments against the plainest code that can be.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "emptor/segment/needs_stage.hpp"
#include "emptor/segment/ready_segments.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

struct EventRow {
  int customer = 0;  // 5: not known
  int item = 0;      // 4: none
  EventKind kind = EventKind::view;
  int hour = 0;
};
struct SaleRow {
  int customer = 0;
  int item = 0;
  int hour = 0;
  int amount = 0;
  int channel = 0;  // 0: not known
  int order = 0;
};

constexpr int days_of_data = 30;

struct NeedsShop {
  std::vector<EventRow> event_rows;
  std::vector<SaleRow> sale_rows;
  Customers customers;
  Items items;
  Events events;
  Orders orders;
};

Customer customer_at(int c) {
  return id_at<Customer>(static_cast<std::size_t>(c));
}

/// Items 0 and 1 are of category "x", 2 of "y", 3 of none.
NeedsShop any_needs_shop() {
  NeedsShop shop;
  for (int c = 0; c < 5; ++c) shop.customers.add(std::to_string(c));
  for (int i = 0; i < 4; ++i) shop.items.add(std::to_string(i));
  auto& category = shop.items.column("category");
  category.set(id_at<Item>(0), "x");
  category.set(id_at<Item>(1), "x");
  category.set(id_at<Item>(2), "y");
  const auto count = *rc::gen::inRange(0, 40);
  for (int i = 0; i < count; ++i) {
    const EventRow row{*rc::gen::inRange(0, 6), *rc::gen::inRange(0, 5),
                       static_cast<EventKind>(*rc::gen::inRange(0, 14)),
                       *rc::gen::inRange(0, 24 * days_of_data)};
    shop.event_rows.push_back(row);
    shop.events.add(row.customer == 5 ? no_customer : customer_at(row.customer),
                    row.item == 4 ? no_item : id_at<Item>(static_cast<std::size_t>(row.item)),
                    row.kind, Time{std::chrono::hours{row.hour}});
  }
  OrdersBuilder builder(shop.customers, shop.items);
  const auto sales = *rc::gen::inRange(0, 15);
  const std::string channels[] = {"", "web", "shop", "fair"};
  for (int i = 0; i < sales; ++i) {
    const SaleRow row{
        *rc::gen::inRange(0, 5),  *rc::gen::inRange(0, 4), *rc::gen::inRange(0, 24 * days_of_data),
        *rc::gen::inRange(-1, 9), *rc::gen::inRange(0, 4), *rc::gen::inRange(0, 12)};
    shop.sale_rows.push_back(row);
    const std::string order = std::to_string(row.order);
    const std::string customer = std::to_string(row.customer);
    const std::string item = std::to_string(row.item);
    builder.add({.order = order,
                 .customer = customer,
                 .item = item,
                 .time = Time{std::chrono::hours{row.hour}},
                 .amount = row.amount,
                 .channel = channels[row.channel]});
  }
  shop.orders = std::move(builder).finish();
  return shop;
}

int category_of(int item) {
  return item == 0 || item == 1 ? 0 : item == 2 ? 1 : -1;
}

}  // namespace

TEST_CASE("needs by stage by definition, with and without categories") {
  test::check_property("needs twin", [] {
    const NeedsShop shop = any_needs_shop();
    NeedsOptions options;
    const int now = *rc::gen::inRange(0, 24 * days_of_data);
    options.as_of = Time{std::chrono::hours{now}};
    options.purchase_ends = *rc::gen::arbitrary<bool>();
    options.repeated_views = *rc::gen::inRange(0, 4);
    const bool by_category = *rc::gen::arbitrary<bool>();
    const NeedsReport report =
        by_category
            ? needs_stages(shop.events, shop.orders, *shop.items.find_column("category"), options)
            : needs_stages(shop.events, shop.orders, options);
    std::size_t needs = 0;
    for (int c = 0; c < 5; ++c) {
      for (int category = -1; category < (by_category ? 2 : 0); ++category) {
        const auto belongs = [&](int item) {
          return !by_category || (item == 4 ? -1 : category_of(item)) == category;
        };
        int ended = -1;
        for (const SaleRow& sale : shop.sale_rows) {
          const bool same = category == -1 || category_of(sale.item) == category;
          if (sale.customer == c && sale.amount > 0 && sale.hour <= now && same) {
            ended = std::max(ended, sale.hour);
          }
        }
        std::vector<EventRow> rows;
        for (const EventRow& row : shop.event_rows) {
          const bool over = options.purchase_ends && row.hour <= ended;
          if (row.customer == c && row.hour <= now && belongs(row.item) && !over) {
            rows.push_back(row);
          }
        }
        std::stable_sort(rows.begin(), rows.end(),
                         [](const EventRow& a, const EventRow& b) { return a.hour < b.hour; });
        const auto found =
            std::find_if(report.needs.begin(), report.needs.end(), [&](const CustomerNeed& one) {
              return one.customer == customer_at(c) &&
                     one.category ==
                         (category < 0 ? 0xffffffffU : static_cast<std::uint32_t>(category));
            });
        RC_ASSERT((found == report.needs.end()) == rows.empty());
        if (rows.empty()) continue;
        ++needs;
        double sums[3] = {};
        std::map<int, int> views;
        for (const EventRow& row : rows) {
          const double decay = std::pow(0.5, (now - row.hour) / 24.0 / options.half_life_days);
          NeedsWeights w = options.weights[static_cast<std::size_t>(row.kind)];
          if (row.kind == EventKind::view && row.item != 4 && options.repeated_views > 0 &&
              ++views[row.item] >= options.repeated_views) {
            w.considering += options.repeated_view;
          }
          sums[0] += decay * w.aware;
          sums[1] += decay * w.considering;
          sums[2] += decay * w.deciding;
        }
        RC_ASSERT(std::abs(found->aware - sums[0]) < 1e-12);
        RC_ASSERT(std::abs(found->considering - sums[1]) < 1e-12);
        RC_ASSERT(std::abs(found->deciding - sums[2]) < 1e-12);
        RC_ASSERT(found->events == rows.size());
        const NeedsStage expected = found->deciding >= 0.5       ? NeedsStage::deciding
                                    : found->considering >= 0.75 ? NeedsStage::considering
                                    : found->aware >= 0.5        ? NeedsStage::aware
                                                                 : NeedsStage::none;
        RC_ASSERT(found->stage == expected);
      }
    }
    RC_ASSERT(report.needs.size() == needs);
  });
}

TEST_CASE("channels, engagement and sharing by definition") {
  test::check_property("ready twin", [] {
    const NeedsShop shop = any_needs_shop();
    // web is online, shop is offline, fair and none are not known.
    std::vector<ChannelSide> sides(shop.orders.channels().size(), ChannelSide::unknown);
    if (const auto web = shop.orders.channels().find("web")) {
      sides[index(*web)] = ChannelSide::online;
    }
    if (const auto branch = shop.orders.channels().find("shop")) {
      sides[index(*branch)] = ChannelSide::offline;
    }
    const auto channels = channel_segments(shop.orders, sides);
    EngagementOptions options{.as_of = Time{std::chrono::hours{24 * 25}},
                              .days = 10,
                              .engaged_days = 2,
                              .share_days = 20,
                              .shares = 1};
    const ReadySegment engaged = highly_engaged(shop.events, shop.orders, options);
    const ReadySegment shared = sharers(shop.events, options);
    const auto is_in = [](const ReadySegment& segment, int c) {
      return std::binary_search(segment.customers.begin(), segment.customers.end(), customer_at(c));
    };
    for (int c = 0; c < 5; ++c) {
      std::set<int> seen;
      std::set<int> days;
      int shares = 0;
      for (const SaleRow& sale : shop.sale_rows) {
        if (sale.customer != c || sale.amount <= 0) continue;
        seen.insert(sale.channel == 1 ? 1 : sale.channel == 2 ? 2 : 0);
        const int day = sale.hour / 24;
        if (sale.hour <= 24 * 25 && 25 - day < 10) days.insert(day);
      }
      for (const EventRow& row : shop.event_rows) {
        if (row.customer != c || row.hour > 24 * 25) continue;
        const int day = row.hour / 24;
        if (row.kind != EventKind::impression && 25 - day < 10) days.insert(day);
        shares += row.kind == EventKind::share && 25 - day < 20 ? 1 : 0;
      }
      RC_ASSERT(is_in(channels[0], c) == (seen.contains(1) && !seen.contains(2)));
      RC_ASSERT(is_in(channels[1], c) == (seen.contains(2) && !seen.contains(1)));
      RC_ASSERT(is_in(channels[2], c) == (seen.contains(2) && seen.contains(1)));
      RC_ASSERT(is_in(channels[3], c) == (seen == std::set<int>{0}));
      RC_ASSERT(is_in(engaged, c) == (days.size() >= 2));
      RC_ASSERT(is_in(shared, c) == (shares >= 1));
    }
  });
}

TEST_CASE("needs that purchases speak of, by definition") {
  test::check_property("need kinds twin", [] {
    const NeedsShop shop = any_needs_shop();
    const std::vector<CategoryNeeds> mapping = {{"x", 3, 1, 0}, {"z", 1, 1, 1}};
    const NeedKindReport report =
        need_kinds(shop.orders, *shop.items.find_column("category"), mapping, {.orders = 1});
    std::size_t at = 0;
    for (int c = 0; c < 5; ++c) {
      std::set<int> orders;
      double all = 0;
      for (const SaleRow& sale : shop.sale_rows) {
        if (sale.customer != c || sale.amount <= 0 || category_of(sale.item) != 0) continue;
        orders.insert(sale.order);
        all += sale.amount;
      }
      if (all == 0) continue;
      const CustomerNeedKinds& one = report.customers.at(at++);
      RC_ASSERT(one.customer == customer_at(c));
      RC_ASSERT(one.orders == orders.size());
      RC_ASSERT(std::abs(one.shares[0] - 0.75) < 1e-12);
      RC_ASSERT(std::abs(one.shares[1] - 0.25) < 1e-12);
    }
    RC_ASSERT(report.customers.size() == at);
    RC_ASSERT(report.segments[0].customers.size() == at);
    RC_ASSERT(report.segments[1].customers.empty());
  });
}
