#include "emptor/text/tokenise.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

std::vector<std::string> tokens_of(std::string_view text, const TokenOptions& options = {},
                                   TokenCounts* counts = nullptr) {
  std::vector<std::string> tokens;
  Tokeniser tokenise(options);
  const TokenCounts found =
      tokenise(text, [&](std::string_view token, TokenKind) { tokens.emplace_back(token); });
  CHECK(found.tokens == tokens.size());
  if (counts != nullptr) *counts = found;
  return tokens;
}

using Words = std::vector<std::string>;
const TokenOptions plain{.stemming = Stemming::none, .english_stop_words = false};

TEST_CASE("UTF-8: characters of every length, and maximal invalid parts") {
  const auto check = [](std::string_view bytes, char32_t value, std::uint32_t length, bool valid) {
    const Utf8Character c = utf8_character(bytes, 0);
    CHECK(c.value == value);
    CHECK(c.bytes == length);
    CHECK(c.valid == valid);
  };
  check("a", 'a', 1, true);
  check("\xC3\xA9", 0xE9, 2, true);
  check("\xE4\xB8\xAD", 0x4E2D, 3, true);
  check("\xF0\x9F\x98\x80", 0x1F600, 4, true);
  check("\xF4\x8F\xBF\xBF", 0x10FFFF, 4, true);
  // The Unicode Standard 15.0, section 3.9, tables 3-8 to 3-11.
  check("\xC0\xAF", 0xFFFD, 1, false);
  check("\xE0\x80\xAF", 0xFFFD, 1, false);
  check("\xED\xA0\x80", 0xFFFD, 1, false);
  check("\xF4\x91\x92\x93", 0xFFFD, 1, false);
  check("\xFF", 0xFFFD, 1, false);
  check("\x80", 0xFFFD, 1, false);
  check("\xE1\x80\xE2", 0xFFFD, 2, false);
  check("\xF1\x91\x92", 0xFFFD, 3, false);
  check("\xC3", 0xFFFD, 1, false);
  for (const char32_t c : {U'a', U'\u00E9', U'\u4E2D', U'\U0001F600', U'\U0010FFFF'}) {
    std::string bytes;
    append_utf8(bytes, c);
    CHECK(utf8_character(bytes, 0).value == c);
    CHECK(utf8_character(bytes, 0).bytes == bytes.size());
  }
  std::string none;
  append_utf8(none, static_cast<char32_t>(0xD800));
  CHECK(none == "\xEF\xBF\xBD");
}

TEST_CASE("folding: case, width, accents") {
  const auto first = [](char32_t c, bool accents) { return fold_character(c, accents).first; };
  CHECK(first(U'Z', true) == U'z');
  CHECK(first(U'Ä', false) == U'ä');
  CHECK(first(U'Ä', true) == U'a');
  CHECK(fold_character(U'ß', true) == FoldedCharacter{'s', 's'});
  CHECK(fold_character(U'ẞ', false) == FoldedCharacter{U'ß', 0});
  CHECK(fold_character(U'Æ', true) == FoldedCharacter{'a', 'e'});
  CHECK(first(U'Σ', true) == U'σ');
  CHECK(first(U'ς', true) == U'σ');
  CHECK(first(U'Ώ', true) == U'ω');
  CHECK(first(U'Ж', true) == U'ж');
  CHECK(first(U'Ё', false) == U'ё');
  CHECK(first(U'Ё', true) == U'е');
  CHECK(first(U'Ａ', true) == U'a');
  CHECK(first(U'７', true) == U'7');
  CHECK(first(U'ｱ', true) == U'ア');
  CHECK(first(U'Ÿ', false) == U'ÿ');
  CHECK(first(U'İ', false) == U'i');
  CHECK(first(U'Ž', true) == U'z');
  CHECK(first(U'Ế', true) == U'e');
  CHECK(first(0x0301, true) == 0);
  CHECK(first(0x0301, false) == 0x0301);
  CHECK(first(0x00AD, false) == 0);
  CHECK(first(U'中', true) == U'中');
  CHECK(character_kind(U'中') == CharacterKind::ideographic);
  CHECK(character_kind(U'한') == CharacterKind::ideographic);
  CHECK(character_kind(U'。') == CharacterKind::separator);
  CHECK(character_kind(U'、') == CharacterKind::separator);
  CHECK(character_kind(U'é') == CharacterKind::letter);
  CHECK(character_kind(U'×') == CharacterKind::separator);
  CHECK(character_kind(U'😀') == CharacterKind::separator);
  CHECK(character_kind(U'5') == CharacterKind::digit);
}

