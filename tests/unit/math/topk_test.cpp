#include "emptor/math/topk.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using emptor::ScoredIndex;
using emptor::TopK;

}  // namespace

TEST_CASE("the k best, best first, equal scores by smaller index") {
  TopK<float> top(3);
  for (std::uint32_t i = 0; i < 6; ++i) top.push(i, i % 2 == 0 ? 1.0F : 2.0F);
  CHECK(top.full());
  CHECK(top.worst() == 2.0F);
  CHECK(top.take() == std::vector<ScoredIndex<float>>{{1, 2.0F}, {3, 2.0F}, {5, 2.0F}});
  CHECK(top.size() == 0);
}

TEST_CASE("NaN never enters, infinities do, k may be 0 or more than there are") {
  TopK<double> top(4);
  top.push(0, std::nan(""));
  top.push(1, -std::numeric_limits<double>::infinity());
  top.push(2, std::numeric_limits<double>::infinity());
  const auto best = top.take();
  REQUIRE(best.size() == 2);
  CHECK(best[0].index == 2);
  TopK<double> none(0);
  none.push(1, 5);
  CHECK_FALSE(none.enters(1, 5));
  CHECK(none.take().empty());
}

TEST_CASE("the result does not depend on the order of arrival") {
  emptor::RandomStream random(5);
  for (int round = 0; round < 100; ++round) {
    std::vector<ScoredIndex<float>> all;
    for (std::uint32_t i = 0; i < random.below(40); ++i) {
      all.push_back({i, static_cast<float>(random.below(5))});
    }
    auto sorted = all;
    std::sort(sorted.begin(), sorted.end(), emptor::ranks_before<float>);
    const std::size_t k = random.below(10);
    sorted.resize(std::min(k, sorted.size()));
    random.shuffle(std::span(all));
    TopK<float> top(k);
    for (const auto& element : all) top.push(element.index, element.score);
    CHECK(top.take() == sorted);
  }
}
