#include <algorithm>
#include <cmath>

#include "emptor/score/sentiment.hpp"
#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"
#include "score/sentiment_tables.hpp"

// Texts without spaces: the longest word at each place.

namespace emptor {

using detail::SentimentTables;
using detail::SentimentToken;

namespace {

/// What stands between the last word of sentiment, or the clause's beginning, and here.
struct Modifiers {
  std::uint32_t negations = 0;
  double degree = 1;
  std::uint32_t characters = 0;  // since the last of them

  void clear() noexcept { *this = {}; }
  void skip(std::uint32_t count, std::uint32_t reach) noexcept {
    characters += count;
    if (characters > reach) clear();
  }
};

bool ends_sentence(char32_t c) noexcept {
  return c == '!' || c == '?' || c == '.' || c == '\n' || c == 0x3002 || c == 0xFF0E || c == 0x2026;
}
bool ends_clause(char32_t c) noexcept {
  return c == ',' || c == ';' || c == ':' || c == '~' || c == 0x3001 || c == '(' || c == ')';
}

class Walk {
 public:
  Walk(const SentimentTables& tables, std::string_view text, SentimentWork& work,
       SentimentAnalysis& out)
      : tables_(tables), options_(tables.options), work_(work), out_(out) {
    for (std::size_t at = 0; at < text.size();) {
      const Utf8Character c = utf8_character(text, at);
      SentimentToken token;
      token.span = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + c.bytes)};
      token.begin = static_cast<std::uint32_t>(work_.folded.size());
      detail::fold_sentiment(text.substr(at, c.bytes), work_.folded);
      token.end = static_cast<std::uint32_t>(work_.folded.size());
      at += c.bytes;
      if (token.begin == token.end) continue;
      // What it is folded to, for the table of first characters and the kinds.
      token.roles = static_cast<std::uint32_t>(utf8_character(work_.folded, token.begin).value);
      work_.tokens.push_back(token);
    }
  }

  void go() {
    const std::vector<SentimentToken>& characters = work_.tokens;
    for (std::size_t i = 0; i < characters.size();) {
      const char32_t c = characters[i].roles;
      std::int32_t entry = -1;
      const std::size_t length = match(i, entry);
      if (length > 0) {
        word(i, length, entry);
        i += length;
        continue;
      }
      if (ends_sentence(c)) {
        sentence_ = out_.hits.size();
        contrasted_ = false;
        modifiers_.clear();
        exclamations += c == '!' ? 1 : 0;
        questions += c == '?' ? 1 : 0;
      } else if (ends_clause(c)) {
        modifiers_.clear();
      } else if (kind(i) == CharacterKind::letter) {
        std::size_t end = i;
        while (end < characters.size() && kind(end) == CharacterKind::letter) ++end;
        letters += end - i;
        modifiers_.skip(2, options_.unspaced_reach);
        i = end;
        continue;
      } else if (kind(i) != CharacterKind::separator) {
        ++letters;
        modifiers_.skip(1, options_.unspaced_reach);
      }
      ++i;
    }
  }

  std::uint64_t exclamations = 0;
  std::uint64_t questions = 0;
  std::size_t letters = 0;  // characters that are in no word of sentiment

 private:
  [[nodiscard]] CharacterKind kind(std::size_t i) const noexcept {
    return character_kind(work_.tokens[i].roles);
  }

  /// Characters of the longest word of the table at i; 0: none.
  [[nodiscard]] std::size_t match(std::size_t i, std::int32_t& entry) const {
    const std::vector<SentimentToken>& characters = work_.tokens;
    std::size_t most = tables_.reach[SentimentTables::first(characters[i].roles)];
    if (most == 0) return 0;
    std::size_t least = 1;
    most = std::min(most, characters.size() - i);
    if (kind(i) == CharacterKind::letter) {  // a word of letters as a whole, or with what follows
      if (i > 0 && kind(i - 1) == CharacterKind::letter) return 0;
      while (least < most && kind(i + least) == CharacterKind::letter) ++least;
      if (i + least < characters.size() && kind(i + least) == CharacterKind::letter) return 0;
    }
    const std::uint32_t begin = characters[i].begin;
    for (std::size_t length = most; length >= least; --length) {
      entry = tables_.unspaced.find(
          std::string_view(work_.folded).substr(begin, characters[i + length - 1].end - begin));
      if (entry >= 0) return length;
    }
    return 0;
  }

