#pragma once
// Candidates from several recommenders, ranked by another, re-ranked by a merchant's rules, with a
// trace of who did what.
//
//     const RecommendPipeline shop({neighbours, popular, als},
//                                  {.sources = {{.model = 0, .quota = 150}, {.model = 1}},
//                                   .rankers = {{.model = 2}},
//                                   .steps = {StockRule{.units = stock}, diversity},
//                                   .history = data});
//     const PipelineAnswer answer = shop.serve(customer, {.k = 10});
//
// 1. Each source gives at most `quota` candidates (or k, if that is more) that pass the filter.
// 2. Lists of several sources become one; a single source's scores stay as they are.
// 3. Rankers score the candidates: sum of weight x score. What a ranker cannot score adds nothing;
//    an item that none can score leaves. When none knows the customer, the merged order stays.
// 4. The steps of rerank.hpp, in order.
//
// A pipeline is a Recommender, a BatchRecommender and an UpdatableRecommender itself:
// - `recommend` is what the steps made of it, so scores need not fall along the list;
// - `score` and `explain` speak of the rankers' sum, or of a lone source without rankers; merged
//   lists have ranks and no scores, so without rankers these throw `unsupported`;
// - a folded-in customer is folded into each model anew at each question;
// - `save` throws `unsupported`: save its models.
// Steps learn of a known customer's history from `PipelineOptions::history`.
//
// Time: the sources' and rankers' questions, and candidates log candidates. Memory of a batch: at
// most 8 MB of candidates. Thread safety: immutable, as the models.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/pipeline_options.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/recommend/rerank.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

class RecommendPipeline {
 public:
  /// Throws `invalid_option`; `invalid_shape` when models or history differ in their numbers of
  /// customers or items.
  RecommendPipeline(std::vector<AnyRecommender> models, PipelineOptions options)
      : models_(std::move(models)), options_(std::move(options)) {
    check();
  }

  [[nodiscard]] std::string_view name() const noexcept { return "pipeline"; }
  [[nodiscard]] std::size_t customers() const { return models_.front().customers(); }
  [[nodiscard]] std::size_t items() const { return models_.front().items(); }
  [[nodiscard]] const std::vector<AnyRecommender>& models() const noexcept { return models_; }
  [[nodiscard]] const PipelineOptions& options() const noexcept { return options_; }

  /// The list and how it came about.
  [[nodiscard]] PipelineAnswer serve(Customer customer, const PipelineRequest& request) const {
    detail::require_id(customer, customers(), "customer", "serve");
    return serve(Known{*this, customer}, request);
  }
  [[nodiscard]] PipelineAnswer serve(const FoldedCustomer& customer,
                                     const PipelineRequest& request) const {
    return serve(Folded(*this, customer), request);
  }

