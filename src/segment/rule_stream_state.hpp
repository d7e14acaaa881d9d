#pragma once
// What a SegmentStream keeps of everybody. rule_stream_state.cpp moves one customer on in time,
// rule_stream_append.cpp adds what happens now, rule_stream.cpp has the rest: late arrivals, facts
// and merges.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/segment/rule_stream.hpp"
#include "segment/rule_person.hpp"

namespace emptor {

namespace detail {

inline bool overlaps(const std::uint64_t* a, const std::vector<std::uint64_t>& b) noexcept {
  for (std::size_t w = 0; w < b.size(); ++w) {
    if ((a[w] & b[w]) != 0) return true;
  }
  return false;
}

template <class Visit>
void for_each_bit(const std::uint64_t* words, std::size_t count, Visit&& visit) {
  for (std::size_t w = 0; w < count; ++w) {
    for (std::uint64_t left = words[w]; left != 0; left &= left - 1) {
      visit(static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(__builtin_ctzll(left)));
    }
  }
}

/// Whether what happens at `time`, when that is now, is in the span.
inline bool holds_now(const RuleSpan& span, std::int64_t time) noexcept {
  return span.sliding ? span.holds_now : span.from <= time && time < span.to;
}

}  // namespace detail

struct SegmentStream::State {
  using Record = detail::RuleRecord;
  using Bounds = detail::RuleBounds;

  /// A customer's happenings in order of time, those of orders among them, and their streams.
  struct Past {
    std::vector<Record> records;
    std::vector<std::uint64_t> masks;
  };
  /// What arrived on one of several customers who are one, without orders.
  struct Arrived {
    std::vector<Record> records;
    std::int64_t total = 0;
  };
  /// A customer's words in one piece: these, then slots, conditions, rules, places in spans.
  struct Block {
    std::int64_t clock;    // as of when all else is true
    std::int64_t next;     // when time alone may change something
    std::int64_t armed;    // when the timer rings, never later than next
    std::int64_t total;    // of amounts without their signs
    std::int64_t highest;  // order number among the records; -1: none
  };
  static constexpr std::size_t head_words = sizeof(Block) / 8;
  static constexpr std::size_t page_customers = 256;
  struct Place {  // of a sliding span among the records: [begin, end), end of those that hold now
    std::uint32_t begin;  // is the number of records
    std::uint32_t end;
  };

  State(const RuleSegments& rules, std::int64_t start, const Customers* customers,
        const Items* items);

  [[nodiscard]] std::int64_t* words(std::size_t customer) const noexcept {
    return pages[customer / page_customers].get() + (customer % page_customers) * stride;
  }
  [[nodiscard]] static Block& block(std::int64_t* words) noexcept {
    return *reinterpret_cast<Block*>(words);
  }
  [[nodiscard]] std::uint64_t* condition_bits(std::int64_t* words) const noexcept {
    return reinterpret_cast<std::uint64_t*>(words) + head_words + slots;
  }
  [[nodiscard]] std::uint64_t* rule_bits(std::int64_t* words) const noexcept {
    return condition_bits(words) + condition_words;
  }
  [[nodiscard]] Place* places(std::int64_t* words) const noexcept {
    return reinterpret_cast<Place*>(rule_bits(words) + rule_words);
  }
  [[nodiscard]] static std::int64_t* slot_words(std::int64_t* words) noexcept {
    return words + head_words;
  }
  [[nodiscard]] detail::RuleHistory history(std::size_t customer) const noexcept {
    const Past& past = pasts[customer];
    return {past.records, past.masks.data(), program->mask_words};
  }
  [[nodiscard]] std::size_t owner(std::size_t customer) const {
    if (owners.empty()) return customer;
    const auto found = owners.find(id_at<Customer>(customer));
    return found == owners.end() ? customer : index(found->second);
  }
  [[nodiscard]] bool alone(std::size_t customer) const {
    return arrived.empty() || !arrived.contains(id_at<Customer>(customer));
  }
  /// A person and what it is made of.
  struct Asked {
    Customer self = no_customer;
    TagSet tags;
    ConsentHistory consents;
    detail::RulePerson person;
  };
  /// Fills in the person; `facts`: with tags and consent.
  void ask(std::size_t customer, bool facts, Asked& out) const;

  void ensure(std::size_t customers);
  /// Brings one who is there up to an instant that is not before its clock.
  void come_to(std::size_t customer, std::int64_t now);
  void roll(std::size_t customer, std::int64_t now);
  void arrive(const Record& record, Customer customer);
  void append(std::size_t customer, const Record& record);
  void append_order(std::size_t customer, const Record& line);
  void push(std::size_t customer, const Record& record);
  /// The record's streams into `mask`; what the item alone decides is looked up once an item.
  void find_mask(const Record& record);
  /// Takes notice of texts that have come into the tables.
  void refresh() {
    if (machine.refresh()) std::fill(std::begin(item_masks), std::end(item_masks), ItemMasks{});
  }
  void replace(std::size_t customer, std::size_t place, const Record& with);
  /// Finds everything anew from lines and events in order of time.
  void rebuild(std::size_t customer, std::span<const Record> lines, std::int64_t now,
               SegmentCause cause);
  void recheck_facts(std::size_t customer, SegmentCause cause);
  void retire(std::size_t customer, std::int64_t now, SegmentCause cause);
  [[nodiscard]] static std::vector<Record> without_orders(const std::vector<Record>& records);

