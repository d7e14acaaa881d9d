#include "emptor/reward/plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "emptor/reward/plan_json.hpp"

namespace emptor {

namespace {

constexpr std::int64_t year_seconds = 366 * 86'400;
constexpr std::int64_t most_amount = 1'000'000'000'000'000;

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

template <class Enum>
bool up_to(Enum value, Enum last) {
  return static_cast<unsigned>(value) <= static_cast<unsigned>(last);
}

/// Collects what is wrong, each with its path.
class Checker {
 public:
  explicit Checker(const RewardPlanDraft& plan) : plan_(plan) {}

  std::vector<Error> run() {
    names("id", plan_.id);
    range("version", plan_.version, 1, 1'000'000'000);
    require(plan_.valid.from < plan_.valid.to, "valid", "a window that ends after it begins");
    range("max_paid_depth", plan_.max_paid_depth, 0, 255);
    if (plan_.budget) least("budget", *plan_.budget, 0);
    if (plan_.points_budget) least("points_budget", *plan_.points_budget, 0);
    size("groups", plan_.groups.size(), 0, 256);
    size("rules", plan_.rules.size(), 1, 1024);
    size("caps", plan_.caps.size(), 0, 1024);
    for (std::size_t g = 0; g < plan_.groups.size(); ++g) {
      const std::string at = text("groups[", g, "]");
      names(at + ".id", plan_.groups[g].id);
      require(up_to(plan_.groups[g].stacking, RewardStacking::first), at + ".stacking",
              "a known one");
      unique(plan_.groups, g, at);
    }
    for (std::size_t r = 0; r < plan_.rules.size(); ++r) rule(r, text("rules[", r, "]"));
    caps(plan_.caps, "caps", false);
    std::size_t caps_in_all = plan_.caps.size();
    for (const RewardRule& one : plan_.rules) caps_in_all += one.caps.size();
    require(caps_in_all <= 4096, "rules", "of at most 4096 caps together with the plan's");
    return std::move(problems_);
  }

 private:
  template <class Value>
  void require(bool holds, std::string where, std::string_view rule, const Value& got) {
    if (holds) return;
    std::string message = text("must be ", rule, ", got ", got);
    problems_.push_back({ErrorCode::invalid_option, std::move(message), std::move(where)});
  }
  void require(bool holds, std::string where, std::string_view rule) {
    if (holds) return;
    problems_.push_back({ErrorCode::invalid_option, text("must be ", rule), std::move(where)});
  }
  void range(std::string where, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return;
    require(false, std::move(where), text("in [", least, ", ", most, "]"), value);
  }
  void least(std::string where, std::int64_t value, std::int64_t bound) {
    if (value < bound) require(false, std::move(where), text(">= ", bound), value);
  }
  void size(std::string where, std::size_t got, std::size_t least, std::size_t most) {
    if (got >= least && got <= most) return;
    require(false, std::move(where), text("a list of ", least, " to ", most), got);
  }
  void names(std::string where, const std::string& value) {
    require(is_name(value), std::move(where), "1 to 64 of A-Z a-z 0-9 - _ .");
  }
  template <class Things>
  void unique(const Things& things, std::size_t at, const std::string& path) {
    for (std::size_t i = 0; i < at; ++i) {
      if (things[i].id == things[at].id) {
        require(false, path + ".id", text("unique, but it is that of the one at ", i, " too"));
        return;
      }
    }
  }
  template <class Id>
  void ids(const std::vector<Id>& list, const std::string& path) {
    size(path, list.size(), 0, 65'536);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i] == no_id<Id>) require(false, text(path, "[", i, "]"), "an id");
    }
  }
  void kind(std::string where, RewardEventKind value) {
    require(value <= RewardEventKind::birthday || value >= first_own_sale, std::move(where),
            "a known event or at least 64", static_cast<unsigned>(value));
  }

  void rule(std::size_t r, const std::string& at) {
    const RewardRule& it = plan_.rules[r];
    names(at + ".id", it.id);
    unique(plan_.rules, r, at);
    trigger(it.trigger, at + ".trigger");
    beneficiary(it, at);
    amount(it, at + ".amount");
    require(up_to(it.kind, RewardKind::gift), at + ".kind", "a known one");
    require((it.kind == RewardKind::gift) == (it.gift != no_item), at + ".gift",
            "an item for the kind 'gift' and absent for others");
    require(it.kind != RewardKind::gift || it.amount.form == RewardForm::fixed ||
                it.amount.form == RewardForm::milestone,
            at + ".amount.form", "'fixed' or 'milestone' for gifts");
    require(up_to(it.rounding, Rounding::away_from_zero), at + ".rounding", "a known one");
    range(at + ".hold.seconds", it.hold.duration.count(), 0, 10 * year_seconds);
    if (it.hold.until) {
      kind(at + ".hold.until", *it.hold.until);
      require(it.hold.duration.count() == 0, at + ".hold.seconds",
              "absent when the hold is until an event");
    }
    range(at + ".expires_seconds", it.expires_after.count(), 0, 50 * year_seconds);
    range(at + ".priority", it.priority, -1'000'000, 1'000'000);
    if (!it.group.empty()) group(it, r, at);
    caps(it.caps, at + ".caps", true);
  }

  void trigger(const RewardTrigger& it, const std::string& at) {
    kind(at + ".event", it.event);
    range(at + ".first", it.first, 1, 4'294'967'295);
    require(it.last == 0 || (it.last >= it.first && it.last <= 4'294'967'295), at + ".last",
            "0 or in [first, 4294967295]", it.last);
    range(at + ".every", it.every, 1, 4'294'967'295);
    require(up_to(it.minimum_of, RewardBase::margin), at + ".minimum_of", "a known one");
    least(at + ".minimum", it.minimum, 0);
    ids(it.items, at + ".items");
    ids(it.categories, at + ".categories");
    ids(it.channels, at + ".channels");
    ids(it.campaigns, at + ".campaigns");
    segments(it.segments, at + ".segments");
    segments(it.without_segments, at + ".without_segments");
    range(at + ".lowest_tier", it.lowest_tier, 0, 255);
    range(at + ".highest_tier", it.highest_tier, it.lowest_tier, 255);
  }
  void segments(const std::vector<std::uint8_t>& list, const std::string& at) {
    size(at, list.size(), 0, 64);
    for (std::size_t i = 0; i < list.size(); ++i) range(text(at, "[", i, "]"), list[i], 0, 63);
  }

  void beneficiary(const RewardRule& rule, const std::string& path) {
    const RewardBeneficiary& it = rule.beneficiary;
    const std::string at = path + ".beneficiary";
    require(up_to(it.party, RewardParty::role), at + ".party", "a known one");
    if (it.party == RewardParty::upline) {
      require(it.level >= 1 && it.level <= plan_.max_paid_depth, at + ".level",
              text("in [1, ", plan_.max_paid_depth, "], as max_paid_depth says"), it.level);
      range(at + ".lowest_tier", it.lowest_tier, 0, 255);
    } else {
      require(it.level == 1, at + ".level", "1, since only the upline has levels", it.level);
      require(it.lowest_tier == 0, at + ".lowest_tier", "0, since only the upline has tiers here",
              it.lowest_tier);
    }
    if (it.party == RewardParty::role) {
      range(at + ".role", it.role, 0, 255);
    } else {
      require(it.role == 0, at + ".role", "0 without a role", it.role);
    }
    require(
        it.party == RewardParty::referee || is_sale(rule.trigger.event) || plan_.pay_without_sale,
        path + ".trigger.event",
        "a sale when others than the customer are paid (or set pay_without_sale)");
  }

  void amount(const RewardRule& rule, const std::string& at) {
    const RewardAmount& it = rule.amount;
    require(up_to(it.form, RewardForm::milestone), at + ".form", "a known one");
    require(up_to(it.base, RewardBase::margin), at + ".base", "a known one");
    require(up_to(it.measure, MilestoneMeasure::margin), at + ".measure", "a known one");
    if (it.form == RewardForm::fixed) {
      range(at + ".fixed", it.fixed, 1, most_amount);
    } else {
      require(it.fixed == 0, at + ".fixed", "0 unless the form is 'fixed'", it.fixed);
    }
    if (it.form == RewardForm::basis_points) {
      range(at + ".basis_points", it.basis_points, 0, 10'000);
    } else {
      require(it.basis_points == 0, at + ".basis_points", "0 unless the form is 'basis_points'",
              it.basis_points);
    }
    range(at + ".times", it.times, 0, 4'294'967'295);
    const bool stepped = it.form == RewardForm::tiers || it.form == RewardForm::milestone;
    size(at + ".steps", it.steps.size(), stepped ? 1 : 0, stepped ? 64 : 0);
    if (stepped) steps(it, at);
  }
  void steps(const RewardAmount& it, const std::string& path) {
    const bool tiers = it.form == RewardForm::tiers;
    for (std::size_t s = 0; s < it.steps.size(); ++s) {
      const std::string at = text(path, ".steps[", s, "]");
      const RewardStep& step = it.steps[s];
      if (s > 0) {
        require(step.from > it.steps[s - 1].from, at + ".from", "above that of the step before",
                step.from);
      } else {
        require(tiers ? step.from == 0 : step.from > 0, at + ".from",
                tiers ? "0 in the first step of tiers" : "> 0", step.from);
      }
      if (tiers) {
        range(at + ".value", step.value, 0, 10'000);
      } else {
        range(at + ".value", step.value, 0, most_amount);
      }
    }
  }

  void group(const RewardRule& rule, std::size_t r, const std::string& at) {
    const auto found = std::find_if(plan_.groups.begin(), plan_.groups.end(),
                                    [&](const RewardGroup& one) { return one.id == rule.group; });
    require(found != plan_.groups.end(), at + ".group", "one of the plan's groups");
    if (found == plan_.groups.end() || found->stacking == RewardStacking::all) return;
    require(rule.amount.form != RewardForm::milestone, at + ".group",
            "absent for milestones, unless all of the group pay");
    if (found->stacking != RewardStacking::best) return;
    for (std::size_t i = 0; i < r; ++i) {
      if (plan_.rules[i].group == rule.group && plan_.rules[i].kind != rule.kind) {
        require(false, at + ".kind", "that of the group's other rules, to find the best of them");
        return;
      }
    }
  }

  void caps(const std::vector<RewardCap>& list, const std::string& path, bool of_rule) {
    if (of_rule) size(path, list.size(), 0, 64);
    for (std::size_t c = 0; c < list.size(); ++c) {
      const RewardCap& it = list[c];
      const std::string at = text(path, "[", c, "]");
      names(at + ".id", it.id);
      unique(list, c, at);
      bool event = false;
      for (std::size_t p = 0; p < it.per.size(); ++p) {
        const bool known = up_to(it.per[p], RewardCapPer::rule);
        const bool twice = std::find(it.per.begin(), it.per.begin() + static_cast<long>(p),
                                     it.per[p]) != it.per.begin() + static_cast<long>(p);
        require(known && !twice, text(at, ".per[", p, "]"), "a known one, and there once");
        event = event || it.per[p] == RewardCapPer::event;
      }
      require(up_to(it.measure, RewardCapMeasure::count), at + ".measure", "a known one");
      require(up_to(it.window, RewardCapWindow::rolling), at + ".window", "a known one");
      require(!event || it.window == RewardCapWindow::lifetime, at + ".window",
              "'lifetime' when it is per event");
      if (it.window == RewardCapWindow::rolling) {
        range(at + ".rolling_days", it.rolling_days, 1, 3660);
      } else {
        require(it.rolling_days == 0, at + ".rolling_days", "0 unless the window is 'rolling'",
                it.rolling_days);
      }
      range(at + ".offset_minutes", it.offset.count(), -18 * 60, 18 * 60);
      least(at + ".limit", it.limit, 0);
      require(up_to(it.kind, RewardKind::gift), at + ".kind", "a known one");
      range(at + ".level", it.level, 0, 255);
      if (of_rule) {
        require(it.kind == RewardKind::cash, at + ".kind",
                "absent in a rule, which has one itself");
      }
    }
  }

  const RewardPlanDraft& plan_;
  std::vector<Error> problems_;
};

template <std::size_t N, class Enum>
std::string_view named(const std::array<std::string_view, N>& names, Enum value) {
  const auto at = static_cast<std::size_t>(value);
  return at < N ? names[at] : "unknown";
}

}  // namespace

std::vector<Error> reward_plan_problems(const RewardPlanDraft& draft) {
  return Checker(draft).run();
}

RewardPlan::RewardPlan(RewardPlanDraft draft) : content_(std::move(draft)) {
  for (Error& problem : reward_plan_problems(content_)) {
    throw Exception(ErrorCode::invalid_option, text("'", problem.where, "' ", problem.message),
                    problem.where);
  }
  for (const RewardRule& rule : content_.rules) {
    if (rule.beneficiary.party == RewardParty::upline) {
      paid_depth_ = std::max(paid_depth_, static_cast<std::size_t>(rule.beneficiary.level));
    }
  }
  hash_ = sha256(to_json(*this));
}

std::string_view name(RewardBase base) noexcept {
  return named(std::array<std::string_view, 3>{"gross", "net", "margin"}, base);
}
std::string_view name(RewardParty party) noexcept {
  return named(std::array<std::string_view, 3>{"referee", "upline", "role"}, party);
}
std::string_view name(RewardForm form) noexcept {
  return named(std::array<std::string_view, 4>{"fixed", "basis_points", "tiers", "milestone"},
               form);
}
std::string_view name(MilestoneMeasure measure) noexcept {
  return named(std::array<std::string_view, 4>{"events", "gross", "net", "margin"}, measure);
}
std::string_view name(RewardCapPer per) noexcept {
  return named(std::array<std::string_view, 6>{"event", "referee", "beneficiary", "level",
                                               "campaign", "rule"},
               per);
}
std::string_view name(RewardCapMeasure measure) noexcept {
  return named(std::array<std::string_view, 2>{"value", "count"}, measure);
}
std::string_view name(RewardCapWindow window) noexcept {
  return named(std::array<std::string_view, 7>{"lifetime", "day", "week", "month", "quarter",
                                               "year", "rolling"},
               window);
}
std::string_view name(RewardStacking stacking) noexcept {
  return named(std::array<std::string_view, 3>{"all", "best", "first"}, stacking);
}

}  // namespace emptor
