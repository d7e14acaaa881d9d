// The measures of two partitions, against their definitions pair by pair and record by record.

#include <cmath>
#include <vector>

#include "emptor/evaluate/clustering.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using Labels = std::vector<std::uint32_t>;

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-9;
}

struct ByPairs {
  double both = 0, truth = 0, found = 0, all = 0;
  double precision = 0, recall = 0;  // B-cubed
};

ByPairs by_pairs(const Labels& truth, const Labels& found) {
  ByPairs out;
  const auto n = static_cast<double>(truth.size());
  for (std::size_t a = 0; a < truth.size(); ++a) {
    double both = 0;
    double in_truth = 0;
    double in_found = 0;
    for (std::size_t b = 0; b < truth.size(); ++b) {
      const bool t = truth[a] == truth[b];
      const bool f = found[a] == found[b];
      both += t && f ? 1 : 0;
      in_truth += t ? 1 : 0;
      in_found += f ? 1 : 0;
      if (b <= a) continue;
      out.all += 1;
      out.both += t && f ? 1 : 0;
      out.truth += t ? 1 : 0;
      out.found += f ? 1 : 0;
    }
    out.precision += both / in_found / n;
    out.recall += both / in_truth / n;
  }
  return out;
}

Labels some_labels(std::size_t n, std::uint32_t most) {
  return *rc::gen::container<Labels>(n, rc::gen::inRange<std::uint32_t>(0, most));
}

TEST_CASE("clustering measures equal their definitions") {
  emptor::test::check_property("any two partitions", [] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 30);
    const Labels truth = some_labels(n, *rc::gen::inRange<std::uint32_t>(1, 12));
    const Labels found = some_labels(n, *rc::gen::inRange<std::uint32_t>(1, 12));
    const auto got = evaluate_clustering(truth, found);
    const ByPairs want = by_pairs(truth, found);
    RC_ASSERT(close(static_cast<double>(got.correct_pairs), want.both));
    RC_ASSERT(close(static_cast<double>(got.true_pairs), want.truth));
    RC_ASSERT(close(static_cast<double>(got.found_pairs), want.found));
    RC_ASSERT(close(got.b_cubed.precision, want.precision));
    RC_ASSERT(close(got.b_cubed.recall, want.recall));
    // Hubert and Arabie's index as it is written for counts of pairs: a, b, c, d.
    const double a = want.both;
    const double b = want.truth - a;
    const double c = want.found - a;
    const double d = want.all - a - b - c;
    const double below = (a + b) * (b + d) + (a + c) * (c + d);
    RC_ASSERT(close(got.adjusted_rand, below > 0 ? 2 * (a * d - b * c) / below : 1));
  });
}

TEST_CASE("clustering measures: equal partitions are perfect, sides swap") {
  emptor::test::check_property("symmetry", [] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 40);
    const Labels truth = some_labels(n, 9);
    const Labels found = some_labels(n, 9);
    const auto there = evaluate_clustering(truth, found);
    const auto back = evaluate_clustering(found, truth);
    RC_ASSERT(close(there.pairs.precision, back.pairs.recall));
    RC_ASSERT(close(there.pairs.f1, back.pairs.f1));
    RC_ASSERT(close(there.b_cubed.f1, back.b_cubed.f1));
    RC_ASSERT(close(there.homogeneity, back.completeness));
    RC_ASSERT(close(there.adjusted_rand, back.adjusted_rand));
    RC_ASSERT(there.exact_clusters == back.exact_clusters);

    Labels renamed(n);
    for (std::size_t r = 0; r < n; ++r) renamed[r] = 4000000000U - 17 * truth[r];
    const auto same = evaluate_clustering(truth, renamed);
    RC_ASSERT(close(same.pairs.f1, 1));
    RC_ASSERT(close(same.b_cubed.f1, 1));
    RC_ASSERT(close(same.v_measure, 1));
    RC_ASSERT(close(same.adjusted_rand, 1));
    RC_ASSERT(same.exact_clusters == same.true_clusters);
  });
}

}  // namespace
