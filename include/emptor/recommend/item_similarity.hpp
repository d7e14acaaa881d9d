#pragma once
// How alike two items are, for steps that want lists of unlike items: cosines of item vectors
// (factors, or rows of features), or whatever a function says.
//
// Similarities are asked for in rows: one candidate against all. The similarity of an item with
// itself is 1 and not asked for; an item whose vector is zero is like no other. The vectors are
// borrowed. Cost of a row: candidates x d for dense vectors, the candidates' features for sparse
// ones. Memory: candidates x d floats; one float a feature. Thread safety: constant.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/csr.hpp"

namespace emptor {

class ItemSimilarity {
 public:
  using Function = std::function<float(Item, Item)>;

  /// Nothing is known: every two items are unlike.
  ItemSimilarity() = default;
  /// The cosine of rows of an n x d matrix; finite.
  [[nodiscard]] static ItemSimilarity cosine(const Matrix<float>& vectors) {
    return ItemSimilarity(Source(&vectors));
  }
  /// The cosine of rows of an n x features matrix; finite.
  [[nodiscard]] static ItemSimilarity cosine(const Csr<float>& features) {
    return ItemSimilarity(Source(&features));
  }
  /// A symmetric function, 1 for alike and 0 for unlike; finite. Called from any thread.
  [[nodiscard]] static ItemSimilarity from(Function function) {
    return ItemSimilarity(Source(std::move(function)));
  }

 private:
  friend class SimilarityRows;
  using Source = std::variant<std::monostate, const Matrix<float>*, const Csr<float>*, Function>;
  explicit ItemSimilarity(Source source) : source_(std::move(source)) {}
  Source source_;
};

/// The similarities among some items, computed as they are needed. For one thread.
class SimilarityRows {
 public:
  /// Throws `out_of_range` for an item without a vector, `invalid_value` for a vector that is not
  /// finite. `similarity` is borrowed.
  SimilarityRows(const ItemSimilarity& similarity, std::vector<Item> items)
      : similarity_(similarity), items_(std::move(items)) {
    if (const auto* dense = std::get_if<const Matrix<float>*>(&similarity_.source_)) {
      take_dense(**dense);
    } else if (const auto* sparse = std::get_if<const Csr<float>*>(&similarity_.source_)) {
      take_sparse(**sparse);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

  /// out[i] = similarity of the j-th item with the i-th; out[j] = 1. Throws `invalid_value` when
  /// the function's answer is not finite.
  void row(std::size_t j, std::span<float> out) {
    std::fill(out.begin(), out.end(), 0.0F);
    if (const auto* dense = std::get_if<const Matrix<float>*>(&similarity_.source_)) {
      for (std::size_t f = 0; f < (*dense)->columns(); ++f) {
        const float* column = vectors_.data() + f * size();
        const float factor = column[j];
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += factor * column[i];
      }
    } else if (const auto* sparse = std::get_if<const Csr<float>*>(&similarity_.source_)) {
      sparse_row(**sparse, j, out);
    } else if (const auto* f = std::get_if<ItemSimilarity::Function>(&similarity_.source_)) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        if (i == j) continue;
        out[i] = (*f)(items_[j], items_[i]);
        if (!std::isfinite(out[i])) {
          throw Exception(ErrorCode::invalid_value,
                          text("the similarity of items ", index(items_[j]), " and ",
                               index(items_[i]), " is ", out[i]),
                          "ItemSimilarity");
        }
      }
    }
    out[j] = 1;
  }

 private:
  /// 1 / length of a vector, 0 for a zero one.
  float scale_of(std::span<const float> vector, Item item) const {
    double square = 0;
    for (const float x : vector) square += static_cast<double>(x) * static_cast<double>(x);
    if (!std::isfinite(square)) {
      throw Exception(ErrorCode::invalid_value,
                      text("the vector of item ", index(item), " is not finite"), "ItemSimilarity");
    }
    return square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0F;
  }
  static void require_row(Item item, std::size_t rows) {
    if (index(item) >= rows) {
      throw Exception(ErrorCode::out_of_range,
                      text("item ", index(item), " is unknown, there are ", rows, " vectors"),
                      "ItemSimilarity");
    }
  }
  void take_dense(const Matrix<float>& matrix) {
    vectors_.resize(size() * matrix.columns());
    for (std::size_t i = 0; i < size(); ++i) {
      require_row(items_[i], matrix.rows());
      const auto vector = matrix.row(index(items_[i]));
      const float scale = scale_of(vector, items_[i]);
      for (std::size_t f = 0; f < vector.size(); ++f) vectors_[f * size() + i] = vector[f] * scale;
    }
  }
  void take_sparse(const Csr<float>& rows) {
    scales_.resize(size());
    for (std::size_t i = 0; i < size(); ++i) {
      require_row(items_[i], rows.rows());
      scales_[i] = scale_of(rows.row_values(index(items_[i])), items_[i]);
    }
    vectors_.assign(rows.columns(), 0.0F);
  }
  void sparse_row(const Csr<float>& rows, std::size_t j, std::span<float> out) {
    const auto columns = rows.row_indices(index(items_[j]));
    const auto values = rows.row_values(index(items_[j]));
    for (std::size_t n = 0; n < columns.size(); ++n) vectors_[columns[n]] = values[n] * scales_[j];
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto others = rows.row_indices(index(items_[i]));
      const auto theirs = rows.row_values(index(items_[i]));
      float sum = 0;
      for (std::size_t n = 0; n < others.size(); ++n) sum += vectors_[others[n]] * theirs[n];
      out[i] = sum * scales_[i];
    }
    for (const std::uint32_t column : columns) vectors_[column] = 0;
  }

  const ItemSimilarity& similarity_;
  std::vector<Item> items_;
  std::vector<float> vectors_;  // dense: d x items, of length 1; sparse: one row spread out
  std::vector<float> scales_;
};

}  // namespace emptor
