// Calibrators against scikit-learn and plain Newton steps, and by hand.

#include "emptor/evaluate/calibration.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "binary_sample.hpp"
#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "emptor/evaluate/binary.hpp"
#include "emptor/evaluate/reliability.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::BinarySample;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
using Numbers = std::vector<double>;

Approx nearly(double value) {
  return Approx(value).epsilon(1e-8);
}

const CalibrationOptions platt{};
const CalibrationOptions beta{.method = CalibrationMethod::beta};
const CalibrationOptions isotonic{.method = CalibrationMethod::isotonic};

}  // namespace

TEST_CASE("Platt's sigmoid as found elsewhere", "[evaluate][calibration]") {
  // 100 plain Newton steps in numpy on Platt's targets (weights divided by their mean);
  // scikit-learn's _SigmoidCalibration().fit(s, y) stops at -6.16767, 3.16054.
  const BinarySample sample;
  const CalibrationFit fit = fit_calibrator(sample.plain());
  CHECK(fit.report.converged);
  CHECK(fit.report.positives == 16);
  CHECK(fit.model.parameters()[0] == nearly(6.1676689445446256));
  CHECK(fit.model.parameters()[1] == nearly(-3.160545465618883));
  const CalibrationFit weighted = fit_calibrator(sample.weighted());
  CHECK(weighted.model.parameters()[0] == nearly(6.030212330081603));
  CHECK(weighted.model.parameters()[1] == nearly(-3.1030450559705947));
  CHECK(fit.model.probability(0.5) ==
        nearly(1 / (1 + std::exp(3.160545465618883 - 0.5 * 6.1676689445446256))));
  CHECK(fit.model.probability(infinity) == 1);
  CHECK(fit.model.probability(-infinity) == 0);
  CHECK(std::isnan(fit.model.probability(missing)));
}

TEST_CASE("beta calibration as plain Newton steps find it", "[evaluate][calibration]") {
  // numpy: logistic regression on ln p and -ln(1 - p), penalty 5e-7 slope^2, p = s + .05.
  BinarySample sample;
  for (double& one : sample.s) one += 0.05;
  const CalibrationFit fit = fit_calibrator(sample.plain(), beta);
  CHECK(fit.model.parameters()[0] == nearly(2.5605433593955156));
  CHECK(fit.model.parameters()[1] == nearly(0.8961345122402384));
  CHECK(fit.model.parameters()[2] == nearly(0.8335839357696326));
  const CalibrationFit weighted = fit_calibrator(sample.weighted(), beta);
  CHECK(weighted.model.parameters()[0] == nearly(2.3850257393006307));
  CHECK(weighted.model.parameters()[2] == nearly(0.661772880184933));
}

TEST_CASE("isotonic regression as scikit-learn has it", "[evaluate][calibration]") {
  // IsotonicRegression(out_of_bounds='clip').fit(s, y, sample_weight=w)
  //     .predict([-1, .15, .3, .42, .55, .7, 2])
  const BinarySample sample;
  const Numbers at{-1, 0.15, 0.3, 0.42, 0.55, 0.7, 2};
  const Numbers plain{0, 0, 0, 0.5, 0.5, 1, 1};
  const Numbers weighted{0, 0, 0, 0.4827586206896552, 0.4827586206896552, 1, 1};
  const CalibrationFit fit = fit_calibrator(sample.plain(), isotonic);
  const CalibrationFit of_weights = fit_calibrator(sample.weighted(), isotonic);
  Numbers out(at.size());
  fit.model.calibrate(at, out);
  for (std::size_t i = 0; i < at.size(); ++i) {
    CHECK(out[i] == nearly(plain[i]));
    CHECK(of_weights.model.probability(at[i]) == nearly(weighted[i]));
  }
}

