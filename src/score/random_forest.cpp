#include "emptor/score/random_forest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/random.hpp"
#include "score/tree_fit.hpp"

namespace emptor {

namespace {

constexpr std::size_t trees_a_turn = 16;
constexpr std::size_t pilot_trees = 32;
/// Forests of fewer trees, or of as many rows, are not worth a search.
constexpr std::size_t few_trees = 100;
constexpr std::size_t many_rows = 100'000;

void check_options(const RandomForestOptions& o) {
  require_option(o.trees >= 1 && o.trees <= 1'000'000, "trees", "in [1, 1000000]", o.trees);
  require_option(o.max_depth >= 1 && o.max_depth <= 64, "max_depth", "in [1, 64]", o.max_depth);
  require_option(std::isfinite(o.min_leaf_weight), "min_leaf_weight", "finite", o.min_leaf_weight);
  require_option(o.max_bins >= 2 && o.max_bins <= 255, "max_bins", "in [2, 255]", o.max_bins);
}

struct GrownMember {
  detail::GrownTree tree;
  std::vector<std::uint32_t> out_of_bag;
};

class Forest {
 public:
  Forest(const detail::BinnedTable& table, std::span<const double> target,
         std::span<const double> weights, const RandomForestOptions& options, double mean,
         double min_leaf_weight)
      : table_(table), target_(target), weights_(weights), options_(options), mean_(mean) {
    const auto d = static_cast<double>(table.columns.size());
    const bool classes = options.loss == TreeLoss::logistic;
    const double by_rule = classes ? std::sqrt(d) : std::max(d / 3, std::min(d, 3.0));
    grow_.columns_per_node = options.columns_per_node != 0
                                 ? options.columns_per_node
                                 : std::max<std::size_t>(1, static_cast<std::size_t>(by_rule));
    grow_.max_depth = options.max_depth;
    grow_.min_child_weight = min_leaf_weight;
  }

  /// Trees first to last, side by side; `each` takes them in their order.
  template <class Each>
  void grow(std::size_t first, std::size_t last, const Context& context, Each&& each) const {
    std::vector<GrownMember> turn(last - first);
    parallel_chunks(context, turn.size(), 1,
                    [&](std::size_t i, std::size_t) { turn[i] = grow(first + i); });
    for (const GrownMember& member : turn) each(member);
  }

  [[nodiscard]] GrownMember grow(std::size_t number) const {
    const std::size_t n = table_.rows;
    RandomStream random(options_.seed, number);
    detail::GrowOptions grow = grow_;
    grow.seed = random.bits64();
    std::vector<std::uint32_t> drawn(n, options_.bootstrap ? 0U : 1U);
    if (options_.bootstrap) {
      for (std::size_t i = 0; i < n; ++i) ++drawn[random.below(static_cast<std::uint32_t>(n))];
    }
    detail::Gradients gradients;
    gradients.g.resize(n);
    gradients.h.resize(n);
    GrownMember out;
    std::vector<std::uint32_t> rows;
    for (std::uint32_t r = 0; r < n; ++r) {
      const double w = detail::weight_of(weights_, r);
      if (!(w > 0)) continue;
      if (drawn[r] == 0) {
        out.out_of_bag.push_back(r);
        continue;
      }
      const double times = w * static_cast<double>(drawn[r]);
      gradients.g[r] = static_cast<float>(times * (mean_ - target_[r]));
      gradients.h[r] = static_cast<float>(times);
      rows.push_back(r);
    }
    const std::vector<std::uint32_t> columns = detail::all_columns(table_.columns.size());
    out.tree = detail::grow_tree(table_, gradients, std::move(rows), columns, grow, Context{});
    return out;
  }

 private:
  const detail::BinnedTable& table_;
  std::span<const double> target_;
  std::span<const double> weights_;
  const RandomForestOptions& options_;
  double mean_;
  detail::GrowOptions grow_;
};

struct OutOfBag {
  explicit OutOfBag(std::size_t rows) : sum(rows, 0), trees(rows, 0) {}
  std::vector<double> sum;
  std::vector<std::uint32_t> trees;

  void add(const GrownMember& member, const detail::BinnedTable& table, const Context& context) {
    parallel_chunks(context, member.out_of_bag.size(), 16384,
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t i = begin; i < end; ++i) {
                        const std::uint32_t r = member.out_of_bag[i];
                        sum[r] += detail::leaf_of(member.tree, table.row(r)).value;
                        ++trees[r];
                      }
                    });
  }

