#pragma once
// Segment rules compiled: streams of happenings, windows, measures, conditions, and each rule as a
// short list of operations in postfix order. Everything that two rules share stands here once.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "emptor/segment/rule_result.hpp"
#include "emptor/segment/rule_segments.hpp"
#include "emptor/table/consent.hpp"
#include "segment/rule_fields.hpp"

namespace emptor::detail {

inline constexpr std::int64_t rule_absent = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t rule_never = std::numeric_limits<std::int64_t>::max();

/// Kinds of records: those of EventKind, then these.
inline constexpr std::uint8_t record_sale = event_kind_count;
inline constexpr std::uint8_t record_refund = event_kind_count + 1;
inline constexpr std::uint8_t record_order = event_kind_count + 2;
inline constexpr std::size_t record_kinds = event_kind_count + 3;

/// One happening of one customer.
struct RuleRecord {
  std::int64_t time = 0;  // UTC seconds
  std::int64_t amount = 0;
  std::int64_t quantity = 0;
  std::uint32_t item = 0xffffffff;  // of an order: its lines
  std::uint32_t order = 0xffffffff;
  std::uint32_t channel = 0xffffffff;
  std::uint8_t kind = 0;
  friend bool operator==(const RuleRecord&, const RuleRecord&) = default;
};

/// low <= value <= high, or not; nothing absent passes.
struct RuleRange {
  std::int64_t low = rule_absent + 1;
  std::int64_t high = rule_never;
  bool negate = false;
  [[nodiscard]] bool holds(std::int64_t value) const noexcept {
    return value != rule_absent && (low <= value && value <= high) != negate;
  }
};

/// One condition on a happening.
struct RuleTest {
  enum class Kind : std::uint8_t { range, texts, presence };
  Kind kind = Kind::range;
  RuleField field;
  RuleRange range;
  bool negate = false;  // of texts: none of them; of presence: absent
  std::vector<std::string> texts;
};

/// Postfix: push what a leaf says, or replace the last `count` by one.
struct RuleOp {
  enum class Kind : std::uint8_t { leaf, rule, all, any, negate, k_of };
  Kind kind = Kind::leaf;
  RuleCompare compare = RuleCompare::at_least;
  std::uint32_t place = 0;  // of a leaf: the test or condition; of a rule: the segment
  std::uint32_t count = 0;
  std::int64_t k = 0;
};

struct RuleStream {
  std::uint32_t kinds = 0;     // bit k: records of kind k
  std::vector<RuleOp> filter;  // over the program's tests; empty: all
  bool plain_and = true;       // the filter's leaves must all hold, and there is nothing else
};

struct RuleSpan {
  static constexpr std::uint32_t no_anchor = 0xffffffff;
  RuleWindowKind kind = RuleWindowKind::dates;
  RulePeriod period = RulePeriod::day;
  bool last_anchor = false;
  bool sliding = false;              // depends on now
  bool holds_now = true;             // a sliding one: what happens now is in it
  std::uint32_t anchor = no_anchor;  // stream
  std::int64_t from = 0;             // dates in UTC seconds, from included, to excluded
  std::int64_t to = 0;
};

struct RuleStep {
  static constexpr std::uint32_t no_stream = 0xffffffff;
  std::uint32_t stream = 0;
  std::uint32_t without = no_stream;
  std::int64_t within = rule_never;
  bool negative = false;
};

/// One number that is kept of a customer.
struct RuleMeasure {
  enum class Kind : std::uint8_t { quick, distinct, anchored, sequence };
  Kind kind = Kind::quick;
  RuleFunction function = RuleFunction::count;
  RuleField field;
  std::uint32_t stream = 0;
  std::uint32_t span = 0;
  std::vector<RuleStep> steps;
  [[nodiscard]] std::int64_t nothing() const noexcept {
    return function == RuleFunction::count || function == RuleFunction::sum ||
                   function == RuleFunction::distinct
               ? 0
               : rule_absent;
  }
  [[nodiscard]] bool waits() const noexcept { return !steps.empty() && steps.back().negative; }
};

/// A side of a comparison: a fraction of integers.
struct RuleOperand {
  enum class Kind : std::uint8_t { constant, measure, ratio, age, attribute };
  Kind kind = Kind::constant;
  RuleType type = RuleType::number;
  std::uint32_t measure = 0;  // or attribute
  std::uint32_t count = 0;    // of a ratio: the measure below the line
  std::int64_t number = 0;    // of a constant
  std::int64_t unit = 1;      // and what it is divided by
};

struct RuleCondition {
  enum class Kind : std::uint8_t {
    range,    // left in `range`
    general,  // left `compare` right
    absence,  // left is absent, or present when negated
    texts,    // attribute among texts
    tag,      // number: Tag
    consent,  // number: Purpose; channel; state
  };
  Kind kind = Kind::range;
  RuleCompare compare = RuleCompare::equal;
  RuleOperand left, right;
  RuleRange range;
  bool negate = false;
  std::uint32_t number = 0;
  Channel channel = all_channels;
  ConsentState state = ConsentState::granted;
  std::vector<std::string> texts;
  std::string text;                            // as in the rule
  [[nodiscard]] bool timed() const noexcept {  // may turn with time alone
    return kind == Kind::tag || kind == Kind::consent ||
           (kind == Kind::range && left.kind == RuleOperand::Kind::age);
  }
};

/// What a happening does to a measure, in one piece: the measures of a stream stand together.
struct RuleQuick {
  std::uint32_t measure = 0;
  RuleFunction function = RuleFunction::count;
  RuleFieldCode field = RuleFieldCode::amount;
  bool dated = false;               // its span is one between dates
  std::int64_t from = rule_absent;  // of its span: from included, to excluded
  std::int64_t to = rule_never;
};
/// A condition that asks for nothing but whether a measure is in a range, or not in it.
struct RulePlain {
  std::int64_t low = 0;
  std::uint64_t width = 0;
  std::uint32_t condition = 0;
  bool negate = false;
  /// Nothing absent is in a range, and it is not asked for here when negated.
  [[nodiscard]] bool holds(std::int64_t value) const noexcept {
    return (static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(low) <= width) != negate;
  }
};
/// An average against a constant: the signs of their difference that hold.
struct RuleAverage {
  std::uint32_t sum = 0;
  std::uint32_t count = 0;
  std::int64_t number = 0;
  std::int64_t unit = 1;
  bool below = false, equal = false, above = false;
  bool known = false;  // this is what the condition is
};
/// Bits of conditions, `want` of which must be as it says.
struct RuleLiterals {
  std::uint32_t word = 0;
  std::uint64_t mask = 0;
  std::uint64_t want = 0;
};

using RuleLists = std::vector<std::vector<std::uint32_t>>;

struct RuleProgram {
  RuleSchema schema;
  std::vector<SegmentDefinition> definitions;
  std::vector<RuleNode> trees;
  std::vector<std::vector<RuleOp>> rules;  // by segment
  std::vector<std::uint32_t> order;        // segments, those that are referred to first
  std::vector<std::uint32_t> rank;         // place in `order`

