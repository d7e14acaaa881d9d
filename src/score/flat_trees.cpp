#include "emptor/score/flat_trees.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::uint32_t missing_right = 1U << 31U;
constexpr std::size_t together = 8;
constexpr std::size_t block = 64;
constexpr std::size_t place_bits = 10;  // of a small step
constexpr std::size_t most_places = std::size_t{1} << place_bits;

[[noreturn]] void refuse(const char* why) {
  throw Exception(ErrorCode::invalid_value, why, "FlatTrees");
}

}  // namespace

FlatTrees::FlatTrees(FlatTreesParts parts) : parts_(std::move(parts)) {
  check();
  if (parts_.sets.empty() && prepared_size() <= most_places &&
      parts_.nodes.size() < std::size_t{1} << (32 - place_bits)) {
    make_small_steps();
  } else {
    make_steps();
  }
  starts_ = parts_.roots;
  while (starts_.size() % together != 0) {
    starts_.push_back(static_cast<std::uint32_t>(parts_.nodes.size()));
  }
  depths_.resize(starts_.size(), 0);
  masks_ = detail::plan_masks(parts_);
}

void FlatTrees::make_steps() {
  const std::size_t nodes = parts_.nodes.size();
  steps_.resize(nodes + 1);
  values_.resize(nodes + 1);
  for (std::size_t i = 0; i <= nodes; ++i) {
    const TreeNode node = i < nodes ? parts_.nodes[i] : TreeNode{};
    const bool leaf = node.left == 0;
    steps_[i].threshold = leaf ? std::numeric_limits<float>::quiet_NaN() : node.threshold;
    steps_[i].column = leaf ? 0 : node.column | (node.missing_left ? 0 : missing_right);
    steps_[i].left = leaf ? static_cast<std::uint32_t>(i) : node.left;
    steps_[i].set = leaf ? 0 : node.set;
    values_[i] = leaf ? node.value : 0;
  }
}

void FlatTrees::make_small_steps() {
  const std::size_t d = columns();
  for (std::size_t i = 0; i <= parts_.nodes.size(); ++i) {
    const TreeNode node = i < parts_.nodes.size() ? parts_.nodes[i] : TreeNode{};
    const bool leaf = node.left == 0;
    const std::size_t place = leaf ? 2 * d : node.column + (node.missing_left ? 0 : d);
    const std::size_t left = leaf ? i : node.left;
    small_steps_.push_back({leaf ? node.value : node.threshold,
                            static_cast<std::uint32_t>(left << place_bits | place)});
  }
}

void FlatTrees::sums_by_masks(const TreeKernels& kernels, const Matrix<float>& rows,
                              std::size_t begin, std::size_t end, double* out) const {
  // A tree is read once for several blocks.
  constexpr std::size_t blocks = 4;
  std::vector<std::uint8_t> ranks(blocks * masks_.byte_columns * block);
  while (begin + block <= end) {
    const std::size_t count = std::min(blocks, (end - begin) / block);
    for (std::size_t b = 0; b < count; ++b) {
      std::uint8_t* to = ranks.data() + b * masks_.byte_columns * block;
      for (const detail::RankColumn& column : masks_.columns) {
        std::uint8_t* const lower = column.lower ? to : nullptr;
        to += column.lower ? block : 0;
        std::uint8_t* const upper = column.upper ? to : nullptr;
        to += column.upper ? block : 0;
        kernels.rank_column(rows.row(begin + b * block).data() + column.column, rows.stride(),
                            masks_.tables.data() + column.table, column.levels, lower, upper);
      }
    }
    std::fill_n(out, count * block, 0.0);
    for (std::size_t t = 0; t < masks_.trees.size(); ++t) {
      const detail::MaskTree& tree = masks_.trees[t];
      for (std::size_t b = 0; b < count; ++b) {
        kernels.add_tree(masks_.splits.data() + tree.split, tree.inner, tree.splits,
                         masks_.values.data() + t * block,
                         ranks.data() + b * masks_.byte_columns * block, out + b * block);
      }
    }
    begin += count * block;
    out += count * block;
  }
  sums_of_rows(rows, begin, end, out);
}

