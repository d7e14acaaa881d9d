#pragma once
// All-ranking evaluation: a model lists the top k of the whole catalogue for every test customer,
// and the lists are compared with what the customers then took to.
//
// The evaluator knows no model. It asks a `RankFunction` for lists, a batch of customers at a time;
// `evaluate_ranking` also takes anything with `recommend(customer, k, filter)`. Lists are checked:
// a wrong item, an item twice, or one that the customer has and was to be left out is a broken
// ranker and throws. Definitions and sources: evaluate_result.hpp.
//
// Cost beyond the ranking: O(k + |train row| + |T|) a customer, about 0.5 µs at k = 20. Memory: 8
// bytes a customer, metric and k, and 4 a place of the lists. Batches run on the context's
// executor; the result is the same bits for any. Thread safety: pure, if the ranker is.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/evaluate/exposure.hpp"
#include "emptor/evaluate/ranked_lists.hpp"
#include "emptor/evaluate/ranking_metrics.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct RankingOptions {
  std::vector<std::size_t> ks = {20};  ///< lengths to cut lists at, ascending, each in [1, 10^6]
  bool exclude_seen = true;    ///< lists leave out what the customer has in train; such test items
                               ///< are not relevant then, and counted
  bool cold_customers = true;  ///< evaluate test customers without anything in train, too
  std::size_t batch = 256;     ///< customers a call of the ranker; 0: as many as a round has, for
                               ///< rankers that use threads themselves
  std::vector<ListMeasure> measures{};  ///< further metrics, each at most once
};

