#include <algorithm>
#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/purchase_lives.hpp"

using namespace emptor;
using namespace emptor::test;

namespace {

std::unique_ptr<PurchaseModel> like(const PurchaseModel& model, const std::vector<double>& p) {
  if (model.name() == "pareto_nbd") {
    return std::make_unique<ParetoNbdModel>(ParetoNbdParameters{p[0], p[1], p[2], p[3]});
  }
  return std::make_unique<BgNbdModel>(
      BgNbdParameters{p[0], p[1], p[2], p[3]},
      model.name() == "mbg_nbd" ? BgNbdVariant::mbg : BgNbdVariant::bg);
}

double total_log_likelihood(const PurchaseModel& model, const RepeatPurchases& bought) {
  const std::vector<double> each = model.log_likelihood(bought.patterns());
  double sum = 0;
  for (std::size_t i = 0; i < each.size(); ++i) sum += bought.weights()[i] * each[i];
  return sum;
}

}  // namespace

TEST_CASE("gradients of the fits are the differences of the log-likelihood") {
  const RepeatPurchases bought = few_customers();
  for (const FitFunction& fit : all_fits()) {
    for (const int iterations : {1, 2, 4}) {
      const Fitted fitted = fit(bought, iterations, 0, {});
      std::vector<double> logs;
      for (const ValueParameter& p : fitted.report.parameters) logs.push_back(std::log(p.value));
      CHECK(fitted.report.log_likelihood ==
            Approx(total_log_likelihood(*fitted.model, bought)).epsilon(1e-12));
      double steepest = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        const auto at = [&](double step) {
          std::vector<double> p;
          for (std::size_t j = 0; j < 4; ++j) p.push_back(std::exp(logs[j] + (i == j ? step : 0)));
          return total_log_likelihood(*like(*fitted.model, p), bought);
        };
        steepest = std::max(steepest, std::abs(at(1e-5) - at(-1e-5)) / 2e-5);
      }
      CAPTURE(fitted.report.model, iterations);
      CHECK(fitted.report.gradient == Approx(steepest).epsilon(1e-5).margin(1e-4));
      if (iterations == 1) CHECK(fitted.report.gradient > 0.1);
    }
  }
}

TEST_CASE("fits find the parameters that made the customers") {
  RandomStream random(11);
  Histories bg, mbg, pareto;
  for (int i = 0; i < 20'000; ++i) {
    const double age = 30 + i % 40;
    bg.add(bg_life(cdnow_bg, BgNbdVariant::bg, age, 0, random).seen);
    mbg.add(bg_life(cdnow_mbg, BgNbdVariant::mbg, age, 0, random).seen);
    pareto.add(pareto_life(cdnow_pareto, age, 0, random).seen);
  }
  const auto near = [](const ValueFitReport& report, const std::vector<double>& truth) {
    CHECK(report.converged);
    CHECK(report.dropout_identified);
    for (std::size_t i = 0; i < 4; ++i) {
      CAPTURE(report.model, report.parameters[i].name, report.parameters[i].value, truth[i]);
      CHECK(std::abs(report.parameters[i].value - truth[i]) <
            4 * report.parameters[i].standard_error);
      CHECK(report.parameters[i].standard_error < 0.3 * truth[i]);
    }
  };
  near(fit_bg_nbd(bg.collapsed()).report, {cdnow_bg.r, cdnow_bg.alpha, cdnow_bg.a, cdnow_bg.b});
  near(fit_mbg_nbd(mbg.collapsed()).report,
       {cdnow_mbg.r, cdnow_mbg.alpha, cdnow_mbg.a, cdnow_mbg.b});
  near(fit_pareto_nbd(pareto.collapsed()).report,
       {cdnow_pareto.r, cdnow_pareto.alpha, cdnow_pareto.s, cdnow_pareto.beta});
}

