#include "emptor/score/scorecard_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <utility>

namespace emptor {

namespace {

using Json = nlohmann::ordered_json;

constexpr int deepest = 16;

/// Ends the reading at the first thing that is wrong.
struct Wrong {
  Error error;
};

[[noreturn]] void fail(const std::string& pointer, std::string message) {
  throw Wrong{{ErrorCode::invalid_option, std::move(message), pointer.empty() ? "/" : pointer}};
}

/// A member's name as a JSON pointer has it (RFC 6901).
std::string escaped(std::string_view name) {
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

template <class Struct>
struct Tag {};

// The members of each part: one list for reading and writing, in the canonical order.

template <class Visit>
void members(Visit& visit, Tag<ScorecardAttribute>) {
  visit("name", &ScorecardAttribute::name);
  visit("categories", &ScorecardAttribute::categories);
}
template <class Visit>
void members(Visit& visit, Tag<ScorecardName>) {
  visit("name", &ScorecardName::name);
  visit("id", &ScorecardName::id);
}
template <class Visit>
void members(Visit& visit, Tag<ScorecardAxis>) {
  visit("id", &ScorecardAxis::id);
  visit("minimum", &ScorecardAxis::minimum);
  visit("maximum", &ScorecardAxis::maximum);
}
template <class Visit>
void members(Visit& visit, Tag<ScorecardRule>) {
  visit("id", &ScorecardRule::id);
  visit("axis", &ScorecardRule::axis);
  visit("points", &ScorecardRule::points);
  visit("attribute", &ScorecardRule::attribute);
  visit("from", &ScorecardRule::from);
  visit("to", &ScorecardRule::to);
  visit("any_of", &ScorecardRule::any_of);
  visit("missing", &ScorecardRule::missing);
  visit("events", &ScorecardRule::events);
  visit("channels", &ScorecardRule::channels);
  visit("window_seconds", &ScorecardRule::window);
  visit("half_life_seconds", &ScorecardRule::half_life);
  visit("at_least", &ScorecardRule::at_least);
  visit("at_most", &ScorecardRule::at_most);
  visit("maximum", &ScorecardRule::maximum);
}
template <class Visit>
void members(Visit& visit, Tag<ScorecardReset>) {
  visit("event", &ScorecardReset::event);
  visit("axes", &ScorecardReset::axes);
  visit("rules", &ScorecardReset::rules);
}
template <class Visit>
void members(Visit& visit, Tag<ScorecardBand>) {
  visit("name", &ScorecardBand::name);
  visit("up", &ScorecardBand::up);
  visit("down", &ScorecardBand::down);
}
template <class Visit>
void members(Visit& visit, Tag<ScorecardGrading>) {
  visit("axis", &ScorecardGrading::axis);
  visit("bands", &ScorecardGrading::bands);
}
template <class Visit>
void members(Visit& visit, Tag<ScorecardDraft>) {
  visit("id", &ScorecardDraft::id);
  visit("version", &ScorecardDraft::version);
  visit("attributes", &ScorecardDraft::attributes);
  visit("events", &ScorecardDraft::events);
  visit("channels", &ScorecardDraft::channels);
  visit("axes", &ScorecardDraft::axes);
  visit("minimum", &ScorecardDraft::minimum);
  visit("maximum", &ScorecardDraft::maximum);
  visit("rules", &ScorecardDraft::rules);
  visit("resets", &ScorecardDraft::resets);
  visit("gradings", &ScorecardDraft::gradings);
}

std::int64_t integer(const Json& json, const std::string& at) {
  if (!json.is_number_integer()) fail(at, "must be a whole number");
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > 9'223'372'036'854'775'807U) {
    fail(at, "must be a whole number below 9.2e18");
  }
  return json.get<std::int64_t>();
}

void read(const Json& json, const std::string& at, std::int64_t& to) {
  to = integer(json, at);
}
void read(const Json& json, const std::string& at, double& to) {
  if (!json.is_number()) fail(at, "must be a number");
  to = json.get<double>();
}
void read(const Json& json, const std::string& at, bool& to) {
  if (!json.is_boolean()) fail(at, "must be true or false");
  to = json.get<bool>();
}
void read(const Json& json, const std::string& at, std::string& to) {
  if (!json.is_string()) fail(at, "must be a text in quotes");
  to = json.get<std::string>();
}
void read(const Json& json, const std::string& at, std::chrono::seconds& to) {
  to = std::chrono::seconds{integer(json, at)};
}
template <class Value>
void read(const Json& json, const std::string& at, std::optional<Value>& to) {
  read(json, at, to.emplace());
}

/// The parts that have a list of members.
template <class Struct>
concept Described =
    std::same_as<Struct, ScorecardAttribute> || std::same_as<Struct, ScorecardName> ||
    std::same_as<Struct, ScorecardAxis> || std::same_as<Struct, ScorecardRule> ||
    std::same_as<Struct, ScorecardReset> || std::same_as<Struct, ScorecardBand> ||
    std::same_as<Struct, ScorecardGrading> || std::same_as<Struct, ScorecardDraft>;

template <Described Struct>
void read(const Json& json, const std::string& at, Struct& to);

template <class Value>
void read(const Json& json, const std::string& at, std::vector<Value>& to) {
  if (!json.is_array()) fail(at, "must be a list: […]");
  to.clear();
  to.reserve(json.size());
  for (const Json& element : json) {
    Value value{};
    read(element, text(at, "/", to.size()), value);
    to.push_back(std::move(value));
  }
}

template <Described Struct>
void read(const Json& json, const std::string& at, Struct& to) {
  if (!json.is_object()) fail(at, "must be an object: {…}");
  const auto known = [&](const std::string& key) {
    bool found = false;
    const auto compare = [&](const char* name, auto) { found = found || key == name; };
    members(compare, Tag<Struct>{});
    return found;
  };
  for (const auto& [key, value] : json.items()) {
    if (known(key)) continue;
    std::string message = "is not known; known are";
    const auto append = [&](const char* name, auto) { message += text(" '", name, "'"); };
    members(append, Tag<Struct>{});
    fail(at + "/" + escaped(key), std::move(message));
  }
  const auto take = [&](const char* name, auto member) {
    if (const auto found = json.find(name); found != json.end()) {
      read(*found, text(at, "/", name), to.*member);
    }
  };
  members(take, Tag<Struct>{});
}

Json write(std::int64_t value) {
  return value;
}
Json write(double value) {
  return value;
}
Json write(bool value) {
  return value;
}
Json write(const std::string& value) {
  return value;
}
Json write(std::chrono::seconds value) {
  return std::int64_t{value.count()};
}
template <class Value>
Json write(const std::optional<Value>& value) {
  return write(*value);  // an absent one is the default and not written
}
template <Described Struct>
Json write(const Struct& from);
template <class Value>
Json write(const std::vector<Value>& values) {
  Json out = Json::array();
  for (const Value& value : values) out.push_back(write(value));
  return out;
}
template <Described Struct>
Json write(const Struct& from) {
  Json out = Json::object();
  const Struct defaults{};
  const auto put = [&](const char* name, auto member) {
    if (!(from.*member == defaults.*member)) out[name] = write(from.*member);
  };
  members(put, Tag<Struct>{});
  return out;
}

/// "rules[2].amount" as a JSON pointer.
std::string pointer_of(std::string_view path) {
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

std::string line_and_column(std::string_view json, std::size_t byte) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i + 1 < byte && i < json.size(); ++i) {
    ++column;
    if (json[i] == '\n') ++line, column = 1;
  }
  return text(line, ":", column);
}

/// Follows the parser: depth, and members that come twice.
class Watcher {
 public:
  bool operator()(int depth, nlohmann::detail::parse_event_t event, const Json& parsed) {
    using Event = nlohmann::detail::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= deepest) fail("", text("must be nested at most ", deepest, " levels deep"));
      if (event == Event::object_start) keys_.emplace_back();
    } else if (event == Event::object_end) {
      keys_.pop_back();
    } else if (event == Event::key) {
      std::vector<std::string>& keys = keys_.back();
      const auto& key = parsed.get_ref<const std::string&>();
      // Parts have at most 15 members; a part with more is refused for unknown ones later.
      if (keys.size() < 64 && std::find(keys.begin(), keys.end(), key) != keys.end()) {
        fail("/" + escaped(key), "is there twice in one object");
      }
      if (keys.size() < 64) keys.push_back(key);
    }
    return true;
  }

 private:
  std::vector<std::vector<std::string>> keys_;
};

}  // namespace