namespace detail {

/// The metrics that `measures` add. Throws `invalid_option`.
inline std::vector<RankingMetric> measured_metrics(const std::vector<ListMeasure>& measures) {
  std::vector<RankingMetric> out;
  for (const ListMeasure& one : measures) {
    const bool fixed =
        one.metric == RankingMetric::coverage || one.metric == RankingMetric::gini ||
        std::count(std::begin(customer_metrics), std::end(customer_metrics), one.metric) != 0;
    require_option(!fixed && std::count(out.begin(), out.end(), one.metric) == 0 && one.measure,
                   "measures",
                   "functions for other metrics than those that are always evaluated, "
                   "each metric once",
                   describe(one.metric).name);
    out.push_back(one.metric);
  }
  return out;
}

/// As `evaluate_ranking`; customers have what is in `seen`, and the model was fitted to `train`.
[[nodiscard]] inline RankingEvaluation evaluate_lists(std::string_view model,
                                                      const Interactions& seen,
                                                      const Interactions& train,
                                                      const Interactions& test, RankFunction rank,
                                                      const RankingOptions& options,
                                                      const Context& context) {
  check_ranking_options(options.ks);
  const std::vector<RankingMetric> measured = measured_metrics(options.measures);
  RankingEvaluation out;
  out.model = std::string(model);
  out.ks = options.ks;
  RankingTruth truth(seen, train, test, options.exclude_seen, options.cold_customers, out.counts);
  const RankingScale scale(train, options.ks);
  const std::size_t total = truth.customers.size();
  const std::size_t k = options.ks.back();
  const std::size_t lengths_of_lists = options.ks.size();
  const std::size_t fixed_columns = std::size(customer_metrics) * lengths_of_lists;
  out.values.assign(total * (fixed_columns + measured.size() * lengths_of_lists), 0);
  Exposure exposure(train.items(), options.ks);
  exposure.reserve(total);

  const std::size_t round = std::clamp<std::size_t>((std::size_t{1} << 20) / k, 1, 16384);
  std::vector<Item> lists(std::min(round, total) * k);
  std::vector<std::uint32_t> lengths(std::min(round, total));
  std::size_t done = 0;
  while (done < total && out.completed) {
    const std::size_t size = std::min(round, total - done);
    const std::span<const Customer> customers = std::span(truth.customers).subspan(done, size);
    std::fill(lengths.begin(), lengths.end(), no_list);
    const std::size_t batch = options.batch == 0 ? size : options.batch;
    parallel_chunks(context, size, batch, [&](std::size_t begin, std::size_t end) {
      rank(customers.subspan(begin, end - begin), k,
           [&](std::size_t row, std::span<const Item> list) {
             if (row >= end - begin || lengths[begin + row] != no_list || list.size() > k) {
               broken_ranker(row >= end - begin ? "gave a row that was not asked for"
                             : list.size() > k  ? "gave more than k items"
                                                : "gave a row twice");
             }
             lengths[begin + row] = static_cast<std::uint32_t>(list.size());
             std::copy(list.begin(), list.end(), lists.begin() + std::ptrdiff_t((begin + row) * k));
           });
    });
    parallel_chunks(context, size, 256, [&](std::size_t begin, std::size_t end) {
      ListScorer scorer(truth, scale, k);
      std::vector<std::uint8_t> hits(measured.empty() ? 0 : (end - begin) * k);
      std::vector<std::uint32_t> relevant(measured.empty() ? 0 : end - begin);
      for (std::size_t row = begin; row < end; ++row) {
        if (lengths[row] == no_list) broken_ranker("left a row out");
        scorer.score(done + row, {lists.data() + row * k, lengths[row]},
                     out.values.data() + done + row, total);
        if (measured.empty()) continue;
        std::copy_n(scorer.hits(), lengths[row], hits.data() + (row - begin) * k);
        relevant[row - begin] = static_cast<std::uint32_t>(truth.relevant_of(done + row).size());
      }
      const ListBatch chunk{.customers = customers.subspan(begin, end - begin),
                            .ks = options.ks,
                            .places = std::span(lists).subspan(begin * k, (end - begin) * k),
                            .hits = hits,
                            .lengths = std::span(lengths).subspan(begin, end - begin),
                            .relevant = relevant};
      double* to = out.values.data() + fixed_columns * total + done + begin;
      for (const ListMeasure& one : options.measures) {
        one.measure(chunk, ListValues(to, total));
        to += lengths_of_lists * total;
      }
    });
    for (std::size_t row = 0; row < size; ++row) {
      exposure.add({lists.data() + row * k, lengths[row]});
      out.counts.short_lists += lengths[row] < k ? 1 : 0;
      out.counts.empty_lists += lengths[row] == 0 ? 1 : 0;
    }
    done += size;
    out.completed = context.report({"evaluate", done, total}) == Go::on || done == total;
  }
  out.customers = std::move(truth.customers);
  out.customers.resize(done);
  out.counts.evaluated = done;
  cut_columns(out.values, total, done);
  for (const RankingMetric metric : customer_metrics) add_means(out, metric, out.ks);
  for (const RankingMetric metric : measured) add_means(out, metric, out.ks);
  for (std::size_t c = fixed_columns; c < out.means.size(); ++c) {
    if (done != 0 && !std::isfinite(out.means[c].value)) {
      throw Exception(ErrorCode::invalid_value,
                      text("the measure of ", describe(out.means[c].metric).name,
                           " gave a value that is not finite"),
                      "evaluate_ranking");
    }
  }
  exposure.finish(out, context);
  return out;
}

inline void check_same_shape(const Interactions& train, const Interactions& test,
                             std::string_view name, std::string_view where) {
  if (train.customers() == test.customers() && train.items() == test.items()) return;
  throw Exception(ErrorCode::invalid_shape,
                  text("train is ", train.customers(), " x ", train.items(), ", ", name, " is ",
                       test.customers(), " x ", test.items()),
                  std::string(where));
}

}  // namespace detail

