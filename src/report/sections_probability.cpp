#include "emptor/report/sections_probability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/report/chart.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::percent_column;
using detail::percent_text;
using detail::with_unit;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const ValueFormat whole_percent{.style = NumberStyle::percent, .decimals = 0};
const ValueFormat digits{.decimals = 4};
const ValueFormat cents{.decimals = 2, .keep_zeros = true};

double finite_or_missing(double value) {
  return std::isfinite(value) ? value : missing;
}

}  // namespace

void add_reliability_section(ReportPage& page, const ReliabilityCurve& curve,
                             const std::string& title) {
  page.begin_section(title, "Of those given 30%, 30 in a hundred should do it.");
  if (curve.bins.empty()) {
    page.add_paragraph("There are no rows to look at.");
    return;
  }
  LineChart chart{.labels = {"Probability and what came", "",
                             "Share of rows with the outcome by their mean probability, with its "
                             "interval; on the diagonal probabilities come true.",
                             "Probability", "Share that did"},
                  .series = {{.name = "came"}, {.name = "as foretold"}},
                  .x_format = whole_percent,
                  .y_format = whole_percent};
  ReportTable table{.caption = "Rows by probability",
                    .columns = {"From", "To", "Rows", "Probability", "Came", "At least", "At most"},
                    .sortable = false};
  for (const ReliabilityBin& bin : curve.bins) {
    chart.x.push_back(bin.predicted);
    chart.series[0].values.push_back(bin.observed);
    chart.series[0].low.push_back(bin.lower);
    chart.series[0].high.push_back(bin.upper);
    chart.series[1].values.push_back(bin.predicted);
    table.rows.push_back({{bin.low, percent_column},
                          {bin.high, percent_column},
                          bin.rows,
                          {bin.predicted, percent_column},
                          {bin.observed, percent_column},
                          {bin.lower, percent_column},
                          {bin.upper, percent_column}});
  }
  page.add_chart(chart, text("Band: ", format_value(curve.confidence, whole_percent),
                             " intervals of the shares."));
  page.add_paragraph(text(
      "On average ", percent_text(curve.predicted), " was foretold and ",
      percent_text(curve.observed), " came. Probabilities are off by ",
      percent_text(curve.expected_error), " on average (expected calibration error), by ",
      percent_text(curve.largest_error), " in the worst group. Brier score ",
      format_value(curve.parts.brier, digits), ": ", format_value(curve.parts.uncertainty, digits),
      " that nobody could know, less ", format_value(curve.parts.resolution, digits),
      " told apart, plus ", format_value(curve.parts.reliability, digits), " by which it is off."));
  page.begin_details("Groups of probability").add_table(table).end_details();
}

void add_roc_section(ReportPage& page, const AucEstimate& auc, std::span<const RocPoint> curve,
                     const std::string& title) {
  page.begin_section(title);
  if (!std::isfinite(auc.auc) || curve.empty()) {
    page.add_paragraph("Both outcomes must have been seen to tell.");
    return;
  }
  std::string lead = text("One who did scores above one who did not with probability ",
                          format_value(auc.auc, digits), " (AUC");
  if (std::isfinite(auc.low)) {
    lead += text(", ", format_value(auc.confidence, whole_percent), " interval ",
                 format_value(auc.low, digits), " to ", format_value(auc.high, digits));
  }
  page.add_paragraph(text(lead, "); Gini ", format_value(auc.gini(), digits), ". ",
                          detail::counted(auc.positives, "row", "rows"), " with the outcome, ",
                          detail::count_text(auc.negatives), " without."));
  LineChart chart{.labels = {"ROC curve", "",
                             "Share found of those who did, by share of false alarms among those "
                             "who did not; the diagonal is chance.",
                             "False alarms", "Found"},
                  .series = {{.name = "scores"}, {.name = "chance"}},
                  .x_format = whole_percent,
                  .y_format = whole_percent};
  for (const RocPoint& point : curve) {
    chart.x.push_back(point.false_positive);
    chart.series[0].values.push_back(point.true_positive);
    chart.series[1].values.push_back(point.false_positive);
  }
  page.add_chart(chart);
}

