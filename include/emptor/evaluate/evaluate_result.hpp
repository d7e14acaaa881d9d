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
  coverage,  // this and the next are of the whole catalogue, all others are means over customers
  gini,
  capped_recall,  // from here on by a ListMeasure, if asked for
  r_precision,
  popularity,
  long_tail,
  serendipity,
  diversity,
  calibration,
  auc,  // by evaluate_auc
};

inline constexpr RankingMetric last_ranking_metric = RankingMetric::auc;

/// The metrics that every evaluation has as means over customers, in the order in which results
/// hold them.
inline constexpr RankingMetric customer_metrics[] = {
    RankingMetric::recall, RankingMetric::precision, RankingMetric::ndcg,   RankingMetric::map,
    RankingMetric::mrr,    RankingMetric::hit_rate,  RankingMetric::novelty};

struct MetricDefinition {
  std::string_view name;
  std::string_view unit;        ///< "share", "bits", "nats", "customers"
  std::string_view definition;  ///< a sentence
  bool more_is_better = true;
};

/// Recall, precision and NDCG are those of LightGCN (He et al., SIGIR 2020,
/// doi:10.1145/3397271.3401063) and of the BARS benchmark (Zhu et al., SIGIR 2022,
/// doi:10.1145/3477495.3531723); NDCG after Järvelin and Kekäläinen (ACM TOIS 20(4), 2002,
/// doi:10.1145/582415.582418) with binary gains; novelty after Castells, Hurley and Vargas
/// ("Novelty and diversity in recommender systems", Recommender Systems Handbook, 2015,
/// doi:10.1007/978-1-4899-7637-6_26); capped recall is that of Liang et al. (WWW 2018,
/// doi:10.1145/3178876.3186150). The measures' sources stand with them.
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
    case RankingMetric::capped_recall:
      return {"Capped recall", "share", "Hits among the first k, divided by min(k, |T|)."};
    case RankingMetric::r_precision:
      return {"R-precision", "share",
              "Hits among the first r = min(k, |T|), divided by r: the precision where the list is "
              "as long as what there is to be found."};
    case RankingMetric::popularity:
      return {"Popularity", "customers",
              "The mean over the first k of how many customers have the item in train (average "
              "recommendation popularity, ARP); 0 for an empty list.",
              false};
    case RankingMetric::long_tail:
      return {"Long tail", "share",
              "The share of the first k that is not among the most popular items, by default the "
              "fifth of the catalogue that most customers have (average percentage of long-tail "
              "items, APLT); 0 for an empty list."};
    case RankingMetric::serendipity:
      return {"Serendipity", "share",
              "Hits among the first k that a primitive ranking (by default the most popular items "
              "that the customer has not) does not list among its first k, divided by k."};
    case RankingMetric::diversity:
      return {"Diversity", "distance",
              "The mean distance of two different items of the first k (by features 1 - cosine); 0 "
              "for fewer than two."};
    case RankingMetric::calibration:
      return {"Miscalibration", "nats",
              "Kullback-Leibler divergence of the shares of genres in the list from those in the "
              "customer's history, the list's mixed with a little of the history's.",
              false};
    case RankingMetric::auc:
      return {"AUC", "share",
              "The chance that an item of T has a higher score than an item that is neither in T "
              "nor left out; equal scores count half."};
  }
  return {"unknown", "", ""};
}

/// "Recall@20"; the name alone for a metric of all items, which has k = 0.
[[nodiscard]] inline std::string metric_label(RankingMetric metric, std::size_t k) {
  return k == 0 ? std::string(describe(metric).name) : text(describe(metric).name, '@', k);
}

/// A metric's value over all customers that were evaluated; NaN when there were none.
struct RankingValue {
  RankingMetric metric = RankingMetric::recall;
  std::size_t k = 0;  ///< 0: of all items
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
///
/// Coverage and Gini are no means over customers. Their columns hold each customer's part in them
/// such that the mean is the metric and the spread tells how sure it is: the metric plus the
/// centred influences (n - 1) (metric - metric without the customer's list), the jackknife. Its
/// variance errs to the safe side: Bradley Efron, Charles Stein, "The jackknife estimate of
/// variance", Annals of Statistics 9(3), 1981, doi:10.1214/aos/1176345462. Drawing lists with
/// replacement would not do: a drawn set lacks a third of the customers, and covers less.
struct RankingEvaluation {
  std::string model;
  bool completed = true;  ///< false: progress asked to stop, only the first customers are in
  RankingCounts counts;
  std::vector<std::size_t> ks;
  std::vector<Customer> customers;
  std::vector<RankingValue> means;       ///< (customer_metrics, then those of measures) x ks
  std::vector<double> values;            ///< columns one after another, a value a customer
  std::vector<RankingValue> catalogue;   ///< coverage and gini x ks
  std::vector<double> catalogue_values;  ///< their columns

  [[nodiscard]] std::span<const double> column(std::size_t column) const noexcept {
    return std::span(values).subspan(column * customers.size(), customers.size());
  }
  /// The customers' parts in `catalogue[column]`.
  [[nodiscard]] std::span<const double> catalogue_column(std::size_t column) const noexcept {
    return std::span(catalogue_values).subspan(column * customers.size(), customers.size());
  }
  /// The column of any metric at k, also of the catalogue's; none when it was not evaluated.
  [[nodiscard]] std::optional<std::span<const double>> column_of(RankingMetric metric,
                                                                 std::size_t k) const noexcept {
    if (const auto c = find(metric, k)) return column(*c);
    for (std::size_t c = 0; c < catalogue.size(); ++c) {
      const bool here = catalogue[c].metric == metric && catalogue[c].k == k;
      if (here && catalogue_values.size() >= (c + 1) * customers.size()) return catalogue_column(c);
    }
    return std::nullopt;
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

/// A value with its bootstrap interval; low and high are NaN where there is nothing to draw from.
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
