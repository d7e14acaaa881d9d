// Parts of scores: worked trees, long paths, tables, threads, watch lists.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/churn_watch.hpp"
#include "emptor/score/random_forest.hpp"
#include "emptor/score/tree_shap.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

TreeNode split_node(std::uint32_t column, float threshold, std::uint32_t left, float cover) {
  TreeNode node;
  node.column = column;
  node.threshold = threshold;
  node.left = left;
  node.cover = cover;
  return node;
}

TreeNode leaf_node(float value, float cover) {
  TreeNode node;
  node.value = value;
  node.cover = cover;
  return node;
}

/// k columns, each of which must be at least 0 to come to the only leaf that is not 0; of the rows
/// that come to a split a share z goes on.
FlatTrees chain(std::size_t k, double z) {
  FlatTreesParts parts;
  parts.columns = k;
  parts.roots = {0};
  double cover = 1;
  for (std::size_t c = 0; c < k; ++c) {
    const auto next = static_cast<std::uint32_t>(2 * c + 1);
    // The right child of a split comes last of the three.
    if (c == 0) parts.nodes.push_back(split_node(0, 0, 1, 1));
    parts.nodes.push_back(leaf_node(0, static_cast<float>(cover * (1 - z))));
    cover *= z;
    parts.nodes.push_back(c + 1 < k ? split_node(static_cast<std::uint32_t>(c + 1), 0, next + 2,
                                                 static_cast<float>(cover))
                                    : leaf_node(1, static_cast<float>(cover)));
  }
  return FlatTrees(std::move(parts));
}

struct Rows {
  ScoreTable table;
  std::vector<double> target;
};

Rows make_rows(std::size_t n) {
  RandomStream random(5);
  std::vector<double> a;
  std::vector<double> b;
  std::vector<double> noise;
  std::vector<std::string> c;
  Rows out;
  for (std::size_t i = 0; i < n; ++i) {
    a.push_back(random.normal());
    b.push_back(random.bernoulli(.2) ? std::nan("") : random.normal());
    noise.push_back(random.normal());
    const std::uint32_t k = random.below(5);
    c.push_back(k == 4 ? "" : std::string(1, static_cast<char>('p' + k)));
    const double margin = 2 * a.back() + (std::isnan(b.back()) ? 1 : b.back() * a.back()) + k - 2;
    out.target.push_back(random.bernoulli(1 / (1 + std::exp(-margin))) ? 1 : 0);
  }
  out.table = ScoreTableBuilder()
                  .number("a", a)
                  .number("b", b)
                  .number("noise", noise)
                  .category("c", c)
                  .finish();
  return out;
}

TreeModel fitted(const Rows& rows) {
  BoostingOptions options;
  options.rounds = 30;
  options.patience = 0;
  options.max_depth = 5;
  options.learning_rate = .2;
  return fit_boosting(rows.table, rows.target, options).model;
}

TEST_CASE("one split gives its column all that it moves") {
  FlatTreesParts parts;
  parts.columns = 2;
  parts.base = .5;
  parts.scale = 2;
  parts.roots = {0, 3};
  parts.nodes = {split_node(1, 4, 1, 8), leaf_node(1, 6), leaf_node(5, 2), leaf_node(10, 8)};
  const TreeShap shap{FlatTrees(parts)};
  CHECK(shap.expected() == .5 + 2 * (2 + 10));
  double out[2];
  shap.explain(std::vector<float>{0, 3}, out);
  CHECK(out[0] == 0);
  CHECK(out[1] == Approx(-2).epsilon(1e-15));
  shap.explain(std::vector<float>{0, missing_value}, out);
  CHECK(out[1] == Approx(6).epsilon(1e-15));  // missing goes right here
}

TEST_CASE("two columns that matter only together share what they bring") {
  FlatTreesParts parts;
  parts.columns = 3;
  parts.roots = {0};
  parts.nodes = {split_node(0, 0, 1, 4), leaf_node(0, 2), split_node(2, 0, 3, 2), leaf_node(0, 1),
                 leaf_node(8, 1)};
  const TreeShap shap{FlatTrees(parts)};
  CHECK(shap.expected() == 2);
  const std::vector<float> row = {1, 1, 1};
  double out[3];
  shap.explain(row, out);
  CHECK(out[0] == Approx(3).epsilon(1e-14));  // (4 - 2 + 8 - 4) / 2, worked by hand
  CHECK(out[1] == 0);
  CHECK(out[2] == Approx(3).epsilon(1e-14));
  Matrix<double> pairs(3, 3);
  shap.interactions(row, pairs);
  CHECK(pairs(0, 2) == Approx(1).epsilon(1e-14));  // (8 - 4 - 4 + 2) / 2
  CHECK(pairs(2, 0) == pairs(0, 2));
  CHECK(pairs(0, 0) == Approx(2).epsilon(1e-14));
  CHECK(pairs(1, 1) == 0);
  CHECK_THROWS_AS(shap.interactions(std::vector<float>{1, 2}, pairs), Exception);
}

TEST_CASE("paths of many columns are shared out evenly") {
  for (const std::size_t k : {1U, 2U, 3U, 5U, 8U, 9U, 16U, 32U, 33U, 64U, 120U}) {
    for (const double z : {.5, .75, .9}) {
      const FlatTrees trees = chain(k, z);
      const TreeShap shap(trees);
      std::vector<double> out(k);
      const double wanted = (1 - std::pow(z, k)) / static_cast<double>(k);
      shap.explain(std::vector<float>(k, 1), out);
      for (const double part : out) CHECK(std::abs(part - wanted) < 1e-7 * wanted);
      const double sum = std::accumulate(out.begin(), out.end(), shap.expected());
      CHECK(std::abs(sum - 1) < 1e-12);
      Matrix<float> rows(1, k);
      std::fill_n(rows.data(), k, 1.0F);
      Matrix<double> parts(1, k);
      shap.explain(rows, parts);
      for (std::size_t c = 0; c < k; ++c) CHECK(std::abs(parts(0, c) - out[c]) < 1e-13);
    }
  }
}

