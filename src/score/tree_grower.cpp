#include "score/tree_grower.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/random.hpp"
#include "score/tree_histogram.hpp"
#include "score/tree_split.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t grain = std::size_t{1} << 14U;

/// Two uniform numbers of 16 bits for a row.
std::uint32_t dither(std::uint32_t row, std::uint32_t seed) noexcept {
  std::uint32_t x = (row ^ seed) * 0x9E3779B1U;
  x = (x ^ x >> 15U) * 0x85EBCA77U;
  x = (x ^ x >> 13U) * 0xC2B2AE3DU;
  return x ^ x >> 16U;
}

/// The power of two by which numbers of this sum make whole ones that fit.
double fitting_scale(double sum) {
  if (!(sum > 0)) return 1;
  return std::exp2(std::floor(30 - std::log2(sum)));
}

struct Open {
  std::uint32_t node = 0;
  PackedSums sums{};
  std::unique_ptr<Histogram> histogram{};
  SplitCandidate split{};
};

class Grower {
 public:
  Grower(const BinnedTable& table, const Gradients& gradients, std::vector<std::uint32_t> rows,
         std::span<const std::uint32_t> columns, const GrowOptions& options, const Context& context)
      : table_(table),
        gradients_(gradients),
        columns_(columns.begin(), columns.end()),
        options_(options),
        context_(context),
        pool_(table.columns.size()),
        random_(options.seed, 77) {
    tree_.rows = std::move(rows);
    spare_.resize(tree_.rows.size());
    sampled_ = options.columns_per_node > 0 && options.columns_per_node < columns.size();
  }

  GrownTree grow() {
    Open root;
    root.sums = pack();
    GrownNode first;
    first.end = static_cast<std::uint32_t>(tree_.rows.size());
    first.low = -std::numeric_limits<double>::infinity();
    first.high = std::numeric_limits<double>::infinity();
    tree_.nodes.push_back(first);
    if (may_split(first)) {
      if (!sampled_) {
        root.histogram = pool_.take();
        fill_histogram(table_, packed_, tree_.rows, columns_, *root.histogram, context_);
      }
      consider(std::move(root));
    }
    std::size_t leaves = 1;
    while (!open_.empty() && (options_.max_leaves == 0 || leaves < options_.max_leaves)) {
      split(next());
      ++leaves;
    }
    finish();
    return std::move(tree_);
  }

 private:
  [[nodiscard]] bool may_split(const GrownNode& node) const noexcept {
    return node.depth < options_.max_depth && node.end - node.begin >= 2 && !columns_.empty();
  }

