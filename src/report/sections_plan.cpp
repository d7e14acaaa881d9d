#include <algorithm>
#include <cmath>
#include <vector>

#include "emptor/report/chart.hpp"
#include "emptor/report/sections_reward.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::counted;
using detail::percent_text;

/// Each node with what it bought; its reward is the number.
OutlineChart tree_of(const WitnessTree& tree, const std::string& title, Currency currency) {
  const std::size_t n = tree.parent.size();
  OutlineChart chart{.labels = {title, "", "A small tree: what each bought, and what each is paid.",
                                detail::with_unit("Paid", currency), ""},
                     .format = {.decimals = 2, .keep_zeros = true}};
  std::vector<std::vector<std::size_t>> below(n);
  std::vector<std::pair<std::size_t, std::size_t>> stack;  // node, depth
  for (std::size_t v = n; v-- > 0;) {
    if (tree.parent[v] == no_parent_node || tree.parent[v] >= v) {
      stack.emplace_back(v, 0);
    } else {
      below[tree.parent[v]].push_back(v);
    }
  }
  while (!stack.empty() && chart.nodes.size() < 500) {
    const auto [node, depth] = stack.back();
    stack.pop_back();
    const bool own = std::find(tree.own.begin(), tree.own.end(), node) != tree.own.end();
    chart.nodes.push_back({.name = text(own ? "the person, " : "", "bought for ",
                                        to_string(Money{tree.contribution[node], currency})),
                           .depth = depth,
                           .value = detail::major_units(
                               std::max<std::int64_t>(tree.reward[node], 0), currency.digits())});
    for (const std::size_t child : below[node]) stack.emplace_back(child, depth + 1);
  }
  return chart;
}

void add_worst(ReportPage& page, const WorstCasePayout& worst, Currency currency) {
  page.add_heading("The most it could pay");
  page.add_paragraph(
      text("The worst that was found pays ", percent_text(worst.share), " of what is bought, over ",
           counted(worst.trees, "small tree", "small trees"), ". ",
           std::isnan(worst.bound) ? std::string("No bound is known.")
           : std::isinf(worst.bound)
               ? std::string("There is no bound on that share.")
               : text("It is proven never to be above ", percent_text(worst.bound), ".")));
  // A long path says nothing that its end does not.
  if (!worst.tree.parent.empty() && worst.tree.parent.size() <= 12) {
    page.add_chart(tree_of(worst.tree, "The tree that reaches it", currency));
  }
}

void add_sybil(ReportPage& page, const SybilAudit& sybil, Currency currency) {
  page.add_heading("Does it pay to be several people?");
  if (!sybil.pays) {
    page.add_paragraph(text("No split was found that pays, among ",
                            counted(sybil.splits, "split", "splits"), " of ",
                            counted(sybil.persons, "person", "persons"),
                            " in small trees. That is evidence, not proof."));
    return;
  }
  // Who earned nothing before has no factor.
  const bool factor = sybil.factor > 1 && !sybil.best.split.parent.empty();
  const SybilWitness& best = factor ? sybil.best : sybil.best_extra;
  page.add_note(ReportNote::warning,
                text("Yes: one person is paid ", to_string(Money{best.before, currency}),
                     ", as several identities ", to_string(Money{best.after, currency}),
                     " for the same purchases. This is why referrals are checked for identities."));
  if (best.honest.parent.empty() || best.split.parent.empty()) return;
  page.add_chart(tree_of(best.honest, "As one person", currency));
  page.add_chart(tree_of(best.split, "The same purchases, split", currency));
}

}  // namespace

void add_plan_audit_section(ReportPage& page, std::span<const PlanLaboratoryReport> plans,
                            Currency currency) {
  page.begin_section("The plan, audited", "Searched over small trees before real money is paid.");
  if (plans.empty()) page.add_paragraph("There is no plan.");
  for (auto at = plans.rbegin(); at != plans.rend(); ++at) {
    const PlanLaboratoryReport& plan = *at;
    const bool folded = at != plans.rbegin();  // what came before
    if (folded) {
      page.begin_details(plan.plan);
    } else {
      page.add_paragraph(text("The plan: ", plan.plan, "."));
    }
    add_worst(page, plan.worst, currency);
    page.add_heading("Findings");
    if (plan.compliance.findings.empty()) {
      page.add_paragraph("There is nothing to be said against the plan by the rules of thumb.");
    } else {
      ReportTable table{.caption = "Findings, not legal advice",
                        .columns = {"Kind", "About", "Where", "What"},
                        .sortable = false};
      for (const ComplianceFinding& finding : plan.compliance.findings) {
        table.rows.push_back({name(finding.severity), name(finding.rule),
                              finding.path.empty() ? "the whole plan" : finding.path,
                              finding.sentence});
      }
      page.add_table(table);
    }
    add_sybil(page, plan.sybil, currency);
    if (folded) page.end_details();
  }
}

}  // namespace emptor