void FlatTrees::check() {
  const FlatTreesParts& p = parts_;
  if (p.columns >= missing_right || p.nodes.size() >= missing_right) refuse("too many nodes");
  if (!std::isfinite(p.base) || !std::isfinite(p.scale)) refuse("base and scale must be finite");
  if (p.link > TreeLink::exponential) refuse("the link is none of the known ones");
  if (p.roots.empty() ? !p.nodes.empty() : p.roots.front() != 0) refuse("nodes without a tree");
  for (const CategorySet& set : p.sets) {
    if (set.first > p.words.size() || set.words > p.words.size() - set.first) {
      refuse("a set of categories beyond the words");
    }
  }
  std::vector<std::uint32_t> level(p.nodes.size(), 0);  // 1 + depth; 0: nobody's child yet
  depths_.assign(p.roots.size(), 0);
  for (std::size_t t = 0; t < p.roots.size(); ++t) {
    const std::size_t begin = p.roots[t];
    const std::size_t end = t + 1 < p.roots.size() ? p.roots[t + 1] : p.nodes.size();
    if (begin >= end || end > p.nodes.size()) refuse("a tree without nodes");
    level[begin] = 1;
    for (std::size_t i = begin; i < end; ++i) {
      const TreeNode& node = p.nodes[i];
      if (level[i] == 0) refuse("a node that is nobody's child");
      if (!std::isfinite(node.value) || !std::isfinite(node.cover) || node.cover < 0 ||
          std::isnan(node.threshold)) {
        refuse("a node's value, cover or threshold is no such number");
      }
      if (node.left == 0) {
        depths_[t] = std::max(depths_[t], level[i] - 1);
        continue;
      }
      if (node.left <= i || node.left >= end - 1) refuse("children must follow within the tree");
      if (node.column >= p.columns) refuse("a split by a column that is not there");
      if (node.set > p.sets.size()) refuse("a split by a set that is not there");
      for (std::size_t child = node.left; child <= node.left + std::size_t{1}; ++child) {
        if (level[child] != 0) refuse("a node that is a child twice");
        level[child] = level[i] + 1;
      }
    }
    depth_ = std::max<std::size_t>(depth_, depths_[t]);
  }
}

bool FlatTrees::goes_right(const Step& step, float x) const noexcept {
  if (step.set != 0) {
    const CategorySet set = parts_.sets[step.set - 1];
    // Written so that NaN fails.
    if (x >= 0 && x < static_cast<float>(set.words) * 32) {
      const auto code = static_cast<std::uint32_t>(x);
      return (parts_.words[set.first + code / 32] >> (code % 32) & 1U) == 0;
    }
    return step.column >> 31U != 0;
  }
  return x >= step.threshold || (x != x && step.column >> 31U != 0);
}

std::uint32_t FlatTrees::next(std::uint32_t at, const float* row) const noexcept {
  const Step& step = steps_[at];
  const float x = row[step.column & ~missing_right];
  if (step.set != 0) return step.left + (goes_right(step, x) ? 1U : 0U);
  // A leaf's threshold is NaN and its missing values go left, to itself.
  const std::uint32_t above = x >= step.threshold ? 1U : 0U;
  const std::uint32_t missing = x != x ? 1U : 0U;
  return step.left + (above | (missing & step.column >> 31U));
}

std::uint32_t FlatTrees::small_next(SmallStep step, const float* prepared) noexcept {
  const float x = prepared[step.where & (most_places - 1)];
  return (step.where >> place_bits) + (x >= step.threshold ? 1U : 0U);
}

