#include "emptor/value/opportunity_counts.hpp"

#include "support/catch.hpp"

namespace {

using namespace emptor;

struct Shop {
  Customers customers;
  Items items;
  Orders orders;
};

Shop shop_of(std::initializer_list<std::tuple<const char*, Day, int>> lines) {
  Shop out;
  OrdersBuilder builder(out.customers, out.items);
  for (const auto& [customer, day, amount] : lines) {
    builder.add({.order = {},
                 .customer = customer,
                 .item = "i",
                 .time = day + std::chrono::hours{12},
                 .amount = amount,
                 .quantity = 1,
                 .channel = {}});
  }
  out.orders = std::move(builder).finish();
  return out;
}

constexpr Day date(int year, unsigned month, unsigned day) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
}

bool is(const OpportunityCounts& c, std::uint32_t x, std::uint32_t last, std::uint32_t n) {
  return c.bought == x && c.last == last && c.periods == n && c.weight == 1;
}

}  // namespace

TEST_CASE("opportunities are periods that have ended since the first purchase") {
  const Shop shop = shop_of({{"a", date(2020, 1, 31), 5},
                             {"a", date(2020, 2, 1), 5},
                             {"a", date(2020, 2, 29), 5},
                             {"a", date(2020, 5, 3), 5},
                             {"a", date(2020, 7, 1), 5},   // in a month that has not ended
                             {"a", date(2020, 6, 9), -5},  // money back
                             {"b", date(2020, 6, 30), 5},
                             {"c", date(2020, 7, 1), 5},
                             {"", date(2020, 3, 1), 5}});
  const Time as_of = date(2020, 7, 30) + std::chrono::hours{20};
  const auto months = opportunity_counts_of(shop.orders, 4, {.as_of = as_of});
  REQUIRE(months.size() == 4);
  CHECK(is(months[0], 2, 4, 5));
  CHECK(is(months[1], 0, 0, 0));
  CHECK(months[2].weight == 0);  // new this month
  CHECK(months[3].weight == 0);  // never bought

  // A day later July has ended.
  const auto july = opportunity_counts_of(shop.orders, 4, {.as_of = as_of + std::chrono::days{1}});
  CHECK(is(july[0], 3, 6, 6));
  CHECK(is(july[2], 0, 0, 0));
  // Which it has sooner at UTC+8, whose clock shows the 31st at 20:00 UTC on the 30th.
  CHECK(is(
      opportunity_counts_of(shop.orders, 4, {.as_of = as_of, .offset = std::chrono::hours{8}})[0],
      3, 6, 6));

  const auto quarters = opportunity_counts_of(shop.orders, 4, {.as_of = as_of, .months = 3});
  CHECK(is(quarters[0], 1, 1, 1));
  const auto weeks = opportunity_counts_of(shop.orders, 4, {.as_of = as_of, .months = 0});
  // Monday 27 January to Sunday 26 July: 26 weeks, the first of them with the first purchase.
  CHECK(is(weeks[0], 3, 22, 25));
  const auto years = opportunity_counts_of(shop.orders, 4, {.as_of = as_of, .months = 12});
  CHECK(years[0].weight == 0);

  const auto to_the_last = opportunity_counts_of(shop.orders, 0);
  REQUIRE(to_the_last.size() == 3);
  CHECK(is(to_the_last[0], 2, 4, 5));
}

TEST_CASE("opportunities of nothing, and of what is out of range") {
  const Shop empty = shop_of({});
  CHECK(opportunity_counts_of(empty.orders, 0).empty());
  CHECK(opportunity_counts_of(empty.orders, 2)[1].weight == 0);
  CHECK_THROWS_AS(opportunity_counts_of(empty.orders, 0, {.months = 0, .days = 0}), Exception);
  CHECK_THROWS_AS(opportunity_counts_of(empty.orders, 0, {.months = 1201}), Exception);
  const Shop old = shop_of({{"a", date(1600, 1, 1), 5}, {"a", date(2020, 1, 1), 5}});
  CHECK_THROWS_AS(opportunity_counts_of(old.orders, 1, {.months = 0, .days = 1}), Exception);
  CHECK(opportunity_counts_of(old.orders, 1, {.months = 12})[0].periods == 419);
}

TEST_CASE("opportunities from orders can be fitted") {
  Shop shop;
  OrdersBuilder builder(shop.customers, shop.items);
  for (int c = 0; c < 300; ++c) {
    const std::string key = text("c", c);
    for (int month = 0; month <= c % 12; month += 1 + c % 3) {
      builder.add({.order = {},
                   .customer = key,
                   .item = "i",
                   .time = date(2021, static_cast<unsigned>(month) + 1, 5),
                   .amount = 1,
                   .quantity = 1,
                   .channel = {}});
    }
  }
  shop.orders = std::move(builder).finish();
  const auto counts = opportunity_counts_of(shop.orders, 300, {.as_of = Time{date(2021, 12, 31)}});
  const FittedBgBb fit = fit_bg_bb(counts);
  CHECK(fit.report.customers == 300);
  CHECK(fit.report.converged);
}
