// TIFU-KNN against dense vectors and a loop over all customers.

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "emptor/recommend/tifu_knn.hpp"
#include "support/property.hpp"
#include "support/sequence_data.hpp"

using namespace emptor;

namespace {

TEST_CASE("frequencies and scores are those of dense loops") {
  test::check_property("tifu-knn", [](std::uint64_t seed) {
    RandomStream random(seed);
    const std::size_t m = 1 + random.below(8);
    const std::size_t n = 1 + random.below(8);
    const TifuKnnOptions options{.neighbours = 1 + random.below(5),
                                 .group_size = 1 + random.below(4),
                                 .basket_decay = random.uniform(0.2, 1),
                                 .group_decay = random.uniform(0.2, 1),
                                 .personal = random.uniform()};
    const Sequences data(m, n, test::random_log(m, n, 14, true, seed),
                         {.gap = std::chrono::seconds{0}});
    const auto model = fit_tifu_knn(data, options).model;

    // Group by group from the latest, as the paper has it.
    std::vector<std::vector<double>> u(m, std::vector<double>(n, 0.0));
    std::vector<std::size_t> known;
    for (std::size_t c = 0; c < m; ++c) {
      const std::size_t first = data.first_session(c);
      std::size_t end = data.first_session(c + 1);
      if (first < end) known.push_back(c);
      std::vector<std::vector<double>> groups;
      while (end > first) {
        const std::size_t begin =
            end - first > options.group_size ? end - options.group_size : first;
        std::vector<double> group(n, 0.0);
        for (std::size_t s = begin; s < end; ++s) {
          const auto items = data.session_items(s);
          for (const std::uint32_t item : std::set<std::uint32_t>(items.begin(), items.end())) {
            group[item] += std::pow(options.basket_decay, static_cast<double>(end - 1 - s)) /
                           static_cast<double>(end - begin);
          }
        }
        groups.push_back(group);
        end = begin;
      }
      for (std::size_t g = 0; g < groups.size(); ++g) {
        for (std::size_t i = 0; i < n; ++i) {
          u[c][i] += std::pow(options.group_decay, static_cast<double>(g)) * groups[g][i] /
                     static_cast<double>(groups.size());
        }
      }
      for (std::size_t i = 0; i < n; ++i) {
        const auto row = model.engine().personal_frequencies();
        const bool has = row.contains(c, static_cast<std::uint32_t>(i));
        RC_ASSERT(has == (u[c][i] > 0));
      }
    }
    for (const std::size_t c : known) {
      std::vector<std::pair<double, std::size_t>> nearest;
      for (const std::size_t other : known) {
        double distance = 0;
        for (std::size_t i = 0; i < n; ++i) {
          distance += (u[c][i] - u[other][i]) * (u[c][i] - u[other][i]);
        }
        nearest.emplace_back(distance, other);
      }
      std::sort(nearest.begin(), nearest.end());
      // Where the k-th and the next are as good as equal, rounding decides.
      const std::size_t k = std::min(options.neighbours, nearest.size());
      if (k < nearest.size() && nearest[k].first - nearest[k - 1].first < 1e-5) continue;
      for (std::size_t i = 0; i < n; ++i) {
        double mean = 0;
        for (std::size_t j = 0; j < k; ++j) {
          mean += u[nearest[j].second][i] / static_cast<double>(k);
        }
        const double expected = options.personal * u[c][i] + (1 - options.personal) * mean;
        const Item item = id_at<Item>(i);
        const Explanation why = model.explain(id_at<Customer>(c), item, n);
        double sum = static_cast<double>(why.rest);
        for (const auto& part : why.parts) sum += static_cast<double>(part.share);
        RC_ASSERT(std::abs(static_cast<double>(why.score) - expected) <= 1e-6);
        RC_ASSERT(std::abs(sum - expected) <= 1e-6);
      }
    }
  });
}

}  // namespace
