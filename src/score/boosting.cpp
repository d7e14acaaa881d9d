#include "emptor/score/boosting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "score/boosting_rounds.hpp"
#include "score/tree_fit.hpp"

namespace emptor {

namespace {

constexpr std::size_t many_rows = 50'000;

void check_options(const BoostingOptions& o, const ScoreSchema& schema) {
  const auto share = [](double value) { return value > 0 && value <= 1; };
  require_option(o.rounds >= 1 && o.rounds <= 1'000'000, "rounds", "in [1, 1000000]", o.rounds);
  require_option(share(o.learning_rate), "learning_rate", "in (0, 1]", o.learning_rate);
  require_option(o.max_depth <= 64, "max_depth", "at most 64", o.max_depth);
  require_option(o.max_leaves != 1, "max_leaves", "0 or at least 2", o.max_leaves);
  require_option(o.min_child_weight >= 0 && std::isfinite(o.min_child_weight), "min_child_weight",
                 ">= 0", o.min_child_weight);
  require_option(o.l2 >= 0 && std::isfinite(o.l2), "l2", ">= 0", o.l2);
  require_option(o.min_gain >= 0 && std::isfinite(o.min_gain), "min_gain", ">= 0", o.min_gain);
  require_option(share(o.row_share), "row_share", "in (0, 1]", o.row_share);
  require_option(share(o.column_share), "column_share", "in (0, 1]", o.column_share);
  require_option(o.max_bins >= 2 && o.max_bins <= 255, "max_bins", "in [2, 255]", o.max_bins);
  require_option(o.folds <= 50, "folds", "at most 50", o.folds);
  require_option(o.validation_share > 0 && o.validation_share <= 0.9, "validation_share",
                 "in (0, 0.9]", o.validation_share);
  require_option(o.monotone.empty() || o.monotone.size() == schema.size(), "monotone",
                 "empty or one for each column", o.monotone.size());
  for (std::size_t c = 0; c < o.monotone.size(); ++c) {
    const int way = o.monotone[c];
    const bool number = schema[c].kind == ScoreColumnKind::number;
    require_option(way >= -1 && way <= 1 && (way == 0 || number), "monotone",
                   "-1, 0 or 1, and 0 of categories", way);
  }
}

/// The rows of weight, by whether they are held out.
struct Shares {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> held_out;
};

/// Which fold a share of the rows is, when one fold is asked for: of `parts` dealt the first few.
std::vector<Shares> held_out_shares(std::span<const double> target, std::span<const double> weights,
                                    std::size_t folds, const BoostingOptions& options) {
  const std::size_t parts = folds == 1 ? 40 : folds;
  const auto few = static_cast<std::size_t>(std::lround(40 * options.validation_share));
  const std::size_t first = folds == 1 ? std::clamp<std::size_t>(few, 1, 36) : 1;
  const std::vector<std::uint8_t> fold =
      detail::deal_folds(target, options.loss, parts, options.seed);
  std::vector<Shares> out(folds);
  for (std::uint32_t r = 0; r < target.size(); ++r) {
    if (!(detail::weight_of(weights, r) > 0)) continue;
    for (std::size_t f = 0; f < folds; ++f) {
      const bool held = folds == 1 ? fold[r] < first : fold[r] == f;
      (held ? out[f].held_out : out[f].train).push_back(r);
    }
  }
  return out;
}

}  // namespace

BoostingFit fit_boosting(const ScoreTable& table, std::span<const double> target,
                         const BoostingOptions& options, const Context& context,
                         std::span<const double> weights) {
  check_options(options, table.schema());
  const detail::FitInput input =
      detail::check_fit(table, target, weights, options.loss, "fit_boosting");
  BoostingReport report;
  report.rows = table.rows();
  report.weight = input.weight;
  report.constant_target = input.constant;
  detail::ColumnUses uses(table.schema());
  const std::size_t n = table.rows();
  const double by_rows = std::log2(static_cast<double>(n)) / 2 - 3;
  report.max_depth = options.max_depth != 0
                         ? options.max_depth
                         : static_cast<std::size_t>(std::clamp(std::lround(by_rows), 2L, 8L));
  if (input.constant) {
    report.columns = uses.take();
    return {
        TreeModel(table.schema(), FlatTrees(detail::constant_trees(table, input, options.loss))),
        std::move(report)};
  }
  const detail::BinnedTable binned = detail::bin_table(table, weights, options.max_bins, context);
  const detail::BoostingData data{binned, target, weights};

  std::size_t rounds = options.rounds;
  std::size_t folds = options.patience == 0 ? 0 : options.folds;
  if (options.patience > 0 && folds == 0) folds = n < many_rows ? 5 : 1;
  if (folds > 1) folds = std::min<std::size_t>(folds, n / 2);
  if (n < 20) folds = 0;  // nothing to be learned from parts of so few
  report.folds = folds;
  if (folds > 0) {
    std::vector<std::unique_ptr<detail::Booster>> boosters;
    for (Shares& share : held_out_shares(target, weights, folds, options)) {
      boosters.push_back(std::make_unique<detail::Booster>(
          data, options, report.max_depth, std::move(share.train), std::move(share.held_out)));
    }
    double best = std::numeric_limits<double>::infinity();
    std::size_t best_rounds = 1;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      if (context.report({"boosting: rounds", round, options.rounds}) == Go::stop) {
        report.stopped = true;
        break;
      }
      BoostingRound mean;
      for (const auto& booster : boosters) {
        (void)booster->step(round, context);
        mean.train_loss += booster->train_loss(context) / static_cast<double>(folds);
        mean.validation_loss += booster->held_out_loss(context) / static_cast<double>(folds);
      }
      report.rounds.push_back(mean);
      if (mean.validation_loss < best) {
        best = mean.validation_loss;
        best_rounds = round + 1;
      }
      if (round + 1 >= best_rounds + options.patience) break;
    }
    rounds = best_rounds;
  }

  std::vector<std::uint32_t> rows;
  for (std::uint32_t r = 0; r < n; ++r) {
    if (detail::weight_of(weights, r) > 0) rows.push_back(r);
  }
  detail::Booster booster(data, options, report.max_depth, std::move(rows), {});
  FlatTreesParts parts;
  parts.columns = table.columns();
  parts.link = options.loss == TreeLoss::logistic ? TreeLink::logistic : TreeLink::identity;
  parts.base = booster.base();
  for (std::size_t round = 0; round < rounds; ++round) {
    if (context.report({"boosting", round, rounds}) == Go::stop) {
      report.stopped = true;
      break;
    }
    const detail::GrownTree tree = booster.step(round, context);
    if (tree.nodes.size() > 1) {
      uses.add(tree);
      detail::append_tree(tree, binned, options.learning_rate, 0, parts);
      ++report.trees;
    }
    if (folds == 0) {
      report.rounds.push_back(
          {booster.train_loss(context), std::numeric_limits<double>::quiet_NaN()});
    }
  }
  report.columns = uses.take();
  return {TreeModel(table.schema(), FlatTrees(std::move(parts))), std::move(report)};
}

}  // namespace emptor
