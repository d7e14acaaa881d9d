// The language of segment rules: what it says, and what it says of mistakes.

#include "emptor/segment/rule.hpp"
#include "emptor/segment/rule_segments.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

RuleSchema schema() {
  RuleSchema out;
  out.attributes = {{"country", RuleType::text}, {"age", RuleType::number}, {"home town"}};
  out.item_columns = {"category", "brand", "amount", "odd name"};
  out.tags = {"vip", "staff"};
  out.purposes = {"newsletter"};
  out.channels = {"email", "post"};
  return out;
}

std::string canonical(std::string_view rule) {
  const Result<RuleNode> tree = parse_rule(rule, schema());
  return tree ? to_text(*tree) : tree.error().to_string();
}

std::string mistake(std::string_view rule) {
  const Result<RuleNode> tree = parse_rule(rule, schema());
  return tree ? "no mistake" : tree.error().to_string();
}

std::string mistake_of(std::vector<SegmentDefinition> definitions) {
  const auto compiled = RuleSegments::compile(definitions, schema());
  return compiled ? "no mistake" : compiled.error().to_string();
}

}  // namespace

TEST_CASE("rules in their canonical form") {
  const char* rules[] = {
      "count(orders in last 90 days) >= 3 and not tag \"staff\"",
      "did(cart then no orders within 1 day, in last 7 days)",
      "did(view where item is present then orders within 36 hours without cart then share)",
      "age(last(orders)) >= 60 days or last(orders) is absent",
      "count(view since last orders) > 3",
      "count(view within 7 days after first (sales where category = \"x\" or brand != \"y\")) = 0",
      "count(lines before last refunds) = 1",
      "count(events where kind in (view, cart) and hour >= 8) > 1",
      "at least 2 of (tag \"vip\", customer.age >= 30.5, consent(\"newsletter\", \"email\") is "
      "denied)",
      "exactly 0 of (tag \"vip\")",
      "count(orders from 60 days to 30 days ago) < count(orders in last 30 days)",
      "distinct(category of sales in this month) >= 2 or distinct(day of orders) = 1",
      "distinct(item.amount of sales) > 1 and distinct(item.\"odd name\" of view) > 1",
      "sum(quantity of sales in previous quarter where not (channel is absent or hour > 20)) > 2.5",
      "customer.country in (\"FR\", \"BE\") and customer.\"home town\" not in (\"a \\\"b\\\" "
      "\\\\\")",
      "(tag \"vip\" or tag \"staff\") and (customer.age is present and tag \"vip\")",
      "first(orders) < 2011-01-01 and last(orders) >= 2011-01-01T10:30:00Z",
      "average(amount of orders between 2011-01-01 and 2011-02-01T12:00:00) <= 10.50 EUR",
      "min(lines of orders since 2011-01-01) = 1 and max(amount of refunds) < -3.00 EUR",
      "not not segment \"others\"",
      "customer.age > count(orders)",
  };
  for (const char* rule : rules) CHECK(canonical(rule) == rule);
}

TEST_CASE("what may be said in several ways") {
  CHECK(canonical("  count ( orders\n in last 2 weeks )>=3") ==
        "count(orders in last 14 days) >= 3");
  CHECK(canonical("sum(amount of sales where brand = \"a\" in last 1 day) > 5") ==
        "sum(amount of sales in last 1 day where brand = \"a\") > 5.00 EUR");
  CHECK(canonical("sum(amount of sales) between 5 and 7.5 EUR") ==
        "sum(amount of sales) >= 5.00 EUR and sum(amount of sales) <= 7.50 EUR");
  CHECK(canonical("3 <= count(orders)") == "3 <= count(orders)");
  CHECK(canonical("(((tag \"vip\")))") == "tag \"vip\"");
  CHECK(canonical("consent(\"newsletter\") is granted") == "consent(\"newsletter\")");
  CHECK(canonical("count(events where kind = \"view\") = 1") ==
        "count(events where kind = view) = 1");
  CHECK(canonical("age(last(view)) > 90 minutes") == "age(last(view)) > 90 minutes");
  CHECK(canonical("count(sales where item.category = \"a\") = 1") ==
        "count(sales where category = \"a\") = 1");
}

