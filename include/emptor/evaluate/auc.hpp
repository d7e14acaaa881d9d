#pragma once
// AUC: how well scores tell what a customer then took to from everything else, over all items.
//
// The area under the ROC curve is the chance that a relevant item scores higher than another
// candidate, equal scores counting half: James A. Hanley, Barbara J. McNeil, "The meaning and use
// of the area under a receiver operating characteristic (ROC) curve", Radiology 143(1), 1982,
// doi:10.1148/radiology.143.1.7063747. Candidates are all items, but for what the customer has when
// that is left out. An item without a score (NaN) stands below all that have one, beside its likes.
//
// Cost: the model's scores of all n items a customer, and O(n |T|) or O(n log |T|), whichever is
// less. Memory: 12 n a thread. The result is the same bits for any executor. Thread safety: pure,
// if the model is.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// Puts the score of items[i] for the customer into scores[i]. Called from several threads at once
/// when the context has an executor.
using ScoreFunction =
    FunctionRef<void(Customer customer, std::span<const Item> items, std::span<float> scores)>;

struct AucOptions {
  bool exclude_seen = true;    ///< as in RankingOptions
  bool cold_customers = true;  ///< as in RankingOptions
};

namespace detail {

/// AUC of the sorted scores of relevant items against those of the others; 1/2 without others.
[[nodiscard]] inline double auc_of(std::span<const float> relevant, std::span<const float> others) {
  if (others.empty()) return 0.5;
  std::uint64_t halves = 0;  // 2 for each pair in the right order, 1 for each tie
  if (relevant.size() <= 32) {
    for (const float score : relevant) {
      std::uint32_t below = 0;
      std::uint32_t not_above = 0;
      for (const float other : others) {
        below += other < score ? 1U : 0U;
        not_above += other <= score ? 1U : 0U;
      }
      halves += std::uint64_t{below} + not_above;
    }
  } else {
    for (const float other : others) {
      const auto range = std::equal_range(relevant.begin(), relevant.end(), other);
      halves += static_cast<std::uint64_t>(relevant.end() - range.second) * 2 +
                static_cast<std::uint64_t>(range.second - range.first);
    }
  }
  return static_cast<double>(halves) /
         (2 * static_cast<double>(relevant.size()) * static_cast<double>(others.size()));
}

}  // namespace detail

/// The AUC of every customer with an item in `test`, those that `evaluate_ranking` evaluates with
/// the same options; `add_metrics` puts both together. Both matrices are m x n over the same ids.
/// The metric has k = 0. Throws `invalid_shape`.
[[nodiscard]] inline RankingEvaluation evaluate_auc(std::string_view model,
                                                    const Interactions& train,
                                                    const Interactions& test, ScoreFunction score,
                                                    const AucOptions& options = {},
                                                    const Context& context = {}) {
  detail::check_same_shape(train, test, "test", "evaluate_auc");
  RankingEvaluation out;
  out.model = std::string(model);
  detail::RankingTruth truth(train, train, test, options.exclude_seen, options.cold_customers,
                             out.counts);
  std::vector<Item> items;
  for (std::size_t item = 0; item < train.items(); ++item) items.push_back(id_at<Item>(item));
  const std::size_t total = truth.customers.size();
  out.values.assign(total, 0);
  constexpr std::size_t round = 4096;
  std::size_t done = 0;
  while (done < total && out.completed) {
    const std::size_t size = std::min(round, total - done);
    parallel_chunks(context, size, 16, [&, done](std::size_t begin, std::size_t end) {
      std::vector<float> scores(items.size());
      std::vector<float> relevant;
      for (std::size_t row = done + begin; row < done + end; ++row) {
        std::fill(scores.begin(), scores.end(), std::numeric_limits<float>::quiet_NaN());
        score(truth.customers[row], items, scores);
        for (float& one : scores) {
          if (one != one) one = -std::numeric_limits<float>::infinity();
        }
        relevant.clear();
        for (const std::uint32_t item : truth.relevant_of(row)) relevant.push_back(scores[item]);
        std::sort(relevant.begin(), relevant.end());
        // The others move to the front: relevant and seen items ascend, so one pass does.
        const auto seen = options.exclude_seen ? truth.seen.row_indices(index(truth.customers[row]))
                                               : std::span<const std::uint32_t>{};
        const auto wanted = truth.relevant_of(row);
        std::size_t s = 0;
        std::size_t w = 0;
        std::size_t others = 0;
        for (std::size_t item = 0; item < scores.size(); ++item) {
          const bool has = s < seen.size() && seen[s] == item;
          const bool hit = w < wanted.size() && wanted[w] == item;
          s += has ? 1 : 0;
          w += hit ? 1 : 0;
          scores[others] = scores[item];
          others += has || hit ? 0 : 1;
        }
        out.values[row] = detail::auc_of(relevant, std::span(scores).first(others));
      }
    });
    done += size;
    out.completed = context.report({"evaluate auc", done, total}) == Go::on || done == total;
  }
  out.customers = std::move(truth.customers);
  out.customers.resize(done);
  out.values.resize(done);
  out.counts.evaluated = done;
  detail::add_means(out, RankingMetric::auc, {0});
  return out;
}

/// What gives scores: every Recommender does.
template <class M>
concept ScoringModel = requires(const M& model, Customer customer, std::span<const Item> items,
                                std::span<float> scores) {
  { model.name() } -> std::convertible_to<std::string_view>;
  model.score(customer, items, scores);
};

/// As above, with the scores of `model`.
template <ScoringModel M>
[[nodiscard]] RankingEvaluation evaluate_auc(const M& model, const Interactions& train,
                                             const Interactions& test,
                                             const AucOptions& options = {},
                                             const Context& context = {}) {
  const auto score = [&](Customer customer, std::span<const Item> items, std::span<float> scores) {
    model.score(customer, items, scores);
  };
  return evaluate_auc(std::string_view(model.name()), train, test, ScoreFunction(score), options,
                      context);
}

/// Adds the customer metrics of `more` to those of `to`. Throws `invalid_shape` unless both are of
/// the same customers, `duplicate` when `to` has such a metric at such a k already.
inline void add_metrics(RankingEvaluation& to, const RankingEvaluation& more) {
  if (to.customers != more.customers) {
    throw Exception(ErrorCode::invalid_shape, "both must have evaluated the same customers",
                    "add_metrics");
  }
  for (const RankingValue& value : more.means) {
    if (to.find(value.metric, value.k)) {
      throw Exception(ErrorCode::duplicate,
                      text(metric_label(value.metric, value.k), " is there already"),
                      "add_metrics");
    }
  }
  to.means.insert(to.means.end(), more.means.begin(), more.means.end());
  to.values.insert(to.values.end(), more.values.begin(), more.values.end());
}

}  // namespace emptor
