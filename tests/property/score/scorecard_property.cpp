// Scorecards at random against a twin that adds up rule by rule in floating point's stead: batch is
// event by event in any order, parts add up, maxima and bounds hold, grades do not flip in a band.

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <vector>

#include "emptor/score/scorecard.hpp"
#include "emptor/score/scorecard_json.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

/// Hour, kind, channel, count.
using Step = std::tuple<std::uint16_t, std::uint8_t, std::uint8_t, std::uint8_t>;
/// Points, kinds and channels, window in hours, half-life in hours, what else.
using RuleSeed =
    std::tuple<std::int16_t, std::uint8_t, std::uint16_t, std::uint16_t, std::uint16_t>;

Time hour(std::int64_t h) {
  return Time{Day{std::chrono::year{2026} / 1 / 1}} + std::chrono::hours{h};
}

std::vector<ScorecardEvent> events_of(const std::vector<Step>& steps) {
  std::vector<ScorecardEvent> out;
  for (const auto& [when, kind, channel, count] : steps) {
    out.push_back(
        {hour(when % 1000), out.size() / 2, kind % 5U, Channel{channel % 3U}, 1 + count % 4U});
  }
  return out;
}

ScorecardDraft draft_of(const std::vector<RuleSeed>& seeds) {
  ScorecardDraft draft;
  draft.id = "random";
  draft.events = {{"a", 0}, {"b", 1}, {"c", 2}, {"d", 3}};
  draft.channels = {{"x", 0}, {"y", 1}};
  draft.axes = {{"first", -300, 200}, {"second", 0, 500}};
  draft.maximum = 450;
  for (std::size_t r = 0; r < std::min<std::size_t>(seeds.size(), 100) || r == 0; ++r) {
    const auto [points, kinds, window, half, more] = seeds.empty() ? RuleSeed{} : seeds[r];
    ScorecardRule rule;
    rule.id = text("r", r);
    rule.axis = more % 2 == 0 ? "first" : "second";
    rule.points = points % 100 == 0 ? 7 : points % 100;
    for (std::size_t k = 0; k < 4; ++k) {
      if ((kinds >> k & 1U) != 0) rule.events.push_back(draft.events[k].name);
    }
    if (rule.events.empty()) rule.events.emplace_back("c");
    for (std::size_t c = 0; c < 2; ++c) {
      if ((kinds >> (4 + c) & 1U) != 0) rule.channels.push_back(draft.channels[c].name);
    }
    rule.window = std::chrono::hours{window % 3 == 0 ? 0 : window % 800};
    if (more % 5 == 0) {
      rule.at_least = more % 4;
      if (more % 3 == 0) rule.at_most = 4 + more % 7;
    } else {
      rule.half_life = std::chrono::hours{half % 3 == 0 ? 0 : half % 300};
      if (more % 7 < 3) rule.maximum = 1 + more % 150;
    }
    draft.rules.push_back(rule);
  }
  draft.resets = {{"d", {"first"}, {draft.rules.front().id}}, {"a", {"second"}, {}}};
  draft.gradings = {{"first", {{"A", 100, 60}, {"B", 40, -20}, {"C", 0, 0}}},
                    {"", {{"1", 300, 200}, {"2", 250, 100}, {"3", 0, -10}, {"4", 0, 0}}}};
  return draft;
}

/// One rule after another over events in order of time, from the definition.
ScorecardPoints twin(const ScorecardDraft& draft, std::vector<ScorecardEvent> events, Time now) {
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  ScorecardPoints out;
  for (const ScorecardRule& rule : draft.rules) {
    std::int64_t sum = 0;
    std::int64_t number = 0;
    for (const ScorecardEvent& event : events) {
      if (event.time > now || event.kind >= 4) continue;
      const std::string& kind = draft.events[event.kind].name;
      const auto has = [](const std::vector<std::string>& list, const std::string& one) {
        return std::find(list.begin(), list.end(), one) != list.end();
      };
      const std::int64_t age = (now - event.time).count();
      for (const ScorecardReset& reset : draft.resets) {
        if (reset.event == kind && (has(reset.axes, rule.axis) || has(reset.rules, rule.id))) {
          sum = number = 0;
        }
      }
      const bool channel =
          rule.channels.empty() || (index(event.channel) < 2 &&
                                    has(rule.channels, draft.channels[index(event.channel)].name));
      if (has(rule.events, kind) && channel &&
          (rule.window.count() == 0 || age < rule.window.count())) {
        const std::int64_t size = std::abs(rule.points) * scorecard_point * event.count;
        std::int64_t worth = size;
        if (rule.half_life.count() > 0) {
          // 2^(−t/1024) is far enough from all thousandths for long double.
          const std::int64_t t = age * 1024 / rule.half_life.count();
          worth = t >= 63 * 1024 ? 0
                                 : static_cast<std::int64_t>(std::floor(
                                       static_cast<long double>(size) *
                                           std::exp2(-static_cast<long double>(t) / 1024) -
                                       (t % 1024 == 0 ? 0.0L : 1e-4L)));
        }
        sum += rule.points < 0 ? -worth : worth;
        number += event.count;
      }
    }
    if (rule.at_least || rule.at_most) {
      const bool holds =
          number >= rule.at_least.value_or(0) && (!rule.at_most || number <= *rule.at_most);
      sum = holds ? rule.points * scorecard_point : 0;
    } else if (rule.maximum) {
      sum = std::clamp(sum, -*rule.maximum * scorecard_point, *rule.maximum * scorecard_point);
    }
    out.axes[rule.axis == "first" ? 0 : 1] += sum;
  }
  for (std::size_t a = 0; a < 2; ++a) {
    out.axes[a] = std::clamp(out.axes[a], draft.axes[a].minimum * scorecard_point,
                             draft.axes[a].maximum * scorecard_point);
  }
  out.total = std::clamp(out.axes[0] + out.axes[1], draft.minimum * scorecard_point,
                         draft.maximum * scorecard_point);
  return out;
}

