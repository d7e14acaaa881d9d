// Binary measures against their definitions pair by pair; folds against what they promise.

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/binary.hpp"
#include "emptor/evaluate/roc.hpp"
#include "emptor/evaluate/stratified.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using Numbers = std::vector<double>;

bool close(double a, double b) {
  return (a != a && b != b) || std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b));
}

struct Drawn {
  Numbers target, score, other, weight;
};

/// Few distinct scores, so that ties are many; weights 0 to 3 or none.
Drawn draw_rows(int most) {
  Drawn out;
  const int n = *rc::gen::inRange(0, most);
  const bool weighted = *rc::gen::arbitrary<bool>();
  for (int i = 0; i < n; ++i) {
    out.target.push_back(*rc::gen::inRange(0, 2));
    out.score.push_back(*rc::gen::inRange(-4, 5));
    out.other.push_back(*rc::gen::inRange(-2, 3));
    if (weighted) out.weight.push_back(*rc::gen::inRange(0, 4));
  }
  return out;
}

double weight(const Drawn& rows, std::size_t i) {
  return rows.weight.empty() ? 1 : rows.weight[i];
}

struct Pairs {
  double auc = 0;
  Numbers component;  // of each row
  double positive = 0, negative = 0;
  double positives = 0, negatives = 0;
};

Pairs by_pairs(const Drawn& rows, const Numbers& score) {
  Pairs out;
  const std::size_t n = score.size();
  for (std::size_t i = 0; i < n; ++i) {
    const double w = weight(rows, i);
    (rows.target[i] == 1 ? out.positive : out.negative) += w;
    (rows.target[i] == 1 ? out.positives : out.negatives) += w > 0 ? 1 : 0;
  }
  out.component.assign(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (rows.target[i] != 1 || rows.target[j] != 0) continue;
      const double right = score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0;
      out.auc += weight(rows, i) * weight(rows, j) * right / (out.positive * out.negative);
      out.component[i] += weight(rows, j) * right / out.negative;
      out.component[j] += weight(rows, i) * right / out.positive;
    }
  }
  return out;
}

double naive_variance(const Drawn& rows, const Pairs& of, const Numbers& component, double mean) {
  double sums[2] = {0, 0};
  for (std::size_t i = 0; i < component.size(); ++i) {
    sums[rows.target[i] == 1] += std::pow(weight(rows, i) * (component[i] - mean), 2);
  }
  return sums[1] / (of.positive * of.positive) * of.positives / (of.positives - 1) +
         sums[0] / (of.negative * of.negative) * of.negatives / (of.negatives - 1);
}

}  // namespace

TEST_CASE("AUC and its variance are those of all pairs", "[evaluate][binary]") {
  test::check_property("pairs", [] {
    const Drawn rows = draw_rows(40);
    const AucEstimate auc = roc_auc({rows.target, rows.score, rows.weight});
    const Pairs pairs = by_pairs(rows, rows.score);
    if (pairs.positives == 0 || pairs.negatives == 0) {
      RC_ASSERT(std::isnan(auc.auc));
      return;
    }
    RC_ASSERT(close(auc.auc, pairs.auc));
    if (pairs.positives < 2 || pairs.negatives < 2) {
      RC_ASSERT(std::isnan(auc.standard_error));
      return;
    }
    const double variance = naive_variance(rows, pairs, pairs.component, pairs.auc);
    RC_ASSERT(close(auc.standard_error * auc.standard_error, variance));
    const AucComparison both = compare_roc_auc({rows.target, rows.score, rows.weight}, rows.other);
    const Pairs second = by_pairs(rows, rows.other);
    Numbers differences = pairs.component;
    for (std::size_t i = 0; i < differences.size(); ++i) differences[i] -= second.component[i];
    const double of_both = naive_variance(rows, pairs, differences, pairs.auc - second.auc);
    RC_ASSERT(close(both.difference, pairs.auc - second.auc));
    RC_ASSERT(close(both.standard_error * both.standard_error, of_both));
  });
}

TEST_CASE("measures do not change with the order of rows", "[evaluate][binary]") {
  test::check_property("order", [] {
    const Drawn rows = draw_rows(60);
    Drawn turned = rows;
    for (Numbers* one : {&turned.target, &turned.score, &turned.weight}) {
      std::reverse(one->begin(), one->end());
    }
    const BinaryScores a{rows.target, rows.score, rows.weight};
    const BinaryScores b{turned.target, turned.score, turned.weight};
    RC_ASSERT(close(roc_auc(a).auc, roc_auc(b).auc));
    RC_ASSERT(close(average_precision(a), average_precision(b)));
    RC_ASSERT(close(kolmogorov_smirnov(a).distance, kolmogorov_smirnov(b).distance));
  });
}

