#include "score/tree_shap_plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace emptor::detail {

namespace {

constexpr std::uint32_t missing_right = 1U << 31U;

struct Points {
  std::vector<double> at;
  std::vector<double> weight;
};

/// Gauss and Legendre's on (0, 1), by Newton's steps to the roots of the polynomial.
Points gauss_points(std::size_t count) {
  Points out;
  const double n = static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    double x = std::cos(std::numbers::pi * (static_cast<double>(i) + .75) / (n + .5));
    double slope = 0;
    for (int step = 0; step < 100; ++step) {
      double before = 1;
      double here = x;
      for (std::size_t k = 2; k <= count; ++k) {
        const double j = static_cast<double>(k);
        const double next = ((2 * j - 1) * x * here - (j - 1) * before) / j;
        before = here;
        here = next;
      }
      slope = n * (x * here - before) / (x * x - 1);
      const double by = here / slope;
      x -= by;
      if (std::abs(by) < 1e-16) break;
    }
    out.at.push_back((1 - x) / 2);
    out.weight.push_back(1 / ((1 - x * x) * slope * slope));
  }
  return out;
}

class Planner {
 public:
  explicit Planner(const FlatTreesParts& from) : from_(from), known_(from.columns) {
    plan_.columns = from.columns;
    plan_.sets = from.sets;
    plan_.words = from.words;
    plan_.expected = from.base;
  }

  ShapPlan take(std::size_t levels) && {
    plan_.slots = levels + 1;
    for (const std::uint32_t root : from_.roots) {
      if (from_.nodes[root].left == 0) {
        plan_.expected += leaf(root);
        continue;
      }
      const std::size_t first = plan_.splits.size();
      shares_.clear();
      most_ = 0;
      plan_.expected += add(root, 1, 0);
      turn(first);
    }
    return std::move(plan_);
  }

 private:
  /// Of a column on the path so far.
  struct Known {
    std::uint32_t slot = 0;  // 0: not asked yet
    double share = 1;        // of the rows that followed all its splits
  };

  [[nodiscard]] double leaf(std::size_t node) const {
    return from_.scale * static_cast<double>(from_.nodes[node].value);
  }

  /// The node's splits in preorder; its mean.
  double add(std::size_t at, std::uint32_t slot, std::size_t asked) {
    const TreeNode& node = from_.nodes[at];
    const double left_cover = static_cast<double>(from_.nodes[node.left].cover);
    const double right_cover = static_cast<double>(from_.nodes[node.left + std::size_t{1}].cover);
    const double cover = left_cover + right_cover;
    const Known before = known_[node.column];
    asked += before.slot == 0 ? 1 : 0;
    most_ = std::max(most_, asked);
    ShapSplit split;
    split.threshold = node.threshold;
    split.column = node.column | (node.missing_left ? 0 : missing_right);
    split.set = node.set;
    split.slot = slot;
    split.above = before.slot;
    split.right_share = cover > 0 ? right_cover / cover : .5;
    const std::size_t index = plan_.splits.size();
    plan_.splits.push_back(split);
    shares_.push_back(before.share);
    const auto child = [&](std::size_t next, double share, std::uint32_t& link, double& value) {
      if (from_.nodes[next].left == 0) return value = leaf(next);
      link = static_cast<std::uint32_t>(plan_.splits.size());
      known_[node.column] = {slot, before.share * share};
      return add(next, slot + 1, asked);
    };
    const double left = child(node.left, 1 - split.right_share, split.left, split.left_value);
    const double right =
        child(node.left + std::size_t{1}, split.right_share, split.right, split.right_value);
    known_[node.column] = before;
    plan_.splits[index] = split;
    return left + split.right_share * (right - left);
  }

  /// The points of the tree whose splits begin at `first`.
  void turn(std::size_t first) {
    const std::size_t points = (most_ + 1) / 2;
    const std::size_t width = points <= 2 ? 2 : (points + 3) / 4 * 4;
    plan_.trees.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(points),
                           static_cast<std::uint32_t>(width)});
    Straight& straight = straight_[points];
    if (straight.points.at.empty()) {
      straight.points = gauss_points(points);
      straight.turn = bend(straight.points, 1, width);
    }
    for (std::size_t i = first; i < plan_.splits.size(); ++i) {
      const bool again = plan_.splits[i].above != 0;
      plan_.splits[i].turn =
          again ? bend(straight.points, shares_[i - first], width) : straight.turn;
    }
  }

  std::size_t bend(const Points& points, double share, std::size_t width) {
    const std::size_t out = plan_.turns.size();
    plan_.turns.resize(out + 2 * width, 0.0);
    for (std::size_t q = 0; q < points.at.size(); ++q) {
      const double t = points.at[q];
      const double chance = (1 - t) * share + t;
      plan_.turns[out + q] = t / chance;
      plan_.turns[out + width + q] = points.weight[q] * share / (chance * chance);
    }
    return out;
  }

  /// Points of a column that is asked for the first time.
  struct Straight {
    Points points;
    std::size_t turn = 0;
  };

  const FlatTreesParts& from_;
  ShapPlan plan_;
  std::vector<Known> known_;
  std::vector<double> shares_;  // of the tree's splits: known_ where they stand
  std::size_t most_ = 0;        // columns on a path of the tree
  std::map<std::size_t, Straight> straight_;
};

}  // namespace

ShapPlan plan_shap(const FlatTreesParts& parts, std::size_t levels) {
  return Planner(parts).take(levels);
}

void shap_set_rights(const ShapPlan& plan, const ShapSplit& split, const float* codes,
                     double* right) noexcept {
  for (std::size_t r = 0; r < 8; ++r) right[r] = shap_set_right(plan, split, codes[r]) ? 1 : 0;
}

}  // namespace emptor::detail
