// Records, windows and measures; rule_conditions.cpp has the conditions.

#include "segment/rule_machine.hpp"

#include <algorithm>
#include <chrono>

namespace emptor::detail {

namespace {

constexpr std::uint32_t no_code = 0xffffffff;

}  // namespace

std::int64_t rule_seconds(Time time, std::string_view where) {
  const std::int64_t seconds = time.time_since_epoch().count();
  if (seconds < -most_rule_seconds || seconds > most_rule_seconds) {
    throw Exception(ErrorCode::out_of_range, "a time lies some 30,000 years from today",
                    std::string(where));
  }
  return seconds;
}

RuleMachine::RuleMachine(const RuleProgram& program, const Customers* customers, const Items* items,
                         const Keys<Channel>& channels)
    : program_(&program),
      items_(items),
      channels_(&channels),
      item_columns_(program.schema.item_columns.size(), nullptr),
      attributes_(program.schema.attributes.size(), nullptr) {
  const auto lacking = [](std::string_view what, std::string_view column) {
    return Exception(
        ErrorCode::not_found,
        text("a rule asks for the column '", column, "' of ", what, ", which the table lacks"),
        "RuleSegments");
  };
  const auto need_item = [&](const RuleField& field) {
    if (field.code != RuleFieldCode::column) return;
    const std::string& column = program.schema.item_columns[field.place];
    item_columns_[field.place] = items == nullptr ? nullptr : items->find_column(column);
    if (item_columns_[field.place] == nullptr) throw lacking("items", column);
  };
  for (const RuleTest& test : program.tests) need_item(test.field);
  for (const RuleMeasure& measure : program.measures) need_item(measure.field);
  for (std::size_t a = 0; a < attributes_.size(); ++a) {
    if (program.conditions_of_attribute[a].empty()) continue;
    const std::string& column = program.schema.attributes[a].name;
    attributes_[a] = customers == nullptr ? nullptr : customers->find_column(column);
    if (attributes_[a] == nullptr) throw lacking("customers", column);
  }
  seen_texts_ = known_texts() + 1;
  refresh();
}

std::size_t RuleMachine::known_texts() const {
  std::size_t known = channels_->size() + (items_ == nullptr ? 0 : items_->size());
  for (const auto* column : item_columns_) known += column == nullptr ? 0 : column->texts().size();
  for (const auto* column : attributes_) known += column == nullptr ? 0 : column->texts().size();
  return known;
}

bool RuleMachine::refresh() {
  const std::size_t known = known_texts();
  if (known == seen_texts_) return false;
  seen_texts_ = known;
  const auto codes_of = [](const auto& keys, const std::vector<std::string>& texts) {
    std::vector<std::uint32_t> codes;
    for (const std::string& one : texts) {
      if (const auto found = keys.find(one)) codes.push_back(static_cast<std::uint32_t>(*found));
    }
    return codes;
  };
  test_codes_.assign(program_->tests.size(), {});
  for (std::size_t t = 0; t < program_->tests.size(); ++t) {
    const RuleTest& test = program_->tests[t];
    if (test.kind != RuleTest::Kind::texts) continue;
    if (test.field.code == RuleFieldCode::kind) {
      for (const std::string& one : test.texts) {
        test_codes_[t].push_back(static_cast<std::uint32_t>(*event_kind(one)));
      }
    } else if (test.field.code == RuleFieldCode::channel) {
      test_codes_[t] = codes_of(*channels_, test.texts);
    } else if (test.field.code == RuleFieldCode::column) {
      test_codes_[t] = codes_of(item_columns_[test.field.place]->texts(), test.texts);
    } else if (items_ != nullptr) {
      test_codes_[t] = codes_of(items_->keys(), test.texts);
    }
  }
  condition_codes_.assign(program_->conditions.size(), {});
  for (std::size_t c = 0; c < program_->conditions.size(); ++c) {
    const RuleCondition& condition = program_->conditions[c];
    if (condition.kind != RuleCondition::Kind::texts) continue;
    condition_codes_[c] = codes_of(attributes_[condition.left.measure]->texts(), condition.texts);
  }
  return true;
}

std::uint32_t RuleMachine::code(const RuleField& field, const RuleRecord& record) const {
  switch (field.code) {
    case RuleFieldCode::item:
      return record.item;
    case RuleFieldCode::order:
      return record.order;
    case RuleFieldCode::channel:
      return record.channel;
    case RuleFieldCode::kind:
      return record.kind;
    case RuleFieldCode::day: {
      const Time time{std::chrono::seconds{record.time}};
      return static_cast<std::uint32_t>(
          local_day(time, program_->schema.offset).time_since_epoch().count());
    }
    default:
      return static_cast<std::uint32_t>(item_columns_[field.place]->code_at(Item{record.item}));
  }
}

bool RuleMachine::holds(std::size_t place, const RuleRecord& record) const {
  const RuleTest& test = program_->tests[place];
  if (test.kind == RuleTest::Kind::presence) {
    return (code(test.field, record) == no_code) == test.negate;
  }
  if (test.kind == RuleTest::Kind::texts) {
    const std::uint32_t has = code(test.field, record);
    const std::vector<std::uint32_t>& codes = test_codes_[place];
    return has != no_code &&
           (std::find(codes.begin(), codes.end(), has) != codes.end()) != test.negate;
  }
  switch (test.field.code) {
    case RuleFieldCode::amount:
      return test.range.holds(record.amount);
    case RuleFieldCode::quantity:
      return test.range.holds(record.quantity);
    case RuleFieldCode::lines:
      return test.range.holds(record.item);
    default:
      break;
  }
  const Time time{std::chrono::seconds{record.time}};
  const Day day = local_day(time, program_->schema.offset);
  if (test.field.code == RuleFieldCode::weekday) {
    return test.range.holds(std::chrono::weekday{day}.iso_encoding());
  }
  return test.range.holds((time + program_->schema.offset - Time{day}).count() / 3600);
}

void RuleMachine::mask(const RuleRecord& record, std::span<const std::uint32_t> streams,
                       std::uint64_t* words) const {
  for (const std::uint32_t s : streams) {
    const RuleStream& stream = program_->streams[s];
    bool in = true;
    if (stream.plain_and) {
      for (const RuleOp& op : stream.filter) {
        if (op.kind == RuleOp::Kind::leaf && !holds(op.place, record)) {
          in = false;
          break;
        }
      }
    } else {
      std::vector<bool> stack;
      for (const RuleOp& op : stream.filter) {
        if (op.kind == RuleOp::Kind::leaf) {
          stack.push_back(holds(op.place, record));
          continue;
        }
        std::size_t hold = 0;
        for (std::uint32_t i = 0; i < op.count; ++i) {
          hold += stack.back() ? 1 : 0;
          stack.pop_back();
        }
        stack.push_back(op.kind == RuleOp::Kind::all   ? hold == op.count
                        : op.kind == RuleOp::Kind::any ? hold > 0
                                                       : hold == 0);
      }
      in = stack.back();
    }
    if (in) words[s / 64] |= std::uint64_t{1} << (s % 64);
  }
}

RuleRecord RuleMachine::order_of(const RuleRecord& line) {
  RuleRecord order = line;
  order.kind = record_order;
  order.item = 1;
  return order;
}

void RuleMachine::join(RuleRecord& order, const RuleRecord& line) const {
  order.amount += line.amount;
  order.quantity += line.quantity;
  ++order.item;
  if (line.time != order.time || line.channel == order.channel || line.channel == no_code) return;
  // Of first lines at one instant the smaller name, whatever the order of their coming.
  if (order.channel == no_code ||
      channels_->key(Channel{line.channel}) < channels_->key(Channel{order.channel})) {
    order.channel = line.channel;
  }
}

std::int64_t RuleMachine::period_start(RulePeriod period, std::int64_t time) const {
  using namespace std::chrono;
  const Day day = local_day(Time{seconds{time}}, program_->schema.offset);
  Day start = day;
  const year_month_day date{day};
  const unsigned month = static_cast<unsigned>(date.month());
  if (period == RulePeriod::week) start = day - (weekday{day} - Monday);
  if (period == RulePeriod::month) start = date.year() / date.month() / 1;
  if (period == RulePeriod::quarter) start = date.year() / ((month - 1) / 3 * 3 + 1) / 1;
  if (period == RulePeriod::year) start = date.year() / 1 / 1;
  return (Time{start} - program_->schema.offset).time_since_epoch().count();
}

std::int64_t RuleMachine::period_end(RulePeriod period, std::int64_t time) const {
  constexpr std::int64_t day = 86'400;
  // Longer than any such period, and shorter than two.
  constexpr std::int64_t beyond[] = {day, 7 * day, 31 * day, 92 * day, 366 * day};
  const std::int64_t start = period_start(period, time);
  return period_start(period, start + beyond[static_cast<std::size_t>(period)]);
}

void RuleMachine::bounds(std::int64_t now, std::vector<RuleBounds>& out) const {
  out.clear();
  for (const RuleSpan& span : program_->spans) out.push_back(bounds(span, now));
}

RuleBounds RuleMachine::bounds(const RuleSpan& span, std::int64_t now) const {
  if (span.anchor != RuleSpan::no_anchor) return {rule_absent, now};
  switch (span.kind) {
    case RuleWindowKind::last:
    case RuleWindowKind::ago:
      return {now - span.from + 1, now - span.to};
    case RuleWindowKind::this_period:
      return {period_start(span.period, now), now};
    case RuleWindowKind::previous: {
      const std::int64_t high = period_start(span.period, now) - 1;
      return {period_start(span.period, high), high};
    }
    default:
      return {span.from, std::min(now, span.to - 1)};
  }
}

std::int64_t RuleMachine::enters_at(const RuleSpan& span, std::int64_t time) const {
  if (span.holds_now) return time;
  return span.kind == RuleWindowKind::ago ? time + span.to : period_end(span.period, time);
}

std::int64_t RuleMachine::leaves_at(const RuleSpan& span, std::int64_t time) const {
  switch (span.kind) {
    case RuleWindowKind::last:
    case RuleWindowKind::ago:
      return time + span.from;
    case RuleWindowKind::this_period:
      return period_end(span.period, time);
    case RuleWindowKind::previous:
      return period_end(span.period, period_end(span.period, time));
    default:
      return rule_never;
  }
}

bool RuleMachine::take(const RuleMeasure& measure, const RuleRecord& record, std::int64_t& slot) {
  switch (measure.function) {
    case RuleFunction::count:
      --slot;
      return true;
    case RuleFunction::sum:
      slot -= field_value(measure.field.code, record);
      return true;
    case RuleFunction::first:
    case RuleFunction::last:
      return record.time != slot;
    default:
      return field_value(measure.field.code, record) != slot;
  }
}

std::int64_t RuleMachine::distinct(const RuleMeasure& measure, const RuleHistory& history,
                                   const RuleBounds& bounds,
                                   std::vector<std::uint32_t>& scratch) const {
  scratch.clear();
  for (std::size_t i = 0; i < history.records.size(); ++i) {
    const RuleRecord& record = history.records[i];
    if (!history.in(i, measure.stream) || !bounds.contains(record.time)) continue;
    const std::uint32_t has = code(measure.field, record);
    if (has != no_code) scratch.push_back(has);
  }
  std::sort(scratch.begin(), scratch.end());
  return std::unique(scratch.begin(), scratch.end()) - scratch.begin();
}

bool RuleMachine::is_new(const RuleMeasure& measure, const RuleHistory& history,
                         std::int64_t low) const {
  std::size_t i = history.records.size() - 1;
  const std::uint32_t has = code(measure.field, history.records[i]);
  if (has == no_code) return false;
  while (i-- > 0 && history.records[i].time >= low) {
    if (history.in(i, measure.stream) && code(measure.field, history.records[i]) == has) {
      return false;
    }
  }
  return true;
}

bool RuleMachine::anchored(const RuleSpan& span, const RuleHistory& history,
                           RuleBounds& bounds) const {
  const std::size_t size = history.records.size();
  std::size_t at = size;
  for (std::size_t i = 0; i < size && at == size; ++i) {
    const std::size_t place = span.last_anchor ? size - 1 - i : i;
    if (history.in(place, span.anchor)) at = place;
  }
  if (at == size) return false;
  const std::int64_t anchor = history.records[at].time;
  switch (span.kind) {
    case RuleWindowKind::since_anchor:
      bounds.low = anchor;
      break;
    case RuleWindowKind::after_anchor:
      bounds.low = anchor + 1;
      if (span.from > 0) bounds.high = std::min(bounds.high, anchor + span.from);
      break;
    default:
      bounds.high = anchor - 1;
      if (span.from > 0) bounds.low = anchor - span.from;
      break;
  }
  return true;
}

std::int64_t RuleMachine::sequence(const RuleMeasure& measure, const RuleHistory& history,
                                   const RuleBounds& bounds, std::int64_t now,
                                   std::int64_t& next) const {
  // Of every step the latest time it was completed, and of its without-stream the latest time,
  // both before the records of the present instant: of all that came before, the latest is the
  // best to go on from. `waiting`: the earliest completion that no following B has answered.
  struct Mark {
    std::int64_t done = rule_absent, done_now = rule_absent;
    std::int64_t cut = rule_absent, cut_now = rule_absent;
  };
  constexpr std::size_t few = 8;
  Mark small[few];
  std::vector<Mark> large(measure.steps.size() > few ? measure.steps.size() : 0);
  Mark* marks = large.empty() ? small : large.data();
  const bool negative = measure.waits();
  const std::size_t positive = measure.steps.size() - (negative ? 1 : 0);
  const RuleStep& last = measure.steps.back();
  std::int64_t waiting = rule_absent;
  const std::size_t size = history.records.size();
  std::size_t i = 0;
  while (i < size && history.records[i].time < bounds.low) ++i;
  while (i < size) {
    const std::int64_t time = history.records[i].time;
    bool answered = false;
    for (; i < size && history.records[i].time == time; ++i) {
      answered = answered || (negative && history.in(i, last.stream));
      for (std::size_t k = 0; k < positive; ++k) {
        const RuleStep& step = measure.steps[k];
        if (step.without != RuleStep::no_stream && history.in(i, step.without)) {
          marks[k].cut_now = time;
        }
        if (time > bounds.high || !history.in(i, step.stream)) continue;
        if (k > 0) {
          const std::int64_t before = marks[k - 1].done;
          if (before == rule_absent || time - before > step.within || marks[k].cut > before) {
            continue;
          }
        }
        marks[k].done_now = time;
      }
    }
    if (answered && waiting != rule_absent) {
      if (time - waiting > last.within) return 1;
      waiting = rule_absent;
    }
    const bool completed = marks[positive - 1].done_now == time;
    if (completed && !negative) return 1;
    if (completed && waiting == rule_absent) waiting = time;
    for (std::size_t k = 0; k < positive; ++k) {
      marks[k].done = marks[k].done_now;
      marks[k].cut = marks[k].cut_now;
    }
  }
  if (waiting == rule_absent) return 0;
  if (now - waiting >= last.within) return 1;
  next = std::min(next, waiting + last.within);
  return 0;
}

std::int64_t RuleMachine::measure(std::uint32_t m, const RuleHistory& history,
                                  const RuleBounds& span_bounds, std::int64_t now,
                                  std::int64_t& next, std::vector<std::uint32_t>& scratch) const {
  const RuleMeasure& measure = program_->measures[m];
  const RuleSpan& span = program_->spans[measure.span];
  RuleBounds bounds = span_bounds;
  if (span.anchor != RuleSpan::no_anchor && !anchored(span, history, bounds)) {
    return measure.nothing();
  }
  if (measure.kind == RuleMeasure::Kind::sequence) {
    return sequence(measure, history, bounds, now, next);
  }
  if (measure.function == RuleFunction::distinct) {
    return distinct(measure, history, bounds, scratch);
  }
  std::int64_t slot = measure.nothing();
  for (std::size_t i = history.records.size(); i-- > 0;) {
    if (history.records[i].time < bounds.low) break;
    if (history.in(i, measure.stream) && history.records[i].time <= bounds.high) {
      add(measure, history.records[i], slot);
    }
  }
  return slot;
}

}  // namespace emptor::detail
