#include "emptor/score/review.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

LexiconSentiment lexicon() {
  SentimentLexicon words;
  for (const auto& [token, valence] :
       std::initializer_list<std::pair<const char*, double>>{{"great", 3.1},
                                                             {"rude", -2},
                                                             {"slow", -1.2},
                                                             {"cold", -1},
                                                             {"慢", -1.5},
                                                             {"不错", 1.8},
                                                             {"热情", 2}}) {
    CHECK(words.add(token, valence).has_value());
  }
  return LexiconSentiment(words);
}

double compressed(double sum) {
  return sum / std::sqrt(sum * sum + 15);
}

}  // namespace

TEST_CASE("aspects feel what their clause feels", "[review]") {
  const ReviewReader reader(lexicon());
  const std::string text = "Great soup, but the Courier was rude and delivery slow.";
  const ReviewReading found = reader.read(text);
  REQUIRE(found.aspects.size() == 3);
  CHECK(found.aspects[0].keyword.of(text) == "soup");
  CHECK(found.aspects[0].clause.of(text) == "Great soup");
  CHECK(reader.aspects()[found.aspects[0].aspect].name == "taste");
  CHECK(found.aspects[0].sentiment == Approx(compressed(3.1 * .5)));
  CHECK(found.aspects[1].keyword.of(text) == "Courier");
  CHECK(found.aspects[1].clause.of(text) == "but the Courier was rude and delivery slow");
  CHECK(found.aspects[1].sentiment == Approx(compressed(-3)));
  CHECK(found.aspects[2].keyword.of(text) == "delivery");
  CHECK(found.aspects[2].sentiment == Approx(compressed(-1.8)));
  CHECK(found.classes == std::array<std::uint32_t, review_classes>{1, 2, 0});
  CHECK(found.main_class() == ReviewClass::delivery);
  CHECK(found.severity == CareSeverity::none);
}

TEST_CASE("aspects of Chinese reviews", "[review]") {
  const ReviewReader reader(lexicon());
  const std::string text = "味道不错，但是送餐太慢，服务员热情";
  const ReviewReading found = reader.read(text);
  REQUIRE(found.aspects.size() == 3);
  CHECK(found.aspects[0].keyword.of(text) == "味道");
  CHECK(found.aspects[0].sentiment > 0);
  CHECK(found.aspects[1].keyword.of(text) == "送餐");
  CHECK(found.aspects[1].clause.of(text) == "但是送餐太慢");
  CHECK(found.aspects[1].sentiment < 0);
  CHECK(found.aspects[2].keyword.of(text) == "服务员");
  CHECK(found.aspects[2].sentiment > 0);
}

TEST_CASE("keywords are whole words; far words of sentiment do not count", "[review]") {
  ReviewReaderOptions options;
  options.aspects = {{"fit", ReviewClass::product, {"fit", "true to size"}}};
  options.window = 5;
  const ReviewReader reader(lexicon(), options);
  CHECK(reader.read("An outfit of benefits").aspects.empty());
  const std::string text = "It is true  to size and not at all that great";
  const ReviewReading found = reader.read(text);
  REQUIRE(found.aspects.size() == 1);
  CHECK(found.aspects[0].keyword.of(text) == "true  to size");
  CHECK(found.aspects[0].evidence == 0);
  CHECK(found.aspects[0].sentiment == 0);
  options.aspects.push_back({"other", ReviewClass::product, {"Fit"}});
  CHECK_THROWS_AS(ReviewReader(lexicon(), options), Exception);
  options.aspects = {{"none", ReviewClass::product, {"..."}}};
  CHECK_THROWS_AS(ReviewReader(lexicon(), options), Exception);
  CHECK_THROWS_AS(ReviewReader(lexicon(), {.window = 0}), Exception);
}

TEST_CASE("care triggers with their words and severity", "[review]") {
  const ReviewReader reader(lexicon());
  const std::string text = "Third time! I want my money back or my LAWYER calls.";
  const ReviewReading found = reader.read(text);
  REQUIRE(found.care.size() == 3);
  CHECK(found.care[0].trigger == CareTrigger::repeated_complaint);
  CHECK(found.care[1].trigger == CareTrigger::refund_threat);
  CHECK(found.care[1].span.of(text) == "want my money back");
  CHECK(found.care[2].trigger == CareTrigger::legal);
  CHECK(found.severity == CareSeverity::urgent);
  CHECK(reader.read("吃完拉肚子，去医院了").severity == CareSeverity::critical);
  CHECK(reader.read("fine").care.empty());
  const ReviewReading again = reader.read("fine", 2);
  REQUIRE(again.care.size() == 1);
  CHECK(again.care[0].span == TextSpan{});
  CHECK(again.severity == CareSeverity::notice);
}

