#pragma once
// Signals of fake and spam reviews over all reviews of a shop: near-duplicate texts, bursts,
// reviewers who go together, ratings off the rest, reviewers of one product, hasty reviewers.
//
// Near-duplicates: sets of hashed character shingles, candidates by MinHash in bands, then the
// exact Jaccard likeness of the sets. Andrei Z. Broder, "On the resemblance and containment of
// documents", SEQUENCES 1997, doi:10.1109/SEQUEN.1997.666900. 64 hashes in 16 bands of 4: a pair of
// likeness .8 is missed once in 4,600. A review is compared with the earliest 16 and the last of
// each band it falls into. Of a family of duplicates the earliest carries no signal.
// Reviewers who go together: pairs with several items reviewed within days of each other, among the
// next 20 reviews of the item; groups are what such pairs connect.
//
// The score is the prior log-odds plus the weight of each signal: JUDGEMENT, not fitted to data.
// Results do not depend on the order of the records, but that of equal times decides which of two
// duplicates is the earlier one.
// Time: O(bytes x 64 + n log n + 20 n). Memory: 8 bytes a shingle, about 1 KB a review.
// Thread safety: a pure function.

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/score/review_signals_result.hpp"

namespace emptor {

struct ReviewRecord {
  Customer reviewer{};  ///< no_customer: not known; then nothing is said of reviewers
  Item item{};          ///< no_item: none; then nothing is said of the item's reviews
  Time time{};
  double rating = std::numeric_limits<double>::quiet_NaN();  ///< any scale; NaN: none
  std::string_view text{};                                   ///< borrowed for the call
};

struct ReviewSignalOptions {
  std::uint32_t shingle = 4;          ///< characters, of letters and digits alone; in [1, 16]
  std::uint32_t least_shingles = 12;  ///< shorter texts are alike by chance; >= 1
  double duplicate = 0.8;             ///< Jaccard likeness, in (0, 1]

  std::chrono::seconds burst_window{std::chrono::days{2}};  ///< > 0
  std::uint32_t burst_reviews = 6;                          ///< of an item in the window; >= 2
  /// And so many times the item's usual number; items whose reviews span less than three windows
  /// have no usual number. In [1, 1e6].
  double burst_factor = 5;

  std::chrono::seconds together_window{std::chrono::days{3}};  ///< >= 0
  std::uint32_t together_items = 3;                            ///< >= 2

  double deviation = 2;                ///< from the mean of the others, in the rating's unit; > 0
  std::uint32_t deviation_others = 5;  ///< ratings of others that are needed; >= 1
  std::uint32_t rhythm_reviews = 5;    ///< of a reviewer within 24 hours; >= 2

  std::int32_t prior = -3000;  ///< thousandths of a log-odds unit: 5 %
  /// By kind; 0: off.
  std::array<std::int32_t, review_signal_kinds> weights = {3500, 1200, 2000, 700, 400, 1300};
};

/// One answer a record, in their order. Throws `invalid_option`, `invalid_shape` for more than 2^31
/// records, `invalid_value` for an infinite rating or a time beyond 2^60 seconds.
[[nodiscard]] EMPTOR_API std::vector<ReviewSuspicion> check_reviews(
    std::span<const ReviewRecord> records, const ReviewSignalOptions& options = {});

}  // namespace emptor