  /// `serve` without the trace; the request's number is the customer's, 0 for folded-in ones.
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return serve(customer, {k, filter, index(customer)}).list.list();
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return serve(customer, {k, filter, 0}).list.list();
  }
  /// Candidates by the sources' batch paths, then customer by customer; see `BatchRecommender`.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const;

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    detail::require_id(customer, customers(), "customer", "score");
    score(Known{*this, customer}, items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    score(Folded(*this, customer), items, scores);
  }
  /// Of the first ranker, or else of the first source.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    const std::size_t model =
        options_.rankers.empty() ? options_.sources.front().model : options_.rankers.front().model;
    return models_[model].similar_items(item, k);
  }
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    detail::require_id(customer, customers(), "customer", "explain");
    return explain(Known{*this, customer}, item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return explain(Folded(*this, customer), item, k);
  }
  /// For all of the models: items and weights alone.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return detail::fold_items(items, weights, this->items());
  }
  /// Each model updated, and the history, if there is one, replaced by `data`.
  [[nodiscard]] RecommendPipeline update(const Interactions& data,
                                         const Context& context = {}) const {
    detail::require_grown(data, customers(), items());
    std::vector<AnyRecommender> models;
    for (const AnyRecommender& model : models_) models.push_back(model.update(data, context));
    PipelineOptions options = options_;
    if (options.history) options.history = data;
    return RecommendPipeline(std::move(models), std::move(options));
  }
  [[nodiscard]] std::vector<std::byte> save() const {
    throw Exception(ErrorCode::unsupported, "a pipeline is not saved: save its models", "save");
  }

 private:
  using Lists = std::vector<std::vector<Recommendation>>;

  /// The two kinds of customers, as each of the models takes them.
  struct Known {
    const RecommendPipeline& pipeline;
    Customer customer;
    [[nodiscard]] Customer of(std::size_t) const noexcept { return customer; }
    void history(std::vector<Item>& items, std::vector<float>& weights) const {
      if (!pipeline.options_.history) return;
      const Csr<float>& rows = pipeline.options_.history->by_customer();
      for (const std::uint32_t item : rows.row_indices(index(customer))) {
        items.push_back(id_at<Item>(item));
      }
      const auto values = rows.row_values(index(customer));
      weights.assign(values.begin(), values.end());
    }
  };
  struct Folded {
    Folded(const RecommendPipeline& pipeline, const FoldedCustomer& from) : customer(from) {
      (void)detail::row_of(from, pipeline.items(), "pipeline");
      for (const AnyRecommender& model : pipeline.models_) {
        folded.push_back(model.fold_in(from.items, from.weights));
        if (!from.sequence.empty()) folded.back().sequence = from.sequence;
      }
    }
    const FoldedCustomer& customer;
    std::vector<FoldedCustomer> folded;  // by model
    [[nodiscard]] const FoldedCustomer& of(std::size_t model) const noexcept {
      return folded[model];
    }
    void history(std::vector<Item>& items, std::vector<float>& weights) const {
      items = customer.items;
      weights = customer.weights;
    }
  };

  void check() const;
  template <class Who>
  void rank(const Who& who, RerankList& list) const;
  template <class Who>
  [[nodiscard]] PipelineAnswer finish(const Who& who, const PipelineRequest& request,
                                      const Lists& lists) const;

  template <class Who>
  [[nodiscard]] PipelineAnswer serve(const Who& who, const PipelineRequest& request) const {
    Lists lists;
    for (const CandidateSource& source : options_.sources) {
      lists.push_back(models_[source.model].recommend(
          who.of(source.model), std::max(source.quota, request.k), request.filter));
    }
    return finish(who, request, lists);
  }
  /// The rankers, or the lone source as one.
  [[nodiscard]] std::vector<PipelineRanker> scorers(std::string_view where) const {
    if (!options_.rankers.empty()) return options_.rankers;
    if (options_.sources.size() == 1) return {{options_.sources.front().model, 1}};
    throw Exception(ErrorCode::unsupported,
                    "merged candidates have ranks and no scores: give the pipeline a ranker",
                    std::string(where));
  }
  template <class Who>
  void score(const Who& who, std::span<const Item> items, std::span<float> scores) const {
    const auto from = scorers("score");
    detail::require_score_spans(items, scores, this->items());
    if (from.size() == 1 && from.front().weight == 1) {
      return models_[from.front().model].score(who.of(from.front().model), items, scores);
    }
    std::vector<double> sums(items.size(), std::numeric_limits<double>::quiet_NaN());
    std::vector<float> part(items.size());
    for (const PipelineRanker& ranker : from) {
      models_[ranker.model].score(who.of(ranker.model), items, part);
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (std::isnan(part[i])) continue;
        sums[i] =
            (std::isnan(sums[i]) ? 0 : sums[i]) + ranker.weight * static_cast<double>(part[i]);
      }
    }
    for (std::size_t i = 0; i < items.size(); ++i) scores[i] = static_cast<float>(sums[i]);
  }
  template <class Who>
  [[nodiscard]] Explanation explain(const Who& who, Item item, std::size_t k) const;

  std::vector<AnyRecommender> models_;
  PipelineOptions options_;
};

