#pragma once
// A host's own lexicon of sentiment: tokens (words, emoticons, emoji, Chinese words) with a mean
// valence, and emoji with a description in words.
//
//     SentimentLexiconFile file = read_sentiment_lexicon(bytes);
//     file.report.problems ...                       // what could not be read, by line
//
// Format: UTF-8 lines `token TAB mean [TAB standard deviation [TAB anything]]`, as C. J. Hutto and
// Eric Gilbert publish theirs ("VADER: a parsimonious rule-based model for sentiment analysis of
// social media text", ICWSM 2014, doi:10.1609/icwsm.v8i1.14550). emptor ships no lexicon. A bad
// line is counted and left out, never an exception. Tokens are folded (text/fold.hpp, accents
// kept): of one written so and one that becomes so by folding the first counts, else the last.
// Memory: the tokens and about 40 bytes each. Thread safety: const functions may run concurrently.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/sentiment_result.hpp"

namespace emptor {

class SentimentLexicon {
 public:
  static constexpr std::size_t longest_token = 256;  ///< bytes
  static constexpr double largest_valence = 1e9;

  /// A token, once more: the new valence. Errors: `invalid_value` for an empty, too long or not
  /// well-formed token or a valence beyond `largest_valence`.
  EMPTOR_API Result<void> add(std::string_view token, double valence);
  /// An emoji that is read as these words; they count as the words of the text do. Errors as `add`.
  EMPTOR_API Result<void> add_emoji(std::string_view emoji, std::string_view description);

  /// The valence of a token, or null.
  [[nodiscard]] EMPTOR_API const double* find(std::string_view token) const;
  [[nodiscard]] std::size_t size() const noexcept { return tokens_.size(); }

  struct Token {
    double valence = 0;
    bool folded = false;  ///< became what it is by folding
  };
  [[nodiscard]] const std::unordered_map<std::string, Token>& tokens() const noexcept {
    return tokens_;
  }
  [[nodiscard]] const std::unordered_map<std::string, std::string>& emoji() const noexcept {
    return emoji_;
  }

 private:
  std::unordered_map<std::string, Token> tokens_;
  std::unordered_map<std::string, std::string> emoji_;
};

struct SentimentLexiconOptions {
  double largest_mean =
      100;  ///< |mean| above this is a bad line; > 0, at most `largest_valence` counts
  std::size_t kept_bad_lines = 100;  ///< listed; all are counted
};

struct SentimentLexiconFile {
  SentimentLexicon lexicon;
  LexiconReport report;
};

/// A lexicon from the bytes of its file; a byte order mark and CR LF are taken. O(bytes). Throws
/// `invalid_option`.
[[nodiscard]] EMPTOR_API SentimentLexiconFile
read_sentiment_lexicon(std::string_view bytes, const SentimentLexiconOptions& options = {});
/// Descriptions of emoji, lines `emoji TAB words [TAB anything]`, into `lexicon`.
[[nodiscard]] EMPTOR_API LexiconReport read_emoji_descriptions(
    std::string_view bytes, SentimentLexicon& lexicon, const SentimentLexiconOptions& options = {});

namespace detail {
/// Appends `text` folded as tokens of the lexicon are; ’ becomes '.
EMPTOR_API void fold_sentiment(std::string_view text, std::string& out);
}  // namespace detail

}  // namespace emptor
