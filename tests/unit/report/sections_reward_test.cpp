#include "emptor/report/sections_reward.hpp"

#include <limits>
#include <string>

#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

const Currency eur("EUR");

template <class Add>
std::string html_of(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, ">nan") == 0);
  return html;
}

WitnessTree chain(std::vector<std::int64_t> bought, std::vector<std::int64_t> paid) {
  WitnessTree out;
  for (std::uint32_t v = 0; v < bought.size(); ++v) {
    out.parent.push_back(v == 0 ? no_parent_node : v - 1);
  }
  out.contribution = std::move(bought);
  out.reward = std::move(paid);
  return out;
}

}  // namespace

TEST_CASE("a budget says what was given, what is set aside and what is left", "[report][reward]") {
  RewardBudgetView budget{.currency = eur, .limit = 100'000, .reserved = 1'050, .spent = 20'000};
  budget.sales = 400'000;
  budget.rules = {{"friend", 40, 18'000, 500, 250}, {"friend of friend", 12, 3'050, 0, 0}};
  TrialBalance books;
  books.rows = {{LedgerUnit(eur), AccountPurpose::budget, 1, {}},
                {LedgerUnit::points(1), AccountPurpose::available, 7, {}}};
  const std::string html =
      html_of([&](ReportPage& page) { add_reward_budget_section(page, budget, &books); });
  CHECK(count(html,
              "200.00 EUR were given and 10.50 EUR are set aside for rewards that still "
              "wait; 789.50 EUR of 1000.00 EUR are left.") == 1);
  CHECK(count(html, "5.3%") == 1);
  CHECK(count(html, ">210.50<") == 1);
  CHECK(count(html, "Debits equal credits in every unit") == 1);
  books.balanced = false;
  const std::string torn = html_of(
      [&](ReportPage& page) { add_reward_budget_section(page, {.currency = eur}, &books); });
  CHECK(count(torn, "there is no limit.") == 1);
  CHECK(count(torn, "Debits do not equal credits") == 1);
}

TEST_CASE("a statement can be read by the customer", "[report][reward]") {
  EarningStatement ann{.customer = "C<1>", .brought = 2, .rewards = 3, .available = 600};
  for (int i = 0; i < 5; ++i) {
    ann.lines.push_back({Time{}, text("Order ", i), "5.00 % of 120.00 EUR net = 6.00 EUR", "given",
                         i == 4 ? -1'200 : 600, i == 4 ? 1'200 : 600 * (i + 1)});
  }
  EarningStatement ben{.customer = "C2", .owed = 150};
  const std::string html = html_of([&](ReportPage& page) {
    add_earnings_section(page, std::vector{ann, ben}, eur, 3);
  });
  CHECK(count(html, "Statement of C&lt;1&gt;") == 1);
  CHECK(count(html, "The last 3 of 5 lines") > 0);
  CHECK(count(html, "5.00 % of 120.00 EUR net = 6.00 EUR") == 3);
  CHECK(count(html, ">-12.00<") == 1);
  CHECK(count(html, "Statement of C2") == 0);
  CHECK(count(html, ">1.50<") == 1);
  const std::string none = html_of([](ReportPage& page) { add_earnings_section(page, {}, eur); });
  CHECK(count(none, "Nobody has earned anything yet.") == 1);
}

TEST_CASE("an audit shows the worst tree, the findings and the split", "[report][reward]") {
  PlanLaboratoryReport plan;
  plan.plan = "levels <10/5>";
  plan.worst.share = 0.15;
  plan.worst.bound = 0.15;
  plan.worst.trees = 1'234;
  plan.worst.tree = chain({0, 0, 10'000}, {500, 1'000, 0});
  plan.compliance.findings = {
      {ComplianceRule::no_hold, FindingSeverity::warning, "rules[0]", "cash at once"},
      {ComplianceRule::team_sales, FindingSeverity::note, "", "two levels"}};
  plan.sybil.pays = true;
  plan.sybil.factor = 2;
  plan.sybil.best.honest = chain({10'000}, {0});
  plan.sybil.best.honest.own = {0};
  plan.sybil.best.split = chain({0, 10'000}, {1'000, 0});
  plan.sybil.best.split.own = {0, 1};
  plan.sybil.best.before = 500;
  plan.sybil.best.after = 1'000;
  const std::string html =
      html_of([&](ReportPage& page) { add_plan_audit_section(page, std::vector{plan}, eur); });
  CHECK(count(html,
              "The worst that was found pays 15% of what is bought, over 1,234 small trees. "
              "It is proven never to be above 15%.") == 1);
  CHECK(count(html, "the person, bought for 100.00 EUR") > 0);
  CHECK(count(html, "the whole plan") == 1);
  CHECK(count(html,
              "Yes: one person is paid 5.00 EUR, as several identities 10.00 EUR for the same "
              "purchases.") == 1);
  plan.sybil = {};
  plan.worst.bound = std::numeric_limits<double>::infinity();
  plan.compliance.findings.clear();
  PlanLaboratoryReport unknown;
  const std::string two = html_of([&](ReportPage& page) {
    add_plan_audit_section(page, std::vector{plan, unknown}, eur);
  });
  CHECK(count(two, "There is no bound on that share.") == 1);
  CHECK(count(two, "No bound is known.") == 1);
  CHECK(count(two, "No split was found that pays") == 2);
  const std::string none = html_of([](ReportPage& page) { add_plan_audit_section(page, {}, eur); });
  CHECK(count(none, "There is no plan.") == 1);
}

TEST_CASE("members by tier and the points they hold", "[report][reward]") {
  MembershipSummary members;
  members.tiers = {"basic", "gold"};
  members.members = {90, 10};
  members.raised = {0, 4};
  members.lowered = {1, 0};
  PointsForecast points;
  points.customers = 12;
  points.outstanding = 5'000;
  points.breakage = 700;
  points.liability = {5'000, eur};
  const std::string html =
      html_of([&](ReportPage& page) { add_membership_section(page, members, points); });
  CHECK(count(html, "gold") == 1);
  CHECK(count(html, "12 customers have 5,000 points that have not expired, worth 50.00 EUR") == 1);
  const std::string none = html_of([](ReportPage& page) { add_membership_section(page, {}, {}); });
  CHECK(count(none, "Nobody is a member") == 1);
}