TEST_CASE("scorecards are as told rule by rule") {
  emptor::test::check_property(
      "scorecard twin",
      [](const std::vector<RuleSeed>& seeds, const std::vector<Step>& steps) {
        const ScorecardDraft draft = draft_of(seeds);
        const Scorecard card(draft);
        const std::vector<ScorecardEvent> list = events_of(steps);
        const ScorecardEvents events(list);
        for (const int now : {0, 333, 800, 1500, 100'000}) {
          const ScorecardPoints points = card.score({}, events, hour(now));
          const ScorecardPoints expected = twin(draft, list, hour(now));
          // Each decayed event is rounded toward zero, by the twin too but from a rounder power.
          const auto slack = static_cast<std::int64_t>(list.size() * draft.rules.size());
          RC_ASSERT(std::abs(points.axes[0] - expected.axes[0]) <= slack);
          RC_ASSERT(std::abs(points.axes[1] - expected.axes[1]) <= slack);
          RC_ASSERT(std::abs(points.total - expected.total) <= 2 * slack);
          bool exact = true;
          for (const ScorecardRule& rule : draft.rules)
            exact = exact && rule.half_life.count() == 0;
          if (exact) RC_ASSERT(points == expected);
        }
      },
      400);
}

TEST_CASE("scores are the same one by one, at once, merged, and in any order") {
  emptor::test::check_property(
      "scorecard order",
      [](const std::vector<RuleSeed>& seeds, const std::vector<Step>& steps, std::uint32_t turn) {
        const Scorecard card(draft_of(seeds));
        std::vector<ScorecardEvent> list = events_of(steps);
        const ScorecardEvents batch(list);
        std::sort(list.begin(), list.end(), [&](const auto& a, const auto& b) {
          const auto mixed = [&](const ScorecardEvent& e) {
            return (static_cast<std::uint32_t>(e.time.time_since_epoch().count()) + 7919 * e.kind) *
                   (turn | 1U);
          };
          return mixed(a) < mixed(b);
        });
        ScorecardEvents slow;
        ScorecardEvents halves[2];
        for (std::size_t i = 0; i < list.size(); ++i) {
          slow.add(list[i]);
          halves[i % 2].add(list[i]);
        }
        halves[0].merge(halves[1]);
        halves[1].merge(halves[0]);
        RC_ASSERT(slow == batch);
        RC_ASSERT(halves[0] == batch);
        RC_ASSERT(halves[1] == batch);
        RC_ASSERT(ScorecardEvents::load(batch.save()).value() == batch);
        RC_ASSERT(parse_scorecard(to_json(card)).value() == card);
        RC_ASSERT(card.score({}, slow, hour(900)) == card.score({}, batch, hour(900)));
      },
      300);
}

TEST_CASE("parts add up, maxima hold") {
  emptor::test::check_property(
      "scorecard parts",
      [](const std::vector<RuleSeed>& seeds, const std::vector<Step>& steps, std::uint16_t when) {
        const ScorecardDraft draft = draft_of(seeds);
        const Scorecard card(draft);
        const ScorecardEvents events(events_of(steps));
        const ScorecardExplanation why = card.explain({}, events, hour(when % 1600));
        RC_ASSERT(why.points == card.score({}, events, hour(when % 1600)));
        std::int64_t total = 0;
        std::map<std::string, std::int64_t> rules;
        std::map<std::string, std::int64_t> axes;
        for (const ScorecardPart& part : why.parts) {
          total += part.points;
          axes[part.axis] += part.points;
          rules[part.rule] += part.points;
        }
        RC_ASSERT(total == why.points.total);
        RC_ASSERT(axes["first"] == why.points.axes[0]);
        RC_ASSERT(axes["second"] == why.points.axes[1]);
        for (const ScorecardRule& rule : draft.rules) {
          if (!rule.maximum) continue;
          RC_ASSERT(std::abs(rules[rule.id]) <= *rule.maximum * scorecard_point);
        }
        RC_ASSERT(sentences(why).size() == why.parts.size());
      },
      300);
}

TEST_CASE("a grade does not flip while the score stays within its band") {
  emptor::test::check_property(
      "scorecard hysteresis",
      [](const std::vector<std::int16_t>& walk) {
        const Scorecard card(draft_of({}));
        ScorecardPoints points;
        ScorecardGrade held = card.grade(points);
        for (const std::int16_t step : walk) {
          points.total = step % 400 * scorecard_point;
          points.axes[0] = step % 150 * scorecard_point;
          const ScorecardGrade next = card.grade(points, held);
          RC_ASSERT(card.grade(points, next) == next);
          const ScorecardGrading& grading = card.content().gradings[0];
          const std::uint8_t before = held.bands[0];
          const std::uint8_t after = next.bands[0];
          if (after < before)
            RC_ASSERT(points.axes[0] >= grading.bands[after].up * scorecard_point);
          if (after > before) {
            RC_ASSERT(points.axes[0] < grading.bands[before].down * scorecard_point);
          }
          // Within [down, up) of the band below and above nothing moves.
          for (const std::int64_t inside : {60, 80, 99}) {
            ScorecardPoints quiet = points;
            quiet.axes[0] = inside * scorecard_point;
            if (after == 0) RC_ASSERT(card.grade(quiet, next).bands[0] == 0);
            if (after == 1) RC_ASSERT(card.grade(quiet, next).bands[0] == 1);
          }
          held = next;
        }
      },
      300);
}

}  // namespace
