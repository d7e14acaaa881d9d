#include "emptor/report/sections_anomaly.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/time.hpp"
#include "emptor/report/chart.hpp"
#include "report/referral_text.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::in_words;
using detail::percent_text;

constexpr double least_surprise = 1.6;  // one order in five is as unusual in this
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const ValueFormat whole{.decimals = 0};
const ValueFormat one_digit{.decimals = 1, .keep_zeros = true};
const ValueFormat percent_axis{.style = NumberStyle::percent, .decimals = 1};
const ValueFormat percent_rate{.style = NumberStyle::percent, .decimals = 2};

double finite_or_missing(double value) {
  return std::isfinite(value) ? value : missing;
}

std::string time_text(double seconds) {
  const double days = seconds / 86'400;
  if (days >= 2) return text(format_value(days, whole), " days");
  return text(format_value(seconds / 3'600, whole), " hours");
}

/// What made it an alarm, strongest first; what says little is left out.
std::vector<const OrderReason*> strongest(const OrderAnomaly& anomaly) {
  std::vector<const OrderReason*> out;
  for (const OrderReason& reason : anomaly.reasons) {
    if (reason.surprise >= least_surprise) out.push_back(&reason);
  }
  std::stable_sort(out.begin(), out.end(), [](const OrderReason* a, const OrderReason* b) {
    return a->surprise > b->surprise;
  });
  return out;
}

/// The signals that speak in the alarms, at most five, "other" for the rest.
std::vector<std::size_t> common_signals(std::span<const OrderAlarm> alarms) {
  std::array<double, order_signals> sums{};
  for (const OrderAlarm& alarm : alarms) {
    for (std::size_t s = 0; s < order_signals; ++s) sums[s] += alarm.anomaly.reasons[s].surprise;
  }
  std::vector<std::size_t> out;
  for (std::size_t s = 0; s < order_signals; ++s) {
    if (sums[s] > 0) out.push_back(s);
  }
  std::stable_sort(out.begin(), out.end(),
                   [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
  return out;
}

void draw_alarms(ReportPage& page, std::span<const OrderAlarm> alarms,
                 const AnomalySectionOptions& options) {
  const std::vector<std::size_t> signals = common_signals(alarms);
  if (signals.empty()) return;
  StackChart chart{
      .labels = {"What is unusual about them", "Most unusual first",
                 "Parts of each order's score by what is unusual.", "Parts of the score", ""},
      .format = {.decimals = 1}};
  const std::size_t shown = signals.size() > 6 ? 5 : signals.size();
  for (std::size_t s = 0; s < shown; ++s) {
    chart.series.push_back({in_words(name(static_cast<OrderSignal>(signals[s]))), s});
  }
  if (signals.size() > shown) chart.series.push_back({"other", 5});
  for (const OrderAlarm& alarm : alarms) {
    StackRow& row = chart.rows.emplace_back();
    row.name = options.order_name ? options.order_name(alarm.row) : text("row ", alarm.row);
    row.note = format_value(alarm.anomaly.score, one_digit);
    row.values.assign(chart.series.size(), 0);
    for (std::size_t s = 0; s < signals.size(); ++s) {
      row.values[std::min(s, chart.series.size() - 1)] +=
          alarm.anomaly.reasons[signals[s]].surprise;
    }
  }
  page.add_chart(chart);
}

/// Fewer cases than half the exposure read as per cent.
bool in_percent(const ComplaintRates& rates) {
  return rates.share || rates.rate < 0.5;
}

std::string capital(std::string words) {
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') {
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
  }
  return words;
}

ReportCell rate_cell(double rate, bool percent) {
  if (!std::isfinite(rate)) return {};
  if (percent) return {rate, detail::percent_column};
  return {rate, {.decimals = 3, .keep_zeros = true}};
}

std::string place_text(FunnelPlace place) {
  switch (place) {
    case FunnelPlace::within:
      return "as chance has it";
    case FunnelPlace::low:
      return "low";
    case FunnelPlace::high:
      return "high";
    case FunnelPlace::low_alarm:
      return "very low";
    case FunnelPlace::high_alarm:
      return "very high";
  }
  return {};
}

void draw_funnel(ReportPage& page, const ComplaintRates& rates,
                 const ComplaintSectionOptions& options, const ValueFormat& format) {
  if (rates.funnel.size() < 2) return;
  LineChart chart{.labels = {"What chance would do", "",
                             "Limits of the rate of a group by its size, if all were alike.",
                             text("Number of ", options.exposure), "Rate"},
                  .series = {{.name = "all"}, {.name = "inner limits"}, {.name = "outer limits"}},
                  .x_format = {.style = NumberStyle::compact, .decimals = 1},
                  .y_format = format};
  for (const FunnelPoint& point : rates.funnel) {
    if (!chart.x.empty() && point.exposure <= chart.x.back()) continue;
    chart.x.push_back(point.exposure);
    chart.series[0].values.push_back(rates.rate);
    for (std::size_t s = 1; s < 3; ++s) {
      const double low = s == 1 ? point.low : point.low_alarm;
      const double high = s == 1 ? point.high : point.high_alarm;
      chart.series[s].values.push_back(finite_or_missing(high));
      chart.series[s].low.push_back(finite_or_missing(low));
      chart.series[s].high.push_back(finite_or_missing(high));
    }
  }
  page.begin_details("The limits by size").add_chart(chart).end_details();
}

ReportCell days_cell(double days) {
  if (std::isfinite(days)) return {days, one_digit};
  return ReportCell::worded(std::numeric_limits<double>::max(), "not yet");
}

}  // namespace

std::string order_reason_text(const OrderReason& reason, std::int64_t amount, Currency currency) {
  const auto money = [&](double minor) {
    return currency == Currency()
               ? format_value(minor, whole)
               : to_string(Money{static_cast<std::int64_t>(std::llround(minor)), currency});
  };
  switch (reason.signal) {
    case OrderSignal::amount:
      return text("amount ", money(static_cast<double>(amount)), " instead of about ",
                  money(reason.expected));
    case OrderSignal::items:
      return text(reason.measured > 0 ? "more" : "fewer", " items than the usual ",
                  format_value(reason.expected, whole));
    case OrderSignal::gap:
      return text(reason.measured > 0 ? "later" : "sooner", " than the usual ",
                  time_text(reason.expected));
    case OrderSignal::hour:
      return text("an hour with ", percent_text(reason.measured), " of orders");
    case OrderSignal::refund:
      return text("money back, which ", percent_text(reason.measured), " of orders are");
    case OrderSignal::device:
    case OrderSignal::country:
    case OrderSignal::method:
      break;
  }
  return text(name(reason.signal), " that ", percent_text(reason.measured), " of orders have");
}

void add_order_alarm_section(ReportPage& page, const OrderAlarmSummary& summary,
                             const AnomalySectionOptions& options, const std::string& title) {
  page.begin_section(title, "Held against the customer's own orders before them.");
  if (summary.orders == 0) {
    page.add_paragraph("There are no orders to look at.");
    return;
  }
  page.add_paragraph(text(
      counted(summary.alarms, "order", "orders"), " of ", count_text(summary.orders), " (",
      percent_text(summary.alarm_share), "; ", percent_text(summary.expected_share),
      " were asked for) ", summary.alarms == 1 ? "is" : "are",
      " unusual. That is no reproach: a wedding, an office that restocks and a stolen card look "
      "alike from here. ",
      counted(summary.first_orders, "order was", "orders were"),
      " the first of a customer and held against those of others."));
  BarChart reasons{.labels = {"Strongest reasons", "",
                              "Unusual orders by the signal that says most.", "", "Orders"},
                   .series = {{.name = "orders"}},
                   .format = whole,
                   .horizontal = true};
  for (std::size_t s = 0; s < order_signals; ++s) {
    if (summary.strongest[s] == 0) continue;
    reasons.categories.push_back(in_words(name(static_cast<OrderSignal>(s))));
    reasons.series[0].values.push_back(static_cast<double>(summary.strongest[s]));
  }
  if (!reasons.categories.empty()) page.add_chart(reasons);
  if (summary.periods.size() > 1) {
    TimeChart months{.labels = {"Unusual orders by month", "", "Share of orders that are unusual.",
                                "", "Share of orders"},
                     .series = {{.name = "unusual"}},
                     .format = percent_axis};
    for (const OrderAlarmPeriod& period : summary.periods) {
      months.days.push_back(std::chrono::year{period.month / 12} / (period.month % 12 + 1) / 1);
      months.series[0].values.push_back(
          detail::share_of(static_cast<double>(period.alarms), static_cast<double>(period.orders)));
    }
    page.add_chart(months);
  }
  const std::span<const OrderAlarm> top(summary.top);
  draw_alarms(page, top.first(std::min(options.drawn, top.size())), options);
  ReportTable table{
      .caption = "Most unusual orders",
      .columns = {"Order", "Customer", "Date", detail::with_unit("Amount", options.currency),
                  "Score", "Earlier orders", "Why"},
      .row_limit = options.listed};
  for (const OrderAlarm& alarm : top) {
    std::string why;
    for (const OrderReason* reason : strongest(alarm.anomaly)) {
      why +=
          text(why.empty() ? "" : "; ", order_reason_text(*reason, alarm.amount, options.currency));
    }
    table.rows.push_back({options.order_name ? options.order_name(alarm.row) : text(alarm.row),
                          detail::customer_text(options.customer_name, alarm.customer),
                          local_day(alarm.time),
                          options.currency == Currency()
                              ? ReportCell(alarm.amount)
                              : ReportCell::amount({alarm.amount, options.currency}),
                          {alarm.anomaly.score, one_digit},
                          alarm.anomaly.known,
                          why});
  }
  if (!top.empty()) page.add_table(table);
}

void add_complaint_section(ReportPage& page, const ComplaintRates& rates,
                           const ComplaintSectionOptions& options) {
  page.begin_section(options.title,
                     text("Rates of ", options.cases, ", set against ", options.exposure, '.'));
  if (!(rates.exposure > 0)) {
    page.add_paragraph(text("There are no ", options.exposure, " to look at."));
    return;
  }
  const bool percent = in_percent(rates);
  const ValueFormat format = percent ? percent_rate : ValueFormat{.decimals = 3};
  const ValueFormat confidence{.style = NumberStyle::percent, .decimals = 0};
  page.add_paragraph(text(format_value(rates.cases, whole), ' ', options.cases, " on ",
                          format_value(rates.exposure, whole), ' ', options.exposure,
                          ": a rate of ", format_value(rates.rate, format), " (",
                          format_value(rates.confidence, confidence), " interval ",
                          format_value(rates.low, format), " to ", format_value(rates.high, format),
                          "). Small groups have high and low rates by chance alone; the last "
                          "column says who stands out "
                          "beyond that."));
  IntervalChart chart{.labels = {text("Rate by ", options.groups),
                                 text("With ", format_value(rates.confidence, confidence),
                                      " intervals; dashed: all"),
                                 "The rate of each group with its interval.", "Rate", ""},
                      .format = format,
                      .reference = rates.rate,
                      .from_zero = true};
  ReportTable table{.caption = text("By ", options.groups),
                    .columns = {capital(options.groups), text("Number of ", options.cases),
                                text("Number of ", options.exposure), "Rate", "At least", "At most",
                                "Drawn to the mean", "Among chance's limits"}};
  std::vector<const ComplaintGroup*> groups;
  for (const ComplaintGroup& group : rates.groups) groups.push_back(&group);
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto* a, const auto* b) { return a->shrunk > b->shrunk; });
  for (const ComplaintGroup* group : groups) {
    const bool known = group->exposure > 0 && std::isfinite(group->rate);
    table.rows.push_back({group->name,
                          {group->cases, whole},
                          {group->exposure, whole},
                          rate_cell(group->rate, percent),
                          rate_cell(group->low, percent),
                          rate_cell(group->high, percent),
                          rate_cell(group->shrunk, percent),
                          known ? place_text(group->place) : "not known"});
    if (!known || chart.rows.size() == 40) continue;
    const bool far =
        group->place == FunnelPlace::high_alarm || group->place == FunnelPlace::low_alarm;
    chart.rows.push_back({.name = group->name,
                          .estimate = group->rate,
                          .low = finite_or_missing(group->low),
                          .high = finite_or_missing(group->high),
                          .color = far ? 1U : 0U});
  }
  page.add_chart(chart, "In the second colour: beyond what chance would do.");
  page.add_table(table);
  draw_funnel(page, rates, options, format);
}