TEST_CASE("default care words are phrases that mean it", "[review]") {
  const ReviewReader reader(lexicon());
  for (const char* text : {"我要退款", "给我退款！", "I want a full refund", "Give me a refund",
                           "I demand my money back."}) {
    INFO(text);
    const ReviewReading found = reader.read(text);
    REQUIRE(found.care.size() == 1);
    CHECK(found.care[0].trigger == CareTrigger::refund_threat);
  }
  for (const char* text : {"I will take you to court", "See you in court!", "I will sue",
                           "small claims court is next"}) {
    INFO(text);
    CHECK(reader.read(text).severity == CareSeverity::urgent);
  }
  CHECK(reader.read("I got burned").severity == CareSeverity::critical);
  for (const char* text : {"My second complaint", "complained twice", "第二次投诉了"}) {
    INFO(text);
    CHECK(reader.read(text).severity == CareSeverity::notice);
  }
  for (const char* text : {"Best of the food court", "Sue was great", "burned calories",
                           "第二次来了", "my second time here"}) {
    INFO(text);
    CHECK(reader.read(text).care.empty());
  }
}

TEST_CASE("a trained model judges the clauses", "[review]") {
  const std::vector<std::string> texts = {"lovely", "lovely lovely", "awful", "awful awful"};
  const std::vector<std::uint32_t> labels = {1, 1, 0, 0};
  const ReviewReader reader(fit_text_classifier(texts, labels).model);
  const ReviewReading found = reader.read("lovely food, awful service");
  REQUIRE(found.aspects.size() == 2);
  CHECK(found.aspects[0].sentiment > 0);
  CHECK(found.aspects[1].sentiment < 0);
}

TEST_CASE("aspects by month with intervals", "[review]") {
  const ReviewReader reader(lexicon());
  AspectSummary summary(reader.aspects());
  const Time day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
  summary.add(reader.read("great food"), day);
  summary.add(reader.read("cold food"), day);
  summary.add(reader.read("the food"), day);
  summary.add(reader.read("great food"), day + std::chrono::days{40});
  const std::vector<AspectPeriod> periods = summary.periods();
  REQUIRE(periods.size() == 2);
  const double a = compressed(3.1), b = compressed(-1);
  CHECK(periods[0].aspect == "taste");
  CHECK(month_label(periods[0].month) == "2026-03");
  CHECK(periods[0].mentions == 3);
  CHECK(periods[0].judged == 2);
  CHECK(periods[0].positive == 1);
  CHECK(periods[0].negative == 1);
  CHECK(periods[0].mean == Approx((a + b) / 2));
  CHECK(periods[0].low == -1);
  CHECK(periods[1].judged == 1);
  CHECK(periods[1].low == -1);
  CHECK(periods[1].high == 1);
}

TEST_CASE("each word of sentiment belongs to the nearest keyword, whatever the length",
          "[review]") {
  const ReviewReader reader(lexicon());
  const char* const words[] = {"food", "great", "nice", "courier", "slow", "rude", "staff", "soup"};
  std::string text;
  std::uint32_t state = 7;
  for (int i = 0; i < 400; ++i) {
    state = state * 1664525U + 1013904223U;
    text += words[state >> 29U];
    text += state % 11 == 0 ? ", " : state % 13 == 0 ? " but " : " ";
  }
  const ReviewReading found = reader.read(text);
  std::vector<std::uint32_t> evidence(found.aspects.size());
  for (const SentimentHit& hit : found.sentiment.hits) {
    std::size_t nearest = found.aspects.size();
    std::uint32_t least = 61;
    for (std::size_t a = 0; a < found.aspects.size(); ++a) {
      const AspectMention& mention = found.aspects[a];
      if (hit.span.begin < mention.clause.begin || hit.span.end > mention.clause.end) continue;
      const std::uint32_t apart = hit.span.end <= mention.keyword.begin
                                      ? mention.keyword.begin - hit.span.end
                                      : hit.span.begin - mention.keyword.end;
      if (apart >= least) continue;
      least = apart;
      nearest = a;
    }
    if (nearest < evidence.size()) ++evidence[nearest];
  }
  REQUIRE(found.aspects.size() > 100);
  for (std::size_t a = 0; a < evidence.size(); ++a) {
    CHECK(found.aspects[a].evidence == evidence[a]);
  }
  // A clause of a megabyte takes no square of it.
  text.clear();
  for (int i = 0; i < 100'000; ++i) text += "food ";
  for (int i = 0; i < 100'000; ++i) text += "great ";
  CHECK(reader.read(text).aspects.back().evidence == 10);
}
