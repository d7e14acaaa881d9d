#pragma once
// Needs by stage: aware, considering, deciding, read off views, searches and carts.
//
// Every event adds its kind's weights, halved for each half-life that has passed since, to three
// sums. The stage is the furthest whose sum reaches its threshold: deciding, then considering, then
// aware. The stages are those of the purchase decision process: problem recognition, information
// search and evaluation, choice (James F. Engel, David T. Kollat, Roger D. Blackwell, "Consumer
// Behavior", Holt, Rinehart and Winston, 1968); weights and thresholds are our own and a host's to
// change.
//
// Events are summed in the order of time (then of the table), so that the same events give the same
// bits in any order of rows that keeps simultaneous ones. Cost: O(events log events + lines).
// Thread safety: pure functions.

#include "emptor/core/export.hpp"
#include "emptor/segment/needs_stage_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/events.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// One need a customer. Events without a customer are left out. Throws `invalid_option`.
[[nodiscard]] EMPTOR_API NeedsReport needs_stages(const Events& events, const Orders& orders,
                                                  const NeedsOptions& options);

/// One need a customer and category of items; events without an item (searches) or of one without a
/// category make a need of their own, `category` none, that any purchase ends.
[[nodiscard]] EMPTOR_API NeedsReport needs_stages(const Events& events, const Orders& orders,
                                                  const TextColumn<Item>& categories,
                                                  const NeedsOptions& options);

}  // namespace emptor
