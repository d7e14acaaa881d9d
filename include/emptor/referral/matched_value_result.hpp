#pragma once
// What referred customers are worth more than others who are like them: the difference with its
// interval, how well the two groups match, and who found no match. Plain data; thread safety:
// values.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

enum class MatchMethod : std::uint8_t {
  coarsened,  ///< all of one stratum (month, channel, band of first order)
  nearest,    ///< pairs, nearest on standardised covariates, nobody twice
};
[[nodiscard]] EMPTOR_API std::string_view name(MatchMethod method) noexcept;

/// How far apart referred and others are on one covariate; 0 is the same, below .1 is commonly
/// called balanced.
struct MatchBalance {
  std::string covariate{};
  double referred_mean = 0;         ///< of the matched
  double others_mean_before = 0;    ///< of all others
  double others_mean_after = 0;     ///< of the matched others, weighted
  double referred_mean_before = 0;  ///< of all referred
  /// Standardised mean differences: difference of means / root mean square of the two groups'
  /// deviations before matching. NaN where neither group varies and the means differ.
  double before = 0;
  double after = 0;
};

struct MatchedValue {
  MatchMethod method{};
  std::uint64_t referred = 0;
  std::uint64_t others = 0;
  std::uint64_t matched_referred = 0;
  std::uint64_t matched_others = 0;
  std::uint64_t unmatched_referred = 0;  ///< to whom the difference says nothing
  std::uint64_t strata = 0;              ///< with both kinds of customers; of pairs, their number
  double referred_value = 0;             ///< mean of the matched referred
  double others_value = 0;               ///< weighted mean of the matched others
  double difference = 0;                 ///< average effect on the matched referred
  double low = 0;                        ///< ends of the two-sided interval
  double high = 0;
  double standard_error = 0;
  double confidence = 0;
  double raw_difference = 0;  ///< of the means without matching, for comparison
  std::vector<MatchBalance> balance{};
};

}  // namespace emptor
