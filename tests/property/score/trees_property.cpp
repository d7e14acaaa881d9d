// Splits against brute force over all partitions of tiny tables, monotone scores, and the ways of
// scoring against each other.

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/decision_tree.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

struct Tiny {
  ScoreTable table;
  std::vector<double> target;
  std::vector<double> weights;
};

/// A number and a category of four, both sometimes missing; whole numbers, so that ties are many.
Tiny tiny_rows(std::uint64_t seed) {
  RandomStream random(seed);
  const std::size_t n = 2 + random.below(14);
  std::vector<double> x;
  std::vector<std::string> c;
  Tiny out;
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(random.bernoulli(.2) ? std::nan("") : random.below(5));
    const std::uint32_t k = random.below(5);
    c.push_back(k == 4 ? "" : std::string(1, static_cast<char>('a' + k)));
    out.target.push_back(random.below(20));
    out.weights.push_back(1 + random.below(3));
  }
  out.table = ScoreTableBuilder().number("x", x).category("c", c).finish();
  return out;
}

struct Side {
  double w = 0;
  double wy = 0;
  double wyy = 0;
  void add(double weight, double y) {
    w += weight;
    wy += weight * y;
    wyy += weight * y * y;
  }
  [[nodiscard]] double squares() const { return w > 0 ? wyy - wy * wy / w : 0; }
};

/// The least sum of squares that one question leaves.
double best_stump(const Tiny& rows) {
  double best = std::numeric_limits<double>::infinity();
  const auto judge = [&](auto&& left) {
    Side sides[2];
    for (std::size_t r = 0; r < rows.target.size(); ++r) {
      sides[left(rows.table.row(r)) ? 0 : 1].add(rows.weights[r], rows.target[r]);
    }
    best = std::min(best, sides[0].squares() + sides[1].squares());
  };
  for (int missing = 0; missing < 2; ++missing) {
    for (int cut = 0; cut <= 5; ++cut) {
      judge([&](std::span<const float> row) {
        return row[0] != row[0] ? missing == 1 : row[0] < static_cast<float>(cut);
      });
    }
    for (unsigned set = 0; set < 16; ++set) {
      judge([&](std::span<const float> row) {
        return row[1] != row[1] ? missing == 1 : (set >> static_cast<unsigned>(row[1]) & 1U) != 0;
      });
    }
  }
  return best;
}

TEST_CASE("the first split of a tree is the best of all questions") {
  test::check_property(
      "against all partitions",
      [](std::uint64_t seed) {
        const Tiny rows = tiny_rows(seed);
        DecisionTreeOptions options;
        options.loss = TreeLoss::squared;
        options.max_depth = 1;
        options.folds = 0;
        options.min_leaf_weight = 0;
        const TreeModel model =
            fit_decision_tree(rows.table, rows.target, options, rows.weights).model;
        double squares = 0;
        for (std::size_t r = 0; r < rows.target.size(); ++r) {
          const double off = model.score(rows.table.row(r)) - rows.target[r];
          squares += rows.weights[r] * off * off;
        }
        RC_ASSERT(std::abs(squares - best_stump(rows)) < 1e-3);
      },
      500);
}

TEST_CASE("monotone columns never lower the score") {
  test::check_property(
      "along a line",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        std::vector<double> a;
        std::vector<double> b;
        std::vector<double> c;
        std::vector<double> target;
        for (int i = 0; i < 300; ++i) {
          a.push_back(random.bernoulli(.1) ? std::nan("") : random.normal());
          b.push_back(random.normal());
          c.push_back(random.normal());
          target.push_back(random.bernoulli(1 / (1 + std::exp(-b.back() * a.back()))) ? 1 : 0);
          if (std::isnan(a.back())) target.back() = 1;
        }
        const ScoreTable table =
            ScoreTableBuilder().number("a", a).number("b", b).number("c", c).finish();
        BoostingOptions options;
        options.monotone = {1, -1, 0};
        options.rounds = 20;
        options.patience = 0;
        options.learning_rate = .5;
        options.max_depth = 5;
        options.min_child_weight = .5;
        const TreeModel model = fit_boosting(table, target, options).model;
        for (int line = 0; line < 20; ++line) {
          float row[] = {0, static_cast<float>(random.normal()),
                         static_cast<float>(random.normal())};
          const std::size_t moved = line % 2;
          double last = moved == 0 ? -1 : 2;
          row[0] = line % 4 == 1 ? missing_value : static_cast<float>(random.normal());
          for (float x = -3; x < 3; x += .05F) {
            row[moved] = x;
            const double score = model.score(row);
            RC_ASSERT((moved == 0 ? score >= last : score <= last));
            last = score;
          }
        }
      },
      20);
}

