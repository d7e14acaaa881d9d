#pragma once
// Unusual orders and payments: each order against the customer's own earlier ones, with reasons
// that add up.
//
//     OrderBaseline baseline = fit_order_baseline(last_year).model;
//     OrderMonitor monitor(baseline);
//     monitor.score(order, answer);  // first, so that nothing of the order itself is known
//     monitor.add(order);
//
// Amount, items and gap, as logarithms, are held against the median of the customer's earlier
// orders, drawn towards the customer's segment as far as customers of the segment are alike, in
// units of a robust scale, 1.4826 x the median absolute deviation, drawn towards that of the
// segment (Frank R. Hampel, "The influence curve and its role in robust estimation", JASA 69(346),
// 1974, doi:10.1080/01621459.1974.10482962; Peter J. Rousseeuw, Mia Hubert, "Robust statistics for
// outlier detection", WIREs Data Mining 1(1), 2011, doi:10.1002/widm.2). So a customer without
// orders is held against the segment, and one whose orders are all equal (deviation 0) has still a
// scale. How many usual orders lie as far out on that side is read off the baseline's own orders,
// so that skewed and heavy tails raise no more alarms than straight ones; beyond the farthest of
// them the tail is exponential. Hour, refund, device, country and method: the share of values that
// are no likelier, under the customer's counts plus `kappa` orders of all customers' (a Dirichlet
// prior fitted to how often customers show a new value; a value is as common as customers with it,
// as in Y. W. Teh, M. I. Jordan, M. J. Beal, D. M. Blei, "Hierarchical Dirichlet processes", JASA
// 101(476), 2006, doi:10.1198/016214506000000302; values nobody had have the mass of I. J.
// Good, "The population frequencies of species", Biometrika 40(3-4), 1953,
// doi:10.1093/biomet/40.3-4.237).
// Surprise = -ln of such a share, score = their sum (R. A. Fisher's way to combine tests; signals
// are not independent, so threshold and p-value are those of the baseline's own scores).
//
// A first order has no gap and is otherwise held against all others. Refunds (amount < 0) are
// compared by their size, and have no items and no gap. Orders at the same second do not see each
// other. What is not known, or measured in nobody, has no surprise.
// Cost: a score about two microseconds, nothing allocated; a history 40 bytes an order, 32 at
// most. Thread safety: baselines immutable; a monitor has any number of readers or one writer.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/time.hpp"
#include "emptor/score/anomaly_alarms.hpp"
#include "emptor/score/anomaly_result.hpp"

namespace emptor {

inline constexpr std::uint32_t unknown_code = 0xFFFFFFFFU;

/// An order or payment, of any value in any field.
struct OrderFacts {
  Customer customer{};
  Order order{};  ///< tells orders apart that are otherwise equal
  Time time{};
  std::int64_t amount = 0;               ///< minor units, of one currency; below 0: money back
  std::uint32_t items = 0;               ///< pieces; 0: not known
  std::uint32_t device = unknown_code;   ///< the host's own codes, e.g. hashes
  std::uint32_t country = unknown_code;  ///< of delivery, or of the card
  std::uint32_t method = unknown_code;
  std::uint32_t segment = 0;  ///< whose customers it is held against
};

struct PastOrder {
  std::int64_t time = 0;  ///< seconds since 1970
  std::int64_t amount = 0;
  Order order{};
  std::uint32_t items = 0;
  std::uint32_t device = unknown_code;
  std::uint32_t country = unknown_code;
  std::uint32_t method = unknown_code;

  friend auto operator<=>(const PastOrder&, const PastOrder&) = default;
};

/// The latest orders of a customer, a function of the set of all: neither the order of arrival nor
/// a repeat changes it, and merged histories are those of the merged customers. Is a MergeableState
/// (hub/owned_states.hpp).
class OrderHistory {
 public:
  static constexpr std::size_t capacity = 32;

  EMPTOR_API void add(const OrderFacts& order);
  EMPTOR_API void merge(const OrderHistory& other);
  [[nodiscard]] std::span<const PastOrder> orders() const noexcept { return orders_; }

  friend bool operator==(const OrderHistory&, const OrderHistory&) = default;

 private:
  std::vector<PastOrder> orders_;  // ascending
};

struct OrderBaselineOptions {
  double alarm_share = 0.01;  ///< of usual orders, expected; in [0, 1]; 0: no alarms
  double scale_orders = 8;    ///< that the segment's scale counts as; > 0
  double least_scale = 0.1;   ///< of logarithms: .1 is 10 %; > 0
  UtcOffset offset{0};        ///< of the clock that shows the hour; at most 18 h
  std::size_t segments = 1;   ///< codes 0 to this - 1, others count as 0; in [1, 65,536]
  std::size_t least_seen =
      50;  ///< customers a segment needs, else all customers stand for it; >= 1
};

/// What is usual of one number: natural logarithms.
struct OrderReference {
  double location = 0;
  double within = 1;  ///< scale of one customer's orders
  double kappa = 1;   ///< orders that the location counts as: (within / between customers)^2

