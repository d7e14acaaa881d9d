#pragma once
// Options and report of feature-aware ALS; see feature_als.hpp. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/table/feature_matrix.hpp"

namespace emptor {

struct FeatureAlsOptions {
  std::size_t factors = 64;        ///< f, 1 to 4096
  std::size_t sweeps = 12;         ///< over both sides, >= 1
  std::size_t update_sweeps = 2;   ///< of an update, >= 1
  double unobserved_weight = 0.1;  ///< a0 >= 0; as in AlsOptions
  double lambda = 0.003;           ///< > 0: how strongly rows are held to what features say
  double nu = 1;                   ///< 0 to 2; as in AlsOptions
  double feature_lambda = 1;       ///< > 0: how strongly feature vectors are held to 0; in units of
                                   ///< a row's regularisation, of which lambda tells the size
  std::size_t regression_steps = 6;  ///< of conjugate gradients a sweep, warm-started, >= 1
  bool use_weights = false;          ///< w is the interaction's weight; else 1
  double initial_deviation = 0.1;    ///< > 0: standard deviation of start values x sqrt(f)
  std::uint64_t seed = 1;            ///< of the start values
  bool trace_loss = false;           ///< report the loss after each sweep
};

struct FeatureAlsReport {
  std::size_t sweeps = 0;    ///< done
  std::vector<double> loss;  ///< after each, if traced; never rises but by rounding
  bool stopped = false;      ///< by the progress callback
};

/// What is known besides interactions. A matrix of no rows says nothing of its side; else it has a
/// row for each customer or item.
struct SideFeatures {
  FeatureMatrix customers{};
  FeatureMatrix items{};
};

/// A feature of someone new, by its number in the model's matrix.
struct FeatureValue {
  Feature feature{};
  float value = 1;  ///< finite
};

}  // namespace emptor
