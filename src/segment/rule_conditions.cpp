// Conditions on what was measured and on facts, and rules over conditions.

#include <algorithm>
#include <chrono>

#include "segment/rule_machine.hpp"

namespace emptor::detail {

namespace {

constexpr std::uint32_t no_code = 0xffffffff;

Time instant(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

void lower(std::int64_t& next, Time time, std::int64_t now) {
  const std::int64_t seconds = time.time_since_epoch().count();
  if (seconds > now) next = std::min(next, seconds);
}

bool ordered(RuleCompare compare, int128 left, int128 right) noexcept {
  switch (compare) {
    case RuleCompare::equal:
      return left == right;
    case RuleCompare::unequal:
      return left != right;
    case RuleCompare::less:
      return left < right;
    case RuleCompare::at_most:
      return left <= right;
    case RuleCompare::greater:
      return left > right;
    case RuleCompare::at_least:
      break;
  }
  return left >= right;
}

bool tagged(const RuleCondition& condition, const RulePerson& person, std::int64_t now,
            std::int64_t& next) {
  if (person.tags == nullptr) return false;
  for (const TagStatement& one : person.tags->statements()) {
    if (static_cast<std::uint32_t>(one.tag) != condition.number) continue;
    lower(next, one.time, now);
    if (!one.off && one.until != Time::max()) lower(next, one.until, now);
  }
  return person.tags->has(Tag{condition.number}, instant(now));
}

bool consents(const RuleCondition& condition, const RulePerson& person, std::int64_t now,
              std::int64_t& next) {
  if (person.consents == nullptr) return condition.state == ConsentState::unknown;
  for (const ConsentRecord& one : person.consents->records()) {
    if (static_cast<std::uint32_t>(one.purpose) == condition.number) lower(next, one.time, now);
  }
  return person.consents->state(Purpose{condition.number}, condition.channel, instant(now)) ==
         condition.state;
}

/// When a condition on an age turns next.
void lower_for_age(const RuleRange& range, std::int64_t since, std::int64_t now,
                   std::int64_t& next) {
  if (range.low > now - since) next = std::min(next, since + range.low);
  if (range.high >= now - since && range.high < most_rule_seconds) {
    next = std::min(next, since + range.high + 1);
  }
}

std::string duration_text(std::int64_t seconds) {
  const std::int64_t days = seconds / 86'400, rest = seconds % 86'400;
  std::string out = days == 0 ? "" : text(days, days == 1 ? " day" : " days");
  if (rest == 0 && days != 0) return out;
  const auto two = [](std::int64_t value) { return text(value < 10 ? "0" : "", value); };
  return text(out, days == 0 ? "" : " ", two(rest / 3600), ':', two(rest / 60 % 60), ':',
              two(rest % 60));
}

}  // namespace

std::optional<std::string_view> RuleMachine::attribute(std::uint32_t a,
                                                       const RulePerson& person) const {
  for (const Customer member : person.members) {
    if (const auto has = attributes_[a]->at(member)) return has;
  }
  return std::nullopt;
}

std::uint32_t RuleMachine::attribute_code(std::uint32_t a, const RulePerson& person) const {
  for (const Customer member : person.members) {
    const TextCode has = attributes_[a]->code_at(member);
    if (has != no_id<TextCode>) return static_cast<std::uint32_t>(has);
  }
  return no_code;
}

RuleMachine::Fraction RuleMachine::fraction(const RuleOperand& operand, const std::int64_t* slots,
                                            const RulePerson& person, std::int64_t now) const {
  switch (operand.kind) {
    case RuleOperand::Kind::constant:
      return {operand.number, operand.unit};
    case RuleOperand::Kind::measure:
      return {slots[operand.measure], 1};
    case RuleOperand::Kind::ratio: {
      const std::int64_t count = slots[operand.count];
      return count == 0 ? Fraction{} : Fraction{slots[operand.measure], count};
    }
    case RuleOperand::Kind::age: {
      const std::int64_t since = slots[operand.measure];
      return {since == rule_absent ? rule_absent : now - since, 1};
    }
    case RuleOperand::Kind::attribute:
      break;
  }
  const auto has = attribute(operand.measure, person);
  if (!has) return {};
  if (operand.type == RuleType::text) return {0, 1};
  const Result<std::int64_t> number = parse_decimal(*has, 6);
  return number ? Fraction{*number, operand.unit} : Fraction{};
}

bool RuleMachine::condition(std::uint32_t c, const std::int64_t* slots, const RulePerson& person,
                            std::int64_t now, std::int64_t& next) const {
  const RuleCondition& condition = program_->conditions[c];
  switch (condition.kind) {
    case RuleCondition::Kind::range: {
      if (condition.left.kind == RuleOperand::Kind::measure) {
        return condition.range.holds(slots[condition.left.measure]);
      }
      if (condition.left.kind == RuleOperand::Kind::age) {
        const std::int64_t since = slots[condition.left.measure];
        if (since == rule_absent) return false;
        lower_for_age(condition.range, since, now, next);
        return condition.range.holds(now - since);
      }
      return condition.range.holds(fraction(condition.left, slots, person, now).number);
    }
    case RuleCondition::Kind::general: {
      const Fraction left = fraction(condition.left, slots, person, now);
      const Fraction right = fraction(condition.right, slots, person, now);
      if (left.number == rule_absent || right.number == rule_absent) return false;
      return ordered(condition.compare, int128{left.number} * right.unit,
                     int128{right.number} * left.unit);
    }
    case RuleCondition::Kind::absence:
      return (fraction(condition.left, slots, person, now).number == rule_absent) !=
             condition.negate;
    case RuleCondition::Kind::texts: {
      const std::uint32_t has = attribute_code(condition.left.measure, person);
      const std::vector<std::uint32_t>& codes = condition_codes_[c];
      return has != no_code &&
             (std::find(codes.begin(), codes.end(), has) != codes.end()) != condition.negate;
    }
    case RuleCondition::Kind::tag:
      return tagged(condition, person, now, next);
    case RuleCondition::Kind::consent:
      break;
  }
  return consents(condition, person, now, next);
}

bool RuleMachine::rule(std::uint32_t r, const std::uint64_t* conditions, const std::uint64_t* rules,
                       std::vector<unsigned char>& stack) const {
  const auto bit = [](const std::uint64_t* words, std::uint32_t place) {
    return static_cast<unsigned char>(words[place / 64] >> (place % 64) & 1U);
  };
  const std::vector<RuleOp>& operations = program_->rules[r];
  if (stack.size() < operations.size()) stack.resize(operations.size());
  std::size_t top = 0;
  for (const RuleOp& op : operations) {
    if (op.kind == RuleOp::Kind::leaf) {
      stack[top++] = bit(conditions, op.place);
      continue;
    }
    if (op.kind == RuleOp::Kind::rule) {
      stack[top++] = bit(rules, op.place);
      continue;
    }
    std::int64_t hold = 0;
    for (std::uint32_t i = 0; i < op.count; ++i) hold += stack[--top];
    bool holds = false;
    if (op.kind == RuleOp::Kind::all) holds = hold == op.count;
    if (op.kind == RuleOp::Kind::any) holds = hold > 0;
    if (op.kind == RuleOp::Kind::negate) holds = hold == 0;
    if (op.kind == RuleOp::Kind::k_of) holds = ordered(op.compare, hold, op.k);
    stack[top++] = holds ? 1 : 0;
  }
  return stack[0] != 0;
}

std::string RuleMachine::value(std::uint32_t c, const std::int64_t* slots, const RulePerson& person,
                               std::int64_t now) const {
  const RuleCondition& condition = program_->conditions[c];
  std::int64_t unused = rule_never;
  if (condition.kind == RuleCondition::Kind::tag) {
    return tagged(condition, person, now, unused) ? "on" : "off";
  }
  if (condition.kind == RuleCondition::Kind::consent) {
    if (person.consents == nullptr) return std::string(name(ConsentState::unknown));
    return std::string(
        name(person.consents->state(Purpose{condition.number}, condition.channel, instant(now))));
  }
  const auto shown = [&](const RuleOperand& operand) -> std::string {
    const Fraction has = fraction(operand, slots, person, now);
    if (has.number == rule_absent) return "absent";
    if (operand.kind == RuleOperand::Kind::attribute) {
      return std::string(*attribute(operand.measure, person));
    }
    const RuleSchema& schema = program_->schema;
    const auto rounded = [&](std::int64_t more) {
      return narrow(divide(int128{has.number} * more, has.unit, Rounding::half_even), "explain");
    };
    switch (operand.type) {
      case RuleType::money:
        return text(decimal_text(rounded(1), schema.price_scale), ' ', schema.currency.code());
      case RuleType::instant: {
        std::string out = to_string(instant(has.number) + schema.offset);
        if (schema.offset != UtcOffset{0}) out.pop_back();
        return out;
      }
      case RuleType::duration:
        return duration_text(has.number);
      default:
        break;
    }
    return has.unit == 1 ? text(has.number) : decimal_text(rounded(100), 2);
  };
  const bool did = condition.left.kind == RuleOperand::Kind::measure &&
                   program_->measures[condition.left.measure].kind == RuleMeasure::Kind::sequence;
  if (did) return slots[condition.left.measure] != 0 ? "yes" : "no";
  std::string out = shown(condition.left);
  if (condition.kind == RuleCondition::Kind::general &&
      condition.right.kind != RuleOperand::Kind::constant) {
    out += " and " + shown(condition.right);
  }
  return out;
}

}  // namespace emptor::detail
