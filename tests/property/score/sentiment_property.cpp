#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/score/sentiment.hpp"
#include "emptor/text/utf8.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

const LexiconSentiment& sentiment() {
  static const LexiconSentiment made = [] {
    SentimentLexicon lexicon;
    for (const auto& [token, valence] :
         std::initializer_list<std::pair<const char*, double>>{{"good", 1.9},
                                                               {"bad", -2.5},
                                                               {"no", -1.2},
                                                               {":)", 2},
                                                               {"好吃", 2},
                                                               {"好", 1.5},
                                                               {"慢", -1},
                                                               {"\U0001F600", 2.2},
                                                               {"very", 1}}) {
      lexicon.add(token, valence).value();
    }
    lexicon.add_emoji("\U0001F601", "good very bad").value();
    return LexiconSentiment(lexicon);
  }();
  return made;
}

bool at_character(std::string_view text, std::size_t place) {
  std::size_t at = 0;
  while (at < place) at += utf8_character(text, at).bytes;
  return at == place;
}

void check(std::string_view text) {
  const SentimentAnalysis out = sentiment().analyse(text);
  RC_ASSERT(std::abs(out.compound) < 1);
  double sum = out.emphasis;
  std::size_t before = 0;
  for (const SentimentHit& hit : out.hits) {
    RC_ASSERT(hit.span.begin < hit.span.end);
    RC_ASSERT(hit.span.end <= text.size());
    RC_ASSERT(hit.span.begin >= before);
    RC_ASSERT(at_character(text, hit.span.begin));
    RC_ASSERT(at_character(text, hit.span.end));
    before = hit.span.begin;
    double steps = 0;
    for (const double step : hit.steps) steps += step;
    RC_ASSERT(std::abs(steps - hit.valence) < 1e-9);
    sum += hit.valence;
  }
  RC_ASSERT(std::abs(sum - out.sum) < 1e-6 * (1 + std::abs(sum)));
  const double shares = out.positive + out.neutral + out.negative;
  RC_ASSERT(shares == 0 || std::abs(shares - 1) < 1e-9);
}

}  // namespace

TEST_CASE("sentiment of any bytes", "[sentiment]") {
  test::check_property(
      "bytes", [](const std::string& bytes) { check(bytes); }, 300);
}

TEST_CASE("sentiment of any words", "[sentiment]") {
  const std::vector<std::string> words = {
      "good",       "BAD",        "no",       "not",  "very",    "VERY",  "but",  "kind",  "of",
      "least",      "at",         "never",    "so",   "without", "doubt", ":)",   "!",     "?",
      "isn't",      "好吃",       "不",       "很",   "但是",    "，",    "。",   "慢",    "好",
      "\U0001F600", "\U0001F601", "\xE5\xA5", "\xFF", " ",       "the",   "shit", "Ünfug", "没有"};
  test::check_property(
      "words",
      [&] {
        std::string text;
        for (const int word : *rc::gen::container<std::vector<int>>(
                 rc::gen::inRange(0, static_cast<int>(words.size())))) {
          text += words[static_cast<std::size_t>(word)];
          if (*rc::gen::inRange(0, 3) > 0) text += ' ';
        }
        check(text);
      },
      500);
}

TEST_CASE("lexicon files of any bytes", "[sentiment]") {
  test::check_property(
      "lexicon",
      [](const std::string& bytes) {
        for (const std::string& file : {bytes, "good\t1\n" + bytes, bytes + "\t1"}) {
          const SentimentLexiconFile read = read_sentiment_lexicon(file);
          std::uint64_t bad = 0;
          for (const std::uint64_t lines : read.report.problems) bad += lines;
          bad -= read.report.count(LexiconProblem::duplicate);
          RC_ASSERT(read.report.lines == read.report.entries + read.report.empty + bad);
          RC_ASSERT(read.lexicon.size() <= read.report.entries);
          const LexiconSentiment any(read.lexicon);
          RC_ASSERT(std::abs(any.analyse(file).compound) <= 1);
        }
      },
      200);
}
