// Who are the best customers, and who is about to leave? Recency, frequency and monetary scores.

#include <iomanip>
#include <iostream>

#include "emptor/core/random.hpp"
#include "emptor/segment/rfm.hpp"
#include "emptor/segment/rfm_segments.hpp"
#include "emptor/table/orders.hpp"

int main() {
  // A made-up year: customer c comes more often the smaller c is, and some stop coming.
  emptor::Customers customers;
  emptor::Items items;
  emptor::OrdersBuilder orders(customers, items, {.currency = emptor::Currency("EUR")});
  const emptor::Day new_year{std::chrono::year{2025} / 1 / 1};
  for (unsigned c = 0; c < 200; ++c) {
    emptor::RandomStream random(2025, c);
    const unsigned last_day = random.bernoulli(0.3) ? 120 : 365;
    for (unsigned day = random.below(40); day < last_day; day += 1 + random.below(2 + c)) {
      orders.add(emptor::text("customer ", c), new_year + std::chrono::days{day},
                 emptor::Money(500 + random.below(9000), emptor::Currency("EUR")), "something");
    }
  }
  const emptor::Orders table = std::move(orders).finish();

  const emptor::RfmResult rfm =
      emptor::rfm_of(table, {.as_of = emptor::Day{std::chrono::year{2026} / 1 / 1}});
  const emptor::RfmRow& first = rfm.rows.front();
  std::cout << customers.key(first.customer) << ": " << first.orders << " orders, last "
            << first.recency_days << " days ago, score " << emptor::rfm_code(first.score) << "\n\n";
  std::cout << "segment              customers  share of money  days since the last order\n";
  for (const emptor::RfmSegmentSummary& segment : emptor::rfm_segments_of(rfm).segments) {
    std::cout << std::left << std::setw(20) << segment.name << std::right << std::setw(10)
              << segment.customers << std::setw(15)
              << emptor::fixed(100 * segment.monetary_share, 1) << "%" << std::setw(27)
              << emptor::fixed(segment.mean_recency_days, 1) << "\n";
  }
}