TEST_CASE("types that do not go together") {
  CHECK(mistake("sum(amount of sales) > 30 days") ==
        "column 24: money is compared with a duration");
  CHECK(mistake("count(orders) > 30 days") == "column 17: a number is compared with a duration");
  CHECK(mistake("count(orders) > 5.00 EUR") == "column 17: a number is compared with money");
  CHECK(mistake("count(orders) > 2011-01-01") == "column 17: a number is compared with an instant");
  CHECK(mistake("age(last(orders)) > 5") == "column 21: a duration is compared with a number");
  CHECK(mistake("last(orders) > 60 days") == "column 16: an instant is compared with a duration");
  CHECK(mistake("customer.country = 3") == "column 20: a text is compared with a number");
  CHECK(mistake("customer.age = \"x\"") == "column 16: a number is compared with a text");
  CHECK(mistake("customer.country > \"x\"") == "column 18: texts are compared by = and != alone");
  CHECK(mistake("customer.country = customer.country") ==
        "column 20: a text is compared with a text in quotes");
  CHECK(mistake("customer.country = FR") == "column 20: expected a condition, got 'FR'");
  CHECK(mistake("3 > 4") == "column 1: two literals are compared with each other");
  CHECK(mistake("3 is absent") == "column 1: a literal is never absent");
  CHECK(mistake("customer.age in (\"3\")") ==
        "column 1: lists are for attributes and fields of texts");
  CHECK(mistake("customer.country in (3)") == "column 22: expected a text in quotes, got '3'");
  CHECK(mistake("customer.country in (FR)") == "column 22: expected a text in quotes, got 'FR'");
  CHECK(mistake("sum(amount of sales) > 10.123") == "column 24: amounts have at most 2 decimals");
  CHECK(mistake("sum(amount of sales) > 10 USD") == "column 27: amounts are in EUR, got USD");
  CHECK(mistake("sum(item of sales) > 1") == "column 5: 'item' of sales cannot be added up");
  CHECK(mistake("distinct(amount of sales) > 1") ==
        "column 10: 'amount' of sales cannot be counted apart");
  CHECK(mistake("count(sales where order = \"1\") > 1") ==
        "column 19: 'order' of sales cannot stand in a filter");
  CHECK(mistake("age(count(orders)) > 1 day") == "column 5: an age is of first(...) or last(...)");
  CHECK(mistake("count(sales where amount > 3 days) > 1") ==
        "column 28: money is compared with a duration");
}

TEST_CASE("unknown names, and those that are near") {
  CHECK(mistake("cuont(orders) > 3") ==
        "column 1: expected a condition, got 'cuont'; did you mean 'count'?");
  CHECK(mistake("count(order) > 3") ==
        "column 7: expected orders, sales, refunds, lines, events or a kind of event, got 'order'; "
        "did you mean 'orders'?");
  CHECK(mistake("count(sales where categroy = \"x\") > 1") ==
        "column 19: sales have no field 'categroy'; did you mean 'category'?");
  CHECK(mistake("count(orders where category = \"x\") > 1") ==
        "column 20: orders have no field 'category'; sales have");
  CHECK(mistake("customer.contry = \"x\"") ==
        "column 10: customers have no column 'contry'; did you mean 'country'?");
  CHECK(mistake("customer.zzz = \"x\"") == "column 10: customers have no column 'zzz'");
  CHECK(mistake("tag \"vp\"") == "column 5: there is no tag 'vp'; did you mean 'vip'?");
  CHECK(mistake("consent(\"newsleter\")") ==
        "column 9: there is no purpose 'newsleter'; did you mean 'newsletter'?");
  CHECK(mistake("consent(\"newsletter\", \"mail\")") ==
        "column 23: there is no channel 'mail'; did you mean 'email'?");
  CHECK(mistake("count(events where kind = vew) > 1") ==
        "column 27: there is no kind of event 'vew'; did you mean 'view'?");
  CHECK(parse_rule("tag \"vp\"", schema()).error().code == ErrorCode::not_found);
}