void add_lift_section(ReportPage& page, const LiftTable& table, const std::string& title) {
  page.begin_section(title, text("Of all, ", percent_text(table.rate), " had the outcome."));
  if (table.groups.empty() || !(table.rate > 0)) {
    page.add_paragraph("Nobody had the outcome.");
    return;
  }
  LineChart chart{.labels = {"Gains", "",
                             "Share found of those who did, by share of all who are taken, best "
                             "scores first; the diagonal is chance.",
                             "Taken", "Found"},
                  .x = {0},
                  .series = {{.name = "scores", .values = {0}}, {.name = "chance", .values = {0}}},
                  .x_format = whole_percent,
                  .y_format = whole_percent};
  BarChart bars{.labels = {"Lift by group", "",
                           "How many times as often as all the rows of each group had the "
                           "outcome, best scores first.",
                           "Group", "Lift"},
                .series = {{.name = "lift"}},
                .format = {.decimals = 2}};
  ReportTable rows{.caption = "Groups of equal size, best scores first",
                   .columns = {"Group", "Score from", "Rate", "Lift", "Taken so far",
                               "Found so far", "Lift so far"},
                   .sortable = false};
  for (std::size_t g = 0; g < table.groups.size(); ++g) {
    const LiftGroup& group = table.groups[g];
    chart.x.push_back(group.share);
    chart.series[0].values.push_back(group.gain);
    chart.series[1].values.push_back(group.share);
    if (g < 20) {
      bars.categories.push_back(text(g + 1));
      bars.series[0].values.push_back(group.lift);
    }
    rows.rows.push_back({g + 1,
                         {finite_or_missing(group.least_score), digits},
                         {group.rate, percent_column},
                         {group.lift, cents},
                         {group.share, percent_column},
                         {group.gain, percent_column},
                         {group.total_lift, cents}});
  }
  page.add_chart(chart);
  page.add_chart(bars);
  page.begin_details("Groups").add_table(rows).end_details();
}

void add_profit_section(ReportPage& page, const ProfitCurve& curve, Currency currency,
                        const std::string& title) {
  page.begin_section(title);
  if (curve.points.empty()) {
    page.add_paragraph("There are no rows to look at.");
    return;
  }
  const auto amount = [](double value) { return format_value(value, cents); };
  if (curve.best.share > 0) {
    page.add_paragraph(text("Best for those with a score of at least ",
                            format_value(curve.best.threshold, digits), ", ",
                            percent_text(curve.best.share), " of all: ", amount(curve.best.profit),
                            ". Acting on all brings ", amount(curve.everybody.profit),
                            ", on nobody ", amount(curve.nobody), '.'));
  } else {
    page.add_paragraph(text("Acting on nobody is best: ", amount(curve.nobody),
                            ". Acting on all brings ", amount(curve.everybody.profit), '.'));
  }
  LineChart chart{.labels = {with_unit("Profit", currency), "",
                             "Profit of acting on the best scores, by the share acted on.",
                             "Acted on", with_unit("Profit", currency)},
                  .series = {{.name = "profit"}},
                  .x_format = whole_percent,
                  .y_format = {.style = NumberStyle::compact, .decimals = 1}};
  for (const ProfitPoint& point : curve.points) {
    if (!chart.x.empty() && point.share <= chart.x.back()) continue;  // a weight that is too small
    chart.x.push_back(point.share);
    chart.series[0].values.push_back(finite_or_missing(point.profit));
  }
  page.add_chart(chart, "The threshold should be chosen on rows that the model has not seen.");
}

void add_score_spread_section(ReportPage& page, const ScoreSpread& spread,
                              const std::string& title) {
  page.begin_section(title);
  if (spread.edges.size() < 2) {
    page.add_paragraph("There are no rows to look at.");
    return;
  }
  const std::size_t bins = spread.edges.size() - 1;
  if (spread.positives.size() != bins || spread.negatives.size() != bins) {
    throw Exception(ErrorCode::invalid_shape, "there must be a share for each bin",
                    "add_score_spread_section");
  }
  if (!(spread.edges.back() > spread.edges.front())) {
    page.add_paragraph(
        text("Every row has the score ", format_value(spread.edges.front(), digits), '.'));
    return;
  }
  LineChart chart{.labels = {"Scores of those who did and of those who did not", "",
                             "Share of each class by score.", "Score", "Share of its class"},
                  .series = {{.name = "did"}, {.name = "did not"}},
                  .x_format = {.style = NumberStyle::compact, .decimals = 2},
                  .y_format = whole_percent};
  for (std::size_t b = 0; b < bins; ++b) {
    chart.x.push_back(spread.edges[b] / 2 + spread.edges[b + 1] / 2);
    chart.series[0].values.push_back(spread.positives[b]);
    chart.series[1].values.push_back(spread.negatives[b]);
  }
  page.add_chart(chart, "The less they overlap, the better a threshold parts them.");
}

}  // namespace emptor
