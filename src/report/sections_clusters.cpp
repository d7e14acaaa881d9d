#include "emptor/report/sections_clusters.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/report/chart.hpp"
#include "emptor/report/chart_cloud.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::percent_column;
using detail::percent_text;

void add_sizes(ReportPage& page, const CustomerClusters& clusters, std::size_t drawn) {
  BarChart chart{.labels = {"Sizes", "", "How many customers each cluster has", "Customers", ""},
                 .series = {{}},
                 .format = {.decimals = 0},
                 .horizontal = true};
  for (std::size_t c = 0; c < drawn; ++c) {
    chart.categories.push_back(clusters.clusters[c].name);
    chart.series[0].values.push_back(static_cast<double>(clusters.clusters[c].customers));
  }
  page.add_chart(chart);
}

void add_differences(ReportPage& page, const CustomerClusters& clusters, std::size_t drawn) {
  const std::size_t columns = std::min<std::size_t>(clusters.columns.size(), 40);
  HeatmapChart chart{
      .labels = {"What sets them apart", "Standard deviations from the mean of all customers",
                 "For each cluster and measure the cluster's mean, in standard deviations above or "
                 "below the mean of all customers.",
                 "Measure", "Cluster"},
      .format = {.decimals = 1, .keep_zeros = true},
      .low = -2,
      .high = 2,
      .blank = "not known"};
  chart.columns.assign(clusters.columns.begin(),
                       clusters.columns.begin() + static_cast<std::ptrdiff_t>(columns));
  for (std::size_t c = 0; c < drawn; ++c) {
    chart.rows.push_back(clusters.clusters[c].name);
    for (std::size_t j = 0; j < columns; ++j) {
      chart.values.push_back(clusters.clusters[c].measures[j].difference);
    }
  }
  page.add_chart(chart, "Colours end at two deviations; the numbers do not.");
}

void add_map(ReportPage& page, const CustomerClusters& clusters, std::size_t drawn) {
  const ClusterMap& map = clusters.map;
  if (map.points.empty()) return;
  CloudChart chart{.labels = {"Where customers lie",
                              text(percent_text(map.x_share), " of all variance lies across, ",
                                   percent_text(map.y_share), " up"),
                              "Customers on the two principal components of their scaled measures, "
                              "coloured by cluster, with the clusters' centres.",
                              "First principal component", "Second"}};
  const std::size_t step = (map.points.size() + 1499) / 1500;
  for (std::size_t i = 0; i < map.points.size(); i += step) {
    chart.points.push_back({map.points[i].x, map.points[i].y, map.points[i].cluster});
  }
  for (const ClusterMapPoint& centre : map.centres) {
    if (centre.cluster >= drawn) continue;
    chart.marks.push_back(
        {clusters.clusters[centre.cluster].name, centre.x, centre.y, centre.cluster});
  }
  page.add_chart(chart, text(counted(chart.points.size(), "customer is", "customers are"),
                             " drawn. Clusters that overlap here may be apart in other "
                             "directions."));
}

void add_profiles(ReportPage& page, const CustomerClusters& clusters) {
  ReportTable table{.caption = "Profiles: mean and median of each measure",
                    .columns = {"Cluster", "Customers", "Share", "Silhouette"}};
  for (const std::string& column : clusters.columns) {
    table.columns.push_back(text(column, ", mean"));
    table.columns.push_back("median");
  }
  for (const ClusterProfile& cluster : clusters.clusters) {
    std::vector<ReportCell> row{cluster.name, cluster.customers,
                                ReportCell(cluster.share, percent_column),
                                ReportCell(cluster.silhouette)};
    for (const ClusterMeasure& measure : cluster.measures) {
      row.emplace_back(measure.mean);
      row.emplace_back(measure.median);
    }
    table.rows.push_back(std::move(row));
  }
  table.total = {"everybody", clusters.cluster_of.size(), ReportCell(1.0, percent_column),
                 ReportCell()};
  for (const double mean : clusters.means) {
    table.total.emplace_back(mean);
    table.total.emplace_back();
  }
  page.add_table(table);
}

