#pragma once
// The section of a report page about leads: how many stand in which grade, and where the points of
// the best come from. An empty result gives a section that says so. Cost: linear in the results.
// Thread safety: one page a thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/report/page.hpp"
#include "emptor/score/scorecard_result.hpp"

namespace emptor {

/// Leads by the bands of two gradings, best bands first.
struct LeadGrid {
  std::string row_axis{};              ///< "fit"
  std::string column_axis{};           ///< "engagement"
  std::vector<std::string> rows{};     ///< "A", "B", …
  std::vector<std::string> columns{};  ///< "1", "2", …
  std::vector<std::uint64_t> leads{};  ///< rows x columns, row by row
  std::vector<std::uint64_t>
      reached{};       ///< of those, who went on to do what is hoped for; or empty
  std::string goal{};  ///< of `reached`: "bought within 30 days"
};

struct LeadView {
  std::string name{};
  ScorecardExplanation why{};
};

struct LeadSectionOptions {
  std::size_t drawn = 3;    ///< of the best, with a picture of their points
  std::size_t listed = 25;  ///< of the best, in the table; 0: all
};

/// `best`: best first. Throws `invalid_shape` when the grid's counts are not rows x columns.
EMPTOR_API void add_lead_section(ReportPage& page, const LeadGrid& grid,
                                 std::span<const LeadView> best,
                                 const LeadSectionOptions& options = {},
                                 const std::string& title = "Leads by grade");

}  // namespace emptor
