// Models that XGBoost trains, saves and predicts with: our import of the same file must predict the
// same. Data are made from a seed.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/score/xgboost_model.hpp"
#include "support/catch.hpp"
#include "xgboost/comparison.hpp"
#include "xgboost/oracle.hpp"
#include "xgboost/sample.hpp"

namespace {

using namespace emptor;
using test::check_bits;
using test::greatest_difference;
using test::imported;
using test::make_sample;
using test::of;
using test::XgboostBooster;
using test::XgboostParameters;
using test::XgboostRows;

std::vector<double> mapped(const std::vector<double>& signal, double (*to)(double)) {
  std::vector<double> out(signal.size());
  std::transform(signal.begin(), signal.end(), out.begin(), to);
  return out;
}

double over_zero(double s) {
  return s > 0 ? 1 : 0;
}
double same(double s) {
  return s;
}
double positive(double s) {
  return std::exp(0.5 * s);
}
double counted(double s) {
  return std::floor(std::exp(0.5 * s));
}
double of_four(double s) {
  return std::clamp(std::floor(s + 2), 0.0, 3.0);
}
double graded(double s) {
  return std::clamp(std::floor(s + 1), 0.0, 2.0);
}
double signed_time(double s) {
  return s > 1 ? -std::exp(s) : std::exp(s);
}

const XgboostParameters hist{{"tree_method", "hist"}, {"max_depth", "6"}, {"eta", "0.2"}};

XgboostParameters with(XgboostParameters base, const XgboostParameters& more) {
  base.insert(base.end(), more.begin(), more.end());
  return base;
}

}  // namespace

