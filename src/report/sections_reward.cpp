#include "emptor/report/sections_reward.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/report/chart.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;

const ValueFormat compact{.style = NumberStyle::compact, .decimals = 1};

std::string day_text(Time time) {
  return to_string(local_day(time));
}

std::string unit_text(LedgerUnit unit) {
  return to_string(unit);
}

ReportCell unit_cell(std::int64_t amount, LedgerUnit unit) {
  return unit.is_points() ? ReportCell(amount) : ReportCell::amount({amount, unit.currency()});
}

void add_books(ReportPage& page, const TrialBalance& books) {
  ReportTable table{.caption = "The books",
                    .columns = {"Account", "Unit", "Accounts", "Debits", "Credits", "Pending"}};
  for (const TrialBalanceRow& row : books.rows) {
    table.rows.push_back({std::string(name(row.purpose)), unit_text(row.unit), row.accounts,
                          unit_cell(row.sums.debits_posted, row.unit),
                          unit_cell(row.sums.credits_posted, row.unit),
                          unit_cell(row.sums.credits_pending, row.unit)});
  }
  page.begin_details("The books");
  page.add_table(table);
  page.end_details();
  if (books.balanced) {
    page.add_paragraph("Debits equal credits in every unit, to the last minor unit.");
  } else {
    page.add_note(ReportNote::warning, "Debits do not equal credits: these are no whole books.");
  }
}

}  // namespace

void add_reward_budget_section(ReportPage& page, const RewardBudgetView& budget,
                               const TrialBalance* books) {
  const Currency currency = budget.currency;
  const auto money = [&](std::int64_t amount) { return to_string(Money{amount, currency}); };
  page.begin_section("The budget of rewards");
  const std::int64_t used = budget.reserved + budget.spent;
  std::string words = text(money(budget.spent), " were given and ", money(budget.reserved),
                           " are set aside for rewards that still wait");
  if (budget.limit) {
    const std::int64_t left = std::max<std::int64_t>(*budget.limit - used, 0);
    words += text("; ", money(left), " of ", money(*budget.limit), " are left");
  } else {
    words += "; there is no limit";
  }
  page.add_paragraph(words + ".");
  if (budget.sales > 0) {
    page.add_paragraph(
        text("That is ",
             detail::percent_text(static_cast<double>(used) / static_cast<double>(budget.sales)),
             " of the ", money(budget.sales), " of sales that the plan looked at."));
  }
  BarChart chart{
      .labels = {"Where the budget is", "", "Given, set aside and left of the budget of rewards.",
                 "", detail::with_unit("Amount", currency)},
      .categories = {"given", "set aside"},
      .series = {{.name = "amount",
                  .values = {detail::major_units(budget.spent, currency.digits()),
                             detail::major_units(budget.reserved, currency.digits())}}},
      .format = compact,
      .horizontal = true};
  if (budget.limit) {
    chart.categories.emplace_back("left");
    chart.series[0].values.push_back(
        detail::major_units(std::max<std::int64_t>(*budget.limit - used, 0), currency.digits()));
  }
  page.add_chart(chart);
  if (!budget.rules.empty()) {
    ReportTable table{.caption = "What each rule costs",
                      .columns = {"Rule", "Rewards", detail::with_unit("Given and held", currency),
                                  detail::with_unit("Cut by caps", currency),
                                  detail::with_unit("Taken back", currency)}};
    RewardRuleCost sum;
    for (const RewardRuleCost& rule : budget.rules) {
      table.rows.push_back({rule.rule, rule.rewards, ReportCell::amount({rule.standing, currency}),
                            ReportCell::amount({rule.cut, currency}),
                            ReportCell::amount({rule.returned, currency})});
      sum.rewards += rule.rewards;
      sum.standing += rule.standing;
      sum.cut += rule.cut;
      sum.returned += rule.returned;
    }
    table.total = {"all", sum.rewards, ReportCell::amount({sum.standing, currency}),
                   ReportCell::amount({sum.cut, currency}),
                   ReportCell::amount({sum.returned, currency})};
    page.add_table(table);
  }
  if (books != nullptr) add_books(page, *books);
}

