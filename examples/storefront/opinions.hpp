#pragma once
// What customers say: how satisfied they are, and what their reviews speak of.

#include <optional>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/report/sections_reviews.hpp"
#include "emptor/report/sections_satisfaction.hpp"
#include "voices_file.hpp"

namespace storefront {

struct Satisfaction {
  VoiceQuality quality;
  std::vector<emptor::SatisfactionView> views;         ///< without trends and names of groups
  std::vector<emptor::SatisfactionTrend> trends;       ///< of each view
  std::vector<std::string> channels;                   ///< names of the groups
  std::optional<emptor::SatisfactionDrivers> drivers;  ///< none: fewer than two items
  emptor::SurveyScreening screening;
  /// Of each view, without the answers that have a mark.
  std::vector<emptor::SatisfactionEstimate> unmarked;
  std::string driven;  ///< what these drive
};

[[nodiscard]] Satisfaction satisfaction_of(const SurveyFile& file, const emptor::Context& context);

struct Reviews {
  VoiceQuality quality;
  std::string problem;      ///< why nobody can say how they feel; empty: it can be said
  std::size_t learned = 0;  ///< rated reviews that the model learned from
  std::size_t tested = 0;   ///< later ones that it was tested on
  double right = 0;         ///< share of these whose rating it met: good or bad
  emptor::ReviewOverview overview;
  emptor::ReviewAudit audit;
  std::vector<double> feelings;  ///< of each review, -1 to 1; empty with a problem
  std::vector<emptor::ReviewSuspicion> suspicions;
};

/// Sentiment is learned from the ratings of the shop's own reviews.
[[nodiscard]] Reviews reviews_of(const ReviewFile& file, const emptor::Context& context);

}  // namespace storefront
