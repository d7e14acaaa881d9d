#include "emptor/identity/cluster_quality.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using Pairs = std::vector<ScoredPair>;

TEST_CASE("log odds as probabilities") {
  CHECK(match_probability(0) == .5);
  CHECK(match_probability(2) == Approx(.8));
  CHECK(match_probability(-2) == Approx(.2));
  CHECK(match_probability(std::numeric_limits<float>::infinity()) == 1);
  CHECK(match_probability(-std::numeric_limits<float>::infinity()) == 0);
}

TEST_CASE("expected precision, recall and F1 by hand") {
  // Probabilities .8, .5, .2; half a match is missed.
  const Pairs pairs{{0, 1, 2}, {2, 3, 0}, {4, 5, -2}};
  const std::vector<float> thresholds{0, 2, -5, 2.5F, 2};
  const auto got = expected_quality(pairs, thresholds, .5);
  REQUIRE(got.size() == 5);
  CHECK(got[0].pairs == 2);
  CHECK(got[0].correct == Approx(1.3));
  CHECK(got[0].precision == Approx(.65));
  CHECK(got[0].recall == Approx(.65));
  CHECK(got[0].f1 == Approx(.65));
  CHECK(got[1].precision == Approx(.8));
  CHECK(got[1].recall == Approx(.4));
  CHECK(got[2].pairs == 3);
  CHECK(got[2].recall == Approx(.75));
  CHECK(got[3].pairs == 0);
  CHECK(got[3].precision == 1);
  CHECK(got[3].f1 == 0);
  CHECK(got[4] == got[1]);

  const ExpectedQuality best = best_threshold(pairs, .5);
  CHECK(best.threshold == 0);
  CHECK(best.f1 == Approx(.65));
}

TEST_CASE("expected quality of found clusters") {
  // 0, 1, 2 are one cluster; the pair of 0 and 2 was never compared.
  const Pairs pairs{{0, 1, 2}, {1, 2, 0}, {2, 3, -2}};
  const auto got = expected_cluster_quality(pairs, std::vector<std::uint32_t>{0, 0, 0, 3}, -2, .1);
  CHECK(got.pairs == 3);
  CHECK(got.correct == Approx(.8 + .5 + .2));
  CHECK(got.matches == Approx(.8 + .5 + .2 + .2 + .1));
  CHECK(std::isnan(got.threshold));
}

TEST_CASE("expected quality without pairs, and what it refuses") {
  CHECK(best_threshold({}).f1 == 1);
  CHECK(best_threshold({}).threshold == 64);
  CHECK(expected_quality({}, std::vector<float>{0})[0].recall == 1);
  CHECK(expected_cluster_quality({}, {}, 0).f1 == 1);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Pairs bad{{0, 1, nan}};
  CHECK_THROWS_AS(best_threshold(bad), Exception);
  CHECK_THROWS_AS(expected_quality(bad, std::vector<float>{0}), Exception);
  CHECK_THROWS_AS(expected_quality({}, std::vector<float>{nan}), Exception);
  CHECK_THROWS_AS(best_threshold({}, -1), Exception);
  CHECK_THROWS_AS(expected_cluster_quality(Pairs{{0, 1, 1}}, std::vector<std::uint32_t>{0}, 0),
                  Exception);
}

}  // namespace
