#pragma once
// Made-up results of every room that the report has a section for: consistent in shape, believable
// in size, with names that try to break out of the page.

#include <cmath>
#include <string>
#include <vector>

#include "emptor/report/sections.hpp"

namespace emptor::test {

inline const std::string attack = "</script><img src=\"http://127.0.0.1:9/x.png\"/> & \x01\xFF";

/// A fixed sequence in [0, 1): looks like noise, needs no generator.
inline double noise(int i) {
  const double x = std::sin(i * 12.9898) * 43758.5453;
  return x - std::floor(x);
}

inline SalesOverTime sample_sales() {
  SalesOverTime sales;
  sales.currency = Currency("GBP");
  for (int i = 0; i < 13; ++i) {
    const auto month = std::chrono::year{2010} / 12 / 1 + std::chrono::months{i};
    SalesSums sums{.orders = 1400u + 130u * static_cast<unsigned>(i),
                   .customers = 900,
                   .sale_lines = 40000,
                   .refund_lines = 700,
                   .sales = 55000000 + 6000000 * i,
                   .refunds = -4000000 - 10000 * i,
                   .anonymous_sales = 5000000};
    sales.periods.push_back({Day{month}, sums});
    sales.total.orders += sums.orders;
    sales.total.sales += sums.sales;
    sales.total.refunds += sums.refunds;
    sales.total.anonymous_sales += sums.anonymous_sales;
  }
  sales.total.customers = 4338;
  return sales;
}

inline SalesByGroup sample_groups() {
  SalesByGroup groups;
  groups.currency = Currency("GBP");
  for (int i = 0; i < 20; ++i) {
    SalesSums sums;
    sums.orders = 20u;
    sums.sales = static_cast<std::int64_t>(8e8 * std::pow(0.6, i));
    sums.refunds = i == 7 ? -90000000 : 0;
    groups.groups.push_back({i == 0 ? attack : "Country " + std::to_string(i), i != 5, sums});
    groups.total.sales += sums.sales;
    groups.total.refunds += sums.refunds;
  }
  groups.total.orders = 400;
  return groups;
}

inline Concentration sample_concentration() {
  Concentration out{.customers = 4338,
                    .negative_customers = 12,
                    .net = 830000000,
                    .gini = 0.6,
                    .top_1_percent = 0.31,
                    .top_5_percent = 0.47,
                    .top_10_percent = 0.56,
                    .top_20_percent = 0.669,
                    .lorenz = {}};
  for (int i = 0; i <= 200; ++i) {
    out.lorenz.push_back({i / 200.0, 1 - std::pow(1 - i / 200.0, 0.25)});
  }
  return out;
}

struct SampleRfm {
  RfmResult result;
  RfmSegments segments;
  RfmGrid grid;
};

inline SampleRfm sample_rfm() {
  SampleRfm out;
  out.result.currency = Currency("GBP");
  out.result.options.as_of = Time{std::chrono::days{15317}};
  out.result.without_purchase = 34;
  out.result.counts.anonymous = 135080;
  out.grid.cells.resize(25);
  const char* names[] = {"Champions",   "Loyal",          "Potential loyalists",
                         "New",         "Need attention", "At risk",
                         "Hibernating", "Lost",           "Nobody"};
  for (const char* name : names) out.segments.segments.push_back({.name = name});
  for (int i = 0; i < 500; ++i) {
    const int r = static_cast<int>(noise(i) * 5);
    const int f = static_cast<int>((noise(i) + noise(i + 999)) * 2.5);
    const auto segment = static_cast<std::size_t>((4 - r) + (4 - f)) * 7 / 8;
    RfmRow row;
    row.customer = Customer{static_cast<std::uint32_t>(i)};
    row.monetary = 1000 * (1 + r * f);
    out.result.rows.push_back(row);
    out.segments.of_row.push_back(static_cast<std::uint8_t>(segment));
    RfmSegmentSummary& summary = out.segments.segments[segment];
    ++summary.customers;
    summary.monetary += 1000 * (1 + r * f) * (r + f);
    ++out.grid.cells[static_cast<std::size_t>(r * 5 + f)].customers;
  }
  for (RfmSegmentSummary& summary : out.segments.segments) {
    summary.customer_share = static_cast<double>(summary.customers) / 500;
    summary.monetary_share = static_cast<double>(summary.monetary) / 22e6;
    summary.mean_recency_days = 40;
    summary.mean_orders = 3.2;
    if (summary.customers > 0) {
      summary.mean_monetary =
          static_cast<double>(summary.monetary) / static_cast<double>(summary.customers);
    }
  }
  return out;
}

inline CohortTable sample_cohorts(std::size_t months = 13) {
  CohortTable table;
  table.first_month = 2010 * 12 + 11;
  table.months = months;
  table.counts.assign(months * months, 0);
  for (std::size_t c = 0; c < months; ++c) {
    const auto size = static_cast<std::uint32_t>(885 * std::pow(0.85, static_cast<double>(c)) + 9);
    table.customers += size;
    for (std::size_t k = 0; c + k < months; ++k) {
      table.counts[c * months + k] =
          k == 0 ? size
                 : static_cast<std::uint32_t>(size * (0.2 + 0.2 * noise(static_cast<int>(k))));
    }
  }
  return table;
}

inline std::vector<ModelEstimates> sample_models() {
  std::vector<ModelEstimates> models;
  const double quality[] = {0.129, 0.111, 0.0317};
  const char* names[] = {"Implicit ALS", "Item neighbours, BM25", "Most popular"};
  for (int m = 0; m < 3; ++m) {
    ModelEstimates model{.model = names[m], .customers = 2400, .confidence = 0.95, .metrics = {}};
    for (const RankingMetric metric : customer_metrics) {
      for (const std::size_t k : {10u, 20u}) {
        const double value = quality[m] * (metric == RankingMetric::novelty ? 90 : 1);
        model.metrics.push_back({metric, k, value, value * 0.96, value * 1.05, value * 0.02});
      }
    }
    models.push_back(model);
  }
  return models;
}

inline std::vector<PairedComparison> sample_comparisons() {
  return {{.model = "Implicit ALS",
           .baseline = "Most popular",
           .k = 20,
           .customers = 2400,
           .difference = 0.0973,
           .low = 0.09,
           .high = 0.104,
           .p_value = 1e-5,
           .p_adjusted = 2e-5},
          {.model = "Implicit ALS",
           .baseline = "Item neighbours, BM25",
           .k = 20,
           .customers = 2400,
           .difference = 0.001,
           .low = -0.001,
           .high = 0.003,
           .p_value = 0.3,
           .p_adjusted = 0.3},
          {.model = "Most popular",
           .baseline = "Implicit ALS",
           .metric = RankingMetric::gini,
           .k = 20,
           .customers = 2400,
           .difference = 0.3,
           .low = 0.2,
           .high = 0.4,
           .p_value = 0.001,
           .p_adjusted = 0.002}};
}

inline std::vector<SampleRecommendations> sample_recommendations() {
  SampleRecommendations one{.customer = "12347"};
  for (std::uint32_t i = 0; i < 9; ++i) one.history.push_back(Item{i});
  one.list = {{Item{20}, 0.91f}, {Item{21}, 0.5f}, {Item{22}, 0.2f}};
  one.reasons = {{.score = 0.91f, .parts = {{Item{1}, 0.6f}, {Item{2}, 0.2f}, {Item{3}, -0.1f}}},
                 {.score = 0.5f, .parts = {}, .rest = 0.5f, .events = 812},
                 {.score = 0.2f, .parts = {}}};
  return {one, {.customer = attack}};
}

inline std::string sample_item_name(Item item) {
  return item == Item{2} ? attack : "ITEM " + std::to_string(index(item));
}

inline QualityReport sample_quality() {
  QualityReport out;
  out.file = "online_retail.csv";
  out.dialect = "comma, LF, header";
  out.bytes = 45580638;
  out.lines = 541910;
  out.rows_read = 541909;
  out.rows_kept = 530000;
  out.rejected[static_cast<std::size_t>(RowProblem::bad_time)] = 1909;
  out.rejected[static_cast<std::size_t>(RowProblem::negative_price)] = 10000;
  out.duplicate_rows = 5268;
  out.rows_without_customer = 135080;
  out.invalid_utf8_rows = 3;
  out.cancellation_rows = 9288;
  out.refund_rows = 10624;
  out.first_time = Time{std::chrono::days{14944}};
  out.last_time = Time{std::chrono::days{15317}};
  out.currency = Currency("GBP");
  out.sales = 1066668472;
  out.refunds = -91893773;
  out.columns = {{.source = "InvoiceDate",
                  .target = "time",
                  .format = "M/D/Y h:m",
                  .detected = true,
                  .missing = 0,
                  .range = {}},
                 {.source = attack,
                  .target = "quantity",
                  .format = "integer",
                  .missing = 7,
                  .range = ColumnQuality::Range{-80995, 80995, 0}},
                 {.source = "UnitPrice",
                  .target = "unit_price",
                  .format = "1234.56",
                  .range = ColumnQuality::Range{0, 3897000, 2}}};
  out.quarantine = {{.line = 17,
                     .column = "UnitPrice",
                     .value = "-11062.06",
                     .problem = RowProblem::negative_price,
                     .message = "a price must be >= 0",
                     .row = ""},
                    {.line = 18,
                     .column = "",
                     .value = attack,
                     .problem = RowProblem::ragged_row,
                     .message = attack,
                     .row = ""}};
  return out;
}

/// Every section, one after another.
inline void add_all_sections(ReportPage& page) {
  const SampleRfm rfm = sample_rfm();
  const auto models = sample_models();
  const auto comparisons = sample_comparisons();
  const auto samples = sample_recommendations();
  add_sales_tiles(page, sample_sales());
  add_quality_section(page, sample_quality());
  add_sales_section(page, sample_sales());
  add_sales_groups_section(page, sample_groups());
  add_concentration_section(page, sample_concentration());
  add_rfm_section(page, rfm.result, rfm.segments, rfm.grid);
  add_cohort_section(page, sample_cohorts());
  add_models_section(page, models, comparisons,
                     {.k = 20,
                      .split = "The last 60 days are test.",
                      .counts = {.catalogue = 3665,
                                 .test_customers = 2500,
                                 .evaluated = 2400,
                                 .already_known = 100,
                                 .cold_customers = 200,
                                 .relevant = 30000}});
  add_recommendations_section(page, samples, sample_item_name, "Implicit ALS");
}

}  // namespace emptor::test
