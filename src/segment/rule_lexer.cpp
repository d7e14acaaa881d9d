#include "segment/rule_lexer.hpp"

#include <algorithm>
#include <utility>

namespace emptor::detail {

namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// Whether digits and signs stand at `place` as in the pattern, 0 for a digit.
bool matches(std::string_view text, std::size_t place, std::string_view pattern) noexcept {
  if (text.size() - place < pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = text[place + i];
    if (pattern[i] == '0' ? !is_digit(c) : c != pattern[i]) return false;
  }
  return true;
}

std::size_t date_end(std::string_view text, std::size_t place) noexcept {
  std::size_t end = place + 10;
  if (matches(text, end, "T00:00")) end += matches(text, end, "T00:00:00") ? 9 : 6;
  if (end < text.size() && text[end] == 'Z') ++end;
  return end;
}

std::size_t number_end(std::string_view text, std::size_t place) noexcept {
  std::size_t end = place + (text[place] == '-' ? 1 : 0);
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
    ++end;
    while (end < text.size() && is_digit(text[end])) ++end;
  }
  return end;
}

/// Reads the text in quotes that begins at `place`, and returns where it ends.
std::size_t read_quoted(std::string_view text, std::size_t place, std::string& content) {
  for (std::size_t at = place + 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') {
      ++at;
      if (at == text.size()) break;
      if (text[at] != '"' && text[at] != '\\') {
        fail_rule(text, at, ErrorCode::invalid_value,
                  "in a text a backslash stands before a quote or a backslash");
      }
    }
    content += text[at];
  }
  fail_rule(text, place, ErrorCode::invalid_value,
            "the text that begins here has no closing quote");
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from a to b.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = i + j;
        continue;
      }
      const std::size_t changed = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

std::string rule_place(std::string_view text, std::size_t place) {
  place = std::min(place, text.size());
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i < place; ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else if (!is_continuation(text[i])) {
      ++column;
    }
  }
  const bool lines = text.find('\n') != std::string_view::npos;
  return lines ? emptor::text("line ", line, ", column ", column) : emptor::text("column ", column);
}

void fail_rule(std::string_view text, std::size_t place, ErrorCode code, std::string message) {
  throw Exception(code, std::move(message), rule_place(text, place));
}

bool is_rule_name(std::string_view word) noexcept {
  return !word.empty() && is_letter(word[0]) &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

std::vector<RuleToken> rule_tokens(std::string_view text) {
  std::vector<RuleToken> tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
      continue;
    }
    RuleToken token{.kind = RuleTokenKind::sign, .place = at};
    std::size_t end = at + 1;
    if (is_letter(c)) {
      token.kind = RuleTokenKind::name;
      while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]))) ++end;
    } else if (matches(text, at, "0000-00-00")) {
      token.kind = RuleTokenKind::date;
      end = date_end(text, at);
    } else if (is_digit(c) || (c == '-' && end < text.size() && is_digit(text[end]))) {
      token.kind = RuleTokenKind::number;
      end = number_end(text, at);
    } else if (c == '"') {
      token.kind = RuleTokenKind::text;
      end = read_quoted(text, at, token.content);
    } else if (c == '!' || c == '<' || c == '>') {
      if (end < text.size() && text[end] == '=') ++end;
      if (c == '!' && end == at + 1) {
        fail_rule(text, at, ErrorCode::invalid_value, "'!' stands in '!=' only; say 'not'");
      }
    } else if (std::string_view("=(),.").find(c) == std::string_view::npos) {
      fail_rule(text, at, ErrorCode::invalid_value, "a character that no rule has here");
    }
    token.word = text.substr(at, end - at);
    tokens.push_back(std::move(token));
    at = end;
  }
  tokens.push_back({.kind = RuleTokenKind::end, .place = text.size()});
  return tokens;
}

std::string near_names(std::string_view wrong, const std::vector<std::string_view>& known) {
  if (wrong.size() > 64) return {};
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string_view candidate : known) {
    if (candidate.empty() || candidate.size() > 64) continue;
    const std::size_t distance = edits(wrong, candidate);
    const bool begins = wrong.size() >= 3 && candidate.starts_with(wrong);
    if (begins ||
        distance <= std::max<std::size_t>(1, std::min<std::size_t>(3, wrong.size() / 3))) {
      near.emplace_back(distance, candidate);
    }
  }
  std::sort(near.begin(), near.end());
  near.erase(std::unique(near.begin(), near.end()), near.end());
  std::string out;
  for (std::size_t i = 0; i < near.size() && i < 3; ++i) {
    out += emptor::text(i == 0 ? "; did you mean '" : " or '", near[i].second, "'");
  }
  return out.empty() ? out : out + "?";
}

}  // namespace emptor::detail
