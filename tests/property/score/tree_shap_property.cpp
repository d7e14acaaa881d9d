// Parts of scores against the definition: every subset of columns, on any trees.

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/score/tree_shap.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

/// Random shapes, thresholds, sets and covers, some of them 0; few columns, so that paths ask the
/// same one again and again.
FlatTreesParts covered_trees(RandomStream& random) {
  FlatTreesParts parts;
  parts.columns = 1 + random.below(8);
  parts.base = random.normal();
  parts.scale = random.bernoulli(.5) ? 1 : .1;
  parts.words = {random(), random(), random()};
  parts.sets = {{0, 1}, {1, 2}, {3, 0}};
  const std::uint32_t used = 1 + random.below(static_cast<std::uint32_t>(parts.columns));
  const std::size_t trees = random.below(4);
  for (std::size_t t = 0; t < trees; ++t) {
    const auto begin = static_cast<std::uint32_t>(parts.nodes.size());
    parts.roots.push_back(begin);
    parts.nodes.emplace_back();
    const std::uint32_t own = random.below(25);
    for (std::uint32_t s = 0; s < own; ++s) {
      const auto end = static_cast<std::uint32_t>(parts.nodes.size());
      std::uint32_t at = begin + random.below(end - begin);
      while (parts.nodes[at].left != 0) at = begin + random.below(end - begin);
      TreeNode& node = parts.nodes[at];
      node.left = end;
      node.column = random.below(used);
      node.missing_left = random.bernoulli(.5);
      if (node.column % 4 == 3) {
        node.set = 1 + random.below(3);
      } else {
        node.threshold = static_cast<float>(random.below(7)) - 3;
      }
      parts.nodes.emplace_back();
      parts.nodes.emplace_back();
    }
    for (std::size_t i = parts.nodes.size(); i-- > begin;) {
      TreeNode& node = parts.nodes[i];
      if (node.left == 0) {
        node.value = static_cast<float>(random.normal());
        node.cover = static_cast<float>(random.below(5));
      } else {
        node.cover = parts.nodes[node.left].cover + parts.nodes[node.left + 1].cover;
      }
    }
  }
  return parts;
}

std::vector<float> any_row(RandomStream& random, std::size_t columns) {
  std::vector<float> row;
  for (std::size_t c = 0; c < columns; ++c) {
    const std::uint32_t kind = random.below(12);
    row.push_back(kind == 0    ? missing_value
                  : c % 4 == 3 ? static_cast<float>(random.below(70)) - 1
                  : kind == 1  ? std::numeric_limits<float>::infinity()
                               : static_cast<float>(random.below(7)) - 3);
  }
  return row;
}

/// The value below a node when the columns of `known` are known.
double value_of(const FlatTreesParts& parts, std::size_t at, std::span<const float> row,
                std::uint32_t known) {
  const TreeNode& node = parts.nodes[at];
  if (node.left == 0) return static_cast<double>(node.value);
  const double left = value_of(parts, node.left, row, known);
  const double right = value_of(parts, node.left + std::size_t{1}, row, known);
  if ((known >> node.column & 1U) != 0) {
    const float x = row[node.column];
    bool goes_left = node.missing_left;
    if (node.set != 0) {
      const CategorySet set = parts.sets[node.set - 1];
      if (x >= 0 && static_cast<double>(x) < 32.0 * set.words) {
        const auto code = static_cast<std::uint32_t>(x);
        goes_left = (parts.words[set.first + code / 32] >> (code % 32) & 1U) != 0;
      }
    } else if (x == x) {
      goes_left = x < node.threshold;
    }
    return goes_left ? left : right;
  }
  const double a = static_cast<double>(parts.nodes[node.left].cover);
  const double b = static_cast<double>(parts.nodes[node.left + 1].cover);
  return a + b > 0 ? (a * left + b * right) / (a + b) : (left + right) / 2;
}