void add_counts(ReportPage& page, const ClusterCountTable& counts) {
  if (counts.rows.empty()) return;
  page.add_heading("How many clusters?");
  LineChart silhouettes{
      .labels = {"Silhouette by number of clusters", "",
                 "The mean silhouette for each number of clusters", "Clusters", "Silhouette"},
      .series = {{.name = "silhouette"}},
      .x_format = {.decimals = 0},
      .y_format = {.decimals = 2}};
  LineChart gaps{.labels = {"Gap by number of clusters", "",
                            "How far the logarithm of inertia lies below that of customers "
                            "without structure, with one standard error",
                            "Clusters", "Gap"},
                 .series = {{.name = "gap"}},
                 .x_format = {.decimals = 0},
                 .y_format = {.decimals = 2},
                 .from_zero = false};
  ReportTable table{.caption = "Quality by number of clusters",
                    .columns = {"Clusters", "Inertia", "Silhouette", "Davies-Bouldin",
                                "Calinski-Harabasz", "Gap", "Its error"}};
  bool any_silhouette = false;
  bool any_gap = false;
  for (const ClusterCountRow& row : counts.rows) {
    const double k = static_cast<double>(row.clusters);
    silhouettes.x.push_back(k);
    silhouettes.series[0].values.push_back(row.silhouette);
    gaps.x.push_back(k);
    gaps.series[0].values.push_back(row.gap);
    gaps.series[0].low.push_back(row.gap - row.gap_error);
    gaps.series[0].high.push_back(row.gap + row.gap_error);
    any_silhouette = any_silhouette || !std::isnan(row.silhouette);
    any_gap = any_gap || !std::isnan(row.gap);
    table.rows.push_back({row.clusters, ReportCell(row.inertia, {.decimals = 1}),
                          ReportCell(row.silhouette, {.decimals = 3}),
                          ReportCell(row.davies_bouldin, {.decimals = 3}),
                          ReportCell(row.calinski_harabasz, {.decimals = 1}),
                          ReportCell(row.gap, {.decimals = 3}),
                          ReportCell(row.gap_error, {.decimals = 3})});
  }
  if (any_silhouette) page.add_chart(silhouettes);
  if (any_gap) page.add_chart(gaps);
  page.add_table(table);
  const auto chosen = [](std::size_t number) {
    return number == 0 ? std::string("none") : count_text(number);
  };
  page.add_paragraph(text("Largest silhouette: ", chosen(counts.by_silhouette),
                          " clusters. Smallest Davies-Bouldin: ", chosen(counts.by_davies_bouldin),
                          ". Largest Calinski-Harabasz: ", chosen(counts.by_calinski_harabasz),
                          ". Gap, by the rule of one standard error: ", chosen(counts.by_gap),
                          ". Where they disagree, the clusters are not far apart, and what the "
                          "business can act on decides."));
}

void add_changes(ReportPage& page, const CustomerClusters& clusters) {
  const ClusterMatching& matching = clusters.matching;
  if (matching.common == 0) return;
  const auto name = [&](std::uint32_t cluster) {
    return cluster < clusters.clusters.size() ? clusters.clusters[cluster].name : text(cluster);
  };
  page.add_heading("Since the last fit");
  page.add_paragraph(text(
      percent_text(static_cast<double>(matching.stayed) / static_cast<double>(matching.common)),
      " of the ", counted(matching.common, "customer", "customers"),
      " in both fits are in a cluster that continues theirs; ",
      counted(matching.appeared.size(), "cluster is", "clusters are"), " new and ",
      counted(matching.vanished.size(), "has", "have"), " vanished."));
  ReportTable table{.caption = "Clusters that continue",
                    .columns = {"Number", "Cluster now", "Customers in common", "Jaccard"}};
  for (const ClusterPair& pair : matching.pairs) {
    table.rows.push_back({pair.before, name(pair.after), pair.common, ReportCell(pair.jaccard)});
  }
  page.add_table(table);
}

