#include "emptor/segment/cluster_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>

#include "emptor/core/random.hpp"
#include "emptor/segment/kernels_portable.hpp"
#include "segment/cluster_rows.hpp"

namespace emptor {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void require_labels(const Matrix<double>& points, std::span<const std::uint32_t> labels,
                    std::string_view where) {
  detail::require_cluster_shape(points, {}, where);
  const bool fits = labels.size() == points.rows() &&
                    std::all_of(labels.begin(), labels.end(), [&](std::uint32_t label) {
                      return label < std::max<std::size_t>(points.rows(), 65536);
                    });
  if (!fits) {
    throw Exception(ErrorCode::invalid_shape,
                    text(points.rows(),
                         " rows need as many labels, each below 65536 or the number "
                         "of rows; got ",
                         labels.size()),
                    std::string(where));
  }
}

/// Rows sorted by cluster: those of cluster c are order[begin[c]] .. order[begin[c + 1]].
struct Grouped {
  std::vector<std::uint32_t> order;
  std::vector<std::size_t> begin;
  std::size_t occupied = 0;

  Grouped(std::span<const std::uint32_t> labels, std::string_view where) : order(labels.size()) {
    std::uint32_t most = 0;
    for (const std::uint32_t label : labels) most = std::max(most, label);
    begin.assign(std::size_t{most} + 2, 0);
    for (const std::uint32_t label : labels) ++begin[label + 1];
    for (std::size_t c = 0; c + 1 < begin.size(); ++c) {
      occupied += begin[c + 1] > 0 ? 1 : 0;
      begin[c + 1] += begin[c];
    }
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      order[next[labels[i]]++] = static_cast<std::uint32_t>(i);
    }
    if (occupied < 2 || occupied >= labels.size()) {
      throw Exception(ErrorCode::invalid_value,
                      text("2 to ", labels.empty() ? 0 : labels.size() - 1,
                           " clusters among the rows are needed, got ", occupied),
                      std::string(where));
    }
  }
  [[nodiscard]] std::size_t clusters() const noexcept { return begin.size() - 1; }
  [[nodiscard]] std::size_t size(std::size_t c) const noexcept { return begin[c + 1] - begin[c]; }
};

std::vector<std::uint32_t> draw_rows(std::size_t rows, std::size_t sample, std::uint64_t seed) {
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  if (sample == 0 || sample >= rows) return all;
  RandomStream random(seed);
  for (std::size_t i = 0; i < sample; ++i) {
    std::swap(all[i], all[i + random.below(static_cast<std::uint32_t>(rows - i))]);
  }
  all.resize(sample);
  std::sort(all.begin(), all.end());
  return all;
}

Matrix<double> rows_of(const Matrix<double>& points, std::span<const std::uint32_t> rows) {
  Matrix<double> out(rows.size(), points.columns());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(points.row(rows[i]), out.row(i).begin());
  }
  return out;
}

/// The centre of each cluster; rows of clusters without rows are 0.
Matrix<double> centres_of(const Matrix<double>& points, const Grouped& groups) {
  Matrix<double> out(groups.clusters(), points.columns());
  for (std::size_t c = 0; c < groups.clusters(); ++c) {
    const std::span<double> centre = out.row(c);
    for (std::size_t at = groups.begin[c]; at < groups.begin[c + 1]; ++at) {
      const std::span<const double> row = points.row(groups.order[at]);
      for (std::size_t j = 0; j < row.size(); ++j) centre[j] += row[j];
    }
    for (double& value : centre)
      value /= static_cast<double>(std::max<std::size_t>(1, groups.size(c)));
  }
  return out;
}

double square_distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/// The inertia of rows that are uniform within the ranges of the columns.
double reference_inertia(const Matrix<double>& points,
                         std::span<const std::pair<double, double>> ranges, std::size_t clusters,
                         const ClusterCountOptions& options, std::size_t reference,
                         const Context& context) {
  Matrix<double> rows(points.rows(), points.columns());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    RandomStream random(options.seed + 1 + reference, i);
    for (std::size_t j = 0; j < rows.columns(); ++j) {
      rows(i, j) = random.uniform(ranges[j].first, ranges[j].second);
    }
  }
  KMeansOptions once = options.k_means;
  once.clusters = clusters;
  once.starts = 1;
  return fit_k_means(rows, once, {}, context).report.inertia;
}

double logarithm(double inertia) {
  return std::log(std::max(inertia, std::numeric_limits<double>::min()));
}

