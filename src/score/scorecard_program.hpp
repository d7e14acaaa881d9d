#pragma once
// Scorecards compiled: what `score` walks over.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "emptor/score/scorecard_draft.hpp"
#include "emptor/score/scorecard_result.hpp"

namespace emptor::detail {

/// 2^(−t/1024) as a 32-bit binary fraction; score/scorecard.hpp has the definition.
inline constexpr std::array<std::uint64_t, 1024> decay_fractions = [] {
  __extension__ using Wide = unsigned __int128;
  std::array<std::uint64_t, 11> roots{};
  Wide square = Wide{1} << 127U;
  for (std::size_t k = 1; k <= 10; ++k) {
    std::uint64_t root = 0;
    for (int bit = 63; bit >= 0; --bit) {
      const std::uint64_t larger = root | std::uint64_t{1} << static_cast<unsigned>(bit);
      if (Wide{larger} * larger <= square) root = larger;
    }
    roots[k] = root;
    square = Wide{root} << 64U;
  }
  std::array<std::uint64_t, 1024> out{};
  out[0] = std::uint64_t{1} << 32U;
  for (std::size_t t = 1; t < 1024; ++t) {
    std::uint64_t product = 0;
    for (std::size_t k = 1; k <= 10; ++k) {
      if ((t >> (10 - k) & 1U) == 0) continue;
      product =
          product == 0 ? roots[k] : static_cast<std::uint64_t>(Wide{product} * roots[k] >> 64U);
    }
    out[t] = product >> 32U;
  }
  return out;
}();

/// `amount` after `age` seconds; `age` in [0, 1e12], `half_life` > 0.
inline std::int64_t decayed(std::int64_t amount, std::int64_t age, std::int64_t half_life) {
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t t =
      static_cast<std::uint64_t>(age) * 1024 / static_cast<std::uint64_t>(half_life);
  const std::uint64_t halves = t >> 10U;
  if (halves > 62) return 0;
  const std::uint64_t size = static_cast<std::uint64_t>(amount < 0 ? -amount : amount);
  const auto rest = static_cast<std::int64_t>(
      static_cast<std::uint64_t>(Wide{size} * decay_fractions[t & 1023U] >> 32U) >> halves);
  return amount < 0 ? -rest : rest;
}

using ScorecardRuleSet = std::array<std::uint64_t, max_scorecard_rules / 64>;

struct ScorecardAttributeStep {
  std::uint32_t rule;
  std::uint32_t column;
  float from;  // NaN: none
  float to;    // NaN: none
  std::int64_t points;
  std::uint32_t first_word;  // of the categories' bits
  std::uint32_t categories;  // 0: a number
  std::uint8_t axis;
  bool missing;
  bool present;  // holds for numbers in the bounds; otherwise only for missing ones
};

struct ScorecardEventRule {
  std::uint32_t rule;
  std::uint8_t axis;
  bool number;  // points once
  std::int64_t points;
  std::int64_t at_least;
  std::int64_t at_most;
  std::int64_t maximum;
};

struct ScorecardEventStep {
  std::int64_t window;
  std::int64_t half_life;  // 0: no decay
  std::int64_t points;     // an event; 1 for rules of the number
  std::uint64_t channels;  // 0: any
  std::uint32_t event_rule;
};

struct ScorecardKind {
  static constexpr std::uint16_t no_reset = std::numeric_limits<std::uint16_t>::max();
  std::uint32_t first = 0;
  std::uint32_t last = 0;  // of the steps
  std::uint16_t reset = no_reset;
  std::uint16_t name = 0;  // in the draft
};

struct ScorecardBounds {
  std::int64_t minimum;
  std::int64_t maximum;
  [[nodiscard]] std::int64_t hold(std::int64_t sum) const noexcept {
    return sum < minimum ? minimum : sum > maximum ? maximum : sum;
  }
};

struct ScorecardProgram {
  explicit ScorecardProgram(const ScorecardDraft& draft);

  std::vector<ScorecardAttributeStep> attributes;
  std::vector<std::uint64_t> category_bits;
  std::vector<ScorecardEventRule> event_rules;  // in the card's order
  std::vector<ScorecardEventStep> steps;        // by kind, then by rule
  std::vector<ScorecardKind> kinds;             // by the host's number
  std::vector<std::uint64_t> channel_bits;      // by the host's number
  std::vector<ScorecardRuleSet> resets;         // of event rules
  std::vector<ScorecardBounds> axes;
  ScorecardBounds total;
  std::vector<std::uint32_t> grading_axes;  // `axes.size()`: the total
  std::int64_t horizon;                     // no rule looks back further
};

}  // namespace emptor::detail
