#pragma once
// Clusters that keep their numbers: a fit numbers clusters as they come, so the clusters of two
// fits are matched by the customers they share, such that the pairs share as many as possible in
// all (math/assignment.hpp).
//
// Time: sorting customers where the two lists differ in order, and O(k^3); memory k x k' numbers.
// Thread safety: pure functions.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/segment/customer_clusters_result.hpp"

namespace emptor {

/// Who is in which cluster; each customer once.
struct ClusterMembers {
  std::span<const Customer> customers;
  std::span<const std::uint32_t> labels;  ///< as many
};

struct ClusterMatchingOptions {
  /// Pairs that share less of their common customers, as a Jaccard index, are not matched; in [0,
  /// 1]. Pairs that share none never are.
  double least_jaccard = 0.1;
};

/// Matches a new fit to an old one. Customers in one of the two only do not count. `lasting` has a
/// number for each new label up to the largest; fresh numbers follow the largest old one.
/// Throws `invalid_shape` when lengths differ or a label is above 65535, `duplicate` for a customer
/// who is there twice.
[[nodiscard]] EMPTOR_API ClusterMatching match_clusters(const ClusterMembers& before,
                                                        const ClusterMembers& after,
                                                        const ClusterMatchingOptions& options = {});

/// The labels with their lasting numbers. Throws `out_of_range` for a label without one.
[[nodiscard]] EMPTOR_API std::vector<std::uint32_t> lasting_labels(
    std::span<const std::uint32_t> labels, const ClusterMatching& matching);

}  // namespace emptor
