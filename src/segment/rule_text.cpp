// Rules as text.

#include <array>

#include "emptor/segment/rule.hpp"
#include "emptor/table/consent.hpp"
#include "segment/rule_fields.hpp"
#include "segment/rule_lexer.hpp"

namespace emptor {

namespace {

constexpr std::string_view compare_words[] = {"=", "!=", "<", "<=", ">", ">="};
constexpr std::string_view period_words[] = {"day", "week", "month", "quarter", "year"};

std::string quoted(std::string_view content) {
  std::string out = "\"";
  for (const char c : content) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string duration_text(std::int64_t seconds) {
  struct Unit {
    std::string_view name;
    std::int64_t seconds;
  };
  constexpr Unit units[] = {{"day", 86'400}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
  for (const Unit& unit : units) {
    if (seconds % unit.seconds != 0) continue;
    const std::int64_t count = seconds / unit.seconds;
    return text(count, ' ', unit.name, count == 1 ? "" : "s");
  }
  return {};
}

std::string date_text(std::int64_t seconds, bool local) {
  std::string out = to_string(Time{std::chrono::seconds{seconds}});
  if (local) out.pop_back();
  return seconds % 86'400 == 0 && local ? out.substr(0, out.size() - 9) : out;
}

std::string number_text(std::int64_t millionths) {
  std::string out = decimal_text(millionths, 6);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

std::string literal_text(const RuleNode& node) {
  switch (node.type) {
    case RuleType::number:
      return number_text(node.number);
    case RuleType::money:
      return text(decimal_text(node.number, node.scale), ' ', node.currency.code());
    case RuleType::duration:
      return duration_text(node.number);
    case RuleType::instant:
      return date_text(node.number, node.local);
    case RuleType::text:
      break;
  }
  return quoted(node.texts.front());
}

std::string field_text(const RuleNode& node) {
  const std::string& field = node.texts.front();
  if (!node.flag) return field;
  if (!detail::is_rule_name(field)) return "item." + quoted(field);
  return detail::is_own_field(field) ? "item." + field : field;
}

std::string anchor_text(const RuleNode& window) {
  const RuleNode& stream = window.children.front();
  const std::string of = to_text(stream);
  return text(window.flag ? "last " : "first ", stream.children.empty() ? of : "(" + of + ")");
}

std::string window_text(const RuleNode& node) {
  const std::string_view period = period_words[static_cast<std::size_t>(node.period)];
  const auto within = [&](std::string_view word) {
    return node.from == 0
               ? text(word, ' ', anchor_text(node))
               : text("within ", duration_text(node.from), ' ', word, ' ', anchor_text(node));
  };
  switch (node.window) {
    case RuleWindowKind::last:
      return "in last " + duration_text(node.from);
    case RuleWindowKind::ago:
      return text("from ", duration_text(node.from), " to ", duration_text(node.to), " ago");
    case RuleWindowKind::this_period:
      return text("in this ", period);
    case RuleWindowKind::previous:
      return text("in previous ", period);
    case RuleWindowKind::dates:
      if (node.to == RuleNode::no_date) return "since " + date_text(node.from, node.local);
      if (node.from == RuleNode::no_date) return "before " + date_text(node.to, node.local);
      return text("between ", date_text(node.from, node.local), " and ",
                  date_text(node.to, node.local));
    case RuleWindowKind::since_anchor:
      return within("since");
    case RuleWindowKind::after_anchor:
      return within("after");
    case RuleWindowKind::before_anchor:
      return within("before");
  }
  return {};
}

std::string stream_text(const RuleNode& node) {
  std::string out(detail::rule_source_name(node));
  for (const RuleNode& child : node.children) {
    out += child.kind == RuleKind::window ? text(' ', window_text(child))
                                          : text(" where ", to_text(child));
  }
  return out;
}

std::string step_text(const RuleNode& node) {
  std::string out = (node.flag ? "no " : "") + to_text(node.children.front());
  if (node.number != 0) out += " within " + duration_text(node.number);
  if (node.children.size() > 1) out += " without " + to_text(node.children[1]);
  return out;
}

std::string did_text(const RuleNode& node) {
  std::string out = "did(";
  for (const RuleNode& child : node.children) {
    if (child.kind == RuleKind::window) {
      out += ", " + window_text(child);
    } else {
      out += (&child == node.children.data() ? "" : " then ") + step_text(child);
    }
  }
  return out + ')';
}

/// Whether the node needs parentheses inside and, or, not.
bool is_loose(const RuleNode& node) {
  return node.kind == RuleKind::all_of || node.kind == RuleKind::any_of;
}

std::string joined(const RuleNode& node, std::string_view word) {
  std::string out;
  for (const RuleNode& child : node.children) {
    if (!out.empty()) out += word;
    out += is_loose(child) ? text('(', to_text(child), ')') : to_text(child);
  }
  return out;
}

std::string listed(const RuleNode& node, bool bare) {
  std::string out = "(";
  for (const std::string& one : node.texts) {
    if (out.size() > 1) out += ", ";
    out += bare ? one : quoted(one);
  }
  return out + ')';
}

bool is_kind_field(const RuleNode& node) {
  return node.kind == RuleKind::field && !node.flag && node.texts.front() == "kind";
}

std::string k_of_text(const RuleNode& node) {
  std::string out(node.compare == RuleCompare::at_least  ? "at least "
                  : node.compare == RuleCompare::at_most ? "at most "
                                                         : "exactly ");
  out += text(node.number, " of (");
  for (const RuleNode& child : node.children) {
    out += (&child == node.children.data() ? "" : ", ") + to_text(child);
  }
  return out + ')';
}

std::string consent_text(const RuleNode& node) {
  std::string out = "consent(" + quoted(node.texts.front());
  if (node.texts.size() > 1) out += ", " + quoted(node.texts[1]);
  const auto state = static_cast<ConsentState>(node.number);
  return state == ConsentState::granted ? out + ")" : text(out, ") is ", name(state));
}

std::string aggregate_text(const RuleNode& node) {
  std::string out = text(name(node.function), '(');
  if (!node.texts.empty()) {
    RuleNode field;
    field.flag = node.flag;
    field.texts = node.texts;
    out += field_text(field) + " of ";
  }
  return out + stream_text(node.children.front()) + ')';
}

}  // namespace

std::string to_text(const RuleNode& node) {
  switch (node.kind) {
    case RuleKind::all_of:
      return joined(node, " and ");
    case RuleKind::any_of:
      return joined(node, " or ");
    case RuleKind::negation:
      return "not " + joined(node, "");
    case RuleKind::k_of:
      return k_of_text(node);
    case RuleKind::compare: {
      const RuleNode& right = node.children[1];
      const bool bare = is_kind_field(node.children[0]);
      return text(to_text(node.children[0]), ' ',
                  compare_words[static_cast<std::size_t>(node.compare)], ' ',
                  bare ? right.texts.front() : to_text(right));
    }
    case RuleKind::one_of:
      return text(to_text(node.children[0]), node.flag ? " not in " : " in ",
                  listed(node, is_kind_field(node.children[0])));
    case RuleKind::absent:
      return to_text(node.children[0]) + (node.flag ? " is present" : " is absent");
    case RuleKind::did:
      return did_text(node);
    case RuleKind::tag:
      return "tag " + quoted(node.texts.front());
    case RuleKind::consent:
      return consent_text(node);
    case RuleKind::segment:
      return "segment " + quoted(node.texts.front());
    case RuleKind::literal:
      return literal_text(node);
    case RuleKind::aggregate:
      return aggregate_text(node);
    case RuleKind::age:
      return "age(" + to_text(node.children[0]) + ")";
    case RuleKind::attribute: {
      const std::string& column = node.texts.front();
      return "customer." + (detail::is_rule_name(column) ? column : quoted(column));
    }
    case RuleKind::field:
      return field_text(node);
    case RuleKind::stream:
      return stream_text(node);
    case RuleKind::window:
      return window_text(node);
    case RuleKind::step:
      return step_text(node);
  }
  return {};
}

}  // namespace emptor
