// From the trees of rules to a program.

#include <algorithm>
#include <map>
#include <utility>

#include "segment/rule_program.hpp"

namespace emptor::detail {

namespace {

constexpr std::int64_t millionths = 1'000'000;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

/// Integers v with v `compare` number / unit.
RuleRange range_of(RuleCompare compare, std::int64_t number, std::int64_t unit) noexcept {
  const std::int64_t below = floor_divide(number, unit);
  const bool whole = below * unit == number;
  const std::int64_t above = whole ? below : below + 1;
  RuleRange range;
  switch (compare) {
    case RuleCompare::equal:
    case RuleCompare::unequal:
      range.low = whole ? below : 1;
      range.high = whole ? below : 0;
      range.negate = compare == RuleCompare::unequal;
      break;
    case RuleCompare::less:
      range.high = above - 1;
      break;
    case RuleCompare::at_most:
      range.high = below;
      break;
    case RuleCompare::greater:
      range.low = below + 1;
      break;
    case RuleCompare::at_least:
      range.low = above;
      break;
  }
  return range;
}

RuleCompare mirrored(RuleCompare compare) noexcept {
  switch (compare) {
    case RuleCompare::less:
      return RuleCompare::greater;
    case RuleCompare::at_most:
      return RuleCompare::at_least;
    case RuleCompare::greater:
      return RuleCompare::less;
    case RuleCompare::at_least:
      return RuleCompare::at_most;
    case RuleCompare::equal:
    case RuleCompare::unequal:
      break;
  }
  return compare;
}

std::uint32_t place_of(const std::vector<std::string>& names, const std::string& name) noexcept {
  return static_cast<std::uint32_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

class RuleCompiler {
 public:
  explicit RuleCompiler(RuleProgram& program) : program_(program) {}

  void add(std::size_t segment) { operations(program_.trees[segment], program_.rules[segment]); }

 private:
  using Places = std::map<std::string, std::uint32_t>;

  std::int64_t utc(std::int64_t seconds, bool local) const noexcept {
    const auto lead = std::chrono::seconds{program_.schema.offset}.count();
    return local ? seconds - lead : seconds;
  }
  /// The place of what is known as `key` in `all`, made by `make` if it is new.
  template <class T, class Make>
  std::uint32_t shared(Places& places, std::string key, std::vector<T>& all, Make&& make) {
    const auto found = places.find(key);
    if (found != places.end()) return found->second;
    T fresh = make();
    all.push_back(std::move(fresh));
    const auto place = static_cast<std::uint32_t>(all.size() - 1);
    places.emplace(std::move(key), place);
    return place;
  }

  void operations(const RuleNode& node, std::vector<RuleOp>& out);
  std::uint32_t condition(const RuleNode& node);
  RuleCondition make_condition(const RuleNode& node);
  RuleOperand operand(const RuleNode& node);
  std::uint32_t measure(const RuleNode& aggregate, RuleFunction function);
  std::uint32_t sequence(const RuleNode& did);
  std::uint32_t stream(const RuleNode& node);
  std::uint32_t span(const RuleNode* node);
  void filter(const RuleNode& node, RuleStream& stream, RuleSource source);
  RuleTest test(const RuleNode& node, RuleSource source);

  RuleProgram& program_;
  Places conditions_, measures_, streams_, spans_;
};

void RuleCompiler::operations(const RuleNode& node, std::vector<RuleOp>& out) {
  RuleOp op{.count = static_cast<std::uint32_t>(node.children.size())};
  switch (node.kind) {
    case RuleKind::all_of:
      op.kind = RuleOp::Kind::all;
      break;
    case RuleKind::any_of:
      op.kind = RuleOp::Kind::any;
      break;
    case RuleKind::negation:
      op.kind = RuleOp::Kind::negate;
      break;
    case RuleKind::k_of:
      op.kind = RuleOp::Kind::k_of;
      op.compare = node.compare;
      op.k = node.number;
      break;
    case RuleKind::segment:
      op.kind = RuleOp::Kind::rule;
      op.count = 0;
      for (std::uint32_t s = 0; s < program_.definitions.size(); ++s) {
        if (program_.definitions[s].name == node.texts.front()) op.place = s;
      }
      out.push_back(op);
      return;
    default:
      op.place = condition(node);
      op.count = 0;
      out.push_back(op);
      return;
  }
  for (const RuleNode& child : node.children) operations(child, out);
  out.push_back(op);
}

std::uint32_t RuleCompiler::condition(const RuleNode& node) {
  std::string key = to_text(node);
  return shared(conditions_, key, program_.conditions, [&] {
    RuleCondition made = make_condition(node);
    made.text = key;
    return made;
  });
}

RuleCondition RuleCompiler::make_condition(const RuleNode& node) {
  RuleCondition out;
  const RuleSchema& schema = program_.schema;
  switch (node.kind) {
    case RuleKind::tag:
      out.kind = RuleCondition::Kind::tag;
      out.number = place_of(schema.tags, node.texts.front());
      return out;
    case RuleKind::consent:
      out.kind = RuleCondition::Kind::consent;
      out.number = place_of(schema.purposes, node.texts.front());
      out.state = static_cast<ConsentState>(node.number);
      if (node.texts.size() > 1) {
        out.channel = id_at<Channel>(place_of(schema.channels, node.texts[1]));
      }
      return out;
    case RuleKind::did:
      out.left = {.kind = RuleOperand::Kind::measure, .measure = sequence(node)};
      out.range = {.low = 1, .high = 1};
      return out;
    case RuleKind::absent:
      out.kind = RuleCondition::Kind::absence;
      out.left = operand(node.children[0]);
      out.negate = node.flag;
      return out;
    case RuleKind::one_of:
      out.kind = RuleCondition::Kind::texts;
      out.left = operand(node.children[0]);
      out.texts = node.texts;
      out.negate = node.flag;
      return out;
    default:
      break;
  }
  RuleCompare compare = node.compare;
  out.left = operand(node.children[0]);
  out.right = operand(node.children[1]);
  if (node.children[1].type == RuleType::text) {
    out.kind = RuleCondition::Kind::texts;
    out.texts = node.children[1].texts;
    out.negate = compare == RuleCompare::unequal;
    return out;
  }
  if (out.left.kind == RuleOperand::Kind::constant) {
    std::swap(out.left, out.right);
    compare = mirrored(compare);
  }
  out.compare = compare;
  const bool fraction = out.left.kind == RuleOperand::Kind::ratio;
  if (out.right.kind == RuleOperand::Kind::constant && !fraction) {
    const bool scaled = out.left.kind == RuleOperand::Kind::attribute;
    out.range = range_of(compare, out.right.number, scaled ? 1 : out.right.unit);
  } else {
    out.kind = RuleCondition::Kind::general;
  }
  return out;
}

RuleOperand RuleCompiler::operand(const RuleNode& node) {
  RuleOperand out{.type = node.type};
  switch (node.kind) {
    case RuleKind::literal:
      out.number = node.type == RuleType::instant ? utc(node.number, node.local) : node.number;
      out.unit = node.type == RuleType::number ? millionths : 1;
      break;
    case RuleKind::attribute:
      out.kind = RuleOperand::Kind::attribute;
      out.unit = millionths;
      for (std::uint32_t a = 0; a < program_.schema.attributes.size(); ++a) {
        if (program_.schema.attributes[a].name == node.texts.front()) out.measure = a;
      }
      break;
    case RuleKind::age:
      out.kind = RuleOperand::Kind::age;
      out.measure = measure(node.children[0], node.children[0].function);
      break;
    default:
      out.kind = RuleOperand::Kind::measure;
      if (node.function == RuleFunction::average) {
        out.kind = RuleOperand::Kind::ratio;
        out.measure = measure(node, RuleFunction::sum);
        out.count = measure(node, RuleFunction::count);
      } else {
        out.measure = measure(node, node.function);
      }
      break;
  }
  return out;
}

std::uint32_t RuleCompiler::measure(const RuleNode& aggregate, RuleFunction function) {
  RuleNode asked = aggregate;
  asked.function = function;
  if (function == RuleFunction::count) asked.texts.clear();
  return shared(measures_, to_text(asked), program_.measures, [&] {
    const RuleNode& of = aggregate.children.front();
    const bool windowed = !of.children.empty() && of.children.front().kind == RuleKind::window;
    RuleMeasure out;
    out.function = function;
    out.stream = stream(of);
    out.span = span(windowed ? &of.children.front() : nullptr);
    if (!asked.texts.empty()) {
      const RuleFieldUse use =
          function == RuleFunction::distinct ? RuleFieldUse::distinct : RuleFieldUse::number;
      out.field = *rule_field(of.source, asked.texts.front(), asked.flag, program_.schema, use);
    }
    if (program_.spans[out.span].anchor != RuleSpan::no_anchor) {
      out.kind = RuleMeasure::Kind::anchored;
    } else if (function == RuleFunction::distinct) {
      out.kind = RuleMeasure::Kind::distinct;
    }
    return out;
  });
}

std::uint32_t RuleCompiler::sequence(const RuleNode& did) {
  return shared(measures_, to_text(did), program_.measures, [&] {
    RuleMeasure out;
    out.kind = RuleMeasure::Kind::sequence;
    const bool windowed = did.children.back().kind == RuleKind::window;
    out.span = span(windowed ? &did.children.back() : nullptr);
    for (const RuleNode& child : did.children) {
      if (child.kind != RuleKind::step) continue;
      RuleStep step{.stream = stream(child.children.front())};
      if (child.children.size() > 1) step.without = stream(child.children[1]);
      if (child.number != 0) step.within = child.number;
      step.negative = child.flag;
      out.steps.push_back(step);
    }
    return out;
  });
}

std::uint32_t RuleCompiler::stream(const RuleNode& node) {
  RuleNode plain = node;
  std::erase_if(plain.children, [](const RuleNode& c) { return c.kind == RuleKind::window; });
  return shared(streams_, to_text(plain), program_.streams, [&] {
    RuleStream out;
    constexpr std::uint32_t all_events = (1U << event_kind_count) - 1;
    switch (node.source) {
      case RuleSource::lines:
        out.kinds = 1U << record_sale | 1U << record_refund;
        break;
      case RuleSource::sales:
        out.kinds = 1U << record_sale;
        break;
      case RuleSource::refunds:
        out.kinds = 1U << record_refund;
        break;
      case RuleSource::orders:
        out.kinds = 1U << record_order;
        program_.uses_orders = true;
        break;
      case RuleSource::events:
        out.kinds = all_events;
        break;
      case RuleSource::event:
        out.kinds = 1U << static_cast<unsigned>(node.event);
        break;
    }
    for (const RuleNode& child : plain.children) filter(child, out, node.source);
    return out;
  });
}

void RuleCompiler::filter(const RuleNode& node, RuleStream& stream, RuleSource source) {
  RuleOp op{.count = static_cast<std::uint32_t>(node.children.size())};
  if (node.kind == RuleKind::all_of || node.kind == RuleKind::any_of ||
      node.kind == RuleKind::negation) {
    for (const RuleNode& child : node.children) filter(child, stream, source);
    op.kind = node.kind == RuleKind::all_of   ? RuleOp::Kind::all
              : node.kind == RuleKind::any_of ? RuleOp::Kind::any
                                              : RuleOp::Kind::negate;
    stream.plain_and = stream.plain_and && node.kind == RuleKind::all_of;
  } else {
    program_.tests.push_back(test(node, source));
    op.place = static_cast<std::uint32_t>(program_.tests.size() - 1);
    op.count = 0;
  }
  stream.filter.push_back(op);
}

RuleTest RuleCompiler::test(const RuleNode& node, RuleSource source) {
  const RuleNode& field = node.children[0];
  RuleTest out;
  out.field =
      *rule_field(source, field.texts.front(), field.flag, program_.schema, RuleFieldUse::filter);
  if (node.kind == RuleKind::absent) {
    out.kind = RuleTest::Kind::presence;
    out.negate = !node.flag;
  } else if (node.kind == RuleKind::one_of) {
    out.kind = RuleTest::Kind::texts;
    out.texts = node.texts;
    out.negate = node.flag;
  } else if (field.type == RuleType::text) {
    out.kind = RuleTest::Kind::texts;
    out.texts = node.children[1].texts;
    out.negate = node.compare == RuleCompare::unequal;
  } else {
    const RuleNode& literal = node.children[1];
    out.range =
        range_of(node.compare, literal.number, literal.type == RuleType::number ? millionths : 1);
  }
  return out;
}

std::uint32_t RuleCompiler::span(const RuleNode* node) {
  return shared(spans_, node == nullptr ? std::string() : to_text(*node), program_.spans, [&] {
    RuleSpan out{.from = rule_absent, .to = rule_never};
    if (node == nullptr) return out;
    out.kind = node->window;
    out.period = node->period;
    if (!node->children.empty()) {
      out.anchor = stream(node->children.front());
      out.last_anchor = node->flag;
      out.from = node->from;
      return out;
    }
    if (node->window == RuleWindowKind::dates) {
      if (node->from != RuleNode::no_date) out.from = utc(node->from, node->local);
      if (node->to != RuleNode::no_date) out.to = utc(node->to, node->local);
      return out;
    }
    out.sliding = true;
    out.from = node->from;
    out.to = node->to;
    out.holds_now = node->window != RuleWindowKind::previous &&
                    !(node->window == RuleWindowKind::ago && node->to > 0);
    return out;
  });
}

}  // namespace

void compile_rules(RuleProgram& program) {
  program.rules.resize(program.trees.size());
  RuleCompiler compiler(program);
  for (std::size_t segment = 0; segment < program.trees.size(); ++segment) compiler.add(segment);
  link_program(program);
}

}  // namespace emptor::detail
