#pragma once
// EASE for catalogues too large for a dense matrix: each item is explained by its K likeliest
// others alone.
//
// EASE's column j is the ridge regression of item j on all other items. Here it is the regression
// on the K items most correlated with j, (X'X + lambda I)_SS b = (X'X)_Sj: exact on the items S
// that were chosen, 0 elsewhere. Harald Steck, "Markov random fields for collaborative filtering",
// NeurIPS 2019, arXiv:1910.09645, takes the same neighbourhoods and shares solves between them;
// Harald Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019,
// doi:10.1145/3308558.3313710, is the dense one (ease.hpp), which this equals when K >= n - 1. With
// `dropout` p the diagonal is lambda + |x_i|^2 / (1 - p), the expectation over inputs hidden at
// random: Harald Steck, "Autoencoders that don't overfit towards the identity", NeurIPS 2020.
//
// Time: that of item neighbours, and for each item K^3 / 3 flops and the sum over customers of half
// their squared number of items in S; that sum but once, over all items, when n <= 8,192 and
// weights do not count. Memory: 8 K n bytes for the model, twice that while fitting, then 4 n^2, at
// most 256 MB, and a thread 4 K^2 and 8 m. Serves like neighbours, of customer's items x K. Thread
// safety: see recommender.hpp. Deterministic: the same bits for any executor, within one build and
// one Isa.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/sparse_ease_fit.hpp"
#include "emptor/recommend/detail/sparse_item_model.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/recommend/sparse_ease_options.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

namespace detail {

inline void check_sparse_ease_options(const SparseEaseOptions& options) {
  require_option(options.lambda > 0 && std::isfinite(options.lambda), "lambda", "finite and > 0",
                 options.lambda);
  require_option(options.neighbours >= 1, "neighbours", ">= 1", options.neighbours);
  require_option(options.dropout >= 0 && options.dropout < 1, "dropout", "at least 0 and below 1",
                 options.dropout);
}

}  // namespace detail

/// See the top of the file and `Recommender`. `similarities()` (i, j): what having i adds to the
/// score of j. Scores may be negative; items to which nothing leads have score 0 and are not
/// recommended. `similar_items` goes by the weights from the item, the positive ones.
class SparseEaseModel : public detail::SparseItemModel {
 public:
  static constexpr std::string_view archive_kind = "sparse-ease";

  /// From weights, n x n, finite and not 0. Throws `invalid_shape`, `invalid_value`,
  /// `invalid_option`.
  SparseEaseModel(Interactions data, Csr<float> weights, const SparseEaseOptions& options)
      : SparseItemModel(std::move(data), std::move(weights), true, "weights", "SparseEaseModel"),
        options_(options) {
    detail::check_sparse_ease_options(options_);
    if (!options_.use_weights) ignore_weights();
  }

  [[nodiscard]] std::string_view name() const noexcept { return "sparse ease"; }
  [[nodiscard]] const SparseEaseOptions& options() const noexcept { return options_; }

  /// The very model that a fit to `data` gives. Only items are solved for that have, or are
  /// explained by, an item of a customer who is new or changed. Stopped by the progress callback,
  /// later items keep the weights they had.
  [[nodiscard]] SparseEaseModel update(const Interactions& data, const Context& context = {}) const;

  /// Kind "sparse-ease", version 1: sections "interactions", "options", and "weights" with the
  /// sizes of the rows, their items, and the weights.
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions"), interactions());
    SectionWriter& kept = writer.section("options");
    kept.put(options_.lambda);
    kept.put(std::uint64_t{options_.neighbours});
    kept.put(options_.dropout);
    kept.put(options_.use_weights);
    detail::put_signed_rows(writer.section("weights"), similarities());
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<SparseEaseModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("options");
    if (!section) return section.error();
    SparseEaseOptions options;
    options.lambda = section->get<double>();
    options.neighbours = static_cast<std::size_t>(section->get<std::uint64_t>());
    options.dropout = section->get<double>();
    options.use_weights = section->get<bool>();
    section->require(options.lambda > 0 && std::isfinite(options.lambda) &&
                         options.neighbours >= 1 && options.dropout >= 0 && options.dropout < 1,
                     "impossible options");
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("weights");
    if (!section) return section.error();
    Csr<float> weights = detail::get_signed_rows(*section, data.items());
    section->require(weights.rows() == data.items(), "the weights are of another number of items");
    if (Result<void> done = section->finish(); !done) return done.error();
    return SparseEaseModel(std::move(data), std::move(weights), options);
  }

 private:
  SparseEaseOptions options_;
};