void add_earnings_section(ReportPage& page, std::span<const EarningStatement> earners,
                          Currency currency, std::size_t rows) {
  page.begin_section("Who earned what, and why");
  if (earners.empty()) {
    page.add_paragraph("Nobody has earned anything yet.");
    return;
  }
  ReportTable table{
      .caption = "Who earned most",
      .columns = {"Customer", "Brought", "Rewards", detail::with_unit("Available", currency),
                  detail::with_unit("Still held", currency),
                  detail::with_unit("Owed back", currency)}};
  for (const EarningStatement& one : earners) {
    table.rows.push_back(
        {one.customer, one.brought, one.rewards, ReportCell::amount({one.available, currency}),
         ReportCell::amount({one.held, currency}), ReportCell::amount({one.owed, currency})});
  }
  page.add_table(table);
  for (const EarningStatement& one : earners) {
    if (one.lines.empty()) continue;
    const std::size_t left_out = one.lines.size() - std::min(rows, one.lines.size());
    page.add_heading(text("Statement of ", one.customer));
    ReportTable lines{
        .caption = left_out == 0 ? std::string("All lines")
                                 : text("The last ", rows, " of ", one.lines.size(), " lines"),
        .columns = {"On", "What", "Why", "State", detail::with_unit("Amount", currency),
                    detail::with_unit("Balance", currency)},
        .sortable = false};
    for (std::size_t i = left_out; i < one.lines.size(); ++i) {
      const EarningLine& line = one.lines[i];
      lines.rows.push_back({local_day(line.time), line.what, line.why, line.state,
                            ReportCell::amount({line.amount, currency}),
                            ReportCell::amount({line.balance, currency})});
    }
    page.add_table(lines);
    page.add_paragraph(text("Available: ", to_string(Money{one.available, currency}),
                            ". Still held: ", to_string(Money{one.held, currency}), ".",
                            one.owed > 0
                                ? text(" Owed back: ", to_string(Money{one.owed, currency}), ".")
                                : std::string()));
  }
}

void add_membership_section(ReportPage& page, const MembershipSummary& members,
                            const PointsForecast& points) {
  page.begin_section("Tiers and points");
  if (members.tiers.empty() && points.customers == 0) {
    page.add_paragraph("Nobody is a member, and nobody has points.");
    return;
  }
  if (!members.tiers.empty()) {
    ReportTable table{
        .caption = text("Members on ", day_text(members.as_of)),
        .columns = {"Tier", "Members", text("Raised since ", day_text(members.since)),
                    "Lowered since", text("At risk until ", day_text(members.risk_until))},
        .sortable = false};
    const auto count = [](const std::vector<std::uint64_t>& of, std::size_t tier) {
      return tier < of.size() ? ReportCell(of[tier]) : ReportCell();
    };
    for (std::size_t t = 0; t < members.tiers.size(); ++t) {
      table.rows.push_back({members.tiers[t], count(members.members, t), count(members.raised, t),
                            count(members.lowered, t), count(members.at_risk, t)});
    }
    page.add_table(table);
  }
  if (points.customers == 0) return;
  page.add_paragraph(
      text(counted(points.customers, "customer has", "customers have"), " ",
           count_text(static_cast<std::uint64_t>(std::max<std::int64_t>(points.outstanding, 0))),
           " points that have not expired, worth ", to_string(points.liability), ". About ",
           format_value(points.breakage, {.decimals = 0}), " of them (",
           format_value(points.breakage_low, {.decimals = 0}), " to ",
           format_value(points.breakage_high, {.decimals = 0}),
           ") will lapse; what is to be expected is ", to_string(points.expected_liability), "."));
}

}  // namespace emptor
