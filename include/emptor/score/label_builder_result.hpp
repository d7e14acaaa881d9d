#pragma once
// What became of the customers at a snapshot date, as plain data. Thread safety: values.

#include <cstddef>

#include "emptor/core/time.hpp"

namespace emptor {

/// Everybody at one date; the counts from `labelled` on add up to the customers.
struct LearningSnapshot {
  Time date{};
  double total = 0;            ///< sum of the targets: how many it happened to, or the value
  std::size_t labelled = 0;    ///< rows
  std::size_t not_yet = 0;     ///< nothing is known of them before the date
  std::size_t too_young = 0;   ///< customers for less than `min_tenure`
  std::size_t inactive = 0;    ///< none of `active_within`; of contracts: none in force
  std::size_t already = 0;     ///< it has happened before, or notice is given: nothing to foretell
  std::size_t unwatched = 0;   ///< would be rows, were they watched to the window's end
  std::size_t gone = 0;        ///< whose contract ended before the window began
  std::size_t given_back = 0;  ///< of the rows: all that was bought in the window was given back
  /// Mean target of the rows; 0 without rows.
  [[nodiscard]] double rate() const noexcept {
    return labelled == 0 ? 0 : total / static_cast<double>(labelled);
  }
  friend bool operator==(const LearningSnapshot&, const LearningSnapshot&) = default;
};

}  // namespace emptor
