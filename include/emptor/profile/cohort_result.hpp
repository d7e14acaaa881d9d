#pragma once
// Monthly acquisition cohorts: plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/time.hpp"

namespace emptor {

struct CohortOptions {
  std::optional<Time> as_of{};  ///< lines after it are left out; none: all lines
  TimeWindow window{};          ///< lines outside are left out
  UtcOffset offset{0};          ///< of the shop's clock, for months
  bool free_lines = false;      ///< a line of amount 0 that is no refund is a purchase too
  int max_months = 240;         ///< keep this many cohorts at most, the latest; in [1, 1200]
};

/// Row c is the cohort of customers whose first purchase was in month first_month + c; column k is
/// the k-th month after it.
struct CohortTable {
  CohortOptions options;                ///< as given
  std::int32_t first_month = 0;         ///< `month_number` of the first cohort
  std::size_t months = 0;               ///< rows, and columns
  std::vector<std::uint32_t> counts;    ///< months x months distinct customers
  std::uint64_t customers = 0;          ///< in these cohorts
  std::uint64_t earlier_customers = 0;  ///< of cohorts older than max_months, not shown

  /// False for months that had not begun when the data ended: draw those blank.
  [[nodiscard]] bool observed(std::size_t cohort, std::size_t offset) const noexcept {
    return cohort + offset < months;
  }
  /// Customers of the cohort who bought in that month; 0 when it was not observed.
  [[nodiscard]] std::uint32_t at(std::size_t cohort, std::size_t offset) const noexcept {
    return counts[cohort * months + offset];
  }
  [[nodiscard]] std::uint32_t size(std::size_t cohort) const noexcept { return at(cohort, 0); }
  /// at / size; none when it was not observed or nobody is in the cohort.
  [[nodiscard]] std::optional<double> retention(std::size_t cohort,
                                                std::size_t offset) const noexcept {
    if (!observed(cohort, offset) || size(cohort) == 0) return std::nullopt;
    return static_cast<double>(at(cohort, offset)) / static_cast<double>(size(cohort));
  }
  /// "2010-12".
  [[nodiscard]] std::string label(std::size_t cohort) const {
    return month_label(first_month + static_cast<std::int32_t>(cohort));
  }
};

}  // namespace emptor
