#pragma once
// What a linkage learned, in plain numbers, for reports and explanations. No personal data.
// Thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>

#include "emptor/identity/comparison.hpp"

namespace emptor {

/// What the comparison is on which another one depends says: nothing, agreement, difference.
enum class ParentState : std::uint8_t { missing, agrees, differs };
inline constexpr std::size_t parent_states = 3;

/// Of the parent's level and its last one.
[[nodiscard]] constexpr std::size_t parent_state(std::uint8_t level, std::size_t last) noexcept {
  return static_cast<std::size_t>(level == missing_level ? ParentState::missing
                                  : level < last         ? ParentState::agrees
                                                         : ParentState::differs);
}

/// Probabilities of the levels of one comparison, given that neither value is missing. Index 0 of
/// each array is unused ("missing" is no evidence); the others add up to 1.
struct LevelProbabilities {
  std::array<double, max_levels> match{};      ///< m: among pairs of one person
  std::array<double, max_levels> household{};  ///< among pairs of two persons of one household
  std::array<double, max_levels> random{};     ///< u: among any two persons
};

struct ComparisonParameters {
  Comparison comparison;
  std::size_t levels = 0;  ///< the last level's number
  /// By the state of the parent; without a parent all three are the same.
  std::array<LevelProbabilities, parent_states> given{};
};

/// How the fit went.
struct LinkFitReport {
  std::size_t iterations = 0;
  bool converged = false;         ///< no parameter moved by more than the tolerance
  double largest_change = 0;      ///< of a parameter, in the last iteration
  double expected_matches = 0;    ///< pairs of one person among the candidates
  double expected_household = 0;  ///< pairs of one household among the candidates
  std::size_t pairs = 0;          ///< candidates that were counted
  std::size_t patterns = 0;       ///< different patterns of levels among them
  double log_likelihood = 0;      ///< of the candidates' patterns
};

}  // namespace emptor
