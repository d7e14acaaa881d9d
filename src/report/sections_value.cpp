#include "emptor/report/sections_value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/report/chart.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::with_unit;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const ValueFormat digits{.decimals = 4};
const ValueFormat cents{.decimals = 2, .keep_zeros = true};

/// "bg_nbd" reads as "BG/NBD".
std::string model_name(std::string_view name) {
  if (name == "bg_nbd") return "BG/NBD";
  if (name == "mbg_nbd") return "MBG/NBD";
  if (name == "pareto_nbd") return "Pareto/NBD";
  if (name == "bg_bb") return "BG/BB";
  if (name == "gamma_gamma") return "Gamma-Gamma";
  if (name == "shifted_beta_geometric") return "Shifted beta-geometric";
  return std::string(name);
}

/// What is less than half a hundredth is nothing to look at.
double to_hundredths(double value) {
  return std::abs(value) < 0.005 ? 0 : value;
}

/// "Purchases of the next 3 years".
std::string time_ahead(const CustomerValues& values) {
  const double horizon = values.options.horizon;
  if (!std::isfinite(horizon)) return "All purchases to come";
  const double yearly = std::log1p(values.options.discount);
  if (!(values.rate > 0) || !(yearly > 0)) {
    return text("Purchases of the next ", format_value(horizon, {.decimals = 1}), " units of time");
  }
  return text("Purchases of the next ",
              format_value(horizon * values.rate / yearly, {.decimals = 1}), " years");
}

double finite_or_missing(double value) {
  return std::isfinite(value) ? value : missing;
}

void add_tracking(ReportPage& page, std::span<const HoldoutResult> models) {
  const HoldoutResult& first = models.front();
  const Day border = local_day(first.options.calibration_end, first.options.offset);
  const std::string since = text("The models knew orders up to ", to_string(border), ".");
  TimeChart so_far{.labels = {"Repeat purchases so far", since,
                              "Cumulative repeat purchases of the customers known at the end of "
                              "the models' data, actual and expected.",
                              "", "Purchases"},
                   .series = {{.name = "actual"}}};
  TimeChart each{.labels = {text("Repeat purchases by ", first.options.track_days, " days"), since,
                            "Repeat purchases of the same customers in each period, actual and "
                            "expected.",
                            "", "Purchases"},
                 .series = {{.name = "actual"}}};
  for (const HoldoutTracking& point : first.tracking) {
    so_far.days.push_back(point.last_day);
    each.days.push_back(point.last_day);
    so_far.series[0].values.push_back(point.actual_so_far);
    each.series[0].values.push_back(point.actual);
  }
  for (const HoldoutResult& model : models) {
    LineSeries cumulative{.name = model_name(model.model)};
    LineSeries single{.name = model_name(model.model)};
    for (const HoldoutTracking& point : model.tracking) {
      cumulative.values.push_back(finite_or_missing(point.expected_so_far));
      single.values.push_back(finite_or_missing(point.expected));
    }
    so_far.series.push_back(std::move(cumulative));
    each.series.push_back(std::move(single));
  }
  page.add_chart(so_far);
  page.add_chart(each, "A model without seasons goes through the middle of the peaks.");
}

void add_expectations(ReportPage& page, std::span<const HoldoutResult> models) {
  const HoldoutResult& first = models.front();
  BarChart chart{.labels = {"Purchases afterwards by purchases before", "",
                            "Mean number of purchases after the models' data end, by repeat "
                            "purchases before, actual and expected.",
                            "Repeat purchases before", "Purchases of a customer"},
                 .series = {{.name = "actual"}},
                 .format = {.decimals = 2}};
  for (const HoldoutFrequency& group : first.frequencies) {
    chart.categories.push_back(text(group.repeats, group.and_more ? "+" : ""));
    chart.series[0].values.push_back(group.actual);
  }
  for (const HoldoutResult& model : models) {
    BarSeries series{.name = model_name(model.model)};
    for (const HoldoutFrequency& group : model.frequencies) {
      series.values.push_back(finite_or_missing(group.expected));
    }
    chart.series.push_back(std::move(series));
  }
  page.add_chart(chart);
}

void add_alive(ReportPage& page, const HoldoutResult& model) {
  LineChart chart{.labels = {text("Who bought, by P(alive) of ", model_name(model.model)), "",
                             "Share of customers who bought after the model's data end, by their "
                             "probability of being alive, actual and expected.",
                             "P(alive)", "Share that bought"},
                  .series = {{.name = "actual"}, {.name = "expected"}},
                  .x_format = {.style = NumberStyle::percent, .decimals = 0},
                  .y_format = {.style = NumberStyle::percent, .decimals = 0}};
  for (const HoldoutAlive& bin : model.alive) {
    chart.x.push_back(bin.alive);
    chart.series[0].values.push_back(bin.buyers);
    chart.series[1].values.push_back(finite_or_missing(bin.expected_buyers));
  }
  page.add_chart(chart,
                 "Who is alive need not buy in this time, so that neither line ends at one.");
}

}  // namespace