void measure_gaps(const Matrix<double>& points, const ClusterCountOptions& options,
                  ClusterCountTable& table, const Context& context) {
  const Matrix<double> rows =
      rows_of(points, draw_rows(points.rows(), options.gap_sample, options.seed));
  table.gap_rows = rows.rows();
  std::vector<std::pair<double, double>> ranges(rows.columns());
  for (std::size_t j = 0; j < rows.columns(); ++j) {
    ranges[j] = {rows(0, j), rows(0, j)};
    for (std::size_t i = 1; i < rows.rows(); ++i) {
      ranges[j].first = std::min(ranges[j].first, rows(i, j));
      ranges[j].second = std::max(ranges[j].second, rows(i, j));
    }
  }
  for (ClusterCountRow& row : table.rows) {
    KMeansOptions own = options.k_means;
    own.clusters = row.clusters;
    const double here = logarithm(rows.rows() == points.rows()
                                      ? row.inertia
                                      : fit_k_means(rows, own, {}, context).report.inertia);
    std::vector<double> logs;
    double sum = 0;
    for (std::size_t b = 0; b < options.references; ++b) {
      logs.push_back(logarithm(reference_inertia(rows, ranges, row.clusters, options, b, context)));
      sum += logs.back();
    }
    const double count = static_cast<double>(logs.size());
    double squares = 0;
    for (const double log : logs) squares += (log - sum / count) * (log - sum / count);
    row.gap = sum / count - here;
    row.gap_error = std::sqrt(squares / count) * std::sqrt(1 + 1 / count);
  }
  for (std::size_t i = 0; i + 1 < table.rows.size(); ++i) {
    if (table.rows[i].gap >= table.rows[i + 1].gap - table.rows[i + 1].gap_error) {
      table.by_gap = table.rows[i].clusters;
      break;
    }
  }
}

}  // namespace

Silhouettes silhouettes_of(const Matrix<double>& points, std::span<const std::uint32_t> labels,
                           const SilhouetteOptions& options, const Context& context) {
  constexpr std::string_view where = "silhouettes_of";
  require_labels(points, labels, where);
  detail::require_finite_rows(points, where, context);
  Silhouettes out;
  out.rows = draw_rows(points.rows(), options.sample, options.seed);
  const std::size_t n = out.rows.size();
  std::vector<std::uint32_t> own(n);
  for (std::size_t i = 0; i < n; ++i) own[i] = labels[out.rows[i]];
  const Grouped groups(own, where);
  const Matrix<double> rows = rows_of(points, out.rows);
  const Matrix<double> sorted = rows_of(rows, groups.order);
  const std::size_t d = points.columns();
  const ClusterKernels& kernels = cluster_kernels(context.kernels);
  constexpr std::size_t others = 64;
  constexpr std::size_t chunk = 128;
  out.of_row.assign(n, 0);
  parallel_chunks(context, n, chunk, [&](std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin;
    std::vector<double> panel(others * (d + 1));
    std::vector<double> squares(count * others);
    std::vector<double> nearest(count, std::numeric_limits<double>::infinity());
    std::vector<double> within(count, 0);
    std::vector<double> sums(count);
    for (std::size_t c = 0; c < groups.clusters(); ++c) {
      if (groups.size(c) == 0) continue;
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::size_t from = groups.begin[c]; from < groups.begin[c + 1]; from += others) {
        const std::size_t width = std::min(others, groups.begin[c + 1] - from);
        const std::size_t padded = detail::padded_centres(width);
        detail::fill_centre_panel(sorted.data() + from * sorted.stride(), sorted.stride(), width, d,
                                  panel.data());
        kernels.squared_distances(rows.data() + begin * rows.stride(), rows.stride(), nullptr,
                                  count, d, panel.data(), width, squares.data());
        for (std::size_t i = 0; i < count; ++i) {
          const double* const square = squares.data() + i * padded;
          double sum = 0;
          for (std::size_t t = 0; t < width; ++t) sum += std::sqrt(square[t]);
          sums[i] += sum;
        }
      }
      const double size = static_cast<double>(groups.size(c));
      for (std::size_t i = 0; i < count; ++i) {
        if (own[begin + i] == c) {
          within[i] = size > 1 ? sums[i] / (size - 1) : nan;
        } else {
          nearest[i] = std::min(nearest[i], sums[i] / size);
        }
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (std::isnan(within[i])) continue;
      const double larger = std::max(within[i], nearest[i]);
      out.of_row[begin + i] = larger > 0 ? (nearest[i] - within[i]) / larger : 0;
    }
  });
  out.of_cluster.assign(groups.clusters(), 0);
  for (std::size_t i = 0; i < n; ++i) {
    out.mean += out.of_row[i];
    out.of_cluster[own[i]] += out.of_row[i];
  }
  out.mean /= static_cast<double>(n);
  for (std::size_t c = 0; c < groups.clusters(); ++c) {
    out.of_cluster[c] =
        groups.size(c) > 0 ? out.of_cluster[c] / static_cast<double>(groups.size(c)) : nan;
  }
  return out;
}

