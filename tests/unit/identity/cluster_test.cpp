#include "emptor/identity/cluster.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using Labels = std::vector<std::uint32_t>;
using Pairs = std::vector<ScoredPair>;

/// Two families of three, all sure of each other, and one strong pair between them.
Pairs two_families(float bridge) {
  return {{0, 1, 9}, {0, 2, 9}, {1, 2, 9}, {3, 4, 8}, {3, 5, 8}, {4, 5, 8}, {2, 3, bridge}};
}

TEST_CASE("one strong pair does not join two clusters") {
  const Pairs pairs = two_families(7);
  const auto got = cluster_records(7, pairs);
  CHECK(got.cluster == Labels{0, 0, 0, 3, 3, 3, 6});
  CHECK(got.clusters == 3);
  CHECK(got.component == Labels{0, 0, 0, 0, 0, 0, 6});
  CHECK(got.components == 2);
  REQUIRE(got.refused.size() == 1);
  CHECK(got.refusals == 1);
  CHECK(got.refused[0].a == 2);
  CHECK(got.refused[0].b == 3);
  CHECK(got.refused[0].weight == 7);
  CHECK(got.refused[0].reason == MergeRefusal::mean);
  CHECK(got.refused[0].mean == Approx((7 - 5 * 8) / 9.0));

  const auto joined =
      cluster_records(7, pairs, {}, {}, {.method = ClusterMethod::connected_components});
  CHECK(joined.cluster == Labels{0, 0, 0, 0, 0, 0, 6});
  CHECK(joined.clusters == 2);
}

TEST_CASE("the merge tree tells what joined, by which pair, with which mean") {
  const auto got = cluster_records(3, Pairs{{0, 1, 2}, {1, 2, 6}, {0, 2, 1}});
  REQUIRE(got.steps.size() == 2);
  CHECK(got.steps[0].kept == 1);
  CHECK(got.steps[0].absorbed == 2);
  CHECK(got.steps[0].mean == 6);
  CHECK(got.steps[1].kept == 0);
  CHECK(got.steps[1].absorbed == 1);
  CHECK(got.steps[1].a == 0);
  CHECK(got.steps[1].b == 1);
  CHECK(got.steps[1].weight == 2);
  CHECK(got.steps[1].mean == Approx(1.5));
  CHECK(!got.steps[1].forced);
}

TEST_CASE("absent pairs are asked for, once each and the smaller record first") {
  // A chain: 0 and 2 were never compared by any key.
  const Pairs chain{{1, 0, 6}, {1, 2, 5}};
  int calls = 0;
  float answer = 4;
  const auto weight_of = [&](std::uint32_t a, std::uint32_t b) {
    ++calls;
    CHECK(a == 0);
    CHECK(b == 2);
    return answer;
  };
  CHECK(cluster_records(3, chain, weight_of).cluster == Labels{0, 0, 0});
  CHECK(calls == 1);
  answer = -6;
  CHECK(cluster_records(3, chain, weight_of).cluster == Labels{0, 0, 2});
  answer = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(cluster_records(3, chain, weight_of), Exception);
  ClusterOptions lenient;
  lenient.absent_weight = -5;
  CHECK(cluster_records(3, chain, {}, {}, lenient).cluster == Labels{0, 0, 0});  // mean 0
}

TEST_CASE("a weight counts no more than the clamp in a mean") {
  const Pairs pairs{{0, 1, 30}, {1, 2, 40}, {0, 2, -12}};
  CHECK(cluster_records(3, pairs, {}, {}, {.clamp = 40}).clusters == 1);
  CHECK(cluster_records(3, pairs, {}, {}, {.clamp = 11}).clusters == 1);
  CHECK(cluster_records(3, pairs, {}, {}, {.threshold = 1, .clamp = 10}).clusters == 2);
  // Both are 10 when clamped; the raw weight decides which goes first.
  CHECK(cluster_records(3, pairs, {}, {}, {.threshold = 1, .clamp = 10}).cluster ==
        Labels{0, 1, 1});
}

