// Writes the page that the browser test opens: every block and every chart once, with texts that
// try to break out. Usage: sample_page FILE

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "emptor/report/chart.hpp"
#include "emptor/report/page.hpp"
#include "sample_identity.hpp"
#include "sample_results.hpp"
#include "sample_score.hpp"

using namespace emptor;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

using test::noise;

const Day first_day = std::chrono::year{2010} / 12 / 1;

void add_sales(ReportPage& page) {
  page.begin_section("Sales over time",
                     "Revenue by day and week, refunds netted. Days without orders are gaps.");
  TimeChart chart{.labels = {"Revenue by week",
                             "1 December 2010 to 9 December 2011, last week cut short",
                             "Revenue rises in autumn.", "", "Revenue (thousand GBP)"}};
  LineSeries gross{.name = "gross"};
  LineSeries net{.name = "net of refunds"};
  for (int week = 0; week < 54; ++week) {
    chart.days.push_back(first_day + std::chrono::days{7 * week});
    const double season = 120 + 70 * std::exp(-std::pow((week - 48) / 6.0, 2)) + 40 * noise(week) -
                          (week == 4 ? 80 : 0);
    gross.values.push_back(week == 3 ? missing : season * 1e3);
    net.values.push_back(week == 3 ? missing : season * 940);
    net.low.push_back(week == 3 ? missing : season * 880);
    net.high.push_back(week == 3 ? missing : season * 1000);
  }
  chart.series = {net, gross};
  page.add_chart(chart,
                 "Net revenue with its 95% interval. The shop was closed in the last week "
                 "of December.");
  TimeChart daily{.labels = {"Orders by day", "", "", "", "Orders"}, .days = {}};
  LineSeries orders{.name = "orders"};
  for (int day = 0; day < 374; ++day) {
    daily.days.push_back(first_day + std::chrono::days{day});
    orders.values.push_back(day % 7 == 3 ? missing : 40 + 60 * noise(day) + day / 8.0);
  }
  daily.series = {orders};
  page.add_chart(daily);
  BarChart months{.labels = {"Change against the month before", "", "", "", "Change"},
                  .categories = {"Jan", "Feb", "Mar", "Apr", "May", "Jun"},
                  .series = {{.name = "", .values = {-0.26, -0.11, 0.37, -0.28, 0.46, missing}}},
                  .format = {.style = NumberStyle::percent, .decimals = 0}};
  page.add_chart(months, "June is not complete.");
}

void add_segments(ReportPage& page) {
  page.begin_section("Customers by segment", "Recency, frequency and monetary quintiles.");
  HeatmapChart grid{.labels = {"Customers by recency and frequency", "", "", "Frequency score",
                               "Recency score (5 bought last)"},
                    .rows = {"5", "4", "3", "2", "1"},
                    .columns = {"1", "2", "3", "4", "5"},
                    .format = {.decimals = 0},
                    .scale = ColorScale::square_root};
  for (int i = 0; i < 25; ++i) {
    const int r = i / 5, f = i % 5;
    grid.values.push_back(std::floor(30 + 300 * std::exp(-std::abs(r + f - 4) / 1.4) * noise(i)));
  }
  page.add_chart(grid);
  TreemapChart map{.labels = {"Segments by customers and revenue",
                              "Area: customers. Colour: revenue of a customer.", "", "", ""},
                   .tiles = {{"Champions", 834, 6600},
                             {"Loyal", 742, 2100},
                             {"Potential loyalists", 521, 900},
                             {"New", 210, 300},
                             {"Promising", 180, 420},
                             {"Need attention", 310, 850},
                             {"About to sleep", 330, 410},
                             {"At risk", 480, 1100},
                             {"Cannot lose", 90, 3900},
                             {"Hibernating", 640, 280},
                             {"Lost", 1, missing}},
                   .size_name = "customers",
                   .value_name = "GBP each",
                   .size_format = {.decimals = 0}};
  page.add_chart(map);
  BarChart shares{
      .labels = {"Share of customers and of revenue", "", "", "Share", ""},
      .series = {{.name = "customers", .values = {}}, {.name = "revenue", .values = {}}},
      .format = {.style = NumberStyle::percent, .decimals = 1},
      .horizontal = true};
  ReportTable table{
      .caption = "Segments",
      .columns = {"Segment", "Customers", "Revenue (GBP)", "Of a customer (GBP)", "Last order"}};
  double customers = 0, revenue = 0;
  for (const TreemapTile& tile : map.tiles) {
    customers += tile.size;
    revenue += std::isnan(tile.value) ? 0 : tile.size * tile.value;
  }
  for (const TreemapTile& tile : map.tiles) {
    shares.categories.push_back(tile.name);
    shares.series[0].values.push_back(tile.size / customers);
    shares.series[1].values.push_back(tile.size * tile.value / revenue);
    table.rows.push_back({tile.name, static_cast<std::int64_t>(tile.size),
                          ReportCell(tile.size * tile.value, {.keep_zeros = true}), tile.value,
                          first_day + std::chrono::days{static_cast<int>(tile.size)}});
  }
  table.total = {"All",
                 static_cast<std::int64_t>(customers),
                 ReportCell(revenue, {.keep_zeros = true}),
                 {},
                 {}};
  page.add_chart(shares);
  page.add_table(table);
  page.add_note(ReportNote::note,
                "Refunds are netted: a customer whose refunds exceed the orders "
                "counts with zero.");
}

