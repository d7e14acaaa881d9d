#pragma once

/// @file
/// The reward engine's slow twin: it keeps all facts and all rewards in lists and reads all of them
/// again for every question (how much of a cap is used in which window, by whom).

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emptor/reward/plan.hpp"
#include "emptor/reward/reward_engine.hpp"

namespace emptor::test {

class RewardTwin {
 public:
  struct Reward {
    std::uint64_t event = 0;
    std::size_t plan = 0;
    std::size_t rule = 0;
    Customer beneficiary = no_customer;
    Customer referee = no_customer;
    Campaign campaign = no_id<Campaign>;
    Time time{};
    std::int64_t desired = 0, wanted = 0, granted = 0, counted = 0;
    RewardBound bound = RewardBound::none;
    std::string bound_name;
    bool decided = false, released = false, closed = false;
  };
  struct Event {
    RewardOccasion facts;
    bool known = false, voided = false;
    std::size_t plan = 0;
    std::map<std::uint32_t, RewardAdjustment> corrections;
    std::vector<std::size_t> rewards;  // places, by priority
  };
  /// Who is one: customers with the same number.
  using Owners = std::map<Customer, int>;

  std::vector<RewardPlan> plans;
  std::map<std::uint64_t, Event> events;
  std::vector<Reward> rewards;
  Owners owners;

  struct Change {
    std::size_t reward = 0;
    std::int64_t change = 0;
  };

  std::vector<Change> decide(const RewardOccasion& facts, std::span<const UplineMember> upline,
                             RewardStatus& status) {
    Event& event = events[facts.event];
    if (event.known) {
      status = same(event.facts, facts) ? RewardStatus::repeated : RewardStatus::conflict;
      return {};
    }
    std::optional<std::size_t> best;
    for (std::size_t p = 0; p < plans.size(); ++p) {
      if (plans[p].valid().contains(facts.time) &&
          (!best || plans[p].version() > plans[*best].version())) {
        best = p;
      }
    }
    if (!best) {
      status = RewardStatus::no_plan;
      return {};
    }
    status = RewardStatus::decided;
    event.facts = facts;
    event.facts.roles = {};
    event.known = true;
    event.plan = *best;
    const auto& rules = plans[*best].rules();
    std::vector<std::size_t> order;
    for (std::int64_t priority = 20; priority >= -20; --priority) {
      for (std::size_t r = 0; r < rules.size(); ++r) {
        if (rules[r].priority == priority) order.push_back(r);
      }
    }
    for (const std::size_t r : order) {
      if (!looks_at(rules[r].trigger, facts)) continue;
      const Customer to = beneficiary_of(rules[r].beneficiary, facts, upline);
      if (to == no_customer) continue;
      if (rules[r].beneficiary.party != RewardParty::referee && is_one(to, facts.customer)) {
        continue;
      }
      event.rewards.push_back(rewards.size());
      Reward& reward = rewards.emplace_back();
      reward.event = facts.event;
      reward.plan = *best;
      reward.rule = r;
      reward.beneficiary = to;
      reward.referee = facts.customer;
      reward.campaign = facts.campaign;
      reward.time = facts.time;
    }
    return settle(event);
  }

  std::vector<Change> adjust(const RewardAdjustment& adjustment, RewardStatus& status) {
    Event& event = events[adjustment.event];
    if (const auto found = event.corrections.find(adjustment.revision);
        found != event.corrections.end()) {
      const RewardAdjustment& a = found->second;
      status = a.gross == adjustment.gross && a.net == adjustment.net &&
                       a.margin == adjustment.margin && a.time == adjustment.time
                   ? RewardStatus::repeated
                   : RewardStatus::conflict;
      return {};
    }
    const bool newest =
        event.corrections.empty() || event.corrections.rbegin()->first < adjustment.revision;
    event.corrections[adjustment.revision] = adjustment;
    status = !event.known ? RewardStatus::parked
             : newest     ? RewardStatus::decided
                          : RewardStatus::superseded;
    return status == RewardStatus::decided ? settle(event) : std::vector<Change>{};
  }

