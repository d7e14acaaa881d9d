#include "emptor/identity/cluster_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

void check_missed(double missed) {
  if (missed >= 0 && std::isfinite(missed)) return;
  throw Exception(ErrorCode::invalid_value,
                  text("missed matches must be >= 0 and finite, got ", missed), "expected_quality");
}

void check_number(float weight, const char* what) {
  if (std::isnan(weight)) {
    throw Exception(ErrorCode::invalid_value, text(what, " must be a number, got NaN"),
                    "expected_quality");
  }
}

ExpectedQuality quality(float threshold, std::uint64_t pairs, double correct, double matches) {
  ExpectedQuality out{
      .threshold = threshold, .pairs = pairs, .correct = correct, .matches = matches};
  const auto links = static_cast<double>(pairs);
  if (pairs > 0) out.precision = correct / links;
  if (matches > 0) out.recall = correct / matches;
  if (links + matches > 0) out.f1 = 2 * correct / (links + matches);
  return out;
}

}  // namespace

double match_probability(float weight) noexcept {
  return 1 / (1 + std::exp2(-static_cast<double>(weight)));
}

std::vector<ExpectedQuality> expected_quality(std::span<const ScoredPair> pairs,
                                              std::span<const float> thresholds, double missed) {
  check_missed(missed);
  for (const float threshold : thresholds) check_number(threshold, "a threshold");
  std::vector<float> sorted(thresholds.begin(), thresholds.end());
  std::ranges::sort(sorted);
  // Between two neighbours, ascending: how many pairs, and the sum of their
  // probabilities.
  std::vector<std::uint64_t> count(sorted.size() + 1, 0);
  std::vector<double> sum(sorted.size() + 1, 0.0);
  for (const ScoredPair& pair : pairs) {
    check_number(pair.weight, "a weight");
    const auto step =
        static_cast<std::size_t>(std::ranges::upper_bound(sorted, pair.weight) - sorted.begin());
    ++count[step];
    sum[step] += match_probability(pair.weight);
  }
  for (std::size_t step = sorted.size(); step > 0; --step) {
    count[step - 1] += count[step];
    sum[step - 1] += sum[step];
  }
  std::vector<ExpectedQuality> out;
  for (const float threshold : thresholds) {
    const auto step =
        static_cast<std::size_t>(std::ranges::lower_bound(sorted, threshold) - sorted.begin()) + 1;
    // Equal thresholds: all pairs stand behind the last of them, and the sums
    // run through.
    out.push_back(quality(threshold, count[step], sum[step], sum[0] + missed));
  }
  return out;
}

ExpectedQuality best_threshold(std::span<const ScoredPair> pairs, double missed) {
  check_missed(missed);
  constexpr float per_bit = 256;
  constexpr float most = 64;
  constexpr auto bins = static_cast<std::size_t>(2 * most * per_bit) + 1;
  std::vector<std::uint64_t> count(bins, 0);
  std::vector<double> sum(bins, 0.0);
  for (const ScoredPair& pair : pairs) {
    check_number(pair.weight, "a weight");
    const float weight = std::clamp(pair.weight, -most, most);
    const auto bin = static_cast<std::size_t>(std::floor(weight * per_bit) + most * per_bit);
    ++count[bin];
    sum[bin] += match_probability(pair.weight);
  }
  const double matches = std::accumulate(sum.begin(), sum.end(), missed);
  ExpectedQuality best = quality(most, 0, 0, matches);
  std::uint64_t links = 0;
  double correct = 0;
  for (std::size_t bin = bins; bin-- > 0;) {
    if (count[bin] == 0) continue;
    links += count[bin];
    correct += sum[bin];
    const float threshold = static_cast<float>(bin) / per_bit - most;
    const ExpectedQuality here = quality(threshold, links, correct, matches);
    if (best.pairs == 0 || here.f1 > best.f1) best = here;
  }
  return best;
}

ExpectedQuality expected_cluster_quality(std::span<const ScoredPair> pairs,
                                         std::span<const std::uint32_t> cluster,
                                         float absent_weight, double missed) {
  check_missed(missed);
  check_number(absent_weight, "absent_weight");
  double inside = 0;
  double across = 0;
  std::uint64_t listed = 0;
  for (const ScoredPair& pair : pairs) {
    check_number(pair.weight, "a weight");
    if (std::max(pair.a, pair.b) >= cluster.size()) {
      throw Exception(
          ErrorCode::out_of_range,
          text("a record must be below ", cluster.size(), ", got ", std::max(pair.a, pair.b)),
          "expected_cluster_quality");
    }
    const double p = match_probability(pair.weight);
    if (cluster[pair.a] == cluster[pair.b]) {
      inside += p;
      ++listed;
    } else {
      across += p;
    }
  }
  std::vector<std::uint32_t> sorted(cluster.begin(), cluster.end());
  std::ranges::sort(sorted);
  std::uint64_t links = 0;
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
    const std::uint64_t size = end - begin;
    links += size * (size - 1) / 2;
  }
  const auto unlisted = static_cast<double>(links > listed ? links - listed : 0);
  inside += unlisted * match_probability(absent_weight);
  return quality(std::numeric_limits<float>::quiet_NaN(), links, inside, inside + across + missed);
}

}  // namespace emptor
