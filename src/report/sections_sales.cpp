#include <limits>

#include "emptor/report/chart.hpp"
#include "emptor/report/sections.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::amount_cell;
using detail::count_text;
using detail::major_units;
using detail::percent_text;
using detail::share_of;
using detail::with_unit;

std::string_view period_name(Period period) {
  switch (period) {
    case Period::day:
      return "day";
    case Period::week:
      return "week";
    case Period::month:
      return "month";
  }
  return "period";
}

ReportTable period_table(const SalesOverTime& sales) {
  const Currency currency = sales.currency;
  ReportTable table{
      .caption = text("Sales by ", period_name(sales.options.period)),
      .columns = {"First day", "Orders", "Customers", with_unit("Before refunds", currency),
                  with_unit("Refunds", currency), with_unit("Net revenue", currency)},
      .row_limit = 1000};
  const auto row = [&](ReportCell first, const SalesSums& sums) {
    return std::vector<ReportCell>{std::move(first),
                                   sums.orders,
                                   sums.customers,
                                   amount_cell(sums.sales, sales.price_scale, currency),
                                   amount_cell(sums.refunds, sales.price_scale, currency),
                                   amount_cell(sums.net(), sales.price_scale, currency)};
  };
  for (const SalesPeriod& period : sales.periods) {
    table.rows.push_back(row(ReportCell(period.first), period.sums));
  }
  table.total = row("All, each counted once", sales.total);
  return table;
}

}  // namespace

void add_sales_tiles(ReportPage& page, const SalesOverTime& sales) {
  const SalesSums& total = sales.total;
  const ValueFormat compact{.style = NumberStyle::compact};
  const auto money = [&](double amount) {
    const std::string value = format_value(major_units(amount, sales.price_scale), compact);
    return sales.currency == Currency() ? value : text(value, ' ', sales.currency.code());
  };
  page.add_tile({"Net revenue", money(static_cast<double>(total.net())),
                 text(money(static_cast<double>(total.sales)), " before refunds")});
  page.add_tile({"Orders", count_text(total.orders), "with at least one sale"});
  page.add_tile({"Customers", count_text(total.customers), "known, with at least one sale"});
  if (total.orders > 0) {
    page.add_tile({"Mean order",
                   money(static_cast<double>(total.sales) / static_cast<double>(total.orders)),
                   "before refunds"});
  }
  if (total.sales > 0) {
    page.add_tile({"Refunded",
                   percent_text(share_of(static_cast<double>(-total.refunds),
                                         static_cast<double>(total.sales))),
                   "of revenue before refunds"});
  }
}

void add_sales_section(ReportPage& page, const SalesOverTime& sales) {
  const std::string_view period = period_name(sales.options.period);
  page.begin_section("Sales over time", text("Revenue and orders by ", period,
                                             ". Net revenue is sales less refunds, each in the ",
                                             period, " in which it was booked."));
  if (sales.periods.empty()) {
    page.add_paragraph("There are no sales.");
    return;
  }
  TimeChart revenue{.labels = {text("Revenue by ", period), "",
                               text("Net revenue and revenue before refunds for ",
                                    sales.periods.size(), " periods"),
                               "", with_unit("Revenue", sales.currency)},
                    .series = {{.name = "net of refunds"}, {.name = "before refunds"}}};
  TimeChart orders{
      .labels = {text("Orders by ", period), "", "Orders with at least one sale", "", "Orders"},
      .series = {{.name = "orders"}}};
  for (const SalesPeriod& one : sales.periods) {
    revenue.days.push_back(one.first);
    revenue.series[0].values.push_back(major_units(one.sums.net(), sales.price_scale));
    revenue.series[1].values.push_back(major_units(one.sums.sales, sales.price_scale));
    orders.series[0].values.push_back(static_cast<double>(one.sums.orders));
  }
  orders.days = revenue.days;
  page.add_chart(revenue, text("The first and the last ", period,
                               " may be incomplete: the data need not begin or end with one."));
  page.add_chart(orders);
  if (sales.gaps) {
    page.add_note(ReportNote::note, "Periods without any sale are left out of charts and table.");
  }
  if (sales.total.anonymous_sales != 0) {
    page.add_note(
        ReportNote::note,
        text(percent_text(share_of(static_cast<double>(sales.total.anonymous_sales),
                                   static_cast<double>(sales.total.sales))),
             " of the revenue before refunds names no customer. It counts here, and in nothing "
             "that is about customers."));
  }
  page.begin_details(text("All ", sales.periods.size(), " periods"));
  page.add_table(period_table(sales));
  page.end_details();
}

