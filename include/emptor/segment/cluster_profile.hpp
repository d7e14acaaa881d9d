#pragma once
// From columns to named clusters of customers: scaled, clustered, described in the host's units,
// and saved whole, so that whoever comes later is told a cluster by the same rule.
//
//     CustomerClusterFit fit = fit_customer_clusters(customer_columns_of(features),
//                                                    {.k_means = {.clusters = 5}});
//     fit.clusters.clusters[0].name;         // "high net, low recency"
//     fit.model.labels(newcomers.values);    // whose they are
//
// m customers, d columns. Time: the fit's, and m d log m for medians. Models are immutable, the
// functions pure.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/segment/cluster_columns.hpp"
#include "emptor/segment/customer_clusters_result.hpp"
#include "emptor/segment/k_means.hpp"

namespace emptor {

struct ClusterProfileOptions {
  std::size_t name_traits = 2;  ///< columns at most in a name; in [1, 8]
  /// A column is in a name only when the difference is at least so many deviations; >= 0.
  double name_difference = 0.3;
};

/// What sets clusters apart, by labels from anywhere (0 to 65535, one a row; labels that no row has
/// get an empty profile). NaN are left out of means and medians. Names are told apart by a number
/// where they would be equal. Throws `invalid_shape` when lengths do not fit, `invalid_value` for
/// infinities, `invalid_option`.
[[nodiscard]] EMPTOR_API CustomerClusters
profile_clusters(const CustomerColumns& columns, std::span<const std::uint32_t> labels,
                 const ClusterProfileOptions& options = {});

struct CustomerClusterOptions {
  ColumnScalerOptions scaling{.missing = MissingValues::median};
  KMeansOptions k_means{};
  ClusterProfileOptions profile{};
  /// Rows on which the clusters' silhouettes rest; 0: none are computed.
  std::size_t silhouette_sample = 4000;
};

class CustomerClusterModel {
 public:
  /// Throws `invalid_shape` unless scaler and centres have the same columns and each cluster a
  /// name.
  EMPTOR_API CustomerClusterModel(ColumnScaler scaler, KMeansModel centres,
                                  std::vector<std::string> names);

  [[nodiscard]] const ColumnScaler& scaler() const noexcept { return scaler_; }
  [[nodiscard]] const KMeansModel& centres() const noexcept { return centres_; }
  [[nodiscard]] std::span<const std::string> names() const noexcept { return names_; }

  /// The cluster of each row of unscaled values, with the columns of the fit. Throws as
  /// `ColumnScaler::apply`.
  [[nodiscard]] EMPTOR_API std::vector<std::uint32_t> labels(const Matrix<double>& values,
                                                             const Context& context = {}) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<CustomerClusterModel> load(
      std::span<const std::byte> bytes);

 private:
  ColumnScaler scaler_;
  KMeansModel centres_;
  std::vector<std::string> names_;
};

struct CustomerClusterFit {
  CustomerClusterModel model;
  CustomerClusters clusters;
  ColumnScalerReport scaling;
  KMeansReport report;
};

/// Scales, clusters by k-means, and describes. Clusters are numbered by size, the largest first.
/// Throws as `fit_column_scaler`, `fit_k_means` and `profile_clusters`.
[[nodiscard]] EMPTOR_API CustomerClusterFit
fit_customer_clusters(const CustomerColumns& columns, const CustomerClusterOptions& options = {},
                      const Context& context = {});

}  // namespace emptor