  friend bool operator==(const OrderReference&, const OrderReference&) = default;
};

struct OrderBaselineReport {
  std::size_t orders = 0;
  std::size_t customers = 0;
  std::vector<OrderReference> references{};  ///< amount, items, gap of segment 0, then of 1, …
  std::vector<double> kappas{};              ///< of hour, refund, device, country, method
  double threshold = 0;    ///< infinite when `too_few` or when a share of 0 was asked for
  double alarm_share = 0;  ///< of the orders of the fit
  /// Fewer orders than 1 / (share of alarms asked for), which is above 0: none of them may be an
  /// alarm, so that they tell nothing about how high an alarm is. There are no alarms then.
  bool too_few = false;
};

/// Is saved as an archive "order-baseline".
class OrderBaseline {
 public:
  /// Writes over `out`. `history`: of the customer; what is not before the order is not looked at.
  EMPTOR_API void score(const OrderHistory& history, const OrderFacts& order,
                        OrderAnomaly& out) const noexcept;
  [[nodiscard]] double threshold() const noexcept { return threshold_; }
  [[nodiscard]] const AlarmCalibration& calibration() const noexcept { return calibration_; }
  [[nodiscard]] const OrderBaselineOptions& options() const noexcept { return options_; }

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<OrderBaseline> load(std::span<const std::byte> bytes);

  friend bool operator==(const OrderBaseline& a, const OrderBaseline& b) {
    return a.save() == b.save();
  }

 private:
  friend struct OrderBaselineFitter;
  static constexpr std::size_t numbers = 3;
  static constexpr std::size_t categories = 5;

  struct Tail {  // z of usual orders
    std::vector<double> sorted;
    double low_excess = 1;  // mean excess of the outer twentieth
    double high_excess = 1;
    [[nodiscard]] double surprise(double z) const noexcept;
  };
  struct Shares {                      // of all customers
    std::vector<std::uint32_t> codes;  // ascending
    std::vector<double> shares;        // by code
    std::vector<double> small;         // by code, of codes below 256
    std::vector<double> levels;        // the same, sorted, each once
    std::vector<double> sums;          // of the shares up to the level
    double unseen = 1;
    double kappa = 1;
    void finish();
    [[nodiscard]] double share(std::uint32_t code) const noexcept;
    [[nodiscard]] double sum_up_to(double share) const noexcept;
  };
  struct Look;

  [[nodiscard]] const OrderReference& reference(std::size_t number,
                                                std::uint32_t segment) const noexcept;
  [[nodiscard]] double z_value(std::size_t number, const Look& look,
                               double& expected) const noexcept;
  [[nodiscard]] double category_share(std::size_t category, const Look& look) const noexcept;

  OrderBaselineOptions options_;
  std::vector<OrderReference> references_;
  Tail tails_[numbers];
  Shares shares_[categories];
  AlarmCalibration calibration_;
  double threshold_ = 0;
};

struct OrderBaselineFit {
  OrderBaseline model;
  OrderBaselineReport report;
};

/// From orders of a time before those to be scored, in any order; of repeated ones the copies
/// count. Throws `invalid_option`, `invalid_shape` for no orders or 2^32 of them.
[[nodiscard]] EMPTOR_API OrderBaselineFit
fit_order_baseline(std::span<const OrderFacts> orders, const OrderBaselineOptions& options = {},
                   const Context& context = {});

/// All customers' histories. Customers may have any ids: memory follows how many have orders.
class OrderMonitor {
 public:
  explicit OrderMonitor(OrderBaseline baseline) : baseline_(std::move(baseline)) {}

  void score(const OrderFacts& order, OrderAnomaly& out) const noexcept {
    baseline_.score(history(order.customer), order, out);
  }
  /// References that history() gave end here. Throws `invalid_value` for no_customer.
  EMPTOR_API void add(const OrderFacts& order);
  /// `absorbed` is `kept` from now on; its own history is empty then. Hosts that undo merges keep
  /// OwnedStates<OrderHistory> instead. References end, and no_customer is refused, as in add.
  EMPTOR_API void merge(Customer kept, Customer absorbed);
  [[nodiscard]] EMPTOR_API const OrderHistory& history(Customer customer) const noexcept;
  [[nodiscard]] const OrderBaseline& baseline() const noexcept { return baseline_; }

 private:
  OrderHistory& history_for(Customer customer);

  OrderBaseline baseline_;
  detail::IdPlaces<std::uint32_t> places_;  // by customer
  std::vector<OrderHistory> histories_;     // by place
};

/// Each order against what its customer did before it among these; one answer an order, in their
/// order, the same for any sequence of them. O(n log n).
[[nodiscard]] EMPTOR_API std::vector<OrderAnomaly> score_orders(const OrderBaseline& baseline,
                                                                std::span<const OrderFacts> orders,
                                                                const Context& context = {});

/// Counts and the `most` highest scores. Throws `invalid_shape` for other lengths.
[[nodiscard]] EMPTOR_API OrderAlarmSummary
summarise_order_alarms(const OrderBaseline& baseline, std::span<const OrderFacts> orders,
                       std::span<const OrderAnomaly> answers, std::size_t most = 20);

}  // namespace emptor