TEST_CASE("pairs that say nothing count little beside a neutral weight") {
  // 0 and 1 are sure; 2 agrees with 0 and has nothing to compare with 1: its prior, -11 bits.
  const Pairs pairs{{0, 1, 12}, {0, 2, 8}, {1, 2, -11}};
  CHECK(cluster_records(3, pairs).clusters == 2);
  ClusterOptions options;
  options.neutral_weight = -11;
  const auto got = cluster_records(3, pairs, {}, {}, options);
  CHECK(got.clusters == 1);
  CHECK(got.steps[1].mean == Approx((64 * 8 - 11) / 65.0));
  // A pair that disagrees counts as before.
  CHECK(cluster_records(3, Pairs{{0, 1, 12}, {0, 2, 8}, {1, 2, -18}}, {}, {}, options).clusters ==
        2);
}

TEST_CASE("verified values that differ never join, whatever the weights") {
  const Labels passport{7, 0, 8};
  const std::vector<std::span<const std::uint32_t>> conflicts{passport};
  const Pairs pairs{{0, 1, 9}, {1, 2, 8}, {0, 2, 9}};
  const auto got = cluster_records(3, pairs, {}, {.conflicts = conflicts});
  CHECK(got.cluster == Labels{0, 0, 2});
  REQUIRE(got.refusals == 1);
  CHECK(got.refused[0].reason == MergeRefusal::conflict);
  const std::vector<RecordPair> must{{0, 2}};
  const auto forced = cluster_records(3, pairs, {}, {.conflicts = conflicts, .must_link = must});
  CHECK(forced.cluster[0] != forced.cluster[2]);
  CHECK(std::isnan(forced.refused[0].weight));
  CHECK(forced.refused[0].reason == MergeRefusal::conflict);
}

TEST_CASE("limits of distinct values and of size") {
  const Pairs pairs{{0, 1, 9}, {1, 2, 8}, {0, 2, 8}, {2, 3, 7}, {1, 3, 7}, {0, 3, 7}};
  const std::vector<std::uint32_t> limits{2};
  std::vector<LimitedValue> devices{{0, 0, 5}, {1, 0, 6}, {2, 0, 7}, {3, 0, 5}, {3, 0, 5}};
  const auto got = cluster_records(4, pairs, {}, {.limits = limits, .identifiers = devices});
  CHECK(got.cluster == Labels{0, 0, 2, 0});
  CHECK(got.refused[0].reason == MergeRefusal::cardinality);
  // A record that breaks the limit by itself keeps those who add nothing.
  devices = {{0, 0, 5}, {0, 0, 6}, {0, 0, 7}, {1, 0, 6}, {2, 0, 8}};
  CHECK(cluster_records(4, pairs, {}, {.limits = limits, .identifiers = devices}).cluster ==
        Labels{0, 0, 2, 0});
  const auto sized = cluster_records(4, pairs, {}, {}, {.max_size = 3});
  CHECK(sized.cluster == Labels{0, 0, 0, 3});
  CHECK(sized.refused[0].reason == MergeRefusal::size);
}

TEST_CASE("people's decisions") {
  const Pairs pairs = two_families(7);
  const std::vector<RecordPair> must{{5, 6}};
  const std::vector<RecordPair> cannot{{0, 1}, {6, 4}};
  const auto got = cluster_records(7, pairs, {}, {.must_link = must, .cannot_link = cannot});
  CHECK(got.cluster[5] == got.cluster[6]);
  CHECK(got.cluster[4] != got.cluster[5]);
  CHECK(got.cluster[0] != got.cluster[1]);
  REQUIRE(!got.steps.empty());
  CHECK(got.steps[0].forced);
  CHECK(std::isnan(got.steps[0].weight));
  // A contradiction is refused and told.
  const std::vector<RecordPair> both{{0, 1}};
  const auto torn = cluster_records(2, {}, {}, {.must_link = both, .cannot_link = both});
  CHECK(torn.clusters == 2);
  REQUIRE(torn.refused.size() == 1);
  CHECK(torn.refused[0].reason == MergeRefusal::cannot_link);
}

