// Boosting, forest and tree: hard tables, missing values, categories, weights, threads, archives.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/decision_tree.hpp"
#include "emptor/score/random_forest.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Rows {
  ScoreTable table;
  std::vector<double> target;
};

/// A number, one that is often missing, a category of six, noise; a class or a value.
Rows make_rows(std::size_t n, bool classes, std::uint64_t seed = 3) {
  RandomStream random(seed);
  std::vector<double> a;
  std::vector<double> b;
  std::vector<std::string> c;
  std::vector<double> noise;
  Rows out;
  const double effect[6] = {-1, 1.5, 0, -.5, 2, .3};
  for (std::size_t i = 0; i < n; ++i) {
    a.push_back(random.normal());
    b.push_back(random.bernoulli(.3) ? nan : random.normal());
    const std::uint32_t k = random.below(6);
    c.push_back(std::string(1, static_cast<char>('p' + k)));
    noise.push_back(random.normal());
    const double margin = a.back() + (std::isnan(b.back()) ? 1.5 : -b.back()) + effect[k] - 1;
    out.target.push_back(classes ? (random.bernoulli(1 / (1 + std::exp(-margin))) ? 1 : 0)
                                 : margin + .1 * random.normal());
  }
  out.table = ScoreTableBuilder()
                  .number("a", a)
                  .number("b", b)
                  .category("c", c)
                  .number("n", noise)
                  .finish();
  return out;
}

double squared_error(const TreeModel& model, const Rows& rows) {
  std::vector<double> out(rows.table.rows());
  model.score(map_rows(rows.table, model.schema()).table, out);
  double sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) sum += std::pow(out[i] - rows.target[i], 2);
  return sum / static_cast<double>(out.size());
}

BoostingOptions few_rounds() {
  BoostingOptions options;
  options.rounds = 40;
  options.patience = 0;
  options.learning_rate = .2;
  return options;
}

RandomForestOptions few_trees() {
  RandomForestOptions options;
  options.trees = 20;
  return options;
}

TEST_CASE("boosting learns numbers, missing values and categories of unseen rows") {
  const Rows train = make_rows(4000, false);
  const Rows test = make_rows(2000, false, 4);
  BoostingOptions options;
  options.loss = TreeLoss::squared;
  options.learning_rate = .1;
  const BoostingFit fit = fit_boosting(train.table, train.target, options);
  CHECK(squared_error(fit.model, test) < .1);  // of a variance of about 5
  CHECK(fit.report.folds == 5);
  CHECK(fit.report.trees >= 50);
  CHECK(fit.report.rounds.size() >= fit.report.trees);
  CHECK(fit.report.columns.front().column != "n");
  CHECK(fit.report.columns.back().column == "n");
  RandomForestOptions forest;
  forest.loss = TreeLoss::squared;
  forest.columns_per_node = 2;
  const RandomForestFit grown = fit_random_forest(train.table, train.target, forest);
  const double error = squared_error(grown.model, test);
  CHECK(error < .6);
  CHECK(grown.report.out_of_bag_rows == 4000);
  CHECK(std::abs(grown.report.out_of_bag_squared_error - error) < .1);
  CHECK(std::isnan(grown.report.out_of_bag_log_loss));
}

TEST_CASE("losses of training rows fall with every round when all rows are used") {
  const Rows rows = make_rows(1500, true);
  BoostingOptions options = few_rounds();
  options.row_share = 1;
  const BoostingFit fit = fit_boosting(rows.table, rows.target, options);
  REQUIRE(fit.report.rounds.size() == 40);
  for (std::size_t i = 1; i < 40; ++i) {
    CHECK(fit.report.rounds[i].train_loss < fit.report.rounds[i - 1].train_loss);
    CHECK(std::isnan(fit.report.rounds[i].validation_loss));
  }
  double loss = 0;
  for (std::size_t r = 0; r < rows.table.rows(); ++r) {
    const double p = fit.model.score(rows.table.row(r));
    loss -= std::log(rows.target[r] > 0 ? p : 1 - p) / 1500;
  }
  CHECK(loss == Approx(fit.report.rounds.back().train_loss).epsilon(1e-5));
}

