#include "emptor/profile/preferences.hpp"

#include <cmath>

#include "support/catch.hpp"

namespace {

using namespace emptor;
using Dimension = PreferenceDimension;

constexpr Time at(int day, int hour = 0) {
  return Time{std::chrono::days{day}} + std::chrono::hours{hour};
}

FeatureEvent line(Category category, Time time, std::int64_t amount = 100,
                  std::int32_t quantity = 1) {
  return {.category = category, .time = time, .amount = amount, .quantity = quantity};
}

constexpr Category tea{0};
constexpr Category cups{1};

}  // namespace

TEST_CASE("shares lean on the shop's and fade by half-lives, by hand") {
  const PreferenceOptions options{.half_life_days = 10, .strength = 2};
  PreferenceTotals totals(options, at(20));
  // The shop: 3 of tea, 1 of cups, all of today.
  totals.add(
      std::vector{line(tea, at(20)), line(tea, at(20)), line(tea, at(20)), line(cups, at(20))});
  const PreferencePrior prior = totals.prior();
  CHECK(prior.shares(Dimension::category)[0] == 0.75);
  CHECK(prior.shares(Dimension::brand).empty());

  // One line of cups, two half-lives old: 25 hundredths against two lines of the shop's.
  const std::vector lines{line(cups, at(0))};
  const CustomerPreferences seen = prior.of(lines);
  const Preference& category = seen.in(Dimension::category);
  CHECK(category.weight == 25);
  CHECK(category.confidence == Approx(25.0 / 225));
  CHECK(category.loyalty == 1);
  REQUIRE(seen.values_of(Dimension::category).size() == 1);
  const PreferredValue& value = seen.values_of(Dimension::category)[0];
  CHECK(value.value == 1);
  CHECK(value.observed == 1);
  CHECK(value.share == Approx((25 + 200 * 0.25) / 225));
  CHECK(category.top == 0U);  // the shop's favourite is still ahead
  CHECK(category.top_share == Approx(150.0 / 225));
  const double p = 150.0 / 225;
  CHECK(category.entropy == Approx(-p * std::log(p) - (1 - p) * std::log(1 - p)));
  CHECK(category.evenness == Approx(category.entropy / std::log(2)));
  Preference empty;
  empty.begin = empty.end = 1;
  CHECK(seen.in(Dimension::brand) == empty);

  // Who did nothing is like the shop.
  const Preference nobody = prior.of({}).in(Dimension::category);
  CHECK(nobody.confidence == 0);
  CHECK(nobody.top == 0U);
  CHECK(nobody.top_share == 0.75);
  CHECK(nobody.entropy == Approx(-0.75 * std::log(0.75) - 0.25 * std::log(0.25)));
}

TEST_CASE("what counts: lines, orders, units or amount; no refunds, nothing later") {
  std::vector<FeatureEvent> lines{line(tea, at(1), 300, 3), line(tea, at(1), 100, 1),
                                  line(cups, at(2), 1600, 2)};
  lines[0].order = lines[1].order = Order{7};
  lines[2].order = Order{8};
  lines.push_back(line(cups, at(2), -1600, -2));
  lines.push_back(line(cups, at(9)));
  const auto observed = [&](PreferenceWeight weight) {
    const PreferenceOptions options{.weight = weight, .half_life_days = {}, .strength = 0};
    PreferenceTotals totals(options, at(8));
    totals.add(lines);
    const CustomerPreferences seen = totals.prior().of(lines);
    double tea_weight = 0;
    for (const PreferredValue& value : seen.values_of(Dimension::category)) {
      if (value.value == 0) tea_weight = value.weight;
    }
    return std::pair(tea_weight, seen.in(Dimension::category).weight);
  };
  CHECK(observed(PreferenceWeight::lines) == std::pair(200.0, 300.0));
  CHECK(observed(PreferenceWeight::orders) == std::pair(100.0, 200.0));
  CHECK(observed(PreferenceWeight::units) == std::pair(400.0, 600.0));
  CHECK(observed(PreferenceWeight::amount) == std::pair(400.0, 2000.0));
}

TEST_CASE("hours and weekdays are the shop's; bands are of a unit's price") {
  const PreferenceOptions options{.half_life_days = {},
                                  .strength = 0,
                                  .offset = std::chrono::hours{8},
                                  .price_edges = {100, 200}};
  PreferenceTotals totals(options, at(40));
  const std::vector lines{line(tea, at(0, 15), 300, 3), line(tea, at(0, 16), 198, 2)};
  totals.add(lines);
  const CustomerPreferences seen = totals.prior().of(lines);
  const auto values = [&](Dimension dimension) {
    std::vector<std::uint32_t> out;
    for (const PreferredValue& value : seen.values_of(dimension)) out.push_back(value.value);
    return out;
  };
  CHECK(values(Dimension::hour) == std::vector<std::uint32_t>{0, 23});
  CHECK(values(Dimension::weekday) == std::vector<std::uint32_t>{3, 4});  // Thursday, then Friday
  CHECK(values(Dimension::price_band) == std::vector<std::uint32_t>{0, 1});
  CHECK(seen.in(Dimension::hour).evenness == Approx(1));
}

