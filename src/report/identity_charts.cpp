#include <cmath>

#include "emptor/report/chart_tree.hpp"
#include "emptor/report/chart_waterfall.hpp"
#include "emptor/report/sections_identity.hpp"
#include "report/identity_text.hpp"

namespace emptor {

namespace {

/// "exact: s***h (12 of 4,812)", "alike: b***b and r***t".
[[nodiscard]] std::string level_text(const EvidencePart& part) {
  std::string out = part.level;
  if (part.a.empty() || part.b.empty()) return out;
  if (part.frequency > 0) {
    out += text(": ", part.a, " (", detail::count_text(part.frequency), " of ",
                detail::count_text(part.values), ')');
  } else {
    out += text(": ", part.a, " and ", part.b);
  }
  return out;
}

}  // namespace

WaterfallChart match_waterfall(const PairExplanation& pair, const std::string& title) {
  WaterfallChart chart{.labels = {title.empty() ? text("Records ", pair.a, " and ", pair.b) : title,
                                  text("One person with a probability of ",
                                       detail::probability_text(pair.probability)),
                                  "How the weight of the pair adds up, comparison by comparison.",
                                  "Weight of evidence (bits)", ""},
                       .total_name = "Weight",
                       .gain_name = "for one person",
                       .loss_name = "against"};
  chart.steps.push_back({"Before any comparison", "how rare matches are", pair.prior});
  for (const EvidencePart& part : pair.parts) {
    if (!part.silent) chart.steps.push_back({part.name, level_text(part), part.weight});
  }
  if (pair.household_correction < -0.05) {
    chart.steps.push_back(
        {"May be one household", "whose members share all this", pair.household_correction});
  } else if (!chart.steps.empty()) {
    chart.steps.back().value += pair.household_correction;
  }
  return chart;
}

TreeChart merge_tree(const ClusterExplanation& cluster,
                     const std::function<std::string(std::uint32_t)>& record_name,
                     double threshold) {
  const detail::RecordNames name{record_name};
  TreeChart chart{
      .labels = {text("How a customer of ",
                      detail::counted(cluster.records.size(), "record", "records"), " came to be"),
                 "", "The merges of the customer's records, strongest first.",
                 "Mean weight of the pairs across (bits)", ""},
      .threshold = threshold};
  for (const std::uint32_t record : cluster.records) chart.leaves.push_back(name(record));
  // Leaves of what was kept apart come behind the customer's own, so the merges' numbers move.
  const bool whole = cluster.merges.size() + 1 == cluster.records.size();
  const std::size_t apart = whole ? cluster.contested.size() : 0;
  const std::size_t n = cluster.records.size();
  const auto moved = [&](std::size_t node) { return node < n ? node : node + apart; };
  for (std::size_t m = 0; m < cluster.merges.size(); ++m) {
    const TreeMerge& merge = cluster.merges[m];
    chart.joins.push_back(
        {.left = moved(merge.left),
         .right = moved(merge.right),
         .strength = merge.mean,
         .look = merge.by_label                                      ? JoinLook::forced
                 : cluster.merges.size() > 1 && cluster.weakest == m ? JoinLook::weak
                                                                     : JoinLook::plain,
         .tip = text(name(merge.a), " and ", name(merge.b), ": ", merge.because)});
  }
  for (std::size_t i = 0; i < apart; ++i) {
    const ContestedMerge& other = cluster.contested[i];
    chart.leaves.push_back(text(name(other.b), other.size > 1 ? " and others" : ""));
    const std::size_t before = n + apart + chart.joins.size() - 1;
    chart.joins.push_back({.left = chart.joins.empty() ? 0 : before,
                           .right = n + i,
                           .strength = other.mean,
                           .look = JoinLook::apart,
                           .tip = text(other.reason_text, ": ", other.because)});
  }
  return chart;
}

}  // namespace emptor
