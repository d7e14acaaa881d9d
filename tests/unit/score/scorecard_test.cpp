// Rule scorecards: points, decay, windows, maxima, resets, grades, explanations, events, JSON.

#include "emptor/score/scorecard.hpp"

#include <chrono>
#include <cmath>
#include <limits>

#include "emptor/core/archive.hpp"
#include "emptor/score/scorecard_json.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using namespace std::chrono_literals;

constexpr Time start{Day{std::chrono::year{2026} / 1 / 1}};
constexpr std::int64_t day = 86'400;

Time after(std::int64_t days) {
  return start + std::chrono::seconds{days * day};
}

constexpr const char* lead_json = R"({
  "id": "lead",
  "attributes": [{"name": "industry", "categories": ["software", "retail", "farm"]},
                 {"name": "employees"}],
  "events": [{"name": "visit", "id": 1}, {"name": "demo", "id": 2}, {"name": "leave", "id": 7}],
  "channels": [{"name": "web", "id": 0}, {"name": "mail", "id": 5}],
  "axes": [{"id": "fit", "minimum": 0, "maximum": 50}, {"id": "engagement", "minimum": 0}],
  "maximum": 100,
  "rules": [
    {"id": "industry", "axis": "fit", "points": 40, "attribute": "industry",
     "any_of": ["software", "retail"]},
    {"id": "size", "axis": "fit", "points": 20, "attribute": "employees", "from": 10, "to": 500},
    {"id": "unknown", "axis": "fit", "points": -5, "attribute": "employees", "missing": true},
    {"id": "visit", "axis": "engagement", "points": 8, "events": ["visit"], "channels": ["web"],
     "half_life_seconds": 864000, "maximum": 30},
    {"id": "demo", "axis": "engagement", "points": 30, "events": ["demo"],
     "window_seconds": 2592000},
    {"id": "silent", "axis": "engagement", "points": -10, "events": ["visit", "demo"],
     "window_seconds": 1209600, "at_most": 0}],
  "resets": [{"event": "leave", "axes": ["engagement"]}],
  "gradings": [
    {"axis": "fit", "bands": [{"name": "A", "up": 50, "down": 45}, {"name": "B", "up": 20, "down": 10},
                              {"name": "C"}]},
    {"axis": "engagement", "bands": [{"name": "1", "up": 30, "down": 20}, {"name": "2"}]}]
})";

Scorecard lead() {
  return parse_scorecard(lead_json).value();
}

ScorecardEvent event(std::uint64_t id, std::int64_t days, std::uint32_t kind,
                     Channel channel = Channel{0}, std::uint32_t count = 1) {
  return {after(days), id, kind, channel, count};
}

std::vector<float> good_row(const Scorecard& card) {
  std::vector<float> row = card.schema().row();
  card.schema().set(row, "industry", "retail");
  card.schema().set(row, "employees", 499);
  return row;
}

