#pragma once
// Options and report of item neighbours; see neighbours.hpp. Thread safety: values.

#include <cstddef>
#include <cstdint>

namespace emptor {

/// What an interaction of weight r between customer u and item i counts, and how alike two items
/// then are; d_u items of the customer, n items in all, D_u and L_i the sums of the customer's and
/// of the item's weights, |i| customers of the item. The owned item is i, the other one j.
enum class NeighbourWeighting : std::uint8_t {
  cosine,     ///< r; similarity is the cosine
  tf_idf,     ///< sqrt(r) ln(1 + n / d_u); similarity is the cosine
  bm25,       ///< r (k1 + 1) / (r + k1 (1 - b + b L_i / mean L)) ln(1 + (n - d_u + .5) /
              ///< (d_u + .5)); similarity is the dot product, lengths being b's affair
  jaccard,    ///< customers of both / customers of either; weights do not count
  tversky,    ///< c / (c + tversky_owned (|i| - c) + tversky_other (|j| - c)) with c the customers
              ///< of both; weights do not count; 1 and 1 is Jaccard's, 1/2 and 1/2 Dice's index
  rp3_beta,   ///< a walk from i to one of its customers to an item of theirs, its probabilities to
              ///< the power of rp3_alpha: sum over u of (r_ui / L_i r_uj / D_u)^alpha / L_j^beta
  symmetric,  ///< r / sqrt(D_u L_i); similarity is the dot product: the linear part of GF-CF
};

/// Which is best depends on the data. With a fifth of the interactions of Gowalla, MovieLens 1M and
/// Last.FM hidden, NDCG@20 was .115, .343, .239 with the defaults, .121, .342, .255 with shrinkage
/// 100, .135, .272, .263 with bm25 and b = .1, .105, .347, .121 with bm25 and b = .75: long tails
/// want shrinkage or a small b, few items with many ratings a large b. On the published split of
/// Gowalla Recall and NDCG@20 were .188 and .156 with rp3_beta = .2 and 200 neighbours, .168 and
/// .133 with symmetric and 4,000 (normalise off; .150 and .117 with 100), .137 and .102 with
/// tf_idf.
struct NeighboursOptions {
  NeighbourWeighting weighting = NeighbourWeighting::tf_idf;
  std::size_t neighbours = 100;  ///< K, kept an item; >= 1
  /// Added to what a similarity is divided by, so that items that few took are not alike by chance:
  /// to the product of the two items' lengths in a cosine (units of weight squared), to the
  /// customers below the line of jaccard and tversky; >= 0. The others divide by nothing: only 0.
  double shrinkage = 0;
  /// Scores: each owned item's similarities are divided by their sum (Deshpande & Karypis), so
  /// that owned items with close neighbours do not drown the others.
  bool normalise = true;
  double k1 = 1.2;  ///< bm25: how soon repeated interactions saturate; >= 0
  double b = 0.2;   ///< bm25: how much an item's popularity is discounted, 0 to 1; .75 is usual
                    ///< for texts, less for purchases (above)
  double tversky_owned = 0.5;  ///< tversky: weight of the owned item's other customers; >= 0
  double tversky_other = 0.5;  ///< tversky: weight of the other item's other customers; >= 0
  double rp3_alpha = 1;   ///< rp3_beta: power of the transition probabilities, > 0; 0.5 to 2 usual
  double rp3_beta = 0.4;  ///< rp3_beta: how much the other item's popularity is discounted; >= 0
};

struct NeighboursReport {
  std::size_t items = 0;    ///< items whose neighbours were searched: n unless stopped
  std::size_t pairs = 0;    ///< neighbours kept, of all items
  std::size_t without = 0;  ///< items without any neighbour
  bool stopped = false;     ///< by the progress callback: later items have no neighbours
};

}  // namespace emptor
