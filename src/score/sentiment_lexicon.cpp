#include "emptor/score/sentiment_lexicon.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"

namespace emptor {
namespace {

bool well_formed(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_character(text, at);
    if (!c.valid || c.value == 0) return false;
    at += c.bytes;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<double> number(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<LexiconProblem> token_problem(std::string_view token) {
  if (token.empty()) return LexiconProblem::empty_token;
  if (token.size() > SentimentLexicon::longest_token) return LexiconProblem::long_token;
  if (!well_formed(token)) return LexiconProblem::invalid_utf8;
  return std::nullopt;
}

Result<void> checked_token(std::string_view token) {
  if (const auto problem = token_problem(token)) {
    return Error{ErrorCode::invalid_value, text("a token cannot be taken: ", name(*problem)),
                 "lexicon"};
  }
  return {};
}

/// Calls `take(first field, rest after the tab)` for every line, which says what is wrong with it.
template <class Take>
LexiconReport each_line(std::string_view bytes, const SentimentLexiconOptions& options,
                        const Take& take) {
  require_option(options.largest_mean > 0, "largest_mean", "> 0", options.largest_mean);
  LexiconReport report;
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    ++report.lines;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trimmed(line).empty() || line.starts_with("# ")) {
      ++report.empty;
      continue;
    }
    const std::size_t tab = line.find('\t');
    std::optional<LexiconProblem> problem = LexiconProblem::no_tab;
    if (tab != std::string_view::npos) {
      const std::string_view token = trimmed(line.substr(0, tab));
      problem = token_problem(token);
      if (!problem) problem = take(token, line.substr(tab + 1));
    }
    if (!problem || *problem == LexiconProblem::duplicate) ++report.entries;
    if (!problem) continue;
    ++report.problems[static_cast<std::size_t>(*problem)];
    if (report.bad.size() < options.kept_bad_lines) report.bad.push_back({report.lines, *problem});
  }
  return report;
}

}  // namespace

std::string_view name(SentimentRule rule) noexcept {
  constexpr std::string_view names[sentiment_rules] = {
      "lexicon", "no_word", "capitals", "degree", "negation", "idiom", "least", "contrast"};
  const auto place = static_cast<std::size_t>(rule);
  return place < sentiment_rules ? names[place] : "unknown";
}

std::string_view name(LexiconProblem problem) noexcept {
  constexpr std::string_view names[lexicon_problems] = {
      "no_tab",   "empty_token",    "long_token",    "invalid_utf8",
      "bad_mean", "mean_too_large", "bad_deviation", "duplicate"};
  const auto place = static_cast<std::size_t>(problem);
  return place < lexicon_problems ? names[place] : "unknown";
}

void detail::fold_sentiment(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_character(text, at);
    at += c.bytes;
    const FoldedCharacter folded = fold_character(c.value, false);
    if (folded.first != 0) append_utf8(out, folded.first == 0x2019 ? U'\'' : folded.first);
    if (folded.second != 0) append_utf8(out, folded.second);
  }
}

Result<void> SentimentLexicon::add(std::string_view token, double valence) {
  if (const auto checked = checked_token(token); !checked) return checked;
  if (!(std::abs(valence) <= SentimentLexicon::largest_valence)) {
    return Error{ErrorCode::invalid_value, "a valence must be in [-1e9, 1e9]", "lexicon"};
  }
  std::string key;
  detail::fold_sentiment(token, key);
  if (key.empty()) return Error{ErrorCode::invalid_value, "a token of marks alone", "lexicon"};
  const bool folded = key != token;
  const auto [place, fresh] = tokens_.try_emplace(std::move(key), Token{valence, folded});
  if (!fresh && (!folded || place->second.folded)) place->second = {valence, folded};
  return {};
}

Result<void> SentimentLexicon::add_emoji(std::string_view emoji, std::string_view description) {
  for (const std::string_view part : {emoji, description}) {
    if (const auto checked = checked_token(part); !checked) return checked;
  }
  std::string key, words;
  detail::fold_sentiment(emoji, key);
  detail::fold_sentiment(description, words);
  if (key.empty()) return Error{ErrorCode::invalid_value, "an emoji of marks alone", "lexicon"};
  emoji_[std::move(key)] = std::move(words);
  return {};
}

const double* SentimentLexicon::find(std::string_view token) const {
  std::string key;
  detail::fold_sentiment(token, key);
  const auto found = tokens_.find(key);
  return found == tokens_.end() ? nullptr : &found->second.valence;
}

SentimentLexiconFile read_sentiment_lexicon(std::string_view bytes,
                                            const SentimentLexiconOptions& options) {
  SentimentLexiconFile file;
  file.report = each_line(
      bytes, options,
      [&](std::string_view token, std::string_view rest) -> std::optional<LexiconProblem> {
        const std::size_t tab = rest.find('\t');
        const std::optional<double> mean = number(rest.substr(0, tab));
        if (!mean) return LexiconProblem::bad_mean;
        if (std::abs(*mean) > std::min(options.largest_mean, SentimentLexicon::largest_valence)) {
          return LexiconProblem::mean_too_large;
        }
        if (tab != std::string_view::npos) {
          rest.remove_prefix(tab + 1);
          const std::optional<double> deviation = number(rest.substr(0, rest.find('\t')));
          if (!deviation || *deviation < 0) return LexiconProblem::bad_deviation;
        }
        const double* known = file.lexicon.find(token);
        const std::size_t before = file.lexicon.size();
        if (!file.lexicon.add(token, *mean)) return LexiconProblem::empty_token;
        return known != nullptr && before == file.lexicon.size()
                   ? std::optional(LexiconProblem::duplicate)
                   : std::nullopt;
      });
  return file;
}

LexiconReport read_emoji_descriptions(std::string_view bytes, SentimentLexicon& lexicon,
                                      const SentimentLexiconOptions& options) {
  return each_line(
      bytes, options,
      [&](std::string_view emoji, std::string_view rest) -> std::optional<LexiconProblem> {
        const std::string_view words = trimmed(rest.substr(0, rest.find('\t')));
        if (const auto problem = token_problem(words)) return problem;
        const std::size_t before = lexicon.emoji().size();
        if (!lexicon.add_emoji(emoji, words)) return LexiconProblem::empty_token;
        return before == lexicon.emoji().size() ? std::optional(LexiconProblem::duplicate)
                                                : std::nullopt;
      });
}

}  // namespace emptor
