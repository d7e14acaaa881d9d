#pragma once
// Blocking keys for sets: texts or token lists that are alike, not equal, get equal keys.
//
// The least hash over a set is the same for two sets with probability of their Jaccard similarity:
// Andrei Z. Broder, "On the resemblance and containment of documents", SEQUENCES 1997,
// doi:10.1109/SEQUEN.1997.666900. `rows` such values make a key, `bands` keys make that many rules,
// and two sets of similarity s meet by at least one of them with probability 1 - (1 - s^rows)^bands
// (Piotr Indyk, Rajeev Motwani, "Approximate nearest neighbors", STOC 1998,
// doi:10.1145/276698.276876). One hash a token serves for all values: Ping Li, Art Owen, Cun-Hui
// Zhang, "One permutation hashing", NIPS 2012; bins that no token falls into borrow from one drawn
// for each bin and attempt anew: Anshumali Shrivastava, "Optimal densification for fast and
// accurate minwise hashing", ICML 2017, PMLR 70.
//
// Time: O(tokens + bins^2 / tokens) a record. Memory: 8 bytes a record and band. Thread safety:
// pure functions.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

struct MinHashOptions {
  std::size_t bands = 8;   ///< keys a record, each a rule of its own; >= 1
  std::size_t rows = 3;    ///< values a key: more make keys narrower; >= 1; bands x rows <= 256
  std::uint64_t seed = 1;  ///< of the hashes; any number
};

/// Keys of sets of tokens: set i is tokens[offsets[i], offsets[i + 1]), in any order, repetitions
/// not counting. `offsets` ascends from 0 to tokens.size(). One column a band, one key a set, 0 for
/// an empty set. Throws `invalid_option`, `invalid_shape`.
[[nodiscard]] EMPTOR_API std::vector<std::vector<std::uint64_t>> minhash_keys(
    std::span<const std::size_t> offsets, std::span<const std::uint32_t> tokens,
    const MinHashOptions& options = {}, const Context& context = {});

/// Keys of texts by the three-character pieces of their folded words (text/tokenise.hpp); 0 for a
/// text without a letter or digit. Throws `invalid_option`.
[[nodiscard]] EMPTOR_API std::vector<std::vector<std::uint64_t>> minhash_text_keys(
    std::span<const std::string_view> texts, const MinHashOptions& options = {},
    const Context& context = {});

/// Probability that two sets of Jaccard similarity 0 to 1 meet by at least one band.
[[nodiscard]] inline double minhash_probability(double similarity, const MinHashOptions& options) {
  return 1 - std::pow(1 - std::pow(similarity, double(options.rows)), double(options.bands));
}

}  // namespace emptor
