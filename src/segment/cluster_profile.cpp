#include "emptor/segment/cluster_profile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/math/statistics.hpp"
#include "emptor/segment/cluster_quality.hpp"

namespace emptor {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Means, medians and differences of one column, by cluster.
void profile_column(const CustomerColumns& columns, std::size_t column,
                    std::span<const std::uint32_t> labels, CustomerClusters& out) {
  std::vector<std::vector<double>> known(out.clusters.size());
  std::vector<double> all;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const double value = columns.values(i, column);
    if (std::isnan(value)) continue;
    if (!std::isfinite(value)) {
      throw Exception(ErrorCode::invalid_value,
                      text("row ", i, ", column '", columns.names[column], "' is ", value),
                      "profile_clusters");
    }
    known[labels[i]].push_back(value);
    all.push_back(value);
  }
  const double n = static_cast<double>(all.size());
  const std::span<const double> everybody = all;
  const double middle = mean(everybody);
  const double deviation = all.size() < 2 ? 0 : std::sqrt(sample_variance(everybody) * (n - 1) / n);
  out.means[column] = middle;
  out.deviations[column] = all.empty() ? nan : deviation;
  for (std::size_t c = 0; c < known.size(); ++c) {
    ClusterMeasure& measure = out.clusters[c].measures[column];
    measure = {nan, nan, nan};
    if (known[c].empty()) continue;
    const std::span<const double> values = known[c];
    measure.mean = mean(values);
    measure.median = median(values);
    measure.difference = deviation > 0 ? (measure.mean - middle) / deviation : 0;
  }
}

std::string name_of(const ClusterProfile& cluster, std::span<const std::string> columns,
                    const ClusterProfileOptions& options) {
  std::string name;
  std::size_t traits = 0;
  for (const std::uint32_t column : cluster.telling) {
    const double difference = cluster.measures[column].difference;
    if (traits == options.name_traits || std::fabs(difference) < options.name_difference) break;
    name += text(traits == 0 ? "" : ", ", difference > 0 ? "high " : "low ", columns[column]);
    ++traits;
  }
  if (cluster.customers == 0) return "nobody";
  return traits == 0 ? "average" : name;
}

/// "high net" and once more "high net 2".
void tell_apart(std::vector<ClusterProfile>& clusters) {
  for (std::size_t c = 1; c < clusters.size(); ++c) {
    const std::string plain = clusters[c].name;
    const auto taken = [&](const std::string& name) {
      return std::any_of(clusters.begin(), clusters.begin() + static_cast<std::ptrdiff_t>(c),
                         [&](const ClusterProfile& other) { return other.name == name; });
    };
    for (std::size_t number = 2; taken(clusters[c].name); ++number) {
      clusters[c].name = text(plain, ' ', number);
    }
  }
}

/// The clusters in order of their size, the first of equally large ones first.
KMeansModel largest_first(const KMeansModel& model, std::vector<std::uint32_t>& labels) {
  const std::size_t k = model.clusters();
  std::vector<std::size_t> sizes(k, 0);
  for (const std::uint32_t label : labels) ++sizes[label];
  std::vector<std::uint32_t> order(k);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return sizes[a] > sizes[b]; });
  std::vector<std::uint32_t> place(k);
  Matrix<double> centres(k, model.columns());
  std::vector<double> masses(k);
  for (std::uint32_t c = 0; c < k; ++c) {
    place[order[c]] = c;
    std::ranges::copy(model.centres().row(order[c]), centres.row(c).begin());
    masses[c] = model.masses()[order[c]];
  }
  for (std::uint32_t& label : labels) label = place[label];
  return {std::move(centres), std::move(masses), model.inertia()};
}

}  // namespace

