#include "emptor/report/sections_satisfaction.hpp"

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

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const ValueFormat one_digit{.decimals = 1, .keep_zeros = true};
const ValueFormat two_digits{.decimals = 2, .keep_zeros = true};
const ValueFormat whole_percent{.style = NumberStyle::percent, .decimals = 0};

/// What a measure is called, and what its three classes of answers are.
struct MeasureWords {
  const char* title;
  const char* unit;
  const char* classes[3];
  std::size_t colors[3];
};
MeasureWords words_of(SatisfactionMeasure measure) {
  switch (measure) {
    case SatisfactionMeasure::nps:
      return {
          "Net promoter score", "-100 to 100", {"detractors", "passives", "promoters"}, {1, 5, 0}};
    case SatisfactionMeasure::csat:
      return {"Satisfied customers",
              "per cent",
              {"least satisfied", "between", "satisfied"},
              {1, 5, 0}};
    case SatisfactionMeasure::ces:
      return {"Ease", "mean answer", {"lowest answers", "between", "highest answers"}, {1, 5, 0}};
    case SatisfactionMeasure::index:
      break;
  }
  return {"Satisfaction index", "0 to 100", {"below 25", "between", "above 75"}, {1, 5, 0}};
}

const ValueFormat& format_of(SatisfactionMeasure measure) {
  return measure == SatisfactionMeasure::ces ? two_digits : one_digit;
}

/// What is less than half a hundredth is nothing to look at.
double to_hundredths(double value) {
  return std::fabs(value) < 0.005 ? 0 : value;
}

std::string interval_text(const SatisfactionEstimate& one) {
  const ValueFormat& format = format_of(one.measure);
  if (!std::isfinite(one.low) || !std::isfinite(one.high)) return format_value(one.value, format);
  return text(format_value(one.value, format), " (", format_value(one.low, format), " to ",
              format_value(one.high, format), ')');
}

void tell_total(ReportPage& page, const SatisfactionEstimate& total) {
  const MeasureWords words = words_of(total.measure);
  std::string lead = text(words.title, ": ", interval_text(total), ", by ",
                          counted(total.answers, "answer", "answers"), " (",
                          format_value(total.confidence, whole_percent), " interval). ");
  if (total.measure == SatisfactionMeasure::nps) {
    lead +=
        text(percent_text(total.shares[2]), " would recommend the shop (9 or 10), ",
             percent_text(total.shares[0]), " would not (0 to 6); the score is the difference. ");
  }
  if (total.missing + total.off_scale > 0) {
    lead += text("Not counted: ", count_text(total.missing), " without an answer, ",
                 count_text(total.off_scale), " off the scale.");
  }
  page.add_paragraph(lead);
}

StackRow shares_row(std::string name, const SatisfactionEstimate& one) {
  return {.name = std::move(name),
          .values = {one.shares[0], one.shares[1], one.shares[2]},
          .note = text(format_value(one.value, format_of(one.measure)),
                       ", n = ", count_text(one.answers))};
}

StackChart stacks_of(const MeasureWords& words, std::string title, std::string about) {
  StackChart chart{.labels = {std::move(title), "At the end: the score and the number of answers",
                              std::move(about), "Share of answers", ""}};
  for (std::size_t c = 0; c < 3; ++c) chart.series.push_back({words.classes[c], words.colors[c]});
  return chart;
}

