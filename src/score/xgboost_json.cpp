#include "score/xgboost_json.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "emptor/text/utf8.hpp"

namespace emptor::detail {

namespace {

constexpr int deepest = 32;

class Parser {
 public:
  explicit Parser(std::string_view json) : json_(json) {}

  XgboostValue whole() {
    XgboostValue value = any(0);
    space();
    if (at_ != json_.size()) wrong("nothing may follow the model");
    return value;
  }

 private:
  [[noreturn]] void wrong(const char* message) const {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t i = 0; i < at_ && i < json_.size(); ++i) {
      ++column;
      if (json_[i] == '\n') ++line, column = 1;
    }
    xgboost_fail(ErrorCode::corrupt, text("not JSON here: ", message), text(line, ":", column));
  }

  void space() {
    while (at_ < json_.size() &&
           (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\t' || json_[at_] == '\r')) {
      ++at_;
    }
  }
  /// The next character but spaces.
  char look() {
    space();
    if (at_ == json_.size()) wrong("the file ends too early");
    return json_[at_];
  }
  bool word(std::string_view wanted) {
    if (json_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  XgboostValue any(int depth) {
    const char c = look();
    if ((c == '{' || c == '[') && depth == deepest) wrong("nested too deep");
    if (c == '{') return object(depth + 1);
    if (c == '[') return list(depth + 1);
    if (c == '"') return {string()};
    if (word("true")) return {true};
    if (word("false")) return {false};
    if (word("null")) return {};
    return {number()};
  }

  XgboostValue object(int depth) {
    XgboostValue::Object members;
    ++at_;
    if (look() == '}') return ++at_, XgboostValue{std::move(members)};
    for (;;) {
      if (look() != '"') wrong("a member's name must follow");
      std::string name = string();
      if (look() != ':') wrong("':' must follow");
      ++at_;
      members.emplace_back(std::move(name), any(depth));
      const char c = look();
      ++at_;
      if (c == '}') return {std::move(members)};
      if (c != ',') --at_, wrong("',' or '}' must follow");
    }
  }

  XgboostValue list(int depth) {
    XgboostValue::Numbers numbers;
    XgboostValue::List values;
    bool plain = true;  // only numbers so far
    ++at_;
    if (look() == ']') return ++at_, XgboostValue{std::move(numbers)};
    for (;;) {
      const char c = look();
      if (plain && (c == '{' || c == '[' || c == '"' || c == 'n')) {
        plain = false;
        for (const double number : numbers) values.push_back({number});
        numbers = {};
      }
      if (!plain) {
        values.push_back(any(depth));
      } else if (word("true")) {
        numbers.push_back(1);
      } else if (word("false")) {
        numbers.push_back(0);
      } else {
        numbers.push_back(number());
      }
      const char next = look();
      ++at_;
      if (next == ']') break;
      if (next != ',') --at_, wrong("',' or ']' must follow");
    }
    if (plain) return {std::move(numbers)};
    return {std::move(values)};
  }

  double number() {
    std::size_t end = at_;
    const auto part_of_number = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '-' || c == '+' || c == '.';
    };
    while (end < json_.size() && part_of_number(json_[end])) ++end;
    const std::optional<double> value = xgboost_number(json_.substr(at_, end - at_));
    if (!value) wrong("a value must follow");
    at_ = end;
    return *value;
  }

  std::uint32_t hex4() {
    std::uint32_t code = 0;
    const char* const from = json_.data() + at_;
    if (json_.size() - at_ < 4) wrong("four hexadecimal digits must follow");
    const auto [end, error] = std::from_chars(from, from + 4, code, 16);
    if (error != std::errc{} || end != from + 4) wrong("four hexadecimal digits must follow");
    at_ += 4;
    return code;
  }

  void escape(std::string& to) {
    if (at_ == json_.size()) wrong("the file ends too early");
    const char c = json_[at_++];
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t found = names.find(c); found != std::string_view::npos) {
      to += meanings[found];
      return;
    }
    if (c != 'u') wrong("no such escape");
    std::uint32_t code = hex4();
    if (code >= 0xD800 && code < 0xDC00 && word("\\u")) {
      const std::uint32_t low = hex4();
      if (low < 0xDC00 || low > 0xDFFF) wrong("half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    } else if (code >= 0xD800 && code < 0xE000) {
      wrong("half of a surrogate pair");
    }
    append_utf8(to, code);
  }

  std::string string() {
    std::string out;
    ++at_;
    for (;;) {
      if (at_ >= json_.size()) wrong("the file ends too early");
      const char c = json_[at_];
      if (c == '"') return ++at_, out;
      if (c == '\\') {
        ++at_;
        escape(out);
      } else if (static_cast<unsigned char>(c) < 0x80) {
        out += c;
        ++at_;
      } else {
        const Utf8Character character = utf8_character(json_, at_);
        if (!character.valid) wrong("not UTF-8");
        out.append(json_.substr(at_, character.bytes));
        at_ += character.bytes;
      }
    }
  }

  std::string_view json_;
  std::size_t at_ = 0;
};

const char* what(const XgboostValue& value) {
  constexpr const char* names[] = {"null",   "true or false", "a number", "a text",
                                   "a list", "a list",        "an object"};
  return names[value.content.index()];
}

}  // namespace

void xgboost_fail(ErrorCode code, std::string message, std::string where) {
  if (where.empty()) where.assign("/");
  throw XgboostWrong{{code, std::move(message), std::move(where)}};
}

std::optional<double> xgboost_number(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  const std::string_view size = text.substr(negative ? 1 : 0);
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (size == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (size == "Infinity") return negative ? -infinite : infinite;
  if (size.empty() || size.front() < '0' || size.front() > '9') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc{}) return value;
  // Beyond a double on one side or the other: the sign of the exponent says on which.
  const std::size_t exponent = text.find_first_of("eE");
  const bool tiny = exponent == std::string_view::npos
                        ? text.starts_with("0.") || text.starts_with("-0.")
                        : text.find('-', exponent) != std::string_view::npos;
  const double limit = tiny ? 0 : infinite;
  return negative ? -limit : limit;
}

XgboostValue parse_xgboost_json(std::string_view json) {
  return Parser(json).whole();
}

std::optional<XgboostNode> XgboostNode::find(std::string_view member) const {
  const auto* const object = std::get_if<XgboostValue::Object>(&value_->content);
  if (object == nullptr) fail(emptor::text("must be an object, got ", what(*value_)));
  for (const auto& [name, value] : *object) {
    if (name == member) return XgboostNode(value, emptor::text(pointer_, "/", member));
  }
  return std::nullopt;
}

XgboostNode XgboostNode::operator[](std::string_view member) const {
  std::optional<XgboostNode> found = find(member);
  if (!found) xgboost_fail(ErrorCode::corrupt, "is missing", emptor::text(pointer_, "/", member));
  return *std::move(found);
}

std::size_t XgboostNode::size() const {
  if (const auto* const list = std::get_if<XgboostValue::List>(&value_->content)) {
    return list->size();
  }
  return numbers().size();
}

XgboostNode XgboostNode::at(std::size_t index) const {
  const auto* const list = std::get_if<XgboostValue::List>(&value_->content);
  if (list == nullptr) fail("must not be a list of numbers");
  return {(*list)[index], emptor::text(pointer_, "/", index)};
}

const std::vector<double>& XgboostNode::numbers() const {
  const auto* const numbers = std::get_if<XgboostValue::Numbers>(&value_->content);
  if (numbers == nullptr) fail(emptor::text("must be a list of numbers, got ", what(*value_)));
  return *numbers;
}

const std::vector<double>& XgboostNode::numbers(std::size_t size) const {
  const std::vector<double>& found = numbers();
  if (found.size() != size) {
    fail(emptor::text("must be a list of ", size, " numbers, got ", found.size()));
  }
  return found;
}

const std::string& XgboostNode::text() const {
  const auto* const text = std::get_if<std::string>(&value_->content);
  if (text == nullptr) fail(emptor::text("must be a text, got ", what(*value_)));
  return *text;
}

double XgboostNode::number() const {
  if (const double* const number = std::get_if<double>(&value_->content)) return *number;
  const std::optional<double> parsed = is_text() ? xgboost_number(text()) : std::nullopt;
  if (!parsed) fail("must be a number");
  return *parsed;
}

std::size_t XgboostNode::count(std::size_t greatest) const {
  const double value = number();
  if (!(value >= 0 && value <= static_cast<double>(greatest)) || value != std::floor(value)) {
    fail(emptor::text("must be a whole number of at most ", greatest));
  }
  return static_cast<std::size_t>(value);
}

std::size_t XgboostNode::count(std::string_view member, std::size_t greatest,
                               std::size_t otherwise) const {
  const std::optional<XgboostNode> found = find(member);
  return found ? found->count(greatest) : otherwise;
}

bool XgboostNode::is_text() const noexcept {
  return std::holds_alternative<std::string>(value_->content);
}

}  // namespace emptor::detail
