#pragma once
// Features of customers from their orders: one pass, any window, nothing from after `as_of`.
//
// `features_of(orders, …)` does all customers. `FeatureState` is the mergeable state of one
// customer: it keeps sums and the sets of what must not be counted twice (orders, items,
// categories), all integers, so adding events one by one, in any order, in one batch, or merging
// the states of two customers who are one gives the same state to the byte.
// Cost: features_of O(lines log(lines of a customer)); add O(log n) search and O(n) move in the
// customer's n orders or items; merge linear. Memory of a state: 16 bytes an order, 4 an item and
// category; of features_of: 40 bytes a line while it runs. Thread safety: a state has one writer or
// any number of readers.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/profile/features_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// One order line of one customer.
struct FeatureEvent {
  Order order{};
  Item item{};
  Category category = no_id<Category>;
  Time time{};
  std::int64_t amount = 0;    ///< negative: a refund
  std::int32_t quantity = 1;  ///< negative: a refund
};

class FeatureState {
 public:
  /// Throws `overflow` when a sum leaves int64, before anything has changed.
  EMPTOR_API void add(const FeatureEvent& event);
  /// The same as adding them one by one, quicker. Throws `overflow`, before anything has changed.
  EMPTOR_API void add(std::span<const FeatureEvent> events);
  /// Adds what the other has seen: other events over the same ids of orders and items. Throws
  /// `overflow`, and `invalid_value` for itself, before anything has changed.
  EMPTOR_API void merge(const FeatureState& other);

  /// The features as seen at `as_of`. Throws `invalid_value` when a later event has been added.
  [[nodiscard]] EMPTOR_API CustomerFeatures at(Time as_of, UtcOffset offset = UtcOffset{0}) const;

  /// Back to empty; keeps its memory.
  EMPTOR_API void clear() noexcept;

  friend bool operator==(const FeatureState&, const FeatureState&) = default;

 private:
  /// One order as this customer's lines show it; times are UTC seconds, no_time: no such line.
  struct OrderMark {
    std::uint32_t order;
    bool refunds;
    std::int64_t first_sale;
    friend bool operator==(const OrderMark&, const OrderMark&) = default;
  };
  struct Sums {
    std::uint32_t sale_lines = 0;
    std::uint32_t refund_lines = 0;
    std::int64_t units = 0;
    std::int64_t refunded_units = 0;
    std::int64_t sales = 0;
    std::int64_t refunds = 0;
    [[nodiscard]] Sums plus(const Sums& more) const;
    friend bool operator==(const Sums&, const Sums&) = default;
  };
  static OrderMark mark_of(const FeatureEvent& event, bool refund) noexcept;
  static Sums sums_of(const FeatureEvent& event, bool refund) noexcept;
  static void unite(OrderMark& mark, const OrderMark& other) noexcept;
  void normalise();

  Sums sums_;
  std::int64_t last_sale_ = no_time_before;
  std::int64_t latest_ = no_time_before;
  std::vector<OrderMark> orders_;  // ascending, each once, as the next two
  std::vector<std::uint32_t> items_;
  std::vector<std::uint32_t> categories_;

  static constexpr std::int64_t no_time_before = INT64_MIN;
};

/// The features of customers 0 to `customers` - 1 (more, if the orders name more). `categories`, a
/// text column of items, may be null. Throws `overflow` for amounts that add up beyond int64.
[[nodiscard]] EMPTOR_API FeatureTable features_of(const Orders& orders, std::size_t customers,
                                                  const TextColumn<Item>* categories,
                                                  const FeatureOptions& options = {});

/// For all of `customers`, with the items' column "category" if there is one.
[[nodiscard]] EMPTOR_API FeatureTable features_of(const Orders& orders, const Customers& customers,
                                                  const Items& items,
                                                  const FeatureOptions& options = {});

}  // namespace emptor
