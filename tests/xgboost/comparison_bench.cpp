// Ours and XGBoost in one run, one thread, CPU seconds: boosting with equal settings (rows x 30,
// 100 trees of depth 6, histograms), then the model that XGBoost made, by both: a row at a time,
// in a batch, explained. `bench_xgboost [rows]`, by default 900,000.

#include <sys/resource.h>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/roc.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/tree_shap.hpp"
#include "emptor/score/xgboost_model.hpp"
#include "xgboost/oracle.hpp"

namespace {

using namespace emptor;
using test::XgboostBooster;
using test::XgboostRows;

/// CPU seconds of the process so far.
double now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Work>
double cost(Work&& work) {
  const double before = now();
  work();
  return now() - before;
}

struct Rows {
  ScoreTable table;
  std::vector<double> target;
};

Rows make_rows(std::size_t rows, std::uint64_t seed) {
  constexpr std::size_t d = 30;
  Matrix<float> values(rows, d);
  Rows out;
  for (std::size_t i = 0; i < rows; ++i) {
    RandomStream random(seed, i);
    const std::span<float> row = values.row(i);
    for (float& x : row) x = static_cast<float>(random.normal());
    for (std::size_t c = 20; c < 25; ++c) row[c] = std::floor(std::exp(row[c]) * 3);
    double margin = .8 * double{row[0]} + .6 * double{row[1]} * double{row[2]} +
                    std::sin(2 * double{row[3]}) - .5 * std::abs(double{row[4]}) -
                    .15 * double{row[20]} + .3 * double{row[7]} +
                    (row[5] > .5F && row[6] < 0 ? 1.2 : 0);
    for (std::size_t c = 25; c < d; ++c) {
      if (random.bernoulli(.2)) row[c] = missing_value;
    }
    margin += std::isnan(row[25]) ? .7 : .3 * double{row[25]};
    out.target.push_back(random.bernoulli(1 / (1 + std::exp(-margin))) ? 1 : 0);
  }
  std::vector<ScoreColumn> columns(d);
  for (std::size_t c = 0; c < d; ++c) columns[c].name = text("f", c);
  out.table = ScoreTable(ScoreSchema(std::move(columns)), std::move(values));
  return out;
}

double auc(const Rows& rows, const std::vector<double>& scores) {
  return roc_auc({.target = rows.target, .score = scores}).auc;
}

void print(const char* work, double ours, double theirs, const char* unit) {
  std::printf("%-40s %10.3f %10.3f %s   XGBoost / emptor %.2f\n", work, ours, theirs, unit,
              theirs / ours);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 900'000;
  const Rows train = make_rows(count, 1);
  const Rows held = make_rows(200'000, 2);
  std::printf("%zu rows x 30, one thread, CPU time%23s %10s\n", count, "emptor", "XGBoost");

  BoostingOptions options;
  options.rounds = 100;
  options.learning_rate = 0.1;
  options.max_depth = 6;
  options.min_child_weight = 1;
  options.row_share = 1;
  options.column_share = 1;
  options.patience = 0;
  TreeModel ours;
  const double our_fit =
      cost([&] { ours = fit_boosting(train.table, train.target, options).model; });
  // Making XGBoost's matrix is counted, as binning is of ours.
  const double before = now();
  XgboostRows rows(train.table);
  rows.set("label", train.target);
  const XgboostBooster booster(rows,
                               {{"objective", "binary:logistic"},
                                {"tree_method", "hist"},
                                {"max_bin", "255"},
                                {"max_depth", "6"},
                                {"eta", "0.1"}},
                               100);
  print("fit, 100 trees of depth 6", our_fit, now() - before, "s ");

  const TreeModel model = load_xgboost(booster.json()).value();
  std::vector<double> scores(held.table.rows());
  ours.score(held.table, scores);
  const double our_auc = auc(held, scores);
  const XgboostRows questions(held.table);
  std::span<const float> theirs;
  const double their_batch = cost([&] { theirs = booster.predict(questions); });
  const double our_batch = cost([&] { model.score(held.table, scores); });
  double worst = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    worst = std::max(worst, std::abs(scores[i] - double{theirs[i]}));
  }
  std::printf("%-40s %10.5f %10.5f\n", "AUC, 200,000 rows held out", our_auc, auc(held, scores));
  std::printf("%-40s %10.2g\n", "greatest difference of imported scores", worst);
  const double per_row = 1e6 / static_cast<double>(held.table.rows());
  print("batch, a row", our_batch * per_row, their_batch * per_row, "us");

  constexpr std::size_t singles = 20'000;
  double sum = 0;
  const double our_single = cost([&] {
    for (int again = 0; again < 10; ++again) {
      for (std::size_t i = 0; i < singles; ++i) sum += model.score(held.table.row(i));
    }
  });
  const std::string config =
      R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"missing":NaN,)"
      R"("strict_shape":false,"cache_id":0})";
  const double their_single = cost([&] {
    for (std::size_t i = 0; i < singles; ++i) {
      const std::string array =
          R"({"data":[)" +
          std::to_string(reinterpret_cast<std::uintptr_t>(held.table.row(i).data())) +
          R"(,true],"shape":[1,30],"typestr":"<f4","version":3})";
      const bst_ulong* shape = nullptr;
      bst_ulong dimensions = 0;
      const float* values = nullptr;
      test::xgboost_call(XGBoosterPredictFromDense(booster.handle(), array.c_str(), config.c_str(),
                                                   nullptr, &shape, &dimensions, &values));
      sum -= double{values[0]};
    }
  });
  print("one row at a time, in place", our_single * 1e6 / (10 * singles),
        their_single * 1e6 / singles, "us");

  constexpr std::uint32_t explained = 2'000;
  std::vector<std::uint32_t> first(explained);
  for (std::uint32_t i = 0; i < explained; ++i) first[i] = i;
  const ScoreTable some = held.table.take(first);
  const XgboostRows their_some(some);
  const TreeShap shap(model);
  std::vector<double> parts(30);
  const double our_shap = cost([&] {
    for (std::size_t i = 0; i < some.rows(); ++i) {
      shap.explain(some.row(i), parts);
      sum += parts[0];
    }
  });
  const double their_shap =
      cost([&] { sum += double{booster.predict(their_some, XgboostBooster::Kind::parts)[0]}; });
  print("TreeSHAP, a row", our_shap * 1e6 / explained, their_shap * 1e6 / explained, "us");
  return std::isfinite(sum) ? 0 : 1;
}