  std::vector<Change> void_event(std::uint64_t id, RewardStatus& status) {
    Event& event = events[id];
    status = event.voided  ? RewardStatus::repeated
             : event.known ? RewardStatus::decided
                           : RewardStatus::parked;
    event.voided = true;
    return status == RewardStatus::decided ? settle(event) : std::vector<Change>{};
  }

  std::vector<Change> close(std::size_t reward) {
    Reward& it = rewards[reward];
    const Change change{reward, -it.granted};
    it.granted = 0;
    it.closed = true;
    return {change};
  }

  [[nodiscard]] const RewardRule& rule_of(const Reward& reward) const {
    return plans[reward.plan].rules()[reward.rule];
  }

  /// How full the cap is, for the fullest of its windows that `of` is in.
  [[nodiscard]] std::int64_t used(const RewardCap& cap, const std::string& rule, const Reward& of,
                                  bool times = false) const {
    if (cap.window != RewardCapWindow::rolling) {
      std::int64_t sum = 0;
      for (const Reward& one : rewards) {
        if (counts(cap, rule, one, times) && alike(cap, one, of) &&
            window(cap, one.time) == window(cap, of.time)) {
          sum += measured(cap, one);
        }
      }
      return sum;
    }
    std::int64_t most = 0;
    const Day day = local_day(of.time, cap.offset);
    for (std::int64_t back = 0; back < cap.rolling_days; ++back) {
      const Day from = day - std::chrono::days{back};
      const Day to = from + std::chrono::days{cap.rolling_days};
      std::int64_t sum = 0;
      for (const Reward& one : rewards) {
        const Day when = local_day(one.time, cap.offset);
        if (counts(cap, rule, one, times) && alike(cap, one, of) && when >= from && when < to) {
          sum += measured(cap, one);
        }
      }
      most = std::max(most, sum);
    }
    return most;
  }

  [[nodiscard]] std::int64_t spent(bool points) const {
    std::int64_t sum = 0;
    for (const Reward& one : rewards) {
      const RewardKind kind = rule_of(one).kind;
      if (kind != RewardKind::gift && (kind == RewardKind::points) == points) sum += one.granted;
    }
    return sum;
  }

 private:
  static bool same(const RewardOccasion& a, const RewardOccasion& b) {
    return a.kind == b.kind && a.customer == b.customer && a.time == b.time && a.gross == b.gross &&
           a.net == b.net && a.margin == b.margin && a.item == b.item && a.category == b.category &&
           a.channel == b.channel;
  }
  [[nodiscard]] bool is_one(Customer a, Customer b) const {
    if (a == b) return true;
    const auto of_a = owners.find(a);
    const auto of_b = owners.find(b);
    return of_a != owners.end() && of_b != owners.end() && of_a->second == of_b->second;
  }
  template <class Id>
  static bool has(const std::vector<Id>& list, Id id) {
    return list.empty() || std::find(list.begin(), list.end(), id) != list.end();
  }
  static bool looks_at(const RewardTrigger& trigger, const RewardOccasion& facts) {
    bool in_order = false;
    for (std::int64_t n = trigger.first; n <= facts.ordinal; n += trigger.every) {
      in_order = in_order || (n == facts.ordinal && (trigger.last == 0 || n <= trigger.last));
    }
    bool inside = trigger.segments.empty();
    for (const auto s : trigger.segments) inside = inside || (facts.segments >> s & 1) == 1;
    for (const auto s : trigger.without_segments) inside = inside && (facts.segments >> s & 1) == 0;
    return trigger.event == facts.kind && in_order && inside && facts.tier >= trigger.lowest_tier &&
           facts.tier <= trigger.highest_tier && has(trigger.items, facts.item) &&
           has(trigger.categories, facts.category) && has(trigger.channels, facts.channel) &&
           has(trigger.campaigns, facts.campaign);
  }
  static Customer beneficiary_of(const RewardBeneficiary& to, const RewardOccasion& facts,
                                 std::span<const UplineMember> upline) {
    if (to.party == RewardParty::referee) return facts.customer;
    if (to.party == RewardParty::role) {
      for (const RewardRoleHolder& one : facts.roles) {
        if (one.role == to.role) return one.customer;
      }
      return no_customer;
    }
    if (static_cast<std::size_t>(to.level) > upline.size()) return no_customer;
    const UplineMember& member = upline[static_cast<std::size_t>(to.level) - 1];
    return member.eligible && member.tier >= to.lowest_tier ? member.customer : no_customer;
  }

