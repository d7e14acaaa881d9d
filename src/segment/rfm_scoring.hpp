#pragma once
// The second half of RFM: from one state a customer to thresholds and scores.

#include <span>

#include "emptor/segment/rfm.hpp"

namespace emptor::detail {

void add_counts(RfmLineCounts& to, const RfmLineCounts& more);

/// Two sets of lines of one customer that share no order.
void join(RfmState& to, const RfmState& other);

/// Fills rows, thresholds and without_purchase; options.as_of is set.
void score_states(std::span<const RfmState> states, RfmResult& result);

}  // namespace emptor::detail
