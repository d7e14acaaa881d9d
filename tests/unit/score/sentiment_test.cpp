#include "emptor/score/sentiment.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

SentimentLexicon small_lexicon() {
  SentimentLexicon lexicon;
  for (const auto& [token, valence] :
       std::initializer_list<std::pair<const char*, double>>{{"good", 1.9},
                                                             {"bad", -2.5},
                                                             {"great", 3.1},
                                                             {"no", -1.2},
                                                             {":)", 2},
                                                             {"shit", -2.6},
                                                             {"like", 1.5},
                                                             {"kind", 2.4},
                                                             {"doubt", -1.5},
                                                             {"\U0001F600", 2.2}}) {
    CHECK(lexicon.add(token, valence).has_value());
  }
  return lexicon;
}

SentimentLexicon chinese_lexicon() {
  SentimentLexicon lexicon;
  for (const auto& [token, valence] :
       std::initializer_list<std::pair<const char*, double>>{{"好吃", 2},
                                                             {"好", 1.5},
                                                             {"难吃", -2},
                                                             {"不错", 1.8},
                                                             {"慢", -1.2},
                                                             {"差", -2},
                                                             {"ok", 1},
                                                             {"热情", 1.6},
                                                             {"漏", -1.5}}) {
    CHECK(lexicon.add(token, valence).has_value());
  }
  return lexicon;
}

/// The valence of the only hit.
double valence(const LexiconSentiment& sentiment, std::string_view text) {
  const SentimentAnalysis out = sentiment.analyse(text);
  INFO(text);
  REQUIRE(out.hits.size() == 1);
  double sum = 0;
  for (const double step : out.hits[0].steps) sum += step;
  CHECK(sum == Approx(out.hits[0].valence).margin(1e-12));
  return out.hits[0].valence;
}

}  // namespace

TEST_CASE("a word of sentiment alone", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  const SentimentAnalysis out = sentiment.analyse("  It is good. ");
  REQUIRE(out.hits.size() == 1);
  CHECK(out.hits[0].span == TextSpan{8, 12});
  CHECK(out.words == 3);
  CHECK(out.sum == 1.9);
  CHECK(out.compound == Approx(1.9 / std::sqrt(1.9 * 1.9 + 15)));
  CHECK(out.positive == Approx(2.9 / 4.9));
  CHECK(out.neutral == Approx(2 / 4.9));
  CHECK(out.negative == 0);
}

TEST_CASE("texts without sentiment", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  CHECK(sentiment.analyse("") == SentimentAnalysis{});
  CHECK(sentiment.analyse(" \t\n ") == SentimentAnalysis{});
  const SentimentAnalysis out = sentiment.analyse("a box of nails!!!");
  CHECK(out.compound == 0);
  CHECK(out.emphasis == 0);
  CHECK(out.neutral == 1);
}

TEST_CASE("negation within three words turns around", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  const double turned = 1.9 * -0.74;
  CHECK(valence(sentiment, "not good") == Approx(turned));
  CHECK(valence(sentiment, "not really it good") == Approx(-0.74 * (1.9 + .95 * .293)));
  CHECK(valence(sentiment, "not a box good") == Approx(turned));
  CHECK(valence(sentiment, "not a box of good") == Approx(1.9));
  CHECK(valence(sentiment, "it isn't good") == Approx(turned));
  CHECK(valence(sentiment, "it isn\xE2\x80\x99t good") == Approx(turned));
  CHECK(valence(sentiment, "it hasn't not good") == Approx(1.9 * .74 * .74));
  CHECK(valence(sentiment, "not bad") == Approx(2.5 * .74));
  CHECK(valence(sentiment, "never so good") == Approx((1.9 + .293) * 1.25));
  CHECK(valence(sentiment, "never this good") == Approx(1.9 * 1.25));
}

TEST_CASE("degree fades with distance and takes the word's sign", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  CHECK(valence(sentiment, "very good") == Approx(1.9 + .293));
  CHECK(valence(sentiment, "very box good") == Approx(1.9 + .293 * .95));
  CHECK(valence(sentiment, "very box box good") == Approx(1.9 + .293 * .9));
  CHECK(valence(sentiment, "barely good") == Approx(1.9 - .293));
  CHECK(valence(sentiment, "very bad") == Approx(-2.5 - .293));
  CHECK(valence(sentiment, "kinda bad") == Approx(-2.5 + .293));
  CHECK(valence(sentiment, "it was kind of good") == Approx(1.9 - .293));
  CHECK(valence(sentiment, "it was sort of good") == Approx(1.9 - .293));
  CHECK(sentiment.analyse("kind of").hits.empty());
  CHECK(valence(sentiment, "kind people") == 2.4);
}

TEST_CASE("capitals count where others are small", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  CHECK(valence(sentiment, "it is GOOD") == Approx(1.9 + .733));
  CHECK(valence(sentiment, "it is BAD") == Approx(-2.5 - .733));
  CHECK(valence(sentiment, "IT IS GOOD") == Approx(1.9));
  CHECK(valence(sentiment, "it is VERY good") == Approx(1.9 + .293 + .733));
  CHECK(sentiment.analyse("it is GOOD").hits[0].step(SentimentRule::capitals) == Approx(.733));
}

