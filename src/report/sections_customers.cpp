#include <algorithm>
#include <limits>

#include "emptor/report/chart.hpp"
#include "emptor/report/sections.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::major_units;
using detail::with_unit;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_cohorts = 24;

std::string_view ties_text(RfmTies ties) {
  switch (ties) {
    case RfmTies::rank_first:
      return "equal values are ordered by the first purchase";
    case RfmTies::value:
      return "equal values share a score";
    case RfmTies::ntile:
      return "equal values are ordered by the first purchase, sizes differ by "
             "at most one";
    case RfmTies::fixed:
      return "scores change at fixed values";
  }
  return "";
}

std::string policy_text(const RfmResult& rfm) {
  std::string out =
      text("Scores from 1 to ", rfm.options.bins, ", ", rfm.options.bins, " is best; ",
           ties_text(rfm.options.ties), ". Refunds are ",
           rfm.options.refunds == RfmRefunds::net ? "netted" : "ignored", " in the monetary value");
  if (rfm.options.as_of) {
    out += text("; recency is counted back from ", to_string(local_day(*rfm.options.as_of)));
  }
  return out + '.';
}

void check_rfm(const RfmResult& rfm, const RfmSegments& segments, const RfmGrid& grid) {
  const auto bins = static_cast<std::size_t>(grid.bins);
  if (segments.of_row.size() == rfm.rows.size() && grid.bins == rfm.options.bins &&
      grid.cells.size() == bins * bins) {
    return;
  }
  throw Exception(ErrorCode::invalid_shape, "segments and grid must be those of the RFM result",
                  "add_rfm_section");
}

void add_segments(ReportPage& page, const RfmResult& rfm, const RfmSegments& segments) {
  const int scale = rfm.price_scale;
  TreemapChart map{.labels = {"Segments by size and worth",
                              text("Area: customers. Colour: ",
                                   with_unit("mean revenue", rfm.currency), " of a customer."),
                              "Customers of each segment and what they bring", "", ""},
                   .size_name = "customers",
                   .value_name = "each",
                   .size_format = {.decimals = 0}};
  BarChart shares{
      .labels = {"Share of customers and of revenue", "",
                 "For each segment, its share of customers and of revenue", "Share", ""},
      .series = {{.name = "customers"}, {.name = "revenue"}},
      .format = detail::percent_format,
      .horizontal = true};
  ReportTable table{.caption = "Segments",
                    .columns = {"Segment", "Customers", "Share", with_unit("Revenue", rfm.currency),
                                "Share of revenue", "Mean days since last order", "Mean orders",
                                with_unit("Mean revenue", rfm.currency)}};
  const ValueFormat tenth{.decimals = 1, .keep_zeros = true};
  const ValueFormat cents{.decimals = 2, .keep_zeros = true};
  for (const RfmSegmentSummary& one : segments.segments) {
    const double mean = one.customers > 0 ? major_units(one.mean_monetary, scale) : missing;
    const auto known = [&](double value) { return one.customers > 0 ? value : missing; };
    map.tiles.push_back({one.name, static_cast<double>(one.customers), mean});
    shares.categories.push_back(one.name);
    shares.series[0].values.push_back(one.customer_share);
    shares.series[1].values.push_back(one.monetary_share);
    table.rows.push_back({one.name,
                          one.customers,
                          {one.customer_share, detail::percent_column},
                          detail::amount_cell(one.monetary, scale, rfm.currency),
                          {one.monetary_share, detail::percent_column},
                          {known(one.mean_recency_days), tenth},
                          {known(one.mean_orders), tenth},
                          {mean, cents}});
  }
  page.add_chart(map);
  page.add_chart(shares);
  page.add_table(table);
}

}  // namespace