Result<Scorecard> parse_scorecard(std::string_view json) {
  if (json.size() > max_scorecard_bytes) {
    return Error{ErrorCode::invalid_value,
                 text("a scorecard has at most ", max_scorecard_bytes, " bytes, got ", json.size()),
                 "scorecard"};
  }
  try {
    Json parsed;
    try {
      parsed = Json::parse(json.begin(), json.end(), Watcher{});
    } catch (const Json::parse_error& error) {
      return Error{ErrorCode::invalid_value, "not JSON here", line_and_column(json, error.byte)};
    } catch (const Json::exception&) {  // numbers beyond a double
      return Error{ErrorCode::invalid_value, "a number is too large", "scorecard"};
    }
    ScorecardDraft draft;
    read(parsed, "", draft);
    for (Error& problem : scorecard_problems(draft)) {
      problem.where = pointer_of(problem.where);
      return problem;
    }
    return Scorecard(std::move(draft));
  } catch (const Wrong& wrong) {
    return wrong.error;
  }
}

std::string to_json(const Scorecard& card) {
  return write(card.content()).dump();
}

std::string to_json(const Scorecard& card, int indent) {
  require_option(indent >= 0 && indent <= 8, "indent", "in [0, 8]", indent);
  return write(card.content()).dump(indent) + '\n';
}

}  // namespace emptor
