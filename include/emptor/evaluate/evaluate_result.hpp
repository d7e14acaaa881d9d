#pragma once
// What evaluation finds out, as plain data: names, units and definitions of the metrics, the values
// of every customer, means with intervals, and paired comparisons. This is all that a report needs.
//
// Notation of the definitions: a list has at most k items in ranks 1, 2, …; T are the customer's
// relevant (test) items; a hit is a listed item of T. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/text.hpp"

namespace emptor {

enum class RankingMetric : std::uint8_t {
  recall,
  precision,
  ndcg,
  map,
  mrr,
  hit_rate,
  novelty,
  coverage,  // from here on of the whole catalogue, not a mean over customers
  gini,
};

/// The metrics that are means over customers, in the order in which results hold them.
inline constexpr RankingMetric customer_metrics[] = {
    RankingMetric::recall, RankingMetric::precision, RankingMetric::ndcg,   RankingMetric::map,
    RankingMetric::mrr,    RankingMetric::hit_rate,  RankingMetric::novelty};

struct MetricDefinition {
  std::string_view name;
  std::string_view unit;        ///< "share", "bits"
  std::string_view definition;  ///< a sentence
  bool more_is_better = true;
};

/// Recall, precision and NDCG are those of LightGCN (He et al., SIGIR 2020,
/// doi:10.1145/3397271.3401063) and of the BARS benchmark (Zhu et al., SIGIR 2022,
/// doi:10.1145/3477495.3531723); NDCG after Järvelin and Kekäläinen (ACM TOIS 20(4), 2002,
/// doi:10.1145/582415.582418) with binary gains; novelty after Castells, Hurley and Vargas
/// ("Novelty and diversity in recommender systems", Recommender Systems Handbook, 2015,
/// doi:10.1007/978-1-4899-7637-6_26).
[[nodiscard]] constexpr MetricDefinition describe(RankingMetric metric) noexcept {
  switch (metric) {
    case RankingMetric::recall:
      return {"Recall", "share", "Hits among the first k, divided by |T|."};
    case RankingMetric::precision:
      return {"Precision", "share", "Hits among the first k, divided by k, however long the list."};
    case RankingMetric::ndcg:
      return {"NDCG", "share",
              "The sum over hits among the first k of 1 / log2(rank + 1), divided by that of the "
              "best possible list, which has min(k, |T|) hits on top."};
    case RankingMetric::map:
      return {"MAP", "share",
              "The sum over hits among the first k of the precision at the hit's rank, divided by "
              "min(k, |T|)."};
    case RankingMetric::mrr:
      return {"MRR", "share", "1 / rank of the first hit among the first k, or 0."};
    case RankingMetric::hit_rate:
      return {"Hit rate", "share", "1 when there is a hit among the first k, else 0."};
    case RankingMetric::novelty:
      return {"Novelty", "bits",
              "The mean over the first k of -log2 of the item's popularity share, (customers who "
              "have it in train + 1) / (the same summed over all items); 0 for an empty list."};
    case RankingMetric::coverage:
      return {"Coverage", "share", "Items that stand in some list, divided by all items."};
    case RankingMetric::gini:
      return {"Gini", "share",
              "Gini index of how often each item of the catalogue is listed: 0 all alike, towards "
              "1 when few items take every place.",
              false};
  }
  return {"unknown", "", ""};
}

/// "Recall@20".
[[nodiscard]] inline std::string metric_label(RankingMetric metric, std::size_t k) {
  return text(describe(metric).name, '@', k);
}

/// A metric's value over all customers that were evaluated; NaN when there were none.
struct RankingValue {
  RankingMetric metric = RankingMetric::recall;
  std::size_t k = 0;
  double value = std::numeric_limits<double>::quiet_NaN();
};

/// Who and what took part; nothing is left out in silence.
struct RankingCounts {
  std::size_t catalogue = 0;       ///< items n that could be recommended
  std::size_t test_customers = 0;  ///< customers with a test item
  std::size_t evaluated = 0;       ///< of these, customers with a relevant item: the rows
  std::size_t already_known = 0;   ///< the other test customers: train has all their test items
  std::size_t cold_customers = 0;  ///< test customers without anything in train
  std::size_t relevant = 0;        ///< pairs (customer, test item) to be found
  std::size_t seen_pairs = 0;      ///< test pairs that train has too, which a list may not hold
  std::size_t cold_items = 0;      ///< test items that nobody has in train
  std::size_t cold_pairs = 0;      ///< relevant pairs on cold items: hardly to be found
  std::size_t short_lists = 0;     ///< evaluated customers who got fewer than the largest k
  std::size_t empty_lists = 0;     ///< of these, who got nothing (every metric counts as 0)
  friend bool operator==(const RankingCounts&, const RankingCounts&) = default;
};

/// One model's evaluation. Rows are the evaluated customers, ascending; column c of `values` is
/// `means[c]`'s metric and k: all k of the first metric, then all k of the next.
struct RankingEvaluation {
  std::string model;
  bool completed = true;  ///< false: progress asked to stop, only the first customers are in
  RankingCounts counts;
  std::vector<std::size_t> ks;
  std::vector<Customer> customers;
  std::vector<RankingValue> means;      ///< customer_metrics x ks
  std::vector<double> values;           ///< columns one after another, a value a customer
  std::vector<RankingValue> catalogue;  ///< coverage and gini x ks

  [[nodiscard]] std::span<const double> column(std::size_t column) const noexcept {
    return std::span(values).subspan(column * customers.size(), customers.size());
  }
  /// The place in `means` of a customer metric at k.
  [[nodiscard]] std::optional<std::size_t> find(RankingMetric metric,
                                                std::size_t k) const noexcept {
    for (std::size_t c = 0; c < means.size(); ++c) {
      if (means[c].metric == metric && means[c].k == k) return c;
    }
    return std::nullopt;
  }
  /// The value of any metric at k; NaN when it was not evaluated.
  [[nodiscard]] double value(RankingMetric metric, std::size_t k) const noexcept {
    if (const auto c = find(metric, k)) return means[*c].value;
    for (const RankingValue& one : catalogue) {
      if (one.metric == metric && one.k == k) return one.value;
    }
    return std::numeric_limits<double>::quiet_NaN();
  }
};

/// A value with its bootstrap interval; catalogue metrics have no interval (low and high are NaN).
struct MetricEstimate {
  RankingMetric metric = RankingMetric::recall;
  std::size_t k = 0;
  double value = 0;
  double low = 0;
  double high = 0;
  double standard_error = 0;
};

struct ModelEstimates {
  std::string model;
  std::size_t customers = 0;  ///< evaluated
  double confidence = 0.95;   ///< of the intervals
  std::vector<MetricEstimate> metrics;
};

/// Two models on the same customers: `model` minus `baseline`.
struct PairedComparison {
  std::string model;
  std::string baseline;
  RankingMetric metric = RankingMetric::ndcg;
  std::size_t k = 0;
  std::size_t customers = 0;
  double difference = 0;  ///< of the means
  double low = 0;         ///< its bootstrap interval
  double high = 0;
  double p_value = 1;     ///< sign-flip randomisation test, two-sided
  double p_adjusted = 1;  ///< by Holm's method over all comparisons made in one call
};

}  // namespace emptor
