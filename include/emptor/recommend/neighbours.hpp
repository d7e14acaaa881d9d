#pragma once
// Item neighbours: "customers who took this also took that".
//
// Each item keeps the K items most similar to it; a customer's score of an item is the weighted sum
// of its similarities to what the customer has. Item-based scoring: Badrul Sarwar, George Karypis,
// Joseph Konstan, John Riedl, "Item-based collaborative filtering recommendation algorithms", WWW
// 2001, doi:10.1145/371920.372071. Top-N lists from the neighbours of the owned items, and
// similarities normalised to add up to 1 an owned item: Mukund Deshpande, George Karypis,
// "Item-based top-N recommendation algorithms", ACM TOIS 22(1), 2004, doi:10.1145/963770.963776.
// BM25: Stephen Robertson, Hugo Zaragoza, "The probabilistic relevance framework: BM25 and beyond",
// Foundations and Trends in Information Retrieval 3(4), 2009, doi:10.1561/1500000019; an item is
// the document, its customers are the terms. Sets: Amos Tversky, "Features of similarity",
// Psychological Review 84(4), 1977, doi:10.1037/0033-295X.84.4.327. RP3beta: Bibek Paudel, Fabian
// Christoffel, Chris Newell, Abraham Bernstein, "Updatable, accurate, diverse, and scalable
// recommendations for interactive applications", ACM TiiS 7(1), 2017, doi:10.1145/2955101.
// Symmetric: Yifei Shen, Yongji Wu, Yao Zhang, Caihua Shan, Jun Zhang, Khaled B. Letaief, Dongsheng
// Li, "How powerful is graph convolution for recommendation?", CIKM 2021,
// doi:10.1145/3459637.3482264. An adjusted cosine, which takes each customer's mean rating away, is
// none of these: what a customer has is no rating, and weights of 1 would all become 0.
//
// Fitting is exact: time is the sum over customers of their squared number of items, memory
// 12 nnz + 8 K n bytes and 12 n a thread. The model: the interactions and 8 K n bytes.
// Thread safety: see recommender.hpp. Deterministic: the same bits for any executor.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/detail/neighbours_fit.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/neighbours_options.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

/// See the top of the file and `Recommender`. A score is 0 when nothing the customer has is a
/// neighbour; such items are not recommended.
class NeighboursModel {
 public:
  static constexpr std::string_view archive_kind = "item-neighbours";

