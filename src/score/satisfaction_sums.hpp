#pragma once
// One pass over the answers of a group, and the estimate that its sums give.

#include <cstdint>

#include "emptor/score/satisfaction.hpp"

namespace emptor::detail {

struct SatisfactionSums {
  std::uint64_t answers = 0, missing = 0, off_scale = 0, without_weight = 0;
  double weight = 0, squares = 0;  // of weights
  double y = 0, yy = 0;            // by weight
  double wy = 0, wyy = 0;          // by its square
  double bottom = 0, top = 0;
  double least = 1e300, most = -1e300;

  void add(double y_value, double w) noexcept {
    ++answers;
    const double ww = w * w;
    weight += w;
    squares += ww;
    y += w * y_value;
    yy += w * y_value * y_value;
    wy += ww * y_value;
    wyy += ww * y_value * y_value;
    least = y_value < least ? y_value : least;
    most = y_value > most ? y_value : most;
  }

  [[nodiscard]] bool same() const noexcept { return least >= most; }
  [[nodiscard]] double effective() const noexcept {
    return squares > 0 ? weight * weight / squares : 0;
  }
  /// Of y by weight, divisor the weight.
  [[nodiscard]] double spread() const noexcept;
  /// Of the mean by linearisation, for an endless population; needs two answers.
  [[nodiscard]] double variance() const noexcept;
};

/// What y is of each measure, and back.
struct SatisfactionScale {
  explicit SatisfactionScale(const SatisfactionOptions& options);
  [[nodiscard]] double value(double y) const noexcept { return zero + unit * y; }

  SatisfactionMeasure measure;
  double low, high, bottom, top;
  double zero, unit;   // value = zero + unit y
  double least, most;  // of y
  bool shares;         // y takes -1, 0, 1
};

void add_answer(SatisfactionSums& sums, const SatisfactionScale& scale, double score,
                double weight) noexcept;

[[nodiscard]] SatisfactionEstimate estimate_satisfaction(const SatisfactionSums& sums,
                                                         const SatisfactionScale& scale,
                                                         const SatisfactionOptions& options,
                                                         double population, double z);

/// Variance of one answer's y about its group's mean.
[[nodiscard]] double spread_within(std::span<const SatisfactionSums> groups) noexcept;

void require_satisfaction_options(const SatisfactionOptions& options);
void require_survey_weights(std::span<const double> weights, std::size_t rows, const char* where);
/// One more than the largest code; checks them.
[[nodiscard]] std::size_t survey_group_count(std::span<const std::uint32_t> groups,
                                             std::size_t rows, const char* where);

/// The sums behind a report; `out` gets total, distribution and groups.
[[nodiscard]] SatisfactionReport report_satisfaction(std::span<const SatisfactionSums> groups,
                                                     const SatisfactionSums& total,
                                                     const SatisfactionOptions& options);

}  // namespace emptor::detail
