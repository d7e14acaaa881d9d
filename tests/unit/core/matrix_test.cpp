#include "emptor/core/matrix.hpp"

#include <cstdint>

#include "support/catch.hpp"

using emptor::Exception;
using emptor::Matrix;

TEST_CASE("rows start at 64-byte borders, padding is zero") {
  Matrix<float> matrix(3, 5);
  CHECK(matrix.stride() == 16);
  for (std::size_t r = 0; r < 3; ++r) {
    CHECK(reinterpret_cast<std::uintptr_t>(matrix.row(r).data()) % 64 == 0);
    CHECK(matrix.row(r).size() == 5);
    for (std::size_t c = 0; c < matrix.stride(); ++c) {
      CHECK(matrix.data()[r * matrix.stride() + c] == 0);
    }
  }
  CHECK(matrix.bytes() == 3 * 64);
  CHECK(Matrix<double>::padded(8) == 8);
  CHECK(Matrix<double>::padded(9) == 16);
  CHECK(Matrix<float>::padded(0) == 0);
}

TEST_CASE("copies are deep, moves leave nothing behind") {
  Matrix<double> a(2, 2);
  a(0, 1) = 3;
  a.row(1)[0] = 4;
  Matrix<double> b = a;
  b(0, 1) = 5;
  CHECK(a(0, 1) == 3);
  CHECK_FALSE(a == b);
  const Matrix<double> c = std::move(b);
  CHECK(b.rows() == 0);  // NOLINT: moved-from on purpose
  CHECK(c(0, 1) == 5);
  a = c;
  CHECK(a == c);
  a = Matrix<double>(2, 3);
  CHECK_FALSE(a == c);
}

TEST_CASE("empty matrices") {
  const Matrix<float> none;
  CHECK(none == Matrix<float>(0, 0));
  CHECK(Matrix<float>(0, 7).columns() == 7);
  CHECK(Matrix<float>(7, 0).rows() == 7);
  const Matrix<float> copy = Matrix<float>(7, 0);
  CHECK(copy.row(6).empty());
}

TEST_CASE("a size beyond the address space is refused") {
  CHECK_THROWS_AS(Matrix<float>(SIZE_MAX, 2), Exception);
  CHECK_THROWS_AS(Matrix<float>(2, SIZE_MAX), Exception);
  CHECK_THROWS_AS(Matrix<float>(SIZE_MAX / 64, 16), Exception);
}
