#include "emptor/report/sections_timing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/report/chart.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::counted;
using detail::percent_column;
using detail::percent_text;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const ValueFormat whole{.decimals = 0};
const ValueFormat hundredths{.decimals = 2, .keep_zeros = true};

std::string label_of(const DemandSeries& series) {
  if (!series.known) return "(not known)";
  return series.label.empty() ? "All" : series.label;
}

/// The first days of all periods of the history, from the series itself and the first point.
std::vector<Day> days_of(const DemandForecast& forecast) {
  std::vector<Day> days;
  Day day = forecast.history.first;
  for (std::size_t t = 0; t < forecast.history.values.size(); ++t) {
    days.push_back(day);
    if (forecast.history.period == Period::month) {
      const std::chrono::year_month_day date{day};
      day = Day{(date.year() / date.month() + std::chrono::months{1}) / 1};
    } else {
      day += std::chrono::days{forecast.history.period == Period::week ? 7 : 1};
    }
  }
  for (const DemandPoint& point : forecast.points) days.push_back(point.first);
  return days;
}

TimeChart demand_chart(const DemandForecast& forecast, const std::string& unit) {
  TimeChart chart{.labels = {label_of(forecast.history),
                             text("By ", name(forecast.method), ", ",
                                  percent_text(forecast.interval), " interval."),
                             "Demand by period, and the forecast with its interval.", "", unit},
                  .days = days_of(forecast),
                  .series = {{.name = "actual"}, {.name = "forecast"}},
                  .from_zero = true};
  LineSeries& actual = chart.series[0];
  LineSeries& expected = chart.series[1];
  actual.values = forecast.history.values;
  actual.values.resize(chart.days.size(), missing);
  // The forecast's line begins at the last known value.
  const std::size_t known = forecast.history.values.size();
  for (auto* values : {&expected.values, &expected.low, &expected.high}) {
    values->assign(known, missing);
    values->back() = forecast.history.values.back();
  }
  for (const DemandPoint& point : forecast.points) {
    expected.values.push_back(point.mean);
    expected.low.push_back(point.low);
    expected.high.push_back(point.high);
  }
  return chart;
}

void add_season(ReportPage& page, const SeasonIndex& season, std::string_view title,
                std::span<const std::string_view> names) {
  BarChart chart{
      .labels = {std::string(title), "1 is the average.",
                 "Demand as a multiple of the average, by place in the season.", "", "Multiple"},
      .series = {{.name = "index"}},
      .format = {.decimals = 2}};
  for (std::size_t p = 0; p < season.places.size(); ++p) {
    chart.categories.emplace_back(names[p]);
    chart.series[0].values.push_back(season.places[p].index);
  }
  page.add_chart(chart, season.detrended
                            ? text("The season explains ", percent_text(season.strength),
                                   " of the variance about the trend.")
                            : "One year: growth over the year reads as a season, too.");
}

}  // namespace

void add_next_orders_section(ReportPage& page, std::span<const NextOrder> next,
                             const NextOrderReport& report,
                             const std::function<std::string(Customer)>& customer_name,
                             double within_days, std::size_t listed) {
  page.begin_section("Next orders", text("Who orders within ", format_value(within_days, whole),
                                         " days, the likeliest first, and when."));
  if (next.empty()) {
    page.add_paragraph("Nobody has ordered twice, so nothing is known of intervals.");
    return;
  }
  ReportTable table{.caption = "Likeliest next orders",
                    .columns = {"Customer", "Orders", "Last", "Every (days)", "Expected",
                                "Not before", "Not after", "Chance"},
                    .row_limit = listed};
  for (const NextOrder& one : next) {
    table.rows.push_back({customer_name(one.customer), one.orders, local_day(one.last),
                          ReportCell{one.interval_days, whole}, local_day(one.expected),
                          local_day(one.early), local_day(one.late),
                          ReportCell{one.buys, percent_column}});
  }
  page.add_table(table);
  const PurchaseIntervals& learned = report.learned;
  page.add_paragraph(
      text("Learned from ", counted(learned.intervals, "interval", "intervals"), " of ",
           counted(learned.pairs, "customer", "customers"),
           ": half of the intervals of the typical one "
           "are over after ",
           format_value(learned.typical_days, whole),
           " days; an order is followed "
           "by another in ",
           percent_text(learned.repeat_rate),
           " of cases. Dates are of a customer who "
           "does return; the chance knows that some do not. Seasons are not known to it."));
}

void add_seasonality_section(ReportPage& page, const Seasonality& seasonality) {
  constexpr std::string_view days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  page.begin_section("Seasons", "How demand goes with the day of the week and the month.");
  if (seasonality.weekday.places.empty()) {
    page.add_paragraph("Two weeks are needed to tell the days of the week apart.");
  } else {
    add_season(page, seasonality.weekday, "By day of the week", days);
  }
  if (seasonality.month.places.empty()) {
    page.add_paragraph("Twelve whole months are needed to tell the months apart.");
  } else {
    add_season(page, seasonality.month, "By month, a day", months);
  }
}

void add_demand_section(ReportPage& page, std::span<const DemandForecast> forecasts,
                        const std::string& unit, std::size_t drawn) {
  page.begin_section("Demand to come",
                     "Forecasts of the method that did best on the last periods.");
  if (forecasts.empty()) {
    page.add_paragraph("There is no demand to forecast.");
    return;
  }
  for (const DemandForecast& forecast : forecasts.first(std::min(drawn, forecasts.size()))) {
    page.add_chart(demand_chart(forecast, unit), forecast.comment);
  }
  ReportTable table{.caption = "How the methods did",
                    .columns = {"Series", "Method", "Forecasts", "Mean error", "Scaled error",
                                "Inside the interval"}};
  for (const DemandForecast& forecast : forecasts) {
    for (const DemandAccuracy& accuracy : forecast.accuracy) {
      table.rows.push_back({label_of(forecast.history), std::string(name(accuracy.method)),
                            accuracy.forecasts, ReportCell{accuracy.mae, hundredths},
                            ReportCell{accuracy.mase, hundredths},
                            ReportCell{accuracy.coverage, percent_column}});
    }
  }
  if (table.rows.empty()) return;
  page.add_table(table);
  page.add_paragraph(
      "Each of the last periods was forecast from what came before it. The scaled error is in "
      "units "
      "of the mean error of saying that all stays as it was (one season before): below 1 is "
      "better.");
}

}  // namespace emptor