TEST_CASE("stems: the examples of Porter's paper, and plurals") {
  // M. F. Porter 1980, the examples of each step followed through all of them.
  const std::pair<const char*, const char*> porter[] = {{"caresses", "caress"},
                                                        {"ponies", "poni"},
                                                        {"ties", "ti"},
                                                        {"caress", "caress"},
                                                        {"cats", "cat"},
                                                        {"feed", "feed"},
                                                        {"agreed", "agre"},
                                                        {"plastered", "plaster"},
                                                        {"bled", "bled"},
                                                        {"motoring", "motor"},
                                                        {"sing", "sing"},
                                                        {"conflated", "conflat"},
                                                        {"troubled", "troubl"},
                                                        {"sized", "size"},
                                                        {"hopping", "hop"},
                                                        {"tanned", "tan"},
                                                        {"falling", "fall"},
                                                        {"hissing", "hiss"},
                                                        {"fizzed", "fizz"},
                                                        {"failing", "fail"},
                                                        {"filing", "file"},
                                                        {"happy", "happi"},
                                                        {"sky", "sky"},
                                                        {"relational", "relat"},
                                                        {"conditional", "condit"},
                                                        {"rational", "ration"},
                                                        {"valenci", "valenc"},
                                                        {"hesitanci", "hesit"},
                                                        {"digitizer", "digit"},
                                                        {"conformabli", "conform"},
                                                        {"radicalli", "radic"},
                                                        {"differentli", "differ"},
                                                        {"vileli", "vile"},
                                                        {"analogousli", "analog"},
                                                        {"vietnamization", "vietnam"},
                                                        {"predication", "predic"},
                                                        {"operator", "oper"},
                                                        {"feudalism", "feudal"},
                                                        {"decisiveness", "decis"},
                                                        {"hopefulness", "hope"},
                                                        {"callousness", "callous"},
                                                        {"formaliti", "formal"},
                                                        {"sensitiviti", "sensit"},
                                                        {"sensibiliti", "sensibl"},
                                                        {"triplicate", "triplic"},
                                                        {"formative", "form"},
                                                        {"formalize", "formal"},
                                                        {"electriciti", "electr"},
                                                        {"electrical", "electr"},
                                                        {"hopeful", "hope"},
                                                        {"goodness", "good"},
                                                        {"revival", "reviv"},
                                                        {"allowance", "allow"},
                                                        {"inference", "infer"},
                                                        {"airliner", "airlin"},
                                                        {"gyroscopic", "gyroscop"},
                                                        {"adjustable", "adjust"},
                                                        {"defensible", "defens"},
                                                        {"irritant", "irrit"},
                                                        {"replacement", "replac"},
                                                        {"adjustment", "adjust"},
                                                        {"dependent", "depend"},
                                                        {"adoption", "adopt"},
                                                        {"homologou", "homolog"},
                                                        {"communism", "commun"},
                                                        {"activate", "activ"},
                                                        {"angulariti", "angular"},
                                                        {"homologous", "homolog"},
                                                        {"effective", "effect"},
                                                        {"bowdlerize", "bowdler"},
                                                        {"probate", "probat"},
                                                        {"rate", "rate"},
                                                        {"cease", "ceas"},
                                                        {"controll", "control"},
                                                        {"roll", "roll"},
                                                        {"generalizations", "gener"},
                                                        {"oscillators", "oscil"},
                                                        {"as", "as"},
                                                        {"mp3s", "mp3s"}};
  for (const auto& [word, stem] : porter) {
    std::string got(word);
    porter_stem(got);
    CHECK(got == stem);
  }
  const std::pair<const char*, const char*> plurals[] = {
      {"skies", "sky"},    {"dresses", "dresse"}, {"dress", "dress"}, {"corpus", "corpus"},
      {"phones", "phone"}, {"shoes", "shoe"},     {"cats", "cat"},    {"is", "is"}};
  for (const auto& [word, stem] : plurals) {
    std::string got(word);
    plural_stem(got);
    CHECK(got == stem);
  }
}

