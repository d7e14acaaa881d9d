#pragma once
// Aggregates as JSON and back, by one list of members a type for both: what reward plans and
// scorecards are edited as. Reading ends at the first thing that is wrong and names it by JSON
// pointer (RFC 6901); writing leaves out what has its default. Thread safety: pure.
//
// A type takes part by specialising JsonMembers (an aggregate) or JsonValue (a leaf).

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"

namespace emptor::detail {

using Json = nlohmann::ordered_json;

/// Ends the reading at the first thing that is wrong.
struct JsonWrong {
  Error error;
};

[[noreturn]] inline void json_fail(const std::string& pointer, std::string message) {
  throw JsonWrong{{ErrorCode::invalid_option, std::move(message), pointer.empty() ? "/" : pointer}};
}

/// A member's name as a JSON pointer has it.
[[nodiscard]] inline std::string json_escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

/// `static void visit(auto& visit)` calls visit("name", &Struct::member) for each member, in the
/// canonical order.
template <class Struct>
struct JsonMembers;

/// `static void read(const Json&, const std::string& pointer, Value& to)` and
/// `static Json write(const Value&)`.
template <class Value>
struct JsonValue;

template <class Value>
void read_json(const Json& json, const std::string& pointer, Value& to) {
  JsonValue<Value>::read(json, pointer, to);
}
template <class Value>
[[nodiscard]] Json write_json(const Value& from) {
  return JsonValue<Value>::write(from);
}

[[nodiscard]] inline std::int64_t json_integer(const Json& json, const std::string& pointer) {
  if (json.is_number_float()) {
    json_fail(pointer, "must be a whole number of the smallest unit, not a fraction");
  }
  if (!json.is_number_integer()) json_fail(pointer, "must be a whole number");
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > 9'223'372'036'854'775'807U) {
    json_fail(pointer, "must be a whole number below 9.2e18");
  }
  return json.get<std::int64_t>();
}

template <class Number>
[[nodiscard]] Number json_integer_in(const Json& json, const std::string& pointer,
                                     std::int64_t least, std::int64_t most) {
  const std::int64_t value = json_integer(json, pointer);
  if (value < least || value > most) {
    json_fail(pointer, text("must be in [", least, ", ", most, "], got ", value));
  }
  return static_cast<Number>(value);
}

template <>
struct JsonValue<std::int64_t> {
  static void read(const Json& json, const std::string& pointer, std::int64_t& to) {
    to = json_integer(json, pointer);
  }
  static Json write(std::int64_t value) { return value; }
};
template <>
struct JsonValue<double> {
  static void read(const Json& json, const std::string& pointer, double& to) {
    if (!json.is_number()) json_fail(pointer, "must be a number");
    to = json.get<double>();
  }
  static Json write(double value) { return value; }
};
template <>
struct JsonValue<bool> {
  static void read(const Json& json, const std::string& pointer, bool& to) {
    if (!json.is_boolean()) json_fail(pointer, "must be true or false");
    to = json.get<bool>();
  }
  static Json write(bool value) { return value; }
};
template <>
struct JsonValue<std::string> {
  static void read(const Json& json, const std::string& pointer, std::string& to) {
    if (!json.is_string()) json_fail(pointer, "must be a text in quotes");
    to = json.get<std::string>();
  }
  static Json write(const std::string& value) { return value; }
};
template <>
struct JsonValue<std::chrono::seconds> {
  static void read(const Json& json, const std::string& pointer, std::chrono::seconds& to) {
    to = std::chrono::seconds{json_integer(json, pointer)};
  }
  static Json write(std::chrono::seconds value) { return std::int64_t{value.count()}; }
};
template <class Value>
struct JsonValue<std::optional<Value>> {
  static void read(const Json& json, const std::string& pointer, std::optional<Value>& to) {
    read_json(json, pointer, to.emplace());
  }
  /// An absent one is the default and not written.
  static Json write(const std::optional<Value>& value) { return write_json(*value); }
};
template <class Value>
struct JsonValue<std::vector<Value>> {
  static void read(const Json& json, const std::string& pointer, std::vector<Value>& to) {
    if (!json.is_array()) json_fail(pointer, "must be a list: […]");
    to.clear();
    to.reserve(json.size());
    for (const Json& element : json) {
      Value value{};
      read_json(element, text(pointer, "/", to.size()), value);
      to.push_back(std::move(value));
    }
  }
  static Json write(const std::vector<Value>& values) {
    Json out = Json::array();
    for (const Value& value : values) out.push_back(write_json(value));
    return out;
  }
};

