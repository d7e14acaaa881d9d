#pragma once
// What is being served, exchanged while it is served: readers take a snapshot and keep using it,
// writers put the next one in its place.
//
//     Served<RecommenderSnapshot> shop(RecommenderSnapshot{.model = model, .items = items});
//     const auto now = shop.read();                    // any thread
//     now->model.recommend(customer, 10, now->filter.view());
//     shop.update([&](const RecommenderSnapshot& old) { ... return next; });  // another thread
//
// A snapshot is one immutable value, so model, keys and filter that are put in together are seen
// together. It lives until the last reader lets go of it, then its memory is freed.
//
// Reading never waits, whatever writers do: two copies of the pointer, of which readers use one
// while a writer changes the other (Pedro Ramalhete, Andreia Correia, "Brief announcement:
// Left-Right - a concurrency control technique with wait-free population oblivious reads", DISC
// 2015, LNCS 9363). A writer waits for readers that are copying the pointer just now, and for other
// writers. Cost of a read: three atomic additions. Memory: the current value, and older ones that
// are still held. Thread safety: all members but the destructor may be called from any thread.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/shared_filter.hpp"
#include "emptor/table/entities.hpp"

namespace emptor {

/// A value that was being served at some moment, kept alive by this object.
template <class T>
class Snapshot {
 public:
  [[nodiscard]] const T& operator*() const noexcept { return node_->value; }
  [[nodiscard]] const T* operator->() const noexcept { return &node_->value; }
  /// 1 for the first value, one more for each that followed.
  [[nodiscard]] std::uint64_t version() const noexcept { return node_->version; }

 private:
  template <class>
  friend class Served;
  struct Node {
    T value;
    std::uint64_t version;
  };
  explicit Snapshot(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

template <class T>
class Served {
 public:
  explicit Served(T first) {
    nodes_[0] = std::make_shared<const Node>(Node{std::move(first), 1});
    nodes_[1] = nodes_[0];
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() = default;

  /// What is served now. Never waits.
  [[nodiscard]] Snapshot<T> read() const noexcept {
    std::atomic<std::uint64_t>& readers = readers_[turn_.load()].count;
    readers.fetch_add(1);
    Snapshot<T> snapshot(nodes_[side_.load()]);
    readers.fetch_sub(1);
    return snapshot;
  }
  [[nodiscard]] std::uint64_t version() const noexcept { return read().version(); }

  /// Serves `next` from now on; gives its version. Reads that begin after the return see it.
  std::uint64_t swap(T next) {
    const std::lock_guard lock(writers_);
    return put(std::move(next));
  }
  /// Serves `next_of(current)` from now on, with other writers kept waiting meanwhile, so that none
  /// of two changes made at the same time is lost. When it throws, nothing changes.
  template <class NextOf>
  std::uint64_t update(NextOf&& next_of) {
    const std::lock_guard lock(writers_);
    return put(std::forward<NextOf>(next_of)(nodes_[side_.load()]->value));
  }

 private:
  using Node = typename Snapshot<T>::Node;
  struct alignas(64) Counter {
    std::atomic<std::uint64_t> count{0};
  };

  std::uint64_t put(T value) {
    const unsigned side = side_.load();
    const std::uint64_t version = nodes_[side]->version + 1;
    auto next = std::make_shared<const Node>(Node{std::move(value), version});
    nodes_[1 - side] = next;  // nobody reads that side
    side_.store(1 - side);
    // Readers of the old side came under either turn: those of the other turn are old stragglers;
    // once they are gone new ones count there, and those of this turn can only become fewer.
    const unsigned turn = turn_.load();
    wait_for(readers_[1 - turn].count);
    turn_.store(1 - turn);
    wait_for(readers_[turn].count);
    nodes_[side] = std::move(next);  // lets the old value go
    return version;
  }
  static void wait_for(const std::atomic<std::uint64_t>& readers) noexcept {
    while (readers.load() != 0) std::this_thread::yield();
  }

  mutable Counter readers_[2];
  std::atomic<unsigned> side_{0};  // which of the nodes readers copy
  std::atomic<unsigned> turn_{0};  // which of the counters readers use
  std::shared_ptr<const Node> nodes_[2];
  std::mutex writers_;
};

/// A shop's recommender with the keys its ids stand for and what may be recommended.
struct RecommenderSnapshot {
  AnyRecommender model;
  Customers customers{};  ///< customer c of the model has key c
  Items items{};          ///< item i of the model has key i
  SharedFilter filter{};  ///< for every list, e.g. what is out of stock

  /// The list of the customer with this key. Error `not_found`: no such key, or one newer than the
  /// model.
  [[nodiscard]] Result<std::vector<Recommendation>> recommend(std::string_view customer_key,
                                                              std::size_t k) const {
    const auto customer = customers.find(customer_key);
    if (!customer || index(*customer) >= model.customers()) {
      return Error{ErrorCode::not_found, "the model does not know a customer of this key",
                   "RecommenderSnapshot"};
    }
    return model.recommend(*customer, k, filter.view());
  }
};

}  // namespace emptor
