#include "emptor/evaluate/clustering.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;
using Labels = std::vector<std::uint32_t>;

TEST_CASE("B-cubed of the two worked examples of Bagga and Baldwin") {
  // Their figures 1 to 3: true chains of 5, 2 and 5 records. The first answer joins the 2 with a 5,
  // the second the two 5s. Section 3 of the paper: precision 76 % and 58 %, recall 100 %.
  const Labels truth{1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3};
  const Labels first{1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2};
  const Labels second{1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1};
  const auto a = evaluate_clustering(truth, first);
  const auto b = evaluate_clustering(truth, second);
  CHECK(a.b_cubed.precision == Approx(16.0 / 21));
  CHECK(a.b_cubed.recall == Approx(1));
  CHECK(b.b_cubed.precision == Approx(7.0 / 12));
  CHECK(b.b_cubed.recall == Approx(1));
  CHECK(a.pairs.precision == Approx(21.0 / 31));
  CHECK(a.pairs.recall == Approx(1));
  CHECK(a.pairs.f1 == Approx(42.0 / 52));
  CHECK(a.true_clusters == 3);
  CHECK(a.found_clusters == 2);
  CHECK(a.exact_clusters == 1);
  CHECK(a.largest_true == 5);
  CHECK(a.largest_found == 7);
  CHECK(a.true_pairs == 21);
  CHECK(a.found_pairs == 31);
  CHECK(a.correct_pairs == 21);
}

TEST_CASE("V-measure and adjusted Rand index by hand") {
  // Two true pairs; one is found whole, one is split: cells 2, 1, 1.
  const auto split = evaluate_clustering(Labels{7, 7, 9, 9}, Labels{0, 0, 1, 2});
  CHECK(split.homogeneity == Approx(1));
  CHECK(split.completeness == Approx(2.0 / 3));  // entropies 1.5 bits, .5 of them needless
  CHECK(split.v_measure == Approx(.8));
  // Index 1, expected 2 * 1 / 6, greatest 1.5: (1 - 1/3) / (1.5 - 1/3).
  CHECK(split.adjusted_rand == Approx(4.0 / 7));
  // The opposite of the truth: index 0, expected 2 * 2 / 6, greatest 2.
  const auto crossed = evaluate_clustering(Labels{0, 0, 1, 1}, Labels{0, 1, 0, 1});
  CHECK(crossed.adjusted_rand == Approx(-.5));
  CHECK(crossed.v_measure == Approx(0).margin(1e-12));
  CHECK(crossed.pairs.f1 == 0);
}

TEST_CASE("partitions without pairs, and without records") {
  const auto alone = evaluate_clustering(Labels{1, 2, 3}, Labels{3, 1, 2});
  CHECK(alone.pairs == PrecisionRecall{1, 1, 1});
  CHECK(alone.b_cubed == PrecisionRecall{1, 1, 1});
  CHECK(alone.adjusted_rand == 1);
  CHECK(alone.v_measure == Approx(1));
  CHECK(alone.exact_clusters == 3);

  const auto nothing_found = evaluate_clustering(Labels{1, 1}, Labels{1, 2});
  CHECK(nothing_found.pairs.precision == 1);
  CHECK(nothing_found.pairs.recall == 0);
  CHECK(nothing_found.pairs.f1 == 0);

  const auto all_one = evaluate_clustering(Labels{5, 6, 7}, Labels{0, 0, 0});
  CHECK(all_one.homogeneity == Approx(0).margin(1e-12));
  CHECK(all_one.completeness == 1);
  CHECK(all_one.pairs.recall == 1);

  const auto one = evaluate_clustering(Labels{5}, Labels{6});
  CHECK(one.adjusted_rand == 1);

  const auto none = evaluate_clustering({}, {});
  CHECK(std::isnan(none.pairs.f1));
  CHECK(std::isnan(none.b_cubed.f1));
  CHECK(std::isnan(none.adjusted_rand));
}

TEST_CASE("two partitions must be of the same records") {
  CHECK_THROWS_AS(evaluate_clustering(Labels{1}, Labels{1, 2}), Exception);
}

TEST_CASE("labels may be any numbers and pairs are counted beyond 32 bits") {
  const Labels truth(200000, std::numeric_limits<std::uint32_t>::max());
  const auto whole = evaluate_clustering(truth, truth);
  CHECK(whole.true_pairs == 19999900000);
  CHECK(whole.pairs.f1 == 1);
  CHECK(whole.adjusted_rand == 1);
}

}  // namespace