void add_value_fit_section(ReportPage& page, std::span<const ValueFitReport> fits) {
  page.begin_section("How the models were fitted",
                     "By maximum likelihood; standard errors from the curvature.");
  if (fits.empty()) page.add_paragraph("No model was fitted.");
  ReportTable table{.caption = "Fits",
                    .columns = {"Model", "Customers", "Patterns", "Log-likelihood", "AIC", "BIC",
                                "Iterations", "Largest slope"}};
  ReportTable parameters{.caption = "Parameters",
                         .columns = {"Model", "Parameter", "Value", "Standard error"}};
  for (const ValueFitReport& fit : fits) {
    const std::string name = model_name(fit.model);
    table.rows.push_back({name,
                          {fit.customers, {.decimals = 0}},
                          fit.patterns,
                          {fit.log_likelihood, cents},
                          {fit.aic, cents},
                          {fit.bic, cents},
                          fit.iterations,
                          {fit.gradient, digits}});
    for (const ValueParameter& parameter : fit.parameters) {
      parameters.rows.push_back({name,
                                 parameter.name,
                                 {parameter.value, digits},
                                 {finite_or_missing(parameter.standard_error), digits}});
    }
  }
  if (!fits.empty()) {
    page.add_table(table);
    page.add_table(parameters);
  }
  for (const ValueFitReport& fit : fits) {
    const bool well = fit.converged && fit.dropout_identified;
    page.add_note(well ? ReportNote::note : ReportNote::warning,
                  text(model_name(fit.model), ": ", fit.sentence));
  }
}

void add_holdout_section(ReportPage& page, std::span<const HoldoutResult> models) {
  page.begin_section("What came true",
                     "The models against what customers bought after the models' data ended.");
  if (models.empty()) {
    page.add_paragraph("No model was compared.");
    return;
  }
  const HoldoutResult& first = models.front();
  for (const HoldoutResult& model : models) {
    const auto same = [&](auto member) { return (model.*member).size() == (first.*member).size(); };
    if (models.size() > 5 || model.customers != first.customers ||
        !same(&HoldoutResult::tracking) || !same(&HoldoutResult::frequencies)) {
      throw Exception(ErrorCode::invalid_shape, "at most 5 models of the same customers and time",
                      "add_holdout_section");
    }
  }
  add_tracking(page, models);
  add_expectations(page, models);
  for (const HoldoutResult& model : models) add_alive(page, model);
  ReportTable table{.caption = "Errors of the number of purchases of a customer",
                    .columns = {"Model", "Purchases expected", "Purchases actual", "Mean error",
                                "Root mean square error", "Correlation", "Tracking error"}};
  const auto add_row = [&](std::string name, double expected, double mae, double rmse,
                           double correlation, double tracking) {
    table.rows.push_back({std::move(name),
                          {finite_or_missing(expected), {.decimals = 0}},
                          {first.actual_purchases, {.decimals = 0}},
                          {finite_or_missing(mae), digits},
                          {finite_or_missing(rmse), digits},
                          {finite_or_missing(correlation), digits},
                          {finite_or_missing(tracking), detail::percent_column}});
  };
  for (const HoldoutResult& model : models) {
    add_row(model_name(model.model), model.expected_purchases, model.mean_absolute_error,
            model.root_mean_square_error, model.correlation, model.tracking_error);
  }
  add_row("as before (no model)", missing, first.naive_mean_absolute_error,
          first.naive_root_mean_square_error, missing, missing);
  page.add_table(table);
  page.add_paragraph(text("Of ", counted(first.customers, "customer", "customers"),
                          ". The tracking error is the mean relative error of purchases so far "
                          "over the points after the models' data end."));
}

void add_purchase_matrix_section(ReportPage& page, const PurchaseMatrix& matrix,
                                 std::string_view unit) {
  const std::size_t cells = matrix.rows() * matrix.columns();
  if (cells == 0 || matrix.alive.size() != cells || matrix.expected_purchases.size() != cells) {
    throw Exception(ErrorCode::invalid_shape, "values must be rows x columns",
                    "add_purchase_matrix_section");
  }
  page.begin_section("Frequency and recency",
                     text("What ", model_name(matrix.model), " makes of customers of age ",
                          format_value(matrix.options.age, {.decimals = 1}), " ", unit, "."));
  HeatmapChart alive{.labels = {"P(alive)", "",
                                "Probability of being a customer still, by repeat purchases and "
                                "age at the last of them.",
                                text("Age at the last purchase (", unit, ")"), "Repeat purchases"},
                     .format = {.style = NumberStyle::percent, .decimals = 0},
                     .low = 0,
                     .high = 1};
  HeatmapChart expected{
      .labels = {text("Purchases expected in ",
                      format_value(matrix.options.horizon, {.decimals = 1}), " ", unit),
                 "", "Expected purchases, by the same.", alive.labels.x, alive.labels.y},
      .format = {.decimals = 2},
      .scale = ColorScale::square_root,
      .low = 0};
  for (const double last : matrix.last) {
    alive.columns.push_back(format_value(last, {.decimals = 1}));
  }
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    alive.rows.push_back(text(row));
    for (std::size_t column = 0; column < matrix.columns(); ++column) {
      const std::size_t cell = row * matrix.columns() + column;
      alive.values.push_back(finite_or_missing(matrix.alive[cell]));
      expected.values.push_back(to_hundredths(finite_or_missing(matrix.expected_purchases[cell])));
    }
  }
  expected.columns = alive.columns;
  expected.rows = alive.rows;
  page.add_chart(alive, "Silence says more of who used to buy often.");
  page.add_chart(expected);
}