void add_sales_groups_section(ReportPage& page, const SalesByGroup& sales, const std::string& title,
                              std::size_t most) {
  page.begin_section(title, "By net revenue, the largest first.");
  if (sales.groups.empty()) {
    page.add_paragraph("There are no sales.");
    return;
  }
  const Currency currency = sales.currency;
  BarChart bars{
      .labels = {title, "", "Net revenue of each group", with_unit("Net revenue", currency), ""},
      .series = {{.name = ""}},
      .horizontal = true};
  ReportTable table{.caption = title,
                    .columns = {"Group", "Orders", "Customers", with_unit("Refunds", currency),
                                with_unit("Net revenue", currency), "Share"},
                    .row_limit = 500};
  std::int64_t others = 0;
  const auto total = static_cast<double>(sales.total.net());
  for (std::size_t i = 0; i < sales.groups.size(); ++i) {
    const SalesGroup& group = sales.groups[i];
    const std::string label = group.known ? group.label : "not known";
    if (i < most) {
      bars.categories.push_back(label);
      bars.series[0].values.push_back(major_units(group.sums.net(), sales.price_scale));
    } else {
      others += group.sums.net();
    }
    table.rows.push_back({label, group.sums.orders, group.sums.customers,
                          amount_cell(group.sums.refunds, sales.price_scale, currency),
                          amount_cell(group.sums.net(), sales.price_scale, currency),
                          ReportCell(share_of(static_cast<double>(group.sums.net()), total),
                                     detail::percent_column)});
  }
  if (sales.groups.size() > most) {
    bars.categories.push_back(text("the other ", sales.groups.size() - most));
    bars.series[0].values.push_back(major_units(others, sales.price_scale));
  }
  table.total = {"All, each counted once",
                 sales.total.orders,
                 sales.total.customers,
                 amount_cell(sales.total.refunds, sales.price_scale, currency),
                 amount_cell(sales.total.net(), sales.price_scale, currency),
                 {}};
  page.add_chart(bars);
  page.begin_details(text("All ", sales.groups.size(), " groups"));
  page.add_table(table);
  page.end_details();
}

void add_concentration_section(ReportPage& page, const Concentration& concentration) {
  page.begin_section("Concentration",
                     "How unevenly net revenue is spread over customers. The further the curve "
                     "hangs below the diagonal, the more depends on few.");
  if (concentration.customers == 0 || concentration.net <= 0) {
    page.add_paragraph("No customer has brought net revenue.");
    return;
  }
  LorenzSeries series{.gini = concentration.gini, .top_amount = concentration.top_20_percent};
  for (const auto& point : concentration.lorenz) {
    series.customers.push_back(point.population);
    series.amount.push_back(point.value);
  }
  page.add_chart(
      LorenzChart{.labels = {"Concentration of net revenue",
                             text(detail::counted(concentration.customers, "customer", "customers"),
                                  ", the smallest first"),
                             text("Lorenz curve with a Gini coefficient of ",
                                  format_value(concentration.gini, {.decimals = 3})),
                             "Share of customers", "Share of net revenue"},
                  .series = {series}},
      "The Gini coefficient is 0 when all customers bring the same, and near 1 when one brings "
      "everything.");
  page.add_table({.caption = "What the best customers bring",
                  .columns = {"Customers", "Share of net revenue"},
                  .rows = {{"best 1%", {concentration.top_1_percent, detail::percent_column}},
                           {"best 5%", {concentration.top_5_percent, detail::percent_column}},
                           {"best 10%", {concentration.top_10_percent, detail::percent_column}},
                           {"best 20%", {concentration.top_20_percent, detail::percent_column}}},
                  .sortable = false});
  if (concentration.negative_customers > 0) {
    page.add_note(ReportNote::note,
                  text("Customers to whom more was refunded than sold in this time (",
                       count_text(concentration.negative_customers), ") count with nothing."));
  }
}

}  // namespace emptor