  /// From similarities: row i holds the neighbours of item i, values finite and > 0, n x n.
  /// Throws `invalid_shape`, `invalid_value`.
  NeighboursModel(Interactions data, Csr<float> similarities, bool normalise)
      : data_(std::move(data)), similarities_(std::move(similarities)), normalise_(normalise) {
    const std::size_t n = data_.items();
    if (similarities_.rows() != n || similarities_.columns() != n) {
      throw Exception(ErrorCode::invalid_shape,
                      text("similarities of ", n, " items must be ", n, " x ", n, ", got ",
                           similarities_.rows(), " x ", similarities_.columns()),
                      "NeighboursModel");
    }
    scale_.resize(n, 1.0F);
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0;
      for (const float value : similarities_.row_values(i)) {
        if (!(value > 0) || !std::isfinite(value)) {
          throw Exception(ErrorCode::invalid_value,
                          text("a similarity must be finite and > 0, got ", value),
                          "NeighboursModel");
        }
        sum += static_cast<double>(value);
      }
      if (normalise_ && sum > 0) scale_[i] = 1 / sum;
    }
  }

  [[nodiscard]] std::string_view name() const noexcept { return "item neighbours"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  /// n x n; a row holds an item's neighbours and their similarities.
  [[nodiscard]] const Csr<float>& similarities() const noexcept { return similarities_; }

  /// Time: customer's items x K, and n to clear the sums.
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(detail::row_of(data_, customer, "recommend"), k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(detail::row_of(customer, items(), "recommend"), k, filter);
  }
  /// The lists of many customers; see `BatchRecommender`.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    detail::require_batch_spans(customers, k, out, counts);
    for (const Customer customer : customers) {
      detail::require_id(customer, this->customers(), "customer", "recommend_batch");
    }
    const detail::ItemFilter ready(filter, items());
    constexpr std::size_t customers_a_chunk = 128;
    parallel_chunks(context, customers.size(), customers_a_chunk,
                    [&](std::size_t begin, std::size_t end) {
                      Sums sums(items());
                      for (std::size_t c = begin; c < end; ++c) {
                        const auto row = detail::row_of(data_, customers[c], "recommend_batch");
                        TopK<float> best = best_of(row, k, ready, sums);
                        counts[c] = static_cast<std::uint32_t>(best.size());
                        Recommendation* to = out.data() + c * k;
                        for (const auto& [item, score] : best.take()) {
                          *to++ = {id_at<Item>(item), score};
                        }
                      }
                    });
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    score_row(detail::row_of(data_, customer, "score"), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    score_row(detail::row_of(customer, this->items(), "score"), items, scores);
  }

  /// Scores are similarities as the weighting defines them, before `normalise`.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    const auto neighbours = similarities_.row_indices(index(item));
    const auto values = similarities_.row_values(index(item));
    TopK<float> best(k);
    for (std::size_t i = 0; i < neighbours.size(); ++i) best.push(neighbours[i], values[i]);
    return detail::to_list(best);
  }

  /// One part for each owned item that has `item` among its neighbours. Parts and `rest` add up to
  /// the score within 2^-23 of it.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return explain_row(detail::row_of(data_, customer, "explain"), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return explain_row(detail::row_of(customer, items(), "explain"), item, k);
  }

  /// Exact: a folded-in customer is served like one of the fit with the same items.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return detail::fold_items(items, weights, this->items());
  }

  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions", 1), data_);
    SectionWriter& section = writer.section("similarities", 1);
    section.put(normalise_);
    detail::put_rows(section, similarities_);
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<NeighboursModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("similarities");
    if (!section) return section.error();
    const bool normalise = section->get<bool>();
    Csr<float> similarities = detail::get_rows(*section, data.items());
    section->require(similarities.rows() == data.items(),
                     "the similarities are of another number of items");
    if (Result<void> done = section->finish(); !done) return done.error();
    return NeighboursModel(std::move(data), std::move(similarities), normalise);
  }

 private:
  /// Sums by item, all 0 between uses. In double, where a product of floats is exact, so that a sum
  /// has the same bits wherever it is computed, with or without fused multiply-add.
  struct Sums {
    explicit Sums(std::size_t n) : of_item(n, 0.0), touched(n + 1) {}
    std::vector<double> of_item;
    std::vector<std::uint32_t> touched;
  };

  /// What a similarity to the i-th item of the row is multiplied with.
  template <class ItemId>
  [[nodiscard]] double factor(const detail::CustomerRow<ItemId>& row, std::size_t i) const {
    return static_cast<double>(
        static_cast<float>(static_cast<double>(row.weights[i]) * scale_[row.item(i)]));
  }

  /// Adds the row up and returns how many items it touched.
  template <class ItemId>
  std::size_t add_up(const detail::CustomerRow<ItemId>& row, Sums& sums) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto neighbours = similarities_.row_indices(row.item(i));
      const auto values = similarities_.row_values(row.item(i));
      const double amount = factor(row, i);
      for (std::size_t j = 0; j < neighbours.size(); ++j) {
        double& sum = sums.of_item[neighbours[j]];
        const double share = amount * static_cast<double>(values[j]);
        sums.touched[count] = neighbours[j];
        count += static_cast<std::size_t>((sum == 0) & (share > 0));
        sum += share;
      }
    }
    return count;
  }

  template <class ItemId>
  [[nodiscard]] TopK<float> best_of(const detail::CustomerRow<ItemId>& row, std::size_t k,
                                    const detail::ItemFilter& filter, Sums& sums) const {
    TopK<float> best(k < items() ? k : items());
    const std::size_t count = add_up(row, sums);
    for (std::size_t t = 0; t < count; ++t) {
      const std::uint32_t item = sums.touched[t];
      const auto score = static_cast<float>(sums.of_item[item]);
      sums.of_item[item] = 0;
      if (best.enters(item, score) && filter.allows(item, row.items)) best.push(item, score);
    }
    return best;
  }

  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> recommend_row(const detail::CustomerRow<ItemId>& row,
                                                          std::size_t k,
                                                          const RecommendFilter& filter) const {
    const detail::ItemFilter ready(filter, items());
    if (row.size() == 0 || k == 0) return {};
    Sums sums(items());
    TopK<float> best = best_of(row, k, ready, sums);
    return detail::to_list(best);
  }

  template <class ItemId>
  void score_row(const detail::CustomerRow<ItemId>& row, std::span<const Item> items,
                 std::span<float> scores) const {
    detail::require_score_spans(items, scores, this->items());
    if (row.size() == 0) return detail::fill_unknown(scores);
    Sums sums(this->items());
    add_up(row, sums);
    for (std::size_t i = 0; i < items.size(); ++i) {
      scores[i] = static_cast<float>(sums.of_item[index(items[i])]);
    }
  }

  template <class ItemId>
  [[nodiscard]] Explanation explain_row(const detail::CustomerRow<ItemId>& row, Item item,
                                        std::size_t k) const {
    detail::require_id(item, items(), "item", "explain");
    if (row.size() == 0) return detail::unknown_explanation();
    Explanation explanation;
    double score = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto neighbours = similarities_.row_indices(row.item(i));
      const auto wanted = static_cast<std::uint32_t>(item);
      const auto found = std::lower_bound(neighbours.begin(), neighbours.end(), wanted);
      if (found == neighbours.end() || *found != wanted) continue;
      const float value = similarities_.row_values(
          row.item(i))[static_cast<std::size_t>(found - neighbours.begin())];
      const double share = factor(row, i) * static_cast<double>(value);
      score += share;
      explanation.parts.push_back({id_at<Item>(row.item(i)), static_cast<float>(share)});
    }
    explanation.score = static_cast<float>(score);
    detail::keep_largest_parts(explanation, k);
    return explanation;
  }

  Interactions data_;
  Csr<float> similarities_;
  std::vector<double> scale_;  // by owned item: 1, or 1 / sum of its similarities
  bool normalise_;
};

static_assert(LoadableRecommender<NeighboursModel> && BatchRecommender<NeighboursModel>);

struct NeighboursFit {
  NeighboursModel model;
  NeighboursReport report;
};

/// Throws `invalid_option`. Stopped by the progress callback, it gives what there is so far.
[[nodiscard]] inline NeighboursFit fit_item_neighbours(const Interactions& data,
                                                       const NeighboursOptions& options = {},
                                                       const Context& context = {}) {
  detail::check_neighbours_options(options);
  const detail::NeighbourWeights weights = detail::neighbour_weights(data, options);
  detail::NeighbourSearch search(data, weights, options);
  auto [similarities, made] = search.run(context);
  NeighboursReport report;
  report.items = made;
  report.pairs = similarities.nonzeros();
  for (std::size_t i = 0; i < made; ++i) report.without += similarities.row_size(i) == 0 ? 1 : 0;
  report.stopped = made < data.items();
  return {NeighboursModel(data, std::move(similarities), options.normalise), report};
}

}  // namespace emptor