double davies_bouldin(const Matrix<double>& points, std::span<const std::uint32_t> labels) {
  require_labels(points, labels, "davies_bouldin");
  detail::require_finite_rows(points, "davies_bouldin", {});
  const Grouped groups(labels, "davies_bouldin");
  const Matrix<double> centres = centres_of(points, groups);
  std::vector<double> spread(groups.clusters(), 0);
  for (std::size_t i = 0; i < points.rows(); ++i) {
    spread[labels[i]] += std::sqrt(square_distance(points.row(i), centres.row(labels[i])));
  }
  for (std::size_t c = 0; c < spread.size(); ++c) {
    spread[c] /= static_cast<double>(std::max<std::size_t>(1, groups.size(c)));
  }
  double sum = 0;
  for (std::size_t a = 0; a < spread.size(); ++a) {
    if (groups.size(a) == 0) continue;
    double worst = 0;
    for (std::size_t b = 0; b < spread.size(); ++b) {
      if (b == a || groups.size(b) == 0) continue;
      const double apart = std::sqrt(square_distance(centres.row(a), centres.row(b)));
      if (spread[a] + spread[b] > 0) worst = std::max(worst, (spread[a] + spread[b]) / apart);
    }
    sum += worst;
  }
  return sum / static_cast<double>(groups.occupied);
}

double calinski_harabasz(const Matrix<double>& points, std::span<const std::uint32_t> labels) {
  require_labels(points, labels, "calinski_harabasz");
  detail::require_finite_rows(points, "calinski_harabasz", {});
  const Grouped groups(labels, "calinski_harabasz");
  const Matrix<double> centres = centres_of(points, groups);
  const double n = static_cast<double>(points.rows());
  const double k = static_cast<double>(groups.occupied);
  std::vector<double> middle(points.columns(), 0);
  for (std::size_t c = 0; c < groups.clusters(); ++c) {
    for (std::size_t j = 0; j < middle.size(); ++j) {
      middle[j] += static_cast<double>(groups.size(c)) / n * centres(c, j);
    }
  }
  double between = 0;
  for (std::size_t c = 0; c < groups.clusters(); ++c) {
    between += static_cast<double>(groups.size(c)) * square_distance(centres.row(c), middle);
  }
  double within = 0;
  for (std::size_t i = 0; i < points.rows(); ++i) {
    within += square_distance(points.row(i), centres.row(labels[i]));
  }
  return between / (k - 1) / (within / (n - k));
}

ClusterCountTable cluster_counts_of(const Matrix<double>& points,
                                    const ClusterCountOptions& options, const Context& context) {
  require_option(options.least >= 1, "least", ">= 1", options.least);
  require_option(options.most >= options.least && options.most <= 1000, "most", "in [least, 1000]",
                 options.most);
  require_option(options.references <= 1000, "references", "in [0, 1000]", options.references);
  require_option(options.gap_sample >= 1, "gap_sample", ">= 1", options.gap_sample);
  ClusterCountTable table;
  for (std::size_t k = options.least; k <= options.most; ++k) {
    KMeansOptions own = options.k_means;
    own.clusters = k;
    const KMeansFit fit = fit_k_means(points, own, {}, context);
    ClusterCountRow row{.clusters = k, .inertia = fit.report.inertia};
    row.silhouette = row.davies_bouldin = row.calinski_harabasz = row.gap = row.gap_error = nan;
    if (k >= 2 && k < points.rows()) {
      row.davies_bouldin = davies_bouldin(points, fit.labels);
      row.calinski_harabasz = calinski_harabasz(points, fit.labels);
      if (options.silhouette_sample > 0) {
        const Silhouettes found =
            silhouettes_of(points, fit.labels,
                           {.sample = options.silhouette_sample, .seed = options.seed}, context);
        row.silhouette = found.mean;
        table.silhouette_rows = found.rows.size();
      }
    }
    table.rows.push_back(row);
  }
  if (options.references > 0) measure_gaps(points, options, table, context);
  const auto best = [&](double ClusterCountRow::*measure, double sign) {
    const ClusterCountRow* found = nullptr;
    for (const ClusterCountRow& row : table.rows) {
      if (std::isnan(row.*measure)) continue;
      if (found == nullptr || sign * row.*measure > sign * found->*measure) found = &row;
    }
    return found == nullptr ? std::size_t{0} : found->clusters;
  };
  table.by_silhouette = best(&ClusterCountRow::silhouette, 1);
  table.by_davies_bouldin = best(&ClusterCountRow::davies_bouldin, -1);
  table.by_calinski_harabasz = best(&ClusterCountRow::calinski_harabasz, 1);
  return table;
}

}  // namespace emptor