  void find_anew(std::size_t customer);
  void measure_anew(std::size_t customer, std::uint32_t measure);
  void check_conditions(std::int64_t* words, std::uint32_t measure) {
    for (const std::uint32_t c : program->conditions_of_measure[measure]) check(words, c);
  }
  /// The same for a measure that is not absent, but for conditions on more than it: they wait.
  void measure_changed(std::int64_t* words, std::uint32_t measure) {
    const std::int64_t value = slot_words(words)[measure];
    const std::uint64_t* bits = condition_bits(words);
    const detail::RulePlain* one = program->plain.data() + program->plain_begins[measure];
    const detail::RulePlain* last = program->plain.data() + program->plain_begins[measure + 1];
    for (; one != last; ++one) {
      const bool held = (bits[one->condition / 64] >> (one->condition % 64) & 1U) != 0;
      if (one->holds(value) != held) flip(words, one->condition);
    }
    if (program->has_others[measure] == 0) return;
    const std::uint64_t* others = &program->others_of_measure[measure * condition_words];
    for (std::size_t w = 0; w < condition_words; ++w) later[w] |= others[w];
    any_later = true;
  }
  /// What a record that was pushed does to a measure of its stream that is not quick.
  void add_slow(std::size_t customer, std::uint32_t measure, std::uint32_t stream);
  void check(std::int64_t* words, std::uint32_t condition);
  void flip(std::int64_t* words, std::uint32_t condition) {
    const std::uint64_t bit = std::uint64_t{1} << (condition % 64);
    condition_bits(words)[condition / 64] ^= bit;
    turned[condition / 64] ^= bit;
    any_turned = true;
  }
  [[nodiscard]] bool rule_holds(std::uint32_t rule, const std::uint64_t* conditions,
                                const std::uint64_t* rules);
  /// The customer entered the rule's set or left it.
  void note(std::uint32_t rule, Customer customer, bool entered) {
    pending[rule].push_back(std::uint64_t{static_cast<std::uint32_t>(customer)} << 1U |
                            (entered ? 1U : 0U));
    if (pending[rule].size() >= most_pending) bring_in(rule);
  }
  void bring_in(std::uint32_t rule);
  /// The end of the period of an instant.
  [[nodiscard]] std::int64_t period_end(RulePeriod period, std::int64_t at);
  void settle(std::size_t customer, std::int64_t now, SegmentCause cause, bool all = false);
  [[nodiscard]] std::uint32_t reason(std::uint32_t rule) const;
  /// As of an instant at which the customer is.
  [[nodiscard]] std::int64_t next_of_spans(std::size_t customer, std::int64_t at);
  /// What a sliding span holds at an instant, and when a calendar's present period ends.
  struct SpanNow {
    Bounds bounds;
    std::int64_t from = 0;
    std::int64_t to = 0;
  };
  [[nodiscard]] const SpanNow& span_at(std::uint32_t span, std::int64_t at);
  void arm(std::size_t customer);
  void advance(std::int64_t to);
  void follow(std::span<const OwnerChange> owner_changes);

  RuleSegments segments;
  Keys<Channel> channels;
  const detail::RuleProgram* program;
  detail::RuleMachine machine;
  std::size_t slots, condition_words, rule_words, stride;

  std::int64_t now;
  std::size_t people = 0;
  std::vector<std::unique_ptr<std::int64_t[]>> pages;
  std::vector<Past> pasts;
  // Sets get who entered and left in batches, at the latest when somebody asks for them: twice the
  // customer, and 1 who entered.
  static constexpr std::size_t most_pending = 2048;
  std::vector<CustomerSet> sets;
  std::vector<std::vector<std::uint64_t>> pending;
  std::vector<std::uint64_t> sorting;
  std::vector<Customer> came, went;
  std::mutex asking;
  std::vector<std::pair<std::int64_t, std::uint32_t>> timers;  // heap, the earliest first
  std::vector<SegmentChange> changes;

  std::unordered_map<Customer, TagSet> tags;
  std::unordered_map<Customer, ConsentHistory> consents;
  std::unordered_map<Customer, Customer> owners;                // of those merged away
  std::unordered_map<Customer, std::vector<Customer>> members;  // of owners, themselves first
  std::unordered_map<Customer, Arrived> arrived;                // of all of these

  // Scratch of one call.
  detail::RuleEvaluation evaluation;
  Asked asked;
  std::int64_t instant = 0;           // at which conditions are checked
  std::vector<std::uint64_t> turned;  // conditions
  std::vector<std::uint64_t> later;   // conditions to check when all measures are in place
  bool any_turned = false;
  bool any_later = false;
  std::vector<std::uint64_t> dirty;  // rules, by rank
  std::vector<std::uint64_t> mask;
  struct ItemMasks {
    std::vector<std::uint64_t> words;  // by item
    std::vector<bool> known;
  };
  ItemMasks item_masks[detail::record_kinds];
  std::vector<std::uint32_t> anew, touched;  // measures
  std::vector<std::uint32_t> distinct_scratch;
  std::vector<unsigned char> stack;
  std::vector<Record> line_scratch;
  std::vector<SpanNow> span_now;
  struct PeriodNow {
    std::int64_t from = 0;
    std::int64_t to = 0;
  };
  PeriodNow period_now[5];
};

}  // namespace emptor