TEST_CASE("what is not in the grammar") {
  CHECK(mistake("") == "column 1: expected a value, got the end");
  CHECK(mistake("count(orders) > 3 )") == "column 19: expected 'and', 'or' or the end, got ')'");
  CHECK(mistake("count(orders) > 3 and") == "column 22: expected a value, got the end");
  CHECK(mistake("count(orders") == "column 13: expected ')', got the end");
  CHECK(mistake("count orders > 3") == "column 7: expected '(', got 'orders'");
  CHECK(mistake("count(orders)") ==
        "column 14: expected a comparison (=, !=, <, <=, >, >=, in, between, is), got the end");
  CHECK(mistake("count(orders) == 3") == "column 16: expected a value, got '='");
  CHECK(mistake("count(orders) ! 3") == "column 15: '!' stands in '!=' only; say 'not'");
  CHECK(mistake("count(orders) > #") == "column 17: a character that no rule has here");
  CHECK(mistake("tag vip") == "column 5: expected a tag in quotes, got 'vip'");
  CHECK(mistake("tag \"vip") == "column 5: the text that begins here has no closing quote");
  CHECK(mistake("tag \"v\\n\"") ==
        "column 8: in a text a backslash stands before a quote or a backslash");
  CHECK(mistake("consent(\"newsletter\") is given") ==
        "column 26: consent is granted, denied, withdrawn or unknown, got 'given'");
  CHECK(mistake("at least 4 of (tag \"vip\")") ==
        "column 10: of 1 rules 1 to 1 may be asked for, got 4");
  CHECK(mistake("at fewest 4 of (tag \"vip\")") == "column 4: expected 'most', got 'fewest'");
  CHECK(mistake("at least x of (tag \"vip\")") ==
        "column 10: expected a whole number, how many of the rules hold, got 'x'");
  CHECK(mistake("customer country = \"x\"") == "column 10: expected '.', got 'country'");
  CHECK(mistake("customer.3 = \"x\"") == "column 10: expected a column of customers, got '3'");
  CHECK(mistake("sum(3 of sales) > 1") == "column 5: expected a field, got '3'");
  CHECK(mistake("distinct(item.3 of sales) > 1") ==
        "column 15: expected a column of items, got '3'");
  CHECK(mistake("count(orders) > 1.2345678") ==
        "column 17: a number has at most six decimals and stays below 9.2e12, got '1.2345678'");
}

TEST_CASE("windows and steps that make no sense") {
  CHECK(mistake("count(orders in last 3 months) > 1") ==
        "column 24: 'months' has no fixed length: say days, or 'in this' or 'in previous'");
  CHECK(mistake("count(orders in last 3 fortnights) > 1") ==
        "column 24: expected seconds, minutes, hours, days or weeks, got 'fortnights'");
  CHECK(mistake("count(orders in last days) > 1") ==
        "column 22: expected a duration such as '30 days', got 'days'");
  CHECK(mistake("count(orders in last 0 days) > 1") ==
        "column 22: this duration must be longer than nothing");
  CHECK(mistake("count(orders in last 1.5 days) > 1") ==
        "column 22: a duration is a whole number of up to 36600 days, got '1.5'");
  CHECK(mistake("count(orders in last 99999 days) > 1") ==
        "column 22: a duration is a whole number of up to 36600 days, got '99999'");
  CHECK(mistake("count(orders in next month) > 1") ==
        "column 17: expected 'last', 'this' or 'previous', got 'next'");
  CHECK(mistake("count(orders in this decade) > 1") ==
        "column 22: expected day, week, month, quarter or year, got 'decade'");
  CHECK(mistake("count(orders from 3 days to 5 days ago) > 1") ==
        "column 19: the span must begin before it ends");
  CHECK(mistake("count(orders between 2011-02-01 and 2011-01-01) > 1") ==
        "column 37: the span must begin before it ends");
  CHECK(mistake("count(orders between 2011-01-01Z and 2011-02-01) > 1") ==
        "column 38: one date is in UTC (Z) and the other is not");
  CHECK(mistake("count(orders between 2011-01-01 and 5) > 1") ==
        "column 37: expected a date, got '5'");
  CHECK(mistake("count(orders since 2011-02-29) > 1") ==
        "column 20: there is no date '2011-02-29'");
  CHECK(mistake("count(orders since 2011-02-28T24:00) > 1") ==
        "column 20: there is no date '2011-02-28T24:00'");
  CHECK(mistake("count(orders since yesterday) > 1") ==
        "column 20: expected a date such as 2025-12-31, got 'yesterday'");
  CHECK(mistake("count(orders after 2011-01-01) > 1") ==
        "column 20: expected 'first' or 'last'; of a date say 'since', got '2011-01-01'");
  CHECK(mistake("count(view within 2 days of first orders) > 1") ==
        "column 26: expected 'after' or 'before', got 'of'");
  CHECK(mistake("count(view within 2 days after orders) > 1") ==
        "column 32: expected 'first' or 'last', got 'orders'");
  CHECK(mistake("did(no view)") == "column 5: the first step cannot be 'no'");
  CHECK(mistake("did(view then no cart)") ==
        "column 22: a step with 'no' needs 'within' and a duration, got ')'");
  CHECK(mistake("did(view then no cart within 1 day then view)") ==
        "column 41: a step with 'no' must be the last one");
  CHECK(mistake("did(view then no cart within 1 day without view)") ==
        "column 36: a step with 'no' has no 'without'");
  CHECK(mistake("did(view then cart, 3)") ==
        "column 21: expected a window such as 'in last 30 days', got '3'");
}

