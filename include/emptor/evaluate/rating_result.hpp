#pragma once
// What the evaluation of predicted ratings finds out, as plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"

namespace emptor {

/// In units of the rating scale; less is better.
enum class RatingMetric : std::uint8_t {
  rmse,  ///< root of the mean squared error over all test ratings
  mae,   ///< mean absolute error over all test ratings
};

/// "RMSE" or "MAE".
[[nodiscard]] constexpr std::string_view rating_metric_name(RatingMetric metric) noexcept {
  return metric == RatingMetric::rmse ? "RMSE" : "MAE";
}

/// One model's errors. Rows are the customers with a test rating, ascending.
struct RatingEvaluation {
  std::string model;
  std::size_t ratings = 0;         ///< test ratings, each predicted once
  std::size_t cold_customers = 0;  ///< test customers without a training rating
  std::size_t cold_ratings = 0;    ///< test ratings of cold customers or on items nobody rated
  double rmse = std::numeric_limits<double>::quiet_NaN();  ///< NaN: no test ratings
  double mae = std::numeric_limits<double>::quiet_NaN();
  double bias = std::numeric_limits<double>::quiet_NaN();  ///< mean of predicted minus given
  std::vector<Customer> customers;
  std::vector<std::size_t> counts;      ///< test ratings a customer
  std::vector<double> squared_errors;   ///< their sum, a customer
  std::vector<double> absolute_errors;  ///< their sum, a customer
};

/// A value with its bootstrap interval over customers.
struct RatingEstimate {
  RatingMetric metric = RatingMetric::rmse;
  double value = 0;
  double low = 0;
  double high = 0;
  double standard_error = 0;  ///< standard deviation of the replicates, to first order
};

/// Two models on the same test ratings: `model` minus `baseline`; below 0 the model is better.
struct RatingComparison {
  std::string model;
  std::string baseline;
  RatingMetric metric = RatingMetric::rmse;
  std::size_t customers = 0;
  double difference = 0;  ///< of the two metrics
  double low = 0;         ///< interval of the difference, to first order
  double high = 0;
  double p_value = 1;     ///< sign-flip randomisation test over customers, two-sided
  double p_adjusted = 1;  ///< by Holm's method over all comparisons made in one call
};

}  // namespace emptor
