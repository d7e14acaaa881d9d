#pragma once
// RFM with tenure, LRFM, LRFMC and average order value: the same lines, more measures
// (segment/rfm_family_result.hpp says which).
//
// `RfmFamilyAccumulator` is an `RfmAccumulator` and 48 bytes more a customer: all integers, so that
// lines in any order, in batches, or in merged accumulators give the same result to the bit.
// Cost: two cache lines a line of orders; scoring m customers O(m k) a measure.
// Thread safety: an accumulator has one writer or any number of readers.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/segment/rfm.hpp"
#include "emptor/segment/rfm_family_result.hpp"

namespace emptor {

/// What is kept of one customer beside the RfmState. Times are UTC seconds.
struct RfmFamilyState {
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  std::int64_t first_purchase = never;
  std::int64_t joined = never;  ///< as the host said
  std::int64_t paid = 0;        ///< for lines with a list price, 10^-price_scale major units
  std::int64_t list_price = 0;  ///< of those lines
  std::int64_t ratios = 0;      ///< sum of paid / list price in millionths, each to the nearest
  std::uint64_t priced_lines = 0;
  friend bool operator==(const RfmFamilyState&, const RfmFamilyState&) = default;
};

class RfmFamilyAccumulator {
 public:
  /// Throws `invalid_option` for bins, cuts or weights out of range, no measure or one twice.
  EMPTOR_API explicit RfmFamilyAccumulator(const RfmFamilyOptions& options = {},
                                           Currency currency = {}, int price_scale = 2);

  /// Adds a line; `list_price` is what its units cost without a discount, 0: not known. Throws
  /// `overflow`, after which the accumulator must not be used, and `invalid_value` for a negative
  /// list price.
  EMPTOR_API void add(const RfmLine& line, std::int64_t list_price = 0);
  /// Adds lines; `list_prices` is as long as they are, or empty. Throws as above and
  /// `invalid_shape`.
  EMPTOR_API void add(const RfmColumns& lines, std::span<const std::int64_t> list_prices = {});
  EMPTOR_API void add(const Orders& orders, std::span<const std::int64_t> list_prices = {});
  /// The customer is a member since this instant; of several the earliest counts. Tenure starts
  /// here, or at the first purchase when that is earlier. Throws `invalid_value` for no_customer.
  EMPTOR_API void joined(Customer customer, Time since);

  /// Adds what the other has seen. Throws `invalid_option` when the two select lines or refunds
  /// differently, `invalid_value` for itself, and `overflow`.
  EMPTOR_API void merge(const RfmFamilyAccumulator& other);

  [[nodiscard]] const RfmAccumulator& rfm() const noexcept { return rfm_; }
  /// By customer id; customers never seen may be missing at the end.
  [[nodiscard]] std::span<const RfmFamilyState> states() const noexcept { return states_; }

  /// Scores at options.rfm.as_of, or at the latest line; `merged_into` as RfmAccumulator::score. A
  /// customer who joined after as_of has tenure 0. Throws as that, and `invalid_shape` when
  /// `merged_into` does not name all customers who joined.
  [[nodiscard]] EMPTOR_API RfmFamilyResult score(std::span<const Customer> merged_into = {}) const;

 private:
  RfmFamilyOptions options_;
  RfmAccumulator rfm_;
  std::vector<RfmFamilyState> states_;
};

/// Scores all customers of a table. Throws as the functions above.
[[nodiscard]] EMPTOR_API RfmFamilyResult
rfm_family_of(const Orders& orders, const RfmFamilyOptions& options = {},
              std::span<const std::int64_t> list_prices = {});

/// The values of the options' measures as z-scores, rows x measures, row by row: each measure less
/// its mean, over its sample deviation (all 0 when that is 0). What LRFMC clusters are made of.
[[nodiscard]] EMPTOR_API std::vector<double> standardised_rfm(const RfmFamilyResult& result);

}  // namespace emptor
