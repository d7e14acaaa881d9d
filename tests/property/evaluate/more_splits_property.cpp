// Splits at random, by session and by customer against what they promise, on any small log.

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "emptor/evaluate/customer_split.hpp"
#include "emptor/evaluate/random_split.hpp"
#include "emptor/evaluate/session_split.hpp"
#include "support/property.hpp"

namespace {

using emptor::Customer;
using emptor::InteractionLog;
using emptor::Item;
using emptor::Time;

InteractionLog any_log() {
  InteractionLog log;
  const int events = *rc::gen::inRange(0, 60);
  for (int i = 0; i < events; ++i) {
    log.add(Customer{*rc::gen::inRange(0U, 6U)}, Item{*rc::gen::inRange(0U, 8U)},
            static_cast<float>(i + 1), Time{std::chrono::seconds{*rc::gen::inRange(-5, 30)}});
  }
  return log;
}

using Event = std::tuple<float, Customer, Item, Time>;  // the weight tells the events apart
using Pair = std::pair<Customer, Item>;

std::vector<Event> events(const InteractionLog& log) {
  std::vector<Event> out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    out.emplace_back(log.weights[i], log.customers[i], log.items[i], log.times[i]);
  }
  return out;
}

std::set<Pair> pairs(const InteractionLog& log) {
  std::set<Pair> out;
  for (std::size_t i = 0; i < log.size(); ++i) out.emplace(log.customers[i], log.items[i]);
  return out;
}

/// The parts are subsequences of the log and together the log.
void assert_partition(const InteractionLog& log, const std::vector<const InteractionLog*>& parts) {
  std::vector<Event> all;
  for (const InteractionLog* part : parts) {
    const auto own = events(*part);
    RC_ASSERT(std::is_sorted(own.begin(), own.end()));
    all.insert(all.end(), own.begin(), own.end());
  }
  std::sort(all.begin(), all.end());
  RC_ASSERT(all == events(log));
}

TEST_CASE("a random split is a partition of the wanted size") {
  emptor::test::check_property("by events and by pairs", [] {
    const InteractionLog log = any_log();
    const bool by_pairs = *rc::gen::arbitrary<bool>();
    const double fraction = *rc::gen::inRange(1, 20) / 20.0;
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const emptor::RandomSplitOptions options{
        .fraction = fraction,
        .unit = by_pairs ? emptor::RandomSplitUnit::pairs : emptor::RandomSplitUnit::events,
        .seed = seed};
    const auto split = emptor::split_random(log, options);
    assert_partition(log, {&split.train, &split.test});
    const auto train = pairs(split.train);
    const auto test = pairs(split.test);
    const double units = static_cast<double>(by_pairs ? pairs(log).size() : log.size());
    const double drawn = static_cast<double>(by_pairs ? test.size() : split.test.size());
    RC_ASSERT(std::abs(drawn - fraction * units) <= 0.5);
    if (!by_pairs) return;
    for (const Pair& pair : test) RC_ASSERT(train.count(pair) == 0);
    InteractionLog turned;
    for (std::size_t i = log.size(); i-- > 0;) {
      turned.add(log.customers[i], log.items[i], log.weights[i], log.times[i]);
    }
    RC_ASSERT(pairs(emptor::split_random(turned, options).test) == test);
  });
}

/// The sessions of each customer, by sorting and looking for pauses.
std::map<Customer, std::vector<std::vector<Event>>> brute_sessions(const InteractionLog& log,
                                                                   std::chrono::seconds gap) {
  std::map<Customer, std::vector<Event>> of;
  for (const Event& event : events(log)) of[std::get<Customer>(event)].push_back(event);
  std::map<Customer, std::vector<std::vector<Event>>> out;
  for (auto& [customer, own] : of) {
    std::stable_sort(own.begin(), own.end(), [](const Event& a, const Event& b) {
      return std::get<Time>(a) < std::get<Time>(b);
    });
    auto& sessions = out[customer];
    for (const Event& event : own) {
      if (sessions.empty() ||
          std::get<Time>(event) - std::get<Time>(sessions.back().back()) > gap) {
        sessions.emplace_back();
      }
      sessions.back().push_back(event);
    }
  }
  return out;
}

