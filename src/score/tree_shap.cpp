#include "emptor/score/tree_shap.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "emptor/core/kernels.hpp"
#include "score/tree_shap_plan.hpp"

#define EMPTOR_SIMD
#define EMPTOR_LANES 2
#include "score/tree_shap_lanes.inc"

namespace emptor {

namespace {

using detail::ShapPlan;
using detail::ShapSplit;
using detail::ShapTree;

constexpr std::size_t most_levels = 512;
constexpr std::size_t together = 8;  // rows of a kernel
constexpr std::uint32_t column_bits = 0x7fffffffU;

/// A column that is taken as known, or as unknown, instead of explained.
struct Given {
  std::uint32_t column = 0;
  bool known = false;
};

/// One row through a tree at Q points of t, as the lanes of a register.
template <std::size_t Q, bool HasGiven>
class RowWalk {
 public:
  RowWalk(const ShapPlan& plan, const float* row, double* alive, double* parts, Given given = {})
      : plan_(plan), row_(row), alive_(alive), parts_(parts), given_(given) {}

  void tree(const ShapTree& tree) noexcept {
    width_ = tree.width;
    for (std::size_t point = 0; point < tree.width; point += Q) {
      turns_ = plan_.turns.data() + point;
      Points mean;
      split_below(plan_.splits[tree.root], Points::of(1), mean);
    }
  }

 private:
  using Points = detail::Lanes<Q / detail::lane_width>;

  /// What a split makes of the row, before what is below it.
  struct Asked {
    double right;
    double alive;
    double pull;
    Points to_right;
    Points weight;
  };

  [[nodiscard]] EMPTOR_SIMD_INLINE Asked ask(const ShapSplit& split) const noexcept {
    const std::uint32_t column = split.column & column_bits;
    Asked out;
    out.right = goes_right(split, row_[column]);
    out.alive = alive_[split.above];
    Points bend = Points::load(turns_ + split.turn);
    out.weight = Points::load(turns_ + split.turn + width_);
    if constexpr (HasGiven) {
      if (column == given_.column) {
        out.alive = given_.known ? 1 : 0;
        bend = Points::of(1);
        out.weight = Points::of(0);
      }
    }
    out.pull = out.alive * (out.right - split.right_share);
    out.to_right = out.pull * bend + Points::of(split.right_share);
    return out;
  }

  /// Of a split above two leaves.
  EMPTOR_SIMD_INLINE void last(const ShapSplit& split, const Points& reach, Points& mean) noexcept {
    const Asked of = ask(split);
    const double gap = split.right_value - split.left_value;
    mean = gap * of.to_right + Points::of(split.left_value);
    parts_[split.column & column_bits] += gap * of.pull * sum(of.weight * reach);
  }

  void walk(const ShapSplit& split, const Points& reach, Points& mean) noexcept {
    const Asked of = ask(split);
    const Points right_reach = reach * of.to_right;
    const double went_right = of.alive * of.right;
    Points left_mean;
    alive_[split.slot] = of.alive - went_right;
    below(split.left, split.left_value, reach - right_reach, left_mean);
    alive_[split.slot] = went_right;
    below(split.right, split.right_value, right_reach, mean);
    const Points gap = mean - left_mean;
    mean = left_mean + of.to_right * gap;
    parts_[split.column & column_bits] += of.pull * sum(of.weight * reach * gap);
  }

  EMPTOR_SIMD_INLINE void below(std::uint32_t at, double value, const Points& reach,
                                Points& mean) noexcept {
    if (at == 0) {
      mean = Points::of(value);
    } else {
      split_below(plan_.splits[at], reach, mean);
    }
  }

  EMPTOR_SIMD_INLINE void split_below(const ShapSplit& split, const Points& reach,
                                      Points& mean) noexcept {
    if ((split.left | split.right) == 0) {
      last(split, reach, mean);
    } else {
      walk(split, reach, mean);
    }
  }

