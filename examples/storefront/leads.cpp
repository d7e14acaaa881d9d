#include "leads.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "emptor/score/scorecard_json.hpp"

namespace storefront {
namespace {

using emptor::Time;

// The standard of industry, level, activity and need match. Points are judgement.
constexpr std::string_view card_json = R"({
  "id": "leads",
  "attributes": [
    {"name": "industry", "categories": ["manufacturing", "retail", "software", "education", "other"]},
    {"name": "level", "categories": ["director", "manager", "clerk"]},
    {"name": "employees"},
    {"name": "need"}],
  "events": [
    {"name": "page view", "id": 1}, {"name": "price list", "id": 2}, {"name": "webinar", "id": 3},
    {"name": "demo asked", "id": 4}, {"name": "unsubscribed", "id": 5}],
  "axes": [
    {"id": "fit", "minimum": 0, "maximum": 100},
    {"id": "engagement", "minimum": 0, "maximum": 100}],
  "rules": [
    {"id": "industry", "axis": "fit", "points": 30, "attribute": "industry",
     "any_of": ["manufacturing", "retail"]},
    {"id": "director", "axis": "fit", "points": 25, "attribute": "level", "any_of": ["director"]},
    {"id": "manager", "axis": "fit", "points": 15, "attribute": "level", "any_of": ["manager"]},
    {"id": "size", "axis": "fit", "points": 15, "attribute": "employees", "from": 50, "to": 5000},
    {"id": "size-unknown", "axis": "fit", "points": -5, "attribute": "employees", "missing": true},
    {"id": "need", "axis": "fit", "points": 30, "attribute": "need", "from": 0.5},
    {"id": "views", "axis": "engagement", "points": 2, "events": ["page view"],
     "half_life_seconds": 1209600, "maximum": 20},
    {"id": "prices", "axis": "engagement", "points": 20, "events": ["price list"],
     "half_life_seconds": 2592000, "maximum": 40},
    {"id": "webinar", "axis": "engagement", "points": 20, "events": ["webinar"],
     "window_seconds": 7776000, "maximum": 40},
    {"id": "demo", "axis": "engagement", "points": 40, "events": ["demo asked"],
     "window_seconds": 5184000, "maximum": 40},
    {"id": "silence", "axis": "engagement", "points": -15, "window_seconds": 5184000, "at_most": 0,
     "events": ["page view", "price list", "webinar", "demo asked"]}],
  "resets": [{"event": "unsubscribed", "axes": ["engagement"]}],
  "gradings": [
    {"axis": "fit", "bands": [{"name": "A", "up": 75, "down": 70}, {"name": "B", "up": 50, "down": 45},
                              {"name": "C", "up": 25, "down": 20}, {"name": "D"}]},
    {"axis": "engagement", "bands": [{"name": "1", "up": 50, "down": 40},
                                     {"name": "2", "up": 25, "down": 20},
                                     {"name": "3", "up": 10, "down": 5}, {"name": "4"}]}]
})";

std::vector<std::string> band_names(const emptor::ScorecardGrading& grading) {
  std::vector<std::string> out;
  for (const emptor::ScorecardBand& band : grading.bands) out.push_back(band.name);
  return out;
}

class Grader {
 public:
  explicit Grader(const LeadFiles& files)
      : files_(files),
        card_(emptor::parse_scorecard(card_json).value()),
        events_(files.keys.size()),
        ordered_(files.keys.size(), Time::max()) {
    const auto& kinds = card_.content().events;
    for (std::size_t e = 0; e < files.happened.size(); ++e) {
      const LeadFiles::Event& one = files.happened[e];
      if (one.kind == "order") ordered_[one.lead] = std::min(ordered_[one.lead], one.time);
      const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const auto& known) { return known.name == one.kind; });
      if (kind == kinds.end()) continue;
      events_[one.lead].add(
          {.time = one.time, .id = e, .kind = static_cast<std::uint32_t>(kind->id)});
    }
  }

  [[nodiscard]] bool ordered(std::size_t lead, Time by) const { return ordered_[lead] < by; }
  [[nodiscard]] bool there(std::size_t lead, Time at) const { return files_.joined[lead] < at; }

  [[nodiscard]] emptor::ScorecardExplanation explain(std::size_t lead, Time at) const {
    return card_.explain(row_of(lead), events_[lead], at);
  }

  /// An empty grid with the card's bands.
  [[nodiscard]] emptor::LeadGrid grid() const {
    const auto& gradings = card_.content().gradings;
    emptor::LeadGrid out{.row_axis = gradings[0].axis,
                         .column_axis = gradings[1].axis,
                         .rows = band_names(gradings[0]),
                         .columns = band_names(gradings[1])};
    out.leads.assign(out.rows.size() * out.columns.size(), 0);
    return out;
  }
  [[nodiscard]] static std::size_t cell(const emptor::LeadGrid& grid,
                                        const emptor::ScorecardGrade& grade) {
    return grade.bands[0] * grid.columns.size() + grade.bands[1];
  }

 private:
  [[nodiscard]] std::vector<float> row_of(std::size_t lead) const {
    const emptor::ScoreSchema& schema = card_.schema();
    std::vector<float> row = schema.row();
    schema.set(row, "industry", files_.industries[lead]);
    schema.set(row, "level", files_.levels[lead]);
    schema.set(row, "employees", files_.employees[lead]);
    schema.set(row, "need", files_.needs[lead]);
    return row;
  }

  const LeadFiles& files_;
  emptor::Scorecard card_;
  std::vector<emptor::ScorecardEvents> events_;
  std::vector<Time> ordered_;
};

}  // namespace

Leads leads_of(const LeadFiles& files) {
  const Grader grader(files);
  Leads out;
  out.leads = files.leads;
  out.events = files.events;
  out.as_of = Time::min();
  for (const LeadFiles::Event& one : files.happened) out.as_of = std::max(out.as_of, one.time);
  for (const Time joined : files.joined) out.as_of = std::max(out.as_of, joined);
  out.as_of = out.as_of == Time::min() ? Time{} : out.as_of + std::chrono::seconds{1};
  out.tested = out.as_of - std::chrono::days{lead_days};
  out.now = grader.grid();
  out.then = grader.grid();
  out.then.reached.assign(out.then.leads.size(), 0);
  out.then.goal = emptor::text("Ordered within ", lead_days, " days");
  for (std::size_t l = 0; l < files.keys.size(); ++l) {
    if (!grader.ordered(l, out.as_of)) {
      emptor::LeadView& view = out.best.emplace_back();
      view.name = files.keys.key(emptor::id_at<emptor::Customer>(l));
      view.why = grader.explain(l, out.as_of);
      ++out.now.leads[Grader::cell(out.now, view.why.grade)];
    }
    if (!grader.there(l, out.tested) || grader.ordered(l, out.tested)) continue;
    const std::size_t cell = Grader::cell(out.then, grader.explain(l, out.tested).grade);
    ++out.then.leads[cell];
    if (grader.ordered(l, out.as_of)) ++out.then.reached[cell];
  }
  std::stable_sort(out.best.begin(), out.best.end(),
                   [](const emptor::LeadView& a, const emptor::LeadView& b) {
                     const int x = a.why.grade.bands[0] + a.why.grade.bands[1];
                     const int y = b.why.grade.bands[0] + b.why.grade.bands[1];
                     return x != y ? x < y : a.why.points.total > b.why.points.total;
                   });
  return out;
}

}  // namespace storefront
