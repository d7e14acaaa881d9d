// ROC curves, their areas and intervals: by hand, and by scikit-learn's numbers.

#include "emptor/evaluate/roc.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "binary_sample.hpp"
#include "emptor/core/error.hpp"
#include "emptor/evaluate/binary.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::BinarySample;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
using Numbers = std::vector<double>;

Approx exactly(double value) {
  return Approx(value).epsilon(1e-13).margin(1e-15);
}

}  // namespace

TEST_CASE("AUC and DeLong's variance by hand", "[evaluate][binary]") {
  // Positives 3, 1; negatives 2, 1, 0. Components of positives: 1, (0 + 1/2 + 1) / 3 = 1/2; of
  // negatives: 1/2, 3/4, 1. Variances about 3/4: 1/8, 1/16. 1/8 / 2 + 1/16 / 3 = 1/12.
  const Numbers y{1, 0, 1, 0, 0};
  const Numbers s{3, 2, 1, 1, 0};
  const AucEstimate auc = roc_auc({y, s});
  CHECK(auc.auc == 0.75);
  CHECK(auc.gini() == 0.5);
  CHECK(auc.standard_error == exactly(std::sqrt(1.0 / 12)));
  CHECK(auc.low == exactly(0.75 - 1.959963984540054 * std::sqrt(1.0 / 12)));
  CHECK(auc.high == 1);
  CHECK(auc.positives == 2);
  CHECK(auc.negatives == 3);
  const std::vector<RocPoint> curve = roc_curve({y, s});
  REQUIRE(curve.size() == 5);
  CHECK(curve[0].threshold == infinity);
  CHECK(curve[2].threshold == 2);
  CHECK(curve[2].false_positive == exactly(1.0 / 3));
  CHECK(curve[3].true_positive == 1);
  CHECK(curve[4].false_positive == 1);
  const KolmogorovSmirnov ks = kolmogorov_smirnov({y, s});
  CHECK(ks.distance == 0.5);
  CHECK(ks.threshold == 3);
}

TEST_CASE("AUC, average precision, KS and losses as scikit-learn has them", "[evaluate][binary]") {
  // roc_auc_score(y, s, sample_weight=w), average_precision_score, log_loss, brier_score_loss,
  // max(tpr - fpr) of roc_curve; the standard errors by numpy from the matrix of all pairs:
  // sqrt(v.var(ddof=1) / len(v) + u.var(ddof=1) / len(u)).
  const BinarySample sample;
  CHECK(roc_auc(sample.plain()).auc == exactly(0.8541666666666666));
  CHECK(roc_auc(sample.weighted()).auc == exactly(0.8424744897959183));
  CHECK(roc_auc(sample.plain()).standard_error == exactly(0.057652165108579616));
  CHECK(average_precision(sample.plain()) == exactly(0.8101567703130202));
  CHECK(average_precision(sample.weighted()) == exactly(0.801059179103933));
  CHECK(binary_log_loss(sample.plain()) == exactly(0.4556589948427606));
  CHECK(binary_log_loss(sample.weighted()) == exactly(0.46477314517017215));
  CHECK(brier_score(sample.plain()) == exactly(0.1528325));
  CHECK(brier_score(sample.weighted()) == exactly(0.15652285714285713));
  CHECK(kolmogorov_smirnov(sample.plain()).distance == exactly(0.5833333333333333));
  CHECK(kolmogorov_smirnov(sample.weighted()).distance == exactly(0.5595238095238095));
  const ConfusionCounts at = confusion_at(sample.plain(), 0.5);
  CHECK(at.correlation() == exactly(0.4791666666666667));  // matthews_corrcoef(y, s >= .5)
  CHECK(at.f1() == exactly(0.6875));                       // f1_score(y, s >= .5)
  CHECK(at.accuracy() == exactly((at.true_positive + at.true_negative) / 40));
}

TEST_CASE("two areas of the same rows are compared in pairs", "[evaluate][binary]") {
  const BinarySample sample;
  const AucComparison both = compare_roc_auc(sample.plain(), sample.t);
  CHECK(both.b.auc == exactly(0.703125));
  CHECK(both.difference == exactly(0.15104166666666663));
  CHECK(both.standard_error == exactly(0.1027519419724332));  // numpy, as above
  CHECK(both.z == exactly(1.4699641074150096));
  CHECK(both.p_value == Approx(0.14157).epsilon(1e-3));
  const AucComparison same = compare_roc_auc(sample.weighted(), sample.s);
  CHECK(same.difference == 0);
  CHECK(same.p_value == 1);
  const Numbers y{0, 0, 1, 1};
  const Numbers right{1, 2, 3, 4};
  const Numbers wrong{4, 3, 2, 1};
  const AucComparison opposite = compare_roc_auc({y, right}, wrong);
  CHECK(opposite.difference == 1);
  CHECK(std::isnan(opposite.p_value));
}

