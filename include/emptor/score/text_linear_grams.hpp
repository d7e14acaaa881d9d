#pragma once
// What the text models see of a text: its characters' n-grams, and words where blanks set words
// apart, each as a place in a table of 2^bits by its hash. No segmenter: Chinese works as English.
//
// Feature hashing: Kilian Weinberger, Anirban Dasgupta, John Langford, Alex Smola, Josh Attenberg,
// "Feature hashing for large scale multitask learning", ICML 2009, doi:10.1145/1553374.1553516.
// Characters are folded (text/fold.hpp); blanks in a row count as one, and every text begins and
// ends with one. Invalid bytes count as U+FFFD.
// Time: n-gram lengths a character; no allocation. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"

namespace emptor {

inline constexpr std::size_t longest_text_gram = 8;

struct TextGramOptions {
  std::size_t shortest = 1;  ///< characters an n-gram, in [1, 8]
  std::size_t longest = 3;   ///< in [shortest, 8]
  bool words = true;         ///< whole words and pairs of them, too, of letters and digits
  bool fold_accents = true;  ///< "é" as "e"
  std::uint32_t bits = 20;   ///< size of the table, in [8, 26]

  friend bool operator==(const TextGramOptions&, const TextGramOptions&) = default;
};

/// Throws `invalid_option`.
EMPTOR_API void require_text_grams(const TextGramOptions& options);

namespace detail {

[[nodiscard]] constexpr std::uint64_t mix_gram(std::uint64_t hash, std::uint64_t value) noexcept {
  hash ^= value + 0x9E3779B97F4A7C15U;
  hash *= 0xBF58476D1CE4E5B9U;
  return hash ^ hash >> 29U;
}
[[nodiscard]] constexpr std::uint32_t gram_place(std::uint64_t hash, std::uint32_t bits) noexcept {
  return static_cast<std::uint32_t>(hash * 0x94D049BB133111EBU >> (64U - bits));
}

/// Calls `emit(place, first, last)`: the n-gram is of the bytes [first, last) of `text`.
template <class Emit>
void each_text_gram(std::string_view text, const TextGramOptions& options, Emit&& emit) {
  struct Character {
    char32_t value;
    std::uint32_t begin;
    std::uint32_t end;
  };
  Character recent[longest_text_gram];
  std::size_t seen = 0;
  std::uint64_t word = 0, last_word = 0;
  std::uint32_t word_begin = 0, last_word_begin = 0, word_end = 0;
  const auto end_word = [&] {
    if (word == 0) return;
    emit(gram_place(mix_gram(word, 1), options.bits), word_begin, word_end);
    if (last_word != 0) {
      emit(gram_place(mix_gram(mix_gram(last_word, 2), word), options.bits), last_word_begin,
           word_end);
    }
    last_word = word;
    last_word_begin = word_begin;
    word = 0;
  };
  const auto add = [&](char32_t value, std::uint32_t begin, std::uint32_t end) {
    const bool blank = value == ' ' || value == '\t' || value == '\n' || value == '\r' ||
                       value == 0xA0 || value == 0x3000;
    if (blank) value = ' ';
    if (options.words) {
      const CharacterKind kind = character_kind(value);
      if (kind == CharacterKind::letter || kind == CharacterKind::digit) {
        if (word == 0) word_begin = begin;
        word = mix_gram(word, value);
        if (word == 0) word = 1;
        word_end = end;
      } else {
        end_word();
        if (kind == CharacterKind::ideographic) last_word = 0;
      }
    }
    if (blank && seen > 0 && recent[(seen - 1) % longest_text_gram].value == ' ') return;
    recent[seen % longest_text_gram] = {value, begin, end};
    ++seen;
    std::uint64_t hash = 0;
    for (std::size_t n = 1; n <= options.longest && n <= seen; ++n) {
      const Character& at = recent[(seen - n) % longest_text_gram];
      hash = mix_gram(hash, at.value);
      if (n < options.shortest) continue;
      emit(gram_place(mix_gram(hash, 16 + n), options.bits), at.begin, end);
    }
  };
  if (text.size() > 0xFFFFFFFEU) text = text.substr(0, 0xFFFFFFFEU);
  const auto size = static_cast<std::uint32_t>(text.size());
  add(' ', 0, 0);
  for (std::uint32_t at = 0; at < size;) {
    const Utf8Character character = utf8_character(text, at);
    const FoldedCharacter folded = fold_character(character.value, options.fold_accents);
    if (folded.first != 0) add(folded.first, at, at + character.bytes);
    if (folded.second != 0) add(folded.second, at, at + character.bytes);
    at += character.bytes;
  }
  add(' ', size, size);
  if (options.words) end_word();
}

}  // namespace detail

}  // namespace emptor