void FlatTrees::prepare(const float* row, float* out) const noexcept {
  const std::size_t d = columns();
  for (std::size_t c = 0; c < d; ++c) {
    const float x = row[c];
    out[c] = x;
    out[d + c] = x != x ? std::numeric_limits<float>::infinity() : x;
  }
  out[2 * d] = std::numeric_limits<float>::quiet_NaN();
}

double FlatTrees::value_at(std::uint32_t at) const noexcept {
  return static_cast<double>(small_steps_.empty() ? values_[at] : small_steps_[at].threshold);
}

/// Eight trees side by side; next_of(at) is where one goes on.
template <class Next>
double FlatTrees::sum_of_trees(const Next& next_of) const noexcept {
  double sum = 0;
  for (std::size_t t = 0; t < starts_.size(); t += together) {
    std::uint32_t at[together];
    std::uint32_t deepest = 0;
    for (std::size_t j = 0; j < together; ++j) {
      at[j] = starts_[t + j];
      deepest = std::max(deepest, depths_[t + j]);
    }
    for (std::uint32_t level = 0; level < deepest; ++level) {
      for (std::size_t j = 0; j < together; ++j) at[j] = next_of(at[j]);
    }
    for (std::size_t j = 0; j < together; ++j) sum += value_at(at[j]);
  }
  return sum;
}

/// Eight rows side by side; next_of(at, j) is where row j goes on.
template <class Next>
void FlatTrees::sums_of_eight(const Next& next_of, double* out) const noexcept {
  double sum[together] = {};
  for (std::size_t t = 0; t < trees(); ++t) {
    std::uint32_t at[together];
    for (std::size_t j = 0; j < together; ++j) at[j] = starts_[t];
    for (std::uint32_t level = 0; level < depths_[t]; ++level) {
      for (std::size_t j = 0; j < together; ++j) at[j] = next_of(at[j], j);
    }
    for (std::size_t j = 0; j < together; ++j) sum[j] += value_at(at[j]);
  }
  std::copy_n(sum, together, out);
}

void FlatTrees::sums_of_rows(const Matrix<float>& rows, std::size_t begin, std::size_t end,
                             double* out) const {
  const std::size_t size = prepared_size();
  std::vector<float> prepared(small_steps_.empty() ? 0 : together * size);
  for (; begin + together <= end; begin += together, out += together) {
    const float* row[together];
    for (std::size_t j = 0; j < together; ++j) row[j] = rows.row(begin + j).data();
    if (small_steps_.empty()) {
      sums_of_eight([&](std::uint32_t at, std::size_t j) { return next(at, row[j]); }, out);
      continue;
    }
    for (std::size_t j = 0; j < together; ++j) {
      prepare(row[j], prepared.data() + j * size);
      row[j] = prepared.data() + j * size;
    }
    sums_of_eight(
        [&](std::uint32_t at, std::size_t j) { return small_next(small_steps_[at], row[j]); }, out);
  }
  for (; begin < end; ++begin) *out++ = sum_of_row(rows.row(begin).data());
}

double FlatTrees::sum_of_row(const float* row) const noexcept {
  if (small_steps_.empty()) {
    return sum_of_trees([&](std::uint32_t at) { return next(at, row); });
  }
  float prepared[most_places];
  prepare(row, prepared);
  return sum_of_trees([&](std::uint32_t at) { return small_next(small_steps_[at], prepared); });
}

double FlatTrees::margin(std::span<const float> row) const noexcept {
  return parts_.base + parts_.scale * sum_of_row(row.data());
}

double FlatTrees::link(double margin) const noexcept {
  switch (parts_.link) {
    case TreeLink::identity:
      return margin;
    case TreeLink::logistic:
      return 1 / (1 + std::exp(-margin));
    case TreeLink::exponential:
      return std::exp(margin);
  }
  return margin;
}

double FlatTrees::score(std::span<const float> row) const noexcept {
  return link(margin(row));
}

