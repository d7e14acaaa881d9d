#pragma once
// English function words, which say nothing of what a text is about: articles, pronouns,
// prepositions, conjunctions, auxiliaries. As the tokeniser writes them, without apostrophes.
// Thread safety: constants.

#include <algorithm>
#include <iterator>
#include <string_view>

namespace emptor {

/// Ascending.
inline constexpr std::string_view english_stop_words[] = {
    "a",      "about",   "above",  "after",   "again",   "against", "all",   "also",  "am",
    "an",     "and",     "any",    "are",     "arent",   "as",      "at",    "be",    "because",
    "been",   "before",  "being",  "below",   "between", "both",    "but",   "by",    "can",
    "cannot", "cant",    "could",  "couldnt", "did",     "didnt",   "do",    "does",  "doesnt",
    "doing",  "dont",    "down",   "during",  "each",    "few",     "for",   "from",  "further",
    "had",    "has",     "have",   "having",  "he",      "her",     "here",  "hers",  "herself",
    "him",    "himself", "his",    "how",     "i",       "if",      "im",    "in",    "into",
    "is",     "isnt",    "it",     "its",     "itself",  "ive",     "just",  "me",    "more",
    "most",   "my",      "myself", "no",      "nor",     "not",     "now",   "of",    "off",
    "on",     "once",    "only",   "or",      "other",   "our",     "ours",  "out",   "over",
    "own",    "same",    "she",    "should",  "so",      "some",    "such",  "than",  "that",
    "the",    "their",   "theirs", "them",    "then",    "there",   "these", "they",  "this",
    "those",  "through", "to",     "too",     "under",   "until",   "up",    "very",  "was",
    "wasnt",  "we",      "were",   "what",    "when",    "where",   "which", "while", "who",
    "whom",   "whose",   "why",    "will",    "with",    "wont",    "would", "you",   "your",
    "yours"};

[[nodiscard]] inline bool is_english_stop_word(std::string_view folded) noexcept {
  constexpr std::size_t longest = 8;
  return folded.size() <= longest &&
         std::binary_search(std::begin(english_stop_words), std::end(english_stop_words), folded);
}

}  // namespace emptor
