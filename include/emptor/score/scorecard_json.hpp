#pragma once
// Rule scorecards as JSON; docs/scorecards.md describes the format with an example.
//
// Unknown and doubled members are refused; members with their default may be left out. The
// canonical form has the members in a fixed order, leaves defaults out and has no spaces, so that
// equal cards are equal bytes. Only the bounds of attributes may be fractions. Limits: 1 MiB, 16
// levels of nesting. Time and memory: linear. Thread safety: pure functions.

#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/scorecard.hpp"

namespace emptor {

inline constexpr std::size_t max_scorecard_bytes = std::size_t{1} << 20U;

/// Errors: `invalid_value` for what is no JSON (`where` is "line:column"); `invalid_option` with a
/// JSON pointer in `where` ("/rules/2/axis") for everything else.
[[nodiscard]] EMPTOR_API Result<Scorecard> parse_scorecard(std::string_view json);
/// Canonical; `parse_scorecard` of it gives an equal card.
[[nodiscard]] EMPTOR_API std::string to_json(const Scorecard& card);
/// With line breaks and `indent` spaces a level, for people; `indent` in [0, 8].
[[nodiscard]] EMPTOR_API std::string to_json(const Scorecard& card, int indent);

}  // namespace emptor
