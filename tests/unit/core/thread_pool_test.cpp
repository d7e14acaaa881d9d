#include "emptor/core/thread_pool.hpp"

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

TEST_CASE("every task runs once, for any number of threads") {
  for (const std::size_t threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    CHECK(pool.concurrency() == threads);
    for (const std::size_t tasks : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> calls(tasks);
      pool.run(tasks, [&](std::size_t i) { ++calls[i]; });
      for (const auto& count : calls) REQUIRE(count == 1);
    }
  }
}

TEST_CASE("no number of threads means the hardware's") {
  const ThreadPool pool;
  const unsigned hardware = std::thread::hardware_concurrency();
  CHECK(pool.concurrency() == (hardware == 0 ? 1 : hardware));
  CHECK_THROWS_AS(ThreadPool(1025), Exception);
}

TEST_CASE("two tasks of a pool of two run at the same time") {
  ThreadPool pool(2);
  std::atomic<int> arrived{0};
  pool.run(2, [&](std::size_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  CHECK(arrived == 2);
}

TEST_CASE("the caller gets the exception of the lowest task that fails") {
  for (const std::size_t threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    for (int repeat = 0; repeat < 50; ++repeat) {
      std::string caught;
      try {
        pool.run(100, [](std::size_t i) {
          if (i >= 10 && i % 5 == 0) throw std::runtime_error(std::to_string(i));
        });
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
      REQUIRE(caught == "10");
    }
    std::atomic<int> calls{0};
    pool.run(10, [&](std::size_t) { ++calls; });
    CHECK(calls == 10);
  }
}

TEST_CASE("a run inside a task executes inline") {
  ThreadPool pool(3);
  std::atomic<int> inner{0};
  std::atomic<int> moved{0};
  pool.run(20, [&](std::size_t) {
    const auto here = std::this_thread::get_id();
    pool.run(20, [&](std::size_t) {
      ++inner;
      if (std::this_thread::get_id() != here) ++moved;
    });
  });
  CHECK(inner == 400);
  CHECK(moved == 0);
}

TEST_CASE("a run inside a task of another pool uses that pool") {
  ThreadPool outer(2);
  ThreadPool inner(2);
  std::atomic<int> calls{0};
  outer.run(8, [&](std::size_t) {
    inner.run(8, [&](std::size_t) { outer.run(2, [&](std::size_t) { ++calls; }); });
  });
  CHECK(calls == 128);
}

TEST_CASE("several threads share a pool") {
  ThreadPool pool(3);
  constexpr std::size_t callers = 4;
  std::vector<std::uint64_t> sums(callers);
  std::vector<std::thread> threads;
  for (std::size_t caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      for (int repeat = 0; repeat < 100; ++repeat) {
        std::vector<std::uint64_t> parts(50);
        pool.run(parts.size(), [&](std::size_t i) { parts[i] = i * (caller + 1); });
        sums[caller] += std::accumulate(parts.begin(), parts.end(), std::uint64_t{0});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t caller = 0; caller < callers; ++caller) {
    CHECK(sums[caller] == 100 * 1225 * (caller + 1));
  }
}

TEST_CASE("pools come and go") {
  std::atomic<int> calls{0};
  for (int i = 0; i < 100; ++i) {
    ThreadPool pool(4);
    if (i % 2 == 0) pool.run(5, [&](std::size_t) { ++calls; });
  }
  CHECK(calls == 250);
}

}  // namespace
