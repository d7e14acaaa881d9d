#pragma once
// The items with the largest inner products, found among millions without looking at all of them.
//
// Yu A. Malkov, Dmitry A. Yashunin, "Efficient and robust approximate nearest neighbor search using
// hierarchical navigable small world graphs", IEEE TPAMI 42(4), 2020,
// doi:10.1109/TPAMI.2018.2889473, with the inner product itself in place of a distance: its graphs
// answer inner-product queries better than those of vectors made longer until it is a distance.
// Lists are approximate, their scores are exact. Exact top-k of up to some hundred thousand items
// is fast too: FactorServing, batch_top_k.hpp.
//
// Filtered walks look at what they leave out and keep what passes; the width doubles until the walk
// has held k items that pass, and where that is too wide all items are scored. Removed items are
// walked over until the index is fitted anew.
//
// Time of a fit: n times a walk of `build_width`; of a search: a walk of `width`, some 2 M scores a
// node. Memory: vectors, and 8 M + 12 bytes an item. Nodes are linked in batches whose size depends
// on the index alone: the same graph for any executor. An index is immutable; a copy costs two
// pointers. Thread safety: may be searched from any thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/detail/hnsw_graph.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"

namespace emptor {

struct HnswOptions {
  std::size_t links = 16;         ///< M, 2 to 256: links a node above level 0, twice as many there
  std::size_t build_width = 200;  ///< of the walks that find whom to link, >= 1: efConstruction
  std::uint64_t seed = 1;         ///< of the nodes' levels
};

/// See the top of the file. Items whose vector is 0 are in no list.
class HnswIndex {
 public:
  static constexpr std::string_view archive_kind = "hnsw";

  [[nodiscard]] std::size_t items() const noexcept { return parts_->vectors.rows(); }
  [[nodiscard]] std::size_t factors() const noexcept { return parts_->vectors.columns(); }
  [[nodiscard]] const HnswOptions& options() const noexcept { return parts_->options; }
  /// How many items were removed since they were linked.
  [[nodiscard]] std::size_t removed() const noexcept { return removed_count_; }

  /// The k items of the largest inner products that were found, best first. `query` has factors()
  /// elements, `seen` (ascending) is what `filter.exclude_seen` leaves out, `width` >= 1 (ef; at
  /// least k is used) trades time for recall. Throws `invalid_shape`, `invalid_option`,
  /// `invalid_value` for a query that is not finite, `out_of_range` (filter).
  [[nodiscard]] std::vector<Recommendation> search(std::span<const float> query, std::size_t k,
                                                   std::size_t width = 64,
                                                   std::span<const std::uint32_t> seen = {},
                                                   const RecommendFilter& filter = {}) const {
    require_option(width >= 1, "width", ">= 1", width);
    if (query.size() != factors()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("a query needs ", factors(), " elements, got ", query.size()),
                      "HnswIndex");
    }
    for (const float value : query) {
      if (std::isfinite(value)) continue;
      throw Exception(ErrorCode::invalid_value, text("a query must be finite, got ", value),
                      "HnswIndex");
    }
    const detail::ItemFilter ready(filter, items());
    const Parts& parts = *parts_;
    if (k == 0 || parts.graph.entry == detail::HnswGraph::none) return {};
    // Rows are read with their padding.
    Matrix<float> padded(1, factors());
    std::copy(query.begin(), query.end(), padded.row(0).begin());
    const float* const x = padded.row(0).data();
    const detail::HnswVectors vectors = parts.with_kernels();
    const auto passes = [&](std::uint32_t item) {
      return is_linked(item) && ready.allows(item, seen);
    };
    TopK<float> best(std::min(k, items()));
    if (ready.listed() && ready.candidates().size() <= most_walked()) {
      score_all(vectors, x, ready.candidates(), passes, best);
      return detail::to_list(best);
    }
    detail::HnswWalk walk(items());
    const auto start = detail::HnswWalk::descend(parts.graph, vectors, x, 0);
    for (std::size_t pool = std::max(width, k); pool <= most_walked(); pool *= 2) {
      std::size_t passed = 0;
      for (const detail::HnswNear& near : walk.level(parts.graph, vectors, x, start, 0, pool)) {
        if (!passes(near.index)) continue;
        best.push(near.index, near.score);
        if (++passed == k) return detail::to_list(best);
      }
      (void)best.take();
    }
    score_all(vectors, x, {}, passes, best);
    return detail::to_list(best);
  }

