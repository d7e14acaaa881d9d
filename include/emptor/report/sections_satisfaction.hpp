#pragma once
// The sections of a report page about what customers say when they are asked: scores with their
// intervals, groups and months, what drives them, and which answers are not to be trusted.
//
// An empty result gives a section that says so. Cost: linear in the results. Thread safety: one
// page a thread.

#include <functional>
#include <span>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/report/page.hpp"
#include "emptor/score/satisfaction_result.hpp"
#include "emptor/score/survey_result.hpp"

namespace emptor {

/// One question of a survey and what came of it.
struct SatisfactionView {
  std::string question{};  ///< "Would you recommend us?"
  std::string groups{};    ///< what the groups are: "By channel"; empty: no groups
  SatisfactionReport report{};
  std::function<std::string(std::uint32_t group)> group_name{};  ///< none: the code
  const SatisfactionTrend* trend = nullptr;                      ///< null: no months
};

/// A heading a question: the score with its interval, answers by group and month, and what the
/// trend tests say. Groups are shown as they are, and drawn towards the mean of all where that was
/// done. At most 40 groups are drawn, all stand in the table.
EMPTOR_API void add_satisfaction_section(ReportPage& page, std::span<const SatisfactionView> views,
                                         const SurveyScreening* screening = nullptr,
                                         const std::string& title = "How satisfied customers are");

/// Importance by performance: what to work on first.
EMPTOR_API void add_driver_section(ReportPage& page, const SatisfactionDrivers& drivers,
                                   const std::string& target = "satisfaction",
                                   const std::string& title = "What drives satisfaction");

}  // namespace emptor
