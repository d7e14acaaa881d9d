#include "emptor/evaluate/split.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "support/property.hpp"

namespace {

using emptor::Customer;
using emptor::InteractionLog;
using emptor::Item;
using emptor::LogSplit;
using emptor::Time;

/// Few customers, items and instants, so that ties and repeats are common.
InteractionLog any_log() {
  InteractionLog log;
  const int events = *rc::gen::inRange(0, 60);
  for (int i = 0; i < events; ++i) {
    log.add(Customer{*rc::gen::inRange(0U, 6U)}, Item{*rc::gen::inRange(0U, 8U)},
            static_cast<float>(i + 1), Time{std::chrono::seconds{*rc::gen::inRange(-5, 12)}});
  }
  return log;
}

using Event = std::tuple<float, Customer, Item, Time>;  // the weight tells the events apart

std::vector<Event> events(const InteractionLog& log) {
  std::vector<Event> out;
  for (std::size_t i = 0; i < log.size(); ++i) {
    out.emplace_back(log.weights[i], log.customers[i], log.items[i], log.times[i]);
  }
  return out;
}

/// Both sides are subsequences of the log that make it up, but for what was left out.
void assert_partition(const InteractionLog& log, const LogSplit& split) {
  const auto train = events(split.train);
  const auto test = events(split.test);
  RC_ASSERT(std::is_sorted(train.begin(), train.end()));
  RC_ASSERT(std::is_sorted(test.begin(), test.end()));
  std::vector<Event> both;
  std::merge(train.begin(), train.end(), test.begin(), test.end(), std::back_inserter(both));
  RC_ASSERT(both.size() + split.counts.left_out_events == log.size());
  const auto all = events(log);
  RC_ASSERT(std::includes(all.begin(), all.end(), both.begin(), both.end()));
  const auto& counts = split.counts;
  RC_ASSERT(counts.train_events == train.size());
  RC_ASSERT(counts.test_events == test.size());
  const std::set<Customer> train_customers(split.train.customers.begin(),
                                           split.train.customers.end());
  const std::set<Customer> test_customers(split.test.customers.begin(), split.test.customers.end());
  const std::set<Item> train_items(split.train.items.begin(), split.train.items.end());
  std::set<Item> cold_items;
  std::size_t cold_item_events = 0;
  for (const Item item : split.test.items) {
    if (train_items.count(item) != 0) continue;
    cold_items.insert(item);
    ++cold_item_events;
  }
  std::size_t cold_customers = 0;
  for (const Customer customer : test_customers) {
    cold_customers += train_customers.count(customer) == 0 ? 1 : 0;
  }
  RC_ASSERT(counts.train_customers == train_customers.size());
  RC_ASSERT(counts.test_customers == test_customers.size());
  RC_ASSERT(counts.cold_customers == cold_customers);
  RC_ASSERT(counts.cold_items == cold_items.size());
  RC_ASSERT(counts.cold_item_events == cold_item_events);
}

/// The latest train and the earliest test instant of each customer.
std::map<Customer, std::pair<Time, Time>> borders(const LogSplit& split) {
  std::map<Customer, std::pair<Time, Time>> out;
  const auto of = [&](Customer customer) -> std::pair<Time, Time>& {
    return out.try_emplace(customer, Time::min(), Time::max()).first->second;
  };
  for (std::size_t i = 0; i < split.train.size(); ++i) {
    Time& latest = of(split.train.customers[i]).first;
    latest = std::max(latest, split.train.times[i]);
  }
  for (std::size_t i = 0; i < split.test.size(); ++i) {
    Time& earliest = of(split.test.customers[i]).second;
    earliest = std::min(earliest, split.test.times[i]);
  }
  return out;
}

TEST_CASE("a time split lets nothing of the future into train") {
  emptor::test::check_property("max train < cut <= min test", [] {
    const InteractionLog log = any_log();
    const Time cut{std::chrono::seconds{*rc::gen::inRange(-6, 13)}};
    const Time until = cut + std::chrono::seconds{*rc::gen::inRange(1, 12)};
    const LogSplit split = emptor::split_by_time(log, cut, until);
    assert_partition(log, split);
    for (const Time time : split.train.times) RC_ASSERT(time < cut);
    for (const Time time : split.test.times) RC_ASSERT(cut <= time && time < until);
  });
}

TEST_CASE("last-n lets nothing of a customer's future into train") {
  emptor::test::check_property("per customer max train < min test", [] {
    const InteractionLog log = any_log();
    const emptor::LastNSplitOptions options{
        .n = *rc::gen::inRange<std::size_t>(1, 5),
        .min_history = *rc::gen::inRange<std::size_t>(0, 4),
        .ties = *rc::gen::element(emptor::SplitTies::together, emptor::SplitTies::by_arrival)};
    const bool together = options.ties == emptor::SplitTies::together;
    const LogSplit split = emptor::split_last_n(log, options);
    assert_partition(log, split);
    for (const auto& [customer, border] : borders(split)) {
      RC_ASSERT((together ? border.first < border.second : border.first <= border.second));
    }
    std::map<Customer, std::size_t> train;
    std::map<Customer, std::size_t> test;
    for (const Customer customer : split.train.customers) ++train[customer];
    for (const Customer customer : split.test.customers) ++test[customer];
    const std::set<Customer> all(log.customers.begin(), log.customers.end());
    std::size_t untested = 0;
    for (const Customer customer : all) {
      untested += test[customer] == 0 ? 1 : 0;
      if (test[customer] == 0) continue;
      RC_ASSERT((together ? test[customer] >= options.n : test[customer] == options.n));
      RC_ASSERT(train[customer] >= options.min_history);
    }
    RC_ASSERT(split.counts.short_customers == untested);
    if (together) return;
    // By arrival: of one instant, what came later is tested first.
    for (std::size_t i = 0; i < split.train.size(); ++i) {
      for (std::size_t j = 0; j < split.test.size(); ++j) {
        if (split.train.customers[i] != split.test.customers[j]) continue;
        RC_ASSERT(std::pair(split.train.times[i], split.train.weights[i]) <
                  std::pair(split.test.times[j], split.test.weights[j]));
      }
    }
  });
}

TEST_CASE("holdout has no pair on both sides, and customers do not depend on each other") {
  emptor::test::check_property("pairs are disjoint", [] {
    const InteractionLog log = any_log();
    const emptor::HoldoutSplitOptions options{.fraction = *rc::gen::inRange(1, 100) / 100.0,
                                              .min_history = *rc::gen::inRange<std::size_t>(0, 4),
                                              .seed = *rc::gen::arbitrary<std::uint64_t>()};
    const LogSplit split = emptor::split_holdout(log, options);
    assert_partition(log, split);
    std::map<Customer, std::set<Item>> train;
    for (std::size_t i = 0; i < split.train.size(); ++i) {
      train[split.train.customers[i]].insert(split.train.items[i]);
    }
    for (std::size_t i = 0; i < split.test.size(); ++i) {
      const std::set<Item>& kept = train[split.test.customers[i]];
      RC_ASSERT(kept.count(split.test.items[i]) == 0);
      RC_ASSERT(kept.size() >= options.min_history);
    }
    InteractionLog alone;
    for (std::size_t i = 0; i < log.size(); ++i) {
      if (log.customers[i] == Customer{2}) {
        alone.add(log.customers[i], log.items[i], log.weights[i], log.times[i]);
      }
    }
    std::vector<Event> test_of_2;
    for (const Event& event : events(split.test)) {
      if (std::get<1>(event) == Customer{2}) test_of_2.push_back(event);
    }
    RC_ASSERT(events(emptor::split_holdout(alone, options).test) == test_of_2);
  });
}

}  // namespace