inline void RecommendPipeline::check() const {
  require_option(!models_.empty(), "models", "at least one", models_.size());
  require_option(!options_.sources.empty(), "sources", "at least one", options_.sources.size());
  require_option(options_.rank_constant >= 0 && std::isfinite(options_.rank_constant),
                 "rank_constant", ">= 0, finite", options_.rank_constant);
  for (const CandidateSource& source : options_.sources) {
    require_option(source.model < models_.size(), "model", "a place in the models", source.model);
    require_option(source.quota >= 1, "quota", ">= 1", source.quota);
    require_option(source.weight > 0 && std::isfinite(source.weight), "weight", "> 0, finite",
                   source.weight);
  }
  for (const PipelineRanker& ranker : options_.rankers) {
    require_option(ranker.model < models_.size(), "model", "a place in the models", ranker.model);
    require_option(std::isfinite(ranker.weight) && ranker.weight != 0, "weight", "finite, not 0",
                   ranker.weight);
  }
  const auto require_same = [&](std::size_t m, std::size_t n, std::string_view what) {
    if (m == customers() && n == items()) return;
    throw Exception(ErrorCode::invalid_shape,
                    text(what, " has ", m, " customers and ", n, " items, the first model ",
                         customers(), " and ", items()),
                    "RecommendPipeline");
  };
  for (const AnyRecommender& model : models_) {
    require_same(model.customers(), model.items(), model.name());
  }
  if (options_.history) {
    require_same(options_.history->customers(), options_.history->items(), "the history");
  }
}

template <class Who>
void RecommendPipeline::rank(const Who& who, RerankList& list) const {
  const std::size_t count = list.items().size();
  std::vector<Item> items;
  for (const RerankedItem& entry : list.items()) items.push_back(entry.item);
  std::vector<float> scores(count);
  score(who, items, scores);
  list.begin_step("rank");
  const auto known = [](float s) { return std::isfinite(s); };
  if (std::none_of(scores.begin(), scores.end(), known)) {
    list.report().skipped = true;
  } else {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (known(scores[i])) {
        list.set_score(i, scores[i]);
        order.push_back(i);
      } else {
        list.note(i, RerankReason::no_score);
      }
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return scores[a] != scores[b] ? scores[a] > scores[b] : items[a] < items[b];
    });
    list.rearrange(order);
  }
  list.end_step();
}

template <class Who>
PipelineAnswer RecommendPipeline::finish(const Who& who, const PipelineRequest& request,
                                         const Lists& lists) const {
  PipelineAnswer answer;
  for (std::size_t s = 0; s < lists.size(); ++s) {
    const CandidateSource& source = options_.sources[s];
    answer.sources.push_back({std::string(models_[source.model].name()),
                              std::max(source.quota, request.k), lists[s].size()});
    answer.offered += lists[s].size();
  }
  const std::vector<Recommendation> candidates = detail::merge_candidates(lists, options_);
  answer.distinct = candidates.size();
  RerankList list(candidates, request.k);
  if (!options_.rankers.empty() && !candidates.empty()) rank(who, list);
  if (!options_.steps.empty()) {
    std::vector<Item> items;
    std::vector<float> weights;
    who.history(items, weights);
    const RerankRequest ask{request.k, request.request, items, weights};
    for (const Reranker& step : options_.steps) step(list, ask);
  }
  answer.list = std::move(list).finish(candidates.size());
  for (RerankedItem& entry : answer.list.items) {
    if (entry.original_place != no_place) continue;  // else pinned, and no candidate
    if (options_.rankers.empty() && options_.sources.size() > 1) continue;
    score(who, std::span(&entry.item, 1), std::span(&entry.score, 1));
  }
  return answer;
}