TEST_CASE("splits by session never cut one") {
  emptor::test::check_property("last sessions, and sessions by time", [] {
    const InteractionLog log = any_log();
    const std::chrono::seconds gap{*rc::gen::inRange(0, 8)};
    const auto sessions = brute_sessions(log, gap);
    std::size_t count = 0;
    for (const auto& [customer, own] : sessions) count += own.size();
    RC_ASSERT(emptor::find_sessions(log, gap).count == count);

    const auto n = *rc::gen::inRange<std::size_t>(1, 4);
    const auto min_history = *rc::gen::inRange<std::size_t>(0, 3);
    const auto split =
        emptor::split_last_sessions(log, {.n = n, .min_history = min_history, .gap = gap});
    assert_partition(log, {&split.train, &split.test});
    std::set<Event> expected;
    std::size_t short_customers = 0;
    for (const auto& [customer, own] : sessions) {
      if (own.size() < n + min_history) {
        ++short_customers;
        continue;
      }
      for (std::size_t s = own.size() - n; s < own.size(); ++s) {
        expected.insert(own[s].begin(), own[s].end());
      }
    }
    const auto test = events(split.test);
    RC_ASSERT(std::set<Event>(test.begin(), test.end()) == expected);
    RC_ASSERT(split.counts.short_customers == short_customers);

    const Time cut{std::chrono::seconds{*rc::gen::inRange(-6, 31)}};
    const auto timed = emptor::split_sessions_by_time(log, cut, gap);
    assert_partition(log, {&timed.train, &timed.test});
    std::set<Event> late;
    for (const auto& [customer, own] : sessions) {
      for (const auto& session : own) {
        if (std::get<Time>(session.back()) >= cut) late.insert(session.begin(), session.end());
      }
    }
    const auto timed_test = events(timed.test);
    RC_ASSERT(std::set<Event>(timed_test.begin(), timed_test.end()) == late);
  });
}

TEST_CASE("a split of customers is a partition without a shared customer") {
  emptor::test::check_property("all folds", [] {
    const InteractionLog log = any_log();
    const auto folds = *rc::gen::inRange<std::size_t>(2, 9);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const std::set<Customer> everybody(log.customers.begin(), log.customers.end());
    std::multiset<Customer> tested;
    for (std::size_t fold = 0; fold < folds; ++fold) {
      const auto split = emptor::split_customers(log, {.folds = folds, .fold = fold, .seed = seed},
                                                 {.fraction = 0.4});
      assert_partition(log, {&split.train, &split.known, &split.hidden});
      const std::set<Customer> train(split.train.customers.begin(), split.train.customers.end());
      const std::set<Customer> known(split.known.customers.begin(), split.known.customers.end());
      const std::set<Customer> hidden(split.hidden.customers.begin(), split.hidden.customers.end());
      for (const Customer customer : known) RC_ASSERT(train.count(customer) == 0);
      for (const Customer customer : hidden) RC_ASSERT(known.count(customer) == 1);
      tested.insert(known.begin(), known.end());
      const auto known_pairs = pairs(split.known);
      for (const Pair& pair : pairs(split.hidden)) RC_ASSERT(known_pairs.count(pair) == 0);
      RC_ASSERT(split.counts.train_customers == train.size());
      RC_ASSERT(split.counts.test_customers == known.size());
      RC_ASSERT(split.counts.hidden_customers == hidden.size());
      RC_ASSERT(split.counts.short_customers == known.size() - hidden.size());
      RC_ASSERT(known.size() >= everybody.size() / folds);
      RC_ASSERT(known.size() <= everybody.size() / folds + 1);
      const std::set<Item> train_items(split.train.items.begin(), split.train.items.end());
      std::set<Item> cold;
      for (const Item item : split.hidden.items) {
        if (train_items.count(item) == 0) cold.insert(item);
      }
      RC_ASSERT(split.counts.cold_items == cold.size());
    }
    RC_ASSERT(tested == std::multiset<Customer>(everybody.begin(), everybody.end()));
  });
}

}  // namespace
