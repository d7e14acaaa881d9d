#pragma once
// The tree of a segment rule, as plain data: what the parser makes of a text, what the builder
// makes of C++, and what an editor may show. segment/rule.hpp has the grammar and the meaning.
//
// One kind of node for everything; which members say something stands beside each kind.
// Thread safety: values.

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/events.hpp"

namespace emptor {

enum class RuleKind : std::uint8_t {
  // Conditions.
  all_of,    ///< children: conditions, two and more
  any_of,    ///< children: conditions, two and more
  negation,  ///< children: one condition
  k_of,      ///< `number` of the children hold: at least, at most or exactly as `compare` says
  compare,   ///< children: two values; `compare`
  one_of,    ///< children: a value of type text; `texts`; `flag`: none of them
  absent,    ///< children: a value; `flag`: present
  did,       ///< children: steps, then the window if there is one
  tag,       ///< texts[0]: its name
  consent,   ///< texts[0]: purpose, texts[1], when there: channel; `number`: ConsentState
  segment,   ///< texts[0]: the other segment's name
  // Values; `type` says of what type.
  literal,    ///< `number`, or texts[0] of a text
  aggregate,  ///< `function`; texts[0]: field, if the function has one; children: stream
  age,        ///< children: an aggregate first or last
  attribute,  ///< texts[0]: column of customers
  field,      ///< texts[0]: of a happening, in filters; `flag`: a column of items
  // Parts.
  stream,  ///< `source`; children: window if there is one, filter (a condition) if there is one
  window,  ///< `window`; children: the anchor's stream if anchored
  step,    ///< children: stream, without-stream if there is one; `flag`: must not follow
};

enum class RuleType : std::uint8_t {
  number,    ///< counts, quantities; literals in millionths
  money,     ///< literals in 10^-scale major units
  duration,  ///< seconds
  instant,   ///< UTC seconds, or those of the shop's clock when a literal says so
  text,
};

[[nodiscard]] constexpr std::string_view name(RuleType type) noexcept {
  constexpr std::string_view names[] = {"a number", "money", "a duration", "an instant", "a text"};
  return names[static_cast<std::size_t>(type)];
}

enum class RuleCompare : std::uint8_t {
  equal,
  unequal,
  less,
  at_most,
  greater,
  at_least,
};

enum class RuleFunction : std::uint8_t { count, sum, min, max, average, distinct, first, last };

[[nodiscard]] constexpr std::string_view name(RuleFunction function) noexcept {
  constexpr std::string_view names[] = {"count",   "sum",      "min",   "max",
                                        "average", "distinct", "first", "last"};
  return names[static_cast<std::size_t>(function)];
}

enum class RuleSource : std::uint8_t {
  lines,    ///< every order line
  sales,    ///< lines that are no refund
  refunds,  ///< lines with a negative amount or quantity
  orders,   ///< all sales of one order number together
  events,   ///< events of every kind
  event,    ///< events of the node's `event` kind
};

enum class RuleWindowKind : std::uint8_t {
  last,           ///< the last `from` seconds up to now
  ago,            ///< from `from` seconds ago to `to` seconds ago
  this_period,    ///< the calendar period of now
  previous,       ///< the calendar period before that
  dates,          ///< from `from` (none: always) to before `to` (none: for ever)
  since_anchor,   ///< at the anchor's time or later
  after_anchor,   ///< later than the anchor, by at most `from` seconds (0: any)
  before_anchor,  ///< earlier than the anchor, by at most `from` seconds (0: any)
};

enum class RulePeriod : std::uint8_t { day, week, month, quarter, year };

struct RuleNode {
  /// No date: a window that is open on this side.
  static constexpr std::int64_t no_date = std::numeric_limits<std::int64_t>::min();

  RuleKind kind = RuleKind::all_of;
  RuleType type = RuleType::number;
  RuleCompare compare = RuleCompare::equal;
  RuleFunction function = RuleFunction::count;
  RuleSource source = RuleSource::orders;
  EventKind event = EventKind::view;
  RuleWindowKind window = RuleWindowKind::last;
  RulePeriod period = RulePeriod::day;
  /// As the kind says; of a window: the anchor is the last one and not the first.
  bool flag = false;
  /// Instants and dates in seconds of the shop's clock and not of UTC.
  bool local = false;
  std::uint8_t scale = 0;   ///< of money
  std::uint32_t place = 0;  ///< 1 + byte in the text; 0: not from a text
  std::int64_t number = 0;  ///< of a step: most seconds after the step before, 0: any
  std::int64_t from = 0;    ///< of windows
  std::int64_t to = 0;      ///< of windows
  Currency currency{};      ///< of money; XXX: not said
  std::vector<std::string> texts{};
  std::vector<RuleNode> children{};
};

}  // namespace emptor
