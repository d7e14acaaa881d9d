// Rules written in C++ are the rules of the language.

#include "emptor/segment/rule_builder.hpp"

#include "emptor/segment/rule.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

std::string canonical(const RuleCondition& rule) {
  RuleSchema schema;
  schema.attributes = {{"country"}, {"age", RuleType::number}};
  schema.item_columns = {"category"};
  schema.tags = {"staff"};
  schema.purposes = {"mail"};
  const Result<RuleNode> tree = parse_rule(rule.text(), schema);
  return tree ? to_text(*tree) : tree.error().to_string();
}

template <class A, class B>
concept Comparable = requires(A a, B b) { a > b; };

}  // namespace

TEST_CASE("rules from C++") {
  using namespace std::chrono;
  const Money hundred(10'000, Currency("EUR"));
  CHECK(canonical(rule_orders().in_last(days{90}).count() >= 3 && !rule_tag("staff")) ==
        "count(orders in last 90 days) >= 3 and not tag \"staff\"");
  CHECK(canonical(rule_sales()
                      .where(rule_field("category") == "shoes" && rule_amount() >= hundred)
                      .in_this(RulePeriod::month)
                      .sum_amount() > hundred) ==
        "sum(amount of sales in this month where category = \"shoes\" and amount >= 100.00 EUR) > "
        "100.00 EUR");
  CHECK(
      canonical(rule_age(rule_orders().last()) >= hours{36} || rule_orders().last().is_absent()) ==
      "age(last(orders)) >= 36 hours or last(orders) is absent");
  CHECK(canonical(rule_did_not(rule_events(EventKind::cart), rule_orders(), days{1})) ==
        "did(cart then no orders within 1 day)");
  CHECK(canonical(rule_did(rule_events(EventKind::view), rule_refunds(), days{2})) ==
        "did(view then refunds within 2 days)");
  CHECK(
      canonical(rule_at_least(1, {rule_attribute("country").is_one_of({"FR", "BE"}),
                                  rule_number_attribute("age") > 30, rule_consent("mail")})) ==
      "at least 1 of (customer.country in (\"FR\", \"BE\"), customer.age > 30, consent(\"mail\"))");
  CHECK(canonical(rule_orders().in_last(days{30}).count() <
                  rule_orders().ago(days{60}, days{30}).count()) ==
        "count(orders in last 30 days) < count(orders from 60 days to 30 days ago)");
  CHECK(canonical(rule_sales().since(Day{year{2025} / 1 / 2}).distinct("item") == 2) ==
        "distinct(item of sales since 2025-01-02) = 2");
}

TEST_CASE("what does not go together does not compile") {
  using Count = RuleValue<RuleType::number>;
  using Amount = RuleValue<RuleType::money>;
  using Duration = RuleValue<RuleType::duration>;
  CHECK(Comparable<Count, int>);
  CHECK(Comparable<Amount, Money>);
  CHECK(Comparable<Duration, std::chrono::days>);
  CHECK_FALSE(Comparable<Amount, std::chrono::days>);
  CHECK_FALSE(Comparable<Amount, int>);
  CHECK_FALSE(Comparable<Count, Money>);
  CHECK_FALSE(Comparable<Duration, int>);
  CHECK_FALSE(Comparable<Amount, Count>);
  CHECK_FALSE(Comparable<RuleValue<RuleType::text>, std::string_view>);
}
