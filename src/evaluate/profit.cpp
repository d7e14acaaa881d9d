#include "emptor/evaluate/profit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "evaluate/binary_rows.hpp"

namespace emptor {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check_terms(const ProfitTerms& terms) {
  const auto check = [](double amount, const char* name) {
    require_option(std::isfinite(amount), name, "finite", amount);
  };
  check(terms.true_positive, "true_positive");
  check(terms.false_positive, "false_positive");
  check(terms.false_negative, "false_negative");
  check(terms.true_negative, "true_negative");
}

/// `gain_of(group)`: what acting on the group's rows brings more than leaving them alone.
template <class Gain>
ProfitCurve walk(const BinaryScores& rows, std::size_t most, double nobody, Gain&& gain_of) {
  require_option(most != 1, "most", "0 or at least 2", most);
  ProfitCurve out;
  out.nobody = nobody;
  out.best.profit = nobody;
  out.everybody = out.best;
  const std::vector<detail::RankedRow> ranked = detail::rank_rows(rows);
  if (ranked.empty()) return out;
  double all = 0;
  for (const detail::RankedRow& one : ranked) all += detail::weight_of(rows, one.row);
  std::vector<ProfitPoint> points{out.best};
  double gain = 0;
  double weight = 0;
  detail::for_each_tie(rows, ranked, [&](const detail::TieGroup& group) {
    gain += gain_of(group, ranked);
    weight += group.positive + group.negative;
    points.push_back({group.score, std::min(1.0, weight / all), nobody + gain});
    if (points.back().profit > out.best.profit) out.best = points.back();
  });
  points.back().share = 1;
  if (out.best.threshold == points.back().threshold) out.best.share = 1;
  out.everybody = points.back();
  if (most == 0 || points.size() <= most) {
    out.points = std::move(points);
    return out;
  }
  out.points.push_back(points.front());
  for (std::size_t i = 1; i + 1 < points.size() && out.points.size() + 1 < most; ++i) {
    const double mark = static_cast<double>(out.points.size()) / static_cast<double>(most - 1);
    if (points[i].share >= mark) out.points.push_back(points[i]);
  }
  out.points.push_back(points.back());
  return out;
}

}  // namespace

ProfitCurve profit_curve(const BinaryScores& rows, const ProfitTerms& terms, std::size_t most) {
  check_terms(terms);
  detail::check_binary(rows, "profit_curve");
  const detail::ClassTotals totals = detail::class_totals(rows);
  const double of_one = terms.true_positive - terms.false_negative;
  const double of_zero = terms.false_positive - terms.true_negative;
  return walk(rows, most,
              totals.positive * terms.false_negative + totals.negative * terms.true_negative,
              [&](const detail::TieGroup& group, const auto&) {
                return group.positive * of_one + group.negative * of_zero;
              });
}

ProfitCurve profit_curve(std::span<const double> score, std::span<const double> gain,
                         std::size_t most) {
  // Targets do not matter here: all are zero.
  const std::vector<double> none(score.size(), 0);
  const BinaryScores rows{none, score, {}};
  detail::check_binary(rows, "profit_curve");
  if (gain.size() != score.size()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("there must be a gain for each of ", score.size(), " scores, got ", gain.size()),
        "profit_curve");
  }
  for (std::size_t row = 0; row < gain.size(); ++row) {
    if (!std::isfinite(gain[row])) {
      throw Exception(ErrorCode::invalid_value, text("a gain must be finite, in row ", row),
                      "profit_curve");
    }
  }
  return walk(rows, most, 0, [&](const detail::TieGroup& group, const auto& ranked) {
    double sum = 0;
    for (std::size_t i = group.begin; i < group.end; ++i) sum += gain[ranked[i].row];
    return sum;
  });
}

double profit_threshold(const ProfitTerms& terms) {
  check_terms(terms);
  const double of_one = terms.true_positive - terms.false_negative;
  const double of_zero = terms.false_positive - terms.true_negative;
  require_option(of_one >= of_zero, "terms", "such that acting pays at least as much for ones",
                 of_one - of_zero);
  if (of_zero >= 0) return 0;
  if (of_one <= 0) return infinity;
  return -of_zero / (of_one - of_zero);
}

}  // namespace emptor
