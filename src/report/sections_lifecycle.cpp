#include "emptor/report/sections_lifecycle.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "emptor/report/chart.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::counted;
using detail::major_units;
using detail::with_unit;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_months = 36;
constexpr std::size_t most_brands = 20;

std::string day_text(Day day) {
  return to_string(day);
}

void check(const LifecycleHistory& history) {
  const std::size_t months = history.growth.size();
  if (history.ends.size() == months && history.counts.size() == months &&
      history.moves.size() == (months == 0 ? 0 : months - 1)) {
    return;
  }
  throw Exception(ErrorCode::invalid_shape, "growth, ends, counts and moves must be of one history",
                  "add_lifecycle_section");
}

std::string clock_text(const LifecycleOptions& o) {
  std::string out =
      o.clock == LifecycleClock::fixed_days
          ? text("At risk after ", o.at_risk_days, ", dormant after ", o.dormant_days,
                 " and churned after ", o.churned_days, " days without a purchase, for everybody; ")
          : text("At risk after ", o.at_risk_gaps, ", dormant after ", o.dormant_gaps,
                 " and churned after ", o.churned_gaps,
                 " times the customer's own usual gap between purchases; ");
  return out + text("new for the first ", o.new_days,
                    " days. Returning and resurrected customers bought again after having been at "
                    "risk or dormant, and churned.");
}

void add_growth(ReportPage& page, const LifecycleHistory& history) {
  const std::size_t months = history.growth.size();
  const std::size_t shown = std::min(months, most_months);
  const char* names[] = {"new", "retained", "resurrected", "lost"};
  TimeChart chart{.labels = {"Customers by month",
                             "New: first purchase. Retained: also bought in the month before. "
                             "Resurrected: bought before, but not then. Lost: bought in the month "
                             "before, not now.",
                             "Number of new, retained, resurrected and lost customers by month", "",
                             "Customers"},
                  .format = {.decimals = 0}};
  for (const char* name : names) chart.series.push_back({.name = name});
  for (std::size_t m = months - shown; m < months; ++m) {
    const GrowthMonth& month = history.growth[m];
    chart.days.push_back(history.ends[m]);
    const std::uint64_t values[] = {month.fresh, month.retained, month.resurrected, month.lost};
    for (std::size_t s = 0; s < 4; ++s) {
      chart.series[s].values.push_back(static_cast<double>(values[s]));
    }
  }
  page.add_chart(chart,
                 "The last month ends with the data and may be incomplete: some of those "
                 "who seem lost in it will still buy.");
}

void add_stages(ReportPage& page, const LifecycleHistory& history) {
  const std::size_t months = history.growth.size();
  const std::size_t shown = std::min(months, most_months);
  TimeChart chart{
      .labels = {"Customers by stage at the end of each month", "",
                 "Number of customers in each stage of the lifecycle by month", "", "Customers"},
      .format = {.decimals = 0}};
  for (std::size_t s = 1; s < lifecycle_stage_count; ++s) {
    chart.series.push_back({.name = std::string(name(static_cast<LifecycleStage>(s)))});
  }
  for (std::size_t m = months - shown; m < months; ++m) {
    chart.days.push_back(history.ends[m]);
    for (std::size_t s = 1; s < lifecycle_stage_count; ++s) {
      chart.series[s - 1].values.push_back(static_cast<double>(history.counts[m][s]));
    }
  }
  page.add_chart(chart, clock_text(history.options));
}

void add_moves(ReportPage& page, const LifecycleMoves& moves) {
  HeatmapChart map{.labels = {"Moves between stages",
                              text("From ", day_text(moves.from), " (rows) to ", day_text(moves.to),
                                   " (columns)."),
                              "Number of customers by stage before and after",
                              "Stage after, by its number", "Stage before"},
                   .format = {.decimals = 0},
                   .scale = ColorScale::square_root,
                   .low = 0};
  for (std::size_t s = 1; s < lifecycle_stage_count; ++s) {
    map.columns.push_back(text(s));  // whole names are too wide for a telephone
  }
  for (std::size_t from = 0; from < lifecycle_stage_count; ++from) {
    const auto before = static_cast<LifecycleStage>(from);
    map.rows.push_back(before == LifecycleStage::none ? "no purchase yet"
                                                      : text(from, ' ', name(before)));
    for (std::size_t to = 1; to < lifecycle_stage_count; ++to) {
      map.values.push_back(static_cast<double>(moves.at(before, static_cast<LifecycleStage>(to))));
    }
  }
  page.add_chart(map, "Colours follow the square root of the count, so that small cells differ.");
}

