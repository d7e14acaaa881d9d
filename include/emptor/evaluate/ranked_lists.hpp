#pragma once
// What evaluation exchanges with others: a ranker gives it lists, it gives lists to measures.
//
// A `ListMeasure` is a metric that needs more than the lists and the truth: items' features,
// genres, another ranking. list_measures.hpp and feature_measures.hpp make them; a caller may make
// one with a definition of its own under a metric's name. Thread safety: views.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/evaluate_result.hpp"

namespace emptor {

/// Takes the list of the row-th customer of the batch, best first, at most k items. To be called
/// exactly once a row, in any order and from any thread. It copies what it is given.
using RankSink = FunctionRef<void(std::size_t row, std::span<const Item> list)>;

/// Makes the lists of a batch of customers. Called from several threads at once when the context
/// has an executor and `batch` is not 0.
using RankFunction =
    FunctionRef<void(std::span<const Customer> customers, std::size_t k, RankSink sink)>;

/// Lists that have been checked, of some customers; borrowed.
struct ListBatch {
  std::span<const Customer> customers;  ///< a row each
  std::span<const std::size_t> ks;      ///< ascending
  std::span<const Item> places;         ///< ks.back() a row
  std::span<const std::uint8_t> hits;   ///< beside `places`: 1 for a relevant item
  std::span<const std::uint32_t> lengths;
  std::span<const std::uint32_t> relevant;  ///< how many relevant items the customer has, > 0

  [[nodiscard]] std::span<const Item> list(std::size_t row) const noexcept {
    return places.subspan(row * ks.back(), lengths[row]);
  }
  [[nodiscard]] std::span<const std::uint8_t> hits_of(std::size_t row) const noexcept {
    return hits.subspan(row * ks.back(), lengths[row]);
  }
};

/// Where a measure puts its values; all are 0 before.
class ListValues {
 public:
  ListValues(double* values, std::size_t stride) noexcept : values_(values), stride_(stride) {}
  /// The value of a row at ks[length]; must be finite.
  void set(std::size_t row, std::size_t length, double value) const noexcept {
    values_[length * stride_ + row] = value;
  }

 private:
  double* values_;
  std::size_t stride_;
};

/// Measures batch after batch, from several threads at once when the context has an executor; rows
/// must not depend on how they are put together to batches.
struct ListMeasure {
  RankingMetric metric = RankingMetric::diversity;  ///< its name; not one that is always evaluated
  std::function<void(const ListBatch& batch, const ListValues& out)> measure;
};

}  // namespace emptor
