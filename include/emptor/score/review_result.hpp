#pragma once
// What a review speaks of, how it feels about each thing, and whether somebody must act on it.
// Plain data; thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/score/sentiment_result.hpp"

namespace emptor {

enum class ReviewClass : std::uint8_t { product, delivery, service };
inline constexpr std::size_t review_classes = 3;
[[nodiscard]] EMPTOR_API std::string_view name(ReviewClass kind) noexcept;

/// Why somebody should look after a customer, gravest first.
enum class CareTrigger : std::uint8_t { injury, legal, refund_threat, repeated_complaint };
inline constexpr std::size_t care_triggers = 4;
[[nodiscard]] EMPTOR_API std::string_view name(CareTrigger trigger) noexcept;

enum class CareSeverity : std::uint8_t { none, notice, urgent, critical };
[[nodiscard]] EMPTOR_API std::string_view name(CareSeverity severity) noexcept;
/// Injury is critical, legal steps and threats are urgent, a repeated complaint is a notice.
[[nodiscard]] EMPTOR_API CareSeverity severity(CareTrigger trigger) noexcept;

struct CareSignal {
  CareTrigger trigger{};
  TextSpan span;  ///< the words; of no words when the host's count of complaints speaks

  friend bool operator==(const CareSignal&, const CareSignal&) = default;
};

/// A keyword of an aspect, with what its clause feels near it.
struct AspectMention {
  std::uint32_t aspect = 0;  ///< place in the host's table
  TextSpan keyword;
  TextSpan clause;
  std::uint32_t evidence = 0;  ///< words of sentiment; of a trained model: 1
  double sentiment = 0;        ///< in [-1, 1]; 0 without evidence

  friend bool operator==(const AspectMention&, const AspectMention&) = default;
};

/// Reusable: a reading writes over the last one.
struct ReviewReading {
  SentimentAnalysis sentiment;  ///< of the whole text; a trained model fills `compound` alone
  std::vector<AspectMention> aspects{};                 ///< in the order of the text
  std::array<std::uint32_t, review_classes> classes{};  ///< mentions of aspects, by class
  std::vector<CareSignal> care{};                       ///< in the order of the text
  CareSeverity severity = CareSeverity::none;           ///< the gravest

  /// The class with most mentions, of equal ones the first; product when there is none.
  [[nodiscard]] ReviewClass main_class() const noexcept {
    std::size_t best = 0;
    for (std::size_t c = 1; c < review_classes; ++c) best = classes[c] > classes[best] ? c : best;
    return static_cast<ReviewClass>(best);
  }
};

/// An aspect in a month.
struct AspectPeriod {
  std::string aspect;
  std::int32_t month = 0;  ///< core/time.hpp: month_number; month_label for people
  std::uint64_t mentions = 0;
  std::uint64_t judged = 0;    ///< of them with evidence; the rest of this row is about these
  std::uint64_t positive = 0;  ///< sentiment of at least .05
  std::uint64_t negative = 0;  ///< at most -.05
  double mean = 0;
  double low = -1;  ///< 95 %: mean -+ t s / sqrt(judged), within [-1, 1]; all of it below two
  double high = 1;

  friend bool operator==(const AspectPeriod&, const AspectPeriod&) = default;
};

}  // namespace emptor
