#pragma once
// How far are predicted ratings from those that were given? RMSE and MAE over held-out ratings,
// their bootstrap intervals, and paired comparisons of models.
//
// Customers, not ratings, are the independent draws of intervals and tests: ratings of one customer
// hang together. An error metric is then a ratio of sums over customers, whose interval is that of
// the mean of its linearised values, (e_c - m n_c) / mean(n) + m with e_c the customer's sum of
// errors, n_c of ratings and m the ratio: Bradley Efron, Robert J. Tibshirani, "An introduction to
// the bootstrap", Chapman & Hall 1993, doi:10.1201/9780429246593; ratios: William G. Cochran,
// "Sampling techniques", 3rd ed., Wiley 1977, chapter 6. RMSE takes the square root of the ends.
//
// Cost: one prediction a test rating. Memory: 28 bytes a test customer. Predictions run on the
// context's executor; sums are by customer: the same bits for any. Thread safety: pure, if the
// predictor is.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/rating_result.hpp"
#include "emptor/math/bootstrap.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor {

/// The predicted rating of a pair; called from any thread.
using RatingFunction = FunctionRef<double(Customer, Item)>;

/// Predicts every rating of `test` and sums the errors up by customer. `train`, what the model was
/// fitted on, only says who is cold. Throws `invalid_shape` when the two differ in customers or
/// items, `invalid_value` when a prediction is not finite.
[[nodiscard]] inline RatingEvaluation evaluate_ratings(std::string_view model, const Ratings& train,
                                                       const Ratings& test, RatingFunction predict,
                                                       const Context& context = {}) {
  if (train.customers() != test.customers() || train.items() != test.items()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("train is ", train.customers(), " x ", train.items(), ", test is ",
                         test.customers(), " x ", test.items()),
                    "evaluate_ratings");
  }
  RatingEvaluation out;
  out.model = model;
  for (std::size_t c = 0; c < test.customers(); ++c) {
    const std::size_t count = test.by_customer().row_size(c);
    if (count == 0) continue;
    const bool cold = train.by_customer().row_size(c) == 0;
    out.customers.push_back(id_at<Customer>(c));
    out.counts.push_back(count);
    out.ratings += count;
    out.cold_customers += cold ? 1 : 0;
    for (const std::uint32_t item : test.by_customer().row_indices(c)) {
      out.cold_ratings += cold || train.by_item().row_size(item) == 0 ? 1 : 0;
    }
  }
  out.squared_errors.resize(out.customers.size());
  out.absolute_errors.resize(out.customers.size());
  std::vector<double> signed_errors(out.customers.size());
  parallel_chunks(context, out.customers.size(), 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const Customer customer = out.customers[row];
      const auto items = test.by_customer().row_indices(index(customer));
      const auto given = test.by_customer().row_values(index(customer));
      for (std::size_t k = 0; k < items.size(); ++k) {
        const double predicted = predict(customer, id_at<Item>(items[k]));
        if (!std::isfinite(predicted)) {
          throw Exception(ErrorCode::invalid_value,
                          text("a predicted rating must be finite, got ", predicted),
                          "evaluate_ratings");
        }
        const double error = predicted - static_cast<double>(given[k]);
        out.squared_errors[row] += error * error;
        out.absolute_errors[row] += std::fabs(error);
        signed_errors[row] += error;
      }
    }
  });
  double squares = 0;
  double sizes = 0;
  double errors = 0;
  for (std::size_t row = 0; row < out.customers.size(); ++row) {
    squares += out.squared_errors[row];
    sizes += out.absolute_errors[row];
    errors += signed_errors[row];
  }
  if (out.ratings > 0) {
    const auto count = static_cast<double>(out.ratings);
    out.rmse = std::sqrt(squares / count);
    out.mae = sizes / count;
    out.bias = errors / count;
  }
  return out;
}

/// What predicts ratings.
template <class M>
concept RatingModel = requires(const M& model, Customer customer, Item item) {
  { model.name() } -> std::convertible_to<std::string_view>;
  { model.predict(customer, item) } -> std::convertible_to<double>;
};

/// The same of a model.
template <RatingModel M>
[[nodiscard]] RatingEvaluation evaluate_ratings(const M& model, const Ratings& train,
                                                const Ratings& test, const Context& context = {}) {
  const auto predict = [&](Customer customer, Item item) -> double {
    return static_cast<double>(model.predict(customer, item));
  };
  return evaluate_ratings(std::string_view(model.name()), train, test, RatingFunction(predict),
                          context);
}

namespace detail {

/// Mean squared or mean absolute error, and each customer's linearised value, whose mean it is.
inline double linearised_errors(const RatingEvaluation& evaluation, RatingMetric metric,
                                std::vector<double>& values) {
  const std::vector<double>& errors =
      metric == RatingMetric::rmse ? evaluation.squared_errors : evaluation.absolute_errors;
  double sum = 0;
  for (const double error : errors) sum += error;
  const double ratio = sum / static_cast<double>(evaluation.ratings);
  const double mean_count =
      static_cast<double>(evaluation.ratings) / static_cast<double>(errors.size());
  values.resize(errors.size());
  for (std::size_t row = 0; row < errors.size(); ++row) {
    const auto count = static_cast<double>(evaluation.counts[row]);
    values[row] = (errors[row] - ratio * count) / mean_count + ratio;
  }
  return ratio;
}

}  // namespace detail

