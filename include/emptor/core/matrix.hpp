#pragma once
// A dense row-major matrix whose rows start at 64-byte borders.
//
// The stride is the number of columns rounded up to 64 bytes; the padding is zero and stays zero,
// so vector kernels may read (and sum over) whole registers up to the stride. Memory:
// rows x stride elements. Thread safety: as a std::vector.

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "emptor/core/error.hpp"

namespace emptor {

inline constexpr std::size_t row_alignment = 64;

template <class T>
class Matrix {
  static_assert(std::is_trivially_copyable_v<T> && row_alignment % sizeof(T) == 0);

 public:
  Matrix() = default;
  /// All zero. Throws `invalid_shape` when the size does not fit the address space.
  Matrix(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), stride_(padded(columns)) {
    std::size_t bytes = 0;
    if (stride_ < columns || __builtin_mul_overflow(rows, stride_, &bytes) ||
        __builtin_mul_overflow(bytes, sizeof(T), &bytes) ||
        bytes > static_cast<std::size_t>(-1) / 2) {
      throw Exception(ErrorCode::invalid_shape, text(rows, " x ", columns, " is too large"),
                      "Matrix");
    }
    if (bytes == 0) return;
    data_.reset(static_cast<T*>(::operator new(bytes, std::align_val_t{row_alignment})));
    std::memset(static_cast<void*>(data_.get()), 0, bytes);
  }
  Matrix(const Matrix& other) : Matrix(other.rows_, other.columns_) {
    if (data_) std::memcpy(static_cast<void*>(data_.get()), other.data_.get(), bytes());
  }
  Matrix(Matrix&& other) noexcept { swap(other); }
  Matrix& operator=(Matrix other) noexcept {
    swap(other);
    return *this;
  }
  ~Matrix() = default;

  void swap(Matrix& other) noexcept {
    std::swap(rows_, other.rows_);
    std::swap(columns_, other.columns_);
    std::swap(stride_, other.stride_);
    std::swap(data_, other.data_);
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  /// Elements from one row to the next.
  [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return rows_ * stride_ * sizeof(T); }

  [[nodiscard]] T* data() noexcept { return data_.get(); }
  [[nodiscard]] const T* data() const noexcept { return data_.get(); }
  /// The row without its padding; `row` < rows().
  [[nodiscard]] std::span<T> row(std::size_t row) noexcept {
    return {data_.get() + row * stride_, columns_};
  }
  [[nodiscard]] std::span<const T> row(std::size_t row) const noexcept {
    return {data_.get() + row * stride_, columns_};
  }
  [[nodiscard]] T& operator()(std::size_t row, std::size_t column) noexcept {
    return data_.get()[row * stride_ + column];
  }
  [[nodiscard]] const T& operator()(std::size_t row, std::size_t column) const noexcept {
    return data_.get()[row * stride_ + column];
  }

  /// Equal shapes and equal elements.
  friend bool operator==(const Matrix& a, const Matrix& b) {
    if (a.rows_ != b.rows_ || a.columns_ != b.columns_) return false;
    for (std::size_t r = 0; r < a.rows_; ++r) {
      for (std::size_t c = 0; c < a.columns_; ++c) {
        if (a(r, c) != b(r, c)) return false;
      }
    }
    return true;
  }

  /// The stride of a matrix with this many columns.
  [[nodiscard]] static constexpr std::size_t padded(std::size_t columns) noexcept {
    constexpr std::size_t step = row_alignment / sizeof(T);
    return (columns + step - 1) / step * step;
  }

 private:
  struct Free {
    void operator()(T* data) const noexcept {
      ::operator delete(static_cast<void*>(data), std::align_val_t{row_alignment});
    }
  };
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t stride_ = 0;
  std::unique_ptr<T, Free> data_;
};

}  // namespace emptor
