// Satisfaction: whom to ask, which answers to trust, weights, scores with intervals, shops with few
// answers, what drives the overall answer, and how it moves.

#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/satisfaction.hpp"
#include "emptor/score/satisfaction_drivers.hpp"
#include "emptor/score/satisfaction_index.hpp"
#include "emptor/score/satisfaction_trend.hpp"
#include "emptor/score/survey_response.hpp"
#include "emptor/score/survey_sampling.hpp"
#include "emptor/score/survey_screening.hpp"
#include "emptor/score/survey_weights.hpp"

namespace {

using emptor::fixed;

std::string shown(const emptor::SatisfactionEstimate& e, int digits = 1) {
  return fixed(e.value, digits) + " (" + fixed(e.low, digits) + " to " + fixed(e.high, digits) +
         ", " + emptor::text(e.answers) + " answers)";
}

double within(double value, double low, double high) {
  return value < low ? low : value > high ? high : value;
}

}  // namespace

int main() {
  // Whom to ask: 2,000 customers of five shops, a margin of 5 points of a share.
  const emptor::Time now{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}};
  std::vector<emptor::SurveyCandidate> frame;
  std::vector<emptor::SurveyStratum> strata(5);
  for (std::uint32_t c = 0; c < 2000; ++c) {
    const std::uint32_t shop = c % 20 < 10   ? 0
                               : c % 20 < 15 ? 1
                               : c % 20 < 18 ? 2
                               : c % 20 < 19 ? 3
                                             : 4;
    ++strata[shop].population;
    frame.push_back({emptor::Customer{c}, shop,
                     c % 7 == 0 ? now - std::chrono::days{20} : emptor::never_asked});
  }
  const emptor::SurveySampleSize size =
      emptor::survey_sample_size({.population = 2000, .response_rate = 0.4});
  const auto wanted = emptor::allocate_survey(strata, size.invitations);
  const emptor::SurveySelection asked = emptor::select_survey(frame, wanted, now);
  std::cout << size.answers << " answers take " << size.invitations << " invitations\n";
  for (const emptor::SurveyStratumCount& shop : asked.strata) {
    std::cout << "  shop " << shop.stratum << ": " << shop.chosen << " of " << shop.population
              << " asked, " << shop.quarantined << " left in peace\n";
  }

  // What came back: younger customers answer less; the mood lifts in month 8.
  std::vector<double> answered, nps, wait, food, price, seconds;
  std::vector<std::uint32_t> shop, young;
  std::vector<emptor::Time> times;
  std::vector<double> is_young_of_all;
  for (const std::uint32_t row : asked.rows) {
    emptor::RandomStream random(7, row);
    const bool is_young = random.bernoulli(0.5);
    const bool says = random.bernoulli(is_young ? 0.25 : 0.5);
    answered.push_back(says ? 1 : 0);
    is_young_of_all.push_back(is_young ? 1 : 0);
    if (!says) continue;
    const std::uint32_t month = random.below(12);
    const double mood = random.normal(month >= 8 ? 3.9 : 3.2, 0.8) - (is_young ? 0.5 : 0);
    const auto item = [&](double shift) {
      return within(std::round(random.normal(mood + shift, 0.6)), 1, 5);
    };
    food.push_back(item(0.5));
    wait.push_back(6 - item(-0.6));  // 5: waited long
    price.push_back(within(std::round(random.normal(3, 1)), 1, 5));
    nps.push_back(within(
        std::round(2 + 0.9 * food.back() + 0.7 * (5 - wait.back()) + random.normal(0, 1)), 0, 10));
    seconds.push_back(40 + random.exponential(60));
    shop.push_back(frame[row].stratum);
    young.push_back(is_young ? 1 : 0);
    times.push_back(emptor::Time{
        std::chrono::sys_days{std::chrono::year{2025} / std::chrono::month{month + 1} / 10}});
  }
  seconds[3] = 9;

  const emptor::ScoreTable known =
      emptor::ScoreTableBuilder().number("young", is_young_of_all).finish();
  const emptor::NonResponseReport silent = emptor::compare_respondents(known, answered);
  std::cout << "\n"
            << silent.answered << " answered; young: " << fixed(silent.columns[0].answered, 2)
            << " of them, " << fixed(silent.columns[0].silent, 2) << " of the silent\n";

  const emptor::ScoreTable table = emptor::ScoreTableBuilder()
                                       .number("food", food)
                                       .number("wait", wait)
                                       .number("price", price)
                                       .finish();
  const std::vector<emptor::SatisfactionItem> items = {
      {"food", 1, 5}, {"wait", 1, 5, true}, {"price", 1, 5}};
  const emptor::SurveyScreening screening =
      emptor::screen_survey(table, items, {.seconds = seconds});
  for (std::size_t row = 0; row < screening.checks.size(); ++row) {
    if (!screening.checks[row].has(emptor::SurveyFlag::speeder)) continue;
    std::cout << "answer " << row << " took " << fixed(100 * screening.checks[row].pace, 0)
              << " % of the median time\n";
  }

  const std::vector<emptor::SurveyMargin> margins = {{"young", young, {0.5, 0.5}}};
  const emptor::SurveyWeights weights = emptor::rake_survey(margins);
  std::cout << "weights: design effect " << fixed(weights.report.design_effect, 2) << "\n\n";

  const emptor::SatisfactionReport all =
      emptor::measure_satisfaction(nps, emptor::nps_options(), weights.weights, shop);
  std::cout << "NPS " << shown(all.total) << "\n";
  for (const emptor::SatisfactionGroup& group : all.groups) {
    std::cout << "  shop " << group.group << " " << shown(group.estimate) << ", drawn to "
              << fixed(group.shrunk, 1) << "\n";
  }

  const emptor::SatisfactionDrivers drivers =
      emptor::satisfaction_drivers(table, nps, items, {}, weights.weights);
  std::cout << "\ndrivers explain " << fixed(100 * drivers.r_squared, 0) << " %\n";
  for (const emptor::SatisfactionDriver& driver : drivers.drivers) {
    std::cout << "  " << driver.driver << ": " << fixed(100 * driver.importance, 0)
              << " % of that, performance " << fixed(driver.performance, 0) << ", "
              << name(driver.quadrant) << "\n";
  }
  const auto weighed = emptor::weigh_by_importance(items, drivers);
  const emptor::SatisfactionIndex index =
      emptor::satisfaction_index(table, weighed, {}, weights.weights);
  std::cout << "index " << shown(index.report.index.total) << ", alpha "
            << fixed(index.report.alpha, 2) << "\n";

  const emptor::SatisfactionTrend trend =
      emptor::satisfaction_trend(nps, times, emptor::nps_options(), {}, weights.weights);
  std::cout << "\n";
  for (const emptor::SatisfactionPoint& point : trend.points) {
    std::cout << emptor::month_label(point.month) << " " << fixed(point.estimate.value, 0)
              << ", level " << fixed(point.level, 0) << " (" << fixed(point.level_low, 0) << " to "
              << fixed(point.level_high, 0) << ")" << (point.beyond ? ", beyond its limits" : "")
              << "\n";
  }
  if (trend.shift.found) {
    std::cout << "from " << emptor::month_label(trend.shift.month) << " on "
              << fixed(trend.shift.after, 0) << ", before " << fixed(trend.shift.before, 0)
              << " (p = " << fixed(trend.shift.p_value, 3) << ")\n";
  }
}
