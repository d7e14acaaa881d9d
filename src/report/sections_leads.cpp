#include "emptor/report/sections_leads.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/report/chart.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::counted;

double points(std::int64_t thousandths) {
  return static_cast<double>(thousandths) / static_cast<double>(scorecard_point);
}

void check(const LeadGrid& grid) {
  const std::size_t cells = grid.rows.size() * grid.columns.size();
  if (grid.leads.size() != cells || (!grid.reached.empty() && grid.reached.size() != cells)) {
    throw Exception(ErrorCode::invalid_shape, "there must be a count for each cell of the grid",
                    "add_lead_section");
  }
}

void draw_grid(ReportPage& page, const LeadGrid& grid) {
  HeatmapChart chart{
      .labels = {"Leads by grade", "", "Number of leads by the bands of both gradings.",
                 grid.column_axis, grid.row_axis},
      .rows = grid.rows,
      .columns = grid.columns,
      .format = {.decimals = 0},
      .scale = ColorScale::square_root};
  for (const std::uint64_t count : grid.leads) chart.values.push_back(static_cast<double>(count));
  page.add_chart(chart);
}

/// What became of each letter and of each digit: single grades may be few.
void list_outcomes(ReportPage& page, const LeadGrid& grid) {
  HeatmapChart chart{.labels = {"Who reached the goal (%)", grid.goal,
                                "Share of the leads of each grade that reached the goal.",
                                grid.column_axis, grid.row_axis},
                     .rows = grid.rows,
                     .columns = grid.columns,
                     .format = {.decimals = 0},
                     .low = 0.0,
                     .blank = "no leads"};
  for (std::size_t cell = 0; cell < grid.leads.size(); ++cell) {
    chart.values.push_back(100 * detail::share_of(static_cast<double>(grid.reached[cell]),
                                                  static_cast<double>(grid.leads[cell])));
  }
  page.add_chart(chart);
  ReportTable table{.caption = "By letter and by digit",
                    .columns = {"Grade", "Leads",
                                grid.goal.empty() ? "Reached the goal" : grid.goal, "Of its leads"},
                    .sortable = false};
  const auto row = [&](const std::string& name, std::size_t first, std::size_t step,
                       std::size_t cells) {
    std::uint64_t leads = 0;
    std::uint64_t reached = 0;
    for (std::size_t c = 0; c < cells; ++c) {
      leads += grid.leads[first + c * step];
      reached += grid.reached[first + c * step];
    }
    if (leads == 0) return;
    table.rows.push_back(
        {name,
         leads,
         reached,
         {detail::share_of(static_cast<double>(reached), static_cast<double>(leads)),
          detail::percent_column}});
  };
  const std::size_t width = grid.columns.size();
  for (std::size_t r = 0; r < grid.rows.size(); ++r) row(grid.rows[r], r * width, 1, width);
  for (std::size_t c = 0; c < width; ++c) row(grid.columns[c], c, width, grid.rows.size());
  page.add_table(table);
}

void list_grades(ReportPage& page, const LeadGrid& grid) {
  const bool tested = !grid.reached.empty();
  ReportTable table{.caption = "Grades", .columns = {"Grade", "Leads"}};
  if (tested) {
    table.columns.push_back(grid.goal.empty() ? "Reached the goal" : grid.goal);
    table.columns.emplace_back("Of its leads");
  }
  std::uint64_t all = 0;
  std::uint64_t reached = 0;
  for (std::size_t r = 0; r < grid.rows.size(); ++r) {
    for (std::size_t c = 0; c < grid.columns.size(); ++c) {
      const std::size_t cell = r * grid.columns.size() + c;
      if (grid.leads[cell] == 0) continue;
      std::vector<ReportCell> row{grid.rows[r] + grid.columns[c], grid.leads[cell]};
      all += grid.leads[cell];
      if (tested) {
        reached += grid.reached[cell];
        row.emplace_back(grid.reached[cell]);
        row.emplace_back(detail::share_of(static_cast<double>(grid.reached[cell]),
                                          static_cast<double>(grid.leads[cell])),
                         detail::percent_column);
      }
      table.rows.push_back(std::move(row));
    }
  }
  table.total = {"all", all};
  if (tested) {
    table.total.emplace_back(reached);
    table.total.emplace_back(
        detail::share_of(static_cast<double>(reached), static_cast<double>(all)),
        detail::percent_column);
  }
  page.begin_details("All grades").add_table(table).end_details();
}

