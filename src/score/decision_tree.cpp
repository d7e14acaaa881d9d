#include "emptor/score/decision_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "score/tree_fit.hpp"
#include "score/tree_pruning.hpp"

namespace emptor {

namespace {

struct Problem {
  const detail::BinnedTable& table;
  std::span<const double> target;
  std::span<const double> weights;
  const DecisionTreeOptions& options;
  double mean;
};

void check_options(const DecisionTreeOptions& o) {
  require_option(o.max_depth >= 1 && o.max_depth <= 64, "max_depth", "in [1, 64]", o.max_depth);
  require_option(o.max_leaves != 1, "max_leaves", "0 or at least 2", o.max_leaves);
  require_option(o.min_leaf_weight >= 0 && std::isfinite(o.min_leaf_weight), "min_leaf_weight",
                 ">= 0", o.min_leaf_weight);
  require_option(o.complexity >= 0 && std::isfinite(o.complexity), "complexity", ">= 0",
                 o.complexity);
  require_option(o.leaf_smoothing >= 0 && std::isfinite(o.leaf_smoothing), "leaf_smoothing", ">= 0",
                 o.leaf_smoothing);
  require_option(o.folds != 1 && o.folds <= 50, "folds", "0 or in [2, 50]", o.folds);
  require_option(o.max_bins >= 2 && o.max_bins <= 255, "max_bins", "in [2, 255]", o.max_bins);
}

detail::GrownTree grow(const Problem& problem, std::vector<std::uint32_t> rows,
                       const Context& context) {
  detail::Gradients gradients;
  gradients.g.resize(problem.table.rows);
  gradients.h.resize(problem.table.rows);
  for (const std::uint32_t r : rows) {
    const double w = detail::weight_of(problem.weights, r);
    gradients.g[r] = static_cast<float>(w * (problem.mean - problem.target[r]));
    gradients.h[r] = static_cast<float>(w);
  }
  detail::GrowOptions grow;
  grow.max_depth = problem.options.max_depth;
  grow.max_leaves = problem.options.max_leaves;
  grow.min_child_weight = problem.options.min_leaf_weight;
  grow.seed = problem.options.seed;
  const std::vector<std::uint32_t> columns = detail::all_columns(problem.table.columns.size());
  return detail::grow_tree(problem.table, gradients, std::move(rows), columns, grow, context);
}

struct FoldErrors {
  double weight = 0;
  std::vector<double> squares;  ///< by penalty
};

/// Mean held-out errors of the penalties, by fold.
std::vector<FoldErrors> fold_errors(const Problem& problem, const std::vector<double>& penalties,
                                    const Context& context) {
  const std::size_t folds = std::min<std::size_t>(problem.options.folds, problem.table.rows);
  const std::vector<std::uint8_t> fold =
      detail::deal_folds(problem.target, problem.options.loss, folds, problem.options.seed);
  std::vector<FoldErrors> out(folds);
  for (std::size_t f = 0; f < folds; ++f) {
    std::vector<std::uint32_t> train;
    std::vector<std::uint32_t> test;
    double weight = 0;
    for (std::uint32_t r = 0; r < fold.size(); ++r) {
      const double w = detail::weight_of(problem.weights, r);
      if (!(w > 0)) continue;
      (fold[r] == f ? test : train).push_back(r);
      (fold[r] == f ? out[f].weight : weight) += w;
    }
    out[f].squares.assign(penalties.size(), 0);
    if (train.empty() || test.empty()) continue;
    const detail::GrownTree tree = grow(problem, std::move(train), context);
    const std::vector<detail::WeakestLink> links = detail::weakest_links(tree, weight);
    for (std::size_t p = 0; p < penalties.size(); ++p) {
      const detail::GrownTree small = detail::pruned(tree, links, penalties[p]);
      for (const std::uint32_t r : test) {
        const double error =
            problem.mean + detail::leaf_of(small, problem.table.row(r)).value - problem.target[r];
        out[f].squares[p] += detail::weight_of(problem.weights, r) * error * error;
      }
    }
  }
  return out;
}

/// A penalty between each two at which the whole table's tree changes (geometric means, as Breiman
/// et al. have it), evenly thinned to `most`.
std::vector<double> penalties_of(const std::vector<detail::WeakestLink>& links) {
  constexpr std::size_t most = 60;
  std::vector<double> edges{0};
  for (const detail::WeakestLink& link : links) {
    if (link.complexity > edges.back()) edges.push_back(link.complexity);
  }
  std::vector<double> out;
  const std::size_t step = edges.size() / most + 1;
  for (std::size_t i = 0; i < edges.size(); i += step) {
    out.push_back(i + 1 < edges.size() ? std::sqrt(edges[i] * edges[i + 1]) : edges[i]);
  }
  if (out.back() < edges.back()) out.push_back(edges.back());
  return out;
}

}  // namespace

DecisionTreeFit fit_decision_tree(const ScoreTable& table, std::span<const double> target,
                                  const DecisionTreeOptions& options,
                                  std::span<const double> weights, const Context& context) {
  check_options(options);
  const detail::FitInput input =
      detail::check_fit(table, target, weights, options.loss, "fit_decision_tree");
  DecisionTreeReport report;
  report.rows = table.rows();
  report.weight = input.weight;
  report.constant_target = input.constant;
  detail::ColumnUses uses(table.schema());
  if (input.constant) {
    report.columns = uses.take();
    return {
        TreeModel(table.schema(), FlatTrees(detail::constant_trees(table, input, options.loss))),
        std::move(report)};
  }
  const detail::BinnedTable binned = detail::bin_table(table, weights, options.max_bins, context);
  const Problem problem{binned, target, weights, options, input.mean};
  std::vector<std::uint32_t> rows;
  double error = 0;
  for (std::uint32_t r = 0; r < table.rows(); ++r) {
    const double w = detail::weight_of(weights, r);
    if (!(w > 0)) continue;
    rows.push_back(r);
    error += w * (target[r] - input.mean) * (target[r] - input.mean);
  }
  const detail::GrownTree whole = grow(problem, std::move(rows), context);
  const std::vector<detail::WeakestLink> links = detail::weakest_links(whole, input.weight);
  report.complexity = options.complexity;
  std::vector<double> penalties{options.complexity};
  std::vector<double> held_out(1, std::numeric_limits<double>::quiet_NaN());
  if (options.folds > 0 && table.rows() >= 20) {
    penalties = penalties_of(links);
    held_out.assign(penalties.size(), 0);
    const std::vector<FoldErrors> folds = fold_errors(problem, penalties, context);
    for (std::size_t p = 0; p < penalties.size(); ++p) {
      for (const FoldErrors& fold : folds) held_out[p] += fold.squares[p] / input.weight;
    }
    std::size_t best = 0;
    for (std::size_t p = 0; p < penalties.size(); ++p) {
      if (held_out[p] <= held_out[best]) best = p;
    }
    double allowed = held_out[best];
    if (options.one_standard_error) {
      double variance = 0;
      double count = 0;
      for (const FoldErrors& fold : folds) {
        if (!(fold.weight > 0)) continue;
        const double off = fold.squares[best] / fold.weight - held_out[best];
        variance += off * off;
        ++count;
      }
      if (count > 1) allowed += std::sqrt(variance / (count - 1) / count);
    }
    for (std::size_t p = best; p < penalties.size(); ++p) {
      if (held_out[p] <= allowed) best = p;
    }
    report.complexity = penalties[best];
  }
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    const detail::GrownTree small = detail::pruned(whole, links, penalties[p]);
    PrunedSize size;
    size.complexity = penalties[p];
    double squares = 0;
    for (const detail::GrownNode& node : small.nodes) {
      if (node.left != 0) continue;
      ++size.leaves;
      squares += node.h > 0 ? node.g * node.g / node.h : 0;
    }
    size.train_error = std::max(0.0, (error - squares) / input.weight);
    size.validation_error = held_out[p];
    report.pruning.push_back(size);
  }
  detail::GrownTree chosen = detail::pruned(whole, links, report.complexity);
  for (detail::GrownNode& node : chosen.nodes) {
    if (options.loss == TreeLoss::logistic && node.h > 0) {
      node.value *= node.h / (node.h + options.leaf_smoothing);
    }
    report.leaves += node.left == 0 ? 1 : 0;
    report.depth = std::max<std::size_t>(report.depth, node.depth);
  }
  uses.add(chosen);
  report.columns = uses.take();
  FlatTreesParts parts;
  parts.columns = table.columns();
  detail::append_tree(chosen, binned, 1, input.mean, parts);
  return {TreeModel(table.schema(), FlatTrees(std::move(parts))), std::move(report)};
}

}  // namespace emptor
