#pragma once
// The sections of a report page about reviews: what they speak of and how they feel about it, who
// needs care, and which reviews look as if they were not honest.
//
// Texts of reviews stand in the page as they were written, shortened. An empty result gives a
// section that says so. Cost: linear in the results. Thread safety: one page a thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/report/page.hpp"
#include "emptor/score/review_result.hpp"
#include "emptor/score/review_signals_result.hpp"

namespace emptor {

/// A review that somebody should look after.
struct CareExample {
  std::string customer{};
  Time time{};
  CareSeverity severity{};
  std::vector<CareTrigger> triggers{};
  std::string text{};
};

/// Reviews as a whole. `positive`, `neutral` and `negative` add up to `reviews`.
struct ReviewOverview {
  std::uint64_t reviews = 0;
  std::uint64_t positive = 0;  ///< compound of at least .05
  std::uint64_t neutral = 0;
  std::uint64_t negative = 0;                           ///< at most -.05
  std::array<std::uint64_t, review_classes> classes{};  ///< reviews by what they mostly speak of
  std::uint64_t unclassed = 0;                          ///< speak of no aspect
  std::vector<AspectPeriod> aspects{};                  ///< AspectSummary::periods
  std::array<std::uint64_t, care_triggers> care{};      ///< reviews by trigger
  std::vector<CareExample> examples{};                  ///< gravest first
  std::string how{};                                    ///< how sentiment was found, a sentence
};

/// Sentiment by aspect with numbers of mentions, by class and by month, and who needs care: the
/// first `listed` of the examples.
EMPTOR_API void add_review_section(ReportPage& page, const ReviewOverview& overview,
                                   std::size_t listed = 12,
                                   const std::string& title = "What reviews say");

struct SuspiciousReview {
  std::string reviewer{};
  std::string item{};
  Time time{};
  std::string text{};
  ReviewSuspicion suspicion{};
};

struct ReviewAudit {
  std::uint64_t reviews = 0;
  std::uint64_t suspicious = 0;                            ///< of at least the probability
  double probability = 0.5;                                ///< that was asked for
  std::array<std::uint64_t, review_signal_kinds> fired{};  ///< reviews by signal
  std::vector<SuspiciousReview> worst{};                   ///< likeliest first
};

/// How many reviews look made up, by which signals, and the first `listed` of the worst.
EMPTOR_API void add_review_audit_section(ReportPage& page, const ReviewAudit& audit,
                                         std::size_t listed = 15,
                                         const std::string& title = "Reviews that look made up");

}  // namespace emptor
