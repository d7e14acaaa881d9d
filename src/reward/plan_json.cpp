#include "emptor/reward/plan_json.hpp"

#include <array>

#include "core/json_parts.hpp"

namespace emptor {

namespace {

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
Enum word(const detail::Json& json, const std::string& at) {
  std::string list;
  for (unsigned i = 0; i < count<Enum>; ++i) {
    const std::string_view name = name_of(static_cast<Enum>(i));
    if (json.is_string() && json.get_ref<const std::string&>() == name) {
      return static_cast<Enum>(i);
    }
    list += text(i == 0 ? "'" : ", '", name, "'");
  }
  detail::json_fail(at, "must be one of " + list);
}

}  // namespace

namespace detail {

template <>
struct JsonValue<std::uint8_t> {
  static void read(const Json& json, const std::string& at, std::uint8_t& to) {
    to = json_integer_in<std::uint8_t>(json, at, 0, 255);
  }
  static Json write(std::uint8_t value) { return value; }
};
template <>
struct JsonValue<Currency> {
  static void read(const Json& json, const std::string& at, Currency& to) {
    std::string code;
    read_json(json, at, code);
    if (code.size() != 3 ||
        !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
      json_fail(at, "must be three letters A to Z as in ISO 4217");
    }
    to = Currency(code);
  }
  static Json write(Currency value) { return std::string(value.code()); }
};
template <>
struct JsonValue<Time> {
  static void read(const Json& json, const std::string& at, Time& to) {
    to = Time{std::chrono::seconds{json_integer(json, at)}};
  }
  static Json write(Time value) { return std::int64_t{value.time_since_epoch().count()}; }
};
template <>
struct JsonValue<UtcOffset> {
  static void read(const Json& json, const std::string& at, UtcOffset& to) {
    to = UtcOffset{json_integer_in<int>(json, at, -18 * 60, 18 * 60)};
  }
  static Json write(UtcOffset value) { return std::int64_t{value.count()}; }
};
template <DenseId Id>
struct JsonValue<Id> {
  static void read(const Json& json, const std::string& at, Id& to) {
    to = json_integer_in<Id>(json, at, 0, 4'294'967'294);
  }
  static Json write(Id value) { return static_cast<std::uint32_t>(value); }
};
template <class Enum>
  requires(count<Enum> > 0)
struct JsonValue<Enum> {
  static void read(const Json& json, const std::string& at, Enum& to) { to = word<Enum>(json, at); }
  static Json write(Enum value) { return std::string(name_of(value)); }
};
template <>
struct JsonValue<RewardEventKind> {
  static void read(const Json& json, const std::string& at, RewardEventKind& to) {
    to = json.is_string() ? word<RewardEventKind>(json, at)
                          : json_integer_in<RewardEventKind>(json, at, 64, 65'535);
  }
  static Json write(RewardEventKind value) {
    if (value >= first_own_sale) return static_cast<std::uint16_t>(value);
    return std::string(name(value));
  }
};

// The members of each part: one list for reading and writing, in the canonical order.

template <>
struct JsonMembers<TimeWindow> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("from", &TimeWindow::from);
    visit("to", &TimeWindow::to);
  }
};
template <>
struct JsonMembers<RewardTrigger> {
  template <class Visit>
  static void visit(Visit& visit) {
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
};
template <>
struct JsonMembers<RewardBeneficiary> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("party", &RewardBeneficiary::party);
    visit("level", &RewardBeneficiary::level);
    visit("role", &RewardBeneficiary::role);
    visit("lowest_tier", &RewardBeneficiary::lowest_tier);
  }
};
template <>
struct JsonMembers<RewardStep> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("from", &RewardStep::from);
    visit("value", &RewardStep::value);
  }
};
template <>
struct JsonMembers<RewardAmount> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("form", &RewardAmount::form);
    visit("fixed", &RewardAmount::fixed);
    visit("basis_points", &RewardAmount::basis_points);
    visit("base", &RewardAmount::base);
    visit("marginal", &RewardAmount::marginal);
    visit("measure", &RewardAmount::measure);
    visit("steps", &RewardAmount::steps);
    visit("times", &RewardAmount::times);
  }
};
template <>
struct JsonMembers<RewardHold> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("seconds", &RewardHold::duration);
    visit("until", &RewardHold::until);
  }
};
template <>
struct JsonMembers<RewardCap> {
  template <class Visit>
  static void visit(Visit& visit) {
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
};
template <>
struct JsonMembers<RewardGroup> {
  template <class Visit>
  static void visit(Visit& visit) {
    visit("id", &RewardGroup::id);
    visit("stacking", &RewardGroup::stacking);
  }
};
template <>
struct JsonMembers<RewardRule> {
  template <class Visit>
  static void visit(Visit& visit) {
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
};
template <>
struct JsonMembers<RewardPlanDraft> {
  template <class Visit>
  static void visit(Visit& visit) {
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
};

}  // namespace detail

Result<RewardPlan> parse_reward_plan(std::string_view json) {
  auto draft = detail::parse_json_draft<RewardPlanDraft>(json, max_reward_plan_bytes, "plan",
                                                         reward_plan_problems);
  if (!draft) return draft.error();
  return RewardPlan(std::move(*draft));
}

std::string to_json(const RewardPlan& plan) {
  return detail::write_json(plan.content()).dump();
}

std::string to_json(const RewardPlan& plan, int indent) {
  require_option(indent >= 0 && indent <= 8, "indent", "in [0, 8]", indent);
  return detail::write_json(plan.content()).dump(indent) + '\n';
}

}  // namespace emptor