  static std::int64_t share(std::int64_t amount, std::int64_t numerator, std::int64_t denominator,
                            Rounding rounding) {
    return Money(amount, Currency("EUR")).share(numerator, denominator, rounding).minor();
  }
  struct Left {
    std::int64_t gross, net, margin;
    bool any;
    [[nodiscard]] std::int64_t of(RewardBase base) const {
      return base == RewardBase::gross ? gross : base == RewardBase::net ? net : margin;
    }
  };
  static Left left_of(const Event& event) {
    const bool sale = is_sale(event.facts.kind);
    if (event.corrections.empty()) {
      return {event.facts.gross, event.facts.net, event.facts.margin,
              !event.voided && (!sale || event.facts.gross > 0)};
    }
    const RewardAdjustment& last = event.corrections.rbegin()->second;
    const bool any = sale ? last.gross > 0 : last.gross != 0 || last.net != 0 || last.margin != 0;
    return {last.gross, last.net, last.margin, !event.voided && any};
  }
  static std::int64_t desired_of(const RewardRule& rule, const Left& left) {
    const RewardAmount& amount = rule.amount;
    if (amount.form == RewardForm::fixed) return amount.fixed;
    const std::int64_t base = std::max<std::int64_t>(0, left.of(amount.base));
    if (amount.form == RewardForm::basis_points) {
      return share(base, amount.basis_points, 10'000, rule.rounding);
    }
    std::int64_t rate = 0;
    std::int64_t sum = 0;
    for (std::size_t s = 0; s < amount.steps.size(); ++s) {
      const std::int64_t from = amount.steps[s].from;
      const std::int64_t to =
          s + 1 < amount.steps.size() ? std::min(base, amount.steps[s + 1].from) : base;
      if (from <= base) rate = amount.steps[s].value;
      if (to > from) sum += (to - from) * amount.steps[s].value;
    }
    return amount.marginal ? share(sum, 1, 10'000, rule.rounding)
                           : share(base, rate, 10'000, rule.rounding);
  }
  std::int64_t milestone(const Reward& reward) const {
    std::int64_t total = 0;
    std::int64_t due = 0;
    for (const Reward& one : rewards) {
      const RewardRule& rule = rule_of(one);
      if (rule.amount.form != RewardForm::milestone || rule.id != rule_of(reward).id ||
          !is_one(one.beneficiary, reward.beneficiary)) {
        continue;
      }
      total += one.counted;
      due += one.desired;
    }
    std::int64_t earned = 0;
    for (const RewardStep& step : rule_of(reward).amount.steps) {
      if (total >= step.from) earned += step.value;
    }
    return std::max<std::int64_t>(0, reward.desired + earned - due);
  }

  void desire(Reward& reward, const Event& event) {
    const RewardRule& rule = rule_of(reward);
    const Left left = left_of(event);
    const bool counts = left.any && (rule.trigger.minimum == 0 ||
                                     left.of(rule.trigger.minimum_of) >= rule.trigger.minimum);
    if (rule.amount.form != RewardForm::milestone) {
      if (!reward.closed) reward.desired = counts ? desired_of(rule, left) : 0;
      return;
    }
    const std::int64_t before = reward.counted;
    switch (rule.amount.measure) {
      case MilestoneMeasure::events:
        reward.counted = 1;
        break;
      case MilestoneMeasure::gross:
        reward.counted = std::max<std::int64_t>(0, left.gross);
        break;
      case MilestoneMeasure::net:
        reward.counted = std::max<std::int64_t>(0, left.net);
        break;
      case MilestoneMeasure::margin:
        reward.counted = std::max<std::int64_t>(0, left.margin);
        break;
    }
    if (!counts) reward.counted = 0;
    if (reward.closed || reward.counted == before) return;
    reward.desired = reward.counted == 0 ? 0 : milestone(reward);
  }

  static std::string window(const RewardCap& cap, Time time) {
    const Day day = local_day(time, cap.offset);
    const std::chrono::year_month_day date{day};
    const auto month = static_cast<unsigned>(date.month());
    const std::string year = std::to_string(static_cast<int>(date.year()));
    switch (cap.window) {
      case RewardCapWindow::lifetime:
        return "";
      case RewardCapWindow::week:
        return to_string(day - (std::chrono::weekday{day} - std::chrono::Monday));
      case RewardCapWindow::month:
        return year + "-" + std::to_string(month);
      case RewardCapWindow::quarter:
        return year + "q" + std::to_string((month - 1) / 3);
      case RewardCapWindow::year:
        return year;
      default:
        return to_string(day);
    }
  }
  [[nodiscard]] static std::int64_t level_of(const RewardRule& rule) {
    return rule.beneficiary.party == RewardParty::upline ? rule.beneficiary.level : 0;
  }
  /// Whether the cap of that id (of a rule, or of the plan if `rule` is empty) counts the reward.
  [[nodiscard]] bool counts(const RewardCap& cap, const std::string& rule, const Reward& one,
                            bool times) const {
    const RewardRule& of = rule_of(one);
    if (times) return of.id == rule && of.amount.times > 0;
    const auto& list = rule.empty() ? plans[one.plan].content().caps : of.caps;
    if (!rule.empty() && of.id != rule) return false;
    return std::any_of(list.begin(), list.end(), [&](const RewardCap& other) {
      return other.id == cap.id && (!rule.empty() || other.kind == of.kind) &&
             (other.level == 0 || other.level == level_of(of));
    });
  }
  [[nodiscard]] bool alike(const RewardCap& cap, const Reward& a, const Reward& b) const {
    for (const RewardCapPer per : cap.per) {
      switch (per) {
        case RewardCapPer::event:
          if (a.event != b.event) return false;
          break;
        case RewardCapPer::referee:
          if (!is_one(a.referee, b.referee)) return false;
          break;
        case RewardCapPer::beneficiary:
          if (!is_one(a.beneficiary, b.beneficiary)) return false;
          break;
        case RewardCapPer::level:
          if (level_of(rule_of(a)) != level_of(rule_of(b))) return false;
          break;
        case RewardCapPer::campaign:
          if (a.campaign != b.campaign) return false;
          break;
        case RewardCapPer::rule:
          if (rule_of(a).id != rule_of(b).id) return false;
          break;
      }
    }
    return true;
  }
  static std::int64_t measured(const RewardCap& cap, const Reward& one) {
    return cap.measure == RewardCapMeasure::value ? one.granted : one.granted > 0 ? 1 : 0;
  }

  /// The most that the reward may have, its own share of the caps included.
  std::int64_t room(Reward& reward) {
    const RewardRule& rule = rule_of(reward);
    const RewardPlanDraft& plan = plans[reward.plan].content();
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto limit = [&](std::int64_t left, RewardBound bound, const std::string& name) {
      if (left >= most) return;
      most = left;
      reward.bound = bound;
      reward.bound_name = name;
    };
    const auto ask = [&](const RewardCap& cap, const std::string& of, bool times) {
      if (!counts(cap, of, reward, times)) return;
      const std::int64_t left = std::max<std::int64_t>(
          0, cap.limit - used(cap, of, reward, times) + measured(cap, reward));
      const std::int64_t endless = std::numeric_limits<std::int64_t>::max();
      limit(cap.measure == RewardCapMeasure::value ? left
            : left > 0                             ? endless
                                                   : 0,
            times ? RewardBound::times : RewardBound::cap,
            of.empty() ? cap.id : of + (times ? "#times" : "/" + cap.id));
    };
    if (rule.amount.times > 0) {
      RewardCap times;
      times.per = {RewardCapPer::referee, RewardCapPer::beneficiary};
      times.measure = RewardCapMeasure::count;
      times.limit = rule.amount.times;
      ask(times, rule.id, true);
    }
    for (const RewardCap& cap : rule.caps) ask(cap, rule.id, false);
    for (const RewardCap& cap : plan.caps) ask(cap, "", false);
    if (rule.kind == RewardKind::gift) return most;
    const bool points = rule.kind == RewardKind::points;
    if (const auto& budget = points ? plan.points_budget : plan.budget) {
      limit(std::max<std::int64_t>(0, *budget - spent(points) + reward.granted),
            RewardBound::budget, "");
    }
    return most;
  }

  std::vector<Change> settle(Event& event) {
    struct Was {
      std::int64_t desired, wanted, granted;
    };
    std::vector<Was> was;
    for (const std::size_t r : event.rewards) {
      Reward& reward = rewards[r];
      was.push_back({reward.desired, reward.wanted, reward.granted});
      desire(reward, event);
    }
    for (const std::size_t r : event.rewards) {
      if (!rewards[r].closed) rewards[r].wanted = wanted(event, r);
    }
    for (const std::size_t r : event.rewards) {
      if (!rewards[r].closed) rewards[r].granted = std::min(rewards[r].granted, rewards[r].wanted);
    }
    std::vector<Change> out;
    for (std::size_t i = 0; i < event.rewards.size(); ++i) {
      Reward& reward = rewards[event.rewards[i]];
      if (reward.closed) continue;
      if (reward.desired == was[i].desired && reward.wanted == was[i].wanted) continue;
      if (!reward.decided && reward.desired == 0) continue;
      reward.decided = true;
      if (reward.wanted > was[i].wanted) {
        reward.bound = RewardBound::none;
        const std::int64_t most = room(reward);
        reward.granted = std::max(reward.granted, std::min(reward.wanted, most));
        if (reward.granted == reward.wanted) reward.bound = RewardBound::none;
      } else if (event.voided) {
        reward.bound = RewardBound::voided;
      } else if (reward.granted == reward.wanted) {
        reward.bound = RewardBound::none;
      }
      if (reward.wanted == 0 && reward.desired > 0) reward.bound = RewardBound::stacking;
      out.push_back({event.rewards[i], reward.granted - was[i].granted});
    }
    return out;
  }
  [[nodiscard]] std::int64_t wanted(const Event& event, std::size_t place) const {
    const Reward& it = rewards[place];
    RewardStacking stacking = RewardStacking::all;
    for (const RewardGroup& group : plans[it.plan].content().groups) {
      if (group.id == rule_of(it).group) stacking = group.stacking;
    }
    if (stacking == RewardStacking::all) return it.desired;
    for (const std::size_t other : event.rewards) {
      const Reward& rival = rewards[other];
      if (rival.beneficiary != it.beneficiary || rule_of(rival).group != rule_of(it).group)
        continue;
      const bool earlier = other < place;
      if (stacking == RewardStacking::first && earlier && rival.desired > 0) return 0;
      if (stacking == RewardStacking::best &&
          (rival.desired > it.desired || (rival.desired == it.desired && earlier))) {
        return 0;
      }
    }
    return it.desired;
  }
};

}  // namespace emptor::test
