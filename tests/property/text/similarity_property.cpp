// The bit-parallel measures against plain programs over whole tables, on texts of any bytes, empty,
// of other scripts and above the 64 units of a word.

#include "emptor/text/similarity.hpp"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "support/property.hpp"

using namespace emptor;

namespace {

using Units = std::vector<char32_t>;

Units units_of(std::string_view text) {
  Units units;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_character(text, at);
    units.push_back(c.value);
    at += c.bytes;
  }
  return units;
}

std::size_t plain_distance(const Units& a, const Units& b, bool transpositions) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (transpositions && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

std::size_t plain_subsequence(const Units& a, const Units& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = a[i - 1] == b[j - 1] ? d[i - 1][j - 1] + 1 : std::max(d[i - 1][j], d[i][j - 1]);
    }
  }
  return d[a.size()][b.size()];
}

/// The textbook's loops and formula in double precision.
double plain_jaro(const Units& a, const Units& b) {
  if (a.empty() && b.empty()) return 1;
  const std::size_t half = std::max(a.size(), b.size()) / 2, window = half > 0 ? half - 1 : 0;
  std::vector<bool> in_a(a.size()), in_b(b.size());
  std::size_t matches = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = i > window ? i - window : 0; j < std::min(b.size(), i + window + 1); ++j) {
      if (in_b[j] || a[i] != b[j]) continue;
      in_a[i] = in_b[j] = true;
      ++matches;
      break;
    }
  }
  if (matches == 0) return 0;
  std::size_t differ = 0;
  for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
    if (!in_a[i]) continue;
    while (!in_b[j]) ++j;
    differ += a[i] != b[j++] ? 1 : 0;
  }
  const auto m = static_cast<double>(matches), t = static_cast<double>(differ / 2);
  return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + (m - t) / m) / 3;
}

double plain_ngram(const Units& a, const Units& b, std::size_t n, bool jaccard) {
  std::map<Units, std::pair<std::size_t, std::size_t>> bags;
  const auto count = [&](const Units& text, auto which) {
    if (text.empty()) return;
    const std::size_t width = std::min(n, text.size());
    for (std::size_t i = 0; i + width <= text.size(); ++i) {
      const auto from = text.begin() + static_cast<std::ptrdiff_t>(i);
      ++(bags[Units(from, from + static_cast<std::ptrdiff_t>(width))].*which);
    }
  };
  count(a, &std::pair<std::size_t, std::size_t>::first);
  count(b, &std::pair<std::size_t, std::size_t>::second);
  std::size_t both = 0, sum = 0;
  for (const auto& [gram, counts] : bags) {
    both += std::min(counts.first, counts.second);
    sum += counts.first + counts.second;
  }
  if (sum == 0) return 1;
  return jaccard ? static_cast<double>(both) / static_cast<double>(sum - both)
                 : static_cast<double>(2 * both) / static_cast<double>(sum);
}

/// Few symbols, so that texts have much in common; `wide` adds other scripts and bad bytes.
std::string text_of(const std::vector<std::uint8_t>& codes, bool wide, std::size_t repeat) {
  static const std::vector<std::string> pieces{
      "a", "b", "c", "d", "a", "b", "c", "e", "é", "\xF0\x9F\x98\x80", "王", "\xFF", "\xE4\xB8"};
  std::string text;
  for (std::size_t r = 0; r < repeat; ++r) {
    for (const std::uint8_t code : codes) {
      text += pieces[(code + r * (code / 16)) % (wide ? pieces.size() : 8)];
    }
  }
  return text;
}

struct Pair {
  std::string a, b;
};

/// Either two texts of their own, or one and a copy with a few edits.
Pair pair_of(const std::vector<std::uint8_t>& first, const std::vector<std::uint8_t>& second,
             std::uint8_t kind) {
  const bool wide = kind % 2 == 1;
  const std::size_t repeat = kind % 3 == 0 ? 1 + kind % 7 : 1;
  Pair pair{text_of(first, wide, repeat), text_of(second, wide, repeat)};
  if (kind % 5 < 3 && !pair.a.empty()) {
    std::string copy = pair.a;
    for (std::size_t i = 0; i + 1 < second.size() && i < 12; i += 2) {
      const std::size_t at = (std::size_t{second[i]} * 7 + i) % (copy.size() + 1);
      if (second[i + 1] % 3 == 0) copy.insert(at, 1, "abcd"[second[i] % 4]);
      if (second[i + 1] % 3 == 1 && at < copy.size()) copy.erase(at, 1);
      if (second[i + 1] % 3 == 2 && at + 1 < copy.size()) std::swap(copy[at], copy[at + 1]);
    }
    pair.b = copy;
  }
  return pair;
}

