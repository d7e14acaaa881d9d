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

struct NeighboursOptions {
  NeighbourWeighting weighting = NeighbourWeighting::tf_idf;
  std::size_t neighbours = 100;  ///< K, kept an item; >= 1
  /// Added to the product of the two items' lengths in a cosine, so that items that few took are
  /// not alike by chance; in units of weight squared, >= 0, with bm25 only 0.
  double shrinkage = 0;
  /// Scores: each owned item's similarities are divided by their sum (Deshpande & Karypis, section
  /// 4.2), so that owned items with close neighbours do not drown the others.
  bool normalise = true;
  double k1 = 1.2;  ///< bm25: how soon repeated interactions saturate; >= 0
  double b = 0.2;   ///< bm25: how much an item's popularity is discounted, 0 to 1
};

struct NeighboursReport {
  std::size_t items = 0;    ///< items whose neighbours were searched: n unless stopped
  std::size_t pairs = 0;    ///< neighbours kept, of all items
  std::size_t without = 0;  ///< items without any neighbour
  bool stopped = false;     ///< by the progress callback: later items have no neighbours
};

}  // namespace emptor
