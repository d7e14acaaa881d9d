#include "emptor/evaluate/reliability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/error.hpp"
#include "emptor/math/normal.hpp"
#include "evaluate/binary_rows.hpp"

namespace emptor {

namespace {

void check_confidence(double confidence) {
  require_option(confidence > 0 && confidence < 1, "confidence", "in (0, 1)", confidence);
}

ShareInterval wilson(double share, double count, double z) {
  if (!(count > 0)) return {};
  const double squared = z * z / count;
  const double middle = (share + squared / 2) / (1 + squared);
  const double reach = z / (1 + squared) * std::sqrt((share * (1 - share) + squared / 4) / count);
  return {share == 0 ? 0.0 : std::max(0.0, middle - reach),
          share == 1 ? 1.0 : std::min(1.0, middle + reach)};
}

}  // namespace

ShareInterval wilson_interval(double share, double count, double confidence) {
  check_confidence(confidence);
  require_option(share >= 0 && share <= 1, "share", "in [0, 1]", share);
  require_option(count >= 0 && std::isfinite(count), "count", "finite and >= 0", count);
  return wilson(share, count, detail::normal_quantile(0.5 + confidence / 2));
}

ReliabilityCurve reliability_curve(const BinaryScores& rows, const ReliabilityOptions& options) {
  require_option(options.bins >= 1 && options.bins <= 100'000, "bins", "in [1, 100000]",
                 options.bins);
  check_confidence(options.confidence);
  detail::check_binary(rows, "reliability_curve", true);
  ReliabilityCurve out;
  out.confidence = options.confidence;
  const detail::ClassTotals totals = detail::class_totals(rows);
  if (!(totals.all() > 0)) return out;
  std::vector<detail::RankedRow> ranked = detail::rank_rows(rows);

  const auto bins = static_cast<double>(options.bins);
  std::vector<double> squares;  // of the weights of each bin
  double above = 0;
  double last = -1;
  double brier = 0;
  // Bins descend here; sums of probability and of ones stand in `predicted` and `observed`.
  detail::for_each_tie(rows, ranked, [&](const detail::TieGroup& group) {
    const double weight = group.positive + group.negative;
    const double probability = group.score + 0.0;
    double bin = probability;
    if (options.binning == ReliabilityBinning::equal_width) {
      bin = std::max(0.0, std::ceil(probability * bins) - 1);
    } else if (options.binning == ReliabilityBinning::equal_mass) {
      bin = std::min(bins - 1, std::floor((above + weight / 2) / totals.all() * bins));
    }
    above += weight;
    if (out.bins.empty() || bin != last) {
      out.bins.push_back({.low = probability, .high = probability});
      squares.push_back(0);
      last = bin;
    }
    ReliabilityBin& to = out.bins.back();
    to.low = probability;
    to.rows += group.end - group.begin;
    to.weight += weight;
    to.predicted += weight * probability;
    to.observed += group.positive;
    squares.back() += group.positive_squares + group.negative_squares;
    brier += group.positive * (1 - probability) * (1 - probability) +
             group.negative * probability * probability;
  });

  const double all = totals.all();
  const double base = totals.positive / all;
  const double z = detail::normal_quantile(0.5 + options.confidence / 2);
  out.observed = base;
  out.expected_error = 0;
  out.largest_error = 0;
  BrierParts& parts = out.parts;
  parts.brier = brier / all;
  parts.uncertainty = base * (1 - base);
  for (std::size_t b = 0; b < out.bins.size(); ++b) {
    ReliabilityBin& bin = out.bins[b];
    out.predicted += bin.predicted / all;
    bin.predicted = std::clamp(bin.predicted / bin.weight, bin.low, bin.high);
    bin.observed = std::min(1.0, bin.observed / bin.weight);
    const ShareInterval interval = wilson(bin.observed, bin.weight * bin.weight / squares[b], z);
    bin.lower = interval.low;
    bin.upper = interval.high;
    const double share = bin.weight / all;
    const double error = bin.predicted - bin.observed;
    out.expected_error += share * std::abs(error);
    out.largest_error = std::max(out.largest_error, std::abs(error));
    parts.reliability += share * error * error;
    parts.resolution += share * (bin.observed - base) * (bin.observed - base);
  }
  parts.within = parts.brier - (parts.reliability - parts.resolution + parts.uncertainty);
  std::reverse(out.bins.begin(), out.bins.end());
  return out;
}

}  // namespace emptor
