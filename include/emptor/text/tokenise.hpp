#pragma once
// Texts to tokens: what titles, descriptions and search queries have in common.
//
// Scripts that set words apart give folded words ("The Café's" is "cafe"), numbers ("1,299.00" is
// "1299.00") and mixtures ("mp3"). An apostrophe inside a word falls away, and so does "'s" at its
// end; "t-shirt" gives "t", "shirt" and "tshirt". Scripts without spaces (Chinese, Japanese,
// Korean, Thai …) give n-grams of characters within a run, which needs no dictionary; bigrams and
// single characters together retrieve about as well as words: Jian-Yun Nie, Jiangfeng Gao, Jian
// Zhang, Ming Zhou, "On the use of words and n-grams for Chinese information retrieval", IRAL 2000,
// doi:10.1145/355214.355235. All of it may stand in one text. Any bytes are a text; those that are
// no UTF-8 set words apart and are counted.
//
// Cost: linear; tokens are handed over as views into a buffer that is used again, so there is no
// allocation a token. Thread safety: a Tokeniser is for one thread; copy it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/text/fold.hpp"
#include "emptor/text/stem.hpp"
#include "emptor/text/stop_words.hpp"
#include "emptor/text/utf8.hpp"

namespace emptor {

enum class Stemming : std::uint8_t {
  none,
  plural,  ///< English plurals only; see text/stem.hpp
  porter,  ///< English suffixes
};

struct TokenOptions {
  bool fold_accents = true;  ///< "café" is "cafe"
  Stemming stemming = Stemming::porter;
  bool english_stop_words = true;         ///< leave out "the", "of" …; see text/stop_words.hpp
  std::vector<std::string> stop_words{};  ///< leave these out, too; folded as the text is
  std::size_t ngram_min = 1;              ///< characters, of scripts without spaces; >= 1
  std::size_t ngram_max = 2;              ///< ngram_min to 8
  std::size_t longest = 64;  ///< longer words (codes, garbage) are left out; bytes, >= 1
};

enum class TokenKind : std::uint8_t { word, number, ngram };

struct TokenCounts {
  std::size_t tokens = 0;     ///< handed over
  std::size_t stopped = 0;    ///< stop words
  std::size_t too_long = 0;   ///< words longer than `longest`
  std::size_t bad_bytes = 0;  ///< that are no UTF-8
};

class Tokeniser {
 public:
  /// Throws `invalid_option`.
  explicit Tokeniser(const TokenOptions& options = {}) : options_(options) {
    require_option(options.ngram_min >= 1, "ngram_min", ">= 1", options.ngram_min);
    require_option(options.ngram_max >= options.ngram_min && options.ngram_max <= 8, "ngram_max",
                   "in 'ngram_min' to 8", options.ngram_max);
    require_option(options.longest >= 1, "longest", ">= 1", options.longest);
    std::sort(options_.stop_words.begin(), options_.stop_words.end());
  }

  [[nodiscard]] const TokenOptions& options() const noexcept { return options_; }

  /// Calls `sink(std::string_view token, TokenKind kind)` for each token in turn; the view holds
  /// during the call only.
  template <class Sink>
  TokenCounts operator()(std::string_view text, Sink&& sink) {
    counts_ = {};
    for (std::size_t at = 0; at < text.size();) {
      const Utf8Character character = utf8_character(text, at);
      at += character.bytes;
      if (!character.valid) {
        counts_.bad_bytes += character.bytes;
        flush(sink);
        continue;
      }
      const FoldedCharacter folded = fold_character(character.value, options_.fold_accents);
      if (folded.first == 0) continue;
      switch (character_kind(folded.first)) {
        case CharacterKind::letter:
          end_run(sink);
          append(word_, folded);
          has_letter_ = true;
          break;
        case CharacterKind::digit:
          end_run(sink);
          append(word_, folded);
          break;
        case CharacterKind::ideographic:
          end_word(sink);
          extend_run(folded, sink);
          break;
        case CharacterKind::separator:
          if (!joins(folded.first, text, at, sink)) flush(sink);
          break;
      }
    }
    flush(sink);
    return counts_;
  }

 private:
  static void append(std::string& to, FoldedCharacter folded) {
    if (folded.first < 0x80) {
      to.push_back(static_cast<char>(folded.first));
    } else {
      append_utf8(to, folded.first);
    }
    if (folded.second != 0) append_utf8(to, folded.second);
  }
  [[nodiscard]] static bool is_digit(std::string_view text, std::size_t at) noexcept {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  }
  [[nodiscard]] CharacterKind kind_at(std::string_view text, std::size_t at) const noexcept {
    if (at >= text.size()) return CharacterKind::separator;
    const Utf8Character next = utf8_character(text, at);
    if (!next.valid) return CharacterKind::separator;
    return character_kind(fold_character(next.value, options_.fold_accents).first);
  }