void show_groups(ReportPage& page, const SatisfactionView& view) {
  constexpr std::size_t most = 40;
  const MeasureWords words = words_of(view.report.total.measure);
  const ValueFormat& format = format_of(view.report.total.measure);
  IntervalChart chart{
      .labels = {text(words.title, " by group"),
                 text("With ", format_value(view.report.total.confidence, whole_percent),
                      " intervals; dashed: all"),
                 "The score of each group with its interval.", words.unit, ""},
      .format = format,
      .reference = view.report.total.value};
  StackChart stacks = stacks_of(words, "Answers by group", "Shares of answers by class and group.");
  ReportTable table{.caption = view.groups,
                    .columns = {"Group", "Answers", "Score", "At least", "At most",
                                words.classes[2], words.classes[0]}};
  if (view.report.shrunk) table.columns.emplace_back("Drawn to the mean");
  for (const SatisfactionGroup& group : view.report.groups) {
    const SatisfactionEstimate& one = group.estimate;
    if (one.answers == 0) continue;
    const std::string name = view.group_name ? view.group_name(group.group) : text(group.group);
    std::vector<ReportCell> row{name,
                                one.answers,
                                {one.value, format},
                                {one.low, format},
                                {one.high, format},
                                {one.shares[2], detail::percent_column},
                                {one.shares[0], detail::percent_column}};
    if (view.report.shrunk) row.emplace_back(group.shrunk, format);
    table.rows.push_back(std::move(row));
    if (chart.rows.size() == most) continue;
    chart.rows.push_back({.name = name, .estimate = one.value, .low = one.low, .high = one.high});
    stacks.rows.push_back(shares_row(name, one));
  }
  if (chart.rows.empty()) return;
  page.add_chart(chart);
  page.add_chart(stacks);
  page.add_table(table);
  if (view.report.shrunk) {
    page.add_paragraph(
        "Drawn to the mean: a group of few answers says little of its own, so its score is moved "
        "towards that of all groups as far as chance may have moved it away.");
  }
}

void show_trend(ReportPage& page, const SatisfactionTrend& trend) {
  if (trend.points.size() < 2) return;
  const SatisfactionMeasure measure = trend.points.front().estimate.measure;
  const MeasureWords words = words_of(measure);
  const ValueFormat& format = format_of(measure);
  TimeChart chart{.labels = {text(words.title, " by month"), "",
                             "The score of each month and the level behind it with its interval.",
                             "", words.unit},
                  .series = {{.name = "score"}, {.name = "level"}},
                  .format = format,
                  .from_zero = false};
  StackChart stacks =
      stacks_of(words, "Answers of the last months", "Shares of answers by class and month.");
  ReportTable table{.caption = "By month",
                    .columns = {"Month", "Answers", "Score", "At least", "At most", "Level"}};
  const std::size_t first = trend.points.size() - std::min<std::size_t>(trend.points.size(), 12);
  for (std::size_t p = 0; p < trend.points.size(); ++p) {
    const SatisfactionPoint& point = trend.points[p];
    const SatisfactionEstimate& one = point.estimate;
    chart.days.push_back(std::chrono::year{point.month / 12} / (point.month % 12 + 1) / 1);
    chart.series[0].values.push_back(one.value);
    const bool known = std::isfinite(point.level);
    chart.series[1].values.push_back(known ? point.level : missing);
    chart.series[1].low.push_back(known ? point.level_low : missing);
    chart.series[1].high.push_back(known ? point.level_high : missing);
    table.rows.push_back({month_label(point.month),
                          one.answers,
                          {one.value, format},
                          {one.low, format},
                          {one.high, format},
                          {point.level, format}});
    if (p >= first && one.answers > 0)
      stacks.rows.push_back(shares_row(month_label(point.month), one));
  }
  page.add_chart(chart, "Level: what is behind the months' chance, with its interval.");
  page.add_chart(stacks);
  page.begin_details("Months in numbers").add_table(table).end_details();
  const TrendTest& test = trend.trend;
  std::string told =
      test.p_value < 0.05
          ? text("The score ", test.slope < 0 ? "falls" : "rises", " by ",
                 format_value(std::fabs(test.slope), format), " a month (Mann-Kendall p ",
                 test.p_value < 0.0001 ? std::string("below 0.0001")
                                       : format_value(test.p_value, {.decimals = 4}),
                 ").")
          : std::string("No steady rise or fall: that much the months may show by chance.");
  if (trend.shift.found) {
    told += text(test.p_value < 0.05 ? " In " : " But in ", month_label(trend.shift.month),
                 " it went from ", format_value(trend.shift.before, format), " to ",
                 format_value(trend.shift.after, format), '.');
  }
  page.add_paragraph(told);
}

