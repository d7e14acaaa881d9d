#include "segment/rule_stream_state.hpp"

#include <algorithm>
#include <functional>

namespace emptor {

using detail::rule_never;
using detail::RuleMachine;
using detail::RuleMeasure;
using detail::RuleSpan;

namespace {

bool overlaps(const std::uint64_t* a, const std::vector<std::uint64_t>& b) noexcept {
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
bool holds_now(const RuleSpan& span, std::int64_t time) noexcept {
  return span.sliding ? span.holds_now : span.from <= time && time < span.to;
}

}  // namespace

SegmentStream::State::State(const RuleSegments& rules, std::int64_t start,
                            const Customers* customer_table, const Items* items)
    : segments(rules),
      program(&segments.program()),
      machine(*program, customer_table, items, channels),
      slots(program->measures.size()),
      condition_words((program->conditions.size() + 63) / 64),
      rule_words((program->rules.size() + 63) / 64),
      stride(head_words + slots + condition_words + rule_words + program->sliding.size()),
      now(start),
      sets(program->rules.size()),
      evaluation(machine),
      turned(condition_words, 0),
      later(condition_words, 0),
      dirty(rule_words, 0),
      mask(program->mask_words, 0),
      span_now(program->spans.size()) {}

void SegmentStream::State::ask(std::size_t customer, bool facts, Asked& out) const {
  out.self = id_at<Customer>(customer);
  out.person = {.members = {&out.self, 1}};
  const auto group = members.empty() ? members.end() : members.find(out.self);
  if (group != members.end()) out.person.members = group->second;
  if (!facts || (tags.empty() && consents.empty())) return;
  if (group == members.end()) {
    if (const auto has = tags.find(out.self); has != tags.end()) out.person.tags = &has->second;
    if (const auto has = consents.find(out.self); has != consents.end()) {
      out.person.consents = &has->second;
    }
    return;
  }
  out.tags = {};
  out.consents = {};
  for (const Customer member : group->second) {
    if (const auto has = tags.find(member); has != tags.end()) out.tags.merge(has->second);
    if (const auto has = consents.find(member); has != consents.end()) {
      out.consents.merge(has->second);
    }
  }
  out.person.tags = &out.tags;
  out.person.consents = &out.consents;
}

void SegmentStream::State::ensure(std::size_t wanted) {
  while (people < wanted) {
    if (people % page_customers == 0) {
      pages.push_back(std::make_unique<std::int64_t[]>(page_customers * stride));
    }
    pasts.emplace_back();
    Block& fresh = block(words(people));
    fresh = {.clock = now, .next = rule_never, .armed = rule_never, .total = 0, .highest = -1};
    ++people;
    rebuild(people - 1, {}, now, SegmentCause::start);
  }
}

void SegmentStream::State::check(std::int64_t* of, std::uint32_t c) {
  const std::uint64_t word = condition_bits(of)[c / 64];
  const std::uint64_t bit = std::uint64_t{1} << (c % 64);
  const bool holds = machine.condition(c, slot_words(of), asked.person, instant, block(of).next);
  if (holds != ((word & bit) != 0)) flip(of, c);
}

void SegmentStream::State::flip(std::int64_t* of, std::uint32_t c) {
  const std::uint64_t bit = std::uint64_t{1} << (c % 64);
  condition_bits(of)[c / 64] ^= bit;
  turned[c / 64] ^= bit;
  any_turned = true;
}

std::uint32_t SegmentStream::State::reason(std::uint32_t rule) const {
  for (const detail::RuleOp& op : program->rules[rule]) {
    if (op.kind == detail::RuleOp::Kind::leaf &&
        (turned[op.place / 64] >> (op.place % 64) & 1U) != 0) {
      return op.place;
    }
    if (op.kind == detail::RuleOp::Kind::rule) {
      const std::uint32_t within = reason(op.place);
      if (within != SegmentChange::no_clause) return within;
    }
  }
  return SegmentChange::no_clause;
}

void SegmentStream::State::settle(std::size_t customer, std::int64_t at, SegmentCause cause,
                                  bool all) {
  if (!any_turned && !all) return;
  const auto mark = [&](std::uint32_t rule) {
    dirty[program->rank[rule] / 64] |= std::uint64_t{1} << (program->rank[rule] % 64);
  };
  if (all) {
    for (std::uint32_t r = 0; r < program->rules.size(); ++r) mark(r);
  } else {
    for_each_bit(turned.data(), turned.size(), [&](std::uint32_t c) {
      for (const std::uint32_t r : program->rules_of_condition[c]) mark(r);
    });
  }
  std::int64_t* of = words(customer);
  std::uint64_t* bits = rule_bits(of);
  for (std::size_t w = 0; w < dirty.size(); ++w) {
    while (dirty[w] != 0) {  // rules that refer to this one come later
      const auto low = static_cast<std::size_t>(__builtin_ctzll(dirty[w]));
      dirty[w] &= dirty[w] - 1;
      const std::uint32_t r = program->order[w * 64 + low];
      const bool holds = machine.rule(r, condition_bits(of), bits, stack);
      const std::uint64_t bit = std::uint64_t{1} << (r % 64);
      if (holds == ((bits[r / 64] & bit) != 0)) continue;
      bits[r / 64] ^= bit;
      const Customer whom = id_at<Customer>(customer);
      holds ? sets[r].add(whom) : sets[r].remove(whom);
      changes.push_back({.customer = whom,
                         .segment = r,
                         .entered = holds,
                         .cause = cause,
                         .clause = reason(r),
                         .time = Time{std::chrono::seconds{at}}});
      for (const std::uint32_t above : program->rules_of_rule[r]) mark(above);
    }
  }
  std::fill(turned.begin(), turned.end(), 0);
  any_turned = false;
}

const SegmentStream::State::SpanNow& SegmentStream::State::span_at(std::uint32_t s,
                                                                   std::int64_t at) {
  SpanNow& known = span_now[s];
  const RuleSpan& span = program->spans[s];
  if (span.kind == RuleWindowKind::last || span.kind == RuleWindowKind::ago) {
    known.bounds = {at - span.from + 1, at - span.to};
  } else if (at < known.from || at >= known.to) {
    known.bounds = machine.bounds(span, at);
    known.from = span.holds_now ? known.bounds.low : known.bounds.high + 1;
    known.to = span.holds_now ? machine.leaves_at(span, at) : machine.enters_at(span, at);
  } else if (span.holds_now) {
    known.bounds.high = at;
  }
  return known;
}

std::int64_t SegmentStream::State::next_of_spans(std::size_t customer, std::int64_t at) {
  constexpr std::uint32_t most_skipped = 16;
  const Past& past = pasts[customer];
  const Place* place = places(words(customer));
  const auto size = static_cast<std::uint32_t>(past.records.size());
  std::int64_t next = rule_never;
  for (const std::uint32_t s : program->sliding) {
    const RuleSpan& span = program->spans[s];
    const std::uint32_t end = span.holds_now ? size : place->end;
    // Who is not looked at may leave unseen; after a few of them it is cheaper to wake up.
    const auto skip = [&](std::uint32_t from, std::uint32_t to) {
      std::uint32_t one = from;
      while (one < to && one - from < most_skipped &&
             !overlaps(&past.masks[one * program->mask_words], program->streams_of_span[s])) {
        ++one;
      }
      return one;
    };
    const bool calendar =
        span.kind == RuleWindowKind::this_period || span.kind == RuleWindowKind::previous;
    const std::uint32_t first = skip(place->begin, end);
    const std::uint32_t entering = span.holds_now ? size : skip(end, size);
    if (calendar) {
      if (first < end || entering < size) next = std::min(next, span_at(s, at).to);
    } else {
      if (first < end) next = std::min(next, past.records[first].time + span.from);
      if (entering < size) next = std::min(next, past.records[entering].time + span.to);
    }
    ++place;
  }
  return next;
}

void SegmentStream::State::arm(std::size_t customer) {
  Block& of = block(words(customer));
  if (of.next >= of.armed) return;
  of.armed = of.next;
  timers.emplace_back(of.next, static_cast<std::uint32_t>(customer));
  std::push_heap(timers.begin(), timers.end(), std::greater<>());
}

void SegmentStream::State::measure_anew(std::size_t customer, std::uint32_t m) {
  std::int64_t* of = words(customer);
  std::int64_t& slot = slot_words(of)[m];
  const RuleMeasure& measure = program->measures[m];
  const std::int64_t before = slot;
  slot =
      machine.measure(m, history(customer), machine.bounds(program->spans[measure.span], instant),
                      instant, block(of).next, distinct_scratch);
  if (slot != before) check_conditions(of, m);
}

void SegmentStream::State::find_anew(std::size_t customer) {
  if (anew.empty()) return;
  std::sort(anew.begin(), anew.end());
  anew.erase(std::unique(anew.begin(), anew.end()), anew.end());
  for (const std::uint32_t m : anew) measure_anew(customer, m);
}

void SegmentStream::State::roll(std::size_t customer, std::int64_t to) {
  std::int64_t* of = words(customer);
  const Past& past = pasts[customer];
  const detail::RuleHistory records = history(customer);
  Place* place = places(of);
  instant = to;
  ask(customer, true, asked);
  block(of).clock = to;
  block(of).next = rule_never;
  anew.clear();
  touched.clear();
  for (const std::uint32_t s : program->sliding) {
    const RuleSpan& span = program->spans[s];
    const Bounds bounds = span_at(s, to).bounds;
    const auto size = static_cast<std::uint32_t>(past.records.size());
    bool moved = false;
    const auto each_quick = [&](std::uint32_t at, bool enters) {
      moved = true;
      for (const std::uint32_t m : program->measures_of_span[s]) {
        const RuleMeasure& measure = program->measures[m];
        if (measure.kind != RuleMeasure::Kind::quick || !records.in(at, measure.stream)) continue;
        std::int64_t& slot = slot_words(of)[m];
        const std::int64_t before = slot;
        if (enters) {
          RuleMachine::add(measure, past.records[at], slot);
        } else if (!RuleMachine::take(measure, past.records[at], slot)) {
          anew.push_back(m);
        }
        if (slot != before) touched.push_back(m);
      }
    };
    if (span.holds_now) place->end = size;
    for (; place->end < size && past.records[place->end].time <= bounds.high; ++place->end) {
      each_quick(place->end, true);
    }
    for (; place->begin < place->end && past.records[place->begin].time < bounds.low;
         ++place->begin) {
      each_quick(place->begin, false);
    }
    for (const std::uint32_t m : program->measures_of_span[s]) {
      if (moved && program->measures[m].kind != RuleMeasure::Kind::quick) anew.push_back(m);
    }
    ++place;
  }
  anew.insert(anew.end(), program->waiting.begin(), program->waiting.end());
  find_anew(customer);
  for (const std::uint32_t m : touched) check_conditions(of, m);
  for (const std::uint32_t c : program->timed_conditions) check(of, c);
  block(of).next = std::min(block(of).next, next_of_spans(customer, to));
  settle(customer, to, SegmentCause::time);
}

void SegmentStream::State::come_to(std::size_t customer, std::int64_t to) {
  Block& of = block(words(customer));
  while (of.next <= to) roll(customer, of.next);
  of.clock = std::max(of.clock, to);
}

void SegmentStream::State::advance(std::int64_t to) {
  while (!timers.empty() && timers.front().first <= to) {
    const auto [at, customer] = timers.front();
    std::pop_heap(timers.begin(), timers.end(), std::greater<>());
    timers.pop_back();
    Block& of = block(words(customer));
    if (of.armed != at) continue;  // it was set to an earlier time since
    of.armed = rule_never;
    if (of.next <= at) roll(customer, of.next);
    arm(customer);
  }
  now = to;
}

void SegmentStream::State::push(std::size_t customer, const Record& record) {
  Past& past = pasts[customer];
  std::int64_t* of = words(customer);
  past.records.push_back(record);
  past.masks.insert(past.masks.end(), mask.begin(), mask.end());
  std::int64_t* slot_of = slot_words(of);
  const std::uint64_t* bits = condition_bits(of);
  for_each_bit(mask.data(), mask.size(), [&](std::uint32_t stream) {
    const std::uint32_t last = program->quick_begins[stream + 1];
    for (std::uint32_t q = program->quick_begins[stream]; q < last; ++q) {
      const detail::RuleQuick& quick = program->quick[q];
      if (record.time < quick.from || record.time >= quick.to) continue;
      std::int64_t& slot = slot_of[quick.measure];
      const std::int64_t before = slot;
      RuleMachine::add(quick.function, quick.field, record, slot);
      if (slot == before) continue;
      for (std::uint32_t k = quick.begin; k < quick.end; ++k) {
        const detail::RuleQuickCondition& one = program->quick_conditions[k];
        const bool held = (bits[one.condition / 64] >> (one.condition % 64) & 1U) != 0;
        if (!one.plain) {
          later[one.condition / 64] |= std::uint64_t{1} << (one.condition % 64);
        } else if (one.range.holds(slot) != held) {
          flip(of, one.condition);
        }
      }
    }
    const auto& slow = program->slow_of_stream[stream];
    anew.insert(anew.end(), slow.begin(), slow.end());
  });
  for (const std::uint32_t s : program->sliding) {
    if (!overlaps(mask.data(), program->streams_of_span[s])) continue;
    const RuleSpan& span = program->spans[s];
    const bool moving = span.kind == RuleWindowKind::last || span.kind == RuleWindowKind::ago;
    // Both this and the previous period change when the present one ends.
    const std::int64_t change =
        moving ? record.time + (span.holds_now ? span.from : span.to) : span_at(s, record.time).to;
    block(of).next = std::min(block(of).next, change);
  }
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
  machine.mask(record, mask.data());
  push(customer, record);
  find_anew(customer);
  std::int64_t* of = words(customer);
  for_each_bit(later.data(), later.size(), [&](std::uint32_t c) { check(of, c); });
  std::fill(later.begin(), later.end(), 0);
  settle(customer, record.time, SegmentCause::happening);
  arm(customer);
}

void SegmentStream::State::rebuild(std::size_t customer, std::span<const Record> lines,
                                   std::int64_t at, SegmentCause cause) {
  Past& past = pasts[customer];
  if (program->uses_orders) {
    with_orders(machine, lines, past.records);
  } else {
    past.records.assign(lines.begin(), lines.end());
  }
  past.masks.resize(past.records.size() * program->mask_words);
  std::int64_t* of = words(customer);
  Block& head = block(of);
  head.highest = -1;
  for (std::size_t i = 0; i < past.records.size(); ++i) {
    const Record& record = past.records[i];
    machine.mask(record, past.masks.data() + i * program->mask_words);
    if (record.kind == detail::record_order && static_cast<Order>(record.order) != no_id<Order>) {
      head.highest = std::max(head.highest, std::int64_t{record.order});
    }
  }
  ask(customer, true, asked);
  evaluation.at(at);
  evaluation.history(history(customer), asked.person);
  std::copy(evaluation.slots().begin(), evaluation.slots().end(), slot_words(of));
  for (std::size_t w = 0; w < condition_words; ++w) {
    turned[w] ^= condition_bits(of)[w] ^ evaluation.conditions().data()[w];
    condition_bits(of)[w] = evaluation.conditions().data()[w];
  }
  Place* place = places(of);
  for (const std::uint32_t s : program->sliding) {
    const Bounds bounds = evaluation.bounds()[s];
    const auto begin = past.records.begin(), end = past.records.end();
    const auto first = std::partition_point(
        begin, end, [&](const Record& record) { return record.time < bounds.low; });
    const auto last = std::partition_point(
        first, end, [&](const Record& record) { return record.time <= bounds.high; });
    *place++ = {static_cast<std::uint32_t>(first - begin),
                static_cast<std::uint32_t>(last - begin)};
  }
  head.clock = at;
  head.next = std::min(evaluation.next(), next_of_spans(customer, at));
  settle(customer, at, cause, true);
  arm(customer);
}

void SegmentStream::State::recheck_facts(std::size_t customer, SegmentCause cause) {
  std::int64_t* of = words(customer);
  const std::int64_t at = std::max(block(of).clock, now);
  come_to(customer, at);
  instant = at;
  ask(customer, true, asked);
  for (const std::uint32_t c : program->timed_conditions) check(of, c);
  for (const auto& conditions : program->conditions_of_attribute) {
    for (const std::uint32_t c : conditions) check(of, c);
  }
  settle(customer, at, cause);
  arm(customer);
}

void SegmentStream::State::retire(std::size_t customer, std::int64_t at, SegmentCause cause) {
  std::int64_t* of = words(customer);
  pasts[customer] = {};
  for_each_bit(rule_bits(of), rule_words, [&](std::uint32_t r) {
    sets[r].remove(id_at<Customer>(customer));
    changes.push_back({.customer = id_at<Customer>(customer),
                       .segment = r,
                       .entered = false,
                       .cause = cause,
                       .time = Time{std::chrono::seconds{at}}});
  });
  std::fill(of + head_words, of + stride, 0);
  block(of) = {.clock = at,
               .next = rule_never,
               .armed = block(of).armed,
               .total = block(of).total,
               .highest = -1};
}

std::vector<SegmentStream::State::Record> SegmentStream::State::without_orders(
    const std::vector<Record>& records) {
  std::vector<Record> lines;
  lines.reserve(records.size());
  for (const Record& record : records) {
    if (record.kind != detail::record_order) lines.push_back(record);
  }
  return lines;
}

}  // namespace emptor
