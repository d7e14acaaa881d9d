// Who depends on whom in a program of rules.

#include <algorithm>
#include <utility>

#include "segment/rule_program.hpp"

namespace emptor::detail {

namespace {

void link_measure(RuleProgram& p, std::uint32_t m) {
  const RuleMeasure& measure = p.measures[m];
  std::vector<std::uint32_t> streams{measure.stream};
  if (measure.kind == RuleMeasure::Kind::sequence) {
    streams.clear();
    for (const RuleStep& step : measure.steps) {
      streams.push_back(step.stream);
      if (step.without != RuleStep::no_stream) streams.push_back(step.without);
    }
  }
  if (const std::uint32_t anchor = p.spans[measure.span].anchor; anchor != RuleSpan::no_anchor) {
    streams.push_back(anchor);
  }
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  for (const std::uint32_t s : streams) {
    (measure.kind == RuleMeasure::Kind::quick ? p.quick_of_stream : p.slow_of_stream)[s].push_back(
        m);
    p.streams_of_span[measure.span][s / 64] |= std::uint64_t{1} << (s % 64);
  }
  p.measures_of_span[measure.span].push_back(m);
  if (measure.waits()) p.waiting.push_back(m);
}

/// The rule as bits of conditions that must all be there or not, if it is no more than that.
std::vector<RuleLiterals> literals_of(const std::vector<RuleOp>& operations) {
  using Leaves = std::vector<std::pair<std::uint32_t, bool>>;
  std::vector<Leaves> stack;
  for (const RuleOp& op : operations) {
    if (op.kind == RuleOp::Kind::leaf) {
      stack.push_back({{op.place, true}});
    } else if (op.kind == RuleOp::Kind::all) {
      for (std::uint32_t i = 1; i < op.count; ++i) {
        const Leaves last = std::move(stack.back());
        stack.pop_back();
        stack.back().insert(stack.back().end(), last.begin(), last.end());
      }
    } else if (op.kind == RuleOp::Kind::negate && op.count == 1 && stack.back().size() == 1) {
      stack.back().front().second = !stack.back().front().second;
    } else {
      return {};
    }
  }
  std::vector<RuleLiterals> out;
  std::sort(stack.back().begin(), stack.back().end());
  for (const auto& [place, want] : stack.back()) {
    if (out.empty() || out.back().word != place / 64) out.push_back({.word = place / 64});
    const std::uint64_t bit = std::uint64_t{1} << (place % 64);
    if ((out.back().mask & bit) != 0 && ((out.back().want & bit) != 0) != want) return {};
    out.back().mask |= bit;
    if (want) out.back().want |= bit;
  }
  return out;
}

void link_references(RuleProgram& p) {
  const std::size_t words = (p.rules.size() + 63) / 64;
  p.rules_of_condition.assign(p.conditions.size() * words, 0);
  p.rules_of_rule.resize(p.rules.size());
  for (const std::uint32_t r : p.order) {
    for (const RuleOp& op : p.rules[r]) {
      if (op.kind == RuleOp::Kind::leaf) {
        p.rules_of_condition[op.place * words + p.rank[r] / 64] |= std::uint64_t{1}
                                                                   << (p.rank[r] % 64);
      }
      if (op.kind == RuleOp::Kind::rule) {
        std::vector<std::uint32_t>& above = p.rules_of_rule[op.place];
        if (above.empty() || above.back() != r) above.push_back(r);
      }
    }
  }
  for (const std::vector<RuleOp>& rule : p.rules) {
    p.literal_begins.push_back(static_cast<std::uint32_t>(p.literals.size()));
    const std::vector<RuleLiterals> literals = literals_of(rule);
    p.literals.insert(p.literals.end(), literals.begin(), literals.end());
  }
  p.literal_begins.push_back(static_cast<std::uint32_t>(p.literals.size()));
}

/// Measures that are not quick, with the streams whose happenings, coming last, may change them.
void link_slow(RuleProgram& p) {
  p.slow_now.resize(p.streams.size());
  for (std::uint32_t s = 0; s < p.streams.size(); ++s) {
    for (const std::uint32_t m : p.slow_of_stream[s]) {
      const RuleMeasure& measure = p.measures[m];
      bool may = true;
      if (measure.kind == RuleMeasure::Kind::sequence &&
          p.spans[measure.span].anchor == RuleSpan::no_anchor) {
        may = measure.steps.back().stream == s;
        if (measure.waits()) may = may || measure.steps[measure.steps.size() - 2].stream == s;
      }
      if (may) p.slow_now[s].push_back(m);
    }
  }
}

/// Conditions by how they are asked when one measure has changed.
void link_changes(RuleProgram& p) {
  const std::size_t words = (p.conditions.size() + 63) / 64;
  p.others_of_measure.assign(p.measures.size() * words, 0);
  p.has_others.assign(p.measures.size(), 0);
  for (std::uint32_t m = 0; m < p.measures.size(); ++m) {
    p.plain_begins.push_back(static_cast<std::uint32_t>(p.plain.size()));
    for (const std::uint32_t c : p.conditions_of_measure[m]) {
      const RuleCondition& condition = p.conditions[c];
      if (condition.kind == RuleCondition::Kind::range &&
          condition.left.kind == RuleOperand::Kind::measure &&
          condition.range.low <= condition.range.high) {
        const RuleRange& range = condition.range;
        p.plain.push_back({.low = range.low,
                           .width = static_cast<std::uint64_t>(range.high) -
                                    static_cast<std::uint64_t>(range.low),
                           .condition = c,
                           .negate = range.negate});
      } else {
        p.others_of_measure[m * words + c / 64] |= std::uint64_t{1} << (c % 64);
        p.has_others[m] = 1;
      }
    }
  }
  p.plain_begins.push_back(static_cast<std::uint32_t>(p.plain.size()));
  for (const RuleCondition& condition : p.conditions) {
    RuleAverage& average = p.averages.emplace_back();
    if (condition.kind != RuleCondition::Kind::general ||
        condition.left.kind != RuleOperand::Kind::ratio ||
        condition.right.kind != RuleOperand::Kind::constant ||
        condition.right.number == rule_absent) {
      continue;
    }
    const RuleCompare compare = condition.compare;
    average = {.sum = condition.left.measure,
               .count = condition.left.count,
               .number = condition.right.number,
               .unit = condition.right.unit,
               .below = compare == RuleCompare::less || compare == RuleCompare::at_most ||
                        compare == RuleCompare::unequal,
               .equal = compare == RuleCompare::equal || compare == RuleCompare::at_most ||
                        compare == RuleCompare::at_least,
               .above = compare == RuleCompare::greater || compare == RuleCompare::at_least ||
                        compare == RuleCompare::unequal,
               .known = true};
  }
}

/// When what happens now leaves a span or comes into it.
void link_leads(RuleProgram& p) {
  p.lead_of_stream.assign(p.streams.size(), rule_never);
  p.periods_of_stream.assign(p.streams.size(), 0);
  for (const std::uint32_t i : p.sliding) {
    const RuleSpan& span = p.spans[i];
    const bool moving = span.kind == RuleWindowKind::last || span.kind == RuleWindowKind::ago;
    for (std::uint32_t s = 0; s < p.streams.size(); ++s) {
      if ((p.streams_of_span[i][s / 64] >> (s % 64) & 1U) == 0) continue;
      if (moving) {
        p.lead_of_stream[s] = std::min(p.lead_of_stream[s], span.holds_now ? span.from : span.to);
      } else {  // this and the previous period change when the present one ends
        p.periods_of_stream[s] |=
            static_cast<std::uint8_t>(1U << static_cast<unsigned>(span.period));
      }
    }
  }
}

void link_quick(RuleProgram& p) {
  p.quick_begins.push_back(0);
  for (const std::vector<std::uint32_t>& measures : p.quick_of_stream) {
    for (const std::uint32_t m : measures) {
      const RuleMeasure& measure = p.measures[m];
      const RuleSpan& span = p.spans[measure.span];
      if (span.sliding && !span.holds_now) continue;
      RuleQuick quick{.measure = m, .function = measure.function, .field = measure.field.code};
      if (!span.sliding) {
        quick.dated = span.from != rule_absent || span.to != rule_never;
        quick.from = span.from;
        quick.to = span.to;
      }
      p.quick.push_back(quick);
    }
    p.quick_begins.push_back(static_cast<std::uint32_t>(p.quick.size()));
  }
}

}  // namespace

void link_program(RuleProgram& p) {
  p.mask_words = (p.streams.size() + 63) / 64;
  const auto by_item = [&](const RuleStream& stream, std::size_t kind) {
    // Of an order the item's place has its lines.
    return kind != record_order &&
           std::all_of(stream.filter.begin(), stream.filter.end(), [&](const RuleOp& op) {
             if (op.kind != RuleOp::Kind::leaf) return true;
             const RuleFieldCode code = p.tests[op.place].field.code;
             return code == RuleFieldCode::item || code == RuleFieldCode::column;
           });
  };
  p.streams_of_kind.resize(record_kinds);
  p.item_streams_of_kind.resize(record_kinds);
  p.other_streams_of_kind.resize(record_kinds);
  for (std::uint32_t s = 0; s < p.streams.size(); ++s) {
    for (std::size_t k = 0; k < record_kinds; ++k) {
      if ((p.streams[s].kinds >> k & 1U) == 0) continue;
      p.streams_of_kind[k].push_back(s);
      (by_item(p.streams[s], k) ? p.item_streams_of_kind : p.other_streams_of_kind)[k].push_back(s);
    }
  }
  p.quick_of_stream.resize(p.streams.size());
  p.slow_of_stream.resize(p.streams.size());
  p.measures_of_span.resize(p.spans.size());
  p.streams_of_span.assign(p.spans.size(), std::vector<std::uint64_t>(p.mask_words, 0));
  for (std::uint32_t m = 0; m < p.measures.size(); ++m) link_measure(p, m);
  for (std::uint32_t s = 0; s < p.spans.size(); ++s) {
    if (p.spans[s].sliding) p.sliding.push_back(s);
  }
  p.conditions_of_measure.resize(p.measures.size());
  p.conditions_of_attribute.resize(p.schema.attributes.size());
  for (std::uint32_t c = 0; c < p.conditions.size(); ++c) {
    const RuleCondition& condition = p.conditions[c];
    if (condition.timed()) p.timed_conditions.push_back(c);
    if (condition.kind == RuleCondition::Kind::tag ||
        condition.kind == RuleCondition::Kind::consent) {
      continue;
    }
    const auto depends = [&](RuleLists& lists, std::uint32_t on) {
      if (lists[on].empty() || lists[on].back() != c) lists[on].push_back(c);
    };
    for (const RuleOperand* side : {&condition.left, &condition.right}) {
      if (side->kind == RuleOperand::Kind::constant) continue;
      if (side->kind == RuleOperand::Kind::attribute) {
        depends(p.conditions_of_attribute, side->measure);
        continue;
      }
      depends(p.conditions_of_measure, side->measure);
      if (side->kind == RuleOperand::Kind::ratio) depends(p.conditions_of_measure, side->count);
    }
  }
  link_quick(p);
  link_slow(p);
  link_changes(p);
  link_leads(p);
  link_references(p);
}

}  // namespace emptor::detail
