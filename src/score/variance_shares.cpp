#include "score/variance_shares.hpp"

#include <algorithm>
#include <cmath>

namespace emptor::detail {

namespace {

constexpr double least_pivot =
    1e-10;  // of a correlation matrix: below, a column is a sum of others

/// Walks all sets of drivers, deciding the drivers one by one. What is left of the covariances of
/// the undecided ones and the target, after the chosen ones are taken out, stands in one square a
/// level; leaving a driver out costs nothing.
class SubsetWalk {
 public:
  SubsetWalk(const std::vector<double>& r, std::size_t p) : p_(p), out_(p, 0.0) {
    std::size_t cells = 0;
    for (std::size_t level = 0; level <= p; ++level) {
      starts_.push_back(cells);
      cells += (p + 1 - level) * (p + 1 - level);
    }
    squares_.resize(cells);
    std::copy(r.begin(), r.end(), squares_.begin());
    // A set of s drivers stands behind a driver in (s)! (p - 1 - s)! of the p! orders.
    weights_.assign(p + 1, 0.0);
    double binomial = 1;
    for (std::size_t s = 0; s < p; ++s) {
      weights_[s] = 1 / (static_cast<double>(p) * binomial);
      binomial *= static_cast<double>(p - 1 - s) / static_cast<double>(s + 1);
    }
  }

  std::vector<double> run() {
    walk(0, squares_.data(), p_ + 1, 0, 0);
    for (double& share : out_) share -= without_;
    return out_;
  }

 private:
  /// The sum of R² over the sets below, by the weight it has for a driver that is in the set plus
  /// the one it has for a driver that is not (which is taken off everywhere).
  double walk(std::size_t level, const double* square, std::size_t stride, std::size_t size,
              double explained) {
    if (level == p_) {
      without_ += weights_[size] * explained;
      return ((size > 0 ? weights_[size - 1] : 0) + weights_[size]) * explained;
    }
    // Left out: the square without its first line.
    const double out = walk(level + 1, square + stride + 1, stride, size, explained);
    const std::size_t left = p_ - level;  // undecided after this one, and the target
    const double pivot = square[0];
    double in;
    if (pivot > least_pivot) {
      double* const next = squares_.data() + starts_[level + 1];
      const double inverse = 1 / pivot;
      for (std::size_t i = 0; i < left; ++i) {
        const double factor = square[i + 1] * inverse;
        const double* const from = square + (i + 1) * stride + 1;
        double* const to = next + i * left;
        for (std::size_t j = i; j < left; ++j) to[j] = from[j] - factor * square[j + 1];
      }
      const double more = square[left] * square[left] * inverse;
      in = walk(level + 1, next, left, size + 1, explained + more);
    } else {
      in = walk(level + 1, square + stride + 1, stride, size + 1, explained);
    }
    out_[level] += in;
    return in + out;
  }

  std::size_t p_;
  std::vector<double> out_;
  std::vector<std::size_t> starts_;
  std::vector<double> squares_, weights_;
  double without_ = 0;
};

struct Eigen {
  std::vector<double> values, vectors;  // column j belongs to values[j]
};

/// Jacobi's rotations; for the few hundred columns at most that a questionnaire has.
Eigen jacobi(std::vector<double> a, std::size_t p) {
  Eigen out{std::vector<double>(p), std::vector<double>(p * p, 0.0)};
  for (std::size_t i = 0; i < p; ++i) out.vectors[i * p + i] = 1;
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off = 0;
    for (std::size_t i = 0; i < p; ++i) {
      for (std::size_t j = i + 1; j < p; ++j) off += a[i * p + j] * a[i * p + j];
    }
    if (off <= 1e-30 * static_cast<double>(p)) break;
    for (std::size_t i = 0; i < p; ++i) {
      for (std::size_t j = i + 1; j < p; ++j) {
        const double x = a[i * p + j];
        if (std::abs(x) < 1e-300) continue;
        const double theta = (a[j * p + j] - a[i * p + i]) / (2 * x);
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::hypot(theta, 1.0));
        const double c = 1 / std::hypot(t, 1.0), s = t * c;
        for (std::size_t k = 0; k < p; ++k) {
          const double u = a[k * p + i], v = a[k * p + j];
          a[k * p + i] = c * u - s * v;
          a[k * p + j] = s * u + c * v;
        }
        for (std::size_t k = 0; k < p; ++k) {
          const double u = a[i * p + k], v = a[j * p + k];
          a[i * p + k] = c * u - s * v;
          a[j * p + k] = s * u + c * v;
        }
        for (std::size_t k = 0; k < p; ++k) {
          const double u = out.vectors[k * p + i], v = out.vectors[k * p + j];
          out.vectors[k * p + i] = c * u - s * v;
          out.vectors[k * p + j] = s * u + c * v;
        }
      }
    }
  }
  for (std::size_t i = 0; i < p; ++i) out.values[i] = a[i * p + i];
  return out;
}

}  // namespace

std::vector<double> shapley_shares(const std::vector<double>& r, std::size_t p) {
  if (p == 0) return {};
  return SubsetWalk(r, p).run();
}

std::vector<double> relative_weights(const std::vector<double>& r, std::size_t p) {
  std::vector<double> drivers(p * p);
  for (std::size_t i = 0; i < p; ++i) {
    std::copy_n(r.begin() + static_cast<std::ptrdiff_t>(i * (p + 1)), p,
                drivers.begin() + static_cast<std::ptrdiff_t>(i * p));
  }
  const Eigen eigen = jacobi(std::move(drivers), p);
  // The root of the correlations, and the target's coefficients on the nearest orthogonal columns.
  std::vector<double> root(p * p, 0.0), beta(p, 0.0), out(p, 0.0);
  for (std::size_t k = 0; k < p; ++k) {
    if (!(eigen.values[k] > least_pivot)) continue;
    const double scale = std::sqrt(eigen.values[k]);
    double along = 0;
    for (std::size_t i = 0; i < p; ++i) along += eigen.vectors[i * p + k] * r[i * (p + 1) + p];
    for (std::size_t i = 0; i < p; ++i) {
      const double v = eigen.vectors[i * p + k];
      beta[i] += v * along / scale;
      for (std::size_t j = 0; j < p; ++j) root[i * p + j] += scale * v * eigen.vectors[j * p + k];
    }
  }
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < p; ++j) {
      out[i] += root[i * p + j] * root[i * p + j] * beta[j] * beta[j];
    }
  }
  return out;
}

}  // namespace emptor::detail
