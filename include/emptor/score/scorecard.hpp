#pragma once
// Rule scorecards: points by rules on what a customer is and does, on axes such as fit and
// engagement, with grades such as A1 to D4.
//
//     Scorecard card = parse_scorecard(json).value();
//     std::vector<float> row = card.schema().row();
//     card.schema().set(row, "industry", "software");
//     ScorecardEvents events;
//     events.add({.time = now, .id = 1, .kind = 3});
//     ScorecardPoints points = card.score(row, events, now);
//
// Points are exact: thousandths of a point as integers. An event of age a under the half-life h is
// worth points · 2^(−t/1024) with t = ⌊1024·a/h⌋. The power is made of whole halves, the last step
// of all, and of the roots r1 = ⌊√(2^127)⌋, r(k+1) = ⌊√(2^64·rk)⌋ of the bits of t mod 1024,
// multiplied from the highest down as 64-bit binary fractions, rounded down each time, then cut to
// 32 bits; the amount is rounded toward zero. So the score is a function of the attributes, the set
// of events and the time, the same bits on every machine. Events after `as_of` do not count.
//
// A rule's points are summed and held within its maximum, the rules of an axis within the axis'
// bounds, the axes within the card's. In explanations the older events fill a rule's maximum first.
// Cost for r rules, n events since the longest window or the last reset of all: O(r + n·(rules of
// the kind)), no allocation. Memory: the draft and about 100 bytes a rule. Thread safety:
// immutable.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/scorecard_draft.hpp"
#include "emptor/score/scorecard_events.hpp"
#include "emptor/score/scorecard_result.hpp"

namespace emptor {

namespace detail {
struct ScorecardProgram;
}

class Scorecard {
 public:
  /// Throws `invalid_option` with the first problem: "'rules[2].axis' must be …".
  EMPTOR_API explicit Scorecard(ScorecardDraft draft);

  /// `row` in `schema()` (of another length: `invalid_shape` is thrown).
  [[nodiscard]] EMPTOR_API ScorecardPoints score(std::span<const float> row,
                                                 const ScorecardEvents& events, Time as_of) const;
  /// The same points with their parts and the grade that follows `held` (null: the first one).
  [[nodiscard]] EMPTOR_API ScorecardExplanation explain(std::span<const float> row,
                                                        const ScorecardEvents& events, Time as_of,
                                                        const ScorecardGrade* held = nullptr) const;

  /// Of a customer who has none yet: the best bands with `up` reached.
  [[nodiscard]] EMPTOR_API ScorecardGrade grade(const ScorecardPoints& points) const noexcept;
  /// Up to the best band whose `up` is reached; otherwise down to the first whose `down` is held.
  [[nodiscard]] EMPTOR_API ScorecardGrade grade(const ScorecardPoints& points,
                                                const ScorecardGrade& held) const noexcept;
  /// "A1". Throws `out_of_range` for a band that is none.
  [[nodiscard]] EMPTOR_API std::string grade_name(const ScorecardGrade& grade) const;
  /// Assessments at first, first + step, … up to `last`, each grade held from the one before, with
  /// today's attributes: a grade that is a function of the set of events too. Throws
  /// `invalid_option` for a step below a second, `overflow` for more than 1e6 assessments.
  [[nodiscard]] EMPTOR_API std::vector<ScorecardAssessment> history(std::span<const float> row,
                                                                    const ScorecardEvents& events,
                                                                    Time first,
                                                                    std::chrono::seconds step,
                                                                    Time last) const;

  [[nodiscard]] const ScorecardDraft& content() const noexcept { return draft_; }
  /// Of the attributes, in their order.
  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }

  friend bool operator==(const Scorecard& a, const Scorecard& b) { return a.draft_ == b.draft_; }

 private:
  ScorecardDraft draft_;
  ScoreSchema schema_;
  std::shared_ptr<const detail::ScorecardProgram> program_;
};

}  // namespace emptor
