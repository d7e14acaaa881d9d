// Tokens of any bytes: whole characters, nothing that separates, and no memory of what came before.

#include "emptor/text/tokenise.hpp"

#include <string>
#include <vector>

#include "support/property.hpp"

using namespace emptor;

namespace {

std::vector<std::string> tokens_of(std::string_view text, const TokenOptions& options) {
  std::vector<std::string> tokens;
  Tokeniser tokenise(options);
  tokenise(text, [&](std::string_view token, TokenKind) { tokens.emplace_back(token); });
  return tokens;
}

/// Pieces that meet the tokeniser's every branch, between bytes of any kind.
std::string text_of(const std::vector<std::uint8_t>& codes) {
  static const std::vector<std::string> pieces{
      "a",    "B",        "s",        "é", "ß",  "'",        "’",   "-",   ".",
      ",",    "1",        "234",      " ", "中", "文",       "ア",  "한",  "、",
      "\xFF", "\xE4\xB8", "\xCC\x81", "İ", "Ａ", "\xC2\xAD", "the", "ies", "\xF0\x9F\x98\x80"};
  std::string text;
  for (const std::uint8_t code : codes) {
    if (code < pieces.size() * 8) {
      text += pieces[code % pieces.size()];
    } else {
      text.push_back(static_cast<char>(code));
    }
  }
  return text;
}

TEST_CASE("tokens are folded characters of one kind") {
  test::check_property("any bytes", [](const std::vector<std::uint8_t>& codes, bool accents) {
    const std::string text = text_of(codes);
    for (const std::string& token : tokens_of(text, {.fold_accents = accents})) {
      RC_ASSERT(!token.empty());
      bool ideographic = false, other = false;
      for (std::size_t at = 0; at < token.size();) {
        const Utf8Character c = utf8_character(token, at);
        RC_ASSERT(c.valid);
        const CharacterKind kind = character_kind(c.value);
        RC_ASSERT(kind != CharacterKind::separator || c.value == '.');
        RC_ASSERT(fold_character(c.value, accents) == (FoldedCharacter{c.value, 0}));
        (kind == CharacterKind::ideographic ? ideographic : other) = true;
        at += c.bytes;
      }
      RC_ASSERT(ideographic != other);
    }
  });
}

TEST_CASE("a blank sets texts apart") {
  test::check_property("two texts",
                       [](const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
                         const std::string first = text_of(a), second = text_of(b);
                         std::vector<std::string> expected = tokens_of(first, {});
                         for (std::string& token : tokens_of(second, {}))
                           expected.push_back(std::move(token));
                         RC_ASSERT(tokens_of(first + " " + second, {}) == expected);
                       });
}

}  // namespace
