#pragma once
// One person's records taken through all measures, conditions and rules at once: what the batch
// does with everybody and the stream with whom it must find anew. Holds its memory from person to
// person. Thread safety: one thread.

#include <cstdint>
#include <span>
#include <vector>

#include "segment/rule_machine.hpp"

namespace emptor::detail {

/// Bits by number.
class RuleBits {
 public:
  void reset(std::size_t bits) { words_.assign((bits + 63) / 64, 0); }
  [[nodiscard]] bool at(std::size_t place) const noexcept {
    return (words_[place / 64] >> (place % 64) & 1U) != 0;
  }
  void set(std::size_t place) noexcept { words_[place / 64] |= std::uint64_t{1} << (place % 64); }
  [[nodiscard]] const std::uint64_t* data() const noexcept { return words_.data(); }

 private:
  std::vector<std::uint64_t> words_;
};

/// The records with those of orders among them. `lines` and `out` are in order of time.
void with_orders(const RuleMachine& machine, std::span<const RuleRecord> lines,
                 std::vector<RuleRecord>& out);

class RuleEvaluation {
 public:
  explicit RuleEvaluation(const RuleMachine& machine) : machine_(&machine) {}

  /// Sets what the spans hold; the persons that follow are seen at this instant.
  void at(std::int64_t now) {
    now_ = now;
    machine_->bounds(now, bounds_);
  }
  /// Lines and events of one person up to now, in order of time.
  void person(std::span<const RuleRecord> lines, const RulePerson& person);
  /// The same, when orders are among the records and the masks are known.
  void history(const RuleHistory& history, const RulePerson& person);

  [[nodiscard]] const std::vector<std::int64_t>& slots() const noexcept { return slots_; }
  [[nodiscard]] const RuleBits& conditions() const noexcept { return conditions_; }
  [[nodiscard]] const RuleBits& rules() const noexcept { return rules_; }
  [[nodiscard]] const std::vector<RuleBounds>& bounds() const noexcept { return bounds_; }
  /// When a condition may turn with time alone; spans that move on are not in it.
  [[nodiscard]] std::int64_t next() const noexcept { return next_; }

 private:
  const RuleMachine* machine_;
  std::int64_t now_ = 0;
  std::int64_t next_ = rule_never;
  std::vector<RuleBounds> bounds_;
  std::vector<RuleRecord> records_;
  std::vector<std::uint64_t> masks_;
  std::vector<std::int64_t> slots_;
  RuleBits conditions_, rules_;
  std::vector<std::uint32_t> scratch_;
  std::vector<unsigned char> stack_;
};

/// The clauses of a rule with what holds and why.
[[nodiscard]] RuleExplanation explained_rule(const RuleMachine& machine, std::size_t segment,
                                             const std::int64_t* slots,
                                             const std::uint64_t* conditions,
                                             const std::uint64_t* rules, const RulePerson& person,
                                             std::int64_t now);

}  // namespace emptor::detail