TEST_CASE("events count by kind, and not as money") {
  EventState events;
  events.add({.time = at(1), .kind = EventKind::cart, .category = cups});
  events.add({.time = at(1), .kind = EventKind::view, .category = tea});
  events.add({.time = at(1), .kind = EventKind::dislike, .category = tea});
  PreferenceOptions options{.half_life_days = {}};
  PreferenceTotals totals(options, at(1));
  totals.add({}, events.facts());
  const Preference seen = totals.prior().of({}, events.facts()).in(Dimension::category);
  CHECK(seen.weight == 50);
  CHECK(seen.top == 1U);
  CHECK(seen.confidence == Approx(50.0 / 550));
  options.weight = PreferenceWeight::amount;
  PreferenceTotals money(options, at(1));
  money.add({}, events.facts());
  CHECK(money == PreferenceTotals(options, at(1)));
}

TEST_CASE("a shop's table: labels, anonymous lines, channels of two tables") {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  builder.add({.customer = "ann", .item = "tea", .time = at(1), .amount = 100, .channel = "web"});
  builder.add({.customer = "bob", .item = "cup", .time = at(1), .amount = 900, .channel = "shop"});
  builder.add({.item = "tea", .time = at(1), .amount = 120});
  builder.add({.customer = "ann", .item = "cup", .time = at(5), .amount = 900});
  items.column("category").set(*items.find("tea"), "drink");
  items.column("category").set(*items.find("cup"), "ware");
  const Orders orders = std::move(builder).finish();
  Events events;
  events.add(*customers.find("bob"), *items.find("tea"), EventKind::cart, at(2), "app");
  events.add(Customer{4}, *items.find("tea"), EventKind::cart, at(2), "web");
  const PreferenceOptions options{.half_life_days = {},
                                  .price_edges = price_band_edges(orders, 2, at(4))};
  CHECK(options.price_edges == std::vector<std::int64_t>{120});
  const PreferenceTable table =
      preferences_of(orders, &events, customers.size(), feature_columns(items), at(4), options);
  REQUIRE(table.customers.size() == 5);
  const PreferenceAxis& channels = table.axis(Dimension::channel);
  CHECK(channels.labels == std::vector<std::string>{"web", "shop", "app"});
  CHECK(channels.shares[0] == Approx(140.0 / 280));
  CHECK(table.axis(Dimension::category).labels == std::vector<std::string>{"drink", "ware"});
  CHECK(table.axis(Dimension::category).shares[0] == Approx(280.0 / 380));
  CHECK(table.axis(Dimension::price_band).labels ==
        std::vector<std::string>{"below 1.20", "1.20 and above"});
  CHECK(table.axis(Dimension::weekday).labels[4] == "Friday");
  CHECK(table.axis(Dimension::hour).labels[7] == "07:00");
  CHECK(table.customers[0].in(Dimension::category).weight == 100);
  CHECK(table.customers[1].in(Dimension::channel).loyalty == Approx(100.0 / 140));
  CHECK(table.customers[3].in(Dimension::category).confidence == 0);
  CHECK(table.customers[4].in(Dimension::category).weight == 40);
  const PreferenceTable plain = preferences_of(orders, customers, items, at(4));
  CHECK(plain.customers.size() == 2);
  CHECK(plain.axis(Dimension::price_band).labels.empty());
}

TEST_CASE("options, totals and removals that make no sense") {
  CHECK_THROWS_AS(PreferenceTotals({.half_life_days = 0}, at(1)), Exception);
  CHECK_THROWS_AS(PreferenceTotals({.half_life_days = INFINITY}, at(1)), Exception);
  CHECK_THROWS_AS(PreferenceTotals({.strength = -1}, at(1)), Exception);
  CHECK_THROWS_AS(PreferenceTotals({.price_edges = {2, 2}}, at(1)), Exception);
  CHECK_THROWS_AS(price_band_edges(Orders{}, 0, at(1)), Exception);
  CHECK(price_band_edges(Orders{}, 5, at(1)).empty());
  PreferenceTotals a({}, at(1));
  CHECK_THROWS_AS(a.merge(PreferenceTotals({}, at(2))), Exception);
  CHECK_THROWS_AS(a.merge(PreferenceTotals({.strength = 1}, at(1))), Exception);
  CHECK_THROWS_AS(a.remove(std::vector{line(tea, at(0))}), Exception);
  CHECK(a == PreferenceTotals({}, at(1)));
  CHECK(preferences_of(Orders{}, nullptr, 0, {}, at(1)).customers.empty());
  CHECK_FALSE(preferences_of(Orders{}, nullptr, 1, {}, at(1)).customers[0].dimensions[0].top);
}

TEST_CASE("what is many half-lives old leaves the shop's shares") {
  const PreferenceOptions options{.half_life_days = 1};
  PreferenceTotals totals(options, at(20'000));
  totals.add(std::vector{line(tea, at(20'000))});
  const CustomerPreferences seen = totals.prior().of(std::vector{line(cups, at(0))});
  CHECK(seen.in(Dimension::category).confidence == 0);
  CHECK(seen.in(Dimension::category).top == 0U);
}
