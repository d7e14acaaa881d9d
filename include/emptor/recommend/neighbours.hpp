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
#include "emptor/recommend/detail/neighbours_update.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/sparse_item_model.hpp"
#include "emptor/recommend/neighbours_options.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

/// See the top of the file and `Recommender`. A score is 0 when nothing the customer has is a
/// neighbour; such items are not recommended. `similar_items` gives similarities as the weighting
/// defines them, before `normalise`.
class NeighboursModel : public detail::SparseItemModel {
 public:
  static constexpr std::string_view archive_kind = "item-neighbours";

  /// From similarities: row i holds the neighbours of item i, values finite and > 0, n x n.
  /// `complete`: all rows are what `options` ask for. Throws `invalid_shape`, `invalid_value`,
  /// `invalid_option`.
  NeighboursModel(Interactions data, Csr<float> similarities, const NeighboursOptions& options,
                  bool complete = true)
      : SparseItemModel(std::move(data), std::move(similarities), false, "similarities",
                        "NeighboursModel"),
        options_(options),
        complete_(complete) {
    detail::check_neighbours_options(options);
    if (options.normalise) normalise_rows();
  }

  [[nodiscard]] std::string_view name() const noexcept { return "item neighbours"; }
  [[nodiscard]] const NeighboursOptions& options() const noexcept { return options_; }

  /// The very model that a fit to `data` gives. Only those items are searched whose neighbours can
  /// have changed: the items of customers who are new or changed, and all that share a customer
  /// with an item whose length has changed. Where one number changes all (BM25's mean length, the
  /// number of items in tf_idf and bm25), that is every item, and the time that of a fit.
  /// Stopped by the progress callback, later items keep the neighbours they had.
  [[nodiscard]] NeighboursModel update(const Interactions& data, const Context& context = {}) const;

  /// Kind "item-neighbours", version 1: sections "interactions", "options", "similarities".
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions"), interactions());
    SectionWriter& section = writer.section("options");
    detail::put_neighbours_options(section, options_);
    section.put(complete_);
    detail::put_rows(writer.section("similarities"), similarities());
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<NeighboursModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("options");
    if (!section) return section.error();
    const NeighboursOptions options = detail::get_neighbours_options(*section);
    const bool complete = section->get<bool>();
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("similarities");
    if (!section) return section.error();
    Csr<float> similarities = detail::get_rows(*section, data.items());
    section->require(similarities.rows() == data.items(),
                     "the similarities are of another number of items");
    if (Result<void> done = section->finish(); !done) return done.error();
    return NeighboursModel(std::move(data), std::move(similarities), options, complete);
  }

 private:
  NeighboursOptions options_;
  bool complete_;
};

static_assert(LoadableRecommender<NeighboursModel> && BatchRecommender<NeighboursModel> &&
              UpdatableRecommender<NeighboursModel>);

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
  auto [similarities, made] = search.run(detail::all_items(data.items()), context);
  NeighboursReport report;
  report.items = made;
  report.pairs = similarities.nonzeros();
  for (std::size_t i = 0; i < made; ++i) report.without += similarities.row_size(i) == 0 ? 1 : 0;
  report.stopped = made < data.items();
  return {NeighboursModel(data, std::move(similarities), options, !report.stopped), report};
}

inline NeighboursModel NeighboursModel::update(const Interactions& data,
                                               const Context& context) const {
  detail::require_grown(data, customers(), items());
  const detail::NeighbourWeights weights = detail::neighbour_weights(data, options_);
  const std::vector<std::uint32_t> wanted =
      complete_ ? detail::changed_neighbour_rows(interactions(), data, options_, weights)
                : detail::all_items(data.items());
  detail::NeighbourSearch search(data, weights, options_);
  const auto [rows, made] = search.run(wanted, context);
  return NeighboursModel(data, detail::replace_rows(similarities(), rows, {wanted.data(), made}),
                         options_, made == wanted.size());
}

}  // namespace emptor