/// Of an aggregate with JsonMembers.
template <class Struct>
struct JsonValue {
  static void read(const Json& json, const std::string& pointer, Struct& to) {
    if (!json.is_object()) json_fail(pointer, "must be an object: {…}");
    for (const auto& [key, value] : json.items()) {
      const std::string& name = key;
      bool known = false;
      const auto compare = [&](const char* member, auto) { known = known || name == member; };
      JsonMembers<Struct>::visit(compare);
      if (known) continue;
      std::string message = "is not known; known are";
      const auto append = [&](const char* member, auto) { message += text(" '", member, "'"); };
      JsonMembers<Struct>::visit(append);
      json_fail(pointer + "/" + json_escaped(name), std::move(message));
    }
    const auto take = [&](const char* name, auto member) {
      if (const auto found = json.find(name); found != json.end()) {
        read_json(*found, text(pointer, "/", name), to.*member);
      }
    };
    JsonMembers<Struct>::visit(take);
  }
  static Json write(const Struct& from) {
    Json out = Json::object();
    const Struct defaults{};
    const auto put = [&](const char* name, auto member) {
      if (!(from.*member == defaults.*member)) out[name] = write_json(from.*member);
    };
    JsonMembers<Struct>::visit(put);
    return out;
  }
};

/// "rules[2].amount" as a JSON pointer.
[[nodiscard]] inline std::string json_pointer_of(std::string_view path) {
  std::string out = "/";
  for (const char c : path) {
    if (c == '.' || c == '[') {
      out += '/';
    } else if (c != ']') {
      out += c;
    }
  }
  return out;
}

[[nodiscard]] inline std::string json_line_and_column(std::string_view json, std::size_t byte) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i + 1 < byte && i < json.size(); ++i) {
    ++column;
    if (json[i] == '\n') ++line, column = 1;
  }
  return text(line, ":", column);
}

/// Follows the parser: depth, where it is, and members that come twice.
class JsonWatcher {
 public:
  bool operator()(int depth, nlohmann::detail::parse_event_t event, const Json& parsed) {
    using Event = nlohmann::detail::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= deepest) json_fail("", text("must be nested at most ", deepest, " levels deep"));
      parts_.push_back({.list = event == Event::array_start});
    } else if (event == Event::object_end || event == Event::array_end) {
      parts_.pop_back();
      next();
    } else if (event == Event::value) {
      next();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      parts_.back().key = key;
      std::vector<std::string>& keys = parts_.back().keys;
      // A part with more members than this is refused for unknown ones later.
      if (keys.size() < most_members) {
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
          json_fail(pointer(), "is there twice in one object");
        }
        keys.push_back(key);
      }
    }
    return true;
  }
  /// Of the value that is being read.
  [[nodiscard]] std::string pointer() const {
    std::string out;
    for (const Part& part : parts_) {
      out += '/';
      out += part.list ? text(part.place) : json_escaped(part.key);
    }
    return out;
  }

 private:
  static constexpr int deepest = 16;
  static constexpr std::size_t most_members = 64;

  struct Part {  // an object or a list that is open
    bool list = false;
    std::size_t place = 0;            // in the list
    std::string key{};                // the latest of the object
    std::vector<std::string> keys{};  // of the object so far
  };

  void next() {
    if (!parts_.empty() && parts_.back().list) ++parts_.back().place;
  }

  std::vector<Part> parts_;
};

/// A text of at most `most_bytes` as an aggregate. `what` it is, e.g. "plan"; `problems(draft)`
/// lists what is wrong with it, by path.
template <class Draft, class Problems>
[[nodiscard]] Result<Draft> parse_json_draft(std::string_view json, std::size_t most_bytes,
                                             const char* what, const Problems& problems) {
  if (json.size() > most_bytes) {
    return Error{ErrorCode::invalid_value,
                 text("a ", what, " has at most ", most_bytes, " bytes, got ", json.size()), what};
  }
  try {
    Json parsed;
    JsonWatcher watcher;
    const auto watch = [&](int depth, nlohmann::detail::parse_event_t event, const Json& part) {
      return watcher(depth, event, part);
    };
    try {
      parsed = Json::parse(json.begin(), json.end(), watch);
    } catch (const Json::parse_error& error) {
      return Error{ErrorCode::invalid_value, "not JSON here",
                   json_line_and_column(json, error.byte)};
    } catch (const Json::exception&) {  // numbers beyond a double
      const std::string pointer = watcher.pointer();
      return Error{ErrorCode::invalid_value, "a number is too large",
                   pointer.empty() ? "/" : pointer};
    }
    Draft draft;
    read_json(parsed, "", draft);
    for (Error& problem : problems(draft)) {
      problem.where = json_pointer_of(problem.where);
      return problem;
    }
    return draft;
  } catch (const JsonWrong& wrong) {
    return wrong.error;
  }
}

}  // namespace emptor::detail