CustomerClusters profile_clusters(const CustomerColumns& columns,
                                  std::span<const std::uint32_t> labels,
                                  const ClusterProfileOptions& options) {
  require_option(options.name_traits >= 1 && options.name_traits <= 8, "name_traits", "in [1, 8]",
                 options.name_traits);
  require_option(options.name_difference >= 0, "name_difference", ">= 0", options.name_difference);
  const std::size_t m = columns.values.rows();
  std::uint32_t most = 0;
  for (const std::uint32_t label : labels) most = std::max(most, label);
  if (labels.size() != m || columns.names.size() != columns.values.columns() || most > 65535 ||
      (!columns.customers.empty() && columns.customers.size() != m)) {
    throw Exception(ErrorCode::invalid_shape,
                    text(m, " rows of ", columns.values.columns(),
                         " columns need as many labels below 65536, customers and names"),
                    "profile_clusters");
  }
  CustomerClusters out;
  out.columns = columns.names;
  out.means.resize(columns.names.size());
  out.deviations.resize(columns.names.size());
  out.customers = columns.customers;
  for (std::size_t i = out.customers.size(); i < m; ++i)
    out.customers.push_back(id_at<Customer>(i));
  out.cluster_of.assign(labels.begin(), labels.end());
  out.clusters.resize(m == 0 ? 0 : std::size_t{most} + 1);
  for (const std::uint32_t label : labels) ++out.clusters[label].customers;
  for (ClusterProfile& cluster : out.clusters) {
    cluster.measures.resize(columns.names.size());
    cluster.share = static_cast<double>(cluster.customers) / static_cast<double>(m);
  }
  for (std::size_t j = 0; j < columns.names.size(); ++j) profile_column(columns, j, labels, out);
  for (ClusterProfile& cluster : out.clusters) {
    const auto strength = [&](std::uint32_t column) {
      return std::fabs(cluster.measures[column].difference);
    };
    for (std::uint32_t j = 0; j < columns.names.size(); ++j) {
      if (strength(j) > 0) cluster.telling.push_back(j);  // false for NaN
    }
    std::stable_sort(cluster.telling.begin(), cluster.telling.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return strength(a) > strength(b); });
    cluster.name = name_of(cluster, columns.names, options);
  }
  tell_apart(out.clusters);
  return out;
}

CustomerClusterModel::CustomerClusterModel(ColumnScaler scaler, KMeansModel centres,
                                           std::vector<std::string> names)
    : scaler_(std::move(scaler)), centres_(std::move(centres)), names_(std::move(names)) {
  if (scaler_.columns().size() != centres_.columns() || names_.size() != centres_.clusters()) {
    throw Exception(ErrorCode::invalid_shape,
                    "the scaler needs the centres' columns and each cluster a name",
                    "CustomerClusterModel");
  }
}

std::vector<std::uint32_t> CustomerClusterModel::labels(const Matrix<double>& values,
                                                        const Context& context) const {
  return centres_.labels(scaler_.apply(values), context);
}

std::vector<std::byte> CustomerClusterModel::save() const {
  ArchiveWriter writer("customer-clusters", 1);
  SectionWriter& section = writer.section("model");
  section.put_array(scaler_.save());
  section.put_array(centres_.save());
  for (const std::string& name : names_) section.put_text(name);
  return std::move(writer).finish();
}

Result<CustomerClusterModel> CustomerClusterModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "customer-clusters", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("model");
  if (!section) return section.error();
  Result<ColumnScaler> scaler = ColumnScaler::load(section->get_view());
  if (!scaler) return scaler.error();
  Result<KMeansModel> centres = KMeansModel::load(section->get_view());
  if (!centres) return centres.error();
  std::vector<std::string> names;
  for (std::size_t c = 0; c < centres->clusters() && section->ok(); ++c) {
    names.push_back(section->get_text());
  }
  section->require(scaler->columns().size() == centres->columns(),
                   "scaler and centres have different columns");
  if (Result<void> done = section->finish(); !done) return done.error();
  return CustomerClusterModel(std::move(*scaler), std::move(*centres), std::move(names));
}

CustomerClusterFit fit_customer_clusters(const CustomerColumns& columns,
                                         const CustomerClusterOptions& options,
                                         const Context& context) {
  ColumnScalerFit scaler = fit_column_scaler(columns, options.scaling);
  const Matrix<double> points = scaler.model.apply(columns.values);
  KMeansFit fit = fit_k_means(points, options.k_means, {}, context);
  KMeansModel centres = largest_first(fit.model, fit.labels);
  CustomerClusters clusters = profile_clusters(columns, fit.labels, options.profile);
  clusters.clusters.resize(centres.clusters());  // a stop may leave clusters without customers
  clusters.inertia = fit.report.inertia;
  std::size_t occupied = 0;
  std::vector<std::string> names;
  for (const ClusterProfile& cluster : clusters.clusters) {
    names.push_back(cluster.name);
    occupied += cluster.customers > 0 ? 1 : 0;
  }
  if (options.silhouette_sample > 0 && occupied >= 2 && occupied < points.rows()) {
    const Silhouettes found =
        silhouettes_of(points, fit.labels, {.sample = options.silhouette_sample}, context);
    for (std::size_t c = 0; c < found.of_cluster.size(); ++c) {
      clusters.clusters[c].silhouette = found.of_cluster[c];
    }
  }
  return {CustomerClusterModel(std::move(scaler.model), std::move(centres), std::move(names)),
          std::move(clusters), std::move(scaler.report), std::move(fit.report)};
}

}  // namespace emptor
