#include "score/tree_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "emptor/core/random.hpp"

namespace emptor::detail {

FitInput check_fit(const ScoreTable& table, std::span<const double> target,
                   std::span<const double> weights, TreeLoss loss, std::string_view where) {
  const std::size_t n = table.rows();
  if (n == 0 || n >= std::size_t{1} << 30U || target.size() != n ||
      (!weights.empty() && weights.size() != n)) {
    throw Exception(ErrorCode::invalid_shape,
                    text("1 to 2^30 - 1 rows with a target each and a weight each or none, got ", n,
                         ", ", target.size(), " and ", weights.size()),
                    std::string(where));
  }
  FitInput out;
  double sum = 0;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (std::size_t r = 0; r < n; ++r) {
    const double y = target[r];
    const double w = weight_of(weights, r);
    const bool fits = loss == TreeLoss::logistic ? y == 0 || y == 1 : std::abs(y) < 1e30;
    if (!fits || !(w >= 0 && w < 1e30)) {
      throw Exception(ErrorCode::invalid_value,
                      text("row ", r, ": the target must be ",
                           loss == TreeLoss::logistic ? "0 or 1" : "a number below 1e30",
                           " and the weight in [0, 1e30)"),
                      std::string(where));
    }
    if (w == 0) continue;
    out.weight += w;
    sum += w * y;
    low = std::min(low, y);
    high = std::max(high, y);
  }
  if (!(out.weight > 0)) {
    throw Exception(ErrorCode::invalid_value, "all weights are 0", std::string(where));
  }
  out.mean = std::clamp(sum / out.weight, low, high);
  out.constant = low == high;
  return out;
}

std::vector<std::uint8_t> deal_folds(std::span<const double> target, TreeLoss loss,
                                     std::size_t folds, std::uint64_t seed) {
  std::vector<std::uint32_t> order(target.size());
  std::iota(order.begin(), order.end(), 0U);
  RandomStream random(seed, 4242);
  random.shuffle(std::span(order));
  std::vector<std::uint8_t> out(target.size());
  std::size_t next[2] = {0, 0};
  for (const std::uint32_t r : order) {
    const std::size_t group = loss == TreeLoss::logistic && target[r] > 0 ? 1 : 0;
    // The second class is dealt from the other end, so that small folds even out.
    const std::size_t turn = next[group]++ % folds;
    out[r] = static_cast<std::uint8_t>(group == 0 ? turn : folds - 1 - turn);
  }
  return out;
}

FlatTreesParts constant_trees(const ScoreTable& table, const FitInput& input, TreeLoss loss) {
  FlatTreesParts parts;
  parts.columns = table.columns();
  parts.base = input.mean;
  if (loss == TreeLoss::logistic) {
    parts.link = TreeLink::logistic;
    const double ones = input.mean * input.weight;
    parts.base = std::log((ones + .5) / (input.weight - ones + .5));
  }
  return parts;
}

ColumnUses::ColumnUses(const ScoreSchema& schema) {
  for (const ScoreColumn& column : schema.columns()) uses_.emplace_back().column = column.name;
}

void ColumnUses::add(const GrownTree& tree) {
  for (const GrownNode& node : tree.nodes) {
    if (node.left == 0) continue;
    TreeColumnUse& use = uses_[node.column];
    use.gain += node.gain / 2;  // the loss has half of what the squares say
    use.cover += node.h;
    ++use.splits;
  }
}

std::vector<TreeColumnUse> ColumnUses::take() {
  std::stable_sort(uses_.begin(), uses_.end(),
                   [](const TreeColumnUse& a, const TreeColumnUse& b) { return a.gain > b.gain; });
  return std::move(uses_);
}

std::vector<std::uint32_t> all_columns(std::size_t count) {
  std::vector<std::uint32_t> out(count);
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

}  // namespace emptor::detail
