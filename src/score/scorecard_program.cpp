// From a checked draft to the flat program.

#include "score/scorecard_program.hpp"

#include <algorithm>

namespace emptor::detail {

namespace {

template <class Things, class Name>
std::size_t place(const Things& things, const std::string& name, Name Things::value_type::*member) {
  const auto found = std::find_if(things.begin(), things.end(),
                                  [&](const auto& one) { return one.*member == name; });
  return static_cast<std::size_t>(found - things.begin());
}

ScorecardAttributeStep attribute_step(const ScorecardDraft& draft, const ScorecardRule& rule,
                                      std::vector<std::uint64_t>& bits) {
  ScorecardAttributeStep step{};
  const std::size_t column = place(draft.attributes, rule.attribute, &ScorecardAttribute::name);
  const std::vector<std::string>& categories = draft.attributes[column].categories;
  constexpr float none = std::numeric_limits<float>::quiet_NaN();
  step.column = static_cast<std::uint32_t>(column);
  step.from = rule.from ? static_cast<float>(*rule.from) : none;
  step.to = rule.to ? static_cast<float>(*rule.to) : none;
  step.points = rule.points * scorecard_point;
  step.missing = rule.missing;
  step.present = rule.from || rule.to;
  step.first_word = static_cast<std::uint32_t>(bits.size());
  step.categories = static_cast<std::uint32_t>(categories.size());
  bits.resize(bits.size() + (categories.size() + 63) / 64);
  for (const std::string& one : rule.any_of) {
    const auto code = static_cast<std::size_t>(
        std::find(categories.begin(), categories.end(), one) - categories.begin());
    bits[step.first_word + code / 64] |= std::uint64_t{1} << code % 64;
  }
  return step;
}

}  // namespace

ScorecardProgram::ScorecardProgram(const ScorecardDraft& draft)
    : total{draft.minimum * scorecard_point, draft.maximum * scorecard_point}, horizon(0) {
  for (const ScorecardAxis& axis : draft.axes) {
    axes.push_back({axis.minimum * scorecard_point, axis.maximum * scorecard_point});
  }
  for (const ScorecardGrading& grading : draft.gradings) {
    grading_axes.push_back(static_cast<std::uint32_t>(
        grading.axis.empty() ? draft.axes.size()
                             : place(draft.axes, grading.axis, &ScorecardAxis::id)));
  }
  std::int64_t most = -1;
  for (const ScorecardName& kind : draft.events) most = std::max(most, kind.id);
  kinds.resize(static_cast<std::size_t>(most + 1));
  most = -1;
  for (const ScorecardName& channel : draft.channels) most = std::max(most, channel.id);
  channel_bits.resize(static_cast<std::size_t>(most + 1));
  for (std::size_t c = 0; c < draft.channels.size(); ++c) {
    channel_bits[static_cast<std::size_t>(draft.channels[c].id)] = std::uint64_t{1} << c;
  }

  constexpr std::uint32_t no_event_rule = max_scorecard_rules;
  std::vector<std::uint32_t> event_rule_of(draft.rules.size(), no_event_rule);
  std::vector<std::vector<ScorecardEventStep>> steps_of(kinds.size());
  for (std::size_t r = 0; r < draft.rules.size(); ++r) {
    const ScorecardRule& rule = draft.rules[r];
    const auto number = static_cast<std::uint32_t>(r);
    const auto axis = static_cast<std::uint8_t>(place(draft.axes, rule.axis, &ScorecardAxis::id));
    if (!rule.attribute.empty()) {
      attributes.push_back(attribute_step(draft, rule, category_bits));
      attributes.back().rule = number;
      attributes.back().axis = axis;
      continue;
    }
    event_rule_of[r] = static_cast<std::uint32_t>(event_rules.size());
    const bool once = rule.at_least || rule.at_most;
    event_rules.push_back({number, axis, once, rule.points * scorecard_point,
                           rule.at_least.value_or(0),
                           rule.at_most.value_or(std::numeric_limits<std::int64_t>::max()),
                           rule.maximum.value_or(max_scorecard_bound) * scorecard_point});
    std::uint64_t mask = 0;
    for (const std::string& channel : rule.channels) {
      mask |= std::uint64_t{1} << place(draft.channels, channel, &ScorecardName::name);
    }
    const std::int64_t window =
        rule.window.count() > 0 ? rule.window.count() : std::numeric_limits<std::int64_t>::max();
    horizon = std::max(horizon, window);
    for (const std::string& kind : rule.events) {
      const auto at = place(draft.events, kind, &ScorecardName::name);
      steps_of[static_cast<std::size_t>(draft.events[at].id)].push_back(
          {window, rule.half_life.count(), once ? 1 : rule.points * scorecard_point, mask,
           event_rule_of[r]});
    }
  }
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    kinds[k].first = static_cast<std::uint32_t>(steps.size());
    steps.insert(steps.end(), steps_of[k].begin(), steps_of[k].end());
    kinds[k].last = static_cast<std::uint32_t>(steps.size());
  }
  for (std::size_t e = 0; e < draft.events.size(); ++e) {
    kinds[static_cast<std::size_t>(draft.events[e].id)].name = static_cast<std::uint16_t>(e);
  }
  for (const ScorecardReset& reset : draft.resets) {
    const auto at = place(draft.events, reset.event, &ScorecardName::name);
    ScorecardKind& kind = kinds[static_cast<std::size_t>(draft.events[at].id)];
    kind.reset = static_cast<std::uint16_t>(resets.size());
    ScorecardRuleSet& closed = resets.emplace_back();
    for (std::size_t r = 0; r < draft.rules.size(); ++r) {
      if (event_rule_of[r] == no_event_rule) continue;
      const ScorecardRule& rule = draft.rules[r];
      if (std::find(reset.axes.begin(), reset.axes.end(), rule.axis) != reset.axes.end() ||
          std::find(reset.rules.begin(), reset.rules.end(), rule.id) != reset.rules.end()) {
        closed[event_rule_of[r] / 64] |= std::uint64_t{1} << event_rule_of[r] % 64;
      }
    }
  }
}

}  // namespace emptor::detail