void add_distribution(ReportPage& page) {
  page.begin_section("Concentration", "How unevenly revenue is spread over customers.");
  std::vector<double> spend;
  for (int i = 0; i < 4338; ++i) spend.push_back(40 * std::pow(1 - noise(i), -0.9));
  LorenzSeries lorenz{.name = "", .gini = 0.6};
  for (int i = 0; i <= 200; ++i) {  // the curve 1 - (1 - x)^0.25
    lorenz.customers.push_back(i / 200.0);
    lorenz.amount.push_back(1 - std::pow(1 - i / 200.0, 0.25));
  }
  page.add_chart(LorenzChart{
      .labels = {"Concentration of revenue", "", "", "Customers, smallest first", "Revenue"},
      .series = {lorenz}});
  page.add_chart(
      HistogramChart{.labels = {"Revenue of a customer", "", "", "Revenue (GBP)", "Customers"},
                     .values = spend,
                     .options = {.tail_from = 0.97}});
  HeatmapChart cohorts{.labels = {"Monthly cohorts: customers who came back (%)", "", "",
                                  "Months since the first order", "Month of the first order"},
                       .format = {.decimals = 0},
                       .low = 0,
                       .high = 50,
                       .blank = "not yet observed"};
  for (int c = 0; c < 13; ++c) {
    cohorts.rows.push_back(month_label(2010 * 12 + 11 + c) + " (" + std::to_string(900 - 50 * c) +
                           ")");
    cohorts.columns.push_back(std::to_string(c));
    for (int m = 0; m < 13; ++m) {
      cohorts.values.push_back(m == 0       ? 100
                               : m > 12 - c ? missing
                                            : 38 - 2.0 * c + 8 * noise(c * 13 + m));
    }
  }
  page.add_chart(cohorts, "Colours end at 50%, so that the first month does not take them all.");
}

