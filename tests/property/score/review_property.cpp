#include <cmath>
#include <string>

#include "emptor/score/review.hpp"
#include "emptor/text/utf8.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

bool at_character(std::string_view text, std::size_t place) {
  std::size_t at = 0;
  while (at < place) at += utf8_character(text, at).bytes;
  return at == place;
}

void check(const ReviewReader& reader, std::string_view text) {
  const ReviewReading found = reader.read(text);
  std::uint32_t classes = 0;
  for (const std::uint32_t mentions : found.classes) classes += mentions;
  RC_ASSERT(classes == found.aspects.size());
  for (const AspectMention& mention : found.aspects) {
    RC_ASSERT(mention.clause.begin <= mention.keyword.begin);
    RC_ASSERT(mention.keyword.begin < mention.keyword.end);
    RC_ASSERT(mention.keyword.end <= mention.clause.end);
    RC_ASSERT(mention.clause.end <= text.size());
    for (const TextSpan span : {mention.clause, mention.keyword}) {
      RC_ASSERT(at_character(text, span.begin));
      RC_ASSERT(at_character(text, span.end));
    }
    RC_ASSERT(std::abs(mention.sentiment) < 1);
  }
  for (const CareSignal& signal : found.care) {
    RC_ASSERT(signal.span.begin < signal.span.end);
    RC_ASSERT(at_character(text, signal.span.end));
  }
}

}  // namespace

TEST_CASE("reviews of any bytes and words", "[review]") {
  SentimentLexicon lexicon;
  lexicon.add("good", 2).value();
  lexicon.add("慢", -2).value();
  const ReviewReader reader{LexiconSentiment(lexicon)};
  test::check_property(
      "bytes", [&](const std::string& bytes) { check(reader, bytes); }, 200);
  const std::vector<std::string> words = {"good", "food",          "delivery", ",",      "。",
                                          "but",  "但是",          "慢",       "送餐",   "味道",
                                          " ",    "customer care", "LAWYER",   "医院",   "\xE6\x9C",
                                          "'",    "don't",         "\n",       "want a", "refund"};
  test::check_property(
      "words",
      [&] {
        std::string text;
        for (const int word : *rc::gen::container<std::vector<int>>(
                 rc::gen::inRange(0, static_cast<int>(words.size())))) {
          text += words[static_cast<std::size_t>(word)];
          if (*rc::gen::inRange(0, 3) > 0) text += ' ';
        }
        check(reader, text);
      },
      300);
}