TEST_CASE("trees are the same bits for one thread and three") {
  const Rows rows = make_rows(140'000, true);
  ThreadPool pool(3);
  Context threads;
  threads.executor = &pool;
  BoostingOptions options = few_rounds();
  options.rounds = 3;
  options.row_share = 1;
  CHECK(fit_boosting(rows.table, rows.target, options).model ==
        fit_boosting(rows.table, rows.target, options, {}, threads).model);
  RandomForestOptions forest = few_trees();
  forest.trees = 3;
  forest.max_depth = 5;
  const RandomForestFit one = fit_random_forest(rows.table, rows.target, forest);
  const RandomForestFit three = fit_random_forest(rows.table, rows.target, forest, {}, threads);
  CHECK(one.model == three.model);
  CHECK(one.report.out_of_bag_log_loss == three.report.out_of_bag_log_loss);
  DecisionTreeOptions single;
  single.folds = 2;
  CHECK(fit_decision_tree(rows.table, rows.target, single).model ==
        fit_decision_tree(rows.table, rows.target, single, {}, threads).model);
}

TEST_CASE("a weight of two is a row twice, and one of zero no row") {
  const Rows rows = make_rows(600, true);
  std::vector<double> weights;
  std::vector<std::uint32_t> twice;
  for (std::uint32_t r = 0; r < 600; ++r) {
    weights.push_back(r % 3);
    for (std::uint32_t k = 0; k < r % 3; ++k) twice.push_back(r);
  }
  std::vector<double> target;
  for (const std::uint32_t r : twice) target.push_back(rows.target[r]);
  BoostingOptions options = few_rounds();
  options.row_share = 1;
  options.max_depth = 3;
  const TreeModel by_weight = fit_boosting(rows.table, rows.target, options, weights).model;
  const TreeModel by_rows = fit_boosting(rows.table.take(twice), target, options).model;
  DecisionTreeOptions tree;
  tree.folds = 0;
  const TreeModel tree_by_weight = fit_decision_tree(rows.table, rows.target, tree, weights).model;
  const TreeModel tree_by_rows = fit_decision_tree(rows.table.take(twice), target, tree).model;
  for (std::size_t r = 0; r < rows.table.rows(); ++r) {
    const auto row = rows.table.row(r);
    CHECK(by_weight.score(row) == Approx(by_rows.score(row)).margin(1e-5));
    CHECK(tree_by_weight.score(row) == Approx(tree_by_rows.score(row)).margin(1e-6));
  }
}

TEST_CASE("one class, constant columns, columns without values") {
  const ScoreTable table = ScoreTableBuilder()
                               .number("constant", std::vector<double>(40, 3.0))
                               .number("nothing", std::vector<double>(40, nan))
                               .category("unknown", std::vector<std::string>(40))
                               .finish();
  std::vector<double> target(40, 1);
  const BoostingFit ones = fit_boosting(table, target);
  CHECK(ones.report.constant_target);
  CHECK(ones.model.score(table.row(0)) == Approx(40.5 / 41));
  CHECK(fit_random_forest(table, target).model.score(table.row(0)) == Approx(40.5 / 41));
  CHECK(fit_decision_tree(table, target).report.constant_target);
  for (std::size_t i = 0; i < 10; ++i) target[i] = 0;
  CHECK(fit_boosting(table, target).model.score(table.row(0)) == Approx(.75));
  CHECK(fit_random_forest(table, target).model.score(table.row(0)) == Approx(.75).margin(.03));
  CHECK(fit_decision_tree(table, target).model.score(table.row(0)) == Approx(.75));
  BoostingOptions squared;
  squared.loss = TreeLoss::squared;
  CHECK(fit_boosting(table, std::vector<double>(40, -7.5), squared).model.score(table.row(0)) ==
        -7.5);
}

TEST_CASE("perfect separation, unseen categories and infinite values give finite scores") {
  std::vector<double> x;
  std::vector<std::string> c;
  std::vector<double> target;
  for (int i = 0; i < 200; ++i) {
    x.push_back(i);
    c.push_back(i % 2 == 0 ? "even" : "odd");
    target.push_back(i < 100 ? 0 : 1);
  }
  const ScoreTable table = ScoreTableBuilder().number("x", x).category("c", c).finish();
  RandomForestOptions both;
  both.columns_per_node = 2;
  const TreeModel models[] = {fit_boosting(table, target).model,
                              fit_random_forest(table, target, both).model,
                              fit_decision_tree(table, target).model};
  const float infinite = std::numeric_limits<float>::infinity();
  for (const TreeModel& model : models) {
    CHECK(model.score(table.row(0)) < .1);
    CHECK(model.score(table.row(199)) > .9);
    for (const float number : {infinite, -infinite, missing_value, 1e30F}) {
      for (const float code : {0.F, 7.F, -1.F, missing_value, infinite, 1e20F}) {
        const float row[] = {number, code};
        const float unseen[] = {number, missing_value};
        const double score = model.score(row);
        CHECK((score >= 0 && score <= 1));
        if (code != 0) CHECK(score == model.score(unseen));
      }
    }
  }
}

TEST_CASE("a tree of many leaves is cut back to what the rows support") {
  const Rows noise = [] {
    Rows rows = make_rows(800, true);
    RandomStream random(9);
    for (double& y : rows.target) y = random.bernoulli(.4) ? 1 : 0;
    return rows;
  }();
  DecisionTreeOptions options;
  options.one_standard_error = true;
  CHECK(fit_decision_tree(noise.table, noise.target, options).report.leaves <= 3);
  const Rows rows = make_rows(3000, false);
  options.loss = TreeLoss::squared;
  const DecisionTreeReport report = fit_decision_tree(rows.table, rows.target, options).report;
  CHECK(report.leaves > 20);
  REQUIRE(report.pruning.size() > 5);
  CHECK(report.pruning.back().leaves == 1);
  for (std::size_t i = 1; i < report.pruning.size(); ++i) {
    CHECK(report.pruning[i].complexity > report.pruning[i - 1].complexity);
    CHECK(report.pruning[i].leaves < report.pruning[i - 1].leaves);
    CHECK(report.pruning[i].train_error >= report.pruning[i - 1].train_error);
  }
  options.folds = 0;
  options.max_leaves = 7;
  CHECK(fit_decision_tree(rows.table, rows.target, options).report.leaves == 7);
}

TEST_CASE("leaves of a forest are as large as the rows ask for") {
  const Rows clear = make_rows(1500, false);
  RandomForestOptions options;
  options.loss = TreeLoss::squared;
  options.trees = 100;
  CHECK(fit_random_forest(clear.table, clear.target, options).report.min_leaf_weight == 2);
  Rows noise = clear;
  RandomStream random(9);
  for (double& y : noise.target) y = random.normal();
  CHECK(fit_random_forest(noise.table, noise.target, options).report.min_leaf_weight >= 15);
  options.trees = 10;  // too few to be searched for
  CHECK(fit_random_forest(noise.table, noise.target, options).report.min_leaf_weight == 2);
  options.trees = 100;
  options.min_leaf_weight = 7;
  CHECK(fit_random_forest(noise.table, noise.target, options).report.min_leaf_weight == 7);
}

TEST_CASE("trees are saved and loaded, damaged ones refused") {
  const Rows rows = make_rows(500, true);
  const TreeModel model = fit_boosting(rows.table, rows.target, few_rounds()).model;
  const std::vector<std::byte> bytes = model.save();
  const Result<TreeModel> loaded = TreeModel::load(bytes);
  REQUIRE(loaded);
  CHECK(*loaded == model);
  CHECK(loaded->save() == bytes);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 37) {
    CHECK_FALSE(TreeModel::load(std::span(bytes).first(cut)));
  }
  // Archives with right checksums and wrong trees.
  const FlatTreesParts good = model.trees().parts();
  REQUIRE_FALSE(good.sets.empty());
  const auto refuses = [&](auto&& spoil) {
    FlatTreesParts parts = good;
    spoil(parts);
    CHECK_THROWS_AS(FlatTrees(parts), Exception);
  };
  refuses([](FlatTreesParts& p) { p.nodes[0].left = 0; });
  refuses([](FlatTreesParts& p) { p.nodes[1].left = 1; });
  refuses([](FlatTreesParts& p) { p.nodes[0].left += 1; });
  refuses([](FlatTreesParts& p) { p.nodes[0].left = 0xffffffffU; });
  refuses([](FlatTreesParts& p) { p.nodes[0].column = 4; });
  refuses([](FlatTreesParts& p) { p.nodes[0].set = 0xffffffffU; });
  refuses([](FlatTreesParts& p) { p.nodes.back().value = std::numeric_limits<float>::infinity(); });
  refuses([](FlatTreesParts& p) { p.nodes.back().cover = -1; });
  refuses([](FlatTreesParts& p) { p.roots[1] = 0xffffffffU; });
  refuses([](FlatTreesParts& p) { p.roots[0] = 1; });
  refuses([](FlatTreesParts& p) { p.roots.clear(); });
  refuses([](FlatTreesParts& p) { p.sets[0].words = 0xffffffffU; });
  refuses([](FlatTreesParts& p) { p.base = nan; });
}

