#include "emptor/recommend/snapshot.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/popularity.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::taste_data;

namespace {

/// Says when it is gone; both halves always belong together.
struct Watched {
  std::shared_ptr<std::atomic<int>> alive;
  std::vector<int> left;
  std::vector<int> right;
  Watched(std::shared_ptr<std::atomic<int>> count, int value)
      : alive(std::move(count)), left(50, value), right(50, value) {
    ++*alive;
  }
  Watched(Watched&& other) noexcept
      : alive(other.alive), left(std::move(other.left)), right(std::move(other.right)) {
    ++*alive;
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  Watched& operator=(Watched&&) = delete;
  ~Watched() { --*alive; }
};

}  // namespace

TEST_CASE("a snapshot is what was served when it was taken") {
  Served<std::string> served("one");
  CHECK(served.version() == 1);
  const Snapshot<std::string> before = served.read();
  CHECK(served.swap("two") == 2);
  CHECK(*before == "one");
  CHECK(before.version() == 1);
  CHECK(*served.read() == "two");
  CHECK(served.update([](const std::string& now) { return now + "!"; }) == 3);
  CHECK(*served.read() == "two!");
  CHECK_THROWS(
      served.update([](const std::string&) -> std::string { throw std::runtime_error("no"); }));
  CHECK(served.version() == 3);
  CHECK(served.read()->size() == 4);
}

TEST_CASE("an old value is freed when its last reader lets go") {
  const auto alive = std::make_shared<std::atomic<int>>(0);
  {
    Served<Watched> served(Watched(alive, 1));
    CHECK(*alive == 1);
    {
      const auto reader = served.read();
      const auto other = reader;
      served.swap(Watched(alive, 2));
      CHECK(*alive == 2);
      CHECK(reader->left == std::vector<int>(50, 1));
    }
    CHECK(*alive == 1);
    for (int i = 0; i < 5; ++i) served.swap(Watched(alive, i));
    CHECK(*alive == 1);
  }
  CHECK(*alive == 0);
}

TEST_CASE("readers see whole values while writers exchange them, and no change is lost") {
  const auto alive = std::make_shared<std::atomic<int>>(0);
  Served<Watched> served(Watched(alive, 0));
  constexpr int changes = 300;
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::atomic<int> backwards{0};
  std::vector<std::thread> threads;
  for (int r = 0; r < 3; ++r) {
    threads.emplace_back([&] {
      std::uint64_t last = 0;
      while (!done) {
        const auto now = served.read();
        if (now->left != now->right || now->left.size() != 50) ++torn;
        if (now.version() < last || now->left.front() + 1 != static_cast<int>(now.version())) {
          ++backwards;
        }
        last = now.version();
      }
    });
  }
  std::vector<std::thread> writers;
  for (int w = 0; w < 2; ++w) {
    writers.emplace_back([&] {
      for (int i = 0; i < changes; ++i) {
        served.update([&](const Watched& now) { return Watched(alive, now.left.front() + 1); });
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(torn == 0);
  CHECK(backwards == 0);
  CHECK(served.version() == 2 * changes + 1);
  CHECK(*alive == 1);
}

TEST_CASE("model, keys and filter are exchanged together") {
  Customers customers;
  Items items;
  for (int c = 0; c < 20; ++c) customers.add(text("customer ", c));
  for (int i = 0; i < 12; ++i) items.add(text("item ", i));
  const Interactions data = taste_data(20, 12, false);
  const AnyRecommender model = fit_item_neighbours(data).model;
  Served<RecommenderSnapshot> shop(
      RecommenderSnapshot{.model = model, .customers = customers, .items = items});
  const auto before = shop.read();
  const auto list = before->recommend("customer 7", 5);
  REQUIRE(list.has_value());
  REQUIRE(list->size() > 1);
  CHECK(*list == model.recommend(Customer{7}, 5));

  const std::vector<Item> sold_out{list->front().item};
  shop.update([&](const RecommenderSnapshot& now) {
    RecommenderSnapshot next = now;
    next.filter = SharedFilter({.exclude = sold_out});
    return next;
  });
  CHECK(shop.read()->recommend("customer 7", 5).value() ==
        model.recommend(Customer{7}, 5, {.exclude = sold_out}));
  CHECK(before->recommend("customer 7", 5).value() == list.value());

  customers.add("newcomer");
  const RecommenderSnapshot grown{.model = model, .customers = customers, .items = items};
  for (const char* key : {"newcomer", "nobody"}) {
    const auto none = grown.recommend(key, 5);
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == ErrorCode::not_found);
  }
}

TEST_CASE("shared filters are equal when they let the same through") {
  const std::vector<Item> a{Item{3}, Item{1}, Item{3}};
  const std::vector<Item> b{Item{1}, Item{3}};
  CHECK(SharedFilter() == SharedFilter(RecommendFilter{}));
  CHECK(SharedFilter({.exclude = a}) == SharedFilter({.exclude = b}));
  CHECK(SharedFilter({.exclude = a}).hash() == SharedFilter({.exclude = b}).hash());
  CHECK_FALSE(SharedFilter({.exclude = a}) == SharedFilter());
  CHECK_FALSE(SharedFilter({.exclude = a}) == SharedFilter({.candidates = a}));
  CHECK_FALSE(SharedFilter({.exclude_seen = false}) == SharedFilter());
  CHECK_FALSE(SharedFilter({.candidates = std::span<const Item>{}}) == SharedFilter());
  const SharedFilter both({.exclude_seen = false, .exclude = a, .candidates = b});
  const SharedFilter copy = both;
  CHECK(copy == both);
  CHECK_FALSE(copy.view().exclude_seen);
  CHECK(std::vector<Item>(copy.view().exclude.begin(), copy.view().exclude.end()) == b);
  REQUIRE(copy.view().candidates.has_value());
  CHECK(copy.view().candidates->size() == 2);
  CHECK(SharedFilter().view().exclude_seen);
  CHECK(SharedFilter().bytes() == 0);
  CHECK(both.bytes() >= 4 * sizeof(Item));
}