TEST_CASE("a subset is clustered by itself") {
  const Pairs pairs = two_families(-1);
  const Labels subset{3, 4, 5};
  const auto got = recluster(subset, 7, pairs);
  CHECK(got.cluster == Labels{3, 3, 3});
  CHECK(got.clusters == 1);
  CHECK(recluster({}, 7, pairs).cluster.empty());
  CHECK_THROWS_AS(recluster(Labels{4, 3}, 7, pairs), Exception);
  CHECK_THROWS_AS(recluster(Labels{7}, 7, pairs), Exception);
}

TEST_CASE("pairs that repeat count once, with the greatest weight") {
  CHECK(cluster_records(2, Pairs{{0, 1, -3}, {1, 0, 2}}).clusters == 1);
  const auto got = cluster_records(3, Pairs{{0, 1, 4}, {1, 0, 2}, {0, 1, 3}, {1, 2, 1}});
  REQUIRE(got.steps.size() == 1);
  CHECK(got.steps[0].mean == 4);
}

TEST_CASE("a bad key that ties everything to everything costs bounded time") {
  // 3,000 records on a ring of moderate pairs, each also tied to the first.
  constexpr std::uint32_t n = 3000;
  Pairs pairs;
  for (std::uint32_t r = 1; r < n; ++r) {
    pairs.push_back({0, r, 3});
    if (r > 1) pairs.push_back({r - 1, r, r % 2 == 0 ? 6.F : 1.F});
  }
  std::size_t calls = 0;
  const auto weight_of = [&calls](std::uint32_t, std::uint32_t) {
    ++calls;
    return -4.F;
  };
  const auto got = cluster_records(n, pairs, weight_of, {}, {.listed_refusals = 10});
  CHECK(got.components == 1);
  CHECK(got.clusters > n / 3);
  CHECK(got.refused.size() == 10);
  CHECK(got.refusals > 1000);
  CHECK(calls < 64 * pairs.size());
}

TEST_CASE("what clustering refuses") {
  const Pairs pairs{{0, 1, 1}};
  const auto with = [&pairs](const ClusterOptions& options) {
    return cluster_records(2, pairs, {}, {}, options);
  };
  CHECK_THROWS_AS(with({.clamp = 0}), Exception);
  CHECK_THROWS_AS(with({.clamp = std::numeric_limits<float>::quiet_NaN()}), Exception);
  CHECK_THROWS_AS(with({.threshold = 21}), Exception);
  CHECK_THROWS_AS(with({.max_size = 0}), Exception);
  CHECK_THROWS_AS(with({.absent_weight = std::numeric_limits<float>::quiet_NaN()}), Exception);
  CHECK_THROWS_AS(with({.cross_pairs = 0}), Exception);
  CHECK_THROWS_AS(cluster_records(1, pairs), Exception);
  CHECK_THROWS_AS(cluster_records(2, Pairs{{1, 1, 1}}), Exception);
  CHECK_THROWS_AS(cluster_records(2, Pairs{{0, 1, std::numeric_limits<float>::quiet_NaN()}}),
                  Exception);
  const Labels one{1};
  const std::vector<std::span<const std::uint32_t>> conflicts{one};
  CHECK_THROWS_AS(cluster_records(2, pairs, {}, {.conflicts = conflicts}), Exception);
  const std::vector<LimitedValue> untyped{{0, 0, 1}};
  CHECK_THROWS_AS(cluster_records(2, pairs, {}, {.identifiers = untyped}), Exception);
  const std::vector<RecordPair> outside{{0, 2}};
  CHECK_THROWS_AS(cluster_records(2, pairs, {}, {.cannot_link = outside}), Exception);
  CHECK_THROWS_AS(connected_components(2, outside), Exception);
  const Context stop{.progress = [](const ProgressStep&) { return Go::stop; }};
  CHECK_THROWS_AS(cluster_records(2, pairs, {}, {}, {}, stop), Exception);
}

TEST_CASE("nothing to cluster") {
  CHECK(cluster_records(0, {}).cluster.empty());
  CHECK(cluster_records(3, {}).cluster == Labels{0, 1, 2});
  CHECK(cluster_records(3, {}).clusters == 3);
  const float inf = std::numeric_limits<float>::infinity();
  CHECK(cluster_records(2, Pairs{{0, 1, inf}}).clusters == 1);
  CHECK(cluster_records(2, Pairs{{0, 1, -inf}}).clusters == 2);
}

}  // namespace
