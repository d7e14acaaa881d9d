// Who depends on whom in a program of rules.

#include <algorithm>

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

void link_references(RuleProgram& p) {
  p.rules_of_condition.resize(p.conditions.size());
  p.rules_of_rule.resize(p.rules.size());
  const auto put = [](std::vector<std::uint32_t>& to, std::uint32_t what) {
    if (to.empty() || to.back() != what) to.push_back(what);
  };
  for (const std::uint32_t r : p.order) {
    for (const RuleOp& op : p.rules[r]) {
      if (op.kind == RuleOp::Kind::leaf) put(p.rules_of_condition[op.place], r);
      if (op.kind == RuleOp::Kind::rule) put(p.rules_of_rule[op.place], r);
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
        quick.from = span.from;
        quick.to = span.to;
      }
      quick.begin = static_cast<std::uint32_t>(p.quick_conditions.size());
      for (const std::uint32_t c : p.conditions_of_measure[m]) {
        const RuleCondition& condition = p.conditions[c];
        const bool plain = condition.kind == RuleCondition::Kind::range &&
                           condition.left.kind == RuleOperand::Kind::measure;
        p.quick_conditions.push_back({condition.range, c, plain});
      }
      quick.end = static_cast<std::uint32_t>(p.quick_conditions.size());
      p.quick.push_back(quick);
    }
    p.quick_begins.push_back(static_cast<std::uint32_t>(p.quick.size()));
  }
}

}  // namespace

void link_program(RuleProgram& p) {
  p.mask_words = (p.streams.size() + 63) / 64;
  p.streams_of_kind.resize(record_kinds);
  for (std::uint32_t s = 0; s < p.streams.size(); ++s) {
    for (std::size_t k = 0; k < record_kinds; ++k) {
      if ((p.streams[s].kinds >> k & 1U) != 0) p.streams_of_kind[k].push_back(s);
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
  link_references(p);
}

}  // namespace emptor::detail
