// Every SIMD kernel against a long-hand double computation and the portable one, on shapes with
// tails.

#include "emptor/math/kernels.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

template <class T>
Matrix<T> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  Matrix<T> out(rows, columns);
  for (std::size_t r = 0; r < rows; ++r) {
    RandomStream random(seed, r);
    for (T& value : out.row(r)) value = static_cast<T>(random.normal());
  }
  return out;
}

template <class T>
double exact_dot(std::span<const T> a, std::span<const T> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) sum += double(a[j]) * double(b[j]);
  return sum;
}

template <class T>
bool near(T got, double want, double scale) {
  const double unit = std::numeric_limits<T>::epsilon();
  return std::abs(double(got) - want) <= 8 * unit * (scale + std::abs(want));
}

/// Calls `check(table)` for the float table of every Isa that this machine runs.
template <class Check>
void for_each_float_table(Check&& check) {
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    INFO("isa " << static_cast<int>(isa));
    CHECK(kernels->isa == isa);
    check(linear_algebra_kernels<float>(kernels));
  }
}

template <class T>
void check_products(const LinearAlgebraKernels<T>& table) {
  for (const std::size_t d : {1U, 7U, 16U, 17U, 40U, 64U, 65U, 128U}) {
    for (const std::size_t n : {0U, 1U, 2U, 3U, 5U, 8U, 19U, 33U}) {
      INFO("d " << d << " n " << n);
      const auto seed = static_cast<std::uint64_t>(100 * d + n);
      const Matrix<T> b = random_matrix<T>(n, d, seed);
      const Matrix<T> x = random_matrix<T>(1, d, seed + 1);
      const double scale = std::sqrt(double(d)) * 4;

      std::vector<T> dots(n + 1, T{-7});
      table.dot_rows(x.data(), b.data(), b.stride(), n, b.stride(), dots.data());
      std::vector<std::uint32_t> order;
      for (std::size_t i = 0; i < n; ++i) order.push_back(static_cast<std::uint32_t>(n - 1 - i));
      std::vector<T> gathered(n + 1, T{-7});
      table.dot_gathered(x.data(), b.data(), b.stride(), order.data(), n, b.stride(),
                         gathered.data());
      bool good = dots[n] == T{-7} && gathered[n] == T{-7};
      for (std::size_t i = 0; i < n; ++i) {
        good = good && near(dots[i], exact_dot<T>(x.row(0), b.row(i)), scale) &&
               gathered[n - 1 - i] == dots[i];
      }
      CHECK(good);

      Matrix<T> sum(2, d);
      table.sum_gathered(b.data(), b.stride(), order.data(), nullptr, n, b.stride(), sum.data());
      table.sum_gathered(b.data(), b.stride(), order.data(), dots.data(), n, b.stride(),
                         sum.data() + sum.stride());
      good = true;
      for (std::size_t j = 0; j < d; ++j) {
        double plain = 0;
        double weighted = 0;
        double size = 0;
        for (std::size_t i = 0; i < n; ++i) {
          plain += double(b(i, j));
          weighted += double(dots[n - 1 - i]) * double(b(i, j));
          size += std::abs(double(dots[n - 1 - i]) * double(b(i, j)));
        }
        good = good && near(sum(0, j), plain, double(n)) && near(sum(1, j), weighted, size);
      }
      CHECK(good);

      Matrix<T> gram(n, n);
      table.gram_rows(b.data(), b.stride(), n, b.stride(), gram.data(), gram.stride());
      good = true;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i; j < n; ++j) {
          good = good && near(gram(i, j), exact_dot<T>(b.row(i), b.row(j)), scale);
        }
      }
      CHECK(good);

      Matrix<T> square = random_matrix<T>(d, d, seed + 2);
      const Matrix<T> before = square;
      table.syrk_upper(b.data(), b.stride(), n, d, square.data(), square.stride());
      good = true;
      for (std::size_t i = 0; i < d; ++i) {
        for (std::size_t j = i; j < d; ++j) {
          double want = double(before(i, j));
          for (std::size_t k = 0; k < n; ++k) want += double(b(k, i)) * double(b(k, j));
          good = good && near(square(i, j), want, double(n) + 1);
        }
      }
      CHECK(good);
    }
  }
}