TEST_CASE("average precision and KS threshold by threshold", "[evaluate][binary]") {
  test::check_property("thresholds", [] {
    const Drawn rows = draw_rows(40);
    const BinaryScores given{rows.target, rows.score, rows.weight};
    double last_recall = 0;
    double precision_sum = 0;
    double distance = 0;
    bool both = true;
    for (int threshold = 5; threshold >= -4; --threshold) {
      const ConfusionCounts at = confusion_at(given, threshold);
      both = at.true_positive + at.false_negative > 0 && at.true_negative + at.false_positive > 0;
      if (!both) break;
      distance = std::max(distance, std::abs(at.recall() - (1 - at.specificity())));
      if (at.true_positive + at.false_positive == 0) continue;
      precision_sum += (at.recall() - last_recall) * at.precision();
      last_recall = at.recall();
    }
    if (!both) return;
    RC_ASSERT(close(average_precision(given), precision_sum));
    RC_ASSERT(close(kolmogorov_smirnov(given).distance, distance));
    // The area under the curve's points is the AUC.
    const std::vector<RocPoint> curve = roc_curve(given);
    double area = 0;
    for (std::size_t i = 1; i < curve.size(); ++i) {
      area += (curve[i].false_positive - curve[i - 1].false_positive) *
              (curve[i].true_positive + curve[i - 1].true_positive) / 2;
    }
    RC_ASSERT(close(area, roc_auc(given).auc));
  });
}

TEST_CASE("many rows rank as few do", "[evaluate][binary]") {
  // Beyond 4,096 rows another sort is used: scores of any bits, against std::sort's ranks.
  test::check_property(
      "radix",
      [](std::uint64_t seed) {
        Numbers target;
        Numbers score;
        RandomStream random(seed);
        for (int i = 0; i < 5000; ++i) {
          target.push_back(random.bernoulli(0.3) ? 1 : 0);
          const double size = std::exp(random.uniform(-300, 300));
          score.push_back(random.bernoulli(0.5) ? size : random.bernoulli(0.1) ? 0.0 : -size);
        }
        std::vector<std::size_t> order(score.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
        double halves = 0;
        double below = 0;
        double positive = 0;
        for (std::size_t i = 0; i < order.size();) {
          double here[2] = {0, 0};
          const double value = score[order[i]];
          for (; i < order.size() && score[order[i]] == value; ++i) {
            here[target[order[i]] == 1] += 1;
          }
          halves += here[1] * (2 * below + here[0]);
          below += here[0];
          positive += here[1];
        }
        RC_ASSERT(roc_auc({target, score}).auc == halves / (2 * below * positive));
      },
      10);
}

TEST_CASE("folds hold each class evenly and customers whole", "[evaluate][folds]") {
  test::check_property("folds", [] {
    const auto classes = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
    const auto folds = static_cast<std::size_t>(*rc::gen::inRange(2, 7));
    const Numbers target(classes.begin(), classes.end());
    const RowFolds cut =
        stratified_folds(target, {.folds = folds, .seed = *rc::gen::arbitrary<std::uint64_t>()});
    std::map<int, std::vector<int>> counts;
    std::vector<int> sizes(folds, 0);
    for (std::size_t i = 0; i < classes.size(); ++i) {
      auto& of = counts[classes[i]];
      of.resize(folds, 0);
      ++of[cut.fold[i]];
      ++sizes[cut.fold[i]];
    }
    counts[-1] = sizes;
    for (const auto& [one, of] : counts) {
      const auto [low, high] = std::minmax_element(of.begin(), of.end());
      RC_ASSERT(*high - *low <= 1);
    }
    std::vector<Customer> customers;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      customers.push_back(Customer{*rc::gen::inRange(0U, 9U)});
    }
    const RowFolds grouped = grouped_folds(customers, target, {.folds = folds});
    for (std::size_t i = 0; i < customers.size(); ++i) {
      RC_ASSERT(grouped.fold[i] < folds);
      for (std::size_t j = 0; j < i; ++j) {
        RC_ASSERT(customers[i] != customers[j] || grouped.fold[i] == grouped.fold[j]);
      }
    }
  });
}