void tell_screening(ReportPage& page, const SurveyScreening& screening) {
  page.add_heading("Answers that are not to be trusted");
  if (screening.checks.empty()) {
    page.add_paragraph("There are no answers to look at.");
    return;
  }
  const auto all = static_cast<double>(screening.checks.size());
  page.add_paragraph(
      text("Of ", counted(screening.checks.size(), "answer", "answers"), " ",
           count_text(screening.flagged), " (",
           percent_text(static_cast<double>(screening.flagged) / all),
           ") have a mark. A mark is a reason to look, not a proof; one answer may have several."));
  BarChart chart{.labels = {"Marks on answers", "", "Number of answers by mark.", "", "Answers"},
                 .series = {{.name = "answers"}},
                 .format = {.decimals = 0},
                 .horizontal = true};
  for (std::size_t f = 0; f < survey_flags; ++f) {
    if (screening.by_flag[f] == 0) continue;
    chart.categories.push_back(in_words(name(static_cast<SurveyFlag>(f))));
    chart.series[0].values.push_back(static_cast<double>(screening.by_flag[f]));
  }
  if (!chart.categories.empty()) page.add_chart(chart);
}

/// "concentrate here first", as people would say it.
std::string advice(DriverQuadrant quadrant) {
  switch (quadrant) {
    case DriverQuadrant::keep_up:
      return "keep it up";
    case DriverQuadrant::concentrate:
      return "work on it first";
    case DriverQuadrant::low_priority:
      return "can wait";
    case DriverQuadrant::overkill:
      return "more than is asked for";
  }
  return {};
}

}  // namespace

void add_satisfaction_section(ReportPage& page, std::span<const SatisfactionView> views,
                              const SurveyScreening* screening, const std::string& title) {
  page.begin_section(title, "What those said who answered; who did not may think otherwise.");
  bool any = false;
  for (const SatisfactionView& view : views) any = any || view.report.total.answers > 0;
  if (!any) page.add_paragraph("Nobody has answered.");
  for (const SatisfactionView& view : views) {
    if (view.report.total.answers == 0) continue;
    page.add_heading(view.question.empty() ? words_of(view.report.total.measure).title
                                           : view.question);
    tell_total(page, view.report.total);
    if (!view.groups.empty()) show_groups(page, view);
    if (view.trend != nullptr) show_trend(page, *view.trend);
  }
  if (screening != nullptr) tell_screening(page, *screening);
}

void add_driver_section(ReportPage& page, const SatisfactionDrivers& drivers,
                        const std::string& target, const std::string& title) {
  page.begin_section(title,
                     text("How much each thing tells of ", target, ", and how well it is done."));
  if (drivers.rows == 0 || drivers.drivers.empty()) {
    page.add_paragraph("There are no complete answers to look at.");
    return;
  }
  if (drivers.constant_target) {
    page.add_paragraph("Everybody answered the same, so there is nothing to explain.");
    return;
  }
  page.add_paragraph(text("By ", counted(drivers.rows, "complete answer", "complete answers"),
                          ", all drivers together tell ", percent_text(drivers.r_squared),
                          " of the differences in ", target,
                          "; importance is each one's part of that. It says what goes along with ",
                          target, ", not what makes it."));
  ScatterChart chart{.labels = {"Importance by performance", "",
                                "Each driver by how well it is done and how much it tells.",
                                "Performance (0 to 100)", "Importance"},
                     .x_format = {.decimals = 0},
                     .y_format = whole_percent};
  ReportTable table{.caption = "Drivers",
                    .columns = {"Driver", "Importance", "Performance", "Mean", "Effect of one step",
                                "Correlation", "What to do"}};
  for (const SatisfactionDriver& one : drivers.drivers) {
    table.rows.push_back({one.driver,
                          {one.importance, detail::percent_column},
                          {one.performance, one_digit},
                          {one.mean, two_digits},
                          {to_hundredths(one.coefficient), two_digits},
                          {one.correlation, two_digits},
                          one.constant ? "tells nothing" : advice(one.quadrant)});
    if (one.constant || chart.points.size() == 60) continue;
    chart.points.push_back({.name = one.driver,
                            .x = one.performance,
                            .y = one.importance,
                            .low = one.importance_low,
                            .high = one.importance_high,
                            .color = static_cast<std::size_t>(one.quadrant) % 4,
                            .strong = one.quadrant == DriverQuadrant::concentrate});
  }
  page.add_chart(chart,
                 text("Bottom right: more than is asked for; top left: work on it first. "
                      "The middle is at performance ",
                      format_value(drivers.mean_performance, {.decimals = 0}), " and importance ",
                      format_value(drivers.mean_importance, whole_percent), '.'));
  page.add_table(table);
}

}  // namespace emptor