TEST_CASE("whole weights of positives and negatives count pairs as copies do",
          "[evaluate][binary]") {
  const Numbers y{1, 0, 1, 0};
  const Numbers s{2, 2, 1, 0};
  const Numbers w{2, 1, 3, 4};
  const Numbers y2{1, 1, 0, 1, 1, 1, 0, 0, 0, 0};
  const Numbers s2{2, 2, 2, 1, 1, 1, 0, 0, 0, 0};
  CHECK(roc_auc({y, s, w}).auc == exactly(roc_auc({y2, s2}).auc));
  CHECK(average_precision({y, s, w}) == exactly(average_precision({y2, s2})));
  CHECK(kolmogorov_smirnov({y, s, w}).distance == exactly(kolmogorov_smirnov({y2, s2}).distance));
  Numbers tenfold = w;
  for (double& one : tenfold) one *= 10;
  CHECK(roc_auc({y, s, tenfold}).standard_error == exactly(roc_auc({y, s, w}).standard_error));
}

TEST_CASE("one class, no rows, all tied, infinite and weightless", "[evaluate][binary]") {
  const AucEstimate none = roc_auc({});
  CHECK(std::isnan(none.auc));
  CHECK(roc_curve({}).empty());
  CHECK(std::isnan(average_precision({})));
  CHECK(std::isnan(binary_log_loss({})));
  CHECK(score_spread({}).edges.empty());
  const Numbers ones{1, 1, 1};
  const Numbers s{0.1, 0.2, 0.3};
  CHECK(std::isnan(roc_auc({ones, s}).auc));
  CHECK(roc_auc({ones, s}).positives == 3);
  CHECK(std::isnan(kolmogorov_smirnov({ones, s}).distance));
  CHECK(average_precision({ones, s}) == 1);
  const Numbers y{1, 0, 1, 0};
  const Numbers tied{0.5, 0.5, 0.5, 0.5};
  CHECK(roc_auc({y, tied}).auc == 0.5);
  CHECK(roc_auc({y, tied}).standard_error == 0);
  CHECK(kolmogorov_smirnov({y, tied}).distance == 0);
  CHECK(average_precision({y, tied}) == 0.5);
  const Numbers ends{infinity, -infinity, 0, -0.0};
  CHECK(roc_auc({y, ends}).auc == 0.875);
  CHECK(score_spread({y, ends}, 4).edges.size() == 5);
  const Numbers zero{0, 0, 0, 0};
  CHECK(std::isnan(roc_auc({y, ends, zero}).auc));
  CHECK(std::isnan(brier_score({y, tied, zero})));
  const Numbers single{0, 1, 1, 0};
  const Numbers falling{4, 3, 2, 1};
  const AucEstimate one_each = roc_auc({y, falling, single});
  CHECK(one_each.auc == 0);
  CHECK(std::isnan(one_each.standard_error));
  CHECK(std::isnan(one_each.low));
}

TEST_CASE("bad rows are named", "[evaluate][binary]") {
  const Numbers y{1, 0, 1};
  const auto message = [](const auto& call) {
    try {
      call();
    } catch (const Exception& error) {
      return error.error().to_string();
    }
    return std::string();
  };
  const Numbers gap{1, missing, 0};
  CHECK(message([&] {
          (void)roc_auc({y, gap});
        }) == "roc_auc: a score must be a number, got nan in row 1");
  const Numbers third{1, 0, 0.5};
  const Numbers s{1, 2, 3};
  CHECK(message([&] { (void)roc_curve({third, s}); }).find("in row 2") != std::string::npos);
  const Numbers negative{1, -1, 1};
  CHECK(message([&] { (void)roc_auc({y, s, negative}); }).find("row 1") != std::string::npos);
  CHECK(message([&] { (void)brier_score({y, s}); }).find("in [0, 1]") != std::string::npos);
  const Numbers two{1, 0};
  CHECK_THROWS_AS(roc_auc({two, s}), Exception);
  CHECK_THROWS_AS(roc_auc({y, s, two}), Exception);
  CHECK_THROWS_AS(roc_auc({y, s}, 1), Exception);
  CHECK_THROWS_AS(roc_curve({y, s}, 1), Exception);
  CHECK_THROWS_AS(confusion_at({y, s}, missing), Exception);
}

TEST_CASE("a thinned curve keeps its ends and its order", "[evaluate][binary]") {
  Numbers y;
  Numbers s;
  for (int i = 0; i < 5000; ++i) {
    y.push_back(i % 3 == 0 ? 1 : 0);
    s.push_back((i * 7919) % 5003);
  }
  const std::vector<RocPoint> curve = roc_curve({y, s}, 50);
  CHECK(curve.size() <= 50);
  CHECK(curve.size() >= 45);
  CHECK(curve.front().true_positive == 0);
  CHECK(curve.back().false_positive == 1);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    CHECK(curve[i].true_positive >= curve[i - 1].true_positive);
    CHECK(curve[i].threshold < curve[i - 1].threshold);
  }
}

TEST_CASE("scores spread over bins class by class", "[evaluate][binary]") {
  const Numbers y{0, 0, 1, 1, 1};
  const Numbers s{0, 0.3, 0.6, 1, 1};
  const ScoreSpread spread = score_spread({y, s}, 4);
  CHECK(spread.edges == Numbers{0, 0.25, 0.5, 0.75, 1});
  CHECK(spread.negatives == Numbers{0.5, 0.5, 0, 0});
  CHECK(spread.positives[2] == exactly(1.0 / 3));
  CHECK(spread.positives[3] == exactly(2.0 / 3));
}