TEST_CASE("words, numbers, apostrophes, hyphens") {
  CHECK(tokens_of("Hello, World!", plain) == Words{"hello", "world"});
  CHECK(tokens_of("don't O'Neil's rock 'n' roll", plain) ==
        Words{"dont", "oneil", "rock", "n", "roll"});
  CHECK(tokens_of("l\u2019homme dogs'", plain) == Words{"lhomme", "dogs"});
  CHECK(tokens_of("T-shirt -x- a--b wi-", plain) ==
        Words{"t", "shirt", "tshirt", "x", "a", "b", "wi"});
  CHECK(tokens_of("1,299.00 3,5 v1.2 1,2345 7. 64GB mp3", plain) ==
        Words{"1299.00", "3.5", "v1.2", "1.2345", "7", "64gb", "mp3"});
  CHECK(tokens_of("Crème BRÛLÉE Straße", plain) == Words{"creme", "brulee", "strasse"});
  CHECK(tokens_of("Crème", {.fold_accents = false}) == Words{"crème"});
  CHECK(tokens_of("cre\u0300me co\u00ADop", plain) == Words{"creme", "coop"});
  CHECK(tokens_of("The phones of the running man") == Words{"phone", "run", "man"});
  CHECK(tokens_of("red shoes", {.stop_words = {"shoes", "blue"}}) == Words{"red"});
  TokenCounts counts;
  CHECK(tokens_of("the cat", {}, &counts) == Words{"cat"});
  CHECK(counts.stopped == 1);
  CHECK(std::is_sorted(std::begin(english_stop_words), std::end(english_stop_words)));
  for (const std::string_view word : english_stop_words) CHECK(is_english_stop_word(word));
  CHECK_FALSE(is_english_stop_word("camera"));
}

TEST_CASE("scripts without spaces, alone and mixed") {
  CHECK(tokens_of("手机壳") == Words{"手", "机", "手机", "壳", "机壳"});
  CHECK(tokens_of("手，机") == Words{"手", "机"});
  CHECK(tokens_of("iPhone手机 case") == Words{"iphon", "手", "机", "手机", "case"});
  CHECK(tokens_of("ＩＰｈｏｎｅ１５", plain) == Words{"iphone15"});
  CHECK(tokens_of("ﾃﾚﾋﾞ", {.ngram_min = 2}).front() == "テレ");
  CHECK(tokens_of("고양이", {.ngram_min = 3, .ngram_max = 3}) == Words{"고양이"});
  CHECK(tokens_of("猫", {.ngram_min = 2}) == Words{"猫"});
  CHECK(tokens_of("买 T恤 20元", plain) == Words{"买", "t", "恤", "20", "元"});
}

TEST_CASE("any bytes are a text") {
  CHECK(tokens_of("").empty());
  CHECK(tokens_of("!?… — 。，").empty());
  TokenCounts counts;
  CHECK(tokens_of("ab\xFF\xFE"
                  "cd\xE4\xB8",
                  plain, &counts) == Words{"ab", "cd"});
  CHECK(counts.bad_bytes == 4);
  const std::string nul("a\0b", 3);
  CHECK(tokens_of(nul, plain) == Words{"a", "b"});

  const std::string megabyte(1 << 20, 'x');
  CHECK(tokens_of(megabyte, {}, &counts).empty());
  CHECK(counts.too_long == 1);
  std::string han;
  while (han.size() < (1 << 20)) han += "文";
  CHECK(tokens_of(han).size() == 2 * (han.size() / 3) - 1);
  std::string hyphens;
  while (hyphens.size() < (1 << 20)) hyphens += "ab-";
  CHECK(tokens_of(hyphens, plain).size() == (hyphens.size()) / 3);
  CHECK(tokens_of(std::string(1 << 20, '\'')).empty());
  CHECK(tokens_of(std::string(1 << 20, '\x80'), {}, &counts).empty());
  CHECK(counts.bad_bytes == 1 << 20);
}

TEST_CASE("wrong options of a tokeniser") {
  const auto refused = [](const TokenOptions& options, const char* what) {
    try {
      Tokeniser tokenise(options);
      FAIL_CHECK("not refused: " << what);
    } catch (const Exception& e) {
      CHECK(e.code() == ErrorCode::invalid_option);
      CHECK_THAT(std::string(e.what()), ContainsSubstring(what));
    }
  };
  refused({.ngram_min = 0}, "'ngram_min'");
  refused({.ngram_min = 3, .ngram_max = 2}, "'ngram_max'");
  refused({.ngram_max = 9}, "'ngram_max'");
  refused({.longest = 0}, "'longest'");
}

TEST_CASE("n-grams of characters") {
  const auto ngrams = [](std::string_view text, std::size_t shortest, std::size_t longest) {
    Words out;
    for_each_character_ngram(text, shortest, longest,
                             [&](std::string_view gram) { out.emplace_back(gram); });
    return out;
  };
  CHECK(ngrams("AB", 2, 3) == Words{" a", " ab", "ab", "ab ", "b "});
  CHECK(ngrams("é, 中", 2, 2) == Words{" e", "e ", " 中", "中 "});
  CHECK(ngrams("ß", 4, 4) == Words{" ss "});
  CHECK(ngrams("a\xFF"
               "b",
               3, 3) == Words{" a ", " b "});
  CHECK(ngrams("", 1, 3).empty());
  CHECK_THROWS_AS(ngrams("a", 0, 1), Exception);
  CHECK_THROWS_AS(ngrams("a", 2, 1), Exception);
}

}  // namespace