void add_value_tiles(ReportPage& page, const CustomerValues& values, Currency currency) {
  page.add_tile({"Customers still there",
                 format_value(finite_or_missing(values.expected_alive), {.decimals = 0}),
                 text("expected, of ", count_text(values.customers))});
  page.add_tile({with_unit("Value of customers", currency),
                 format_value(values.total_value, {.style = NumberStyle::compact, .decimals = 1}),
                 "purchases to come, discounted"});
}

void add_customer_value_section(ReportPage& page, const CustomerValues& values, Currency currency) {
  page.begin_section("What customers are worth",
                     text(time_ahead(values), ", discounted by ",
                          format_value(values.options.discount, detail::percent_format),
                          " a year, at a margin of ",
                          format_value(values.options.margin, detail::percent_format), "."));
  std::vector<double> worth;
  for (const double value : values.value) {
    if (std::isfinite(value)) worth.push_back(value);
  }
  if (worth.empty()) {
    page.add_paragraph("No customer has a value.");
    return;
  }
  std::sort(worth.begin(), worth.end());
  page.add_chart(
      HistogramChart{.labels = {"Value of a customer", "", "How many customers are worth how much",
                                with_unit("Value", currency), "Customers"},
                     .values = worth,
                     .options = {.tail_from = 0.98},
                     .format = {.decimals = 2}});
  ReportTable table{.caption = "Customers from the most to the least valuable",
                    .columns = {"Share of customers", with_unit("Worth at least", currency),
                                with_unit("Together", currency), "Share of all value"},
                    .sortable = false};
  double total = 0;
  for (const double value : worth) total += value;
  double sum = 0;
  std::size_t taken = 0;
  for (const double share : {0.01, 0.05, 0.1, 0.2, 0.5, 1.0}) {
    const auto wanted = static_cast<std::size_t>(
        std::ceil(share * static_cast<double>(worth.size()) * (1 - 1e-12)));
    for (; taken < wanted; ++taken) sum += worth[worth.size() - 1 - taken];
    table.rows.push_back({{share, {.style = NumberStyle::percent, .decimals = 0}},
                          {to_hundredths(worth[worth.size() - taken]), cents},
                          {sum, cents},
                          {detail::share_of(sum, total), detail::percent_column}});
  }
  page.add_table(table);
  page.add_paragraph(text("A new customer is worth ", format_value(values.new_value, cents),
                          " beyond the first purchase, which comes to ",
                          format_value(values.new_spend, cents), " on average."));
  if (worth.size() < values.customers) {
    page.add_note(ReportNote::warning,
                  text(counted(values.customers - worth.size(), "customer has", "customers have"),
                       " a value without bound and ",
                       values.customers - worth.size() == 1 ? "is" : "are", " left out."));
  }
}

void add_value_trajectory_section(ReportPage& page, const ValueTrajectory& trajectory,
                                  Currency currency) {
  page.begin_section("Customers and their value over time",
                     "As they stood on each day, from what had been ordered by then.");
  if (trajectory.snapshots.empty()) {
    page.add_paragraph("There is no day to show.");
    return;
  }
  TimeChart customers{.labels = {"Customers", "",
                                 "Customers who had bought by then, and how many of them are "
                                 "expected to be customers still.",
                                 "", "Customers"},
                      .series = {{.name = "bought by then"}, {.name = "expected to be there"}}};
  TimeChart value{
      .labels = {with_unit("Value of customers", currency), "",
                 "Value of purchases to come of all customers.", "", with_unit("Value", currency)},
      .series = {{.name = "value"}}};
  for (const ValueSnapshot& snapshot : trajectory.snapshots) {
    const Day day = local_day(snapshot.as_of);
    customers.days.push_back(day);
    value.days.push_back(day);
    customers.series[0].values.push_back(static_cast<double>(snapshot.customers));
    customers.series[1].values.push_back(finite_or_missing(snapshot.expected_alive));
    value.series[0].values.push_back(finite_or_missing(snapshot.total_value));
  }
  page.add_chart(customers);
  page.add_chart(value);
}

}  // namespace emptor
