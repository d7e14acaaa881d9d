#pragma once
// The second half of RFM: from one state a customer to thresholds and scores.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/segment/rfm.hpp"

namespace emptor::detail {

/// Throws `invalid_option`.
void check_rfm_options(const RfmOptions& options);

void add_counts(RfmLineCounts& to, const RfmLineCounts& more);

/// Two sets of lines of one customer that share no order.
void join(RfmState& to, const RfmState& other);

/// How one measure is cut into bins.
struct MeasureCut {
  int bins = 5;
  RfmTies ties = RfmTies::rank_first;
  std::span<const std::int64_t> cuts{};  ///< custom ends of bins; empty: by `ties`
};
/// Finds the ends of the bins and writes the bin, from 0, of every value to `bin_of_value`, which
/// is as long as `values`. `first_line(i)` is of element i.
std::vector<RfmThreshold> cut_measure(std::span<const std::int64_t> values, const MeasureCut& cut,
                                      FunctionRef<std::uint64_t(std::size_t)> first_line,
                                      std::span<std::uint8_t> bin_of_value);

/// Fills rows, thresholds and without_purchase; options.as_of is set.
void score_states(std::span<const RfmState> states, RfmResult& result);

}  // namespace emptor::detail