void add_rfm_section(ReportPage& page, const RfmResult& rfm, const RfmSegments& segments,
                     const RfmGrid& grid) {
  check_rfm(rfm, segments, grid);
  page.begin_section("Customers by recency, frequency and money",
                     text(counted(rfm.rows.size(), "customer", "customers"),
                          " with a purchase, scored by how recently, how often and for how much "
                          "they bought."));
  if (rfm.rows.empty()) {
    page.add_paragraph("No customer has a purchase.");
    return;
  }
  HeatmapChart map{.labels = {"Customers by recency and frequency", "",
                              "Number of customers with each pair of scores",
                              "Frequency score (how often)", "Recency score (how recently)"},
                   .format = {.decimals = 0},
                   .scale = ColorScale::square_root,
                   .low = 0};
  for (int score = 1; score <= grid.bins; ++score) map.columns.push_back(text(score));
  for (int recency = grid.bins; recency >= 1; --recency) {
    map.rows.push_back(text(recency));
    for (int frequency = 1; frequency <= grid.bins; ++frequency) {
      map.values.push_back(static_cast<double>(grid.at(recency, frequency).customers));
    }
  }
  page.add_chart(map, "Colours follow the square root of the count, so that small cells differ.");
  add_segments(page, rfm, segments);
  page.add_paragraph(policy_text(rfm));
  if (rfm.without_purchase > 0) {
    page.add_note(ReportNote::note,
                  text(counted(rfm.without_purchase, "customer has", "customers have"),
                       " refunds and no purchase in this time, and no score."));
  }
  if (rfm.counts.anonymous > 0) {
    page.add_note(ReportNote::note,
                  text(counted(rfm.counts.anonymous, "order line names", "order lines name"),
                       " no customer and cannot be scored."));
  }
}

void add_cohort_section(ReportPage& page, const CohortTable& cohorts) {
  page.begin_section("Who comes back",
                     "Customers by the month of their first order, and the share of them who "
                     "ordered in each month after it.");
  const std::size_t months = cohorts.months;
  if (months == 0 || cohorts.customers == 0) {
    page.add_paragraph("No customer has a purchase.");
    return;
  }
  if (cohorts.counts.size() != months * months) {
    throw Exception(ErrorCode::invalid_shape, "counts must be months x months",
                    "add_cohort_section");
  }
  const std::size_t shown = std::min(months, most_cohorts);
  const std::size_t first = months - shown;
  HeatmapChart map{
      .labels = {"Customers who ordered again (%)", "",
                 "Share of each monthly cohort that ordered in each later month",
                 "Months after the first order", "Month of the first order (customers)"},
      .format = {.decimals = 0},
      .low = 0,
      .blank = "not observed"};
  double highest = 0;
  for (std::size_t k = 0; k < shown; ++k) map.columns.push_back(text(k));
  for (std::size_t c = first; c < months; ++c) {
    map.rows.push_back(text(cohorts.label(c), " (", count_text(cohorts.size(c)), ')'));
    for (std::size_t k = 0; k < shown; ++k) {
      const double part = 100 * cohorts.retention(c, k).value_or(missing);
      map.values.push_back(part);
      if (k > 0 && part > highest) highest = part;
    }
  }
  map.high = highest > 0 ? std::min(100.0, std::max(5 * std::ceil(highest / 5), 10.0)) : 100.0;
  page.add_chart(map,
                 text("Month 0 is the month of the first order and 100% by definition; colours "
                      "end at ",
                      format_value(*map.high),
                      "%. The last column of each row is the month in "
                      "which the data end, which may be incomplete."));
  if (first > 0) {
    page.add_note(ReportNote::note, text("The picture shows the latest ", shown, " of ", months,
                                         " cohorts; the table below has all."));
  }
  if (cohorts.earlier_customers > 0) {
    page.add_note(ReportNote::note,
                  text(counted(cohorts.earlier_customers, "customer", "customers"),
                       " of earlier cohorts are not shown."));
  }
  ReportTable table{.caption = "Customers of each cohort who ordered, by months after the first",
                    .columns = {"First order"}};
  for (std::size_t k = 0; k < months; ++k) table.columns.push_back(text(k));
  for (std::size_t c = 0; c < months; ++c) {
    std::vector<ReportCell> row = {cohorts.label(c)};
    for (std::size_t k = 0; k < months; ++k) {
      row.push_back(cohorts.observed(c, k) ? ReportCell(cohorts.at(c, k)) : ReportCell());
    }
    table.rows.push_back(std::move(row));
  }
  page.begin_details("The counts");
  page.add_table(table);
  page.end_details();
}

}  // namespace emptor