/// Parts of one rule together, in the card's order; what adds nothing is left out.
std::vector<WaterfallStep> steps_of(const ScorecardExplanation& why) {
  std::vector<std::pair<WaterfallStep, std::uint64_t>> sums;  // with the number of parts
  std::vector<std::string> keys;
  for (const ScorecardPart& part : why.parts) {
    if (part.points == 0) continue;
    const bool bound = part.rule.empty();
    const std::string key = bound ? (part.axis.empty() ? std::string("bounds of the card")
                                                       : text("bounds of ", part.axis))
                                  : text(part.axis, ": ", part.rule);
    const auto at = std::find(keys.begin(), keys.end(), key);
    if (at == keys.end()) {
      keys.push_back(key);
      sums.push_back({{.name = key, .detail = part.what, .value = points(part.points)}, 1});
    } else {
      auto& [step, parts] = sums[static_cast<std::size_t>(at - keys.begin())];
      step.value += points(part.points);
      ++parts;
      step.detail = text(counted(parts, "event", "events"));
    }
  }
  std::vector<WaterfallStep> out;
  for (auto& [step, parts] : sums) out.push_back(std::move(step));
  return out;
}

std::string strongest(const ScorecardExplanation& why) {
  std::vector<WaterfallStep> steps = steps_of(why);
  std::stable_sort(steps.begin(), steps.end(), [](const auto& a, const auto& b) {
    return std::abs(a.value) > std::abs(b.value);
  });
  std::string out;
  for (std::size_t i = 0; i < steps.size() && i < 4; ++i) {
    out += text(out.empty() ? "" : "; ", steps[i].value > 0 ? "+" : "",
                format_value(steps[i].value, {.decimals = 1}), ' ', steps[i].name);
  }
  return out;
}

}  // namespace

void add_lead_section(ReportPage& page, const LeadGrid& grid, std::span<const LeadView> best,
                      const LeadSectionOptions& options, const std::string& title) {
  check(grid);
  page.begin_section(title, "What somebody is, and what somebody does.");
  std::uint64_t leads = 0;
  for (const std::uint64_t count : grid.leads) leads += count;
  if (leads == 0) {
    page.add_paragraph("There are no leads.");
    return;
  }
  page.add_paragraph(text(counted(leads, "lead has a grade", "leads have a grade"),
                          ": the letter by ", grid.row_axis, ", the digit by ", grid.column_axis,
                          grid.reached.empty() ? ". The best are called first." : "."));
  if (grid.reached.empty()) {
    draw_grid(page, grid);
  } else {
    list_outcomes(page, grid);
  }
  list_grades(page, grid);
  for (std::size_t l = 0; l < std::min(options.drawn, best.size()); ++l) {
    const ScorecardExplanation& why = best[l].why;
    WaterfallChart chart{
        .labels = {text("Points of ", best[l].name), text("Grade ", why.grade_name),
                   "Where each point comes from.", "Points", ""},
        .steps = steps_of(why),
        .total_name = "score"};
    if (!chart.steps.empty() && chart.steps.size() <= 100) page.add_chart(chart);
  }
  if (best.empty()) return;
  ReportTable table{.caption = "The best leads",
                    .columns = {"Lead", "Grade", "Points"},
                    .row_limit = options.listed};
  const std::vector<std::string>& axes = best.front().why.axes;
  for (const std::string& axis : axes) table.columns.push_back(axis);
  table.columns.emplace_back("Strongest parts");
  for (const LeadView& lead : best) {
    std::vector<ReportCell> row{
        lead.name, lead.why.grade_name, {points(lead.why.points.total), {.decimals = 1}}};
    for (std::size_t a = 0; a < axes.size(); ++a) {
      row.emplace_back(points(lead.why.points.axes[a]), ValueFormat{.decimals = 1});
    }
    row.emplace_back(strongest(lead.why));
    table.rows.push_back(std::move(row));
  }
  page.add_table(table);
}

}  // namespace emptor
