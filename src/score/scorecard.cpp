#include "emptor/score/scorecard.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "score/scorecard_program.hpp"

namespace emptor {

using detail::decayed;
using detail::ScorecardAttributeStep;
using detail::ScorecardEventRule;
using detail::ScorecardEventStep;
using detail::ScorecardKind;
using detail::ScorecardProgram;
using detail::ScorecardRuleSet;

namespace {

constexpr Time first_time{Day{std::chrono::year{1} / 1 / 1}};
constexpr Time end_time{Day{std::chrono::year{10'000} / 1 / 1}};

bool holds(const ScorecardAttributeStep& step, const std::vector<std::uint64_t>& bits,
           float value) {
  if (std::isnan(value)) return step.missing;
  if (step.categories == 0) return step.present && !(value < step.from) && !(value >= step.to);
  if (!(value >= 0) || !(value < static_cast<float>(step.categories))) return step.missing;
  const auto code = static_cast<std::uint32_t>(value);
  return (bits[step.first_word + code / 64] >> code % 64 & 1U) != 0;
}

/// Calls `each(step, event)` for what counts, from the newest event back.
template <class Each>
void walk(const ScorecardProgram& program, std::span<const ScorecardEvent> events, Time as_of,
          Each each) {
  if (program.event_rules.empty()) return;
  const Time now = std::clamp(as_of, first_time, end_time);
  auto last = events.end();
  if (!events.empty() && events.back().time > now) {
    last = std::upper_bound(events.begin(), events.end(), now,
                            [](Time t, const ScorecardEvent& e) { return t < e.time; });
  }
  ScorecardRuleSet closed{};
  for (auto it = last; it != events.begin();) {
    const ScorecardEvent& event = *--it;
    const std::int64_t age = (now - event.time).count();
    if (age >= program.horizon) return;
    if (event.kind >= program.kinds.size()) continue;
    const ScorecardKind& kind = program.kinds[event.kind];
    const std::size_t channel = index(event.channel);
    const std::uint64_t bit =
        channel < program.channel_bits.size() ? program.channel_bits[channel] : 0;
    for (std::uint32_t s = kind.first; s < kind.last; ++s) {
      const ScorecardEventStep& step = program.steps[s];
      if (age >= step.window || (step.channels != 0 && (step.channels & bit) == 0)) continue;
      if ((closed[step.event_rule / 64] >> step.event_rule % 64 & 1U) == 0) {
        each(step, event, age);
      }
    }
    if (kind.reset != ScorecardKind::no_reset) {
      const ScorecardRuleSet& reset = program.resets[kind.reset];
      for (std::size_t w = 0; w < closed.size(); ++w) closed[w] |= reset[w];
      std::size_t rules = program.event_rules.size();
      bool all = true;
      for (std::size_t w = 0; w < closed.size() && rules > 0; ++w) {
        const std::size_t here = std::min<std::size_t>(rules, 64);
        const std::uint64_t full = here == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << here) - 1;
        all = all && closed[w] == full;
        rules -= here;
      }
      if (all) return;
    }
  }
}

std::int64_t worth(const ScorecardEventStep& step, const ScorecardEvent& event, std::int64_t age) {
  const std::int64_t full = step.points * event.count;
  return step.half_life == 0 ? full : decayed(full, age, step.half_life);
}

/// What a rule's sum, or number of events, is worth.
std::int64_t settled(const ScorecardEventRule& rule, std::int64_t sum) {
  if (rule.number) return sum >= rule.at_least && sum <= rule.at_most ? rule.points : 0;
  return std::clamp(sum, -rule.maximum, rule.maximum);
}

void bound(const ScorecardProgram& program, ScorecardPoints& points) {
  std::int64_t sum = 0;
  for (std::size_t a = 0; a < program.axes.size(); ++a) {
    points.axes[a] = program.axes[a].hold(points.axes[a]);
    sum += points.axes[a];
  }
  points.total = program.total.hold(sum);
}

void require_row(const ScoreSchema& schema, std::span<const float> row) {
  if (row.size() == schema.size()) return;
  throw Exception(ErrorCode::invalid_shape,
                  text("a row has ", schema.size(), " values, got ", row.size()), "row");
}

}  // namespace

Scorecard::Scorecard(ScorecardDraft draft) : draft_(std::move(draft)) {
  for (Error& problem : scorecard_problems(draft_)) {
    throw Exception(ErrorCode::invalid_option, text("'", problem.where, "' ", problem.message),
                    problem.where);
  }
  std::vector<ScoreColumn> columns;
  for (const ScorecardAttribute& one : draft_.attributes) {
    columns.push_back({one.name,
                       one.categories.empty() ? ScoreColumnKind::number : ScoreColumnKind::category,
                       one.categories});
  }
  schema_ = ScoreSchema(std::move(columns));
  program_ = std::make_shared<const ScorecardProgram>(draft_);
}

ScorecardPoints Scorecard::score(std::span<const float> row, const ScorecardEvents& events,
                                 Time as_of) const {
  require_row(schema_, row);
  const ScorecardProgram& program = *program_;
  ScorecardPoints points;
  for (const ScorecardAttributeStep& step : program.attributes) {
    if (holds(step, program.category_bits, row[step.column])) points.axes[step.axis] += step.points;
  }
  std::array<std::int64_t, max_scorecard_rules> sums;
  std::fill_n(sums.begin(), program.event_rules.size(), 0);
  walk(program, events.events(), as_of,
       [&](const ScorecardEventStep& step, const ScorecardEvent& event, std::int64_t age) {
         sums[step.event_rule] += worth(step, event, age);
       });
  for (std::size_t e = 0; e < program.event_rules.size(); ++e) {
    const ScorecardEventRule& rule = program.event_rules[e];
    points.axes[rule.axis] += settled(rule, sums[e]);
  }
  bound(program, points);
  return points;
}

ScorecardExplanation Scorecard::explain(std::span<const float> row, const ScorecardEvents& events,
                                        Time as_of, const ScorecardGrade* held) const {
  require_row(schema_, row);
  const ScorecardProgram& program = *program_;
  struct Found {
    const ScorecardEvent* event;
    std::int64_t full;
    std::int64_t worth;
  };
  std::vector<std::vector<Found>> found(program.event_rules.size());
  walk(program, events.events(), as_of,
       [&](const ScorecardEventStep& step, const ScorecardEvent& event, std::int64_t age) {
         found[step.event_rule].push_back(
             {&event, step.points * event.count, worth(step, event, age)});
       });

  ScorecardExplanation out;
  out.as_of = as_of;
  for (const ScorecardAxis& axis : draft_.axes) out.axes.push_back(axis.id);
  const auto part = [&](ScorecardPartKind kind, std::size_t axis) -> ScorecardPart& {
    ScorecardPart& one = out.parts.emplace_back();
    one.kind = kind;
    one.axis = draft_.axes[axis].id;
    return one;
  };
  auto attribute = program.attributes.begin();
  std::size_t e = 0;
  for (std::size_t r = 0; r < draft_.rules.size(); ++r) {
    const ScorecardRule& it = draft_.rules[r];
    if (!it.attribute.empty()) {
      const ScorecardAttributeStep& step = *attribute++;
      if (!holds(step, program.category_bits, row[step.column])) continue;
      ScorecardPart& one = part(ScorecardPartKind::attribute, step.axis);
      one.rule = it.id;
      one.what = it.attribute;
      one.full = one.points = step.points;
      out.points.axes[step.axis] += step.points;
      continue;
    }
    const ScorecardEventRule& rule = program.event_rules[e];
    std::vector<Found>& list = found[e++];
    std::reverse(list.begin(), list.end());
    std::int64_t sum = 0;
    for (const Found& one : list) {
      const std::int64_t before = settled(rule, sum);
      sum += one.worth;
      if (rule.number) continue;
      ScorecardPart& event = part(ScorecardPartKind::event, rule.axis);
      event.rule = it.id;
      event.what = draft_.events[program.kinds[one.event->kind].name].name;
      event.event = one.event->id;
      event.time = one.event->time;
      event.full = one.full;
      event.points = settled(rule, sum) - before;
    }
    out.points.axes[rule.axis] += settled(rule, sum);
    if (rule.number && settled(rule, sum) != 0) {
      ScorecardPart& number = part(ScorecardPartKind::number, rule.axis);
      number.rule = it.id;
      number.what = it.events.front();
      number.full = number.points = rule.points;
      number.number = sum;
    }
  }
  const ScorecardPoints free = out.points;
  bound(program, out.points);
  std::int64_t sum = 0;
  for (std::size_t a = 0; a < program.axes.size(); ++a) {
    sum += out.points.axes[a];
    const std::int64_t difference = out.points.axes[a] - free.axes[a];
    if (difference == 0) continue;
    ScorecardPart& one = part(ScorecardPartKind::axis_bound, a);
    one.full = one.points = difference;
  }
  if (out.points.total != sum) {
    ScorecardPart& one = out.parts.emplace_back();
    one.kind = ScorecardPartKind::card_bound;
    one.full = one.points = out.points.total - sum;
  }
  out.grade = held == nullptr ? grade(out.points) : grade(out.points, *held);
  out.grade_name = grade_name(out.grade);
  return out;
}

ScorecardGrade Scorecard::grade(const ScorecardPoints& points) const noexcept {
  ScorecardGrade worst;
  worst.bands.fill(std::numeric_limits<std::uint8_t>::max());
  return grade(points, worst);
}

ScorecardGrade Scorecard::grade(const ScorecardPoints& points,
                                const ScorecardGrade& held) const noexcept {
  ScorecardGrade out;
  for (std::size_t g = 0; g < draft_.gradings.size(); ++g) {
    const std::vector<ScorecardBand>& bands = draft_.gradings[g].bands;
    const std::size_t axis = program_->grading_axes[g];
    const std::int64_t value = axis < program_->axes.size() ? points.axes[axis] : points.total;
    const std::size_t last = bands.size() - 1;
    const std::size_t from = std::min<std::size_t>(held.bands[g], last);
    std::size_t band = 0;
    while (band < from && value < bands[band].up * scorecard_point) ++band;
    if (band == from) {
      while (band < last && value < bands[band].down * scorecard_point) ++band;
    }
    out.bands[g] = static_cast<std::uint8_t>(band);
  }
  return out;
}

std::string Scorecard::grade_name(const ScorecardGrade& grade) const {
  std::string out;
  for (std::size_t g = 0; g < draft_.gradings.size(); ++g) {
    const std::vector<ScorecardBand>& bands = draft_.gradings[g].bands;
    if (grade.bands[g] >= bands.size()) {
      throw Exception(ErrorCode::out_of_range, text("there are ", bands.size(), " bands"), "grade");
    }
    out += bands[grade.bands[g]].name;
  }
  return out;
}

std::vector<ScorecardAssessment> Scorecard::history(std::span<const float> row,
                                                    const ScorecardEvents& events, Time first,
                                                    std::chrono::seconds step, Time last) const {
  require_option(step.count() >= 1, "step", ">= 1 second", step.count());
  first = std::clamp(first, first_time, end_time);
  last = std::clamp(last, first_time, end_time);
  const std::chrono::seconds jump = std::min(step, std::chrono::seconds{end_time - first_time});
  std::vector<ScorecardAssessment> out;
  for (Time time = first; time <= last; time += jump) {
    if (out.size() == 1'000'000) {
      throw Exception(ErrorCode::overflow, "at most 1000000 assessments at once", "history");
    }
    const ScorecardPoints points = score(row, events, time);
    const ScorecardGrade now = out.empty() ? grade(points) : grade(points, out.back().grade);
    out.push_back({time, points, now});
    if (last - time < jump) break;
  }
  return out;
}

std::string points_text(std::int64_t thousandths) {
  const bool negative = thousandths < 0;
  const auto size = negative ? std::uint64_t{0} - static_cast<std::uint64_t>(thousandths)
                             : static_cast<std::uint64_t>(thousandths);
  std::string out = text(negative ? "-" : "", size / 1000);
  if (size % 1000 != 0) {
    std::string digits = text(1000 + size % 1000);
    digits[0] = '.';
    while (digits.back() == '0') digits.pop_back();
    out += digits;
  }
  return out;
}

std::vector<std::string> sentences(const ScorecardExplanation& explanation) {
  std::vector<const ScorecardPart*> order;
  for (const ScorecardPart& one : explanation.parts) order.push_back(&one);
  std::stable_sort(order.begin(), order.end(), [](const ScorecardPart* a, const ScorecardPart* b) {
    return std::abs(a->points) > std::abs(b->points);
  });
  std::vector<std::string> out;
  for (const ScorecardPart* one : order) {
    std::string line = text(one->points > 0 ? "+" : "", points_text(one->points), " ");
    switch (one->kind) {
      case ScorecardPartKind::attribute:
        line += text(one->axis, "/", one->rule, ": ", one->what);
        break;
      case ScorecardPartKind::event:
        line += text(one->axis, "/", one->rule, ": ", one->what, " at ", to_string(one->time));
        if (one->full != one->points) line += text(", of ", points_text(one->full));
        break;
      case ScorecardPartKind::number:
        line += text(one->axis, "/", one->rule, ": ", one->number, " x ", one->what);
        break;
      case ScorecardPartKind::axis_bound:
        line += text(one->axis, ": bounds of the axis");
        break;
      case ScorecardPartKind::card_bound:
        line += "bounds of the card";
        break;
    }
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace emptor
