#include "emptor/score/sentiment.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"
#include "score/sentiment_tables.hpp"

namespace emptor {

using detail::SentimentTables;

namespace {

void require_factor(double value, std::string_view option) {
  require_option(std::isfinite(value) && value >= 0, option, "finite and >= 0", value);
}

std::string folded(std::string_view words) {
  std::string out;
  detail::fold_sentiment(words, out);
  return out;
}

bool all_symbols(std::string_view token) {
  for (std::size_t at = 0; at < token.size();) {
    const Utf8Character c = utf8_character(token, at);
    if (character_kind(c.value) != CharacterKind::separator) return false;
    if (at == 0 && c.value < 0x2190) return false;
    at += c.bytes;
  }
  return !token.empty();
}

void add_spaced_words(SentimentTables& tables, const SpacedSentimentWords& words) {
  for (const std::string& word : words.negations) {
    tables.spaced.add(folded(word)).roles |= detail::negates;
  }
  for (const SentimentDegree& degree : words.degrees) {
    require_option(std::isfinite(degree.amount), "degrees", "finite", degree.amount);
    const std::string key = folded(degree.words);
    auto& table = key.find(' ') == std::string::npos ? tables.spaced : tables.phrases;
    detail::SentimentEntry& entry = table.add(key);
    entry.roles |= detail::has_degree;
    entry.degree = degree.amount;
  }
  for (const SentimentPhrase& phrase : words.phrases) {
    require_option(std::isfinite(phrase.valence), "phrases", "finite", phrase.valence);
    detail::SentimentEntry& entry = tables.phrases.add(folded(phrase.words));
    entry.roles |= detail::in_lexicon;
    entry.valence = phrase.valence;
  }
  for (const std::string& word : words.contrasts) {
    tables.spaced.add(folded(word)).roles |= detail::contrasts;
  }
  constexpr std::pair<std::string_view, std::uint32_t> roles[] = {
      {"no", detail::word_no},       {"or", detail::word_or},
      {"nor", detail::word_or},      {"least", detail::word_least},
      {"at", detail::word_at},       {"very", detail::word_at},
      {"never", detail::word_never}, {"so", detail::word_so},
      {"this", detail::word_so},     {"without", detail::word_without},
      {"doubt", detail::word_doubt}, {"kind", detail::word_kind},
      {"of", detail::word_of}};
  for (const auto& [word, role] : roles) tables.spaced.add(word).roles |= role;
}

void add_unspaced_words(SentimentTables& tables, const UnspacedSentimentWords& words) {
  const auto add = [&](const std::string& word, std::uint32_t role) -> detail::SentimentEntry& {
    const std::string key = folded(word);
    require_option(!key.empty(), "words", "not empty", word);
    detail::SentimentEntry& entry = tables.unspaced.add(key);
    entry.roles |= role;
    return entry;
  };
  for (const std::string& word : words.negations) add(word, detail::negates);
  for (const std::string& word : words.contrasts) add(word, detail::contrasts);
  for (const std::string& word : words.neutral) add(word, detail::is_neutral);
  for (const SentimentDegree& degree : words.degrees) {
    require_option(std::isfinite(degree.amount) && degree.amount > 0, "degrees",
                   "finite and > 0 where words have no spaces between", degree.amount);
    add(degree.words, detail::has_degree).degree = degree.amount;
  }
}

/// For each first character, how many characters the longest word that begins with it has.
void set_reach(SentimentTables& tables) {
  for (std::size_t i = 0; i < tables.unspaced.size(); ++i) {
    const std::string_view word = tables.unspaced.word_of(static_cast<std::int32_t>(i));
    std::uint16_t characters = 0;
    for (std::size_t at = 0; at < word.size(); ++characters) at += utf8_character(word, at).bytes;
    auto& reach = tables.reach[SentimentTables::first(utf8_character(word, 0).value)];
    reach = std::max(reach, characters);
  }
}

}  // namespace

LexiconSentiment::LexiconSentiment(const SentimentLexicon& lexicon,
                                   const SentimentOptions& options) {
  require_option(std::isfinite(options.alpha) && options.alpha > 0, "alpha", "> 0", options.alpha);
  require_option(options.negation >= -1 && options.negation <= 1, "negation", "in [-1, 1]",
                 options.negation);
  require_factor(options.capitals, "capitals");
  require_factor(options.before_contrast, "before_contrast");
  require_factor(options.after_contrast, "after_contrast");
  require_factor(options.exclamation, "exclamation");
  require_factor(options.question, "question");
  require_factor(options.many_questions, "many_questions");
  require_option(options.unspaced_reach >= 1, "unspaced_reach", ">= 1", options.unspaced_reach);

  auto tables = std::make_shared<SentimentTables>();
  tables->options = options;
  const auto add_emoji = [&](const std::string& key, std::vector<std::string> words) {
    tables->emoji.add(key);
    tables->emoji_words.resize(tables->emoji.size());
    tables->emoji_words.back() = std::move(words);
  };
  for (const auto& [word, token] : lexicon.tokens()) {
    for (detail::SentimentTable* table : {&tables->spaced, &tables->unspaced}) {
      detail::SentimentEntry& entry = table->add(word);
      entry.roles |= detail::in_lexicon;
      entry.valence = token.valence;
    }
    if (all_symbols(word) && lexicon.emoji().count(word) == 0) add_emoji(word, {word});
  }
  for (const auto& [key, description] : lexicon.emoji()) {
    std::vector<std::string> words;
    double valence = 0;
    for (std::string_view rest = description; !rest.empty();) {
      const std::size_t end = rest.find(' ');
      if (end != 0) words.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (end == 0) continue;
      const auto found = lexicon.tokens().find(words.back());
      if (found != lexicon.tokens().end()) valence += found->second.valence;
    }
    add_emoji(key, std::move(words));
    if (valence != 0 && lexicon.tokens().count(key) == 0) {
      detail::SentimentEntry& entry = tables->unspaced.add(key);
      entry.roles |= detail::in_lexicon;
      entry.valence = valence;
    }
  }
  add_spaced_words(*tables, options.spaced);
  add_unspaced_words(*tables, options.unspaced);
  set_reach(*tables);
  tables_ = std::move(tables);
}

bool LexiconSentiment::is_unspaced(std::string_view text) noexcept {
  std::size_t spaced = 0, unspaced = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      const char c = text[at++];
      spaced += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 1 : 0;
      continue;
    }
    const Utf8Character c = utf8_character(text, at);
    at += c.bytes;
    const CharacterKind kind = character_kind(c.value);
    spaced += kind == CharacterKind::letter ? 1 : 0;
    unspaced += kind == CharacterKind::ideographic ? 1 : 0;
  }
  return unspaced > 0 && unspaced * 2 >= spaced;
}

