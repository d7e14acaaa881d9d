#include "emptor/profile/customer_columns.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/profile/features.hpp"
#include "emptor/profile/preferences.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Time at(int day) {
  return Time{std::chrono::days{day}};
}

double cell(const CustomerColumns& columns, std::size_t row, std::string_view name) {
  const auto found = std::find(columns.names.begin(), columns.names.end(), name);
  REQUIRE(found != columns.names.end());
  return columns.values(row, static_cast<std::size_t>(found - columns.names.begin()));
}

struct Shop {
  Customers customers;
  Items items;
  Orders orders;
};

Shop small_shop() {
  Shop shop;
  OrdersBuilder builder(shop.customers, shop.items);
  const auto add = [&](std::string_view customer, int day, std::int64_t amount,
                       std::string_view channel) {
    builder.add({.customer = customer,
                 .item = "tea",
                 .time = at(day),
                 .amount = amount,
                 .channel = channel});
  };
  add("ann", 1, 1000, "web");
  add("ann", 11, 3000, "web");
  add("ann", 31, 2000, "shop");
  add("bob", 30, 500, "shop");
  add("cid", 50, 500, "web");
  shop.orders = std::move(builder).finish();
  return shop;
}

}  // namespace

TEST_CASE("features of two windows and preferences side by side") {
  const Shop shop = small_shop();
  const Time as_of = at(40);
  const std::vector<TimeWindow> windows{{}, trailing_window(as_of, 10)};
  const auto tables = features_over(shop.orders, 3, {}, windows, {.as_of = as_of});
  const PreferenceTable preferences =
      preferences_of(shop.orders, shop.customers, shop.items, as_of, {.half_life_days = {}});
  const std::vector<NamedFeatures> parts{{"", &tables[0]}, {"10 days", &tables[1]}};
  const CustomerColumns columns = profile_columns(parts, &preferences);
  CHECK(columns.customers.empty());
  REQUIRE(columns.values.rows() == 3);
  CHECK(columns.values.columns() == columns.names.size());
  CHECK(cell(columns, 0, "orders") == 3);
  CHECK(cell(columns, 0, "orders 10 days") == 1);
  CHECK(cell(columns, 0, "sales") == 60);
  CHECK(cell(columns, 0, "average order") == 20);
  CHECK(cell(columns, 0, "median gap") == 15);
  CHECK(cell(columns, 0, "recency") == 9);
  CHECK(std::isnan(cell(columns, 1, "median gap")));
  CHECK(cell(columns, 2, "orders") == 0);  // bought after as_of only
  CHECK(std::isnan(cell(columns, 2, "recency")));
  CHECK(cell(columns, 2, "channel confidence") == 0);
  CHECK(std::isnan(cell(columns, 2, "channel loyalty")));
  CHECK(cell(columns, 2, "channel=web") == 0.5);
  CHECK(cell(columns, 0, "channel=web") == Approx((200 + 500 * 0.5) / 800));
  CHECK(cell(columns, 1, "channel=web") == Approx(500 * 0.5 / 600));
  CHECK(cell(columns, 0, "channel loyalty") == Approx(2.0 / 3));
  for (const std::string& name : columns.names) CHECK(name.rfind("brand ", 0) != 0);

  const CustomerColumns few = profile_columns(parts, &preferences, {.values = 0});
  CHECK(std::none_of(few.names.begin(), few.names.end(),
                     [](const std::string& name) { return name.find('=') != name.npos; }));
  CHECK(cell(few, 0, "channel loyalty") == Approx(2.0 / 3));
}

TEST_CASE("columns that do not fit together") {
  const Shop shop = small_shop();
  const FeatureTable now = features_of(shop.orders, 3, FeatureColumns{}, {.as_of = at(40)});
  const FeatureTable later = features_of(shop.orders, 3, FeatureColumns{}, {.as_of = at(60)});
  const std::vector<NamedFeatures> mixed{{"", &now}, {"later", &later}};
  CHECK_THROWS_AS(profile_columns(mixed, nullptr), Exception);
  const std::vector<NamedFeatures> twice{{"", &now}, {"", &now}};
  CHECK_THROWS_AS(profile_columns(twice, nullptr), Exception);
  const std::vector<NamedFeatures> none{{}};
  CHECK_THROWS_AS(profile_columns(none, nullptr), Exception);
  CHECK(profile_columns({}, nullptr).names.empty());
}
