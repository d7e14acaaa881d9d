#pragma once
// What is measured of scores against outcomes of yes or no. Plain data; thread safety: values.

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace emptor {

/// The area under the ROC curve with its interval. All NaN but the counts when a class is missing.
struct AucEstimate {
  double auc = std::numeric_limits<double>::quiet_NaN();
  double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< NaN below two of a class
  double low = std::numeric_limits<double>::quiet_NaN();   ///< ends of the two-sided interval,
  double high = std::numeric_limits<double>::quiet_NaN();  ///< within [0, 1]
  double confidence = 0.95;
  std::uint64_t positives = 0;  ///< rows of weight > 0 with target 1
  std::uint64_t negatives = 0;

  [[nodiscard]] double gini() const noexcept { return 2 * auc - 1; }
};

/// Two scores of the same rows.
struct AucComparison {
  AucEstimate a;
  AucEstimate b;
  double difference = 0;      ///< AUC of a less that of b
  double standard_error = 0;  ///< of the difference
  double low = 0;             ///< ends of the interval of the difference
  double high = 0;
  double z = 0;
  /// Two-sided. 1 when the two rank alike; NaN when there is no spread to measure the difference
  /// by (both perfect in their ways) or a class has fewer than two rows.
  double p_value = 1;
};

/// Yes is said at scores >= `threshold`.
struct RocPoint {
  double threshold = 0;       ///< infinite at the first point, which says yes to nobody
  double false_positive = 0;  ///< share of the negatives
  double true_positive = 0;   ///< share of the positives
};

/// Where the shares of positives and of negatives above a threshold lie farthest apart.
struct KolmogorovSmirnov {
  double distance = std::numeric_limits<double>::quiet_NaN();  ///< in [0, 1]
  double threshold = std::numeric_limits<double>::quiet_NaN();
};

/// Sums of weights by outcome and answer.
struct ConfusionCounts {
  double threshold = 0;  ///< yes at scores >= this
  double true_positive = 0;
  double false_positive = 0;
  double true_negative = 0;
  double false_negative = 0;

  /// Each NaN where nothing stands in its divisor.
  [[nodiscard]] double precision() const noexcept {
    return true_positive / (true_positive + false_positive);
  }
  [[nodiscard]] double recall() const noexcept {
    return true_positive / (true_positive + false_negative);
  }
  [[nodiscard]] double specificity() const noexcept {
    return true_negative / (true_negative + false_positive);
  }
  [[nodiscard]] double accuracy() const noexcept {
    return (true_positive + true_negative) /
           (true_positive + false_positive + true_negative + false_negative);
  }
  [[nodiscard]] double f1() const noexcept {
    return 2 * true_positive / (2 * true_positive + false_positive + false_negative);
  }
  /// Matthews' correlation coefficient.
  [[nodiscard]] double correlation() const noexcept {
    return (true_positive * true_negative - false_positive * false_negative) /
           (std::sqrt(true_positive + false_positive) * std::sqrt(true_positive + false_negative) *
            std::sqrt(true_negative + false_positive) * std::sqrt(true_negative + false_negative));
  }
};

/// The score and how its rows are spread, one class against the other.
struct ScoreSpread {
  std::vector<double> edges{};      ///< bins + 1, ascending
  std::vector<double> positives{};  ///< share of the positives in each bin
  std::vector<double> negatives{};  ///< share of the negatives in each bin
};

}  // namespace emptor
