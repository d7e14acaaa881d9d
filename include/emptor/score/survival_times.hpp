#pragma once
// Who was lost when, and who is still there: what every survival model takes in.
//
// A customer is at risk in (entry, time]: `time` is when they were lost (event 1) or last seen
// (event 0), `entry` when they came under observation, e.g. the tenure they had when records began
// (left truncation). Without entries everybody is at risk from the beginning, those of time 0 too.
// Cost of a check: O(m). Thread safety: a view; the arrays must outlive it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "emptor/core/export.hpp"

namespace emptor {

/// Coefficients (numbers, and categories but one of each column) that a regression may have; beyond
/// it `fit_cox`, `fit_aft` and `fit_discrete_hazard` throw `invalid_shape`.
inline constexpr std::size_t max_survival_coefficients = 1000;

/// Of m customers. All but the first two may be empty.
struct SurvivalTimes {
  std::span<const double> time;              ///< finite, >= 0, any unit
  std::span<const std::uint8_t> event;       ///< 1: lost at `time`; 0: still there (censored)
  std::span<const double> entry{};           ///< finite, below `time`
  std::span<const double> weight{};          ///< finite, >= 0; counts like that many customers
  std::span<const std::uint32_t> stratum{};  ///< customers are compared within a stratum only

  [[nodiscard]] std::size_t size() const noexcept { return time.size(); }
  [[nodiscard]] double weight_of(std::size_t row) const noexcept {
    return weight.empty() ? 1 : weight[row];
  }
};

/// Throws `invalid_shape` for lengths that do not fit together, `invalid_value` for a time, entry,
/// event or weight that cannot be.
EMPTOR_API void require_survival_times(const SurvivalTimes& times, std::string_view where);

}  // namespace emptor
