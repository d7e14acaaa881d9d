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
/// With so many, half as many trees of twice the step do as well.
constexpr std::size_t rows_of_larger_steps = 200'000;
/// With more rows the depth is not searched.
constexpr std::size_t few_rows = 20'000;
/// Of the loss by the usual depth: with less to gain another depth is mostly chosen by chance.
constexpr double clearly_better = 0.99;

void check_options(const BoostingOptions& o, const ScoreSchema& schema) {
  const auto share = [](double value) { return value > 0 && value <= 1; };
  require_option(o.rounds >= 1 && o.rounds <= 1'000'000, "rounds", "in [1, 1000000]", o.rounds);
  require_option(o.learning_rate == 0 || share(o.learning_rate), "learning_rate", "in [0, 1]",
                 o.learning_rate);
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

/// The depths that may be tried, the one by rows first.
std::vector<std::size_t> depths_of(const BoostingOptions& options, std::size_t rows) {
  if (options.max_depth != 0) return {options.max_depth};
  const double by_rows = std::log2(static_cast<double>(rows)) / 2 - 3;
  const auto depth = static_cast<std::size_t>(std::clamp(std::lround(by_rows), 2L, 8L));
  if (rows >= few_rows || options.patience == 0) return {depth};
  return {depth, 1, depth + 2};
}

/// How many rounds of trees of one depth are best for rows held out.
struct Search {
  std::size_t depth = 0;
  std::size_t rounds = 1;
  double loss = std::numeric_limits<double>::infinity();
  std::vector<BoostingRound> history{};
  bool stopped = false;
};

Search search_rounds(const detail::BoostingData& data, const BoostingOptions& options,
                     std::size_t depth, const std::vector<Shares>& shares, const Context& context) {
  Search out;
  out.depth = depth;
  std::vector<std::unique_ptr<detail::Booster>> boosters;
  for (const Shares& share : shares) {
    boosters.push_back(
        std::make_unique<detail::Booster>(data, options, depth, share.train, share.held_out));
  }
  const auto folds = static_cast<double>(shares.size());
  for (std::size_t round = 0; round < options.rounds; ++round) {
    if (context.report({"boosting: rounds", round, options.rounds}) == Go::stop) {
      out.stopped = true;
      break;
    }
    BoostingRound mean;
    for (const auto& booster : boosters) {
      (void)booster->step(round, context);
      mean.train_loss += booster->train_loss(context) / folds;
      mean.validation_loss += booster->held_out_loss(context) / folds;
    }
    out.history.push_back(mean);
    if (mean.validation_loss < out.loss) {
      out.loss = mean.validation_loss;
      out.rounds = round + 1;
    }
    if (round + 1 >= out.rounds + options.patience) break;
  }
  return out;
}

}  // namespace

BoostingFit fit_boosting(const ScoreTable& table, std::span<const double> target,
                         const BoostingOptions& asked, std::span<const double> weights,
                         const Context& context) {
  check_options(asked, table.schema());
  BoostingOptions options = asked;
  if (asked.learning_rate == 0) {
    options.learning_rate = table.rows() < rows_of_larger_steps ? 0.05 : 0.1;
  }
  const detail::FitInput input =
      detail::check_fit(table, target, weights, options.loss, "fit_boosting");
  BoostingReport report;
  report.rows = table.rows();
  report.weight = input.weight;
  report.constant_target = input.constant;
  detail::ColumnUses uses(table.schema());
  const std::size_t n = table.rows();
  const std::vector<std::size_t> depths = depths_of(options, n);
  report.max_depth = depths.front();
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
    const std::vector<Shares> shares = held_out_shares(target, weights, folds, options);
    Search best;
    for (const std::size_t depth : depths) {
      Search search = search_rounds(data, options, depth, shares, context);
      report.stopped = search.stopped;
      if (search.loss < clearly_better * best.loss) best = std::move(search);
      if (report.stopped || folds == 1) break;
    }
    rounds = best.rounds;
    report.max_depth = best.depth;
    report.rounds = std::move(best.history);
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