void LexiconSentiment::analyse(std::string_view text, SentimentWork& work,
                               SentimentAnalysis& out) const {
  constexpr std::size_t longest = std::size_t{1} << 28U;
  text = text.substr(0, longest);
  out.compound = out.sum = out.emphasis = out.positive = out.neutral = out.negative = 0;
  out.words = 0;
  out.hits.clear();
  work.folded.clear();
  work.tokens.clear();
  if (is_unspaced(text)) {
    unspaced(text, work, out);
  } else {
    spaced(text, work, out);
  }
}

SentimentAnalysis LexiconSentiment::analyse(std::string_view text) const {
  SentimentWork work;
  SentimentAnalysis out;
  analyse(text, work, out);
  return out;
}

void detail::finish_sentiment(const SentimentOptions& options, std::uint64_t exclamations,
                              std::uint64_t questions, double neutral, SentimentAnalysis& out) {
  double emphasis =
      options.exclamation * static_cast<double>(std::min<std::uint64_t>(exclamations, 4));
  if (questions > 3) {
    emphasis += options.many_questions;
  } else if (questions > 1) {
    emphasis += options.question * static_cast<double>(questions);
  }
  double positive = 0, negative = 0;
  for (const SentimentHit& hit : out.hits) {
    out.sum += hit.valence;
    // Neutral words count 1 each, so do these beside their valence.
    if (hit.valence > 0) positive += hit.valence + 1;
    if (hit.valence < 0) negative += 1 - hit.valence;
    if (hit.valence == 0) neutral += 1;
  }
  if (out.sum != 0) out.emphasis = out.sum > 0 ? emphasis : -emphasis;
  out.sum += out.emphasis;
  out.compound = out.sum / std::sqrt(out.sum * out.sum + options.alpha);
  if (positive > negative) positive += emphasis;
  if (positive < negative) negative += emphasis;
  const double total = positive + negative + neutral;
  if (total > 0) {
    out.positive = positive / total;
    out.negative = negative / total;
    out.neutral = neutral / total;
  }
}

}  // namespace emptor