/// Any trees: random shapes, thresholds, sets.
FlatTreesParts random_trees(RandomStream& random) {
  FlatTreesParts parts;
  parts.columns = 5;
  parts.base = random.normal();
  parts.words = {random(), random(), random(), random()};
  if (random.bernoulli(.7)) parts.sets = {{0, 1}, {1, 3}, {4, 0}};
  const std::size_t trees = random.below(12);
  const std::uint32_t splits = 1 + random.below(random.bernoulli(.5) ? 12 : 100);
  for (std::size_t t = 0; t < trees; ++t) {
    const auto begin = static_cast<std::uint32_t>(parts.nodes.size());
    parts.roots.push_back(begin);
    parts.nodes.emplace_back();
    const std::uint32_t own = random.below(splits + 1);
    for (std::uint32_t s = 0; s < own; ++s) {
      const auto end = static_cast<std::uint32_t>(parts.nodes.size());
      std::uint32_t at = begin + random.below(end - begin);
      while (parts.nodes[at].left != 0) at = begin + random.below(end - begin);
      TreeNode& node = parts.nodes[at];
      node.left = end;
      node.column = random.below(5);
      node.missing_left = random.bernoulli(.5);
      if (node.column >= 3 && !parts.sets.empty()) {
        node.set = 1 + random.below(3);
      } else {
        node.threshold = static_cast<float>(random.below(7)) - 3;
      }
      parts.nodes.emplace_back();
      parts.nodes.emplace_back();
    }
    for (std::size_t i = begin; i < parts.nodes.size(); ++i) {
      if (parts.nodes[i].left == 0) parts.nodes[i].value = static_cast<float>(random.normal());
    }
  }
  return parts;
}

double walked(const FlatTreesParts& parts, std::span<const float> row) {
  double sum = 0;
  for (std::uint32_t at : parts.roots) {
    while (parts.nodes[at].left != 0) {
      const TreeNode& node = parts.nodes[at];
      const float x = row[node.column];
      bool left = node.missing_left;
      if (node.set != 0) {
        const CategorySet set = parts.sets[node.set - 1];
        if (x >= 0 && static_cast<double>(x) < 32.0 * set.words) {
          const auto code = static_cast<std::uint32_t>(x);
          left = (parts.words[set.first + code / 32] >> (code % 32) & 1U) != 0;
        }
      } else if (x == x) {
        left = x < node.threshold;
      }
      at = node.left + (left ? 0 : 1);
    }
    sum += static_cast<double>(parts.nodes[at].value);
  }
  return parts.base + parts.scale * sum;
}

TEST_CASE("one row and batches with any kernels give the walked sum, to the bit") {
  test::check_property(
      "any trees",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        const FlatTreesParts parts = random_trees(random);
        const FlatTrees trees(parts);
        Matrix<float> rows(1 + random.below(200), 5);
        for (std::size_t r = 0; r < rows.rows(); ++r) {
          for (std::size_t c = 0; c < 5; ++c) {
            const std::uint32_t kind = random.below(20);
            rows(r, c) = kind == 0   ? missing_value
                         : kind == 1 ? std::numeric_limits<float>::infinity()
                         : kind == 2 ? -std::numeric_limits<float>::infinity()
                         : c < 3     ? static_cast<float>(random.below(7)) - 3
                                     : static_cast<float>(random.below(140)) - 3;
          }
        }
        std::vector<double> out(rows.rows());
        for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
          Context context;
          context.kernels = kernels_for(isa);
          trees.margins(rows, out, context);
          for (std::size_t r = 0; r < rows.rows(); ++r) {
            const auto row = std::as_const(rows).row(r);
            RC_ASSERT(out[r] == walked(parts, row));
            RC_ASSERT(trees.margin(row) == out[r]);
            for (std::size_t t = 0; t < trees.trees(); ++t) {
              RC_ASSERT(parts.nodes[trees.leaf(t, row)].left == 0U);
            }
          }
        }
      },
      200);
}

}  // namespace