TEST_CASE("pooling by hand: ties, weights, levels, infinite ends", "[evaluate][calibration]") {
  // Scores 1, 2, 2, 3 with outcomes 0, 1, 1, 0: the last three pool to 2/3.
  const Numbers y{0, 1, 1, 0};
  const Numbers s{1, 2, 2, 3};
  const CalibrationFit fit = fit_calibrator({y, s}, isotonic);
  CHECK(Numbers(fit.model.knot_scores().begin(), fit.model.knot_scores().end()) ==
        Numbers{1, 2, 3});
  CHECK(fit.model.probability(0) == 0);
  CHECK(fit.model.probability(2) == nearly(2.0 / 3));
  CHECK(fit.model.probability(1.5) == nearly(1.0 / 3));
  CHECK(fit.model.probability(9) == nearly(2.0 / 3));
  const Numbers w{1, 1, 1, 6};
  CHECK(fit_calibrator({y, s, w}, isotonic).model.probability(3) == nearly(0.25));
  const Numbers ends{-infinity, 0, 1, infinity};
  const Numbers rising{0, 0, 1, 1};
  const ProbabilityCalibrator open = fit_calibrator({rising, ends}, isotonic).model;
  CHECK(open.probability(-5) == 0);
  CHECK(open.probability(0.5) == nearly(0.5));
  CHECK(open.probability(infinity) == 1);
  const Numbers turned{1, 0, 0, 0};
  const CalibrationFit level = fit_calibrator({turned, ends}, isotonic);
  CHECK(level.report.constant);
  CHECK(level.model.probability(0.3) == nearly(0.25));
}

TEST_CASE("separated, turned round, tied and one-sided rows", "[evaluate][calibration]") {
  const Numbers y{0, 0, 0, 1, 1, 1};
  const Numbers p{0.1, 0.2, 0.3, 0.7, 0.8, 0.9};
  for (const CalibrationOptions& options : {platt, beta, isotonic}) {
    const CalibrationFit fit = fit_calibrator({y, p}, options);
    CHECK(fit.report.converged);
    CHECK_FALSE(fit.report.constant);
    for (const double one : fit.model.parameters()) CHECK(std::isfinite(one));
    CHECK(fit.model.probability(0.1) < 0.2);
    CHECK(fit.model.probability(0.9) > 0.8);
    const Numbers turned{1, 1, 1, 0, 0, 0};
    const CalibrationFit level = fit_calibrator({turned, p}, options);
    CHECK(level.report.constant);
    CHECK(level.model.probability(0.1) == Approx(0.5));
    CHECK(level.model.probability(0.9) == Approx(0.5));
    const Numbers tied(6, 0.4);
    const Numbers few{1, 0, 0, 0, 0, 0};
    const CalibrationFit same = fit_calibrator({few, tied}, options);
    // Platt's targets are 2/3 and 1/7 here, not 1 and 0.
    const bool sigmoid = options.method == CalibrationMethod::platt;
    CHECK(same.model.probability(0.4) == Approx(sigmoid ? (2.0 / 3 + 5.0 / 7) / 6 : 1.0 / 6));
    const Numbers ones(6, 1.0);
    const CalibrationFit sided = fit_calibrator({ones, p}, options);
    CHECK(sided.report.one_class);
    CHECK(sided.model.probability(0.5) == Approx(7.0 / 8));
    const Numbers ends{0, 0, 0, 1, 1, 1};
    CHECK(std::isfinite(fit_calibrator({y, ends}, options).model.probability(1)));
    CHECK_THROWS_AS(fit_calibrator({}, options), Exception);
    const Numbers nothing(6, 0.0);
    CHECK_THROWS_AS(fit_calibrator({y, p, nothing}, options), Exception);
  }
  const Numbers beyond{0.1, 0.2, 0.3, 0.7, 0.8, infinity};
  CHECK_THROWS_AS(fit_calibrator({y, beyond}, platt), Exception);
  CHECK_THROWS_AS(fit_calibrator({y, beyond}, beta), Exception);
  // Scores of any size: what is large is scaled.
  const Numbers large{-3e200, -1e200, 2e200, 1e200, 4e200, 5e200};
  const CalibrationFit fit = fit_calibrator({y, large}, platt);
  CHECK(fit.model.probability(5e200) > 0.5);
  CHECK(fit.model.probability(-3e200) < 0.5);
}

