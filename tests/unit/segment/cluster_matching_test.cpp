#include "emptor/segment/cluster_matching.hpp"

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

std::vector<Customer> customers(std::initializer_list<std::uint32_t> ids) {
  std::vector<Customer> out;
  for (const std::uint32_t id : ids) out.push_back(Customer{id});
  return out;
}

}  // namespace

TEST_CASE("numbers last where clusters share customers") {
  const auto before = customers({1, 2, 3, 4, 5, 6, 7});
  const std::vector<std::uint32_t> old{0, 0, 0, 1, 1, 2, 2};
  // Customer 7 is gone, 8 and 9 are new; what was 0 is 2, what was 1 is 0, 2 has fallen apart.
  const auto after = customers({9, 8, 6, 5, 4, 3, 2, 1});
  const std::vector<std::uint32_t> now{1, 1, 2, 0, 0, 2, 2, 2};
  const ClusterMatching found = match_clusters({before, old}, {after, now});
  REQUIRE(found.pairs.size() == 2);
  CHECK(found.pairs[0].before == 0);
  CHECK(found.pairs[0].after == 2);
  CHECK(found.pairs[0].common == 3);
  CHECK(found.pairs[0].jaccard == 0.75);
  CHECK(found.pairs[1].after == 0);
  CHECK(found.vanished == std::vector<std::uint32_t>{2});
  CHECK(found.appeared == std::vector<std::uint32_t>{1});
  CHECK(found.lasting == std::vector<std::uint32_t>{1, 3, 0});
  CHECK(found.common == 6);
  CHECK(found.stayed == 5);
  CHECK(lasting_labels(now, found) == std::vector<std::uint32_t>{3, 3, 0, 1, 1, 0, 0, 0});
}

TEST_CASE("the matching is the best in all, not greedy") {
  // Greedy would take the pair with 5 in common and leave 0.
  std::vector<Customer> ids;
  std::vector<std::uint32_t> old, now;
  const auto add = [&](std::uint32_t a, std::uint32_t b, int times) {
    for (int t = 0; t < times; ++t) {
      ids.push_back(id_at<Customer>(ids.size()));
      old.push_back(a);
      now.push_back(b);
    }
  };
  add(0, 0, 5);
  add(0, 1, 4);
  add(1, 0, 4);
  const ClusterMatching found = match_clusters({ids, old}, {ids, now}, {.least_jaccard = 0});
  CHECK(found.lasting == std::vector<std::uint32_t>{1, 0});
  CHECK(found.stayed == 8);
}

TEST_CASE("nothing in common, nobody, and wrong input of matchings") {
  const auto ids = customers({1, 2});
  const std::vector<std::uint32_t> labels{0, 1};
  const ClusterMatching none = match_clusters({}, {ids, labels});
  CHECK(none.pairs.empty());
  CHECK(none.appeared == std::vector<std::uint32_t>{0, 1});
  CHECK(match_clusters({ids, labels}, {}).vanished.size() == 2);
  const ClusterMatching same = match_clusters({ids, labels}, {ids, labels});
  CHECK(same.stayed == 2);
  const auto twice = customers({1, 1});
  CHECK_THROWS_WITH(match_clusters({twice, labels}, {ids, labels}),
                    ContainsSubstring("there twice"));
  CHECK_THROWS_AS(match_clusters({ids, std::vector<std::uint32_t>{0}}, {ids, labels}), Exception);
  CHECK_THROWS_AS(match_clusters({}, {}, {.least_jaccard = 2}), Exception);
  CHECK_THROWS_AS(lasting_labels(std::vector<std::uint32_t>{7}, same), Exception);
}