/// RMSE and MAE with their intervals. No test ratings: all fields are NaN.
/// Throws `invalid_option` for the bootstrap's options.
[[nodiscard]] inline std::vector<RatingEstimate> estimate_rating_metrics(
    const RatingEvaluation& evaluation, const BootstrapOptions& options = {},
    const Context& context = {}) {
  std::vector<double> squared;
  std::vector<double> absolute;
  detail::linearised_errors(evaluation, RatingMetric::rmse, squared);
  detail::linearised_errors(evaluation, RatingMetric::mae, absolute);
  const std::vector<std::span<const double>> columns = {squared, absolute};
  const std::vector<ConfidenceInterval> intervals = bootstrap_means(columns, options, context);
  const ConfidenceInterval& mse = intervals[0];
  const ConfidenceInterval& mae = intervals[1];
  const auto root = [](double value) { return value < 0 ? 0 : std::sqrt(value); };
  const double rmse = evaluation.rmse;
  return {{RatingMetric::rmse, rmse, root(mse.low), root(mse.high),
           rmse == 0 ? 0 : mse.standard_error / (2 * rmse)},
          {RatingMetric::mae, evaluation.mae, mae.low, mae.high, mae.standard_error}};
}

/// Every model against every earlier one (model j minus model i, i < j). All must have been
/// evaluated on the same test ratings. Throws `invalid_shape` when customers or their numbers of
/// ratings differ, `invalid_option` for the bootstrap's options.
[[nodiscard]] inline std::vector<RatingComparison> compare_rating_models(
    std::span<const RatingEvaluation> evaluations, RatingMetric metric,
    const BootstrapOptions& options = {}, const Context& context = {}) {
  const bool squares = metric == RatingMetric::rmse;
  std::vector<RatingComparison> out;
  std::vector<std::vector<double>> linear;  // for the intervals
  std::vector<std::vector<double>> paired;  // for the tests: 0 where the models err alike
  std::vector<double> values_j;
  std::vector<double> values_i;
  for (std::size_t j = 0; j < evaluations.size(); ++j) {
    const RatingEvaluation& model = evaluations[j];
    if (model.customers != evaluations.front().customers ||
        model.counts != evaluations.front().counts) {
      throw Exception(ErrorCode::invalid_shape,
                      "models must have been evaluated on the same ratings",
                      "compare_rating_models");
    }
    for (std::size_t i = 0; i < j; ++i) {
      const RatingEvaluation& baseline = evaluations[i];
      const double m_j = detail::linearised_errors(model, metric, values_j);
      const double m_i = detail::linearised_errors(baseline, metric, values_i);
      // sqrt a - sqrt b = (a - b) / (sqrt a + sqrt b), and sqrt has the slope 1 / (2 sqrt a).
      const double root_j = squares ? std::sqrt(m_j) : 1;
      const double root_i = squares ? std::sqrt(m_i) : 1;
      const auto divided = [](double a, double b) { return b > 0 ? a / b : 0; };
      const double difference = squares ? root_j - root_i : m_j - m_i;
      const double total = squares ? root_j + root_i : 1;
      const double slope = squares ? 2 : 1;
      const auto& errors_j = squares ? model.squared_errors : model.absolute_errors;
      const auto& errors_i = squares ? baseline.squared_errors : baseline.absolute_errors;
      const double mean_count =
          static_cast<double>(model.ratings) / static_cast<double>(model.customers.size());
      std::vector<double>& interval_column = linear.emplace_back(values_j.size());
      std::vector<double>& test_column = paired.emplace_back(values_j.size());
      for (std::size_t row = 0; row < values_j.size(); ++row) {
        interval_column[row] = difference + divided(values_j[row] - m_j, slope * root_j) -
                               divided(values_i[row] - m_i, slope * root_i);
        test_column[row] = divided(errors_j[row] - errors_i[row], total * mean_count);
      }
      out.push_back({.model = model.model,
                     .baseline = baseline.model,
                     .metric = metric,
                     .customers = model.customers.size(),
                     .difference = difference});
    }
  }
  const std::vector<std::span<const double>> linear_views(linear.begin(), linear.end());
  const std::vector<std::span<const double>> paired_views(paired.begin(), paired.end());
  const auto intervals = bootstrap_means(linear_views, options, context);
  const std::vector<double> p_values = sign_flip_test(paired_views, options, context);
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t pair = 0; pair < out.size(); ++pair) {
    out[pair].low = intervals[pair].low;
    out[pair].high = intervals[pair].high;
    out[pair].p_value = p_values[pair];
    out[pair].p_adjusted = adjusted[pair];
  }
  return out;
}

}  // namespace emptor
