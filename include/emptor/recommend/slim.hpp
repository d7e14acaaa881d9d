#pragma once
// SLIM: item neighbours whose similarities are learned, not counted.
//
// With A the m x n matrix of interactions' weights, each item's column w of W minimises
//     1/2 |a_j - A w|^2 + l2/2 |w|^2 + l1 |w|_1   with w >= 0 and w_j = 0,
// and a customer's scores are the row of A times W, which cost what neighbours cost.
// Xia Ning, George Karypis, "SLIM: sparse linear methods for top-N recommender systems", ICDM 2011,
// doi:10.1109/ICDM.2011.134. Coordinate descent on the Gram matrix: Jerome Friedman, Trevor Hastie,
// Rob Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
// Journal of Statistical Software 33(1), 2010, doi:10.18637/jss.v033.i01. As nothing is negative,
// w_i = 0 wherever a_i'a_j <= l1: such items are left out beforehand, without loss.
//
// Time: the Gram matrix, then for each item its weights x its candidates, some times over. Memory:
// 4 n^2 bytes, refused beforehand beyond `max_bytes`, and a thread 30 n and 4 times the square of
// an item's weights. Thread safety: functions. Deterministic: the same bits for any executor.

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
#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/slim_fit.hpp"
#include "emptor/recommend/detail/sparse_item_model.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/recommend/slim_options.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

namespace detail {

inline void check_slim_options(const SlimOptions& options) {
  require_option(options.l1 >= 0 && std::isfinite(options.l1), "l1", "finite and >= 0", options.l1);
  require_option(options.l2 > 0 && std::isfinite(options.l2), "l2", "finite and > 0", options.l2);
  require_option(options.tolerance > 0 && std::isfinite(options.tolerance), "tolerance",
                 "finite and > 0", options.tolerance);
  require_option(options.sweeps >= 1, "sweeps", ">= 1", options.sweeps);
}

}  // namespace detail

/// See the top of the file and `Recommender`. `similarities()` (i, j): what having i adds to the
/// score of j. Only items with a score > 0 are recommended.
class SlimModel : public detail::SparseItemModel {
 public:
  static constexpr std::string_view archive_kind = "slim";

  /// From weights > 0, n x n. Throws `invalid_shape`, `invalid_value`, `invalid_option`.
  SlimModel(Interactions data, Csr<float> weights, const SlimOptions& options)
      : SparseItemModel(std::move(data), std::move(weights), false, "weights", "SlimModel"),
        options_(options) {
    detail::check_slim_options(options);
  }

  [[nodiscard]] std::string_view name() const noexcept { return "slim"; }
  [[nodiscard]] const SlimOptions& options() const noexcept { return options_; }

  /// Learns on from the weights as they are. The minimum is that of a fit, which both reach within
  /// `tolerance`; the Gram matrix is made anew, the sweeps are few when little has changed.
  /// Stopped by the progress callback, later items keep the weights they had.
  [[nodiscard]] SlimModel update(const Interactions& data, const Context& context = {}) const;

  /// Kind "slim", version 1: sections "interactions", "options", "weights".
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions"), interactions());
    SectionWriter& section = writer.section("options");
    section.put(options_.l1);
    section.put(options_.l2);
    section.put(options_.tolerance);
    section.put(std::uint64_t{options_.sweeps});
    section.put(std::uint64_t{options_.max_bytes});
    detail::put_rows(writer.section("weights"), similarities());
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<SlimModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("options");
    if (!section) return section.error();
    SlimOptions options;
    options.l1 = section->get<double>();
    options.l2 = section->get<double>();
    options.tolerance = section->get<double>();
    options.sweeps = static_cast<std::size_t>(section->get<std::uint64_t>());
    options.max_bytes = static_cast<std::size_t>(section->get<std::uint64_t>());
    if (section->ok()) {
      try {
        detail::check_slim_options(options);
      } catch (const Exception&) {
        section->require(false, "impossible options");
      }
    }
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("weights");
    if (!section) return section.error();
    Csr<float> weights = detail::get_rows(*section, data.items());
    section->require(weights.rows() == data.items(), "the weights are of another number of items");
    if (Result<void> done = section->finish(); !done) return done.error();
    return SlimModel(std::move(data), std::move(weights), options);
  }

 private:
  SlimOptions options_;
};

