// Splits at random, by session and by customer, on logs small enough to check by eye.

#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "emptor/evaluate/customer_split.hpp"
#include "emptor/evaluate/random_split.hpp"
#include "emptor/evaluate/session_split.hpp"
#include "support/catch.hpp"

namespace {

using emptor::Customer;
using emptor::InteractionLog;
using emptor::Item;
using emptor::Time;

Time at(std::int64_t second) {
  return Time{std::chrono::seconds{second}};
}

void add(InteractionLog& log, unsigned customer, unsigned item, std::int64_t second = 0) {
  log.add(Customer{customer}, Item{item}, 1, at(second));
}

using Pairs = std::vector<std::pair<unsigned, unsigned>>;

Pairs pairs(const InteractionLog& log) {
  Pairs out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    out.emplace_back(static_cast<unsigned>(log.customers[i]), static_cast<unsigned>(log.items[i]));
  }
  return out;
}

InteractionLog grid(unsigned customers, unsigned items) {
  InteractionLog log;
  for (unsigned c = 0; c < customers; ++c) {
    for (unsigned i = 0; i < items; ++i) add(log, c, i);
  }
  return log;
}

TEST_CASE("a random split draws the exact share, and another with another seed") {
  const InteractionLog log = grid(10, 7);
  const auto split = emptor::split_random(log, {.fraction = 0.3});
  CHECK(split.counts.test_events == 21);
  CHECK(split.counts.train_events == 49);
  CHECK(pairs(emptor::split_random(log, {.fraction = 0.3}).test) == pairs(split.test));
  CHECK(pairs(emptor::split_random(log, {.fraction = 0.3, .seed = 2}).test) != pairs(split.test));
  // A validation side is the same split of train.
  const auto inner = emptor::split_random(split.train, {.fraction = 0.2});
  CHECK(inner.counts.test_events == 10);
  CHECK(inner.counts.train_events == 39);
  CHECK(emptor::split_random({}).counts == emptor::SplitCounts{});
  CHECK_THROWS_AS(emptor::split_random(log, {.fraction = 1}), emptor::Exception);
}

TEST_CASE("events or pairs are what a random split draws") {
  InteractionLog log;
  for (int i = 0; i < 40; ++i) add(log, 0, static_cast<unsigned>(i % 2), i);
  const auto by_pair = emptor::split_random(log, {.fraction = 0.5});
  CHECK(by_pair.counts.test_events == 20);
  CHECK(by_pair.counts.cold_items == 1);
  const auto by_event =
      emptor::split_random(log, {.fraction = 0.5, .unit = emptor::RandomSplitUnit::events});
  CHECK(by_event.counts.test_events == 20);
  CHECK(by_event.counts.cold_items == 0);
}

TEST_CASE("a session ends with a pause longer than the gap") {
  InteractionLog log;
  add(log, 1, 0, 100);
  add(log, 0, 1, 50);
  add(log, 1, 2, 110);  // a pause of exactly the gap goes on
  add(log, 1, 3, 121);
  add(log, 0, 4, std::numeric_limits<std::int64_t>::min());
  const auto sessions = emptor::find_sessions(log, std::chrono::seconds{10});
  CHECK(sessions.count == 4);
  CHECK(sessions.session == std::vector<std::uint32_t>{2, 1, 2, 3, 0});
  CHECK(emptor::find_sessions({}).count == 0);
  CHECK_THROWS_AS(emptor::find_sessions(log, std::chrono::seconds{-1}), emptor::Exception);
}

TEST_CASE("the last sessions are tested on, whole") {
  InteractionLog log;
  add(log, 0, 0, 0);
  add(log, 0, 1, 10'000);
  add(log, 1, 2, 0);
  add(log, 1, 3, 60);      // one session: customer 1 is short
  add(log, 0, 4, 11'000);  // the session of 10'000
  add(log, 0, 5, 20'000);
  const auto split = emptor::split_last_sessions(log);
  CHECK(pairs(split.train) == Pairs{{0, 0}, {0, 1}, {1, 2}, {1, 3}, {0, 4}});
  CHECK(pairs(split.test) == Pairs{{0, 5}});
  CHECK(split.counts.short_customers == 1);
  const auto two = emptor::split_last_sessions(log, {.n = 2});
  CHECK(pairs(two.test) == Pairs{{0, 1}, {0, 4}, {0, 5}});
  const auto cold = emptor::split_last_sessions(log, {.n = 1, .min_history = 0});
  CHECK(pairs(cold.test) == Pairs{{1, 2}, {1, 3}, {0, 5}});
  CHECK(emptor::split_last_sessions(log, {.n = 4, .min_history = 0}).counts.short_customers == 2);
  CHECK_THROWS_AS(emptor::split_last_sessions(log, {.n = 0}), emptor::Exception);

  const auto at_instant = emptor::split_sessions_by_time(log, at(10'500));
  CHECK(pairs(at_instant.train) == Pairs{{0, 0}, {1, 2}, {1, 3}});
  CHECK(pairs(at_instant.test) == Pairs{{0, 1}, {0, 4}, {0, 5}});
}

TEST_CASE("customers of train and test are others, and every one is tested once in K folds") {
  const InteractionLog log = grid(13, 10);
  std::set<Customer> tested;
  for (std::size_t fold = 0; fold < 4; ++fold) {
    const auto split = emptor::split_customers(log, {.folds = 4, .fold = fold});
    CHECK(split.counts.train_customers + split.counts.test_customers == 13);
    CHECK(split.counts.test_customers == (fold == 0 ? 4 : 3));
    CHECK(split.counts.hidden_customers == split.counts.test_customers);
    CHECK(split.counts.hidden_events == 2 * split.counts.test_customers);
    CHECK(split.counts.known_events == 8 * split.counts.test_customers);
    for (const Customer customer : split.hidden.customers) tested.insert(customer);
    for (const Customer customer : split.train.customers) {
      for (const Customer other : split.known.customers) CHECK(customer != other);
    }
  }
  CHECK(tested.size() == 13);
  CHECK_THROWS_AS(emptor::split_customers(log, {.folds = 1}), emptor::Exception);
  CHECK_THROWS_AS(emptor::split_customers(log, {.folds = 3, .fold = 3}), emptor::Exception);
}

TEST_CASE("any split of a log may hide; who has too little is known whole") {
  InteractionLog log;
  for (unsigned c = 0; c < 6; ++c) {
    for (unsigned i = 0; i <= c % 3; ++i) add(log, c, i, i);
  }
  std::size_t hidden = 0;
  std::size_t short_customers = 0;
  for (std::size_t fold = 0; fold < 2; ++fold) {
    const auto split = emptor::split_customers(
        log, {.folds = 2, .fold = fold},
        [](const InteractionLog& known) { return emptor::split_last_n(known); });
    hidden += split.counts.hidden_events;
    short_customers += split.counts.short_customers;
    CHECK(split.counts.train_events + split.counts.known_events + split.counts.hidden_events ==
          log.size());
  }
  CHECK(hidden == 4);
  CHECK(short_customers == 2);
  CHECK(emptor::split_customers({}).counts == emptor::CustomerSplitCounts{});
}

}  // namespace
