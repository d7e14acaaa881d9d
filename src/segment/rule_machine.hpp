#pragma once
// A program of rules over the tables of a shop: what one customer's records measure, and which
// conditions and rules hold then. The batch and the stream share every line of this.
// Thread safety: all but `refresh` may be called from any thread.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/profile/tags.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/entities.hpp"
#include "segment/rule_program.hpp"

namespace emptor::detail {

/// Times that rules accept, in seconds from 1970: some 31,000 years to either side.
inline constexpr std::int64_t most_rule_seconds = 1'000'000'000'000;

/// Throws `out_of_range` for a time beyond that; else its seconds.
std::int64_t rule_seconds(Time time, std::string_view where);

/// Who is asked about: one customer, or several who are one, the owner first, then ascending.
struct RulePerson {
  std::span<const Customer> members;
  const TagSet* tags = nullptr;
  const ConsentHistory* consents = nullptr;
};

/// Both included.
struct RuleBounds {
  std::int64_t low = 0;
  std::int64_t high = 0;
  [[nodiscard]] bool contains(std::int64_t time) const noexcept {
    return low <= time && time <= high;
  }
};

/// Records of one person in order of time, and of each the bits of its streams.
struct RuleHistory {
  std::span<const RuleRecord> records;
  const std::uint64_t* masks = nullptr;
  std::size_t words = 0;
  [[nodiscard]] bool in(std::size_t record, std::uint32_t stream) const noexcept {
    return (masks[record * words + stream / 64] >> (stream % 64) & 1U) != 0;
  }
};

class RuleMachine {
 public:
  /// Tables may be null. Throws `not_found` for a column that a rule asks for and the tables lack.
  RuleMachine(const RuleProgram& program, const Customers* customers, const Items* items,
              const Keys<Channel>& channels);

  /// Looks up texts that have come into the tables since; false: none have.
  bool refresh();

  /// The streams of a record; `words` of the program's mask.
  void mask(const RuleRecord& record, std::uint64_t* words) const {
    std::fill_n(words, program_->mask_words, 0);
    mask(record, program_->streams_of_kind[record.kind], words);
  }
  /// Adds those of some streams, which are of its kind.
  void mask(const RuleRecord& record, std::span<const std::uint32_t> streams,
            std::uint64_t* words) const;
  /// Ids below this are those of items that are there.
  [[nodiscard]] std::size_t items() const noexcept {
    return items_ == nullptr ? 0 : items_->size();
  }
  /// Adds a sale's line to its order's record. The line must not be earlier than the order.
  void join(RuleRecord& order, const RuleRecord& line) const;
  [[nodiscard]] static RuleRecord order_of(const RuleRecord& line);

  /// What every span holds at `now`; anchored ones are everything up to now.
  void bounds(std::int64_t now, std::vector<RuleBounds>& out) const;
  [[nodiscard]] RuleBounds bounds(const RuleSpan& span, std::int64_t now) const;
  [[nodiscard]] std::int64_t enters_at(const RuleSpan& span, std::int64_t time) const;
  [[nodiscard]] std::int64_t leaves_at(const RuleSpan& span, std::int64_t time) const;

