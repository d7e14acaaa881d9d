#include "segment/rule_parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "segment/rule_fields.hpp"

namespace emptor {

namespace detail {

namespace {

constexpr std::array<std::string_view, 8> compare_words{"=", "!=", "<", "<=", ">", ">=", "", ""};

RuleNode node_of(RuleKind kind, const RuleToken& at) {
  RuleNode node;
  node.kind = kind;
  node.place = static_cast<std::uint32_t>(at.place + 1);
  return node;
}

}  // namespace

/// Counts how deep it stands.
class RuleParser::Level {
 public:
  explicit Level(RuleParser& parser) : parser_(parser) {
    if (++parser.depth_ > max_rule_depth) {
      parser.fail(parser.peek().place, ErrorCode::invalid_value,
                  text("nested deeper than ", max_rule_depth, " levels"));
    }
  }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() { --parser_.depth_; }

 private:
  RuleParser& parser_;
};

RuleNode RuleParser::whole() {
  RuleNode node = rule();
  if (peek().kind != RuleTokenKind::end) {
    fail(peek().place, ErrorCode::invalid_value,
         text("expected 'and', 'or' or the end, got ", shown(peek())));
  }
  return node;
}

RuleNode RuleParser::rule() {
  const Level level(*this);
  const RuleToken& begin = peek();
  RuleNode first = conjunction();
  if (!is_name("or")) return first;
  RuleNode node = node_of(RuleKind::any_of, begin);
  node.children.push_back(std::move(first));
  while (accept("or")) node.children.push_back(conjunction());
  return node;
}

RuleNode RuleParser::conjunction() {
  const RuleToken& begin = peek();
  RuleNode first = unary();
  if (!is_name("and")) return first;
  RuleNode node = node_of(RuleKind::all_of, begin);
  node.children.push_back(std::move(first));
  while (accept("and")) node.children.push_back(unary());
  return node;
}

RuleNode RuleParser::unary() {
  const Level level(*this);
  const RuleToken& begin = peek();
  if (accept("not")) {
    RuleNode node = node_of(RuleKind::negation, begin);
    node.children.push_back(unary());
    return node;
  }
  if (accept_sign("(")) {
    RuleNode node = rule();
    expect_sign(")");
    return node;
  }
  if (filtered_ == nullptr) {
    if (is_name("at") || is_name("exactly")) return k_of();
    if (is_name("did")) return sequence();
    if (is_name("tag") || is_name("segment") || is_name("consent")) return fact();
  }
  return comparison();
}

RuleNode RuleParser::k_of() {
  RuleNode node = node_of(RuleKind::k_of, peek());
  node.compare = RuleCompare::equal;
  if (!accept("exactly")) {
    next();
    const bool least = accept("least");
    if (!least) expect("most");
    node.compare = least ? RuleCompare::at_least : RuleCompare::at_most;
  }
  const RuleToken& count = peek();
  node.number = whole_number("how many of the rules hold");
  expect("of");
  expect_sign("(");
  do {
    node.children.push_back(rule());
  } while (accept_sign(","));
  expect_sign(")");
  const auto rules = static_cast<std::int64_t>(node.children.size());
  const std::int64_t least = node.compare == RuleCompare::at_least ? 1 : 0;
  if (node.number < least || node.number > rules) {
    fail(
        count.place, ErrorCode::invalid_value,
        text("of ", rules, " rules ", least, " to ", rules, " may be asked for, got ", count.word));
  }
  return node;
}

RuleNode RuleParser::fact() {
  const RuleToken& word = next();
  if (word.word == "segment") {
    RuleNode node = node_of(RuleKind::segment, word);
    node.texts.push_back(quoted("a segment's name"));
    return node;
  }
  if (word.word == "tag") {
    RuleNode node = node_of(RuleKind::tag, word);
    node.texts.push_back(known_text("tag", schema_.tags));
    return node;
  }
  RuleNode node = node_of(RuleKind::consent, word);
  expect_sign("(");
  node.texts.push_back(known_text("purpose", schema_.purposes));
  if (accept_sign(",")) node.texts.push_back(known_text("channel", schema_.channels));
  expect_sign(")");
  node.number = static_cast<std::int64_t>(ConsentState::granted);
  if (accept("is")) {
    const RuleToken& state = next();
    node.number = -1;
    for (int s = 0; s <= static_cast<int>(ConsentState::withdrawn); ++s) {
      if (state.kind == RuleTokenKind::name && state.word == name(ConsentState(s))) node.number = s;
    }
    if (node.number < 0) {
      fail(state.place, ErrorCode::invalid_value,
           text("consent is granted, denied, withdrawn or unknown, got ", shown(state)));
    }
  }
  return node;
}

RuleNode RuleParser::comparison() {
  const RuleToken& begin = peek();
  RuleNode left = filtered_ != nullptr ? field() : value();
  const RuleToken& sign = peek();
  if (is_name("is")) {
    next();
    if (left.kind == RuleKind::literal) {
      fail(begin.place, ErrorCode::invalid_value, "a literal is never absent");
    }
    RuleNode node = node_of(RuleKind::absent, begin);
    node.flag = accept("present");
    if (!node.flag) expect("absent");
    node.children.push_back(std::move(left));
    return node;
  }
  if (is_name("in") || is_name("not")) return list(std::move(left), begin);
  if (is_name("between")) {
    next();
    RuleNode node = node_of(RuleKind::all_of, begin);
    RuleNode again = left;
    node.children.push_back(
        compared(std::move(left), RuleCompare::at_least, sign, begin, operand()));
    expect("and");
    node.children.push_back(
        compared(std::move(again), RuleCompare::at_most, sign, begin, operand()));
    return node;
  }
  const auto found = std::find(compare_words.begin(), compare_words.end(),
                               sign.kind == RuleTokenKind::sign ? sign.word : "?");
  if (found == compare_words.end()) {
    fail(sign.place, ErrorCode::invalid_value,
         text("expected a comparison (=, !=, <, <=, >, >=, in, between, is), got ", shown(sign)));
  }
  next();
  const auto compare = static_cast<RuleCompare>(found - compare_words.begin());
  return compared(std::move(left), compare, sign, begin, operand());
}

RuleNode RuleParser::operand() {
  if (filtered_ == nullptr) return value();
  const RuleToken& begin = peek();
  if (begin.kind == RuleTokenKind::name) {  // kind = view
    RuleNode node = node_of(RuleKind::literal, begin);
    node.type = RuleType::text;
    node.texts.emplace_back(next().word);
    node.flag = true;
    return node;
  }
  return literal();
}

RuleNode RuleParser::compared(RuleNode left, RuleCompare compare, const RuleToken& sign,
                              const RuleToken& begin, RuleNode right) {
  const auto place = [](const RuleNode& node) { return std::size_t{node.place} - 1; };
  if (left.kind == RuleKind::literal && right.kind == RuleKind::literal) {
    fail(place(left), ErrorCode::invalid_value, "two literals are compared with each other");
  }
  if (left.type == RuleType::money) to_shop_money(right);
  if (right.type == RuleType::money) to_shop_money(left);
  if (left.type != right.type) {
    fail(place(right), ErrorCode::invalid_value,
         text(name(left.type), " is compared with ", name(right.type)));
  }
  if (left.type == RuleType::text) {
    if (compare != RuleCompare::equal && compare != RuleCompare::unequal) {
      fail(sign.place, ErrorCode::invalid_value, "texts are compared by = and != alone");
    }
    if (left.kind == RuleKind::literal) std::swap(left, right);
    if (right.kind != RuleKind::literal) {
      fail(place(right), ErrorCode::invalid_value, "a text is compared with a text in quotes");
    }
    check_text(left, right.texts.front(), place(right), right.flag);
    right.flag = false;
  }
  RuleNode node = node_of(RuleKind::compare, begin);
  node.compare = compare;
  node.children.push_back(std::move(left));
  node.children.push_back(std::move(right));
  return node;
}

RuleNode RuleParser::list(RuleNode left, const RuleToken& begin) {
  RuleNode node = node_of(RuleKind::one_of, begin);
  node.flag = accept("not");
  expect("in");
  if (left.type != RuleType::text || left.kind == RuleKind::literal) {
    fail(begin.place, ErrorCode::invalid_value, "lists are for attributes and fields of texts");
  }
  expect_sign("(");
  do {
    const RuleToken& word = next();
    const bool bare = word.kind == RuleTokenKind::name;
    if (!bare && word.kind != RuleTokenKind::text) {
      fail(word.place, ErrorCode::invalid_value,
           text("expected a text in quotes, got ", shown(word)));
    }
    std::string one = bare ? std::string(word.word) : word.content;
    check_text(left, one, word.place, bare);
    node.texts.push_back(std::move(one));
  } while (accept_sign(","));
  expect_sign(")");
  node.children.push_back(std::move(left));
  return node;
}

void RuleParser::check_text(const RuleNode& of, std::string_view word, std::size_t place,
                            bool bare) {
  const bool kind = of.kind == RuleKind::field && !of.flag && of.texts.front() == "kind";
  if (bare && !kind) {
    fail(place, ErrorCode::invalid_value, text("expected a text in quotes, got '", word, "'"));
  }
  if (kind && !event_kind(word)) {
    std::vector<std::string_view> kinds;
    for (std::size_t i = 0; i < event_kind_count; ++i) kinds.push_back(name(EventKind(i)));
    fail(place, ErrorCode::not_found,
         text("there is no kind of event '", word, "'", near_names(word, kinds)));
  }
}

RuleNode RuleParser::value() {
  const RuleToken& begin = peek();
  if (begin.kind != RuleTokenKind::name) return literal();
  if (begin.word == "customer") return attribute();
  if (begin.word == "age") {
    next();
    RuleNode node = node_of(RuleKind::age, begin);
    node.type = RuleType::duration;
    expect_sign("(");
    const RuleToken& of = peek();
    RuleNode instant = value();
    if (instant.kind != RuleKind::aggregate || instant.type != RuleType::instant) {
      fail(of.place, ErrorCode::invalid_value, "an age is of first(...) or last(...)");
    }
    node.children.push_back(std::move(instant));
    expect_sign(")");
    return node;
  }
  for (int f = 0; f <= static_cast<int>(RuleFunction::last); ++f) {
    if (begin.word == name(RuleFunction(f))) return aggregate(RuleFunction(f));
  }
  std::vector<std::string_view> known{
      "customer", "age", "did", "tag", "segment", "consent",  "at",    "exactly", "not",
      "count",    "sum", "min", "max", "average", "distinct", "first", "last"};
  fail(begin.place, ErrorCode::not_found,
       text("expected a condition, got '", begin.word, "'", near_names(begin.word, known)));
}

RuleNode RuleParser::attribute() {
  RuleNode node = node_of(RuleKind::attribute, next());
  expect_sign(".");
  const RuleToken& column = next();
  if (column.kind != RuleTokenKind::name && column.kind != RuleTokenKind::text) {
    fail(column.place, ErrorCode::invalid_value,
         text("expected a column of customers, got ", shown(column)));
  }
  const std::string_view wanted =
      column.kind == RuleTokenKind::name ? column.word : std::string_view(column.content);
  std::vector<std::string_view> known;
  for (const RuleAttribute& one : schema_.attributes) {
    known.push_back(one.name);
    if (one.name != wanted) continue;
    node.type = one.type;
    node.texts.push_back(one.name);
    return node;
  }
  fail(column.place, ErrorCode::not_found,
       text("customers have no column '", wanted, "'", near_names(wanted, known)));
}

RuleNode RuleParser::aggregate(RuleFunction function) {
  RuleNode node = node_of(RuleKind::aggregate, next());
  node.function = function;
  expect_sign("(");
  const RuleToken* of = nullptr;
  bool column = false;
  std::string field_name;
  const bool plain = function == RuleFunction::count || function == RuleFunction::first ||
                     function == RuleFunction::last;
  if (!plain) {
    of = &peek();
    field_name = read_field_name(column);
    expect("of");
  }
  node.children.push_back(stream(true));
  expect_sign(")");
  if (plain) {
    node.type = function == RuleFunction::count ? RuleType::number : RuleType::instant;
    return node;
  }
  const RuleFieldUse use =
      function == RuleFunction::distinct ? RuleFieldUse::distinct : RuleFieldUse::number;
  const RuleField found = find_field(node.children.front(), field_name, column, of->place, use);
  node.type = function == RuleFunction::distinct ? RuleType::number : found.type;
  node.flag = found.column;
  node.texts.push_back(std::move(field_name));
  return node;
}

std::string RuleParser::read_field_name(bool& column) {
  const RuleToken& word = next();
  if (word.kind != RuleTokenKind::name) {
    fail(word.place, ErrorCode::invalid_value, text("expected a field, got ", shown(word)));
  }
  column = word.word == "item" && accept_sign(".");
  if (!column) return std::string(word.word);
  const RuleToken& after = next();
  if (after.kind == RuleTokenKind::text) return after.content;
  if (after.kind == RuleTokenKind::name) return std::string(after.word);
  fail(after.place, ErrorCode::invalid_value,
       text("expected a column of items, got ", shown(after)));
}

RuleNode RuleParser::field() {
  const RuleToken& begin = peek();
  RuleNode node = node_of(RuleKind::field, begin);
  bool column = false;
  std::string field_name = read_field_name(column);
  const RuleField found =
      find_field(*filtered_, field_name, column, begin.place, RuleFieldUse::filter);
  node.type = found.type;
  node.flag = found.column;
  node.texts.push_back(std::move(field_name));
  return node;
}

RuleField RuleParser::find_field(const RuleNode& stream, std::string_view field_name, bool column,
                                 std::size_t place, RuleFieldUse use) {
  if (const auto found = rule_field(stream.source, field_name, column, schema_, use)) return *found;
  const std::string_view source = rule_source_name(stream);
  for (const RuleFieldUse other :
       {RuleFieldUse::filter, RuleFieldUse::number, RuleFieldUse::distinct}) {
    if (!rule_field(stream.source, field_name, column, schema_, other)) continue;
    constexpr std::string_view uses[] = {"stand in a filter", "be added up", "be counted apart"};
    fail(place, ErrorCode::invalid_value,
         text("'", field_name, "' of ", source, " cannot ", uses[static_cast<std::size_t>(use)]));
  }
  const bool of_lines = rule_field(RuleSource::sales, field_name, column, schema_, use).has_value();
  fail(place, ErrorCode::not_found,
       text(source, " have no field '", field_name, "'",
            of_lines ? std::string("; sales have")
                     : near_names(field_name, rule_fields(stream.source, schema_, use))));
}

RuleNode parsed_rule(std::string_view text, const RuleSchema& schema) {
  if (text.size() > max_rule_bytes) {
    fail_rule(
        text.substr(0, 1), 0, ErrorCode::invalid_value,
        emptor::text("a rule has at most ", max_rule_bytes, " bytes, this one ", text.size()));
  }
  RuleParser parser(text, schema);
  return parser.whole();
}

}  // namespace detail

Result<RuleNode> parse_rule(std::string_view text, const RuleSchema& schema) {
  require_option(schema.price_scale >= 0 && schema.price_scale <= max_price_scale, "price_scale",
                 "in [0, 6]", schema.price_scale);
  try {
    return detail::parsed_rule(text, schema);
  } catch (const Exception& bad) {
    return bad.error();
  }
}

}  // namespace emptor
