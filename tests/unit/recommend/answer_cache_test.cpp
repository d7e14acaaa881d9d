#include "emptor/recommend/answer_cache.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

using List = std::vector<Recommendation>;

List list_of(std::uint32_t item, std::size_t length = 1) {
  return List(length, Recommendation{Item{item}, 1.0F});
}

}  // namespace

TEST_CASE("a hit is the very answer that was computed") {
  AnswerCache cache;
  int computed = 0;
  const auto ask = [&](const AnswerKey& key) {
    return cache.answer(key, [&] { return list_of(static_cast<std::uint32_t>(++computed)); });
  };
  const std::vector<Item> some{Item{2}, Item{1}};
  const std::vector<Item> reordered{Item{1}, Item{2}, Item{2}};
  const AnswerKey plain{Customer{1}, 10};
  const AnswerKey filtered{Customer{1}, 10, SharedFilter({.exclude = some})};
  const auto first = ask(plain);
  CHECK(ask(plain) == first);
  CHECK(ask(filtered)->front().item == Item{2});
  CHECK(ask({Customer{1}, 10, SharedFilter({.exclude = reordered})})->front().item == Item{2});
  CHECK(ask({Customer{1}, 11})->front().item == Item{3});
  CHECK(ask({Customer{2}, 10})->front().item == Item{4});
  CHECK(ask(plain) == first);
  CHECK(computed == 4);
  const AnswerCacheStatistics counts = cache.statistics();
  CHECK(counts.hits == 3);
  CHECK(counts.misses == 4);
  CHECK(counts.entries == 4);
  CHECK(counts.bytes > 4 * sizeof(Recommendation));
}

TEST_CASE("answers are dropped when the customer or the version changes, and only then") {
  AnswerCache cache;
  int computed = 0;
  const auto ask = [&](std::uint32_t customer, std::uint64_t version) {
    (void)cache.answer({Customer{customer}, 5, {}, version}, [&] {
      ++computed;
      return list_of(1);
    });
  };
  for (std::uint32_t c = 0; c < 10; ++c) ask(c, 1);
  cache.customer_changed(Customer{3});
  cache.customer_changed(Customer{99});
  CHECK(cache.statistics().invalidated == 1);
  for (std::uint32_t c = 0; c < 10; ++c) ask(c, 1);
  CHECK(computed == 11);
  cache.version_changed(2);
  CHECK(cache.statistics().entries == 0);
  CHECK(cache.statistics().bytes == 0);
  CHECK(cache.statistics().invalidated == 11);
  ask(0, 1);  // by a reader of an old snapshot: answered, not kept
  CHECK(cache.statistics().not_kept == 1);
  CHECK(cache.statistics().entries == 0);
  ask(0, 2);
  ask(0, 2);
  CHECK(computed == 13);
  ask(0, 3);  // a newer question drops the older answers of its shard
  CHECK(cache.statistics().entries == 1);
}

TEST_CASE("what changed while an answer was computed keeps it out") {
  AnswerCache cache;
  const AnswerKey key{Customer{1}, 5};
  (void)cache.answer(key, [&] {
    cache.customer_changed(Customer{1});
    return list_of(1);
  });
  CHECK(cache.answer(key, [] { return list_of(2); })->front().item == Item{2});
  const AnswerKey next{Customer{1}, 5, {}, 1};
  (void)cache.answer(next, [&] {
    cache.version_changed(2);
    return list_of(3);
  });
  CHECK(cache.statistics().entries == 0);
  CHECK(cache.statistics().not_kept == 2);
  CHECK_THROWS_AS(
      cache.answer({Customer{1}, 5, {}, 2}, []() -> List { throw std::runtime_error("no"); }),
      std::runtime_error);
  CHECK(cache.statistics().entries == 0);
}

TEST_CASE("the bounds hold, and the answers not asked for longest go first") {
  AnswerCache cache({.entries = 3, .bytes = 1 << 20, .shards = 1});
  const auto ask = [&](std::uint32_t customer) {
    bool hit = true;
    (void)cache.answer({Customer{customer}, 5}, [&] {
      hit = false;
      return list_of(customer);
    });
    return hit;
  };
  for (const std::uint32_t c : {0U, 1U, 2U}) CHECK_FALSE(ask(c));
  CHECK(ask(0));
  CHECK_FALSE(ask(3));
  CHECK(ask(0));
  CHECK_FALSE(ask(1));
  CHECK(cache.statistics().entries == 3);
  CHECK(cache.statistics().evicted == 2);

  AnswerCache small({.entries = 1000, .bytes = 4000, .shards = 1});
  for (std::uint32_t c = 0; c < 100; ++c) {
    std::vector<Item> exclude;
    for (std::uint32_t i = 0; i <= c % 40; ++i) exclude.push_back(Item{i});
    (void)small.answer({Customer{c}, 5, SharedFilter({.exclude = exclude})},
                       [&] { return list_of(c, 10); });
    CHECK(small.statistics().bytes <= 4000);
  }
  CHECK(small.statistics().entries > 3);
  (void)small.answer({Customer{0}, 5}, [&] { return list_of(0, 1000); });
  CHECK(small.statistics().not_kept == 1);

  for (const AnswerCacheOptions& bad :
       {AnswerCacheOptions{.entries = 0}, AnswerCacheOptions{.bytes = 0},
        AnswerCacheOptions{.shards = 0}}) {
    check_throws(ErrorCode::invalid_option, "must be", [&] { AnswerCache{bad}; });
  }
}

TEST_CASE("threads that ask and change at once never get an outdated answer") {
  AnswerCache cache({.entries = 64, .bytes = 1 << 16, .shards = 4});
  constexpr std::uint32_t customers = 16;
  std::atomic<std::uint32_t> state[customers] = {};
  std::atomic<std::uint64_t> version{1};
  std::atomic<int> outdated{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      RandomStream random(5, t);
      for (int i = 0; i < 3000; ++i) {
        const std::uint32_t c = random.below(customers);
        if (t == 0 && i % 8 == 0) {
          ++state[c];
          cache.customer_changed(Customer{c});
        } else if (t == 1 && i % 100 == 0) {
          ++version;
        } else {
          const std::uint64_t asked = version;
          const std::uint32_t before = state[c];
          // The writer tells the cache after the change: an answer may lack that one alone.
          const auto answer = cache.answer({Customer{c}, 1 + random.below(3), {}, asked}, [&] {
            return List{{Item{state[c].load()}, static_cast<float>(asked)}};
          });
          const auto had = static_cast<std::uint32_t>(answer->front().item);
          if (had + 1 < before || answer->front().score != static_cast<float>(asked)) ++outdated;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(outdated == 0);
  CHECK(cache.statistics().hits > 0);
  CHECK(cache.statistics().bytes <= 1 << 16);
}
