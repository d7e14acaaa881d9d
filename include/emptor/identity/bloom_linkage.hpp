#pragma once
// Links between the encodings of two parties (identity/bloom_encoding.hpp): which rows are one
// person, by the Dice similarity of their bits.
//
// Up to `compare_all_below` pairs, all are compared. Beyond, pairs are those that agree in all
// bits of at least one of many random samples of bits (Hamming LSH: Piotr Indyk, Rajeev Motwani,
// "Approximate nearest neighbors: towards removing the curse of dimensionality", STOC 1998,
// doi:10.1145/276698.276876; for encodings: Dimitrios Karapiperis, Vassilios S. Verykios, "An
// LSH-based blocking approach with a homomorphic matching technique for privacy-preserving record
// linkage", IEEE TKDE 27(4), 2015, doi:10.1109/TKDE.2014.2349916). A sample has as many bits as
// leave about 16 rows a bucket, and there are as many samples as find a pair at the threshold with
// the chance `recall`.
//
// One-to-one: the most alike pair is a link, and both rows are gone; and so on (greedy). For
// parties without duplicates of their own.
//
// The threshold, unless given, is chosen without truth. Rows of one party are strangers to each
// other, so the most alike of them tell how alike strangers get: s(t) of the rows have a stranger
// at t or above. Of n rows of ours b(t) have a link at t or above; rows of right links are gone,
// and the others meet strangers at that rate, which tells how many links are expected to be right.
// t is the one of greatest expected F1. It follows any hardening and any choice of fields.
// Duplicates within a party make it too high.
//
// Cost: compare all, 1,024 bits: 6 to 9 ns a pair and thread. Memory: 12 bytes a pair above the
// floor. Results do not depend on the executor. Thread safety: pure functions.

#include <cstdint>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/identity/bloom_encoding.hpp"

namespace emptor {

enum class EncodingMatching : std::uint8_t {
  one_to_one,  ///< every row at most once
  threshold,   ///< every pair of the threshold or above; needs a threshold
};

struct EncodingLinkOptions {
  double threshold = 0;  ///< Dice similarity of links, (0, 1]; 0: chosen
  EncodingMatching matching = EncodingMatching::one_to_one;
  std::uint64_t compare_all_below = 300000000;  ///< pairs; more: LSH
  // Of LSH:
  std::uint32_t sample_bits = 0;    ///< of a sample, [4, 64]; 0: chosen
  std::uint32_t samples = 0;        ///< at most 4096; 0: chosen, at most 512
  double recall = 0.95;             ///< of pairs at the threshold (0.75 while chosen), (0, 1)
  std::uint32_t max_bucket = 1000;  ///< larger buckets, of either party, are left out; >= 1
  std::uint64_t seed = 1;           ///< of the samples
};

struct EncodedPair {
  std::uint32_t ours = 0;
  std::uint32_t theirs = 0;
  float similarity = 0;
  friend bool operator==(const EncodedPair&, const EncodedPair&) = default;
};

struct EncodingLinkReport {
  double threshold = 0;          ///< that was used
  double chance = 0;             ///< mean similarity of random pairs
  std::uint64_t compared = 0;    ///< comparisons; by LSH a pair may be compared more than once
  std::uint64_t considered = 0;  ///< pairs kept for matching
  std::uint32_t sample_bits = 0, samples = 0;  ///< 0: all pairs were compared
  std::uint64_t buckets_left_out = 0;
  /// Of links, 1 when the threshold was given.
  double expected_precision = 1;
};

struct EncodingLinkage {
  std::vector<EncodedPair> pairs;  ///< ascending by ours, theirs
  EncodingLinkReport report;
};

/// Rows without a usable value link with nobody. Throws `invalid_option` for options that do not
/// hold, `invalid_value` for encodings of another key, other fields or options.
[[nodiscard]] EMPTOR_API EncodingLinkage link_encodings(const BloomEncodings& ours,
                                                        const BloomEncodings& theirs,
                                                        const EncodingLinkOptions& options = {},
                                                        const Context& context = {});

}  // namespace emptor
