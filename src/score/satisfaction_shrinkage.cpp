#include "emptor/score/satisfaction_shrinkage.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

struct Known {
  double value, variance;
};

struct Centre {
  double mean, precision, squares;  // squares: sum of (y - mean)^2 / (D + A)
};

Centre centre(std::span<const Known> known, double a) noexcept {
  Centre out{0, 0, 0};
  for (const Known& k : known) {
    out.precision += 1 / (k.variance + a);
    out.mean += k.value / (k.variance + a);
  }
  out.mean /= out.precision;
  for (const Known& k : known) {
    out.squares += (k.value - out.mean) * (k.value - out.mean) / (k.variance + a);
  }
  return out;
}

double between_variance(std::span<const Known> known) noexcept {
  const double k = static_cast<double>(known.size());
  double least = known[0].value, most = known[0].value, least_variance = known[0].variance;
  for (const Known& one : known) {
    least = std::min(least, one.value);
    most = std::max(most, one.value);
    least_variance = std::min(least_variance, one.variance);
  }
  if (least == most) return 0;
  if (least_variance > 0 && centre(known, 0).squares <= k - 1) return 0;
  double low = 0, high = 2 * (most - least) * (most - least);  // squares <= k / 2 there
  for (int i = 0; i < 100 && low < high; ++i) {
    const double middle = (low + high) / 2;
    if (middle == low || middle == high) break;
    (centre(known, middle).squares > k - 1 ? low : high) = middle;
  }
  return high;
}

}  // namespace

GroupShrinkage shrink_groups(std::span<const double> values, std::span<const double> variances) {
  if (values.size() != variances.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(variances.size(), " variances of ", values.size(), " values"),
                    "shrink_groups");
  }
  std::vector<Known> known;
  for (std::size_t g = 0; g < values.size(); ++g) {
    if (std::isnan(values[g])) continue;
    if (!(std::abs(values[g]) <= 1e100) || !(variances[g] >= 0 && variances[g] <= 1e200)) {
      throw Exception(ErrorCode::invalid_value,
                      "values must be in [-1e100, 1e100], variances in [0, 1e200]",
                      "shrink_groups");
    }
    known.push_back({values[g], variances[g]});
  }
  GroupShrinkage out;
  out.groups.resize(values.size());
  out.applied = known.size() >= 4;
  const double k = static_cast<double>(known.size());
  const bool exact =
      std::any_of(known.begin(), known.end(), [](const Known& one) { return one.variance == 0; });
  const double a = out.applied ? between_variance(known) : 0;
  // Groups known exactly, and all alike: nothing is divided by 0.
  const double floor = exact && a == 0 ? std::numeric_limits<double>::min() * 1e16 : a;
  const Centre all = known.empty() ? Centre{0, 0, 0} : centre(known, floor);
  double mean_variance = 0;
  for (const Known& one : known) mean_variance += one.variance / (one.variance + floor);
  mean_variance = known.empty() ? 0 : mean_variance / all.precision;
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  out.mean = known.empty() ? unknown : all.mean;
  out.spread = std::sqrt(a);
  for (std::size_t g = 0; g < values.size(); ++g) {
    ShrunkMean& to = out.groups[g];
    if (std::isnan(values[g])) {
      to = {out.mean, out.applied ? std::sqrt(a + 1 / all.precision) : unknown, 1};
      continue;
    }
    const double variance = variances[g];
    if (!out.applied) {
      to = {values[g], std::sqrt(variance), 0};
      continue;
    }
    const double total = variance + floor;
    const double shrinkage = (k - 3) / (k - 1) * variance / total;
    const double own = 1 / (total * all.precision);  // share of the group in mu
    const double off = values[g] - all.mean;
    const double doubt = 2 / (k - 3) * shrinkage * shrinkage * (mean_variance + floor) / total;
    to = {values[g] - shrinkage * off,
          std::sqrt(variance * (1 - (1 - own) * shrinkage) + doubt * off * off), shrinkage};
  }
  return out;
}

}  // namespace emptor