template <class T>
void check_gemm(const LinearAlgebraKernels<T>& table) {
  for (const std::size_t m : {1U, 3U, 8U, 21U}) {
    for (const std::size_t depth : {0U, 1U, 5U, 130U}) {
      for (const std::size_t n : {1U, 16U, 48U, 50U, 100U}) {
        INFO("m " << m << " depth " << depth << " n " << n);
        const Matrix<T> a = random_matrix<T>(m, depth == 0 ? 1 : depth, 1);
        const Matrix<T> a_turned = random_matrix<T>(depth == 0 ? 1 : depth, m, 2);
        const Matrix<T> b = random_matrix<T>(depth == 0 ? 1 : depth, n, 3);
        Matrix<T> c = random_matrix<T>(m, n, 4);
        Matrix<T> c_turned = c;
        const Matrix<T> before = c;
        table.gemm(m, c.stride(), depth, T(-0.5), a.data(), a.stride(), 1, b.data(), b.stride(),
                   c.data(), c.stride());
        table.gemm(m, c.stride(), depth, T(2), a_turned.data(), 1, a_turned.stride(), b.data(),
                   b.stride(), c_turned.data(), c_turned.stride());
        bool good = true;
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            double want = 0;
            double turned = 0;
            for (std::size_t p = 0; p < depth; ++p) {
              want += double(a(i, p)) * double(b(p, j));
              turned += double(a_turned(p, i)) * double(b(p, j));
            }
            const double scale = 4 * std::sqrt(double(depth)) + 4;
            good = good && near(c(i, j), double(before(i, j)) - 0.5 * want, scale) &&
                   near(c_turned(i, j), double(before(i, j)) + 2 * turned, scale);
          }
        }
        CHECK(good);
      }
    }
  }
}

template <class T>
void check_solves(const LinearAlgebraKernels<T>& table) {
  for (const std::size_t n : {1U, 2U, 4U, 15U, 16U, 17U, 31U, 48U, 64U, 77U, 128U}) {
    INFO("n " << n);
    // b b' + I has condition number below about 10 for a square-ish b of this scale.
    Matrix<T> b = random_matrix<T>(n, n, n);
    for (std::size_t i = 0; i < n; ++i) {
      for (T& value : b.row(i)) value /= static_cast<T>(std::sqrt(double(n)));
    }
    Matrix<T> a(n, n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        a(i, j) = static_cast<T>(exact_dot<T>(b.row(i), b.row(j)) + (i == j ? 1 : 0));
      }
    }
    const Matrix<T> right = random_matrix<T>(1, n, n + 1000);
    Matrix<T> x = right;
    Matrix<T> upper = a;
    const T nan = std::numeric_limits<T>::quiet_NaN();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) upper(i, j) = nan;  // must not be read
      for (std::size_t j = n; j < upper.stride(); ++j) upper.data()[i * upper.stride() + j] = nan;
    }
    REQUIRE(table.cholesky_solve(upper.data(), n, upper.stride(), x.data()));
    bool good = true;
    for (std::size_t i = 0; i < n; ++i) {
      good = good && near(T(exact_dot<T>(a.row(i), x.row(0))), double(right(0, i)), 20);
      for (std::size_t j = i; j < n; ++j) {
        double product = 0;
        for (std::size_t k = 0; k <= i; ++k) product += double(upper(k, i)) * double(upper(k, j));
        good = good && near(T(product), double(a(i, j)), 10);
      }
    }
    CHECK(good);

    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) upper(i, j) = T{0};
    }
    const Matrix<T> rows = random_matrix<T>(n, 37, 5);
    Matrix<T> solved = rows;
    table.forward_rows(upper.data(), upper.stride(), n, solved.data(), solved.stride(),
                       solved.stride());
    good = true;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < 37; ++j) {
        double product = 0;
        for (std::size_t k = 0; k <= i; ++k) product += double(upper(k, i)) * double(solved(k, j));
        good = good && near(T(product), double(rows(i, j)), 20);
      }
    }
    CHECK(good);

    Matrix<T> indefinite = a;
    indefinite(n - 1, n - 1) = T{-1};
    CHECK_FALSE(table.cholesky_solve(indefinite.data(), n, indefinite.stride(), x.data()));
  }
}

