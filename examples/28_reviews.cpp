// Reviews: how they feel and why, which aspect is meant, who needs care, and which look fake.

#include <iostream>
#include <string>
#include <vector>

#include "emptor/score/review.hpp"
#include "emptor/score/review_signals.hpp"

int main() {
  // A host brings its own lexicon; token, tab, mean valence.
  const emptor::SentimentLexiconFile file = emptor::read_sentiment_lexicon(
      "great\t3.1\nlovely\t2.8\nrude\t-2.0\nslow\t-1.2\nlate\t-1.1\nsick\t-2.3\n"
      "不错\t1.8\n慢\t-1.5\nbroken line\n");
  std::cout << file.report.entries << " entries, " << file.report.bad.size()
            << " bad line: " << file.report.bad[0].line << " " << name(file.report.bad[0].problem)
            << "\n\n";
  const emptor::ReviewReader reader{emptor::LexiconSentiment(file.lexicon)};
  const emptor::Time day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

  emptor::AspectSummary summary(reader.aspects());
  emptor::SentimentWork work;
  emptor::ReviewReading found;  // reused
  for (const std::string text :
       {"Great soup, but the courier was VERY slow!", "Lovely food and not at all late delivery.",
        "味道不错，但是送餐太慢", "Staff rude, I got food poisoning and call my lawyer."}) {
    reader.read(text, 0, work, found);
    summary.add(found, day);
    std::cout << text << "\n  compound " << emptor::fixed(found.sentiment.compound, 4) << ", "
              << name(found.main_class()) << ", care: " << name(found.severity) << "\n";
    for (const emptor::SentimentHit& hit : found.sentiment.hits) {
      std::cout << "  '" << hit.span.of(text) << "' " << emptor::fixed(hit.valence, 2) << " =";
      for (std::size_t rule = 0; rule < emptor::sentiment_rules; ++rule) {
        if (hit.steps[rule] == 0) continue;
        std::cout << " " << name(static_cast<emptor::SentimentRule>(rule)) << " "
                  << emptor::fixed(hit.steps[rule], 2);
      }
      std::cout << "\n";
    }
    for (const emptor::AspectMention& mention : found.aspects) {
      std::cout << "  " << reader.aspects()[mention.aspect].name << " ('"
                << mention.keyword.of(text) << "'): " << emptor::fixed(mention.sentiment, 2)
                << "\n";
    }
    for (const emptor::CareSignal& signal : found.care) {
      std::cout << "  " << name(signal.trigger) << ": '" << signal.span.of(text) << "'\n";
    }
  }
  std::cout << "\n";
  for (const emptor::AspectPeriod& period : summary.periods()) {
    std::cout << period.aspect << " " << emptor::month_label(period.month) << ": "
              << period.mentions << " mentions, mean " << emptor::fixed(period.mean, 2) << " ("
              << emptor::fixed(period.low, 2) << " to " << emptor::fixed(period.high, 2) << ")\n";
  }

  using emptor::Customer;
  using emptor::Item;
  const std::vector<emptor::ReviewRecord> records = {
      {Customer{1}, Item{7}, day, 5, "Best kettle I ever bought, boils in no time, buy it!"},
      {Customer{2}, Item{8}, day + std::chrono::hours{1}, 5,
       "best kettle i ever bought - boils in no time - BUY IT"},
      {Customer{3}, Item{7}, day + std::chrono::hours{2}, 4, "Solid, a little loud."},
      {Customer{3}, Item{8}, day + std::chrono::hours{90}, 4, "Also solid."},
  };
  std::cout << "\n";
  const std::vector<emptor::ReviewSuspicion> answers = emptor::check_reviews(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::cout << "review " << i << ": " << emptor::fixed(100 * answers[i].probability(), 0) << " %";
    for (const emptor::ReviewSignal& signal : answers[i].signals()) {
      std::cout << ", " << name(signal.kind) << " " << signal.measured;
      if (signal.other != emptor::nobody_else) std::cout << " with " << signal.other;
    }
    std::cout << "\n";
  }
}
