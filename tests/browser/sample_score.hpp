#pragma once
// Made-up results of the room score, with names that try to break out of the page.

#include <cstdint>
#include <string>
#include <vector>

#include "emptor/report/sections_anomaly.hpp"
#include "emptor/report/sections_churn.hpp"
#include "emptor/report/sections_leads.hpp"
#include "emptor/report/sections_reviews.hpp"
#include "emptor/report/sections_satisfaction.hpp"
#include "sample_results.hpp"

namespace emptor::test {

inline SatisfactionEstimate sample_estimate(int seed) {
  SatisfactionEstimate out;
  out.measure = SatisfactionMeasure::nps;
  out.answers = 40 + static_cast<std::uint64_t>(200 * noise(seed));
  out.value = 40 * noise(seed + 1) - 5;
  out.low = out.value - 12;
  out.high = out.value + 11;
  out.shares = {0.2, 0.3, 0.5};
  return out;
}

inline void add_churn(ReportPage& page) {
  ChurnWatch watch;
  watch.customers = 900;
  watch.value_at_risk = 123'456;
  watch.watched = 60'000;
  for (std::uint32_t w = 0; w < 20; ++w) {
    ChurnWarning& one = watch.warnings.emplace_back();
    one.row = w;
    one.probability = 0.9 - 0.03 * w;
    one.value = 5'000;
    one.value_at_risk = one.probability * one.value;
    for (int r = 0; r < 4; ++r) {
      const int place = (static_cast<int>(w) + r * r) % 9;
      one.reasons.push_back({place == 0 ? attack : "reason number " + std::to_string(place),
                             1.0 / (r + 1), std::to_string(place)});
    }
  }
  add_churn_watch_section(page, watch,
                          {.currency = Currency("EUR"), .leaving = attack, .value = attack});
  std::vector<SurvivalGroup> groups(3);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups[g].name = g == 0 ? attack : "group " + std::to_string(g);
    groups[g].curve.customers = 100;
    groups[g].curve.events = 50;
    double left = 1;
    for (int t = 1; t < 40; ++t) {
      left *= 0.985 - 0.005 * static_cast<double>(g);
      groups[g].curve.points.push_back({.time = 10.0 * t,
                                        .survival = left,
                                        .lower = left - 0.05,
                                        .upper = std::fmin(1, left + 0.05)});
    }
  }
  add_survival_section(page, groups);
}

inline void add_opinions(ReportPage& page) {
  SatisfactionTrend trend;
  SatisfactionView view{.question = attack, .groups = "By channel"};
  view.report.total = sample_estimate(1);
  for (int g = 0; g < 6; ++g) {
    view.report.groups.emplace_back().estimate = sample_estimate(g);
    SatisfactionPoint& point = trend.points.emplace_back();
    point.month = 2024 * 12 + g;
    point.estimate = sample_estimate(g + 20);
    point.level = 20 - g;
    point.level_low = point.level - 8;
    point.level_high = point.level + 8;
  }
  view.group_name = [](std::uint32_t) { return attack; };
  view.trend = &trend;
  add_satisfaction_section(page, {&view, 1});
  SatisfactionDrivers drivers;
  drivers.rows = 300;
  ReviewOverview reviews{.reviews = 100, .positive = 60, .neutral = 10, .negative = 30};
  for (int d = 0; d < 6; ++d) {
    SatisfactionDriver& one = drivers.drivers.emplace_back();
    one.driver = d == 0 ? attack : "driver " + std::to_string(d);
    one.importance = 0.05 + 0.3 * noise(d);
    one.performance = 50 + 40 * noise(d + 9);
    one.quadrant = static_cast<DriverQuadrant>(d % 4);
    for (int m = 0; m < 4; ++m) {
      reviews.aspects.push_back({.aspect = one.driver,
                                 .month = 2024 * 12 + m,
                                 .mentions = 30,
                                 .judged = 20,
                                 .positive = 12,
                                 .negative = 5,
                                 .mean = noise(d + m) - 0.4});
    }
  }
  add_driver_section(page, drivers);
  reviews.care = {1, 0, 0, 2};
  reviews.examples = {{attack, Time{}, CareSeverity::critical, {CareTrigger::injury}, attack}};
  add_review_section(page, reviews);
}

inline void add_leads_and_trouble(ReportPage& page) {
  LeadGrid grid{.row_axis = "fit",
                .column_axis = "engagement",
                .rows = {"A", "B", "C", "D"},
                .columns = {"1", "2", "3", "4"}};
  for (std::uint64_t cell = 0; cell < 16; ++cell) grid.leads.push_back(cell * cell);
  LeadView lead{.name = attack};
  lead.why.grade_name = "A1";
  lead.why.axes = {"fit", "engagement"};
  for (int p = 0; p < 8; ++p) {
    lead.why.parts.push_back({.kind = ScorecardPartKind::attribute,
                              .axis = p % 2 == 0 ? "fit" : "engagement",
                              .rule = "rule-" + std::to_string(p),
                              .what = attack,
                              .points = p == 7 ? -9'500 : 10'000 + 1'000 * p});
  }
  add_lead_section(page, grid, {&lead, 1});
  OrderAlarmSummary alarms{.orders = 900, .alarms = 9};
  alarms.strongest[0] = 9;
  ComplaintRates rates{.cases = 90, .exposure = 3'000, .rate = 0.03, .low = 0.02, .high = 0.04};
  for (int g = 0; g < 8; ++g) {
    OrderAlarm& alarm = alarms.top.emplace_back();
    alarm.amount = 123'456;
    alarm.anomaly.score = 20 - g;
    for (std::size_t s = 0; s < order_signals; ++s) {
      alarm.anomaly.reasons[s] = {static_cast<OrderSignal>(s), 4 * noise(g + static_cast<int>(s)),
                                  0.01, 5'000};
    }
    rates.groups.push_back({.name = g == 0 ? attack : "group " + std::to_string(g),
                            .cases = 10,
                            .exposure = 300,
                            .rate = 0.02 + 0.03 * noise(g),
                            .low = 0.01,
                            .high = 0.06});
  }
  add_order_alarm_section(page, alarms, {.currency = Currency("EUR")});
  add_complaint_section(page, rates, {.groups = attack, .title = "Complaints by group"});
}

inline void add_score(ReportPage& page) {
  add_churn(page);
  add_opinions(page);
  add_leads_and_trouble(page);
}

}  // namespace emptor::test