/// By the set of known columns.
std::vector<double> game(const FlatTreesParts& parts, std::span<const float> row) {
  std::vector<double> out(std::size_t{1} << parts.columns, parts.base);
  for (std::uint32_t known = 0; known < out.size(); ++known) {
    for (const std::uint32_t root : parts.roots) {
      out[known] += parts.scale * value_of(parts, root, row, known);
    }
  }
  return out;
}

double factorial(std::size_t n) {
  return std::tgamma(static_cast<double>(n) + 1);
}

double shapley(const std::vector<double>& value, std::size_t d, std::uint32_t i) {
  double sum = 0;
  for (std::uint32_t s = 0; s < value.size(); ++s) {
    if ((s >> i & 1U) != 0) continue;
    const auto size = static_cast<std::size_t>(std::popcount(s));
    sum +=
        factorial(size) * factorial(d - size - 1) / factorial(d) * (value[s | 1U << i] - value[s]);
  }
  return sum;
}

double together(const std::vector<double>& value, std::size_t d, std::uint32_t i, std::uint32_t j) {
  double sum = 0;
  for (std::uint32_t s = 0; s < value.size(); ++s) {
    if ((s >> i & 1U) != 0 || (s >> j & 1U) != 0) continue;
    const auto size = static_cast<std::size_t>(std::popcount(s));
    sum += factorial(size) * factorial(d - size - 2) / factorial(d - 1) / 2 *
           (value[s | 1U << i | 1U << j] - value[s | 1U << i] - value[s | 1U << j] + value[s]);
  }
  return sum;
}

TEST_CASE("parts of a row are Shapley's values, with any kernels") {
  test::check_property(
      "over all subsets of columns",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        const FlatTreesParts parts = covered_trees(random);
        const std::size_t d = parts.columns;
        const FlatTrees trees(parts);
        const TreeShap shap(trees);
        Matrix<float> rows(1 + random.below(11), d);
        Matrix<double> wanted(rows.rows(), d);
        std::vector<double> got(d);
        for (std::size_t r = 0; r < rows.rows(); ++r) {
          const std::vector<float> row = any_row(random, d);
          std::copy(row.begin(), row.end(), rows.row(r).begin());
          const std::vector<double> value = game(parts, row);
          RC_ASSERT(std::abs(shap.expected() - value[0]) < 1e-12);
          shap.explain(row, got);
          double sum = shap.expected();
          for (std::uint32_t c = 0; c < d; ++c) {
            wanted(r, c) = shapley(value, d, c);
            RC_ASSERT(std::abs(got[c] - wanted(r, c)) < 1e-12);
            sum += got[c];
          }
          RC_ASSERT(std::abs(sum - trees.margin(row)) < 1e-12);
        }
        for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
          Context context;
          context.kernels = kernels_for(isa);
          Matrix<double> out(rows.rows(), d);
          shap.explain(rows, out, context);
          for (std::size_t r = 0; r < rows.rows(); ++r) {
            for (std::size_t c = 0; c < d; ++c) {
              RC_ASSERT(std::abs(out(r, c) - wanted(r, c)) < 1e-12);
            }
          }
        }
      },
      300);
}

TEST_CASE("interactions of columns are Shapley's, and sum to the parts") {
  test::check_property(
      "over all subsets of columns",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        const FlatTreesParts parts = covered_trees(random);
        const std::size_t d = parts.columns;
        const TreeShap shap{FlatTrees(parts)};
        const std::vector<float> row = any_row(random, d);
        const std::vector<double> value = game(parts, row);
        Matrix<double> out(d, d);
        shap.interactions(row, out);
        for (std::uint32_t i = 0; i < d; ++i) {
          double sum = 0;
          for (std::uint32_t j = 0; j < d; ++j) {
            sum += out(i, j);
            if (i != j) RC_ASSERT(std::abs(out(i, j) - together(value, d, i, j)) < 1e-12);
          }
          RC_ASSERT(std::abs(sum - shapley(value, d, i)) < 1e-12);
        }
      },
      200);
}

}  // namespace
