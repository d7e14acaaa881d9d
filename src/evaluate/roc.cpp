#include "emptor/evaluate/roc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/math/normal.hpp"
#include "evaluate/binary_rows.hpp"

namespace emptor {

namespace {

using detail::ClassTotals;
using detail::RankedRow;
using detail::TieGroup;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

void check_confidence(double confidence) {
  require_option(confidence > 0 && confidence < 1, "confidence", "in (0, 1)", confidence);
}

/// m / (m - 1), which makes a sum of squares about the mean unbiased; NaN below two rows.
double unbiased(std::uint64_t rows) {
  return rows < 2 ? missing : static_cast<double>(rows) / static_cast<double>(rows - 1);
}

/// Walks the groups with the structural components of their rows: the share of negatives below a
/// positive, and of positives above a negative, ties half.
template <class Visit>
void for_each_component(const BinaryScores& rows, const std::vector<RankedRow>& ranked,
                        const ClassTotals& totals, Visit&& visit) {
  double positive_above = 0;
  double negative_above = 0;
  detail::for_each_tie(rows, ranked, [&](const TieGroup& group) {
    // From what lies above, as exact as sums of whole weights are.
    const double below = totals.negative - (negative_above + group.negative / 2);
    const double above = positive_above + group.positive / 2;
    visit(group, std::clamp(below / totals.negative, 0.0, 1.0),
          std::clamp(above / totals.positive, 0.0, 1.0));
    positive_above += group.positive;
    negative_above += group.negative;
  });
}

double area(const BinaryScores& rows, const std::vector<RankedRow>& ranked,
            const ClassTotals& totals) {
  double halves = 0;
  double positive_above = 0;
  detail::for_each_tie(rows, ranked, [&](const TieGroup& group) {
    halves += group.negative * (2 * positive_above + group.positive);
    positive_above += group.positive;
  });
  return std::min(1.0, halves / (2 * totals.positive * totals.negative));
}

void add_interval(AucEstimate& out, double variance) {
  out.standard_error = std::sqrt(variance);
  const double reach = detail::normal_quantile(0.5 + out.confidence / 2) * out.standard_error;
  out.low = std::max(0.0, out.auc - reach);
  out.high = std::min(1.0, out.auc + reach);
  if (variance != variance) out.low = out.high = missing;
}

}  // namespace

AucEstimate roc_auc(const BinaryScores& rows, double confidence) {
  check_confidence(confidence);
  detail::check_binary(rows, "roc_auc");
  const ClassTotals totals = detail::class_totals(rows);
  AucEstimate out;
  out.confidence = confidence;
  out.positives = totals.positives;
  out.negatives = totals.negatives;
  if (!totals.both()) return out;
  const std::vector<RankedRow> ranked = detail::rank_rows(rows);
  out.auc = area(rows, ranked, totals);
  double of_positives = 0;
  double of_negatives = 0;
  for_each_component(rows, ranked, totals, [&](const TieGroup& group, double below, double above) {
    of_positives += group.positive_squares * (below - out.auc) * (below - out.auc);
    of_negatives += group.negative_squares * (above - out.auc) * (above - out.auc);
  });
  add_interval(out,
               of_positives / (totals.positive * totals.positive) * unbiased(totals.positives) +
                   of_negatives / (totals.negative * totals.negative) * unbiased(totals.negatives));
  return out;
}

AucComparison compare_roc_auc(const BinaryScores& rows, std::span<const double> other,
                              double confidence) {
  check_confidence(confidence);
  const BinaryScores second{rows.target, other, rows.weight};
  detail::check_binary(rows, "compare_roc_auc");
  detail::check_binary(second, "compare_roc_auc");
  AucComparison out;
  out.a = roc_auc(rows, confidence);
  out.b = roc_auc(second, confidence);
  const ClassTotals totals = detail::class_totals(rows);
  out.difference = out.a.auc - out.b.auc;
  out.standard_error = out.low = out.high = out.z = out.p_value = missing;
  if (totals.positives < 2 || totals.negatives < 2) return out;
  std::vector<double> component(rows.target.size());  // of a, less that of b
  const auto add = [&](const BinaryScores& of, double sign) {
    const std::vector<RankedRow> ranked = detail::rank_rows(of);
    for_each_component(of, ranked, totals, [&](const TieGroup& group, double below, double above) {
      for (std::size_t i = group.begin; i < group.end; ++i) {
        const std::uint32_t row = ranked[i].row;
        component[row] += sign * (rows.target[row] == 1 ? below : above);
      }
    });
  };
  add(rows, 1);
  add(second, -1);
  double of_positives = 0;
  double of_negatives = 0;
  for (std::size_t row = 0; row < component.size(); ++row) {
    const double weight = detail::weight_of(rows, row);
    const double deviation = weight * (component[row] - out.difference);
    (rows.target[row] == 1 ? of_positives : of_negatives) += deviation * deviation;
  }
  const double variance =
      of_positives / (totals.positive * totals.positive) * unbiased(totals.positives) +
      of_negatives / (totals.negative * totals.negative) * unbiased(totals.negatives);
  // Components are shares, exact to a few units of 1e-16: what is smaller is no spread.
  out.standard_error = variance < 1e-30 ? 0.0 : std::sqrt(variance);
  const double reach = detail::normal_quantile(0.5 + confidence / 2) * out.standard_error;
  out.low = std::max(-1.0, out.difference - reach);
  out.high = std::min(1.0, out.difference + reach);
  if (out.standard_error > 0) {
    out.z = out.difference / out.standard_error;
    out.p_value = 2 * detail::normal_cdf(-std::abs(out.z));
  } else if (std::abs(out.difference) < 1e-12) {
    out.z = 0;
    out.p_value = 1;
  }
  return out;
}

std::vector<RocPoint> roc_curve(const BinaryScores& rows, std::size_t most) {
  require_option(most != 1, "most", "0 or at least 2", most);
  detail::check_binary(rows, "roc_curve");
  const ClassTotals totals = detail::class_totals(rows);
  std::vector<RocPoint> all;
  if (!totals.both()) return all;
  all.push_back({std::numeric_limits<double>::infinity(), 0, 0});
  double positive = 0;
  double negative = 0;
  const std::vector<RankedRow> ranked = detail::rank_rows(rows);
  detail::for_each_tie(rows, ranked, [&](const TieGroup& group) {
    positive += group.positive;
    negative += group.negative;
    all.push_back({group.score, std::min(1.0, negative / totals.negative),
                   std::min(1.0, positive / totals.positive)});
  });
  all.back().false_positive = all.back().true_positive = 1;
  if (most == 0 || all.size() <= most) return all;
  // The curve's length in steps right and up is 2; the next point is the first beyond each mark.
  std::vector<RocPoint> out{all.front()};
  for (std::size_t i = 1; i + 1 < all.size() && out.size() + 1 < most; ++i) {
    const double at = all[i].false_positive + all[i].true_positive;
    if (at >= 2 * static_cast<double>(out.size()) / static_cast<double>(most - 1)) {
      out.push_back(all[i]);
    }
  }
  out.push_back(all.back());
  return out;
}

KolmogorovSmirnov kolmogorov_smirnov(const BinaryScores& rows) {
  detail::check_binary(rows, "kolmogorov_smirnov");
  const ClassTotals totals = detail::class_totals(rows);
  KolmogorovSmirnov out;
  if (!totals.both()) return out;
  out.distance = 0;
  double positive = 0;
  double negative = 0;
  const std::vector<RankedRow> ranked = detail::rank_rows(rows);
  bool first = true;
  detail::for_each_tie(rows, ranked, [&](const TieGroup& group) {
    positive += group.positive;
    negative += group.negative;
    const double distance = std::abs(positive / totals.positive - negative / totals.negative);
    if (first || distance > out.distance) {
      out.distance = std::min(1.0, distance);
      out.threshold = group.score;
    }
    first = false;
  });
  return out;
}

}  // namespace emptor