void add_case_section(ReportPage& page, const CaseTrends& trends, std::span<const CaseTimes> times,
                      const std::string& title) {
  page.begin_section(title, "What customers turn to the shop with, and whether that changes.");
  double cases = 0;
  for (const CaseTrend& one : trends.categories) cases += one.cases;
  if (!(cases > 0)) {
    page.add_paragraph("There are no cases.");
    return;
  }
  page.add_paragraph(
      text(counted(trends.changed, "category has", "categories have"), " changed in the last ",
           counted(trends.recent_months, "month", "months"), " (of ", count_text(trends.months),
           "), at an expected share of false alarms of ", percent_text(trends.level), '.'));
  TimeChart chart{
      .labels = {"Cases by month", "", "Number of cases by category and month.", "", "Cases"},
      .format = whole};
  for (std::size_t m = 0; m < trends.months; ++m) {
    const std::int32_t month = trends.first_month + static_cast<std::int32_t>(m);
    chart.days.push_back(std::chrono::year{month / 12} / (month % 12 + 1) / 1);
  }
  ReportTable table{.caption = "By category",
                    .columns = {"Category", "Cases", "Lately", "Expected", "Ratio", "At least",
                                "At most", "Changed"}};
  for (const CaseTrend& one : trends.categories) {
    table.rows.push_back({one.category,
                          {one.cases, whole},
                          {one.recent, whole},
                          {one.expected, one_digit},
                          {finite_or_missing(one.ratio), {.decimals = 2, .keep_zeros = true}},
                          {one.ratio_low, {.decimals = 2, .keep_zeros = true}},
                          {finite_or_missing(one.ratio_high), {.decimals = 2, .keep_zeros = true}},
                          one.changed ? (one.ratio > 1 ? "more" : "fewer") : "no"});
    if (chart.series.size() == 6 || one.months.size() != trends.months) continue;
    LineSeries& series = chart.series.emplace_back();
    series.name = one.category;
    for (const CaseMonth& month : one.months) series.values.push_back(month.cases);
  }
  if (!chart.series.empty() && chart.days.size() > 1) page.add_chart(chart);
  page.add_table(table);
  if (times.empty()) return;
  ReportTable open{.caption = "How long cases stay open (days)",
                   .columns = {"Category", "Cases", "Open", "Half closed within", "At least",
                               "At most", "Nine of ten within", "Within the target"}};
  for (const CaseTimes& one : times) {
    open.rows.push_back({one.category,
                         one.cases,
                         one.open,
                         days_cell(one.median),
                         days_cell(one.median_low),
                         days_cell(one.median_high),
                         days_cell(one.ninety),
                         {one.within_target, detail::percent_column}});
  }
  page.add_table(open);
}

}  // namespace emptor