TEST_CASE("weights count customers, and customers of age 0 say nothing") {
  const RepeatPurchases bought = few_customers();
  Histories twice, young;
  std::vector<double> weights;
  for (std::size_t c = 0; c < bought.customers(); ++c) {
    const PurchasePattern& pattern = bought.patterns()[bought.pattern_of()[c]];
    twice.add(pattern);
    weights.push_back(c % 3 == 0 ? 2 : 1);
    young.add(pattern);
  }
  for (std::size_t c = 0; c < bought.customers(); c += 3) {
    young.add(bought.patterns()[bought.pattern_of()[c]]);
  }
  for (int i = 0; i < 50; ++i) young.add({});
  for (const FitFunction& fit : all_fits()) {
    const Fitted weighted = fit(twice.collapsed(weights), 500, 0, {});
    const Fitted repeated = fit(young.collapsed(), 500, 0, {});
    CHECK(weighted.report.customers + 50 == repeated.report.customers);
    CHECK(weighted.report.log_likelihood == Approx(repeated.report.log_likelihood).epsilon(1e-12));
    CHECK(weighted.report.parameters[1].value ==
          Approx(repeated.report.parameters[1].value).epsilon(1e-6));
  }
}

TEST_CASE("priors draw few customers' parameters from extremes") {
  Histories one;
  one.add({5, 20, 30});
  for (const FitFunction& fit : all_fits()) {
    const Fitted drawn = fit(one.collapsed(), 500, 2, {});
    CHECK(drawn.report.converged);
    for (const ValueParameter& p : drawn.report.parameters) {
      CAPTURE(drawn.report.model, p.name, p.value);
      CHECK(p.value > 1e-2);
      CHECK(p.value < 1e3);
    }
    const Fitted alone = fit(one.collapsed(), 500, 0, {});
    CHECK(alone.report.log_likelihood > drawn.report.log_likelihood);
    // Of one customer it is the prior that tells, and the sentence does not say otherwise.
    if (drawn.report.dropout_identified) {
      CHECK_THAT(drawn.report.sentence, ContainsSubstring("and the prior together tell"));
    }
  }
}

TEST_CASE("a fit says when dropout is not identified") {
  // Nobody ever leaves.
  Histories loyal;
  RandomStream random(8);
  for (int i = 0; i < 2000; ++i) {
    const double rate = random.gamma(2, 0.1);
    loyal.add(live(40 + i % 10, 0, rate, INFINITY, random, [](bool) { return false; }).seen);
  }
  for (const FitFunction& fit : all_fits()) {
    const Fitted fitted = fit(loyal.collapsed(), 500, 0, {});
    CAPTURE(fitted.report.model, fitted.report.parameters[2].value,
            fitted.report.parameters[3].value, fitted.report.parameters[3].standard_error);
    CHECK_FALSE(fitted.report.dropout_identified);
    CHECK(fitted.report.sentence.find("not identified") != std::string::npos);
    CHECK(fitted.report.parameters[0].value == Approx(2).epsilon(0.15));
    CHECK(fitted.model->probability_alive({3, 20, 40}) > 0.9);
  }
}

TEST_CASE("customers that cannot be fitted, and those that barely can") {
  const auto alone = [](const PurchasePattern& pattern, double weight) {
    Histories out;
    out.add(pattern);
    return out.collapsed(std::vector<double>{weight});
  };
  for (const FitFunction& fit : all_fits()) {
    CHECK(code_of([&] { (void)fit(Histories{}.collapsed(), 500, 0, {}); }) ==
          ErrorCode::invalid_value);
    CHECK(code_of([&] { (void)fit(alone({}, 9), 500, 0, {}); }) == ErrorCode::invalid_value);
    CHECK(code_of([&] {
            (void)fit(alone({0, 0, 40}, 9), 500, 0, {});
          }) == ErrorCode::invalid_value);
    CHECK(code_of([&] { (void)fit(few_customers(), 0, 0, {}); }) == ErrorCode::invalid_option);
    CHECK(code_of([&] { (void)fit(few_customers(), 9, -1, {}); }) == ErrorCode::invalid_option);
    // One customer, and a million of the same kind.
    for (const double weight : {1.0, 1e6}) {
      const Fitted fitted = fit(alone({5, 20, 30}, weight), 500, 0, {});
      CAPTURE(fitted.report.model, weight);
      CHECK(std::isfinite(fitted.report.log_likelihood));
      CHECK_FALSE(fitted.report.dropout_identified);
      const double expected = fitted.model->expected_purchases({5, 20, 30}, 30);
      CHECK(expected >= 0);
      CHECK(expected < 20);
    }
    const Context stopping{.progress = [](const ProgressStep&) { return Go::stop; }};
    const Fitted stopped = fit(few_customers(), 500, 0, stopping);
    CHECK(stopped.report.stopped);
    CHECK_FALSE(stopped.report.converged);
  }
}