template <class Who>
Explanation RecommendPipeline::explain(const Who& who, Item item, std::size_t k) const {
  const auto from = scorers("explain");
  if (from.size() == 1 && from.front().weight == 1) {
    return models_[from.front().model].explain(who.of(from.front().model), item, k);
  }
  Explanation out;
  score(who, std::span(&item, 1), std::span(&out.score, 1));
  if (std::isnan(out.score)) return detail::unknown_explanation();
  double rest = 0;
  std::vector<std::pair<Item, double>> shares;
  for (const PipelineRanker& ranker : from) {
    const Explanation why = models_[ranker.model].explain(who.of(ranker.model), item, items());
    if (std::isnan(why.score)) continue;
    for (const Explanation::Part& part : why.parts) {
      shares.emplace_back(part.because, ranker.weight * static_cast<double>(part.share));
    }
    rest += ranker.weight * static_cast<double>(why.rest);
    out.events += why.events;
  }
  std::stable_sort(shares.begin(), shares.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t begin = 0; begin < shares.size();) {
    double sum = 0;
    std::size_t end = begin;
    for (; end < shares.size() && shares[end].first == shares[begin].first; ++end) {
      sum += shares[end].second;
    }
    out.parts.push_back({shares[begin].first, static_cast<float>(sum)});
    begin = end;
  }
  out.rest = static_cast<float>(rest);
  detail::keep_largest_parts(out, k);
  return out;
}

inline void RecommendPipeline::recommend_batch(std::span<const Customer> customers, std::size_t k,
                                               const RecommendFilter& filter,
                                               const Context& context,
                                               std::span<Recommendation> out,
                                               std::span<std::uint32_t> counts) const {
  detail::require_batch_spans(customers, k, out, counts);
  for (const Customer customer : customers) {
    detail::require_id(customer, this->customers(), "customer", "recommend_batch");
  }
  std::vector<std::size_t> widths;
  std::size_t width = 0;
  for (const CandidateSource& source : options_.sources) {
    widths.push_back(std::min(std::max(source.quota, k), items()));
    width += widths.back();
  }
  constexpr std::size_t entries_a_block = std::size_t{1} << 20;
  const std::size_t block =
      std::clamp<std::size_t>(entries_a_block / std::max<std::size_t>(width, 1), 1, 4096);
  std::vector<std::vector<Recommendation>> entries(widths.size());
  std::vector<std::vector<std::uint32_t>> lengths(widths.size());
  for (std::size_t begin = 0; begin < customers.size(); begin += block) {
    const auto part = customers.subspan(begin, std::min(block, customers.size() - begin));
    for (std::size_t s = 0; s < widths.size(); ++s) {
      entries[s].resize(part.size() * widths[s]);
      lengths[s].resize(part.size());
      models_[options_.sources[s].model].recommend_batch(part, widths[s], filter, context,
                                                         entries[s], lengths[s]);
    }
    constexpr std::size_t customers_a_chunk = 16;
    parallel_chunks(context, part.size(), customers_a_chunk,
                    [&](std::size_t first, std::size_t last) {
                      Lists lists(widths.size());
                      for (std::size_t c = first; c < last; ++c) {
                        for (std::size_t s = 0; s < widths.size(); ++s) {
                          const Recommendation* from = entries[s].data() + c * widths[s];
                          lists[s].assign(from, from + lengths[s][c]);
                        }
                        const PipelineAnswer answer =
                            finish(Known{*this, part[c]}, {k, filter, index(part[c])}, lists);
                        Recommendation* to = out.data() + (begin + c) * k;
                        for (const RerankedItem& entry : answer.list.items)
                          *to++ = {entry.item, entry.score};
                        counts[begin + c] = static_cast<std::uint32_t>(answer.list.items.size());
                      }
                    });
  }
}

static_assert(BatchRecommender<RecommendPipeline> && UpdatableRecommender<RecommendPipeline>);

}  // namespace emptor