void add_growth_table(ReportPage& page, const LifecycleHistory& history) {
  const auto money = [&](std::string_view what) { return with_unit(what, history.currency); };
  ReportTable table{
      .caption = "Growth accounting by month",
      .columns = {"Month", "Active", "New", "Retained", "Resurrected", "Lost", "Quick ratio",
                  money("Sales to new"), money("Sales to retained"), money("Sales to resurrected"),
                  money("Sales to the lost, month before")}};
  const ValueFormat ratio{.decimals = 2, .keep_zeros = true};
  for (const GrowthMonth& month : history.growth) {
    const auto amount = [&](std::int64_t units) {
      return detail::amount_cell(units, history.price_scale, history.currency);
    };
    table.rows.push_back({month_label(month.month),
                          month.active,
                          month.fresh,
                          month.retained,
                          month.resurrected,
                          month.lost,
                          {month.quick_ratio().value_or(missing), ratio},
                          amount(month.fresh_sales),
                          amount(month.retained_sales),
                          amount(month.resurrected_sales),
                          amount(month.lost_sales)});
  }
  page.begin_details("All months");
  page.add_table(table);
  page.add_paragraph("Quick ratio: (new + resurrected) / lost; above 1 the base grows.");
  page.end_details();
}

}  // namespace

void add_lifecycle_section(ReportPage& page, const LifecycleHistory& history,
                           const LifecycleMoves* moves) {
  check(history);
  page.begin_section("Customers' life",
                     "Who comes, stays, falls silent and comes back, month by month.");
  if (history.growth.empty()) {
    page.add_paragraph("No customer has a purchase.");
    return;
  }
  add_growth(page, history);
  add_stages(page, history);
  if (moves != nullptr) {
    add_moves(page, *moves);
  } else if (!history.moves.empty()) {
    add_moves(page, history.moves.back());
  }
  add_growth_table(page, history);
}

void add_value_tiers_section(ReportPage& page, const ValueTiers& tiers) {
  page.begin_section("Who brings the revenue",
                     text(counted(tiers.of_value.size(), "customer", "customers"),
                          " by what they bring, the best first."));
  if (tiers.of_value.empty()) {
    page.add_paragraph("No customer has a purchase.");
    return;
  }
  BarChart bars{
      .labels = {"Tiers", "", "Share of customers and of revenue of each tier", "Share", ""},
      .series = {{.name = "customers"}, {.name = "revenue"}},
      .format = detail::percent_format,
      .horizontal = true};
  ReportTable table{
      .caption = "Tiers of value",
      .columns = {"Tier", "Customers", "Share", with_unit("Revenue", tiers.currency),
                  "Share of revenue", with_unit("Smallest customer", tiers.currency)}};
  for (const ValueTier& tier : tiers.tiers) {
    bars.categories.push_back(tier.name);
    bars.series[0].values.push_back(tier.customer_share);
    bars.series[1].values.push_back(tier.value_share);
    table.rows.push_back(
        {tier.name,
         tier.customers,
         {tier.customer_share, detail::percent_column},
         detail::amount_cell(tier.value, tiers.price_scale, tiers.currency),
         {tier.value_share, detail::percent_column},
         tier.customers > 0 ? detail::amount_cell(tier.smallest, tiers.price_scale, tiers.currency)
                            : ReportCell()});
  }
  LineChart curve{.labels = {"ABC curve", "", "Share of revenue by share of best customers",
                             "Share of customers, best first", "Share of revenue"},
                  .series = {{.name = "revenue"}},
                  .x_format = detail::percent_format,
                  .y_format = detail::percent_format};
  for (const TierCurvePoint& point : tiers.curve) {
    curve.x.push_back(point.customer_share);
    curve.series[0].values.push_back(point.value_share);
  }
  page.add_chart(bars);
  page.add_chart(curve);
  page.add_table(table);
  std::string ends;
  for (std::size_t i = 0; i < tiers.options.shares.size(); ++i) {
    ends += text(i == 0 ? "" : ", ", tiers.tiers[i].name, " up to ",
                 format_value(tiers.options.shares[i], detail::percent_format));
  }
  page.add_paragraph(
      text("Tiers end where the best customers bring a share of the revenue: ", ends,
           ". Who reaches the share is inside",
           tiers.options.ties == TierTies::together ? ", with all who bring as much." : "."));
}