void add_models(ReportPage& page) {
  page.begin_section("Recommendations", "Three recommenders, each asked for 20 items.");
  page.add_chart(IntervalChart{
      .labels = {"NDCG@20", "95% bootstrap intervals over customers", "", "NDCG@20", ""},
      .rows = {{"Implicit ALS, 64 factors", 0.1291, 0.1268, 0.1313, 0},
               {"Item neighbours, BM25", 0.1104, 0.1082, 0.1126, 1},
               {"Most popular", 0.0317, 0.0305, 0.0329, 2},
               {"Not finished", missing}},
      .from_zero = true});
  page.add_table({.caption = "Samples, with the reasons why",
                  .columns = {"Customer", "Recommended", "Score", "Because of"},
                  .rows = {{"12347", "REGENCY CAKESTAND 3 TIER", 0.8123, "bought CAKE STAND"},
                           {"12348", "\xE7\xBA\xA2\xE8\x89\xB2\xE9\x92\x9F", 0.71,
                            "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D"},
                           {"12349", "caf\xE9 <b>set</b>", missing, "popular"}}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: sample_page FILE\n", stderr);
    return 2;
  }
  ReportPage page({.title = "Customer report",
                   .subtitle = "A sample shop, 1 December 2010 to 9 December 2011",
                   .footer = "Made by emptor. Every number is explained in its section."});
  page.add_tile({"Customers", "4,338", "with at least one order"});
  page.add_tile({"Orders", "18,532", "25,900 before refunds"});
  page.add_tile({"Net revenue", "8.91M GBP", "9.75M gross, 8.6% refunded"});
  page.add_tile({"Top fifth", "74.6%", "of revenue, Gini 0.74"});
  page.add_tile({"Came back", "65.6%", "ordered more than once"});
  add_sales(page);
  add_segments(page);
  add_distribution(page);
  add_models(page);
  page.begin_section("Quality of the data");
  page.add_note(ReportNote::warning,
                "135,080 rows have no customer: they count in revenue, and in "
                "nothing that needs a customer.");
  page.begin_details("How rows were read");
  page.add_list({"541,909 rows read", "10,624 cancellations netted", "0 rows rejected"});
  page.add_table({.caption = "Rejected rows", .columns = {"Reason", "Rows"}, .rows = {}});
  test::add_all_sections(page);
  test::add_identity(page);
  test::add_score(page);
  page.begin_section("Texts that try to break out");
  const std::string attack =
      "</script></style></title><script>console.error('escaped')</script>"
      "<img src=\"http://127.0.0.1:9/x.png\" onerror=\"console.error(1)\"/> ]]> --> \x01\xFF";
  page.add_paragraph(attack);
  page.add_chart(BarChart{.labels = {attack, attack, attack, "x", attack},
                          .categories = {attack, "\xE6\xB1\x89\xE5\xAD\x97", "\xF0\x9F\x9B\x92"},
                          .series = {{.name = attack, .values = {3, 2, 1}}}});
  page.add_chart(ScatterChart{.labels = {attack, attack, attack, attack, attack},
                              .points = {{.name = attack, .x = 1, .y = 2, .low = 1, .high = 3},
                                         {.name = attack, .x = 1.01, .y = 2, .strong = true},
                                         {.name = "far", .x = 9, .y = 4, .color = 1}}});
  page.add_chart(ArcChart{.labels = {attack, attack, attack, "", ""},
                          .names = {attack, "\xE6\xB1\x89\xE5\xAD\x97", "c", "d", "e"},
                          .links = {{0, 1, 3, attack}, {1, 2, 1}, {3, 4, 2}}});
  page.add_chart(WaterfallChart{.labels = {attack, attack, attack, attack, attack},
                                .steps = {{attack, attack, -3}, {"b", "", 5}, {attack, "", 0}},
                                .total_name = attack,
                                .gain_name = attack,
                                .loss_name = attack});
  page.add_chart(DotChart{.labels = {attack, attack, attack, attack, attack},
                          .series = {attack, "b"},
                          .rows = {{attack, attack, {1, 0.01}, attack}, {"", "c", {missing, 2}}},
                          .logarithmic = true});
  page.add_chart(TreeChart{
      .labels = {attack, attack, attack, attack, attack},
      .leaves = {attack, "b", "c"},
      .joins = {{0, 1, 4, JoinLook::plain, attack}, {3, 2, missing, JoinLook::forced, attack}},
      .threshold = 0});
  const Result<void> written = page.write(argv[1]);
  if (!written) {
    std::fputs((written.error().to_string() + "\n").c_str(), stderr);
    return 1;
  }
  return 0;
}
