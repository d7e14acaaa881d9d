#pragma once
// The relatives of RFM: which measures there are, how they are scored, and what came of it.
//
// Sources: length of the relationship (LRFM): H. H. Chang, S. F. Tsay, "Integrating of SOM and
// K-mean in data mining clustering: An empirical study of CRM and profitability evaluation",
// Journal of Information Management 11(4), 2004 (in Chinese). LRFMC of airlines, with the discount
// coefficient C: L. Zhang et al., "Python Data Analysis and Mining in Action" (in Chinese), China
// Machine Press, 2015, chapter 7: L months of membership, R months since the last flight, F
// flights, M kilometres, C the mean of fare paid over full fare, in one window. Plain data; thread
// safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "emptor/segment/rfm_result.hpp"

namespace emptor {

/// More is better in all of them but recency.
enum class RfmMeasure : std::uint8_t {
  recency,        ///< whole days from the last purchase to as_of
  frequency,      ///< orders with a purchase line
  monetary,       ///< as RfmRow
  tenure,         ///< whole days from joining, else the first purchase, to as_of
  length,         ///< whole days from the first purchase to the last
  average_order,  ///< AOV: monetary / orders, rounded half to even
  discount,       ///< C: paid over list price, in millionths; 1,000,000 is the full price
};
inline constexpr std::size_t rfm_measure_count = static_cast<std::size_t>(RfmMeasure::discount) + 1;

[[nodiscard]] constexpr std::string_view name(RfmMeasure measure) noexcept {
  constexpr std::string_view names[rfm_measure_count] = {
      "recency", "frequency", "monetary", "tenure", "length", "average_order", "discount"};
  return names[static_cast<std::size_t>(measure)];
}

/// The mean of a customer's discount coefficients.
enum class RfmDiscount : std::uint8_t {
  by_line,    ///< each priced line counts the same, as airlines count flights
  by_amount,  ///< all that was paid over all list prices
};

struct RfmMeasureOptions {
  RfmMeasure measure = RfmMeasure::recency;
  double weight = 1;                 ///< in the weighted score; >= 0, not all 0
  std::vector<std::int64_t> cuts{};  ///< as RfmOptions' cut points, in the measure's unit
  friend bool operator==(const RfmMeasureOptions&, const RfmMeasureOptions&) = default;
};

struct RfmFamilyOptions {
  /// Selects lines, refunds, bins and ties. Its own cuts and weights are not looked at.
  RfmOptions rfm{};
  /// What is scored, in this order; each once.
  std::vector<RfmMeasureOptions> measures = {
      {RfmMeasure::recency}, {RfmMeasure::frequency}, {RfmMeasure::monetary}, {RfmMeasure::tenure}};
  RfmDiscount discount = RfmDiscount::by_line;
  friend bool operator==(const RfmFamilyOptions&, const RfmFamilyOptions&) = default;
};

// Lists of measures by their usual names.
[[nodiscard]] inline std::vector<RfmMeasureOptions> rfm_measures() {
  return {{RfmMeasure::recency}, {RfmMeasure::frequency}, {RfmMeasure::monetary}};
}
[[nodiscard]] inline std::vector<RfmMeasureOptions> rfm_tenure_measures() {
  return {
      {RfmMeasure::recency}, {RfmMeasure::frequency}, {RfmMeasure::monetary}, {RfmMeasure::tenure}};
}
[[nodiscard]] inline std::vector<RfmMeasureOptions> lrfm_measures() {
  return {
      {RfmMeasure::length}, {RfmMeasure::recency}, {RfmMeasure::frequency}, {RfmMeasure::monetary}};
}
[[nodiscard]] inline std::vector<RfmMeasureOptions> lrfmc_measures() {
  return {{RfmMeasure::tenure},
          {RfmMeasure::recency},
          {RfmMeasure::frequency},
          {RfmMeasure::monetary},
          {RfmMeasure::discount}};
}
[[nodiscard]] inline std::vector<RfmMeasureOptions> average_order_measures() {
  return {{RfmMeasure::recency}, {RfmMeasure::frequency}, {RfmMeasure::average_order}};
}

struct RfmFamilyRow {
  Customer customer{};
  std::array<std::int64_t, rfm_measure_count> values{};  ///< by measure, all of them
  std::array<std::uint8_t, rfm_measure_count> scores{};  ///< by measure; 0: not asked for

  [[nodiscard]] std::int64_t value(RfmMeasure measure) const noexcept {
    return values[static_cast<std::size_t>(measure)];
  }
  /// 1 (worst) to k (best).
  [[nodiscard]] int score(RfmMeasure measure) const noexcept {
    return scores[static_cast<std::size_t>(measure)];
  }
  friend bool operator==(const RfmFamilyRow&, const RfmFamilyRow&) = default;
};

struct RfmFamilyResult {
  RfmFamilyOptions options;  ///< as given, with the as_of that was used
  Currency currency;
  int price_scale = 2;
  std::vector<RfmFamilyRow> rows;  ///< customers with a purchase, in the order of their ids
  /// One list a measure of the options, as RfmThresholds; empty when nobody has a score.
  std::vector<std::vector<RfmThreshold>> thresholds;
  RfmLineCounts counts;
  std::uint64_t without_purchase = 0;    ///< customers with refunds alone: no row
  std::uint64_t without_list_price = 0;  ///< rows without any list price: their discount is 1

  /// The weighted mean of the row's scores, in [1, k].
  [[nodiscard]] double weighted(const RfmFamilyRow& row) const noexcept {
    double sum = 0;
    double weights = 0;
    for (const RfmMeasureOptions& one : options.measures) {
      sum += one.weight * row.score(one.measure);
      weights += one.weight;
    }
    return sum / weights;
  }
};

}  // namespace emptor