  [[nodiscard]] static double sum(const Points& of) noexcept {
    detail::LaneRegister both = of.part[0];
    if constexpr (Q == 4) both += of.part[1];
    return both[0] + both[1];
  }

  /// 1 or 0.
  [[nodiscard]] double goes_right(const ShapSplit& split, float x) const noexcept {
    if (split.set != 0) return detail::shap_set_right(plan_, split, x) ? 1 : 0;
    // No branch: which way a row goes is hard to foresee.
    const int above = x >= split.threshold ? 1 : 0;
    const int missing = x != x ? 1 : 0;
    return above | (missing & static_cast<int>(split.column >> 31U));
  }

  const ShapPlan& plan_;
  const float* row_;
  double* alive_;
  double* parts_;
  Given given_;
  const double* turns_ = nullptr;
  std::size_t width_ = 0;
};

[[noreturn]] void refuse_shape(const char* where) {
  throw Exception(ErrorCode::invalid_shape, "rows and parts must have the trees' columns", where);
}

}  // namespace

TreeShap::TreeShap(const FlatTrees& trees) {
  if (trees.depth() > most_levels) {
    throw Exception(
        ErrorCode::invalid_value,
        text("a tree has ", trees.depth(), " levels, at most ", most_levels, " can be explained"),
        "TreeShap");
  }
  plan_ = detail::plan_shap(trees.parts(), trees.depth());
}

TreeShap::TreeShap(const TreeModel& model) : TreeShap(model.trees()) {
  schema_ = model.schema();
}

void TreeShap::explain(std::span<const float> row, std::span<double> parts) const noexcept {
  std::fill(parts.begin(), parts.end(), 0.0);
  double alive[most_levels + 1];
  alive[0] = 1;
  RowWalk<2, false> two(plan_, row.data(), alive, parts.data());
  RowWalk<4, false> four(plan_, row.data(), alive, parts.data());
  for (const ShapTree& tree : plan_.trees) tree.width == 2 ? two.tree(tree) : four.tree(tree);
}

void TreeShap::explain(const Matrix<float>& rows, Matrix<double>& parts,
                       const Context& context) const {
  const std::size_t d = columns();
  if (rows.columns() != d || parts.rows() != rows.rows() || parts.columns() != d) {
    refuse_shape("TreeShap::explain");
  }
  const TreeKernels* const kernels = context.kernels != nullptr ? context.kernels->trees : nullptr;
  const auto explain_rows =
      kernels != nullptr ? kernels->explain_rows : detail::explain_rows_portable;
  parallel_chunks(context, rows.rows(), 16 * together, [&](std::size_t begin, std::size_t end) {
    Matrix<float> values(1, d * together);
    Matrix<double> alive(plan_.slots, together);
    Matrix<double> sums(d, together);
    for (; begin < end; begin += together) {
      const std::size_t count = std::min(together, end - begin);
      for (std::size_t r = 0; r < together; ++r) {
        // Places beyond the end are filled with the last row.
        const float* const row = rows.row(begin + std::min(r, count - 1)).data();
        for (std::size_t c = 0; c < d; ++c) values.data()[c * together + r] = row[c];
      }
      std::fill_n(sums.data(), d * together, 0.0);
      explain_rows(plan_, values.data(), alive.data(), sums.data());
      for (std::size_t r = 0; r < count; ++r) {
        double* const out = parts.row(begin + r).data();
        for (std::size_t c = 0; c < d; ++c) out[c] = sums.data()[c * together + r];
      }
    }
  });
}

void TreeShap::check_schema(const ScoreTable& table) const {
  if (table.schema() == schema_) return;
  throw Exception(ErrorCode::invalid_value,
                  "the table has other columns or categories than the model; see map_rows",
                  "TreeShap");
}

void TreeShap::explain(const ScoreTable& table, Matrix<double>& parts,
                       const Context& context) const {
  check_schema(table);
  explain(table.values(), parts, context);
}

void TreeShap::interactions(std::span<const float> row, Matrix<double>& out) const {
  const std::size_t d = columns();
  if (row.size() != d || out.rows() != d || out.columns() != d) {
    refuse_shape("TreeShap::interactions");
  }
  std::fill_n(out.data(), d * out.stride(), 0.0);
  std::vector<double> parts(d);
  std::vector<double> given[2] = {std::vector<double>(d), std::vector<double>(d)};
  std::vector<double> alive(plan_.slots);
  alive[0] = 1;
  explain(row, parts);
  std::vector<std::uint32_t> asked;
  for (std::size_t t = 0; t < plan_.trees.size(); ++t) {
    const ShapTree& tree = plan_.trees[t];
    const std::size_t end =
        t + 1 < plan_.trees.size() ? plan_.trees[t + 1].root : plan_.splits.size();
    asked.clear();
    for (std::size_t i = tree.root; i < end; ++i) {
      asked.push_back(plan_.splits[i].column & column_bits);
    }
    std::sort(asked.begin(), asked.end());
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    for (const std::uint32_t j : asked) {
      for (const bool known : {false, true}) {
        std::fill(given[known].begin(), given[known].end(), 0.0);
        const Given of{j, known};
        if (tree.width == 2) {
          RowWalk<2, true>(plan_, row.data(), alive.data(), given[known].data(), of).tree(tree);
        } else {
          RowWalk<4, true>(plan_, row.data(), alive.data(), given[known].data(), of).tree(tree);
        }
      }
      for (const std::uint32_t i : asked) out(i, j) += (given[1][i] - given[0][i]) / 2;
    }
  }
  // Both halves of the table are the same but for rounding.
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < i; ++j) out(i, j) = out(j, i) = (out(i, j) + out(j, i)) / 2;
  }
  for (std::size_t i = 0; i < d; ++i) {
    out(i, i) = 0;
    double others = 0;
    for (std::size_t j = 0; j < d; ++j) others += out(i, j);
    out(i, i) = parts[i] - others;
  }
}

