#pragma once
// The sections of a report page about customers who leave: whom to call first and why, how the
// forecast did on what it had not seen, and how long groups of customers stay.
//
// What is tested of a forecast otherwise stands in report/sections_probability.hpp. An empty result
// gives a section that says so. Cost: linear in the results. Thread safety: one page a thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/evaluate/binary_result.hpp"
#include "emptor/report/page.hpp"
#include "emptor/score/churn_result.hpp"
#include "emptor/score/survival_result.hpp"

namespace emptor {

struct ChurnSectionOptions {
  Currency currency{};                                   ///< of values; none: no unit is named
  std::string leaving{};                                 ///< "buys nothing for 90 days"
  std::string value{};                                   ///< "expected purchases of 3 years"
  std::function<std::string(std::uint32_t row)> name{};  ///< of a customer; none: the row
  std::size_t drawn = 12;                                ///< customers with bars of their reasons
  std::size_t listed = 25;                               ///< customers in the table; 0: all
};

/// Value at risk, customers in the order to be called, and their reasons as bars and in words.
EMPTOR_API void add_churn_watch_section(ReportPage& page, const ChurnWatch& watch,
                                        const ChurnSectionOptions& options = {},
                                        const std::string& title = "Whom to call first");

/// A group of customers and how long they stay.
struct SurvivalGroup {
  std::string name{};
  SurvivalCurve curve{};
  SurvivalQuantile median{};
};

/// Curves with their intervals, at most 6, medians, and whether the groups differ, if that was
/// tested. `until` (> 0) is where the picture ends; 0: at the last time. `unit`: of time, "days".
/// Throws `invalid_shape` for more groups.
EMPTOR_API void add_survival_section(ReportPage& page, std::span<const SurvivalGroup> groups,
                                     const LogRankResult* test = nullptr, double until = 0,
                                     const std::string& unit = "days",
                                     const std::string& title = "How long customers stay");

}  // namespace emptor
