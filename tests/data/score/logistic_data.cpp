// Telco churn by the default options, 3 of the 10 repeats of stratified 5-fold.

#include <algorithm>

#include "emptor/score/logistic.hpp"
#include "emptor/score/naive_bayes.hpp"
#include "support/catch.hpp"
#include "support/telco_data.hpp"
#include "waimai.hpp"

namespace {

using namespace emptor;

double auc_of_scores(const std::vector<double>& scores, const std::vector<double>& target) {
  std::vector<std::pair<double, double>> order;
  for (std::size_t i = 0; i < scores.size(); ++i) order.emplace_back(scores[i], target[i]);
  std::ranges::sort(order);
  double zeros = 0, wins = 0, ones = 0;
  for (std::size_t i = 0; i < order.size();) {
    double here_zero = 0, here_one = 0;
    const double score = order[i].first;
    for (; i < order.size() && order[i].first == score; ++i) {
      (order[i].second == 1 ? here_one : here_zero) += 1;
    }
    wins += here_one * (zeros + here_zero / 2);
    zeros += here_zero;
    ones += here_one;
  }
  return wins / (zeros * ones);
}

TEST_CASE("churn of a telephone company: logistic regression") {
  const test::Telco data = test::load_telco();
  REQUIRE(data.table.rows() == 7'043);
  const std::vector<std::uint32_t> labels(data.churn.begin(), data.churn.end());
  double auc = 0, brier = 0;
  for (std::uint64_t repeat = 0; repeat < 3; ++repeat) {
    const std::vector<std::size_t> fold = test::five_folds(labels, 100 + repeat);
    for (std::size_t k = 0; k < 5; ++k) {
      std::vector<std::uint32_t> train, held;
      for (std::uint32_t r = 0; r < fold.size(); ++r) (fold[r] == k ? held : train).push_back(r);
      std::vector<double> y, y_held, p(held.size());
      for (const std::uint32_t r : train) y.push_back(data.churn[r]);
      for (const std::uint32_t r : held) y_held.push_back(data.churn[r]);
      const LogisticFit fit = fit_logistic(data.table.take(train), y);
      fit.model.score(data.table.take(held), p);
      auc += auc_of_scores(p, y_held) / 15;
      for (std::size_t i = 0; i < p.size(); ++i) {
        brier += (p[i] - y_held[i]) * (p[i] - y_held[i]) / static_cast<double>(p.size()) / 15;
      }
    }
  }
  WARN("AUC " << auc << ", Brier " << brier);
  CHECK(auc >= 0.845);
  CHECK(brier <= 0.1356);
}

TEST_CASE("reviews of meals by naive Bayes") {
  const test::LabelledTexts data = test::load_waimai();
  const double accuracy = test::folded_accuracy(
      data, 1, [](auto texts, auto labels) { return fit_naive_bayes(texts, labels); });
  WARN("accuracy of 5 folds: " << accuracy);
  CHECK(accuracy >= 0.87);
}

}  // namespace