  /// Whether a separator stands within a word; `at` is the byte behind it.
  template <class Sink>
  bool joins(char32_t c, std::string_view text, std::size_t at, Sink& sink) {
    if (word_.empty()) return false;
    const bool apostrophe = c == '\'' || c == 0x2019 || c == 0x2018;
    const bool hyphen = c == '-' || c == 0x2010 || c == 0x2011;
    if (apostrophe) {
      if (kind_at(text, at) != CharacterKind::letter) return false;
      apostrophe_ = word_.size();
      return true;
    }
    if (hyphen) {
      const CharacterKind next = kind_at(text, at);
      if (next != CharacterKind::letter && next != CharacterKind::digit) return false;
      end_part(sink);
      return true;
    }
    const char last = word_.back();
    if ((c != '.' && c != ',') || last < '0' || last > '9' || !is_digit(text, at)) return false;
    if (c == ',') {
      if (has_letter_) return false;
      const bool group =
          is_digit(text, at + 1) && is_digit(text, at + 2) && !is_digit(text, at + 3);
      if (group) return true;
    }
    word_.push_back('.');
    return true;
  }

  /// One part of "t-shirt" has ended.
  template <class Sink>
  void end_part(Sink& sink) {
    if (apostrophe_ != 0 && apostrophe_ + 1 == word_.size() && word_.back() == 's') {
      word_.pop_back();
    }
    compound_.append(word_);
    compound_has_letter_ = compound_has_letter_ || has_letter_;
    ++parts_;
    emit(word_, has_letter_, sink);
    word_.clear();
    has_letter_ = false;
    apostrophe_ = 0;
  }
  template <class Sink>
  void end_word(Sink& sink) {
    if (word_.empty()) return;
    end_part(sink);
    if (parts_ > 1 && compound_.size() <= options_.longest) {
      emit(compound_, compound_has_letter_, sink);
    }
    compound_.clear();
    compound_has_letter_ = false;
    parts_ = 0;
  }
  template <class Sink>
  void emit(std::string& word, bool has_letter, Sink& sink) {
    if (word.size() > options_.longest) {
      ++counts_.too_long;
      return;
    }
    if (has_letter) {
      if ((options_.english_stop_words && is_english_stop_word(word)) ||
          (!options_.stop_words.empty() &&
           std::binary_search(options_.stop_words.begin(), options_.stop_words.end(), word))) {
        ++counts_.stopped;
        return;
      }
      if (options_.stemming == Stemming::porter) porter_stem(word);
      if (options_.stemming == Stemming::plural) plural_stem(word);
    }
    ++counts_.tokens;
    sink(std::string_view(word), has_letter ? TokenKind::word : TokenKind::number);
  }

  template <class Sink>
  void extend_run(FoldedCharacter folded, Sink& sink) {
    starts_.push_back(run_.size());
    append(run_, folded);
    const std::size_t count = starts_.size();
    for (std::size_t n = options_.ngram_min; n <= options_.ngram_max && n <= count; ++n) {
      ++counts_.tokens;
      sink(std::string_view(run_).substr(starts_[count - n]), TokenKind::ngram);
    }
  }
  template <class Sink>
  void end_run(Sink& sink) {
    if (starts_.empty()) return;
    if (starts_.size() < options_.ngram_min) {  // too short for an n-gram: as it is
      ++counts_.tokens;
      sink(std::string_view(run_), TokenKind::ngram);
    }
    run_.clear();
    starts_.clear();
  }
  template <class Sink>
  void flush(Sink& sink) {
    end_word(sink);
    end_run(sink);
  }

  TokenOptions options_;
  TokenCounts counts_;
  std::string word_;
  std::string compound_;
  std::string run_;
  std::vector<std::size_t> starts_;  // of the run's characters
  std::size_t apostrophe_ = 0;       // the word's length before its last apostrophe
  std::size_t parts_ = 0;
  bool has_letter_ = false;
  bool compound_has_letter_ = false;
};

/// Calls `sink(std::string_view)` for each run of `shortest` to `longest` characters of each word
/// of the folded text, a space before and behind the word being part of it: "ab" gives, for 2 to 3,
/// " a", " ab", "ab", "ab ", "b ". For words that are misspelt, and scripts of any kind.
/// Throws `invalid_option` unless 1 <= shortest <= longest. Cost: linear times their difference.
template <class Sink>
void for_each_character_ngram(std::string_view text, std::size_t shortest, std::size_t longest,
                              Sink&& sink, bool fold_accents = true) {
  require_option(shortest >= 1, "shortest", ">= 1", shortest);
  require_option(longest >= shortest, "longest", ">= 'shortest'", longest);
  std::string word(1, ' ');
  std::vector<std::size_t> starts(1, 0);
  const auto end_word = [&] {
    if (starts.size() == 1) return;
    starts.push_back(word.size());
    word.push_back(' ');
    const std::size_t count = starts.size();
    starts.push_back(word.size());
    for (std::size_t first = 0; first < count; ++first) {
      for (std::size_t n = shortest; n <= longest && first + n <= count; ++n) {
        sink(std::string_view(word).substr(starts[first], starts[first + n] - starts[first]));
      }
    }
    word.resize(1);
    starts.resize(1);
  };
  const auto put = [&](char32_t c) {
    starts.push_back(word.size());
    append_utf8(word, c);
  };
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character character = utf8_character(text, at);
    at += character.bytes;
    const FoldedCharacter folded = fold_character(character.value, fold_accents);
    if (character.valid && folded.first == 0) continue;
    if (!character.valid || character_kind(folded.first) == CharacterKind::separator) {
      end_word();
      continue;
    }
    put(folded.first);
    if (folded.second != 0) put(folded.second);
  }
  end_word();
}

}  // namespace emptor
