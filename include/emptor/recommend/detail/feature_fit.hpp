#pragma once
// The fit of recommend/feature_als.hpp: feature vectors by regression, then items, then customers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/detail/eigenbasis.hpp"
#include "emptor/recommend/detail/feature_regression.hpp"
#include "emptor/recommend/detail/pulled_row.hpp"
#include "emptor/recommend/detail/workspaces.hpp"
#include "emptor/recommend/feature_als_options.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// Throws `invalid_option`.
inline void check_feature_als_options(const FeatureAlsOptions& options) {
  const auto positive = [](double value) { return value > 0 && std::isfinite(value); };
  require_option(options.factors >= 1 && options.factors <= 4096, "factors", "in 1 to 4096",
                 options.factors);
  require_option(options.sweeps >= 1, "sweeps", ">= 1", options.sweeps);
  require_option(options.update_sweeps >= 1, "update_sweeps", ">= 1", options.update_sweeps);
  require_option(options.unobserved_weight >= 0 && std::isfinite(options.unobserved_weight),
                 "unobserved_weight", "finite and >= 0", options.unobserved_weight);
  require_option(positive(options.lambda), "lambda", "finite and > 0", options.lambda);
  require_option(options.nu >= 0 && options.nu <= 2, "nu", "in 0 to 2", options.nu);
  require_option(positive(options.feature_lambda), "feature_lambda", "finite and > 0",
                 options.feature_lambda);
  require_option(options.regression_steps >= 1, "regression_steps", ">= 1",
                 options.regression_steps);
  require_option(positive(options.initial_deviation), "initial_deviation", "finite and > 0",
                 options.initial_deviation);
}

/// Throws unless the features are of this many rows, or of none.
inline void require_feature_rows(const FeatureMatrix& features, std::size_t rows,
                                 std::string_view what, std::string_view where) {
  if (features.rows() != rows && (features.rows() != 0 || features.features() != 0)) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("features of ", what, " need ", rows, " rows, or none at all; got ", features.rows()),
        std::string(where));
  }
}

/// lambda (|row| + a0 n_opposite)^nu
[[nodiscard]] inline float feature_ridge(const FeatureAlsOptions& options, std::size_t interactions,
                                         std::size_t opposite) {
  const double frequency =
      static_cast<double>(interactions) + options.unobserved_weight * static_cast<double>(opposite);
  return static_cast<float>(options.lambda * std::pow(frequency, options.nu));
}

/// The factors of a fit.
struct FeatureFactors {
  Matrix<float> customers;          ///< m x f
  Matrix<float> items;              ///< n x f
  Matrix<float> customer_features;  ///< features of customers x f
  Matrix<float> item_features;      ///< features of items x f
  std::vector<float> spectrum;      ///< `stride` values: a0 times the items' Gramian's eigenvalues

  /// The first rows of a larger matrix.
  [[nodiscard]] static Matrix<float> grown(const Matrix<float>& from, std::size_t rows) {
    Matrix<float> out(rows, from.columns());
    for (std::size_t r = 0; r < from.rows(); ++r) {
      std::copy(from.row(r).begin(), from.row(r).end(), out.row(r).begin());
    }
    return out;
  }
};

class FeatureFitter {
 public:
  FeatureFitter(const Interactions& data, const SideFeatures& features,
                const FeatureAlsOptions& options, const Context& context, FeatureFactors from)
      : data_(data),
        options_(options),
        context_(context),
        algebra_(linear_algebra_kernels<float>(context.kernels)),
        factors(std::move(from)),
        customers_{data.by_customer(), features.customers, factors.customers,
                   factors.customer_features, ridges(data.by_customer())},
        items_{data.by_item(), features.items, factors.items, factors.item_features,
               ridges(data.by_item())},
        work_(context, std::max(pulled_row_workspace<float>(factors.items.stride(), longest()),
                                eigenbasis_workspace(factors.items.stride()))) {}

  FeatureFitter(const FeatureFitter&) = delete;
  FeatureFitter& operator=(const FeatureFitter&) = delete;

  /// No factors but start values of customers.
  [[nodiscard]] static FeatureFactors start(const Interactions& data, const SideFeatures& features,
                                            const FeatureAlsOptions& options) {
    const std::size_t f = options.factors;
    FeatureFactors out{Matrix<float>(data.customers(), f), Matrix<float>(data.items(), f),
                       Matrix<float>(features.customers.features(), f),
                       Matrix<float>(features.items.features(), f),
                       std::vector<float>(Matrix<float>::padded(f), 1.0F)};
    const double limit = options.initial_deviation * std::sqrt(3 / static_cast<double>(f));
    for (std::size_t r = 0; r < data.customers(); ++r) {
      if (data.by_customer().row_size(r) == 0) continue;
      RandomStream random(options.seed, r);
      for (float& value : out.customers.row(r)) {
        value = static_cast<float>(random.uniform(-limit, limit));
      }
    }
    return out;
  }

  void sweep() {
    solve(items_, customers_);
    solve(customers_, items_);
  }
  void regress() {
    for (const Side* side : {&items_, &customers_}) {
      const FeatureRegression regression(side->features.by_row(), side->features.by_feature(),
                                         known_ridges(*side), options_.feature_lambda, context_);
      regression.improve(side->factors, options_.regression_steps, side->feature_factors);
    }
  }