TEST_CASE("places are counted in characters and lines") {
  CHECK(mistake("customer.country = \"Zürich\" and x > 3") ==
        "column 33: expected a condition, got 'x'");
  CHECK(mistake("tag \"vip\" and\n  tag \"vop\"") ==
        "line 2, column 7: there is no tag 'vop'; did you mean 'vip'?");
}

TEST_CASE("rules have an end and a bottom") {
  const std::string deep = std::string(1000, '(') + "tag \"vip\"" + std::string(1000, ')');
  CHECK(mistake(deep).ends_with("nested deeper than 64 levels"));
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "not ";
  CHECK(mistake(nots + "tag \"vip\"").ends_with("nested deeper than 64 levels"));
  CHECK(mistake(std::string(70'000, ' ')) ==
        "column 1: a rule has at most 65536 bytes, this one 70000");
  RuleSchema bad = schema();
  bad.price_scale = 7;
  CHECK_THROWS_AS(parse_rule("tag \"vip\"", bad), Exception);
}

TEST_CASE("segments that refer to each other") {
  CHECK(mistake_of({{"a", "tag \"vip\""}, {"b", "segment \"a\" and not segment \"a\""}}) ==
        "no mistake");
  CHECK(mistake_of({{"a", "segment \"b\""}, {"b", "tag \"vip\""}}) == "no mistake");
  CHECK(mistake_of({{"a", "tag \"vip\" or segment \"bb\""}, {"b", "tag \"vip\""}}) ==
        "segment 'a', column 14: there is no segment 'bb'; did you mean 'b'?");
  CHECK(mistake_of({{"a", "segment \"a\""}}) ==
        "segment 'a', column 1: segments refer to each other in a circle: 'a' -> 'a'");
  CHECK(
      mistake_of({{"x", "segment \"a\""},
                  {"a", "segment \"b\""},
                  {"b", "tag \"vip\" and segment \"c\""},
                  {"c", "not segment \"a\""}}) ==
      "segment 'c', column 5: segments refer to each other in a circle: 'a' -> 'b' -> 'c' -> 'a'");
  std::vector<SegmentDefinition> ring;
  for (int s = 0; s < 20'000; ++s) {
    ring.push_back({text("s", s), text("segment \"s", (s + 1) % 20'000, "\"")});
  }
  CHECK(mistake_of(ring) ==
        "segment 's19999', column 1: segments refer to each other in a circle: 's0' -> 's1' -> "
        "'s2' -> 's3' -> (19992 more) -> 's19996' -> 's19997' -> 's19998' -> 's19999' -> 's0'");
  CHECK(mistake_of({{"a", "tag \"vop\""}}) ==
        "segment 'a', column 5: there is no tag 'vop'; did you mean 'vip'?");
  CHECK(mistake_of({{"a", "tag \"vip\""}, {"a", "tag \"vip\""}}) ==
        "RuleSegments: there are two segments 'a'");
  CHECK(mistake_of({{"", "tag \"vip\""}}) == "RuleSegments: a segment needs a name");
}
