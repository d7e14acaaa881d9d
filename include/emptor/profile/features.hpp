#pragma once
// Features of customers from their orders: one pass, any windows, nothing from after `as_of`.
//
// `features_of(orders, …)` does all customers, `features_over` in several windows at once.
// `FeatureState` is one customer's state: the lines themselves, sorted, and nothing that is derived
// from them. So adding lines one by one, in any order, in one batch, or merging the states of two
// customers who are one gives the same state to the byte; taking lines out again leaves what the
// rest would have made; and every window and every `as_of` can be asked of it afterwards.
//
// Cost: features_of and features_over O(lines log(lines of a customer) + lines x windows); of a
// state of n lines, `at` O(n log n), the rest as profile/fact_log.hpp. Memory: 48 bytes a line, for
// features_of and features_over only while they run. Thread safety: a state has one writer or any
// number of readers.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/profile/fact_log.hpp"
#include "emptor/profile/features_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

enum class Brand : std::uint32_t {};

/// One order line of one customer. Lines are ordered by time, then the rest.
struct FeatureEvent {
  Order order{};
  Item item{};
  Category category = no_id<Category>;
  Brand brand = no_id<Brand>;
  Time time{};
  std::int64_t amount = 0;    ///< negative: a refund
  std::int32_t quantity = 1;  ///< negative: a refund
  Channel channel = no_id<Channel>;
  std::int64_t discount = 0;  ///< what the amount is below the list price, >= 0

  [[nodiscard]] bool is_refund() const noexcept { return amount < 0 || quantity < 0; }
  friend bool operator==(const FeatureEvent&, const FeatureEvent&) = default;
  friend std::strong_ordering operator<=>(const FeatureEvent& a, const FeatureEvent& b) noexcept {
    if (a.time != b.time)
      return a.time < b.time ? std::strong_ordering::less : std::strong_ordering::greater;
    return std::tie(a.order, a.item, a.category, a.brand, a.amount, a.quantity, a.channel,
                    a.discount) <=> std::tie(b.order, b.item, b.category, b.brand, b.amount,
                                             b.quantity, b.channel, b.discount);
  }
};

class FeatureState {
 public:
  /// Throws `overflow` when magnitudes of amounts and discounts together leave int64, and
  /// `invalid_value` for a negative discount, before anything has changed.
  EMPTOR_API void add(const FeatureEvent& event);
  /// The same as adding them one by one, quicker. Throws as for one, before anything has changed.
  EMPTOR_API void add(std::span<const FeatureEvent> events);
  /// Adds what the other has seen. Throws `overflow`, and `invalid_value` for itself, before
  /// anything has changed.
  EMPTOR_API void merge(const FeatureState& other);

  /// Takes out a line that was added: the state is then what the other lines would have made.
  /// Throws `not_found` when there is none like it.
  EMPTOR_API void remove(const FeatureEvent& event);
  /// Takes out all lines of the other, each as often as it is there. Throws `not_found` when one of
  /// them is not here, before anything has changed.
  EMPTOR_API void subtract(const FeatureState& other);

  /// The features as seen at `as_of`: later lines and those outside of the window do not count.
  [[nodiscard]] EMPTOR_API CustomerFeatures at(Time as_of, UtcOffset offset = UtcOffset{0},
                                               const TimeWindow& window = {}) const;

  /// Every line, ascending.
  [[nodiscard]] std::span<const FeatureEvent> lines() const noexcept { return log_.facts(); }
  /// Those of the window that are not after `as_of`. O(log n).
  [[nodiscard]] std::span<const FeatureEvent> lines(Time as_of,
                                                    const TimeWindow& window = {}) const noexcept {
    return log_.facts(as_of, window);
  }

  /// Back to empty; keeps its memory.
  void clear() noexcept {
    magnitude_ = 0;
    log_.clear();
  }

  friend bool operator==(const FeatureState&, const FeatureState&) = default;

 private:
  std::int64_t magnitude_ = 0;  // sum of |amount| + discount: no sum of any lines can overflow
  FactLog<FeatureEvent> log_;
};

/// What is known of order lines beside the table's own columns.
struct FeatureColumns {
  const TextColumn<Item>* categories = nullptr;  ///< null: not known
  const TextColumn<Item>* brands = nullptr;      ///< null: not known
  /// What each line of the table is below its list price, >= 0 (profile/list_prices.hpp infers
  /// them); empty: not known.
  std::span<const std::int64_t> discounts{};
};

/// The items' columns "category" and "brand", if they are there.
[[nodiscard]] inline FeatureColumns feature_columns(const Items& items) noexcept {
  return {.categories = items.find_column("category"),
          .brands = items.find_column("brand"),
          .discounts = {}};
}

/// The last `days` local days up to `as_of`, whose own day is the last of them. Throws
/// `invalid_option` unless `days` >= 1.
[[nodiscard]] inline TimeWindow trailing_window(Time as_of, int days,
                                                UtcOffset offset = UtcOffset{0}) {
  require_option(days >= 1, "days", ">= 1", days);
  const Day first = local_day(as_of, offset) - std::chrono::days{days - 1};
  return {.from = Time{first} - offset,
          .to = as_of < Time::max() ? as_of + std::chrono::seconds{1} : as_of};
}

/// The features of customers 0 to `customers` - 1 (more, if the orders name more).
/// Throws `overflow` when the magnitudes of one customer's amounts and discounts together leave
/// int64, `invalid_shape` unless there are as many discounts as lines or none, `invalid_value` for
/// a negative one.
[[nodiscard]] EMPTOR_API FeatureTable features_of(const Orders& orders, std::size_t customers,
                                                  const FeatureColumns& columns,
                                                  const FeatureOptions& options = {});

/// For all of `customers`, with the `feature_columns` of the items.
[[nodiscard]] EMPTOR_API FeatureTable features_of(const Orders& orders, const Customers& customers,
                                                  const Items& items,
                                                  const FeatureOptions& options = {});

/// `features_of` in each of the windows, which stand in for `options.window`, in one pass over the
/// orders. Throws as it.
[[nodiscard]] EMPTOR_API std::vector<FeatureTable> features_over(
    const Orders& orders, std::size_t customers, const FeatureColumns& columns,
    std::span<const TimeWindow> windows, const FeatureOptions& options = {});

}  // namespace emptor