void add_loyalty_section(ReportPage& page, const LoyaltyReport& loyalty) {
  page.begin_section("Loyalty",
                     "How regularly customers come, whether they come again, and "
                     "whether they stay with a brand.");
  if (loyalty.customers.empty()) {
    page.add_paragraph("No customer has a purchase.");
    return;
  }
  HistogramChart spread{
      .labels = {"Loyalty index", "", "Number of customers by loyalty index from 0 to 100", "Index",
                 "Customers"},
      .format = {.decimals = 0}};
  for (const CustomerLoyalty& one : loyalty.customers) spread.values.push_back(one.index);
  page.add_chart(spread,
                 text("The index is the weighted mean of the share of periods of ",
                      loyalty.options.period_days,
                      " days with a purchase, of the share of purchases that were repeats and, "
                      "where brands are known, of orders that stayed with the brand."));
  const auto percent = [](double share) { return ReportCell{share, detail::percent_column}; };
  ReportTable table{.caption = "Loyalty of all customers", .columns = {"Measure", "Value"}};
  table.rows.push_back({"Customers with a purchase", loyalty.customers.size()});
  table.rows.push_back({"Bought on two days or more", percent(loyalty.repurchase_rate)});
  table.rows.push_back({"Mean share of periods with a purchase", percent(loyalty.mean_activity)});
  table.rows.push_back(
      {"Mean index", ReportCell{loyalty.mean_index, {.decimals = 1, .keep_zeros = true}}});
  if (loyalty.switching) {
    table.rows.push_back({"Next order of another main brand", percent(*loyalty.switching)});
  }
  page.add_table(table);
  const BrandMoves& moves = loyalty.moves;
  const std::size_t brands = moves.brands.size();
  if (brands < 2 || moves.counts.size() != brands * brands) return;
  std::vector<std::uint64_t> sizes(brands);
  for (std::size_t a = 0; a < brands; ++a) {
    for (std::size_t b = 0; b < brands; ++b) sizes[a] += moves.at(a, b) + moves.at(b, a);
  }
  std::vector<std::size_t> order(brands);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
  order.resize(std::min(brands, most_brands));
  HeatmapChart map{
      .labels = {"From brand to brand", "", "Number of next orders by main brand before and after",
                 "Main brand of the next order", "Main brand of an order"},
      .format = {.decimals = 0},
      .scale = ColorScale::square_root,
      .low = 0};
  for (const std::size_t from : order) {
    map.rows.push_back(moves.brands[from]);
    map.columns.push_back(moves.brands[from]);
    for (const std::size_t to : order) {
      map.values.push_back(static_cast<double>(moves.at(from, to)));
    }
  }
  page.add_chart(map, brands > most_brands
                          ? text("The ", most_brands, " most bought of ", brands, " brands.")
                          : std::string());
}

void add_value_classes_section(ReportPage& page, const ValueClasses& classes, Currency currency,
                               int price_scale) {
  page.begin_section("Eight classes of value",
                     "Recency, frequency and money, each above or below the mean.");
  if (classes.of_row.empty()) {
    page.add_paragraph("No customer has a purchase.");
    return;
  }
  BarChart bars{.labels = {"Share of customers and of revenue", "",
                           "For each class, its share of customers and of revenue", "Share", ""},
                .series = {{.name = "customers"}, {.name = "revenue"}},
                .format = detail::percent_format,
                .horizontal = true};
  ReportTable table{.caption = "Classes",
                    .columns = {"Class", "Customers", "Share", with_unit("Revenue", currency),
                                "Share of revenue", "Mean days since last order", "Mean orders"}};
  const ValueFormat tenth{.decimals = 1, .keep_zeros = true};
  for (const RfmSegmentSummary& one : classes.classes) {
    const auto known = [&](double value) { return one.customers > 0 ? value : missing; };
    bars.categories.push_back(one.name);
    bars.series[0].values.push_back(one.customer_share);
    bars.series[1].values.push_back(one.monetary_share);
    table.rows.push_back({one.name,
                          one.customers,
                          {one.customer_share, detail::percent_column},
                          detail::amount_cell(one.monetary, price_scale, currency),
                          {one.monetary_share, detail::percent_column},
                          {known(one.mean_recency_days), tenth},
                          {known(one.mean_orders), tenth}});
  }
  page.add_chart(bars);
  page.add_table(table);
  const bool scores = classes.options.levels == ValueLevels::mean_of_scores;
  page.add_paragraph(classes.options.levels == ValueLevels::fixed
                         ? "High and low are parted at fixed values."
                         : text("High is better than the mean of the customers' ",
                                scores ? "scores" : "values", "; at the mean is low."));
}

}  // namespace emptor
