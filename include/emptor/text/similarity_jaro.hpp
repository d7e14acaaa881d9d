#pragma once
// The measures of record linkage made for names: units that stand at about the same place in both
// texts, and how many of them are out of order.
// M. A. Jaro, "Advances in record-linkage methodology as applied to matching the 1985 census of
// Tampa, Florida", JASA 84(406), 1989, doi:10.1080/01621459.1989.10478785; W. E. Winkler, "String
// comparator metrics and enhanced decision rules in the Fellegi-Sunter model of record linkage",
// ASA Proceedings of the Section on Survey Research Methods, 1990. Bit-parallel up to 64 units of
// the one text and 64 of the other, else by a list of positions a symbol; both O(m + n) a pair.
// Jaro's measure is a quotient of two integers, rounded once; so for texts up to 64 units and the
// default weight, `float` of either measure is the exact value rounded to the nearest, whatever the
// order of operations (the exact value, of denominator < 2^23, is at least 2^-48 away from where
// rounding tips over), which is what the kernels of text/kernels.hpp compute.
// Thread safety: pure functions.

#include <bit>

#include "emptor/text/similarity_units.hpp"

namespace emptor {

struct WinklerOptions {
  double prefix_weight = 0.1;  ///< p, of each of up to 4 equal units at the start; [0, 0.25]
  /// The bonus is given above this Jaro similarity. 0.7 as in Winkler's own code, jellyfish and
  /// rapidfuzz; 0 gives it always.
  double bonus_above = 0.7;
};

namespace detail {

struct JaroCounts {
  std::size_t matches = 0;
  std::size_t out_of_order = 0;  ///< matches that are not equal to the match of the same rank
};

[[nodiscard]] constexpr std::size_t jaro_window(std::size_t a, std::size_t b) noexcept {
  const std::size_t half = std::max(a, b) / 2;
  return half > 0 ? half - 1 : 0;
}

/// Both of 1 to 64 units, `masks` those of a.
template <class Masks, class Unit>
JaroCounts jaro_counts_word(const Masks& masks, std::span<const Unit> a,
                            std::span<const Unit> b) noexcept {
  const std::size_t window = jaro_window(a.size(), b.size());
  std::uint64_t near = (std::uint64_t{2} << window) - 1;  // places of a that b[j] may match
  std::uint64_t taken_a = 0, taken_b = 0, at = 1;
  for (std::size_t j = 0; j < b.size(); ++j, at <<= 1) {
    const std::uint64_t free = masks.mask(b[j]) & near & ~taken_a;
    taken_a |= free & (0 - free);
    taken_b |= free != 0 ? at : 0;
    near = near << 1 | (j < window ? 1U : 0U);
  }
  JaroCounts counts;
  for (; taken_a != 0; taken_a &= taken_a - 1, taken_b &= taken_b - 1) {
    ++counts.matches;
    const auto i = static_cast<std::size_t>(std::countr_zero(taken_a));
    const auto j = static_cast<std::size_t>(std::countr_zero(taken_b));
    counts.out_of_order += a[i] != b[j] ? 1 : 0;
  }
  return counts;
}

struct JaroHead {
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  char32_t symbol = 0;
  std::uint32_t next = none;  ///< first place of the symbol that may still be matched
  bool used = false;
};

/// Of any length: places of one symbol are matched in their order, so each symbol needs only the
/// first of its places that is not taken and not left behind.
template <class Unit>
JaroCounts jaro_counts_lists(std::span<const Unit> a, std::span<const Unit> b) {
  constexpr std::uint32_t none = JaroHead::none;
  std::vector<JaroHead> heads(std::bit_ceil(2 * a.size() + 1));
  const auto head_of = [&](char32_t c) -> JaroHead& {
    std::size_t at = static_cast<std::uint32_t>(c) * 0x9E3779B1U % heads.size();
    while (heads[at].used && heads[at].symbol != c) at = (at + 1) % heads.size();
    return heads[at];
  };
  std::vector<std::uint32_t> next(a.size());
  for (std::size_t i = a.size(); i-- > 0;) {
    JaroHead& head = head_of(a[i]);
    next[i] = head.next;
    head = {a[i], static_cast<std::uint32_t>(i), true};
  }
  const std::size_t window = jaro_window(a.size(), b.size());
  std::vector<bool> taken(a.size());
  std::vector<Unit> of_b;
  for (std::size_t j = 0; j < b.size(); ++j) {
    JaroHead& head = head_of(b[j]);
    while (head.next != none && head.next + window < j) head.next = next[head.next];
    if (head.next == none || head.next > j + window) continue;
    taken[head.next] = true;
    head.next = next[head.next];
    of_b.push_back(b[j]);
  }
  JaroCounts counts;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (taken[i]) counts.out_of_order += a[i] != of_b[counts.matches++] ? 1 : 0;
  }
  return counts;
}

/// Of texts of a and b units, neither empty.
[[nodiscard]] inline double jaro_quotient(const JaroCounts& counts, std::size_t a,
                                          std::size_t b) noexcept {
  const std::size_t m = counts.matches;
  if (m == 0) return 0;
  const std::size_t in_order = m - counts.out_of_order / 2;
  return static_cast<double>(m * m * (a + b) + in_order * a * b) /
         static_cast<double>(3 * m * a * b);
}

template <class Unit>
double jaro(std::span<const Unit> a, std::span<const Unit> b) {
  if (a.empty() || b.empty()) return a.empty() && b.empty() ? 1 : 0;
  const JaroCounts counts = a.size() <= word_units && b.size() <= word_units
                                ? jaro_counts_word(SymbolMasks<Unit>(a, b), a, b)
                                : jaro_counts_lists(a, b);
  return jaro_quotient(counts, a.size(), b.size());
}

/// With the bonus for the beginning.
template <class Unit>
double winkler(double jaro, std::span<const Unit> a, std::span<const Unit> b,
               const WinklerOptions& options) noexcept {
  if (!(jaro > options.bonus_above)) return jaro;
  const std::size_t most = std::min({a.size(), b.size(), std::size_t{4}});
  std::size_t prefix = 0;
  while (prefix < most && a[prefix] == b[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * options.prefix_weight * (1 - jaro);
}

}  // namespace detail

/// (m/|a| + m/|b| + (m - t)/m) / 3 of m matches and t transpositions (half of the matches out of
/// order, rounded down); in [0, 1], 1 where both are empty. Symmetric.
[[nodiscard]] inline double jaro_similarity(std::string_view a, std::string_view b) {
  return detail::with_units(a, b, [](auto x, auto y) { return detail::jaro(x, y); });
}

/// Jaro's similarity J and p * (equal units at the start, 4 at most) * (1 - J). Options are taken
/// as they are.
[[nodiscard]] inline double jaro_winkler_similarity(std::string_view a, std::string_view b,
                                                    const WinklerOptions& options = {}) {
  return detail::with_units(
      a, b, [&](auto x, auto y) { return detail::winkler(detail::jaro(x, y), x, y, options); });
}

}  // namespace emptor