TEST_CASE("exclamation and question marks add emphasis with the text's sign", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  CHECK(sentiment.analyse("so, good!").emphasis == Approx(.292));
  CHECK(sentiment.analyse("good!!!!!!!").emphasis == Approx(4 * .292));
  CHECK(sentiment.analyse("bad!!").emphasis == Approx(-2 * .292));
  CHECK(sentiment.analyse("good?").emphasis == 0);
  CHECK(sentiment.analyse("good??").emphasis == Approx(.36));
  CHECK(sentiment.analyse("good???").emphasis == Approx(.54));
  CHECK(sentiment.analyse("good?????").emphasis == Approx(.96));
}

TEST_CASE("but halves what is before and raises what is after", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  const SentimentAnalysis out = sentiment.analyse("good good, but bad but bad");
  REQUIRE(out.hits.size() == 4);
  CHECK(out.hits[0].valence == Approx(.95));
  CHECK(out.hits[1].valence == Approx(.95));
  CHECK(out.hits[2].valence == Approx(-3.75));
  CHECK(out.hits[3].valence == Approx(-3.75));
  CHECK(out.hits[3].step(SentimentRule::contrast) == Approx(-1.25));
}

TEST_CASE("least negates unless at least or very least", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  CHECK(valence(sentiment, "the least good box") == Approx(1.9 * -.74));
  CHECK(valence(sentiment, "least good box") == Approx(1.9 * -.74));
  CHECK(valence(sentiment, "at least good") == Approx(1.9));
  CHECK(valence(sentiment, "the very least good") == Approx(1.9 + .293 * .95));
}

TEST_CASE("idioms take the place of the word", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  CHECK(valence(sentiment, "this box is the shit") == 3);
  const SentimentAnalysis out = sentiment.analyse("this box is the shit");
  CHECK(out.hits[0].step(SentimentRule::lexicon) == -2.6);
  CHECK(out.hits[0].step(SentimentRule::idiom) == Approx(5.6));
  SentimentOptions options;
  options.spaced.phrases.push_back({"good grief", -1});
  CHECK(valence(LexiconSentiment(small_lexicon(), options), "well it is good grief") == -1);
}

TEST_CASE("no negates the word of sentiment after it", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  const SentimentAnalysis out = sentiment.analyse("no good");
  REQUIRE(out.hits.size() == 2);
  CHECK(out.hits[0].valence == 0);
  CHECK(out.hits[1].valence == Approx(1.9 * -.74));
  CHECK(valence(sentiment, "no thanks") == -1.2);
}

TEST_CASE("without a doubt is no negation", "[sentiment]") {
  SentimentLexicon lexicon;
  REQUIRE(lexicon.add("good", 1.9).has_value());
  const LexiconSentiment sentiment(lexicon);
  CHECK(valence(sentiment, "without doubt good") == Approx(1.9));
  CHECK(valence(sentiment, "without a doubt good") == Approx(1.9));
  CHECK(valence(sentiment, "without anything good") == Approx(1.9 * -.74));
}

TEST_CASE("short words keep their punctuation, longer ones lose it", "[sentiment]") {
  const LexiconSentiment sentiment(small_lexicon());
  CHECK(valence(sentiment, "(good)...") == 1.9);
  CHECK(valence(sentiment, "yes :)") == 2);
  CHECK(sentiment.analyse("no!").hits.empty());  // as the reference program has it
  CHECK(valence(sentiment, "\xE2\x80\x9Cgood\xE2\x80\x9D") == 1.9);
}

TEST_CASE("emoji of the lexicon and of the host's descriptions", "[sentiment]") {
  SentimentLexicon lexicon = small_lexicon();
  REQUIRE(lexicon.add_emoji("\U0001F601", "a great box").has_value());
  const LexiconSentiment sentiment(lexicon);
  const SentimentAnalysis attached = sentiment.analyse("meal\U0001F600\U0001F600!");
  REQUIRE(attached.hits.size() == 2);
  CHECK(attached.hits[0].span == TextSpan{4, 8});
  CHECK(attached.hits[1].span == TextSpan{8, 12});
  const SentimentAnalysis described = sentiment.analyse("meal\U0001F601");
  REQUIRE(described.hits.size() == 1);
  CHECK(described.hits[0].valence == 3.1);
  CHECK(described.hits[0].span == TextSpan{4, 8});
  CHECK(described.words == 4);
  CHECK(valence(sentiment, "这\U0001F601菜") == 3.1);
}