  void tell(const RandomForestOptions& options, std::span<const double> target,
            std::span<const double> weights, double mean, RandomForestReport& report) const {
    double weight = 0;
    double squares = 0;
    double logs = 0;
    for (std::size_t r = 0; r < sum.size(); ++r) {
      if (trees[r] == 0) continue;
      ++report.out_of_bag_rows;
      const double w = detail::weight_of(weights, r);
      const double said = mean + sum[r] / trees[r];
      weight += w;
      squares += w * (said - target[r]) * (said - target[r]);
      const double fit = target[r] > 0 ? said : 1 - said;
      logs -= w * std::log(std::clamp(fit, 1e-6, 1.0));
    }
    const double none = std::numeric_limits<double>::quiet_NaN();
    report.out_of_bag_squared_error = weight > 0 ? squares / weight : none;
    const bool classes = options.loss == TreeLoss::logistic;
    report.out_of_bag_log_loss = weight > 0 && classes ? logs / weight : none;
  }
};

/// The least weight in a leaf: the one of some that errs least out of bag, by a few trees each.
double leaf_by_rows(const detail::BinnedTable& table, std::span<const double> target,
                    std::span<const double> weights, const RandomForestOptions& options,
                    double mean, const Context& context) {
  const double usual = options.loss == TreeLoss::logistic ? 5 : 2;
  double best = usual;
  if (!options.bootstrap || options.trees < few_trees || table.rows >= many_rows) return best;
  double least = std::numeric_limits<double>::infinity();
  for (const double leaf : {usual, 2.0, 5.0, 15.0, 50.0}) {
    if (leaf == usual && std::isfinite(least)) continue;
    const Forest forest(table, target, weights, options, mean, leaf);
    OutOfBag bag(table.rows);
    for (std::size_t done = 0; done < pilot_trees; done += trees_a_turn) {
      forest.grow(done, done + trees_a_turn, context,
                  [&](const GrownMember& member) { bag.add(member, table, context); });
    }
    RandomForestReport report;
    bag.tell(options, target, weights, mean, report);
    // Half a per cent less than the usual one is chance.
    const double bar = std::isfinite(least) && best == usual ? 0.995 * least : least;
    if (!(report.out_of_bag_squared_error < bar)) continue;
    least = report.out_of_bag_squared_error;
    best = leaf;
  }
  return best;
}

}  // namespace

RandomForestFit fit_random_forest(const ScoreTable& table, std::span<const double> target,
                                  const RandomForestOptions& options,
                                  std::span<const double> weights, const Context& context) {
  check_options(options);
  const detail::FitInput input =
      detail::check_fit(table, target, weights, options.loss, "fit_random_forest");
  RandomForestReport report;
  report.rows = table.rows();
  report.weight = input.weight;
  report.constant_target = input.constant;
  report.out_of_bag_squared_error = std::numeric_limits<double>::quiet_NaN();
  report.out_of_bag_log_loss = std::numeric_limits<double>::quiet_NaN();
  detail::ColumnUses uses(table.schema());
  if (input.constant) {
    report.columns = uses.take();
    return {
        TreeModel(table.schema(), FlatTrees(detail::constant_trees(table, input, options.loss))),
        std::move(report)};
  }
  const detail::BinnedTable binned = detail::bin_table(table, weights, options.max_bins, context);
  const double leaf = options.min_leaf_weight >= 0
                          ? options.min_leaf_weight
                          : leaf_by_rows(binned, target, weights, options, input.mean, context);
  report.min_leaf_weight = leaf;
  const Forest forest(binned, target, weights, options, input.mean, leaf);
  OutOfBag bag(table.rows());
  FlatTreesParts parts;
  parts.columns = table.columns();
  std::size_t done = 0;
  while (done < options.trees) {
    if (context.report({"random forest", done, options.trees}) == Go::stop) {
      report.stopped = true;
      break;
    }
    const std::size_t last = std::min(done + trees_a_turn, options.trees);
    forest.grow(done, last, context, [&](const GrownMember& member) {
      bag.add(member, binned, context);
      uses.add(member.tree);
      detail::append_tree(member.tree, binned, 1, input.mean, parts);
    });
    done = last;
  }
  report.trees = done;
  parts.scale = 1 / static_cast<double>(std::max<std::size_t>(1, done));
  bag.tell(options, target, weights, input.mean, report);
  report.columns = uses.take();
  return {TreeModel(table.schema(), FlatTrees(std::move(parts))), std::move(report)};
}

}  // namespace emptor
