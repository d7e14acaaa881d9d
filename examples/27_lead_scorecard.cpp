// Lead scoring by industry, level, activity and need: who is called first, and where the points
// come from.

#include <iostream>

#include "emptor/score/scorecard_json.hpp"

namespace {

using namespace emptor;

constexpr const char* card_json = R"({
  "id": "leads",
  "attributes": [
    {"name": "industry", "categories": ["manufacturing", "retail", "software", "other"]},
    {"name": "level", "categories": ["director", "manager", "clerk"]},
    {"name": "employees"},
    {"name": "needs matched"}],
  "events": [
    {"name": "page view", "id": 1}, {"name": "price list", "id": 2}, {"name": "webinar", "id": 3},
    {"name": "demo asked", "id": 4}, {"name": "unsubscribed", "id": 5}],
  "channels": [{"name": "web", "id": 0}, {"name": "mail", "id": 1}],
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
    {"id": "need", "axis": "fit", "points": 30, "attribute": "needs matched", "from": 0.5},
    {"id": "views", "axis": "engagement", "points": 2, "events": ["page view"],
     "half_life_seconds": 604800, "maximum": 20},
    {"id": "prices", "axis": "engagement", "points": 15, "events": ["price list"],
     "half_life_seconds": 1209600, "maximum": 30},
    {"id": "webinar", "axis": "engagement", "points": 20, "events": ["webinar"],
     "window_seconds": 7776000, "maximum": 40},
    {"id": "demo", "axis": "engagement", "points": 40, "events": ["demo asked"],
     "window_seconds": 2592000, "maximum": 40},
    {"id": "silence", "axis": "engagement", "points": -15, "window_seconds": 2592000, "at_most": 0,
     "events": ["page view", "price list", "webinar", "demo asked"]}],
  "resets": [{"event": "unsubscribed", "axes": ["engagement"]}],
  "gradings": [
    {"axis": "fit", "bands": [{"name": "A", "up": 75, "down": 70}, {"name": "B", "up": 50, "down": 45},
                              {"name": "C", "up": 25, "down": 20}, {"name": "D"}]},
    {"axis": "engagement", "bands": [{"name": "1", "up": 60, "down": 50},
                                     {"name": "2", "up": 40, "down": 30},
                                     {"name": "3", "up": 20, "down": 10}, {"name": "4"}]}]
})";

Time on(unsigned month, unsigned day) {
  return Time{Day{std::chrono::year{2026} / std::chrono::month{month} / std::chrono::day{day}}};
}

}  // namespace

int main() {
  // A rule that refers to nothing is refused, by its path.
  std::string wrong = card_json;
  wrong.replace(wrong.find("[\"webinar\"],"), 12, "[\"seminar\"],");
  std::cout << parse_scorecard(wrong).error().to_string() << "\n\n";

  const Scorecard card = parse_scorecard(card_json).value();
  std::vector<float> row = card.schema().row();
  card.schema().set(row, "industry", "retail");
  card.schema().set(row, "level", "manager");
  card.schema().set(row, "needs matched", 0.8);

  ScorecardEvents events;
  events.add({.time = on(3, 2), .id = 1, .kind = 1, .channel = Channel{0}, .count = 6});
  events.add({.time = on(3, 9), .id = 3, .kind = 4, .channel = Channel{0}});
  events.add({.time = on(3, 2), .id = 2, .kind = 2, .channel = Channel{1}});  // late: no matter
  events.add({.time = on(3, 9), .id = 3, .kind = 4, .channel = Channel{0}});  // twice: no matter

  const ScorecardExplanation why = card.explain(row, events, on(3, 9));
  std::cout << why.grade_name << ", " << points_text(why.points.total) << " points\n";
  for (const std::string& line : sentences(why)) std::cout << "  " << line << "\n";

  std::cout << "\nweek by week\n";
  for (const ScorecardAssessment& one :
       card.history(row, events, on(3, 2), std::chrono::days{7}, on(4, 20))) {
    std::cout << "  " << to_string(local_day(one.time)) << "  " << card.grade_name(one.grade)
              << "  fit " << points_text(one.points.axes[0]) << ", engagement "
              << points_text(one.points.axes[1]) << "\n";
  }

  events.add({.time = on(3, 10), .id = 9, .kind = 5});
  std::cout << "\nunsubscribed: " << card.explain(row, events, on(3, 11), &why.grade).grade_name
            << "\n";
}
