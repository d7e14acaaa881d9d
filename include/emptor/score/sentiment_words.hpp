#pragma once
// The words around a word of sentiment that change it, and by how much. All can be replaced.
//
// The English lists and amounts are those of C. J. Hutto and Eric Gilbert, "VADER: a parsimonious
// rule-based model for sentiment analysis of social media text", ICWSM 2014,
// doi:10.1609/icwsm.v8i1.14550 (amounts measured there on ratings by people). The Chinese lists are
// small and judgement: a host adds its own. Thread safety: values.

#include <cstdint>
#include <string>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

struct SentimentDegree {
  std::string words;  ///< one or more, one blank between
  /// Of texts with spaces: what it adds to the strength, in units of valence; below 0 it dampens.
  /// Of texts without: a factor of the strength, > 0.
  double amount = 0;
};

struct SentimentPhrase {
  std::string words;   ///< two or three, one blank between
  double valence = 0;  ///< in place of that of the word of the lexicon within or beside it
};

/// For texts whose words stand apart.
struct SpacedSentimentWords {
  std::vector<std::string> negations{};  ///< beside every word with "n't" in it
  std::vector<SentimentDegree> degrees{};
  std::vector<SentimentPhrase> phrases{};
  std::vector<std::string> contrasts{};  ///< "but"
};
[[nodiscard]] EMPTOR_API SpacedSentimentWords english_sentiment_words();

/// For texts without spaces, Chinese for one; what is longest at a place counts.
struct UnspacedSentimentWords {
  std::vector<std::string> negations{};
  std::vector<SentimentDegree> degrees{};
  std::vector<std::string> contrasts{};
  std::vector<std::string> neutral{};  ///< words in which a word of the other lists means nothing
};
[[nodiscard]] EMPTOR_API UnspacedSentimentWords chinese_sentiment_words();

struct SentimentOptions {
  SpacedSentimentWords spaced = english_sentiment_words();
  UnspacedSentimentWords unspaced = chinese_sentiment_words();
  double alpha = 15;             ///< compound = sum / sqrt(sum^2 + alpha); > 0
  double capitals = 0.733;       ///< strength of a word in capitals among others; >= 0
  double negation = -0.74;       ///< factor of a negated word; in [-1, 1]
  double before_contrast = 0.5;  ///< factors of what stands before and after "but"; >= 0
  double after_contrast = 1.5;
  double exclamation = 0.292;        ///< emphasis of each of up to four exclamation marks; >= 0
  double question = 0.18;            ///< of each of two or three question marks; >= 0
  double many_questions = 0.96;      ///< of four and more together; >= 0
  std::uint32_t unspaced_reach = 4;  ///< characters from a negation or degree to its word; >= 1
};

}  // namespace emptor
