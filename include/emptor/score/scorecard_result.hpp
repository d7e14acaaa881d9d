#pragma once
// What a rule scorecard says of a customer: points by axis, grade, and where every point comes
// from. Amounts are thousandths of a point. Thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// Amounts of a scorecard are counts of 1/1000 of a point.
inline constexpr std::int64_t scorecard_point = 1000;
inline constexpr std::size_t max_scorecard_axes = 8;
inline constexpr std::size_t max_scorecard_gradings = 4;

struct ScorecardPoints {
  std::int64_t total = 0;                               ///< in the card's bounds
  std::array<std::int64_t, max_scorecard_axes> axes{};  ///< in the order of the card, in its bounds

  friend bool operator==(const ScorecardPoints&, const ScorecardPoints&) = default;
};

/// By grading of the card the place of the band; 0 is the best.
struct ScorecardGrade {
  std::array<std::uint8_t, max_scorecard_gradings> bands{};

  friend bool operator==(const ScorecardGrade&, const ScorecardGrade&) = default;
};

struct ScorecardAssessment {
  Time time{};
  ScorecardPoints points;
  ScorecardGrade grade;

  friend bool operator==(const ScorecardAssessment&, const ScorecardAssessment&) = default;
};

enum class ScorecardPartKind : std::uint8_t {
  attribute,   ///< the rule holds of the customer
  event,       ///< one event, as far as the rule's maximum lets it count
  number,      ///< so many events, or so few
  axis_bound,  ///< what the axis' minimum or maximum adds or takes away
  card_bound,  ///< the same of the total
};

[[nodiscard]] constexpr std::string_view name(ScorecardPartKind kind) noexcept {
  constexpr std::string_view names[] = {"attribute", "event", "number", "axis_bound", "card_bound"};
  const auto at = static_cast<std::size_t>(kind);
  return at < 5 ? names[at] : "unknown";
}

struct ScorecardPart {
  ScorecardPartKind kind = ScorecardPartKind::attribute;
  std::string axis;         ///< empty for `card_bound`
  std::string rule;         ///< empty for bounds
  std::string what;         ///< the attribute or the event's name; empty for bounds
  std::uint64_t event = 0;  ///< the event's id, for `event`
  Time time{};              ///< the event's time, for `event`
  std::int64_t full = 0;    ///< before decay and the rule's maximum
  std::int64_t points = 0;  ///< what it is worth in the score
  std::int64_t number = 0;  ///< of events, for `number`
  friend bool operator==(const ScorecardPart&, const ScorecardPart&) = default;
};

/// The parts' `points` add up to `points.total` exactly; those of an axis (its bound included) to
/// the axis.
struct ScorecardExplanation {
  Time as_of{};
  ScorecardPoints points;
  ScorecardGrade grade;
  std::string grade_name;
  std::vector<std::string> axes;
  std::vector<ScorecardPart> parts;  ///< rules in the card's order, events by time; then the bounds

  friend bool operator==(const ScorecardExplanation&, const ScorecardExplanation&) = default;
};

/// "12", "-3.5", "0.125".
[[nodiscard]] EMPTOR_API std::string points_text(std::int64_t thousandths);
/// One line a part, the greatest first: "+30 engagement/demo: demo at 2026-01-05T09:00:00Z".
[[nodiscard]] EMPTOR_API std::vector<std::string> sentences(
    const ScorecardExplanation& explanation);

}  // namespace emptor
