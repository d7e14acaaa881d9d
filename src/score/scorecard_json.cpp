#include "emptor/score/scorecard_json.hpp"

#include "core/json_parts.hpp"

namespace emptor {

// The members of each part: one list for reading and writing, in the canonical order.

template <>
struct detail::JsonMembers<ScorecardAttribute> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("name", &ScorecardAttribute::name);
    visit("categories", &ScorecardAttribute::categories);
  }
};
template <>
struct detail::JsonMembers<ScorecardName> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("name", &ScorecardName::name);
    visit("id", &ScorecardName::id);
  }
};
template <>
struct detail::JsonMembers<ScorecardAxis> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("id", &ScorecardAxis::id);
    visit("minimum", &ScorecardAxis::minimum);
    visit("maximum", &ScorecardAxis::maximum);
  }
};
template <>
struct detail::JsonMembers<ScorecardRule> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("id", &ScorecardRule::id);
    visit("axis", &ScorecardRule::axis);
    visit("points", &ScorecardRule::points);
    visit("attribute", &ScorecardRule::attribute);
    visit("from", &ScorecardRule::from);
    visit("to", &ScorecardRule::to);
    visit("any_of", &ScorecardRule::any_of);
    visit("missing", &ScorecardRule::missing);
    visit("events", &ScorecardRule::events);
    visit("channels", &ScorecardRule::channels);
    visit("window_seconds", &ScorecardRule::window);
    visit("half_life_seconds", &ScorecardRule::half_life);
    visit("at_least", &ScorecardRule::at_least);
    visit("at_most", &ScorecardRule::at_most);
    visit("maximum", &ScorecardRule::maximum);
  }
};
template <>
struct detail::JsonMembers<ScorecardReset> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("event", &ScorecardReset::event);
    visit("axes", &ScorecardReset::axes);
    visit("rules", &ScorecardReset::rules);
  }
};
template <>
struct detail::JsonMembers<ScorecardBand> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("name", &ScorecardBand::name);
    visit("up", &ScorecardBand::up);
    visit("down", &ScorecardBand::down);
  }
};
template <>
struct detail::JsonMembers<ScorecardGrading> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("axis", &ScorecardGrading::axis);
    visit("bands", &ScorecardGrading::bands);
  }
};
template <>
struct detail::JsonMembers<ScorecardDraft> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("id", &ScorecardDraft::id);
    visit("version", &ScorecardDraft::version);
    visit("attributes", &ScorecardDraft::attributes);
    visit("events", &ScorecardDraft::events);
    visit("channels", &ScorecardDraft::channels);
    visit("axes", &ScorecardDraft::axes);
    visit("minimum", &ScorecardDraft::minimum);
    visit("maximum", &ScorecardDraft::maximum);
    visit("rules", &ScorecardDraft::rules);
    visit("resets", &ScorecardDraft::resets);
    visit("gradings", &ScorecardDraft::gradings);
  }
};

Result<Scorecard> parse_scorecard(std::string_view json) {
  auto draft = detail::parse_json_draft<ScorecardDraft>(json, max_scorecard_bytes, "scorecard",
                                                        scorecard_problems);
  if (!draft) return draft.error();
  return Scorecard(std::move(*draft));
}

std::string to_json(const Scorecard& card) {
  return detail::write_json(card.content()).dump();
}

std::string to_json(const Scorecard& card, int indent) {
  require_option(indent >= 0 && indent <= 8, "indent", "in [0, 8]", indent);
  return detail::write_json(card.content()).dump(indent) + '\n';
}

}  // namespace emptor
