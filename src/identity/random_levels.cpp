// Levels among any two records: exact agreement from the frequencies of values, the rest from a
// sample of pairs that depends on the records' content and not on their order.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "emptor/core/random.hpp"
#include "identity/link_model_fit.hpp"
#include "identity/pair_comparer.hpp"

namespace emptor::detail {

namespace {

/// Records with the smallest fingerprints, ascending by them.
std::vector<std::uint32_t> sampled_records(const ComparedRecords& records, std::size_t count) {
  const std::vector<std::uint64_t> fingerprints = records.fingerprints();
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order(records.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = {fingerprints[i], static_cast<std::uint32_t>(i)};
  }
  count = std::min(count, order.size());
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
  std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<std::uint32_t> sample(count);
  for (std::size_t i = 0; i < count; ++i) sample[i] = order[i].second;
  return sample;
}

/// The share of pairs of values that are equal.
double exact_share(const ValueDictionary& values) {
  double equal = 0;
  for (std::uint32_t code = 1; code <= values.size(); ++code) {
    const double n = values.frequency(code);
    equal += n * (n - 1);
  }
  const double total = static_cast<double>(values.total());
  return total < 2 ? 0 : equal / (total * (total - 1));
}

}  // namespace

std::vector<std::array<double, max_levels>> levels_of_any_pair(const ComparedRecords& records,
                                                               double all_pairs,
                                                               const LinkModelOptions& options) {
  constexpr std::size_t most_records = 8192;
  const std::vector<std::uint32_t> sample = sampled_records(records, most_records);
  std::vector<std::array<double, max_levels>> counts(records.comparisons().size());
  PairComparer comparer(records);
  double pairs = 0;
  std::vector<RecordPair> block;
  const auto count_block = [&] {
    comparer.compare(block);
    for (std::size_t i = 0; i < block.size(); ++i) {
      for (std::size_t c = 0; c < counts.size(); ++c) counts[c][comparer.levels(i)[c]] += 1;
    }
    pairs += static_cast<double>(block.size());
    block.clear();
  };
  const auto count = [&](std::size_t i, std::size_t j) {
    block.push_back({sample[i], sample[j]});
    if (block.size() == pairs_a_block) count_block();
  };
  const std::size_t n = sample.size();
  if (n * (n - std::min<std::size_t>(n, 1)) / 2 <= options.random_pairs) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i + 1; j < n; ++j) count(i, j);
    }
  } else {
    RandomStream random(options.seed, 0);
    for (std::size_t k = 0; k < options.random_pairs; ++k) {
      const std::size_t i = k % n;
      const std::size_t j = (i + 1 + random.below(static_cast<std::uint32_t>(n - 1))) % n;
      count(i, j);
    }
  }
  count_block();
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const Comparison& comparison = records.comparisons()[c];
    double present = 0, fuzzy = 0;
    for (std::size_t level = 1; level < max_levels; ++level) present += counts[c][level];
    for (std::size_t level = 2; level < max_levels; ++level) fuzzy += counts[c][level];
    if (comparison.slots == 1 && present > 0 && fuzzy > 0) {
      const double exact = exact_share(records.dictionary(c));
      for (std::size_t level = 2; level < max_levels; ++level) {
        counts[c][level] *= (1 - exact) * present / fuzzy;
      }
      counts[c][1] = exact * present;
    }
    for (double& value : counts[c]) value *= pairs > 0 ? all_pairs / pairs : 0;
  }
  return counts;
}

}  // namespace emptor::detail
