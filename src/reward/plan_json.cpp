#include "emptor/reward/plan_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <type_traits>
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
void members(Visit& visit, Tag<TimeWindow>) {
  visit("from", &TimeWindow::from);
  visit("to", &TimeWindow::to);
}
template <class Visit>
void members(Visit& visit, Tag<RewardTrigger>) {
  visit("event", &RewardTrigger::event);
  visit("first", &RewardTrigger::first);
  visit("last", &RewardTrigger::last);
  visit("every", &RewardTrigger::every);
  visit("minimum_of", &RewardTrigger::minimum_of);
  visit("minimum", &RewardTrigger::minimum);
  visit("items", &RewardTrigger::items);
  visit("categories", &RewardTrigger::categories);
  visit("channels", &RewardTrigger::channels);
  visit("campaigns", &RewardTrigger::campaigns);
  visit("segments", &RewardTrigger::segments);
  visit("without_segments", &RewardTrigger::without_segments);
  visit("lowest_tier", &RewardTrigger::lowest_tier);
  visit("highest_tier", &RewardTrigger::highest_tier);
}
template <class Visit>
void members(Visit& visit, Tag<RewardBeneficiary>) {
  visit("party", &RewardBeneficiary::party);
  visit("level", &RewardBeneficiary::level);
  visit("role", &RewardBeneficiary::role);
  visit("lowest_tier", &RewardBeneficiary::lowest_tier);
}
template <class Visit>
void members(Visit& visit, Tag<RewardStep>) {
  visit("from", &RewardStep::from);
  visit("value", &RewardStep::value);
}
template <class Visit>
void members(Visit& visit, Tag<RewardAmount>) {
  visit("form", &RewardAmount::form);
  visit("fixed", &RewardAmount::fixed);
  visit("basis_points", &RewardAmount::basis_points);
  visit("base", &RewardAmount::base);
  visit("marginal", &RewardAmount::marginal);
  visit("measure", &RewardAmount::measure);
  visit("steps", &RewardAmount::steps);
  visit("times", &RewardAmount::times);
}
template <class Visit>
void members(Visit& visit, Tag<RewardHold>) {
  visit("seconds", &RewardHold::duration);
  visit("until", &RewardHold::until);
}
template <class Visit>
void members(Visit& visit, Tag<RewardCap>) {
  visit("id", &RewardCap::id);
  visit("per", &RewardCap::per);
  visit("measure", &RewardCap::measure);
  visit("window", &RewardCap::window);
  visit("rolling_days", &RewardCap::rolling_days);
  visit("offset_minutes", &RewardCap::offset);
  visit("limit", &RewardCap::limit);
  visit("kind", &RewardCap::kind);
  visit("level", &RewardCap::level);
}
template <class Visit>
void members(Visit& visit, Tag<RewardGroup>) {
  visit("id", &RewardGroup::id);
  visit("stacking", &RewardGroup::stacking);
}
template <class Visit>
void members(Visit& visit, Tag<RewardRule>) {
  visit("id", &RewardRule::id);
  visit("trigger", &RewardRule::trigger);
  visit("beneficiary", &RewardRule::beneficiary);
  visit("amount", &RewardRule::amount);
  visit("kind", &RewardRule::kind);
  visit("gift", &RewardRule::gift);
  visit("rounding", &RewardRule::rounding);
  visit("hold", &RewardRule::hold);
  visit("expires_seconds", &RewardRule::expires_after);
  visit("group", &RewardRule::group);
  visit("priority", &RewardRule::priority);
  visit("caps", &RewardRule::caps);
}
template <class Visit>
void members(Visit& visit, Tag<RewardPlanDraft>) {
  visit("id", &RewardPlanDraft::id);
  visit("version", &RewardPlanDraft::version);
  visit("currency", &RewardPlanDraft::currency);
  visit("valid", &RewardPlanDraft::valid);
  visit("max_paid_depth", &RewardPlanDraft::max_paid_depth);
  visit("pay_without_sale", &RewardPlanDraft::pay_without_sale);
  visit("budget", &RewardPlanDraft::budget);
  visit("points_budget", &RewardPlanDraft::points_budget);
  visit("groups", &RewardPlanDraft::groups);
  visit("rules", &RewardPlanDraft::rules);
  visit("caps", &RewardPlanDraft::caps);
}

std::string_view name_of(Rounding rounding) {
  constexpr std::array<std::string_view, 7> names{
      "half_even", "half_up", "half_down", "floor", "ceiling", "toward_zero", "away_from_zero"};
  return names[static_cast<std::size_t>(rounding)];
}
template <class Enum>
std::string_view name_of(Enum value) {
  return name(value);
}

/// How many names an enumeration has.
template <class Enum>
constexpr unsigned count = 0;
template <>
constexpr unsigned count<Rounding> = 7;
template <>
constexpr unsigned count<RewardKind> = 4;
template <>
constexpr unsigned count<RewardBase> = 3;
template <>
constexpr unsigned count<RewardParty> = 3;
template <>
constexpr unsigned count<RewardForm> = 4;
template <>
constexpr unsigned count<MilestoneMeasure> = 4;
template <>
constexpr unsigned count<RewardCapPer> = 6;
template <>
constexpr unsigned count<RewardCapMeasure> = 2;
template <>
constexpr unsigned count<RewardCapWindow> = 7;
template <>
constexpr unsigned count<RewardStacking> = 3;
template <>
constexpr unsigned count<RewardEventKind> = 8;

template <class Enum>
  requires(count<Enum> > 0)