  /// Rounds the gradients; returns the sums over the tree's rows.
  PackedSums pack() {
    const std::vector<std::uint32_t>& rows = tree_.rows;
    const std::size_t chunks = rows.size() / grain + 1;
    std::vector<double> g(chunks, 0);
    std::vector<double> h(chunks, 0);
    parallel_chunks(context_, rows.size(), grain, [&](std::size_t begin, std::size_t end) {
      double sum_g = 0;
      double sum_h = 0;
      for (std::size_t i = begin; i < end; ++i) {
        sum_g += std::abs(static_cast<double>(gradients_.g[rows[i]]));
        sum_h += static_cast<double>(gradients_.h[rows[i]]);
      }
      g[begin / grain] = sum_g;
      h[begin / grain] = sum_h;
    });
    double sum_g = 0;
    double sum_h = 0;
    for (std::size_t i = 0; i < chunks; ++i) {
      sum_g += g[i];
      sum_h += h[i];
    }
    const double up_g = fitting_scale(sum_g);
    const double up_h = fitting_scale(sum_h);
    scale_ = {1 / up_g, 1 / up_h};
    packed_.resize(table_.rows);
    const auto seed = static_cast<std::uint32_t>(random_.bits64());
    std::vector<std::uint64_t> totals(chunks, 0);
    parallel_chunks(context_, rows.size(), grain, [&](std::size_t begin, std::size_t end) {
      std::uint64_t total = 0;
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint32_t r = rows[i];
        const std::uint32_t noise = dither(r, seed);
        const double wide_g = static_cast<double>(gradients_.g[r]) * up_g +
                              static_cast<double>(noise & 0xffffU) * 0x1p-16 + 0x1p31;
        const double wide_h = static_cast<double>(gradients_.h[r]) * up_h +
                              static_cast<double>(noise >> 16U) * 0x1p-16;
        const auto whole_g = static_cast<std::int64_t>(wide_g) - (std::int64_t{1} << 31);
        const auto whole_h = static_cast<std::int64_t>(wide_h);
        const std::uint64_t both =
            (static_cast<std::uint64_t>(whole_g) << 32U) + static_cast<std::uint64_t>(whole_h);
        packed_[r] = both;
        total += both;
      }
      totals[begin / grain] = total;
    });
    PackedSums out;
    for (const std::uint64_t total : totals) out.bits += total;
    return out;
  }

  /// Finds the node's split; keeps it open when there is one.
  void consider(Open&& open) {
    const GrownNode& node = tree_.nodes[open.node];
    std::vector<std::uint32_t> drawn;
    std::span<const std::uint32_t> columns = columns_;
    if (sampled_) {
      for (std::size_t i = 0; i < options_.columns_per_node; ++i) {
        const auto left = static_cast<std::uint32_t>(columns_.size() - i);
        std::swap(columns_[i], columns_[i + random_.below(left)]);
      }
      drawn.assign(columns_.begin(),
                   columns_.begin() + static_cast<std::ptrdiff_t>(options_.columns_per_node));
      std::sort(drawn.begin(), drawn.end());
      columns = drawn;
      open.histogram = pool_.take();
      fill_histogram(table_, packed_,
                     std::span(tree_.rows).subspan(node.begin, node.end - node.begin), columns,
                     *open.histogram, context_);
    }
    open.split.gain = std::max(options_.min_gain, 1e-12);
    const double least = open.split.gain;
    for (const std::uint32_t c : columns) {
      improve_split(open.histogram->column(c), table_.columns[c], c, open.sums, scale_, node.low,
                    node.high, options_, open.split);
    }
    const bool found = open.split.gain > least;
    if (sampled_ || !found) pool_.give(std::move(open.histogram));
    if (found) open_.push_back(std::move(open));
  }

  /// The last one, which keeps few histograms; with a limit of leaves the one of most gain.
  Open next() {
    auto at = open_.end() - 1;
    if (options_.max_leaves > 0) {
      at = std::max_element(open_.begin(), open_.end(), [](const Open& a, const Open& b) {
        return a.split.gain != b.split.gain ? a.split.gain < b.split.gain : a.node > b.node;
      });
    }
    Open out = std::move(*at);
    open_.erase(at);
    return out;
  }

  /// Rows that go left first, both sides in their order. Returns where the right side begins and
  /// adds up the left one's sums.
  std::uint32_t partition(const GrownNode& node, const SplitCandidate& split, PackedSums& left) {
    std::uint8_t goes_left[bin_places];
    for (std::size_t b = 0; b < bin_places; ++b) {
      goes_left[b] = static_cast<std::uint8_t>(split.lefts[b / 64] >> (b % 64) & 1U);
    }
    const std::uint8_t* const bins = table_.column(split.column);
    std::uint32_t* const rows = tree_.rows.data();
    std::uint32_t lefts = node.begin;
    std::uint32_t rights = 0;
    std::uint64_t sum = 0;
    for (std::uint32_t i = node.begin; i < node.end; ++i) {
      const std::uint32_t r = rows[i];
      const std::uint32_t go = goes_left[bins[r]];
      rows[lefts] = r;
      spare_[rights] = r;
      lefts += go;
      rights += 1 - go;
      sum += packed_[r] & (0 - std::uint64_t{go});
    }
    std::copy_n(spare_.begin(), rights, tree_.rows.begin() + lefts);
    left.bits = sum;
    return lefts;
  }

  void split(Open&& open) {
    const SplitCandidate found = open.split;
    GrownNode children[2];
    Open sides[2];
    {
      GrownNode& node = tree_.nodes[open.node];
      node.column = found.column;
      node.below = found.below;
      node.missing_left = found.missing_left;
      node.gain = found.gain;
      std::copy_n(found.lefts, 4, node.lefts);
      node.left = static_cast<std::uint32_t>(tree_.nodes.size());
      const std::uint32_t middle = partition(node, found, sides[0].sums);
      sides[1].sums.bits = open.sums.bits - sides[0].sums.bits;
      for (std::uint32_t side = 0; side < 2; ++side) {
        children[side].begin = side == 0 ? node.begin : middle;
        children[side].end = side == 0 ? middle : node.end;
        children[side].depth = node.depth + 1;
        children[side].low = node.low;
        children[side].high = node.high;
        sides[side].node = node.left + side;
      }
      if (!options_.monotone.empty() && options_.monotone[found.column] != 0) {
        const double border = (found.left_weight + found.right_weight) / 2;
        const bool up = options_.monotone[found.column] > 0;
        (up ? children[0].high : children[0].low) = border;
        (up ? children[1].low : children[1].high) = border;
      }
    }
    tree_.nodes.push_back(children[0]);
    tree_.nodes.push_back(children[1]);
    const bool again[2] = {may_split(children[0]), may_split(children[1])};
    if (!sampled_ && (again[0] || again[1])) {
      const std::size_t small =
          children[0].end - children[0].begin <= children[1].end - children[1].begin ? 0 : 1;
      const GrownNode& few = children[small];
      sides[small].histogram = pool_.take();
      fill_histogram(table_, packed_, std::span(tree_.rows).subspan(few.begin, few.end - few.begin),
                     columns_, *sides[small].histogram, context_);
      subtract_histogram(table_, columns_, *sides[small].histogram, *open.histogram);
      sides[1 - small].histogram = std::move(open.histogram);
    }
    for (std::size_t side = 0; side < 2; ++side) {
      if (again[side]) {
        consider(std::move(sides[side]));
      } else {
        pool_.give(std::move(sides[side].histogram));
      }
    }
    pool_.give(std::move(open.histogram));
  }

  /// Values of unrounded sums: of leaves in row order, of others from their children.
  void finish() {
    std::vector<GrownNode>& nodes = tree_.nodes;
    parallel_chunks(context_, nodes.size(), 1, [&](std::size_t i, std::size_t) {
      GrownNode& node = nodes[i];
      if (node.left != 0) return;
      for (std::uint32_t at = node.begin; at < node.end; ++at) {
        node.g += static_cast<double>(gradients_.g[tree_.rows[at]]);
        node.h += static_cast<double>(gradients_.h[tree_.rows[at]]);
      }
    });
    for (std::size_t i = nodes.size(); i-- > 0;) {
      GrownNode& node = nodes[i];
      if (node.left != 0) {
        node.g = nodes[node.left].g + nodes[node.left + 1].g;
        node.h = nodes[node.left].h + nodes[node.left + 1].h;
      }
      const double h = node.h + options_.l2;
      node.value = std::clamp(h > 0 ? -node.g / h : 0, node.low, node.high);
    }
  }

  const BinnedTable& table_;
  const Gradients& gradients_;
  std::vector<std::uint32_t> columns_;
  const GrowOptions& options_;
  const Context& context_;
  HistogramPool pool_;
  RandomStream random_;
  bool sampled_ = false;
  GradientScale scale_;
  std::vector<std::uint64_t> packed_;
  std::vector<std::uint32_t> spare_;
  std::vector<Open> open_;
  GrownTree tree_;
};

}  // namespace