TEST_CASE("options and rows that no trees can be fitted to") {
  const Rows rows = make_rows(50, true);
  const auto boosts = [&](auto&& spoil) {
    BoostingOptions options;
    spoil(options);
    (void)fit_boosting(rows.table, rows.target, options);
  };
  CHECK_THROWS_AS(boosts([](auto& o) { o.learning_rate = -.1; }), Exception);
  CHECK_THROWS_AS(boosts([](auto& o) { o.max_bins = 256; }), Exception);
  CHECK_THROWS_AS(boosts([](auto& o) { o.monotone = {1}; }), Exception);
  CHECK_THROWS_AS(boosts([](auto& o) { o.monotone = {0, 0, 1, 0}; }), Exception);
  CHECK_THROWS_AS(boosts([](auto& o) { o.l2 = nan; }), Exception);
  CHECK_THROWS_AS(fit_boosting(rows.table, std::vector<double>(49, 1)), Exception);
  CHECK_THROWS_AS(fit_boosting(rows.table, std::vector<double>(50, .5)), Exception);
  CHECK_THROWS_AS(fit_boosting(rows.table, rows.target, {}, std::vector<double>(50, 0)), Exception);
  CHECK_THROWS_AS(fit_random_forest(rows.table, std::vector<double>(50, nan)), Exception);
  Context stops;
  stops.progress = [](const ProgressStep&) { return Go::stop; };
  CHECK(fit_boosting(rows.table, rows.target, {}, {}, stops).report.stopped);
  CHECK(fit_random_forest(rows.table, rows.target, {}, {}, stops).report.stopped);
}

}  // namespace
