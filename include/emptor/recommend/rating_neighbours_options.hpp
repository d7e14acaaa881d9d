#pragma once
// Options and report of neighbours of explicit ratings; see rating_neighbours.hpp.
// Thread safety: values.

#include <cstddef>
#include <cstdint>

namespace emptor {

/// Over the customers who rated both items, n of them: the sum of products of two deviations over
/// the root of the product of their sums of squares, times (n - 1) / (n - 1 + shrinkage). Only
/// similarities > 0 are kept.
enum class RatingSimilarity : std::uint8_t {
  pearson_baseline,  ///< deviations from the baseline, mean + customer's + item's bias (Koren)
  adjusted_cosine,   ///< deviations from the customer's mean rating (Sarwar et al.)
};

/// The defaults were chosen on ratings hidden from the train side of ml-100k (RMSE .916 there; .925
/// without damping and with lambdas of 10 and 15; .928 with 200 kept).
struct RatingNeighboursOptions {
  RatingSimilarity similarity = RatingSimilarity::pearson_baseline;
  std::size_t neighbours = 40;  ///< k: rated items a prediction is made from; >= 1
  std::size_t kept = 400;       ///< K >= k: neighbours kept an item
  double shrinkage = 100;       ///< of similarities, in customers; >= 0
  double damping = 0.3;        ///< added to the sum of similarities a deviation is divided by; >= 0
  double item_lambda = 4;      ///< regularisation of the items' biases, in ratings; >= 0
  double customer_lambda = 5;  ///< of the customers' biases; >= 0
  std::size_t sweeps = 10;     ///< over both biases; >= 1
  bool clip = true;            ///< predictions stay on the scale
};

struct RatingNeighboursReport {
  std::size_t items = 0;    ///< whose neighbours were searched: n unless stopped
  std::size_t pairs = 0;    ///< neighbours kept, of all items
  std::size_t without = 0;  ///< items without any neighbour
  bool stopped = false;     ///< by the progress callback: later items have no neighbours
};

}  // namespace emptor
