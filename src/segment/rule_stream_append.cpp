// What happens now, added to one customer.

#include <algorithm>

#include "segment/rule_stream_state.hpp"

namespace emptor {

using detail::for_each_bit;
using detail::holds_now;
using detail::rule_never;
using detail::RuleMachine;
using detail::RuleMeasure;
using detail::RuleSpan;

void SegmentStream::State::find_mask(const Record& record) {
  const std::size_t items = machine.items();
  if (record.kind == detail::record_order || record.item >= items) {
    machine.mask(record, mask.data());
    return;
  }
  ItemMasks& masks = item_masks[record.kind];
  const std::size_t count = program->mask_words;
  if (masks.known.size() < items) {
    masks.known.resize(items);
    masks.words.resize(items * count);
  }
  std::uint64_t* own = masks.words.data() + record.item * count;
  if (!masks.known[record.item]) {
    machine.mask(record, program->item_streams_of_kind[record.kind], own);
    masks.known[record.item] = true;
  }
  std::copy_n(own, count, mask.data());
  machine.mask(record, program->other_streams_of_kind[record.kind], mask.data());
}

void SegmentStream::State::push(std::size_t customer, const Record& record) {
  Past& past = pasts[customer];
  std::int64_t* of = words(customer);
  past.records.push_back(record);
  past.masks.insert(past.masks.end(), mask.begin(), mask.end());
  std::int64_t* slot_of = slot_words(of);
  std::int64_t lead = rule_never;
  std::uint32_t periods = 0;
  for_each_bit(mask.data(), mask.size(), [&](std::uint32_t stream) {
    const detail::RuleQuick* quick = program->quick.data() + program->quick_begins[stream];
    const detail::RuleQuick* last = program->quick.data() + program->quick_begins[stream + 1];
    for (; quick != last; ++quick) {
      if (quick->dated && (record.time < quick->from || record.time >= quick->to)) continue;
      std::int64_t& slot = slot_of[quick->measure];
      const std::int64_t before = slot;
      RuleMachine::add(quick->function, quick->field, record, slot);
      if (slot != before) measure_changed(of, quick->measure);
    }
    for (const std::uint32_t m : program->slow_now[stream]) add_slow(customer, m, stream);
    lead = std::min(lead, program->lead_of_stream[stream]);
    periods |= program->periods_of_stream[stream];
  });
  std::int64_t& next = block(of).next;
  if (lead != rule_never) next = std::min(next, record.time + lead);
  for (; periods != 0; periods &= periods - 1) {
    const auto period = static_cast<RulePeriod>(__builtin_ctz(periods));
    next = std::min(next, period_end(period, record.time));
    if (period == RulePeriod::day) break;  // all others end when a day ends
  }
}

void SegmentStream::State::add_slow(std::size_t customer, std::uint32_t m, std::uint32_t stream) {
  const RuleMeasure& measure = program->measures[m];
  const RuleSpan& span = program->spans[measure.span];
  if (span.anchor != RuleSpan::no_anchor) {
    anew.push_back(m);
    return;
  }
  std::int64_t* of = words(customer);
  std::int64_t& slot = slot_words(of)[m];
  const detail::RuleHistory records = history(customer);
  const std::size_t last = records.records.size() - 1;
  const std::int64_t time = records.records[last].time;
  if (measure.kind == RuleMeasure::Kind::distinct) {
    if (!holds_now(span, time)) return;
    const std::int64_t low = span.sliding ? span_at(measure.span, time).bounds.low : span.from;
    if (!machine.is_new(measure, records, low)) return;
    ++slot;
    measure_changed(of, m);
    return;
  }
  // What comes last answers who waits, or completes the sequence; it cannot undo what was done
  // but for an answer at the very end of the waiting.
  if (measure.waits()) {
    if (slot != 0 ? stream == measure.steps.back().stream
                  : stream == measure.steps[measure.steps.size() - 2].stream) {
      anew.push_back(m);
    }
    return;
  }
  if (slot != 0) return;
  if (measure.steps.size() > 1) {
    const std::uint32_t before = measure.steps[measure.steps.size() - 2].stream;
    const std::int64_t within = measure.steps.back().within;
    std::size_t at = last;
    while (at-- > 0 && !records.in(at, before)) {
      if (time - records.records[at].time > within) return;
    }
    if (at > last) return;
  }
  anew.push_back(m);
}

void SegmentStream::State::replace(std::size_t customer, std::size_t place, const Record& with) {
  Past& past = pasts[customer];
  std::int64_t* of = words(customer);
  const detail::RuleHistory records = history(customer);
  const Record before = past.records[place];
  const Place* spans = places(of);
  const auto within = [&](std::uint32_t s) {
    const RuleSpan& span = program->spans[s];
    if (!span.sliding) return holds_now(span, before.time);
    const auto at = std::find(program->sliding.begin(), program->sliding.end(), s);
    const Place& in = spans[at - program->sliding.begin()];
    return in.begin <= place && (span.holds_now || place < in.end);
  };
  std::vector<std::uint32_t> extremes;
  for (std::size_t w = 0; w < mask.size(); ++w) {
    const std::uint64_t either = mask[w] | past.masks[place * mask.size() + w];
    for_each_bit(&either, 1, [&](std::uint32_t bit) {
      const auto stream = static_cast<std::uint32_t>(w * 64) + bit;
      const bool was = records.in(place, stream), is = (mask[w] >> bit & 1U) != 0;
      for (const std::uint32_t m : program->quick_of_stream[stream]) {
        const RuleMeasure& measure = program->measures[m];
        const bool instants =
            measure.function == RuleFunction::first || measure.function == RuleFunction::last;
        if ((was && is && instants) || !within(measure.span)) continue;
        std::int64_t& slot = slot_words(of)[m];
        const std::int64_t old = slot;
        const bool sound = !was || RuleMachine::take(measure, before, slot);
        if (is) RuleMachine::add(measure, with, slot);
        if (!sound) extremes.push_back(m);
        if (slot != old) check_conditions(of, m);
      }
      const auto& slow = program->slow_of_stream[stream];
      anew.insert(anew.end(), slow.begin(), slow.end());
    });
  }
  past.records[place] = with;
  bool seen_anew = false;
  for (std::size_t w = 0; w < mask.size(); ++w) {
    seen_anew = seen_anew || (mask[w] & ~past.masks[place * mask.size() + w]) != 0;
  }
  std::copy(mask.begin(), mask.end(),
            past.masks.begin() + static_cast<std::ptrdiff_t>(place * mask.size()));
  anew.insert(anew.end(), extremes.begin(), extremes.end());
  if (seen_anew) block(of).next = std::min(block(of).next, next_of_spans(customer, instant));
}

void SegmentStream::State::append_order(std::size_t customer, const Record& line) {
  Past& past = pasts[customer];
  Block& of = block(words(customer));
  const bool numbered = static_cast<Order>(line.order) != no_id<Order>;
  if (numbered && of.highest >= line.order) {
    for (std::size_t at = past.records.size(); at-- > 0;) {
      if (past.records[at].kind != detail::record_order || past.records[at].order != line.order) {
        continue;
      }
      Record with = past.records[at];
      machine.join(with, line);
      machine.mask(with, mask.data());
      replace(customer, at, with);
      return;
    }
  }
  if (numbered) of.highest = std::max(of.highest, std::int64_t{line.order});
  const Record order = RuleMachine::order_of(line);
  machine.mask(order, mask.data());
  push(customer, order);
}

void SegmentStream::State::append(std::size_t customer, const Record& record) {
  come_to(customer, record.time);
  instant = record.time;
  ask(customer, false, asked);
  anew.clear();
  if (program->uses_orders && record.kind == detail::record_sale) append_order(customer, record);
  find_mask(record);
  push(customer, record);
  find_anew(customer);
  std::int64_t* of = words(customer);
  if (any_later) {
    for_each_bit(later.data(), later.size(), [&](std::uint32_t c) { check(of, c); });
    std::fill(later.begin(), later.end(), 0);
    any_later = false;
  }
  settle(customer, record.time, SegmentCause::happening);
  arm(customer);
}

}  // namespace emptor
