#include "emptor/report/sections_churn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/report/chart.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::counted;
using detail::percent_text;
using detail::with_unit;

const ValueFormat whole{.decimals = 0};
const ValueFormat cents{.decimals = 2, .keep_zeros = true};
const ValueFormat whole_percent{.style = NumberStyle::percent, .decimals = 0};

std::string name_of(const ChurnSectionOptions& options, std::uint32_t row) {
  return options.name ? options.name(row) : text("row ", row);
}

/// The reasons that are named most, at most five, and "other" for the rest.
std::vector<std::string> common_reasons(std::span<const ChurnWarning> warnings) {
  std::vector<std::pair<double, std::string>> sums;
  for (const ChurnWarning& one : warnings) {
    for (const ChurnReason& reason : one.reasons) {
      if (!(reason.effect > 0)) continue;
      const auto at = std::find_if(sums.begin(), sums.end(),
                                   [&](const auto& sum) { return sum.second == reason.what; });
      if (at != sums.end()) {
        at->first += reason.effect;
      } else {
        sums.emplace_back(reason.effect, reason.what);
      }
    }
  }
  std::stable_sort(sums.begin(), sums.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> out;
  for (std::size_t i = 0; i < sums.size() && i < 5; ++i) out.push_back(sums[i].second);
  if (sums.size() == 6) out.push_back(sums[5].second);
  if (sums.size() > 6) out.emplace_back("other reasons");
  return out;
}

void draw_reasons(ReportPage& page, std::span<const ChurnWarning> warnings,
                  const ChurnSectionOptions& options) {
  const std::vector<std::string> reasons = common_reasons(warnings);
  if (reasons.empty()) return;
  StackChart chart{.labels = {"Why they may leave", "Ordered by value at risk",
                              "What raises each customer's risk, as parts of the score.",
                              "Parts of the score (log odds)", ""},
                   .format = {.decimals = 2}};
  for (std::size_t s = 0; s < reasons.size(); ++s) chart.series.push_back({reasons[s], s});
  for (const ChurnWarning& one : warnings) {
    StackRow& row = chart.rows.emplace_back();
    row.name = name_of(options, one.row);
    row.note = format_value(one.probability, whole_percent);
    row.values.assign(reasons.size(), 0);
    for (const ChurnReason& reason : one.reasons) {
      if (!(reason.effect > 0)) continue;
      const auto at = std::find(reasons.begin(), reasons.end(), reason.what);
      const auto place = std::min<std::ptrdiff_t>(at - reasons.begin(),
                                                  static_cast<std::ptrdiff_t>(reasons.size()) - 1);
      row.values[static_cast<std::size_t>(place)] += reason.effect;
    }
  }
  page.add_chart(chart, "At the end of each bar: the probability to leave.");
}

std::string reasons_text(const ChurnWarning& warning) {
  std::string out;
  for (const ChurnReason& reason : warning.reasons) {
    out += text(out.empty() ? "" : "; ", reason.what, reason.reading.empty() ? "" : ": ",
                reason.reading);
  }
  if (out.empty()) return "nothing unusual: it is the value that is at stake";
  return out;
}

/// The curve's steps at up to 120 times evenly spread.
void draw_curves(ReportPage& page, std::span<const SurvivalGroup> groups, double until,
                 const std::string& unit) {
  constexpr int steps = 120;
  LineChart chart{.labels = {"Still customers", "With 95% intervals",
                             "Share of customers who stay longer than a time, by group.",
                             text("Time (", unit, ")"), "Share that stays"},
                  .x_format = whole,
                  .y_format = whole_percent};
  for (int i = 0; i <= steps; ++i) chart.x.push_back(until * i / steps);
  for (const SurvivalGroup& group : groups) {
    LineSeries& series = chart.series.emplace_back();
    series.name = group.name;
    SurvivalPoint now;
    std::size_t next = 0;
    for (const double time : chart.x) {
      while (next < group.curve.points.size() && group.curve.points[next].time <= time) {
        now = group.curve.points[next++];
      }
      series.values.push_back(now.survival);
      series.low.push_back(std::isfinite(now.lower) ? now.lower : now.survival);
      series.high.push_back(std::isfinite(now.upper) ? now.upper : now.survival);
    }
  }
  page.add_chart(chart);
}

ReportCell time_cell(double time) {
  if (std::isfinite(time)) return {time, whole};
  return ReportCell::worded(std::numeric_limits<double>::max(), "not yet");
}

}  // namespace