Enum word(const Json& json, const std::string& at) {
  std::string list;
  for (unsigned i = 0; i < count<Enum>; ++i) {
    const std::string_view name = name_of(static_cast<Enum>(i));
    if (json.is_string() && json.get_ref<const std::string&>() == name) {
      return static_cast<Enum>(i);
    }
    list += text(i == 0 ? "'" : ", '", name, "'");
  }
  fail(at, "must be one of " + list);
}

std::int64_t integer(const Json& json, const std::string& at) {
  if (json.is_number_float()) {
    fail(at, "must be a whole number of the smallest unit: nothing here is a fraction");
  }
  if (!json.is_number_integer()) fail(at, "must be a whole number");
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > 9'223'372'036'854'775'807U) {
    fail(at, "must be a whole number below 9.2e18");
  }
  return json.get<std::int64_t>();
}

template <class Number>
Number in(const Json& json, const std::string& at, std::int64_t least, std::int64_t most) {
  const std::int64_t value = integer(json, at);
  if (value < least || value > most) {
    fail(at, text("must be in [", least, ", ", most, "], got ", value));
  }
  return static_cast<Number>(value);
}

void read(const Json& json, const std::string& at, std::int64_t& to) {
  to = integer(json, at);
}
void read(const Json& json, const std::string& at, std::uint8_t& to) {
  to = in<std::uint8_t>(json, at, 0, 255);
}
void read(const Json& json, const std::string& at, bool& to) {
  if (!json.is_boolean()) fail(at, "must be true or false");
  to = json.get<bool>();
}
void read(const Json& json, const std::string& at, std::string& to) {
  if (!json.is_string()) fail(at, "must be a text in quotes");
  to = json.get<std::string>();
}
void read(const Json& json, const std::string& at, Currency& to) {
  std::string code;
  read(json, at, code);
  if (code.size() != 3 ||
      !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    fail(at, "must be three letters A to Z as in ISO 4217");
  }
  to = Currency(code);
}
void read(const Json& json, const std::string& at, Time& to) {
  to = Time{std::chrono::seconds{integer(json, at)}};
}
void read(const Json& json, const std::string& at, std::chrono::seconds& to) {
  to = std::chrono::seconds{integer(json, at)};
}
void read(const Json& json, const std::string& at, UtcOffset& to) {
  to = UtcOffset{in<int>(json, at, -18 * 60, 18 * 60)};
}
template <DenseId Id>
void read(const Json& json, const std::string& at, Id& to) {
  to = in<Id>(json, at, 0, 4'294'967'294);
}
template <class Enum>
  requires(count<Enum> > 0)
void read(const Json& json, const std::string& at, Enum& to) {
  to = word<Enum>(json, at);
}
void read(const Json& json, const std::string& at, RewardEventKind& to) {
  to = json.is_string() ? word<RewardEventKind>(json, at)
                        : in<RewardEventKind>(json, at, 64, 65'535);
}
template <class Value>
void read(const Json& json, const std::string& at, std::optional<Value>& to) {
  read(json, at, to.emplace());
}

/// The parts that have a list of members.
template <class Struct>
concept Described = std::same_as<Struct, TimeWindow> || std::same_as<Struct, RewardTrigger> ||
                    std::same_as<Struct, RewardBeneficiary> || std::same_as<Struct, RewardStep> ||
                    std::same_as<Struct, RewardAmount> || std::same_as<Struct, RewardHold> ||
                    std::same_as<Struct, RewardCap> || std::same_as<Struct, RewardGroup> ||
                    std::same_as<Struct, RewardRule> || std::same_as<Struct, RewardPlanDraft>;

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
Json write(std::uint8_t value) {
  return value;
}
Json write(bool value) {
  return value;
}
Json write(const std::string& value) {
  return value;
}
Json write(Currency value) {
  return std::string(value.code());
}
Json write(Time value) {
  return std::int64_t{value.time_since_epoch().count()};
}
Json write(std::chrono::seconds value) {
  return std::int64_t{value.count()};
}
Json write(UtcOffset value) {
  return std::int64_t{value.count()};
}
template <DenseId Id>
Json write(Id value) {
  return static_cast<std::uint32_t>(value);
}
template <class Enum>
  requires(count<Enum> > 0)
Json write(Enum value) {
  return std::string(name_of(value));
}
Json write(RewardEventKind value) {
  if (value >= first_own_sale) return static_cast<std::uint16_t>(value);
  return std::string(name(value));
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
      // Parts have at most 14 members; a part with more is refused for unknown ones later.
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

Result<RewardPlan> parse_reward_plan(std::string_view json) {
  if (json.size() > max_reward_plan_bytes) {
    return Error{ErrorCode::invalid_value,
                 text("a plan has at most ", max_reward_plan_bytes, " bytes, got ", json.size()),
                 "plan"};
  }
  try {
    Json parsed;
    try {
      parsed = Json::parse(json.begin(), json.end(), Watcher{});
    } catch (const Json::parse_error& error) {
      return Error{ErrorCode::invalid_value, "not JSON here", line_and_column(json, error.byte)};
    } catch (const Json::exception&) {  // numbers beyond a double
      return Error{ErrorCode::invalid_value, "a number is too large", "plan"};
    }
    RewardPlanDraft draft;
    read(parsed, "", draft);
    for (Error& problem : reward_plan_problems(draft)) {
      problem.where = pointer_of(problem.where);
      return problem;
    }
    return RewardPlan(std::move(draft));
  } catch (const Wrong& wrong) {
    return wrong.error;
  }
}

std::string to_json(const RewardPlan& plan) {
  return write(plan.content()).dump();
}

std::string to_json(const RewardPlan& plan, int indent) {
  require_option(indent >= 0 && indent <= 8, "indent", "in [0, 8]", indent);
  return write(plan.content()).dump(indent) + '\n';
}

}  // namespace emptor
