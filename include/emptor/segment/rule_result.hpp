#pragma once
// What rule segments say: who entered or left and why, which clauses hold for a customer, sizes
// over time. Plain data; thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

struct SegmentDefinition {
  std::string name;
  std::string rule;  ///< in the language of segment/rule.hpp
  friend bool operator==(const SegmentDefinition&, const SegmentDefinition&) = default;
};

/// What made a customer enter or leave.
enum class SegmentCause : std::uint8_t {
  start,      ///< the customer is new
  happening,  ///< an order line or event arrived
  time,       ///< time went by
  fact,       ///< an attribute, a tag or consent changed
  merge,      ///< the customer was merged or parted
  erasure,    ///< the customer was forgotten
};

struct SegmentChange {
  static constexpr std::uint32_t no_clause = 0xffffffff;

  Customer customer = no_customer;
  std::uint32_t segment = 0;  ///< place among RuleSegments
  bool entered = false;       ///< or left
  SegmentCause cause = SegmentCause::happening;
  std::uint32_t clause = no_clause;  ///< the first condition of the rule that turned
  Time time{};                       ///< when
  friend bool operator==(const SegmentChange&, const SegmentChange&) = default;
};

/// One line of an explanation: a condition, or what joins conditions.
struct RuleClause {
  int depth = 0;     ///< of the line in the rule, 0 at its top
  std::string text;  ///< the condition; "all of", "any of", "not", "at least 2 of"
  bool holds = false;
  std::string value;  ///< what was measured, "absent" when there is nothing; empty for joints
  friend bool operator==(const RuleClause&, const RuleClause&) = default;
};

struct RuleExplanation {
  bool holds = false;
  std::vector<RuleClause> clauses;  ///< parents before their parts
};

/// Sizes of segments at snapshot dates.
struct SegmentSizes {
  std::vector<std::string> names;
  std::vector<Time> times;
  std::vector<std::vector<std::uint64_t>> customers;  ///< by time, then segment
};

}  // namespace emptor
