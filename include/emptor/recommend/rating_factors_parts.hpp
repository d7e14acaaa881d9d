#pragma once
// What a model of explicit ratings is made of; see rating_factors.hpp. Thread safety: values.

#include <cstdint>
#include <vector>

#include "emptor/core/matrix.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor {

/// How the model was fitted, which is its name.
enum class RatingMethod : std::uint8_t { sgd, als, svd_pp };

/// How updates go on learning: the options of the fit that lambda and bias_lambda are not.
struct RatingTraining {
  double learning_rate = 0.02;      ///< in (0, 1): of an update's first sweep; als: not used
  double decay = 0.97;              ///< in (0, 1]: of the learning rate, a sweep; als: not used
  double implicit_lambda = 0.005;   ///< svd_pp: regularisation of y
  double initial_deviation = 0.05;  ///< in (0, 10]: standard deviation of start values of new rows
  std::uint64_t sweeps = 1;         ///< of an update, at least 1
  std::uint64_t seed = 1;           ///< of start values and order
  std::uint64_t updates = 0;        ///< done so far
};

/// All there is to a RatingFactorsModel; what fits make and archives hold.
struct RatingFactorsParts {
  Ratings data;
  RatingMethod method = RatingMethod::sgd;
  bool clip = true;          ///< `predict` stays on the scale
  double mean = 0;           ///< of the ratings
  double spread = 1;         ///< > 0
  double lambda = 0.1;       ///< > 0: regularisation of a new customer's factors, a rating
  double bias_lambda = 0.1;  ///< > 0: of a new customer's bias, a rating
  Matrix<float> customers;   ///< p_u: m x f
  Matrix<float> items;       ///< v_i: n x f
  Matrix<float> implicit{};  ///< y_i: n x f for SVD++, else empty
  std::vector<float> customer_biases;
  std::vector<float> item_biases;
  RatingTraining training{};
};

}  // namespace emptor