  /// What a record of its stream and span does to a quick measure.
  static void add(const RuleMeasure& measure, const RuleRecord& record, std::int64_t& slot) {
    add(measure.function, measure.field.code, record, slot);
  }
  static void add(RuleFunction function, RuleFieldCode field, const RuleRecord& record,
                  std::int64_t& slot) {
    switch (function) {
      case RuleFunction::count:
        ++slot;
        break;
      case RuleFunction::min: {
        const std::int64_t value = field_value(field, record);
        if (slot == rule_absent || value < slot) slot = value;
        break;
      }
      case RuleFunction::max:
        slot = std::max(slot, field_value(field, record));
        break;
      case RuleFunction::first:
        if (slot == rule_absent || record.time < slot) slot = record.time;
        break;
      case RuleFunction::last:
        slot = std::max(slot, record.time);
        break;
      default:
        slot += field_value(field, record);
        break;
    }
  }
  /// Takes it out again; false: the measure must be found anew.
  [[nodiscard]] static bool take(const RuleMeasure& measure, const RuleRecord& record,
                                 std::int64_t& slot);
  /// Any measure from all records. Lowers `next` to when it may change with time alone.
  [[nodiscard]] std::int64_t measure(std::uint32_t m, const RuleHistory& history,
                                     const RuleBounds& bounds, std::int64_t now, std::int64_t& next,
                                     std::vector<std::uint32_t>& scratch) const;
  /// Whether the last record, which is of the measure's stream, is the first from `low` on to have
  /// what a measure counts apart.
  [[nodiscard]] bool is_new(const RuleMeasure& measure, const RuleHistory& history,
                            std::int64_t low) const;
  /// Whether a condition holds. Lowers `next` to when it may turn with time alone.
  [[nodiscard]] bool condition(std::uint32_t c, const std::int64_t* slots, const RulePerson& person,
                               std::int64_t now, std::int64_t& next) const;
  /// Whether a rule holds, by bits of conditions and of the rules that it refers to.
  [[nodiscard]] bool rule(std::uint32_t r, const std::uint64_t* conditions,
                          const std::uint64_t* rules, std::vector<unsigned char>& stack) const;
  /// What a condition measures, for people.
  [[nodiscard]] std::string value(std::uint32_t c, const std::int64_t* slots,
                                  const RulePerson& person, std::int64_t now) const;

  [[nodiscard]] const RuleProgram& program() const noexcept { return *program_; }

  [[nodiscard]] static std::int64_t field_value(RuleFieldCode field,
                                                const RuleRecord& record) noexcept {
    if (field == RuleFieldCode::quantity) return record.quantity;
    return field == RuleFieldCode::lines ? record.item : record.amount;
  }

 private:
  struct Fraction {
    std::int64_t number = rule_absent;
    std::int64_t unit = 1;
  };
  [[nodiscard]] bool holds(std::size_t test, const RuleRecord& record) const;
  [[nodiscard]] std::uint32_t code(const RuleField& field, const RuleRecord& record) const;
  [[nodiscard]] std::int64_t sequence(const RuleMeasure& measure, const RuleHistory& history,
                                      const RuleBounds& bounds, std::int64_t now,
                                      std::int64_t& next) const;
  [[nodiscard]] std::int64_t distinct(const RuleMeasure& measure, const RuleHistory& history,
                                      const RuleBounds& bounds,
                                      std::vector<std::uint32_t>& scratch) const;
  [[nodiscard]] bool anchored(const RuleSpan& span, const RuleHistory& history,
                              RuleBounds& bounds) const;
  [[nodiscard]] Fraction fraction(const RuleOperand& operand, const std::int64_t* slots,
                                  const RulePerson& person, std::int64_t now) const;
  [[nodiscard]] std::optional<std::string_view> attribute(std::uint32_t a,
                                                          const RulePerson& person) const;
  [[nodiscard]] std::uint32_t attribute_code(std::uint32_t a, const RulePerson& person) const;
  [[nodiscard]] std::int64_t period_start(RulePeriod period, std::int64_t time) const;
  [[nodiscard]] std::int64_t period_end(RulePeriod period, std::int64_t time) const;
  [[nodiscard]] std::size_t known_texts() const;

  const RuleProgram* program_;
  const Items* items_;
  const Keys<Channel>* channels_;
  std::vector<const TextColumn<Item>*> item_columns_;    // by schema; null: nobody asks
  std::vector<const TextColumn<Customer>*> attributes_;  // by schema; null: nobody asks
  std::vector<std::vector<std::uint32_t>> test_codes_;
  std::vector<std::vector<std::uint32_t>> condition_codes_;
  std::size_t seen_texts_ = 0;
};

}  // namespace emptor::detail
