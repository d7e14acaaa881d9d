#pragma once
// Options, report and answers of customer neighbours; see customer_neighbours.hpp.
// Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/id.hpp"

namespace emptor {

/// What an interaction of weight r between customer u and item i counts, and how alike two
/// customers then are; d_i customers of the item, m customers in all, |u| items of the customer,
/// L_u the sum of the customer's weights. u is who asks, v the neighbour.
enum class CustomerWeighting : std::uint8_t {
  cosine,   ///< r; similarity is the cosine
  tf_idf,   ///< sqrt(r) ln(1 + m / d_i); similarity is the cosine
  bm25,     ///< r (k1 + 1) / (r + k1 (1 - b + b L_u / mean L)) ln(1 + (m - d_i + .5) / (d_i + .5));
            ///< similarity is the dot product, lengths being b's affair
  jaccard,  ///< items of both / items of either; weights do not count
  tversky,  ///< c / (c + tversky_own (|u| - c) + tversky_other (|v| - c)), c the items of both
};

/// With a fifth of the train interactions of Gowalla hidden, Recall and NDCG@20 were .197 and .139
/// with tf_idf, as good with bm25 and b = .75, .180 and .129 with cosine, .177 and .125 with
/// jaccard (200 neighbours), .192 and .135 with tf_idf and 200 neighbours, .191 and .137 with 50.
struct CustomerNeighboursOptions {
  CustomerWeighting weighting = CustomerWeighting::tf_idf;
  std::size_t neighbours = 100;  ///< K, kept a customer; >= 1
  /// Added to what a similarity is divided by: to the product of the two customers' lengths in a
  /// cosine, to the items below the line of jaccard and tversky; >= 0. bm25 has no such line: 0.
  double shrinkage = 0;
  bool normalise = true;       ///< scores are weighted means of what the neighbours took, not sums
  double k1 = 1.2;             ///< bm25: how soon repeated interactions saturate; >= 0
  double b = 0.75;             ///< bm25: how much a long history is discounted, 0 to 1
  double tversky_own = 0.5;    ///< tversky: weight of the asking customer's other items; >= 0
  double tversky_other = 0.5;  ///< tversky: weight of the neighbour's other items; >= 0
};

struct CustomerNeighboursReport {
  std::size_t customers = 0;  ///< whose neighbours were searched: m unless stopped
  std::size_t pairs = 0;      ///< neighbours kept, of all customers
  std::size_t without = 0;    ///< customers without any neighbour
  bool stopped = false;       ///< by the progress callback: later customers have no neighbours
};

struct SimilarCustomer {
  Customer customer;
  float similarity;  ///< as the weighting defines it, > 0
  friend bool operator==(const SimilarCustomer&, const SimilarCustomer&) = default;
};

/// Why a score is what it is: its additive parts by neighbour.
struct NeighbourExplanation {
  struct Part {
    Customer because;  ///< a neighbour who has the item
    float share;       ///< what it adds to the score, > 0
    friend bool operator==(const Part&, const Part&) = default;
  };
  float score = 0;          ///< as `score` gives it
  std::vector<Part> parts;  ///< the largest shares first, equal ones by customer
  float rest = 0;           ///< what the parts left out add up to
  friend bool operator==(const NeighbourExplanation&, const NeighbourExplanation&) = default;
};

}  // namespace emptor
