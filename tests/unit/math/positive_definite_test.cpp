#include "emptor/math/positive_definite.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/math/symmetric_eigen.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

/// B B' / n + I with random B: eigenvalues from 1 to about 5.
template <class T>
Matrix<T> positive(std::size_t n) {
  Matrix<T> b(n, n);
  for (std::size_t r = 0; r < n; ++r) {
    RandomStream random(n, r);
    for (T& value : b.row(r)) value = static_cast<T>(random.normal());
  }
  Matrix<T> a(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum += double(b(i, k)) * double(b(j, k));
      a(i, j) = static_cast<T>(sum / double(n) + (i == j ? 1 : 0));
    }
  }
  return a;
}

/// The largest element of |a b - I|.
template <class T>
double distance_from_identity(const Matrix<T>& a, const Matrix<T>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.rows(); ++j) {
      double sum = i == j ? -1 : 0;
      for (std::size_t k = 0; k < a.rows(); ++k) sum += double(a(i, k)) * double(b(k, j));
      worst = std::max(worst, std::abs(sum));
    }
  }
  return worst;
}

template <class T>
void check(const Context& context, double tolerance) {
  for (const std::size_t n : {0U, 1U, 2U, 16U, 63U, 64U, 65U, 100U, 128U, 190U, 193U, 400U}) {
    INFO("n " << n);
    const Matrix<T> a = positive<T>(n);
    Matrix<T> u = a;
    cholesky_factor(u, context);
    double worst = 0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < n; ++k) sum += double(u(k, i)) * double(u(k, j));
        worst = std::max(worst, std::abs(sum - double(a(i, j))));
        if (j < i) CHECK(u(i, j) == T{0});
      }
    }
    CHECK(worst < tolerance);
    CHECK(distance_from_identity(a, invert_positive_definite(a, context)) < tolerance);
  }
}

TEST_CASE("factor and inverse of positive definite matrices") {
  ThreadPool pool(2);
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    if (kernels_for(isa) == nullptr) continue;
    check<float>({.executor = &pool, .kernels = kernels_for(isa)}, 2e-5);
  }
  check<double>({}, 1e-13);
}

TEST_CASE("the inverse is the same bits for any number of threads") {
  const Matrix<float> a = positive<float>(200);
  ThreadPool pool(3);
  CHECK(invert_positive_definite(a, {.executor = &pool, .kernels = &native_kernels()}) ==
        invert_positive_definite(a, {.kernels = &native_kernels()}));
}

TEST_CASE("what is not positive definite or not square is refused") {
  Matrix<double> a = positive<double>(70);
  a(69, 69) = 0;
  CHECK_THROWS_AS(cholesky_factor(a), Exception);
  Matrix<float> nan = positive<float>(5);
  nan(2, 2) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(invert_positive_definite(nan), Exception);
  Matrix<float> wide(2, 3);
  CHECK_THROWS_AS(cholesky_factor(wide), Exception);
}

TEST_CASE("eigenvectors of a symmetric matrix") {
  CHECK(symmetric_eigen(Matrix<double>()).values.empty());
  for (const std::size_t n : {1U, 2U, 9U, 64U}) {
    const Matrix<double> a = positive<double>(n);
    const SymmetricEigen<double> eigen = symmetric_eigen(a);
    double worst = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) CHECK(eigen.values[i - 1] <= eigen.values[i]);
      for (std::size_t j = 0; j < n; ++j) {
        double product = 0;
        double dot = i == j ? -1 : 0;
        for (std::size_t k = 0; k < n; ++k) {
          product += eigen.vectors(i, k) * eigen.values[k] * eigen.vectors(j, k);
          dot += eigen.vectors(k, i) * eigen.vectors(k, j);
        }
        worst = std::max({worst, std::abs(product - a(i, j)), std::abs(dot)});
      }
    }
    CHECK(worst < 1e-12);
  }
  Matrix<double> nan(3, 3);
  nan(1, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(symmetric_eigen(nan), Exception);
  CHECK_THROWS_AS(symmetric_eigen(Matrix<double>(2, 3)), Exception);
}

}  // namespace
}  // namespace emptor