TEST_CASE("probabilities that are too sure come true after calibration",
          "[evaluate][calibration]") {
  // Log odds twice as large as they should be; all three must lower the calibration error.
  RandomStream random(5);
  Numbers y;
  Numbers p;
  for (int i = 0; i < 20'000; ++i) {
    const double odds = random.normal(-1, 1.2);
    y.push_back(random.bernoulli(1 / (1 + std::exp(-odds))) ? 1 : 0);
    p.push_back(1 / (1 + std::exp(-2 * odds)));
  }
  const double before = reliability_curve({y, p}).expected_error;
  CHECK(before > 0.05);
  const RowFolds folds = stratified_folds(y);
  CalibrationOptions of_odds = platt;
  of_odds.log_odds = true;
  for (const CalibrationOptions& options : {of_odds, beta, isotonic}) {
    const CrossFittedCalibration fit = cross_fit_calibration({y, p}, folds, options);
    CHECK(reliability_curve({y, fit.probability}).expected_error < 0.015);
    CHECK(binary_log_loss({y, fit.probability}) < binary_log_loss({y, p}));
    CHECK(fit.model == fit_calibrator({y, p}, options).model);
  }
  const CalibrationFit half = fit_calibrator({y, p}, of_odds);
  CHECK(half.model.parameters()[0] == Approx(0.5).margin(0.02));
  CHECK(half.model.parameters()[1] == Approx(0).margin(0.05));
  CHECK_THROWS_AS(cross_fit_calibration({y, p}, RowFolds{{0, 1}, 2}), Exception);
}

TEST_CASE("calibrators are saved and loaded; forged ones are refused", "[evaluate][calibration]") {
  const BinarySample sample;
  for (const CalibrationOptions& options : {platt, beta, isotonic}) {
    const ProbabilityCalibrator model = fit_calibrator(sample.plain(), options).model;
    const std::vector<std::byte> bytes = model.save();
    const Result<ProbabilityCalibrator> back = ProbabilityCalibrator::load(bytes);
    REQUIRE(back);
    CHECK(*back == model);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      CHECK_FALSE(ProbabilityCalibrator::load(std::span(bytes).first(length)));
    }
  }
  const auto forged = [](CalibrationMethod method, bool odds, const Numbers& parameters,
                         const Numbers& scores, const Numbers& probabilities) {
    ArchiveWriter writer("probability-calibrator", 1);
    SectionWriter& section = writer.section("calibrator", 1);
    section.put(method);
    section.put(odds);
    section.put_array(parameters);
    section.put_array(scores);
    section.put_array(probabilities);
    return ProbabilityCalibrator::load(std::move(writer).finish()).has_value();
  };
  CHECK(forged(CalibrationMethod::platt, true, {1, 0}, {}, {}));
  CHECK_FALSE(forged(CalibrationMethod::platt, false, {}, {}, {}));
  CHECK_FALSE(forged(CalibrationMethod::platt, false, {-1, 0}, {}, {}));
  CHECK_FALSE(forged(CalibrationMethod::platt, false, {missing, 0}, {}, {}));
  CHECK_FALSE(forged(CalibrationMethod::beta, true, {1, 1, 0}, {}, {}));
  CHECK_FALSE(forged(CalibrationMethod::isotonic, false, {}, {}, {}));
  CHECK_FALSE(forged(CalibrationMethod::isotonic, false, {}, {1, 1}, {0, 1}));
  CHECK_FALSE(forged(CalibrationMethod::isotonic, false, {}, {1, 2}, {1, 0}));
  CHECK_FALSE(forged(CalibrationMethod::isotonic, false, {}, {1, 2}, {0, 2}));
  CHECK_FALSE(forged(CalibrationMethod::isotonic, false, {}, {1, missing}, {0, 1}));
}
