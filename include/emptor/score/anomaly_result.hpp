#pragma once
// What is unusual about an order, a payment or any other row, and why, as plain data. Thread
// safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// What of an order is held against the customer's own orders before it.
enum class OrderSignal : std::uint8_t {
  amount,   ///< size of the amount, on a log scale
  items,    ///< size of the basket, on a log scale
  gap,      ///< time since the last sale, on a log scale
  hour,     ///< time of day, in eight parts of three hours
  refund,   ///< money back rather than a sale
  device,   ///< category
  country,  ///< category
  method,   ///< category: how it is paid
};
inline constexpr std::size_t order_signals = 8;
[[nodiscard]] EMPTOR_API std::string_view name(OrderSignal signal) noexcept;

struct OrderReason {
  OrderSignal signal{};
  /// -ln of the share of orders that are as unusual in this; >= 0. 0: usual, or not known.
  double surprise = 0;
  /// amount, items, gap: robust standard deviations from what is expected, with its sign; of the
  /// others the share expected of this value.
  double measured = 0;
  /// amount (minor units), items, gap (seconds): the value expected; of the others 0.
  double expected = 0;

  friend bool operator==(const OrderReason&, const OrderReason&) = default;
};

struct OrderAnomaly {
  double score = 0;         ///< the sum of the surprises, exactly in the order of the signals
  double p_value = 1;       ///< share of usual orders with at least this score, in (0, 1]
  bool alarm = false;       ///< score >= the threshold of the expected share of alarms
  std::uint32_t known = 0;  ///< orders of the customer it is held against; 0: the first
  std::array<OrderReason, order_signals> reasons{};  ///< by signal

  friend bool operator==(const OrderAnomaly&, const OrderAnomaly&) = default;
};

/// One line of a list of unusual orders.
struct OrderAlarm {
  std::uint32_t row = 0;  ///< place among the orders that were scored
  Customer customer{};
  Time time{};
  std::int64_t amount = 0;  ///< minor units
  OrderAnomaly anomaly{};
};

struct OrderAlarmPeriod {
  std::int32_t month = 0;  ///< core/time.hpp: month_number
  std::size_t orders = 0;
  std::size_t alarms = 0;
};

/// All scored orders, for a report.
struct OrderAlarmSummary {
  std::size_t orders = 0;
  std::size_t customers = 0;
  std::size_t first_orders = 0;  ///< held against other customers only
  std::size_t alarms = 0;
  double alarm_share = 0;     ///< alarms / orders; 0 of none
  double expected_share = 0;  ///< that was asked for
  double threshold = 0;       ///< least score of an alarm
  /// By signal: alarms of which it is the strongest reason.
  std::array<std::size_t, order_signals> strongest{};
  std::vector<OrderAlarmPeriod> periods{};  ///< ascending months, without empty ones
  std::vector<OrderAlarm> top{};            ///< highest scores first, then by row
};

/// What a column adds to how unusual a row is.
struct IsolationReason {
  std::string column;
  double bits = 0;  ///< positive: towards unusual; all together: log2(score) + 1
};

struct IsolationColumn {
  std::string column;
  std::size_t splits = 0;  ///< nodes that ask about it
  double bits = 0;         ///< mean of what it adds for the rows of calibration that are alarms
  bool constant = false;   ///< one value, or none, in all drawn rows: never asked about
};

struct IsolationForestReport {
  std::size_t rows = 0;
  std::size_t trees = 0;
  std::size_t sample = 0;            ///< rows a tree, as drawn
  std::size_t nodes = 0;             ///< of all trees
  double usual_path = 0;             ///< c(sample): mean path of a row that is like the others
  std::size_t calibration_rows = 0;  ///< that set the threshold
  bool held_out = false;             ///< no tree was grown on these
  double threshold = 0;              ///< least score of an alarm
  double expected_share = 0;         ///< of alarms, as asked for
  double alarm_share = 0;            ///< of the calibration rows
  double alarm_low = 0;              ///< Wilson's interval of it
  double alarm_high = 1;
  std::vector<double> score_deciles{};  ///< 11 scores: least, …, median, …, highest
  std::vector<IsolationColumn> columns{};
};

}  // namespace emptor
