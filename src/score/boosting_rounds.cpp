#include "score/boosting_rounds.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/core/random.hpp"
#include "score/tree_fit.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t grain = std::size_t{1} << 14U;
/// A tree sees as many columns at least, else it could not tell how they act together.
constexpr std::size_t few_columns = 4;

struct LossSum {
  double loss = 0;
  double weight = 0;
};

/// Sums of losses; logarithms of unweighted rows are taken of products of a few.
class LossAdder {
 public:
  /// `fit`: the probability of what happened.
  void log_loss(double fit, double weight, bool weighted) noexcept {
    fit = std::max(fit, 1e-15);
    sum_.weight += weight;
    if (weighted) {
      sum_.loss -= weight * std::log(fit);
      return;
    }
    product_ *= fit;
    if (product_ < 1e-200) flush();
  }
  void squared(double error, double weight) noexcept {
    sum_.weight += weight;
    sum_.loss += weight * error * error;
  }
  [[nodiscard]] LossSum take() noexcept {
    flush();
    return sum_;
  }

 private:
  void flush() noexcept {
    sum_.loss -= std::log(product_);
    product_ = 1;
  }
  LossSum sum_;
  double product_ = 1;
};

double mean_of(const std::vector<LossSum>& parts) {
  LossSum all;
  for (const LossSum& part : parts) {
    all.loss += part.loss;
    all.weight += part.weight;
  }
  return all.weight > 0 ? all.loss / all.weight : 0;
}

/// Probability of 1 and of 0, both exact near 0.
struct Chances {
  double one;
  double zero;
};

Chances chances(float margin) noexcept {
  const double e = static_cast<double>(std::exp(-std::abs(margin)));
  const double likely = 1 / (1 + e);
  const double rare = e * likely;
  return margin >= 0 ? Chances{likely, rare} : Chances{rare, likely};
}

}  // namespace

Booster::Booster(const BoostingData& data, const BoostingOptions& options, std::size_t max_depth,
                 std::vector<std::uint32_t> train, std::vector<std::uint32_t> held_out)
    : data_(data),
      options_(options),
      max_depth_(max_depth),
      train_(std::move(train)),
      held_out_(std::move(held_out)) {
  double sum = 0;
  double weight = 0;
  for (const std::uint32_t r : train_) {
    const double w = weight_of(data_.weights, r);
    sum += w * data_.target[r];
    weight += w;
  }
  base_ = weight > 0 ? sum / weight : 0;
  if (options_.loss == TreeLoss::logistic) {
    // A fold may have one class only.
    base_ = std::log(std::max(sum, .5) / std::max(weight - sum, .5));
  }
  margins_.assign(data_.table.rows, static_cast<float>(base_));
  gradients_.g.resize(data_.table.rows);
  gradients_.h.resize(data_.table.rows);
}

double Booster::refresh(const Context& context) {
  if (fresh_) return train_loss_;
  std::vector<LossSum> parts(train_.size() / grain + 1);
  const bool weighted = !data_.weights.empty();
  const bool logistic = options_.loss == TreeLoss::logistic;
  parallel_chunks(context, train_.size(), grain, [&](std::size_t begin, std::size_t end) {
    LossAdder losses;
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t r = train_[i];
      const double w = weighted ? data_.weights[r] : 1;
      const double y = data_.target[r];
      if (logistic) {
        const Chances p = chances(margins_[r]);
        gradients_.g[r] = static_cast<float>(w * (y > 0 ? -p.zero : p.one));
        gradients_.h[r] = static_cast<float>(w * std::max(p.one * p.zero, 1e-16));
        losses.log_loss(y > 0 ? p.one : p.zero, w, weighted);
      } else {
        const double error = static_cast<double>(margins_[r]) - y;
        gradients_.g[r] = static_cast<float>(w * error);
        gradients_.h[r] = static_cast<float>(w);
        losses.squared(error, w);
      }
    }
    parts[begin / grain] = losses.take();
  });
  fresh_ = true;
  train_loss_ = mean_of(parts);
  return train_loss_;
}

double Booster::train_loss(const Context& context) {
  return refresh(context);
}

double Booster::held_out_loss(const Context& context) const {
  return loss_of(held_out_, context);
}

double Booster::loss_of(std::span<const std::uint32_t> rows, const Context& context) const {
  std::vector<LossSum> parts(rows.size() / grain + 1);
  const bool weighted = !data_.weights.empty();
  parallel_chunks(context, rows.size(), grain, [&](std::size_t begin, std::size_t end) {
    LossAdder losses;
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t r = rows[i];
      const double w = weighted ? data_.weights[r] : 1;
      const double y = data_.target[r];
      if (options_.loss == TreeLoss::logistic) {
        const Chances p = chances(margins_[r]);
        losses.log_loss(y > 0 ? p.one : p.zero, w, weighted);
      } else {
        losses.squared(static_cast<double>(margins_[r]) - y, w);
      }
    }
    parts[begin / grain] = losses.take();
  });
  return mean_of(parts);
}

void Booster::add_by_walk(const GrownTree& tree, std::span<const std::uint32_t> rows,
                          const Context& context) {
  parallel_chunks(context, rows.size(), grain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const GrownNode& leaf = leaf_of(tree, data_.table.row(rows[i]));
      margins_[rows[i]] += static_cast<float>(options_.learning_rate * leaf.value);
    }
  });
}

GrownTree Booster::step(std::size_t round, const Context& context) {
  (void)refresh(context);
  RandomStream random(options_.seed, 1000 + round);
  GrowOptions grow;
  grow.max_depth = max_depth_;
  grow.max_leaves = options_.max_leaves;
  grow.min_child_weight = options_.min_child_weight;
  grow.l2 = options_.l2;
  grow.min_gain = options_.min_gain;
  grow.monotone = options_.monotone;
  grow.seed = random.bits64();

  const std::size_t d = data_.table.columns.size();
  std::vector<std::uint32_t> columns = all_columns(d);
  if (options_.column_share < 1 && d > few_columns) {
    const double share = options_.column_share * static_cast<double>(d);
    random.shuffle(std::span(columns));
    columns.resize(std::max(few_columns, static_cast<std::size_t>(std::lround(share))));
    std::sort(columns.begin(), columns.end());
  }
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> others;
  if (options_.row_share < 1) {
    const auto border = static_cast<std::uint64_t>(options_.row_share * 0x1p32);
    rows.reserve(train_.size());
    for (const std::uint32_t r : train_) {
      (random() < border ? rows : others).push_back(r);
    }
    if (rows.empty()) std::swap(rows, others);
  } else {
    rows = train_;
  }
  GrownTree tree = grow_tree(data_.table, gradients_, std::move(rows), columns, grow, context);
  fresh_ = false;
  if (tree.nodes.size() == 1) {  // the base says as much
    tree.nodes[0].value = 0;
    return tree;
  }
  parallel_chunks(context, tree.nodes.size(), 1, [&](std::size_t i, std::size_t) {
    const GrownNode& node = tree.nodes[i];
    if (node.left != 0) return;
    const auto step = static_cast<float>(options_.learning_rate * node.value);
    for (std::uint32_t at = node.begin; at < node.end; ++at) margins_[tree.rows[at]] += step;
  });
  add_by_walk(tree, others, context);
  add_by_walk(tree, held_out_, context);
  return tree;
}

}  // namespace emptor::detail
