// Quality of clusters against its definitions, numbers that last, and costs that only fall.

#include <cmath>
#include <numeric>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/segment/cluster_matching.hpp"
#include "emptor/segment/cluster_quality.hpp"
#include "emptor/segment/gaussian_mixture.hpp"
#include "emptor/segment/k_prototypes.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

double distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return std::sqrt(sum);
}

Matrix<double> any_points(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Matrix<double> points(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    RandomStream random(seed, i);
    const double middle = 3.0 * random.below(3);
    for (double& value : points.row(i)) value = random.normal(middle);
  }
  return points;
}

double silhouette_by_definition(const Matrix<double>& points, std::span<const std::uint32_t> labels,
                                std::size_t i) {
  std::vector<double> sums(16, 0), sizes(16, 0);
  for (std::size_t j = 0; j < points.rows(); ++j) {
    if (j == i) continue;
    sums[labels[j]] += distance(points.row(i), points.row(j));
    ++sizes[labels[j]];
  }
  if (!(sizes[labels[i]] > 0)) return 0;
  const double within = sums[labels[i]] / sizes[labels[i]];
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < sums.size(); ++c) {
    if (c != labels[i] && sizes[c] > 0) nearest = std::min(nearest, sums[c] / sizes[c]);
  }
  return (nearest - within) / std::max(within, nearest);
}

}  // namespace

TEST_CASE("silhouettes are their definition") {
  test::check_property("each row, any labels, portable and native kernels", [] {
    const auto rows = *rc::gen::inRange<std::size_t>(4, 200);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 12);
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    const Matrix<double> points = any_points(rows, columns, seed);
    std::vector<std::uint32_t> labels(rows);
    RandomStream random(seed, 1'000'000);
    for (std::uint32_t& label : labels) label = random.below(12);
    labels[0] = 0;
    labels[1] = labels[2] = 3;
    Context context;
    context.kernels = *rc::gen::element(&native_kernels(), &portable_kernels());
    const Silhouettes found = silhouettes_of(points, labels, {}, context);
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const double expected = silhouette_by_definition(points, labels, i);
      RC_ASSERT(std::fabs(found.of_row[i] - expected) < 1e-11);
      sum += expected;
    }
    RC_ASSERT(std::fabs(found.mean - sum / static_cast<double>(rows)) < 1e-11);
  });
}

TEST_CASE(
    "clusters that only changed their numbers and their customers' order keep their numbers") {
  test::check_property("everybody stays", [] {
    const auto clusters = *rc::gen::inRange<std::uint32_t>(1, 12);
    const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    RandomStream random(seed);
    std::vector<std::uint32_t> renamed(clusters);
    std::iota(renamed.begin(), renamed.end(), 0U);
    random.shuffle(std::span(renamed));
    std::vector<Customer> customers;
    std::vector<std::uint32_t> labels;
    for (std::uint32_t i = 0; i < clusters * 3; ++i) {
      customers.push_back(Customer{i * 7});
      labels.push_back(i % clusters);
    }
    std::vector<std::uint32_t> order(customers.size());
    std::iota(order.begin(), order.end(), 0U);
    random.shuffle(std::span(order));
    std::vector<Customer> later;
    std::vector<std::uint32_t> now;
    for (const std::uint32_t i : order) {
      later.push_back(customers[i]);
      now.push_back(renamed[labels[i]]);
    }
    const ClusterMatching matching = match_clusters({customers, labels}, {later, now});
    RC_ASSERT(matching.stayed == customers.size());
    RC_ASSERT(matching.appeared.empty());
    RC_ASSERT(matching.vanished.empty());
    const std::vector<std::uint32_t> lasting = lasting_labels(now, matching);
    for (std::size_t i = 0; i < order.size(); ++i) RC_ASSERT(lasting[i] == labels[order[i]]);
  });
}

TEST_CASE("costs of k-prototypes fall and likelihoods of mixtures rise") {
  test::check_property(
      "step by step",
      [] {
        const auto rows = *rc::gen::inRange<std::size_t>(30, 200);
        const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
        MixedRows mixed{any_points(rows, 2, seed), Matrix<std::uint32_t>(rows, 2)};
        for (std::size_t i = 0; i < rows; ++i) {
          RandomStream random(seed + 1, i);
          for (std::uint32_t& code : mixed.categories.row(i)) code = random.below(4);
        }
        double before = std::numeric_limits<double>::infinity();
        for (std::size_t steps = 1; steps <= 6; ++steps) {
          const KPrototypesFit fit = fit_k_prototypes(
              mixed, {.clusters = 5, .starts = 1, .iterations = steps, .seed = seed});
          if (fit.report.reseeded == 0U) RC_ASSERT(fit.report.cost <= before * (1 + 1e-12));
          before = fit.report.cost;
        }
        for (const MixtureCovariance kind :
             {MixtureCovariance::full, MixtureCovariance::diagonal, MixtureCovariance::spherical}) {
          const MixtureFit fit = fit_mixture(mixed.numbers, {.components = 3,
                                                             .covariance = kind,
                                                             .iterations = 30,
                                                             .tolerance = 0,
                                                             .ridge = 1e-9});
          for (std::size_t i = 1; i < fit.report.trace.size(); ++i) {
            RC_ASSERT(fit.report.trace[i] >= fit.report.trace[i - 1] - 1e-6);
          }
        }
      },
      40);
}
