#include <cmath>
#include <string>

#include "emptor/report/sections_timing.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

template <class Add>
std::string timing_html(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, "nan") == 0);
  return html;
}

}  // namespace

TEST_CASE("next orders are listed with dates and chances", "[report][timing]") {
  const Time last = Time{Day{std::chrono::year{2026} / 3 / 1}};
  const auto in = [&](int days) { return last + std::chrono::days{days}; };
  const std::vector<NextOrder> next{{.customer = Customer{7},
                                     .orders = 4,
                                     .last = last,
                                     .interval_days = 30.4,
                                     .expected = in(31),
                                     .early = in(12),
                                     .late = in(80),
                                     .buys = 0.62}};
  NextOrderReport report;
  report.learned = {
      .pairs = 5, .intervals = 12, .items = 1, .typical_days = 28, .repeat_rate = 0.7};
  const auto who = [](Customer customer) { return text("customer ", index(customer)); };
  const std::string html =
      timing_html([&](ReportPage& page) { add_next_orders_section(page, next, report, who, 30); });
  CHECK_THAT(html, ContainsSubstring("customer 7"));
  CHECK_THAT(html, ContainsSubstring("2026-04-01"));
  CHECK_THAT(html, ContainsSubstring("2026-03-13"));
  CHECK_THAT(html, ContainsSubstring("2026-05-20"));
  CHECK_THAT(html, ContainsSubstring(">62.0%</td>"));
  CHECK_THAT(html, ContainsSubstring("12 intervals of 5 customers"));
  const std::string none =
      timing_html([&](ReportPage& page) { add_next_orders_section(page, {}, report, who, 30); });
  CHECK_THAT(none, ContainsSubstring("Nobody has ordered twice"));
}

TEST_CASE("seasons are bars, or a word why not", "[report][timing]") {
  Seasonality seasonality;
  const std::string none =
      timing_html([&](ReportPage& page) { add_seasonality_section(page, seasonality); });
  CHECK_THAT(none, ContainsSubstring("Two weeks are needed"));
  CHECK_THAT(none, ContainsSubstring("Twelve whole months"));
  for (int d = 0; d < 7; ++d) {
    seasonality.weekday.places.push_back({.index = d == 5 ? 0 : 7.0 / 6, .seen = 9});
  }
  seasonality.weekday.strength = 0.75;
  for (int m = 0; m < 12; ++m) seasonality.month.places.push_back({.seen = 1});
  seasonality.month.detrended = false;
  const std::string html =
      timing_html([&](ReportPage& page) { add_seasonality_section(page, seasonality); });
  CHECK_THAT(html, ContainsSubstring("explains 75%"));
  CHECK_THAT(html, ContainsSubstring("growth over the year"));
  CHECK(count(html, "<figure") == 2);
}

TEST_CASE("demand is drawn with what is expected of it", "[report][timing]") {
  DemandForecast forecast;
  forecast.history = {.label = "tea",
                      .known = true,
                      .period = Period::month,
                      .first = Day{std::chrono::year{2025} / 11 / 1},
                      .values = {5, 7, 6}};
  forecast.method = DemandMethod::naive;
  forecast.points = {{Day{std::chrono::year{2026} / 2 / 1}, 6, 4.5, 7.5}};
  forecast.comment = "In the test, naive had the least error.";
  forecast.accuracy = {{DemandMethod::naive, 3, 1.25, 0.8, 2.0 / 3},
                       {DemandMethod::smoothing, 3, 1.5, std::nan(""), 1}};
  const std::vector<DemandForecast> forecasts{forecast};
  const std::string html =
      timing_html([&](ReportPage& page) { add_demand_section(page, forecasts, "Units"); });
  CHECK_THAT(html, ContainsSubstring("tea"));
  CHECK_THAT(html, ContainsSubstring("By naive, 80% interval."));
  CHECK_THAT(html, ContainsSubstring("In the test, naive had the least error."));
  CHECK_THAT(html, ContainsSubstring("exponential smoothing"));
  CHECK_THAT(html, ContainsSubstring(">1.25</td>"));
  CHECK_THAT(html, ContainsSubstring(">66.7%</td>"));
  const std::string none =
      timing_html([](ReportPage& page) { add_demand_section(page, {}, "Units"); });
  CHECK_THAT(none, ContainsSubstring("no demand"));
}