  /// The index without these items; those that are not in it are passed over. O(n / 8).
  /// Throws `out_of_range`.
  [[nodiscard]] HnswIndex without(std::span<const Item> items) const {
    HnswIndex out = *this;
    auto removed = removed_ ? std::make_shared<std::vector<bool>>(*removed_)
                            : std::make_shared<std::vector<bool>>(this->items(), false);
    for (const Item item : items) {
      detail::require_id(item, this->items(), "item", "HnswIndex");
      if (!is_linked(static_cast<std::uint32_t>(item)) || (*removed)[index(item)]) continue;
      (*removed)[index(item)] = true;
      ++out.removed_count_;
    }
    out.removed_ = std::move(removed);
    return out;
  }

  /// The index with more items, numbered on from items(); `vectors` has a row for each, finite.
  /// Copies the graph and links them. Throws `invalid_shape`, `invalid_value`.
  [[nodiscard]] HnswIndex with(const Matrix<float>& vectors, const Context& context = {}) const {
    auto parts = std::make_shared<Parts>(*parts_);
    parts->append(vectors, context);
    HnswIndex out(std::move(parts));
    if (removed_) {
      auto removed = std::make_shared<std::vector<bool>>(*removed_);
      removed->resize(out.items(), false);
      out.removed_ = std::move(removed);
      out.removed_count_ = removed_count_;
    }
    return out;
  }

  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    SectionWriter& section = writer.section("index", 1);
    const Parts& parts = *parts_;
    section.put(std::uint64_t{parts.options.links});
    section.put(std::uint64_t{parts.options.build_width});
    section.put(parts.options.seed);
    section.put(std::uint64_t{parts.vectors.columns()});
    section.put(items() > 0);
    if (items() > 0) section.put_matrix(parts.vectors);
    section.put(parts.graph.entry);
    section.put_array(parts.graph.levels);
    section.put_array(parts.graph.bottom);
    section.put_array(parts.graph.upper);
    std::vector<std::uint32_t> removed;
    for (std::size_t i = 0; removed_ && i < removed_->size(); ++i) {
      if ((*removed_)[i]) removed.push_back(static_cast<std::uint32_t>(i));
    }
    section.put_array(removed);
    return std::move(writer).finish();
  }
  /// `kernels` as in a Context; null: portable.
  [[nodiscard]] static Result<HnswIndex> load(std::span<const std::byte> bytes,
                                              const Kernels* kernels = nullptr) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("index");
    if (!section) return section.error();
    auto parts = std::make_shared<Parts>();
    parts->kernels = kernels;
    parts->options.links = static_cast<std::size_t>(section->get<std::uint64_t>());
    parts->options.build_width = static_cast<std::size_t>(section->get<std::uint64_t>());
    parts->options.seed = section->get<std::uint64_t>();
    const auto columns = static_cast<std::size_t>(section->get<std::uint64_t>());
    section->require(valid(parts->options) && columns >= 1, "the options are impossible");
    const bool any = section->get<bool>();
    parts->vectors = any && section->ok() ? section->get_matrix<float>() : Matrix<float>();
    detail::HnswGraph& graph = parts->graph;
    graph.links = parts->options.links;
    graph.entry = section->get<std::uint32_t>();
    graph.levels = section->get_array<std::uint8_t>();
    graph.bottom = section->get_array<std::uint32_t>();
    graph.upper = section->get_array<std::uint32_t>();
    const auto removed = section->get_array<std::uint32_t>();
    section->require(!any || parts->vectors.columns() == columns, "the vectors do not fit");
    if (!any) parts->vectors = Matrix<float>(0, columns);
    section->require(section->ok() && parts->is_sound(), "the graph contradicts itself");
    if (Result<void> done = section->finish(); !done) return done.error();
    HnswIndex out(std::move(parts));
    for (const std::uint32_t item : removed) {
      if (item < out.items() && out.is_linked(item)) continue;
      return Error{ErrorCode::corrupt, "a removed item is not in the index", "section 'index'"};
    }
    if (removed.empty()) return out;
    std::vector<Item> ids;
    for (const std::uint32_t item : removed) ids.push_back(static_cast<Item>(item));
    return out.without(ids);
  }

 private:
  friend HnswIndex fit_hnsw(const Matrix<float>& vectors, const HnswOptions& options,
                            const Context& context);

  struct Parts {
    HnswOptions options;
    Matrix<float> vectors;
    detail::HnswGraph graph;
    const Kernels* kernels = nullptr;

    [[nodiscard]] detail::HnswVectors with_kernels() const {
      return {vectors, linear_algebra_kernels<float>(kernels)};
    }
    void append(const Matrix<float>& more, const Context& context);
    void link_from(std::size_t first, const Context& context);
    [[nodiscard]] bool is_sound();
  };

  explicit HnswIndex(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  [[nodiscard]] static bool valid(const HnswOptions& options) {
    return options.links >= 2 && options.links <= 256 && options.build_width >= 1;
  }
  [[nodiscard]] bool is_linked(std::uint32_t item) const {
    return parts_->graph.levels[item] != detail::HnswGraph::absent &&
           !(removed_ && (*removed_)[item]);
  }
  /// A wider pool costs more than to score all items.
  [[nodiscard]] std::size_t most_walked() const noexcept { return items() / 8; }

  /// Scores `some`, or all items when there are none of them.
  template <class Passes>
  void score_all(const detail::HnswVectors& vectors, const float* query,
                 std::span<const std::uint32_t> some, Passes&& passes, TopK<float>& best) const {
    std::vector<std::uint32_t> ids;
    std::vector<float> scores;
    const bool all = some.empty();
    const std::size_t count = all ? items() : some.size();
    constexpr std::size_t block = 512;
    for (std::size_t first = 0; first < count; first += block) {
      ids.clear();
      for (std::size_t i = first; i < std::min(count, first + block); ++i) {
        const std::uint32_t item = all ? static_cast<std::uint32_t>(i) : some[i];
        if (passes(item)) ids.push_back(item);
      }
      scores.resize(ids.size());
      vectors.dots(query, ids, scores.data());
      for (std::size_t i = 0; i < ids.size(); ++i) best.push(ids[i], scores[i]);
    }
  }

  std::shared_ptr<const Parts> parts_;
  std::shared_ptr<const std::vector<bool>> removed_;  // null: none
  std::size_t removed_count_ = 0;
};

