#pragma once
// Recency, frequency, monetary value: one pass over order lines, any cut of them, any order.
//
// `rfm_of(orders)` is the short way. `RfmAccumulator` is the mergeable state behind it: 32 bytes a
// customer and 4 bytes an order. Lines may be added one by one, in batches, or in several
// accumulators that are merged, in any order: the result is the same to the bit, because a state
// holds integers only and ties are broken by the number of the customer's first purchase line, of
// which a merge keeps the smaller. Customers who turn out to be one are joined when scoring, and so
// can be parted again. Cost: one cache line a line of orders; scoring m customers O(m k) with
// counting for recency and frequency, selection for money.
// Thread safety: an accumulator has one writer or any number of readers.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <unordered_set>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/segment/rfm_result.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// One order line of a stream.
struct RfmLine {
  Customer customer = no_customer;
  Order order{};
  Time time{};
  std::int64_t amount = 0;    ///< 10^-price_scale major units; negative: money given back
  std::int32_t quantity = 1;  ///< negative: a refund
  /// Its number in the host's own sequence of lines; only ties look at it.
  std::uint64_t line = 0;
};

/// Order lines as columns of one length that the host owns.
struct RfmColumns {
  std::span<const Customer> customers;
  std::span<const Time> times;
  std::span<const std::int64_t> amounts;
  std::span<const Order> orders{};             ///< empty: every line is an order of its own
  std::span<const std::int32_t> quantities{};  ///< empty: all positive
  std::uint64_t first_line = 0;                ///< the number of the first of these lines
};

/// What is kept of one customer. Aligned, so that it lies in one cache line.
struct alignas(32) RfmState {
  std::int64_t monetary = 0;
  std::int64_t last_purchase = std::numeric_limits<std::int64_t>::min();  ///< UTC seconds
  std::uint64_t first_line = std::numeric_limits<std::uint64_t>::max();   ///< of a purchase
  std::uint32_t orders = 0;
  std::uint32_t refunds = 0;
  friend bool operator==(const RfmState&, const RfmState&) = default;
};

class RfmAccumulator {
 public:
  /// `price_scale` and `currency` are only passed on to the result. Throws `invalid_option` for
  /// bins, cuts or weights out of range.
  EMPTOR_API explicit RfmAccumulator(const RfmOptions& options = {}, Currency currency = {},
                                     int price_scale = 2);

  /// Adds a line; amortised O(1). Throws `overflow` when an amount leaves int64; the accumulator
  /// must not be used after that.
  EMPTOR_API void add(const RfmLine& line);
  /// Adds lines; an Orders table's as numbered there. Throws `invalid_shape` when the columns
  /// differ in length, and `overflow` as above.
  EMPTOR_API void add(const RfmColumns& lines);
  EMPTOR_API void add(const Orders& orders);

  /// Adds what the other has seen: other lines over the same customer and order ids. O(m + orders).
  /// Throws `invalid_option` when the two select lines or refunds differently, and `overflow`.
  EMPTOR_API void merge(const RfmAccumulator& other);

  /// By customer id; customers never seen may be missing at the end.
  [[nodiscard]] std::span<const RfmState> states() const noexcept { return states_; }
  [[nodiscard]] const RfmLineCounts& counts() const noexcept { return counts_; }

  /// The states when customers are joined as `merged_into` says (see `score`), as many as that
  /// names.
  [[nodiscard]] EMPTOR_API std::vector<RfmState> joined_states(
      std::span<const Customer> merged_into) const;
  [[nodiscard]] const RfmOptions& options() const noexcept { return options_; }
  [[nodiscard]] Currency currency() const noexcept { return currency_; }
  [[nodiscard]] int price_scale() const noexcept { return price_scale_; }
  /// options.as_of, or the latest line that has been counted; the epoch without any.
  [[nodiscard]] EMPTOR_API Time scored_at() const noexcept;

  /// Scores at options.as_of, or at the latest line. `merged_into`, when not empty, names for each
  /// customer the one it counts as (itself, when it is nobody else), and that one must be itself.
  /// Throws `invalid_shape` when it is shorter than states(), `invalid_value` when it is a chain.
  [[nodiscard]] EMPTOR_API RfmResult score(std::span<const Customer> merged_into = {}) const;
  /// Scores at another instant; throws `invalid_value` when a line after it has been counted.
  [[nodiscard]] EMPTOR_API RfmResult score_at(Time as_of,
                                              std::span<const Customer> merged_into = {}) const;

  /// An archive of kind "rfm": options, states, orders. The same state gives the same bytes,
  /// however it came about.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote, to be scored, added to and merged. Errors: `corrupt`, `unsupported`,
  /// `invalid_value` for another kind.
  [[nodiscard]] EMPTOR_API static Result<RfmAccumulator> load(std::span<const std::byte> bytes);

 private:
  template <bool HasOrders, bool HasQuantities>
  void add_lines(const RfmColumns& lines);
  void count_order(RfmState& state, Customer customer, Order order);

  RfmOptions options_;
  Currency currency_;
  int price_scale_;
  RfmLineCounts counts_;
  std::int64_t latest_ = std::numeric_limits<std::int64_t>::min();
  std::vector<RfmState> states_;
  std::vector<Customer> order_customers_;  // who bought in an order first
  // Orders of several customers, which are rare: order << 32 | each customer but the first.
  std::unordered_set<std::uint64_t> shared_orders_;
};

/// Scores all customers of a table. Throws as RfmAccumulator's functions do.
[[nodiscard]] EMPTOR_API RfmResult rfm_of(const Orders& orders, const RfmOptions& options = {});

/// The scores of someone under thresholds that were found before: what a stream needs between two
/// refreshes. O(bins). Throws `invalid_value` when the thresholds are empty.
[[nodiscard]] EMPTOR_API RfmScore rfm_score(const RfmThresholds& thresholds,
                                            std::int64_t recency_days, std::uint32_t orders,
                                            std::int64_t monetary, std::uint64_t first_line);

/// An archive of kind "rfm-thresholds", and back. Errors as RfmAccumulator::load.
[[nodiscard]] EMPTOR_API std::vector<std::byte> save_rfm_thresholds(
    const RfmThresholds& thresholds);
[[nodiscard]] EMPTOR_API Result<RfmThresholds> load_rfm_thresholds(
    std::span<const std::byte> bytes);

}  // namespace emptor