GrownTree grow_tree(const BinnedTable& table, const Gradients& gradients,
                    std::vector<std::uint32_t> rows, std::span<const std::uint32_t> columns,
                    const GrowOptions& options, const Context& context) {
  return Grower(table, gradients, std::move(rows), columns, options, context).grow();
}

void append_tree(const GrownTree& tree, const BinnedTable& table, double factor, double offset,
                 FlatTreesParts& to) {
  const auto base = static_cast<std::uint32_t>(to.nodes.size());
  to.roots.push_back(base);
  for (const GrownNode& grown : tree.nodes) {
    TreeNode node;
    node.cover = static_cast<float>(grown.h);
    if (grown.left == 0) {
      node.value = static_cast<float>(factor * grown.value + offset);
      to.nodes.push_back(node);
      continue;
    }
    const BinnedColumn& column = table.columns[grown.column];
    node.column = grown.column;
    node.left = base + grown.left;
    node.missing_left = grown.missing_left;
    if (column.category) {
      const auto words = static_cast<std::uint32_t>((column.code_bin.size() + 31) / 32);
      to.sets.push_back({static_cast<std::uint32_t>(to.words.size()), words});
      node.set = static_cast<std::uint32_t>(to.sets.size());
      to.words.resize(to.words.size() + words, 0);
      std::uint32_t* const bits = to.words.data() + to.words.size() - words;
      // Codes that the schema has no category for are missing, too.
      for (std::uint32_t code = 0; code < words * 32; ++code) {
        const std::uint32_t bin =
            code < column.code_bin.size() ? column.code_bin[code] : column.bins;
        if ((grown.lefts[bin / 64] >> (bin % 64) & 1U) != 0) bits[code / 32] |= 1U << (code % 32);
      }
    } else {
      node.threshold = grown.below <= column.cuts.size() ? column.cuts[grown.below - 1]
                                                         : std::numeric_limits<float>::infinity();
    }
    to.nodes.push_back(node);
  }
}

}  // namespace emptor::detail
