#pragma once
// Are referred customers worth more, or do they merely come in other months, by other channels and
// with other first orders? The average difference in value between referred customers and others
// who are like them, with a bootstrap interval, a table of balance and a count of those without a
// match.
//
// That referred customers have higher margins and stay longer than matched others: Philipp Schmitt,
// Bernd Skiera, Christophe Van den Bulte, "Referral programs and customer value", Journal of
// Marketing 75(1), 2011, doi:10.1509/jm.75.1.46. Coarsened exact matching: Stefano M. Iacus, Gary
// King, Giuseppe Porro, "Causal inference without balance checking: coarsened exact matching",
// Political Analysis 20(1), 2012, doi:10.1093/pan/mpr013. Nearest neighbours with a caliper and
// standardised mean differences: Elizabeth A. Stuart, "Matching methods for causal inference: a
// review and a look forward", Statistical Science 25(1), 2010, doi:10.1214/09-STS313. Pairs are
// made without replacement, since the bootstrap fails with it: Alberto Abadie, Guido W. Imbens, "On
// the failure of the bootstrap for matching estimators", Econometrica 76(6), 2008,
// doi:10.3982/ECTA6474; that resampling pairs is right without: Peter C. Austin, Dylan S. Small,
// "The use of bootstrapping when using propensity-score matching without replacement", Statistics
// in Medicine 33(24), 2014, doi:10.1002/sim.6276.
//
// The difference is of the matched referred customers (the effect on the treated) and is causal
// only if nothing that was not matched on drives both being referred and value.
// The same bits for any executor. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/referral/matched_value_result.hpp"

namespace emptor {

/// n customers, one a place. `value` is measured over the same time since each one's first order.
struct MatchColumns {
  std::span<const std::uint8_t> referred;     ///< 1 or 0
  std::span<const double> value;              ///< finite
  std::span<const std::int32_t> month;        ///< of acquisition (month_number)
  std::span<const Channel> channel;           ///< of acquisition
  std::span<const std::int64_t> first_order;  ///< amount, >= 0
};

struct CoarsenedMatchOptions {
  std::int32_t months = 1;  ///< calendar months a bin, counted from month 0; >= 1
  /// Ends of bands of first orders, ascending: a band is (previous, end]. Empty: `bands` bands of
  /// equal numbers of all customers.
  std::vector<std::int64_t> first_order_ends{};
  std::size_t bands = 5;          ///< >= 1
  std::size_t replicates = 1000;  ///< of the bootstrap, in [2, 1000000]
  double confidence = 0.95;       ///< in (0, 1)
  std::uint64_t seed = 1;
};

/// All customers of one month bin, channel and band are alike; others of a stratum weigh as much
/// together as its referred ones. The interval is of a bootstrap within strata, of both kinds;
/// where one of a kind stands alone in its stratum, it adds no spread, so that with very thin
/// strata the interval is too narrow. Throws `invalid_option`, `invalid_shape` for columns of
/// different lengths, `invalid_value`. O(n log n + replicates x matched).
[[nodiscard]] EMPTOR_API MatchedValue
coarsened_matched_value(const MatchColumns& customers, const CoarsenedMatchOptions& options = {},
                        const Context& context = {});

struct NearestMatchOptions {
  /// Largest distance of a pair, in standard deviations (the root mean square of the two kinds');
  /// > 0. .2 to .25 is common.
  double caliper = 0.25;
  bool same_channel = true;  ///< only customers of one channel are paired
  /// Further covariates beside the month and the logarithm of 1 + first order: n x k, row after
  /// row, finite, and their k names.
  std::span<const double> covariates{};
  std::vector<std::string> names{};
  std::size_t replicates = 1000;  ///< in [2, 1000000]
  double confidence = 0.95;       ///< in (0, 1)
  std::uint64_t seed = 1;
};

/// Each referred customer in turn, by place, takes the nearest other that is still free within the
/// caliper (Euclidean on standardised covariates; ties: the lower first order, then the place).
/// The interval is of a bootstrap of pairs. Throws as above. Time O(n log n) and, for each referred
/// one, the others whose first orders are nearer than the best pair; memory O(n k).
[[nodiscard]] EMPTOR_API MatchedValue nearest_matched_value(const MatchColumns& customers,
                                                            const NearestMatchOptions& options = {},
                                                            const Context& context = {});

}  // namespace emptor
