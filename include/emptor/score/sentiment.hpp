#pragma once
// Sentiment of a text by a host's lexicon and the words around each hit: negation, degree,
// capitals, idioms, contrast, punctuation.
//
//     LexiconSentiment sentiment(read_sentiment_lexicon(bytes).lexicon);
//     SentimentAnalysis feels = sentiment.analyse("The plot was good, but the ending is not.");
//     feels.compound; feels.hits[0].span.of(text); feels.hits[0].step(SentimentRule::contrast);
//
// Texts with spaces: the rules of C. J. Hutto and Eric Gilbert, "VADER: a parsimonious rule-based
// model for sentiment analysis of social media text", ICWSM 2014, doi:10.1609/icwsm.v8i1.14550, as
// their reference program has them, so that its compound scores come out: words are cut at white
// space, lose punctuation around them unless that leaves two characters or fewer, and look at the
// three words before them. One difference: with "but", each word is halved or raised exactly once.
// Texts without spaces (a third of their letters or more is Han, kana, Hangul, Thai …): the longest
// word at each place, of the lexicon or of the lists of SentimentOptions; a negation or degree
// changes the next word of sentiment in its clause, within reach; a negation before a degree (不太)
// turns around less; contrast works within a sentence.
// Cost: O(bytes), some 20 ns a byte; nothing is allocated with a reused SentimentWork and result.
// Of texts longer than 2^28 bytes the beginning is read. Thread safety: immutable, share it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/score/sentiment_lexicon.hpp"
#include "emptor/score/sentiment_result.hpp"
#include "emptor/score/sentiment_words.hpp"

namespace emptor {

namespace detail {

struct SentimentTables;

/// A word, or a character of a text without spaces.
struct SentimentToken {
  TextSpan span;            ///< in the text
  std::uint32_t begin = 0;  ///< in the folded text
  std::uint32_t end = 0;
  std::int32_t entry = -1;  ///< in the tables, -1: not there
  std::uint32_t roles = 0;
  bool capitals = false;
};

}  // namespace detail

/// Memory of an analysis, for reuse by one thread.
struct SentimentWork {
  std::string folded;
  std::vector<detail::SentimentToken> tokens;
};

class LexiconSentiment {
 public:
  /// The lexicon is copied. Throws `invalid_option`. O(tokens).
  EMPTOR_API explicit LexiconSentiment(const SentimentLexicon& lexicon,
                                       const SentimentOptions& options = {});

  EMPTOR_API void analyse(std::string_view text, SentimentWork& work, SentimentAnalysis& out) const;
  [[nodiscard]] EMPTOR_API SentimentAnalysis analyse(std::string_view text) const;

  /// Whether a text would be read as one without spaces.
  [[nodiscard]] EMPTOR_API static bool is_unspaced(std::string_view text) noexcept;

 private:
  void spaced(std::string_view text, SentimentWork& work, SentimentAnalysis& out) const;
  void unspaced(std::string_view text, SentimentWork& work, SentimentAnalysis& out) const;

  std::shared_ptr<const detail::SentimentTables> tables_;
};

}  // namespace emptor
