#pragma once
// What a text feels: one number, what it is made of, and where in the text each part stands.
// Plain data; thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

/// Bytes [begin, end) of a text, whole characters. Of no text: begin == end.
struct TextSpan {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] std::string_view of(std::string_view text) const {
    return text.substr(begin, end - begin);
  }
  friend bool operator==(const TextSpan&, const TextSpan&) = default;
};

/// What gave or changed the valence of a word.
enum class SentimentRule : std::uint8_t {
  lexicon,   ///< the word's own mean valence
  no_word,   ///< "no" before it, or itself before another word of the lexicon
  capitals,  ///< written in capitals where other words are not
  degree,    ///< "very", "barely", "kind of", 非常
  negation,  ///< "not", "isn't", "never", 不, 没
  idiom,     ///< part of a phrase with a valence of its own: "yeah right", "to die for"
  least,     ///< "least" before it, but not "at least" or "very least"
  contrast,  ///< before or after "but", 但是
};
inline constexpr std::size_t sentiment_rules = 8;
[[nodiscard]] EMPTOR_API std::string_view name(SentimentRule rule) noexcept;

/// A word of the lexicon found in the text.
struct SentimentHit {
  TextSpan span;
  double valence = 0;  ///< after all rules: the sum of the steps, to rounding
  std::array<double, sentiment_rules> steps{};  ///< by rule: what it added

  [[nodiscard]] double step(SentimentRule rule) const noexcept {
    return steps[static_cast<std::size_t>(rule)];
  }
  friend bool operator==(const SentimentHit&, const SentimentHit&) = default;
};

/// Reusable: an analysis writes over the last one. No words, or none known: all zeros but
/// `neutral`, which is 1 where there are words.
struct SentimentAnalysis {
  double compound = 0;  ///< sum / sqrt(sum^2 + alpha), in (-1, 1)
  double sum = 0;       ///< of the hits' valences, and the emphasis
  double emphasis = 0;  ///< what exclamation and question marks add, with the sign of the rest
  /// Shares of the text that are positive, neutral and negative: they add up to 1, or are all 0.
  double positive = 0;
  double neutral = 0;
  double negative = 0;
  std::uint32_t words = 0;           ///< without spaces between words: characters
  std::vector<SentimentHit> hits{};  ///< in the order of the text

  friend bool operator==(const SentimentAnalysis&, const SentimentAnalysis&) = default;
};

enum class LexiconProblem : std::uint8_t {
  no_tab,          ///< less than two fields
  empty_token,     ///< or one of blanks alone
  long_token,      ///< of more than 256 bytes
  invalid_utf8,    ///< or a NUL byte
  bad_mean,        ///< not a finite number
  mean_too_large,  ///< beyond the limit of the options
  bad_deviation,   ///< third field, where there is one: not a number of at least 0
  duplicate,       ///< the token stood there before; this later line counts
};
inline constexpr std::size_t lexicon_problems = 8;
[[nodiscard]] EMPTOR_API std::string_view name(LexiconProblem problem) noexcept;

struct LexiconBadLine {
  std::uint64_t line = 0;  ///< from 1
  LexiconProblem problem{};

  friend bool operator==(const LexiconBadLine&, const LexiconBadLine&) = default;
};

/// How a lexicon was read. Every line is an entry, empty, or one of the problems; duplicates are
/// entries too.
struct LexiconReport {
  std::uint64_t lines = 0;
  std::uint64_t entries = 0;  ///< lines that were taken
  std::uint64_t empty = 0;    ///< empty lines, and comments (a blank after `#`)
  std::array<std::uint64_t, lexicon_problems> problems{};  ///< lines by problem
  std::vector<LexiconBadLine> bad{};  ///< the first ones, as many as the options keep

  [[nodiscard]] std::uint64_t count(LexiconProblem problem) const noexcept {
    return problems[static_cast<std::size_t>(problem)];
  }
  friend bool operator==(const LexiconReport&, const LexiconReport&) = default;
};

}  // namespace emptor