constexpr std::string_view method_names[] = {
    "angle to the seeds' mean", "distance to the seeds' mean",
    "logistic regression on seeds and unlabelled customers", "nearest seed found by hashing"};

}  // namespace

void add_clusters_section(ReportPage& page, const CustomerClusters& clusters,
                          const ClusterSectionOptions& options) {
  require_option(options.drawn >= 1 && options.drawn <= 40, "drawn", "in [1, 40]", options.drawn);
  for (const ClusterProfile& cluster : clusters.clusters) {
    if (cluster.measures.size() == clusters.columns.size() &&
        clusters.means.size() == clusters.columns.size()) {
      continue;
    }
    throw Exception(ErrorCode::invalid_shape, "each cluster needs a measure a column",
                    "add_clusters_section");
  }
  page.begin_section(options.title,
                     "Customers who are alike in all measures at once, found without being told "
                     "what to look for.");
  if (clusters.clusters.empty()) {
    page.add_note(ReportNote::note, "There are no clusters.");
    return;
  }
  const std::size_t drawn = std::min(options.drawn, clusters.clusters.size());
  add_sizes(page, clusters, drawn);
  add_differences(page, clusters, drawn);
  add_map(page, clusters, drawn);
  add_profiles(page, clusters);
  page.add_note(ReportNote::note,
                "Names say which measures differ most from the mean of all customers. The "
                "silhouette compares the distance to the own cluster with that to the next: 1 far "
                "apart, 0 on the border, below 0 nearer to another.");
  add_counts(page, clusters.counts);
  add_changes(page, clusters);
}

void add_lookalikes_section(ReportPage& page, const LookalikeReport& report,
                            const std::string& title) {
  page.begin_section(title, "Customers who are like a given audience, best first.");
  if (report.curve.empty()) {
    page.add_note(ReportNote::note, "No seeds were held out, so nothing can be said of quality.");
    return;
  }
  page.add_paragraph(
      text("By ", method_names[static_cast<std::size_t>(report.method)], ", from ",
           counted(report.seeds, "seed", "seeds"), " among ",
           counted(report.customers, "customer", "customers"), ". ", count_text(report.held_out),
           " seeds were hidden from the fit that is judged here; with probability ",
           percent_text(report.auc), " such a seed scores above a customer who is none."));
  LineChart chart{
      .labels = {"Reach against similarity", "",
                 "The larger the audience, the more hidden seeds are in it and the less "
                 "alike it is on average.",
                 "Audience, share of all customers", ""},
      .series = {{.name = "hidden seeds found"}, {.name = "mean cosine to the seeds"}},
      .x_format = {.style = NumberStyle::percent, .decimals = 0},
      .y_format = {.decimals = 2}};
  ReportTable table{.caption = "Audiences by size",
                    .columns = {"Customers", "Share", "Score from", "Mean cosine to the seeds",
                                "Hidden seeds found", "Lift"}};
  for (const LookalikeReach& reach : report.curve) {
    chart.x.push_back(reach.share);
    chart.series[0].values.push_back(reach.found);
    chart.series[1].values.push_back(reach.similarity);
    table.rows.push_back({reach.customers, ReportCell(reach.share, percent_column),
                          ReportCell(reach.least_score, {.decimals = 3}),
                          ReportCell(reach.similarity, {.decimals = 3}),
                          ReportCell(reach.found, percent_column), ReportCell(reach.lift)});
  }
  page.add_chart(chart);
  page.add_table(table);
  page.add_note(ReportNote::note,
                "Customers who are alike but no seeds count as misses here, so the true precision "
                "is higher. Lift is the share of hidden seeds found over the share of customers "
                "reached: 1 is chance.");
}

}  // namespace emptor
