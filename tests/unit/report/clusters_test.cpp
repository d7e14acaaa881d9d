#include <cmath>
#include <limits>
#include <string>

#include "emptor/report/chart_cloud.hpp"
#include "emptor/report/sections_clusters.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

const double unknown = std::numeric_limits<double>::quiet_NaN();

template <class Add>
std::string page_with(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, "nan") == 0);
  return html;
}

CustomerClusters two_clusters() {
  CustomerClusters out;
  out.columns = {"net", "recency"};
  out.means = {100, 50};
  out.deviations = {40, 20};
  out.clusters = {{.name = "low net <&>",
                   .customers = 3,
                   .share = 0.75,
                   .measures = {{80, 75, -0.5}, {60, 61, 0.5}},
                   .telling = {0, 1},
                   .silhouette = 0.62},
                  {.name = "high net",
                   .customers = 1,
                   .share = 0.25,
                   .measures = {{160, 160, 1.5}, {unknown, unknown, unknown}},
                   .telling = {0}}};
  out.cluster_of = {0, 0, 1, 0};
  for (std::uint32_t i = 0; i < 4; ++i) {
    out.customers.push_back(Customer{i});
    out.map.points.push_back({i * 1.0, i * 0.5, out.cluster_of[i]});
  }
  out.map.centres = {{1, 0.5, 0}, {2, 1, 1}};
  out.map.x_share = 0.7;
  out.map.y_share = 0.3;
  return out;
}

}  // namespace

TEST_CASE("clusters have sizes, differences, a map and profiles", "[report][clusters]") {
  const std::string html =
      page_with([](ReportPage& page) { add_clusters_section(page, two_clusters()); });
  CHECK_THAT(html, ContainsSubstring("low net &lt;&amp;&gt;"));
  CHECK_THAT(html, ContainsSubstring("70% of all variance"));
  CHECK_THAT(html, ContainsSubstring("recency, mean"));
  CHECK_THAT(html, ContainsSubstring(">75.0%</td>"));
  CHECK_THAT(html, !ContainsSubstring("How many clusters"));
  CHECK_THAT(html, !ContainsSubstring("Since the last fit"));
}

TEST_CASE("the choice of their number, and what changed, are told when known",
          "[report][clusters]") {
  CustomerClusters clusters = two_clusters();
  clusters.counts.rows = {{.clusters = 1, .inertia = 90},
                          {2, 40, 0.5, 0.7, 300, 0.9, 0.02},
                          {3, 30, 0.4, 0.9, 250, 0.8, 0.02}};
  ClusterCountRow& one = clusters.counts.rows[0];
  one.silhouette = one.davies_bouldin = one.calinski_harabasz = unknown;
  one.gap = 0.3;
  clusters.counts.by_silhouette = clusters.counts.by_gap = 2;
  clusters.matching = {.pairs = {{.before = 4, .after = 1, .common = 7, .jaccard = 0.5}},
                       .appeared = {0},
                       .vanished = {0, 1},
                       .lasting = {5, 4},
                       .common = 10,
                       .stayed = 7};
  const std::string html =
      page_with([&](ReportPage& page) { add_clusters_section(page, clusters); });
  CHECK_THAT(html, ContainsSubstring("Largest silhouette: 2 clusters"));
  CHECK_THAT(html, ContainsSubstring("Smallest Davies-Bouldin: none"));
  CHECK_THAT(html, ContainsSubstring("70% of the 10 customers in both fits"));
  CHECK_THAT(html, ContainsSubstring("1 cluster is new and 2 have vanished"));
}

TEST_CASE("clusters that are not there or do not fit", "[report][clusters]") {
  CHECK_THAT(page_with([](ReportPage& page) { add_clusters_section(page, {}); }),
             ContainsSubstring("There are no clusters."));
  ReportPage page({.title = "t"});
  CustomerClusters wrong = two_clusters();
  wrong.columns.pop_back();
  CHECK_THROWS_AS(add_clusters_section(page, wrong), Exception);
  CHECK_THROWS_AS(add_clusters_section(page, two_clusters(), {.drawn = 41}), Exception);
}

TEST_CASE("reach against similarity", "[report][clusters]") {
  LookalikeReport report{.customers = 1000, .seeds = 50, .held_out = 10, .auc = 0.875};
  report.curve = {{10, 0.01, 0.9, 0.95, 0.3, 30}, {1000, 1, 0, 0.1, 1, 1}};
  const std::string html =
      page_with([&](ReportPage& page) { add_lookalikes_section(page, report); });
  CHECK_THAT(html, ContainsSubstring("87.5%"));
  CHECK_THAT(html, ContainsSubstring("50 seeds among 1,000 customers"));
  report.curve.clear();
  CHECK_THAT(page_with([&](ReportPage& page) { add_lookalikes_section(page, report); }),
             ContainsSubstring("No seeds were held out"));
}

TEST_CASE("a cloud of points with named marks", "[report][clusters]") {
  CloudChart chart{.labels = {"Cloud", "", "", "x", "y"}};
  CHECK_THAT(render_svg(chart), ContainsSubstring("No data"));
  for (std::size_t i = 0; i < 300; ++i) {
    chart.points.push_back({static_cast<double>(i % 17), static_cast<double>(i % 23), i % 9});
  }
  chart.points.push_back({unknown, 1, 0});
  chart.marks = {{"<one>", 3, 4, 0}, {"two", 16, 22, 8}};
  for (const double width : {340.0, 720.0}) {
    const std::string svg = render_svg(chart, {.width = width});
    CHECK(MarkupCheck::error(svg) == "");
    CHECK(count(svg, "<circle") >= 302);
    CHECK_THAT(svg, ContainsSubstring("&lt;one&gt;"));
  }
  chart.points.push_back({std::numeric_limits<double>::infinity(), 0, 0});
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.points.assign(5001, {});
  CHECK_THROWS_AS(render_svg(chart), Exception);
}
