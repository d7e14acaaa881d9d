#pragma once
// When a customer orders next, with an interval.
//
// The days between a customer's orders are log-normal about the customer's own mean, means are
// normal about that of the shop (empirical Bayes), and after each order the customer may be gone
// for good, with a chance that is beta distributed over customers. The model is that of
// recommend/replenishment.hpp, which has the sources and answers the same question for a customer
// and an item; here the shop is the one item. Its five numbers are fitted by maximum likelihood,
// the silence since the last order included, since intervals that ended are the short ones.
// It knows no seasons: before Christmas more come than it says. To count buyers of a long time
// ahead, value/pareto_nbd.hpp is the better model; this one is for dates.
//
// Cost: a fit O(lines + c log c) and some 500 evaluations a customer, of at most 200,000 customers,
// for the c orders; a question 5 us. Memory: 40 bytes a customer. Thread safety: immutable. The
// same bits for any executor.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/math/purchase_intervals.hpp"
#include "emptor/table/orders.hpp"
#include "emptor/value/next_order_result.hpp"

namespace emptor {

struct NextOrderOptions {
  double merge_days = 1;        ///< orders closer than this are one, >= 0
  std::optional<Time> as_of{};  ///< later lines are left out; none: the latest line
};

struct NextOrderQuestion {
  double within_days = 30;  ///< the span of `buys`, >= 0
  double interval = 0.8;    ///< probability of [early, late], in (0, 1)
};

struct NextOrderFit;

class NextOrderModel {
 public:
  static constexpr std::string_view archive_kind = "next-order";

  /// m: ids from 0 to m - 1 are known.
  [[nodiscard]] std::size_t customers() const noexcept { return histories_.size(); }
  [[nodiscard]] Time as_of() const noexcept { return as_of_; }

  /// None for a customer without an order, or when nobody ordered twice. A `now` before the last
  /// order counts as that moment. Throws `out_of_range`, `invalid_option`.
  [[nodiscard]] EMPTOR_API std::optional<NextOrder> next(
      Customer customer, Time now, const NextOrderQuestion& question = {}) const;

  /// The at most k customers who are likeliest to order within the days asked for, equal ones by
  /// id. O(m + k log k). Throws `invalid_option`.
  [[nodiscard]] EMPTOR_API std::vector<NextOrder> likeliest(
      Time now, std::size_t k, const NextOrderQuestion& question = {}) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<NextOrderModel> load(std::span<const std::byte> bytes);

 private:
  friend EMPTOR_API NextOrderFit fit_next_order(const Orders&, const NextOrderOptions&,
                                                const Context&);
  struct History {
    Time last{};
    double log_days = 0;       // sum over the intervals of ln days
    std::uint32_t orders = 0;  // intervals + 1; 0: none
    friend bool operator==(const History&, const History&) = default;
  };
  NextOrderModel() = default;
  [[nodiscard]] bool knows_intervals() const noexcept;
  [[nodiscard]] detail::PurchasePair pair_of(std::size_t customer) const noexcept;
  [[nodiscard]] double buys(const detail::PurchasePair& pair, Time now, double days) const noexcept;
  [[nodiscard]] NextOrder describe(std::size_t customer, Time now,
                                   const NextOrderQuestion& question) const;

  std::vector<History> histories_;
  detail::IntervalModel intervals_;
  Time as_of_{};
};

struct NextOrderFit {
  NextOrderModel model;
  NextOrderReport report;
};

/// Lines without a customer, refunds and lines after as_of are left out and counted. Orders in
/// which nobody came twice give a model that answers nothing. Throws `invalid_option`.
[[nodiscard]] EMPTOR_API NextOrderFit fit_next_order(const Orders& orders,
                                                     const NextOrderOptions& options = {},
                                                     const Context& context = {});

}  // namespace emptor
