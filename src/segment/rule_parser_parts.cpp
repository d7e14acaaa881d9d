#include <algorithm>
#include <chrono>
#include <utility>

#include "segment/rule_parser.hpp"

namespace emptor::detail {

namespace {

constexpr std::string_view period_names[] = {"day", "week", "month", "quarter", "year"};

constexpr std::int64_t longest_seconds = std::int64_t{36'600} * 86'400;

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};
constexpr Unit unit_list[] = {
    {"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86'400}, {"week", 604'800}};

/// The unit of this name, singular or plural, or null.
const Unit* unit_of(std::string_view word) noexcept {
  for (const Unit& unit : unit_list) {
    if (word == unit.name || (word.size() == unit.name.size() + 1 && word.back() == 's' &&
                              word.starts_with(unit.name))) {
      return &unit;
    }
  }
  return nullptr;
}

bool names_long_unit(std::string_view word) noexcept {
  return word == "month" || word == "months" || word == "quarter" || word == "quarters" ||
         word == "year" || word == "years";
}

bool is_currency(std::string_view word) noexcept {
  return word.size() == 3 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

int two_digits(std::string_view word, std::size_t at) noexcept {
  return (word[at] - '0') * 10 + (word[at + 1] - '0');
}

RuleNode node_of(RuleKind kind, const RuleToken& at) {
  RuleNode node;
  node.kind = kind;
  node.place = static_cast<std::uint32_t>(at.place + 1);
  return node;
}

}  // namespace

bool RuleParser::accept(std::string_view word) {
  if (!is_name(word)) return false;
  next();
  return true;
}
bool RuleParser::accept_sign(std::string_view sign) {
  if (peek().kind != RuleTokenKind::sign || peek().word != sign) return false;
  next();
  return true;
}
void RuleParser::expect(std::string_view word) {
  if (!accept(word)) {
    fail(peek().place, ErrorCode::invalid_value,
         text("expected '", word, "', got ", shown(peek())));
  }
}
void RuleParser::expect_sign(std::string_view sign) {
  if (!accept_sign(sign)) {
    fail(peek().place, ErrorCode::invalid_value,
         text("expected '", sign, "', got ", shown(peek())));
  }
}
std::string RuleParser::shown(const RuleToken& token) {
  if (token.kind == RuleTokenKind::end) return "the end";
  if (token.kind == RuleTokenKind::text) return "a text in quotes";
  return text("'", token.word, "'");
}

std::string RuleParser::quoted(std::string_view what) {
  const RuleToken& word = next();
  if (word.kind != RuleTokenKind::text) {
    fail(word.place, ErrorCode::invalid_value,
         text("expected ", what, " in quotes, got ", shown(word)));
  }
  return word.content;
}

std::string RuleParser::known_text(std::string_view what, const std::vector<std::string>& known) {
  const std::size_t place = peek().place;
  std::string wanted = quoted(text("a ", what));
  if (std::find(known.begin(), known.end(), wanted) == known.end()) {
    fail(place, ErrorCode::not_found,
         text("there is no ", what, " '", wanted, "'",
              near_names(wanted, {known.begin(), known.end()})));
  }
  return wanted;
}

std::int64_t RuleParser::whole_number(std::string_view what) {
  const RuleToken& number = next();
  const Result<std::int64_t> units = parse_decimal(number.word, 0);
  if (number.kind != RuleTokenKind::number || !units || *units < 0 || *units > 1'000'000) {
    fail(number.place, ErrorCode::invalid_value,
         text("expected a whole number, ", what, ", got ", shown(number)));
  }
  return *units;
}

std::int64_t RuleParser::units(const RuleToken& number, const RuleToken& unit) {
  const Unit* known = unit.kind == RuleTokenKind::name ? unit_of(unit.word) : nullptr;
  if (known == nullptr) {
    fail(
        unit.place, ErrorCode::invalid_value,
        unit.kind == RuleTokenKind::name && names_long_unit(unit.word)
            ? text("'", unit.word, "' has no fixed length: say days, or 'in this' or 'in previous'")
            : text("expected seconds, minutes, hours, days or weeks, got ", shown(unit)));
  }
  const Result<std::int64_t> count = parse_decimal(number.word, 0);
  if (!count || *count < 0 || *count > longest_seconds / known->seconds) {
    fail(number.place, ErrorCode::invalid_value,
         text("a duration is a whole number of up to 36600 days, got '", number.word, "'"));
  }
  return *count * known->seconds;
}

std::int64_t RuleParser::duration(bool zero) {
  const RuleToken& number = next();
  if (number.kind != RuleTokenKind::number) {
    fail(number.place, ErrorCode::invalid_value,
         text("expected a duration such as '30 days', got ", shown(number)));
  }
  const std::int64_t seconds = units(number, next());
  if (seconds == 0 && !zero) {
    fail(number.place, ErrorCode::invalid_value, "this duration must be longer than nothing");
  }
  return seconds;
}

RuleNode RuleParser::date_literal() {
  const RuleToken& word = next();
  const std::string_view date = word.word;
  RuleNode node = node_of(RuleKind::literal, word);
  node.type = RuleType::instant;
  node.local = date.back() != 'Z';
  const std::chrono::year_month_day day{
      std::chrono::year{two_digits(date, 0) * 100 + two_digits(date, 2)},
      std::chrono::month{static_cast<unsigned>(two_digits(date, 5))},
      std::chrono::day{static_cast<unsigned>(two_digits(date, 8))}};
  std::int64_t seconds = 0;
  bool valid = day.ok();
  if (date.size() > 11) {
    const int hour = two_digits(date, 11), minute = two_digits(date, 14);
    const int second = date.size() > 18 ? two_digits(date, 17) : 0;
    valid = valid && hour < 24 && minute < 60 && second < 60;
    seconds = hour * 3600 + minute * 60 + second;
  }
  if (!valid) fail(word.place, ErrorCode::invalid_value, text("there is no date '", date, "'"));
  node.number = Time{Day{day}}.time_since_epoch().count() + seconds;
  return node;
}

RuleNode RuleParser::literal() {
  const RuleToken& word = peek();
  if (word.kind == RuleTokenKind::date) return date_literal();
  RuleNode node = node_of(RuleKind::literal, word);
  if (word.kind == RuleTokenKind::text) {
    node.type = RuleType::text;
    node.texts.push_back(next().content);
    return node;
  }
  if (word.kind != RuleTokenKind::number) {
    fail(word.place, ErrorCode::invalid_value, text("expected a value, got ", shown(word)));
  }
  next();
  const RuleToken& unit = peek();
  if (unit.kind == RuleTokenKind::name && (unit_of(unit.word) || names_long_unit(unit.word))) {
    node.type = RuleType::duration;
    node.number = units(word, next());
    return node;
  }
  const Result<std::int64_t> read = parse_decimal(word.word, 6);
  if (!read) {
    fail(word.place, ErrorCode::invalid_value,
         text("a number has at most six decimals and stays below 9.2e12, got '", word.word, "'"));
  }
  node.number = *read;
  node.scale = 6;
  if (unit.kind == RuleTokenKind::name && is_currency(unit.word)) {
    node.type = RuleType::money;
    node.currency = Currency(unit.word);
    if (node.currency != schema_.currency) {
      fail(unit.place, ErrorCode::currency_mismatch,
           text("amounts are in ", schema_.currency.code(), ", got ", unit.word));
    }
    next();
    to_shop_money(node);
  }
  return node;
}

void RuleParser::to_shop_money(RuleNode& literal) {
  const bool amount = literal.type == RuleType::number || literal.type == RuleType::money;
  if (literal.kind != RuleKind::literal || !amount) return;
  if (literal.type == RuleType::money && literal.scale == schema_.price_scale) return;
  const std::int64_t unit = power_of_ten(literal.scale - schema_.price_scale);
  if (literal.number % unit != 0) {
    fail(std::size_t{literal.place} - 1, ErrorCode::invalid_value,
         text("amounts have at most ", schema_.price_scale, " decimals"));
  }
  literal.type = RuleType::money;
  literal.number /= unit;
  literal.scale = static_cast<std::uint8_t>(schema_.price_scale);
  literal.currency = schema_.currency;
}

RuleNode RuleParser::source() {
  const RuleToken& word = next();
  RuleNode node = node_of(RuleKind::stream, word);
  std::vector<std::string_view> known;
  for (int s = 0; s <= static_cast<int>(RuleSource::events); ++s) {
    node.source = RuleSource(s);
    known.push_back(rule_source_name(node));
    if (word.kind == RuleTokenKind::name && word.word == known.back()) return node;
  }
  node.source = RuleSource::event;
  for (std::size_t i = 0; i < event_kind_count; ++i) {
    node.event = EventKind(i);
    known.push_back(rule_source_name(node));
    if (word.kind == RuleTokenKind::name && word.word == known.back()) return node;
  }
  fail(word.place, ErrorCode::not_found,
       text("expected orders, sales, refunds, lines, events or a kind of event, got ", shown(word),
            word.kind == RuleTokenKind::name ? near_names(word.word, known) : std::string()));
}

void RuleParser::filter(RuleNode& stream) {
  if (!accept("where")) return;
  const RuleNode of = stream;
  filtered_ = &of;
  stream.children.push_back(rule());
  filtered_ = nullptr;
}

RuleNode RuleParser::stream(bool windows) {
  RuleNode node = source();
  RuleNode span;
  bool has_window = false;
  if (windows && at_window()) {
    span = window();
    has_window = true;
  }
  filter(node);
  if (windows && !has_window && at_window()) {
    span = window();
    has_window = true;
  }
  if (has_window) node.children.insert(node.children.begin(), std::move(span));
  return node;
}

bool RuleParser::at_window() const {
  const bool anchored = is_name("after") || is_name("before");
  return is_name("in") || is_name("from") || is_name("between") || is_name("since") || anchored ||
         is_name("within");
}

RuleNode RuleParser::window() {
  const RuleToken& word = next();
  RuleNode node = node_of(RuleKind::window, word);
  node.from = node.to = RuleNode::no_date;
  if (word.word == "in") {
    if (accept("last")) {
      node.window = RuleWindowKind::last;
      node.from = duration(false);
      node.to = 0;
      return node;
    }
    node.window = is_name("previous") ? RuleWindowKind::previous : RuleWindowKind::this_period;
    if (!accept("previous") && !accept("this")) {
      fail(peek().place, ErrorCode::invalid_value,
           text("expected 'last', 'this' or 'previous', got ", shown(peek())));
    }
    const RuleToken& period = next();
    for (int p = 0; p <= static_cast<int>(RulePeriod::year); ++p) {
      node.period = RulePeriod(p);
      if (period.kind == RuleTokenKind::name && period.word == period_names[p]) {
        node.from = node.to = 0;
        return node;
      }
    }
    fail(period.place, ErrorCode::invalid_value,
         text("expected day, week, month, quarter or year, got ", shown(period)));
  }
  if (word.word == "from") {
    node.window = RuleWindowKind::ago;
    const std::size_t place = peek().place;
    node.from = duration(false);
    expect("to");
    node.to = duration(true);
    expect("ago");
    if (node.from <= node.to) {
      fail(place, ErrorCode::invalid_value, "the span must begin before it ends");
    }
    return node;
  }
  if (word.word == "within") {
    node.from = duration(false);
    const bool after = is_name("after");
    if (!after && !is_name("before")) {
      fail(peek().place, ErrorCode::invalid_value,
           text("expected 'after' or 'before', got ", shown(peek())));
    }
    next();
    node.window = after ? RuleWindowKind::after_anchor : RuleWindowKind::before_anchor;
    return anchored(std::move(node));
  }
  if (word.word != "between" && (is_name("first") || is_name("last"))) {
    node.window = word.word == "since"   ? RuleWindowKind::since_anchor
                  : word.word == "after" ? RuleWindowKind::after_anchor
                                         : RuleWindowKind::before_anchor;
    node.from = 0;
    return anchored(std::move(node));
  }
  if (word.word == "after" || peek().kind != RuleTokenKind::date) {
    fail(peek().place, ErrorCode::invalid_value,
         text("expected ",
              word.word == "after" ? "'first' or 'last'; of a date say 'since'"
                                   : "a date such as 2025-12-31",
              ", got ", shown(peek())));
  }
  node.window = RuleWindowKind::dates;
  const RuleNode date = date_literal();
  node.local = date.local;
  (word.word == "before" ? node.to : node.from) = date.number;
  if (word.word != "between") return node;
  expect("and");
  const std::size_t place = peek().place;
  if (peek().kind != RuleTokenKind::date) {
    fail(place, ErrorCode::invalid_value, text("expected a date, got ", shown(peek())));
  }
  const RuleNode end = date_literal();
  node.to = end.number;
  if (end.local != node.local) {
    fail(place, ErrorCode::invalid_value, "one date is in UTC (Z) and the other is not");
  }
  if (node.from >= node.to) {
    fail(place, ErrorCode::invalid_value, "the span must begin before it ends");
  }
  return node;
}

RuleNode RuleParser::anchored(RuleNode node) {
  node.to = 0;
  node.flag = is_name("last");
  if (!accept("last") && !accept("first")) {
    fail(peek().place, ErrorCode::invalid_value,
         text("expected 'first' or 'last', got ", shown(peek())));
  }
  if (!accept_sign("(")) {
    node.children.push_back(source());
    return node;
  }
  node.children.push_back(stream(false));
  expect_sign(")");
  return node;
}

RuleNode RuleParser::sequence() {
  RuleNode node = node_of(RuleKind::did, next());
  expect_sign("(");
  node.children.push_back(step(true));
  while (accept("then")) {
    if (node.children.back().flag) {
      fail(peek().place, ErrorCode::invalid_value, "a step with 'no' must be the last one");
    }
    node.children.push_back(step(false));
  }
  if (accept_sign(",")) {
    if (!at_window()) {
      fail(peek().place, ErrorCode::invalid_value,
           text("expected a window such as 'in last 30 days', got ", shown(peek())));
    }
    node.children.push_back(window());
  }
  expect_sign(")");
  return node;
}

RuleNode RuleParser::step(bool first) {
  const RuleToken& begin = peek();
  RuleNode node = node_of(RuleKind::step, begin);
  node.flag = accept("no");
  if (node.flag && first) {
    fail(begin.place, ErrorCode::invalid_value, "the first step cannot be 'no'");
  }
  node.children.push_back(stream(false));
  if (!first && is_name("within")) {
    next();
    node.number = duration(false);
  }
  if (node.flag && node.number == 0) {
    fail(peek().place, ErrorCode::invalid_value,
         text("a step with 'no' needs 'within' and a duration, got ", shown(peek())));
  }
  if (!first && is_name("without")) {
    if (node.flag) {
      fail(peek().place, ErrorCode::invalid_value, "a step with 'no' has no 'without'");
    }
    next();
    node.children.push_back(stream(false));
  }
  return node;
}

}  // namespace emptor::detail
