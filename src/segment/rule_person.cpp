#include "segment/rule_person.hpp"

#include <algorithm>
#include <utility>

namespace emptor::detail {

namespace {

constexpr std::uint32_t no_order = 0xffffffff;

bool bit(const std::uint64_t* words, std::size_t place) noexcept {
  return (words[place / 64] >> (place % 64) & 1U) != 0;
}

/// Walks a rule's tree beside its operations, whose leaves are in the same order.
class Explainer {
 public:
  Explainer(const RuleMachine& machine, const std::vector<RuleOp>& operations,
            const std::int64_t* slots, const std::uint64_t* conditions, const std::uint64_t* rules,
            const RulePerson& person, std::int64_t now)
      : machine_(machine),
        operations_(operations),
        slots_(slots),
        conditions_(conditions),
        rules_(rules),
        person_(person),
        now_(now) {}

  bool visit(const RuleNode& node, int depth, std::vector<RuleClause>& out) {
    const std::size_t place = out.size();
    out.push_back({.depth = depth, .text = {}, .value = {}});
    const auto is_leaf = [](const RuleOp& op) {
      return op.kind == RuleOp::Kind::leaf || op.kind == RuleOp::Kind::rule;
    };
    switch (node.kind) {
      case RuleKind::all_of:
      case RuleKind::any_of:
      case RuleKind::negation:
      case RuleKind::k_of: {
        std::int64_t hold = 0;
        for (const RuleNode& child : node.children) hold += visit(child, depth + 1, out) ? 1 : 0;
        const auto all = static_cast<std::int64_t>(node.children.size());
        bool holds = hold == all;
        std::string joint = "all of";
        if (node.kind == RuleKind::any_of) {
          joint = "any of";
          holds = hold > 0;
        } else if (node.kind == RuleKind::negation) {
          joint = "not";
          holds = hold == 0;
        } else if (node.kind == RuleKind::k_of) {
          const bool least = node.compare == RuleCompare::at_least;
          const bool most = node.compare == RuleCompare::at_most;
          joint = text(least ? "at least " : most ? "at most " : "exactly ", node.number, " of");
          holds = least ? hold >= node.number : most ? hold <= node.number : hold == node.number;
        }
        out[place].text = std::move(joint);
        out[place].holds = holds;
        return holds;
      }
      default:
        break;
    }
    while (!is_leaf(operations_[at_])) ++at_;
    const RuleOp& op = operations_[at_++];
    out[place].text = to_text(node);
    if (op.kind == RuleOp::Kind::rule) {
      out[place].holds = bit(rules_, op.place);
      out[place].value = out[place].holds ? "in it" : "not in it";
    } else {
      out[place].holds = bit(conditions_, op.place);
      out[place].value = machine_.value(op.place, slots_, person_, now_);
    }
    return out[place].holds;
  }

 private:
  const RuleMachine& machine_;
  const std::vector<RuleOp>& operations_;
  const std::int64_t* slots_;
  const std::uint64_t* conditions_;
  const std::uint64_t* rules_;
  const RulePerson& person_;
  std::int64_t now_;
  std::size_t at_ = 0;
};

}  // namespace

void with_orders(const RuleMachine& machine, std::span<const RuleRecord> lines,
                 std::vector<RuleRecord>& out) {
  out.clear();
  std::vector<std::pair<std::uint32_t, std::size_t>> known;  // orders, ascending, and their places
  const auto less = [](const auto& entry, std::uint32_t order) { return entry.first < order; };
  for (const RuleRecord& line : lines) {
    if (line.kind == record_sale) {
      const bool last = !known.empty() && known.back().first == line.order;
      const auto at =
          last ? known.end() - 1 : std::lower_bound(known.begin(), known.end(), line.order, less);
      if (at != known.end() && at->first == line.order && line.order != no_order) {
        machine.join(out[at->second], line);
      } else {
        if (line.order != no_order) known.insert(at, {line.order, out.size()});
        out.push_back(RuleMachine::order_of(line));
      }
    }
    out.push_back(line);
  }
}

void RuleEvaluation::person(std::span<const RuleRecord> lines, const RulePerson& person) {
  const RuleProgram& program = machine_->program();
  std::span<const RuleRecord> records = lines;
  if (program.uses_orders) {
    with_orders(*machine_, lines, records_);
    records = records_;
  }
  masks_.resize(records.size() * program.mask_words);
  for (std::size_t i = 0; i < records.size(); ++i) {
    machine_->mask(records[i], masks_.data() + i * program.mask_words);
  }
  history({records, masks_.data(), program.mask_words}, person);
}

void RuleEvaluation::history(const RuleHistory& history, const RulePerson& person) {
  const RuleProgram& program = machine_->program();
  next_ = rule_never;
  slots_.resize(program.measures.size());
  for (std::size_t m = 0; m < slots_.size(); ++m) slots_[m] = program.measures[m].nothing();
  for (std::size_t i = 0; i < history.records.size(); ++i) {
    const RuleRecord& record = history.records[i];
    for (std::size_t w = 0; w < history.words; ++w) {
      for (std::uint64_t left = history.masks[i * history.words + w]; left != 0; left &= left - 1) {
        const std::size_t stream = w * 64 + static_cast<std::size_t>(__builtin_ctzll(left));
        for (const std::uint32_t m : program.quick_of_stream[stream]) {
          const RuleMeasure& measure = program.measures[m];
          if (bounds_[measure.span].contains(record.time)) {
            RuleMachine::add(measure, record, slots_[m]);
          }
        }
      }
    }
  }
  for (std::uint32_t m = 0; m < slots_.size(); ++m) {
    const RuleMeasure& measure = program.measures[m];
    if (measure.kind == RuleMeasure::Kind::quick || history.records.empty()) continue;
    slots_[m] = machine_->measure(m, history, bounds_[measure.span], now_, next_, scratch_);
  }
  conditions_.reset(program.conditions.size());
  for (std::uint32_t c = 0; c < program.conditions.size(); ++c) {
    if (machine_->condition(c, slots_.data(), person, now_, next_)) conditions_.set(c);
  }
  rules_.reset(program.rules.size());
  for (const std::uint32_t r : program.order) {
    if (machine_->rule(r, conditions_.data(), rules_.data(), stack_)) rules_.set(r);
  }
}

RuleExplanation explained_rule(const RuleMachine& machine, std::size_t segment,
                               const std::int64_t* slots, const std::uint64_t* conditions,
                               const std::uint64_t* rules, const RulePerson& person,
                               std::int64_t now) {
  RuleExplanation out;
  Explainer explainer(machine, machine.program().rules[segment], slots, conditions, rules, person,
                      now);
  out.holds = explainer.visit(machine.program().trees[segment], 0, out.clauses);
  return out;
}

}  // namespace emptor::detail
