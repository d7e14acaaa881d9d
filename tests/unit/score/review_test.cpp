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