TEST_CASE("levels beyond the limit are refused, those within are walked") {
  const TreeShap shap(chain(512, 0));
  std::vector<double> out(512);
  shap.explain(std::vector<float>(512, 1), out);
  CHECK(std::abs(std::accumulate(out.begin(), out.end(), shap.expected()) - 1) < 1e-12);
  CHECK_THROWS_AS(TreeShap(chain(513, 0)), Exception);
}

TEST_CASE("trees without any cover share evenly") {
  FlatTreesParts parts;
  parts.columns = 2;
  parts.roots = {0};
  parts.nodes = {split_node(0, 0, 1, 0), split_node(1, 0, 3, 0), leaf_node(4, 0), leaf_node(0, 0),
                 leaf_node(2, 0)};
  const TreeShap shap{FlatTrees(parts)};
  CHECK(shap.expected() == 2.5);
  double out[2];
  shap.explain(std::vector<float>{-1, -1}, out);
  CHECK(out[0] + out[1] == Approx(-2.5).epsilon(1e-14));
}

TEST_CASE("a model without trees, a table without rows, other tables") {
  const TreeShap none;
  CHECK(none.columns() == 0);
  none.explain({}, {});
  const Rows rows = make_rows(200);
  const std::vector<double> ones(200, 1);
  const TreeModel constant = fit_boosting(rows.table, ones).model;
  const TreeShap flat(constant);
  std::vector<double> out(4, 7);
  flat.explain(rows.table.row(0), out);
  CHECK(out == std::vector<double>(4, 0));
  CHECK(flat.expected() == constant.trees().margin(rows.table.row(0)));

  const TreeShap shap(fitted(rows));
  Matrix<double> parts(0, 4);
  shap.explain(rows.table.take({}), parts);
  CHECK_THROWS_AS(shap.explain(rows.table, parts), Exception);
  const ScoreTable other = ScoreTableBuilder().number("a", {1}).finish();
  CHECK_THROWS_AS(shap.explain(other, parts), Exception);
  CHECK_THROWS_AS((void)shap.importance(other), Exception);
  const ShapImportance empty = shap.importance(rows.table.take({}));
  CHECK(empty.rows == 0);
  for (const ShapColumn& column : empty.columns) CHECK(column.importance == 0);
}

TEST_CASE("parts of boosting and forests add up, for any row") {
  const Rows rows = make_rows(1500);
  RandomForestOptions forest;
  forest.trees = 10;
  for (const TreeModel& model :
       {fitted(rows), fit_random_forest(rows.table, rows.target, forest).model}) {
    const TreeShap shap(model);
    std::vector<double> parts(4);
    std::vector<float> row = {std::numeric_limits<float>::infinity(), missing_value, 0, 77};
    for (std::size_t r = 0; r < 300; ++r) {
      if (r > 0) row.assign(rows.table.row(r).begin(), rows.table.row(r).end());
      shap.explain(row, parts);
      const double sum = std::accumulate(parts.begin(), parts.end(), shap.expected());
      CHECK(std::abs(sum - model.trees().margin(row)) < 1e-12);
    }
  }
}

TEST_CASE("tables: the same bits for any number of threads, importance is the mean") {
  const Rows rows = make_rows(9001);
  const TreeShap shap(fitted(rows));
  CHECK(shap.schema() == rows.table.schema());
  Matrix<double> parts(9001, 4);
  shap.explain(rows.table, parts);
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  Matrix<double> again(9001, 4);
  shap.explain(rows.table, again, context);
  CHECK(parts == again);

  const ShapImportance importance = shap.importance(rows.table, context);
  CHECK(importance.rows == 9001);
  CHECK(importance.expected == shap.expected());
  REQUIRE(importance.columns.size() == 4);
  CHECK(importance.columns.front().column == "a");
  CHECK(importance.columns.back().column == "noise");
  const ShapImportance alone = shap.importance(rows.table);
  for (std::size_t i = 0; i < 4; ++i) {
    const ShapColumn& column = importance.columns[i];
    CHECK(column.importance == alone.columns[i].importance);
    const std::size_t c = rows.table.schema().find(column.column);
    double size = 0;
    double mean = 0;
    for (std::size_t r = 0; r < 9001; ++r) {
      size += std::abs(parts(r, c)) / 9001;
      mean += parts(r, c) / 9001;
    }
    CHECK(column.importance == Approx(size).epsilon(1e-10));
    CHECK(column.mean == Approx(mean).margin(1e-12));
  }
}

TEST_CASE("watch lists take their reasons from the parts") {
  const Rows rows = make_rows(400);
  const TreeModel model = fitted(rows);
  const TreeShap shap(model);
  std::vector<double> p(400);
  model.score(rows.table, p);
  std::vector<std::string> names;
  for (const ScoreColumn& column : model.schema().columns()) names.push_back(column.name);
  const std::vector<double> value(400, 10);
  const ChurnWatch watch = churn_watch(
      p, value, names,
      [&](std::size_t row, std::span<double> parts) { shap.explain(rows.table.row(row), parts); });
  REQUIRE(!watch.warnings.empty());
  const ChurnWarning& first = watch.warnings.front();
  REQUIRE(!first.reasons.empty());
  std::vector<double> parts(4);
  shap.explain(rows.table.row(first.row), parts);
  CHECK(first.reasons.front().effect == *std::max_element(parts.begin(), parts.end()));
}

}  // namespace
