#include <algorithm>
#include <limits>
#include <utility>

#include "identity/cluster_graph.hpp"
#include "identity/linking.hpp"
#include "identity/resolver_state.hpp"

namespace emptor {

Reconciliation Resolver::State::reconcile(const ReconcileOptions& how, Time time,
                                          const Context& context) {
  std::vector<LabelledPair> labels;
  std::vector<std::uint32_t> everybody;
  for (std::uint32_t r = 0; r < records.size(); ++r) {
    if (!is_erased[r]) everybody.push_back(r);
  }
  for (const PersonDecision& decision : decisions) {
    if (decision.kind != DecisionKind::join || !log.in_force(decision.merge)) continue;
    const auto a = static_cast<std::uint32_t>(index(decision.one.front()));
    const auto b = static_cast<std::uint32_t>(index(decision.other.front()));
    if (!is_erased[a] && !is_erased[b]) labels.push_back({a, b, true});
  }
  for (const RecordPair& pair : cannot_links(everybody)) labels.push_back({pair.a, pair.b, false});
  std::vector<std::uint32_t> limits(limited_.empty() ? 0 : records.comparisons().size(), 0);
  for (const LimitedField& field : limited_) limits[field.comparison] = field.values;

  Linkage linkage = detail::link_compared(std::move(records), options.link, labels,
                                          how.refit ? nullptr : &model, context, limits);
  records = std::move(linkage.records);
  const std::vector<std::uint32_t>& cluster = linkage.clustering.cluster;
  Reconciliation out;
  out.report = std::move(linkage.report);
  for (const std::uint32_t r : everybody) {
    if (owners[r] == r || is_erased[owners[r]]) ++out.customers_before;
    if (cluster[r] == r) ++out.customers_after;
  }
  for (std::uint32_t place = 0; place < ends_.size(); ++place) {
    const MergeEnds& ends = ends_[place];
    if (!log.in_force(MergeId{place}) || is_erased[ends.kept] || is_erased[ends.absorbed]) continue;
    if (cluster[ends.kept] != cluster[ends.absorbed]) out.undone.push_back(MergeId{place});
  }
  std::vector<MergeStep> joined;
  {
    // Who stays together without the merges that are to be undone, and the pairs that join them.
    detail::DisjointSets sets(records.size());
    for (std::uint32_t place = 0; place < ends_.size(); ++place) {
      const MergeEnds& ends = ends_[place];
      if (log.in_force(MergeId{place}) && cluster[ends.kept] == cluster[ends.absorbed]) {
        sets.unite(ends.kept, ends.absorbed);
      }
    }
    const auto join = [&](const MergeStep& step) {
      if (sets.find(step.a) == sets.find(step.b)) return;
      sets.unite(step.a, step.b);
      joined.push_back(step);
      out.joined.push_back({std::min(step.a, step.b), std::max(step.a, step.b)});
    };
    for (const MergeStep& step : linkage.clustering.steps) join(step);
    constexpr float no_weight = std::numeric_limits<float>::quiet_NaN();
    for (const std::uint32_t r : everybody) {
      MergeStep step;
      step.a = cluster[r];
      step.b = r;
      step.weight = step.mean = no_weight;
      join(step);
    }
  }
  if (!how.apply) return out;
  for (const MergeId id : out.undone) {
    const MergeEnds ends = ends_[static_cast<std::size_t>(id)];
    constexpr float no_weight = std::numeric_limits<float>::quiet_NaN();
    undo(id, time, "reconciliation",
         {DecidedBy::reconciliation, {ends.kept, ends.absorbed}, no_weight, no_weight}, out.events);
  }
  for (const MergeStep& step : joined) {
    const bool keeps = owners[step.a] < owners[step.b];
    merge(keeps ? step.a : step.b, keeps ? step.b : step.a, time, "reconciliation",
          {DecidedBy::reconciliation, {step.a, step.b}, step.weight, step.mean}, &out.events);
  }
  out.applied = true;
  if (how.refit) {
    model = std::move(linkage.model);
    choose_rules(context);
    build();
  }
  tell(out.events);
  return out;
}

}  // namespace emptor
