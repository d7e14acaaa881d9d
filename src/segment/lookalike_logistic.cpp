#include "segment/lookalike_logistic.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "segment/cluster_rows.hpp"

namespace emptor::detail {

namespace {

/// log(1 + exp(x)) without overflow.
double log1p_exp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

class NewtonFit {
 public:
  NewtonFit(const Matrix<double>& points, std::span<const std::uint32_t> rows,
            std::span<const std::uint8_t> labels, std::span<const double> weights, bool squares,
            double ridge, const Context& context)
      : points_(points),
        rows_(rows),
        labels_(labels),
        weights_(weights),
        size_(1 + points.columns() * (squares ? 2 : 1)),
        ridge_(ridge),
        context_(context) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The penalised negative log-likelihood.
  [[nodiscard]] double loss(std::span<const double> beta) const {
    std::vector<double> parts(cluster_chunks(rows_.size()), 0);
    each_chunk([&](std::size_t chunk, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const double eta = logistic_predictor(beta, row(i), points_.columns());
        parts[chunk] += weights_[i] * (log1p_exp(eta) - (labels_[i] != 0 ? eta : 0));
      }
    });
    double sum = 0;
    for (const double part : parts) sum += part;
    for (std::size_t j = 1; j < size_; ++j) sum += ridge_ / 2 * beta[j] * beta[j];
    return sum;
  }

  /// The Newton step from `beta`; `slope` becomes the loss's slope along it, < 0.
  [[nodiscard]] std::vector<double> step(std::span<const double> beta, double& slope) const {
    const std::size_t d = points_.columns();
    const std::size_t chunks = cluster_chunks(rows_.size());
    Matrix<double> gradients(chunks, size_);
    Matrix<double> curvatures(chunks * size_, size_);
    each_chunk([&](std::size_t chunk, std::size_t begin, std::size_t end) {
      std::vector<double> x(size_, 1);
      double* const gradient = gradients.row(chunk).data();
      for (std::size_t i = begin; i < end; ++i) {
        const double* const from = row(i);
        std::copy_n(from, d, x.begin() + 1);
        for (std::size_t j = 1 + d; j < size_; ++j) x[j] = from[j - 1 - d] * from[j - 1 - d];
        const double p = 1 / (1 + std::exp(-logistic_predictor(beta, from, d)));
        const double off = weights_[i] * (p - (labels_[i] != 0 ? 1 : 0));
        const double curve = weights_[i] * p * (1 - p);
        for (std::size_t a = 0; a < size_; ++a) {
          gradient[a] += off * x[a];
          double* const at = curvatures.row(chunk * size_ + a).data();
          const double by = curve * x[a];
          for (std::size_t b = a; b < size_; ++b) at[b] += by * x[b];
        }
      }
    });
    Matrix<double> system(size_, size_);
    std::vector<double> gradient(size_, 0);
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
      for (std::size_t a = 0; a < size_; ++a) {
        gradient[a] += gradients(chunk, a);
        for (std::size_t b = a; b < size_; ++b) system(a, b) += curvatures(chunk * size_ + a, b);
      }
    }
    std::vector<double> solved(Matrix<double>::padded(size_), 0);
    for (std::size_t a = 0; a < size_; ++a) {
      if (a > 0) gradient[a] += ridge_ * beta[a];
      system(a, a) += a > 0 ? ridge_ : 1e-12;
      solved[a] = -gradient[a];
    }
    if (!portable_cholesky_solve(system.data(), size_, system.stride(), solved.data())) {
      throw Exception(ErrorCode::invalid_value,
                      "the logistic regression cannot be solved: scale the columns, or raise "
                      "'ridge'",
                      "fit_lookalikes");
    }
    solved.resize(size_);
    slope = 0;
    for (std::size_t a = 0; a < size_; ++a) slope += gradient[a] * solved[a];
    return solved;
  }

 private:
  [[nodiscard]] const double* row(std::size_t i) const {
    return points_.data() + rows_[i] * points_.stride();
  }
  template <class Body>
  void each_chunk(const Body& body) const {
    const std::size_t grain = cluster_chunk(rows_.size());
    parallel_chunks(context_, rows_.size(), grain,
                    [&](std::size_t begin, std::size_t end) { body(begin / grain, begin, end); });
  }

  const Matrix<double>& points_;
  std::span<const std::uint32_t> rows_;
  std::span<const std::uint8_t> labels_;
  std::span<const double> weights_;
  std::size_t size_;
  double ridge_;
  const Context& context_;
};

}  // namespace

double logistic_predictor(std::span<const double> coefficients, const double* row,
                          std::size_t d) noexcept {
  double eta = coefficients[0];
  for (std::size_t j = 0; j < d; ++j) eta += coefficients[1 + j] * row[j];
  if (coefficients.size() > 1 + d) {
    for (std::size_t j = 0; j < d; ++j) eta += coefficients[1 + d + j] * row[j] * row[j];
  }
  return eta;
}

RidgeLogistic fit_ridge_logistic(const Matrix<double>& points, std::span<const std::uint32_t> rows,
                                 std::span<const std::uint8_t> labels,
                                 std::span<const double> weights, bool squares, double ridge,
                                 std::size_t iterations, const Context& context) {
  const NewtonFit newton(points, rows, labels, weights, squares, ridge, context);
  RidgeLogistic out;
  out.coefficients.assign(newton.size(), 0);
  double positive = 0;
  double total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    positive += labels[i] != 0 ? weights[i] : 0;
    total += weights[i];
  }
  out.coefficients[0] = std::log(positive / (total - positive));
  double loss = newton.loss(out.coefficients);
  while (out.iterations < iterations && !out.converged) {
    if (context.report({"logistic regression", out.iterations, iterations}) == Go::stop) break;
    ++out.iterations;
    double slope = 0;
    const std::vector<double> step = newton.step(out.coefficients, slope);
    out.converged = -slope <= 1e-10 * (1 + std::fabs(loss));
    double length = 1;
    for (int halved = 0; halved < 40; ++halved, length /= 2) {
      std::vector<double> tried = out.coefficients;
      for (std::size_t a = 0; a < tried.size(); ++a) tried[a] += length * step[a];
      const double there = newton.loss(tried);
      if (!(there <= loss + 1e-4 * length * slope) && !(out.converged && there <= loss)) continue;
      out.coefficients = std::move(tried);
      loss = there;
      break;
    }
  }
  return out;
}

}  // namespace emptor::detail
