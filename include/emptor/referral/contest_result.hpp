#pragma once
// Results of contests: a place in the ranking, and a ranking frozen with its hash.
// Plain data. Thread safety: values.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// What a contest's score is.
enum class ContestMeasure : std::uint8_t {
  count,  ///< how many happenings count, e.g. qualified referrals
  sum     ///< the sum of their values, e.g. minor units of revenue, or points
};

/// The measure's name as written above.
[[nodiscard]] constexpr std::string_view name(ContestMeasure measure) noexcept {
  return measure == ContestMeasure::count ? "count" : "sum";
}

/// A customer's place: by score, then by who had it first, then by number.
struct ContestEntry {
  std::uint64_t rank = 0;  ///< from 1; no two have the same
  Customer customer = no_customer;
  std::int64_t score = 0;  ///< > 0
  Time reached = Time{};   ///< since when the score is what it is

  friend bool operator==(const ContestEntry&, const ContestEntry&) noexcept = default;
};

/// The first places of one window as they were at one moment.
struct ContestSnapshot {
  std::string name;
  ContestMeasure measure = ContestMeasure::count;
  TimeWindow window = {};
  Time frozen = Time{};
  std::uint64_t participants = 0;     ///< customers with a score, shown or not
  std::vector<ContestEntry> entries;  ///< ranks 1, 2, …
  Sha256Digest hash = {};             ///< of all of the above, see referral/contest_snapshot.hpp

  friend bool operator==(const ContestSnapshot&, const ContestSnapshot&) = default;
};

}  // namespace emptor
