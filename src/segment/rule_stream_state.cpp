#include "segment/rule_stream_state.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace emptor {

using detail::for_each_bit;
using detail::overlaps;
using detail::rule_never;
using detail::RuleMachine;
using detail::RuleMeasure;
using detail::RuleSpan;

namespace {

/// Stable, byte by byte; the lowest bit does not count.
void sort_by_customer(std::vector<std::uint64_t>& values, std::vector<std::uint64_t>& scratch) {
  std::uint64_t most = 0;
  for (const std::uint64_t value : values) most = std::max(most, value);
  scratch.resize(values.size());
  for (unsigned shift = 1; most >> shift != 0; shift += 8) {
    std::uint32_t places[256] = {};
    for (const std::uint64_t value : values) ++places[value >> shift & 255U];
    std::uint32_t before = 0;
    for (std::uint32_t& place : places) before += std::exchange(place, before);
    for (const std::uint64_t value : values) scratch[places[value >> shift & 255U]++] = value;
    values.swap(scratch);
  }
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
      pending(program->rules.size()),
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
  const std::int64_t* slot_of = slot_words(of);
  const detail::RuleAverage& average = program->averages[c];
  bool holds = false;
  if (average.known) {
    const std::int64_t count = slot_of[average.count];
    if (count != 0) {
      const detail::int128 left = detail::int128{slot_of[average.sum]} * average.unit;
      const detail::int128 right = detail::int128{average.number} * count;
      holds = left < right ? average.below : left == right ? average.equal : average.above;
    }
  } else {
    holds = machine.condition(c, slot_of, asked.person, instant, block(of).next);
  }
  if (holds != ((word & bit) != 0)) flip(of, c);
}

bool SegmentStream::State::rule_holds(std::uint32_t rule, const std::uint64_t* conditions,
                                      const std::uint64_t* rules) {
  const std::uint32_t begin = program->literal_begins[rule];
  const std::uint32_t end = program->literal_begins[rule + 1];
  if (begin == end) return machine.rule(rule, conditions, rules, stack);
  for (std::uint32_t i = begin; i < end; ++i) {
    const detail::RuleLiterals& one = program->literals[i];
    if ((conditions[one.word] & one.mask) != one.want) return false;
  }
  return true;
}

void SegmentStream::State::bring_in(std::uint32_t rule) {
  std::vector<std::uint64_t>& found = pending[rule];
  sort_by_customer(found, sorting);
  came.clear();
  went.clear();
  for (std::size_t i = 0; i < found.size(); ++i) {
    // What was said last of a customer is true.
    if (i + 1 < found.size() && found[i + 1] >> 1U == found[i] >> 1U) continue;
    ((found[i] & 1U) != 0 ? came : went).push_back(id_at<Customer>(found[i] >> 1U));
  }
  found.clear();
  constexpr std::size_t few = 16;
  if (came.size() + went.size() <= few) {
    for (const Customer customer : came) sets[rule].add(customer);
    for (const Customer customer : went) sets[rule].remove(customer);
    return;
  }
  CustomerSet entered, left;
  entered.add(came);
  left.add(went);
  sets[rule] |= entered;
  sets[rule] -= left;
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
      const std::uint64_t* rules = &program->rules_of_condition[c * rule_words];
      for (std::size_t w = 0; w < rule_words; ++w) dirty[w] |= rules[w];
    });
  }
  std::int64_t* of = words(customer);
  std::uint64_t* bits = rule_bits(of);
  for (std::size_t w = 0; w < dirty.size(); ++w) {
    while (dirty[w] != 0) {  // rules that refer to this one come later
      const auto low = static_cast<std::size_t>(__builtin_ctzll(dirty[w]));
      dirty[w] &= dirty[w] - 1;
      const std::uint32_t r = program->order[w * 64 + low];
      const bool holds = rule_holds(r, condition_bits(of), bits);
      const std::uint64_t bit = std::uint64_t{1} << (r % 64);
      if (holds == ((bits[r / 64] & bit) != 0)) continue;
      bits[r / 64] ^= bit;
      const Customer whom = id_at<Customer>(customer);
      note(r, whom, holds);
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

std::int64_t SegmentStream::State::period_end(RulePeriod period, std::int64_t at) {
  PeriodNow& known = period_now[static_cast<std::size_t>(period)];
  if (at < known.from || at >= known.to) {
    const RuleSpan span{.kind = RuleWindowKind::this_period, .period = period};
    known = {machine.bounds(span, at).low, machine.leaves_at(span, at)};
  }
  return known.to;
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
    rule_bits(of)[r / 64] &= ~(std::uint64_t{1} << (r % 64));
    note(r, id_at<Customer>(customer), false);
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