static_assert(LoadableRecommender<SparseEaseModel> && BatchRecommender<SparseEaseModel> &&
              UpdatableRecommender<SparseEaseModel>);

struct SparseEaseFit {
  SparseEaseModel model;
  SparseEaseReport report;
};

namespace detail {

/// Row j: the weights that lead to j. Solves for the columns that `before`, of the model `old`,
/// cannot give, which may be null.
[[nodiscard]] inline SparseEaseFit fit_sparse_ease_from(const SparseEaseModel* old,
                                                        const Interactions& data,
                                                        const SparseEaseOptions& options,
                                                        const Context& context) {
  const std::size_t n = data.items();
  const auto [chosen, reached] = explaining_items(data, options, context);
  const Matrix<float> products =
      counts_all_products(data, options) ? all_products(data, context) : Matrix<float>();
  SparseEaseReport report;
  report.stopped = reached < n;
  const Csr<float> before = old == nullptr ? Csr<float>() : old->similarities().transposed();
  const std::vector<std::uint8_t> touched =
      old == nullptr ? std::vector<std::uint8_t>()
                     : touched_items(old->interactions(), data, options.use_weights);
  const auto is_kept = [&](std::size_t j) {
    return j < before.rows() && touched[j] == 0 &&
           std::ranges::equal(before.row_indices(j), chosen.row_indices(j)) &&
           std::ranges::none_of(chosen.row_indices(j),
                                [&](std::uint32_t i) { return touched[i] != 0; });
  };
  std::vector<std::vector<float>> values(n);
  constexpr std::size_t columns_a_chunk = 32;
  constexpr std::size_t columns_a_step = 1024;
  while (report.items < n && !report.stopped) {
    const std::size_t first = report.items;
    const std::size_t step = std::min(columns_a_step, n - first);
    parallel_chunks(context, step, columns_a_chunk, [&](std::size_t begin, std::size_t end) {
      SparseEaseColumn column(data, options, products, context.kernels);
      for (std::size_t j = first + begin; j < first + end; ++j) {
        if (chosen.row_size(j) == 0) continue;
        const auto kept = is_kept(j)
                              ? before.row_values(j)
                              : column.solve(static_cast<std::uint32_t>(j), chosen.row_indices(j));
        values[j].assign(kept.begin(), kept.end());
      }
    });
    report.items += step;
    report.stopped =
        context.report({"sparse ease", report.items, n}) == Go::stop && report.items < n;
  }
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> from;
  std::vector<float> all;
  for (std::size_t j = 0; j < n; ++j) {
    const bool made = j < report.items;
    const auto items = made                ? chosen.row_indices(j)
                       : j < before.rows() ? before.row_indices(j)
                                           : std::span<const std::uint32_t>{};
    const auto weights = made                ? std::span<const float>(values[j])
                         : j < before.rows() ? before.row_values(j)
                                             : std::span<const float>{};
    for (std::size_t t = 0; t < items.size(); ++t) {
      if (weights[t] == 0) continue;
      from.push_back(items[t]);
      all.push_back(weights[t]);
    }
    offsets.push_back(from.size());
  }
  report.weights = from.size();
  const Csr<float> by_target(n, std::move(offsets), std::move(from), std::move(all));
  return {SparseEaseModel(data, by_target.transposed(), options), report};
}

}  // namespace detail

/// Throws `invalid_option`; `invalid_value` when `lambda` is too small against the interactions for
/// single precision. Stopped by the progress callback, it gives what there is so far.
[[nodiscard]] inline SparseEaseFit fit_sparse_ease(const Interactions& data,
                                                   const SparseEaseOptions& options = {},
                                                   const Context& context = {}) {
  detail::check_sparse_ease_options(options);
  return detail::fit_sparse_ease_from(nullptr, data, options, context);
}

inline SparseEaseModel SparseEaseModel::update(const Interactions& data,
                                               const Context& context) const {
  detail::require_grown(data, customers(), items());
  return detail::fit_sparse_ease_from(this, data, options_, context).model;
}

}  // namespace emptor
