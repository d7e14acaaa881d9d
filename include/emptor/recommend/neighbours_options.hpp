#pragma once
// Options and report of item neighbours; see neighbours.hpp. Thread safety: values.

#include <cstddef>
#include <cstdint>

namespace emptor {

/// What an interaction of weight r between customer u and item i counts; d_u items of the customer,
/// n items in all, L_i the sum of the item's weights.
enum class NeighbourWeighting : std::uint8_t {
  cosine,  ///< r; similarity is the cosine
  tf_idf,  ///< sqrt(r) ln(1 + n / d_u); similarity is the cosine
  bm25,    ///< r (k1 + 1) / (r + k1 (1 - b + b L_i / mean L)) ln(1 + (n - d_u + .5) / (d_u + .5));
           ///< similarity is the dot product, lengths being b's affair
};

/// Which is best depends on the data. With a fifth of the interactions of Gowalla, MovieLens 1M and
/// Last.FM hidden, NDCG@20 was .115, .343, .239 with the defaults, .121, .342, .255 with shrinkage
/// 100, .135, .272, .263 with bm25 and b = .1, .105, .347, .121 with bm25 and b = .75: long tails
/// want shrinkage or a small b, few items with many ratings a large b.
struct NeighboursOptions {
  NeighbourWeighting weighting = NeighbourWeighting::tf_idf;
  std::size_t neighbours = 100;  ///< K, kept an item; >= 1
  /// Added to the product of the two items' lengths in a cosine, so that items that few took are
  /// not alike by chance; in units of weight squared, >= 0, with bm25 only 0.
  double shrinkage = 0;
  /// Scores: each owned item's similarities are divided by their sum (Deshpande & Karypis), so
  /// that owned items with close neighbours do not drown the others.
  bool normalise = true;
  double k1 = 1.2;  ///< bm25: how soon repeated interactions saturate; >= 0
  double b = 0.2;   ///< bm25: how much an item's popularity is discounted, 0 to 1; .75 is usual
                    ///< for texts, less for purchases (above)
};

struct NeighboursReport {
  std::size_t items = 0;    ///< items whose neighbours were searched: n unless stopped
  std::size_t pairs = 0;    ///< neighbours kept, of all items
  std::size_t without = 0;  ///< items without any neighbour
  bool stopped = false;     ///< by the progress callback: later items have no neighbours
};

}  // namespace emptor
