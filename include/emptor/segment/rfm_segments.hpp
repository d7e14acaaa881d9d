#pragma once
// From RFM scores to named segments.
//
// The default table, of our own making, follows the eleven names that are common in the trade.
// Recency and frequency decide; money tells champions from the loyal, whom not to lose from those
// at risk, and so on. In order of precedence, for five bins:
//
//   champions            r 5    f 4-5  m 4-5   bought just now, often and much
//   cannot lose them     r 1-2  f 5    m 4-5   bought most, long ago
//   at risk              r 1-2  f 3-5          bought often, long ago
//   loyal                r 3-5  f 4-5          buy often
//   new                  r 5    f 1-2          first steps, just now
//   promising            r 4    f 1-2  m 1-3   first steps, not long ago
//   potential loyalists  r 4-5  f 1-3          recent, on the way to be loyal
//   need attention       r 3    f 3            middling in all, cooling
//   need attention       r 3    f 1-2  m 4-5   paid much in few orders, cooling
//   about to sleep       r 3    f 1-2
//   lost                 r 1    f 1-2  m 1-2   once, long ago, little
//   hibernating          r 1-2  f 1-2
//
// First steps are f 1-2 and not f 1: in most shops more than a fifth of the customers has a single
// order, and when ties go by the first purchase, the newcomers among them stand in the second bin.
//
// Cost: O(rules k^3) for the table, O(1) a customer. Thread safety: pure functions.

#include "emptor/core/export.hpp"
#include "emptor/segment/rfm_result.hpp"
#include "emptor/segment/rfm_segments_result.hpp"

namespace emptor {

/// The table above. For another number of bins, in [2, 20], score s reads as the nearest of five:
/// 1 + round(4 (s - 1) / (k - 1)); rules that no score reaches are left out.
/// Throws `invalid_option` for bins out of range.
[[nodiscard]] EMPTOR_API RfmSegmentTable default_rfm_segments(int bins = 5);

/// Throws `invalid_option` when bins are outside of [2, 20], a name is empty, there are more than
/// 255 names, a range is not within 1..bins or runs backwards, or when some scores have no segment,
/// of which the first is named.
EMPTOR_API void check_rfm_segments(const RfmSegmentTable& table);

/// The segment of each row, and the segments' sizes. Throws as `check_rfm_segments`, and
/// `invalid_option` when the table speaks of another number of bins than the result.
[[nodiscard]] EMPTOR_API RfmSegments rfm_segments_of(const RfmResult& result,
                                                     const RfmSegmentTable& table);
/// With the default table.
[[nodiscard]] EMPTOR_API RfmSegments rfm_segments_of(const RfmResult& result);

/// Customers and money by recency and frequency score.
[[nodiscard]] EMPTOR_API RfmGrid rfm_grid_of(const RfmResult& result);

}  // namespace emptor
