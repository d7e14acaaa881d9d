// What is known of each customer: features in several windows, what they prefer, what they get at a
// discount, over two shops in two currencies; and one customer kept up to date line by line.

#include <iomanip>
#include <iostream>

#include "emptor/core/random.hpp"
#include "emptor/core/text.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/profile/list_prices.hpp"
#include "emptor/profile/preferences.hpp"
#include "emptor/profile/rates.hpp"

int main() {
  using emptor::Currency;
  // Two made-up shops of one merchant share customers and items. The second sells for dollars.
  emptor::Customers customers;
  emptor::Items items;
  emptor::OrdersBuilder berlin(customers, items, {.currency = Currency("EUR")});
  emptor::OrdersBuilder boston(customers, items, {.currency = Currency("USD")});
  const char* const goods[] = {"tea", "coffee", "cup", "pot"};
  const std::int64_t prices[] = {450, 790, 1200, 2900};
  const emptor::Time start = emptor::Day{std::chrono::year{2025} / 1 / 1};
  for (unsigned c = 0; c < 50; ++c) {
    emptor::RandomStream random(7, c);
    for (unsigned day = random.below(60); day < 365; day += 5 + random.below(10 + c)) {
      const unsigned good = random.bernoulli(0.6) ? c % 4 : random.below(4);
      const bool sale = random.bernoulli(0.15);  // a fifth off
      (c % 5 == 0 ? boston : berlin)
          .add({.customer = emptor::text("customer ", c),
                .item = goods[good],
                .time = start + std::chrono::days{day} + std::chrono::hours{8 + random.below(12)},
                .amount = sale ? prices[good] * 4 / 5 : prices[good],
                .channel = random.bernoulli(0.3) ? "shop" : "web"});
    }
  }
  for (const char* good : {"tea", "coffee"})
    items.column("category").set(*items.find(good), "drinks");
  for (const char* good : {"cup", "pot"}) items.column("category").set(*items.find(good), "ware");

  // One table in euros, at the latest rate on or before each line's day.
  emptor::RateTable rates;
  rates.add(Currency("USD"), Currency("EUR"), emptor::local_day(start), 9'600, 10'000);
  rates.add(Currency("USD"), Currency("EUR"), emptor::local_day(start) + std::chrono::days{180},
            8'500, 10'000);
  const emptor::Orders in_euros = std::move(berlin).finish();
  const emptor::Orders in_dollars = std::move(boston).finish();
  // Discounts are told by what most paid for the item in the same shop in the quarter before.
  const emptor::InferredDiscounts in_berlin = emptor::inferred_discounts(in_euros);
  const emptor::InferredDiscounts in_boston = emptor::inferred_discounts(in_dollars);
  const emptor::OrdersPart parts[] = {{&in_euros, "berlin ", in_berlin.discounts},
                                      {&in_dollars, "boston ", in_boston.discounts}};
  const emptor::MergedOrders merged =
      emptor::merge_orders(parts, rates, {.currency = Currency("EUR")}).value();
  const emptor::Orders& orders = merged.orders;
  std::cout << orders.lines() << " lines, " << merged.parts[1].converted_lines
            << " of them converted\n\n";

  // Features in two windows.
  const emptor::Time as_of = start + std::chrono::days{365};
  emptor::FeatureColumns columns = emptor::feature_columns(items);
  columns.discounts = merged.discounts;
  const emptor::TimeWindow windows[] = {emptor::trailing_window(as_of, 90), {}};
  const auto features =
      emptor::features_over(orders, customers.size(), columns, windows, {.as_of = as_of});
  const emptor::PreferenceTable preferences =
      emptor::preferences_of(orders, customers, items, as_of);
  const emptor::PreferenceAxis& categories =
      preferences.axis(emptor::PreferenceDimension::category);

  std::cout << "customer      orders (90 days)  median gap  overdue  discounted  prefers\n";
  for (std::size_t c = 0; c < 6; ++c) {
    const emptor::CustomerFeatures& seen = features[1].customers[c];
    const emptor::Preference& category =
        preferences.customers[c].in(emptor::PreferenceDimension::category);
    std::cout << std::left << std::setw(12) << customers.key(emptor::id_at<emptor::Customer>(c))
              << std::right << std::setw(8) << seen.orders << std::setw(12)
              << emptor::text("(", features[0].customers[c].orders, ")") << std::setw(12)
              << emptor::fixed(seen.median_gap_days.value_or(0), 1) << std::setw(9)
              << emptor::fixed(seen.rhythm ? seen.rhythm->overdue : 0, 2) << std::setw(11)
              << emptor::fixed(100 * seen.discounted_share().value_or(0), 0) << "%  "
              << categories.labels[category.top.value()] << ", "
              << emptor::fixed(100 * category.top_share, 0) << "%\n";
  }

  // One customer, line by line: what is added can be taken out again, to the byte.
  emptor::FeatureState state;
  const emptor::FeatureEvent first{.order = emptor::Order{0}, .time = start, .amount = 450};
  const emptor::FeatureEvent second{
      .order = emptor::Order{1}, .time = start + std::chrono::days{30}, .amount = 790};
  state.add(second);
  state.add(first);
  std::cout << "\nafter two lines: " << state.at(as_of).orders << " orders, "
            << orders.money(state.at(as_of).sales).minor()
            << " cents; as of January: " << state.at(start).orders << "\n";
  state.remove(second);
  std::cout << "one taken out:   " << state.at(as_of).orders << " orders, "
            << orders.money(state.at(as_of).sales).minor() << " cents\n";
}
