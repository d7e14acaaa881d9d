#pragma once
// Found clusters against the truth: pairs, B-cubed, V-measure, adjusted Rand index.
//
// Amit Bagga, Breck Baldwin, "Entity-based cross-document coreferencing using the vector space
// model", COLING-ACL 1998, doi:10.3115/980845.980859 (B-cubed); why B-cubed: Enrique Amigó, Julio
// Gonzalo, Javier Artiles, Felisa Verdejo, "A comparison of extrinsic clustering evaluation metrics
// based on formal constraints", Information Retrieval 12, 2009, doi:10.1007/s10791-008-9066-8.
// Andrew Rosenberg, Julia Hirschberg, "V-measure: a conditional entropy-based external cluster
// evaluation measure", EMNLP-CoNLL 2007, pp. 410-420. Lawrence Hubert, Phipps Arabie, "Comparing
// partitions", Journal of Classification 2, 1985, doi:10.1007/BF01908075.
//
// One sort of the records by (true, found) label gives the cells of the contingency table, one sort
// of the cells the found clusters. Time O(n log n), memory 8 bytes a record and 24 a cell.
// Thread safety: pure functions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/clustering_result.hpp"

namespace emptor {

namespace detail {

/// The records with this true and this found label.
struct ClusterCell {
  std::uint32_t truth = 0;
  std::uint32_t found = 0;
  std::uint64_t count = 0;
  std::uint64_t truth_size = 0;
};

[[nodiscard]] constexpr std::uint64_t pairs_of(std::uint64_t records) noexcept {
  return records % 2 == 0 ? records / 2 * (records - 1) : (records - 1) / 2 * records;
}

[[nodiscard]] inline double harmonic_mean(double a, double b) noexcept {
  return a + b > 0 ? 2 * a * b / (a + b) : 0;
}

/// The table's cells that are not empty, ascending by (truth, found).
[[nodiscard]] inline std::vector<ClusterCell> cluster_cells(std::span<const std::uint32_t> truth,
                                                            std::span<const std::uint32_t> found) {
  std::vector<std::uint64_t> keys(truth.size());
  for (std::size_t r = 0; r < truth.size(); ++r) {
    keys[r] = std::uint64_t{truth[r]} << 32 | found[r];
  }
  std::sort(keys.begin(), keys.end());
  std::vector<ClusterCell> cells;
  for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
    while (end < keys.size() && keys[end] == keys[begin]) ++end;
    cells.push_back({.truth = static_cast<std::uint32_t>(keys[begin] >> 32),
                     .found = static_cast<std::uint32_t>(keys[begin]),
                     .count = end - begin});
  }
  return cells;
}

/// Calls `visit(cells, records)` for each run of cells that `same(a, b)` puts together.
template <class Same, class Visit>
void for_each_cluster(std::span<ClusterCell> cells, Same same, Visit visit) {
  for (std::size_t begin = 0, end = 0; begin < cells.size(); begin = end) {
    std::uint64_t records = 0;
    while (end < cells.size() && same(cells[begin], cells[end])) records += cells[end++].count;
    visit(cells.subspan(begin, end - begin), records);
  }
}

}  // namespace detail

/// Compares two partitions of n records: one label a record in each, any numbers; equal labels are
/// one cluster. Throws `invalid_shape` when the lengths differ or there are more than `max_ids`.
[[nodiscard]] inline ClusteringEvaluation evaluate_clustering(
    std::span<const std::uint32_t> truth, std::span<const std::uint32_t> found) {
  if (truth.size() != found.size() || truth.size() > max_ids) {
    throw Exception(ErrorCode::invalid_shape,
                    text("true and found labels must be as many, at most ", max_ids, ", got ",
                         truth.size(), " and ", found.size()),
                    "evaluate_clustering");
  }
  ClusteringEvaluation out;
  out.records = truth.size();
  if (out.records == 0) return out;
  const auto n = static_cast<double>(out.records);
  const auto entropy_term = [n](std::uint64_t part, std::uint64_t whole) {
    const auto count = static_cast<double>(part);
    return -count / n * std::log(count / static_cast<double>(whole));
  };

  std::vector<detail::ClusterCell> cells = detail::cluster_cells(truth, found);
  double true_entropy = 0;
  double found_given_true = 0;
  double recall_sum = 0;
  detail::for_each_cluster(
      cells, [](const auto& a, const auto& b) { return a.truth == b.truth; },
      [&](std::span<detail::ClusterCell> cluster, std::uint64_t size) {
        ++out.true_clusters;
        out.largest_true = std::max(out.largest_true, static_cast<std::size_t>(size));
        out.true_pairs += detail::pairs_of(size);
        true_entropy += entropy_term(size, out.records);
        for (detail::ClusterCell& cell : cluster) {
          cell.truth_size = size;
          const auto count = static_cast<double>(cell.count);
          out.correct_pairs += detail::pairs_of(cell.count);
          recall_sum += count * count / static_cast<double>(size);
          found_given_true += entropy_term(cell.count, size);
        }
      });

  std::sort(cells.begin(), cells.end(), [](const auto& a, const auto& b) {
    return a.found != b.found ? a.found < b.found : a.truth < b.truth;
  });
  double found_entropy = 0;
  double true_given_found = 0;
  double precision_sum = 0;
  detail::for_each_cluster(
      cells, [](const auto& a, const auto& b) { return a.found == b.found; },
      [&](std::span<detail::ClusterCell> cluster, std::uint64_t size) {
        ++out.found_clusters;
        out.largest_found = std::max(out.largest_found, static_cast<std::size_t>(size));
        out.found_pairs += detail::pairs_of(size);
        found_entropy += entropy_term(size, out.records);
        if (cluster.size() == 1 && cluster[0].truth_size == size) ++out.exact_clusters;
        for (const detail::ClusterCell& cell : cluster) {
          const auto count = static_cast<double>(cell.count);
          precision_sum += count * count / static_cast<double>(size);
          true_given_found += entropy_term(cell.count, size);
        }
      });

  const auto correct = static_cast<double>(out.correct_pairs);
  const auto in_truth = static_cast<double>(out.true_pairs);
  const auto in_found = static_cast<double>(out.found_pairs);
  out.pairs.precision = out.found_pairs > 0 ? correct / in_found : 1;
  out.pairs.recall = out.true_pairs > 0 ? correct / in_truth : 1;
  out.pairs.f1 = in_found + in_truth > 0 ? 2 * correct / (in_found + in_truth) : 1;
  out.b_cubed.precision = precision_sum / n;
  out.b_cubed.recall = recall_sum / n;
  out.b_cubed.f1 = detail::harmonic_mean(out.b_cubed.precision, out.b_cubed.recall);
  out.homogeneity = true_entropy > 0 ? std::max(0.0, 1 - true_given_found / true_entropy) : 1;
  out.completeness = found_entropy > 0 ? std::max(0.0, 1 - found_given_true / found_entropy) : 1;
  out.v_measure = detail::harmonic_mean(out.homogeneity, out.completeness);
  const auto all_pairs = static_cast<double>(detail::pairs_of(out.records));
  const double by_chance = all_pairs > 0 ? in_truth / all_pairs * in_found : 0;
  const double most = (in_truth + in_found) / 2 - by_chance;
  out.adjusted_rand = out.correct_pairs == out.true_pairs && out.correct_pairs == out.found_pairs
                          ? 1
                          : (correct - by_chance) / most;
  return out;
}

}  // namespace emptor
