#include "emptor/evaluate/lift.hpp"

#include <algorithm>
#include <limits>

#include "emptor/core/error.hpp"
#include "evaluate/binary_rows.hpp"

namespace emptor {

LiftTable lift_table(const BinaryScores& rows, std::size_t groups) {
  require_option(groups >= 1 && groups <= 10'000, "groups", "in [1, 10000]", groups);
  detail::check_binary(rows, "lift_table");
  LiftTable out;
  const detail::ClassTotals totals = detail::class_totals(rows);
  const double all = totals.all();
  if (!(all > 0)) return out;
  out.rate = totals.positive / all;
  out.groups.resize(groups);
  const double size = all / static_cast<double>(groups);
  // Sums so far at each border, by straight lines within rows of equal score.
  std::vector<double> positives(groups + 1, 0);
  std::size_t border = 1;
  double above = 0;
  double positive = 0;
  const std::vector<detail::RankedRow> ranked = detail::rank_rows(rows);
  detail::for_each_tie(rows, ranked, [&](const detail::TieGroup& group) {
    const double weight = group.positive + group.negative;
    for (; border < groups && size * static_cast<double>(border) <= above + weight; ++border) {
      const double part = (size * static_cast<double>(border) - above) / weight;
      positives[border] = positive + std::clamp(part, 0.0, 1.0) * group.positive;
      out.groups[border - 1].least_score = group.score;
    }
    above += weight;
    positive += group.positive;
    out.groups.back().least_score = group.score;
  });
  for (; border < groups; ++border) {  // by rounding alone
    positives[border] = positive;
    out.groups[border - 1].least_score = out.groups.back().least_score;
  }
  positives[groups] = totals.positive;
  for (std::size_t g = 0; g < groups; ++g) {
    LiftGroup& group = out.groups[g];
    group.weight = size;
    group.positives = std::max(0.0, positives[g + 1] - positives[g]);
    group.rate = std::min(1.0, group.positives / size);
    group.lift = group.rate / out.rate;
    group.share = static_cast<double>(g + 1) / static_cast<double>(groups);
    group.gain = positives[g + 1] / totals.positive;
    group.total_lift = group.gain / group.share;
  }
  return out;
}

}  // namespace emptor
