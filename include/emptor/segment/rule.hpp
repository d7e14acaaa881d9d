#pragma once
// Segment rules as text: a typed language about what customers did, when, and who they are.
//
//     count(orders in last 90 days) >= 3 and not tag "staff"
//     sum(amount of sales in this month where category = "shoes") > 100.00 EUR
//     did(cart then no orders within 1 day, in last 7 days)
//     age(last(orders)) >= 60 days or last(orders) is absent
//
// Grammar ({ } any number, [ ] may be left out; names are lower case; texts in "", in which a quote
// or a backslash follows a backslash):
//
//     rule      = and {"or" and}            and = unary {"and" unary}
//     unary     = "not" unary | "(" rule ")" | condition
//     condition = value ("=" "!=" "<" "<=" ">" ">=") value | value "between" value "and" value
//               | value ["not"] "in" "(" text {"," text} ")" | value "is" ("absent" | "present")
//               | ("at least" | "at most" | "exactly") N "of" "(" rule {"," rule} ")"
//               | "did" "(" step {"then" step} ["," window] ")"
//               | "tag" text | "segment" text
//               | "consent" "(" text ["," text] ")" ["is" ("granted" "denied" "withdrawn"
//               "unknown")]
//     value     = literal | "customer" "." NAME | "age" "(" instant ")"
//               | "count" "(" stream ")" | ("first" | "last") "(" stream ")"
//               | ("sum" "min" "max" "average" "distinct") "(" field "of" stream ")"
//     literal   = NUMBER [currency] | N ("seconds" "minutes" "hours" "days" "weeks") | date | text
//     date      = YYYY-MM-DD [THH:MM[:SS]] ["Z"]
//     stream    = source [window] ["where" filter]        (also: filter first, then the window)
//     source    = "orders" "sales" "refunds" "lines" "events", or a kind of event ("view" "cart" …)
//     window    = "in" "last" duration | "from" duration "to" duration "ago"
//               | "in" ("this" | "previous") ("day" "week" "month" "quarter" "year")
//               | "since" date | "before" date | "between" date "and" date
//               | ("since" | "after" | "before") anchor | "within" duration ("after" "before")
//               anchor
//     anchor    = ("first" | "last") (source | "(" source ["where" filter] ")")
//     step      = ["no"] source ["where" filter] ["within" duration] ["without" source ["where" …]]
//     filter    = conditions (and, or, not, parentheses) on fields of one happening:
//                 field compared with a literal, in a list, absent or present
//
// Meaning. Everything is as of an instant, `now`; what comes after it is not seen.
// - A *line* is an order line, a *sale* one that is no refund, an *order* all of a customer's sales
//   with one order number: at the time of the first, with their total amount and quantity, and the
//   channel of the first. Fields of lines: amount, quantity, item, order, channel, and columns of
//   items (`category`, or `item.NAME`); of orders: amount, quantity, lines, channel; of events:
//   kind, item, channel, columns of items; of all: hour (0 to 23), weekday (1 Monday to 7), day
//   (in distinct alone), by the shop's clock.
// - `in last D` is (now - D, now]; `from A to B ago` is (now - A, now - B]; periods are those of
// the
//   shop's clock, weeks begin on Monday; `since` and `between` include their first instant,
//   `before` and `between` exclude their last one. `within D after first S`: later than the first
//   S, by at most D. Without an S such a window holds nothing.
// - Nothing counted is 0, for `sum` too; min, max, average, first and last of nothing, and an
//   attribute that is not there, are absent. A comparison with something absent does not hold
//   whatever the sign; so `not (x > 3)` holds for an absent x and `x <= 3` does not.
// - `did(A then B within D without C)`: some B is later than some A, by at most D, and no C lies
//   between them; all steps lie in the window. `then no B within D`, only at the end: D has passed
//   since the step before, and no B came later than it by at most D (whatever the window).
// - Money is exact, in the shop's currency with at most its decimals; an average is compared as a
//   fraction. Numbers have at most six decimals.
// - `consent(P, C)` is granted unless it says otherwise; without a channel it asks of all of them.
//
// Cost: linear in the text. Thread safety: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/segment/rule_tree.hpp"

namespace emptor {

/// A column of customers that rules may ask for.
struct RuleAttribute {
  std::string name;
  /// Text, or number: a decimal with at most six digits after the point; other texts are absent.
  RuleType type = RuleType::text;
};

/// What rules may speak of.
struct RuleSchema {
  Currency currency{"EUR"};  ///< of all amounts
  int price_scale = 2;       ///< of all amounts, in [0, 6]
  UtcOffset offset{0};       ///< of the shop's clock
  std::vector<RuleAttribute> attributes{};
  std::vector<std::string> item_columns{};
  std::vector<std::string> tags{};      ///< by Tag id
  std::vector<std::string> purposes{};  ///< by Purpose id
  std::vector<std::string> channels{};  ///< of consent, by Channel id
};

/// Longest text and deepest nesting of a rule.
inline constexpr std::size_t max_rule_bytes = 65'536;
inline constexpr std::size_t max_rule_depth = 64;

/// The rule that a text says. Errors, each with its column (and line, when there are several) in
/// `where`: `invalid_value` for what is not in the grammar or compares types that do not go
/// together, `not_found` for unknown names, with those that are near, `currency_mismatch`.
/// Throws `invalid_option` for a schema with a scale out of range.
[[nodiscard]] EMPTOR_API Result<RuleNode> parse_rule(std::string_view text,
                                                     const RuleSchema& schema);

/// The rule as text. Parsing it gives the same tree but for places; equal texts, equal rules.
[[nodiscard]] EMPTOR_API std::string to_text(const RuleNode& rule);

}  // namespace emptor