/// Evaluates the lists of `rank` for every customer with an item in `test`. Both matrices are m x n
/// over the same ids. No such customer: means are NaN. When progress stops it, the rows are the
/// customers done so far. Throws `invalid_option`, `invalid_shape` (matrices that differ in shape),
/// `invalid_value` for a ranker's broken list.
[[nodiscard]] inline RankingEvaluation evaluate_ranking(std::string_view model,
                                                        const Interactions& train,
                                                        const Interactions& test, RankFunction rank,
                                                        const RankingOptions& options = {},
                                                        const Context& context = {}) {
  detail::check_ranking_options(options.ks);
  detail::check_same_shape(train, test, "test", "evaluate_ranking");
  return detail::evaluate_lists(model, train, train, test, rank, options, context);
}

/// What has lists to evaluate: every Recommender does.
template <class M>
concept RankingModel = requires(const M& model, Customer customer, std::size_t k) {
  { model.name() } -> std::convertible_to<std::string_view>;
  model.recommend(customer, k, {.exclude_seen = true}).begin()->item;
};

namespace detail {

template <RankingModel M>
using ListedBy = typename std::remove_cvref_t<decltype(std::declval<const M&>().recommend(
    Customer{}, std::size_t{}, {.exclude_seen = true}))>::value_type;

/// As the concept BatchRecommender of the recommenders.
template <class M>
concept BatchRankingModel =
    RankingModel<M> &&
    requires(const M& model, std::span<const Customer> customers, std::size_t k,
             const Context& context, std::span<ListedBy<M>> out, std::span<std::uint32_t> counts) {
      model.recommend_batch(customers, k, {.exclude_seen = true}, context, out, counts);
    };

template <class Listed>
void give_list(std::size_t row, std::span<const Listed> list, RankSink sink,
               std::vector<Item>& items) {
  items.clear();
  for (const Listed& one : list) {
    if (one.score != one.score) broken_ranker("gave a score that is not a number");
    items.push_back(one.item);
  }
  sink(row, items);
}

}  // namespace detail

/// As above, with the lists of `model`: from its own batch path on the context's executor, if it
/// has one (`batch` is of no account then), else one customer at a time. A score that is NaN makes
/// the list a broken one.
template <RankingModel M>
[[nodiscard]] RankingEvaluation evaluate_ranking(const M& model, const Interactions& train,
                                                 const Interactions& test,
                                                 const RankingOptions& options = {},
                                                 const Context& context = {}) {
  using Listed = detail::ListedBy<M>;
  const bool exclude_seen = options.exclude_seen;
  RankingOptions own = options;
  if constexpr (detail::BatchRankingModel<M>) {
    const Context quiet{.executor = context.executor, .progress = {}, .kernels = context.kernels};
    own.batch = 0;
    const auto rank = [&](std::span<const Customer> customers, std::size_t k, RankSink sink) {
      const std::size_t width = std::min(k, train.items());
      std::vector<Listed> lists(customers.size() * width);
      std::vector<std::uint32_t> lengths(customers.size());
      model.recommend_batch(customers, width, {.exclude_seen = exclude_seen}, quiet,
                            std::span(lists), std::span(lengths));
      std::vector<Item> items;
      for (std::size_t row = 0; row < customers.size(); ++row) {
        if (lengths[row] > width) detail::broken_ranker("gave more than k items");
        detail::give_list(row, std::span<const Listed>(lists.data() + row * width, lengths[row]),
                          sink, items);
      }
    };
    return evaluate_ranking(std::string_view(model.name()), train, test, RankFunction(rank), own,
                            context);
  } else {
    const auto rank = [&](std::span<const Customer> customers, std::size_t k, RankSink sink) {
      std::vector<Item> items;
      for (std::size_t row = 0; row < customers.size(); ++row) {
        const auto list = model.recommend(customers[row], k, {.exclude_seen = exclude_seen});
        detail::give_list(row, std::span<const Listed>(list), sink, items);
      }
    };
    return evaluate_ranking(std::string_view(model.name()), train, test, RankFunction(rank), own,
                            context);
  }
}

}  // namespace emptor