  void word(std::size_t i, std::size_t length, std::int32_t entry) {
    const detail::SentimentEntry& found = tables_.unspaced[entry];
    const auto count = static_cast<std::uint32_t>(length);
    for (std::size_t k = i; k < i + length; ++k) {
      exclamations += work_.tokens[k].roles == '!' ? 1 : 0;
      questions += work_.tokens[k].roles == '?' ? 1 : 0;
    }
    // A word of sentiment follows: 好 of "好难吃" is a degree, of "好。" it is none.
    std::int32_t next = -1;
    const bool both = (found.roles & detail::in_lexicon) != 0 &&
                      (found.roles & (detail::has_degree | detail::negates)) != 0;
    const bool modifies = both && i + length < work_.tokens.size() && match(i + length, next) > 0 &&
                          (tables_.unspaced.roles(next) & detail::in_lexicon) != 0;
    if ((found.roles & detail::in_lexicon) != 0 && (!both || !modifies)) {
      hit(i, length, found);
      return;
    }
    letters += length;
    if ((found.roles & detail::contrasts) != 0) {
      contrast();
    } else if ((found.roles & detail::is_neutral) != 0) {
      modifiers_.skip(count, options_.unspaced_reach);
    } else if ((found.roles & detail::negates) != 0) {
      ++modifiers_.negations;
      modifiers_.characters = 0;
    } else {
      // "Not very good" is milder than "not good"; "very not good" is stronger.
      const bool tempers = modifiers_.negations % 2 == 1 && found.degree > 1;
      const double factor = tempers ? 1 / found.degree : found.degree;
      modifiers_.degree = std::clamp(modifiers_.degree * factor, 0.25, 4.0);
      modifiers_.characters = 0;
    }
  }

  void contrast() {
    modifiers_.clear();
    if (contrasted_) return;
    contrasted_ = true;
    for (std::size_t k = sentence_; k < out_.hits.size(); ++k) {
      weigh(out_.hits[k], options_.before_contrast);
    }
  }

  static void weigh(SentimentHit& hit, double factor) {
    hit.steps[static_cast<std::size_t>(SentimentRule::contrast)] +=
        hit.valence * factor - hit.valence;
    hit.valence *= factor;
  }

  void hit(std::size_t i, std::size_t length, const detail::SentimentEntry& found) {
    SentimentHit& made = out_.hits.emplace_back();
    made.span = {work_.tokens[i].span.begin, work_.tokens[i + length - 1].span.end};
    made.valence = found.valence;
    made.steps = {};
    made.steps[static_cast<std::size_t>(SentimentRule::lexicon)] = found.valence;
    const auto change = [&](double factor, SentimentRule rule) {
      made.steps[static_cast<std::size_t>(rule)] += made.valence * factor - made.valence;
      made.valence *= factor;
    };
    change(modifiers_.degree, SentimentRule::degree);
    if (modifiers_.negations > 0) {
      change(
          modifiers_.negations % 2 == 1 ? options_.negation : options_.negation * options_.negation,
          SentimentRule::negation);
    }
    if (contrasted_) weigh(made, options_.after_contrast);
    modifiers_.clear();
  }

  const SentimentTables& tables_;
  const SentimentOptions& options_;
  SentimentWork& work_;
  SentimentAnalysis& out_;
  Modifiers modifiers_;
  std::size_t sentence_ = 0;  // hits before the sentence
  bool contrasted_ = false;
};

}  // namespace

void LexiconSentiment::unspaced(std::string_view text, SentimentWork& work,
                                SentimentAnalysis& out) const {
  Walk walk(*tables_, text, work, out);
  walk.go();
  out.words = static_cast<std::uint32_t>(work.tokens.size());
  // A word is about two characters.
  detail::finish_sentiment(tables_->options, walk.exclamations, walk.questions,
                           static_cast<double>(walk.letters) / 2, out);
}

}  // namespace emptor
