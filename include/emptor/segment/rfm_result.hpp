#pragma once
// What recency, frequency and monetary scores are made of: options, scores, thresholds, rows.
//
// Source: Arthur M. Hughes, "Strategic Database Marketing", Probus, 1994 (quintiles of recency,
// frequency and monetary value); Jan Roelf Bult, Tom Wansbeek, "Optimal selection for direct mail",
// Marketing Science 14(4), 1995, doi:10.1287/mksc.14.4.378. Plain data; thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// Which customers stand in one of the k bins when values are equal. Bins are cut in ascending
/// order of the value, of n scored customers; "place" counts from 0.
enum class RfmTies : std::uint8_t {
  /// Equal values in the order of the customers' first purchase line; bin j ends with the place
  /// floor(j (n - 1) / k). The same bins as pandas' qcut over rank(method="first").
  rank_first,
  /// Equal values share a bin: the one that ends with the value at place floor(j (n - 1) / k), as
  /// qcut over the values themselves.
  value,
  /// Equal values in the order of the first purchase line; SQL's NTILE(k): bin sizes differ by at
  /// most one, the larger ones first.
  ntile,
  /// Bins end at the custom cut points, whatever the customers.
  fixed,
};

/// What money given back does to the monetary value.
enum class RfmRefunds : std::uint8_t {
  net,     ///< it is subtracted
  ignore,  ///< refund lines are as if they were not there
};

/// A purchase is a line that is no refund and has an amount above 0 (or `free_lines`). Under either
/// refund policy recency is of the last purchase and frequency counts the distinct orders with a
/// purchase line: a refund renews no one and takes back no order, since it seldom names the order
/// it undoes. A customer without a purchase has no scores.
struct RfmOptions {
  /// Lines after this instant are left out, recency is counted back from it; none: the latest line.
  std::optional<Time> as_of{};
  TimeWindow window{};  ///< lines outside are left out
  RfmRefunds refunds = RfmRefunds::net;
  bool free_lines = false;  ///< a line of amount 0 that is no refund is a purchase too
  int bins = 5;             ///< k, scores go from 1 to k; in [2, 20]
  RfmTies ties = RfmTies::rank_first;
  // Custom cut points: k - 1 ascending values, each the last one of its bin. They are needed under
  // RfmTies::fixed; under the others they replace the cut of their own measure.
  std::vector<std::int64_t> recency_cuts{};    ///< whole days
  std::vector<std::int64_t> frequency_cuts{};  ///< orders
  std::vector<std::int64_t> monetary_cuts{};   ///< 10^-price_scale major units
  // Weights of the weighted score, >= 0, not all 0; only their ratios matter.
  double recency_weight = 1;
  double frequency_weight = 1;
  double monetary_weight = 1;

  friend bool operator==(const RfmOptions&, const RfmOptions&) = default;
};

/// 1 (worst) to k (best) each; recent is good.
struct RfmScore {
  std::uint8_t recency = 0;
  std::uint8_t frequency = 0;
  std::uint8_t monetary = 0;
  friend bool operator==(const RfmScore&, const RfmScore&) = default;
};

/// 100 r + 10 f + m; with more than nine bins 10000 r + 100 f + m.
[[nodiscard]] constexpr int rfm_code(const RfmScore& score, int bins = 5) noexcept {
  const int base = bins <= 9 ? 10 : 100;
  return (score.recency * base + score.frequency) * base + score.monetary;
}

/// The weighted mean of the three scores, in [1, k].
[[nodiscard]] constexpr double rfm_weighted(const RfmScore& score,
                                            const RfmOptions& options) noexcept {
  const double sum = options.recency_weight + options.frequency_weight + options.monetary_weight;
  return (options.recency_weight * score.recency + options.frequency_weight * score.frequency +
          options.monetary_weight * score.monetary) /
         sum;
}

/// The last (value, first purchase line) that still belongs to a bin.
struct RfmThreshold {
  std::int64_t value = 0;
  /// Of a customer with just this value: the last first-purchase line in the bin; the largest
  /// number when ties share a bin.
  std::uint64_t first_line = std::numeric_limits<std::uint64_t>::max();
  friend bool operator==(const RfmThreshold&, const RfmThreshold&) = default;
};

/// k - 1 ends of bins in ascending order each; empty when nobody has a score.
struct RfmThresholds {
  int bins = 5;
  std::vector<RfmThreshold> recency;  ///< days: the first bin is the most recent, its score is k
  std::vector<RfmThreshold> frequency;
  std::vector<RfmThreshold> monetary;
  friend bool operator==(const RfmThresholds&, const RfmThresholds&) = default;
};

struct RfmRow {
  Customer customer{};
  std::uint32_t orders = 0;       ///< frequency: distinct orders with a purchase line
  std::int64_t recency_days = 0;  ///< whole days (86,400 s) from the last purchase to as_of
  std::int64_t monetary = 0;      ///< 10^-price_scale major units; may be negative when netted
  RfmScore score;
  friend bool operator==(const RfmRow&, const RfmRow&) = default;
};

/// Where every line went: lines = purchases + refunds + the four that are left out.
struct RfmLineCounts {
  std::uint64_t lines = 0;
  std::uint64_t purchases = 0;
  std::uint64_t refunds = 0;         ///< netted or ignored, as the options say
  std::uint64_t free_lines = 0;      ///< left out: neither purchase nor refund
  std::uint64_t anonymous = 0;       ///< left out: no customer
  std::uint64_t after_as_of = 0;     ///< left out
  std::uint64_t outside_window = 0;  ///< left out, and not after as_of

  friend bool operator==(const RfmLineCounts&, const RfmLineCounts&) = default;
};

struct RfmResult {
  RfmOptions options;  ///< as given, with the as_of that was used
  Currency currency;
  int price_scale = 2;
  std::vector<RfmRow> rows;  ///< customers with a purchase, in the order of their ids
  RfmThresholds thresholds;
  RfmLineCounts counts;
  std::uint64_t without_purchase = 0;  ///< customers with refunds alone: no row

  /// The customer's row, or null. O(log rows).
  [[nodiscard]] const RfmRow* find(Customer customer) const noexcept {
    std::size_t low = 0;
    std::size_t high = rows.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (index(rows[middle].customer) < index(customer)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < rows.size() && rows[low].customer == customer ? &rows[low] : nullptr;
  }
};

}  // namespace emptor