ShapImportance TreeShap::importance(const ScoreTable& table, const Context& context) const {
  check_schema(table);
  constexpr std::size_t grain = 4096;
  const std::size_t n = table.rows();
  const std::size_t d = columns();
  Matrix<double> sums((n + grain - 1) / grain, 2 * d);
  // The chunks of a chunk run inline, on one thread.
  Context inline_context;
  inline_context.kernels = context.kernels;
  parallel_chunks(context, n, grain, [&](std::size_t begin, std::size_t end) {
    double* const sum = sums.row(begin / grain).data();
    constexpr std::size_t block = 64;
    for (; begin < end; begin += block) {
      const std::size_t count = std::min(block, end - begin);
      Matrix<float> rows(count, d);
      Matrix<double> parts(count, d);
      for (std::size_t r = 0; r < count; ++r) {
        std::copy_n(table.row(begin + r).data(), d, rows.row(r).data());
      }
      explain(rows, parts, inline_context);
      for (std::size_t r = 0; r < count; ++r) {
        for (std::size_t c = 0; c < d; ++c) {
          sum[c] += std::abs(parts(r, c));
          sum[d + c] += parts(r, c);
        }
      }
    }
  });
  ShapImportance out;
  out.rows = n;
  out.expected = expected();
  for (std::size_t c = 0; c < d; ++c) {
    ShapColumn& column = out.columns.emplace_back();
    column.column = schema_[c].name;
    for (std::size_t k = 0; k < sums.rows(); ++k) {
      column.importance += sums(k, c) / static_cast<double>(n);
      column.mean += sums(k, d + c) / static_cast<double>(n);
    }
  }
  std::stable_sort(
      out.columns.begin(), out.columns.end(),
      [](const ShapColumn& a, const ShapColumn& b) { return a.importance > b.importance; });
  return out;
}

}  // namespace emptor
