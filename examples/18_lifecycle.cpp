// Who is new, active, at risk and gone, by each customer's own rhythm; how the base grows; who
// brings the revenue; and what to call the eight kinds of customers.

#include <iomanip>
#include <iostream>

#include "emptor/core/random.hpp"
#include "emptor/segment/lifecycle.hpp"
#include "emptor/segment/loyalty.hpp"
#include "emptor/segment/rfm.hpp"
#include "emptor/segment/value_model.hpp"
#include "emptor/segment/value_tiers.hpp"
#include "emptor/table/orders.hpp"

int main() {
  // A made-up year: every customer comes in its own rhythm, and some stop coming.
  emptor::Customers customers;
  emptor::Items items;
  emptor::OrdersBuilder builder(customers, items, {.currency = emptor::Currency("EUR")});
  const emptor::Day new_year{std::chrono::year{2025} / 1 / 1};
  for (unsigned c = 0; c < 300; ++c) {
    emptor::RandomStream random(18, c);
    const unsigned last_day = random.bernoulli(0.4) ? 150 : 365;
    for (unsigned day = random.below(200); day < last_day; day += 5 + random.below(10 + c / 3)) {
      builder.add(emptor::text("customer ", c), new_year + std::chrono::days{day},
                  emptor::Money(500 + random.below(20000 - 50 * c), emptor::Currency("EUR")),
                  "something");
    }
  }
  const emptor::Orders orders = std::move(builder).finish();
  const emptor::PurchaseDays days = emptor::purchase_days_of(orders, customers.size());
  const emptor::Day today{std::chrono::year{2025} / 12 / 31};

  const emptor::LifecycleOptions options{.clock = emptor::LifecycleClock::own_rhythm};
  const emptor::LifecycleHistory history = emptor::lifecycle_history(days, today, options);
  std::cout << "month    active  new  retained  resurrected  lost  quick ratio\n";
  for (const emptor::GrowthMonth& month : history.growth) {
    std::cout << emptor::month_label(month.month) << std::setw(8) << month.active << std::setw(5)
              << month.fresh << std::setw(10) << month.retained << std::setw(13)
              << month.resurrected << std::setw(6) << month.lost << std::setw(13)
              << (month.quick_ratio() ? emptor::fixed(*month.quick_ratio(), 2) : "-") << "\n";
  }

  std::cout << "\nstage        customers  came in December  left in December\n";
  const emptor::LifecycleMoves& december = history.moves.back();
  for (std::size_t s = 1; s < emptor::lifecycle_stage_count; ++s) {
    const auto stage = static_cast<emptor::LifecycleStage>(s);
    std::cout << std::left << std::setw(13) << name(stage) << std::right << std::setw(9)
              << history.counts.back()[s] << std::setw(18) << december.entered(stage)
              << std::setw(18) << december.left(stage) << "\n";
  }

  const emptor::RfmResult rfm = emptor::rfm_of(orders);
  std::cout << "\ntier  customers  share of revenue\n";
  for (const emptor::ValueTier& tier : emptor::value_tiers_of(rfm).tiers) {
    std::cout << tier.name << std::setw(14) << tier.customers << std::setw(17)
              << emptor::fixed(100 * tier.value_share, 1) << "%\n";
  }

  std::cout << "\nclass                        customers\n";
  emptor::ValueModelOptions english;
  english.names = emptor::value_class_names_english();
  for (const emptor::RfmSegmentSummary& one : emptor::value_classes_of(rfm, english).classes) {
    std::cout << std::left << std::setw(29) << one.name << std::right << std::setw(9)
              << one.customers << "\n";
  }

  const emptor::LoyaltyReport loyalty = emptor::loyalty_of(days, {.as_of = today});
  std::cout << "\ncame again: " << emptor::fixed(100 * loyalty.repurchase_rate, 1)
            << "%, mean loyalty index " << emptor::fixed(loyalty.mean_index, 1) << "\n";
}
