// Popularity by segment against counting and sorting.

#include "emptor/recommend/segment_popularity.hpp"

#include <vector>

#include "support/property.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;

namespace {

std::vector<std::uint32_t> thirds(std::size_t m) {
  std::vector<std::uint32_t> segments;
  for (std::size_t c = 0; c < m; ++c) {
    segments.push_back(c % 7 == 0 ? no_group : static_cast<std::uint32_t>(c % 3));
  }
  return segments;
}

TEST_CASE("lists are those of every item scored and sorted") {
  test::check_property("brute force", [] {
    const std::size_t m = *rc::gen::inRange<std::size_t>(2, 12);
    const std::size_t n = *rc::gen::inRange<std::size_t>(2, 12);
    const Interactions data = test::taste_data(m, n, true, *rc::gen::arbitrary<std::uint16_t>());
    const auto segments = thirds(m);
    const double kappa = *rc::gen::element(0.1, 3.0, 1000.0);
    const auto model = fit_segment_popularity(data, segments, {.shrinkage = kappa}).model;
    std::vector<double> all(n, 0);
    double total = 0;
    for (std::size_t c = 0; c < m; ++c) {
      for (std::size_t k = 0; k < data.by_customer().row_size(c); ++k) {
        const auto weight = static_cast<double>(data.by_customer().row_values(c)[k]);
        all[data.by_customer().row_indices(c)[k]] += weight;
        total += weight;
      }
    }
    for (const std::uint32_t group : {0U, 1U, 2U, no_group}) {
      std::vector<double> own(n, 0);
      double own_total = 0;
      for (std::size_t c = 0; c < m; ++c) {
        if (segments[c] != group || group == no_group) continue;
        for (std::size_t k = 0; k < data.by_customer().row_size(c); ++k) {
          const auto weight = static_cast<double>(data.by_customer().row_values(c)[k]);
          own[data.by_customer().row_indices(c)[k]] += weight;
          own_total += weight;
        }
      }
      const std::size_t k = *rc::gen::inRange<std::size_t>(0, n + 1);
      TopK<float> best(k);
      for (std::size_t i = 0; i < n; ++i) {
        if (all[i] == 0) continue;
        const double share = all[i] / total;
        best.push(static_cast<std::uint32_t>(i),
                  static_cast<float>(group == no_group || group >= model.groups()
                                         ? share
                                         : (own[i] + kappa * share) / (own_total + kappa)));
      }
      RC_ASSERT(model.most_popular_in(group, k) == detail::to_list(best));
    }
    RC_ASSERT(model.update(data).save() == model.save());
  });
}

}  // namespace