static_assert(LoadableRecommender<SlimModel> && BatchRecommender<SlimModel> &&
              UpdatableRecommender<SlimModel>);

struct SlimFit {
  SlimModel model;
  SlimReport report;
};

namespace detail {

/// Fits from the columns of `start` (row j: the weights that lead to item j; may have fewer rows),
/// which also stay for items that were not reached.
[[nodiscard]] inline SlimFit fit_slim_from(const Interactions& data, const SlimOptions& options,
                                           const Csr<float>& start, const Context& context) {
  const std::size_t n = data.items();
  if (n > 0 && Matrix<float>::padded(n) > options.max_bytes / sizeof(float) / n) {
    throw Exception(ErrorCode::invalid_shape,
                    text("the Gram matrix of ", n, " items needs more than 'max_bytes' = ",
                         options.max_bytes, "; leave out rare items or take item neighbours"),
                    "fit_slim");
  }
  const Matrix<float> gram = full_gram(data, context);
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(gram(i, i))) {
      throw Exception(ErrorCode::invalid_value, "weights are too large: scale them down",
                      "fit_slim");
    }
  }

  SlimReport report;
  constexpr std::size_t columns_a_chunk = 16;
  constexpr std::size_t columns_a_step = 1024;
  std::vector<std::vector<std::uint32_t>> from(n);
  std::vector<std::vector<float>> values(n);
  std::vector<std::uint8_t> unsettled(n, 0);
  constexpr std::span<const std::uint32_t> none;
  constexpr std::span<const float> no_values;
  while (report.items < n && !report.stopped) {
    const std::size_t first = report.items;
    const std::size_t step = std::min(columns_a_step, n - first);
    parallel_chunks(context, step, columns_a_chunk, [&](std::size_t begin, std::size_t end) {
      SlimColumn column(gram, options);
      for (std::size_t j = first + begin; j < first + end; ++j) {
        const bool has_start = j < start.rows();
        unsettled[j] = column.solve(j, has_start ? start.row_indices(j) : none,
                                    has_start ? start.row_values(j) : no_values)
                           ? 0
                           : 1;
        for (std::size_t t = 0; t < column.weights().size(); ++t) {
          const auto weight = static_cast<float>(column.weights()[t]);
          if (!(weight > 0)) continue;
          from[j].push_back(column.candidates()[t]);
          values[j].push_back(weight);
        }
      }
    });
    report.items += step;
    report.stopped = context.report({"slim", report.items, n}) == Go::stop && report.items < n;
  }

  for (std::size_t j = report.items; j < start.rows(); ++j) {
    from[j].assign(start.row_indices(j).begin(), start.row_indices(j).end());
    values[j].assign(start.row_values(j).begin(), start.row_values(j).end());
  }
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> indices;
  std::vector<float> all;
  for (std::size_t j = 0; j < n; ++j) {
    indices.insert(indices.end(), from[j].begin(), from[j].end());
    all.insert(all.end(), values[j].begin(), values[j].end());
    offsets.push_back(indices.size());
    report.unsettled += unsettled[j];
  }
  report.weights = indices.size();
  const Csr<float> by_target(n, std::move(offsets), std::move(indices), std::move(all));
  return {SlimModel(data, by_target.transposed(), options), report};
}

}  // namespace detail

/// Throws `invalid_option`; `invalid_shape` when the catalogue is too large for `max_bytes`;
/// `invalid_value` when squared weights leave single precision. Stopped by the progress callback,
/// it gives what there is so far.
[[nodiscard]] inline SlimFit fit_slim(const Interactions& data, const SlimOptions& options = {},
                                      const Context& context = {}) {
  detail::check_slim_options(options);
  return detail::fit_slim_from(data, options, {}, context);
}

inline SlimModel SlimModel::update(const Interactions& data, const Context& context) const {
  detail::require_grown(data, customers(), items());
  return detail::fit_slim_from(data, options_, similarities().transposed(), context).model;
}

}  // namespace emptor