TEST_CASE("products of every instruction set") {
  for_each_float_table(check_products<float>);
  check_products<double>(linear_algebra_kernels<double>(&native_kernels()));
}

TEST_CASE("general products of every instruction set") {
  for_each_float_table(check_gemm<float>);
  check_gemm<double>(linear_algebra_kernels<double>(nullptr));
}

TEST_CASE("positive definite solves of every instruction set") {
  for_each_float_table(check_solves<float>);
  check_solves<double>(linear_algebra_kernels<double>(nullptr));
}

TEST_CASE("rows may start anywhere") {
  for_each_float_table([](const LinearAlgebraKernels<float>& table) {
    std::vector<float> storage(1 + 3 * 16, 1.0F);
    float out[3] = {};
    table.dot_rows(storage.data() + 1, storage.data() + 1, 16, 3, 16, out);
    CHECK((out[0] == 16 && out[1] == 16 && out[2] == 16));
  });
}

TEST_CASE("exp and log of arrays") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float smallest = std::numeric_limits<float>::min();
  for_each_float_table([](const LinearAlgebraKernels<float>& table) {
    std::vector<float> x;
    for (int i = -870; i <= 880; ++i) x.push_back(static_cast<float>(i) * 0.1F + 0.013F);
    std::vector<float> y(x.size());
    table.exp(x.data(), x.size(), y.data());
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double want = std::exp(double(x[i]));
      if (want >= smallest && want < 3.4e38) {
        worst = std::max(worst, std::abs(double(y[i]) - want) / want);
      }
    }
    CHECK(worst < 2.5e-7);

    x.clear();
    for (int i = -1200; i <= 1200; ++i) x.push_back(std::exp2(static_cast<float>(i) * 0.1F));
    for (int i = -50; i <= 50; ++i) x.push_back(1 + static_cast<float>(i) * 1e-4F);
    y.resize(x.size());
    table.log(x.data(), x.size(), y.data());
    worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double want = std::log(double(x[i]));
      const double error = std::abs(double(y[i]) - want);
      if (want != 0) worst = std::max(worst, error / std::abs(want));
      if (want == 0) CHECK(error == 0);
    }
    CHECK(worst < 2.5e-7);

    const float nan = std::numeric_limits<float>::quiet_NaN();
    float special[6] = {nan, infinity, -infinity, 1000, -1000, 0};
    table.exp(special, 6, special);
    CHECK(std::isnan(special[0]));
    CHECK((special[1] == infinity && special[2] == 0 && special[3] == infinity));
    CHECK((special[4] == 0 && special[5] == 1));
    float logs[6] = {nan, infinity, -1, 0, 1e-42F, 1};
    table.log(logs, 6, logs);
    CHECK((std::isnan(logs[0]) && std::isnan(logs[2])));
    CHECK((logs[1] == infinity && logs[3] == -infinity && logs[5] == 0));
    CHECK(std::abs(logs[4] - std::log(1e-42F)) < 1e-4F);
  });
}

TEST_CASE("the native table is one of those that run here") {
  const Kernels& native = native_kernels();
  CHECK(kernels_for(native.isa) == &native);
  CHECK(kernels_for(Isa::portable) == &portable_kernels());
  CHECK(&linear_algebra_kernels<float>(nullptr) ==
        &linear_algebra_kernels<float>(&portable_kernels()));
}

}  // namespace
}  // namespace emptor