std::uint32_t FlatTrees::leaf(std::size_t tree, std::span<const float> row) const noexcept {
  std::uint32_t at = parts_.roots[tree];
  while (parts_.nodes[at].left != 0) {
    const TreeNode& node = parts_.nodes[at];
    const Step step{node.threshold, node.column | (node.missing_left ? 0 : missing_right),
                    node.left, node.set};
    at = node.left + (goes_right(step, row[node.column]) ? 1U : 0U);
  }
  return at;
}

void FlatTrees::margins(const Matrix<float>& rows, std::span<double> out,
                        const Context& context) const {
  if (rows.columns() != columns() || out.size() != rows.rows()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("rows of ", columns(), " values and a margin each, got ", rows.columns(),
                         " and ", out.size(), " for ", rows.rows()),
                    "FlatTrees::margins");
  }
  static_assert(block == tree_kernel_rows);
  const TreeKernels* const kernels = context.kernels != nullptr ? context.kernels->trees : nullptr;
  parallel_chunks(context, rows.rows(), 16 * block, [&](std::size_t begin, std::size_t end) {
    double* const to = out.data() + begin;
    if (kernels != nullptr && !masks_.trees.empty()) {
      sums_by_masks(*kernels, rows, begin, end, to);
    } else {
      sums_of_rows(rows, begin, end, to);
    }
    for (std::size_t i = begin; i < end; ++i) out[i] = parts_.base + parts_.scale * out[i];
  });
}

void FlatTrees::scores(const Matrix<float>& rows, std::span<double> out,
                       const Context& context) const {
  margins(rows, out, context);
  for (double& value : out) value = link(value);
}

void FlatTrees::save(SectionWriter& section) const {
  section.put(std::uint64_t{parts_.columns});
  section.put(static_cast<std::uint8_t>(parts_.link));
  section.put(parts_.base);
  section.put(parts_.scale);
  section.put_array(parts_.roots);
  section.put(std::uint64_t{parts_.nodes.size()});
  for (const TreeNode& node : parts_.nodes) {
    section.put(node.left);
    section.put(node.cover);
    if (node.left == 0) {
      section.put(node.value);
      continue;
    }
    section.put(node.column);
    section.put(static_cast<std::uint8_t>(node.missing_left ? 1 : 0));
    section.put(node.set);
    section.put(node.threshold);
  }
  section.put(std::uint64_t{parts_.sets.size()});
  for (const CategorySet& set : parts_.sets) {
    section.put(set.first);
    section.put(set.words);
  }
  section.put_array(parts_.words);
}

Result<FlatTrees> FlatTrees::load(SectionReader& section) {
  FlatTreesParts parts;
  parts.columns = static_cast<std::size_t>(section.get<std::uint64_t>());
  parts.link = section.get_enum(TreeLink::exponential);
  parts.base = section.get<double>();
  parts.scale = section.get<double>();
  parts.roots = section.get_array<std::uint32_t>();
  const auto nodes = section.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < nodes && section.ok(); ++i) {
    TreeNode node;
    node.left = section.get<std::uint32_t>();
    node.cover = section.get<float>();
    if (node.left == 0) {
      node.value = section.get<float>();
    } else {
      node.column = section.get<std::uint32_t>();
      node.missing_left = section.get<bool>();
      node.set = section.get<std::uint32_t>();
      node.threshold = section.get<float>();
    }
    parts.nodes.push_back(node);
  }
  const auto sets = section.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < sets && section.ok(); ++i) {
    CategorySet set;
    set.first = section.get<std::uint32_t>();
    set.words = section.get<std::uint32_t>();
    parts.sets.push_back(set);
  }
  parts.words = section.get_array<std::uint32_t>();
  if (!section.ok()) return section.finish().error();
  try {
    return FlatTrees(std::move(parts));
  } catch (const Exception& wrong) {
    return Error{ErrorCode::corrupt, wrong.error().message, "flat trees"};
  }
}

}  // namespace emptor
