#pragma once
// Factors explained by features: the rows of W, one a feature, that minimise
//     sum over rows r of ridge_r ||v_r - sum over features j of F_rj w_j||^2 + lambda ||W||^2
// by conjugate gradients on the normal equations, all factors at once, with the diagonal as
// preconditioner. Magnus R. Hestenes, Eduard Stiefel, "Methods of conjugate gradients for solving
// linear systems", J. Res. NBS 49(6), 1952, doi:10.6028/jres.049.044.
//
// Time a step: 4 f flops an entry of F. The same bits for any number of threads.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"

namespace emptor::detail {

/// out row r = scale_r * sum over the row's features of F_rj w_j; `scale` empty: 1.
inline void combine_features(const Csr<float>& f, const Matrix<float>& w,
                             std::span<const float> scale, const Context& context,
                             Matrix<float>& out) {
  parallel_chunks(context, f.rows(), 512, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const auto row = out.row(r);
      for (float& value : row) value = 0;
      const auto features = f.row_indices(r);
      const auto values = f.row_values(r);
      for (std::size_t e = 0; e < features.size(); ++e) {
        const float factor = scale.empty() ? values[e] : values[e] * scale[r];
        const auto from = w.row(features[e]);
        for (std::size_t j = 0; j < row.size(); ++j) row[j] += factor * from[j];
      }
    }
  });
}

class FeatureRegression {
 public:
  /// `by_row` is rows x features, `by_feature` its transpose; a ridge of 0 leaves a row out.
  FeatureRegression(const Csr<float>& by_row, const Csr<float>& by_feature,
                    std::vector<float> ridge, double lambda, const Context& context)
      : by_row_(by_row),
        by_feature_(by_feature),
        ridge_(std::move(ridge)),
        lambda_(static_cast<float>(lambda)),
        context_(context),
        preconditioner_(by_feature.rows()) {
    for (std::size_t j = 0; j < preconditioner_.size(); ++j) {
      double diagonal = lambda;
      const auto rows = by_feature.row_indices(j);
      const auto values = by_feature.row_values(j);
      for (std::size_t e = 0; e < rows.size(); ++e) {
        diagonal += double(ridge_[rows[e]]) * double(values[e]) * double(values[e]);
      }
      preconditioner_[j] = static_cast<float>(1 / diagonal);
    }
  }

  /// Some steps from where `w` is, features x f; `v` is rows x f.
  void improve(const Matrix<float>& v, std::size_t steps, Matrix<float>& w) const {
    const std::size_t q = w.rows();
    const std::size_t f = w.columns();
    if (q == 0) return;
    Matrix<float> by_rows(by_row_.rows(), f);
    Matrix<float> r(q, f);
    Matrix<float> p(q, f);
    Matrix<float> a_p(q, f);
    // r = F' R (V - F W) - lambda W
    combine_features(by_row_, w, {}, context_, by_rows);
    parallel_chunks(context_, by_rows.rows(), 1024, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const auto to = by_rows.row(row);
        const auto from = v.row(row);
        for (std::size_t j = 0; j < f; ++j) to[j] = ridge_[row] * (from[j] - to[j]);
      }
    });
    combine_features(by_feature_, by_rows, {}, context_, r);
    each_row(q, [&](std::size_t i) {
      for (std::size_t j = 0; j < f; ++j) {
        r(i, j) -= lambda_ * w(i, j);
        p(i, j) = preconditioner_[i] * r(i, j);
      }
    });
    std::vector<double> size = products(r, r, true);
    for (std::size_t step = 0; step < steps; ++step) {
      combine_features(by_row_, p, ridge_, context_, by_rows);
      combine_features(by_feature_, by_rows, {}, context_, a_p);
      each_row(q, [&](std::size_t i) {
        for (std::size_t j = 0; j < f; ++j) a_p(i, j) += lambda_ * p(i, j);
      });
      const std::vector<double> curvature = products(p, a_p, false);
      std::vector<float> length(f);
      for (std::size_t j = 0; j < f; ++j) {
        length[j] = curvature[j] > 0 ? static_cast<float>(size[j] / curvature[j]) : 0.0F;
      }
      each_row(q, [&](std::size_t i) {
        for (std::size_t j = 0; j < f; ++j) {
          w(i, j) += length[j] * p(i, j);
          r(i, j) -= length[j] * a_p(i, j);
        }
      });
      const std::vector<double> next = products(r, r, true);
      std::vector<float> turn(f);
      for (std::size_t j = 0; j < f; ++j) {
        turn[j] = size[j] > 0 ? static_cast<float>(next[j] / size[j]) : 0.0F;
      }
      each_row(q, [&](std::size_t i) {
        for (std::size_t j = 0; j < f; ++j) {
          p(i, j) = preconditioner_[i] * r(i, j) + turn[j] * p(i, j);
        }
      });
      size = next;
    }
  }

 private:
  template <class Body>
  void each_row(std::size_t rows, Body&& body) const {
    parallel_chunks(context_, rows, 1024, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) body(i);
    });
  }
  /// By factor: the sum over features of a b, times the preconditioner if asked for.
  [[nodiscard]] std::vector<double> products(const Matrix<float>& a, const Matrix<float>& b,
                                             bool preconditioned) const {
    std::vector<double> sums(a.columns(), 0.0);
    for (std::size_t i = 0; i < a.rows(); ++i) {
      const double scale = preconditioned ? double(preconditioner_[i]) : 1.0;
      for (std::size_t j = 0; j < sums.size(); ++j) {
        sums[j] += scale * double(a(i, j)) * double(b(i, j));
      }
    }
    return sums;
  }

  const Csr<float>& by_row_;
  const Csr<float>& by_feature_;
  std::vector<float> ridge_;
  float lambda_;
  const Context& context_;
  std::vector<float> preconditioner_;
};

}  // namespace emptor::detail
