// The published lexicon of English sentiment and the scores published with it.

#include "emptor/score/sentiment.hpp"

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "support/catch.hpp"
#include "support/data.hpp"

using namespace emptor;

namespace {

SentimentLexiconFile published_lexicon() {
  std::ifstream in(test::data_dir() / "text/vader_lexicon.txt", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  REQUIRE(!bytes.empty());
  return read_sentiment_lexicon(bytes);
}

double rounded(double value, double scale) {
  return std::nearbyint(value * scale) / scale;
}

}  // namespace

TEST_CASE("the published lexicon is read whole", "[sentiment]") {
  const SentimentLexiconFile file = published_lexicon();
  CHECK(file.report.lines == 7520);
  CHECK(file.report.entries == 7520);
  CHECK(file.report.count(LexiconProblem::bad_mean) == 0);
  // Tokens that stand there twice: d: d= fav lmao lol muah o.o ok sob :-p
  CHECK(file.report.count(LexiconProblem::duplicate) >= 10);
  CHECK(*file.lexicon.find("great") == 3.1);
  CHECK(*file.lexicon.find("LOL") == 1.8);
  CHECK(*file.lexicon.find("( '}{' )") == 1.6);
  CHECK(file.lexicon.find("emptor") == nullptr);
}

// README.rst of github.com/cjhutto/vaderSentiment, "Output for the above example code": all
// sentences but the one with emoji, whose descriptions are a file of its own.
TEST_CASE("published compound scores and shares of the example sentences", "[sentiment]") {
  struct Example {
    const char* text;
    double positive, compound, neutral, negative;
  };
  constexpr Example examples[] = {
      {"VADER is smart, handsome, and funny.", 0.746, 0.8316, 0.254, 0.0},
      {"VADER is smart, handsome, and funny!", 0.752, 0.8439, 0.248, 0.0},
      {"VADER is very smart, handsome, and funny.", 0.701, 0.8545, 0.299, 0.0},
      {"VADER is VERY SMART, handsome, and FUNNY.", 0.754, 0.9227, 0.246, 0.0},
      {"VADER is VERY SMART, handsome, and FUNNY!!!", 0.767, 0.9342, 0.233, 0.0},
      {"VADER is VERY SMART, uber handsome, and FRIGGIN FUNNY!!!", 0.706, 0.9469, 0.294, 0.0},
      {"VADER is not smart, handsome, nor funny.", 0.0, -0.7424, 0.354, 0.646},
      {"The book was good.", 0.492, 0.4404, 0.508, 0.0},
      // Published: .363 and .637, from when one-letter words ("a") were left out: 2.85 / 7.85. The
      // program of the same version counts all seven words: 2.85 / 8.85.
      {"At least it isn't a horrible book.", 0.322, 0.431, 0.678, 0.0},
      {"The book was only kind of good.", 0.303, 0.3832, 0.697, 0.0},
      {"The plot was good, but the characters are uncompelling and the dialog is not great.", 0.094,
       -0.7042, 0.579, 0.327},
      {"Today SUX!", 0.0, -0.5461, 0.221, 0.779},
      {"Today only kinda sux! But I'll get by, lol", 0.317, 0.5249, 0.556, 0.127},
      {"Make sure you :) or :D today!", 0.706, 0.8633, 0.294, 0.0},
      {"Not bad at all", 0.487, 0.431, 0.513, 0.0},
  };
  const LexiconSentiment sentiment(published_lexicon().lexicon);
  SentimentWork work;
  SentimentAnalysis out;
  for (const Example& example : examples) {
    INFO(example.text);
    sentiment.analyse(example.text, work, out);
    CHECK(rounded(out.compound, 1e4) == Approx(example.compound).margin(1e-12));
    CHECK(rounded(out.positive, 1e3) == Approx(example.positive).margin(1e-12));
    CHECK(rounded(out.neutral, 1e3) == Approx(example.neutral).margin(1e-12));
    CHECK(rounded(out.negative, 1e3) == Approx(example.negative).margin(1e-12));
  }
}
