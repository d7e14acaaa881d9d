// Clusters of customers who are alike in all measures at once, that keep their numbers when they
// are fitted anew; and lookalikes of an audience.

#include <iomanip>
#include <iostream>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/segment/cluster_matching.hpp"
#include "emptor/segment/cluster_profile.hpp"
#include "emptor/segment/lookalike.hpp"

namespace {

/// Made-up customers of three kinds. A shop would take customer_columns_of(features_of(orders)).
emptor::CustomerColumns some_customers(std::size_t count) {
  emptor::CustomerColumns out{.names = {"orders", "net", "recency", "discount"},
                              .values = emptor::Matrix<double>(count, 4),
                              .customers = {}};
  for (std::size_t i = 0; i < count; ++i) {
    emptor::RandomStream random(16, i);
    const double kind = random.uniform();
    const bool faithful = kind < 0.2;
    const bool hunter = kind > 0.7;  // of bargains
    const double orders = 1 + random.poisson(faithful ? 12 : hunter ? 4 : 1);
    out.values(i, 0) = orders;
    out.values(i, 1) = orders * random.gamma(4, faithful ? 20 : hunter ? 6 : 12);
    out.values(i, 2) = random.exponential(faithful ? 15 : hunter ? 40 : 200);
    out.values(i, 3) = hunter ? random.uniform(0.6, 1) : random.uniform(0, 0.3);
  }
  return out;
}

}  // namespace

int main() {
  const emptor::CustomerColumns customers = some_customers(2000);
  emptor::CustomerClusterOptions options;
  options.scaling.logarithms = {"orders", "net", "recency"};
  options.k_means.clusters = 3;
  const auto fit = emptor::fit_customer_clusters(customers, options);
  std::cout << "cluster                          share  mean orders  silhouette\n";
  for (const emptor::ClusterProfile& cluster : fit.clusters.clusters) {
    std::cout << std::left << std::setw(30) << cluster.name << std::right << std::setw(7)
              << emptor::fixed(100 * cluster.share, 1) << "%" << std::setw(13)
              << emptor::fixed(cluster.measures[0].mean, 1) << std::setw(12)
              << emptor::fixed(cluster.silhouette, 2) << "\n";
  }

  // A month later there are more customers; whatever k-means numbers its clusters, they keep
  // theirs.
  const emptor::CustomerColumns later = some_customers(2400);
  options.k_means.seed = 99;
  const auto refit = emptor::fit_customer_clusters(later, options);
  const emptor::ClusterMatching matching =
      emptor::match_clusters({fit.clusters.customers, fit.clusters.cluster_of},
                             {refit.clusters.customers, refit.clusters.cluster_of});
  std::cout << "\n"
            << matching.stayed << " of " << matching.common << " customers stayed in "
            << matching.pairs.size() << " clusters that continue\n";

  // A hundred who answered a mailing are bargain hunters. Who else should get it?
  std::vector<std::uint32_t> answered;
  for (std::uint32_t i = 0; i < 2000 && answered.size() < 100; ++i) {
    if (customers.values(i, 3) > 0.6 && i % 3 == 0) answered.push_back(i);
  }
  const auto alike = emptor::fit_lookalikes(fit.model.scaler().apply(customers.values), answered);
  std::cout << "\nlookalikes: AUC of hidden seeds " << emptor::fixed(alike.report.auc, 2) << "\n";
  for (const emptor::LookalikeReach& reach : alike.report.curve) {
    if (reach.customers > 1000) break;
    std::cout << std::setw(6) << reach.customers << " customers reach "
              << emptor::fixed(100 * reach.found, 0) << "% of hidden seeds, lift "
              << emptor::fixed(reach.lift, 1) << "\n";
  }
  const auto best = emptor::rank_lookalikes(
      alike.model.scores(fit.model.scaler().apply(customers.values)), {}, answered, 3);
  std::size_t hunters = 0;
  for (const emptor::RankedLookalike& one : best) {
    hunters += customers.values(index(one.customer), 3) > 0.6 ? 1 : 0;
  }
  std::cout << hunters << " of the best " << best.size() << " hunt bargains\n";
}
