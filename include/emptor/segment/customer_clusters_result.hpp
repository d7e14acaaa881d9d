#pragma once
// Clusters of customers as a report shows them: who they are, what sets them apart, how many there
// should be, and what changed since the last fit. Plain data; thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "emptor/core/id.hpp"

namespace emptor {

/// One measure of one cluster, in the host's units.
struct ClusterMeasure {
  double mean = 0;    ///< NaN when no value is known, as the next two
  double median = 0;  ///< over the values that are known
  /// (the cluster's mean - everybody's mean) / everybody's standard deviation; 0 of a constant.
  double difference = 0;
  friend bool operator==(const ClusterMeasure&, const ClusterMeasure&) = default;
};

struct ClusterProfile {
  std::string name{};  ///< in plain words: "high net, low recency"
  std::size_t customers = 0;
  double share = 0;                        ///< of all customers
  std::vector<ClusterMeasure> measures{};  ///< by column
  /// Columns by |difference|, largest first; constant and unknown ones are left out.
  std::vector<std::uint32_t> telling{};
  double silhouette = std::numeric_limits<double>::quiet_NaN();  ///< mean; NaN: not computed
};

/// What the fits with one number of clusters are worth; NaN where a measure was not asked for.
struct ClusterCountRow {
  std::size_t clusters = 0;
  double inertia = 0;            ///< falls with every cluster
  double silhouette = 0;         ///< in [-1, 1], the larger the better
  double davies_bouldin = 0;     ///< >= 0, the smaller the better
  double calinski_harabasz = 0;  ///< >= 0, the larger the better
  double gap = 0;                ///< log of inertia below that of rows without structure
  double gap_error = 0;          ///< its standard error
};

struct ClusterCountTable {
  std::vector<ClusterCountRow> rows{};  ///< ascending number of clusters
  std::size_t silhouette_rows = 0;      ///< on how many rows silhouettes rest
  std::size_t gap_rows = 0;             ///< and gaps
  // What each measure would choose; 0: none. The gap: the least number whose gap is no more than
  // one standard error below the next one's.
  std::size_t by_silhouette = 0;
  std::size_t by_davies_bouldin = 0;
  std::size_t by_calinski_harabasz = 0;
  std::size_t by_gap = 0;
};

/// A customer on the plane of the two directions along which customers differ most.
struct ClusterMapPoint {
  double x = 0;
  double y = 0;
  std::uint32_t cluster = 0;
};

struct ClusterMap {
  std::vector<ClusterMapPoint> points{};   ///< of a sample of customers
  std::vector<ClusterMapPoint> centres{};  ///< of the clusters
  double x_share = 0;                      ///< of all variance, along x
  double y_share = 0;
};

/// An old cluster and the new one that took its place.
struct ClusterPair {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
  std::size_t common = 0;  ///< customers in both
  double jaccard = 0;      ///< of those in either, among customers known to both fits
};

/// How the clusters of a fit continue those of an earlier one.
struct ClusterMatching {
  std::vector<ClusterPair> pairs{};       ///< by the old cluster's number
  std::vector<std::uint32_t> appeared{};  ///< new clusters that continue none
  std::vector<std::uint32_t> vanished{};  ///< old clusters that none continues
  /// The lasting number of each new cluster: that of the old one it continues, or a fresh one.
  std::vector<std::uint32_t> lasting{};
  std::size_t common = 0;  ///< customers in both fits
  std::size_t stayed = 0;  ///< of those, in a cluster that continues theirs
};

struct CustomerClusters {
  std::vector<std::string> columns{};  ///< names of the measures
  std::vector<double> means{};         ///< of all customers, by column
  std::vector<double> deviations{};
  std::vector<ClusterProfile> clusters{};
  std::vector<Customer> customers{};        ///< in the order of the rows
  std::vector<std::uint32_t> cluster_of{};  ///< by row
  double inertia = 0;                       ///< of the scaled rows
  ClusterMap map{};                         ///< empty: not drawn
  ClusterCountTable counts{};               ///< empty: not asked for
  ClusterMatching matching{};               ///< empty: there was no earlier fit
};

}  // namespace emptor
