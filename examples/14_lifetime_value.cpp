// What is each customer worth? Whether they are still there, what they will buy, and what that
// brings; and how far such forecasts would have been right.

#include <iomanip>
#include <iostream>

#include "emptor/core/random.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/customer_value.hpp"
#include "emptor/value/gamma_gamma.hpp"
#include "emptor/value/holdout.hpp"

namespace {

constexpr emptor::Day opening{std::chrono::year{2024} / 1 / 1};
constexpr emptor::Time after(int days) {
  return opening + std::chrono::days{days};
}

/// A made-up shop of two years: customers come at a pace of their own until they leave unannounced.
emptor::Orders made_up(emptor::Customers& customers) {
  emptor::Items items;
  emptor::OrdersBuilder orders(customers, items, {.currency = emptor::Currency("EUR")});
  for (unsigned c = 0; c < 3000; ++c) {
    emptor::RandomStream random(2024, c);
    const double pace = random.gamma(1.5, 40);
    const double leaves = random.beta(1, 5);
    const double basket = 15 + random.gamma(3, 10);
    double day = random.below(300);
    while (day < 731) {
      const auto cents = static_cast<std::int64_t>(basket * random.gamma(6, 100.0 / 6));
      orders.add(emptor::text("customer ", c), after(static_cast<int>(day)),
                 emptor::Money(100 + cents, emptor::Currency("EUR")), "something");
      if (random.bernoulli(leaves)) break;
      day += 1 + random.exponential(pace);
    }
  }
  return std::move(orders).finish();
}

std::string shown(double value) {
  return emptor::fixed(value, 2);
}

}  // namespace

int main() {
  emptor::Customers customers;
  const emptor::Orders orders = made_up(customers);

  // How often, how long, how recently each of them bought; the models need no more.
  const emptor::RepeatPurchases purchases =
      emptor::RepeatPurchases::from_orders(orders, customers.size(), {.as_of = after(730)});
  const emptor::FittedBgNbd buying = emptor::fit_mbg_nbd(purchases);
  const emptor::FittedGammaGamma spending =
      emptor::fit_gamma_gamma(emptor::spend_histories_of(purchases));
  std::cout << buying.report.customers << " customers. " << buying.report.sentence << "\n\n";

  const emptor::CustomerValues values =
      emptor::customer_values_of(purchases, buying.model, spending.model,
                                 {.margin = 0.25, .discount = 0.1, .draws = 400, .interval = 0.8});
  std::cout << "customer   orders  weeks silent  alive  spend  value   80 % of outcomes\n";
  for (const unsigned c : {0U, 6U, 10U, 26U, 29U}) {
    const emptor::PurchasePattern& history = purchases.patterns()[purchases.pattern_of()[c]];
    std::cout << std::setw(8) << c << std::setw(9) << history.repeats + 1 << std::setw(14)
              << emptor::fixed(history.age - history.last, 0) << std::setw(7)
              << shown(values.p_alive[c]) << std::setw(7) << emptor::fixed(values.spend[c], 0)
              << std::setw(7) << emptor::fixed(values.value[c], 0) << "   "
              << emptor::fixed(values.low[c], 0) << " to " << emptor::fixed(values.high[c], 0)
              << "\n";
  }
  std::cout << "\nOf all of them about " << emptor::fixed(values.expected_alive / 10, 0)
            << "0 are still customers; a new one is worth " << emptor::fixed(values.new_value, 0)
            << " EUR beyond the first order.\n\n";

  // The same half a year earlier, held against what came.
  const emptor::Time then = after(548);
  const emptor::RepeatPurchases known =
      emptor::RepeatPurchases::from_orders(orders, customers.size(), {.as_of = then});
  const emptor::HoldoutResult holdout =
      emptor::holdout_of(orders, customers.size(), emptor::fit_mbg_nbd(known).model,
                         {.calibration_end = then, .holdout_end = after(730), .most_repeats = 5});
  std::cout
      << "Half a year ahead, by repeat orders before:\nrepeats  customers  expected  actual\n";
  for (const emptor::HoldoutFrequency& group : holdout.frequencies) {
    std::cout << std::setw(6) << group.repeats << (group.and_more ? '+' : ' ') << std::setw(11)
              << group.customers << std::setw(10) << shown(group.expected) << std::setw(8)
              << shown(group.actual) << "\n";
  }
  std::cout << "Mean error of a customer " << shown(holdout.mean_absolute_error)
            << " orders; if all went on as before, " << shown(holdout.naive_mean_absolute_error)
            << ".\n";
}