TEST_CASE("Chinese: longest match, negation, degree, contrast", "[sentiment]") {
  const LexiconSentiment sentiment(chinese_lexicon());
  CHECK(LexiconSentiment::is_unspaced("很好吃 ok"));
  CHECK_FALSE(LexiconSentiment::is_unspaced("very good 好"));
  CHECK(valence(sentiment, "菜好吃") == 2);
  CHECK(valence(sentiment, "菜不好吃") == Approx(2 * -.74));
  CHECK(valence(sentiment, "没有难吃的菜") == Approx(2 * .74));
  CHECK(valence(sentiment, "味道不错") == 1.8);
  CHECK(valence(sentiment, "很好吃") == Approx(2.5));
  CHECK(valence(sentiment, "非常好吃") == Approx(3));
  CHECK(valence(sentiment, "太慢了") == Approx(-1.8));
  CHECK(valence(sentiment, "有点慢") == Approx(-.72));
  CHECK(valence(sentiment, "不太好吃") == Approx(2 / 1.5 * -.74));
  CHECK(valence(sentiment, "很不好吃") == Approx(2.5 * -.74));
  CHECK(valence(sentiment, "不，好吃") == 2);
  CHECK(valence(sentiment, "不但好吃") == 2);
  CHECK(valence(sentiment, "好难吃") == Approx(-2.5));
  CHECK(valence(sentiment, "很 ok 的") == Approx(1.25));
  CHECK(valence(sentiment, "bookok 慢") == Approx(-1.2));

  const SentimentAnalysis out = sentiment.analyse("好吃，但是送餐慢！服务热情。");
  REQUIRE(out.hits.size() == 3);
  CHECK(out.hits[0].valence == 1);
  CHECK(out.hits[1].valence == Approx(-1.8));
  CHECK(out.hits[2].valence == 1.6);
  CHECK(out.emphasis == Approx(.292));
  CHECK(out.hits[1].span.of("好吃，但是送餐慢！服务热情。") == "慢");
  CHECK(out.positive + out.negative + out.neutral == Approx(1));
}

TEST_CASE("lexicon files: what is bad is counted, kept and left out", "[sentiment]") {
  const SentimentLexiconFile file = read_sentiment_lexicon(
      "\xEF\xBB\xBF"
      "good\t1.9\t0.9\t[1, 2]\r\n"
      "\n"
      "# a comment\n"
      "no tab\n"
      "\t1.5\n"
      "bad\tvery\n"
      "worse\tnan\n"
      "huge\t1e9\n"
      "odd\t1\t-2\n"
      "cut\xE6\xB0\t1\n"
      "GOOD\t3\n"
      "good\t+2\n"
      "last\t-.5");
  CHECK(file.report.lines == 13);
  CHECK(file.report.empty == 2);
  CHECK(file.report.entries == 4);
  CHECK(file.lexicon.size() == 2);
  CHECK(*file.lexicon.find("Good") == 2);
  CHECK(*file.lexicon.find("last") == -.5);
  CHECK(file.report.count(LexiconProblem::no_tab) == 1);
  CHECK(file.report.count(LexiconProblem::empty_token) == 1);
  CHECK(file.report.count(LexiconProblem::bad_mean) == 2);
  CHECK(file.report.count(LexiconProblem::mean_too_large) == 1);
  CHECK(file.report.count(LexiconProblem::bad_deviation) == 1);
  CHECK(file.report.count(LexiconProblem::invalid_utf8) == 1);
  CHECK(file.report.count(LexiconProblem::duplicate) == 2);
  REQUIRE(file.report.bad.size() == 9);
  CHECK(file.report.bad[0] == LexiconBadLine{4, LexiconProblem::no_tab});
  CHECK(read_sentiment_lexicon("a\nb\n", {.kept_bad_lines = 1}).report.bad.size() == 1);
  CHECK(read_sentiment_lexicon("").lexicon.size() == 0);
  CHECK(read_sentiment_lexicon(std::string(300, 'x') + "\t1")
            .report.count(LexiconProblem::long_token) == 1);
  CHECK_THROWS_AS(read_sentiment_lexicon("", {.largest_mean = 0}), Exception);

  SentimentLexicon lexicon = file.lexicon;
  const LexiconReport emoji = read_emoji_descriptions("\U0001F600\tgrinning face\nx\n", lexicon);
  CHECK(emoji.entries == 1);
  CHECK(emoji.count(LexiconProblem::no_tab) == 1);
  CHECK_FALSE(lexicon.add("", 1).has_value());
  CHECK_FALSE(lexicon.add("x", NAN).has_value());
}

TEST_CASE("sentiment options are checked", "[sentiment]") {
  CHECK_THROWS_AS(LexiconSentiment({}, {.alpha = 0}), Exception);
  CHECK_THROWS_AS(LexiconSentiment({}, {.negation = 2}), Exception);
  CHECK_THROWS_AS(LexiconSentiment({}, {.exclamation = NAN}), Exception);
  CHECK_THROWS_AS(LexiconSentiment({}, {.unspaced_reach = 0}), Exception);
}

TEST_CASE("valences have a limit, within which compounds are numbers", "[sentiment]") {
  SentimentLexicon words;
  CHECK_FALSE(words.add("huge", 1e300).has_value());
  CHECK(words.add("huge", 1e9).has_value());
  CHECK(read_sentiment_lexicon("huge\t1e300\n", {.largest_mean = 1e308})
            .report.count(LexiconProblem::mean_too_large) == 1);
  const double compound = LexiconSentiment(words).analyse("huge huge huge").compound;
  CHECK(compound > 0.99);
  CHECK(compound <= 1);
}