TEST_CASE("edit distances are those of the whole table") {
  test::check_property("pairs", [](const std::vector<std::uint8_t>& first,
                                   const std::vector<std::uint8_t>& second, std::uint8_t kind) {
    const Pair pair = pair_of(first, second, kind);
    const Units a = units_of(pair.a), b = units_of(pair.b);
    const std::size_t levenshtein = plain_distance(a, b, false);
    const std::size_t damerau = plain_distance(a, b, true);
    RC_ASSERT(levenshtein_distance(pair.a, pair.b) == levenshtein);
    RC_ASSERT(levenshtein_distance(pair.b, pair.a) == levenshtein);
    RC_ASSERT(damerau_levenshtein_distance(pair.a, pair.b) == damerau);
    RC_ASSERT(damerau_levenshtein_distance(pair.b, pair.a) == damerau);
    for (const std::size_t cutoff :
         {std::size_t{0}, std::size_t{1}, std::size_t{3}, levenshtein / 2, levenshtein,
          std::max(levenshtein, std::size_t{1}) - 1, levenshtein + 70}) {
      RC_ASSERT(levenshtein_distance(pair.a, pair.b, cutoff) == std::min(levenshtein, cutoff + 1));
      RC_ASSERT(damerau_levenshtein_distance(pair.a, pair.b, cutoff) ==
                std::min(damerau, cutoff + 1));
    }
    RC_ASSERT(common_subsequence_length(pair.a, pair.b) == plain_subsequence(a, b));
    const double similarity = levenshtein_similarity(pair.a, pair.b);
    RC_ASSERT(similarity >= 0 && similarity <= 1);
  });
}

TEST_CASE("Jaro and Winkler are those of the plain loops") {
  test::check_property("pairs", [](const std::vector<std::uint8_t>& first,
                                   const std::vector<std::uint8_t>& second, std::uint8_t kind) {
    const Pair pair = pair_of(first, second, kind);
    const Units a = units_of(pair.a), b = units_of(pair.b);
    const double jaro = plain_jaro(a, b);
    RC_ASSERT(std::abs(jaro_similarity(pair.a, pair.b) - jaro) < 1e-15);
    RC_ASSERT(jaro_similarity(pair.b, pair.a) == jaro_similarity(pair.a, pair.b));
    RC_ASSERT(jaro_winkler_similarity(pair.b, pair.a) == jaro_winkler_similarity(pair.a, pair.b));
    std::size_t prefix = 0;
    while (prefix < std::min({a.size(), b.size(), std::size_t{4}}) && a[prefix] == b[prefix]) {
      ++prefix;
    }
    const double bonus = static_cast<double>(prefix) * 0.1 * (1 - jaro);
    RC_ASSERT(std::abs(jaro_winkler_similarity(pair.a, pair.b, {.bonus_above = 0}) -
                       (jaro + bonus)) < 1e-15);
    const double winkler = jaro_winkler_similarity(pair.a, pair.b);
    RC_ASSERT(winkler <= 1);
    if (std::abs(jaro - 0.7) > 1e-12) {
      const double plain = jaro > 0.7 ? jaro + bonus : jaro;
      RC_ASSERT(std::abs(winkler - plain) < 1e-15);
      if (std::max(a.size(), b.size()) <= 64) {
        RC_ASSERT(static_cast<float>(winkler) == static_cast<float>(plain));
      }
    }
  });
}

TEST_CASE("n-gram similarities are those of maps of n-grams") {
  test::check_property("pairs", [](const std::vector<std::uint8_t>& first,
                                   const std::vector<std::uint8_t>& second, std::uint8_t kind) {
    const Pair pair = pair_of(first, second, kind);
    const Units a = units_of(pair.a), b = units_of(pair.b);
    for (const std::size_t n : {1U, 2U, 3U}) {
      RC_ASSERT(dice_ngram_similarity(pair.a, pair.b, n) == plain_ngram(a, b, n, false));
      RC_ASSERT(jaccard_ngram_similarity(pair.a, pair.b, n) == plain_ngram(a, b, n, true));
    }
  });
}

}  // namespace
