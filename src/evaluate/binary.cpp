#include "emptor/evaluate/binary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "evaluate/binary_rows.hpp"

namespace emptor {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// The weighted mean of what `loss` says of each row; NaN when there are none.
template <class Loss>
double weighted_mean(const BinaryScores& rows, Loss&& loss) {
  double sum = 0;
  double weights = 0;
  for (std::size_t row = 0; row < rows.target.size(); ++row) {
    const double weight = detail::weight_of(rows, row);
    if (weight == 0) continue;
    sum += weight * loss(rows.target[row], rows.score[row]);
    weights += weight;
  }
  return weights > 0 ? sum / weights : missing;
}

}  // namespace

double average_precision(const BinaryScores& rows) {
  detail::check_binary(rows, "average_precision");
  const detail::ClassTotals totals = detail::class_totals(rows);
  if (totals.positives == 0) return missing;
  const std::vector<detail::RankedRow> ranked = detail::rank_rows(rows);
  double positive = 0;
  double all = 0;
  double sum = 0;
  detail::for_each_tie(rows, ranked, [&](const detail::TieGroup& group) {
    positive += group.positive;
    all += group.positive + group.negative;
    sum += group.positive * (positive / all);
  });
  return std::min(1.0, sum / totals.positive);
}

double binary_log_loss(const BinaryScores& rows) {
  detail::check_binary(rows, "binary_log_loss", true);
  return weighted_mean(rows, [](double target, double probability) {
    constexpr double edge = 0x1.0p-52;
    const double kept = std::clamp(probability, edge, 1 - edge);
    return target == 1 ? -std::log(kept) : -std::log1p(-kept);
  });
}

double brier_score(const BinaryScores& rows) {
  detail::check_binary(rows, "brier_score", true);
  return weighted_mean(rows, [](double target, double probability) {
    return (target - probability) * (target - probability);
  });
}

ConfusionCounts confusion_at(const BinaryScores& rows, double threshold) {
  require_option(threshold == threshold, "threshold", "a number", threshold);
  detail::check_binary(rows, "confusion_at");
  ConfusionCounts out;
  out.threshold = threshold;
  for (std::size_t row = 0; row < rows.target.size(); ++row) {
    const bool yes = rows.score[row] >= threshold;
    const bool came = rows.target[row] == 1;
    double& cell = came ? (yes ? out.true_positive : out.false_negative)
                        : (yes ? out.false_positive : out.true_negative);
    cell += detail::weight_of(rows, row);
  }
  return out;
}

ScoreSpread score_spread(const BinaryScores& rows, std::size_t bins) {
  require_option(bins >= 1 && bins <= 1000, "bins", "in [1, 1000]", bins);
  detail::check_binary(rows, "score_spread");
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (std::size_t row = 0; row < rows.score.size(); ++row) {
    const double score = rows.score[row];
    if (!std::isfinite(score) || detail::weight_of(rows, row) == 0) continue;
    low = std::min(low, score);
    high = std::max(high, score);
  }
  ScoreSpread out;
  if (low > high) return out;
  const double count = static_cast<double>(bins);
  // Halves, so that the whole range of a double has a width, too.
  const double width = high / 2 - low / 2;
  out.edges.resize(bins + 1);
  for (std::size_t i = 0; i <= bins; ++i) {
    const double share = static_cast<double>(i) / count;
    out.edges[i] = low * (1 - share) + high * share;
  }
  out.positives.assign(bins, 0);
  out.negatives.assign(bins, 0);
  const detail::ClassTotals totals = detail::class_totals(rows);
  for (std::size_t row = 0; row < rows.score.size(); ++row) {
    const double share =
        width > 0 ? std::clamp((rows.score[row] / 2 - low / 2) / width, 0.0, 1.0) : 0.0;
    const std::size_t bin = std::min(bins - 1, static_cast<std::size_t>(share * count));
    const bool came = rows.target[row] == 1;
    const double total = came ? totals.positive : totals.negative;
    if (total > 0) {
      (came ? out.positives : out.negatives)[bin] += detail::weight_of(rows, row) / total;
    }
  }
  return out;
}

}  // namespace emptor