void add_churn_watch_section(ReportPage& page, const ChurnWatch& watch,
                             const ChurnSectionOptions& options, const std::string& title) {
  page.begin_section(title, "The probability to leave times what would be lost, highest first.");
  if (watch.warnings.empty()) {
    page.add_paragraph("Nobody is to be called.");
    return;
  }
  const auto amount = [&](double value) {
    const std::string number = format_value(value, {.decimals = 0});
    return options.currency == Currency() ? number : text(number, ' ', options.currency.code());
  };
  if (!options.leaving.empty()) {
    page.add_paragraph(text("Leaving means here: the customer ", options.leaving, '.'));
  }
  page.add_paragraph(text("At risk are ", amount(watch.value_at_risk), " in all, with ",
                          counted(watch.customers, "customer", "customers"), ". The ",
                          counted(watch.warnings.size(), "customer that is", "customers that are"),
                          " to be called stand for ", amount(watch.watched), " of it, ",
                          percent_text(detail::share_of(watch.watched, watch.value_at_risk)),
                          "; each of them for at least ", amount(watch.least_value_at_risk), '.'));
  const std::span<const ChurnWarning> all(watch.warnings);
  draw_reasons(page, all.first(std::min(options.drawn, all.size())), options);
  ReportTable table{
      .caption = "Whom to call first",
      .columns = {"Place", "Customer", "To leave", with_unit("Value if kept", options.currency),
                  with_unit("At risk", options.currency), "Why"},
      .row_limit = options.listed};
  for (std::size_t w = 0; w < all.size(); ++w) {
    const ChurnWarning& one = all[w];
    table.rows.push_back({w + 1,
                          name_of(options, one.row),
                          {one.probability, detail::percent_column},
                          {one.value, cents},
                          {one.value_at_risk, cents},
                          reasons_text(one)});
  }
  page.add_table(table);
  page.add_paragraph(text(
      options.value.empty() ? "" : text("Value: ", options.value, ". "),
      "Reasons are what raises this customer's risk above that of a usual one, strongest first; "
      "they tell what goes with leaving, not what would stop it."));
}

void add_survival_section(ReportPage& page, std::span<const SurvivalGroup> groups,
                          const LogRankResult* test, double until, const std::string& unit,
                          const std::string& title) {
  page.begin_section(title,
                     "Customers who are still there count for as long as they have been seen.");
  if (groups.size() > 6) {
    throw Exception(ErrorCode::invalid_shape, "at most 6 groups fit in a picture",
                    "add_survival_section");
  }
  double last = 0;
  std::size_t customers = 0;
  for (const SurvivalGroup& group : groups) {
    customers += group.curve.customers;
    if (!group.curve.points.empty()) last = std::fmax(last, group.curve.points.back().time);
  }
  if (customers == 0 || !(last > 0)) {
    page.add_paragraph("There is no customer to look at.");
    return;
  }
  draw_curves(page, groups, until > 0 ? until : last, unit);
  ReportTable table{.caption = "By group",
                    .columns = {"Group", "Customers", "Lost", text("Half lost after (", unit, ")"),
                                "At least", "At most"}};
  for (const SurvivalGroup& group : groups) {
    table.rows.push_back({group.name,
                          group.curve.customers,
                          {group.curve.events, whole},
                          time_cell(group.median.time),
                          time_cell(group.median.lower),
                          time_cell(group.median.upper)});
  }
  page.add_table(table);
  if (test != nullptr && test->degrees > 0) {
    page.add_paragraph(
        text("Were the groups alike, so large a difference would come with probability ",
             test->p_value < 0.0001 ? std::string("below 0.0001")
                                    : format_value(test->p_value, {.decimals = 4}),
             " (log-rank test): ", test->p_value < 0.05 ? "they differ." : "it may be chance."));
  }
}

}  // namespace emptor