TEST_CASE("xgboost oracle: a million rows to 1e-6", "[score][xgboost]") {
  const test::XgboostSample sample = make_sample(1, 1'000'000);
  std::vector<std::uint32_t> first(50'000);
  for (std::uint32_t i = 0; i < first.size(); ++i) first[i] = i;
  const ScoreTable train = sample.table.take(first);
  const std::vector<double> target =
      mapped({sample.signal.begin(), sample.signal.begin() + 50'000}, over_zero);
  XgboostRows rows(train);
  rows.set("label", target);
  const XgboostBooster booster(
      rows, with(hist, {{"objective", "binary:logistic"}, {"base_score", "0.3"}}), 100);
  const TreeModel model = imported(booster, of(sample.table));
  REQUIRE(model.trees().trees() == 100);
  CHECK(!model.trees().parts().sets.empty());
  const XgboostRows all(sample.table);
  CHECK(greatest_difference(model, sample.table, booster.predict(all)) < 1e-6);
  check_bits(model, sample.table, booster.predict(all, XgboostBooster::Kind::margin));
  const Result<TreeModel> again = TreeModel::load(model.save());
  REQUIRE(again.has_value());
  CHECK(*again == model);
}

TEST_CASE("xgboost oracle: objectives", "[score][xgboost]") {
  const test::XgboostSample sample = make_sample(2, 20'000);
  const test::XgboostSample other = make_sample(3, 20'000);
  const XgboostRows held(other.table);
  struct Case {
    XgboostParameters parameters;
    double (*target)(double);
  };
  const std::vector<Case> cases = {
      {{{"objective", "binary:logistic"}, {"scale_pos_weight", "3"}}, over_zero},
      {{{"objective", "binary:logitraw"}, {"base_score", "0.7"}}, over_zero},
      {{{"objective", "reg:logistic"}}, over_zero},
      {{{"objective", "reg:squarederror"}, {"base_score", "-3.25"}}, same},
      {{{"objective", "reg:squaredlogerror"}}, positive},
      {{{"objective", "reg:pseudohubererror"}}, same},
      {{{"objective", "reg:absoluteerror"}}, same},
      {{{"objective", "count:poisson"}, {"base_score", "1.5"}}, counted},
      {{{"objective", "reg:gamma"}}, positive},
      {{{"objective", "reg:tweedie"}, {"tweedie_variance_power", "1.3"}}, counted},
      {{{"objective", "survival:cox"}}, signed_time},
      {{{"objective", "rank:pairwise"}}, graded},
      {{{"objective", "rank:ndcg"}}, graded},
      {{{"objective", "rank:map"}}, over_zero},
  };
  for (const Case& one : cases) {
    XgboostRows rows(sample.table);
    rows.set("label", mapped(sample.signal, one.target));
    const std::string& objective = one.parameters.front().second;
    INFO(objective);
    if (objective.starts_with("rank:")) rows.groups(std::vector<unsigned>(1000, 20));
    const XgboostBooster booster(rows, with(hist, one.parameters), 30);
    const TreeModel model = imported(booster, of(sample.table));
    CHECK(greatest_difference(model, other.table, booster.predict(held)) < 1e-6);
    check_bits(model, other.table, booster.predict(held, XgboostBooster::Kind::margin));
  }
  XgboostRows rows(sample.table);
  rows.set("label", mapped(sample.signal, positive));
  rows.set("label_lower_bound", mapped(sample.signal, positive));
  rows.set("label_upper_bound", mapped(sample.signal, positive));
  const XgboostBooster lifetimes(rows, with(hist, {{"objective", "survival:aft"}}), 30);
  CHECK(greatest_difference(imported(lifetimes, of(sample.table)), other.table,
                            lifetimes.predict(held)) < 1e-6);

  rows.set("label", mapped(sample.signal, over_zero));
  const XgboostBooster hinge(rows, with(hist, {{"objective", "binary:hinge"}}), 10);
  CHECK_FALSE(load_xgboost(hinge.json()).has_value());
  XgboostOptions margins = of(sample.table);
  margins.margins = true;
  CHECK(greatest_difference(imported(hinge, margins), other.table,
                            hinge.predict(held, XgboostBooster::Kind::margin)) < 1e-6);
}

TEST_CASE("xgboost oracle: boosters and how trees are grown", "[score][xgboost]") {
  const test::XgboostSample sample = make_sample(4, 20'000);
  const test::XgboostSample other = make_sample(5, 20'000);
  const XgboostRows held(other.table);
  XgboostRows rows(sample.table);
  rows.set("label", mapped(sample.signal, over_zero));
  const XgboostParameters logistic{{"objective", "binary:logistic"}, {"tree_method", "hist"}};
  struct Case {
    XgboostParameters parameters;
    int rounds;
    bool plain;  // leaves are summed as they stand in the file
  };
  const std::vector<Case> cases = {
      {{{"booster", "dart"}, {"rate_drop", "0.2"}, {"skip_drop", "0.3"}}, 40, false},
      {{{"num_parallel_tree", "25"},
        {"eta", "1"},
        {"subsample", "0.6"},
        {"colsample_bynode", "0.5"}},
       1,
       true},
      {{{"num_parallel_tree", "4"}, {"subsample", "0.7"}}, 10, true},
      {{{"max_cat_to_onehot", "1"}}, 30, true},
      {{{"max_cat_to_onehot", "64"}}, 30, true},
      {{{"grow_policy", "lossguide"}, {"max_leaves", "80"}, {"max_depth", "0"}}, 30, true},
      {{{"tree_method", "approx"}}, 10, true},
      {{{"gamma", "2"}, {"max_depth", "9"}, {"min_child_weight", "8"}}, 30, true},
      {{{"max_depth", "1"}, {"lambda", "0"}, {"alpha", "3"}}, 60, true},
  };
  for (const Case& one : cases) {
    INFO(one.parameters.front().first << " " << one.parameters.front().second);
    const XgboostBooster booster(rows, with(logistic, one.parameters), one.rounds);
    const TreeModel model = imported(booster, of(sample.table));
    CHECK(greatest_difference(model, other.table, booster.predict(held)) < 1e-6);
    if (one.plain) {
      check_bits(model, other.table, booster.predict(held, XgboostBooster::Kind::margin));
    }
  }
}

TEST_CASE("xgboost oracle: exact and pruned trees of numbers", "[score][xgboost]") {
  const test::XgboostSample sample = make_sample(6, 10'000);
  std::vector<ScoreColumn> columns = sample.table.schema().columns();
  for (ScoreColumn& column : columns) {
    column.kind = ScoreColumnKind::number;
    column.categories.clear();
  }
  const ScoreTable numbers(ScoreSchema(std::move(columns)), sample.table.values());
  XgboostRows rows(numbers);
  rows.set("label", mapped(sample.signal, over_zero));
  XgboostBooster booster(rows,
                         {{"objective", "binary:logistic"},
                          {"tree_method", "exact"},
                          {"gamma", "3"},
                          {"max_depth", "8"}},
                         30);
  booster.name_columns(numbers.schema());
  const TreeModel model = imported(booster);
  CHECK(model.schema() == numbers.schema());  // names and types stand in the file
  CHECK(greatest_difference(model, numbers, booster.predict(rows)) < 1e-6);
  check_bits(model, numbers, booster.predict(rows, XgboostBooster::Kind::margin));

  const XgboostBooster linear(rows, {{"objective", "binary:logistic"}, {"booster", "gblinear"}},
                              20);
  const Result<XgboostLinear> weights = load_xgboost_linear(linear.json());
  REQUIRE(weights.has_value());
  const std::span<const float> expected = linear.predict(rows);
  double worst = 0;
  for (std::size_t i = 0; i < numbers.rows(); ++i) {
    worst = std::max(worst, std::abs(weights->score(numbers.row(i)) - double{expected[i]}));
  }
  CHECK(worst < 1e-6);
}

TEST_CASE("xgboost oracle: classes, rounds", "[score][xgboost]") {
  const test::XgboostSample sample = make_sample(7, 10'000);
  XgboostRows rows(sample.table);
  rows.set("label", mapped(sample.signal, of_four));
  XgboostBooster booster(rows,
                         with(hist, {{"objective", "multi:softprob"},
                                     {"num_class", "4"},
                                     {"num_parallel_tree", "2"},
                                     {"subsample", "0.7"}}),
                         15);
  booster.set_attribute("best_iteration", "6");
  XgboostOptions options = of(sample.table);
  for (const bool best : {false, true}) {
    options.to_best_round = best;
    const Result<std::vector<TreeModel>> classes = load_xgboost_outputs(booster.json(), options);
    REQUIRE(classes.has_value());
    REQUIRE(classes->size() == 4);
    CHECK((*classes)[3].trees().trees() == (best ? 14U : 30U));
    const std::span<const float> expected =
        booster.predict(rows, XgboostBooster::Kind::score, best ? 7 : 0);
    std::vector<double> probabilities(4);
    double worst = 0;
    for (std::size_t i = 0; i < sample.table.rows(); ++i) {
      softmax_scores(*classes, sample.table.row(i), probabilities);
      for (std::size_t k = 0; k < 4; ++k) {
        worst = std::max(worst, std::abs(probabilities[k] - double{expected[i * 4 + k]}));
      }
    }
    CHECK(worst < 1e-6);
  }
}