TEST_CASE("attributes: categories, ranges, missing and the bounds of an axis") {
  const Scorecard card = lead();
  std::vector<float> row = card.schema().row();
  const auto fit = [&] { return card.score(row, {}, start).axes[0]; };
  CHECK(fit() == 0);  // −5, held at 0
  card.schema().set(row, "industry", "software");
  CHECK(fit() == 35'000);
  card.schema().set(row, "employees", 10);
  CHECK(fit() == 50'000);  // 60, held at 50
  card.schema().set(row, "employees", 500);
  CHECK(fit() == 40'000);
  card.schema().set(row, "industry", "farm");
  CHECK(fit() == 0);
  row[0] = 17;  // a code that is none is missing
  CHECK(fit() == 0);
  row[1] = std::numeric_limits<float>::infinity();
  CHECK(fit() == 0);
  CHECK_THROWS_AS(card.score(std::vector<float>(1), {}, start), Exception);
}

TEST_CASE("events: half-life, window, channel, count, maximum and silence") {
  const Scorecard card = lead();
  const std::vector<float> row = card.schema().row();
  ScorecardEvents events;
  const auto engaged = [&](Time now) { return card.score(row, events, now).axes[1]; };
  CHECK(engaged(after(0)) == 0);  // silent: −10, held at 0
  events.add(event(1, 0, 1));
  CHECK(engaged(after(0)) == 8'000);
  CHECK(engaged(after(10)) == 4'000);
  // Four half-days of twenty: 2^(−204/1024) of 8.
  CHECK(engaged(after(2)) == static_cast<std::int64_t>(8000 * std::exp2(-204.0 / 1024)));
  CHECK(engaged(after(-1)) == 0);  // not yet
  events.add(event(2, 0, 1, Channel{5}));
  events.add(event(3, 0, 1, no_id<Channel>));
  CHECK(engaged(after(0)) == 8'000);
  events.add(event(4, 0, 1, Channel{0}, 7));
  CHECK(engaged(after(0)) == 30'000);
  events.add(event(5, 0, 2, no_id<Channel>));
  CHECK(engaged(after(0)) == 60'000);
  const auto visits = [&](std::int64_t days, std::int64_t extra) {
    const std::int64_t got = engaged(after(days)) - extra;
    const double exact = 64'000 * std::exp2(-static_cast<double>(days) / 10);
    return std::abs(static_cast<double>(got) - exact) < 45;
  };
  CHECK(visits(20, 20'000));  // the demo counts, and silence takes 10
  CHECK(visits(29, 20'000));
  CHECK(engaged(after(30)) == 0);  // 8 of the visits, 10 less
  events.add(event(6, 40, 99));    // of a kind that no card knows
  CHECK(engaged(after(700)) == 0);
}

TEST_CASE("a reset ends what went before, in whatever order it arrives") {
  const Scorecard card = lead();
  const std::vector<float> row = good_row(card);
  ScorecardEvents events;
  events.add(event(9, 3, 2));
  events.add(event(1, 1, 2));
  CHECK(card.score(row, events, after(4)).axes[1] == 60'000);
  events.add(event(5, 2, 7));
  CHECK(card.score(row, events, after(4)).axes[1] == 30'000);
  CHECK(card.score(row, events, after(1)).axes[1] == 30'000);
  CHECK(card.score(row, events, after(2)).axes[1] == 0);
  CHECK(card.score(row, events, after(4)).axes[0] == 50'000);
  CHECK(card.score(row, events, after(4)).total == 80'000);
}

TEST_CASE("where the 80 points come from") {
  const Scorecard card = lead();
  const std::vector<float> row = good_row(card);
  const ScorecardEvents events(
      {event(1, 0, 1, Channel{0}, 2), event(2, 10, 1, Channel{0}, 3), event(3, 10, 2, Channel{5})});
  const ScorecardExplanation why = card.explain(row, events, after(10));
  CHECK(why.points == card.score(row, events, after(10)));
  CHECK(why.points.total == 100'000);
  CHECK(why.grade_name == "A1");
  std::int64_t sum = 0;
  for (const ScorecardPart& part : why.parts) sum += part.points;
  CHECK(sum == why.points.total);
  CHECK(sentences(why) ==
        std::vector<std::string>{
            "+40 fit/industry: industry", "+30 engagement/demo: demo at 2026-01-11T00:00:00Z",
            "+22 engagement/visit: visit at 2026-01-11T00:00:00Z, of 24", "+20 fit/size: employees",
            "-10 fit: bounds of the axis", "-10 bounds of the card",
            "+8 engagement/visit: visit at 2026-01-01T00:00:00Z, of 16"});
  REQUIRE(why.parts.size() == 7);
  CHECK(why.parts[2].points == 8'000);
  CHECK(why.parts[3].points == 22'000);
  CHECK(why.parts[3].full == 24'000);
  CHECK(why.parts[3].event == 2);
}

TEST_CASE("grades rise at one bound and fall at another") {
  const Scorecard card = lead();
  const auto after_points = [&](std::int64_t fit, ScorecardGrade held) {
    ScorecardPoints points;
    points.axes = {fit * scorecard_point, 0};
    return card.grade_name(card.grade(points, held));
  };
  const ScorecardGrade a{{0, 1}};
  const ScorecardGrade b{{1, 1}};
  const ScorecardGrade c{{2, 1}};
  CHECK(after_points(50, c) == "A2");
  CHECK(after_points(49, c) == "B2");
  CHECK(after_points(49, a) == "A2");
  CHECK(after_points(44, a) == "B2");
  CHECK(after_points(10, b) == "B2");
  CHECK(after_points(10, a) == "B2");
  CHECK(after_points(9, a) == "C2");
  CHECK(after_points(19, c) == "C2");
  ScorecardPoints points;
  points.axes = {46'000, 25'000};
  CHECK(card.grade_name(card.grade(points)) == "B2");
  CHECK_THROWS_AS(card.grade_name(ScorecardGrade{{3, 0}}), Exception);

  const ScorecardEvents events({event(1, 5, 2), event(2, 6, 1, Channel{0}, 4)});
  const auto line = card.history(good_row(card), events, start, 24h, after(60));
  REQUIRE(line.size() == 61);
  std::string grades;
  for (const ScorecardAssessment& one : line) grades += card.grade_name(one.grade)[1];
  CHECK(grades.substr(0, 5) == "22222");
  CHECK(grades[5] == '1');
  CHECK(grades[34] == '1');  // 30 of the demo, and what is left of the visits
  CHECK(grades[35] == '2');
  CHECK_THROWS_AS(card.history(good_row(card), events, start, 0s, after(1)), Exception);
  CHECK_THROWS_AS(card.history(good_row(card), events, start, 1s, after(60)), Exception);
}

TEST_CASE("sets of events: repeated, late, merged, forgotten, saved") {
  ScorecardEvents a;
  CHECK(a.add(event(1, 5, 2)));
  CHECK_FALSE(a.add(event(1, 5, 2)));
  CHECK(a.add(event(2, 1, 2)));
  CHECK(a.add(event(1, 5, 2, Channel{5})));
  ScorecardEvents b({event(3, 2, 1), event(2, 1, 2), event(3, 2, 1)});
  CHECK(b.size() == 2);
  ScorecardEvents ab = a;
  ab.merge(b);
  b.merge(a);
  CHECK(ab == b);
  CHECK(ab.size() == 4);
  CHECK(ScorecardEvents::load(ab.save()).value() == ab);
  CHECK(ab.forget_before(after(2)) == 1);
  CHECK(ab.size() == 3);
  CHECK_THROWS_AS(a.add(event(1, 5, 2, Channel{0}, 0)), Exception);
  CHECK_THROWS_AS(a.add(event(1, 5, 2, Channel{0}, 1001)), Exception);
  CHECK_THROWS_AS(a.add({.time = Time::max(), .id = 1}), Exception);
}

TEST_CASE("hostile archives of events are refused") {
  const ScorecardEvents events({event(1, 5, 2), event(2, 1, 2), event(3, 2, 1)});
  const std::vector<std::byte> good = events.save();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::vector<std::byte> bad = good;
    bad[i] ^= std::byte{1};
    CHECK_FALSE(ScorecardEvents::load(bad).has_value());
    CHECK_FALSE(ScorecardEvents::load(std::span(good).first(i)).has_value());
  }
  const auto forged = [](std::uint64_t count, std::vector<std::int64_t> times,
                         std::uint32_t number) {
    ArchiveWriter writer("scorecard-events", 1);
    SectionWriter& section = writer.section("events");
    section.put(count);
    for (const std::int64_t time : times) {
      section.put(time);
      section.put(std::uint64_t{1});
      section.put(std::uint32_t{1});
      section.put(std::uint32_t{1});
      section.put(number);
    }
    return ScorecardEvents::load(std::move(writer).finish());
  };
  CHECK(forged(2, {5, 6}, 1).has_value());
  CHECK_FALSE(forged(2, {6, 5}, 1).has_value());
  CHECK_FALSE(forged(2, {5, 5}, 1).has_value());
  CHECK_FALSE(forged(1, {5}, 0).has_value());
  CHECK_FALSE(forged(1, {std::numeric_limits<std::int64_t>::max()}, 1).has_value());
  CHECK_FALSE(forged(std::uint64_t{1} << 60U, {5}, 1).has_value());
  CHECK_FALSE(forged(1, {5, 6}, 1).has_value());
}

TEST_CASE("scorecards come back from JSON") {
  const Scorecard card = lead();
  const std::string canonical = to_json(card);
  CHECK(parse_scorecard(canonical).value() == card);
  CHECK(to_json(parse_scorecard(to_json(card, 2)).value()) == canonical);
  CHECK(canonical.find(' ') == std::string::npos);
  CHECK(canonical.find("\"version\"") == std::string::npos);
}

/// The lead card with one text replaced.
Error refusal(const std::string& what, const std::string& with) {
  std::string json = lead_json;
  const std::size_t at = json.find(what);
  REQUIRE(at != std::string::npos);
  json.replace(at, what.size(), with);
  const Result<Scorecard> card = parse_scorecard(json);
  REQUIRE_FALSE(card.has_value());
  return card.error();
}

TEST_CASE("awkward JSON is refused by its path") {
  CHECK(refusal("\"axis\": \"fit\", \"points\": 20", "\"axis\": \"fat\", \"points\": 20")
            .to_string() == "/rules/1/axis: must be one of the card's axes");
  CHECK(refusal("\"farm\"]", "\"retail\"]").where == "/attributes/0/categories");
  CHECK(refusal("\"any_of\": [\"software\", \"retail\"]", "\"any_of\": [\"software\", \"bank\"]")
            .where == "/rules/0/any_of/1");
  CHECK(refusal("\"attribute\": \"industry\"", "\"attribute\": \"branch\"").where ==
        "/rules/0/attribute");
  CHECK(refusal("\"events\": [\"visit\"]", "\"events\": [\"click\"]").where == "/rules/3/events/0");
  CHECK(refusal("\"channels\": [\"web\"]", "\"channels\": [\"fax\"]").where ==
        "/rules/3/channels/0");
  CHECK(refusal("\"event\": \"leave\"", "\"event\": \"gone\"").where == "/resets/0/event");
  CHECK(refusal("\"axes\": [\"engagement\"]", "\"axes\": [\"x\"]").where == "/resets/0/axes/0");
  CHECK(refusal("\"axes\": [\"engagement\"]", "\"rules\": [\"size\"]").where ==
        "/resets/0/rules/0");
  CHECK(refusal("{\"axis\": \"fit\", \"bands\"", "{\"axis\": \"x\", \"bands\"").where ==
        "/gradings/0/axis");
  CHECK(refusal("\"maximum\": 30", "\"maximum\": 0").where == "/rules/3/maximum");
  CHECK(refusal("\"maximum\": 30", "\"Maximum\": 30").where == "/rules/3/Maximum");
  CHECK(refusal("\"maximum\": 30", "\"maximum\": 30, \"maximum\": 31").where == "/rules/3/maximum");
  CHECK(refusal("\"points\": 20", "\"points\": 2.5").where == "/rules/1/points");
  CHECK(refusal("\"points\": 20", "\"points\": 0").where == "/rules/1/points");
  CHECK(refusal("\"points\": 20", "\"points\": 1e400").code == ErrorCode::invalid_value);
  CHECK(refusal("\"points\": 20", "\"points\": 1e400").where == "/rules/1/points");
  CHECK(refusal("\"any_of\": [\"software\", \"retail\"]", "\"any_of\": [[], {}, 2, 1e400]").where ==
        "/rules/0/any_of/3");
  CHECK(refusal("\"channels\": [{\"name\": \"web\", \"id\": 0}, {\"name\": \"mail\", \"id\": 5}],",
                "")
            .to_string() == "/rules/3/channels: must be absent, as the card has no channels");
  CHECK(refusal("\"points\": 20", "\"points\": 18446744073709551615").where == "/rules/1/points");
  CHECK(refusal("\"from\": 10, \"to\": 500", "\"from\": 10, \"to\": 10").where == "/rules/1/to");
  CHECK(refusal("\"from\": 10, \"to\": 500", "\"from\": 1e39").where == "/rules/1/from");
  CHECK(refusal("\"from\": 10, \"to\": 500", "\"any_of\": []").where == "/rules/1");
  CHECK(refusal("\"from\": 10, \"to\": 500", "\"from\": 1, \"at_least\": 1").where ==
        "/rules/1/at_least");
  CHECK(refusal("\"down\": 45", "\"down\": 51").where == "/gradings/0/bands/0/down");
  CHECK(refusal("\"up\": 20", "\"up\": 50").where == "/gradings/0/bands/1/up");
  CHECK(refusal("\"id\": \"size\"", "\"id\": \"industry\"").where == "/rules/1/id");
  CHECK(refusal("\"id\": 5", "\"id\": 0").where == "/channels/1/id");
  CHECK(refusal("\"id\": \"lead\",", "\"id\": \"lead\", ]").where == "2:17");
  CHECK(parse_scorecard("[]").error().where == "/");
  CHECK(parse_scorecard("").error().code == ErrorCode::invalid_value);
  CHECK(parse_scorecard(std::string(100, '[')).error().code == ErrorCode::invalid_option);
  CHECK(parse_scorecard(std::string(max_scorecard_bytes + 1, ' ')).error().code ==
        ErrorCode::invalid_value);
  CHECK(parse_scorecard("{\"id\":\"\xff\"}").error().code == ErrorCode::invalid_value);
}

TEST_CASE("the greatest amounts stay in their range") {
  ScorecardDraft draft;
  draft.id = "big";
  draft.events = {{"e", 1}};
  draft.axes = {{"a", -max_scorecard_bound, max_scorecard_bound}};
  for (std::size_t r = 0; r < max_scorecard_rules; ++r) {
    ScorecardRule rule;
    rule.id = text("r", r);
    rule.axis = "a";
    rule.points = max_scorecard_points;
    rule.events = {"e"};
    draft.rules.push_back(rule);
  }
  const Scorecard card(draft);
  std::vector<ScorecardEvent> list;
  for (std::uint64_t i = 0; i < 4000; ++i) list.push_back(event(i, 0, 1, Channel{0}, 1000));
  const ScorecardPoints points = card.score({}, ScorecardEvents(list), after(0));
  CHECK(points.total == max_scorecard_bound * scorecard_point);
  CHECK(card.score({}, ScorecardEvents(list), Time::max()) == points);
  CHECK(card.score({}, ScorecardEvents(list), Time::min()).total == 0);
  CHECK(points_text(-1) == "-0.001");
  CHECK(points_text(1'500) == "1.5");
  CHECK(points_text(-2'000) == "-2");
  CHECK(points_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775.808");
}

}  // namespace