  /// What the fit minimises; as after a sweep.
  [[nodiscard]] double loss() const {
    double sum = 0;
    for (std::size_t u = 0; u < data_.customers(); ++u) {
      const auto has = data_.by_customer().row_indices(u);
      if (has.empty()) continue;
      const auto weights = data_.by_customer().row_values(u);
      const auto x = factors.customers.row(u);
      for (std::size_t k = 0; k < has.size(); ++k) {
        const double miss = 1 - dot(x, factors.items.row(has[k]));
        sum += (options_.use_weights ? double(weights[k]) : 1.0) * miss * miss;
      }
      for (std::size_t j = 0; j < x.size(); ++j) {
        sum += double(factors.spectrum[j]) * double(x[j]) * double(x[j]);
      }
    }
    for (const Side* side : {&customers_, &items_}) {
      Matrix<float> means(side->factors.rows(), options_.factors);
      if (side->has_features()) {
        combine_features(side->features.by_row(), side->feature_factors, {}, context_, means);
      }
      for (std::size_t r = 0; r < side->factors.rows(); ++r) {
        if (side->rows.row_size(r) == 0) continue;
        double square = 0;
        for (std::size_t j = 0; j < options_.factors; ++j) {
          const double off = double(side->factors(r, j)) - double(means(r, j));
          square += off * off;
        }
        sum += double(side->ridge[r]) * square;
      }
      for (std::size_t r = 0; r < side->feature_factors.rows(); ++r) {
        const auto row = side->feature_factors.row(r);
        sum += options_.feature_lambda * dot(row, row);
      }
    }
    return sum;
  }

  [[nodiscard]] bool finite() const {
    for (const Matrix<float>* matrix :
         {&factors.customers, &factors.items, &factors.customer_features, &factors.item_features}) {
      for (std::size_t r = 0; r < matrix->rows(); ++r) {
        for (const float value : matrix->row(r)) {
          if (!std::isfinite(value)) return false;
        }
      }
    }
    return true;
  }

 private:
  struct Side {
    const Csr<float>& rows;
    const FeatureMatrix& features;
    Matrix<float>& factors;
    Matrix<float>& feature_factors;
    std::vector<float> ridge;
    [[nodiscard]] bool has_features() const { return features.rows() != 0; }
  };

  const Interactions& data_;
  const FeatureAlsOptions& options_;
  const Context& context_;
  const LinearAlgebraKernels<float>& algebra_;

 public:
  FeatureFactors factors;

 private:
  [[nodiscard]] static double dot(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += double(a[j]) * double(b[j]);
    return sum;
  }
  [[nodiscard]] std::vector<float> ridges(const Csr<float>& rows) const {
    std::vector<float> out(rows.rows());
    for (std::size_t r = 0; r < out.size(); ++r) {
      out[r] = feature_ridge(options_, rows.row_size(r), rows.columns());
    }
    return out;
  }
  [[nodiscard]] static std::vector<float> known_ridges(const Side& side) {
    std::vector<float> out = side.ridge;
    for (std::size_t r = 0; r < out.size(); ++r) {
      if (side.rows.row_size(r) == 0) out[r] = 0;
    }
    return out;
  }
  [[nodiscard]] std::size_t longest() const {
    std::size_t most = 0;
    for (const Csr<float>* rows : {&data_.by_customer(), &data_.by_item()}) {
      for (std::size_t r = 0; r < rows->rows(); ++r) most = std::max(most, rows->row_size(r));
    }
    return most;
  }

  /// All factors in the eigenbasis of a side's Gramian; scores and distances do not change. Rows
  /// without interactions are no evidence against anything.
  void turn_to(const Side& side) {
    Matrix<float>* const matrices[] = {&factors.customers, &factors.items,
                                       &factors.customer_features, &factors.item_features};
    const auto values = turn_to_eigenbasis<float>(
        gramian_of(
            side.factors, [&](std::size_t r) { return side.rows.row_size(r) > 0; }, context_),
        std::span<Matrix<float>* const>(matrices), context_, work_);
    for (std::size_t j = 0; j < values.size(); ++j) {
      factors.spectrum[j] = static_cast<float>(options_.unobserved_weight * values[j]);
    }
  }

  void solve(Side& side, const Side& opposite) {
    turn_to(opposite);
    Matrix<float> means(side.factors.rows(), options_.factors);
    if (side.has_features()) {
      combine_features(side.features.by_row(), side.feature_factors, {}, context_, means);
    }
    const PulledSystem<float> system{opposite.factors.data(), factors.spectrum.data(),
                                     options_.factors, opposite.factors.stride()};
    parallel_chunks(context_, side.factors.rows(), 64, [&](std::size_t begin, std::size_t end) {
      const Workspaces<float>::Lease work(work_);
      for (std::size_t r = begin; r < end; ++r) {
        float* const x = side.factors.data() + r * side.factors.stride();
        std::copy_n(means.data() + r * means.stride(), means.stride(), x);
        const auto has = side.rows.row_indices(r);
        if (has.empty()) continue;
        for (std::size_t j = 0; j < options_.factors; ++j) x[j] *= side.ridge[r];
        const float* const weights =
            options_.use_weights ? side.rows.row_values(r).data() : nullptr;
        solve_pulled_row(system, algebra_, has, weights, side.ridge[r], x, work.data());
      }
    });
  }

  Side customers_;
  Side items_;
  mutable Workspaces<float> work_;
};

}  // namespace emptor::detail
