// Expected quality against its definition, pair by pair and threshold by threshold.

#include <cmath>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/identity/cluster_quality.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

TEST_CASE("expected quality equals its definition, and no threshold is better than the best") {
  emptor::test::check_property("any weights on the grid", [] {
    RandomStream random(*rc::gen::arbitrary<std::uint32_t>());
    std::vector<ScoredPair> pairs(random.below(40));
    std::vector<float> thresholds{-70, 70};
    for (ScoredPair& pair : pairs) {
      pair = {0, 1, static_cast<float>(random.below(4096)) / 256 - 8};
      thresholds.push_back(pair.weight);
    }
    const double missed = random.uniform(0, 3);
    const auto got = expected_quality(pairs, thresholds, missed);
    const auto best = best_threshold(pairs, missed);
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
      double correct = 0;
      double matches = missed;
      std::uint64_t links = 0;
      for (const ScoredPair& pair : pairs) {
        const double p = 1 / (1 + std::pow(2.0, -static_cast<double>(pair.weight)));
        matches += p;
        if (pair.weight < thresholds[t]) continue;
        correct += p;
        ++links;
      }
      RC_ASSERT(got[t].pairs == links);
      RC_ASSERT(std::abs(got[t].correct - correct) < 1e-9);
      RC_ASSERT(std::abs(got[t].matches - matches) < 1e-9);
      RC_ASSERT(links == 0 ||
                std::abs(got[t].precision - correct / static_cast<double>(links)) < 1e-9);
      RC_ASSERT(got[t].f1 <= best.f1 + 1e-12 || links == 0);
      if (thresholds[t] == best.threshold) RC_ASSERT(std::abs(got[t].f1 - best.f1) < 1e-12);
    }
  });
}

}  // namespace