inline void HnswIndex::Parts::append(const Matrix<float>& more, const Context& context) {
  if (more.rows() > 0 && more.columns() != vectors.columns()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("vectors need ", vectors.columns(), " elements, got ", more.columns()),
                    "HnswIndex");
  }
  const std::size_t first = vectors.rows();
  Matrix<float> all(first + more.rows(), vectors.columns());
  for (std::size_t r = 0; r < all.rows(); ++r) {
    const auto from = r < first ? std::as_const(vectors).row(r) : more.row(r - first);
    std::copy(from.begin(), from.end(), all.row(r).begin());
  }
  const double scale = 1 / std::log(static_cast<double>(options.links));
  for (std::size_t r = first; r < all.rows(); ++r) {
    bool zero = true;
    for (const float value : all.row(r)) {
      if (!std::isfinite(value)) {
        throw Exception(ErrorCode::invalid_value,
                        text("vector ", r, " must be finite, got ", value), "HnswIndex");
      }
      zero = zero && value == 0;
    }
    const double u = RandomStream(options.seed, r).uniform();
    const double level = std::min(-std::log(1 - u) * scale, 30.0);
    graph.add(zero ? detail::HnswGraph::absent : static_cast<std::uint8_t>(level));
  }
  vectors = std::move(all);
  kernels = context.kernels;
  link_from(first, context);
}

