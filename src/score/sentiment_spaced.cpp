#include <cmath>

#include "emptor/score/sentiment.hpp"
#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"
#include "score/sentiment_tables.hpp"

// The rules for texts with spaces, in the order of the reference program: the order matters.

namespace emptor {

using detail::SentimentTables;
using detail::SentimentToken;

namespace {

bool is_space(char32_t c) noexcept {
  return c <= 0x20 ? c == ' ' || (c >= 9 && c <= 13) || c >= 0x1C || c == 0
                   : c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
                         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_punctuation(char32_t c) noexcept {
  if (c < 0x80) return c > 0x20 && c != 0x7F && character_kind(c) == CharacterKind::separator;
  return c == 0xA1 || c == 0xAB || c == 0xBB || c == 0xBF || (c >= 0x2010 && c <= 0x205E) ||
         (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) ||
         (c >= 0xFF01 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20);
}

bool is_capital(char32_t c) noexcept {
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  if (c >= 0xFF00) return c >= 0xFF21 && c <= 0xFF3A;
  const FoldedCharacter folded = fold_character(c, false);
  return folded.first != 0 && folded.first != c &&
         character_kind(folded.first) == CharacterKind::letter;
}

class Reader {
 public:
  Reader(const SentimentTables& tables, std::string_view text, SentimentWork& work)
      : tables_(tables), text_(text), work_(work) {}

  void read() {
    std::size_t from = 0;
    std::size_t at = 0;
    while (at < text_.size()) {
      const Utf8Character c = utf8_character(text_, at);
      exclamations += c.value == '!' || c.value == 0xFF01 ? 1 : 0;
      questions += c.value == '?' || c.value == 0xFF1F ? 1 : 0;
      if (is_space(c.value)) {
        word(from, at);
        from = at + c.bytes;
      } else if (c.value >= 0x2190 && tables_.emoji.size() != 0) {
        std::int32_t entry = -1;
        if (const std::size_t bytes = emoji(at, entry); bytes != 0) {
          word(from, at);
          for (const std::string& part : tables_.emoji_words[static_cast<std::size_t>(entry)]) {
            token(part, {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + bytes)});
          }
          at += bytes;
          from = at;
          continue;
        }
      }
      at += c.bytes;
    }
    word(from, at);
  }

  std::uint64_t exclamations = 0;
  std::uint64_t questions = 0;

 private:
  /// Bytes of the longest emoji of the tables at `at`; 0: none.
  std::size_t emoji(std::size_t at, std::int32_t& entry) {
    const std::size_t kept = work_.folded.size();
    std::size_t bytes = 0;
    for (std::size_t to = at; to < text_.size();) {
      const Utf8Character c = utf8_character(text_, to);
      if (c.value < 0x80) break;
      to += c.bytes;
      detail::fold_sentiment(text_.substr(to - c.bytes, c.bytes), work_.folded);
      const std::string_view folded = std::string_view(work_.folded).substr(kept);
      if (folded.size() > tables_.emoji.longest()) break;
      const std::int32_t found = tables_.emoji.find(folded);
      if (found < 0) continue;
      entry = found;
      bytes = to - at;
    }
    work_.folded.resize(kept);
    return bytes;
  }

  /// Text [from, to) without the punctuation around it, or with it where little would be left.
  void word(std::size_t from, std::size_t to) {
    if (from == to) return;
    std::size_t begin = to, end = to, characters = 0, inner = 0;
    for (std::size_t at = from; at < to;) {
      const Utf8Character c = utf8_character(text_, at);
      const bool outside = is_punctuation(c.value);
      if (begin == to && !outside) begin = at;
      at += c.bytes;
      if (begin == to) continue;
      ++characters;
      if (outside) continue;
      end = at;
      inner = characters;
    }
    if (inner <= 2) {
      begin = from;
      end = to;
    }
    token(text_.substr(begin, end - begin),
          {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }

  void token(std::string_view word, TextSpan span) {
    if (!work_.folded.empty()) work_.folded.push_back(' ');
    SentimentToken out;
    out.span = span;
    out.begin = static_cast<std::uint32_t>(work_.folded.size());
    bool capital = false, other = false;
    for (std::size_t at = 0; at < word.size();) {
      const auto byte = static_cast<unsigned char>(word[at]);
      if (byte < 0x80) {
        const bool upper = byte >= 'A' && byte <= 'Z';
        capital |= upper;
        other |= byte >= 'a' && byte <= 'z';
        work_.folded.push_back(upper ? static_cast<char>(byte + 32) : static_cast<char>(byte));
        ++at;
        continue;
      }
      const Utf8Character c = utf8_character(word, at);
      if (is_capital(c.value)) {
        capital = true;
      } else {
        other |= character_kind(c.value) == CharacterKind::letter;
      }
      detail::fold_sentiment(word.substr(at, c.bytes), work_.folded);
      at += c.bytes;
    }
    out.end = static_cast<std::uint32_t>(work_.folded.size());
    out.capitals = capital && !other;
    const std::string_view folded = std::string_view(work_.folded).substr(out.begin);
    out.entry = tables_.spaced.find(folded);
    out.roles = tables_.spaced.roles(out.entry);
    if (folded.find("n't") != std::string_view::npos) out.roles |= detail::negates;
    work_.tokens.push_back(out);
  }

  const SentimentTables& tables_;
  std::string_view text_;
  SentimentWork& work_;
};

/// The valence of a word in its surroundings, step by step.
class Surroundings {
 public:
  Surroundings(const SentimentTables& tables, const SentimentWork& work, bool some_capitals)
      : tables_(tables), options_(tables.options), work_(work), some_capitals_(some_capitals) {}

  void judge(std::size_t i, SentimentHit& hit) {
    hit_ = &hit;
    hit.valence = 0;
    hit.steps = {};
    const SentimentToken& word = work_.tokens[i];
    const double valence = tables_.spaced[word.entry].valence;
    to(valence, SentimentRule::lexicon);
    if (is(i, detail::word_no) && i + 1 < work_.tokens.size() && is(i + 1, detail::in_lexicon)) {
      to(0, SentimentRule::no_word);
    }
    if ((i > 0 && is(i - 1, detail::word_no)) || (i > 1 && is(i - 2, detail::word_no)) ||
        (i > 2 && is(i - 3, detail::word_no) && is(i - 1, detail::word_or))) {
      to(valence * options_.negation, SentimentRule::no_word);
    }
    if (word.capitals && some_capitals_) {
      to(hit.valence + (hit.valence > 0 ? options_.capitals : -options_.capitals),
         SentimentRule::capitals);
    }
    for (std::size_t back = 1; back <= 3 && back <= i; ++back) {
      if (is(i - back, detail::in_lexicon)) continue;
      degree(i - back, back);
      negation(i, back);
      if (back == 3) idioms(i);
    }
    if (i > 0 && is(i - 1, detail::word_least) && !is(i - 1, detail::in_lexicon) &&
        !(i > 1 && is(i - 2, detail::word_at))) {
      to(hit.valence * options_.negation, SentimentRule::least);
    }
  }

 private:
  [[nodiscard]] bool is(std::size_t i, std::uint32_t role) const noexcept {
    return (work_.tokens[i].roles & role) != 0;
  }
  void to(double valence, SentimentRule rule) noexcept {
    hit_->steps[static_cast<std::size_t>(rule)] += valence - hit_->valence;
    hit_->valence = valence;
  }

  void degree(std::size_t at, std::size_t back) {
    const SentimentToken& word = work_.tokens[at];
    if ((word.roles & detail::has_degree) == 0) return;
    constexpr double fading[] = {1, 1, 0.95, 0.9};
    double amount = tables_.spaced[word.entry].degree;
    if (hit_->valence < 0) amount = -amount;
    if (word.capitals && some_capitals_) {
      amount += hit_->valence > 0 ? options_.capitals : -options_.capitals;
    }
    to(hit_->valence + amount * fading[back], SentimentRule::degree);
  }

  void negation(std::size_t i, std::size_t back) {
    const std::size_t at = i - back;
    // "never so", "never this" raise; at three words' distance "so" and "this" do so alone.
    const bool raised = (back == 2 && is(at, detail::word_never) && is(i - 1, detail::word_so)) ||
                        (back == 3 && ((is(at, detail::word_never) && is(i - 2, detail::word_so)) ||
                                       is(i - 1, detail::word_so)));
    const bool no_doubt =
        back > 1 && is(at, detail::word_without) &&
        (is(i - 1, detail::word_doubt) || (back == 3 && is(i - 2, detail::word_doubt)));
    if (raised) {
      to(hit_->valence * 1.25, SentimentRule::negation);
    } else if (!no_doubt && is(at, detail::negates)) {
      to(hit_->valence * options_.negation, SentimentRule::negation);
    }
  }

  /// The entry of words [from, to] as a phrase, or -1.
  [[nodiscard]] std::int32_t phrase(std::size_t from, std::size_t to) const {
    const SentimentToken& first = work_.tokens[from];
    return tables_.phrases.find(
        std::string_view(work_.folded).substr(first.begin, work_.tokens[to].end - first.begin));
  }
  [[nodiscard]] bool idiom(std::size_t from, std::size_t until) {
    if (until >= work_.tokens.size()) return false;
    const std::int32_t found = phrase(from, until);
    if ((tables_.phrases.roles(found) & detail::in_lexicon) == 0) return false;
    to(tables_.phrases[found].valence, SentimentRule::idiom);
    return true;
  }
  void idioms(std::size_t i) {
    (void)(idiom(i - 1, i) || idiom(i - 2, i) || idiom(i - 2, i - 1) || idiom(i - 3, i - 1) ||
           idiom(i - 3, i - 2));
    (void)idiom(i, i + 1);
    (void)idiom(i, i + 2);
    constexpr std::size_t spans[][2] = {{3, 1}, {3, 2}, {2, 1}};
    for (const auto& [from, until] : spans) {
      const std::int32_t found = phrase(i - from, i - until);
      if ((tables_.phrases.roles(found) & detail::has_degree) == 0) continue;
      to(hit_->valence + tables_.phrases[found].degree, SentimentRule::degree);
    }
  }

  const SentimentTables& tables_;
  const SentimentOptions& options_;
  const SentimentWork& work_;
  bool some_capitals_;
  SentimentHit* hit_ = nullptr;
};

}  // namespace

void LexiconSentiment::spaced(std::string_view text, SentimentWork& work,
                              SentimentAnalysis& out) const {
  Reader reader(*tables_, text, work);
  reader.read();
  const std::vector<SentimentToken>& words = work.tokens;
  std::size_t capitals = 0, contrast = words.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    capitals += words[i].capitals ? 1 : 0;
    if (contrast == words.size() && (words[i].roles & detail::contrasts) != 0) contrast = i;
  }
  Surroundings surroundings(*tables_, work, capitals > 0 && capitals < words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint32_t roles = words[i].roles;
    if ((roles & detail::in_lexicon) == 0 || (roles & detail::has_degree) != 0) continue;
    if ((roles & detail::word_kind) != 0 && i + 1 < words.size() &&
        (words[i + 1].roles & detail::word_of) != 0) {
      continue;
    }
    SentimentHit& hit = out.hits.emplace_back();
    hit.span = words[i].span;
    surroundings.judge(i, hit);
    if (contrast == words.size() || i == contrast) continue;
    const double factor =
        i < contrast ? tables_->options.before_contrast : tables_->options.after_contrast;
    hit.steps[static_cast<std::size_t>(SentimentRule::contrast)] =
        hit.valence * factor - hit.valence;
    hit.valence *= factor;
  }
  out.words = static_cast<std::uint32_t>(words.size());
  detail::finish_sentiment(tables_->options, reader.exclamations, reader.questions,
                           static_cast<double>(words.size() - out.hits.size()), out);
}

}  // namespace emptor
