#pragma once
// Reads a review: aspects by keywords with the sentiment of their clause, class (product, delivery,
// service) and care triggers, every finding with its place in the text.
//
//     ReviewReader reader{LexiconSentiment(lexicon)};              // or a fitted TextClassifier
//     ReviewReading found = reader.read("Great soup, but the courier was rude.");
//
// A clause ends at punctuation or before "but", 但是 and their like. In it each word of sentiment
// belongs to the nearest keyword within the window; the sum of valences is compressed as a text's
// is. With a trained model the clause as a whole is judged: 2 P(positive) - 1. Keywords are whole
// words (of scripts with spaces) or the longest match (of those without), folded. A trigger is
// found by its words alone: "nobody was injured" triggers too, which is the safe side.
// The default tables are small and judgement: a host replaces or extends them.
// Cost: O(bytes x longest keyword in words). Thread safety: immutable, share it.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/score/review_result.hpp"
#include "emptor/score/sentiment.hpp"
#include "emptor/score/text_linear.hpp"

namespace emptor {

struct ReviewAspect {
  std::string name;
  ReviewClass kind = ReviewClass::product;
  std::vector<std::string> keywords{};  ///< words or phrases, of any script
};
/// Eight aspects with English and Chinese keywords.
[[nodiscard]] EMPTOR_API std::vector<ReviewAspect> default_review_aspects();

struct CareWords {
  CareTrigger trigger{};
  std::vector<std::string> words{};
};
/// A few dozen English and Chinese phrases.
[[nodiscard]] EMPTOR_API std::vector<CareWords> default_care_words();

struct ReviewReaderOptions {
  std::vector<ReviewAspect> aspects = default_review_aspects();
  std::vector<CareWords> care = default_care_words();
  /// Words that end a clause before them.
  std::vector<std::string> contrasts = {"but", "however", "although", "though", "但是",
                                        "但",  "可是",    "不过",     "然而",   "只是"};
  std::uint32_t window = 60;     ///< bytes between keyword and word of sentiment; >= 1
  std::uint32_t complaints = 2;  ///< earlier ones that make a repeated complaint; >= 1
  double alpha = 15;             ///< of an aspect's sentiment, as SentimentOptions; > 0
};

class ReviewReader {
 public:
  /// Throws `invalid_option` for a keyword without letters, or one of two aspects.
  EMPTOR_API explicit ReviewReader(LexiconSentiment sentiment,
                                   const ReviewReaderOptions& options = {});
  /// A model of two classes, 1 being positive. Throws `invalid_option` for another.
  EMPTOR_API explicit ReviewReader(TextClassifier model, const ReviewReaderOptions& options = {});

  /// `earlier_complaints`: of the same customer, as the host counts them.
  EMPTOR_API void read(std::string_view text, std::uint32_t earlier_complaints, SentimentWork& work,
                       ReviewReading& out) const;
  [[nodiscard]] EMPTOR_API ReviewReading read(std::string_view text,
                                              std::uint32_t earlier_complaints = 0) const;

  [[nodiscard]] EMPTOR_API const std::vector<ReviewAspect>& aspects() const noexcept;

 private:
  struct Tables;
  ReviewReader(const ReviewReaderOptions& options, std::shared_ptr<Tables> tables);
  void judge(std::string_view text, ReviewReading& out) const;
  std::shared_ptr<const Tables> tables_;
};

/// Sums up mentions by aspect and month.
class AspectSummary {
 public:
  explicit AspectSummary(std::vector<ReviewAspect> aspects) : aspects_(std::move(aspects)) {}

  /// Mentions of aspects that are not there are left out.
  EMPTOR_API void add(const ReviewReading& reading, Time time, UtcOffset offset = UtcOffset{0});
  /// By aspect, then month; months without mentions are not there.
  [[nodiscard]] EMPTOR_API std::vector<AspectPeriod> periods() const;

 private:
  struct Mention {
    std::uint32_t aspect = 0;
    std::int32_t month = 0;
    bool judged = false;
    double sentiment = 0;
  };
  std::vector<ReviewAspect> aspects_;
  std::vector<Mention> mentions_;
};

}  // namespace emptor
