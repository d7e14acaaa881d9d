#pragma once
// Who took to what: the matrix that recommenders are fitted on.
//
// `InteractionLog` is a list of single events in order of arrival, which can be split by time;
// `Interactions` is the m customers x n items matrix of their summed weights, kept by customer and
// by item. An Interactions is immutable and shared: a copy costs a pointer, and models keep one.
// Memory: log 20 bytes an event; matrix 16 bytes an entry and 8 (m + n). Thread safety: the log as
// a std::vector; the matrix may be read from any thread.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/math/csr.hpp"

namespace emptor {

struct InteractionLog {
  std::vector<Customer> customers;
  std::vector<Item> items;
  std::vector<float> weights;
  std::vector<Time> times;

  [[nodiscard]] std::size_t size() const noexcept { return customers.size(); }
  void add(Customer customer, Item item, float weight = 1, Time time = {}) {
    customers.push_back(customer);
    items.push_back(item);
    weights.push_back(weight);
    times.push_back(time);
  }
};

class Interactions {
 public:
  Interactions() : Interactions(Csr<float>{}) {}

  /// From a log over `customers` x `items` ids. O(events + m + n).
  /// Throws `invalid_shape` when the log's columns differ in length, `out_of_range` when an id is
  /// outside, `invalid_value` when a weight is not a finite number > 0.
  Interactions(std::size_t customers, std::size_t items, const InteractionLog& log,
               Duplicates duplicates = Duplicates::sum)
      : Interactions(Csr<float>::from_entries(customers, items, log.customers, log.items,
                                              log.weights, duplicates)) {}

  /// From a matrix of m rows (customers) x n columns (items).
  /// Throws `invalid_value` when a weight is not a finite number > 0.
  explicit Interactions(Csr<float> by_customer) {
    for (const float weight : by_customer.values()) {
      if (!(weight > 0) || !std::isfinite(weight)) {
        throw Exception(ErrorCode::invalid_value,
                        text("an interaction's weight must be finite and > 0, got ", weight),
                        "Interactions");
      }
    }
    Csr<float> by_item = by_customer.transposed();
    sides_ = std::make_shared<const Sides>(Sides{std::move(by_customer), std::move(by_item)});
  }

  [[nodiscard]] std::size_t customers() const noexcept { return sides_->by_customer.rows(); }
  [[nodiscard]] std::size_t items() const noexcept { return sides_->by_customer.columns(); }
  [[nodiscard]] std::size_t entries() const noexcept { return sides_->by_customer.nonzeros(); }

  /// m x n; a row is what one customer took to.
  [[nodiscard]] const Csr<float>& by_customer() const noexcept { return sides_->by_customer; }
  /// n x m; a row is who took to one item.
  [[nodiscard]] const Csr<float>& by_item() const noexcept { return sides_->by_item; }

  [[nodiscard]] bool contains(Customer customer, Item item) const noexcept {
    return by_customer().contains(index(customer), static_cast<std::uint32_t>(item));
  }

 private:
  struct Sides {
    Csr<float> by_customer;
    Csr<float> by_item;
  };
  std::shared_ptr<const Sides> sides_;
};

}  // namespace emptor
