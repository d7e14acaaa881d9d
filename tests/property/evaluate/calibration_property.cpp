// Pooling against the definition of isotonic regression; calibrators rise; lift and profit against
// threshold by threshold.

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "emptor/evaluate/binary.hpp"
#include "emptor/evaluate/calibration.hpp"
#include "emptor/evaluate/lift.hpp"
#include "emptor/evaluate/profit.hpp"
#include "emptor/evaluate/reliability.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using Numbers = std::vector<double>;

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-11 * std::max(1.0, std::abs(b));
}

struct Drawn {
  Numbers target, score, weight;
};

/// Scores in tenths of [0, 1]; weights 0 to 3 or none.
Drawn draw_rows() {
  Drawn out;
  const int n = *rc::gen::inRange(1, 40);
  const bool weighted = *rc::gen::arbitrary<bool>();
  for (int i = 0; i < n; ++i) {
    out.target.push_back(*rc::gen::inRange(0, 2));
    out.score.push_back(*rc::gen::inRange(0, 11) / 10.0);
    if (weighted) out.weight.push_back(*rc::gen::inRange(0, 4));
  }
  return out;
}

}  // namespace

TEST_CASE("pooled shares are the least squares of all rising functions",
          "[evaluate][calibration]") {
  // The solution in closed form (Barlow et al., 1972): the greatest over starts a <= i of the
  // least over ends b >= i of the mean of groups a to b.
  test::check_property("max-min", [] {
    const Drawn rows = draw_rows();
    std::map<double, std::pair<double, double>> groups;  // score: positive, weight
    double positive = 0;
    double total = 0;
    for (std::size_t i = 0; i < rows.score.size(); ++i) {
      const double w = rows.weight.empty() ? 1 : rows.weight[i];
      if (w == 0) continue;
      groups[rows.score[i]].first += w * rows.target[i];
      groups[rows.score[i]].second += w;
      positive += w * rows.target[i];
      total += w;
    }
    if (positive == 0 || positive == total) return;
    const CalibrationFit fit = fit_calibrator({rows.target, rows.score, rows.weight},
                                              {.method = CalibrationMethod::isotonic});
    const std::vector<std::pair<double, std::pair<double, double>>> all(groups.begin(),
                                                                        groups.end());
    for (std::size_t i = 0; i < all.size(); ++i) {
      double best = 0;
      for (std::size_t a = 0; a <= i; ++a) {
        double least = 1;
        for (std::size_t b = i; b < all.size(); ++b) {
          double p = 0;
          double w = 0;
          for (std::size_t k = a; k <= b; ++k) {
            p += all[k].second.first;
            w += all[k].second.second;
          }
          least = std::min(least, p / w);
        }
        best = std::max(best, least);
      }
      RC_ASSERT(close(fit.model.probability(all[i].first), best));
    }
  });
}

TEST_CASE("calibrated probabilities never fall, and keep the mean", "[evaluate][calibration]") {
  test::check_property("rising", [] {
    const Drawn rows = draw_rows();
    const BinaryScores given{rows.target, rows.score, rows.weight};
    double weight = 0;
    for (const double w : rows.weight) weight += w;
    if (!rows.weight.empty() && weight == 0) return;
    for (const CalibrationMethod method :
         {CalibrationMethod::platt, CalibrationMethod::beta, CalibrationMethod::isotonic}) {
      const CalibrationFit fit = fit_calibrator(given, {.method = method});
      double last = 0;
      for (int i = -5; i <= 105; ++i) {
        const double p = fit.model.probability(i / 100.0);
        RC_ASSERT(p >= last && p <= 1);
        last = p;
      }
      RC_ASSERT(fit.report.converged);
      const Result<ProbabilityCalibrator> back = ProbabilityCalibrator::load(fit.model.save());
      RC_ASSERT(back.has_value());
      RC_ASSERT(*back == fit.model);
      if (method == CalibrationMethod::platt || fit.report.one_class) continue;
      Numbers p(rows.score.size());
      fit.model.calibrate(rows.score, p);
      const ReliabilityCurve curve = reliability_curve({rows.target, p, rows.weight});
      RC_ASSERT(std::abs(curve.predicted - curve.observed) < 1e-7);
    }
  });
}

TEST_CASE("lift, profit and the parts of the Brier score add up", "[evaluate][lift]") {
  test::check_property("sums", [] {
    const Drawn rows = draw_rows();
    const BinaryScores given{rows.target, rows.score, rows.weight};
    const LiftTable table = lift_table(given, static_cast<std::size_t>(*rc::gen::inRange(1, 13)));
    const ConfusionCounts all = confusion_at(given, -1);
    double positives = 0;
    double last = 2;
    for (const LiftGroup& group : table.groups) {
      positives += group.positives;
      RC_ASSERT(group.least_score <= last);
      last = group.least_score;
      RC_ASSERT(close(group.rate * group.weight, group.positives));
    }
    if (!table.groups.empty()) RC_ASSERT(close(positives, all.true_positive));

    const ProfitTerms terms{.true_positive = static_cast<double>(*rc::gen::inRange(-5, 20)),
                            .false_positive = static_cast<double>(*rc::gen::inRange(-9, 2)),
                            .false_negative = static_cast<double>(*rc::gen::inRange(-9, 2)),
                            .true_negative = static_cast<double>(*rc::gen::inRange(-2, 3))};
    const ProfitCurve curve = profit_curve(given, terms);
    for (const ProfitPoint& point : curve.points) {
      const ConfusionCounts at = confusion_at(given, point.threshold);
      RC_ASSERT(close(point.profit, at.true_positive * terms.true_positive +
                                        at.false_positive * terms.false_positive +
                                        at.false_negative * terms.false_negative +
                                        at.true_negative * terms.true_negative));
      RC_ASSERT(point.profit <= curve.best.profit);
    }
    for (const ReliabilityBinning binning :
         {ReliabilityBinning::equal_mass, ReliabilityBinning::equal_width,
          ReliabilityBinning::distinct}) {
      const ReliabilityCurve reliable = reliability_curve(given, {.bins = 4, .binning = binning});
      if (reliable.bins.empty()) continue;
      RC_ASSERT(close(reliable.parts.brier, brier_score(given)));
      RC_ASSERT(reliable.bins.size() <= 4 || binning == ReliabilityBinning::distinct);
      if (binning == ReliabilityBinning::distinct) {
        RC_ASSERT(std::abs(reliable.parts.within) < 1e-12);
      }
      for (const ReliabilityBin& bin : reliable.bins) {
        RC_ASSERT(bin.lower <= bin.observed && bin.observed <= bin.upper);
        RC_ASSERT(bin.low <= bin.predicted && bin.predicted <= bin.high);
      }
    }
  });
}