  std::vector<RuleTest> tests;
  std::vector<RuleStream> streams;
  std::vector<RuleSpan> spans;
  std::vector<RuleMeasure> measures;
  std::vector<RuleCondition> conditions;
  bool uses_orders = false;
  std::size_t mask_words = 0;  // bits of streams

  // For what happens now: spans that do not hold now are not here.
  std::vector<std::uint32_t> quick_begins;  // by stream, and an end
  std::vector<RuleQuick> quick;
  RuleLists slow_now;                       // by stream: measures that may change otherwise
  std::vector<std::uint32_t> plain_begins;  // by measure, and an end
  std::vector<RulePlain> plain;
  std::vector<std::uint64_t> others_of_measure;   // bits of conditions that are not plain
  std::vector<std::uint8_t> has_others;           // by measure
  std::vector<RuleAverage> averages;              // by condition
  std::vector<std::int64_t> lead_of_stream;       // until time alone may change something
  std::vector<std::uint8_t> periods_of_stream;    // bit p: so may the end of a period
  std::vector<std::uint32_t> literal_begins;      // by rule, and an end
  std::vector<RuleLiterals> literals;             // rules that are just these; else none
  std::vector<std::uint64_t> rules_of_condition;  // bits of rules by rank, by condition

  // Who depends on whom.
  RuleLists streams_of_kind;        // by record kind
  RuleLists item_streams_of_kind;   // those of them that the item alone decides
  RuleLists other_streams_of_kind;  // the rest
  RuleLists quick_of_stream;        // measures that a happening adds to
  RuleLists slow_of_stream;         // measures that are found anew
  RuleLists measures_of_span;       // all but sequences that wait, which are in `waiting` too
  RuleLists conditions_of_measure;
  RuleLists conditions_of_attribute;
  RuleLists rules_of_rule;
  std::vector<std::uint32_t> sliding;                       // spans
  std::vector<std::vector<std::uint64_t>> streams_of_span;  // masks of streams that it looks at
  std::vector<std::uint32_t> timed_conditions;
  std::vector<std::uint32_t> waiting;  // measures
};

/// Fills in all but schema, definitions, trees, order and rank, which are there.
void compile_rules(RuleProgram& program);
/// Its last step: fills in who depends on whom.
void link_program(RuleProgram& program);

}  // namespace emptor::detail