inline void HnswIndex::Parts::link_from(std::size_t first, const Context& context) {
  const detail::HnswVectors near_by = with_kernels();
  std::vector<std::uint32_t> nodes;
  for (std::size_t r = first; r < vectors.rows(); ++r) {
    if (graph.levels[r] != detail::HnswGraph::absent)
      nodes.push_back(static_cast<std::uint32_t>(r));
  }
  std::size_t linked = 0;
  for (std::size_t r = 0; r < first; ++r) linked += graph.levels[r] != detail::HnswGraph::absent;
  std::vector<std::vector<std::vector<detail::HnswNear>>> chosen;  // of the batch, by level
  for (std::size_t done = 0; done < nodes.size();) {
    if (graph.entry == detail::HnswGraph::none) {
      graph.entry = nodes[done++];
      ++linked;
      continue;
    }
    // Nodes of a batch do not see one another, so it is a small part of what is linked; a node that
    // rises above the graph goes alone.
    const std::size_t top = graph.levels[graph.entry];
    std::size_t batch = std::clamp<std::size_t>(linked / 64, 1, 256);
    batch = std::min(batch, nodes.size() - done);
    for (std::size_t i = 0; i < batch; ++i) {
      if (graph.levels[nodes[done + i]] > top) batch = std::max<std::size_t>(i, 1);
    }
    chosen.assign(batch, {});
    parallel_chunks(context, batch, 8, [&](std::size_t begin, std::size_t end) {
      detail::HnswWalk walk(vectors.rows());
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint32_t node = nodes[done + i];
        const float* const query = near_by.row(node);
        const std::size_t from = std::min<std::size_t>(graph.levels[node], top);
        chosen[i].resize(from + 1);
        auto start = detail::HnswWalk::descend(graph, near_by, query, from);
        for (std::size_t level = from + 1; level-- > 0;) {
          const auto near = walk.level(graph, near_by, query, start, level, options.build_width);
          start = near.front();
          chosen[i][level] = detail::select_links(near_by, near, graph.links);
        }
      }
    });
    for (std::size_t i = 0; i < batch; ++i) {
      const std::uint32_t node = nodes[done + i];
      for (std::size_t level = 0; level < chosen[i].size(); ++level) {
        detail::link_both_ways(graph, near_by, node, level, chosen[i][level]);
      }
      if (graph.levels[node] > graph.levels[graph.entry]) graph.entry = node;
    }
    done += batch;
    linked += batch;
  }
}

/// Every link leads to a node of its level; restores what is not saved.
inline bool HnswIndex::Parts::is_sound() {
  const std::size_t n = vectors.rows();
  if (graph.levels.size() != n || graph.bottom.size() != n * (1 + 2 * graph.links)) return false;
  std::size_t at = 0;
  bool any = false;
  for (const std::uint8_t level : graph.levels) {
    graph.upper_at.push_back(at);
    if (level == detail::HnswGraph::absent) continue;
    if (level > 30) return false;
    any = true;
    at += level * (1 + graph.links);
  }
  if (at != graph.upper.size() || any != (graph.entry != detail::HnswGraph::none)) return false;
  if (!any) return true;
  const auto present = [&](std::uint32_t node, std::size_t level) {
    return node < n && graph.levels[node] != detail::HnswGraph::absent &&
           graph.levels[node] >= level;
  };
  if (!present(graph.entry, 0)) return false;
  for (std::uint32_t node = 0; node < n; ++node) {
    for (const float value : vectors.row(node)) {
      if (!std::isfinite(value)) return false;
    }
    if (graph.levels[node] == detail::HnswGraph::absent) continue;
    if (graph.levels[node] > graph.levels[graph.entry]) return false;
    for (std::size_t level = 0; level <= graph.levels[node]; ++level) {
      if (*graph.place(node, level) > graph.most(level)) return false;
      for (const std::uint32_t other : graph.linked(node, level)) {
        if (!present(other, level)) return false;
      }
    }
  }
  return true;
}

/// Fits; `vectors` is n x f, finite, e.g. the item factors of a model whose scores are inner
/// products. Progress is not asked. Throws `invalid_option`, `invalid_value`.
[[nodiscard]] inline HnswIndex fit_hnsw(const Matrix<float>& vectors,
                                        const HnswOptions& options = {},
                                        const Context& context = {}) {
  require_option(options.links >= 2 && options.links <= 256, "links", "in 2 to 256", options.links);
  require_option(options.build_width >= 1, "build_width", ">= 1", options.build_width);
  auto parts = std::make_shared<HnswIndex::Parts>();
  parts->options = options;
  parts->graph.links = options.links;
  parts->vectors = Matrix<float>(0, vectors.columns());
  parts->append(vectors, context);
  return HnswIndex(std::move(parts));
}

}  // namespace emptor
