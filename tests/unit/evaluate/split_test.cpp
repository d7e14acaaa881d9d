#include "emptor/evaluate/split.hpp"

#include <limits>
#include <vector>

#include "support/catch.hpp"

namespace {

using emptor::Customer;
using emptor::InteractionLog;
using emptor::Item;
using emptor::Time;

Time at(int second) {
  return Time{std::chrono::seconds{second}};
}

void add(InteractionLog& log, unsigned customer, unsigned item, int second) {
  log.add(Customer{customer}, Item{item}, 1, at(second));
}

/// "customer:item" of every event, for comparison.
std::vector<std::pair<unsigned, unsigned>> pairs(const InteractionLog& log) {
  std::vector<std::pair<unsigned, unsigned>> out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    out.emplace_back(static_cast<unsigned>(log.customers[i]), static_cast<unsigned>(log.items[i]));
  }
  return out;
}

using Pairs = std::vector<std::pair<unsigned, unsigned>>;

TEST_CASE("a time split cuts at one instant and counts what is new") {
  InteractionLog log;
  add(log, 0, 0, 10);
  add(log, 1, 1, 30);  // customer 1 and item 1 are new in test
  add(log, 0, 0, 20);  // at the cut: test
  add(log, 2, 2, 5);
  add(log, 1, 2, 25);
  add(log, 0, 3, 40);  // at `until`: left out
  const auto split = emptor::split_by_time(log, at(20), at(40));
  CHECK(pairs(split.train) == Pairs{{0, 0}, {2, 2}});
  CHECK(pairs(split.test) == Pairs{{1, 1}, {0, 0}, {1, 2}});
  CHECK(split.counts == emptor::SplitCounts{.train_events = 2,
                                            .test_events = 3,
                                            .left_out_events = 1,
                                            .train_customers = 2,
                                            .test_customers = 2,
                                            .short_customers = 0,
                                            .cold_customers = 1,
                                            .cold_items = 1,
                                            .cold_customer_events = 2,
                                            .cold_item_events = 1});
  CHECK_THROWS_AS(emptor::split_by_time(log, at(20), at(20)), emptor::Exception);
}

TEST_CASE("sides made apart are counted, and must not overlap in time") {
  InteractionLog log;
  for (int i = 0; i < 12; ++i) add(log, static_cast<unsigned>(i % 5), static_cast<unsigned>(i), i);
  const auto cut = emptor::split_by_time(log, at(7));
  const auto joined = emptor::split_of_sides(cut.train, cut.test);
  CHECK(joined.counts == cut.counts);
  CHECK(pairs(joined.test) == pairs(cut.test));
  CHECK_THROWS_WITH(emptor::split_of_sides(cut.test, cut.train), ContainsSubstring("leak"));
  CHECK_THROWS_WITH(emptor::split_of_sides(cut.test, cut.test),
                    ContainsSubstring("1970-01-01T00:00:07Z"));
  CHECK(emptor::split_of_sides({}, {}).counts == emptor::SplitCounts{});
}

TEST_CASE("last-n takes the last events of each customer") {
  InteractionLog log;
  for (int i = 0; i < 4; ++i) add(log, 0, static_cast<unsigned>(i), 40 - 10 * i);  // newest first
  add(log, 1, 7, 1);
  const auto split = emptor::split_last_n(log, {.n = 2, .min_history = 1});
  CHECK(pairs(split.train) == Pairs{{0, 2}, {0, 3}, {1, 7}});
  CHECK(pairs(split.test) == Pairs{{0, 0}, {0, 1}});
  CHECK(split.counts.short_customers == 1);
  CHECK(split.counts.cold_items == 2);
  CHECK(split.counts.cold_item_events == 2);
  CHECK_THROWS_WITH(emptor::split_last_n(log, {.n = 0}), ContainsSubstring("'n' must be >= 1"));
}

TEST_CASE("last-n keeps an instant together, or goes by arrival") {
  InteractionLog log;
  add(log, 0, 0, 10);
  add(log, 0, 1, 20);
  add(log, 0, 2, 20);
  add(log, 0, 3, 20);
  const auto together = emptor::split_last_n(log, {.n = 1});
  CHECK(pairs(together.train) == Pairs{{0, 0}});
  CHECK(pairs(together.test) == Pairs{{0, 1}, {0, 2}, {0, 3}});
  const auto arrival = emptor::split_last_n(log, {.n = 1, .ties = emptor::SplitTies::by_arrival});
  CHECK(pairs(arrival.test) == Pairs{{0, 3}});

  InteractionLog timeless;  // one instant: cannot be cut together
  for (unsigned i = 0; i < 3; ++i) add(timeless, 0, i, 0);
  CHECK(emptor::split_last_n(timeless, {.n = 1}).counts.short_customers == 1);
  CHECK(emptor::split_last_n(timeless, {.n = 1, .min_history = 0}).counts.cold_customers == 1);
}

TEST_CASE("holdout draws distinct items, the same for the same seed") {
  InteractionLog log;
  for (unsigned customer = 0; customer < 50; ++customer) {
    for (unsigned i = 0; i < 20; ++i) add(log, customer, i % 10, 0);  // every item twice
  }
  add(log, 50, 3, 0);
  const auto split = emptor::split_holdout(log, {.fraction = 0.3, .seed = 7});
  CHECK(split.counts.test_events == 50 * 3 * 2);
  CHECK(split.counts.short_customers == 1);
  CHECK(pairs(split.test) == pairs(emptor::split_holdout(log, {.fraction = 0.3, .seed = 7}).test));
  CHECK(pairs(split.test) != pairs(emptor::split_holdout(log, {.fraction = 0.3, .seed = 8}).test));
  for (const double wrong : {0.0, 1.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(emptor::split_holdout(log, {.fraction = wrong}), emptor::Exception);
  }
}

TEST_CASE("an empty log splits into two empty logs; a bad one is refused") {
  const InteractionLog empty;
  CHECK(emptor::split_by_time(empty, at(0)).counts == emptor::SplitCounts{});
  CHECK(emptor::split_last_n(empty).counts == emptor::SplitCounts{});
  CHECK(emptor::split_holdout(empty).counts == emptor::SplitCounts{});
  InteractionLog nobody;
  nobody.add(emptor::no_customer, Item{0});
  CHECK_THROWS_WITH(emptor::split_by_time(nobody, at(0)), ContainsSubstring("needs a customer"));
  InteractionLog uneven;
  add(uneven, 0, 0, 0);
  uneven.times.clear();
  CHECK_THROWS_WITH(emptor::split_last_n(uneven), ContainsSubstring("of one length"));
}

}  // namespace
