#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "identity/explain_state.hpp"

namespace emptor {

namespace {

/// The leaves below the roots, left before right, as nodes of the tree.
[[nodiscard]] std::vector<std::size_t> leaves_in_order(const std::vector<TreeMerge>& merges,
                                                       std::size_t records) {
  std::vector<bool> is_child(records + merges.size(), false);
  for (const TreeMerge& merge : merges) is_child[merge.left] = is_child[merge.right] = true;
  std::vector<std::size_t> open, out;
  for (std::size_t node = is_child.size(); node-- > 0;) {
    if (!is_child[node]) open.push_back(node);
  }
  while (!open.empty()) {
    const std::size_t node = open.back();
    open.pop_back();
    if (node < records) {
      out.push_back(node);
    } else {
      open.push_back(merges[node - records].right);
      open.push_back(merges[node - records].left);
    }
  }
  return out;
}

/// Leaves get the numbers of their places in the order.
void renumber(ClusterExplanation& out) {
  const std::size_t n = out.records.size();
  const std::vector<std::size_t> order = leaves_in_order(out.merges, n);
  std::vector<std::size_t> place(n);
  std::vector<std::uint32_t> records(n);
  for (std::size_t i = 0; i < n; ++i) {
    place[order[i]] = i;
    records[i] = out.records[order[i]];
  }
  out.records = std::move(records);
  for (TreeMerge& merge : out.merges) {
    if (merge.left < n) merge.left = place[merge.left];
    if (merge.right < n) merge.right = place[merge.right];
  }
}

}  // namespace

std::string LinkageExplainer::because(std::uint32_t a, std::uint32_t b) {
  return evidence_line(evidence(a, b));
}

ContestedMerge LinkageExplainer::contested(const RefusedMerge& refused, bool swapped) {
  const std::vector<std::uint32_t>& label = state_->linkage.clustering.cluster;
  ContestedMerge out{.a = swapped ? refused.b : refused.a,
                     .b = swapped ? refused.a : refused.b,
                     .weight = refused.weight,
                     .mean = refused.mean,
                     .reason = refused.reason,
                     .reason_text = std::string(detail::reason_text(refused.reason)),
                     .because = because(refused.a, refused.b)};
  out.other = label[out.b];
  out.size = static_cast<std::size_t>(std::count(label.begin(), label.end(), out.other));
  return out;
}

ClusterExplanation LinkageExplainer::cluster(std::uint32_t record) {
  check(record);
  const Clustering& clustering = state_->linkage.clustering;
  ClusterExplanation out{.cluster = clustering.cluster[record]};
  out.records = state_->members(out.cluster);
  std::unordered_map<std::uint32_t, std::size_t> node_of;  // by the smallest record of each cluster
  for (std::size_t i = 0; i < out.records.size(); ++i) node_of[out.records[i]] = i;
  double least = std::numeric_limits<double>::infinity();
  for (const MergeStep& step : clustering.steps) {
    if (clustering.cluster[step.kept] != out.cluster) continue;
    if (step.mean < least) {
      least = step.mean;
      out.weakest = out.merges.size();
    }
    const std::size_t node = out.records.size() + out.merges.size();
    out.merges.push_back({.left = std::exchange(node_of[step.kept], node),
                          .right = node_of[step.absorbed],
                          .a = step.a,
                          .b = step.b,
                          .weight = step.weight,
                          .mean = step.mean,
                          .by_label = step.forced,
                          .because = because(step.a, step.b)});
  }
  renumber(out);
  for (const RefusedMerge& refused : clustering.refused) {
    const bool first = clustering.cluster[refused.a] == out.cluster;
    const bool second = clustering.cluster[refused.b] == out.cluster;
    if (first != second) out.contested.push_back(contested(refused, second));
  }
  return out;
}

std::vector<ContestedMerge> LinkageExplainer::strongest_refused(std::size_t most) {
  const std::vector<RefusedMerge>& refused = state_->linkage.clustering.refused;
  std::vector<ContestedMerge> out;
  for (std::size_t i = 0; i < std::min(most, refused.size()); ++i) {
    out.push_back(contested(refused[i], false));
  }
  return out;
}

ClusterExplanation explain_cluster(const Linkage& linkage, std::uint32_t record,
                                   const ExplainOptions& options) {
  return LinkageExplainer(linkage, options).cluster(record);
}

}  // namespace emptor
