#pragma once
// Summaries of named groups of RFM rows.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/segment/rfm_result.hpp"
#include "emptor/segment/rfm_segments_result.hpp"

namespace emptor::detail {

/// Fills the summaries, which have their names, from rows that are in `summaries[of_row[i]]`.
/// Throws `overflow` in the name of `where`.
void summarise_segments(std::span<const RfmRow> rows, std::span<const std::uint8_t> of_row,
                        std::vector<RfmSegmentSummary>& summaries, std::string_view where);

/// Throws `overflow` in the name of `where`.
void add_amount(std::int64_t& sum, std::int64_t amount, std::string_view where);

}  // namespace emptor::detail
